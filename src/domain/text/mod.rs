//! Reading an answer: normal form, tokens, clauses, and how the words are meant.
//!
//! Names nothing outside itself. Every step keeps its way back to the source's bytes. To add a kind of token, extend
//! [`token`]; a class of words, [`words`]; a turn of phrase, [`cue`].

mod addressed;
mod correction;
pub mod cue;
pub mod form;
pub mod neighbours;
pub mod normalise;
pub mod number;
pub(crate) mod order;
mod polarity;
pub mod reply;
pub mod spelling;
pub mod token;
pub mod vocabulary;
pub mod words;

use std::ops::Range;
use std::sync::LazyLock;

use cue::{Cues, Meaning};
use normalise::Normal;
use number::Quantity;
use token::{Break, Raw};
use vocabulary::{Term, Terms};
use words::Classes;

static CUES: LazyLock<Cues> = LazyLock::new(Cues::new);

/// A word, identifier or number of a text.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own, and any may go with any")]
pub struct Token {
    /// First byte in the source.
    pub start: u32,
    /// One past its last byte there.
    pub end: u32,
    /// Its stem's number.
    pub term: Term,
    /// Its value, for a number.
    pub quantity: Option<Quantity>,
    /// Whether it has no content of its own.
    pub stop: bool,
    /// Whether it is spelt like an identifier.
    pub name: bool,
    /// Whether no space parts it from the token before, as in `pprof.Lookup` or `stop-the-world`.
    pub joined: bool,
    /// Whether it was taken for a slip of its term.
    pub corrected: bool,
    /// Whether it turns others.
    pub negator: bool,
    /// Tokens that turn this one, as indices; [`Token::NOBODY`] where there are fewer than two.
    pub negated_by: [u16; 2],
    /// Whether a turn of phrase denies the sentence that it stands in, or it belongs to that turn of phrase.
    pub denied: bool,
    /// The classes of its word.
    pub classes: Classes,
    /// Its word: bytes in the text's words.
    word: (u32, u32),
}

impl Token {
    /// No token.
    pub const NOBODY: u16 = u16::MAX;

    /// Whether, all in all, it stands under a negation.
    #[must_use]
    pub fn negated(&self) -> bool {
        let negators = self.negated_by.iter().filter(|n| **n != Self::NOBODY).count();
        (negators % 2 == 1) != self.denied
    }

    /// Whether it says what a text is about: neither a word without content of its own nor a negator.
    #[must_use]
    pub fn is_content(&self) -> bool {
        !self.stop && !self.negator
    }

    fn turn(&mut self, by: usize) {
        let by = u16::try_from(by).unwrap_or(Self::NOBODY);
        if let Some(free) = self.negated_by.iter_mut().find(|n| **n == Self::NOBODY) {
            *free = by;
        }
    }
}

/// How a clause is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// As the writer's own claim.
    Asserted,
    /// As what others say, or what the writer once thought.
    Reported,
    /// As a question.
    Asked,
    /// Taken back later on.
    Retracted,
    /// As words to the grader.
    Addressed,
}

/// What opens a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Punctuation, or nothing.
    Plain,
    /// `and`.
    And,
    /// `because`, `if`, `so`, …
    Subordinate,
    /// `but`, `while`, `whereas`, …
    Contrast,
}

/// A run of tokens that says one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// The number of its sentence.
    pub sentence: usize,
    /// What separates it from the one before.
    pub before: Break,
    /// What opens it.
    pub opening: Opening,
    /// How it is meant.
    pub stance: Stance,
}

/// A cue that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CueFound {
    /// What it does.
    pub meaning: Meaning,
    /// Its first token.
    pub token: usize,
    /// How many tokens it takes.
    pub len: usize,
}

/// A text that has been read.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Its tokens, in order.
    pub tokens: Vec<Token>,
    /// Its clauses: together they hold every token once, in order.
    pub clauses: Vec<Clause>,
    /// Turns of phrase that matter for flags: retractions, words to the grader, "don't know".
    pub cues: Vec<CueFound>,
    words: String,
    /// How many bytes of them are the normal form; words that stand for marks follow.
    written: usize,
    /// Where the last token that was read ends in the normal form.
    ends: Option<usize>,
}

impl Text {
    /// Reads `source` with the terms of a vocabulary.
    ///
    /// Takes time linear in the source's length, and never fails: any text has tokens, if only none.
    pub fn read(source: &str, terms: &mut impl Terms) -> Self {
        let normal = Normal::new(source);
        let (raws, last) = token::scan(source, &normal);
        let mut text = Self {
            tokens: Vec::with_capacity(raws.len()),
            clauses: Vec::new(),
            cues: Vec::new(),
            words: normal.text.clone(),
            written: normal.text.len(),
            ends: None,
        };
        for raw in &raws {
            text.push(raw, &normal, terms);
        }
        text.clauses = split(&text, &raws, last);
        polarity::read(&mut text, &CUES);
        addressed::spread(&mut text, source);
        text
    }

