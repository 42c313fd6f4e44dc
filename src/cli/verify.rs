//! `viva verify`: whether stored grades follow from themselves and their answers.
//!
//! Names Wire for the checks that need no engine, and Grader to grade again what this very binary, with these very
//! rubrics, has graded.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::input::cannot_read;
use super::output::{self, count};
use super::pipeline::{self, Line, Run};
use super::{CliError, Global, Outcome, banks, batch, examples};
use crate::domain::grade::ReviewReason;
use crate::domain::judged::Why;
use crate::grader::{Grader, QuestionRef};
use crate::wire::verify::{Finding, check};
use crate::wire::{Grade, JudgeVote, Provenance, VerifyLine};

const EXAMPLES: &str = "\
viva verify stored.jsonl
  jq -c '{grade: ., answer: $a}' --arg a \"$(cat answer.md)\" grade.json | viva verify

One object a line: {\"grade\": …, \"answer\": \"…\"}.";

/// The most differences between two grades that are told.
const DIFFERENCES: usize = 8;
/// How far numbers of the same grade may lie apart after a way through JSON.
const TOLERANCE: f64 = 1e-9;

/// Check that grades follow from themselves and the answers they are of.
///
/// Prints one line for each claim that does not hold: schema, quotes, credits, score, gains, lists, interval, hashes.
/// Where engine, rubric, lexicon and model are those of this binary, the answer is graded again too.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(super) struct VerifyArgs {
    /// A file of grades with their answers; `-` or nothing for standard input.
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    file: PathBuf,
    /// Print one line of JSON a finding.
    #[arg(long)]
    json: bool,
}

/// Verifies every line.
pub(super) fn run(args: &VerifyArgs, global: &Global) -> Result<Outcome, CliError> {
    let grader = banks::grader(global)?;
    let input = batch::open(&args.file)?;
    let json = args.json;
    let work = move |line: Line<'_>, out: &mut Vec<u8>| {
        let found = findings(&grader, line);
        for finding in &found {
            write(out, json, line.number, finding);
        }
        found.is_empty()
    };
    let Run { totals, unread } = pipeline::run(input, work, &mut output::plain(), |_| ())?;
    if let Some(error) = unread {
        return Err(cannot_read(&args.file, &error));
    }
    let (all, bad) = (count(totals.lines, "grade"), totals.failed);
    super::remark(&match bad {
        0 => format!("{all}: every claim holds"),
        _ => format!("{all}: {} with claims that do not hold", count(bad, "line")),
    });
    Ok(Outcome::done_if(bad == 0))
}

fn write(out: &mut Vec<u8>, json: bool, number: u64, finding: &Finding) {
    let Finding { field, message } = finding;
    let line = if json {
        serde_json::json!({ "line": number, "field": field, "message": message }).to_string()
    } else {
        format!("line {number}: {field}: {message}")
    };
    out.extend_from_slice(line.as_bytes());
    out.push(b'\n');
}

/// What does not hold in one line.
fn findings(grader: &Grader, line: Line<'_>) -> Vec<Finding> {
    let finding = |message: String| vec![Finding { field: "line".to_owned(), message }];
    let Some(bytes) = line.bytes else { return finding("too long to be a grade and its answer".to_owned()) };
    let stored: VerifyLine = match serde_json::from_slice(bytes) {
        Ok(stored) => stored,
        Err(error) => return finding(not_read(&error)),
    };
    let mut found = check(&stored.grade, &stored.answer);
    found.extend(again(grader, &stored));
    found
}

/// Why a line is no grade with its answer. serde's messages may repeat values, so only those that name fields stay.
fn not_read(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let place = format!("column {}", error.column());
    match error.is_data() {
        true if message.starts_with("missing field") => format!("no grade with its answer: {message}, {place}"),
        true => format!("no grade with its answer: a value of another type, {place}"),
        false => format!("not valid JSON: {place}"),
    }
}

