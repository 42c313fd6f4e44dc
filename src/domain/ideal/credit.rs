//! From one score for the whole answer to a credit for each concept, such that the score follows from the credits.
//!
//! Each concept's credit is the share of its words that one stretch of the answer holds, times a gain that is the same
//! for all concepts, and at most 1. The gain is the one with which the credits' weighted mean is the model's score. So
//! the credits say where the score comes from, and `score = Σ weight · credit / Σ weight` holds as for any rubric. A
//! concept of which nothing is said gets nothing: then the score is what the others can bear.

/// Credits are told to this many parts of 1.
const PARTS: f64 = 1000.0;
/// Halvings until the gain is known as well as credits are told.
const HALVINGS: usize = 60;

/// The credits, 0 to 1, of concepts given as pairs of weight and share, for an answer of this score.
///
/// Rounded to three places, and 1 exactly where a share times the gain reaches it.
#[must_use]
pub fn credits(concepts: &[(u32, f64)], score: f64) -> Vec<f64> {
    let full: f64 = concepts.iter().map(|(weight, _)| f64::from(*weight)).sum();
    let earned = |gain: f64| -> f64 { concepts.iter().map(|(w, share)| f64::from(*w) * (share * gain).min(1.0)).sum() };
    let wanted = score.clamp(0.0, 1.0) * full;
    let least = concepts.iter().map(|(_, share)| *share).filter(|share| *share > 0.0).fold(f64::INFINITY, f64::min);
    if !least.is_finite() || wanted <= 0.0 {
        return vec![0.0; concepts.len()];
    }
    // With this gain every concept that is touched has all its credit.
    let (mut low, mut high) = (0.0, 1.0 / least);
    if earned(high) > wanted {
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if earned(middle) > wanted {
                high = middle;
            } else {
                low = middle;
            }
        }
    }
    concepts.iter().map(|(_, share)| ((share * high).min(1.0) * PARTS).round() / PARTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::in_proportion(&[(2, 0.8), (2, 0.4)], 0.6, &[0.8, 0.4])]
    #[case::one_is_full(&[(1, 0.9), (1, 0.1)], 0.6, &[1.0, 0.2])]
    #[case::nothing_for_what_is_not_said(&[(1, 0.5), (1, 0.0)], 0.9, &[1.0, 0.0])]
    #[case::weights_count(&[(3, 0.5), (1, 0.5)], 0.25, &[0.25, 0.25])]
    #[case::nothing_said(&[(3, 0.0)], 0.9, &[0.0])]
    #[case::no_score(&[(3, 0.7)], 0.0, &[0.0])]
    fn shares_out(#[case] concepts: &[(u32, f64)], #[case] score: f64, #[case] expected: &[f64]) {
        let credits = credits(concepts, score);
        for (credit, expected) in credits.iter().zip(expected) {
            assert!((credit - expected).abs() < 2e-3, "{credits:?}");
        }
        assert_eq!(credits.len(), expected.len());
    }

    proptest! {
        #[test]
        fn the_score_follows_where_every_concept_is_touched(
            concepts in prop::collection::vec((1_u32..=10, 0.01_f64..1.0), 1..12),
            score in 0.0_f64..1.0,
        ) {
            let full: f64 = concepts.iter().map(|(w, _)| f64::from(*w)).sum();
            let credits = credits(&concepts, score);
            let earned: f64 = concepts.iter().zip(&credits).map(|((w, _), c)| f64::from(*w) * c).sum();
            prop_assert!((earned / full - score).abs() <= 1.0 / PARTS, "{earned} of {full}, {score}");
            prop_assert!(credits.iter().all(|c| (0.0..=1.0).contains(c)));
        }
    }
}
