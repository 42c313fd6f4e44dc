//! Why the words of an answer say of a claim what they do.

use std::collections::BTreeMap;

use super::sums::Sums;
use super::{Feature, LANES, Part, Which, Wording, of_answer, of_tokens};
use crate::domain::text::Text;
use crate::domain::verdict::PatternFound;
use crate::domain::verdict::window::Window;

/// Why the words say of a claim what they do.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// By which classifier.
    pub part: Part,
    /// Over which words.
    pub which: Which,
    /// The window that says most; none where the answer as a whole does.
    pub window: Option<usize>,
    /// What it says.
    pub value: f32,
    /// What a text without any known feature says.
    pub base: f32,
    /// Features as files have them, and what each adds.
    pub adds: Vec<(String, f32)>,
}

/// An answer, and the names of the claims.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its words.
    pub text: &'a Text,
    /// Its windows.
    pub windows: &'a [Window],
    /// The patterns that were found in it.
    pub found: &'a [PatternFound],
    /// What the file of words calls the claims, in order.
    pub claims: &'a [String],
}

impl Wording {
    /// Why the words of an answer say of one claim what they do, by each classifier that has weights: what it says, and what each
    /// feature adds, the largest first.
    #[must_use]
    pub fn why(&self, of: Subject<'_>, claim: usize) -> Vec<Why> {
        self.why_parts(of, &Part::ALL, claim)
    }

    /// The same of what stands beside the claims.
    #[must_use]
    pub fn why_beside(&self, of: Subject<'_>) -> Vec<Why> {
        self.why_parts(of, &[Part::Beside], 0)
    }

    fn why_parts(&self, of: Subject<'_>, parts: &[Part], claim: usize) -> Vec<Why> {
        if self.levels.is_empty() {
            return Vec::new();
        }
        let sums = Sums::new(self, of.text);
        let mut why: Vec<Why> = parts.iter().filter_map(|part| self.why_part(&sums, of, *part, claim)).collect();
        let every = self.every.iter().flat_map(|every| every.why_parts(Subject { found: &[], ..of }, parts, claim));
        why.extend(every);
        why
    }

    fn why_part(&self, sums: &Sums, of: Subject<'_>, part: Part, claim: usize) -> Option<Why> {
        // A table of every word has no columns of windows.
        if part == Part::Window && self.window_lanes == 0 {
            return None;
        }
        let column = self.column(part, claim);
        let base = (*self.base.get(column)?)?;
        let mut adds = BTreeMap::new();
        let window = if part == Part::Window {
            let (window, _) = best(sums, of.windows, claim)?;
            let tokens = &of.windows[window].tokens;
            of_tokens(of.text, self.which, tokens, self.adding(sums.within(tokens).scale(), column, &mut adds));
            Some(window)
        } else {
            of_answer(of.text, self.which, self.adding(sums.whole().1, column, &mut adds));
            self.add_patterns(of, column, &mut adds);
            None
        };
        let value = base + adds.values().sum::<f32>();
        let mut adds: Vec<(String, f32)> = adds.into_iter().filter(|(_, add)| *add != 0.0).collect();
        adds.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        Some(Why { part, which: self.which, window, value, base, adds })
    }

    /// Adds what features say in a column, where a level is worth so much.
    fn adding<'t>(&self, scale: f32, column: usize, adds: &mut BTreeMap<String, f32>) -> impl FnMut(Feature<'t>) {
        move |feature| {
            let level = self.row(feature.key()).map_or(0, |row| row.as_flattened()[column]);
            *adds.entry(feature.to_string()).or_default() += scale * f32::from(level);
        }
    }

    /// Adds what patterns say in a column.
    fn add_patterns(&self, of: Subject<'_>, column: usize, adds: &mut BTreeMap<String, f32>) {
        for (claim, part, row, worth) in self.rows_of_patterns(of.found) {
            let level = self.levels[row..row + self.lanes].as_flattened()[column];
            if let Some(claim) = of.claims.get(claim) {
                adds.insert(Feature::Pattern(part, claim).to_string(), worth * f32::from(level));
            }
        }
    }
}

/// The window that says most of a claim, and what it says beside its base; the first of equal ones.
fn best(sums: &Sums, windows: &[Window], claim: usize) -> Option<(usize, f32)> {
    let value = |window: &Window| {
        let within = sums.within(&window.tokens);
        within.scale() * within.levels(claim / LANES)[claim % LANES] as f32
    };
    let better = |best: (usize, f32), at: (usize, f32)| if at.1 > best.1 { at } else { best };
    windows.iter().map(value).enumerate().reduce(better)
}
