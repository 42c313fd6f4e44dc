//! The `viva` binary.
fn main() {}
