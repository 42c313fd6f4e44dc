//! Spelling slips: which word of the question's own vocabulary somebody meant.
//!
//! One edit (letters swapped, doubled, dropped or mistaken) in words of four to seven letters, two in longer ones,
//! measured by strsim's optimal string alignment. Only for words that are not words themselves.

use super::vocabulary::Term;

#[derive(Debug, Clone)]
struct Entry {
    form: Box<str>,
    term: Term,
    letters: u32,
}

/// The words that a slip may stand for.
#[derive(Debug, Clone, Default)]
pub struct Speller {
    /// By length, so that a look-up reads three or five lists.
    by_len: Vec<Vec<Entry>>,
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
            self.by_len.resize_with(form.len() + 1, Vec::new);
        }
        self.by_len[form.len()].push(Entry { form: form.into(), term, letters: letters(form) });
    }

    /// The word that `slip` most likely stands for, if any is near enough.
    #[must_use]
    pub fn correct(&self, slip: &str) -> Option<Term> {
        if !is_plain(slip) {
            return None;
        }
        let allowed = edits_allowed(slip.len());
        let set = letters(slip);
        let mut best: Option<(usize, bool, &Entry)> = None;
        let lens = slip.len().saturating_sub(allowed)..=slip.len() + allowed;
        for entry in lens.filter_map(|len| self.by_len.get(len)).flatten() {
            // Each edit changes at most one letter of either word's set.
            if (entry.letters ^ set).count_ones() as usize > 2 * allowed || edits_allowed(entry.form.len()) < allowed {
                continue;
            }
            let edits = strsim::osa_distance(slip, &entry.form);
            let other_head = entry.form.as_bytes()[0] != slip.as_bytes()[0];
            // Short words differ by a letter too often: `beach` is no slip of `reach`.
            if edits > allowed || other_head && (edits > 1 || slip.len() < 6) {
                continue;
            }
            let rank = (edits, other_head, entry);
            if best.is_none_or(|b| (rank.0, rank.1, &rank.2.form) < (b.0, b.1, &b.2.form)) {
                best = Some(rank);
            }
        }
        best.map(|(_, _, entry)| entry.term)
    }
}
