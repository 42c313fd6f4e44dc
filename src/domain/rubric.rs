//! A rubric: the claims of a good answer to one question, and how people make them.

use std::borrow::Cow;
use std::sync::Arc;

use super::id::ConceptId;
use super::matcher::Pattern;
use super::text::Text;
use super::text::number::Quantity;
use super::text::vocabulary::Vocabulary;

/// Whether a person has written the rubric or a program has drafted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Written or approved by a person.
    Ready,
    /// Drafted from an ideal answer; grades say so.
    Draft,
}

/// How much of the core is full marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// Every core concept.
    All,
    /// The weight of this many of the heaviest core concepts.
    Any(usize),
}

/// One atomic claim that a good answer makes.
#[derive(Debug, Clone)]
pub struct Concept {
    /// Its id within the rubric.
    pub id: ConceptId,
    /// The claim as a sentence. Valid on its own, without patterns or phrases.
    pub claim: String,
    /// What it is worth beside the others, 1 to 10.
    pub weight: u32,
    /// A bonus concept adds to the coverage and never costs anything.
    pub bonus: bool,
    /// A question that leads a candidate to it without giving it away.
    pub hint: Option<String>,
    /// For reviewers only.
    pub note: Option<String>,
    /// Numbers and identifiers that it turns on: a sentence that names others in their place does not make it.
    pub turns_on: Vec<Mark>,
    /// Patterns that tie words of an answer to it.
    pub patterns: Vec<Pattern>,
    /// Patterns that show that its reverse is asserted.
    pub opposites: Vec<Pattern>,
}

/// A number or an identifier that a claim turns on.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    source: String,
    number: Option<Quantity>,
}

impl Mark {
    /// Reads one number (`1.19`, `90 %`, `10k`) or one identifier (`GOMEMLIMIT`, `runtime.NumCPU`); nothing for anything else.
    #[must_use]
    pub fn parse(source: &str) -> Option<Self> {
        let text = Text::read(source, &mut Vocabulary::new(Arc::default()));
        let (last, before) = text.tokens.split_last()?;
        let alone = before.iter().skip(1).chain(Some(last)).all(|t| t.joined) || before.is_empty();
        let one = match last.quantity {
            Some(_) => before.is_empty(),
            None => alone && !last.stop,
        };
        one.then(|| Self { source: source.to_owned(), number: last.quantity })
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its value, for a number.
    #[must_use]
    pub fn number(&self) -> Option<Quantity> {
        self.number
    }
}

/// A wrong claim that costs points when it is asserted.
#[derive(Debug, Clone)]
pub struct Misconception {
    /// Its id within the rubric.
    pub id: ConceptId,
    /// The wrong claim as a sentence.
    pub claim: String,
    /// For reviewers only.
    pub note: Option<String>,
    /// Patterns that show that it is asserted.
    pub patterns: Vec<Pattern>,
}

/// What a phrase belongs to: an index into the rubric's concepts or misconceptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The concept at this index.
    Concept(usize),
    /// The misconception at this index.
    Misconception(usize),
    /// None of them: the phrase makes none of the question's claims.
    None,
}

/// What a phrase does with the claim that it is filed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// It makes the claim.
    Paraphrase,
    /// It makes half of the claim.
    Half,
    /// It asserts the reverse or a swapped version.
    Opposite,
    /// The same words without the claim; for a misconception, the correct statement.
    Contrast,
}

impl Label {
    /// All labels with the sign that marks them in a phrases file.
    pub const SIGNS: [(Self, char); 4] =
        [(Self::Paraphrase, '+'), (Self::Half, '~'), (Self::Opposite, 'x'), (Self::Contrast, '-')];

    /// The sign that marks it in a phrases file.
    #[must_use]
    pub fn sign(self) -> char {
        Self::SIGNS.iter().find(|(label, _)| *label == self).map_or('?', |(_, sign)| *sign)
    }
}

/// A piece of an answer as people write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// What it is filed under.
    pub target: Target,
    /// What it does with that claim.
    pub label: Label,
    /// Its words. Those of compiled-in files stay where they are.
    pub text: Cow<'static, str>,
    /// Who wrote it, as a number within the file: phrases of one hand are alike.
    pub hand: u8,
}

/// A test that the rubric carries: an answer and what must be found in it.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// The answer.
    pub answer: String,
    /// Concepts that must be credited (`hit` or `partial` of at least one half).
    pub hit: Vec<ConceptId>,
    /// Concepts that must not be credited.
    pub missed: Vec<ConceptId>,
    /// Concepts that must be contradicted.
    pub contradicted: Vec<ConceptId>,
    /// Misconceptions that must be found.
    pub misconceptions: Vec<ConceptId>,
    /// The line of the file where it begins, for messages; 0 where it has none.
    pub line: usize,
}

/// The rubric of one question.
#[derive(Debug, Clone)]
pub struct Rubric {
    /// Whether a person stands behind it.
    pub status: Status,
    /// How much is full marks.
    pub full: Full,
    /// The claims, in the rubric's order.
    pub concepts: Vec<Concept>,
    /// The wrong claims.
    pub misconceptions: Vec<Misconception>,
    /// Its own tests.
    pub examples: Vec<Example>,
    /// Phrases by several hands.
    pub phrases: Vec<Phrase>,
}

impl Rubric {
    /// The names by which a file of words knows the claims: ids, those of misconceptions after `!`.
    #[must_use]
    pub fn claim_names(&self) -> Vec<String> {
        let concepts = self.concepts.iter().map(|concept| concept.id.to_string());
        concepts.chain(self.misconceptions.iter().map(|wrong| format!("!{}", wrong.id))).collect()
    }

    /// The hands that wrote its phrases, each once, in order.
    #[must_use]
    pub fn hands(&self) -> Vec<u8> {
        let mut hands: Vec<u8> = self.phrases.iter().map(|phrase| phrase.hand).collect();
        hands.sort_unstable();
        hands.dedup();
        hands
    }

    /// Takes all patterns away.
    pub fn clear_patterns(&mut self) {
        for concept in &mut self.concepts {
            concept.patterns.clear();
            concept.opposites.clear();
        }
        self.misconceptions.iter_mut().for_each(|m| m.patterns.clear());
    }

    /// The weight that is full marks: the core's sum, or for "any N" that of the N heaviest.
    #[must_use]
    pub fn full_weight(&self) -> u32 {
        let mut core: Vec<u32> = self.concepts.iter().filter(|c| !c.bonus).map(|c| c.weight).collect();
        core.sort_unstable_by(|a, b| b.cmp(a));
        match self.full {
            Full::All => core.iter().sum(),
            Full::Any(n) => core.iter().take(n).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::version("1.19", true, true)]
    #[case::share("90 %", true, true)]
    #[case::count("10k", true, true)]
    #[case::size("1 GB", true, true)]
    #[case::variable("GOMEMLIMIT", true, false)]
    #[case::qualified("runtime.NumCPU", true, false)]
    #[case::nothing("", false, false)]
    #[case::words("soft limit", false, false)]
    #[case::two_numbers("1.19 1.20", false, false)]
    #[case::a_number_and_a_word("Go 1.19", false, false)]
    #[case::no_content("the", false, false)]
    fn a_mark_is_one_number_or_one_identifier(#[case] text: &str, #[case] is_mark: bool, #[case] is_number: bool) {
        let mark = Mark::parse(text);
        assert_eq!(mark.is_some(), is_mark, "{mark:?}");
        assert_eq!(mark.and_then(|m| m.number()).is_some(), is_number);
    }
}
