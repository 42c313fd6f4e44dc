//! From pattern trees to atoms with numbers: each atom of a question is looked for once, however many patterns hold it.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::{FxHashMap, FxHasher};

use super::parse::{Atom, Pattern, Word};
use crate::domain::lexicon::Language;
use crate::domain::text::number::Quantity;
use crate::domain::text::vocabulary::{Term, Vocabulary};

/// Lists of which each has a number, all in one stretch of memory: looking through them waits for memory less often.
#[derive(Debug, Clone)]
pub(super) struct Lists<T> {
    items: Vec<T>,
    /// Where each list begins, and at last where all end.
    starts: Vec<u32>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { items: Vec::new(), starts: vec![0] }
    }
}

impl<T> Lists<T> {
    /// Adds a list and gives its number.
    fn push(&mut self, list: impl IntoIterator<Item = T>) -> u32 {
        self.items.extend(list);
        self.starts.push(self.items.len() as u32);
        self.len() - 1
    }

    pub(super) fn len(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    pub(super) fn get(&self, number: u32) -> &[T] {
        let at = number as usize;
        &self.items[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// A spelling: bytes in [`Compiled::spellings`].
pub(super) type Spelling = (u32, u32);

/// What a word of an atom may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Test {
    Term(Term),
    Prefix(Spelling),
    Exact(Spelling),
    Number(u32),
}

/// A member of a compiled pattern.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    /// The number of its list of atoms.
    pub(super) any: u32,
    pub(super) after: bool,
    pub(super) forbidden: bool,
}

/// An atom as it is written: any of these for its first word, any of those for its second.
#[derive(Debug, Clone, PartialEq, Hash)]
enum Look {
    Words(Vec<Vec<Word>>),
    Group(u16),
}

/// The first bytes of a word in lower case, side by side.
pub(super) type Head = u32;

/// The most bytes of a head.
pub(super) const HEAD: usize = 3;

/// The first `len` bytes of `word`, as far as it has them.
pub(super) fn head(word: &str, len: usize) -> Head {
    word.bytes().take(len).fold(0, |head, byte| head << 8 | u32::from(byte.to_ascii_lowercase()))
}

/// All patterns of one question, compiled.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    /// For each atom, its words as numbers of lists of tests; none for a group.
    pub(super) atoms: Vec<(u32, u32)>,
    pub(super) tests: Lists<Test>,
    pub(super) numbers: Vec<Quantity>,
    spellings: String,
    pub(super) patterns: Lists<Member>,
    pub(super) any: Lists<u16>,
    /// For each atom, the lists of atoms that hold it.
    pub(super) lists_of: Lists<u32>,
    /// Atoms by the term that their first word asks for, and whether that is all they ask for.
    by_term: FxHashMap<Term, u32>,
    of_term: Lists<(u16, bool)>,
    /// Atoms by the head of their first word's prefix or exact spelling, and those whose first word is a number.
    by_head: FxHashMap<Head, u32>,
    of_head: Lists<u16>,
    pub(super) of_number: Vec<u16>,
    /// Atoms by lexicon group.
    by_group: FxHashMap<u16, u16>,
}

impl Compiled {
    pub(super) fn of_term(&self, term: Term) -> &[(u16, bool)] {
        self.by_term.get(&term).map_or(&[], |list| self.of_term.get(*list))
    }

    pub(super) fn of_head(&self, head: Head) -> &[u16] {
        self.by_head.get(&head).map_or(&[], |list| self.of_head.get(*list))
    }

    pub(super) fn of_group(&self, group: u16) -> Option<u16> {
        self.by_group.get(&group).copied()
    }

    pub(super) fn spelling(&self, (start, end): Spelling) -> &str {
        &self.spellings[start as usize..end as usize]
    }
}

/// Compiles patterns one by one.
#[derive(Debug)]
pub struct Compiler<'a> {
    language: &'a Language,
    vocabulary: &'a mut Vocabulary,
    looks: Vec<Look>,
    /// Numbers of atoms by hash.
    numbers: FxHashMap<u64, Vec<u16>>,
    patterns: Lists<Member>,
    any: Lists<u16>,
}

impl<'a> Compiler<'a> {
    /// A compiler that adds the patterns' words to `vocabulary`.
    pub fn new(language: &'a Language, vocabulary: &'a mut Vocabulary) -> Self {
        let (looks, numbers) = (Vec::new(), FxHashMap::default());
        Self { language, vocabulary, looks, numbers, patterns: Lists::default(), any: Lists::default() }
    }

