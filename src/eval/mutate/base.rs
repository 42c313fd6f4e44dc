//! An answer that is to be mutated: its sentences, and which of them makes which claim.

use std::ops::Range;

use super::CREDITED;
use crate::bank::Item;
use crate::domain::grade::Grade;
use crate::domain::text::{Opening, Text};
use crate::grader::case::Read;
use crate::grader::{Grader, QuestionRef};

/// The score from which an example is good enough to be mutated.
const GOOD: f64 = 0.9;

/// An answer that is to be mutated.
pub(super) struct Base<'g> {
    pub(super) grader: &'g Grader,
    pub(super) question: QuestionRef,
    /// What it is called.
    pub(super) name: String,
    /// The answer.
    pub(super) source: &'g str,
    pub(super) read: Read,
    pub(super) grade: Grade,
    /// Its sentences: bytes of the source, one after the other, all together the whole.
    pub(super) sentences: Vec<Range<usize>>,
    /// For each concept that the answer makes, the one sentence that makes it by itself, if there is exactly one.
    owners: Vec<Option<usize>>,
}

/// The answers of a question that can be mutated: ideal answers, and examples that grade like them.
pub(super) fn bases(grader: &Grader, question: QuestionRef) -> Vec<Base<'_>> {
    let (_, item) = grader.item(question);
    let several = item.question.ideals.len() > 1;
    let ideals = item.question.ideals.iter().enumerate().map(|(at, ideal)| {
        (if several { format!("ideal answer {}", at + 1) } else { "ideal answer".to_owned() }, ideal.as_str())
    });
    let examples = item.rubric.examples.iter().enumerate();
    let examples = examples.map(|(at, example)| (format!("example {}", at + 1), example.answer.as_str()));
    let base = |(name, source): (String, &'_ str)| (name, grader.grade(question, source).score);
    let good: Vec<(String, &str)> = ideals.chain(examples.filter(|e| base(e.clone()).1 >= GOOD)).collect();
    good.into_iter().map(|(name, source)| Base::new(grader, question, name, source)).collect()
}

impl<'g> Base<'g> {
    /// Reads and grades an answer, its sentences apart too.
    pub(super) fn new(grader: &'g Grader, question: QuestionRef, name: String, source: &'g str) -> Self {
        let read = grader.case(question).read(grader.language(), source);
        let grade = grader.grade(question, source);
        let sentences = sentences(&read.text, source);
        let mut base = Self { grader, question, name, source, read, grade, sentences, owners: Vec::new() };
        let alone: Vec<Grade> = base.sentences.iter().map(|s| base.grade_of(&source[s.clone()])).collect();
        base.owners = (0..base.grade.concepts.len()).map(|at| base.owner_of(at, &alone)).collect();
        base
    }

    /// The one sentence that is credited with the concept when it stands alone, where the whole answer is credited too.
    fn owner_of(&self, concept: usize, alone: &[Grade]) -> Option<usize> {
        if self.grade.concepts[concept].credit < CREDITED {
            return None;
        }
        // Half a claim elsewhere may be what the rest of the answer is credited for.
        let mut making = (0..alone.len()).filter(|s| alone[*s].concepts[concept].credit > 0.0);
        let only = making.next().filter(|_| making.next().is_none())?;
        (alone[only].concepts[concept].credit >= CREDITED).then_some(only)
    }

