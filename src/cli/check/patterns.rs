//! Patterns against the rubric's own texts: those that never match, and those that match what they should not: a claim's
//! what is wrong, its reverse's what is right.
//!
//! A pattern is tried on every text that the rubric brings along (claims, phrases, examples, ideal answers), so a
//! warning here means that nobody has shown what the pattern is for, or that somebody has shown where it errs.

use crate::bank::rubric::{Place, Places};
use crate::bank::{Fault, Item};
use crate::domain::id::ConceptId;
use crate::domain::lexicon::Language;
use crate::domain::matcher::{Compiled, Compiler, Matches, Pattern};
use crate::domain::rubric::{Label, Target};
use crate::domain::text::Text;
use crate::domain::text::vocabulary::Vocabulary;

/// One rubric's patterns, compiled.
pub(super) struct Patterns<'a> {
    item: &'a Item,
    language: &'a Language,
    vocabulary: Vocabulary,
    compiled: Compiled,
    /// Whose each compiled pattern is.
    owners: Vec<Owner<'a>>,
}

/// A pattern and the claim it stands under.
struct Owner<'a> {
    target: Target,
    id: &'a ConceptId,
    pattern: &'a Pattern,
    /// Whether it shows that the reverse is asserted.
    reverse: bool,
    /// Line and column.
    place: (usize, usize),
}

/// A text that the rubric brings along.
struct Sample<'a> {
    text: &'a str,
    /// What claims it makes or refuses, where that is known.
    about: Option<(Target, Label)>,
}

impl<'a> Patterns<'a> {
    /// Compiles the patterns of `item`, which stand at `places`.
    #[must_use]
    pub(super) fn new(item: &'a Item, places: &Places, language: &'a Language) -> Self {
        let mut owners = Vec::new();
        let mut add = |target, id: &'a ConceptId, reverse, patterns: &'a [Pattern], places: Option<&Vec<Place>>| {
            owners.extend(patterns.iter().enumerate().map(|(number, pattern)| {
                let place = places.and_then(|places| places.get(number).copied()).unwrap_or((1, 1));
                Owner { target, id, pattern, reverse, place }
            }));
        };
        for (i, concept) in item.rubric.concepts.iter().enumerate() {
            let (target, place) = (Target::Concept(i), places.concepts.get(i));
            add(target, &concept.id, false, &concept.patterns, place.map(|p| &p.patterns));
            add(target, &concept.id, true, &concept.opposites, place.map(|p| &p.opposites));
        }
        for (i, wrong) in item.rubric.misconceptions.iter().enumerate() {
            let places = places.misconceptions.get(i).map(|p| &p.patterns);
            add(Target::Misconception(i), &wrong.id, false, &wrong.patterns, places);
        }
        let mut vocabulary = Vocabulary::new(language.base());
        let mut patterns = Compiler::new(language, &mut vocabulary);
        for owner in &owners {
            patterns.add(owner.pattern);
        }
        let compiled = patterns.finish();
        Self { item, language, vocabulary, compiled, owners }
    }

    /// All warnings about them; `path` is the rubric's file.
    #[must_use]
    pub(super) fn check(&self, path: &str) -> Vec<Fault> {
        let mut reached = vec![false; self.owners.len()];
        let mut errs: Vec<Option<String>> = vec![None; self.owners.len()];
        for sample in self.samples() {
            for (at, affirmed) in self.found(sample.text) {
                reached[at] = true;
                if affirmed && errs[at].is_none() {
                    errs[at] = self.error(&self.owners[at], &sample);
                }
            }
        }
        let mut faults = Vec::new();
        for ((owner, is_reached), error) in self.owners.iter().zip(reached).zip(errs) {
            let unused = (!is_reached).then(|| "no example, phrase, claim or ideal answer matches it".to_owned());
            if let Some(message) = unused.or(error) {
                let message = format!("the pattern `{}` of `{}`: {message}", owner.pattern.source(), owner.id);
                faults.push(Fault::at(path, owner.place, message).warning());
            }
        }
        faults
    }

    /// The patterns that a text matches, each with whether it is affirmed somewhere.
    fn found(&self, source: &str) -> Vec<(usize, bool)> {
        let text = Text::read(source, &mut &self.vocabulary);
        let groups = self.language.groups_in(&text);
        let matches = Matches::new(&self.compiled, &text, source, &groups);
        let mut all: Vec<(usize, bool)> = Vec::new();
        matches.each(|at, found| match all.last_mut() {
            Some((last, affirmed)) if *last == at => *affirmed |= !found.opposite,
            _ => all.push((at, !found.opposite)),
        });
        all
    }

    /// What is wrong about a pattern that matches this text, if anything is.
    fn error(&self, owner: &Owner<'_>, sample: &Sample<'_>) -> Option<String> {
        let (about, label) = sample.about?;
        let text = sample.text;
        if owner.reverse {
            let made = owner.target == about && label == Label::Paraphrase;
            return made.then(|| format!("it takes “{text}” for the reverse of the claim, which it makes"));
        }
        match (owner.target, about, label) {
            (Target::Concept(_), Target::Misconception(wrong), Label::Paraphrase) => {
                let id = &self.item.rubric.misconceptions[wrong].id;
                Some(format!("it credits the misconception `{id}` as “{text}”"))
            }
            (Target::Misconception(_), _, Label::Contrast) if owner.target == about => {
                Some(format!("it matches “{text}”, which is right"))
            }
            _ => None,
        }
    }

    fn samples(&self) -> Vec<Sample<'a>> {
        let (question, rubric) = (&self.item.question, &self.item.rubric);
        let concepts = rubric.concepts.iter().enumerate().map(|(i, c)| (Target::Concept(i), c.claim.as_str()));
        let wrong = rubric.misconceptions.iter().enumerate().map(|(i, m)| (Target::Misconception(i), m.claim.as_str()));
        let claims =
            concepts.chain(wrong).map(|(target, text)| Sample { text, about: Some((target, Label::Paraphrase)) });
        let phrases = rubric.phrases.iter().map(|p| Sample { text: &p.text, about: Some((p.target, p.label)) });
        let rest = rubric.examples.iter().map(|example| &example.answer).chain(&question.ideals);
        claims.chain(phrases).chain(rest.map(|text| Sample { text, about: None })).collect()
    }
}
