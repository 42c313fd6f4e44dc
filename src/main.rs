//! The `viva` binary: everything is in the library's `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    viva::cli::main()
}
