//! `viva openapi`: the service's description for programs.
//!
//! Names Http for the document.

use clap::Args;

use super::{CliError, Outcome, examples};

/// Print the OpenAPI document of `viva serve`.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples("viva openapi > openapi.json"))]
pub(super) struct OpenapiArgs {}

/// Prints the document.
pub(super) fn run(_args: &OpenapiArgs) -> Result<Outcome, CliError> {
    Err(CliError::Failed("this build has no service".to_owned()))
}
