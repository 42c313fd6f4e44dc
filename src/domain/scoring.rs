//! From verdicts to a score.
//!
//! `score = clamp(min(1, Σ weight · max(0, credit) / W) − 0.18 · misconceptions, 0, 1)`, with W the
//! rubric's full weight and bonus concepts in the sum. Flags act by changing credits and never
//! otherwise, so that a stored grade re-derives from itself.

/// What each misconception that is asserted costs.
pub const MISCONCEPTION_COST: f64 = 0.18;

/// Scores are rounded to this many decimal places' worth, so that equal grades print alike.
const PLACES: f64 = 10_000.0;

/// Rounds to four decimal places.
#[must_use]
pub fn round(value: f64) -> f64 {
    (value * PLACES).round() / PLACES
}

/// The score of weighted credits, 0 to 1, rounded to four decimal places.
///
/// `credits` are pairs of weight and credit; `full_weight` is the rubric's.
#[must_use]
pub fn score(credits: impl Iterator<Item = (u32, f64)>, full_weight: u32, misconceptions: usize) -> f64 {
    let earned: f64 = credits.map(|(weight, credit)| f64::from(weight) * credit.max(0.0)).sum();
    let coverage = if full_weight == 0 { 0.0 } else { (earned / f64::from(full_weight)).min(1.0) };
    round((coverage - MISCONCEPTION_COST * misconceptions as f64).clamp(0.0, 1.0))
}

/// What the score would rise by for each concept if that one were hit.
#[must_use]
pub fn gains(credits: &[(u32, f64)], full_weight: u32, misconceptions: usize) -> Vec<f64> {
    let now = score(credits.iter().copied(), full_weight, misconceptions);
    (0..credits.len())
        .map(|hit| {
            let with = credits.iter().enumerate().map(|(i, &(w, c))| (w, if i == hit { 1.0 } else { c }));
            round(score(with, full_weight, misconceptions) - now).max(0.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::everything(&[(3, 1.0), (2, 1.0)], 5, 0, 1.0)]
    #[case::half(&[(3, 0.5), (2, 0.0)], 5, 0, 0.3)]
    #[case::bonus_fills_up_but_not_over(&[(3, 1.0), (2, 0.0), (3, 1.0)], 5, 0, 1.0)]
    #[case::a_contradiction_earns_nothing(&[(3, -1.0), (2, 1.0)], 5, 0, 0.4)]
    #[case::a_misconception_costs(&[(3, 1.0), (2, 1.0)], 5, 1, 0.82)]
    #[case::never_below_zero(&[(3, 0.0)], 3, 2, 0.0)]
    #[case::no_weight_at_all(&[], 0, 0, 0.0)]
    fn scores(#[case] credits: &[(u32, f64)], #[case] full: u32, #[case] wrong: usize, #[case] expected: f64) {
        assert!((score(credits.iter().copied(), full, wrong) - expected).abs() < 1e-9);
    }

    #[test]
    fn a_gain_is_what_the_score_rises_by() {
        assert_eq!(gains(&[(3, 1.0), (2, 0.0)], 5, 0), [0.0, 0.4]);
        assert_eq!(gains(&[(3, 0.5), (2, 1.0)], 3, 1), [0.0, 0.0], "already at full coverage");
    }
}
