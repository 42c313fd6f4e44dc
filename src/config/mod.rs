//! The settings of a running service, checked before anything is opened.
//!
//! Names nothing of ours. The command line fills these structs in; a default is what somebody wants
//! who tries Viva on their own machine. To add a setting: one field with its default here, its check
//! in [`ServeConfig::validate`] if a value can be wrong, and one flag in `cli`.

mod judge;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

pub use judge::{JudgeConfig, JudgeForm, JudgeMode, Prices, Secret};

/// Why a setting cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The text is no address with a port.
    #[error("`{text}` is not an address and a port, such as 127.0.0.1:8080 or [::1]:8080")]
    Bind {
        /// What was given.
        text: String,
    },
    /// A duration or a limit of nothing would make every request fail.
    #[error("{setting} is 0, and nothing would ever be answered: set it to at least 1")]
    Zero {
        /// The setting's name.
        setting: &'static str,
    },
    /// A setting of the judge's has no use as it is.
    #[error("the judge's {setting} cannot be used: wanted {wants}")]
    Judge {
        /// The setting's name.
        setting: &'static str,
        /// What it has to be.
        wants: &'static str,
    },
    /// Ending takes longer than whoever stops the service waits.
    #[error(
        "a grace of {seconds} s is too long: the service has to end within 5 s, so at most 4 s are left to requests"
    )]
    Grace {
        /// What was given, in whole seconds.
        seconds: u64,
    },
}

/// How long the service waits for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a request's head to arrive completely.
    pub header: Duration,
    /// For a request's body to arrive completely, batches excepted.
    pub body: Duration,
    /// For the next bytes of a batch.
    pub idle: Duration,
    /// For a client to take the bytes that it is sent.
    pub stall: Duration,
    /// For running requests to end once the service is told to stop; 4 s at most.
    pub grace: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(20),
            idle: Duration::from_mins(1),
            stall: Duration::from_mins(1),
            grace: Duration::from_secs(3),
        }
    }
}

/// How much the service does at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Single answers that are graded or wait for a thread at the same time.
    pub gradings: usize,
    /// Batches that run at the same time.
    pub batches: usize,
    /// Connections that are open at the same time; further ones wait to be accepted.
    pub connections: usize,
    /// Threads that grade batches, all batches together.
    pub batch_threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        // One more than there are cores: no core idles while a thread hands on what it has graded.
        Self { gradings: 64, batches: 16, connections: 1000, batch_threads: cores + 1 }
    }
}

/// The settings of `viva serve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeConfig {
    /// Where to listen.
    pub bind: SocketAddr,
    /// Folders with more banks, in order.
    pub banks: Vec<PathBuf>,
    /// Whether ideal answers and rubrics are shown; none said: on a loopback address alone.
    pub reviewing: Option<bool>,
    /// How long to wait for clients.
    pub timeouts: Timeouts,
    /// How much to do at once.
    pub limits: Limits,
    /// How often to look whether the folders with banks have changed; none: never.
    pub reload: Option<Duration>,
}

impl Default for ServeConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            banks: Vec::new(),
            reviewing: None,
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            reload: Some(Duration::from_millis(500)),
        }
    }
}

/// Reads an address with a port; `localhost` stands for 127.0.0.1.
pub fn parse_bind(text: &str) -> Result<SocketAddr, ConfigError> {
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    numeric.parse().map_err(|_| ConfigError::Bind { text: text.to_owned() })
}

impl ServeConfig {
    /// Whether ideal answers and rubrics are shown.
    #[must_use]
    pub fn reviewing(&self) -> bool {
        self.reviewing.unwrap_or_else(|| self.bind.ip().is_loopback())
    }

    /// Checks every setting whose value can be wrong by itself.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let Timeouts { header, body, idle, stall, grace } = self.timeouts;
        let durations = [
            ("the header timeout", header),
            ("the body timeout", body),
            ("the idle timeout", idle),
            ("the stall timeout", stall),
            ("the time between looks at the banks", self.reload.unwrap_or(Duration::MAX)),
        ];
        let Limits { gradings, batches, connections, batch_threads } = self.limits;
        let limits = [
            ("the limit of gradings", gradings),
            ("the limit of batches", batches),
            ("the limit of connections", connections),
            ("the number of batch threads", batch_threads),
        ];
        let empty = durations.into_iter().find(|(_, d)| d.is_zero()).map(|(name, _)| name);
        if let Some(setting) = empty.or_else(|| limits.into_iter().find(|(_, n)| *n == 0).map(|(name, _)| name)) {
            return Err(ConfigError::Zero { setting });
        }
        if grace > Duration::from_secs(4) {
            return Err(ConfigError::Grace { seconds: grace.as_secs() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::v4("0.0.0.0:80", Some("0.0.0.0:80"))]
    #[case::v6("[::1]:8080", Some("[::1]:8080"))]
    #[case::by_name("localhost:0", Some("127.0.0.1:0"))]
    #[case::no_port("127.0.0.1", None)]
    #[case::port_alone(":8080", None)]
    #[case::port_too_high("127.0.0.1:70000", None)]
    fn reads_addresses(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(parse_bind(text).ok().map(|a| a.to_string()).as_deref(), expected);
    }

    #[rstest]
    #[case::loopback("127.0.0.1:1", None, true)]
    #[case::loopback_v6("[::1]:1", None, true)]
    #[case::everywhere("0.0.0.0:1", None, false)]
    #[case::said_yes("0.0.0.0:1", Some(true), true)]
    #[case::said_no("127.0.0.1:1", Some(false), false)]
    fn shows_rubrics_by_itself_on_loopback_alone(
        #[case] bind: &str,
        #[case] reviewing: Option<bool>,
        #[case] expected: bool,
    ) {
        let bind = parse_bind(bind).unwrap();
        assert_eq!(ServeConfig { bind, reviewing, ..ServeConfig::default() }.reviewing(), expected);
    }

    #[test]
    fn the_defaults_hold_and_nothings_are_refused_by_name() {
        let good = ServeConfig::default();
        assert_eq!(good.validate(), Ok(()));
        let mut bad = good.clone();
        bad.timeouts.idle = Duration::ZERO;
        assert_eq!(bad.validate(), Err(ConfigError::Zero { setting: "the idle timeout" }));
        let mut bad = good.clone();
        bad.limits.batches = 0;
        assert_eq!(bad.validate(), Err(ConfigError::Zero { setting: "the limit of batches" }));
        let mut bad = good;
        bad.timeouts.grace = Duration::from_secs(9);
        assert_eq!(bad.validate(), Err(ConfigError::Grace { seconds: 9 }));
    }
}
