//! The house rules that imports and sizes show: layers, what each may use, no shortcuts.
//!
//! To add a layer or an arrow, change [`LAYERS`]; it is the design's table. To add a rule, push a fault in [`check`] and
//! put a row into [`a_planted_fault_is_found`] and one beside it that must pass.

mod source;

use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;
use source::Source;

/// A top-level module, what it may name of ours, and what it may not use of others'.
struct Layer {
    name: &'static str,
    may_name: &'static [&'static str],
    banned: &'static [&'static str],
}

/// What serves requests or talks to the outside.
const SERVING: &[&str] = &["axum", "hyper", "tower", "tokio", "sqlx", "async_openai", "reqwest", "clap"];
/// The same with everything that is not a function of its input, and the shapes of the wire.
const IMPURE: &[&str] = &[
    "axum",
    "hyper",
    "tower",
    "tokio",
    "sqlx",
    "async_openai",
    "reqwest",
    "clap",
    "tantivy",
    "tracing",
    "serde",
    "serde_json",
    "std::fs",
    "std::time",
    "std::env",
    "std::net",
    "std::io",
    "std::process",
    "std::thread",
];
/// What makes a grade is a function; tantivy is for search, whose faults are logged.
const GRADING: &[&str] = &[
    "axum",
    "hyper",
    "tower",
    "tokio",
    "sqlx",
    "async_openai",
    "reqwest",
    "clap",
    "std::fs",
    "std::time",
    "std::env",
    "std::net",
    "std::io",
    "std::process",
    "std::thread",
];
const NOTHING: &[&str] = &[];

/// The design's table of arrows, from the bottom up. `*` is everything.
const LAYERS: &[Layer] = &[
    Layer { name: "domain", may_name: &[], banned: IMPURE },
    Layer { name: "config", may_name: &[], banned: SERVING },
    Layer { name: "telemetry", may_name: &[], banned: &["axum", "hyper", "sqlx", "clap"] },
    Layer { name: "clock", may_name: &[], banned: SERVING },
    Layer { name: "bank", may_name: &["domain"], banned: SERVING },
    Layer { name: "index", may_name: &["domain", "bank"], banned: GRADING },
    Layer { name: "judge", may_name: &["domain", "config", "telemetry", "clock"], banned: &["axum", "sqlx", "clap"] },
    Layer { name: "wire", may_name: &["domain"], banned: GRADING },
    Layer {
        name: "grader",
        may_name: &["domain", "bank", "index", "judge", "config", "telemetry", "clock"],
        banned: GRADING,
    },
    Layer { name: "eval", may_name: &["domain", "bank", "grader", "wire"], banned: SERVING },
    Layer { name: "store", may_name: &["domain"], banned: &["axum", "clap"] },
    Layer {
        name: "service",
        may_name: &["domain", "bank", "grader", "store", "config", "telemetry", "clock"],
        banned: &["axum", "sqlx", "clap"],
    },
    Layer {
        name: "http",
        may_name: &["domain", "bank", "index", "judge", "grader", "wire", "service", "config", "telemetry", "clock"],
        banned: &["sqlx", "clap", "tantivy"],
    },
    Layer { name: "cli", may_name: &["*"], banned: NOTHING },
];

/// What `http` may take from `index`: search, never what a grade rests on.
const SEARCH: &[&str] = &["Search", "SearchHit", "Nearest"];

/// The most lines that a file has.
const MAX_LINES: usize = 400;
/// Files that are longer, with the lines that they may have: one hot loop, its working memory and its tests.
const LONGER: &[(&str, usize)] = &[("src/index/postings.rs", 640)];

/// Everything that is wrong with one file; `path` begins with `src/`.
fn check(path: &str, text: &str) -> Vec<String> {
    let source = Source::read(path, text);
    let mut faults = Vec::new();
    match source.modules.first().map(String::as_str) {
        None if path == "src/lib.rs" => check_root(&source, &mut faults),
        None => check_main(&source, &mut faults),
        Some(name) => match LAYERS.iter().find(|layer| layer.name == name) {
            Some(layer) => check_paths(layer, &source, &mut faults),
            None => faults.push(format!("{path} belongs to no layer: give `{name}` a row in LAYERS")),
        },
    }
    for line in &source.unwraps {
        faults.push(format!("{path}:{line} calls unwrap outside a test"));
    }
    for line in &source.allows {
        faults.push(format!("{path}:{line} allows a lint: expect it, with a reason"));
    }
    let (lines, most) = (text.lines().count(), LONGER.iter().find(|l| l.0 == path).map_or(MAX_LINES, |l| l.1));
    if lines > most {
        faults.push(format!("{path} has {lines} lines, more than {most}"));
    }
    faults
}

