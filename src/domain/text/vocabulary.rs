//! Words as numbers: what a form's stem is, and whether it is a word at all.
//!
//! The [`Base`] holds the lexicon's words and is shared; a [`Vocabulary`] adds those of one question. Numbers of the two
//! never meet those of another question, so that no bank can move another's scores.

use std::sync::Arc;

use frostem::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

use super::spelling::Speller;

/// The number of a stem. Words of the same stem are the same term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(pub u32);

impl Term {
    /// A word that neither the lexicon nor the question's rubric holds.
    pub const UNKNOWN: Self = Self(u32::MAX);

    /// Whether it is a word that the rubric or the lexicon holds.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }
}

/// The stem of a lower-case word.
#[must_use]
pub fn stem(word: &str) -> String {
    Stemmer::new(Algorithm::English).stem(word).into_owned()
}

#[derive(Debug, Clone, Default)]
struct Interner {
    forms: FxHashMap<Box<str>, Term>,
    stems: FxHashMap<Box<str>, Term>,
    first: u32,
}

impl Interner {
    fn len(&self) -> u32 {
        self.first + self.stems.len() as u32
    }
}

/// The lexicon's words.
#[derive(Debug, Clone, Default)]
pub struct Base {
    words: Interner,
}

impl Base {
    /// A base of these correct words.
    #[must_use]
    pub fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut base = Self::default();
        for word in words {
            base.intern(word);
        }
        base
    }

    fn intern(&mut self, form: &str) -> Term {
        if let Some(&term) = self.words.forms.get(form) {
            return term;
        }
        let stem = stem(form);
        let next = Term(self.words.len());
        let term = *self.words.stems.entry(stem.into()).or_insert(next);
        self.words.forms.insert(form.into(), term);
        term
    }
}

/// How a form was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its term, or [`Term::UNKNOWN`].
    pub term: Term,
    /// Whether the form was taken for a slip of another.
    pub corrected: bool,
}

/// The lexicon's words and those of one question's rubric.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    base: Arc<Base>,
    own: Interner,
    speller: Speller,
}

impl Vocabulary {
    /// A vocabulary that holds nothing but the lexicon's words yet.
    #[must_use]
    pub fn new(base: Arc<Base>) -> Self {
        let own = Interner { first: base.words.len(), ..Interner::default() };
        Self { base, own, speller: Speller::default() }
    }

    /// The number of terms, lexicon's and own: every term is below it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.own.len() as usize
    }

    /// Whether it holds no term at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn form(&self, form: &str) -> Option<Term> {
        self.own.forms.get(form).or_else(|| self.base.words.forms.get(form)).copied()
    }

    fn stem(&self, stem: &str) -> Option<Term> {
        self.base.words.stems.get(stem).or_else(|| self.own.stems.get(stem)).copied()
    }

    /// The term of `form`, added where it is new. `spellable` words can be recognised from a slip.
    pub fn intern(&mut self, form: &str, spellable: bool) -> Term {
        if let Some(&term) = self.own.forms.get(form) {
            return term;
        }
        let stem = stem(form);
        let term = self.stem(&stem).unwrap_or_else(|| {
            let next = Term(self.own.len());
            self.own.stems.insert(stem.into(), next);
            next
        });
        self.own.forms.insert(form.into(), term);
        if spellable {
            self.speller.add(form, term);
        }
        term
    }

    /// The term of `form` as an answer writes it; `spellable` words may be slips.
    #[must_use]
    pub fn find(&self, form: &str, spellable: bool) -> Found {
        if let Some(term) = self.form(form) {
            return Found { term, corrected: false };
        }
        if let Some(term) = self.stem(&stem(form)) {
            return Found { term, corrected: false };
        }
        let slip = if spellable { self.speller.correct(form) } else { None };
        slip.map_or(Found { term: Term::UNKNOWN, corrected: false }, |term| Found { term, corrected: true })
    }
}

/// Where a reader gets its terms from: a vocabulary that grows, or one that is fixed.
pub trait Terms {
    /// The term of a lower-case form; `spellable` says whether it may be a slip.
    fn term(&mut self, form: &str, spellable: bool) -> Found;
}

impl Terms for Vocabulary {
    fn term(&mut self, form: &str, spellable: bool) -> Found {
        Found { term: self.intern(form, spellable), corrected: false }
    }
}

impl Terms for &Vocabulary {
    fn term(&mut self, form: &str, spellable: bool) -> Found {
        self.find(form, spellable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let base = Base::new(["block", "sort", "cabin", "stop"].into_iter());
        let mut vocabulary = Vocabulary::new(Arc::new(base));
        for word in ["goroutine", "lock", "soft", "scheduler", "finalizer"] {
            vocabulary.intern(word, true);
        }
        vocabulary
    }

    #[test]
    fn inflections_share_a_term() {
        let mut v = vocabulary();
        assert_eq!(v.intern("stops", true), v.intern("stopped", true));
        assert_eq!(v.find("goroutines", true).term, v.find("goroutine", true).term);
    }

    #[test]
    fn slips_are_mended_and_words_are_left_alone() {
        let v = vocabulary();
        assert_eq!(v.find("gorotuine", true).term, v.find("goroutine", true).term);
        assert_eq!(v.find("schedular", true).term, v.find("scheduler", true).term);
        assert_ne!(v.find("block", true).term, v.find("lock", true).term);
        assert_ne!(v.find("sort", true).term, v.find("soft", true).term);
        assert_eq!(v.find("gorotuine", false).term, Term::UNKNOWN, "an identifier is never mended");
        assert_eq!(v.find("sprocket", true).term, Term::UNKNOWN);
    }
}
