//! `viva verify`: whether stored grades follow from themselves and their answers.
//!
//! Names Wire for the checks that need no engine, and Grader to grade again what this very binary, with these very
//! rubrics, has graded.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use serde_json::Value;

use super::input::cannot_read;
use super::output::{self, count};
use super::pipeline::{self, Line, Run};
use super::{CliError, Global, Outcome, banks, batch, examples};
use crate::domain::grade::{self as domain, ReviewReason, Scoring};
use crate::domain::judged::Why;
use crate::grader::{Grader, Prepared};
use crate::wire::verify::{Finding, check};
use crate::wire::{Grade, JudgeVote, Provenance, VerifyLine};

const EXAMPLES: &str = "\
viva verify stored.jsonl
  jq -c '{grade: ., answer: $a}' --arg a \"$(cat answer.md)\" grade.json | viva verify

One object a line: {\"grade\": …, \"answer\": \"…\"}, with \"prompt\" and \"ideal\" where no bank holds the question.";

/// The most differences between two grades that are told.
const DIFFERENCES: usize = 8;
/// How far numbers of the same grade may lie apart after a way through JSON.
const TOLERANCE: f64 = 1e-9;

/// Check that grades follow from themselves and the answers they are of.
///
/// Prints one line for each claim that does not hold: schema, quotes, credits, score, gains, lists, interval, hashes.
/// Where engine, rubric, lexicon and model are those of this binary, the answer is graded again too; what could not be is
/// told at the end, with the reason.
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

/// Why an answer was not graded again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skipped {
    /// It is too long to be graded at all.
    TooLong,
    /// No bank that is loaded holds the question.
    NoQuestion,
    /// The question was given with the answer, and the line lacks it.
    NoPrompt,
    /// Something that the grade depends on is not the same here.
    Other,
}

impl Skipped {
    const ALL: [Self; 4] = [Self::TooLong, Self::NoQuestion, Self::NoPrompt, Self::Other];

    const fn because(self) -> &'static str {
        match self {
            Self::TooLong => "the answer is longer than what is graded",
            Self::NoQuestion => "no bank here holds the question",
            Self::NoPrompt => "graded from an ideal answer, and the line has no `prompt` and `ideal`",
            Self::Other => "from another engine, rubric, lexicon or model",
        }
    }
}

/// How many answers were not graded again, by reason.
#[derive(Debug, Default)]
struct Tally([AtomicU64; Skipped::ALL.len()]);

impl Tally {
    fn add(&self, why: Skipped) {
        self.0[why as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// One line a reason that occurred.
    fn told(&self) -> Vec<String> {
        let told = |why: Skipped| match self.0[why as usize].load(Ordering::Relaxed) {
            0 => None,
            n => Some(format!("{} not graded again: {}", count(n, "answer"), why.because())),
        };
        Skipped::ALL.into_iter().filter_map(told).collect()
    }
}

/// Verifies every line.
pub(super) fn run(args: &VerifyArgs, global: &Global) -> Result<Outcome, CliError> {
    let grader = banks::grader(global)?;
    let input = batch::open(&args.file)?;
    let json = args.json;
    let tally = Arc::new(Tally::default());
    let skipped = Arc::clone(&tally);
    let work = move |line: Line<'_>, out: &mut Vec<u8>| {
        let found = findings(&grader, line, &skipped);
        for finding in &found {
            write(out, json, line.number, finding);
        }
        found.is_empty()
    };
    let Run { totals, unread } = pipeline::run(input, work, &mut output::plain(), |_| ())?;
    if let Some(error) = unread {
        return Err(cannot_read(&args.file, &error));
    }
    tally.told().iter().for_each(|line| super::remark(line));
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
fn findings(grader: &Grader, line: Line<'_>, skipped: &Tally) -> Vec<Finding> {
    let finding = |message: String| vec![Finding { field: "line".to_owned(), message }];
    let Some(bytes) = line.bytes else { return finding("too long to be a grade and its answer".to_owned()) };
    let stored: VerifyLine = match serde_json::from_slice(bytes) {
        Ok(stored) => stored,
        Err(error) => return finding(not_read(&error)),
    };
    let mut found = check(&stored.grade, &stored.answer);
    match again(grader, &stored) {
        Ok(more) => found.extend(more),
        Err(why) => skipped.add(why),
    }
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

/// What differs when the answer is graded again; where something that the grade depends on is not the same here, what.
fn again(grader: &Grader, stored: &VerifyLine) -> Result<Vec<Finding>, Skipped> {
    let VerifyLine { grade, answer, .. } = stored;
    if answer.len() > crate::grader::MAX_ANSWER_BYTES {
        return Err(Skipped::TooLong);
    }
    let own = if grade.scoring == Scoring::Ideal.as_str() {
        match from_ideal(grader, stored)? {
            Ok(own) => own,
            Err(finding) => return Ok(vec![finding]),
        }
    } else {
        let question = grader.find(Some(&grade.bank), &grade.question).map_err(|_| Skipped::NoQuestion)?;
        graded(grader, grader.prepare(question, answer), stored)
    };
    let own = Grade::new(&own, grade.id.as_deref(), answer);
    if depends_on(&own.provenance) != depends_on(&grade.provenance) {
        return Err(Skipped::Other);
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
    match (serde_json::to_value(grade), serde_json::to_value(own)) {
        (Ok(stored), Ok(own)) => differences(&skipped(stored), &skipped(own), "", &mut found),
        _ => unreachable!("a grade's shape has string keys and finite numbers"),
    }
    found.truncate(DIFFERENCES);
    Ok(found)
}

/// The grade that the line's own question gives, or what is wrong with that question.
fn from_ideal(grader: &Grader, stored: &VerifyLine) -> Result<Result<domain::Grade, Finding>, Skipped> {
    let VerifyLine { grade, answer, prompt, ideal } = stored;
    let (Some(prompt), Some(ideal)) = (prompt, ideal) else { return Err(Skipped::NoPrompt) };
    let finding = |field: &str, message: String| Finding { field: field.to_owned(), message };
    let own = match grader.own(prompt, &ideal.clone().into_vec()) {
        Ok(own) => own,
        Err(error) => return Ok(Err(finding(error.field(), error.to_string()))),
    };
    let own = graded(grader, grader.prepare_own(&own, answer), stored);
    // The hash is over prompt and ideal answers alone, whatever the engine.
    if grade.provenance.rubric.strip_prefix("sha256:") != Some(own.provenance.rubric.as_str()) {
        return Ok(Err(finding("provenance.rubric", "the hash of another prompt or other ideal answers".to_owned())));
    }
    Ok(Ok(own))
}

/// The answer, graded again: by the rules, and where a judge was asked, by the votes that the grade keeps.
fn graded(grader: &Grader, prepared: Prepared, stored: &VerifyLine) -> domain::Grade {
    match &stored.grade.judge.details {
        None => prepared.grade,
        Some(details) => {
            let votes = details.votes.iter().map(JudgeVote::to_domain).collect();
            grader.grade_again(&prepared, Why::Always, votes)
        }
    }
}

/// The hashes that decide a grade, without that of the answer, which is checked by itself.
fn depends_on<'p>(p: &'p Provenance<'_>) -> [&'p str; 4] {
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
