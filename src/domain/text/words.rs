//! Closed classes of English words: they belong to the language, not to a field, so they stand here and not in the lexicon.
//!
//! To add a word: put it into its list, keep the list sorted; a test checks the order. To add a class: its list, its bit in
//! [`Classes`], both in `LISTS`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Words that a question begins with.
const ASKS: &[&str] = &[
    "am", "are", "can", "could", "did", "do", "does", "had", "has", "have", "how", "is", "may", "might", "must",
    "shall", "should", "was", "were", "what", "when", "where", "whether", "which", "who", "whom", "whose", "why",
    "will", "would",
];

/// Words without content of their own.
const STOP: &[&str] = &[
    "a",
    "about",
    "above",
    "actually",
    "after",
    "again",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "back",
    "basically",
    "be",
    "because",
    "been",
    "being",
    "but",
    "by",
    "can",
    "could",
    "did",
    "do",
    "does",
    "doing",
    "done",
    "each",
    "else",
    "etc",
    "even",
    "ever",
    "every",
    "far",
    "few",
    "for",
    "from",
    "get",
    "gets",
    "getting",
    "go",
    "goes",
    "going",
    "got",
    "had",
    "has",
    "have",
    "having",
    "he",
    "her",
    "here",
    "his",
    "hmm",
    "how",
    "however",
    "i",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "itself",
    "just",
    "kind",
    "let",
    "like",
    "lot",
    "made",
    "make",
    "makes",
    "making",
    "many",
    "may",
    "me",
    "might",
    "more",
    "most",
    "much",
    "must",
    "my",
    "now",
    "of",
    "off",
    "ok",
    "okay",
    "on",
    "one",
    "only",
    "onto",
    "or",
    "other",
    "our",
    "out",
    "over",
    "own",
    "per",
    "quite",
    "rather",
    "really",
    "s",
    "same",
    "she",
    "should",
    "simply",
    "since",
    "so",
    "some",
    "still",
    "such",
    "t",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "things",
    "this",
    "those",
    "though",
    "to",
    "too",
    "up",
    "us",
    "use",
    "used",
    "uses",
    "using",
    "very",
    "via",
    "was",
    "way",
    "we",
    "well",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whole",
    "whose",
    "why",
    "will",
    "with",
    "would",
    "yes",
    "yet",
    "you",
    "your",
];

/// Words without much content that still tell claims apart: "only that goroutine", "all of them", "until then".
const QUANTIFIERS: &[&str] = &[
    "after", "all", "any", "each", "every", "few", "itself", "many", "more", "most", "much", "one", "only", "other",
    "own", "same", "since", "some", "still", "whole", "yes",
];

/// Words between the words of a lexicon form: articles, auxiliaries, weak adverbs.
const GLUE: &[&str] = &[
    "a", "all", "also", "an", "any", "are", "at", "be", "been", "being", "do", "does", "get", "gets", "getting", "is",
    "it", "its", "just", "of", "our", "own", "simply", "that", "the", "their", "this", "to", "was", "were", "will",
    "your",
];

/// Words that turn what follows in their clause.
const NEGATORS: &[&str] = &[
    "barely", "cannot", "hardly", "neither", "never", "no", "nobody", "none", "noone", "nor", "not", "nothing",
    "nowhere", "without",
];

/// Negators that, standing after a verb, turn what precedes as well: "it runs none of them".
const NEGATIVE_PRONOUNS: &[&str] = &["nobody", "none", "noone", "nothing", "nowhere"];

/// Words that open a clause which says the contrary of, or something else than, the one before.
const CONTRAST: &[&str] = &["although", "but", "however", "though", "unlike", "whereas", "while", "yet"];

/// Words that open a dependent clause.
const SUBORDINATE: &[&str] = &[
    "because",
    "except",
    "hence",
    "if",
    "once",
    "otherwise",
    "since",
    "so",
    "therefore",
    "thus",
    "unless",
    "until",
    "when",
    "whenever",
    "where",
    "which",
    "who",
];

/// Words that open a condition: behind them nothing is asserted.
const CONDITIONS: &[&str] = &["if", "once", "unless", "when", "whenever", "whether"];

/// Contractions that people write without their apostrophe, with their parts.
const BARE_CONTRACTIONS: &[(&str, &str)] = &[
    ("aint", "is"),
    ("arent", "are"),
    ("cant", "can"),
    ("couldnt", "could"),
    ("didnt", "did"),
    ("doesnt", "does"),
    ("dont", "do"),
    ("hadnt", "had"),
    ("hasnt", "has"),
    ("havent", "have"),
    ("isnt", "is"),
    ("mustnt", "must"),
    ("neednt", "need"),
    ("shouldnt", "should"),
    ("wasnt", "was"),
    ("werent", "were"),
    ("wont", "will"),
    ("wouldnt", "would"),
];

