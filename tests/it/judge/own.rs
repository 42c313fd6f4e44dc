//! The judge beside an ideal answer alone: the same bounds, and a question that counts as open.

use std::sync::Arc;
use std::time::SystemTime;

use rstest::rstest;
use serde_json::{Value, json};
use viva::clock::FixedClock;
use viva::config::JudgeMode;
use viva::domain::grade::{EvidenceBy, Grade, ReviewReason, Verdict};
use viva::domain::judged::{Bound, Effect, Judged, Why};
use viva::grader::Grader;
use viva::http::Shared;
use viva::judge::Panel;
use viva::wire::{self, verify};

use super::{Act, Fake, word};
use crate::harness::{TestApp, config, library};

const PROMPT: &str = "What is a mutex for?";
const IDEAL: &str = "A mutex protects shared data. The other threads wait until it is unlocked.";
/// Nothing in its second sentence is a word of the ideal answer but `threads`.
const ANSWER: &str = "It guards shared data. Remaining threads sleep for as long as somebody keeps it.";
const SLEEP: &str = "Remaining threads sleep for as long as somebody keeps it";

async fn graded(panel: &Panel, answer: &str, mode: JudgeMode) -> (Grade, Grade) {
    let grader = Grader::new(library());
    let own = grader.own(PROMPT, &[IDEAL.to_owned()]).expect("a usable question");
    let rules = grader.grade_own(&own, answer).grade;
    let judged = grader.judge(grader.prepare_own(&own, answer), answer, panel, mode).await;
    let found = verify::check(&wire::Grade::new(&judged, None, answer), answer);
    assert!(found.is_empty(), "{found:#?}");
    (rules, judged)
}

#[tokio::test]
async fn it_counts_as_open_and_a_verified_quote_lifts_a_concept() {
    let fake = Fake::start(|_, _| Act::says(&word(&[(2, "hit", SLEEP)])));
    let (rules, judged) = graded(&fake.panel(|c| c.mode = JudgeMode::Auto), ANSWER, JudgeMode::Auto).await;
    let Judged::Asked(asked) = &judged.judge else { panic!("{:?}", judged.judge) };
    assert_eq!((asked.why, asked.rules_score.to_bits()), (Why::Open, rules.score.to_bits()));
    let concept = &judged.concepts[1];
    assert!(rules.concepts[1].credit < 1.0, "{:?}", rules.concepts[1]);
    assert_eq!((concept.verdict, concept.credit), (Verdict::Hit, 1.0));
    assert!(concept.evidence.iter().any(|e| e.by == EvidenceBy::Judge && &ANSWER[e.start..e.end] == SLEEP));
    assert!(judged.score > rules.score, "{} {}", rules.score, judged.score);
    assert!(judged.interval.0 <= judged.score && judged.score <= judged.interval.1);
    assert!(judged.review.contains(&ReviewReason::Draft), "likeness is still no rubric");
    let grader = Grader::new(library());
    let own = grader.own(PROMPT, &[IDEAL.to_owned()]).expect("a usable question");
    let again = grader.grade_again(&grader.prepare_own(&own, ANSWER), Why::Open, asked.votes.clone());
    assert_eq!((again.score, &again.concepts, again.interval), (judged.score, &judged.concepts, judged.interval));
}

#[rstest]
#[case::not_in_the_answer("Remaining threads never sleep for long", Bound::NotInAnswer)]
#[case::no_quote("", Bound::NoQuote)]
#[case::too_short("shared data", Bound::TooShort)]
#[tokio::test]
async fn a_quote_that_proves_nothing_changes_nothing(#[case] quote: &'static str, #[case] bound: Bound) {
    let fake = Fake::start(move |_, _| Act::says(&word(&[(2, "hit", quote)])));
    let (rules, judged) = graded(&fake.panel(|_| {}), ANSWER, JudgeMode::Always).await;
    let Judged::Asked(asked) = &judged.judge else { panic!("{:?}", judged.judge) };
    assert_eq!((asked.outcomes[0].effect, asked.outcomes[0].bound), (Effect::Kept, Some(bound)));
    assert_eq!((&judged.concepts, judged.score, judged.interval), (&rules.concepts, rules.score, rules.interval));
}

#[tokio::test]
async fn a_quote_that_shares_nothing_lifts_to_one_half_at_most() {
    const AFIELD: &str = "Sourdough wants patience and a warm kitchen.";
    let fake = Fake::start(|_, _| Act::says(&word(&[(1, "hit", "Sourdough wants patience and a warm kitchen")])));
    let (rules, judged) = graded(&fake.panel(|_| {}), AFIELD, JudgeMode::Always).await;
    assert!(rules.score <= 0.0, "{}", rules.score);
    let lifted = &judged.concepts[0];
    assert!(lifted.verdict == Verdict::Partial && lifted.credit > 0.0 && lifted.credit <= 0.5, "{lifted:?}");
    assert!(judged.review.contains(&ReviewReason::JudgeDisagrees));
}

#[tokio::test]
async fn what_makes_no_claim_and_who_wants_no_judge_is_not_asked_about() {
    let fake = Fake::start(|_, _| Act::says(&word(&[(1, "hit", SLEEP)])));
    assert_eq!(graded(&fake.panel(|_| {}), " ", JudgeMode::Always).await.1.judge, Judged::NotNeeded);
    let (rules, judged) = graded(&fake.panel(|_| {}), ANSWER, JudgeMode::Never).await;
    assert_eq!((&judged, fake.count()), (&rules, 0));
}

fn request(judge: &str) -> Value {
    json!({"id": "m", "prompt": PROMPT, "ideal": IDEAL, "answer": ANSWER, "judge": judge})
}

#[tokio::test]
async fn the_service_asks_also_after_banks_were_read_again() {
    let fake = Fake::start(|_, _| Act::says(&word(&[(2, "hit", SLEEP)])));
    let mut config = config();
    config.reviewing = Some(false);
    let panel = Arc::new(fake.panel(|_| {}));
    let first = Shared::with_judge(config, Grader::new(library()), &FixedClock(SystemTime::UNIX_EPOCH), Some(panel));
    let own = first.grader.own(PROMPT, &[IDEAL.to_owned()]).expect("a usable question");
    let next = first.next(Arc::new(Grader::after(&first.grader, library())), Vec::new());
    let again = next.grader.own(PROMPT, &[IDEAL.to_owned()]).expect("a usable question");
    assert!(Arc::ptr_eq(&own, &again), "what was compiled is kept");
    next.warm_up();
    let app = TestApp::over(next);
    let one = app.grade(request("always").to_string()).await.json();
    assert_eq!(one["judge"]["status"], "asked");
    assert!(one["judge"]["details"]["prompts"][0]["user"].is_string(), "whoever asks has brought the ideal answer");
    let lines = format!("{}\n{}\n", request("auto"), request("never"));
    let lines = app.batch(lines).await.lines();
    assert_eq!((&lines[0]["score"], &lines[1]["judge"]["status"]), (&one["score"], &json!("off")));
    let form = [("prompt", PROMPT), ("ideal", IDEAL), ("answer", ANSWER)];
    let form = form.map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).join("&");
    let page = app.post("/own", "application/x-www-form-urlencoded", form).await.body;
    assert!(page.contains("A second reading") && page.contains("So it says."), "{page}");
}
