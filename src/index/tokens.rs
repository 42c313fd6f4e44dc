//! The tokens of `domain::text` as tantivy's: stems of content words, identifiers, and numbers under one key a value.
//!
//! tantivy's own stemmer would stem what it took for one word of `/sched/latencies:seconds`; here an identifier comes
//! apart and its words meet those of prose.

use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::domain::text::form::{Form, forms};
use crate::domain::text::vocabulary::stem;

/// Reads texts into keys: what a word or number is indexed under.
///
/// Remembers the key of every form it has seen, since the words of a bank come again and again.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    /// For each form the number of its key; `None` for one without content.
    numbers: FxHashMap<Box<str>, Option<u32>>,
    /// The keys by their numbers.
    known: Vec<Box<str>>,
    /// The text that is being read: where each key begins and ends, and its number.
    found: Vec<(usize, usize, u32)>,
}

/// A word of a text and the key that it is indexed under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    /// The word as it is written, in lower case.
    pub(super) word: String,
    /// Its key.
    pub(super) key: String,
}

impl Keys {
    fn number(&mut self, form: &Form<'_>) -> Option<u32> {
        let name = form.key();
        if let Some(number) = self.numbers.get(&*name) {
            return *number;
        }
        let number = form.is_content().then_some(self.known.len() as u32);
        if number.is_some() {
            self.known.push(stem(&name).into());
        }
        self.numbers.insert(name.into(), number);
        number
    }

    fn key(&self, number: u32) -> &str {
        self.known.get(number as usize).map_or("", |key| key)
    }

    fn read(&mut self, source: &str) {
        self.found.clear();
        forms(source, |form| {
            if let Some(number) = self.number(&form) {
                self.found.push((form.start, form.end, number));
            }
        });
    }

    /// The keys of `source`, each once, in the order of their first occurrence.
    pub(super) fn distinct(&mut self, source: &str) -> Vec<String> {
        self.read(source);
        let mut seen = FxHashSet::default();
        let keys = self.found.iter().map(|(_, _, number)| self.key(*number));
        keys.filter(|key| seen.insert(*key)).map(str::to_owned).collect()
    }

    /// The words of `source`. Numbers and words without content are left out.
    pub(super) fn words(&mut self, source: &str) -> Vec<Word> {
        let mut words = Vec::new();
        forms(source, |form| {
            if let Some(number) = self.number(&form).filter(|_| form.quantity.is_none()) {
                words.push(Word { word: form.word.to_owned(), key: self.key(number).to_owned() });
            }
        });
        words
    }

    /// The word that `source` breaks off in, if it ends in one.
    pub(super) fn unfinished(&mut self, source: &str) -> Option<Word> {
        let mut last = None;
        forms(source, |form| {
            let number = self.number(&form).filter(|_| form.quantity.is_none() && form.end == source.len());
            last = number.map(|number| Word { word: form.word.to_owned(), key: self.key(number).to_owned() });
        });
        last
    }
}

impl Tokenizer for Keys {
    type TokenStream<'a> = KeyStream<'a>;

    fn token_stream<'a>(&'a mut self, source: &'a str) -> KeyStream<'a> {
        self.read(source);
        KeyStream { keys: self, next: 0, token: Token::default() }
    }
}

/// The keys of one text.
pub(super) struct KeyStream<'a> {
    keys: &'a Keys,
    next: usize,
    token: Token,
}

impl TokenStream for KeyStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(&(start, end, number)) = self.keys.found.get(self.next) else { return false };
        self.token.offset_from = start;
        self.token.offset_to = end;
        self.token.position = self.next;
        self.token.text.clear();
        self.token.text.push_str(self.keys.key(number));
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::inflections_meet("goroutines blocked; a goroutine blocks", &["goroutin", "block", "goroutin", "block"])]
    #[case::identifiers_come_apart("runtime.Goexit()", &["runtim", "goexit"])]
    #[case::a_path_keeps_its_parts("/sched/latencies:seconds", &["sched", "latenc", "second"])]
    #[case::equal_numbers_meet("10k = 10,000", &["#10000", "#10000"])]
    #[case::units_are_part_of_a_number("5 ms or 5 %", &["#0.005s", "#5%"])]
    #[case::words_without_content("it is not what you would have", &[])]
    #[case::nothing("", &[])]
    fn reads_the_tokens_of_the_domain(#[case] source: &str, #[case] expected: &[&str]) {
        let mut keys = Keys::default();
        let mut stream = keys.token_stream(source);
        let mut found = Vec::new();
        stream.process(&mut |token| found.push(token.text.clone()));
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn check_unfinished(source: &str, expected: Option<&str>) {
        let unfinished = Keys::default().unfinished(source).map(|found| found.word);
        assert_eq!(unfinished.as_deref(), expected, "{source:?}");
    }

    #[test]
    fn a_word_is_unfinished_only_at_the_very_end() {
        check_unfinished("when does GoEx", Some("goex"));
        check_unfinished("runtime.Goe", Some("goe"));
        check_unfinished("when does goexit ", None);
        check_unfinished("goexit?", None);
        check_unfinished("GOMAXPROCS 4", None);
        check_unfinished("what is the", None);
        check_unfinished("", None);
    }

    #[test]
    fn distinct_keys_keep_their_order() {
        assert_eq!(Keys::default().distinct("panics in a defer, deferred panic"), ["panic", "defer"]);
    }
}
