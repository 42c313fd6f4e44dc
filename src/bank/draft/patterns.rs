//! Patterns for the claims of a draft: which words of a claim must come together for it to be made.
//!
//! Names Domain only. The telling words of a claim are those with content, rare among the document's ideal answers
//! before common ones, and words of the question last: an answer that repeats the question says nothing yet. A form
//! of the lexicon stands for all forms of its group. Any two of the most telling words are a pattern: one word alone is no
//! claim, and all of them is more than people say. Each pattern is tried on its own claim, and left out where it does
//! not find it there. To choose otherwise, change [`choose`].

use std::collections::{BTreeMap, BTreeSet};

use super::draft;
use crate::domain::lexicon::{GroupSpan, Language, Lexicon};
use crate::domain::matcher::{Compiler, Matches, Pattern};
use crate::domain::question::Question;
use crate::domain::rubric::Rubric;
use crate::domain::text::Text;
use crate::domain::text::vocabulary::{Vocabulary, stem};

/// The telling words of a claim that patterns are tried with, the most telling first.
const TELLING: usize = 6;
/// The most patterns of a claim.
const PATTERNS: usize = 3;
/// The most groups of the lexicon that stand for one word.
const GROUPS: usize = 2;
/// Words of a negated claim that turn it, beside its own.
const NEGATORS: &str = "not|no|never";
/// What people write for the whole of a short answer.
const SHORT: [(&str, &str); 4] = [
    ("yes", "yes|yep|yeah|indeed|correct|right|true"),
    ("no", "no|nope|not|never|false|wrong"),
    ("true", "true|yes|correct|right"),
    ("false", "false|no|not|wrong"),
];

/// Drafts rubrics for the questions of one document.
#[derive(Debug)]
pub struct Drafter {
    language: Language,
    /// The names of the lexicon's groups, by number.
    groups: Vec<String>,
    /// In how many questions' ideal answers a stem stands.
    spread: BTreeMap<String, usize>,
}

/// A word or a form of the lexicon in a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Telling {
    /// How a pattern writes it.
    step: String,
    /// Whether the question has it.
    is_asked: bool,
    /// In how many ideal answers it stands.
    spread: usize,
    /// Its place in the claim.
    at: usize,
}

impl Drafter {
    /// A drafter that knows the shared words, and how common words are among these questions' ideal answers.
    #[must_use]
    pub fn new(lexicon: &Lexicon, questions: &[Question]) -> Self {
        let language = Language::new(lexicon);
        let groups = lexicon.groups.iter().map(|group| group.name.clone()).collect();
        let mut spread = BTreeMap::new();
        let vocabulary = Vocabulary::new(language.base());
        for question in questions {
            let stems: BTreeSet<String> = question.ideals.iter().flat_map(|ideal| stems(&vocabulary, ideal)).collect();
            for stem in stems {
                *spread.entry(stem).or_insert(0) += 1;
            }
        }
        Self { language, groups, spread }
    }

    /// A draft of the question's rubric, with patterns.
    #[must_use]
    pub fn draft(&self, question: &Question) -> Rubric {
        let mut rubric = draft(&question.ideals);
        self.add_patterns(&question.prompt, &mut rubric);
        rubric
    }

    /// Gives patterns to the concepts of a rubric that have none.
    pub fn add_patterns(&self, prompt: &str, rubric: &mut Rubric) {
        let vocabulary = Vocabulary::new(self.language.base());
        let asked: BTreeSet<String> = stems(&vocabulary, prompt).collect();
        for concept in rubric.concepts.iter_mut().filter(|concept| concept.patterns.is_empty()) {
            concept.patterns = self.patterns(&concept.claim, &asked);
        }
        // A pattern of two claims would tell nothing of either.
        let mut seen = BTreeSet::new();
        for concept in &mut rubric.concepts {
            concept.patterns.retain(|pattern| seen.insert(pattern.source().to_owned()));
        }
    }

    fn patterns(&self, claim: &str, asked: &BTreeSet<String>) -> Vec<Pattern> {
        let telling = self.telling(claim, asked);
        let chosen = if telling.is_empty() { short(claim) } else { choose(telling) };
        chosen.iter().filter_map(|steps| self.tried(claim, steps)).take(PATTERNS).collect()
    }