    fn push(&mut self, raw: &Raw, normal: &Normal, terms: &mut impl Terms) {
        let word = match raw.fixed {
            Some(fixed) => {
                let from = self.words.len();
                self.words.push_str(fixed);
                (from as u32, self.words.len() as u32)
            }
            None => (raw.start as u32, raw.word_end as u32),
        };
        let form = &self.words[word.0 as usize..word.1 as usize];
        let classes = Classes::of(form);
        let (stop, negator) = (raw.quantity.is_none() && classes.is_stop(), classes.is_negator());
        let found = match raw.quantity {
            Some(quantity) => terms.term(&number_key(quantity), false),
            None => terms.term(form, !raw.name && !stop && !negator),
        };
        self.tokens.push(Token {
            start: normal.source_start(raw.start) as u32,
            end: normal.source_end(raw.end) as u32,
            term: found.term,
            quantity: raw.quantity,
            stop,
            name: raw.name,
            joined: self.joined(raw, normal),
            corrected: found.corrected,
            negator,
            negated_by: [Token::NOBODY; 2],
            denied: false,
            classes,
            word,
        });
        self.ends = Some(raw.end);
    }

    fn joined(&self, raw: &Raw, normal: &Normal) -> bool {
        let Some(before) = self.ends.filter(|end| *end <= raw.start) else { return false };
        !normal.text[before..raw.start].contains(char::is_whitespace)
    }

    /// Whether a clause begins with the word of a condition.
    #[must_use]
    pub fn is_condition(&self, clause: usize) -> bool {
        let first = self.clauses.get(clause).and_then(|clause| self.tokens.get(clause.tokens.start));
        first.is_some_and(|token| words::opens_condition(self.word(token)))
    }

    /// The lower-case word of a token.
    #[must_use]
    pub fn word(&self, token: &Token) -> &str {
        &self.words[token.word.0 as usize..token.word.1 as usize]
    }

    /// What stands between a token and the next, in normal form; nothing before a word that is not written, as the "not" of "don't".
    fn gap(&self, token: usize) -> &str {
        let written = |token: &&Token| (token.word.0 as usize) < self.written;
        let before = self.tokens.get(..=token).and_then(|tokens| tokens.iter().rev().find(written));
        let next = self.tokens.get(token + 1).filter(written);
        let ends = before.zip(next).map(|(a, b)| a.word.1 as usize..b.word.0 as usize);
        ends.and_then(|ends| self.words.get(ends)).unwrap_or_default()
    }

    /// The first mark of punctuation between a token and the one before it, a full stop before the first.
    #[must_use]
    pub fn mark_before(&self, token: usize) -> Option<&str> {
        let Some(before) = token.checked_sub(1) else { return Some(".") };
        let gap = self.gap(before);
        match gap.find(['.', ',', ';', ':', '?', '!', '\n'])? {
            at if gap.as_bytes()[at] == b'\n' => Some("."),
            at => gap.get(at..=at),
        }
    }

    /// What tells a token's word from others: its term, or itself where no term is known for it.
    #[must_use]
    pub fn identity(&self, token: &Token) -> (Term, &str) {
        (token.term, if token.term.is_known() { "" } else { self.word(token) })
    }

    /// The text as it would read if nothing in it were denied as a whole; nothing where nothing is.
    #[must_use]
    pub fn affirmed(&self) -> Option<Self> {
        let denies = self.tokens.iter().any(|token| token.denied);
        denies.then(|| {
            let mut affirmed = self.clone();
            affirmed.tokens.iter_mut().for_each(|token| token.denied = false);
            affirmed
        })
    }

    /// The text without its words to the grader, and without cues; its tokens do not know by which they are negated.
    #[must_use]
    pub(crate) fn unaddressed(&self) -> Self {
        let (words, written, ends) = (self.words.clone(), self.written, self.ends);
        let mut rest = Self { tokens: Vec::new(), clauses: Vec::new(), cues: Vec::new(), words, written, ends };
        for clause in self.clauses.iter().filter(|clause| clause.stance != Stance::Addressed) {
            let first = rest.tokens.len();
            rest.tokens.extend_from_slice(&self.tokens[clause.tokens.clone()]);
            rest.clauses.push(Clause { tokens: first..rest.tokens.len(), ..clause.clone() });
        }
        rest
    }

