//! Which words stand near each other more often than by chance, and in which directions that differs most.

use std::collections::BTreeMap;

use super::linear::{Matrix, Vector};
use crate::domain::vectors::DIMENSIONS;
use crate::eval::fit::parallel;

/// How far apart words stand that are near each other.
const NEAR: usize = 6;
/// At this distance nearness is worth a half.
const HALF: f64 = 4.0;
/// How much less often a frequent word is thought to stand somewhere by chance.
const SMOOTHING: f64 = 0.75;
/// Steps towards the eigenvectors.
const POWERS: usize = 30;
/// A row of a matrix: what is not 0 in it.
pub(super) type Sparse = Vec<(u32, f64)>;

/// For each word how much oftener than by chance others stand near it, in logarithms; nothing for those that do not.
pub(super) fn nearness(texts: &[Vec<u32>], words: usize) -> Vec<Sparse> {
    let mut near: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); words];
    for text in texts {
        for (at, word) in text.iter().enumerate() {
            for (apart, other) in (1..).zip(text[at.saturating_sub(NEAR)..at].iter().rev()).filter(|(_, o)| *o != word)
            {
                let worth = 1.0 / (1.0 + f64::from(apart) / HALF);
                *near[*word as usize].entry(*other).or_default() += worth;
                *near[*other as usize].entry(*word).or_default() += worth;
            }
        }
    }
    let sums: Vec<f64> = near.iter().map(|row| row.values().sum()).collect();
    let all: f64 = sums.iter().sum();
    let smooth: f64 = sums.iter().map(|sum| sum.powf(SMOOTHING)).sum();
    // The logarithm of a word's chance, halfway between what it is and what is thought.
    let chance: Vec<f64> =
        sums.iter().map(|sum| f64::midpoint((sum / all).ln(), (sum.powf(SMOOTHING) / smooth).ln())).collect();
    let row = |(word, row): (usize, BTreeMap<u32, f64>)| {
        let more = |(other, times): (u32, f64)| (other, (times / all).ln() - chance[word] - chance[other as usize]);
        row.into_iter().map(more).filter(|(_, more)| *more > 0.0).collect()
    };
    near.into_iter().enumerate().map(row).collect()
}

/// For each row its numbers in the strongest eigenvectors, each as long as the root of its eigenvalue (orthogonal iteration).
pub(super) fn eigenvectors(matrix: &[Sparse]) -> Matrix {
    // Any start does that is not orthogonal to what is looked for: bits of a hash (splitmix64) are as good as chance.
    let start = |row: usize| {
        std::array::from_fn(
            |column| if mixed((row * DIMENSIONS + column) as u64).is_multiple_of(2) { 1.0 } else { -1.0 },
        )
    };
    let mut vectors: Matrix = (0..matrix.len()).map(start).collect();
    let mut lengths = orthogonal(&mut vectors);
    for _ in 0..POWERS {
        vectors = parallel(matrix, |row| {
            let mut sum = [0.0; DIMENSIONS];
            for (other, value) in row {
                sum.iter_mut().zip(vectors[*other as usize]).for_each(|(sum, x)| *sum += value * x);
            }
            sum
        });
        lengths = orthogonal(&mut vectors);
    }
    for vector in &mut vectors {
        vector.iter_mut().zip(lengths).for_each(|(x, length)| *x *= length.sqrt());
    }
    vectors
}

fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) >> 7
}

/// Of a column no less has to be left to be more than rounding.
const LEFT: f64 = 1e-9;

/// Makes the columns orthogonal to each other and each of length one (Gram and Schmidt), or of none where nothing is left of it; gives
/// their lengths before that.
fn orthogonal(rows: &mut Matrix) -> Vector {
    let mut lengths = [0.0; DIMENSIONS];
    for column in 0..DIMENSIONS {
        let length = |rows: &Matrix| rows.iter().map(|row| row[column] * row[column]).sum::<f64>().sqrt();
        let whole = length(rows);
        // All that the columns before have of this one, in one pass over the rows; once more for what rounding left.
        for _ in 0..2 {
            let mut shares = [0.0; DIMENSIONS];
            for row in &*rows {
                shares[..column].iter_mut().zip(row).for_each(|(share, x)| *share += x * row[column]);
            }
            for row in &mut *rows {
                row[column] -= shares[..column].iter().zip(&*row).map(|(share, x)| share * x).sum::<f64>();
            }
        }
        let left = length(rows);
        let scale = if left > LEFT * whole { left.recip() } else { 0.0 };
        lengths[column] = if left > LEFT * whole { left } else { 0.0 };
        for row in &mut *rows {
            row[column] *= scale;
        }
    }
    lengths
}
