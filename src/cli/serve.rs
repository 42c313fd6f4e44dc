//! `viva serve`: the service, until it is told to stop.
//!
//! Names Http for the service and Config for its settings. Here the log is set up: no other command writes one.

use clap::Args;

use super::{CliError, Global, Outcome, examples};

/// Serve the pages and the HTTP interface.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples("viva serve\n  viva serve --bind 0.0.0.0:80 --log-json"))]
pub(super) struct ServeArgs {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    bind: String,
    /// Write the log as one line of JSON an event.
    #[arg(long)]
    log_json: bool,
}

/// Serves until SIGTERM or ctrl-c.
pub(super) fn run(_args: &ServeArgs, _global: &Global) -> Result<Outcome, CliError> {
    Err(CliError::Failed("this build has no service".to_owned()))
}
