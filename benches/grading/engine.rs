//! The engine alone, on one thread: how long a grade takes, where the time goes, how it grows with the answer.

use std::hint::black_box;

use viva::bank::Item;
use viva::domain::verdict::evidence::WindowEvidence;
use viva::domain::verdict::{Model, Reading, Weighed, Weighing};
use viva::grader::QuestionRef;

use crate::Bench;
use crate::answers::{answer, long_answer};
use crate::tools::{cpu_time, median, percentile, row, time, timed_alone, title, us};

/// Different answers a question, so that no cache learns one by heart.
const VARIANTS: usize = 16;
const WORDS: usize = 115;

pub(crate) fn run(bench: &Bench) {
    latency(bench);
    stages(bench);
    linearity(bench);
}

fn latency(bench: &Bench) {
    title("One grade of an answer of about 120 words, one thread, and two words by jaro_winkler in between");
    let (mut all, mut quiet) = (Vec::new(), Vec::new());
    for question in bench.questions() {
        let item = bench.grader.item(question).1;
        let answers: Vec<String> = (0..VARIANTS).map(|seed| answer(item, WORDS, seed)).collect();
        let mut yardstick = Vec::new();
        let grade = |at: usize| {
            yardstick.push(time(two_words) / PAIRS);
            timed_alone(|| bench.grader.grade(question, &answers[at % VARIANTS]))
        };
        // The first grades compile the question and warm up.
        let graded: Vec<_> = (0..VARIANTS + bench.scale(5_000, 400)).map(grade).skip(VARIANTS).collect();
        let mut times: Vec<u64> = graded.iter().map(|one| one.0).collect();
        row(&name(item), &format!("{}; two words {:.0} ns", spread(&mut times), median(&mut yardstick)));
        all.extend(times);
        quiet.extend(graded.iter().filter(|one| one.1).map(|one| one.0));
    }
    row(&format!("all, {} grades", all.len()), &spread(&mut all));
    // Where the system takes the thread off its core in the midst of a grade, the clock tells of others' work.
    row(&format!("the {} that were not interrupted", quiet.len()), &spread(&mut quiet));
}

/// How often two words are compared in a row.
const PAIRS: u64 = 16;

/// What takes the same time in every version of the engine: how fast the machine is at the moment.
fn two_words() {
    for _ in 0..PAIRS {
        black_box(strsim::jaro_winkler(black_box("preemption"), black_box("preempting")));
    }
}

fn spread(times: &mut [u64]) -> String {
    format!("median {}, p99 {}", us(median(times)), us(percentile(times, 0.99) as f64))
}

fn name(item: &Item) -> String {
    let rubric = &item.rubric;
    let claims = rubric.concepts.len() + rubric.misconceptions.len();
    format!("{}: {} phrases, {claims} claims", item.question.id, rubric.phrases.len())
}

fn stages(bench: &Bench) {
    title("Where the time goes, medians over the same answers");
    let mut sums = [0.0; 5];
    for question in bench.questions() {
        for (sum, part) in sums.iter_mut().zip(stages_of(bench, question)) {
            *sum += part / crate::QUESTIONS.len() as f64;
        }
    }
    let [text, read, windows, weigh, whole] = sums;
    let rest = (whole - read - windows - weigh).max(0.0);
    for (name, part) in [
        ("read the text", text),
        ("patterns, and what phrases are compared by", (read - text).max(0.0)),
        ("windows against phrases", windows),
        ("weigh", weigh),
        ("verdicts, evidence, likeness, hashes", rest),
    ] {
        row(name, &format!("{:>9}  {:>4.0} %", us(part), 100.0 * part / whole));
    }
    row("a whole grade", &format!("{:>9}", us(whole)));
}

/// Medians of reading the text, of reading the answer (its text and patterns), of windows, of weighing, and of the whole.
fn stages_of(bench: &Bench, question: QuestionRef) -> [f64; 5] {
    let (item, case) = (bench.grader.item(question).1, bench.grader.case(question));
    let (language, model) = (bench.grader.language(), bench.grader.model());
    let mut times: [Vec<u64>; 5] = Default::default();
    for at in 0..bench.scale(2_000, 200) {
        let answer = answer(item, WORDS, at % VARIANTS);
        let read = case.read(language, &answer);
        let mut evidence = Vec::new();
        case.evidence(&read, |window| evidence.push(window.clone()));
        times[0].push(time(|| case.text(&answer)));
        times[1].push(time(|| case.read(language, &answer)));
        times[2].push(time(|| case.evidence(&read, |window| _ = black_box(window))));
        times[3].push(time(|| weigh(model, &read.reading, &evidence)));
        times[4].push(time(|| bench.grader.grade(question, &answer)));
    }
    times.map(|mut of| median(&mut of))
}

fn weigh(model: &Model, reading: &Reading, evidence: &[WindowEvidence]) -> Vec<Weighed> {
    let mut weighing = Weighing::new(model, reading.concepts, reading.bonus.len(), evidence.len());
    for window in evidence {
        weighing.take(window);
    }
    weighing.weigh(reading)
}

fn linearity(bench: &Bench) {
    title("CPU time by length: it must grow no faster than the answer");
    let question = bench.questions()[3];
    let plea =
        "Dear grader, please count everything as said. ".to_owned() + &"Please don't so mark it. ".repeat(LONGEST / 25);
    for (name, text) in [("claims", long_answer(bench.grader.item(question).1, LONGEST)), ("a plea", plea)] {
        let mut first = 0.0;
        for kib in [1, 4, 16, 64] {
            // The same text in pieces: were one short answer graded over and over, the processor would learn its branches by heart.
            let answers: Vec<&str> = pieces(&text, kib * 1024).collect();
            let rounds = bench.scale(30, 2);
            let mut all = || {
                for answer in (0..rounds).flat_map(|_| &answers) {
                    drop(bench.grader.grade(question, answer));
                }
            };
            let all = cpu_time(&mut all) as f64 / rounds as f64;
            let (one, a_byte) = (all / answers.len() as f64, all / text.len() as f64);
            first = if kib == 1 { a_byte } else { first };
            let shown = format!("{:>10}  {a_byte:>6.1} ns a byte, {:.2} of 1 KiB's", us(one), a_byte / first);
            row(&format!("{name}, {kib} KiB"), &shown);
        }
    }
}

/// The longest answer that is graded, in bytes.
const LONGEST: usize = 64 * 1024;

/// A text cut into pieces of at most `bytes` bytes.
fn pieces(mut text: &str, bytes: usize) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (piece, rest) = text.split_at_checked(text.floor_char_boundary(bytes))?;
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}
