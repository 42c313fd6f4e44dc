//! From a normal form to tokens, with the breaks between them.
//!
//! Identifiers come apart where they are joined by `.`, `/`, `:` or `-`, so that `runtime.Goexit()`, `Goexit` and
//! `goexit` meet; what stands in the parentheses of a call never breaks a clause.

use super::normalise::Normal;
use super::number::{self, Quantity, Unit};
use super::words;

/// What separates a token from the one before it, from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Break {
    /// Nothing but space, or a joint of an identifier.
    None,
    /// A comma.
    Comma,
    /// A parenthesis, a dash or an arrow.
    Aside,
    /// A colon or a semicolon.
    Colon,
    /// The end of a sentence, a list item or a line of code.
    Sentence,
    /// The end of a question.
    Question,
}

/// A word or number before it has a term.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    /// Its bytes in the normal form (of the whole contraction, where it is a part of one).
    pub start: usize,
    /// One past its last byte there.
    pub end: usize,
    /// The word where it is not the normal form's own bytes.
    pub fixed: Option<&'static str>,
    /// The end of the word within `start..end`, for a contraction's verb.
    pub word_end: usize,
    /// Its value, for a number.
    pub quantity: Option<Quantity>,
    /// Whether it is spelt like an identifier.
    pub name: bool,
    /// What separates it from the one before.
    pub before: Break,
}

/// The most bytes of a language tag behind an opening fence.
const LONGEST_TAG: usize = 12;

struct Scanner<'a> {
    source: &'a str,
    normal: &'a Normal,
    text: &'a str,
    at: usize,
    tokens: Vec<Raw>,
    before: Break,
    /// For each open parenthesis, whether it is that of a call.
    calls: Vec<bool>,
    /// Whether a fence of code is open.
    code: bool,
}

/// Cuts `normal`, the normal form of `source`, into tokens. The second value is the break after the last one.
#[must_use]
pub fn scan(source: &str, normal: &Normal) -> (Vec<Raw>, Break) {
    let text = &normal.text;
    let mut scanner = Scanner {
        source,
        normal,
        text,
        at: 0,
        tokens: Vec::with_capacity(text.len() / 5),
        before: Break::Sentence,
        calls: Vec::new(),
        code: false,
    };
    while scanner.at < text.len() {
        scanner.step();
    }
    (scanner.tokens, scanner.before)
}

/// Whether [`scan`] gives this text alone as one word, without looking further. Most words of patterns are such.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase())
        && number::word_value(text).is_none()
        && words::negated_verb(text).is_none()
}

