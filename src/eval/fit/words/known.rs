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
