//! The phrases of one question against the windows of an answer.
//!
//! The hot loop of grading: a window's features ([`feature`]) run through the question's own posting lists ([`build`]), what
//! they say of each claim is summed ([`sums`]), and what they have in common with each phrase ([`places`]) becomes evidence
//! ([`compare`]). Cost is linear in the answer's length;
//! windows that begin at the same token share their sums.

mod build;
mod compare;
mod feature;
mod places;
mod sums;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::lexicon::{GroupSpan, Language};
use crate::domain::rubric::{Label, Mark};
use crate::domain::text::Text;
use crate::domain::text::number::Quantity;
use crate::domain::text::vocabulary::Term;
pub use compare::Scratch;
use feature::Feature;
use places::Places;
use sums::{LANES, Lane, Odds};

/// A phrase that goes into the postings.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Number of its claim (concepts first, then misconceptions); `None` for none at all.
    pub claim: Option<usize>,
    /// What it does with the claim. The claim's own statement is a paraphrase with `statement` set.
    pub label: Label,
    /// Whether it is the claim's own statement.
    pub statement: bool,
    /// Its words.
    pub text: &'a str,
    /// What its claim turns on; none but for a statement.
    pub marks: &'a [Mark],
}

/// What a claim turns on.
#[derive(Debug, Clone, Default)]
struct Marks {
    /// The numbers that it turns on.
    numbers: Vec<Quantity>,
    /// The numbers that its paraphrases name, and those that it turns on.
    accepted: Vec<Quantity>,
    /// Whether it turns on an identifier.
    named: bool,
    /// The identifiers that its paraphrases name, and those that it turns on.
    names: Vec<Term>,
}

#[derive(Debug, Clone, Copy)]
struct Phrase {
    mass: f32,
    novel_mass: f32,
    claim: u16,
    label: Label,
    statement: bool,
}

/// What the nearest phrase is asked for.
#[derive(Debug, Clone, Default)]
struct Details {
    directions: [u64; 2],
    numbers: Box<[Quantity]>,
    names: Box<[Term]>,
}

/// No claim.
const NONE: u16 = u16::MAX;

/// What the phrases of one claim have in common.
#[derive(Debug, Clone, Default)]
struct Habits {
    /// How many paraphrases it has.
    paraphrases: usize,
    /// Log-odds of a text that has none of the features that most paraphrases have.
    absent: f32,
    /// The numbers that its paraphrases name more than once.
    values: Vec<Quantity>,
    /// Share of the paraphrases that name one of them.
    valued: f32,
    /// The identifiers that its paraphrases name more than once.
    names: Vec<Term>,
    /// Share of the paraphrases that name one of them.
    named: f32,
}

/// The posting lists of one question.
#[derive(Debug, Clone)]
pub struct Postings {
    ids: FxHashMap<u64, u32>,
    weights: Vec<f32>,
    in_prompt: Vec<bool>,
    /// Whether a feature is a word of the prompt that an answer can be about.
    topics: Vec<bool>,
    /// The phrases that have a feature, all lists one after the other: the places of those that have it unturned, of
    /// those that negate it.
    posts: Vec<u32>,
    /// For each feature, unturned and turned, where its list begins, and at last where the lists end.
    starts: Vec<u32>,
    phrases: Vec<Phrase>,
    places: Places,
    details: Vec<Details>,
    claims: Vec<Habits>,
    marks: Vec<Marks>,
    /// Rows for all claims. Most features occur in one phrase, and those of like phrases say the same.
    odds: Vec<Odds>,
    /// For each feature, unturned and turned, where its row begins.
    rows: Vec<[u32; 2]>,
    /// Log-odds that the absence of a feature takes from each claim, rows for all claims; 0 where many paraphrases do
    /// without it, as they do of most: they share the first row.
    absences: Vec<Lane>,
    /// For each feature, where its row of these begins.
    absent: Vec<u32>,
    unknown: f32,
    /// Identifiers that phrases name: in an answer they are known however they are written.
    names: FxHashSet<Term>,
}

/// The features of an answer, read once for all windows.
#[derive(Debug, Clone, Default)]
pub struct Features {
    list: Vec<Known>,
    directions: Vec<(u16, (u8, bool))>,
    numbers: Vec<(u16, Quantity)>,
    names: Vec<(u16, Term)>,
    /// The identifiers that are spelt like some, where a claim turns on one.
    spelt: Vec<(u16, Term)>,
    /// Whether what claims turn on is not looked for.
    unmarked: bool,
}

impl Features {
    /// The same, so that no window goes astray from what a claim turns on.
    #[must_use]
    pub fn without_marks(self) -> Self {
        Self { unmarked: true, ..self }
    }
}

#[derive(Debug, Clone, Copy)]
struct Known {
    id: u32,
    weight: f32,
    turned: bool,
    token: u16,
}

const UNKNOWN: u32 = u32::MAX;

impl Postings {
    /// Reads the features of an answer.
    #[must_use]
    pub fn read(&self, text: &Text, groups: &[GroupSpan], language: &Language) -> Features {
        let known = |f: &Feature| {
            let id = self.ids.get(&f.key).copied();
            let weight = id.map_or(self.unknown, |id| self.weights[id as usize]) * f.factor;
            // A pair of words that no phrase has says nothing: its words are counted already.
            (id.is_some() || !f.is_pair()).then_some(Known {
                id: id.unwrap_or(UNKNOWN),
                weight,
                turned: f.turned,
                token: f.token,
            })
        };
        Features {
            list: feature::features(text, groups, language).iter().filter_map(known).collect(),
            directions: feature::directions(text, language),
            numbers: feature::numbers(text),
            names: feature::names(text, |term| self.names.contains(&term)),
            spelt: if self.marks.iter().any(|m| m.named) { feature::names(text, |_| false) } else { Vec::new() },
            unmarked: false,
        }
    }

    /// The places of the phrases that have a feature, turned or not.
    fn posts(&self, feature: u32, turned: bool) -> &[u32] {
        let list = feature as usize * 2 + usize::from(turned);
        &self.posts[self.starts[list] as usize..self.starts[list + 1] as usize]
    }

    /// What a feature says about each claim.
    fn odds(&self, feature: u32, turned: bool) -> &[Odds] {
        let at = self.rows[feature as usize][usize::from(turned)] as usize;
        &self.odds[at..at + self.claims.len().div_ceil(LANES)]
    }

    /// What the absence of a feature takes from each claim; nothing where it takes nothing from any.
    fn absence(&self, feature: u32) -> &[Lane] {
        let at = self.absent[feature as usize] as usize;
        if at == 0 { &[] } else { &self.absences[at..at + self.claims.len().div_ceil(LANES)] }
    }

    /// The number of phrases.
    #[must_use]
    pub fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Whether there is no phrase at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }
}
