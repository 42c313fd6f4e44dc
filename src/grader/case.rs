//! One question, compiled: its vocabulary, patterns and phrases, ready to read answers.

use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::bank::Item;
use crate::domain::lexicon::Language;
use crate::domain::matcher::{Compiled, Compiler, Found, Matches, Pattern};
use crate::domain::rubric::{Label, Mark, Rubric, Target};
use crate::domain::text::neighbours::{Neighbours, may_be_put_together};
use crate::domain::text::vocabulary::{Term, Vocabulary};
use crate::domain::text::{Text, Token};
use crate::domain::verdict::evidence::WindowEvidence;
use crate::domain::verdict::related::Statements;
use crate::domain::verdict::window::{Window, windows};
use crate::domain::verdict::{Model, PatternFound, Reading, Weighed, Weighing};
use crate::domain::wording::manner::Manner;
use crate::domain::wording::{self, Why, Wording};
use crate::index::{Entry, Features, Ideal, Postings, Scratch};

/// A question, compiled.
#[derive(Debug)]
pub struct Case {
    vocabulary: Vocabulary,
    compiled: Compiled,
    /// For each compiled pattern, its claim, its number there and whether it is one of the claim's reverse.
    patterns: Vec<(usize, usize, bool)>,
    postings: Postings,
    ideal: Ideal,
    /// The texts of the postings' phrases: an index into the rubric's phrases, or a claim's statement.
    sources: Vec<Source>,
    prompt: FxHashSet<Term>,
    /// Read when an answer first asks for them: few do.
    neighbours: OnceLock<Neighbours>,
    wording: Wording,
    statements: Statements,
    bonus: Arc<[bool]>,
    all_patterns: Arc<[usize]>,
    concepts: usize,
}

/// Where a phrase of the postings stands in the rubric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The statement of this claim.
    Statement(u16),
    /// The phrase at this index.
    Phrase(u32),
}

/// An answer that was read for a question.
#[derive(Debug)]
pub struct Read {
    /// Its tokens and clauses.
    pub text: Text,
    /// Its windows, and the patterns found.
    pub reading: Reading,
    /// What it makes of its own words.
    pub manner: Manner,
    /// What it is compared with phrases by.
    features: Features,
    /// The same as if nothing were denied as a whole, where something is.
    affirmed: Option<Features>,
}

impl Read {
    /// The answer as the model alone sees it, without the rules that overrule it: who denies a claim as a whole, or puts
    /// something else in place of what it turns on, does not make it. The model is fitted so: one that learns from what rules
    /// have settled grows surer than it is where no rule speaks.
    #[must_use]
    pub fn without_rules(mut self) -> Self {
        self.affirmed = None;
        self.features = self.features.without_marks();
        self
    }
}

impl Case {
    /// Compiles a question. Phrases for which `keep` says no are left out.
    #[must_use]
    pub fn new(language: &Language, item: &Item, keep: impl Fn(usize) -> bool) -> Self {
        let rubric = &item.rubric;
        let mut vocabulary = Vocabulary::new(language.base());
        let mut compiling = Compiler::new(language, &mut vocabulary);
        let mut patterns = Vec::new();
        for (claim, of) in claims(rubric).enumerate() {
            for (number, pattern) in of.all_patterns().enumerate() {
                compiling.add(pattern);
                patterns.push((claim, number, number >= of.patterns.len()));
            }
        }
        let compiled = compiling.finish();
        let (entries, sources) = entries(rubric, keep);
        let prompts = [item.question.prompt.as_str()];
        let count = rubric.concepts.len() + rubric.misconceptions.len();
        let postings = Postings::new(language, &mut vocabulary, count, &entries, &prompts);
        let ideals: Vec<&str> = item.question.ideals.iter().map(String::as_str).collect();
        let statements: Vec<&str> = claims(rubric).map(|c| c.claim).collect();
        let ideal = Ideal::new(&mut vocabulary, &ideals, &statements);
        let paraphrased = |claim: usize| {
            let makes = |e: &Entry<'_>| e.claim == Some(claim) && e.label == Label::Paraphrase && !e.statement;
            entries.iter().any(makes)
        };
        let bare: Vec<(bool, &str)> = statements.iter().enumerate().map(|(at, of)| (!paraphrased(at), *of)).collect();
        let related = Statements::new(&bare, &item.question.prompt, |text| Text::read(text, &mut &vocabulary));
        let prompt = Text::read(&item.question.prompt, &mut vocabulary).tokens.iter().map(|t| t.term).collect();
        let bonus = claims(rubric).map(|c| c.bonus).collect();
        let all_patterns = claims(rubric).map(|c| c.patterns.len()).collect();
        Self {
            vocabulary,
            compiled,
            patterns,
            postings,
            ideal,
            sources,
            prompt,
            neighbours: OnceLock::new(),
            wording: item.wording(),
            statements: related,
            bonus,
            all_patterns,
            concepts: rubric.concepts.len(),
        }
    }

