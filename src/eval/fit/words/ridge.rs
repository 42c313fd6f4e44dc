//! Ridge regression of one column on the features of texts.

use super::texts::Sample;

/// Steps towards the weights, at most.
const STEPS: usize = 60;
/// Where what is left to do is this small beside what there was, the weights are there.
const CLOSE: f64 = 1e-8;

/// The weights of a claim: of nothing, and of each feature.
pub(super) struct Weights {
    pub base: f64,
    pub of: Vec<f64>,
}

impl Weights {
    pub(super) fn of(&self, features: &[(u32, f64)]) -> f64 {
        self.base + features.iter().map(|(feature, share)| self.of[*feature as usize] * share).sum::<f64>()
    }
}

/// The weights whose squared errors are least, with `ridge` times their own squares; by conjugate gradients (Hestenes and
/// Stiefel, 1952). The base is free.
pub(super) fn regress(samples: &[Sample], features: usize, claim: usize, ridge: f64) -> Weights {
    let counted: Vec<(&Sample, f64, f64)> = samples
        .iter()
        .map(|s| (s, s.labels[claim].0, s.labels[claim].1))
        .filter(|(_, _, weight)| *weight > 0.0)
        .collect();
    // The last place is the base's.
    let spread = |values: &dyn Fn(&Sample) -> f64, towards: &dyn Fn(f64, f64) -> f64| {
        let mut sum = vec![0.0; features + 1];
        for (sample, made, weight) in &counted {
            let value = weight * towards(*made, values(sample));
            sample.features.iter().for_each(|(feature, share)| sum[*feature as usize] += share * value);
            sum[features] += value;
        }
        sum
    };
    let value = |at: &[f64], sample: &Sample| {
        at[features] + sample.features.iter().map(|(feature, share)| at[*feature as usize] * share).sum::<f64>()
    };
    let mut at = vec![0.0; features + 1];
    let mut left = spread(&|_| 0.0, &|made, _| made);
    let mut direction = left.clone();
    let mut size = dot(&left, &left);
    let close = size * CLOSE;
    for _ in 0..STEPS {
        if size <= close {
            break;
        }
        let mut image = spread(&|sample| value(&direction, sample), &|_, value| value);
        image[..features].iter_mut().zip(&direction).for_each(|(image, along)| *image += ridge * along);
        let step = size / dot(&direction, &image);
        at.iter_mut().zip(&direction).for_each(|(at, along)| *at += step * along);
        left.iter_mut().zip(&image).for_each(|(left, image)| *left -= step * image);
        let now = dot(&left, &left);
        direction.iter_mut().zip(&left).for_each(|(along, left)| *along = left + now / size * *along);
        size = now;
    }
    let base = at.pop().unwrap_or_default();
    Weights { base, of: at }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    #[test]
    fn weights_tell_texts_that_make_a_claim_from_those_that_do_not() {
        let samples: Vec<Sample> = (0..40)
            .map(|i| sample(if i % 2 == 0 { &[0, 2] } else { &[1, 2] }, f64::from(u8::from(i % 2 == 0)), 1.0))
            .collect();
        let weights = regress(&samples, 3, 0, 1.0);
        assert!(weights.of(&samples[0].features) > 0.9 && weights.of(&samples[1].features) < 0.1);
        assert!(weights.of[0] > 0.3 && weights.of[1] < -0.3 && weights.of[2].abs() < 0.01, "{:?}", weights.of);
    }

    #[test]
    fn they_are_those_of_the_normal_equations() {
        // One feature that all of three texts have in their own share: solved by hand with a ridge of 1.
        let samples = [(0.0, 0.0), (1.0, 1.0), (2.0, 1.0)]
            .map(|(share, made)| Sample { features: vec![(0, share)], labels: vec![(made, 1.0)] });
        let weights = regress(&samples, 1, 0, 1.0);
        assert!(
            (weights.of[0] - 1.0 / 3.0).abs() < 1e-6 && (weights.base - 1.0 / 3.0).abs() < 1e-6,
            "{weights:?}",
            weights = (weights.base, &weights.of)
        );
        assert_eq!(regress(&[], 2, 0, 1.0).of, [0.0, 0.0]);
    }
}
