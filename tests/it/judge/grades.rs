//! What a judge's word does to a grade: over the grader, the service and its pages.

use std::sync::Arc;
use std::time::SystemTime;

use rstest::rstest;
use serde_json::{Value, json};
use viva::clock::FixedClock;
use viva::config::{JudgeMode, ServeConfig};
use viva::domain::grade::{EvidenceBy, Grade, ReviewReason, Verdict};
use viva::domain::judged::{Effect, Judged, Why};
use viva::domain::question::QuestionKind;
use viva::grader::Grader;
use viva::http::Shared;
use viva::wire::{self, verify};

use super::{ANSWER, Act, Fake, grade, grade_of, lifts, word};
use crate::harness::{TestApp, config, library};

#[track_caller]
fn asked(grade: &Grade) -> &viva::domain::judged::Asked {
    match &grade.judge {
        Judged::Asked(asked) => asked,
        other => panic!("{other:?}"),
    }
}

fn others(grade: &Grade) -> &viva::domain::grade::ConceptGrade {
    grade.concepts.iter().find(|c| c.id.as_str() == "others").unwrap()
}

#[track_caller]
fn check_holds(grade: &Grade, answer: &str) {
    let found = verify::check(&wire::Grade::new(grade, None, answer), answer);
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn a_verified_quote_lifts_a_concept_and_everything_follows() {
    // Words of the claim stand in the quote.
    const OTHERS: &str =
        "The goroutine ends, but first its deferred calls run. Other goroutines are left untouched throughout.";
    let fake = Fake::start(|_, _| Act::says(&word(&[(3, "hit", "Other goroutines are left untouched throughout")])));
    let grade = grade_of(&fake.panel(|_| {}), OTHERS, JudgeMode::Always).await;
    let concept = others(&grade);
    assert_eq!((concept.verdict, concept.credit, concept.gain), (Verdict::Hit, 1.0, 0.0));
    let evidence = concept.evidence.last().unwrap();
    assert_eq!((evidence.by, evidence.source.as_str()), (EvidenceBy::Judge, "So it says."));
    assert_eq!(&OTHERS[evidence.start..evidence.end], "Other goroutines are left untouched throughout");
    assert!((grade.score - 1.0).abs() < 1e-9);
    let asked = asked(&grade);
    assert_eq!((asked.rules_score, asked.why, asked.votes.len()), (0.75, Why::Always, 1));
    assert_eq!(asked.usage.model, "test-model");
    assert_eq!(asked.usage.fingerprint.as_deref(), Some("fp_1"));
    assert_eq!((asked.usage.prompt_tokens, asked.usage.completion_tokens, asked.usage.millis), (100, 20, 0));
    assert!(asked.prompts[0].user.contains(OTHERS));
    check_holds(&grade, OTHERS);
}

#[tokio::test]
async fn an_unrelated_quote_lifts_to_one_half_and_asks_for_a_review() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let grade = grade(&fake.panel(|_| {})).await;
    assert_eq!((others(&grade).verdict, others(&grade).credit), (Verdict::Partial, 0.5));
    assert!(grade.review.contains(&ReviewReason::JudgeDisagrees));
    check_holds(&grade, ANSWER);
}

#[tokio::test]
async fn a_judge_that_grants_everything_by_one_quote_gains_one_concept_at_most() {
    let quote = "Its neighbours simply carry on as before";
    let fake = Fake::start(move |_, _| Act::says(&word(&[1, 2, 3, 4].map(|id| (id, "hit", quote)))));
    let grade = grade_of(&fake.panel(|_| {}), "Its neighbours simply carry on as before.", JudgeMode::Always).await;
    let lifted = asked(&grade).outcomes.iter().filter(|o| o.effect == Effect::Raised).count();
    assert_eq!(lifted, 1);
    assert!(grade.score <= 3.0 / 8.0 + 1e-9, "{}", grade.score);
    check_holds(&grade, "Its neighbours simply carry on as before.");
}

#[rstest]
#[case::blank(" ")]
#[case::stuffing("goroutine, defer, exit, main, deadlock, runtime, panic, recover, scheduler")]
fn an_answer_without_claims_is_not_asked_about(#[case] answer: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let grade = runtime.block_on(grade_of(&fake.panel(|_| {}), answer, JudgeMode::Always));
    assert_eq!((grade.judge, fake.count()), (Judged::NotNeeded, 0));
}

#[tokio::test]
async fn auto_asks_about_open_questions_and_unsure_verdicts_alone() {
    let fake = Fake::start(|_, _| Act::says(&word(&[(1, "missed", "")])));
    let panel = fake.panel(|c| {
        c.mode = JudgeMode::Auto;
        c.open_swing = 0.0;
    });
    assert_eq!(grade(&panel).await.judge, Judged::NotNeeded, "patterns alone are sure");
    let mut open = library();
    open.banks[0].items[1].question.kind = QuestionKind::Open;
    let grader = Grader::new(open);
    let question = grader.find(Some("go"), "Q4").unwrap();
    let judged = grader.grade_judged(question, ANSWER, &panel, JudgeMode::Always).await;
    assert_eq!(asked(&judged).why, Why::Open);
    let sure = grader.prepare(question, ANSWER);
    assert_eq!(grader.why(&sure, JudgeMode::Never, panel.config()), None);
}

