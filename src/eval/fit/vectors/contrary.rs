//! Which words speak against a claim that does not have them: logistic regression on phrases that make a claim and on those that
//! reverse it, whatever the question.

use std::collections::BTreeSet;

use super::map::moved;
use super::{Phrase, Says, Statements};

/// How strongly the weights are held back.
const RIDGE: f64 = 10.0;
/// Steps towards them.
const STEPS: i32 = 200;

/// For each of so many words its log-odds for the reverse of a claim, beside those of any words.
pub(super) fn fit(words: usize, phrases: &[Phrase<u32>], statements: &Statements<u32>) -> Vec<f64> {
    let told = |phrase: &Phrase<u32>| {
        let (claim, reversed) = match phrase.says {
            Says::Makes(claim) => (claim, 0.0),
            Says::Reverses(claim) => (claim, 1.0),
            Says::Nothing => return None,
        };
        let own: BTreeSet<u32> = statements[phrase.question][claim].iter().copied().collect();
        let others: BTreeSet<u32> = phrase.words.iter().filter(|word| !own.contains(word)).copied().collect();
        Some((others, reversed))
    };
    let told: Vec<(BTreeSet<u32>, f64)> = phrases.iter().filter_map(told).collect();
    let all = told.len().max(1) as f64;
    let (mut weights, mut moments) = (vec![0.0; words], vec![[0.0; 2]; words]);
    let (mut base, mut of_base) = (0.0, [0.0; 2]);
    for step in 1..=STEPS {
        let (mut slopes, mut slope_of_base) = (vec![0.0; words], 0.0);
        for (words, reversed) in &told {
            let logit = base + words.iter().map(|word| weights[*word as usize]).sum::<f64>();
            let wrong = 1.0 / (1.0 + f64::exp(-logit)) - reversed;
            for word in words {
                slopes[*word as usize] += wrong;
            }
            slope_of_base += wrong;
        }
        for ((weight, moments), slope) in weights.iter_mut().zip(&mut moments).zip(slopes) {
            *weight -= moved((slope + RIDGE * *weight) / all, moments, step);
        }
        base -= moved(slope_of_base / all, &mut of_base, step);
    }
    weights
}
