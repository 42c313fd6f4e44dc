//! From a pattern's text to its tree.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem;

use crate::domain::text::normalise::Normal;
use crate::domain::text::number::Quantity;
use crate::domain::text::token;

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct PatternError {
    /// The column within the pattern, in characters from 1.
    pub column: usize,
    /// What would have been right there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// One word of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    /// Any inflection of this lower-case word, slips included.
    Stem(String),
    /// Any word that begins with this.
    Prefix(String),
    /// Exactly this.
    Exact(String),
    /// A number.
    Number(Quantity),
}

impl Hash for Word {
    /// Numbers that differ hash alike: there are few of them.
    fn hash<H: Hasher>(&self, state: &mut H) {
        mem::discriminant(self).hash(state);
        if let Self::Stem(text) | Self::Prefix(text) | Self::Exact(text) = self {
            text.hash(state);
        }
    }
}

/// What one alternative of a step looks for.
#[derive(Debug, Clone, PartialEq, Hash)]
pub enum Atom {
    /// Words side by side; for each place, the words that may stand there.
    Words(Vec<Vec<Word>>),
    /// A form of this lexicon group.
    Group(String),
}

/// One member of a pattern: one of its atoms must occur.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The alternatives.
    pub any: Vec<Atom>,
    /// Whether it must stand after the member before it.
    pub after: bool,
    /// Whether it must not occur.
    pub forbidden: bool,
}

/// A text that is a pattern. Its tree takes ten times the memory, and is wanted once: it is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    source: Box<str>,
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl Pattern {
    /// Parses a pattern.
    pub fn parse(source: &str) -> Result<Self, PatternError> {
        Parser::new(source).pattern()?;
        Ok(Self { source: source.into() })
    }

    /// The text it was parsed from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its members, parsed anew.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        Parser::new(&self.source).pattern().unwrap_or_default()
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn new(source: &str) -> Self {
        Self { chars: source.chars().collect(), at: 0 }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn error<T>(&self, expected: &str) -> Result<T, PatternError> {
        let found = self.peek().map_or_else(|| "the end of the pattern".to_owned(), |c| format!("`{c}`"));
        Err(PatternError { column: self.at + 1, expected: expected.to_owned(), found })
    }

    fn spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn pattern(mut self) -> Result<Vec<Step>, PatternError> {
        let mut steps = Vec::new();
        self.spaces();
        while self.peek().is_some() {
            let after = self.chars[self.at..].starts_with(&['>', '>']);
            if after {
                if steps.last().is_none_or(|s: &Step| s.forbidden) {
                    return self.error("a word before `>>`");
                }
                self.at += 2;
                self.spaces();
            }
            let forbidden = self.peek() == Some('!');
            if forbidden {
                if after {
                    return self.error("a word after `>>`");
                }
                self.at += 1;
            }
            steps.push(Step { any: self.alternatives()?, after, forbidden });
            if self.peek().is_some_and(|c| !c.is_whitespace()) {
                return self.error("a space or `|`");
            }
            self.spaces();
        }
        if steps.iter().all(|s| s.forbidden) {
            return self.error("a word that must occur");
        }
        Ok(steps)
    }

    fn alternatives(&mut self) -> Result<Vec<Atom>, PatternError> {
        let mut any = vec![self.atom()?];
        while self.peek() == Some('|') {
            self.at += 1;
            any.push(self.atom()?);
        }
        Ok(any)
    }

    fn atom(&mut self) -> Result<Atom, PatternError> {
        match self.peek() {
            Some('{') => self.group(),
            Some('"') => self.quoted(),
            Some(c) if !c.is_whitespace() && c != '|' => Ok(Atom::Words(self.word(&[])?)),
            _ => self.error("a word, a number, `\"` or `{`"),
        }
    }

    fn group(&mut self) -> Result<Atom, PatternError> {
        self.at += 1;
        let from = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            self.at += 1;
        }
        if self.at == from {
            return self.error("the name of a lexicon group");
        }
        if self.peek() != Some('}') {
            return self.error("`}`");
        }
        let name = self.chars[from..self.at].iter().collect();
        self.at += 1;
        Ok(Atom::Group(name))
    }

    fn quoted(&mut self) -> Result<Atom, PatternError> {
        self.at += 1;
        let mut places: Vec<Vec<Word>> = Vec::new();
        loop {
            self.spaces();
            match self.peek() {
                Some('"') if places.is_empty() => return self.error("a word"),
                Some('"') => break,
                None => return self.error("`\"`"),
                Some(_) => {}
            }
            let mut words = self.word(&['"'])?;
            while self.peek() == Some('|') {
                self.at += 1;
                if words.len() > 1 {
                    return self.error("alternatives of one word each within quotes");
                }
                let more = self.word(&['"'])?;
                match <[Vec<Word>; 1]>::try_from(more) {
                    Ok([more]) => words[0].extend(more),
                    Err(_) => return self.error("alternatives of one word each within quotes"),
                }
            }
            places.extend(words);
        }
        self.at += 1;
        Ok(Atom::Words(places))
    }

    /// One written word, which may come apart into several tokens (`runtime.Goexit()`).
    fn word(&mut self, stops: &[char]) -> Result<Vec<Vec<Word>>, PatternError> {
        let exact = self.peek() == Some('=');
        if exact {
            self.at += 1;
        }
        let mut text = String::new();
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == '|' || stops.contains(&c) {
                break;
            }
            if c == '\\' {
                self.at += 1;
                let Some(literal) = self.peek() else { return self.error("a character after `\\`") };
                text.push(literal);
            } else if c == '"' || c == '{' || c == '}' {
                return self.error("a space before it, or `\\` to take it as it is");
            } else {
                text.push(c);
            }
            self.at += 1;
        }
        if exact && !text.is_empty() {
            return Ok(vec![vec![Word::Exact(text)]]);
        }
        let (stem, prefix) = text.strip_suffix('*').map_or((text.as_str(), false), |stem| (stem, true));
        let mut words = tokens(stem);
        if words.is_empty() {
            return self.error("a word or a number");
        }
        if prefix {
            let Some(Word::Stem(last)) = words.pop() else { return self.error("letters before `*`") };
            words.push(Word::Prefix(last));
        }
        Ok(words.into_iter().map(|w| vec![w]).collect())
    }
}

