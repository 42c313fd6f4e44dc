//! `viva explain`: why a grade is what it is, drawn as a tree.
//!
//! Names Grader and Domain's tree. Numbers stand in a column of their own on the left, their decimal points below
//! each other, so that they can be compared at any depth.

use std::io::{self, Write as _};

use clap::Args;

use super::input::{AnswerArgs, OwnArgs};
use super::output::{self, DIM, HEADING, PLAIN, Page, Text, width_of};
use super::{CliError, Global, Outcome, banks, examples};
use crate::bank::Item;
use crate::domain::explain::Explanation;
use crate::wire;

const EXAMPLES: &str = "\
viva explain Q4 'Only that goroutine ends.'
  viva explain Q4 --file answer.md --concept runs-defers
  viva explain Q4 --json < answer.md | jq '.children[].label'
  viva explain --prompt 'What is a mutex for?' --ideal 'It lets one thread at a time into a section.' 'Only one thread gets in.'";

/// Decimal places of a number, as many as a score has.
const PLACES: usize = 4;
/// Digits before the decimal point, with a sign.
const DIGITS: usize = 4;

/// Show every step from an answer to its grade.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(super) struct ExplainArgs {
    /// The question that was answered, such as Q4; `viva questions` lists them.
    #[arg(value_name = "QUESTION", required_unless_present = "prompt")]
    question: Option<String>,
    #[command(flatten)]
    answer: AnswerArgs,
    /// The question's bank, where several hold its id.
    #[arg(long, value_name = "NAME")]
    bank: Option<String>,
    #[command(flatten)]
    own: OwnArgs,
    /// Only what concerns this concept or misconception.
    #[arg(long, value_name = "ID")]
    concept: Option<String>,
    /// Print the tree as one line of JSON.
    #[arg(long)]
    json: bool,
}

/// Explains the grade of the answer that the arguments name.
pub(super) fn run(args: &ExplainArgs, global: &Global) -> Result<Outcome, CliError> {
    let grader = banks::grader(global)?;
    let (whole, answer) = if let Some(prompt) = &args.own.prompt {
        let answer = args.answer.read_own(prompt, args.question.as_ref())?;
        let own = args.own.compile(&grader, prompt)?;
        let best = grader.grade_own(&own, &answer).ideal;
        check_concept(args.concept.as_deref(), own.item(best))?;
        (grader.explain_own(&own, &answer), answer)
    } else {
        let found = grader.find(args.bank.as_deref(), args.question.as_deref().unwrap_or_default())?;
        let (bank, item) = grader.item(found);
        check_concept(args.concept.as_deref(), item)?;
        let shown = format!("{} ({}): {}", item.question.id, bank.name, item.question.prompt);
        let answer = args.answer.read(&shown)?;
        (grader.explain(found, &answer), answer)
    };
    let tree = match &args.concept {
        None => &whole,
        Some(id) => {
            subtree(&whole, id).ok_or_else(|| CliError::Failed(format!("the explanation says nothing about `{id}`")))?
        }
    };
    if args.json {
        output::json_line(&mut output::plain(), &wire::Explanation::new(tree, &answer))?;
    } else {
        let mut out = output::styled();
        draw(&mut Page::new(&mut out, output::width()), tree, &answer)?;
        out.flush()?;
    }
    Ok(Outcome::Done)
}

/// Whether a question's rubric has the concept or misconception that is asked for, if any is.
fn check_concept(id: Option<&str>, item: &Item) -> Result<(), CliError> {
    let rubric = &item.rubric;
    let ids = rubric.concepts.iter().map(|c| &c.id).chain(rubric.misconceptions.iter().map(|m| &m.id));
    let ids: Vec<&str> = ids.map(crate::domain::id::ConceptId::as_str).collect();
    match id {
        Some(id) if !ids.contains(&id) => {
            let known = ids.join(", ");
            let message = format!("no concept `{id}` in the rubric of {}; there is {known}", item.question.id);
            Err(CliError::Unusable(message))
        }
        _ => Ok(()),
    }
}

/// The highest node whose label names `id` as a word of its own, the first of several.
fn subtree<'t>(tree: &'t Explanation, id: &str) -> Option<&'t Explanation> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut level = vec![tree];
    while !level.is_empty() {
        if let Some(found) = level.iter().find(|node| node.label.split(|c| !is_part(c)).any(|word| word == id)) {
            return Some(found);
        }
        level = level.iter().flat_map(|node| &node.children).collect();
    }
    None
}

