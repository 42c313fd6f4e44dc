//! The engine alone, on one thread: how long a grade takes, where the time goes, how it grows with the answer.

use std::hint::black_box;
use std::sync::Arc;

use viva::bank::Item;
use viva::domain::lexicon::Language;
use viva::domain::matcher::{Compiled, Compiler, Matches};
use viva::domain::rubric::Label;
use viva::domain::text::Text;
use viva::domain::text::vocabulary::Vocabulary;
use viva::domain::verdict::evidence::WindowEvidence;
use viva::domain::verdict::window::windows;
use viva::domain::verdict::{Model, PatternFound, Reading, Weighed, Weighing};
use viva::grader::QuestionRef;
use viva::grader::case::{claim_of, claims};
use viva::index::{Entry, Features, Postings, Scratch};

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
    title("One grade of an answer of about 120 words, one thread");
    let (mut all, mut quiet) = (Vec::new(), Vec::new());
    for question in bench.questions() {
        let item = bench.grader.item(question).1;
        let answers: Vec<String> = (0..VARIANTS).map(|seed| answer(item, WORDS, seed)).collect();
        let grade = |at: usize| timed_alone(|| bench.grader.grade(question, &answers[at % VARIANTS]));
        // The first grades compile the question and warm up.
        let graded: Vec<_> = (0..VARIANTS + bench.scale(5_000, 400)).map(grade).skip(VARIANTS).collect();
        let mut times: Vec<u64> = graded.iter().map(|one| one.0).collect();
        row(&name(item), &spread(&mut times));
        all.extend(times);
        quiet.extend(graded.iter().filter(|one| one.1).map(|one| one.0));
    }
    row(&format!("all, {} grades", all.len()), &spread(&mut all));
    // Where the system takes the thread off its core in the midst of a grade, the clock tells of others' work.
    row(&format!("the {} that were not interrupted", quiet.len()), &spread(&mut quiet));
}

fn spread(times: &mut [u64]) -> String {
    format!("median {}, p99 {}", us(median(times)), us(percentile(times, 0.99) as f64))
}

fn name(item: &Item) -> String {
    let rubric = &item.rubric;
    let claims = rubric.concepts.len() + rubric.misconceptions.len();
    format!("{}: {} phrases, {claims} claims", item.question.id, rubric.phrases.len())
}

/// What a case holds, built from the same parts: they are private there.
struct Parts<'a> {
    language: &'a Language,
    vocabulary: Vocabulary,
    compiled: Compiled,
    patterns: Vec<(usize, usize)>,
    postings: Postings,
    bonus: Arc<[bool]>,
    concepts: usize,
}

impl<'a> Parts<'a> {
    fn new(language: &'a Language, item: &Item) -> Self {
        let rubric = &item.rubric;
        let mut vocabulary = Vocabulary::new(language.base());
        let mut patterns = Vec::new();
        let mut compiling = Compiler::new(language, &mut vocabulary);
        for (claim, of) in claims(rubric).enumerate() {
            for (number, pattern) in of.patterns.iter().enumerate() {
                compiling.add(pattern);
                patterns.push((claim, number));
            }
        }
        let compiled = compiling.finish();
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for (claim, of) in claims(rubric).enumerate() {
            entries.push(Entry { claim: Some(claim), label: Label::Paraphrase, statement: true, text: of.claim });
        }
        for phrase in &rubric.phrases {
            let claim = claim_of(rubric, phrase.target);
            entries.push(Entry { claim, label: phrase.label, statement: false, text: &phrase.text });
        }
        let count = rubric.concepts.len() + rubric.misconceptions.len();
        let postings = Postings::new(language, &mut vocabulary, count, &entries, &[&item.question.prompt]);
        let bonus = claims(rubric).map(|c| c.bonus).collect();
        Self { language, vocabulary, compiled, patterns, postings, bonus, concepts: rubric.concepts.len() }
    }

    fn text(&self, answer: &str) -> Text {
        Text::read(answer, &mut &self.vocabulary)
    }