    /// The telling words of a claim, in its order, each once.
    fn telling(&self, claim: &str, asked: &BTreeSet<String>) -> Vec<Telling> {
        let text = Text::read(claim, &mut &Vocabulary::new(self.language.base()));
        let spans = self.language.groups_in(&text);
        let mut telling: Vec<Telling> = Vec::new();
        let mut at = 0;
        while at < text.tokens.len() {
            let end = spans.iter().filter(|span| usize::from(span.start) == at).map(|span| usize::from(span.end)).max();
            let end = end.unwrap_or(at + 1).max(at + 1);
            let content = || text.tokens[at..end].iter().filter(|token| token.is_content());
            if content().next().is_some() {
                let stems: Vec<String> = content().map(|token| stem(text.word(token))).collect();
                let step = self.step(&spans, at, end).or_else(|| {
                    let token = &text.tokens[at];
                    let is_number = token.quantity.is_some();
                    let source = claim.get(token.start as usize..token.end as usize).unwrap_or_default();
                    let word = if is_number { source } else { text.word(token) };
                    Some(escaped(word)).filter(|word| !word.is_empty())
                });
                let spread = |stem: &String| self.spread.get(stem).copied().unwrap_or(0);
                if let Some(step) = step.filter(|step| telling.iter().all(|known| known.step != *step)) {
                    let is_asked = stems.iter().all(|stem| asked.contains(stem));
                    let spread = stems.iter().map(spread).min().unwrap_or(0);
                    telling.push(Telling { step, is_asked, spread, at });
                }
            }
            at = end;
        }
        telling
    }

    /// The groups of the lexicon whose forms are tokens `at..end`.
    fn step(&self, spans: &[GroupSpan], at: usize, end: usize) -> Option<String> {
        let is_here = |span: &&GroupSpan| usize::from(span.start) == at && usize::from(span.end) == end;
        let names = spans.iter().filter(is_here).filter_map(|span| self.groups.get(usize::from(span.group)));
        let names: BTreeSet<&String> = names.collect();
        let steps: Vec<String> = names.into_iter().take(GROUPS).map(|name| format!("{{{name}}}")).collect();
        Some(steps.join("|")).filter(|steps| !steps.is_empty())
    }

    /// The pattern of these steps, where it finds its own claim; with a negator, where it would find the reverse.
    fn tried(&self, claim: &str, steps: &str) -> Option<Pattern> {
        let negated = || {
            let text = Text::read(claim, &mut &Vocabulary::new(self.language.base()));
            let own = text.tokens.iter().filter(|token| token.negator).map(|token| escaped(text.word(token)));
            let words: BTreeSet<String> = own.chain(NEGATORS.split('|').map(str::to_owned)).collect();
            format!("{} {steps}", words.into_iter().collect::<Vec<_>>().join("|"))
        };
        let plain = Pattern::parse(steps).ok()?;
        if self.find(claim, &plain)? {
            Pattern::parse(&negated()).ok().filter(|pattern| self.find(claim, pattern) == Some(false))
        } else {
            Some(plain)
        }
    }

    /// Whether a pattern finds the reverse of what the text says; nothing where it finds nothing.
    fn find(&self, claim: &str, pattern: &Pattern) -> Option<bool> {
        let mut vocabulary = Vocabulary::new(self.language.base());
        let mut compiler = Compiler::new(&self.language, &mut vocabulary);
        compiler.add(pattern);
        let ready = compiler.finish();
        let text = Text::read(claim, &mut &vocabulary);
        let groups = self.language.groups_in(&text);
        let mut first = None;
        Matches::new(&ready, &text, claim, &groups).each(|_, found| first = first.or(Some(found.opposite)));
        first
    }
}

/// Which words must come together, each as the steps of one pattern, the most telling first.
fn choose(mut telling: Vec<Telling>) -> Vec<String> {
    telling.sort_by_key(|word| (word.is_asked, word.spread, word.at));
    let own = telling.iter().filter(|word| !word.is_asked).count().min(TELLING);
    let joined = |words: &mut [&Telling]| {
        words.sort_by_key(|word| word.at);
        words.iter().map(|word| word.step.as_str()).collect::<Vec<_>>().join(" ")
    };
    match own {
        // The claim repeats the question: only several of its words together may count.
        0 => vec![joined(&mut telling.iter().take(PATTERNS).collect::<Vec<_>>())],
        1 => vec![joined(&mut telling.iter().take(2).collect::<Vec<_>>())],
        _ => {
            let mut pairs: Vec<_> = (0..own).flat_map(|a| (a + 1..own).map(move |b| (a, b))).collect();
            pairs.sort_by_key(|(a, b)| (a + b, *a));
            pairs.into_iter().map(|(a, b)| joined(&mut [&telling[a], &telling[b]])).collect()
        }
    }
}

/// The pattern of a claim without a word of content: "Yes", "No".
fn short(claim: &str) -> Vec<String> {
    let word = claim.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    SHORT.iter().filter(|(known, _)| *known == word).map(|(_, steps)| (*steps).to_owned()).collect()
}

/// The stems of a text's words with content.
fn stems<'t>(vocabulary: &'t Vocabulary, text: &'t str) -> impl Iterator<Item = String> + 't {
    let read = Text::read(text, &mut &*vocabulary);
    let stems: Vec<String> =
        read.tokens.iter().filter(|token| token.is_content()).map(|token| stem(read.word(token))).collect();
    stems.into_iter()
}

/// A word as a pattern writes it.
fn escaped(word: &str) -> String {
    let means = |c: char| c.is_whitespace() || matches!(c, '|' | '"' | '{' | '}' | '\\' | '=' | '!' | '>' | '*');
    word.chars().flat_map(|c| means(c).then_some('\\').into_iter().chain([c])).collect()
}
