//! The integration tests: one binary, a module for each area.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails, also in a helper")]

/// The service's state, router and socket for tests.
mod harness;

/// `POST /v1/grade/batch`.
mod api_batch;
/// Every way in which a request fails.
mod api_errors;
/// `POST /v1/grade`.
mod api_grade;
/// `/healthz`, `/readyz`, `/metrics`, `/openapi.json`.
mod api_operation;
/// Lists and views of questions.
mod api_questions;
/// What the service does over a real socket: deadlines, stopping.
mod api_socket;
/// Layers, sizes and habits, read from the sources.
mod architecture;
/// Banks, from their files.
mod bank;
/// The command line, through the real binary.
mod cli;
/// `viva eval`, `viva fit`, `viva mutate`, and what must hold of the engine whatever the weights are.
mod eval;
/// `viva export`, and the way back.
mod export;
/// `viva import`, through the real binary.
mod import;
/// The judge, against a scripted server.
mod judge;
/// Questions that no bank holds.
mod own;
/// The pages for people.
mod pages;
/// What holds for every answer, over the built-in bank.
mod properties;
/// What is said with the right words, and not meant.
mod reading;
/// README.md: its examples are run.
mod readme;
/// `viva verify`, through the real binary.
mod verify;
