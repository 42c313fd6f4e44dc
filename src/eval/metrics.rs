//! Figures of agreement. Each is total: where it is not defined (no variance, nothing to count) it is 0, or 1 where
//! nothing could go wrong.

use serde::{Deserialize, Serialize};

/// Pearson's correlation of two lists of the same length.
#[must_use]
pub fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len()) as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
    let (ma, mb) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += (x - ma) * (y - mb);
        aa += (x - ma).powi(2);
        bb += (y - mb).powi(2);
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// Ranks from 1, equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let same = order[from..].iter().take_while(|i| values[**i].total_cmp(&values[order[from]]).is_eq()).count();
        for &i in &order[from..from + same] {
            ranks[i] = from as f64 + f64::midpoint(same as f64, 1.0);
        }
        from += same;
    }
    ranks
}

/// Spearman's rank correlation.
#[must_use]
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    pearson(&ranks(a), &ranks(b))
}

/// Mean absolute error.
#[must_use]
pub fn mae(a: &[f64], b: &[f64]) -> f64 {
    mean(a.iter().zip(b).map(|(x, y)| (x - y).abs()))
}

/// Root of the mean squared error.
#[must_use]
pub fn rmse(a: &[f64], b: &[f64]) -> f64 {
    mean(a.iter().zip(b).map(|(x, y)| (x - y).powi(2))).sqrt()
}

/// The mean, 0 of nothing.
#[must_use]
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0_usize), |(s, n), v| (s + v, n + 1));
    if n == 0 { 0.0 } else { sum / n as f64 }
}

/// Cohen's kappa with quadratic weights over marks 0 to 10 (scores times ten, rounded).
#[must_use]
#[expect(clippy::cast_sign_loss, reason = "the value is clamped to 0..=10 before")]
pub fn quadratic_kappa(a: &[f64], b: &[f64]) -> f64 {
    const MARKS: usize = 11;
    let mark = |v: f64| ((v * 10.0).round().clamp(0.0, 10.0)) as usize;
    let n = a.len().min(b.len()) as f64;
    if n == 0.0 {
        return 0.0;
    }
    let (mut rows, mut columns, mut observed) = ([0.0; MARKS], [0.0; MARKS], 0.0);
    let weight = |i: usize, j: usize| (i as f64 - j as f64).powi(2);
    for (x, y) in a.iter().zip(b) {
        rows[mark(*x)] += 1.0;
        columns[mark(*y)] += 1.0;
        observed += weight(mark(*x), mark(*y));
    }
    let mut expected = 0.0;
    for (i, row) in rows.iter().enumerate() {
        for (j, column) in columns.iter().enumerate() {
            expected += weight(i, j) * row * column / n;
        }
    }
    if expected > 0.0 { 1.0 - observed / expected } else { 1.0 }
}

/// Counts of right and wrong yes-or-no verdicts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Said yes, is yes.
    pub hits: usize,
    /// Said yes, is no.
    pub false_alarms: usize,
    /// Said no, is yes.
    pub misses: usize,
    /// Said no, is no.
    pub rejections: usize,
}

impl Counts {
    /// Counts one verdict.
    pub fn add(&mut self, said: bool, is: bool) {
        match (said, is) {
            (true, true) => self.hits += 1,
            (true, false) => self.false_alarms += 1,
            (false, true) => self.misses += 1,
            (false, false) => self.rejections += 1,
        }
    }

    /// Of what was said, the share that is so.
    #[must_use]
    pub fn precision(&self) -> f64 {
        ratio(self.hits, self.hits + self.false_alarms)
    }

    /// Of what is so, the share that was said.
    #[must_use]
    pub fn recall(&self) -> f64 {
        ratio(self.hits, self.hits + self.misses)
    }

    /// The harmonic mean of precision and recall.
    #[must_use]
    pub fn f1(&self) -> f64 {
        ratio(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)
    }
}

/// A share, 1 of nothing: where there is nothing to get wrong, nothing is wrong.
#[must_use]
pub fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// How many bins a reliability table has.
pub const BINS: usize = 10;

/// Verdicts whose stated confidence lies in one tenth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// How many there are.
    pub n: usize,
    /// Their mean confidence, 0 to 1; 0 where there is none.
    pub stated: f64,
    /// The share of them that is right; 0 where there is none.
    pub right: f64,
}

/// Verdicts with their confidence, by tenths of the latter.
#[must_use]
pub fn reliability(pairs: &[(f64, bool)]) -> [Bin; BINS] {
    let mut bins = [Bin::default(); BINS];
    for (confidence, right) in pairs {
        let bin = &mut bins[tenth(*confidence)];
        bin.n += 1;
        bin.stated += confidence;
        bin.right += f64::from(u8::from(*right));
    }
    for bin in &mut bins {
        let n = bin.n.max(1) as f64;
        bin.stated /= n;
        bin.right /= n;
    }
    bins
}

#[expect(clippy::cast_sign_loss, reason = "the value is clamped to 0..=1 before")]
fn tenth(value: f64) -> usize {
    ((value.clamp(0.0, 1.0) * BINS as f64) as usize).min(BINS - 1)
}

/// Expected calibration error: how far stated confidence lies from the share that is right, over ten bins.
#[must_use]
pub fn calibration_error(pairs: &[(f64, bool)]) -> f64 {
    let n = pairs.len().max(1) as f64;
    reliability(pairs).iter().map(|bin| bin.n as f64 * (bin.stated - bin.right).abs()).sum::<f64>() / n
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }

    #[test]
    fn correlations() {
        near(pearson(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]), 1.0);
        near(pearson(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0);
        near(pearson(&[1.0, 1.0], &[1.0, 2.0]), 0.0);
        near(spearman(&[1.0, 2.0, 30.0], &[1.0, 4.0, 5.0]), 1.0);
    }

    #[test]
    fn kappa_is_one_for_equals_and_nought_for_chance() {
        near(quadratic_kappa(&[0.0, 0.5, 1.0], &[0.0, 0.5, 1.0]), 1.0);
        near(quadratic_kappa(&[0.0, 0.0, 1.0, 1.0], &[0.0, 1.0, 0.0, 1.0]), 0.0);
    }

    #[test]
    fn counts() {
        let mut counts = Counts::default();
        for (said, is) in [(true, true), (true, false), (false, true), (true, true)] {
            counts.add(said, is);
        }
        near(counts.precision(), 2.0 / 3.0);
        near(counts.recall(), 2.0 / 3.0);
        near(counts.f1(), 2.0 / 3.0);
    }

    #[test]
    fn calibration() {
        near(calibration_error(&[(0.9, true); 10]), 0.1);
        let mixed: Vec<_> = (0..10).map(|i| (0.9, i > 0)).collect();
        near(calibration_error(&mixed), 0.0);
        let bins = reliability(&[(1.0, true), (0.95, false), (0.5, true), (0.0, false)]);
        assert_eq!((bins[9].n, bins[5].n, bins[0].n, bins[4].n), (2, 1, 1, 0));
        near(bins[9].stated, 0.975);
        near(bins[9].right, 0.5);
    }
}
