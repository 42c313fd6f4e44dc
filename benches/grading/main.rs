//! What grading costs, beside what it could cost at least: `cargo bench`, or `cargo bench -- --quick` for a glance.
//!
//! Times of one machine say little about another; ratios within one run say more, so each part measures what it is
//! compared with in the same run, in turns. CPU time is read from `/proc`; elsewhere those lines are left out.
//!
//! `cargo bench -- engine route` runs these parts alone. To add a part: a module with a `run(&Bench)`, and its entry in `main`.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod answers;
mod engine;
mod own;
mod processes;
mod route;
mod tools;

use viva::bank::builtin;
use viva::grader::{Grader, QuestionRef};

/// What all parts share.
struct Bench {
    grader: Grader,
    /// Fewer repetitions: figures to within a third, in a few seconds.
    quick: bool,
}

/// Questions with a few hundred to a thousand phrases, of several kinds.
const QUESTIONS: [&str; 6] = ["Q3", "Q18", "Q21", "Q22", "Q31", "Q34"];

impl Bench {
    fn scale(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }

    fn questions(&self) -> Vec<QuestionRef> {
        QUESTIONS.iter().map(|id| self.grader.find(None, id).expect("the built-in bank holds it")).collect()
    }
}

/// A part of the bench.
type Part = fn(&Bench);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs benches without `--bench`, to see that they work.
    let quick = args.iter().any(|arg| arg == "--quick") || !args.iter().any(|arg| arg == "--bench");
    let grader = Grader::new(builtin().expect("the built-in bank has no faults"));
    let bench = Bench { grader, quick };
    let cores = tools::cores();
    println!("viva {}, {cores} cores{}", env!("CARGO_PKG_VERSION"), if quick { ", quick: rough figures" } else { "" });
    let parts: [(&str, Part); 4] =
        [("engine", engine::run), ("own", own::run), ("route", route::run), ("processes", processes::run)];
    let chosen: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    for (name, run) in parts {
        if chosen.is_empty() || chosen.iter().any(|arg| *arg == name) {
            run(&bench);
        }
    }
}
