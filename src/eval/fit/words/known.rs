//! What a rubric's author knows of texts: phrases, ideal answers, examples and claims, with what they make.

use std::collections::BTreeMap;

use crate::bank::Item;
use crate::domain::rubric::{Example, Full, Label, Rubric};
use crate::grader::case::{self, Claim, claim_of};

/// The question's phrases, each once, with the claims that it makes and by how much.
pub(super) fn phrases(rubric: &Rubric) -> BTreeMap<&str, Vec<(usize, f64)>> {
    let mut phrases: BTreeMap<&str, Vec<(usize, f64)>> = BTreeMap::new();
    for phrase in &rubric.phrases {
        let made = match phrase.label {
            Label::Paraphrase => 1.0,
            Label::Half => 0.5,
            Label::Opposite | Label::Contrast => 0.0,
        };
        phrases.entry(&phrase.text).or_default().extend(claim_of(rubric, phrase.target).map(|claim| (claim, made)));
    }
    phrases
}

/// How much a phrase counts beside a graded answer, of the claim that it is about, and of the others, which it most likely does not
/// make. Of 0.05 to 0.3 and 0 to 0.3 those by which verdicts are likeliest.
const PHRASE_WEIGHTS: (f64, f64) = (0.1, 0.03);

/// The question's phrases, each once, with the labels that an answer has which says nothing else.
pub(super) fn short_answers(rubric: &Rubric) -> BTreeMap<&str, Vec<(f64, f64)>> {
    let (concepts, claims) = (rubric.concepts.len(), rubric.concepts.len() + rubric.misconceptions.len());
    let (own, other) = PHRASE_WEIGHTS;
    let yes = |is: bool| f64::from(u8::from(is));
    let mut answers: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for phrase in &rubric.phrases {
        let labels = answers.entry(&phrase.text).or_insert_with(|| {
            let none = std::iter::repeat_n((0.0, other), claims + concepts);
            // Of how much of a claim it makes, and of what else a grader would say, a phrase tells nothing.
            none.chain(std::iter::repeat_n((0.0, 0.0), concepts + 1)).collect()
        });
        let Some(claim) = claim_of(rubric, phrase.target) else { continue };
        labels[claim] = (yes(matches!(phrase.label, Label::Paraphrase | Label::Half)), own);
        if claim < concepts {
            labels[claims + claim] = (yes(phrase.label == Label::Opposite), own);
        }
    }
    answers
}

/// The answers whose verdicts the rubric's author knows, with the labels of all that is known of them: the ideal answers make
/// every core concept and nothing else, of an example it is what it is an example of, and a claim makes itself.
pub(super) fn answers<'a>(item: &'a Item) -> Vec<(&'a str, Vec<(f64, f64)>)> {
    const UNKNOWN: (f64, f64) = (0.0, 0.0);
    let (yes, no) = ((1.0, 1.0), (0.0, 1.0));
    let rubric = &item.rubric;
    let label = |is: bool, is_not: bool| {
        if is {
            yes
        } else if is_not {
            no
        } else {
            UNKNOWN
        }
    };
    let ideal = || {
        let made = rubric.concepts.iter().map(|c| label(!c.bonus && rubric.full == Full::All, false));
        let wrong = rubric.misconceptions.iter().map(|_| no);
        let reversed = rubric.concepts.iter().map(|_| no);
        made.clone().chain(wrong).chain(reversed).chain(made).chain([no]).collect()
    };
    let example = |example: &Example| {
        let made = rubric.concepts.iter().map(|c| {
            label(example.hit.contains(&c.id), example.missed.contains(&c.id) || example.contradicted.contains(&c.id))
        });
        let wrong = rubric.misconceptions.iter().map(|m| label(example.misconceptions.contains(&m.id), false));
        let reversed =
            rubric.concepts.iter().map(|c| label(example.contradicted.contains(&c.id), example.hit.contains(&c.id)));
        let full = rubric.concepts.iter().map(|c| label(example.hit.contains(&c.id), false));
        // Of one that is wrong somewhere it is not known what graders would take off.
        let beside = label(false, example.misconceptions.is_empty() && example.contradicted.is_empty());
        made.chain(wrong).chain(reversed).chain(full).chain([beside]).collect()
    };
    let claims = rubric.concepts.len() + rubric.misconceptions.len();
    let claim = |(at, claim): (usize, Claim<'a>)| {
        let made = (0..claims).map(|other| label(other == at, false));
        let reversed = (0..rubric.concepts.len()).map(|other| label(false, other == at));
        let full = (0..rubric.concepts.len()).map(|other| label(other == at, false));
        // Graders take nothing off where a claim is said in its own words and nothing beside it.
        let beside = label(false, at < rubric.concepts.len());
        (claim.claim, made.chain(reversed).chain(full).chain([beside]).collect())
    };
    let ideals = item.question.ideals.iter().map(|answer| (answer.as_str(), ideal()));
    let examples = rubric.examples.iter().map(|e| (e.answer.as_str(), example(e)));
    ideals.chain(examples).chain(case::claims(rubric).enumerate().map(claim)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::builtin;

    #[test]
    fn a_phrase_is_an_answer_that_makes_its_own_claim_and_no_other() {
        let library = builtin().unwrap();
        for item in library.banks.iter().flat_map(|bank| &bank.items) {
            let rubric = &item.rubric;
            let (concepts, claims) = (rubric.concepts.len(), rubric.concepts.len() + rubric.misconceptions.len());
            let answers = short_answers(rubric);
            for phrase in &rubric.phrases {
                let labels = &answers[&*phrase.text];
                assert_eq!(labels.len(), claims + 2 * concepts + 1);
                let Some(claim) = claim_of(rubric, phrase.target) else { continue };
                assert!((labels[claim].1 - PHRASE_WEIGHTS.0).abs() < 1e-9, "{}", phrase.text);
                assert!(
                    labels[claims + concepts..].iter().all(|(_, weight)| *weight == 0.0),
                    "of how much nothing is known"
                );
            }
            let others =
                |of: &Vec<(f64, f64)>| of.iter().all(|(made, weight)| *weight > PHRASE_WEIGHTS.1 || *made == 0.0);
            assert!(answers.values().all(others), "what a phrase is not about it does not make");
        }
    }
}
