//! A grade for people: the answer with its evidence marked, then what it is worth and why.
//!
//! Names Wire for the grade and Bank for the claims behind the ids. Everything marked carries a label in brackets (a
//! number for a concept, a letter for a misconception, `!` for a flag), so the report reads the same without colour.

mod judge;

use std::io;
use std::ops::Range;

use anstyle::Style;

use super::output::{Align, BAD, DIM, GOOD, HEADING, PLAIN, Page, Table, Text, WARN, bar, percent, ruler};
use crate::bank::Item;
use crate::domain::scoring::MISCONCEPTION_COST;
use crate::wire::{Concept, Evidence, Grade};

/// Columns of the score's bar.
const BAR: usize = 40;
/// Quotes that are shown for one concept; the answer above marks all of them.
const QUOTES: usize = 3;

/// Writes the report of a grade of `answer` to the question of `item`.
pub(super) fn show(page: &mut Page<'_>, grade: &Grade, answer: &str, item: &Item) -> io::Result<()> {
    title(page, grade, item)?;
    score(page, grade)?;
    page.heading("Answer")?;
    for line in marked(answer, &marks(grade)) {
        page.hanging("  ", &line)?;
    }
    concepts(page, grade, item)?;
    missing(page, grade, item)?;
    misconceptions(page, grade, item)?;
    flags(page, grade)?;
    judge::judge(page, grade)?;
    if !grade.feedback.is_empty() {
        page.heading("Feedback")?;
        for sentence in &grade.feedback {
            page.hanging("  - ", &Text::plain(sentence))?;
        }
    }
    review(page, grade)
}

fn title(page: &mut Page<'_>, grade: &Grade, item: &Item) -> io::Result<()> {
    let about = format!(" · {} · {}", item.question.kind.as_str(), grade.bank);
    page.lines(&[Text::styled(HEADING, &grade.question).and(DIM, &about)])?;
    for line in item.question.prompt.lines() {
        page.hanging("", &Text::plain(line))?;
    }
    Ok(())
}

fn score(page: &mut Page<'_>, grade: &Grade) -> io::Result<()> {
    let [low, high] = grade.interval;
    let style = match grade.score {
        good if good >= 0.7 => GOOD,
        fair if fair >= 0.4 => WARN,
        _ => BAD,
    };
    let cells = BAR.min(page.width - 16);
    page.blank()?;
    let line = Text::styled(HEADING, "Score").and(PLAIN, "  ").and(style.bold(), &format!("{:.2}", grade.score));
    page.lines(&[line.and(PLAIN, "  ").and(style, &bar(grade.score, cells))])?;
    page.lines(&[Text::plain("             ").and(DIM, &ruler(low, high, cells))])?;
    let meaning = format!("{low:.2} to {high:.2}: where the mean of several raters lies with 90 % probability");
    page.hanging("       ", &Text::styled(DIM, &meaning))?;
    let rests_on = match &*grade.scoring {
        "draft" => "The rubric is a draft that nobody has approved yet.",
        "ideal" => "There is no rubric: the ideal answer alone was compared.",
        _ => return Ok(()),
    };
    page.hanging("       ", &Text::styled(WARN, rests_on))
}

/// A span of the answer that is marked.
struct Mark {
    span: Range<usize>,
    label: String,
    style: Style,
}

/// The marks of everything that moved the score, and of flags.
fn marks(grade: &Grade) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut add = |evidence: &[Evidence], label: String, style: Style| {
        marks.extend(evidence.iter().map(|e| Mark { span: e.start..e.end, label: label.clone(), style }));
    };
    for (i, concept) in grade.concepts.iter().enumerate() {
        let style = verdict(concept).1;
        if concept.credit != 0.0 {
            add(&concept.evidence, (i + 1).to_string(), style);
        }
    }
    for (i, wrong) in grade.misconceptions.iter().enumerate() {
        add(&wrong.evidence, letter(i), BAD);
    }
    for flag in &grade.flags {
        add(&flag.evidence, "!".to_owned(), WARN);
    }
    marks
}

/// `a`, `b`, … for the misconception at an index.
fn letter(index: usize) -> String {
    let last = char::from(b'a' + (index % 26) as u8);
    if index < 26 { last.to_string() } else { format!("{}{last}", letter(index / 26 - 1)) }
}

