//! `viva serve`: the service, until it is told to stop.
//!
//! Names Http for the service and Config for its settings. Here the log is set up: no other command writes one. To
//! add a setting: one argument here, set in [`config`].

use std::future::{Future as _, poll_fn};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;

use clap::{Args, ValueEnum};

use super::judge::{JudgeArgs, RecordArgs};
use super::{CliError, Global, Outcome, banks, examples};
use crate::clock::SystemClock;
use crate::config::{Limits, ServeConfig, parse_bind};
use crate::http::{ServeError, serve, shutdown_signal};
use crate::telemetry::{self, LogFormat};

const EXAMPLES: &str = "\
viva serve
  viva serve --bind 0.0.0.0:80 --log-json
  RUST_LOG=viva=debug viva serve --banks ./banks
  VIVA_JUDGE_BASE_URL=http://127.0.0.1:11434/v1 VIVA_JUDGE_MODEL=… viva serve";

/// Serve the pages and the HTTP interface until SIGTERM or ctrl-c.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(super) struct ServeArgs {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = parse_bind)]
    bind: SocketAddr,
    /// Write the log as one line of JSON an event; `RUST_LOG` says what is logged.
    #[arg(long)]
    log_json: bool,
    /// Whether everybody who reaches the service may see ideal answers and rubrics; by default on a loopback address
    /// alone.
    #[arg(long, value_name = "WHETHER", value_enum)]
    reviewing: Option<Reviewing>,
    /// The most connections at the same time; further ones wait.
    #[arg(long, value_name = "N")]
    connections: Option<usize>,
    /// The most single answers that are graded or wait for it at the same time.
    #[arg(long, value_name = "N")]
    gradings: Option<usize>,
    /// The most batches at the same time.
    #[arg(long, value_name = "N")]
    batches: Option<usize>,
    /// The threads that grade batches, by default one more than there are cores.
    #[arg(long, value_name = "N")]
    batch_threads: Option<usize>,
    /// Do not look whether the folders with banks change; by default an edit counts within about a second, and a bank
    /// with a fault stays as it last was.
    #[arg(long)]
    no_reload: bool,
    #[command(flatten)]
    judge: JudgeArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reviewing {
    Yes,
    No,
}

/// Serves until SIGTERM or ctrl-c.
pub(super) fn run(args: &ServeArgs, global: &Global) -> Result<Outcome, CliError> {
    let config = config(args, global);
    config.validate().map_err(|error| CliError::Unusable(error.to_string()))?;
    let format = if args.log_json { LogFormat::Json } else { LogFormat::Text };
    let filter = std::env::var("RUST_LOG").ok().filter(|filter| !filter.is_empty());
    telemetry::init(format, filter.as_deref()).map_err(|error| CliError::Unusable(error.to_string()))?;
    let grader = banks::grader(global)?;
    let panel = args.judge.panel(&RecordArgs::default())?.map(Arc::new);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Failed(format!("cannot start the service's threads: {error}")))?;
    let served = runtime.block_on(async {
        let mut stop = Box::pin(shutdown_signal());
        // The first poll sets the handlers, which has to be before anybody is told that we listen: a signal that
        // comes in between would kill the process.
        if poll_fn(|context| Poll::Ready(stop.as_mut().poll(context))).await.is_ready() {
            return Ok(());
        }
        serve(config, grader, &SystemClock, panel, stop).await
    });
    // A grading that still runs must not keep the process.
    runtime.shutdown_background();
    match served {
        Ok(()) => Ok(Outcome::Done),
        Err(ServeError::Config(error)) => Err(CliError::Unusable(error.to_string())),
        Err(error) => Err(CliError::Failed(error.to_string())),
    }
}

/// The settings, with the defaults for what was not said.
fn config(args: &ServeArgs, global: &Global) -> ServeConfig {
    let default = Limits::default();
    let limits = Limits {
        gradings: args.gradings.unwrap_or(default.gradings),
        batches: args.batches.unwrap_or(default.batches),
        connections: args.connections.unwrap_or(default.connections),
        batch_threads: args.batch_threads.unwrap_or(default.batch_threads),
    };
    let reviewing = args.reviewing.map(|whether| whether == Reviewing::Yes);
    let default = ServeConfig::default();
    let reload = default.reload.filter(|_| !args.no_reload);
    ServeConfig { bind: args.bind, banks: global.bank_dirs(), reviewing, limits, reload, ..default }
}