    pub(super) fn item(&self) -> &'g Item {
        self.grader.item(self.question).1
    }

    pub(super) fn grade_of(&self, answer: &str) -> Grade {
        self.grader.grade(self.question, answer)
    }

    /// The places of the concepts that the answer is credited with.
    pub(super) fn credited(&self) -> Vec<usize> {
        let concepts = self.grade.concepts.iter().enumerate();
        concepts.filter(|(_, c)| c.credit >= CREDITED).map(|(at, _)| at).collect()
    }

    /// Concepts with the one sentence that makes each.
    pub(super) fn owned(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.owners.iter().enumerate().filter_map(|(concept, owner)| Some((concept, (*owner)?)))
    }

    /// The concepts that this sentence alone makes.
    pub(super) fn owned_by(&self, sentence: usize) -> Vec<usize> {
        self.owned().filter(|(_, owner)| *owner == sentence).map(|(concept, _)| concept).collect()
    }

    /// The numbers of the clauses whose words lie in a sentence.
    pub(super) fn clauses_of(&self, sentence: usize) -> impl Iterator<Item = usize> + '_ {
        let range = &self.sentences[sentence];
        let clauses = self.read.text.clauses.iter().enumerate();
        let start = |tokens: &Range<usize>| self.read.text.span(tokens).0;
        clauses.filter(move |(_, c)| range.contains(&start(&c.tokens))).map(|(at, _)| at)
    }

    /// The one clause of a sentence that makes the concept by itself, if there is exactly one, and it is a main clause.
    pub(super) fn making_clause(&self, concept: usize, sentence: usize) -> Option<usize> {
        let text = &self.read.text;
        let making = |at: &usize| {
            let (start, end) = text.span(&text.clauses[*at].tokens);
            self.grade_of(&self.source[start..end]).concepts[concept].credit >= CREDITED
        };
        let mut all = self.clauses_of(sentence).filter(making);
        let only = all.next().filter(|_| all.next().is_none())?;
        (text.clauses[only].opening != Opening::Subordinate).then_some(only)
    }

    /// The answer with other bytes in place of some of its own.
    pub(super) fn with(&self, range: &Range<usize>, words: &str) -> String {
        format!("{}{words}{}", &self.source[..range.start], &self.source[range.end..])
    }

    /// Whether it holds a block of code, in which sentences are no sentences.
    pub(super) fn has_code_block(&self) -> bool {
        self.source.contains("```")
    }
}

/// The sentences of an answer: where one ends the next begins, with whatever marks stand before its first word.
pub(super) fn sentences(text: &Text, source: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    for pair in text.clauses.windows(2) {
        if pair[0].sentence != pair[1].sentence {
            starts.push(head_of(source, text.span(&pair[1].tokens).0));
        }
    }
    starts.push(source.len());
    starts.windows(2).map(|pair| pair[0]..pair[1]).filter(|range| !range.is_empty()).collect()
}

/// Where a sentence begins whose first word begins at `word`: before its quotes and marks, and before the mark of a list
/// item.
fn head_of(source: &str, word: usize) -> usize {
    let before = source[..word].trim_end_matches(['`', '*', '_', '"', '\'', '“', '(', '[']);
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let is_mark = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '\t' | '-' | '*' | '+' | '#' | '>' | '.' | ')');
    if before[line..].chars().all(is_mark) { line } else { before.len() }
}

/// Where the body of a sentence begins: after the mark of a list item or heading, before the quotes and emphasis of its
/// first word. Nothing where it has no words.
pub(super) fn body_of(sentence: &str) -> Option<usize> {
    let mut at = sentence.len() - sentence.trim_start().len();
    while let mark = list_mark(&sentence[at..])
        && mark > 0
    {
        at += mark;
    }
    sentence[at..].contains(char::is_alphanumeric).then_some(at)
}

/// The length of `- `, `## ` or `1. ` at the head of a text, with its spaces.
fn list_mark(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match digits {
        0 => text.bytes().take_while(|b| matches!(b, b'-' | b'*' | b'+' | b'#' | b'>')).count(),
        _ if text[digits..].starts_with(['.', ')']) => digits + 1,
        _ => 0,
    };
    let spaces = text[mark..].len() - text[mark..].trim_start().len();
    if mark > 0 && spaces > 0 { mark + spaces } else { 0 }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::text::vocabulary::{Base as Words, Vocabulary};

    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        let mut vocabulary = Vocabulary::new(Arc::new(Words::default()));
        let text = Text::read(source, &mut vocabulary);
        let found: Vec<&str> = sentences(&text, source).into_iter().map(|range| &source[range]).collect();
        assert_eq!(found, expected);
        assert_eq!(found.concat(), source);
    }

    #[test]
    fn sentences_make_up_the_whole_and_begin_before_their_marks() {
        check("It ends. `Goexit` runs defers.", &["It ends. ", "`Goexit` runs defers."]);
        check("- It ends;\n- **others** go on\n1. done", &["- It ends;\n", "- **others** go on\n", "1. done"]);
        check("One, and two", &["One, and two"]);
        check("", &[]);
    }

    #[test]
    fn the_body_begins_after_marks_of_lists_and_before_those_of_words() {
        let body = |text: &'static str| body_of(text).map(|at| &text[at..]);
        assert_eq!(body("  - **It** ends"), Some("**It** ends"));
        assert_eq!(body("> 2) `Goexit`"), Some("`Goexit`"));
        assert_eq!(body("1.25 is the release"), Some("1.25 is the release"));
        assert_eq!(body("---"), None);
    }
}