#[tokio::test]
async fn a_wish_may_only_lower() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let never = fake.panel(|c| c.mode = JudgeMode::Never);
    assert_eq!(grade_of(&never, ANSWER, JudgeMode::Always).await.judge, Judged::Off);
    let always = fake.panel(|_| {});
    assert_eq!(grade_of(&always, ANSWER, JudgeMode::Never).await.judge, Judged::Off);
    assert_eq!(fake.count(), 0);
}

#[tokio::test]
async fn near_a_cut_more_votes_are_asked_for_and_most_of_them_count() {
    let fake = Fake::start(|n, _| if n == 1 { Act::says(&word(&[(3, "missed", "")])) } else { Act::says(&lifts()) });
    let panel = fake.panel(|c| {
        c.votes = 3;
        c.cuts = vec![0.85];
    });
    let grade = grade(&panel).await;
    let asked = asked(&grade);
    assert_eq!((asked.votes.len(), fake.count()), (3, 3));
    let outcome = asked.outcomes.iter().find(|o| o.claim == 2).unwrap();
    assert_eq!(outcome.effect, Effect::Raised);
    assert!((outcome.agreement - 2.0 / 3.0).abs() < 1e-9);
    let seeds: std::collections::BTreeSet<u64> =
        fake.requests().iter().map(|(_, request)| request["seed"].as_u64().unwrap()).collect();
    assert_eq!(seeds.len(), 3, "each vote is another draw");
    check_holds(&grade, ANSWER);
}

#[tokio::test]
async fn two_votes_that_agree_are_enough_and_far_from_a_cut_one_is() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let near = fake.panel(|c| {
        c.votes = 3;
        c.cuts = vec![0.85];
    });
    assert_eq!(asked(&grade(&near).await).votes.len(), 2);
    let far = fake.panel(|c| {
        c.votes = 3;
        c.cuts = vec![0.2];
    });
    assert_eq!(asked(&grade(&far).await).votes.len(), 1);
}

#[tokio::test]
async fn a_further_vote_that_cannot_be_had_leaves_those_that_were() {
    let fake = Fake::start(|n, _| if n == 0 { Act::says(&lifts()) } else { Act::status(401, "no") });
    let panel = fake.panel(|c| {
        c.votes = 3;
        c.cuts = vec![0.85];
    });
    let grade = grade(&panel).await;
    assert_eq!((asked(&grade).votes.len(), asked(&grade).stopped), (1, Some("rejected")));
    assert!(grade.review.contains(&ReviewReason::JudgeUnavailable));
    check_holds(&grade, ANSWER);
}

#[tokio::test]
async fn the_same_answer_is_asked_about_once_and_says_so() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let panel = fake.panel(|_| {});
    let (first, second) = (grade(&panel).await, grade(&panel).await);
    assert_eq!(fake.count(), 1);
    assert_eq!((asked(&first).usage.cached, asked(&second).usage.cached), (0, 1));
    assert_eq!((asked(&second).usage.prompt_tokens, asked(&second).usage.tries), (0, 0));
    assert_eq!(first.score.to_bits(), second.score.to_bits());
}

fn app(fake: &Fake, change: impl FnOnce(&mut ServeConfig)) -> TestApp {
    let mut config = config();
    change(&mut config);
    let clock = FixedClock(SystemTime::UNIX_EPOCH);
    let panel = Arc::new(fake.panel(|_| {}));
    let app = Shared::with_judge(config, Grader::new(library()), &clock, Some(panel));
    app.warm_up();
    TestApp::over(app)
}

fn request(judge: Option<&str>) -> String {
    let mut request = json!({"bank": "go", "question": "Q4", "answer": ANSWER});
    if let Some(judge) = judge {
        request["judge"] = judge.into();
    }
    request.to_string()
}

#[tokio::test]
async fn the_service_asks_and_tells() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let app = app(&fake, |_| {});
    let grade = app.grade(request(None)).await.json();
    assert_eq!(grade["judge"]["status"], "asked");
    assert_eq!(grade["judge"]["details"]["rules_score"], 0.75);
    assert!(grade["judge"]["details"]["prompts"][0]["user"].as_str().unwrap().contains("<<<"));
    let metrics = app.get("/metrics").await.body;
    for line in
        ["viva_judge_grades_total 1", "viva_judge_requests_total 1", "viva_judge_verdicts_total{effect=\"raised\"} 1"]
    {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    assert_eq!(app.grade(request(Some("never"))).await.json()["judge"], json!({"status": "off"}));
    app.grade(request(Some("more"))).await.problem(422, "invalid_request");
}

