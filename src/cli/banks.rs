//! The banks that a command works with.
//!
//! Names Bank and Grader.

use super::{CliError, Global};
use crate::bank::{Fault, Library, Sources};
use crate::grader::Grader;

/// The most faults that stop another command than `viva check`; that one lists them all.
const SHOWN: usize = 10;

/// Where the global options say that banks are.
#[must_use]
pub(super) fn sources(global: &Global) -> Sources {
    global.bank_dirs().into_iter().fold(Sources::new(), Sources::with_dir)
}

/// All banks, or what is wrong with them.
pub(super) fn library(global: &Global) -> Result<Library, CliError> {
    let (library, faults) = sources(global).load();
    library.ok_or_else(|| CliError::Unusable(unusable(&faults)))
}

/// The same where the verdict model does not matter, and may be one that this program cannot read.
pub(super) fn library_without_model(global: &Global) -> Result<Library, CliError> {
    let (library, faults) = sources(global).load_without_model();
    library.ok_or_else(|| CliError::Unusable(unusable(&faults)))
}

/// A grader over all banks.
pub(super) fn grader(global: &Global) -> Result<Grader, CliError> {
    Ok(Grader::new(library(global)?))
}

/// The faults that keep the banks from being used, one a line under a sentence.
fn unusable(faults: &[Fault]) -> String {
    let fatal: Vec<&Fault> = faults.iter().filter(|fault| fault.is_fatal()).collect();
    let mut message = "the banks cannot be used:".to_owned();
    for fault in fatal.iter().take(SHOWN) {
        message.push_str("\n  ");
        message.push_str(&fault.to_string());
    }
    if fatal.len() > SHOWN {
        let more = format!("\n  and {} more: `viva check` lists them", fatal.len() - SHOWN);
        message.push_str(&more);
    }
    message
}