    /// Reads an answer and has a model weigh it.
    #[must_use]
    pub fn weigh(&self, language: &Language, answer: &str, model: &Model) -> (Read, Vec<Weighed>) {
        let (read, weighing) = self.weighing(language, answer, model);
        let weighed = weighing.weigh(&read.reading);
        (read, weighed)
    }

    /// The same, but for the last step.
    #[must_use]
    pub fn weighing<'m>(&self, language: &Language, answer: &str, model: &'m Model) -> (Read, Weighing<'m>) {
        self.weighing_of(self.read(language, answer), model)
    }

    /// The same for an answer that was read.
    #[must_use]
    pub fn weighing_of<'m>(&self, read: Read, model: &'m Model) -> (Read, Weighing<'m>) {
        let (windows, claims) = (&read.reading.windows, self.bonus.len());
        let related = self.statements.related(&model.vectors, &read.text, windows);
        let mut weighing = Weighing::new(model, self.concepts, claims, windows.len()).with_related(related);
        self.evidence(&read, |evidence| weighing.take(evidence));
        (read, weighing)
    }

    /// Reads an answer and looks for the patterns.
    #[must_use]
    pub fn read(&self, language: &Language, answer: &str) -> Read {
        self.read_text(language, answer, self.text(answer))
    }

    /// The same for an answer whose tokens and clauses were read.
    #[must_use]
    pub fn read_text(&self, language: &Language, answer: &str, text: Text) -> Read {
        self.gather(language, answer, text, windows)
    }

    /// Reads a phrase: one window, whatever its clauses.
    #[must_use]
    pub fn read_whole(&self, language: &Language, phrase: &str) -> Read {
        let whole = |text: &Text| vec![Window::new(text, 0..text.clauses.len())];
        self.gather(language, phrase, self.text(phrase), whole)
    }

    /// Shows what the phrases say about each window, in turn.
    pub fn evidence(&self, read: &Read, mut see: impl FnMut(&WindowEvidence)) {
        let (mut plain, mut affirmed) = (Scratch::default(), Scratch::default());
        for window in &read.reading.windows {
            let denied = read.affirmed.as_ref().filter(|_| window.denied);
            let scratch = if denied.is_some() { &mut affirmed } else { &mut plain };
            scratch.deny(denied.is_some());
            see(self.postings.window(denied.unwrap_or(&read.features), window, scratch));
        }
    }

    fn gather(&self, language: &Language, answer: &str, text: Text, cut: impl Fn(&Text) -> Vec<Window>) -> Read {
        let groups = language.groups_in(&text);
        let matches = Matches::new(&self.compiled, &text, answer, &groups);
        let mut found = Vec::new();
        matches.each(|number, hit| {
            let (claim, pattern, reverse) = self.patterns[number];
            // Who denies the reverse may be far from making the claim, so that such a match says nothing.
            if !(reverse && hit.opposite) {
                let hit = Found { opposite: hit.opposite || reverse, ..hit };
                found.push(PatternFound { claim, pattern, reverse, found: hit });
            }
        });
        let features = self.postings.read(&text, &groups, language);
        let affirmed = text.affirmed().map(|text| self.postings.read(&text, &groups, language));
        let windows = cut(&text);
        let wording = self.wording.of(&text, &windows, &found);
        let reading = Reading {
            windows,
            wording,
            patterns: found,
            tokens: text.tokens.len(),
            concepts: self.concepts,
            bonus: Arc::clone(&self.bonus),
            all_patterns: Arc::clone(&self.all_patterns),
        };
        Read { text, reading, manner: Manner::default(), features, affirmed }
    }

    /// Reads an answer's tokens and clauses alone.
    #[must_use]
    pub fn text(&self, answer: &str) -> Text {
        Text::read(answer, &mut &self.vocabulary)
    }

    /// The terms of the prompt.
    #[must_use]
    pub fn prompt(&self) -> &FxHashSet<Term> {
        &self.prompt
    }

    /// Whether an answer is put together from words of the question's ideal answers and phrases, side by side as in none of them.
    #[must_use]
    pub fn is_put_together(&self, item: &Item, text: &Text) -> bool {
        let known = || {
            let phrases = item.rubric.phrases.iter().map(|phrase| &*phrase.text);
            let ideals = item.question.ideals.iter().map(String::as_str);
            let texts = ideals.chain(claims(&item.rubric).map(|c| c.claim)).chain(phrases);
            Neighbours::new(texts.map(|text| self.text(text)))
        };
        may_be_put_together(text) && self.neighbours.get_or_init(known).is_put_together(text)
    }

    /// How like an answer is to the nearest ideal answer, 0 to 1.
    #[must_use]
    pub fn similarity(&self, text: &Text) -> f64 {
        self.ideal.similarity(text)
    }

    /// For each claim, the terms that a quote may share with it ([`weigh_terms`]): those of its statement and of phrases that
    /// make or reverse it, and for a concept also those of the ideal answers.
    #[must_use]
    pub fn claim_terms(&self, item: &Item) -> Vec<FxHashMap<Term, f32>> {
        let rubric = &item.rubric;
        let terms = |text: &str| content_terms(&self.text(text));
        let mut own: Vec<FxHashSet<Term>> = claims(rubric).map(|c| terms(c.claim)).collect();
        for phrase in rubric.phrases.iter().filter(|p| p.label != Label::Contrast) {
            if let Some(of) = claim_of(rubric, phrase.target).and_then(|claim| own.get_mut(claim)) {
                of.extend(terms(&phrase.text));
            }
        }
        let ideals = item.question.ideals.iter().flat_map(|ideal| terms(ideal)).collect();
        weigh_terms(&own, self.concepts, &ideals)
    }

    /// Why the words of an answer say of a claim what they do.
    #[must_use]
    pub fn why(&self, read: &Read, rubric: &Rubric, claim: usize) -> Vec<Why> {
        self.wording.why(subject(read, &rubric.claim_names()), claim)
    }

    /// Why they say what they do of what stands beside the claims.
    #[must_use]
    pub fn why_beside(&self, read: &Read, rubric: &Rubric) -> Vec<Why> {
        self.wording.why_beside(subject(read, &rubric.claim_names()))
    }

    /// The words of a phrase of the postings.
    #[must_use]
    pub fn phrase<'r>(&self, rubric: &'r Rubric, phrase: u32) -> &'r str {
        match self.sources.get(phrase as usize) {
            Some(Source::Statement(claim)) => claims(rubric).nth(usize::from(*claim)).map_or("", |c| c.claim),
            Some(Source::Phrase(at)) => rubric.phrases.get(*at as usize).map_or("", |p| &*p.text),
            None => "",
        }
    }
}

