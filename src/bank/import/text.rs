//! Plain text: `Q12. What …?` and the answer below, short lines alone as sections, and bullets `What …? Answer.` under
//! a section of trivia. A line `A: …` begins the answer; without one it begins below the question's paragraph.

use super::{Collector, Raw};
use crate::bank::draft::list_item;

/// The most words of a section's title.
const TITLE_WORDS: usize = 8;
/// A line of this many bytes may have been broken by a text editor.
const WRAPPED: usize = 56;

/// The id, where it has one, and the prompt of a line that opens a question: `Q12. What …?`, `S3) …`, `Q: …`.
pub(super) fn question_heading(line: &str) -> Option<(Option<&str>, &str)> {
    let line = line.trim_end().trim_start_matches("**").trim_end_matches("**");
    let end = line.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (id, rest) = line.split_at(end);
    let rest = rest.strip_prefix(['.', ':', ')'])?.strip_prefix([' ', '*'])?;
    let prompt = rest.trim_start_matches('*').trim();
    let digits = id.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = id.len() - digits.len();
    let is_number = (1..=4).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    let has_id = (1..=2).contains(&letters) && is_number;
    let is_bare = matches!(id, "Q" | "Question");
    Some((Some(id).filter(|_| has_id), prompt)).filter(|_| (has_id || is_bare) && !prompt.is_empty())
}

/// The question with its answer out of what stands below it.
pub(super) fn answered(mut raw: Raw, body: &str) -> Raw {
    let lines: Vec<&str> = body.lines().collect();
    let marked = lines.iter().enumerate().find_map(|(at, line)| Some((at, marked_answer(line)?)));
    let below = |from: usize| lines.get(from..).unwrap_or_default().iter().map(|line| tidy(line)).collect::<Vec<_>>();
    let ideal = match marked {
        Some((at, first)) => {
            let more = lines[..at].join("\n");
            raw.prompt = [raw.prompt.as_str(), more.trim_end()].join("\n").trim_end().into();
            [vec![first.trim().to_owned()], below(at + 1)].concat()
        }
        None => below(0),
    };
    raw.ideals = vec![ideal.join("\n").trim_matches('\n').to_owned()];
    raw
}

/// What stands behind the mark of an answer.
fn marked_answer(line: &str) -> Option<&str> {
    const MARKS: [&str; 5] = ["A:", "Answer:", "**A:**", "**Answer:**", "**Answer**:"];
    MARKS.iter().find_map(|mark| line.trim_start().strip_prefix(mark))
}

/// A line of an answer in Markdown: typographic bullets as hyphens, list items at the margin.
fn tidy(line: &str) -> String {
    let line = line.trim_end();
    let body = line.trim_start();
    let bullet = ["• ", "▪ ", "◦ "].iter().find_map(|mark| body.strip_prefix(mark));
    match bullet {
        Some(item) => format!("- {item}"),
        None if line.len() - body.len() < 4 && list_item(body).is_some() => body.to_owned(),
        None => line.to_owned(),
    }
}

/// Reads the text.
pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let lines: Vec<&str> = text.lines().collect();
    let titles = titles(&lines);
    let mut reader = Reader { collector, question: None, body: Vec::new(), trivia: false, ids: 0, is_intro: true };
    for (at, line) in lines.iter().enumerate() {
        let opens = question_heading(line).filter(|_| !line.starts_with(' '));
        if titles.contains(&at) {
            reader.close();
            reader.collector.section(line.trim());
            reader.is_intro = false;
            let title = line.to_lowercase();
            reader.trivia = title.contains("trivia") || title.contains("quick");
        } else if let Some((id, prompt)) = opens {
            reader.close();
            reader.is_intro = false;
            reader.trivia = false;
            let (id, prompt) = (id.map(str::to_owned), prompt.to_owned());
            reader.question = Some(Raw { line: at + 1, id, prompt, ..Raw::default() });
        } else if let Some(item) = list_item(line).filter(|_| reader.trivia) {
            reader.close();
            reader.trivium(at + 1, item);
        } else {
            reader.other(at + 1, line);
        }
    }
    reader.close();
}

