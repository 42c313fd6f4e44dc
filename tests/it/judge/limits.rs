//! What stands between a grade and a server: limits, waiting side by side, and what is kept of it all.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;
use tokio::sync::Barrier;
use viva::config::{JudgeConfig, JudgeMode, Prices};
use viva::domain::grade::ReviewReason;
use viva::domain::judged::{Judged, Why};
use viva::grader::Grader;
use viva::judge::scripted::completion;
use viva::wire;

use super::{ANSWER, Act, Fake, grade, grade_of, lifts};

/// Grades a first answer as it may be, then another one past a limit.
#[track_caller]
fn check_past(change: fn(&mut JudgeConfig), first: &str, reason: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let fake =
        Fake::start(
            |_, request| {
                if request.to_string().contains("break") { Act::status(400, "no") } else { Act::says(&lifts()) }
            },
        );
    let panel = fake.panel(|c| {
        c.deadline = Duration::from_millis(300);
        change(c);
    });
    runtime.block_on(grade_of(&panel, first, JudgeMode::Always));
    let asked = fake.count();
    let past = runtime.block_on(grade(&panel));
    assert_eq!(past.judge, Judged::Unavailable { reason: viva::judge::Failure::from_name(reason).unwrap().as_str() });
    assert_eq!(fake.count(), asked, "nobody is asked past a limit");
    assert_eq!(past.review.iter().filter(|r| **r == ReviewReason::JudgeUnavailable).count(), 1);
    let rules = runtime.block_on(grade_of(&panel, ANSWER, JudgeMode::Never));
    assert_eq!((past.score, &past.concepts, past.interval), (rules.score, &rules.concepts, rules.interval));
}

#[rstest]
#[case::requests_a_minute(|c: &mut JudgeConfig| c.per_minute = Some(1), "It ends.", "per_minute")]
#[case::tokens_a_day(|c: &mut JudgeConfig| c.tokens_per_day = Some(1), "It ends.", "tokens_per_day")]
#[case::money_a_day(
    |c: &mut JudgeConfig| { c.prices = Some(Prices { prompt: 1.0, completion: 1.0 }); c.money_per_day = Some(1e-6); },
    "It ends.",
    "money_per_day"
)]
#[case::failures_in_a_row(|c: &mut JudgeConfig| c.failures = 1, "They break.", "paused")]
fn past_a_limit_the_grade_is_the_rules_grade(
    #[case] change: fn(&mut JudgeConfig),
    #[case] first: &str,
    #[case] reason: &str,
) {
    check_past(change, first, reason);
}

/// The server replies to nobody before all of them have asked: whoever held a lock over a request, or blocked the only thread
/// that there is, would wait until the deadline.
#[tokio::test]
async fn grades_wait_side_by_side_on_one_thread() {
    let all = Arc::new(Barrier::new(4));
    let fake = Fake::start(move |_, _| Act::Together(Arc::clone(&all), completion(&lifts().to_string()).to_string()));
    let panel = fake.panel(|_| {});
    let answers: Vec<String> = (0..4).map(|n| format!("{ANSWER} {n}")).collect();
    let graded = join_all(answers.iter().map(|a| grade_of(&panel, a, JudgeMode::Always))).await;
    assert!(graded.iter().all(|g| matches!(g.judge, Judged::Asked(_))), "{graded:#?}");
    assert_eq!((fake.count(), fake.most_at_once()), (4, 4));
}

#[tokio::test]
async fn no_more_requests_are_on_their_way_than_may_be() {
    let two = Arc::new(Barrier::new(2));
    let fake = Fake::start(move |_, _| Act::Together(Arc::clone(&two), completion(&lifts().to_string()).to_string()));
    let panel = fake.panel(|c| c.in_flight = 2);
    let answers: Vec<String> = (0..16).map(|n| format!("{ANSWER} {n}")).collect();
    let graded = join_all(answers.iter().map(|a| grade_of(&panel, a, JudgeMode::Always))).await;
    assert!(graded.iter().all(|g| matches!(g.judge, Judged::Asked(_))));
    assert_eq!((fake.count(), fake.most_at_once()), (16, 2));
}