/// The answer, as the words of claims are explained by it.
fn subject<'a>(read: &'a Read, claims: &'a [String]) -> wording::Subject<'a> {
    let Reading { windows, patterns: found, .. } = &read.reading;
    wording::Subject { text: &read.text, windows, found, claims }
}

/// A concept or misconception, seen as a claim.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'r> {
    /// The claim as a sentence.
    pub claim: &'r str,
    /// Its patterns.
    pub patterns: &'r [Pattern],
    /// Patterns of its reverse.
    pub opposites: &'r [Pattern],
    /// What it turns on.
    pub turns_on: &'r [Mark],
    /// Whether it is a bonus concept.
    pub bonus: bool,
}

impl<'r> Claim<'r> {
    /// Its patterns, and after them those of its reverse: the order in which they are numbered.
    pub fn all_patterns(self) -> impl Iterator<Item = &'r Pattern> {
        self.patterns.iter().chain(self.opposites)
    }
}

/// The rubric's claims: concepts, then misconceptions.
pub fn claims(rubric: &Rubric) -> impl Iterator<Item = Claim<'_>> {
    let concepts = rubric.concepts.iter().map(|c| Claim {
        claim: &c.claim,
        patterns: &c.patterns,
        opposites: &c.opposites,
        turns_on: &c.turns_on,
        bonus: c.bonus,
    });
    let wrong = rubric.misconceptions.iter().map(|m| Claim {
        claim: &m.claim,
        patterns: &m.patterns,
        opposites: &[],
        turns_on: &[],
        bonus: false,
    });
    concepts.chain(wrong)
}