/// A re-export at the root would let a lower layer name a higher one unseen.
fn check_root(source: &Source, faults: &mut Vec<String>) {
    for path in source.paths.iter().filter(|p| p.names("crate").is_some() || p.names("self").is_some()) {
        faults.push(format!("src/lib.rs:{} names {}: the root re-exports nothing", path.line, path.parts.join("::")));
    }
}

fn check_main(source: &Source, faults: &mut Vec<String>) {
    for path in source.paths.iter().filter(|p| p.names("viva").is_some_and(|what| what != "cli")) {
        faults.push(format!("src/main.rs:{} names {}: everything is in `cli`", path.line, path.parts.join("::")));
    }
}

fn check_paths(layer: &Layer, source: &Source, faults: &mut Vec<String>) {
    for path in &source.paths {
        let place = format!("{}:{}", source.path, path.line);
        if path.leaves_its_layer() {
            faults.push(format!("{place} leaves {} by `super`: say `crate::…`", layer.name));
            continue;
        }
        if let Some(name) = path.names("crate") {
            let own = name == layer.name;
            if !own && !layer.may_name.contains(&"*") && !layer.may_name.contains(&name) {
                faults.push(format!("{place} names {name}, a higher layer"));
            }
            let searches = path.parts.get(2).is_some_and(|what| SEARCH.contains(&what.as_str()));
            if layer.name == "http" && name == "index" && !searches {
                faults.push(format!("{place} takes more from index than search"));
            }
        }
        let full = path.parts.join("::");
        let banned = |b: &&&str| full.strip_prefix(**b).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        if let Some(banned) = layer.banned.iter().find(banned) {
            faults.push(format!("{place} uses {banned}, which {} may not", layer.name));
        }
    }
}

/// Every source file below `dir`, in order.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| !is_hidden(path)).collect();
    entries.sort();
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'))
}

#[test]
fn the_sources_keep_the_house_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = sources(&root.join("src"));
    assert!(files.len() > 60, "the walk finds the sources");
    let mut faults = Vec::new();
    for file in &files {
        let path = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        faults.extend(check(&path, &fs::read_to_string(file).unwrap()));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The map in the docs of `lib.rs`: what each module may name, of those that exist.
#[test]
fn the_map_in_the_docs_is_the_table() {
    let root = include_str!("../../src/lib.rs");
    let modules: Vec<&str> = root.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut told = Vec::new();
    for row in root.lines().filter_map(|line| line.strip_prefix("//! | [")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let may_name: Vec<&str> = cells[2].split(", ").filter(|name| !name.is_empty()).collect();
        told.extend(cells[0].split(", ").map(|name| (name.trim_matches(['[', ']', '`']), may_name.clone())));
    }
    assert_eq!(told.len(), modules.len(), "{told:?}");
    for (name, may_name) in told {
        let layer = LAYERS.iter().find(|layer| layer.name == name).expect(name);
        let exists = |other: &&str| *other == "*" || modules.contains(other);
        let allowed: Vec<&str> = layer.may_name.iter().copied().filter(exists).collect();
        assert_eq!(may_name, allowed, "{name}");
    }
}

#[rstest]
#[case::higher_layer("src/bank/mod.rs", "use crate::http::App;", "src/bank/mod.rs:1 names http, a higher layer")]
#[case::within_a_line("src/domain/id.rs", "\nfn f() -> crate::bank::Item {}", "src/domain/id.rs:2 names bank")]
#[case::group("src/wire/a.rs", "use crate::{\n  domain::id,\n  grader::Grader,\n};", "src/wire/a.rs:1 names grader")]
#[case::deep_group("src/index/a.rs", "use crate::{domain::{id::{A, B}}, cli};", "names cli, a higher layer")]
#[case::beside("src/domain/a.rs", "use crate::config::Limits;", "names config")]
#[case::in_a_test("src/bank/a.rs", "#[cfg(test)]\nmod tests { use crate::grader::Grader; }", "a.rs:2 names grader")]
#[case::spaced("src/bank/a.rs", "use crate :: http /* so */ :: App;", "names http")]
#[case::whole_root("src/bank/a.rs", "use crate::*;", "names *")]
#[case::more_than_search("src/http/a.rs", "use crate::index::Postings;", "takes more from index than search")]
#[case::super_at_the_top("src/bank/mod.rs", "use super::http;", "leaves bank by `super`")]
#[case::super_in_a_file("src/bank/load.rs", "use super::super::http;", "leaves bank by `super`")]
#[case::super_in_a_group("src/bank/load.rs", "use super::{super::http, Bank};", "leaves bank by `super`")]
#[case::super_in_a_body("src/clock.rs", "fn f() { super::http::serve() }", "leaves clock by `super`")]
#[case::super_over_an_inner_module("src/clock.rs", "mod a { use super::super::http; }", "leaves clock by `super`")]
#[case::banned("src/domain/a.rs", "use axum::Router;", "uses axum, which domain may not")]
#[case::banned_of_std("src/domain/a.rs", "use std::{fmt, time::Duration};", "uses std::time, which domain may not")]
#[case::banned_in_a_body("src/grader/a.rs", "fn f() { std::fs::read(\"x\") }", "uses std::fs, which grader may not")]
#[case::banned_after_a_string("src/index/a.rs", "const A: &str = r#\"//\"#; use axum::Json;", "uses axum")]
#[case::banned_after_a_char("src/index/a.rs", "const A: char = '\"'; use tokio::spawn;", "uses tokio")]
#[case::unwrap("src/http/a.rs", "fn f() { x.unwrap() }", "src/http/a.rs:1 calls unwrap outside a test")]
#[case::unwrap_below_tests(
    "src/cli/a.rs",
    "#[cfg(test)]\nmod tests {}\nfn f() { x\n.unwrap() }",
    "a.rs:4 calls unwrap"
)]
#[case::allow("src/http/a.rs", "#[allow(dead_code)]\nfn f() {}", "src/http/a.rs:1 allows a lint")]
#[case::allow_for_all("src/http/a.rs", "#![allow(dead_code)]", "src/http/a.rs:1 allows a lint")]
#[case::no_layer("src/judges/mod.rs", "", "src/judges/mod.rs belongs to no layer")]
#[case::root("src/lib.rs", "pub mod http;\npub use crate::http::App;", "src/lib.rs:2 names crate::http::App")]
#[case::main("src/main.rs", "use viva::http::serve;", "src/main.rs:1 names viva::http::serve")]
fn a_planted_fault_is_found(#[case] path: &str, #[case] text: &str, #[case] expected: &str) {
    let faults = check(path, text);
    assert!(faults.iter().any(|fault| fault.contains(expected)), "{faults:#?}");
}

