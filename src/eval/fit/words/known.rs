//! What a rubric's author knows of texts: phrases, ideal answers, examples and claims, with what they make.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::bank::Item;
use crate::domain::rubric::{Example, Full, Label, Phrase, Rubric, Target};
use crate::grader::case::{self, claim_of};

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
            // Of how much of other claims it makes, and of what else a grader would say, a phrase tells nothing.
            none.chain(std::iter::repeat_n((0.0, 0.0), concepts + 1)).collect()
        });
        let Some(claim) = claim_of(rubric, phrase.target) else { continue };
        labels[claim] = (yes(matches!(phrase.label, Label::Paraphrase | Label::Half)), own);
        if claim < concepts {
            labels[claims + claim] = (yes(phrase.label == Label::Opposite), own);
            if labels[claim].0 > 0.0 {
                labels[claims + concepts + claim] = (yes(phrase.label == Label::Paraphrase), own);
            }
        }
    }
    answers
}

/// Answers, each with its labels.
type Known<'a> = Vec<(Cow<'a, str>, Vec<(f64, f64)>)>;

/// Of what nothing is known.
const UNKNOWN: (f64, f64) = (0.0, 0.0);
/// What is so, and what is not.
const YES: (f64, f64) = (1.0, 1.0);
const NO: (f64, f64) = (0.0, 1.0);

const fn label(is: bool, is_not: bool) -> (f64, f64) {
    match (is, is_not) {
        (true, _) => YES,
        (false, true) => NO,
        (false, false) => UNKNOWN,
    }
}

/// The answers whose verdicts the rubric's author knows, with the labels of all that is known of them: the ideal answers make
/// every core concept and nothing else, of an example it is what it is an example of, a claim makes itself, and two make both.
pub(super) fn answers(item: &Item) -> Known<'_> {
    let rubric = &item.rubric;
    let ideals = item.question.ideals.iter().map(|answer| (Cow::Borrowed(answer.as_str()), ideal(rubric)));
    let examples = rubric.examples.iter().map(|e| (Cow::Borrowed(e.answer.as_str()), example(rubric, e)));
    let alone = case::claims(rubric)
        .enumerate()
        .map(|(at, claim)| (Cow::Borrowed(claim.claim), said(rubric, |other| other == at)));
    ideals.chain(examples).chain(alone).chain(pairs(rubric)).collect()
}

/// How many of a concept's phrases stand beside the next one's claim.
const PHRASES_BESIDE: usize = 3;

/// Every concept in its own words, and as some of its phrases have it, with the claim of the next one behind it.
fn pairs(rubric: &Rubric) -> Known<'_> {
    let concepts = &rubric.concepts;
    let mut pairs = Vec::new();
    for first in (0..concepts.len()).filter(|_| concepts.len() > 1) {
        let second = (first + 1) % concepts.len();
        let makes = |phrase: &&Phrase| phrase.target == Target::Concept(first) && phrase.label == Label::Paraphrase;
        let phrases: Vec<&Phrase> = rubric.phrases.iter().filter(makes).collect();
        let spread = phrases.iter().skip(1).step_by((phrases.len() / PHRASES_BESIDE).max(1)).take(PHRASES_BESIDE);
        for text in spread.map(|phrase| &*phrase.text).chain([concepts[first].claim.as_str()]) {
            let text = format!("{text}. {}.", concepts[second].claim);
            pairs.push((Cow::Owned(text), said(rubric, |other| other == first || other == second)));
        }
    }
    pairs
}

/// What an ideal answer makes.
fn ideal(rubric: &Rubric) -> Vec<(f64, f64)> {
    let made = rubric.concepts.iter().map(|c| label(!c.bonus && rubric.full == Full::All, false));
    let wrong = rubric.misconceptions.iter().map(|_| NO);
    let reversed = rubric.concepts.iter().map(|_| NO);
    made.clone().chain(wrong).chain(reversed).chain(made).chain([NO]).collect()
}

/// What an example makes.
fn example(rubric: &Rubric, example: &Example) -> Vec<(f64, f64)> {
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
}

/// What the claims make that `is_said` says yes of, in their own words with nothing beside them.
fn said(rubric: &Rubric, is_said: impl Fn(usize) -> bool) -> Vec<(f64, f64)> {
    let concepts = rubric.concepts.len();
    let made = (0..concepts + rubric.misconceptions.len()).map(|claim| label(is_said(claim), false));
    let reversed = (0..concepts).map(|claim| label(false, is_said(claim)));
    let full = (0..concepts).map(|claim| label(is_said(claim), false));
    // Graders take nothing off for what is right.
    let beside = label(false, (0..concepts).any(&is_said));
    made.chain(reversed).chain(full).chain([beside]).collect()
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
                let fully = labels[claims + concepts..].iter().enumerate().filter(|(_, (_, weight))| *weight > 0.0);
                let is_own = |at: usize| at < concepts && labels[at].1 > PHRASE_WEIGHTS.1;
                assert!(fully.map(|(at, _)| at).all(is_own), "of how much it makes of others nothing is known");
            }
            let others =
                |of: &Vec<(f64, f64)>| of.iter().all(|(made, weight)| *weight > PHRASE_WEIGHTS.1 || *made == 0.0);
            assert!(answers.values().all(others), "what a phrase is not about it does not make");
        }
    }

    #[test]
    fn claims_side_by_side_make_what_each_makes() {
        let library = builtin().unwrap();
        let item = library.banks[0].items.iter().find(|item| item.rubric.concepts.len() == 4).unwrap();
        let answers = answers(item);
        let claim = |at: usize| &item.rubric.concepts[at].claim;
        let both = format!("{}. {}.", claim(3), claim(0));
        let (_, labels) = answers.iter().find(|(text, _)| *text == both).unwrap();
        assert_eq!(labels[..4], [YES, UNKNOWN, UNKNOWN, YES], "the first of them follows the last");
        let wrong = item.rubric.misconceptions.len();
        assert_eq!(labels[4 + wrong..8 + wrong], [NO, UNKNOWN, UNKNOWN, NO], "neither is reversed");
        let behind = format!(". {}.", claim(0));
        let worded = answers.iter().filter(|(text, _)| text.ends_with(&behind)).count();
        assert_eq!(worded, 1 + PHRASES_BESIDE, "phrases of the last have it behind them too");
        assert_eq!(labels.last(), Some(&NO), "nothing stands beside them");
    }
}