/// The lines of the answer, with marked spans as `«words»[1,a]`; spans that overlap become one.
fn marked(answer: &str, marks: &[Mark]) -> Vec<Text> {
    let regions = merge(answer, marks);
    let mut lines = Vec::new();
    let mut start = 0;
    for line in answer.split('\n') {
        let end = start + line.len();
        let shown = start..start + line.trim_end_matches('\r').len();
        let mut text = Text::new();
        let mut at = shown.start;
        for region in regions.iter().filter(|r| r.span.start < shown.end && r.span.end > shown.start) {
            let inside = region.span.start.max(shown.start)..region.span.end.min(shown.end);
            text.push(PLAIN, &answer[at..inside.start]);
            if inside.start == region.span.start {
                text.push(region.style, "«");
            }
            text.push(region.style, &answer[inside.clone()]);
            if inside.end == region.span.end {
                text.push(region.style, &format!("»[{}]", region.label));
            }
            at = inside.end;
        }
        text.push(PLAIN, &answer[at..shown.end]);
        lines.push(text);
        start = end + 1;
    }
    while lines.len() > 1 && lines.last().is_some_and(Text::is_empty) {
        lines.pop();
    }
    lines
}

/// The marks as regions that do not overlap, in the answer's order. A region has the most alarming style of its marks.
fn merge(answer: &str, marks: &[Mark]) -> Vec<Mark> {
    let mut sorted: Vec<&Mark> =
        marks.iter().filter(|m| answer.get(m.span.clone()).is_some_and(|w| !w.is_empty())).collect();
    sorted.sort_by_key(|mark| (mark.span.start, mark.span.end));
    let mut regions: Vec<Mark> = Vec::new();
    for mark in sorted {
        match regions.last_mut() {
            Some(last) if mark.span.start < last.span.end => {
                last.span.end = last.span.end.max(mark.span.end);
                if !last.label.split(',').any(|label| label == mark.label) {
                    last.label = format!("{},{}", last.label, mark.label);
                }
                let alarm = |style: Style| [GOOD, WARN, BAD].iter().position(|known| *known == style);
                if alarm(mark.style) > alarm(last.style) {
                    last.style = mark.style;
                }
            }
            _ => regions.push(Mark { span: mark.span.clone(), label: mark.label.clone(), style: mark.style }),
        }
    }
    regions
}

/// A concept's verdict in words, with a sign before it, and its style.
fn verdict(concept: &Concept) -> (String, Style) {
    let (sign, style) = match &*concept.verdict {
        "hit" => ("✓", GOOD),
        "partial" => ("~", WARN),
        "contradicted" => ("✗", BAD),
        _ if concept.bonus => ("·", DIM),
        _ => ("·", BAD),
    };
    (format!("{sign} {}", concept.verdict), style)
}

fn concepts(page: &mut Page<'_>, grade: &Grade, item: &Item) -> io::Result<()> {
    let mut table = Table::new(&[Align::Right, Align::Left, Align::Right, Align::Right, Align::Right])
        .titled(&["", "verdict", "weight", "credit", "sure", "concept"]);
    for (i, concept) in grade.concepts.iter().enumerate() {
        let (verdict, style) = verdict(concept);
        let weight = if concept.bonus { format!("+{}", concept.weight) } else { concept.weight.to_string() };
        let mut about = vec![Text::styled(HEADING, &concept.id).and(PLAIN, &after_colon(claim_of(item, &concept.id)))];
        about.extend(quotes(&concept.evidence));
        let cells = vec![
            Text::plain(&(i + 1).to_string()),
            Text::styled(style, &verdict),
            Text::plain(&weight),
            Text::plain(&format!("{:.2}", concept.credit)),
            Text::plain(&percent(concept.confidence)),
        ];
        table.row(cells, about);
    }
    page.heading(&format!("Concepts (full marks: weight {})", grade.full_weight))?;
    page.table(1, &table)
}

fn after_colon(claim: Option<&str>) -> String {
    claim.map_or_else(String::new, |claim| format!(": {claim}"))
}

