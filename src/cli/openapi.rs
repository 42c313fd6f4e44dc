//! `viva openapi`: the service's description for programs.
//!
//! Names Http for the document.

use clap::Args;

use super::{CliError, Outcome, examples, output};

/// Print the OpenAPI document of `viva serve`.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples("viva openapi > openapi.json"))]
pub(super) struct OpenapiArgs {}

/// Prints the document.
pub(super) fn run(_args: &OpenapiArgs) -> Result<Outcome, CliError> {
    output::json_line(&mut output::plain(), &crate::http::openapi())?;
    Ok(Outcome::Done)
}
