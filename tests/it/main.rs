//! The integration tests: one binary, a module for each area.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails, also in a helper")]

mod bank;
mod cli;
mod verify;