fn claim_of<'i>(item: &'i Item, id: &str) -> Option<&'i str> {
    let concept = item.rubric.concepts.iter().find(|c| c.id.as_str() == id).map(|c| c.claim.as_str());
    concept.or_else(|| item.rubric.misconceptions.iter().find(|m| m.id.as_str() == id).map(|m| m.claim.as_str()))
}

/// The evidence in lines: the words, and what tied them to the claim.
fn quotes(evidence: &[Evidence]) -> Vec<Text> {
    let mut lines: Vec<Text> = evidence
        .iter()
        .take(QUOTES)
        .map(|e| {
            let quote = e.quote.split_whitespace().collect::<Vec<_>>().join(" ");
            Text::plain(&format!("“{quote}” ")).and(DIM, &format!("{}: {}", e.by, e.short_source()))
        })
        .collect();
    if evidence.len() > QUOTES {
        lines.push(Text::styled(DIM, &format!("and {} more", evidence.len() - QUOTES)));
    }
    lines
}

/// What would raise the score, the most first.
fn missing(page: &mut Page<'_>, grade: &Grade, item: &Item) -> io::Result<()> {
    let mut open: Vec<&Concept> = grade.concepts.iter().filter(|c| c.gain > 0.0).collect();
    if open.is_empty() {
        return Ok(());
    }
    open.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    page.heading("What is missing")?;
    for concept in open {
        let text = Text::styled(HEADING, &concept.id).and(PLAIN, &after_colon(claim_of(item, &concept.id)));
        page.hanging(&format!("  +{:.2}  ", concept.gain), &text)?;
    }
    Ok(())
}

fn misconceptions(page: &mut Page<'_>, grade: &Grade, item: &Item) -> io::Result<()> {
    if grade.misconceptions.is_empty() {
        return Ok(());
    }
    page.heading("Misconceptions")?;
    let mut table = Table::new(&[Align::Right, Align::Right, Align::Right]);
    for (i, wrong) in grade.misconceptions.iter().enumerate() {
        let mut about = vec![Text::styled(BAD, &wrong.id).and(PLAIN, &after_colon(claim_of(item, &wrong.id)))];
        about.extend(quotes(&wrong.evidence));
        let cost = format!("−{MISCONCEPTION_COST:.2}");
        table.row(
            vec![Text::plain(&letter(i)), Text::styled(BAD, &cost), Text::plain(&percent(wrong.confidence))],
            about,
        );
    }
    page.table(1, &table)
}

fn flags(page: &mut Page<'_>, grade: &Grade) -> io::Result<()> {
    if grade.flags.is_empty() {
        return Ok(());
    }
    page.heading("Flags")?;
    for flag in &grade.flags {
        let meaning = match &*flag.id {
            "empty" => "nothing was written",
            "off_topic" => "it answers another question, or none",
            "stuffing" => "words of the field without claims",
            "echo" => "the question said back",
            "injection" => "it addresses the grader",
            "dont_know" => "it says that it does not know",
            "retracted" => "it takes back what it said",
            _ => "",
        };
        page.hanging("  ! ", &Text::styled(WARN, &flag.id).and(PLAIN, &format!(": {meaning}")))?;
    }
    if let Some(nearest) = &grade.similarity.nearest {
        page.hanging("    ", &Text::plain(&format!("nearest question: {} ({})", nearest.question, nearest.bank)))?;
    }
    Ok(())
}

fn review(page: &mut Page<'_>, grade: &Grade) -> io::Result<()> {
    if !grade.needs_review {
        return Ok(());
    }
    page.heading("A person should look at this")?;
    for reason in &grade.review_reasons {
        let meaning = match &**reason {
            "unsure" => "verdicts that move the score are unsure",
            "self_contradiction" => "the answer contradicts itself",
            "false_addition" => "something false seems to stand beside what is right",
            "stuffing" => "its words look listed rather than said; terse notes can look the same",
            "injection" => "the answer addresses the grader",
            "off_topic" => "it reads like an answer to another question",
            "draft" => "the rubric is a draft, or there is none",
            "judge_unavailable" => "the judge should have been asked and could not be",
            "judge_disagrees" => "the judge and the rules disagree",
            _ => "",
        };
        page.hanging("  - ", &Text::styled(WARN, reason).and(PLAIN, &format!(": {meaning}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