/// Draws the tree.
pub(super) fn draw(page: &mut Page<'_>, tree: &Explanation, answer: &str) -> io::Result<()> {
    node(page, tree, answer, "", "")
}

/// Draws a node after `branch` and what belongs to it after `trunk`.
fn node(page: &mut Page<'_>, tree: &Explanation, answer: &str, branch: &str, trunk: &str) -> io::Result<()> {
    let mut text = if trunk.is_empty() { Text::styled(HEADING, &tree.label) } else { Text::plain(&tree.label) };
    if let Some((start, end)) = tree.span {
        let quote = answer.get(start..end).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        text.push(PLAIN, &format!(" “{quote}”"));
        text.push(DIM, &format!(" {start}..{end}"));
    }
    let column = number(tree.value);
    let more = if tree.children.is_empty() { "  " } else { "│ " };
    let room = page.width.saturating_sub(width_of(&column) + 4 + width_of(branch));
    for (i, line) in text.wrap(room.max(16)).iter().enumerate() {
        let mut full = Text::plain(&if i == 0 { column.clone() } else { " ".repeat(width_of(&column)) });
        full.push(DIM, &format!("  {}", if i == 0 { branch.to_owned() } else { format!("{trunk}{more}") }));
        full.append(line);
        page.lines(&[full])?;
    }
    let last = tree.children.len().saturating_sub(1);
    for (i, child) in tree.children.iter().enumerate() {
        let (corner, below) = if i == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        node(page, child, answer, &format!("{trunk}{corner}"), &format!("{trunk}{below}"))?;
    }
    Ok(())
}

/// A number in its column, its decimal point in place, without zeros at its end; or the empty column.
fn number(value: Option<f64>) -> String {
    let Some(value) = value else { return " ".repeat(DIGITS + 1 + PLACES) };
    let full = format!("{value:>width$.PLACES$}", width = DIGITS + 1 + PLACES);
    let short = full.trim_end_matches('0').trim_end_matches('.');
    format!("{short}{}", " ".repeat(full.len() - short.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, "         ")]
    #[case(Some(0.0), "   0     ")]
    #[case(Some(0.8), "   0.8   ")]
    #[case(Some(-1.25), "  -1.25  ")]
    #[case(Some(12.34567), "  12.3457")]
    #[case(Some(100.0), " 100     ")]
    fn numbers_line_up(#[case] value: Option<f64>, #[case] expected: &str) {
        assert_eq!(number(value), expected);
    }

    fn tree() -> Explanation {
        let pattern = Explanation::new("pattern `run|execute defer*`").value(1.0).span(5, 25);
        let phrase = Explanation::new("phrase with more words than fit into one line of this narrow page").value(-0.5);
        Explanation::new("Q4")
            .value(0.8)
            .child(
                Explanation::new("runs-defers: hit")
                    .value(0.97)
                    .child(pattern)
                    .child(phrase.child(Explanation::new("x"))),
            )
            .child(Explanation::new("runs-defers-not: missed").value(12.0))
    }

    #[test]
    fn draws_a_tree() {
        let mut out = Vec::new();
        draw(&mut Page::new(&mut out, 60), &tree(), "Yes, deferred calls are\nrun.").unwrap();
        let shown = String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap();
        let shown = format!("|{}", shown.trim_end().replace('\n', "\n|"));
        insta::assert_snapshot!(shown, @r"
        |   0.8     Q4
        |   0.97    ├─ runs-defers: hit
        |   1       │  ├─ pattern `run|execute defer*` “deferred
        |           │  │    calls are r” 5..25
        |  -0.5     │  └─ phrase with more words than fit into one
        |           │     │ line of this narrow page
        |           │     └─ x
        |  12       └─ runs-defers-not: missed
        ");
    }

    #[rstest]
    #[case("runs-defers", Some("runs-defers: hit"))]
    #[case("runs-defers-not", Some("runs-defers-not: missed"))]
    #[case("defers", None)]
    fn finds_the_part_of_a_concept(#[case] id: &str, #[case] expected: Option<&str>) {
        assert_eq!(subtree(&tree(), id).map(|part| part.label.as_str()), expected);
    }
}
