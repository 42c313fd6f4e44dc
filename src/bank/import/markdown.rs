//! Markdown: headings of one level are questions, what stands below each is its ideal answer, headings above that level
//! are sections (the first `#` is the title), and headings below it belong to the answer.

use super::text::{answered, question_heading};
use super::{Collector, Raw};
use crate::bank::document::Fence;

/// Whether the line is a heading.
pub(super) fn is_heading(line: &str) -> bool {
    heading(line).is_some()
}

/// The level and the title of a heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    let title = rest.strip_prefix(' ')?.trim().trim_end_matches('#').trim_end();
    Some((level, title)).filter(|_| (1..=6).contains(&level) && !title.is_empty())
}

/// A line of the document, and whether it is a heading outside of code.
struct Line<'t> {
    number: usize,
    text: &'t str,
    heading: Option<(usize, &'t str)>,
}

/// Reads the document.
pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let mut fence = Fence::default();
    let mut lines = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let is_code = fence.takes(text);
        lines.push(Line { number: index + 1, text, heading: heading(text).filter(|_| !is_code) });
    }
    let Some((level, is_asking)) = level(&lines) else { return };
    if !is_asking {
        let mark = "#".repeat(level);
        collector.told.push(format!(
            "no heading asks: each `{mark}` is taken for a question, and what stands below for its answer"
        ));
    }
    let mut question: Option<Raw> = None;
    let mut body: Vec<&str> = Vec::new();
    let mut is_intro = true;
    for line in &lines {
        match line.heading {
            Some((at, title)) if at <= level => {
                close(&mut question, &mut body, is_intro, collector);
                if at == level {
                    let (id, prompt) = question_heading(title).unwrap_or((None, title));
                    let id = id.map(str::to_owned);
                    question = Some(Raw { line: line.number, id, prompt: prompt.to_owned(), ..Raw::default() });
                    is_intro = false;
                } else if at == 1 && collector.title.is_empty() && is_intro {
                    title.clone_into(&mut collector.title);
                } else {
                    collector.section(title);
                    is_intro = false;
                }
            }
            _ => {
                if question.is_none() && !is_intro && !line.text.trim().is_empty() {
                    collector.report.warn_at(line.number, 1, "this line belongs to no question: it is left out");
                }
                body.push(line.text);
            }
        }
    }
    close(&mut question, &mut body, is_intro, collector);
}

/// Files what has been read.
fn close(question: &mut Option<Raw>, body: &mut Vec<&str>, is_intro: bool, collector: &mut Collector<'_>) {
    let text = body.join("\n");
    body.clear();
    match question.take() {
        Some(raw) => collector.add(answered(raw, &text)),
        None if is_intro => text.trim().clone_into(&mut collector.intro),
        None => {}
    }
}

/// The level of the questions, and whether they look like some: that of most headings which do, else the deepest there
/// is. A single heading that asks nothing is a title.
fn level(lines: &[Line<'_>]) -> Option<(usize, bool)> {
    let headings = || lines.iter().filter_map(|line| line.heading);
    let asks = |title: &str| title.ends_with('?') || question_heading(title).is_some();
    let asking = |level: usize| headings().filter(|(at, title)| *at == level && asks(title)).count();
    let most = (1..=6).rev().max_by_key(|level| asking(*level)).filter(|level| asking(*level) > 0);
    let deepest = || headings().map(|(at, _)| at).max().filter(|_| headings().count() > 1);
    most.map(|level| (level, true)).or_else(|| Some((deepest()?, false)))
}
