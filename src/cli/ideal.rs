//! Fitting and measuring grades from an ideal answer alone: the parts of `viva fit` and `viva eval` with `--ideal`.
//!
//! Names Eval and Grader. The sets are public and stay where they are; what is kept of them is weights, with their names,
//! licences and hashes.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::eval::read_text;
use super::output::{self, Align, Page, Table, Text, count};
use super::progress::Progress;
use super::{CliError, Outcome};
use crate::eval::fit::ideal::fit as fit_model;
use crate::eval::ideal::{Crossed, Seen, Set, cross, measure, see};
use crate::grader::Grader;

/// The text of the model that these sets give.
pub(super) fn fit(grader: &Grader, files: &[PathBuf]) -> Result<String, CliError> {
    let sets = read(files)?;
    let seen = look(grader, &sets)?;
    let about: Vec<String> = sets.iter().zip(files).map(|(set, path)| about(set, path)).collect();
    let comment = format!(
        "Weights for grading from an ideal answer alone, written by `viva fit --ideal`: change features or sets and fit \
         again.\nFitted on\n  {}",
        about.join("\n  ")
    );
    Ok(fit_model(&seen.iter().collect::<Vec<_>>()).render(&comment))
}

/// Measures on every set and prints a table, or one object.
pub(super) fn eval(grader: &Grader, files: &[PathBuf], cross_set: bool, json: bool) -> Result<Outcome, CliError> {
    let sets = read(files)?;
    if cross_set && sets.len() < 2 {
        return Err(CliError::Unusable("--cross-set wants two files at least: one to grade, others to fit on".into()));
    }
    let seen = look(grader, &sets)?;
    let crossed = {
        let progress = Progress::new("grading", sets.iter().map(|set| set.pairs.len()).sum());
        let step = || progress.step();
        if cross_set { cross(grader, &sets, &seen, &step) } else { measure(grader, &sets, &seen, &step) }
    };
    let crossed = crossed.map_err(CliError::Unusable)?;
    if json {
        output::json_line(&mut output::plain(), &serde_json::json!({ "cross_set": cross_set, "sets": crossed }))?;
        return Ok(Outcome::Done);
    }
    show(&crossed, cross_set)?;
    Ok(Outcome::Done)
}

fn read(files: &[PathBuf]) -> Result<Vec<Set>, CliError> {
    let one = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        let error = |error| CliError::Unusable(format!("{}: {error}", path.display()));
        Set::read(&name, &read_text(path)?).map_err(error)
    };
    files.iter().map(one).collect()
}

fn look(grader: &Grader, sets: &[Set]) -> Result<Vec<Seen>, CliError> {
    let progress = Progress::new("reading", sets.iter().map(|set| set.pairs.len()).sum());
    let seen = || progress.step();
    sets.iter().map(|set| see(grader, set, &seen)).collect::<Result<_, _>>().map_err(CliError::Unusable)
}

/// What a model's comment says of a set: its name, size and hash, and what a manifest beside it says of its licence.
fn about(set: &Set, path: &Path) -> String {
    let manifest = path.with_file_name("MANIFEST.json");
    let manifest: serde_json::Value =
        std::fs::read_to_string(manifest).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let of = |field: &str| manifest.pointer(&format!("/{}/{field}", set.name)).and_then(|value| value.as_str());
    let answers = count(set.pairs.len() as u64, "answer");
    let mut about = format!("{}: {answers}, sha256:{}", set.name, set.hash);
    for (field, what) in [("source", "from"), ("licence", "licence")] {
        if let Some(value) = of(field) {
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            about.extend(["\n    ", what, ": ", &value]);
        }
    }
    about
}

fn show(crossed: &[Crossed], cross_set: bool) -> Result<(), CliError> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    let how =
        if cross_set { "Each set is graded by what was fitted on the others." } else { "Graded by this program." };
    page.hanging("", &Text::plain(how))?;
    for set in crossed {
        page.heading(&format!("{}, {}", set.set, count(set.n as u64, "answer")))?;
        let mut table = Table::new(&[Align::Right; 3]).titled(&["pearson", "rmse", "qwk", "grading by"]);
        for row in &set.rows {
            let cell = |value: f64| Text::plain(&format!("{value:.3}"));
            let cells = vec![cell(row.pearson), cell(row.rmse), cell(row.qwk)];
            table.row(cells, vec![Text::plain(row.by)]);
        }
        page.table(1, &table)?;
        let inside = format!("{:.0} % of the scores lie inside the interval", set.interval_coverage * 100.0);
        page.hanging(" ", &Text::plain(&inside))?;
    }
    out.flush()?;
    Ok(())
}
