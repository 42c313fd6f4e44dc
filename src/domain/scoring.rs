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

/// How far `score` lies from what raters would give, on average, if the probabilities of its verdicts are right and each
/// verdict errs by itself.
///
/// `concepts` are weights with the probabilities that the claim is made by half and fully; `misconceptions` the probabilities
/// that each is asserted. Exact: the distribution of the score is worked out in halves of a weight.
#[must_use]
pub fn expected_error(concepts: &[(u32, f64, f64)], full_weight: u32, misconceptions: &[f64], score: f64) -> f64 {
    let mut earned = vec![1.0];
    for &(weight, credited, full) in concepts {
        let (weight, full) = (weight as usize, full.min(credited));
        add(&mut earned, &[(0, 1.0 - credited), (weight, credited - full), (2 * weight, full)]);
    }
    let mut wrong = vec![1.0];
    for &made in misconceptions {
        add(&mut wrong, &[(0, 1.0 - made), (1, made)]);
    }
    let full = 2.0 * f64::from(full_weight.max(1));
    let mut error = 0.0;
    for (halves, p) in earned.iter().enumerate() {
        let coverage = (halves as f64 / full).min(1.0);
        for (wrong, q) in wrong.iter().enumerate() {
            let would_be = (coverage - MISCONCEPTION_COST * wrong as f64).max(0.0);
            error += p * q * (would_be - score).abs();
        }
    }
    error
}

/// Adds one more summand of these values and probabilities to the distribution of a sum.
fn add(sums: &mut Vec<f64>, more: &[(usize, f64)]) {
    let most = more.iter().map(|(value, _)| *value).max().unwrap_or_default();
    sums.resize(sums.len() + most, 0.0);
    // From the top, so that what is read has not been written yet.
    for at in (0..sums.len()).rev() {
        let parts = more.iter().rev().filter(|(value, _)| *value <= at);
        sums[at] = parts.map(|(value, p)| sums[at - value] * p).sum();
    }
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

    #[rstest]
    #[case::sure(&[(3, 1.0, 1.0), (2, 0.0, 0.0)], 5, &[0.0], 0.6, 0.0)]
    #[case::even_odds(&[(1, 0.5, 0.5)], 1, &[], 1.0, 0.5)]
    #[case::half_or_whole(&[(1, 1.0, 0.5)], 1, &[], 1.0, 0.25)]
    #[case::a_small_share_moves_little(&[(1, 0.5, 0.5), (9, 1.0, 1.0)], 10, &[], 1.0, 0.05)]
    #[case::a_misconception(&[(1, 1.0, 1.0)], 1, &[0.5], 1.0, 0.09)]
    #[case::beyond_full_marks_nothing_moves(&[(3, 1.0, 1.0), (3, 0.5, 0.5)], 3, &[], 1.0, 0.0)]
    #[case::no_claims(&[], 0, &[], 0.0, 0.0)]
    fn an_expected_error_is_what_unsure_verdicts_move(
        #[case] concepts: &[(u32, f64, f64)],
        #[case] full: u32,
        #[case] wrong: &[f64],
        #[case] score: f64,
        #[case] expected: f64,
    ) {
        let error = expected_error(concepts, full, wrong, score);
        assert!((error - expected).abs() < 1e-9, "{error}");
    }
}
