//! Search over the questions of all banks, by a few words or by a whole answer.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::OnceLock;

use super::engine::{Engine, Kind, Part};
use super::tokens::{Keys, Word};
use crate::bank::{Bank, Item};
use crate::domain::rubric::Target;

/// A question that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// Index of the bank.
    pub bank: usize,
    /// Index of the question in the bank.
    pub item: usize,
    /// BM25 score of its best kind of text and a share of the others' scores; far more where its id was asked for.
    pub score: f32,
}

/// The question that an answer fits best.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// Index of the bank.
    pub bank: usize,
    /// Index of the question in the bank.
    pub item: usize,
    /// The question's BM25 score for the answer, on the scale of [`SearchHit::score`].
    pub score: f32,
    /// That score as a share of the one for the question's own ideal answer, 0 to 1.
    pub share: f32,
}

/// What a question scores for being asked for by its id: more than words can.
const ID_SCORE: f32 = 1e4;

/// The most words of a text that are looked for: the rarest ones.
const MAX_WORDS: usize = 40;

/// The fewest letters of an unfinished word that are completed.
const MIN_PREFIX: usize = 2;

/// The most words that an unfinished word is completed to.
const MAX_COMPLETIONS: usize = 64;

/// What a completed word counts beside one that is written out.
const COMPLETED: f32 = 0.5;

/// Search over the banks: questions, ideal answers, claims and phrases.
#[derive(Debug)]
pub struct Search {
    /// The questions of all banks in order; the engine knows them by their places here.
    questions: Vec<Question>,
    /// The words of questions, ideal answers and claims, sorted, to complete unfinished ones.
    words: Vec<Word>,
    /// `None` only if tantivy could not build its index; nothing is found then.
    engine: Option<Engine>,
}

#[derive(Debug)]
struct Question {
    bank: usize,
    item: usize,
    id: String,
    ideals: Vec<String>,
    /// The question's score for its ideal answer, the lowest one of several; known once it has been asked for.
    own: OnceLock<f32>,
}

impl Search {
    /// Indexes the banks in memory.
    #[must_use]
    pub fn new(banks: &[Bank]) -> Self {
        let items = || banks.iter().flat_map(|bank| &bank.items);
        let engine = Engine::new(items().map(texts))
            .inspect_err(|error| tracing::error!(%error, "questions cannot be searched"))
            .ok();
        let places = banks.iter().enumerate().flat_map(|(bank, b)| (0..b.items.len()).map(move |item| (bank, item)));
        let questions = places.zip(items()).map(|((bank, item), content)| Question {
            bank,
            item,
            id: content.question.id.as_str().to_owned(),
            ideals: content.question.ideals.clone(),
            own: OnceLock::new(),
        });
        Self { questions: questions.collect(), words: words(items()), engine }
    }

