//! Mutation testing for rubrics: answers that must lose, and answers that must not.
//!
//! From each question's ideal answers, and its examples that grade as well, [`losing`] makes answers that no longer make a
//! claim, and [`keeping`] ones that make the same claims in other clothes. A rubric that does not notice the former,
//! or falls for the latter, has a survivor. Nothing is left to chance: the same banks give the same mutants.
//!
//! To add a mutation: a variant of [`Kind`] with its name and meaning, a function from a [`Base`] to its mutants in
//! [`losing`] or [`keeping`], and a row in the tests there.

mod base;
mod identifiers;
mod keeping;
mod losing;
mod words;

use serde::Serialize;

use super::fit::parallel;
use super::metrics::ratio;
use super::run::Seen;
use crate::domain::id::ConceptId;
use crate::grader::{Grader, QuestionRef};
use base::{Base, bases};

/// The credit from which a concept counts as found.
const CREDITED: f64 = 0.5;
/// By how much the score of an answer that makes the same claims may fall.
const MAY_FALL: f64 = 0.15;

/// What is done to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The one sentence that makes a claim is left out.
    Dropped,
    /// The verb of the one clause that makes a claim is negated.
    Negated,
    /// The sentence that makes a claim stands under "It is not true that".
    Denied,
    /// A number or version that the claim names is another one.
    Number,
    /// An identifier that the claim names is another one of its sort.
    Identifier,
    /// All words, in an order that says nothing.
    Shuffled,
    /// The words of all answers as a bare list.
    Stuffed,
    /// The question in place of an answer.
    Prompt,
    /// A form of a lexicon group in place of another.
    Synonym,
    /// `B and A` in place of `A and B`.
    Reversed,
    /// A list in place of prose, or prose in place of a list.
    Markdown,
    /// Two letters change places in every long word that is no term of the field.
    Typos,
    /// Every word begins with a capital.
    Capitals,
    /// Thanks before it, and hopes after it.
    Polite,
}

impl Kind {
    /// All kinds: first those that must lose, then those that must not.
    pub const ALL: [Self; 14] = [
        Self::Dropped,
        Self::Negated,
        Self::Denied,
        Self::Number,
        Self::Identifier,
        Self::Shuffled,
        Self::Stuffed,
        Self::Prompt,
        Self::Synonym,
        Self::Reversed,
        Self::Markdown,
        Self::Typos,
        Self::Capitals,
        Self::Polite,
    ];

    /// The kind's name in lists and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Negated => "negated",
            Self::Denied => "denied",
            Self::Number => "number",
            Self::Identifier => "identifier",
            Self::Shuffled => "shuffled",
            Self::Stuffed => "stuffed",
            Self::Prompt => "prompt",
            Self::Synonym => "synonym",
            Self::Reversed => "reversed",
            Self::Markdown => "markdown",
            Self::Typos => "typos",
            Self::Capitals => "capitals",
            Self::Polite => "polite",
        }
    }

    /// What is done, for people.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Dropped => "the one sentence that makes the claim is left out",
            Self::Negated => "the verb of the one clause that makes the claim is negated",
            Self::Denied => "the sentence that makes the claim stands under “It is not true that”",
            Self::Number => "a number or version that the claim names is another one",
            Self::Identifier => "an identifier that the claim names is another one",
            Self::Shuffled => "all words, in an order that says nothing",
            Self::Stuffed => "the words of all answers as a bare list",
            Self::Prompt => "the question in place of an answer",
            Self::Synonym => "a lexicon form in place of another of its group",
            Self::Reversed => "“B and A” in place of “A and B”",
            Self::Markdown => "a list in place of prose, or prose in place of a list",
            Self::Typos => "two letters change places in every long word that is no term",
            Self::Capitals => "every word begins with a capital",
            Self::Polite => "thanks before it, and hopes after it",
        }
    }

    /// Whether the mutant makes a claim less, and must lose its credit.
    #[must_use]
    pub const fn must_lose(self) -> bool {
        !matches!(self, Self::Synonym | Self::Reversed | Self::Markdown | Self::Typos | Self::Capitals | Self::Polite)
    }
}

/// A changed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mutant {
    kind: Kind,
    text: String,
    /// What was changed, shown with a survivor.
    change: String,
    /// The concepts that must lose their credit, as places in the rubric; none where the score must stay.
    affected: Vec<usize>,
}

/// A mutant against one expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The question's bank.
    pub bank: String,
    /// The question.
    pub question: String,
    /// What was changed: `ideal answer`, `ideal answer 2`, `example 1`.
    pub base: String,
    /// What was done to it.
    pub kind: Kind,
    /// The words that were changed, and what they became.
    pub change: String,
    /// The concept that must lose its credit; nothing where the score must stay.
    pub concept: Option<ConceptId>,
    /// The credit of the concept, or the score, before.
    pub before: f64,
    /// The same after.
    pub after: f64,
    /// Whether the grader failed: credited what is not said, or took away for clothes.
    pub survived: bool,
    /// The mutant.
    pub text: String,
}

