//! What is probably not meant so in a rubric that can be used: warnings that need no engine.
//!
//! To add one: a function from a rubric to its warnings, and a line in [`lint`].

use std::collections::HashMap;

use super::fault::{Fault, nearest};
use super::rubric::{ClaimPlace, Place, Places};
use crate::domain::lexicon::Lexicon;
use crate::domain::matcher::Pattern;
use crate::domain::rubric::{Concept, Label, Rubric, Status, Target};

/// A drafted claim of more words probably makes several.
const MOST_WORDS: usize = 24;

/// All warnings about a rubric, which stands in `path`, in the file's order.
#[must_use]
pub fn lint(path: &str, rubric: &Rubric, places: &Places) -> Vec<Fault> {
    let found = without_patterns(rubric, places)
        .chain(same_patterns(rubric, places))
        .chain(several_things(rubric, places))
        .chain(without_paraphrases(rubric, places));
    let mut warnings: Vec<Fault> = found.map(|(place, message)| Fault::at(path, place, message).warning()).collect();
    warnings.sort();
    warnings
}

type Found = (Place, String);

fn without_patterns(rubric: &Rubric, places: &Places) -> impl Iterator<Item = Found> {
    rubric
        .concepts
        .iter()
        .zip(&places.concepts)
        .filter(|(concept, _)| concept.patterns.is_empty())
        .map(|(concept, place)| (place.table, format!("the concept `{}` has no pattern", concept.id)))
}

/// A drafted claim that is longer than what people say in one breath.
fn several_things(rubric: &Rubric, places: &Places) -> impl Iterator<Item = Found> {
    let is_long = |concept: &&Concept| concept.claim.split_whitespace().count() > MOST_WORDS;
    let drafted = rubric.concepts.iter().zip(&places.concepts).filter(|_| rubric.status == Status::Draft);
    drafted.filter(move |(concept, _)| is_long(concept)).map(|(concept, place)| {
        let words = concept.claim.split_whitespace().count();
        (place.table, format!("the claim of `{}` has {words} words: split it if it says several things", concept.id))
    })
}

fn without_paraphrases(rubric: &Rubric, places: &Places) -> impl Iterator<Item = Found> {
    let mut has = vec![false; rubric.concepts.len()];
    for phrase in rubric.phrases.iter().filter(|phrase| phrase.label == Label::Paraphrase) {
        if let Target::Concept(index) = phrase.target {
            has[index] = true;
        }
    }
    // Of a draft that nobody has worked on, one line says it.
    let is_untouched = rubric.status == Status::Draft && !has.contains(&true);
    let whole = is_untouched.then(|| ((1, 1), "no concept of this draft has a paraphrase yet".to_owned()));
    let each = rubric.concepts.iter().zip(&places.concepts).zip(has).filter(move |(_, has)| !has && !is_untouched);
    let each =
        each.map(|((concept, place), _)| (place.table, format!("the concept `{}` has no paraphrase", concept.id)));
    whole.into_iter().chain(each)
}

/// Patterns that occur twice: for two concepts, one of the two verdicts is wrong whenever it matches. The reverse of a concept may
/// well be a misconception.
fn same_patterns(rubric: &Rubric, places: &Places) -> impl Iterator<Item = Found> {
    let mut first: HashMap<(&str, bool), (&str, usize)> = HashMap::new();
    let mut found = Vec::new();
    for (id, pattern, place, reverse) in patterns(rubric, places) {
        match first.get(&(pattern.source(), reverse)) {
            Some((other, line)) => {
                found.push((place, format!("the pattern of `{id}` is that of `{other}` too, in line {line}")));
            }
            None => {
                first.insert((pattern.source(), reverse), (id, place.0));
            }
        }
    }
    found.into_iter()
}

/// Patterns that name a group of the lexicon that it does not have.
pub(super) fn unknown_groups(path: &str, rubric: &Rubric, places: &Places, lexicon: &Lexicon) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (_, pattern, place, _) in patterns(rubric, places) {
        for name in group_names(pattern.source()) {
            if !lexicon.groups.iter().any(|group| group.name == name) {
                let hint = nearest(name, lexicon.groups.iter().map(|group| group.name.as_str()))
                    .map_or_else(String::new, |near| format!("; did you mean `{{{near}}}`?"));
                let message = format!("the lexicon has no group `{{{name}}}`{hint}");
                faults.push(Fault::at(path, place, message));
            }
        }
    }
    faults
}

/// Every pattern with the id of its claim, its place, and whether it is one of the claim's reverse.
fn patterns<'r>(rubric: &'r Rubric, places: &'r Places) -> impl Iterator<Item = (&'r str, &'r Pattern, Place, bool)> {
    type Claim<'r> = ((&'r str, &'r [Pattern], &'r [Pattern]), &'r ClaimPlace);
    let concepts = rubric.concepts.iter().map(|c| (c.id.as_str(), c.patterns.as_slice(), c.opposites.as_slice()));
    let misconceptions = rubric.misconceptions.iter().map(|m| (m.id.as_str(), m.patterns.as_slice(), [].as_slice()));
    concepts.zip(&places.concepts).chain(misconceptions.zip(&places.misconceptions)).flat_map(
        |((id, patterns, opposites), place): Claim<'r>| {
            let told = patterns.iter().zip(&place.patterns).map(move |(pattern, place)| (id, pattern, *place, false));
            told.chain(opposites.iter().zip(&place.opposites).map(move |(pattern, place)| (id, pattern, *place, true)))
        },
    )
}

/// The names in `{…}` of a pattern's text; a backslash takes the meaning from what follows it.
fn group_names(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut open = None;
    let mut is_escaped = false;
    for (i, c) in source.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '{' => open = Some(i + 1),
            '}' => names.extend(open.take().map(|start| &source[start..i])),
            _ => {}
        }
    }
    names
}
