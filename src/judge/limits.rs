//! A judge within its limits: requests on their way, a minute's requests, a day's tokens and money, and a server that is
//! left alone for a while after failing.
//!
//! Names config for the limits and clock for the time. Each limit either has room, or gets it before the call's time is up,
//! or the call fails with its name. Locks are held for a few instructions, never while something is awaited.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use super::breaker::Breaker;
use super::ledger::{Budget, Ledger, Spent};
use super::reply::tokens;
use super::{Call, Failure, Judge, Reply};
use crate::clock::Clock;
use crate::config::{JudgeConfig, Prices};

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

/// What tokens cost, in millionths.
#[must_use]
pub fn micros(prices: Option<Prices>, prompt: u64, completion: u64) -> u64 {
    // A price is for a million tokens, so a token costs as many millionths.
    let cost = prices.map_or(0.0, |p| p.prompt * prompt as f64 + p.completion * completion as f64);
    millionths(cost / 1e6)
}

/// A sum of money in millionths, rounded up.
fn millionths(sum: f64) -> u64 {
    // Prices and sums are checked not to be negative; a hair above a whole number comes from the division.
    #[expect(clippy::cast_sign_loss, reason = "settings are checked not to be negative")]
    let whole = (sum * 1e6 - 1e-6).ceil().max(0.0) as u64;
    whole
}

/// A judge that is asked within limits.
pub struct Limited {
    inner: Box<dyn Judge>,
    config: JudgeConfig,
    clock: Arc<dyn Clock>,
    ledger: Box<dyn Ledger>,
    in_flight: Semaphore,
    /// When the requests of the last minute were sent.
    minute: Mutex<VecDeque<u64>>,
    breaker: Mutex<Breaker>,
}

impl Limited {
    /// Keeps `inner` within the limits of `config`.
    #[must_use]
    pub fn new(inner: Box<dyn Judge>, config: JudgeConfig, clock: Arc<dyn Clock>, ledger: Box<dyn Ledger>) -> Self {
        let in_flight = Semaphore::new(config.in_flight);
        Self { inner, config, clock, ledger, in_flight, minute: Mutex::default(), breaker: Mutex::default() }
    }

    fn now(&self) -> u64 {
        let since = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place in the present minute, or says how long until there is one.
    fn place(&self) -> Result<(), Duration> {
        let Some(most) = self.config.per_minute else { return Ok(()) };
        let now = self.now();
        let mut sent = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        while sent.front().is_some_and(|at| at + MINUTE <= now) {
            sent.pop_front();
        }
        match sent.front() {
            Some(first) if sent.len() >= most as usize => Err(Duration::from_millis(first + MINUTE - now)),
            _ => {
                sent.push_back(now);
                Ok(())
            }
        }
    }

    async fn wait_for_a_place(&self, until: Instant) -> Result<(), Failure> {
        while let Err(wait) = self.place() {
            if Instant::now() + wait >= until {
                return Err(Failure::PerMinute);
            }
            sleep(wait.max(Duration::from_millis(1))).await;
        }
        Ok(())
    }

    /// What a request may take at most: a token has two bytes of JSON or more.
    fn most(&self, call: &Call) -> Spent {
        let prompt = call.request.to_string().len() as u64;
        let completion = u64::from(self.config.max_tokens);
        Spent { tokens: prompt / 2 + completion, micros: micros(self.config.prices, prompt / 2, completion) }
    }

    async fn within(&self, call: &Call) -> Result<Reply, Failure> {
        if !self.breaker().lets_through(self.now()) {
            return Err(Failure::Paused);
        }
        // Whatever happens from here, also that nobody waits any longer, frees the place for a try.
        let mut trial = Trial { of: self, ended: None };
        let permit = timeout_at(call.until, self.in_flight.acquire()).await.map_err(|_| Failure::Busy)?;
        let _permit = permit.map_err(|_| Failure::Busy)?;
        self.wait_for_a_place(call.until).await?;
        let (day, most) = (self.now() / DAY, self.most(call));
        let money = self.config.money_per_day.map(millionths);
        self.ledger.reserve(day, most, Budget { tokens: self.config.tokens_per_day, micros: money })?;
        let mut account = Account { of: self, day, most, spent: most };
        let begun = self.now();
        let answered = timeout_at(call.until, self.inner.ask(call)).await.unwrap_or(Err(Failure::Deadline));
        account.spent = match &answered {
            Ok(reply) => {
                let (prompt, completion) = tokens(&reply.response);
                Spent { tokens: prompt + completion, micros: micros(self.config.prices, prompt, completion) }
            }
            // A server that ran out of time may have written all it was allowed to.
            Err(Failure::Deadline) => most,
            Err(_) => Spent::default(),
        };
        trial.ended = match &answered {
            Err(failure) if failure.is_servers() => Some(true),
            _ => Some(false),
        };
        answered.map(|reply| Reply { millis: self.now().saturating_sub(begun), ..reply })
    }
}

/// A request that was let through; when it is dropped the breaker hears how it ended.
struct Trial<'a> {
    of: &'a Limited,
    ended: Option<bool>,
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        let (now, config) = (self.of.now(), &self.of.config);
        let pause = u64::try_from(config.pause.as_millis()).unwrap_or(u64::MAX);
        let mut breaker = self.of.breaker();
        match self.ended {
            Some(failed) => breaker.ended(failed, now, config.failures, pause),
            None => breaker.abandoned(),
        }
    }
}

/// What was set aside; when it is dropped the ledger hears what was spent.
struct Account<'a> {
    of: &'a Limited,
    day: u64,
    most: Spent,
    spent: Spent,
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        self.of.ledger.settle(self.day, self.most, self.spent);
    }
}

impl Judge for Limited {
    fn ask<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Failure>> {
        Box::pin(self.within(call))
    }
}

#[cfg(test)]
mod tests;