    /// Adds a pattern; they are numbered in this order.
    pub fn add(&mut self, pattern: &Pattern) {
        let steps = pattern.steps();
        let mut members = Vec::with_capacity(steps.len());
        for step in steps {
            let looks: Vec<Look> = step.any.into_iter().filter_map(|atom| self.look(atom)).collect();
            let atoms: Vec<u16> = looks.into_iter().map(|look| self.number(look)).collect();
            members.push(Member { any: self.any.push(atoms), after: step.after, forbidden: step.forbidden });
        }
        self.patterns.push(members);
    }

    fn look(&self, atom: Atom) -> Option<Look> {
        match atom {
            Atom::Group(name) => self.language.group(&name).map(Look::Group),
            Atom::Words(places) => Some(Look::Words(places)),
        }
    }

    fn number(&mut self, look: Look) -> u16 {
        let mut hasher = FxHasher::default();
        look.hash(&mut hasher);
        let alike = self.numbers.entry(hasher.finish()).or_default();
        let known = alike.iter().copied().find(|&number| self.looks[usize::from(number)] == look);
        known.unwrap_or_else(|| {
            let number = self.looks.len() as u16;
            alike.push(number);
            self.looks.push(look);
            number
        })
    }

    /// The compiled patterns.
    #[must_use]
    pub fn finish(self) -> Compiled {
        let mut compiled = Compiled { patterns: self.patterns, any: self.any, ..Compiled::default() };
        let mut by_term: FxHashMap<Term, Vec<(u16, bool)>> = FxHashMap::default();
        let mut by_head: FxHashMap<Head, Vec<u16>> = FxHashMap::default();
        for (atom, look) in (0..).zip(&self.looks) {
            let begin = compiled.tests.len();
            if let Look::Words(places) = look {
                for any in places {
                    let tests: Vec<Test> = any.iter().map(|word| compiled.test(word, self.vocabulary)).collect();
                    compiled.tests.push(tests);
                }
                for first in places.first().into_iter().flatten() {
                    match first {
                        Word::Stem(word) => {
                            let list = by_term.entry(self.vocabulary.intern(word, true)).or_default();
                            list.push((atom, places.len() == 1));
                        }
                        Word::Prefix(s) | Word::Exact(s) => by_head.entry(head(s, HEAD)).or_default().push(atom),
                        Word::Number(_) => compiled.of_number.push(atom),
                    }
                }
            } else if let Look::Group(group) = look {
                compiled.by_group.insert(*group, atom);
            }
            compiled.atoms.push((begin, compiled.tests.len()));
        }
        compiled.of_number.dedup();
        compiled.index(by_term, by_head);
        let mut lists_of = vec![Vec::new(); compiled.atoms.len()];
        for list in 0..compiled.any.len() {
            compiled.any.get(list).iter().for_each(|atom| lists_of[usize::from(*atom)].push(list));
        }
        for lists in lists_of {
            compiled.lists_of.push(lists);
        }
        compiled
    }
}

impl Compiled {
    fn test(&mut self, word: &Word, vocabulary: &mut Vocabulary) -> Test {
        match word {
            Word::Stem(word) => Test::Term(vocabulary.intern(word, true)),
            Word::Prefix(prefix) => Test::Prefix(self.keep(prefix)),
            Word::Exact(exact) => Test::Exact(self.keep(exact)),
            Word::Number(quantity) => {
                self.numbers.push(*quantity);
                Test::Number(self.numbers.len() as u32 - 1)
            }
        }
    }

    fn keep(&mut self, spelling: &str) -> Spelling {
        let start = self.spellings.len() as u32;
        self.spellings.push_str(spelling);
        (start, self.spellings.len() as u32)
    }

    /// Lays the lists out in the order of their keys: the same at every run.
    fn index(&mut self, by_term: FxHashMap<Term, Vec<(u16, bool)>>, by_head: FxHashMap<Head, Vec<u16>>) {
        let mut terms: Vec<_> = by_term.into_iter().collect();
        terms.sort_unstable_by_key(|(term, _)| *term);
        for (term, mut list) in terms {
            list.dedup_by_key(|(atom, _)| *atom);
            self.by_term.insert(term, self.of_term.push(list));
        }
        let mut heads: Vec<_> = by_head.into_iter().collect();
        heads.sort_unstable_by_key(|(head, _)| *head);
        for (head, mut list) in heads {
            list.dedup();
            self.by_head.insert(head, self.of_head.push(list));
        }
    }
}
