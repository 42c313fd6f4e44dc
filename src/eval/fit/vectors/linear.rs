//! Vectors and square matrices of so many numbers as a word has.

use crate::domain::vectors::DIMENSIONS;

pub(super) type Vector = [f64; DIMENSIONS];
/// Rows: a square matrix, or a vector for each word.
pub(super) type Matrix = Vec<Vector>;

pub(super) fn norm(vector: &Vector) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

pub(super) fn identity(scale: f64) -> Matrix {
    (0..DIMENSIONS).map(|row| std::array::from_fn(|column| if row == column { scale } else { 0.0 })).collect()
}

/// A vector as a row, times a square matrix.
pub(super) fn times(vector: &Vector, matrix: &[Vector]) -> Vector {
    let mut out = [0.0; DIMENSIONS];
    for (x, row) in vector.iter().zip(matrix) {
        out.iter_mut().zip(row).for_each(|(out, value)| *out += x * value);
    }
    out
}

pub(super) fn product(a: &[Vector], b: &[Vector]) -> Matrix {
    a.iter().map(|row| times(row, b)).collect()
}

pub(super) fn transposed(matrix: &[Vector]) -> Matrix {
    (0..DIMENSIONS).map(|column| std::array::from_fn(|row| matrix[row][column])).collect()
}

pub(super) fn add(sum: &mut [Vector], of: &[Vector]) {
    for (sum, of) in sum.iter_mut().zip(of) {
        sum.iter_mut().zip(of).for_each(|(sum, x)| *sum += x);
    }
}
