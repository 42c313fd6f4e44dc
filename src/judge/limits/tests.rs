//! Every limit on its own, over a judge that answers at once, never, or with a failure.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use serde_json::{Value, json};

use super::*;
use crate::judge::Scripted;
use crate::judge::ledger::MemoryLedger;
use crate::judge::scripted::completion;

/// A clock that tests move.
#[derive(Default)]
struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

fn call(millis: u64) -> Call {
    let until = Instant::now() + Duration::from_millis(millis);
    Call { key: "k".to_owned(), request: json!({"messages": "0123456789"}), until }
}

fn limited(change: impl FnOnce(&mut JudgeConfig), clock: Arc<Moved>, judge: impl Judge + 'static) -> Limited {
    let mut config = JudgeConfig::new("http://127.0.0.1:1/v1", "m");
    change(&mut config);
    Limited::new(Box::new(judge), config, clock, Box::new(MemoryLedger::default()))
}

fn ready() -> Scripted {
    Scripted::saying(|_| "x".to_owned())
}

/// A judge that never answers.
struct Silent;

impl Judge for Silent {
    fn ask<'a>(&'a self, _: &'a Call) -> BoxFuture<'a, Result<Reply, Failure>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_call_ends_when_its_time_is_up() {
    let judge = limited(|_| {}, Arc::default(), Silent);
    assert_eq!(judge.ask(&call(5)).await, Err(Failure::Deadline));
}

#[tokio::test]
async fn more_requests_than_may_be_on_their_way_wait_and_then_give_up() {
    let judge = limited(|c| c.in_flight = 1, Arc::default(), Silent);
    let (long, short) = (call(60), call(5));
    let (first, second) = tokio::join!(judge.ask(&long), judge.ask(&short));
    assert_eq!((first, second), (Err(Failure::Deadline), Err(Failure::Busy)));
}

#[tokio::test]
async fn a_minute_has_room_for_so_many() {
    let clock = Arc::new(Moved::default());
    let judge = limited(|c| c.per_minute = Some(2), Arc::clone(&clock), ready());
    assert!(judge.ask(&call(60_000)).await.is_ok());
    clock.0.store(10_000, Ordering::Relaxed);
    assert!(judge.ask(&call(60_000)).await.is_ok());
    assert_eq!(judge.ask(&call(30_000)).await, Err(Failure::PerMinute), "room comes in 50 s");
    clock.0.store(60_000, Ordering::Relaxed);
    assert!(judge.ask(&call(60_000)).await.is_ok(), "the first is a minute ago");
}

#[tokio::test]
async fn a_day_has_its_tokens_and_money() {
    let clock = Arc::new(Moved::default());
    let judge = limited(
        |c| {
            c.max_tokens = 100;
            c.tokens_per_day = Some(250);
        },
        Arc::clone(&clock),
        ready(),
    );
    assert!(judge.ask(&call(60_000)).await.is_ok(), "120 tokens");
    assert!(judge.ask(&call(60_000)).await.is_ok(), "240 tokens");
    assert_eq!(judge.ask(&call(60_000)).await, Err(Failure::TokensPerDay));
    clock.0.store(DAY, Ordering::Relaxed);
    assert!(judge.ask(&call(60_000)).await.is_ok(), "a new day");

    let dear = |c: &mut JudgeConfig| {
        c.max_tokens = 100;
        c.prices = Some(Prices { prompt: 1e6, completion: 1e6 });
        c.money_per_day = Some(250.0);
    };
    let judge = limited(dear, clock, ready());
    for _ in 0..2 {
        assert!(judge.ask(&call(60_000)).await.is_ok());
    }
    assert_eq!(judge.ask(&call(60_000)).await, Err(Failure::MoneyPerDay));
}

#[tokio::test]
async fn a_server_that_fails_is_left_alone_and_tried_again() {
    let clock = Arc::new(Moved::default());
    let down = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let is_down = Arc::clone(&down);
    let script = move |_: &Call| -> Result<Value, Failure> {
        if is_down.load(Ordering::Relaxed) { Err(Failure::ServerError) } else { Ok(completion("x")) }
    };
    let judge = limited(|c| c.failures = 2, Arc::clone(&clock), Scripted::new(script));
    for expected in [Failure::ServerError, Failure::ServerError, Failure::Paused] {
        assert_eq!(judge.ask(&call(60_000)).await, Err(expected));
    }
    down.store(false, Ordering::Relaxed);
    assert_eq!(judge.ask(&call(60_000)).await, Err(Failure::Paused));
    clock.0.store(30_000, Ordering::Relaxed);
    assert!(judge.ask(&call(60_000)).await.is_ok());
    assert!(judge.ask(&call(60_000)).await.is_ok());
}

#[tokio::test]
async fn a_refusal_is_no_fault_of_the_servers() {
    let judge = limited(|c| c.failures = 1, Arc::default(), Scripted::new(|_| Err(Failure::Refused)));
    for _ in 0..3 {
        assert_eq!(judge.ask(&call(60_000)).await, Err(Failure::Refused));
    }
}

#[test]
fn money_is_counted_in_millionths() {
    let prices = Some(Prices { prompt: 0.15, completion: 0.6 });
    assert_eq!(micros(prices, 1000, 100), 210);
    assert_eq!(micros(None, 1000, 100), 0);
}