#[tokio::test]
async fn prompts_are_shown_where_rubrics_are() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let grade = app(&fake, |c| c.reviewing = Some(false)).grade(request(None)).await.json();
    assert_eq!(grade["judge"]["status"], "asked");
    assert_eq!(grade["judge"]["details"].get("prompts"), None);
}

#[tokio::test]
async fn without_the_judge_it_is_the_rules_grade_and_a_200() {
    let fake = Fake::start(|_, _| Act::status(401, "no"));
    let app = app(&fake, |_| {});
    let reply = app.grade(request(None)).await;
    assert_eq!(reply.status, 200);
    let grade = reply.json();
    assert_eq!(grade["judge"], json!({"status": "unavailable", "reason": "rejected"}));
    assert_eq!((&grade["needs_review"], &grade["score"]), (&json!(true), &json!(0.75)));
    let plain = TestApp::new().grade(request(None)).await.json();
    for field in ["concepts", "score", "interval", "misconceptions", "flags", "feedback", "provenance"] {
        assert_eq!(grade[field], plain[field], "{field}");
    }
    let metrics = app.get("/metrics").await.body;
    assert!(metrics.contains("viva_judge_unavailable_total{reason=\"rejected\"} 1"), "{metrics}");
}

#[tokio::test]
async fn a_batch_is_judged_line_by_line_in_order() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let lines: Vec<String> = (0..20)
        .map(|n| {
            let judge = if n % 2 == 0 { "always" } else { "never" };
            json!({"id": n.to_string(), "bank": "go", "question": "Q4", "answer": format!("{ANSWER} {n}"), "judge": judge}).to_string()
        })
        .collect();
    let replies = app(&fake, |_| {}).batch(lines.join("\n")).await.lines();
    for (n, reply) in replies.iter().enumerate() {
        assert_eq!(reply["id"], n.to_string());
        assert_eq!(reply["judge"]["status"], if n % 2 == 0 { "asked" } else { "off" });
    }
    assert_eq!((replies.len(), fake.count()), (20, 10));
}

#[tokio::test]
async fn the_page_shows_what_the_judge_changed_beside_the_rules() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let page = app(&fake, |_| {}).answer("/q/go/Q4", ANSWER).await.body;
    for part in [
        "A second reading",
        "By the rules alone: 0.75",
        "missing by the rules, now said in part",
        "<q>Its neighbours simply carry on as before</q>",
        "So it says.",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let plain = TestApp::new().answer("/q/go/Q4", ANSWER).await.body;
    assert!(!plain.contains("A second reading"));
}

#[tokio::test]
async fn a_stored_grade_is_derived_again_from_its_votes() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let before = grade(&fake.panel(|_| {})).await;
    let grader = Grader::new(library());
    let question = grader.find(Some("go"), "Q4").unwrap();
    let again = grader.grade_again(&grader.prepare(question, ANSWER), Why::Always, asked(&before).votes.clone());
    assert_eq!(asked(&again).outcomes, asked(&before).outcomes);
    assert_eq!((again.score, again.concepts, again.interval), (before.score, before.concepts, before.interval));
}

#[rstest]
#[case::credit_of_another(|g: &mut Value| g["judge"]["details"]["outcomes"][0]["credit"] = json!(1.0), "judge.details.outcomes[0]")]
#[case::rules_score(|g: &mut Value| g["judge"]["details"]["rules_score"] = json!(0.9), "judge.details.rules_score")]
#[case::effect(|g: &mut Value| g["judge"]["details"]["outcomes"][0]["effect"] = json!("lowered"), "judge.details.outcomes[0].effect")]
#[case::no_quote(|g: &mut Value| g["judge"]["details"]["outcomes"][0]["quote"] = Value::Null, "judge.details.outcomes[0].quote")]
#[case::other_quote(|g: &mut Value| g["judge"]["details"]["outcomes"][0]["quote"]["start"] = json!(0), "judge.details.outcomes[0].evidence[0].quote")]
#[case::off(|g: &mut Value| g["judge"] = json!({"status": "off"}), "judge.status")]
#[case::unavailable(|g: &mut Value| g["judge"]["status"] = json!("unavailable"), "judge.details")]
#[case::no_review(|g: &mut Value| { g["review_reasons"] = json!([]); g["needs_review"] = json!(false); }, "review_reasons")]
fn verify_finds_a_judges_part_that_does_not_follow(#[case] change: fn(&mut Value), #[case] field: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let graded = runtime.block_on(grade(&fake.panel(|_| {})));
    let mut value = serde_json::to_value(wire::Grade::new(&graded, None, ANSWER)).unwrap();
    let sound: wire::Grade = serde_json::from_value(value.clone()).unwrap();
    assert!(verify::check(&sound, ANSWER).is_empty());
    change(&mut value);
    let found = verify::check(&serde_json::from_value(value).unwrap(), ANSWER);
    assert!(found.iter().any(|f| f.field == field), "{found:#?}");
}
