//! The map of vectors by which phrases are close to the claims that they make, and steps against a slope.

use super::linear::{Matrix, Vector, add, identity, norm, product, times, transposed};
use super::{Phrase, Says, Statements};
use crate::domain::vectors::DIMENSIONS;
use crate::eval::fit::parallel;

/// Steps of the map.
const STEPS: i32 = 120;
/// How far each goes.
const RATE: f64 = 0.05;
/// How strongly the map is held back to where it begins.
const RIDGE: f64 = 3e-3;
/// What the map multiplies lengths by at first, so that related phrases are likely ones.
const STRETCH: f64 = 2.45;
/// How much a phrase counts beside the claim that it makes, which is one among several.
const OWN: f64 = 2.0;

/// The map by which phrases are close to the statements of what they make: logistic regression on the products of both, by gradients
/// with moments (Kingma and Ba, "Adam", 2015).
pub(super) fn map(vectors: &[Vector], phrases: &[Phrase<u32>], statements: &Statements<u32>) -> Matrix {
    let direction = |words: &Vec<u32>| {
        let mut sum = [0.0; DIMENSIONS];
        for word in words {
            sum.iter_mut().zip(vectors[*word as usize]).for_each(|(sum, x)| *sum += x);
        }
        let length = norm(&sum);
        sum.map(|x| if length > 0.0 { x / length } else { 0.0 })
    };
    let claims: Vec<Vec<Vector>> = statements.iter().map(|of| of.iter().map(direction).collect()).collect();
    let mut by_question: Vec<Vec<(Vector, Option<usize>)>> = vec![Vec::new(); statements.len()];
    for phrase in phrases {
        let claim = match phrase.says {
            Says::Makes(claim) => Some(claim),
            Says::Nothing => None,
            // What reverses a claim is about the same.
            Says::Reverses(_) => continue,
        };
        by_question[phrase.question].push((direction(&phrase.words), claim));
    }
    let questions: Vec<_> = claims.iter().zip(&by_question).collect();
    let pairs: usize = questions.iter().map(|(claims, phrases)| claims.len() * phrases.len()).sum();
    let start = identity(STRETCH);
    let (mut map, mut bias) = (start.clone(), -STRETCH * STRETCH / 2.0);
    let mut moments = vec![[[0.0; 2]; DIMENSIONS]; DIMENSIONS];
    let mut of_bias = [0.0; 2];
    for step in 1..=STEPS {
        let product = product(&map, &transposed(&map));
        let slopes = parallel(&questions, |(claims, phrases)| slopes(claims, phrases, &product, bias));
        let mut slope = vec![[0.0; DIMENSIONS]; DIMENSIONS];
        let mut slope_of_bias = 0.0;
        for (of_pairs, of_bias) in slopes {
            add(&mut slope, &of_pairs);
            slope_of_bias += of_bias / pairs.max(1) as f64;
        }
        // Both sides of a product go through the map.
        let turned = transposed(&slope);
        add(&mut slope, &turned);
        let slope = self::product(&slope, &map);
        for ((row, start), (slope, moments)) in map.iter_mut().zip(&start).zip(slope.iter().zip(&mut moments)) {
            for at in 0..DIMENSIONS {
                let slope = slope[at] / pairs.max(1) as f64 + RIDGE * (row[at] - start[at]);
                row[at] -= moved(slope, &mut moments[at], step);
            }
        }
        bias -= moved(slope_of_bias, &mut of_bias, step);
    }
    map
}

/// How far a number goes against its slope, by the moments of the slopes so far.
pub(super) fn moved(slope: f64, moments: &mut [f64; 2], step: i32) -> f64 {
    const KEPT: [f64; 2] = [0.9, 0.999];
    moments[0] += (1.0 - KEPT[0]) * (slope - moments[0]);
    moments[1] += (1.0 - KEPT[1]) * (slope * slope - moments[1]);
    let [mean, square] = [0, 1].map(|at| moments[at] / (1.0 - KEPT[at].powi(step)));
    RATE * mean / (square.sqrt() + 1e-8)
}

/// What a question's phrases say of the map, as the sum of the products of claims with phrases by how wrong each is, and of the bias.
fn slopes(claims: &[Vector], phrases: &[(Vector, Option<usize>)], map: &Matrix, bias: f64) -> (Matrix, f64) {
    let mapped: Vec<Vector> = claims.iter().map(|claim| times(claim, map)).collect();
    let mut sums = vec![[0.0; DIMENSIONS]; claims.len()];
    let mut of_bias = 0.0;
    for (phrase, own) in phrases {
        for (claim, mapped) in mapped.iter().enumerate() {
            let logit = bias + mapped.iter().zip(phrase).map(|(a, b)| a * b).sum::<f64>();
            let p = 1.0 / (1.0 + (-logit).exp());
            let wrong = if *own == Some(claim) { OWN * (p - 1.0) } else { p };
            sums[claim].iter_mut().zip(phrase).for_each(|(sum, x)| *sum += wrong * x);
            of_bias += wrong;
        }
    }
    let mut slopes = vec![[0.0; DIMENSIONS]; DIMENSIONS];
    for (claim, sum) in claims.iter().zip(&sums) {
        for (row, x) in slopes.iter_mut().zip(claim) {
            row.iter_mut().zip(sum).for_each(|(slope, sum)| *slope += x * sum);
        }
    }
    (slopes, of_bias)
}
