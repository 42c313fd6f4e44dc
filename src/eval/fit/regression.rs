//! Logistic regression with soft labels, weights and a ridge, by Newton's method. Deterministic: rows are summed in order.

/// A row of a regression.
#[derive(Debug, Clone)]
pub(super) struct Row<const N: usize> {
    /// The features.
    pub(super) x: [f32; N],
    /// The label, 0 to 1.
    pub(super) y: f64,
    /// How much it counts.
    pub(super) weight: f64,
}

/// Weights that make the labels likeliest, less `ridge` times half their squares (the first feature, the bias, is free).
#[must_use]
pub(super) fn fit<const N: usize>(rows: &[Row<N>], ridge: f64) -> [f32; N] {
    let mut w = [0.0_f64; N];
    for _ in 0..30 {
        let step = newton(rows, &w, ridge);
        let size = step.iter().map(|s| s.abs()).fold(0.0, f64::max);
        // A long step may overshoot; a shorter one leads to the same place.
        let scale = if size > 4.0 { 4.0 / size } else { 1.0 };
        w.iter_mut().zip(&step).for_each(|(w, s)| *w += scale * s);
        if size < 1e-6 {
            break;
        }
    }
    w.map(|w| w as f32)
}

fn newton<const N: usize>(rows: &[Row<N>], w: &[f64; N], ridge: f64) -> [f64; N] {
    let mut gradient = [0.0; N];
    let mut hessian = vec![[0.0; N]; N];
    for row in rows {
        let logit: f64 = w.iter().zip(&row.x).map(|(w, x)| w * f64::from(*x)).sum();
        let p = 1.0 / (1.0 + (-logit).exp());
        let (error, spread) = ((row.y - p) * row.weight, (p * (1.0 - p)).max(1e-9) * row.weight);
        for i in 0..N {
            let x = f64::from(row.x[i]);
            if x == 0.0 {
                continue;
            }
            gradient[i] += error * x;
            for (sum, other) in hessian[i].iter_mut().zip(&row.x).take(i + 1) {
                *sum += spread * x * f64::from(*other);
            }
        }
    }
    for i in 0..N {
        let ridge = if i == 0 { 1e-6 } else { ridge };
        gradient[i] -= ridge * w[i];
        hessian[i][i] += ridge;
    }
    solve(hessian, gradient)
}

/// Solves `a x = b` for a positive definite `a` whose lower half is given, by Cholesky's method.
fn solve<const N: usize>(mut a: Vec<[f64; N]>, mut b: [f64; N]) -> [f64; N] {
    for i in 0..N {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let rest = a[i][j] - dot;
            a[i][j] = if i == j { rest.max(1e-12).sqrt() } else { rest / a[j][j] };
        }
    }
    for i in 0..N {
        let dot: f64 = (0..i).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    for i in (0..N).rev() {
        let dot: f64 = (i + 1..N).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_odds_of_a_share() {
        let rows: Vec<Row<1>> = (0..10).map(|i| Row { x: [1.0], y: f64::from(u8::from(i < 8)), weight: 1.0 }).collect();
        let [bias] = fit(&rows, 1.0);
        assert!((bias - 4.0_f32.ln()).abs() < 1e-3, "{bias}");
    }

    #[test]
    fn tells_classes_apart_and_the_ridge_holds_back() {
        let row = |x: f32, y: f64| Row { x: [1.0, x], y, weight: 1.0 };
        let rows = [row(-1.0, 0.0), row(-0.5, 0.0), row(0.5, 1.0), row(1.0, 1.0)];
        let (weak, strong) = (fit(&rows, 0.1)[1], fit(&rows, 10.0)[1]);
        assert!(weak > strong && strong > 0.0, "{weak} {strong}");
    }
}
