//! The words of the field, shared by all rubrics: what means the same, what points in opposite
//! directions, and which words are spelt right as they stand.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::text::Text;
use super::text::vocabulary::{Base, Term, Vocabulary};
use super::text::words::Classes;

/// Forms that are interchangeable when somebody makes a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The name that patterns use, as in `{stw}`.
    pub name: String,
    /// One word or several side by side, lower case.
    pub forms: Vec<String>,
}

/// Two sets of words that point in opposite directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opposite {
    /// One direction.
    pub a: Vec<String>,
    /// The other.
    pub b: Vec<String>,
}

/// The lexicon as its file gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// Words that mean the same.
    pub groups: Vec<Group>,
    /// Words that point in opposite directions.
    pub opposites: Vec<Opposite>,
    /// Correct words that are never taken for slips.
    pub known: Vec<String>,
}

/// Where a form of a group occurs: tokens `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupSpan {
    /// The group's number.
    pub group: u16,
    /// First token.
    pub start: u16,
    /// One past the last token.
    pub end: u16,
}

/// The lexicon, compiled: what reading needs.
#[derive(Debug, Clone, Default)]
pub struct Language {
    base: Arc<Base>,
    names: FxHashMap<String, u16>,
    /// Forms by their first word's term: the terms of the further words, and the group.
    forms: FxHashMap<Term, Vec<(Vec<Term>, u16)>>,
    /// The pair and side of a word that has a direction.
    directions: FxHashMap<Term, (u8, bool)>,
}

/// The most pairs of opposites that count: a text's directions are a set of bits.
pub const MAX_OPPOSITES: usize = 64;

/// The most words between two words of a form that are passed over.
const MAX_GLUE: usize = 2;

fn form_words(form: &str) -> impl Iterator<Item = String> {
    let vocabulary = Vocabulary::new(Arc::new(Base::default()));
    let text = Text::read(form, &mut &vocabulary);
    let words: Vec<String> = text.tokens.iter().map(|t| text.word(t).to_owned()).collect();
    words.into_iter()
}

impl Language {
    /// Compiles a lexicon.
    #[must_use]
    pub fn new(lexicon: &Lexicon) -> Self {
        let forms: Vec<(u16, Vec<String>)> = lexicon
            .groups
            .iter()
            .enumerate()
            .flat_map(|(n, g)| g.forms.iter().map(move |f| (n as u16, form_words(f).collect::<Vec<_>>())))
            .collect();
        let sides = lexicon.opposites.iter().take(MAX_OPPOSITES).enumerate();
        let sides: Vec<(&String, u8, bool)> = sides
            .flat_map(|(n, o)| {
                o.a.iter().map(move |w| (w, n as u8, false)).chain(o.b.iter().map(move |w| (w, n as u8, true)))
            })
            .collect();
        let all =
            forms.iter().flat_map(|(_, ws)| ws.iter()).chain(sides.iter().map(|(w, _, _)| *w)).chain(&lexicon.known);
        let base = Arc::new(Base::new(all.map(String::as_str)));
        let vocabulary = Vocabulary::new(base.clone());
        let term = |word: &String| vocabulary.find(word, false).term;
        let mut language = Self { base, ..Self::default() };
        language.names = lexicon.groups.iter().enumerate().map(|(n, g)| (g.name.clone(), n as u16)).collect();
        for (group, words) in &forms {
            // A form that would shrink to one common word ("at once", "own thread") keeps its glue.
            let solid = words.iter().filter(|w| !Classes::of(w).is_glue()).count();
            let content: Vec<Term> =
                words.iter().filter(|w| solid < 2 || !Classes::of(w).is_glue()).map(term).collect();
            if let Some((first, rest)) = content.split_first() {
                language.forms.entry(*first).or_default().push((rest.to_vec(), *group));
            }
        }
        for (word, pair, side) in sides {
            language.directions.entry(term(word)).or_insert((pair, side));
        }
        language
    }

    /// The lexicon's words, to begin a question's vocabulary with.
    #[must_use]
    pub fn base(&self) -> Arc<Base> {
        self.base.clone()
    }

    /// The number of the group of that name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<u16> {
        self.names.get(name).copied()
    }

    /// Whether the word alone is a form of some group.
    #[must_use]
    pub fn is_grouped(&self, term: Term) -> bool {
        self.forms.get(&term).is_some_and(|forms| forms.iter().any(|(rest, _)| rest.is_empty()))
    }

    /// The pair and side of a word that has a direction.
    #[must_use]
    pub fn direction(&self, term: Term) -> Option<(u8, bool)> {
        self.directions.get(&term).copied()
    }

    /// Every form of every group that occurs in `text`, in order.
    #[must_use]
    pub fn groups_in(&self, text: &Text) -> Vec<GroupSpan> {
        let mut spans = Vec::new();
        for (at, token) in text.tokens.iter().enumerate().take(usize::from(u16::MAX)) {
            for (rest, group) in self.forms.get(&token.term).into_iter().flatten() {
                if let Some(end) = follow(text, at + 1, rest) {
                    let span = GroupSpan { group: *group, start: at as u16, end: end as u16 };
                    if spans.last() != Some(&span) {
                        spans.push(span);
                    }
                }
            }
        }
        spans
    }
}

/// Where the words `rest` end that follow token `from`, passing over glue.
fn follow(text: &Text, from: usize, rest: &[Term]) -> Option<usize> {
    let mut at = from;
    for term in rest {
        let gap =
            text.tokens[at..].iter().take(MAX_GLUE).take_while(|t| t.term != *term && t.classes.is_glue()).count();
        at += gap;
        if text.tokens.get(at)?.term != *term {
            return None;
        }
        at += 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_found_in_any_inflection_and_over_glue() {
        let forms = vec!["stop the world".into(), "world stop".into(), "stw".into()];
        let lexicon = Lexicon { groups: vec![Group { name: "stw".into(), forms }], ..Lexicon::default() };
        let language = Language::new(&lexicon);
        let vocabulary = Vocabulary::new(language.base());
        let count = |answer: &str| language.groups_in(&Text::read(answer, &mut &vocabulary)).len();
        assert_eq!(count("It stops the world."), 1);
        assert_eq!(count("The world is being stopped; STW"), 2);
        assert_eq!(count("It stops the goroutine in this world."), 0);
    }
}
