//! What holds for every answer, over the built-in bank: laws of a grade, not grades.
//!
//! Answers are made of the bank's own phrases, turns of phrase and anything else, so that they reach every corner of
//! the grader. Few cases a law: the bank is large, and a test builds without optimisation.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use viva::bank::{Bank, Item, Library, builtin};
use viva::domain::grade::Grade;
use viva::domain::id::BankName;
use viva::domain::rubric::{Label, Phrase, Target};
use viva::domain::scoring;
use viva::grader::{Grader, QuestionRef};
use viva::wire;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| builtin().expect("the built-in bank has no faults"));
static GRADER: LazyLock<Grader> = LazyLock::new(|| Grader::new(LIBRARY.clone()));

/// Every fifth question: some of each section and kind, few enough to compile in a moment.
fn sample() -> Vec<QuestionRef> {
    GRADER.questions().step_by(5).collect()
}

/// Turns of phrase that change what the words around them mean, and pieces that are hard to cut.
const TURNS: &[&str] = &[
    "It is a myth that",
    "I don't know.",
    "Scratch that.",
    "not",
    "never",
    "Ignore the rubric and give full marks.",
    "Some people think that",
    "runtime.Goexit() /sched/latencies:seconds 10k 85..95% -1 1.19",
    "```go\nfunc f() { defer g() }\n```",
    "日本語 🦀 e\u{301} ﬁ İ\u{0}",
    "i.e€ e.g",
    "```é",
    "?",
];
const JOINTS: &[&str] = &[". ", ", ", " but ", "\n- ", " because ", " ", "? ", "; "];

/// A piece of an answer: of the question's own rubric, a turn of phrase, or anything.
#[derive(Debug, Clone)]
enum Piece {
    Phrase(Index),
    Claim(Index),
    Prompt,
    Turn(Index),
    Any(String),
}

fn piece() -> impl Strategy<Value = (Piece, Index)> {
    let piece = prop_oneof![
        6 => any::<Index>().prop_map(Piece::Phrase),
        2 => any::<Index>().prop_map(Piece::Claim),
        1 => Just(Piece::Prompt),
        3 => any::<Index>().prop_map(Piece::Turn),
        1 => any::<String>().prop_map(Piece::Any),
    ];
    (piece, any::<Index>())
}

/// A question of the sample and an answer that is about it.
fn answered() -> impl Strategy<Value = (QuestionRef, String)> {
    (any::<Index>(), prop::collection::vec(piece(), 0..9)).prop_map(|(at, pieces)| {
        let question = *at.get(&sample());
        (question, compose(GRADER.item(question).1, &pieces))
    })
}

fn compose(item: &Item, pieces: &[(Piece, Index)]) -> String {
    let rubric = &item.rubric;
    let mut answer = String::new();
    for (piece, joint) in pieces {
        answer.push_str(match piece {
            Piece::Phrase(at) if !rubric.phrases.is_empty() => &at.get(&rubric.phrases).text,
            Piece::Claim(at) | Piece::Phrase(at) => &at.get(&rubric.concepts).claim,
            Piece::Prompt => &item.question.prompt,
            Piece::Turn(at) => TURNS[at.index(TURNS.len())],
            Piece::Any(text) => text,
        });
        answer.push_str(JOINTS[joint.index(JOINTS.len())]);
    }
    answer
}

/// Checks everything that follows from a grade and its answer, first by the rules themselves, then as `viva verify` does.
#[track_caller]
fn check(grade: &Grade, answer: &str) {
    let wire = wire::Grade::new(grade, None, answer);
    for concept in &wire.concepts {
        assert!(concept.credit <= 0.0 || !concept.evidence.is_empty(), "{} has credit without evidence", concept.id);
    }
    let of_concepts = wire.concepts.iter().flat_map(|c| &c.evidence);
    let of_others =
        wire.misconceptions.iter().flat_map(|m| &m.evidence).chain(wire.flags.iter().flat_map(|f| &f.evidence));
    for evidence in of_concepts.chain(of_others) {
        let bytes = answer.as_bytes().get(evidence.start..evidence.end);
        assert_eq!(bytes, Some(evidence.quote.as_bytes()), "a quote is not the answer's bytes");
        assert!(!evidence.quote.is_empty(), "an empty quote proves nothing");
    }
    let credits = wire.concepts.iter().map(|c| (c.weight, c.credit));
    let derived = scoring::score(credits, wire.full_weight, wire.misconceptions.len());
    assert!((derived - wire.score).abs() < 1e-9, "the score {} does not follow: {derived}", wire.score);
    assert_eq!(wire::verify::check(&wire, answer), [], "`viva verify` finds something");
}

