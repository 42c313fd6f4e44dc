//! A measurement for people, as tables.

use std::io::{self, Write as _};

use super::super::output::{self, Align, DIM, HEADING, PLAIN, Page, Table, Text, count};
use super::{counted, judged};
use crate::eval::measure::{GradedBy, Measured};
use crate::eval::report::{FIGURES, Group};

/// What was graded by what, in a sentence.
pub(super) fn about(measured: &Measured) -> String {
    let GradedBy { model, folds, claims_alone } = &measured.by;
    let how = match (folds, model) {
        (Some(folds), _) => format!("graded by models that were fitted without the question, in {folds} folds"),
        (None, Some(model)) => format!("graded by the model {}", model.get(..19).unwrap_or(model)),
        (None, None) => "graded by an unknown model".to_owned(),
    };
    let alone = if *claims_alone { ", with claims alone" } else { "" };
    let twice = measured.raters.as_ref().map_or(0, |r| r.n);
    let raters = format!("; {} by two raters", count(twice as u64, "answer"));
    format!("{}, {how}{alone}{}.", counted(&measured.questions), if twice > 0 { &raters } else { "" })
}

/// Prints everything but single answers.
pub(super) fn show(measured: &Measured) -> io::Result<()> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    page.hanging("", &Text::plain(&about(measured)))?;
    page.heading("Figures")?;
    if let Some(judge) = &measured.judge {
        judged::show(&mut page, measured, judge)?;
    } else {
        page.table(1, &figures(measured))?;
    }
    if let Some(raters) = &measured.raters {
        let agreed = format!(
            "raters: the same between two raters, which no grader can be expected to exceed; they agree on {:.1} % of \
             concepts",
            raters.concept_agreement * 100.0
        );
        page.hanging(" ", &Text::styled(DIM, &agreed))?;
    }
    page.heading("Doubt (the answers whose score should be off furthest, by the verdicts' own probabilities)")?;
    page.table(1, &doubt(measured))?;
    page.heading("Words alone (each at the threshold that is best for these answers)")?;
    page.table(1, &baselines(measured))?;
    page.heading("Confidence")?;
    page.table(1, &reliability(measured))?;
    for (title, groups) in [("Kinds", &measured.kinds), ("Sections", &measured.sections)] {
        page.heading(title)?;
        page.table(1, &group_table(groups.iter()))?;
    }
    page.heading("Questions (the largest mean error first)")?;
    let mut questions: Vec<&Group> = measured.questions.iter().collect();
    questions.sort_by(|a, b| b.figures.mae.total_cmp(&a.figures.mae));
    page.table(1, &group_table(questions.into_iter()))?;
    out.flush()
}

pub(super) fn number(value: f64) -> Text {
    Text::plain(&format!("{value:.3}"))
}

fn figures(measured: &Measured) -> Table {
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Right]).titled(&["figure", "value", "raters", ""]);
    for ((name, value), (_, about, _)) in measured.figures.rows().into_iter().zip(FIGURES) {
        let between = measured.raters.as_ref().and_then(|r| r.figure(name)).map_or_else(Text::new, number);
        table.row(vec![Text::styled(HEADING, name), number(value), between], vec![Text::styled(DIM, about)]);
    }
    table
}

fn doubt(measured: &Measured) -> Table {
    let columns = [Align::Right, Align::Right];
    let mut table = Table::new(&columns).titled(&[
        "of answers",
        "off by",
        "of the scores off by more than 0.25, the share among them",
    ]);
    for row in &measured.doubt {
        let share = Text::plain(&format!("{:.0} %", row.share * 100.0));
        table.row(vec![share, number(row.from)], vec![number(row.catches)]);
    }
    table
}

fn baselines(measured: &Measured) -> Table {
    let columns = [Align::Right; 3];
    let mut table = Table::new(&columns).titled(&["pearson", "concept F1", "threshold", "grading by"]);
    for b in &measured.baselines {
        let cells = vec![number(b.pearson), number(b.concept_f1), Text::plain(&format!("{:.2}", b.threshold))];
        table.row(cells, vec![Text::plain(&b.name)]);
    }
    let f = &measured.figures;
    let own = vec![number(f.pearson), number(f.concept_f1), Text::new()];
    table.row(own, vec![Text::styled(HEADING, "Viva")]);
    table
}

fn reliability(measured: &Measured) -> Table {
    let columns = [Align::Left, Align::Right, Align::Right];
    let mut table = Table::new(&columns).titled(&["confidence", "verdicts", "stated", "right"]);
    for (at, bin) in measured.reliability.iter().enumerate() {
        let tenth = at as f64 / 10.0;
        let range = Text::plain(&format!("{tenth:.1} to {:.1}", tenth + 0.1));
        let n = Text::plain(&bin.n.to_string());
        let (stated, right) =
            if bin.n == 0 { (Text::new(), Text::new()) } else { (number(bin.stated), number(bin.right)) };
        table.row(vec![range, n, stated], vec![right]);
    }
    table
}

fn group_table<'g>(groups: impl Iterator<Item = &'g Group>) -> Table {
    let titles = ["answers", "score", "raters", "mae", "pearson", "concept F1", "review", ""];
    let mut table = Table::new(&[Align::Right; 7]).titled(&titles);
    for group in groups {
        let f = &group.figures;
        let mut cells = vec![Text::plain(&f.n.to_string())];
        cells.extend([group.score, group.raters, f.mae, f.pearson, f.concept_f1, f.review_rate].map(number));
        let name = if group.name.is_empty() { "(none)" } else { &group.name };
        table.row(cells, vec![Text::styled(PLAIN, name)]);
    }
    table
}