impl Scanner<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(b' ')
    }

    fn previous(&self) -> u8 {
        if self.at == 0 { b' ' } else { self.byte(self.at - 1) }
    }

    fn head(&self) -> char {
        self.text[self.at..].chars().next().unwrap_or(' ')
    }

    fn raise(&mut self, to: Break) {
        self.before = self.before.max(to);
    }

    fn step(&mut self) {
        let c = self.head();
        if c.is_ascii_digit() {
            self.number(false);
        } else if c.is_alphabetic() || c == '_' {
            self.word();
        } else {
            self.mark(c);
        }
    }

    fn mark(&mut self, c: char) {
        let next = self.byte(self.at + 1);
        let prev = self.previous();
        let in_call = self.calls.last() == Some(&true);
        match c {
            '\n' => self.newline(),
            '`' if self.text[self.at..].starts_with("```") => {
                self.code = !self.code;
                self.raise(Break::Sentence);
                // The language tag after an opening fence is no word of the answer.
                self.at += 3;
                if self.code {
                    let tag = &self.text[self.at..];
                    self.at += tag.floor_char_boundary(tag.find('\n').unwrap_or(0).min(LONGEST_TAG));
                }
                return;
            }
            '-' | '+' if next.is_ascii_digit() && !prev.is_ascii_alphanumeric() && prev != b')' => {
                self.at += 1;
                self.number(c == '-');
                return;
            }
            '-' if next == b'>' || next == b'-' || (prev == b' ' && next == b' ') => self.raise(Break::Aside),
            '.' | '!' | '…' if !next.is_ascii_alphanumeric() || c == '…' => self.raise(Break::Sentence),
            '?' if !next.is_ascii_alphanumeric() && !self.code && !self.text[..self.at].ends_with('$') => {
                self.raise(Break::Question);
            }
            ',' if !in_call => self.raise(Break::Comma),
            ';' => self.raise(Break::Colon),
            ':' if !next.is_ascii_alphanumeric() && next != b'=' => self.raise(Break::Colon),
            '(' => {
                let call = prev.is_ascii_alphanumeric() || prev == b'_';
                if !call {
                    self.raise(Break::Aside);
                }
                self.calls.push(call);
            }
            ')' => {
                let call = self.calls.pop() == Some(true);
                if !call {
                    self.raise(Break::Aside);
                }
            }
            '{' | '}' | '[' | ']' if self.code => self.raise(Break::Comma),
            '—' | '–' | '→' | '⇒' | '|' | '•' | '·' => self.raise(Break::Aside),
            '=' if next == b'>' => self.raise(Break::Aside),
            '≠' | '!' if c == '≠' || next == b'=' => {
                self.push(self.at, self.at + c.len_utf8(), Some("not"), None, false);
            }
            _ => {}
        }
        self.at += self.text[self.at..].chars().next().map_or(1, char::len_utf8);
    }

    /// A line's end breaks a sentence unless the text was merely wrapped there.
    fn newline(&mut self) {
        let line = self.text[..self.at].rfind('\n').map_or(self.at, |n| self.at - n - 1);
        let rest = self.text[self.at + 1..].trim_start_matches([' ', '\t', '\r']);
        let goes_on = rest.starts_with(|c: char| c.is_alphabetic() || c == '(' || c == '`');
        if self.code || line < 60 || !goes_on {
            self.raise(Break::Sentence);
        }
        // Skip the mark of a list item or heading, so that "1." and "-" are no words.
        let skipped = self.text.len() - self.at - 1 - rest.len();
        let marker = rest.bytes().take_while(|b| matches!(b, b'#' | b'>' | b'*' | b'-' | b'+')).count();
        let numeral = rest.bytes().take_while(u8::is_ascii_digit).count();
        let after = rest.as_bytes().get(numeral).copied().unwrap_or(b' ');
        if marker > 0 && rest.as_bytes().get(marker).is_none_or(|b| *b == b' ') {
            self.raise(Break::Sentence);
            self.at += skipped + marker;
        } else if (1..=2).contains(&numeral)
            && matches!(after, b'.' | b')')
            && rest.as_bytes().get(numeral + 1) == Some(&b' ')
        {
            self.raise(Break::Sentence);
            self.at += skipped + numeral + 1;
        }
        self.calls.clear();
    }

    fn push(&mut self, start: usize, end: usize, fixed: Option<&'static str>, quantity: Option<Quantity>, name: bool) {
        self.tokens.push(Raw { start, end, fixed, word_end: end, quantity, name, before: self.before });
        self.before = Break::None;
    }

    fn word(&mut self) {
        let start = self.at;
        let len = word_len(&self.text[start..]);
        let end = start + len;
        let word = &self.text[start..end];
        self.at = end;
        // `go1.19`, `v1.21`: the letters announce a version.
        let announced = word.strip_prefix("go").or_else(|| word.strip_prefix('v')).unwrap_or("");
        if announced.starts_with(|c: char| c.is_ascii_digit()) && (self.byte(end) == b'.' || word.starts_with("go")) {
            self.at = end - announced.len();
            let name_end = self.at;
            self.push(start, name_end, None, None, true);
            self.number(false);
            return;
        }
        if matches!(word, "e" | "i") && matches!(self.text.get(end..end + 2), Some(".g" | ".e")) {
            self.at = end + 2;
            self.at += usize::from(self.byte(self.at) == b'.');
            return;
        }
        if matches!(word, "etc" | "vs" | "approx" | "incl" | "resp" | "cf" | "ca") && self.byte(end) == b'.' {
            self.at += 1;
        }
        if let Some(value) = number::word_value(word) {
            self.word_number(start, value);
            return;
        }
        self.plain_word(start, end);
    }

    fn plain_word(&mut self, start: usize, end: usize) {
        let word = &self.text[start..end];
        if let Some(verb) = words::negated_verb(word) {
            let verb_end = if word.starts_with(verb) { start + verb.len() } else { start };
            let fixed = if verb_end == start { fixed_verb(verb) } else { None };
            self.push(start, end, fixed, None, false);
            if let Some(token) = self.tokens.last_mut() {
                token.word_end = verb_end;
            }
            self.push(start, end, Some("not"), None, false);
            return;
        }
        let stem_end = word.find('\'').map_or(end, |at| start + at);
        let name = self.is_name(start, end);
        self.push(start, end, None, None, name);
        if let Some(token) = self.tokens.last_mut() {
            token.word_end = stem_end;
        }
    }

    /// Whether the source spells it like an identifier: capitals or digits or `_` inside, or joined to one by `.`, `(` or `/`.
    /// Several of what is written in capitals are none: `CPUs`.
    fn is_name(&self, start: usize, end: usize) -> bool {
        let joined = self.byte(end) == b'(' || (self.byte(end) == b'.' && self.byte(end + 1).is_ascii_alphanumeric());
        let before = if start == 0 { b' ' } else { self.byte(start - 1) };
        let source = self.source.get(self.normal.source_start(start)..self.normal.source_end(end)).unwrap_or("");
        let plural = source.strip_suffix('s').is_some_and(|one| one.bytes().all(|b| b.is_ascii_uppercase()));
        let odd = !plural && source.bytes().skip(1).any(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        joined || odd || (before == b'.' && start > 1 && self.byte(start - 2).is_ascii_alphanumeric()) || before == b'/'
    }

    fn word_number(&mut self, start: usize, value: f64) {
        self.scaled(start, value, value, None);
    }

    fn number(&mut self, negative: bool) {
        let start = if negative { self.at - 1 } else { self.at };
        let (value, version, len) = number::scan(&self.text[self.at..]);
        self.at += len;
        let value = if negative { -value } else { value };
        // `5-50`, `5–50`, `85..95`: a range, if a number follows at once.
        let rest = &self.text[self.at..];
        let dash = ["-", "–", "..", " – ", " - "].iter().find(|d| rest.starts_with(**d)).map_or(0, |d| d.len());
        if dash > 0 && self.byte(self.at + dash).is_ascii_digit() && !negative {
            let (high, _, more) = number::scan(&rest[dash..]);
            if high > value {
                self.at += dash + more;
                self.scaled(start, value, high, None);
                return;
            }
        }
        if ["st", "nd", "rd", "th"].iter().any(|o| self.text[self.at..].starts_with(o))
            && !self.byte(self.at + 2).is_ascii_alphanumeric()
        {
            self.at += 2;
        }
        self.scaled(start, value, value, version);
    }

    /// Reads a multiplier and a unit after a number and pushes the token.
    fn scaled(&mut self, start: usize, lo: f64, hi: f64, version: Option<(u16, u16)>) {
        let mut factor = 1.0;
        let mut unit = Unit::None;
        for _ in 0..2 {
            let gap = usize::from(
                matches!(self.byte(self.at), b' ' | b'-') && !matches!(self.byte(self.at + 1), b' ' | b'-'),
            );
            let from = self.at + gap;
            let len = if self.byte(from) == b'%' { 1 } else { word_len(&self.text[from..]) };
            let word = &self.text[from..from + len];
            if unit == Unit::None && number::multiplier(word).is_some() && (gap == 0 || word != "k") {
                factor *= number::multiplier(word).unwrap_or(1.0);
                self.at = from + len;
            } else if let Some((kind, scale)) = number::unit(word).filter(|_| unit == Unit::None && len > 0) {
                // A lone letter is a unit only where it touches its number: `5s`, not `5 s`.
                if len == 1 && gap == 1 && word != "%" && word != "s" {
                    break;
                }
                factor *= scale;
                unit = kind;
                self.at = from + len;
            }
        }
        let version = version.filter(|_| unit == Unit::None && (factor - 1.0).abs() < f64::EPSILON);
        let quantity = Quantity { lo: lo * factor, hi: hi * factor, unit, version };
        self.push(start, self.at, None, Some(quantity), false);
    }
}

/// The bytes of the word at the head of `text`: letters, digits, `_` and inner apostrophes.
fn word_len(text: &str) -> usize {
    let mut len = 0;
    for (at, c) in text.char_indices() {
        let inner = c == '\'' && at > 0 && text[at + 1..].starts_with(char::is_alphabetic);
        if !(c.is_alphanumeric() || c == '_' || inner || is_mark(c)) {
            break;
        }
        len = at + c.len_utf8();
    }
    len
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && unicode_normalization::char::is_combining_mark(c)
}

fn fixed_verb(verb: &str) -> Option<&'static str> {
    ["can", "will", "shall", "is"].into_iter().find(|v| *v == verb)
}