#[tokio::test]
async fn a_grade_keeps_how_it_was_judged() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let panel = fake.panel(|c| {
        c.temperature = Some(0.5);
        c.prices = Some(Prices { prompt: 10.0, completion: 20.0 });
    });
    let graded = serde_json::to_value(wire::Grade::new(&grade(&panel).await, None, ANSWER)).unwrap();
    let details = &graded["judge"]["details"];
    let expected = json!({
        "why": "always", "model": "test-model", "temperature": 0.5, "fingerprint": "fp_1", "exchanges": 1, "cached": 0,
        "tries": 1, "prompt_tokens": 100, "completion_tokens": 20, "cost": 0.0014, "seconds": 0.0, "rules_score": 0.75,
        "stopped": null
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&details[name], value, "{name}");
    }
    assert!(details["seed"].is_u64() && details["prompt_version"].as_str().is_some_and(|v| !v.is_empty()));
    let outcome = &details["outcomes"][0];
    assert_eq!(
        (&outcome["id"], &outcome["effect"], &outcome["rules"]),
        (&json!("others"), &json!("raised"), &json!("missed"))
    );
    assert_eq!(details["votes"].as_array().map(Vec::len), Some(1));
}

/// The settings where nothing is set, and what they come to for one answer whose verdicts are unsure.
#[test]
fn auto_asks_where_unsure_verdicts_may_move_the_score_by_more_than_a_setting() {
    let grader = Grader::new(viva::bank::builtin().unwrap());
    let question = grader.find(None, "Q4").unwrap();
    let why = |answer: &str, swing: f64| {
        let config = JudgeConfig { swing, ..JudgeConfig::new("http://127.0.0.1:1/v1", "m") };
        grader.why(&grader.prepare(question, answer), JudgeMode::Auto, &config)
    };
    let unsure = "The goroutine is over, and what it put off until return may be gone through first.";
    let off = grader.prepare(question, unsure).expected_error();
    assert!(off > 0.02, "{off}");
    assert_eq!(why(unsure, off - 1e-6), Some(Why::Unsure));
    assert_eq!(why(unsure, off + 1e-6), None);
    let back = "It ends the process. Scratch that, it ends the goroutine alone, and its defers run.";
    let off = grader.prepare(question, back).expected_error();
    assert_eq!(why(back, 2.4 * off), Some(Why::Unsure), "what is taken back is read again for four tenths as much");
    assert_eq!(why(back, 2.6 * off), None);
    assert_eq!(why(" ", 0.0), None, "nothing was said");
}

/// Without a judge a person looks only where one would have been asked, at the more doubtful of these answers.
#[test]
fn a_person_looks_where_a_judge_would_have_been_asked() {
    let grader = Grader::new(viva::bank::builtin().unwrap());
    let config = JudgeConfig::new("http://127.0.0.1:1/v1", "m");
    let answers = viva::eval::data::read(&std::fs::read_to_string("evals/go-runtime-dev.jsonl").unwrap()).unwrap();
    let (mut unsure, mut far) = (0, 0);
    for of in &answers {
        let prepared = grader.prepare(grader.find(None, &of.question).unwrap(), &of.answer);
        let is_far =
            grader.why(&prepared, JudgeMode::Auto, &config).is_some() && prepared.expected_error() >= config.swing;
        let looks = prepared.grade.review.contains(&ReviewReason::Unsure);
        assert!(is_far || !looks, "{}: {}", of.id, prepared.expected_error());
        unsure += usize::from(looks);
        far += usize::from(is_far);
    }
    assert!(far > unsure, "a judge costs less: {unsure} of {far}");
    assert!(unsure > 20, "{unsure}");
}
