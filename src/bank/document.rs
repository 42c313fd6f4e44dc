//! Writing the document of questions that [`questions`](super::questions) reads.
//!
//! Names Domain only. Reading what is written here gives the same questions, up to the lines that [`escaped`] has to
//! change because they would mean something in the document. To add a part: a marker there and a block here.

use std::fmt::Write as _;

use crate::domain::question::Question;

/// A code fence that may be open while lines go by.
#[derive(Debug, Clone, Default)]
pub(super) struct Fence {
    open: Option<(char, usize)>,
}

impl Fence {
    /// Takes the next line; whether it belongs to a fence, which it may open or close.
    pub(super) fn takes(&mut self, line: &str) -> bool {
        let body = line.trim_start_matches(' ');
        let mark = body.chars().next().filter(|c| matches!(c, '`' | '~') && line.len() - body.len() < 4);
        let length = mark.map_or(0, |mark| body.chars().take_while(|c| *c == mark).count());
        match (self.open, mark) {
            (None, Some(mark)) if length >= 3 && !body[length..].contains('`') => {
                self.open = Some((mark, length));
                true
            }
            (None, _) => false,
            (Some((open, least)), Some(mark))
                if mark == open && length >= least && body[length..].trim().is_empty() =>
            {
                self.open = None;
                true
            }
            (Some(_), _) => true,
        }
    }

    /// The line that closes it, where it is open.
    fn closing(&self) -> Option<String> {
        self.open.map(|(mark, length)| mark.to_string().repeat(length))
    }
}

/// The document of these questions, in their order. `sections` pairs section ids with their titles; a section
/// without a title is headed by its id.
#[must_use]
pub fn write(title: &str, intro: &str, sections: &[(String, String)], questions: &[Question]) -> String {
    let mut out = format!("# {title}\n");
    block(&mut out, intro);
    let mut open = None;
    for question in questions {
        if open != Some(question.section.as_str()) {
            let id = &question.section;
            let title = sections.iter().find(|(known, _)| known == id).map_or(id, |(_, title)| title);
            let mark = if section_id(title) == *id { String::new() } else { format!(" {{{id}}}") };
            write!(out, "\n## {title}{mark}\n").expect("writing to a string cannot fail");
            open = Some(id);
        }
        write!(out, "\n### {} · {}\n", question.id, question.kind.as_str()).expect("writing to a string cannot fail");
        block(&mut out, &question.prompt);
        for ideal in &question.ideals {
            out.push_str("\n**Ideal answer**\n");
            block(&mut out, ideal);
        }
        if let Some(note) = &question.note {
            out.push_str("\n**Note for reviewers**\n");
            block(&mut out, note);
        }
    }
    out
}

/// The id of a section whose title gives none: its first word in lower case.
pub(super) fn section_id(title: &str) -> String {
    title.chars().take_while(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

fn block(out: &mut String, text: &str) {
    let text = escaped(text);
    if !text.is_empty() {
        out.push('\n');
        out.push_str(&text);
        out.push('\n');
    }
}

/// The text such that no line of it opens a part of the document, and no fence of it stays open.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut fence = Fence::default();
    let mut lines = Vec::new();
    for line in text.trim_matches('\n').lines() {
        let line = line.trim_end();
        let means = ["# ", "## ", "### "].iter().any(|mark| line.starts_with(mark))
            || matches!(line.trim(), "**Ideal answer**" | "**Note for reviewers**");
        let is_code = fence.takes(line);
        lines.push(if means && !is_code { format!("\\{}", line.trim_start()) } else { line.to_owned() });
    }
    lines.extend(fence.closing());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::questions;
    use crate::domain::id::QuestionId;
    use crate::domain::question::QuestionKind;

    #[test]
    fn what_is_written_reads_back() {
        let question = |id: &str, section: &str, prompt: &str, ideal: &str| Question {
            id: QuestionId::new(id).expect("a valid id"),
            section: section.to_owned(),
            kind: QuestionKind::List,
            prompt: escaped(prompt),
            ideals: vec![escaped(ideal), "Another one.".to_owned()],
            note: Some("For you.".to_owned()),
        };
        let written = [
            question("Q1", "junior", "Why?\n\n```\n# no title\n```", "# a heading\n**Ideal answer**\nBecause."),
            question("x_2", "open-ended", "And how?", "~~~\nnever closed\n### Q9"),
        ];
        let sections = [("junior".to_owned(), "Junior people".to_owned())];
        let text = write("A title", "An introduction.", &sections, &written);
        let (read, faults) = questions::parse("d.md", &text);
        assert_eq!(faults, [], "{text}");
        let questions: Vec<Question> = read.questions.into_iter().map(|(question, _)| question).collect();
        assert_eq!(questions, written);
        assert_eq!((read.title.as_str(), read.intro.as_str()), ("A title", "An introduction."));
    }
}