/// Trials counted: how many, and how many came out right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Trials.
    pub n: usize,
    /// Those that came out right: losing mutants that were killed, keeping ones that were kept.
    pub right: usize,
}

impl Tally {
    /// Counts trials.
    #[must_use]
    pub fn of<'t>(trials: impl Iterator<Item = &'t Trial>) -> Self {
        trials.fold(Self::default(), |t, trial| Self { n: t.n + 1, right: t.right + usize::from(!trial.survived) })
    }

    /// The share that came out right, 1 of none.
    #[must_use]
    pub fn share(self) -> f64 {
        ratio(self.right, self.n)
    }
}

/// Mutates the answers of these questions and grades the mutants; trials in the questions' order. `seen` hears of every
/// question.
#[must_use]
pub fn mutate(grader: &Grader, questions: &[QuestionRef], seen: Seen<'_>) -> Vec<Trial> {
    let one = |question: &QuestionRef| {
        let trials = question_trials(grader, *question);
        seen();
        trials
    };
    parallel(questions, one).into_iter().flatten().collect()
}

/// What a changed answer teaches a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// The answer.
    pub text: String,
    /// Concepts, as places in the rubric, and whether it makes them.
    pub made: Vec<(usize, bool)>,
    /// Whether it says the reverse of those that it does not make, or something else in their place.
    pub reversed: bool,
}

/// The answers of a question that can be mutated, and their mutants, with what each still makes.
#[must_use]
pub fn lessons(grader: &Grader, question: QuestionRef) -> Vec<Lesson> {
    let mut lessons = Vec::new();
    for base in bases(grader, question) {
        let credited: Vec<(usize, bool)> = base.credited().into_iter().map(|at| (at, true)).collect();
        lessons.push(Lesson { text: base.source.to_owned(), made: credited.clone(), reversed: false });
        lessons.extend(losing::mutants(&base).into_iter().map(|m| Lesson {
            reversed: matches!(m.kind, Kind::Negated | Kind::Denied | Kind::Number | Kind::Identifier),
            made: m.affected.iter().map(|at| (*at, false)).collect(),
            text: m.text,
        }));
        let kept = |m: Mutant| Lesson { text: m.text, made: credited.clone(), reversed: false };
        lessons.extend(keeping::mutants(&base).into_iter().map(kept));
    }
    lessons
}

/// An answer in which every sentence stands under "It is not true that".
#[must_use]
pub fn denied(answer: &str) -> String {
    losing::deny_all(answer)
}

/// The content words of answers, each once, with commas between them: everything they talk about, and no claim.
#[must_use]
pub fn stuffed(answers: &[&str]) -> String {
    losing::bare_words(answers)
}

fn question_trials(grader: &Grader, question: QuestionRef) -> Vec<Trial> {
    let mut trials = Vec::new();
    let bases = bases(grader, question);
    for (at, base) in bases.iter().enumerate() {
        let mut mutants = losing::mutants(base);
        if at == 0 {
            mutants.extend(losing::of_the_question(base, &bases));
        }
        mutants.extend(keeping::mutants(base));
        for mutant in &mutants {
            trials.extend(judge(base, mutant));
        }
    }
    trials.sort_by_key(|t| t.kind);
    trials
}

/// What the grader makes of a mutant: a trial for each concept that must lose, or one for the score that must stay.
fn judge(base: &Base<'_>, mutant: &Mutant) -> Vec<Trial> {
    let grade = base.grade_of(&mutant.text);
    let (bank, item) = base.grader.item(base.question);
    let trial = |concept: Option<ConceptId>, before, after, survived| Trial {
        bank: bank.name.to_string(),
        question: item.question.id.to_string(),
        base: base.name.clone(),
        kind: mutant.kind,
        change: mutant.change.clone(),
        concept,
        before,
        after,
        survived,
        text: mutant.text.clone(),
    };
    if !mutant.kind.must_lose() {
        let fell = base.grade.score - grade.score > MAY_FALL;
        return vec![trial(None, base.grade.score, grade.score, fell)];
    }
    // Where everything must go, a score that stays is a failure too, whatever it rests on.
    let whole = matches!(mutant.kind, Kind::Shuffled | Kind::Stuffed | Kind::Prompt);
    let stayed = whole && grade.score >= base.grade.score;
    let lost = |&at: &usize| {
        let (before, after) = (base.grade.concepts[at].credit, grade.concepts[at].credit);
        trial(Some(base.grade.concepts[at].id.clone()), before, after, stayed || after >= CREDITED)
    };
    mutant.affected.iter().map(lost).collect()
}
