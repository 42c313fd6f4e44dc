//! Spelling slips: which word of the question's own vocabulary somebody meant.
//!
//! One edit (letters swapped, doubled, dropped or mistaken) in words of four to seven letters, two in longer ones,
//! measured by strsim's optimal string alignment. Only for words that are not words themselves.

use super::vocabulary::Term;

/// The words of one length.
#[derive(Debug, Clone, Default)]
struct Words {
    /// One after the other.
    forms: String,
    /// For each, its term and its letters as a set.
    entries: Vec<(Term, u32)>,
}

/// The words that a slip may stand for.
#[derive(Debug, Clone, Default)]
pub struct Speller {
    /// By length, so that a look-up reads three or five lists.
    by_len: Vec<Words>,
}

const SHORTEST: usize = 4;
const LONGEST: usize = 24;

fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |set, b| set | 1 << (b.wrapping_sub(b'a') & 31))
}

fn edits_allowed(len: usize) -> usize {
    if len < 8 { 1 } else { 2 }
}

fn is_plain(word: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase())
}

impl Speller {
    /// Adds a word that may be meant.
    pub fn add(&mut self, form: &str, term: Term) {
        if !is_plain(form) {
            return;
        }
        if self.by_len.len() <= form.len() {
            self.by_len.resize_with(form.len() + 1, Words::default);
        }
        let words = &mut self.by_len[form.len()];
        words.forms.push_str(form);
        words.entries.push((term, letters(form)));
    }

    /// The word that `slip` most likely stands for, if any is near enough.
    #[must_use]
    pub fn correct(&self, slip: &str) -> Option<Term> {
        if !is_plain(slip) {
            return None;
        }
        let allowed = edits_allowed(slip.len());
        let set = letters(slip);
        let mut best: Option<((usize, bool, &str), Term)> = None;
        for len in slip.len().saturating_sub(allowed)..=slip.len() + allowed {
            let Some(words) = self.by_len.get(len).filter(|_| edits_allowed(len) >= allowed) else { continue };
            for (at, (term, known)) in words.entries.iter().enumerate() {
                // Each edit changes at most one letter of either word's set.
                if (known ^ set).count_ones() as usize > 2 * allowed {
                    continue;
                }
                let form = &words.forms[at * len..(at + 1) * len];
                let edits = strsim::osa_distance(slip, form);
                let other_head = form.as_bytes()[0] != slip.as_bytes()[0];
                // Short words differ by a letter too often: `beach` is no slip of `reach`.
                if edits > allowed || other_head && (edits > 1 || slip.len() < 6) {
                    continue;
                }
                let rank = (edits, other_head, form);
                if best.is_none_or(|(least, _)| rank < least) {
                    best = Some((rank, *term));
                }
            }
        }
        best.map(|(_, term)| term)
    }
}
