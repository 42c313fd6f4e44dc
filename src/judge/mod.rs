//! The judge: an LLM behind any OpenAI-compatible server, that proves what it says and can fail without harm.
//!
//! Names Domain for what is said, and config and clock. Nothing here decides a verdict: `domain::bounds` does.
//!
//! ```text
//! Panel ─► prompt     a sheet of claims and an answer → a request, its key, and what its short ids mean
//!       ─► Judge      request → reply: Recorder ─► Cached ─► Limited ─► OpenAi, or Replayer, or Scripted
//!       ─► reply      reply → a vote, leniently; asked again once where it cannot be read
//! ```
//!
//! Everything that is drawn at random for a request (marker, seed, jitter) is drawn from its key, and what was measured
//! goes with the reply, so that a replayed run is exact.
//!
//! To add a source of replies: implement [`Judge`]. To add a reason for failing: a variant of [`Failure`]. To change what
//! the model is told: [`prompt`], with a new version. Answers never appear in logs or errors: a [`Failure`] carries none.

pub mod breaker;
pub mod cache;
pub mod key;
pub mod ledger;
pub mod limits;
pub mod openai;
pub mod panel;
pub mod prompt;
pub mod record;
pub mod redact;
pub mod reply;
pub mod scripted;
pub mod stats;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::Instant;

pub use panel::{Panel, PanelError};
pub use record::{Recorder, Replayer};
pub use scripted::Scripted;

/// A request to a judge.
#[derive(Debug, Clone)]
pub struct Call {
    /// A hash over everything that the request depends on, as lower-case hex.
    pub key: String,
    /// The body of a chat completion.
    pub request: Value,
    /// When the grade has to be given at the latest.
    pub until: Instant,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The body of the reply, a chat completion.
    pub response: Value,
    /// Requests that were sent for it.
    pub tries: u32,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// Whether the cache held it.
    pub cached: bool,
}

/// Answers requests. Implementations never block a thread and hold no lock while they wait.
pub trait Judge: Send + Sync {
    /// Answers one request, at the latest when its time is up.
    fn ask<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Failure>>;
}

/// Why a judge could not be had. The list is closed, and none of it repeats anything of a request or reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Failure {
    /// The grade's deadline passed.
    #[error("the deadline passed")]
    Deadline,
    /// Too many requests are on their way, and none came back in time.
    #[error("too many requests are on their way")]
    Busy,
    /// The limit of requests a minute is reached.
    #[error("the limit of requests a minute is reached")]
    PerMinute,
    /// The limit of tokens a day is reached.
    #[error("the limit of tokens a day is reached")]
    TokensPerDay,
    /// The limit of money a day is reached.
    #[error("the limit of money a day is reached")]
    MoneyPerDay,
    /// The server failed several times in a row and is left alone for a while.
    #[error("the server failed several times in a row and is left alone for a while")]
    Paused,
    /// The server cannot be reached, or the connection broke.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The server asks to be asked later than there is time for.
    #[error("the server asks to wait longer than there is time")]
    RateLimited,
    /// The server failed.
    #[error("the server failed")]
    ServerError,
    /// The account has nothing left.
    #[error("the account's quota is used up")]
    Quota,
    /// The server refuses the request: its key, its model or its form.
    #[error("the server rejects the request: look at its key and model")]
    Rejected,
    /// The model refuses to answer.
    #[error("the model refuses to answer")]
    Refused,
    /// The reply ended before it was complete.
    #[error("the reply is incomplete")]
    Truncated,
    /// The reply is not what was asked for, also when asked again.
    #[error("the reply is not what was asked for")]
    Unreadable,
    /// The record that is replayed does not hold the exchange.
    #[error("the record does not hold this exchange")]
    NotRecorded,
}

impl Failure {
    /// All failures.
    pub const ALL: [Self; 15] = [
        Self::Deadline,
        Self::Busy,
        Self::PerMinute,
        Self::TokensPerDay,
        Self::MoneyPerDay,
        Self::Paused,
        Self::Unreachable,
        Self::RateLimited,
        Self::ServerError,
        Self::Quota,
        Self::Rejected,
        Self::Refused,
        Self::Truncated,
        Self::Unreadable,
        Self::NotRecorded,
    ];

    /// The reason's name in grades, metrics and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Busy => "busy",
            Self::PerMinute => "per_minute",
            Self::TokensPerDay => "tokens_per_day",
            Self::MoneyPerDay => "money_per_day",
            Self::Paused => "paused",
            Self::Unreachable => "unreachable",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::Quota => "quota",
            Self::Rejected => "rejected",
            Self::Refused => "refused",
            Self::Truncated => "truncated",
            Self::Unreadable => "unreadable",
            Self::NotRecorded => "not_recorded",
        }
    }

    /// The failure of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.as_str() == name)
    }

    /// Whether the server is to blame, so that it should be left alone after several of these.
    #[must_use]
    pub const fn is_servers(self) -> bool {
        matches!(
            self,
            Self::Deadline | Self::Unreachable | Self::RateLimited | Self::ServerError | Self::Quota | Self::Rejected
        )
    }
}