    fn patterns(&self, text: &Text, answer: &str) -> Vec<PatternFound> {
        let groups = self.language.groups_in(text);
        let matches = Matches::new(&self.compiled, text, answer, &groups);
        let mut found = Vec::new();
        matches.each(|number, hit| {
            let (claim, pattern) = self.patterns[number];
            found.push(PatternFound { claim, pattern, found: hit });
        });
        found
    }

    fn features(&self, text: &Text) -> Features {
        self.postings.read(text, &self.language.groups_in(text), self.language)
    }

    fn reading(&self, text: &Text, patterns: Vec<PatternFound>) -> Reading {
        let (windows, tokens, bonus) = (windows(text), text.tokens.len(), Arc::clone(&self.bonus));
        Reading { windows, patterns, tokens, concepts: self.concepts, bonus }
    }

    fn compare(&self, features: &Features, reading: &Reading, mut see: impl FnMut(&WindowEvidence)) {
        let mut scratch = Scratch::default();
        reading.windows.iter().for_each(|w| see(self.postings.window(features, &w.tokens, &mut scratch)));
    }

    fn weigh(&self, model: &Model, reading: &Reading, evidence: &[WindowEvidence]) -> Vec<Weighed> {
        let mut weighing = Weighing::new(model, self.concepts, self.bonus.len(), evidence.len());
        for window in evidence {
            weighing.take(window);
        }
        weighing.weigh(reading)
    }
}

fn stages(bench: &Bench) {
    title("Where the time goes, medians over the same answers");
    let mut sums = [0.0; 5];
    for question in bench.questions() {
        for (sum, part) in sums.iter_mut().zip(stages_of(bench, question)) {
            *sum += part / crate::QUESTIONS.len() as f64;
        }
    }
    let whole = sums[4];
    let rest = (whole - sums[..4].iter().sum::<f64>()).max(0.0);
    let names =
        ["read the text", "patterns", "windows against phrases", "weigh", "verdicts, evidence, likeness, hashes"];
    for (name, part) in names.iter().zip([sums[0], sums[1], sums[2], sums[3], rest]) {
        row(name, &format!("{:>9}  {:>4.0} %", us(part), 100.0 * part / whole));
    }
    row("a whole grade", &format!("{:>9}", us(whole)));
}

/// Medians of text, patterns, phrases, weighing, and of the whole.
fn stages_of(bench: &Bench, question: QuestionRef) -> [f64; 5] {
    let item = bench.grader.item(question).1;
    let parts = Parts::new(bench.grader.language(), item);
    let model = bench.grader.model();
    let mut times: [Vec<u64>; 5] = Default::default();
    for at in 0..bench.scale(2_000, 200) {
        let answer = answer(item, WORDS, at % VARIANTS);
        let text = parts.text(&answer);
        let reading = parts.reading(&text, parts.patterns(&text, &answer));
        let mut evidence = Vec::new();
        parts.compare(&parts.features(&text), &reading, |window| evidence.push(window.clone()));
        times[0].push(time(|| parts.text(&answer)));
        times[1].push(time(|| parts.patterns(&text, &answer)));
        times[2].push(time(|| {
            parts.compare(&parts.features(&text), &reading, |window| {
                black_box(window);
            });
        }));
        times[3].push(time(|| parts.weigh(model, &reading, &evidence)));
        times[4].push(time(|| bench.grader.grade(question, &answer)));
    }
    times.map(|mut of| median(&mut of))
}

fn linearity(bench: &Bench) {
    title("CPU time by length: it must grow no faster than the answer");
    let question = bench.questions()[3];
    let item = bench.grader.item(question).1;
    let mut first = 0.0;
    for kib in [1, 4, 16, 64] {
        let answer = long_answer(item, kib * 1024);
        let count = bench.scale(2_000, 100) / kib + 5;
        let mut all = || (0..count).for_each(|_| drop(bench.grader.grade(question, &answer)));
        let one = cpu_time(&mut all) as f64 / count as f64;
        let a_byte = one / answer.len() as f64;
        first = if kib == 1 { a_byte } else { first };
        let shown = format!("{:>10}  {a_byte:>6.1} ns a byte, {:.2} of 1 KiB's", us(one), a_byte / first);
        row(&format!("{kib} KiB"), &shown);
    }
}
