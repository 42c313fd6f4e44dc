//! Two runs side by side: figures, verdicts that flipped, scores that moved.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::super::output::{self, Align, BAD, DIM, GOOD, HEADING, PLAIN, Page, Table, Text, count};
use super::super::{CliError, Outcome};
use super::{read_all, read_text};
use crate::eval::compare::{Comparison, Flip, Move, compare};
use crate::eval::measure::Measured;
use crate::eval::report::{Better, FIGURES};

/// A figure that changes less than this is the same.
const SAME: f64 = 0.0005;

/// The texts of answers by question and id.
type Texts = BTreeMap<(String, String), String>;

/// Compares what two files of `viva eval --json` hold.
pub(super) fn run(a: &Path, b: &Path, files: &[PathBuf], json: bool) -> Result<Outcome, CliError> {
    let comparison = compare(&measured(a)?, &measured(b)?);
    if json {
        output::json_line(&mut output::plain(), &comparison)?;
        return Ok(Outcome::Done);
    }
    let texts: Texts = read_all(files)?.into_iter().map(|l| ((l.question, l.id), l.answer)).collect();
    show(&comparison, &texts)?;
    Ok(Outcome::Done)
}

fn measured(path: &Path) -> Result<Measured, CliError> {
    serde_json::from_str(&read_text(path)?).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        CliError::Unusable(format!("{} is no output of `viva eval --json`: {place}", path.display()))
    })
}

fn show(comparison: &Comparison, texts: &Texts) -> io::Result<()> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    page.lines(&[Text::plain(&format!("{} on both sides", count(comparison.common as u64, "answer")))])?;
    for (ids, side) in [(&comparison.only_a, "first"), (&comparison.only_b, "second")] {
        if !ids.is_empty() {
            let told = format!("{} on the {side} side alone: {}", count(ids.len() as u64, "answer"), ids.join(", "));
            page.hanging("", &Text::plain(&told))?;
        }
    }
    page.heading("Figures")?;
    page.table(1, &figures(comparison))?;
    flips(&mut page, comparison, texts)?;
    moves(&mut page, comparison, texts)?;
    out.flush()
}

fn figures(comparison: &Comparison) -> Table {
    let columns = [Align::Left, Align::Right, Align::Right];
    let mut table = Table::new(&columns).titled(&["figure", "a", "b", "change"]);
    for (change, (_, _, better)) in comparison.figures.iter().zip(FIGURES) {
        let by = change.b - change.a;
        let told = match (by.abs() < SAME, better, by > 0.0) {
            (true, _, _) => Text::new(),
            (false, Better::Near, _) => Text::plain(&format!("{by:+.3}")),
            (false, Better::Higher, true) | (false, Better::Lower, false) => {
                Text::styled(GOOD, &format!("{by:+.3} better"))
            }
            _ => Text::styled(BAD, &format!("{by:+.3} worse")),
        };
        let number = |v: f64| Text::plain(&format!("{v:.3}"));
        table.row(vec![Text::styled(HEADING, change.name), number(change.a), number(change.b)], vec![told]);
    }
    table
}

fn flips(page: &mut Page<'_>, comparison: &Comparison, texts: &Texts) -> io::Result<()> {
    let of = |better: Option<bool>| comparison.flips.iter().filter(|f| f.better == better).count();
    let title = format!(
        "Verdicts that flipped: {}, {} to the better, {} to the worse",
        comparison.flips.len(),
        of(Some(true)),
        of(Some(false))
    );
    page.heading(&title)?;
    let mut last = None;
    for flip in &comparison.flips {
        let Flip { id, question, claim, a, b, raters, better } = flip;
        if last != Some((question, id)) {
            last = Some((question, id));
            page.lines(&[Text::styled(HEADING, &format!(" {id}")).and(DIM, &format!("  {question}"))])?;
            text(page, texts, question, id)?;
        }
        let (sign, style) = match better {
            Some(true) => ("+", GOOD),
            Some(false) => ("-", BAD),
            None => ("=", PLAIN),
        };
        let told = format!("{claim}: {a} → {b} (raters {raters:.2})");
        page.hanging(&format!("   {sign} "), &Text::styled(style, &told))?;
    }
    Ok(())
}

fn moves(page: &mut Page<'_>, comparison: &Comparison, texts: &Texts) -> io::Result<()> {
    let nearer = comparison.moves.iter().filter(|m| m.gain() > 0.0).count();
    let all = comparison.moves.len();
    page.heading(&format!("Scores that moved: {all}, {nearer} of them nearer to the raters"))?;
    for one in &comparison.moves {
        let Move { id, question, a, b, raters } = one;
        let style = if one.gain() > 0.0 { GOOD } else { BAD };
        let told = format!("{a:.2} → {b:.2} (raters {raters:.2})  ");
        page.lines(&[Text::styled(style, &format!(" {told}")).and(PLAIN, id).and(DIM, &format!("  {question}"))])?;
        // Answers whose verdicts flipped have been shown.
        if !comparison.flips.iter().any(|f| f.id == *id && f.question == *question) {
            text(page, texts, question, id)?;
        }
    }
    Ok(())
}

/// The text of an answer, where it is known.
fn text(page: &mut Page<'_>, texts: &Texts, question: &str, id: &str) -> io::Result<()> {
    let Some(answer) = texts.get(&(question.to_owned(), id.to_owned())) else { return Ok(()) };
    for line in answer.lines() {
        page.hanging("   | ", &Text::styled(DIM, line))?;
    }
    Ok(())
}