/// The classes that a word belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Classes(u8);

const LISTS: [(u8, &[&str]); 7] = [
    (Classes::STOP, STOP),
    (Classes::QUANTIFIER, QUANTIFIERS),
    (Classes::GLUE, GLUE),
    (Classes::NEGATOR, NEGATORS),
    (Classes::NEGATIVE_PRONOUN, NEGATIVE_PRONOUNS),
    (Classes::CONTRAST, CONTRAST),
    (Classes::SUBORDINATE, SUBORDINATE),
];

static CLASSES: LazyLock<FxHashMap<&str, Classes>> = LazyLock::new(|| {
    let mut all: FxHashMap<&str, Classes> = FxHashMap::default();
    for (class, list) in LISTS {
        for word in list {
            all.entry(word).or_default().0 |= class;
        }
    }
    all
});

impl Classes {
    const STOP: u8 = 1;
    const QUANTIFIER: u8 = 1 << 1;
    const GLUE: u8 = 1 << 2;
    const NEGATOR: u8 = 1 << 3;
    const NEGATIVE_PRONOUN: u8 = 1 << 4;
    const CONTRAST: u8 = 1 << 5;
    const SUBORDINATE: u8 = 1 << 6;

    /// The classes of a lower-case word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        CLASSES.get(word).copied().unwrap_or_default()
    }

    /// Whether the word has no content of its own.
    #[must_use]
    pub fn is_stop(self) -> bool {
        self.0 & Self::STOP != 0
    }

    /// Whether the word, without much content, still tells claims apart.
    #[must_use]
    pub fn is_quantifier(self) -> bool {
        self.0 & Self::QUANTIFIER != 0
    }

    /// Whether the word may stand between the words of a lexicon form.
    #[must_use]
    pub fn is_glue(self) -> bool {
        self.0 & Self::GLUE != 0
    }

    /// Whether the word turns what follows.
    #[must_use]
    pub fn is_negator(self) -> bool {
        self.0 & Self::NEGATOR != 0
    }

    /// Whether the word, as an object, turns what precedes.
    #[must_use]
    pub fn is_negative_pronoun(self) -> bool {
        self.0 & Self::NEGATIVE_PRONOUN != 0
    }

    /// Whether the word opens a contrasting clause.
    #[must_use]
    pub fn is_contrast(self) -> bool {
        self.0 & Self::CONTRAST != 0
    }

    /// Whether the word opens a dependent clause.
    #[must_use]
    pub fn is_subordinate(self) -> bool {
        self.0 & Self::SUBORDINATE != 0
    }
}

/// The verb of a contraction with `not`: of `doesn't`, `doesnt` and `cannot`.
#[must_use]
pub fn negated_verb(word: &str) -> Option<&str> {
    // Every word is asked, and all of these end alike.
    if !word.ends_with('t') {
        return None;
    }
    if let Some(stem) = word.strip_suffix("n't") {
        return Some(match stem {
            "ca" => "can",
            "wo" => "will",
            "sha" => "shall",
            "ai" => "is",
            other => other,
        });
    }
    if word == "cannot" {
        return Some("can");
    }
    let at = BARE_CONTRACTIONS.binary_search_by_key(&word, |(bare, _)| bare).ok()?;
    Some(BARE_CONTRACTIONS[at].1)
}

/// Whether a word opens a condition.
#[must_use]
pub fn opens_condition(word: &str) -> bool {
    CONDITIONS.binary_search(&word).is_ok()
}

/// Whether a clause that begins with this word and ends in a question mark asks something.
#[must_use]
pub fn asks(word: &str) -> bool {
    ASKS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for (_, list) in LISTS {
            assert!(list.is_sorted(), "{list:?}");
        }
        assert!(BARE_CONTRACTIONS.is_sorted() && ASKS.is_sorted() && CONDITIONS.is_sorted());
    }

    #[test]
    fn contractions_have_a_verb() {
        assert_eq!(negated_verb("doesn't"), Some("does"));
        assert_eq!(negated_verb("wont"), Some("will"));
        assert_eq!(negated_verb("cannot"), Some("can"));
        assert_eq!(negated_verb("want"), None);
    }
}