fn tokens(text: &str) -> Vec<Word> {
    if token::is_plain(text) {
        return vec![Word::Stem(text.to_owned())];
    }
    scanned(text)
}

fn scanned(text: &str) -> Vec<Word> {
    let normal = Normal::new(text);
    let (raws, _) = token::scan(text, &normal);
    let word = |raw: &token::Raw| match (raw.quantity, raw.fixed) {
        (Some(quantity), _) => Word::Number(quantity),
        (None, Some(fixed)) => Word::Stem(fixed.to_owned()),
        (None, None) => Word::Stem(normal.text[raw.start..raw.word_end].to_owned()),
    };
    raws.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("run|execute defer*", 2)]
    #[case("\"deferred calls\" still|first run|fire", 3)]
    #[case("a >> b", 2)]
    #[case("{stw} !not 85..95%", 3)]
    #[case("=SIGQUIT|-3", 1)]
    #[case("\\{ x", 1)]
    fn parses(#[case] source: &str, #[case] steps: usize) {
        let parsed = Pattern::parse(source);
        if source.starts_with('\\') {
            // A lone brace holds no word.
            assert!(parsed.is_err());
        } else {
            assert_eq!(parsed.unwrap().steps().len(), steps);
        }
    }

    #[rstest]
    #[case("", 1, "a word that must occur")]
    #[case("!x", 3, "a word that must occur")]
    #[case("a |b", 3, "a word, a number")]
    #[case("a| b", 3, "a word, a number")]
    #[case("\"a b", 5, "`\"`")]
    #[case("{stw", 5, "`}`")]
    #[case("{}", 2, "the name of a lexicon group")]
    #[case(">> a", 1, "a word before `>>`")]
    #[case("a >> !b", 6, "a word after `>>`")]
    #[case("ab\"c", 3, "a space before it")]
    #[case("90%*", 5, "letters before `*`")]
    fn says_where_and_what_was_expected(#[case] source: &str, #[case] column: usize, #[case] expected: &str) {
        let error = Pattern::parse(source).unwrap_err();
        assert_eq!(error.column, column, "{error}");
        assert!(error.expected.starts_with(expected), "{error}");
    }

    proptest! {
        #[test]
        fn a_plain_word_is_what_scanning_gives(word in "[a-z]{1,3}|[a-z']{2,8}|go[0-9]|cannot|dont|isnt|ninety|half|etc|i|e") {
            prop_assert_eq!(tokens(&word), scanned(&word));
        }

        #[test]
        fn any_text_is_a_pattern_or_an_error(source in any::<String>()) {
            let _ = Pattern::parse(&source);
        }
    }
}