/// What differs when the answer is graded again, where everything that the grade depends on is the same here.
fn again(grader: &Grader, stored: &VerifyLine) -> Vec<Finding> {
    let VerifyLine { grade, answer } = stored;
    // An answer that is too long is not graded at all.
    if answer.len() > crate::grader::MAX_ANSWER_BYTES {
        return Vec::new();
    }
    let Ok(question) = grader.find(Some(&grade.bank), &grade.question) else { return Vec::new() };
    let own = Grade::new(&graded(grader, question, stored), grade.id.clone(), answer);
    if depends_on(&own.provenance) != depends_on(&grade.provenance) {
        return Vec::new();
    }
    let mut found = Vec::new();
    // `similarity` and the bank's hash depend on all banks that were loaded.
    let skipped = |mut value: Value| {
        for path in ["similarity", "provenance"] {
            value.as_object_mut().map(|fields| fields.remove(path));
        }
        // Of the judge's part, what follows from its votes; `check` has looked at the rest.
        let judged = |name: &str| value.pointer(&format!("/judge/details/{name}")).cloned();
        value["judge"] = serde_json::json!({"outcomes": judged("outcomes"), "rules_score": judged("rules_score")});
        // A judge that could not be had is no matter of the answer.
        if let Some(reasons) = value["review_reasons"].as_array_mut() {
            reasons.retain(|reason| reason != ReviewReason::JudgeUnavailable.as_str());
        }
        value.as_object_mut().map(|fields| fields.remove("needs_review"));
        value
    };
    match (serde_json::to_value(grade), serde_json::to_value(&own)) {
        (Ok(stored), Ok(own)) => differences(&skipped(stored), &skipped(own), "", &mut found),
        _ => unreachable!("a grade's shape has string keys and finite numbers"),
    }
    found.truncate(DIFFERENCES);
    found
}

/// The answer, graded again: by the rules, and where a judge was asked, by the votes that the grade keeps.
fn graded(grader: &Grader, question: QuestionRef, stored: &VerifyLine) -> crate::domain::grade::Grade {
    match &stored.grade.judge.details {
        None => grader.grade(question, &stored.answer),
        Some(details) => {
            let votes = details.votes.iter().map(JudgeVote::to_domain).collect();
            grader.grade_again(question, &stored.answer, Why::Always, votes)
        }
    }
}

/// The hashes that decide a grade, without that of the answer, which is checked by itself.
fn depends_on(p: &Provenance) -> [&str; 4] {
    [&p.engine, &p.rubric, &p.lexicon, &p.model]
}

/// Compares two values of the same shape, leaf by leaf. Texts may be the answer's, so only numbers and truth are told.
fn differences(stored: &Value, own: &Value, field: &str, found: &mut Vec<Finding>) {
    let mut add = |message: String| found.push(Finding { field: field.to_owned(), message });
    match (stored, own) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in b {
                let inner = if field.is_empty() { key.clone() } else { format!("{field}.{key}") };
                differences(a.get(key).unwrap_or(&Value::Null), value, &inner, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                differences(a, b, &format!("{field}[{i}]"), found);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            add(format!("has {} entries; grading again gives {}", a.len(), b.len()));
        }
        (Value::Number(a), Value::Number(b)) => {
            let apart = a.as_f64().unwrap_or(f64::NAN) - b.as_f64().unwrap_or(f64::NAN);
            if apart.abs() > TOLERANCE || apart.is_nan() {
                add(format!("is {a}; grading again gives {b}"));
            }
        }
        (Value::Bool(a), Value::Bool(b)) if a != b => add(format!("is {a}; grading again gives {b}")),
        (a, b) if a != b => add("grading again gives another text".to_owned()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check_differences(stored: &Value, own: &Value, expected: &[(&str, &str)]) {
        let mut found = Vec::new();
        differences(stored, own, "", &mut found);
        let found: Vec<(&str, &str)> = found.iter().map(|f| (f.field.as_str(), f.message.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn tells_where_two_grades_differ_without_repeating_texts() {
        let stored = json!({"score": 0.5, "concepts": [{"credit": 1.0, "quote": "secret"}], "flags": [], "ok": true});
        check_differences(&stored, &stored, &[]);
        let own = json!({"score": 0.6, "concepts": [{"credit": 1.0, "quote": "other"}], "flags": [1], "ok": false});
        let expected = [
            ("concepts[0].quote", "grading again gives another text"),
            ("flags", "has 0 entries; grading again gives 1"),
            ("ok", "is true; grading again gives false"),
            ("score", "is 0.5; grading again gives 0.6"),
        ];
        check_differences(&stored, &own, &expected);
    }

    #[test]
    fn a_line_that_is_no_grade_is_told_without_repeating_it() {
        let said = |line: &str| not_read(&serde_json::from_str::<VerifyLine>(line).expect_err("no grade"));
        assert_eq!(said(r#"{"answer":"secret"}"#), "no grade with its answer: missing field `grade`, column 19");
        assert_eq!(said(r#"{"grade":"secret"}"#), "no grade with its answer: a value of another type, column 17");
        assert_eq!(said("secret"), "not valid JSON: column 1");
    }
}