fn entries(rubric: &Rubric, keep: impl Fn(usize) -> bool) -> (Vec<Entry<'_>>, Vec<Source>) {
    let most = rubric.concepts.len() + rubric.misconceptions.len() + rubric.phrases.len();
    let (mut entries, mut sources) = (Vec::with_capacity(most), Vec::with_capacity(most));
    for (claim, of) in claims(rubric).enumerate() {
        entries.push(Entry {
            claim: Some(claim),
            label: Label::Paraphrase,
            statement: true,
            text: of.claim,
            marks: of.turns_on,
        });
        sources.push(Source::Statement(claim as u16));
    }
    for (at, phrase) in rubric.phrases.iter().enumerate().filter(|(at, _)| keep(*at)) {
        let claim = claim_of(rubric, phrase.target);
        entries.push(Entry { claim, label: phrase.label, statement: false, text: &phrase.text, marks: &[] });
        sources.push(Source::Phrase(at as u32));
    }
    (entries, sources)
}

/// The number of a target among the claims.
#[must_use]
pub fn claim_of(rubric: &Rubric, target: Target) -> Option<usize> {
    match target {
        Target::Concept(at) => Some(at),
        Target::Misconception(at) => Some(rubric.concepts.len() + at),
        Target::None => None,
    }
}

/// The terms with content of a text, those that a question's vocabulary holds.
pub(super) fn content_terms(text: &Text) -> FxHashSet<Term> {
    let known = |t: &&Token| t.is_content() && t.term.is_known();
    text.tokens.iter().filter(known).map(|t| t.term).collect()
}

/// For each claim, its terms and how much each tells of that claim: one of its own (`own`, a set for each claim, concepts first)
/// tells the less the more concepts have it; one that stands in an ideal answer alone tells half as much of any concept.
pub(super) fn weigh_terms(
    own: &[FxHashSet<Term>],
    concepts: usize,
    ideals: &FxHashSet<Term>,
) -> Vec<FxHashMap<Term, f32>> {
    const IDEAL: f32 = 0.5;
    let mut claims_with: FxHashMap<Term, f32> = FxHashMap::default();
    for term in own.iter().take(concepts).flatten() {
        *claims_with.entry(*term).or_default() += 1.0;
    }
    let tells = |term: &Term| claims_with.get(term).map_or(1.0, |claims| claims.sqrt().recip());
    let weigh = |(claim, own): (usize, &FxHashSet<Term>)| {
        let mut weights: FxHashMap<Term, f32> = own.iter().map(|term| (*term, tells(term))).collect();
        for term in ideals.iter().filter(|_| claim < concepts) {
            weights.entry(*term).or_insert(IDEAL * tells(term));
        }
        weights
    };
    own.iter().enumerate().map(weigh).collect()
}
