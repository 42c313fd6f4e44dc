//! Banks: the compiled-in one, faulty files and where they are faulty, directories, the canonical form.

mod any_text;
mod canon;
mod compiled_in;
mod directories;
mod faults;

use std::fmt::Write as _;
use std::sync::LazyLock;

use viva::bank::{Fault, Library, Severity, builtin};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| builtin().unwrap_or_else(|faults| panic!("{}", shown(&faults))));

fn shown(faults: &[Fault]) -> String {
    faults.iter().fold(String::new(), |mut out, fault| {
        let mark = if fault.severity == Severity::Warning { " (warning)" } else { "" };
        writeln!(out, "{fault}{mark}").unwrap();
        out
    })
}

#[track_caller]
fn check(faults: &[Fault], expected: &[&str]) {
    let found = shown(faults);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines, expected);
}

/// A rubric without a fault, in its canonical form.
const GOOD: &str = r#"schema = 1
status = "ready"
full = { any = 1 }

[[concept]]
id = "one"
claim = "It is one"
weight = 3
patterns = ['one|1', 'single']

[[concept]]
id = "two"
claim = "It is two"
weight = 2
bonus = true

[[misconception]]
id = "none"
claim = "It is nothing"

[[example]]
answer = "one"
hit = ["one"]
missed = ["two"]
"#;

/// The good rubric with one piece replaced.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` must stand in the rubric once");
    GOOD.replace(from, to)
}

/// A document without a fault.
const DOCUMENT: &str = "# Title\n\nIntro.\n\n## Junior\n\n### Q1\n\nWhat?\n\n**Ideal answer**\n\nThis.\n";
