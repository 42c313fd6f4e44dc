//! `viva completions`: a script that teaches a shell the options.

use std::io::Write as _;

use clap::Args;
use clap_complete::Shell;

use super::{CliError, Outcome, definition, examples, output};

const EXAMPLES: &str = "\
viva completions bash > ~/.local/share/bash-completion/completions/viva
  viva completions zsh > \"${fpath[1]}/_viva\"
  viva completions fish > ~/.config/fish/completions/viva.fish";

/// Print a completion script for a shell.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(super) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// Prints the script.
pub(super) fn run(args: &CompletionsArgs) -> Result<Outcome, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut definition(), "viva", &mut script);
    let mut out = output::plain();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Outcome::Done)
}
