//! Grading from an ideal answer alone: a question seen before, a new one, and how it grows with the answer.

use crate::Bench;
use crate::tools::{median, percentile, row, timed_alone, title, us};

const PROMPT: &str = "What does the scheduler do when a goroutine blocks in a system call?";
/// Words of every fifth answer are not the ideal answer's.
const OTHER: [&str; 6] = ["perhaps", "kernel", "waiting", "always", "cheap", "descriptor"];

pub(crate) fn run(bench: &Bench) {
    title("One grade from an ideal answer of about 60 words, one thread");
    let item = bench.grader.item(bench.questions()[0]).1;
    let words: Vec<&str> = item.question.ideals[0].split_whitespace().cycle().take(60).collect();
    let ideal = vec![words.join(" ")];
    let own = |ideal: &[String]| bench.grader.own(PROMPT, ideal).expect("a usable question");
    for length in [60, 120, 600] {
        let grade = |seed: usize| {
            let answer = answer(&words, length, seed);
            timed_alone(|| bench.grader.grade_own(&own(&ideal), &answer)).0
        };
        let mut times: Vec<u64> = (0..bench.scale(5_000, 500)).map(grade).skip(16).collect();
        row(&format!("an answer of {length} words"), &spread(&mut times));
    }
    let first = |n: usize| {
        let ideal = vec![format!("{} {n}", ideal[0])];
        let answer = answer(&words, 60, n);
        timed_alone(|| bench.grader.grade_own(&own(&ideal), &answer)).0
    };
    let mut times: Vec<u64> = (0..bench.scale(1_000, 100)).map(first).collect();
    row("60 words, the question's first sight", &spread(&mut times));
}

fn answer(words: &[&str], length: usize, seed: usize) -> String {
    let word = |at: usize| match at % 5 {
        4 => OTHER[(at + seed) % OTHER.len()],
        _ => words[(at * 7 + seed) % words.len()],
    };
    let cut = |at: usize| if at % 12 == 11 { ". " } else { " " };
    (0..length).flat_map(|at| [word(at), cut(at)]).collect()
}

fn spread(times: &mut [u64]) -> String {
    format!("median {}, p99 {}", us(median(times)), us(percentile(times, 0.99) as f64))
}
