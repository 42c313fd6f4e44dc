//! What the engine makes of a rubric: its own examples, its ideal answers, and answers that say nothing.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::patterns::Patterns;
use crate::bank::{Fault, Item, Library, RubricSource, RubricSources};
use crate::domain::grade::Grade;
use crate::domain::id::ConceptId;
use crate::domain::rubric::{Example, Status};
use crate::grader::{Grader, QuestionRef};

/// What an ideal answer reaches through its own rubric at least.
const IDEAL_LEAST: f64 = 0.9;
/// What an answer that says nothing earns at most.
const NOTHING_MOST: f64 = 0.05;
/// The credit from which a concept counts as found.
const CREDITED: f64 = 0.5;

/// What one question's checks need.
struct Checker<'a> {
    grader: &'a Grader,
    question: QuestionRef,
    item: &'a Item,
    source: &'a RubricSource,
}

/// Every fault and warning that grading shows, in the banks' order.
pub(super) fn check(library: Library, sources: &RubricSources) -> Vec<Fault> {
    let grader = Grader::new(library);
    let checker = |question| {
        let (bank, item) = grader.item(question);
        let source = sources.get(&(bank.name.clone(), item.question.id.clone()))?;
        Some(Checker { grader: &grader, question, item, source })
    };
    let jobs: Vec<Checker<'_>> = grader.questions().filter_map(checker).collect();
    in_parallel(&jobs, |job| {
        let mut faults = job.check();
        faults.extend(Patterns::new(job.item, &job.source.places, grader.language()).check(&job.source.path));
        faults
    })
}

/// Runs `work` over all jobs on all cores; the results in the jobs' order.
fn in_parallel<J: Sync>(jobs: &[J], work: impl Fn(&J) -> Vec<Fault> + Sync) -> Vec<Fault> {
    let next = AtomicUsize::new(0);
    let one_core = || {
        let mut done = Vec::new();
        while let Some((at, job)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, jobs.get(at)?)))
        {
            done.push((at, work(job)));
        }
        done
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, Vec<Fault>)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(one_core)).collect();
        threads.into_iter().flat_map(|t| t.join().expect("grading does not panic")).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, faults)| faults).collect()
}

impl Checker<'_> {
    fn check(&self) -> Vec<Fault> {
        let mut faults = self.item.rubric.examples.iter().filter_map(|e| self.example(e)).collect::<Vec<_>>();
        faults.extend(self.ideals());
        faults.extend(self.nothings());
        faults
    }

    fn grade(&self, answer: &str) -> Grade {
        self.grader.grade(self.question, answer)
    }

    fn fault(&self, line: usize, message: String) -> Fault {
        Fault::at(&self.source.path, (line.max(1), 1), message)
    }

    /// A fault, or a warning as long as the rubric is a draft.
    fn judged(&self, message: String) -> Fault {
        let fault = self.fault(1, message);
        if self.item.rubric.status == Status::Draft { fault.warning() } else { fault }
    }

    /// What an example expects and does not get.
    fn example(&self, example: &Example) -> Option<Fault> {
        let grade = self.grade(&example.answer);
        let credit = |id: &ConceptId| grade.concepts.iter().find(|c| c.id == *id).map_or(0.0, |c| c.credit);
        let found = |id: &ConceptId| grade.misconceptions.iter().any(|m| m.id == *id);
        let mut wrong = Vec::new();
        let mut expect = |ids: &[ConceptId], verb: &str, holds: &dyn Fn(&ConceptId) -> bool| {
            wrong.extend(ids.iter().filter(|id| !holds(id)).map(|id| format!("{verb} `{id}`")));
        };
        expect(&example.hit, "credit", &|id| credit(id) >= CREDITED);
        expect(&example.missed, "miss", &|id| credit(id) < CREDITED);
        expect(&example.contradicted, "contradict", &|id| credit(id) < 0.0);
        expect(&example.misconceptions, "assert", &found);
        let message = format!("this example does not come out: it should {}", wrong.join(", "));
        (!wrong.is_empty()).then(|| self.fault(example.line, message))
    }

    fn ideals(&self) -> Vec<Fault> {
        let several = self.item.question.ideals.len() > 1;
        let mut faults = Vec::new();
        for (i, ideal) in self.item.question.ideals.iter().enumerate() {
            let grade = self.grade(ideal);
            if grade.score >= IDEAL_LEAST {
                continue;
            }
            let which = if several { format!("ideal answer {}", i + 1) } else { "the ideal answer".to_owned() };
            let score = grade.score;
            let mut message =
                format!("{which} of {} grades {score:.2}: expected at least {IDEAL_LEAST}", self.item.question.id);
            let open = grade.concepts.iter().filter(|c| c.gain > 0.0);
            push_list(&mut message, "it lacks", open.map(|c| format!("`{}` (+{:.2})", c.id, c.gain)));
            push_list(&mut message, "it asserts", grade.misconceptions.iter().map(|m| format!("`{}`", m.id)));
            faults.push(self.judged(message));
        }
        faults
    }

    fn nothings(&self) -> Vec<Fault> {
        let nothings = [
            ("an empty answer", String::new()),
            ("the prompt", self.item.question.prompt.clone()),
            (BARE_LIST, bare_words(self.item)),
        ];
        let mut faults = Vec::new();
        for (what, answer) in nothings {
            // A handful of words that hold the one right number is an answer to a quick-fire question, and a terse one.
            if what == BARE_LIST && answer.split(", ").count() < FEWEST_BARE_WORDS {
                continue;
            }
            let grade = self.grade(&answer);
            if grade.score > NOTHING_MOST {
                let (id, score) = (&self.item.question.id, grade.score);
                let mut message = format!("{what} grades {score:.2} for {id}: expected at most {NOTHING_MOST}");
                let credited = grade.concepts.iter().filter(|c| c.credit > 0.0);
                push_list(&mut message, "it earns", credited.map(|c| format!("`{}`", c.id)));
                faults.push(self.judged(message));
            }
        }
        faults
    }
}

fn push_list(message: &mut String, lead: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        let list = items.join(", ");
        message.extend(["; ", lead, " ", &list]);
    }
}

/// What a list of a rubric's words is called.
const BARE_LIST: &str = "a bare list of the rubric's words";
/// A shorter list cannot be told from a terse answer.
const FEWEST_BARE_WORDS: usize = 9;

/// The words of all claims, each once, in the alphabet's order: everything the rubric talks about, and no claim.
fn bare_words(item: &Item) -> String {
    let claims = item.rubric.concepts.iter().map(|concept| concept.claim.as_str());
    let words: BTreeSet<String> = claims
        .flat_map(|claim| claim.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | ')' | '"')))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    words.into_iter().collect::<Vec<_>>().join(", ")
}
