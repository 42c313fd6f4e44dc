//! From pattern trees to atoms with numbers: each atom of a question is looked for once, however many patterns hold it.

use rustc_hash::FxHashMap;

use super::parse::{Atom, Pattern, Word};
use crate::domain::lexicon::Language;
use crate::domain::text::number::Quantity;
use crate::domain::text::vocabulary::{Term, Vocabulary};

/// One word of a compiled atom.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    Term(Term),
    Prefix(String),
    Exact(String),
    Number(Quantity),
}

/// An atom that matches are looked up for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Look {
    Words(Vec<Vec<Test>>),
    Group(u16),
}

/// A member of a compiled pattern: numbers of atoms.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) any: Vec<u16>,
    pub(super) after: bool,
    pub(super) forbidden: bool,
}

/// The first bytes of a word in lower case, filled up with zeros.
pub(super) type Head = [u8; HEAD];

/// The most bytes of a head.
pub(super) const HEAD: usize = 3;

/// The first `len` bytes of `word`, as far as it has them.
pub(super) fn head(word: &str, len: usize) -> Head {
    let mut head = [0; HEAD];
    head.iter_mut().zip(word.bytes().take(len)).for_each(|(at, byte)| *at = byte.to_ascii_lowercase());
    head
}

/// All patterns of one question, compiled.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    pub(super) atoms: Vec<Look>,
    pub(super) patterns: Vec<Vec<Member>>,
    /// Atoms by the term that their first word asks for, and whether that is all they ask for.
    pub(super) by_term: FxHashMap<Term, Vec<(u16, bool)>>,
    /// Atoms by the head of their first word's prefix or exact spelling.
    pub(super) by_head: FxHashMap<Head, Vec<u16>>,
    /// Atoms whose first word is a number.
    pub(super) numbers: Vec<u16>,
    /// Atoms by lexicon group.
    pub(super) by_group: FxHashMap<u16, Vec<u16>>,
}

/// Compiles patterns one by one.
#[derive(Debug)]
pub struct Compiler<'a> {
    language: &'a Language,
    vocabulary: &'a mut Vocabulary,
    compiled: Compiled,
}

impl<'a> Compiler<'a> {
    /// A compiler that adds the patterns' words to `vocabulary`.
    pub fn new(language: &'a Language, vocabulary: &'a mut Vocabulary) -> Self {
        Self { language, vocabulary, compiled: Compiled::default() }
    }

    /// Adds a pattern and gives its number.
    pub fn add(&mut self, pattern: &Pattern) -> usize {
        let mut members = Vec::with_capacity(pattern.steps().len());
        for step in pattern.steps() {
            let looks: Vec<Look> = step.any.iter().filter_map(|atom| self.look(atom)).collect();
            let any = looks.into_iter().map(|look| self.number(look)).collect();
            members.push(Member { any, after: step.after, forbidden: step.forbidden });
        }
        self.compiled.patterns.push(members);
        self.compiled.patterns.len() - 1
    }

    /// The compiled patterns.
    #[must_use]
    pub fn finish(self) -> Compiled {
        self.compiled
    }

    fn look(&mut self, atom: &Atom) -> Option<Look> {
        match atom {
            Atom::Group(name) => self.language.group(name).map(Look::Group),
            Atom::Words(places) => {
                let places = places.iter().map(|words| words.iter().map(|w| self.test(w)).collect()).collect();
                Some(Look::Words(places))
            }
        }
    }

    fn test(&mut self, word: &Word) -> Test {
        match word {
            Word::Stem(word) => Test::Term(self.vocabulary.intern(word, true)),
            Word::Prefix(prefix) => Test::Prefix(prefix.clone()),
            Word::Exact(exact) => Test::Exact(exact.clone()),
            Word::Number(quantity) => Test::Number(*quantity),
        }
    }

    fn number(&mut self, look: Look) -> u16 {
        let compiled = &mut self.compiled;
        if let Some(at) = compiled.atoms.iter().position(|a| *a == look) {
            return at as u16;
        }
        let number = compiled.atoms.len() as u16;
        match &look {
            Look::Group(group) => compiled.by_group.entry(*group).or_default().push(number),
            Look::Words(places) => {
                for first in places.first().into_iter().flatten() {
                    let list = match first {
                        Test::Term(term) => {
                            let list = compiled.by_term.entry(*term).or_default();
                            if list.last().is_none_or(|last| last.0 != number) {
                                list.push((number, places.len() == 1));
                            }
                            continue;
                        }
                        Test::Prefix(s) | Test::Exact(s) => compiled.by_head.entry(head(s, HEAD)).or_default(),
                        Test::Number(_) => &mut compiled.numbers,
                    };
                    if list.last() != Some(&number) {
                        list.push(number);
                    }
                }
            }
        }
        compiled.atoms.push(look);
        number
    }
}