    /// The source's bytes from the first to the last of these tokens.
    #[must_use]
    pub fn span(&self, tokens: &Range<usize>) -> (usize, usize) {
        let slice = self.tokens.get(tokens.clone()).unwrap_or_default();
        let start = slice.first().map_or(0, |t| t.start as usize);
        (start, slice.last().map_or(start, |t| t.end as usize))
    }
}

/// The form under which a number is a term: equal numbers have equal keys.
fn number_key(q: Quantity) -> String {
    let unit = match q.unit {
        number::Unit::None => "",
        number::Unit::Percent => "%",
        number::Unit::Seconds => "s",
        number::Unit::Bytes => "b",
    };
    match q.version {
        Some((major, minor)) => format!("#{major}.{minor}"),
        None if q.lo.to_bits() == q.hi.to_bits() => format!("#{}{unit}", q.lo),
        None => format!("#{}..{}{unit}", q.lo, q.hi),
    }
}

/// A clause shorter than this is not cut at an `and`.
const AND_MIN: usize = 4;

/// A word that asks stands among so many at the beginning of its clause: "and for how long".
const ASKING: usize = 3;

fn split(text: &Text, raws: &[Raw], last: Break) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut sentence = 0;
    for (at, raw) in raws.iter().enumerate() {
        let word = text.word(&text.tokens[at]);
        let length = clauses.last().map_or(0, |c| at - c.tokens.start);
        // "marking runs while the program goes on" tells a time; ", while B …" tells a contrast.
        let kinds = text.tokens[at].classes;
        let opening = if word == "while" && raw.before == Break::None { Opening::Plain } else { opening(word, kinds) };
        let room = raws[at + 1..].iter().take(3).take_while(|r| r.before == Break::None).count() == 3;
        let cut = raw.before > Break::None
            || matches!(opening, Opening::Subordinate | Opening::Contrast) && length > 0
            || opening == Opening::And && length >= AND_MIN && room && !goes_on(text, at);
        if at == 0 || cut {
            if at > 0 && raw.before >= Break::Sentence {
                sentence += 1;
            }
            if raw.before == Break::Question {
                ask(text, &mut clauses, sentence, quoted(text, raws, at));
            }
            let stance = Stance::Asserted;
            clauses.push(Clause { tokens: at..at, sentence, before: raw.before, opening, stance });
        }
        if let Some(clause) = clauses.last_mut() {
            clause.tokens.end = at + 1;
        }
    }
    if last == Break::Question {
        ask(text, &mut clauses, sentence + 1, quoted(text, raws, raws.len()));
    }
    clauses
}

/// Whether an "and" adds nothing of its own: "no release up to and including 1.24 reads it".
fn goes_on(text: &Text, and: usize) -> bool {
    text.tokens.get(and + 1).is_some_and(|next| text.word(next) == "including")
}

fn opening(word: &str, classes: Classes) -> Opening {
    if classes.is_contrast() {
        Opening::Contrast
    } else if classes.is_subordinate() {
        Opening::Subordinate
    } else if matches!(word, "and" | "or" | "plus" | "then") {
        Opening::And
    } else {
        Opening::Plain
    }
}

/// Where a question that ends before token `at` begins if it is in quotation marks: what leads up to those is no question.
fn quoted(text: &Text, raws: &[Raw], at: usize) -> Option<usize> {
    let gap = |at: usize| {
        let from = at.checked_sub(1).map_or(0, |before| raws[before].end);
        text.words.get(from..raws.get(at).map_or(text.written, |raw| raw.start)).unwrap_or_default()
    };
    let ends = gap(at).split_once('?').is_some_and(|(_, after)| after.starts_with('"'));
    ends.then(|| (0..at).rev().find(|&token| gap(token).ends_with('"'))).flatten()
}

/// Marks what the sentence before number `next` asks, from token `from` on if there is one. It asks from the word on that asks:
/// "GOGC is too low, or is the limit?" says the first. Without such a word, and where only a tag asks ("…, right?"), it is a guess.
fn ask(text: &Text, clauses: &mut [Clause], next: usize, from: Option<usize>) {
    let of_it = |c: &Clause| c.sentence + 1 == next && from.is_none_or(|from| c.tokens.start >= from);
    let first = clauses.len() - clauses.iter().rev().take_while(|c| of_it(c)).count();
    let tag = clauses.len() > first + 1 && clauses.last().is_some_and(|c| c.tokens.len() <= 2);
    let asks = |c: &Clause| text.tokens[c.tokens.clone()].iter().take(ASKING).any(|t| words::asks(text.word(t)));
    let Some(begin) = clauses[first..].iter().position(asks).filter(|_| !tag) else { return };
    clauses[first + begin..].iter_mut().for_each(|c| c.stance = Stance::Asked);
}
