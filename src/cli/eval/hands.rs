//! What phrases get that no rubric holds: each hand's, read by the others'.

use std::io::Write as _;

use super::super::output::{self, Align, HEADING, Page, Table, Text};
use super::super::progress::Progress;
use super::super::{CliError, Global, Outcome, banks};
use super::show::number;
use crate::domain::rubric::Label;
use crate::eval::hands::{LeftOut, left_out};

/// Leaves out each hand of every question, and prints what its phrases got.
pub(super) fn run(json: bool, global: &Global) -> Result<Outcome, CliError> {
    let grader = banks::grader(global)?;
    let progress = Progress::new("leaving out", grader.questions().count());
    let counts = left_out(&grader, false, &|| progress.step());
    drop(progress);
    if json {
        let value = serde_json::json!({"concept_f1": counts.concept_f1(), "counts": counts});
        output::json_line(&mut output::plain(), &value)?;
    } else {
        show(counts)?;
    }
    Ok(Outcome::Done)
}

fn show(mut counts: LeftOut) -> std::io::Result<()> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    page.hanging(
        "",
        &Text::plain("Phrases of each hand, read by a rubric without patterns that holds the other hands' alone."),
    )?;
    page.blank()?;
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Right]);
    let head = |cell| Text::styled(HEADING, cell);
    let titles = vec![head("under a concept"), head("phrases"), head("credited")];
    table.row(titles, vec![head("contradicted")]);
    for (name, label) in [
        ("make its claim", Label::Paraphrase),
        ("make half of it", Label::Half),
        ("assert the opposite", Label::Opposite),
        ("have its words alone", Label::Contrast),
    ] {
        let of = *counts.label(label);
        let share = |part: u32| number(f64::from(part) / f64::from(of.phrases.max(1)));
        let cells = vec![Text::plain(name), Text::plain(&of.phrases.to_string()), share(of.credited)];
        table.row(cells, vec![share(of.contradicted)]);
    }
    page.table(1, &table)?;
    page.blank()?;
    let told = format!(
        "concept F1 {:.3}; concepts credited beside those that a phrase stands under: {}",
        counts.concept_f1(),
        counts.others
    );
    page.hanging("", &Text::plain(&told))?;
    out.flush()
}
