//! Whether figures keep their bounds.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use super::super::output::{self, Align, BAD, DIM, GOOD, HEADING, Page, Table, Text, count};
use super::super::progress::Progress;
use super::super::{CliError, Global, Outcome, banks};
use super::{read, read_text, subjects};
use crate::eval::report::{Figures, figures};
use crate::eval::run;
use crate::eval::thresholds::{Bounds, Judged, Thresholds};
use crate::grader::Grader;

/// Measures every file that the thresholds name, and compares.
pub(super) fn run(path: &Path, global: &Global) -> Result<Outcome, CliError> {
    let thresholds = Thresholds::parse(&read_text(path)?)
        .map_err(|error| CliError::Unusable(format!("{}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let library = banks::library(global)?;
    // One grader with whole rubrics, one with claims alone, each made when it is first needed.
    let mut graders: BTreeMap<bool, Grader> = BTreeMap::new();
    let mut results: Vec<(&Bounds, Vec<Judged>)> = Vec::new();
    for bounds in &thresholds.sets {
        let alone = bounds.claims_alone;
        let grader = graders
            .entry(alone)
            .or_insert_with(|| Grader::new(if alone { run::claims_alone(library.clone()) } else { library.clone() }));
        results.push((bounds, bounds.judge(&measure(grader, &folder.join(&bounds.file))?)));
    }
    show(&results)?;
    let fell: Vec<String> = results.iter().flat_map(|(bounds, judged)| fallen(bounds, judged)).collect();
    for line in &fell {
        super::super::complain(line);
    }
    Ok(Outcome::done_if(fell.is_empty()))
}

fn measure(grader: &Grader, file: &Path) -> Result<Figures, CliError> {
    let answers = read(file)?;
    let subjects = subjects(grader, &answers)?;
    let progress = Progress::new("grading", subjects.len());
    let outcomes = run::grade_by(grader, &subjects, |_| grader.model(), &|| progress.step());
    Ok(figures(&outcomes.iter().collect::<Vec<_>>()))
}

fn fallen(bounds: &Bounds, judged: &[Judged]) -> Vec<String> {
    let told = |j: &Judged| {
        let (side, Judged { figure, value, bound, .. }) = (side(j), j);
        format!("{}: {figure} is {value:.4}, must be {side} {bound}", name(bounds))
    };
    judged.iter().filter(|j| !j.holds()).map(told).collect()
}

fn side(judged: &Judged) -> &'static str {
    if judged.at_most { "at most" } else { "at least" }
}

fn name(bounds: &Bounds) -> String {
    format!("{}{}", bounds.file, if bounds.claims_alone { " with claims alone" } else { "" })
}

fn show(results: &[(&Bounds, Vec<Judged>)]) -> std::io::Result<()> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    for (at, (bounds, judged)) in results.iter().enumerate() {
        if at > 0 {
            page.blank()?;
        }
        let note = bounds.note.as_ref().map_or_else(String::new, |note| format!("  {note}"));
        page.hanging("", &Text::styled(HEADING, &name(bounds)).and(DIM, &note))?;
        let mut table = Table::new(&[Align::Left, Align::Left, Align::Right, Align::Left]);
        for one in judged {
            let (word, style) = if one.holds() { ("ok", GOOD) } else { ("FELL", BAD) };
            let cells = vec![
                Text::styled(style, word),
                Text::plain(one.figure),
                Text::plain(&format!("{:.3}", one.value)),
                Text::plain(side(one)),
            ];
            table.row(cells, vec![Text::plain(&format!("{:.3}", one.bound))]);
        }
        page.table(1, &table)?;
    }
    let all = results.iter().map(|(_, judged)| judged.len()).sum::<usize>();
    let fell = results.iter().flat_map(|(_, judged)| judged).filter(|j| !j.holds()).count();
    page.blank()?;
    let (style, told) = match fell {
        0 => (GOOD, format!("{}: every one holds", count(all as u64, "bound"))),
        _ => (BAD, format!("{}: {fell} fell", count(all as u64, "bound"))),
    };
    page.lines(&[Text::styled(style, &told)])?;
    out.flush()
}
