//! The words and numbers of a text alone: for indexing, which asks neither for clauses nor for what is meant.

use std::borrow::Cow;

use super::normalise::Normal;
use super::number::Quantity;
use super::words::Classes;
use super::{number_key, token};

/// A word or number as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Form<'a> {
    /// First byte in the source.
    pub start: usize,
    /// One past its last byte there.
    pub end: usize,
    /// The lower-case word.
    pub word: &'a str,
    /// Its value, for a number.
    pub quantity: Option<Quantity>,
}

impl<'a> Form<'a> {
    /// Whether it says what a text is about: neither a word without content of its own nor a negator.
    #[must_use]
    pub fn is_content(&self) -> bool {
        let classes = Classes::of(self.word);
        self.quantity.is_some() || !classes.is_stop() && !classes.is_negator()
    }

    /// What a vocabulary knows it by: the word, or a key that equal numbers share.
    #[must_use]
    pub fn key(&self) -> Cow<'a, str> {
        self.quantity.map_or(Cow::Borrowed(self.word), |quantity| number_key(quantity).into())
    }
}

/// Hands the forms of `source` to `each`, in order: one for each token of [`Text::read`](super::Text::read), at a
/// fraction of its cost.
pub fn forms(source: &str, mut each: impl FnMut(Form<'_>)) {
    let normal = Normal::new(source);
    let (raws, _) = token::scan(source, &normal);
    for raw in &raws {
        each(Form {
            start: normal.source_start(raw.start),
            end: normal.source_end(raw.end),
            word: raw.fixed.unwrap_or(&normal.text[raw.start..raw.word_end]),
            quantity: raw.quantity,
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Text;
    use super::super::vocabulary::{Found, Term, Terms};
    use super::*;

    /// Remembers what it was asked for.
    struct Asked(Vec<String>);

    impl Terms for Asked {
        fn term(&mut self, form: &str, _spellable: bool) -> Found {
            self.0.push(form.to_owned());
            Found { term: Term::UNKNOWN, corrected: false }
        }
    }

    #[track_caller]
    fn check(source: &str) {
        let mut asked = Asked(Vec::new());
        let text = Text::read(source, &mut asked);
        let mut tokens = text.tokens.iter().zip(&asked.0);
        forms(source, |form| {
            let (token, key) = tokens.next().unwrap();
            assert_eq!((form.start, form.end), (token.start as usize, token.end as usize), "{source:?}");
            assert_eq!((form.is_content(), &*form.key()), (token.is_content(), key.as_str()), "{source:?}");
        });
        assert_eq!(tokens.next(), None, "{source:?}");
    }

    #[test]
    fn forms_are_the_tokens_of_reading() {
        check("It isn't `runtime.Goexit()`, can't be: 10k or 10 000 don't fit in 1.5 GiB (go1.19+).");
        check("Nobody waits at “ﬁnalizer” … e.g. twenty-five % of ten");
        check("");
    }

    proptest! {
        #[test]
        fn forms_are_the_tokens_of_reading_any_text(source in any::<String>()) {
            check(&source);
        }

        #[test]
        fn forms_are_the_tokens_of_reading_words(source in "([a-z]{1,4}('t|n't)?|[0-9]{1,3}|[.,:;()%\u{2019}é-]| |not |cannot ){0,30}") {
            check(&source);
        }
    }
}
