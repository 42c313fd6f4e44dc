//! Asks a judge about one answer: requests, replies, and one more try where a reply cannot be read.
//!
//! Names Domain for votes, config for parameters, clock for the limits. The grader drives it vote by vote.

use std::io::Write;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::Instant;

use super::cache::{Cached, MemoryCache};
use super::ledger::MemoryLedger;
use super::limits::{Limited, micros};
use super::openai::{ClientError, OpenAi};
use super::prompt::{self, Prompt, Sheet};
use super::reply::{self, Spoken};
use super::stats::Stats;
use super::{Call, Failure, Judge, Recorder, Replayer};
use crate::clock::Clock;
use crate::config::{ConfigError, JudgeConfig};
use crate::domain::judged::{PromptShown, Usage, Vote};

/// Why a judge cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum PanelError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The client cannot be made.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// A judge with its settings and counters.
pub struct Panel {
    judge: Box<dyn Judge>,
    config: JudgeConfig,
    stats: Stats,
}

impl Panel {
    /// A panel over any judge.
    #[must_use]
    pub fn new(judge: Box<dyn Judge>, config: JudgeConfig) -> Self {
        Self { judge, config, stats: Stats::default() }
    }

    /// The server of `config`, within its limits and with a cache.
    pub fn open(config: JudgeConfig, clock: Arc<dyn Clock>) -> Result<Self, PanelError> {
        let cache = Box::new(MemoryCache::new(config.cache));
        let limited = Self::limited(&config, clock)?;
        Ok(Self::new(Box::new(Cached::new(limited, cache)), config))
    }

    /// The same with every exchange written down, and without a cache: a key is asked once while recording.
    pub fn recording(
        config: JudgeConfig,
        clock: Arc<dyn Clock>,
        out: Box<dyn Write + Send>,
    ) -> Result<Self, PanelError> {
        let limited = Self::limited(&config, clock)?;
        Ok(Self::new(Box::new(Recorder::new(limited, out)), config))
    }

    /// What was recorded, instead of a server.
    #[must_use]
    pub fn replaying(config: JudgeConfig, record: Replayer) -> Self {
        Self::new(Box::new(record), config)
    }

    fn limited(config: &JudgeConfig, clock: Arc<dyn Clock>) -> Result<Box<dyn Judge>, PanelError> {
        config.validate()?;
        let server = Box::new(OpenAi::new(config, Arc::clone(&clock))?);
        Ok(Box::new(Limited::new(server, config.clone(), clock, Box::new(MemoryLedger::default()))))
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &JudgeConfig {
        &self.config
    }

    /// The counters.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// When a grade that begins now has to be given.
    #[must_use]
    pub fn until(&self) -> Instant {
        Instant::now() + self.config.deadline
    }

    /// The requests of the first vote, as they would be sent.
    #[must_use]
    pub fn prompts(&self, sheet: &Sheet<'_>) -> Vec<Prompt> {
        prompt::prompts(sheet, &self.config, 0, 0)
    }

    /// One vote on the claims of `sheet`; what it took is added to `usage`, also where it fails.
    pub async fn vote(
        &self,
        sheet: &Sheet<'_>,
        number: u32,
        until: Instant,
        usage: &mut Usage,
    ) -> Result<Vote, Failure> {
        let first = prompt::prompts(sheet, &self.config, number, 0);
        let second = prompt::prompts(sheet, &self.config, number, 1);
        let pairs = first.iter().zip(&second);
        let heard = join_all(pairs.map(|(first, again)| self.hear(first, again, until))).await;
        let mut vote = Vote::default();
        let mut failed = None;
        for (spoken, took) in heard {
            self.stats.exchange(&took, micros(self.config.prices, took.prompt_tokens, took.completion_tokens));
            add(usage, took);
            match spoken {
                Ok((keys, spoken)) => {
                    vote.keys.extend(keys);
                    vote.opinions.extend(spoken.opinions);
                    vote.concrete_case = vote.concrete_case.max(spoken.concrete_case);
                }
                Err(failure) => failed = failed.or(Some(failure)),
            }
        }
        let cost = micros(self.config.prices, usage.prompt_tokens, usage.completion_tokens);
        usage.cost = self.config.prices.map(|_| cost as f64 / 1e6);
        failed.map_or(Ok(vote), Err)
    }

    /// The record of a grade that nothing was asked for yet.
    #[must_use]
    pub fn usage(&self, seed: u32) -> Usage {
        Usage {
            model: self.config.model.clone(),
            temperature: self.config.temperature,
            seed,
            prompt_version: prompt::VERSION.to_owned(),
            cost: self.config.prices.map(|_| 0.0),
            ..Usage::default()
        }
    }

    /// One exchange, and another where its reply cannot be read.
    async fn hear(
        &self,
        first: &Prompt,
        again: &Prompt,
        until: Instant,
    ) -> (Result<(Vec<String>, Spoken), Failure>, Usage) {
        let mut usage = Usage::default();
        let mut keys = Vec::new();
        for prompt in [first, again] {
            let call = Call { key: prompt.key.clone(), request: prompt.request.clone(), until };
            keys.push(prompt.key.clone());
            let reply = match self.judge.ask(&call).await {
                Ok(reply) => reply,
                Err(failure) => return (Err(failure), usage),
            };
            add(&mut usage, took(&reply));
            match reply::content(&reply.response).and_then(|text| reply::spoken(&text, &prompt.asks)) {
                Ok(spoken) => return (Ok((keys, spoken)), usage),
                Err(Failure::Unreadable) => {}
                Err(failure) => return (Err(failure), usage),
            }
        }
        (Err(Failure::Unreadable), usage)
    }
}

/// What one reply took: nothing but a look where the cache held it.
fn took(reply: &super::Reply) -> Usage {
    let text = |name: &str| reply.response.get(name).and_then(Value::as_str).map(|t| t.chars().take(200).collect());
    let (prompt_tokens, completion_tokens) = if reply.cached { (0, 0) } else { reply::tokens(&reply.response) };
    Usage {
        answered_by: text("model"),
        fingerprint: text("system_fingerprint"),
        exchanges: 1,
        cached: u32::from(reply.cached),
        tries: reply.tries,
        prompt_tokens,
        completion_tokens,
        millis: reply.millis,
        ..Usage::default()
    }
}

fn add(usage: &mut Usage, more: Usage) {
    usage.answered_by = usage.answered_by.take().or(more.answered_by);
    usage.fingerprint = usage.fingerprint.take().or(more.fingerprint);
    usage.exchanges += more.exchanges;
    usage.cached += more.cached;
    usage.tries += more.tries;
    usage.prompt_tokens += more.prompt_tokens;
    usage.completion_tokens += more.completion_tokens;
    usage.millis += more.millis;
}

/// The prompts as a grade shows them.
#[must_use]
pub fn shown(prompts: &[Prompt]) -> Vec<PromptShown> {
    prompts.iter().map(|prompt| prompt.shown.clone()).collect()
}

#[cfg(test)]
mod tests;
