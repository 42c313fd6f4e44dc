//! Texts as they are gathered, and their features by number.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::domain::text::Text;
use crate::domain::wording::{self, Feature, Part, Which};
use crate::grader::case::Read;

/// What a pattern that was found counts beside the words of an answer, whose squares add up to one or somewhat more.
pub(super) const PATTERN_SHARE: f64 = 0.2;

/// A text: its features, each with the share that it has of it, and for each claim how much it makes it and how much that counts.
pub(super) struct Sample {
    pub features: Vec<(u32, f64)>,
    pub labels: Vec<(f64, f64)>,
}

/// Texts as they are gathered.
#[derive(Default)]
pub(super) struct Texts {
    names: BTreeMap<String, u32>,
    /// For each text the features that it has, and their shares.
    pub shares: Vec<BTreeMap<u32, f64>>,
}

impl Texts {
    /// Adds some tokens of a text.
    pub(super) fn add(&mut self, text: &Text, tokens: &Range<usize>) {
        self.add_features(|hear| wording::of_tokens(text, Which::Telling, tokens, hear));
    }

    pub(super) fn add_features<'t>(&mut self, of: impl FnOnce(&mut dyn FnMut(Feature<'t>))) {
        let (mut shares, mut all) = (BTreeMap::new(), 0);
        of(&mut |feature| {
            *shares.entry(self.number(feature)).or_default() += 1.0;
            all += 1;
        });
        let all = f64::from(all.max(1)).sqrt();
        for share in shares.values_mut() {
            *share /= all;
        }
        self.shares.push(shares);
    }

    /// Adds a whole answer.
    pub(super) fn add_answer(&mut self, read: &Read, claims: &[String]) {
        self.add_features(|hear| wording::of_answer(&read.text, Which::Telling, hear));
        let counts = wording::count_patterns(&read.reading.patterns, claims.len());
        let mut patterns = Vec::new();
        for (claim, found) in claims.iter().zip(counts) {
            for (part, found) in [Part::Answer, Part::Reverse].into_iter().zip(found).filter(|(_, found)| *found > 0) {
                let number = self.number(Feature::Pattern(part, claim));
                patterns.push((number, PATTERN_SHARE * wording::of_patterns(found)));
            }
        }
        if let Some(last) = self.shares.last_mut() {
            last.extend(patterns);
        }
    }

    fn number(&mut self, feature: Feature<'_>) -> u32 {
        let next = self.names.len() as u32;
        *self.names.entry(feature.to_string()).or_insert(next)
    }

    /// The names of the features that enough texts have, in order, and every text by their numbers.
    pub(super) fn finish(self, labels: Vec<Vec<(f64, f64)>>, least: usize) -> (Vec<String>, Vec<Sample>) {
        let mut texts = vec![0; self.names.len()];
        self.shares.iter().flat_map(BTreeMap::keys).for_each(|feature| texts[*feature as usize] += 1);
        let mut numbers = vec![None; self.names.len()];
        let mut names = Vec::new();
        for (name, feature) in self.names {
            if texts[feature as usize] >= least {
                numbers[feature as usize] = Some(names.len() as u32);
                names.push(name);
            }
        }
        let sample = |(shares, labels): (BTreeMap<u32, f64>, Vec<(f64, f64)>)| {
            let known = |(feature, share)| Some((numbers[feature as usize]?, share));
            Sample { features: shares.into_iter().filter_map(known).collect(), labels }
        };
        (names, self.shares.into_iter().zip(labels).map(sample).collect())
    }
}

/// What the rarity of an ordinary feature comes to, by which all are divided so that a ridge holds back as much.
const ORDINARY: f64 = 2.5;

/// Multiplies shares by how rare their features are among the texts (inverse document frequency: Sparck Jones, 1972), and gives
/// that: ridge regression then holds back the weights of rare features less.
pub(super) fn weigh_by_rarity(features: usize, samples: &mut [Sample]) -> Vec<f64> {
    let mut texts = vec![0_u32; features];
    samples.iter().flat_map(|s| &s.features).for_each(|(feature, _)| texts[*feature as usize] += 1);
    let all = 1.0 + samples.len() as f64;
    let rarity: Vec<f64> =
        texts.into_iter().map(|having| ((all / (1.0 + f64::from(having))).ln() + 1.0) / ORDINARY).collect();
    for (feature, share) in samples.iter_mut().flat_map(|s| &mut s.features) {
        *share *= rarity[*feature as usize];
    }
    rarity
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    #[test]
    fn rare_features_count_for_more() {
        let mut samples = [sample(&[0, 1], 1.0, 1.0), sample(&[0], 0.0, 1.0), sample(&[0], 0.0, 1.0)];
        let rarity = weigh_by_rarity(3, &mut samples);
        assert!(rarity[0] < rarity[1] && rarity[1] < rarity[2], "{rarity:?}");
        assert_eq!(samples[0].features, [(0, rarity[0]), (1, rarity[1])]);
        assert!((rarity[0] - 1.0 / ORDINARY).abs() < 1e-9, "that which all texts have is the least");
    }
}