#[rstest]
#[case::lower_layer("src/bank/mod.rs", "use crate::domain::id::BankName;")]
#[case::own_layer("src/bank/mod.rs", "use crate::bank::load::Sources;")]
#[case::everything_from_the_top("src/cli/a.rs", "use crate::{http, grader, index::Postings};")]
#[case::search("src/http/a.rs", "use crate::index::{Search, SearchHit};")]
#[case::comment("src/domain/a.rs", "//! See [`http`](crate::http).\n/* use axum; /* nested */ use axum::A; */")]
#[case::string(
    "src/domain/a.rs",
    "const A: &str = \"crate::http \\\" axum::A\"; const B: &[u8] = br##\"axum::\"# A\"##;"
)]
#[case::lifetime("src/domain/a.rs", "fn f<'a>(x: &'a str) -> &'a str { x }")]
#[case::super_within("src/domain/text/form.rs", "mod tests { use super::super::Text; use super::*; }")]
#[case::visibility("src/bank/mod.rs", "pub(super) fn f() {}\npub(crate) fn g() {}")]
#[case::field_of_that_name("src/domain/a.rs", "fn f(x: X) { x.tokio; text::axum::g() }")]
#[case::name_that_begins_so("src/domain/a.rs", "use std::timer::A; use axum_like::B;")]
#[case::unwrap_in_a_test("src/http/a.rs", "#[cfg(test)]\n#[rustfmt::skip]\nmod tests { fn f() { { x.unwrap() } } }")]
#[case::unwrap_in_a_file_of_tests("src/http/a/tests.rs", "fn f() { x.unwrap() }")]
#[case::other_unwraps("src/http/a.rs", "fn f() { x.unwrap_or_default(); unwrap(); }")]
#[case::expect("src/http/a.rs", "#[expect(dead_code, reason = \"soon\")]\nfn f() {}")]
#[case::root("src/lib.rs", "pub mod http;\nuse std::fmt;")]
#[case::main("src/main.rs", "fn main() { viva::cli::main() }")]
fn what_is_allowed_passes(#[case] path: &str, #[case] text: &str) {
    assert_eq!(check(path, text), Vec::<String>::new());
}

#[test]
fn a_file_has_its_limit() {
    let text = "\n".repeat(MAX_LINES);
    assert_eq!(check("src/bank/a.rs", &text), Vec::<String>::new());
    assert_eq!(check("src/bank/a.rs", &(text + "\n")), ["src/bank/a.rs has 401 lines, more than 400"]);
}