    /// The questions nearest to `query`, best first, at most `limit`.
    ///
    /// A query that is the id of a question, in whatever case, finds that one first. The query's last word may be
    /// unfinished. Questions that score the same come in the order of the banks.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<SearchHit> {
        let mut scores = vec![0.0; self.questions.len()];
        for (number, score) in self.scores(&self.parts(query, true)) {
            if let Some(slot) = scores.get_mut(number) {
                *slot = score;
            }
        }
        let id = query.trim();
        let hits = self.questions.iter().zip(scores).map(|(question, score)| {
            let named = question.id.eq_ignore_ascii_case(id);
            let score = if named { score + ID_SCORE } else { score };
            SearchHit { bank: question.bank, item: question.item, score }
        });
        let mut hits: Vec<SearchHit> = hits.filter(|hit| hit.score > 0.0).collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(limit);
        hits
    }

    /// The question that `answer` fits best, the first of several; `None` where it shares no word with any.
    #[must_use]
    pub fn nearest(&self, answer: &str) -> Option<Nearest> {
        let scores = self.scores(&self.parts(answer, false)).into_iter();
        let (number, score) = scores.min_by(|(m, a), (n, b)| b.total_cmp(a).then(m.cmp(n)))?;
        let question = self.questions.get(number)?;
        let own = *question.own.get_or_init(|| self.own_score(number, &question.ideals));
        let share = if own > 0.0 { (score / own).min(1.0) } else { 0.0 };
        Some(Nearest { bank: question.bank, item: question.item, score, share })
    }

    fn scores(&self, parts: &[Part]) -> Vec<(usize, f32)> {
        let engine = self.engine.as_ref().filter(|_| !parts.is_empty());
        engine.map(|engine| engine.scores(parts)).unwrap_or_default()
    }

    fn own_score(&self, number: usize, ideals: &[String]) -> f32 {
        let score = |ideal: &String| {
            let scores = self.scores(&self.parts(ideal, false));
            scores.into_iter().find(|(found, _)| *found == number).map(|(_, score)| score)
        };
        ideals.iter().filter_map(score).min_by(f32::total_cmp).unwrap_or(0.0)
    }

    /// The parts of a query: the rarest words that are known at all, and what the last one may be the beginning of.
    fn parts(&self, query: &str, complete: bool) -> Vec<Part> {
        let Some(engine) = &self.engine else { return Vec::new() };
        let mut keys = Keys::default();
        let known = keys.distinct(query).into_iter().map(|key| (engine.frequency(&key), key));
        let mut known: Vec<(u32, String)> = known.filter(|(frequency, _)| *frequency > 0).collect();
        known.sort_by_key(|(frequency, _)| *frequency);
        known.truncate(MAX_WORDS);
        let mut parts: Vec<Part> = known.into_iter().map(|(_, key)| vec![(key, 1.0)]).collect();
        if let Some(begun) = keys.unfinished(query).filter(|_| complete) {
            // The word may be finished all the same: it counts in full then, or by a completion if that is better.
            let completions = self.completions(&begun);
            match parts.iter_mut().find(|part| part.iter().any(|(key, _)| *key == begun.key)) {
                Some(part) => part.extend(completions),
                None if !completions.is_empty() => parts.push(completions),
                None => {}
            }
        }
        parts
    }

    /// The keys of the words that `begun` is the beginning of, its own excepted.
    fn completions(&self, begun: &Word) -> Part {
        if begun.word.chars().count() < MIN_PREFIX {
            return Part::new();
        }
        let from = self.words.partition_point(|known| known.word < begun.word);
        let known = self.words[from..].iter().take_while(|known| known.word.starts_with(&begun.word));
        let mut keys: Vec<&String> =
            known.take(MAX_COMPLETIONS).map(|known| &known.key).filter(|key| **key != begun.key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().map(|key| (key.clone(), COMPLETED)).collect()
    }
}

/// What a question is found by.
fn texts(item: &Item) -> Vec<(Kind, Cow<'_, str>)> {
    let question = &item.question;
    let mut texts = vec![(Kind::Asked, Cow::from(&question.prompt))];
    texts.extend(question.ideals.iter().map(|ideal| (Kind::Asked, Cow::from(ideal))));
    texts.push((Kind::Claims, claims(item).collect::<Vec<_>>().join("\n").into()));
    // Phrases that are filed under no claim say nothing of the question; the wrong ones speak of it too.
    let phrases = item.rubric.phrases.iter().filter(|phrase| phrase.target != Target::None);
    let phrases: Vec<&str> = phrases.map(|phrase| &*phrase.text).collect();
    texts.push((Kind::Phrases, phrases.join("\n").into()));
    texts
}

fn claims(item: &Item) -> impl Iterator<Item = &str> {
    let concepts = item.rubric.concepts.iter().map(|concept| concept.claim.as_str());
    concepts.chain(item.rubric.misconceptions.iter().map(|misconception| misconception.claim.as_str()))
}

fn words<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<Word> {
    let mut keys = Keys::default();
    let mut words = Vec::new();
    for item in items {
        words.extend(keys.words(&item.question.prompt));
        for text in item.question.ideals.iter().map(String::as_str).chain(claims(item)) {
            words.extend(keys.words(text));
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}