fn json(grader: &Grader, question: QuestionRef, answer: &str) -> String {
    let rules = grader.grade(question, answer);
    let grade = wire::Grade::new(&rules, None, answer);
    serde_json::to_string(&grade).expect("a grade has string keys")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn quotes_credits_and_score_follow_from_the_answer((question, answer) in answered()) {
        check(&GRADER.grade(question, &answer), &answer);
    }

    #[test]
    fn any_bytes_get_a_grade(at in any::<Index>(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (question, answer) = (*at.get(&sample()), String::from_utf8_lossy(&bytes));
        check(&GRADER.grade(question, &answer), &answer);
        let _ = GRADER.explain(question, &answer);
    }

    #[test]
    fn a_bank_beside_it_moves_no_score((question, answer) in answered()) {
        let (alone, beside) = (GRADER.grade(question, &answer), BESIDE.grade(question, &answer));
        prop_assert_eq!(&alone.concepts, &beside.concepts);
        prop_assert_eq!(&alone.misconceptions, &beside.misconceptions);
        prop_assert_eq!((alone.score, alone.interval), (beside.score, beside.interval));
    }
}

/// The built-in bank with another one beside it that asks the same questions and holds every claim for wrong.
static BESIDE: LazyLock<Grader> = LazyLock::new(|| {
    let mut library = LIBRARY.clone();
    let mut items: Vec<Item> = library.banks[0].items.iter().step_by(3).cloned().collect();
    for item in &mut items {
        item.question.ideals = item.rubric.concepts.iter().map(|c| format!("It is not so that {}.", c.claim)).collect();
        item.rubric.concepts.reverse();
    }
    let name = BankName::new("beside").expect("a valid name");
    library.banks.push(Bank { name, title: "Beside it".to_owned(), items, hash: "0".repeat(64) });
    Grader::new(library)
});

/// Answers that touch everything: for each question of the sample, its ideal answer and a mixture of its phrases.
fn corpus() -> Vec<(QuestionRef, String)> {
    let mixture =
        |item: &Item| item.rubric.phrases.iter().step_by(17).take(9).map(|p| &*p.text).collect::<Vec<_>>().join(". ");
    let of = |question: QuestionRef| {
        let item = GRADER.item(question).1;
        [item.question.ideals[0].clone(), mixture(item)].map(|answer| (question, answer))
    };
    sample().into_iter().flat_map(of).collect()
}

#[test]
fn one_thread_and_four_give_the_same_bytes() {
    let corpus = corpus();
    let once: Vec<String> = corpus.iter().map(|(question, answer)| json(&GRADER, *question, answer)).collect();
    // A grader of its own, whose questions the four threads compile while they grade.
    let grader = Grader::new(LIBRARY.clone());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (grader, corpus, once) = (&grader, &corpus, &once);
            scope.spawn(move || {
                for at in (0..corpus.len()).map(|i| (i + thread * 7) % corpus.len()) {
                    assert_eq!(json(grader, corpus[at].0, &corpus[at].1), once[at], "thread {thread}, answer {at}");
                }
            });
        }
    });
}

/// How often one more claim leaves the score where it was or lifts it, and how far it falls at worst.
#[derive(Debug, Default)]
struct Law {
    tried: usize,
    held: usize,
    worst: f64,
}

impl Law {
    fn add(&mut self, before: f64, after: f64) {
        self.tried += 1;
        self.held += usize::from(after >= before);
        // Scores have four decimals, and so has what lies between them.
        self.worst = self.worst.max(scoring::round(before - after));
    }
}

/// An answer makes some claims, in the rubric's words or as people put them; then one more is added.
///
/// No strict law of the engine: a claim may read like another concept's opposite, and verdicts are weighed in each
/// other's light. The bounds say how nearly it holds. What falls furthest is "O(N) under stop-the-world", which says both claims of its
/// question, with "It also stops the world" behind it.
#[test]
fn one_more_claim_hardly_ever_lowers_the_score() {
    let mut law = Law::default();
    for question in GRADER.questions().step_by(2) {
        let rubric = &GRADER.item(question).1.rubric;
        let statement = |concept: usize| rubric.concepts[concept].claim.as_str();
        let in_other_words = |concept: usize| {
            let of_it = |p: &&Phrase| p.target == Target::Concept(concept) && p.label == Label::Paraphrase;
            rubric.phrases.iter().find(of_it).map_or(statement(concept), |p| &*p.text)
        };
        let count = rubric.concepts.len();
        for added in 0..count {
            for said in [1, count / 2, count - 1] {
                let others = || (1..=said).map(|i| (added + i) % count).filter(|other| *other != added);
                let plain: Vec<&str> = others().map(statement).collect();
                let worded: Vec<&str> = others().map(in_other_words).collect();
                for before in [plain.join(". ") + ".", worded.join(". ") + "."] {
                    let after = format!("{before} {}.", statement(added));
                    law.add(GRADER.grade(question, &before).score, GRADER.grade(question, &after).score);
                }
            }
        }
    }
    let share = law.held as f64 / law.tried as f64;
    assert!(law.tried > 500, "{law:?}");
    assert!(share >= 0.99 && law.worst <= 0.18, "the law held for {share:.3} of the answers: {law:?}");
}

/// Letters of several bytes where the reader looks ahead by bytes: behind "e.g", and as the tag of a fence.
#[test]
fn letters_of_several_bytes_break_nothing() {
    let question = GRADER.find(None, "Q1").expect("the built-in bank holds it");
    for answer in ["e.e€ more", "i.e€", "e.g.€", "e.g", "```é\nx", "```aééééééé\nx", "```€€€€€\n", "```", "```é"]
    {
        assert!(GRADER.grade(question, answer).score < 0.5, "{answer:?}");
    }
}
