//! Replies that are asked for again, and what is counted.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::*;
use crate::config::{JudgeForm, Prices};
use crate::domain::judged::Said;
use crate::judge::Scripted;
use crate::judge::prompt::Ask;
use crate::judge::scripted::completion;

const GOOD: &str = r#"{"claims": [{"id": 1, "quote": "it ends", "verdict": "hit", "reason": "r"}], "errors": []}"#;

fn sheet() -> Sheet<'static> {
    let ask = |claim| Ask { claim, misconception: false };
    let claims = vec![(ask(0), "It ends"), (ask(1), "It runs")];
    Sheet { question: "What?", rubric: "r", claims, opinion: false, answer: "it ends", names: &[] }
}

/// A panel whose judge gives these replies in turn.
fn panel(replies: Vec<Result<Value, Failure>>, change: impl FnOnce(&mut JudgeConfig)) -> Panel {
    let at = AtomicUsize::new(0);
    let judge = Scripted::new(move |_| replies[at.fetch_add(1, Ordering::Relaxed).min(replies.len() - 1)].clone());
    let mut config = JudgeConfig::new("http://127.0.0.1:1/v1", "m");
    change(&mut config);
    Panel::new(Box::new(judge), config)
}

async fn vote(panel: &Panel) -> (Result<Vote, Failure>, Usage) {
    let mut usage = panel.usage(1);
    let vote = panel.vote(&sheet(), 0, panel.until(), &mut usage).await;
    (vote, usage)
}

#[tokio::test]
async fn a_reply_that_cannot_be_read_is_asked_for_once_more() {
    let panel = panel(vec![Ok(completion("Looks good to me!")), Ok(completion(GOOD))], |_| {});
    let (vote, usage) = vote(&panel).await;
    let vote = vote.unwrap();
    assert_eq!((vote.opinions.len(), vote.opinions[0].said, vote.keys.len()), (1, Said::Hit, 2));
    assert_eq!((usage.exchanges, usage.tries, usage.prompt_tokens), (2, 2, 200));
    assert_eq!(usage.fingerprint.as_deref(), Some("fp_1"));
}

#[tokio::test]
async fn and_only_once() {
    let panel = panel(vec![Ok(completion("Looks good to me!"))], |_| {});
    let (vote, usage) = vote(&panel).await;
    assert_eq!((vote, usage.exchanges), (Err(Failure::Unreadable), 2));
}

#[tokio::test]
async fn a_refusal_and_a_cut_reply_are_not_asked_for_again() {
    let refused = json!({"choices": [{"finish_reason": "stop", "message": {"refusal": "no"}}]});
    let cut = json!({"choices": [{"finish_reason": "length", "message": {"content": GOOD}}]});
    for (reply, expected) in
        [(Ok(refused), Failure::Refused), (Ok(cut), Failure::Truncated), (Err(Failure::Quota), Failure::Quota)]
    {
        let panel = panel(vec![reply, Ok(completion(GOOD))], |_| {});
        assert_eq!(vote(&panel).await.0, Err(expected));
    }
}

#[tokio::test]
async fn claims_one_by_one_make_one_vote_and_cost_what_they_cost() {
    let change = |c: &mut JudgeConfig| {
        c.form = JudgeForm::Claim;
        c.prices = Some(Prices { prompt: 1.0, completion: 10.0 });
    };
    let panel = panel(vec![Ok(completion(GOOD))], change);
    let (vote, usage) = vote(&panel).await;
    let claims: Vec<usize> = vote.unwrap().opinions.iter().map(|o| o.claim).collect();
    assert_eq!(claims, [0, 1], "short id 1 is another claim in each request");
    assert_eq!((usage.exchanges, usage.cost), (2, Some(0.0006)));
    assert_eq!(panel.stats().counts().micros, 600);
}
