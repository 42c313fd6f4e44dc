//! A measurement as one page for people: plots and tables, in one file that needs nothing else.
//!
//! Names [`measure`](super::measure) and [`report`](super::report). To add a plot: a function from the measurement to a
//! [`plot::Plot`], and its section in [`page`].

mod plot;

use std::fmt::Write as _;

use super::measure::{AnswerRow, LARGE_ERROR, Measured};
use super::report::{FIGURES, Group};
use plot::{Axis, Plot, escape};

const STYLE: &str = include_str!("style.css");
/// The largest errors that are listed.
const LISTED: usize = 30;
/// Room for one question's bar.
const BAR: f64 = 15.0;

/// The page of a measurement; `about` says in a sentence what was graded.
#[must_use]
pub fn page(measured: &Measured, about: &str) -> String {
    let mut body = String::new();
    let mut add = |piece: String| body.push_str(&piece);
    add(format!("<h1>How far grades agree with raters</h1>\n<p class=\"soft\">{}</p>\n", escape(about)));
    add("<div class=\"pair\">\n".to_owned());
    add(section("Score against the raters' mean", &scatter_legend(measured), &scatter(measured)));
    add(section(
        "How sure, and how often right",
        "Verdicts on concepts by their stated confidence, in tenths. On the dashed line the stated confidence is true; \
         below it the grader is too sure. Numbers count the verdicts.",
        &reliability(measured),
    ));
    add("</div>\n".to_owned());
    add(section(
        "Errors",
        "Score less raters' mean, in tenths: on the right answers that were graded too well.",
        &format!("<div class=\"wide\">{}</div>", histogram(measured)),
    ));
    add(section(
        "Questions",
        "Mean absolute error of the score. Bars of the second colour lie above twice the mean of all.",
        &format!("<div class=\"wide\">{}</div>", questions(measured)),
    ));
    add(section(
        "Figures",
        "What each says stands beside it; evals/README.md tells how to read them.",
        &figures(measured),
    ));
    add(section(
        "Words alone",
        "What simple likenesses reach on the same answers, each at its best threshold.",
        &baselines(measured),
    ));
    for (title, groups) in [("Kinds", &measured.kinds), ("Sections", &measured.sections)] {
        add(section(title, "", &group_table(groups)));
    }
    add(section("Largest errors", "", &worst(measured)));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>Grades against raters</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn section(title: &str, about: &str, content: &str) -> String {
    let about = if about.is_empty() { String::new() } else { format!("<p class=\"soft\">{about}</p>\n") };
    format!("<section>\n<h2>{title}</h2>\n{about}{content}</section>\n")
}

fn scatter_legend(measured: &Measured) -> String {
    let off = measured.answers.iter().filter(|a| a.is_off()).count();
    format!(
        "Each mark is an answer. <span class=\"key\"></span>within {LARGE_ERROR} of the raters (\
         {within}) <span class=\"key far\"></span>off by more ({off})",
        within = measured.answers.len() - off
    )
}

fn named(row: &AnswerRow) -> String {
    let AnswerRow { id, question, kind, score, raters, .. } = row;
    format!("{id}, {question}, {kind}: score {score:.2}, raters {raters:.2}")
}

fn scatter(measured: &Measured) -> String {
    let (x, y) = (Axis::share("raters' mean"), Axis::share("score"));
    let mut plot = Plot::new("Score against the raters' mean, a mark an answer", (520.0, 460.0), x, y);
    plot.line("guide", (0.0, 0.0), (1.0, 1.0));
    let (off, within): (Vec<&AnswerRow>, Vec<&AnswerRow>) = measured.answers.iter().partition(|a| a.is_off());
    for row in within {
        plot.dot("ok", (row.raters, row.score), 4.0, &named(row));
    }
    for row in off {
        plot.diamond("off", (row.raters, row.score), 5.0, &named(row));
    }
    plot.finish()
}

fn reliability(measured: &Measured) -> String {
    let (x, y) = (Axis::share("stated confidence"), Axis::share("share that is right"));
    let mut plot = Plot::new("Share of verdicts that are right by stated confidence", (520.0, 460.0), x, y);
    plot.line("guide", (0.0, 0.0), (1.0, 1.0));
    let bins: Vec<_> = measured.reliability.iter().filter(|bin| bin.n > 0).collect();
    for pair in bins.windows(2) {
        plot.line("trace", (pair[0].stated, pair[0].right), (pair[1].stated, pair[1].right));
    }
    for bin in bins {
        let title = format!("{} verdicts: stated {:.3}, right {:.3}", bin.n, bin.stated, bin.right);
        plot.dot("ok", (bin.stated, bin.right), 6.0, &title);
        plot.note((bin.stated, bin.right + 0.01), &bin.n.to_string());
    }
    plot.finish()
}

/// How many answers are off by each tenth, from -10 to 10.
fn tenths(answers: &[AnswerRow]) -> [usize; 21] {
    let mut counts = [0; 21];
    for row in answers {
        let place = ((row.error() * 10.0).round() + 10.0).clamp(0.0, 20.0);
        let at = (0..21_u8).find(|n| f64::from(*n) >= place).unwrap_or(20);
        counts[usize::from(at)] += 1;
    }
    counts
}

fn histogram(measured: &Measured) -> String {
    let counts = tenths(&measured.answers);
    let most = counts.iter().copied().max().unwrap_or_default();
    let x = Axis { label: "score less raters' mean", from: -1.05, to: 1.05, step: 0.0, places: 1 };
    let y = Axis::up_to("answers", most.max(1) as f64 * 1.05, 0);
    let mut plot = Plot::new("How many answers are off by how much", (760.0, 320.0), x, y);
    for (at, n) in counts.into_iter().enumerate() {
        let error = (at as f64 - 10.0) / 10.0;
        let signed = if at == 10 { "0".to_owned() } else { format!("{error:+.1}") };
        let class = if error.abs() > LARGE_ERROR { "bar far" } else { "bar" };
        plot.bar(class, error, 0.09, n as f64, &format!("{n} answers off by {signed}"));
        if n > 0 {
            plot.note((error, n as f64), &n.to_string());
        }
        if at.is_multiple_of(2) {
            plot.tick_below(error, &signed);
        }
    }
    plot.finish()
}

fn questions(measured: &Measured) -> String {
    let groups = &measured.questions;
    let most = groups.iter().map(|g| g.figures.mae).fold(0.0, f64::max);
    let x = Axis { label: "question", from: -0.5, to: groups.len() as f64 - 0.5, step: 0.0, places: 0 };
    let y = Axis::up_to("mean absolute error", most.max(0.05), 2);
    let width = (groups.len() as f64).mul_add(BAR, 80.0).max(320.0);
    let mut plot = Plot::new("Mean absolute error by question", (width, 320.0), x, y);
    let mean = measured.figures.mae;
    for (at, group) in groups.iter().enumerate() {
        let mae = group.figures.mae;
        let class = if mae > 2.0 * mean { "bar far" } else { "bar" };
        let title = format!(
            "{}: off by {mae:.3} on average over {} answers; score {:.2}, raters {:.2}",
            group.name, group.figures.n, group.score, group.raters
        );
        plot.bar(class, at as f64, 0.75, mae, &title);
        plot.turned_below(at as f64, &group.name);
    }
    plot.line("guide", (-0.5, mean), (groups.len() as f64 - 0.5, mean));
    plot.finish()
}

/// A table: titles, and rows of cells; all columns but those in `words` hold numbers.
fn table(titles: &[&str], words: &[usize], rows: &[Vec<String>]) -> String {
    let class = |at: usize| if words.contains(&at) { "" } else { " class=\"n\"" };
    let mut out = "<div class=\"wide\"><table>\n<thead><tr>".to_owned();
    for (at, title) in titles.iter().enumerate() {
        // Writing to a string never fails.
        let _ = write!(out, "<th{}>{}</th>", class(at), escape(title));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let _ = write!(out, "<td{}>{}</td>", class(at), escape(cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
    out
}

fn figures(measured: &Measured) -> String {
    let between = |name: &str| measured.raters.as_ref().and_then(|r| r.figure(name));
    let row = |((name, value), (_, about, _)): ((&str, f64), (&str, &str, _))| {
        let raters = between(name).map_or_else(String::new, |v| format!("{v:.3}"));
        vec![name.to_owned(), format!("{value:.3}"), raters, about.to_owned()]
    };
    let rows: Vec<_> = measured.figures.rows().into_iter().zip(FIGURES).map(row).collect();
    table(&["figure", "value", "rater to rater", "what it says"], &[0, 3], &rows)
}

fn baselines(measured: &Measured) -> String {
    let row = |b: &super::baselines::Baseline| {
        vec![b.name.clone(), format!("{:.3}", b.pearson), format!("{:.3}", b.concept_f1), format!("{:.2}", b.threshold)]
    };
    let rows: Vec<_> = measured.baselines.iter().map(row).collect();
    table(&["grading by", "pearson", "concept F1", "threshold"], &[0], &rows)
}

fn group_table(groups: &[Group]) -> String {
    let row = |g: &Group| {
        let f = &g.figures;
        let numbers = [g.score, g.raters, f.mae, f.pearson, f.concept_f1, f.review_rate];
        [vec![g.name.clone(), f.n.to_string()], numbers.map(|v| format!("{v:.3}")).to_vec()].concat()
    };
    let rows: Vec<_> = groups.iter().map(row).collect();
    table(&["", "answers", "score", "raters", "mae", "pearson", "concept F1", "review rate"], &[0], &rows)
}

fn worst(measured: &Measured) -> String {
    let row = |at: usize| {
        let a = &measured.answers[at];
        let wrong: Vec<&str> = a.verdicts.iter().filter(|(_, v)| !v.is_right()).map(|(id, _)| id.as_str()).collect();
        let review = if a.needs_review { "yes" } else { "" };
        vec![
            a.id.clone(),
            a.kind.clone(),
            format!("{:.2}", a.score),
            format!("{:.2}", a.raters),
            format!("{:+.2}", a.error()),
            review.to_owned(),
            wrong.join(", "),
        ]
    };
    let rows: Vec<_> = measured.worst().into_iter().take(LISTED).map(row).collect();
    table(&["answer", "kind", "score", "raters", "error", "review", "wrong about"], &[0, 1, 5, 6], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(score: f64, raters: f64) -> AnswerRow {
        AnswerRow {
            id: "<b>".to_owned(),
            bank: "sky".to_owned(),
            question: "A1".to_owned(),
            kind: String::new(),
            score,
            raters,
            interval: [0.0, 1.0],
            needs_review: false,
            expected_error: 0.0,
            asked: false,
            verdicts: std::collections::BTreeMap::new(),
            misconceptions: Vec::new(),
            rated_misconceptions: Vec::new(),
        }
    }

    #[test]
    fn errors_are_counted_around_nought() {
        let counts = tenths(&[row(0.5, 0.5), row(0.54, 0.5), row(1.0, 0.0), row(0.0, 1.0), row(0.4, 0.5)]);
        assert_eq!((counts[10], counts[20], counts[0], counts[9]), (2, 1, 1, 1));
        assert_eq!(counts.iter().sum::<usize>(), 5);
    }

    #[test]
    fn names_are_escaped_in_tables_and_titles() {
        assert!(!table(&["<i>"], &[], &[vec!["<b>".to_owned()]]).contains("<b>"));
        assert!(escape(&named(&row(0.0, 0.0))).starts_with("&lt;b&gt;"));
    }
}
