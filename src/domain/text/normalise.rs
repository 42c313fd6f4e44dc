//! From the source's characters to a normal form whose bytes know where they came from.
//!
//! NFKC, lower case, typographic quotes and dashes made plain, invisible characters dropped.
//! Normalising twice is the same as normalising once.

use unicode_normalization::UnicodeNormalization as _;

/// A text in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normal {
    /// The text.
    pub text: String,
    /// For each byte of `text` the source's byte where its character begins, and the source's length at the end;
    /// `None` where both have the same bytes' places (ASCII).
    origin: Option<Vec<u32>>,
}

impl Normal {
    /// Normalises `source`.
    #[must_use]
    pub fn new(source: &str) -> Self {
        if source.is_ascii() {
            return Self { text: source.to_ascii_lowercase(), origin: None };
        }
        let mut text = String::with_capacity(source.len());
        let mut origin = Vec::with_capacity(source.len() + 1);
        for (start, run) in runs(source) {
            if run.is_ascii() {
                text.push_str(run);
                text[origin.len()..].make_ascii_lowercase();
                origin.extend((0..run.len()).map(|i| (start + i) as u32));
            } else {
                push_run(start, run, &mut text, &mut origin);
            }
        }
        origin.push(source.len() as u32);
        Self { text, origin: Some(origin) }
    }

    /// The source's byte where the character at byte `at` of the normal form begins.
    #[must_use]
    pub fn source_start(&self, at: usize) -> usize {
        self.origin.as_ref().map_or(at, |origin| origin.get(at).map_or(at, |&o| o as usize))
    }

    /// The source's byte where what ends at byte `end` (exclusive) of the normal form ends.
    #[must_use]
    pub fn source_end(&self, end: usize) -> usize {
        let Some(origin) = &self.origin else { return end };
        let last = end.saturating_sub(1);
        let from = origin.get(last).copied().unwrap_or_default();
        // The next byte that comes from elsewhere tells where this character's source ends.
        let next = origin[last..].iter().find(|&&o| o > from).or(origin.last());
        next.map_or(end, |&o| o as usize)
    }
}

/// Cuts `source` into runs of ASCII and of the rest, so that marks stay with what they modify.
fn runs(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = source.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let plain = bytes.get(start)?.is_ascii();
        while at < bytes.len() && bytes[at].is_ascii() == plain {
            at += 1;
        }
        // A combining mark belongs to the ASCII letter before it.
        if plain && at < bytes.len() && at > start && source[at..].chars().next().is_some_and(is_mark) {
            at -= 1;
            if at == start {
                at += 1;
                while at < bytes.len() && !bytes[at].is_ascii() {
                    at += 1;
                }
            }
        }
        Some((start, &source[start..at]))
    })
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{02bc}' | '\u{ff07}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}' | '\u{2011}' | '\u{2212}' => '-',
        c => c,
    }
}

fn push_run(start: usize, run: &str, text: &mut String, origin: &mut Vec<u32>) {
    let whole = fixpoint(run);
    let mut by_char = String::with_capacity(whole.len());
    let mut places = Vec::with_capacity(whole.len());
    for (offset, c) in run.char_indices() {
        let from = by_char.len();
        by_char.push_str(&fixpoint(c.encode_utf8(&mut [0; 4])));
        places.resize(by_char.len(), (start + offset) as u32);
        debug_assert!(from <= by_char.len());
    }
    if by_char == whole {
        text.push_str(&by_char);
        origin.extend(places);
    } else {
        // Characters combine: the run's normal form stands for the run as a whole.
        text.push_str(&whole);
        origin.resize(text.len(), start as u32);
    }
}

/// Normalises until nothing changes; three passes are enough for every case known.
fn fixpoint(run: &str) -> String {
    let pass = |s: &str| -> String {
        s.chars()
            .filter(|c| !is_invisible(*c))
            .map(plain)
            .nfkc()
            .flat_map(char::to_lowercase)
            .map(plain)
            .nfkc()
            .collect()
    };
    let mut now = pass(run);
    for _ in 0..3 {
        let next = pass(&now);
        if next == now {
            break;
        }
        now = next;
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::ascii("Runtime.GC()", "runtime.gc()")]
    #[case::typographic_quotes("don’t “stop”", "don't \"stop\"")]
    #[case::ligature_and_width("ﬁnalizer ＧＣ", "finalizer gc")]
    #[case::zero_width("go\u{200b}exit", "goexit")]
    #[case::decomposed("cafe\u{301}", "café")]
    #[case::ellipsis("wait…", "wait...")]
    fn normalises(#[case] source: &str, #[case] expected: &str) {
        assert_eq!(Normal::new(source).text, expected);
    }

    #[test]
    fn offsets_lead_back_to_the_source() {
        let source = "it’s ﬁne → ok";
        let normal = Normal::new(source);
        let at = normal.text.find("fine").unwrap();
        let (start, end) = (normal.source_start(at), normal.source_end(at + 4));
        assert_eq!(&source[start..end], "ﬁne");
    }

    proptest! {
        #[test]
        fn is_idempotent(source in any::<String>()) {
            let once = Normal::new(&source).text;
            prop_assert_eq!(Normal::new(&once).text, once);
        }

        #[test]
        fn every_span_is_a_span_of_the_source(source in any::<String>()) {
            let normal = Normal::new(&source);
            let mut at = 0;
            for c in normal.text.chars() {
                let (start, end) = (normal.source_start(at), normal.source_end(at + c.len_utf8()));
                prop_assert!(start <= end && source.get(start..end).is_some(), "{start}..{end}");
                at += c.len_utf8();
            }
        }
    }
}
