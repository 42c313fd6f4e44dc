//! Counters of what the judge does, for metrics. They hold numbers and reasons alone.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Failure;

/// The counters.
#[derive(Debug, Default)]
pub struct Stats {
    asked: AtomicU64,
    exchanges: AtomicU64,
    cached: AtomicU64,
    tries: AtomicU64,
    prompt_tokens: AtomicU64,
    completion_tokens: AtomicU64,
    micros: AtomicU64,
    millis: AtomicU64,
    raised: AtomicU64,
    lowered: AtomicU64,
    unavailable: [AtomicU64; Failure::ALL.len()],
}

/// The counters at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Grades that a judge had a part in.
    pub asked: u64,
    /// Exchanges, from the cache or not.
    pub exchanges: u64,
    /// Those that the cache held.
    pub cached: u64,
    /// Requests sent, tries included.
    pub tries: u64,
    /// Tokens read by the model.
    pub prompt_tokens: u64,
    /// Tokens written by it.
    pub completion_tokens: u64,
    /// Money, in millionths.
    pub micros: u64,
    /// Time of all exchanges together, in milliseconds.
    pub millis: u64,
    /// Verdicts that became worth more.
    pub raised: u64,
    /// Verdicts that became worth less.
    pub lowered: u64,
    /// Grades for which the judge could not be had, by reason.
    pub unavailable: Vec<(Failure, u64)>,
}

impl Stats {
    /// Adds what one exchange took.
    pub(super) fn exchange(&self, usage: &crate::domain::judged::Usage, micros: u64) {
        let add = |counter: &AtomicU64, n: u64| counter.fetch_add(n, Ordering::Relaxed);
        add(&self.exchanges, u64::from(usage.exchanges));
        add(&self.cached, u64::from(usage.cached));
        add(&self.tries, u64::from(usage.tries));
        add(&self.prompt_tokens, usage.prompt_tokens);
        add(&self.completion_tokens, usage.completion_tokens);
        add(&self.millis, usage.millis);
        add(&self.micros, micros);
    }

    /// A grade was made with a judge, which moved so many verdicts up and down.
    pub fn graded(&self, raised: u64, lowered: u64) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.raised.fetch_add(raised, Ordering::Relaxed);
        self.lowered.fetch_add(lowered, Ordering::Relaxed);
    }

    /// A grade was made without the judge that should have had a part in it.
    pub fn unavailable(&self, failure: Failure) {
        if let Some(at) = Failure::ALL.iter().position(|known| *known == failure) {
            self.unavailable[at].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// All counters.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            asked: get(&self.asked),
            exchanges: get(&self.exchanges),
            cached: get(&self.cached),
            tries: get(&self.tries),
            prompt_tokens: get(&self.prompt_tokens),
            completion_tokens: get(&self.completion_tokens),
            micros: get(&self.micros),
            millis: get(&self.millis),
            raised: get(&self.raised),
            lowered: get(&self.lowered),
            unavailable: Failure::ALL.iter().zip(&self.unavailable).map(|(f, n)| (*f, get(n))).collect(),
        }
    }
}