/// The lines that are titles of sections: short, alone, without an end mark, before a question, and not all that stands
/// below one.
fn titles(lines: &[&str]) -> Vec<usize> {
    let is_blank = |at: usize| lines.get(at).is_none_or(|line| line.trim().is_empty());
    let is_question = |line: &str| question_heading(line).is_some();
    let is_title = |at: &usize| {
        let line = lines[*at].trim_end();
        let leads = || lines[*at + 1..].iter().find(|line| !line.trim().is_empty());
        let opens = |next: &&str| is_question(next) || list_item(next).is_some_and(|item| item.contains("? "));
        line.chars().next().is_some_and(char::is_uppercase)
            && line.split_whitespace().count() <= TITLE_WORDS
            && !line.ends_with(['.', '?', '!', ':', ';', ','])
            && !is_question(line)
            && (*at == 0 || is_blank(*at - 1))
            && is_blank(*at + 1)
            && leads().is_some_and(opens)
            && !lines[..*at].iter().rev().find(|line| !line.trim().is_empty()).is_some_and(|l| is_question(l))
    };
    (0..lines.len()).filter(is_title).collect()
}

/// Whether a prompt's last line ends where a text editor would have broken it.
fn is_wrapped(prompt: &str) -> bool {
    let last = prompt.lines().last().unwrap_or_default();
    last.len() >= WRAPPED && !last.ends_with(['?', '.', '!', ':'])
}

struct Reader<'c, 't> {
    collector: &'c mut Collector<'t>,
    question: Option<Raw>,
    body: Vec<&'c str>,
    /// Whether bullets are questions here.
    trivia: bool,
    /// How many trivia there are so far.
    ids: usize,
    is_intro: bool,
}

impl<'c> Reader<'c, '_> {
    /// A bullet that asks and answers.
    fn trivium(&mut self, line: usize, item: &str) {
        self.ids += 1;
        let id = format!("T{}", self.ids);
        let Some((prompt, answer)) = item.split_once("? ") else {
            let message = format!("this bullet of the trivia (`{id}`) does not ask and answer: expected `What …? …`");
            self.collector.report.fault_at(line, 1, message);
            return;
        };
        let ideals = vec![answer.trim().to_owned()];
        self.question = Some(Raw { line, id: Some(id), prompt: format!("{prompt}?"), ideals, ..Raw::default() });
    }

    fn other(&mut self, number: usize, line: &'c str) {
        let is_blank = line.trim().is_empty();
        match &mut self.question {
            Some(raw) if self.trivia && !is_blank => {
                for ideal in &mut raw.ideals {
                    ideal.push(' ');
                    ideal.push_str(line.trim());
                }
            }
            // A long question that goes on below its first line.
            Some(raw) if self.body.is_empty() && !is_blank && is_wrapped(&raw.prompt) => {
                raw.prompt = format!("{}\n{}", raw.prompt, line.trim());
            }
            Some(_) => self.body.push(line),
            None if is_blank => {}
            None if self.is_intro => self.intro(number, line),
            None => self.collector.report.warn_at(number, 1, "this line belongs to no question: it is left out"),
        }
    }

    /// Before the first section: the title is the first line that speaks of questions, prose is the introduction.
    fn intro(&mut self, number: usize, line: &str) {
        let line = line.trim();
        let is_prose = line.ends_with(['.', '!', '?', ':']);
        if self.collector.title.is_empty() && !is_prose && line.to_lowercase().contains("question") {
            line.trim_start_matches('#').trim().clone_into(&mut self.collector.title);
        } else if is_prose {
            let intro = &mut self.collector.intro;
            intro.push_str(if intro.is_empty() { "" } else { "\n\n" });
            intro.push_str(line);
        } else {
            self.collector.report.warn_at(number, 1, "this line belongs to no question: it is left out");
        }
    }

    /// Files the question that is open.
    fn close(&mut self) {
        let body = std::mem::take(&mut self.body).join("\n");
        if let Some(raw) = self.question.take() {
            let is_answered = !raw.ideals.is_empty();
            self.collector.add(if is_answered { raw } else { answered(raw, &body) });
        }
    }
}
