//! The answers with the largest error, and why they were graded so.

use std::io::Write as _;

use super::super::output::{self, BAD, DIM, HEADING, PLAIN, Page, Text};
use super::super::{CliError, explain};
use super::Graded;
use crate::domain::explain::Explanation;
use crate::eval::measure::AnswerRow;

/// The features of a probability that are shown.
const STRONGEST: usize = 5;
/// The most characters of an answer that are shown.
const LONGEST: usize = 1200;

/// Shows the `n` largest errors, each with the part of its explanation that is about wrong verdicts.
pub(super) fn show(graded: &Graded<'_>, n: usize) -> Result<(), CliError> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    page.heading("Largest errors")?;
    for at in graded.measured.worst().into_iter().take(n) {
        let (row, subject) = (&graded.measured.answers[at], &graded.subjects[at]);
        let answer = &subject.labelled.answer;
        page.blank()?;
        page.lines(&[title(row)])?;
        for line in shorten(answer).lines() {
            page.hanging("  | ", &Text::styled(DIM, line))?;
        }
        let tree = graded.grader.explain_with(subject.question, answer, graded.model(subject));
        let wrong = wrong_parts(tree, row);
        if wrong.children.is_empty() {
            page.hanging(
                "  ",
                &Text::plain("Every verdict is right: credits of parts, or the raters' marks, make the error."),
            )?;
        } else {
            explain::draw(&mut page, &wrong, answer)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn title(row: &AnswerRow) -> Text {
    let about = format!("  {} {}  score {:.2}, raters {:.2}  ", row.question, row.kind, row.score, row.raters);
    let review = if row.needs_review { "  marked for review" } else { "" };
    Text::styled(HEADING, &row.id).and(PLAIN, &about).and(BAD, &format!("{:+.2}", row.error())).and(DIM, review)
}

fn shorten(answer: &str) -> String {
    match answer.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &answer[..end]),
        None => answer.to_owned(),
    }
}

/// The claims of an explanation about which grader and raters differ, each with what the raters say, without the parts
/// that fill pages.
fn wrong_parts(tree: Explanation, row: &AnswerRow) -> Explanation {
    let mut root = Explanation { children: Vec::new(), ..tree.clone() };
    for child in tree.children {
        let Some((kind, rest)) = child.label.split_once(' ') else { continue };
        let id = rest.split(':').next().unwrap_or_default();
        let said = match kind {
            "concept" => row.verdicts.get(id).filter(|v| !v.is_right()).map(|v| format!("raters: {:.2}", v.raters)),
            "misconception" => {
                let (found, is) =
                    (row.misconceptions.iter().any(|m| m == id), row.rated_misconceptions.iter().any(|m| m == id));
                (found != is).then(|| format!("raters: {}", if is { "asserted" } else { "not asserted" }))
            }
            "flag" => Some(String::new()),
            _ => None,
        };
        let Some(said) = said else { continue };
        let mut part = prune(child);
        if !said.is_empty() {
            part.children.insert(0, Explanation::new(said));
        }
        root.children.push(part);
    }
    root
}

/// Without patterns that do not match, without the clause features below a window, and with the strongest features of a
/// probability alone; they stand in the order of their strength.
fn prune(mut node: Explanation) -> Explanation {
    if node.label.starts_with("probability ") {
        node.children.truncate(STRONGEST);
    }
    let unmatched = |n: &Explanation| n.label.starts_with("pattern ") && n.label.ends_with("no match");
    let long = |n: &Explanation| n.label.starts_with("features:");
    let missed = node.children.iter().filter(|n| unmatched(n)).count();
    let mut children: Vec<Explanation> =
        node.children.into_iter().filter(|n| !unmatched(n) && !long(n)).map(prune).collect();
    if missed > 0 {
        children.push(Explanation::new(format!("patterns without a match: {missed}")));
    }
    Explanation { label: node.label, value: node.value, span: node.span, children }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::measure::VerdictRow;

    fn row() -> AnswerRow {
        let verdict = |raters| VerdictRow { verdict: "hit".to_owned(), credit: 1.0, confidence: 0.9, raters };
        AnswerRow {
            id: "a".to_owned(),
            bank: "sky".to_owned(),
            question: "A1".to_owned(),
            kind: "wrong".to_owned(),
            score: 1.0,
            raters: 0.0,
            interval: [0.9, 1.0],
            needs_review: false,
            expected_error: 0.0,
            asked: false,
            verdicts: [("right".to_owned(), verdict(1.0)), ("wrong".to_owned(), verdict(0.0))].into_iter().collect(),
            misconceptions: vec!["found".to_owned()],
            rated_misconceptions: vec!["found".to_owned(), "overlooked".to_owned()],
        }
    }

    #[test]
    fn only_wrong_claims_stay_and_say_what_raters_say() {
        let labels = [
            "flag echo",
            "concept right: hit",
            "concept wrong: hit",
            "misconception found: asserted",
            "misconception overlooked: not asserted",
        ];
        let tree = labels.iter().fold(Explanation::new("score"), |tree, label| tree.child(Explanation::new(*label)));
        let wrong = wrong_parts(tree, &row());
        let kept: Vec<&str> = wrong.children.iter().map(|c| c.label.as_str()).collect();
        assert_eq!(kept, ["flag echo", "concept wrong: hit", "misconception overlooked: not asserted"]);
        assert_eq!(wrong.children[1].children[0].label, "raters: 0.00");
        assert_eq!(wrong.children[2].children[0].label, "raters: asserted");
    }

    #[test]
    fn what_fills_pages_is_left_out() {
        let window = Explanation::new("likest window").child(Explanation::new("features: weight × value"));
        let tree = Explanation::new("concept a: hit")
            .child(Explanation::new("pattern `x`: no match"))
            .child(Explanation::new("pattern `y`"))
            .child(window)
            .child((0..9).fold(Explanation::new("probability that it is made"), |p, n| {
                p.child(Explanation::new(n.to_string()))
            }));
        let kept = prune(tree);
        let labels: Vec<&str> = kept.children.iter().map(|c| c.label.as_str()).collect();
        assert_eq!(
            labels,
            ["pattern `y`", "likest window", "probability that it is made", "patterns without a match: 1"]
        );
        assert_eq!((kept.children[1].children.len(), kept.children[2].children.len()), (0, STRONGEST));
    }

    #[test]
    fn long_answers_are_cut_at_a_character() {
        let long = "é".repeat(LONGEST + 1);
        assert_eq!(shorten(&long).chars().count(), LONGEST + 2);
        assert_eq!(shorten("short"), "short");
    }
}
