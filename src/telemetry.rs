//! Logs: text for people or JSON for programs, on standard error, and never a word of an answer.
//!
//! Names nothing of ours. Libraries that quote what they read are shut off here whatever the filter
//! says, and so are the messages of panics: a slice out of bounds quotes the text that it cut.
//! To shut off another target, add it to [`SILENCED`].

use std::io::IsTerminal as _;
use std::panic::Location;

use tracing_subscriber::filter::{EnvFilter, FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// Targets that log whole request or reply bodies.
const SILENCED: [&str; 1] = ["async_openai"];

/// What is logged where nothing is said.
const DEFAULT_FILTER: &str = "info,tantivy=warn";

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter's text cannot be read.
    #[error("the log filter cannot be read ({0}): expected something like `info` or `viva=debug`")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Logging was already set up.
    #[error("logging was set up twice: {0}")]
    Twice(#[from] TryInitError),
}

/// Whether events of that target may be logged at all.
fn is_allowed(target: &str) -> bool {
    let root = target.split("::").next().unwrap_or(target);
    !SILENCED.contains(&root)
}

/// Sets up logging for the process: `filter` as in `RUST_LOG`, or none for the default.
pub fn init(format: LogFormat, filter: Option<&str>) -> Result<(), TelemetryError> {
    let wanted = EnvFilter::try_new(filter.unwrap_or(DEFAULT_FILTER))?;
    let filter = wanted.and(filter_fn(|event| is_allowed(event.target())));
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let base = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match format {
        LogFormat::Text => base.with_ansi(colour).with_filter(filter).boxed(),
        LogFormat::Json => base.json().flatten_event(true).with_filter(filter).boxed(),
    };
    tracing_subscriber::registry().with(layer).try_init()?;
    std::panic::set_hook(Box::new(|info| tracing::error!(at = place(info.location()), "panicked")));
    Ok(())
}

/// Where a panic happened: the only part of it that cannot hold a piece of an answer.
fn place(location: Option<&Location<'_>>) -> String {
    location.map_or_else(|| "somewhere unknown".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::ours("viva::http", true)]
    #[case::a_name_that_begins_alike("async_openai_like", true)]
    #[case::the_client("async_openai", false)]
    #[case::a_module_of_it("async_openai::client", false)]
    fn silences_whoever_logs_bodies(#[case] target: &str, #[case] allowed: bool) {
        assert_eq!(is_allowed(target), allowed);
    }

    #[test]
    fn tells_the_place_of_a_panic() {
        assert!(place(Some(Location::caller())).contains("telemetry.rs"));
        assert_eq!(place(None), "somewhere unknown");
    }

    #[test]
    fn explains_a_filter_that_it_cannot_read() {
        let error = init(LogFormat::Text, Some("viva=loudly")).expect_err("no such level");
        assert!(error.to_string().contains("expected something like"), "{error}");
    }
}
