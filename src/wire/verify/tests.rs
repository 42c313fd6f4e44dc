use rstest::rstest;

use super::*;
use crate::wire::{Flag, Judge, Misconception, Provenance, Similarity};

const ANSWER: &str = "Only that goroutine ends; é its deferred calls still run.";

fn quote(start: usize, end: usize) -> Evidence<'static> {
    Evidence { start, end, quote: ANSWER[start..end].into(), by: "pattern".into(), source: "run defer*".into() }
}

fn concept(
    id: &str,
    weight: u32,
    verdict: &str,
    credit: f64,
    gain: f64,
    evidence: Vec<Evidence<'static>>,
) -> Concept<'static> {
    Concept {
        id: id.to_owned().into(),
        weight,
        bonus: false,
        verdict: verdict.to_owned().into(),
        credit,
        confidence: 0.9,
        gain,
        evidence,
    }
}

/// A grade of [`ANSWER`] in which everything holds.
fn sound() -> Grade<'static> {
    let hash = format!("sha256:{}", "0".repeat(64));
    Grade {
        schema: 1,
        id: None,
        bank: "go-runtime".into(),
        question: "Q4".into(),
        scoring: "rubric".into(),
        score: 0.32,
        interval: [0.2, 0.45],
        needs_review: true,
        review_reasons: vec!["unsure".into()],
        concepts: vec![
            concept("ends", 3, "hit", 1.0, 0.0, vec![quote(0, 24)]),
            concept("defers", 2, "partial", 0.5, 0.125, vec![quote(29, 53)]),
            concept("others", 3, "missed", 0.0, 0.375, Vec::new()),
        ],
        full_weight: 8,
        missed: vec!["others".into()],
        misconceptions: vec![Misconception { id: "exits".into(), confidence: 0.8, evidence: vec![quote(0, 4)] }],
        flags: vec![Flag { id: "echo".into(), evidence: Vec::new() }],
        similarity: Similarity { ideal: 0.4, nearest: None },
        feedback: Vec::new(),
        judge: Judge::off(),
        provenance: Provenance {
            engine: "0.1.0".into(),
            rubric: hash.clone().into(),
            lexicon: hash.clone().into(),
            model: hash.clone().into(),
            bank: hash.into(),
            answer: answer_hash(ANSWER).into(),
        },
    }
}

#[track_caller]
fn check_fields(grade: &Grade, answer: &str, expected: &[&str]) {
    let found = check(grade, answer);
    let fields: Vec<&str> = found.iter().map(|finding| finding.field.as_str()).collect();
    assert_eq!(fields, expected, "{found:#?}");
}

#[test]
fn a_sound_grade_holds() {
    check_fields(&sound(), ANSWER, &[]);
}

#[rstest]
#[case::schema(|g: &mut Grade| g.schema = 2, &["schema"])]
#[case::bank(|g: &mut Grade| g.bank = "../etc".into(), &["bank"])]
#[case::question(|g: &mut Grade| g.question = "".into(), &["question"])]
#[case::scoring(|g: &mut Grade| g.scoring = "guess".into(), &["scoring"])]
#[case::concept_id(|g: &mut Grade| g.concepts[0].id = "a b".into(), &["concepts[0].id"])]
#[case::same_concept_twice(|g: &mut Grade| g.concepts[1].id = "ends".into(), &["concepts"])]
#[case::verdict(|g: &mut Grade| g.concepts[0].verdict = "good".into(), &["concepts[0].verdict"])]
#[case::verdict_without_its_credit(|g: &mut Grade| g.concepts[0].verdict = "partial".into(), &["concepts[0].credit"])]
#[case::credit_too_low(|g: &mut Grade| { g.concepts[2].verdict = "contradicted".into(); g.concepts[2].credit = -2.0; },
    &["concepts[2].credit"])]
#[case::credit_raised(|g: &mut Grade| { g.concepts[1].credit = 0.75; }, &["score", "concepts[1].gain"])]
#[case::weight(|g: &mut Grade| { g.concepts[2].weight = 0; g.concepts[2].gain = 0.0; g.full_weight = 5; g.score = 0.62;
    g.concepts[1].gain = 0.2; }, &["concepts[2].weight"])]
#[case::confidence(|g: &mut Grade| g.concepts[0].confidence = 1.5, &["concepts[0].confidence"])]
#[case::unproved(|g: &mut Grade| g.concepts[0].evidence.clear(), &["concepts[0].evidence"])]
#[case::quote(|g: &mut Grade| g.concepts[0].evidence[0].quote.to_mut().push('!'), &["concepts[0].evidence[0].quote"])]
#[case::shifted(|g: &mut Grade| g.concepts[0].evidence[0].start = 1, &["concepts[0].evidence[0].quote"])]
#[case::outside(|g: &mut Grade| g.concepts[0].evidence[0].end = 1000, &["concepts[0].evidence[0]"])]
#[case::inside_a_character(|g: &mut Grade| g.concepts[0].evidence[0].end = 27, &["concepts[0].evidence[0]"])]
#[case::backwards(|g: &mut Grade| g.concepts[0].evidence[0].start = 30, &["concepts[0].evidence[0]"])]
#[case::by(|g: &mut Grade| g.concepts[0].evidence[0].by = "luck".into(), &["concepts[0].evidence[0].by"])]
#[case::source(|g: &mut Grade| g.concepts[0].evidence[0].source.to_mut().clear(), &["concepts[0].evidence[0].source"])]
#[case::misconception_quote(|g: &mut Grade| g.misconceptions[0].evidence[0].quote.to_mut().clear(), &["misconceptions[0].evidence[0].quote"])]
#[case::misconception_forgotten(|g: &mut Grade| g.misconceptions.clear(), &["score"])]
#[case::flag(|g: &mut Grade| g.flags[0].id = "rude".into(), &["flags[0].id"])]
#[case::full_weight(|g: &mut Grade| { g.full_weight = 7; g.score = 0.3914; g.concepts[1].gain = 0.1429; g.concepts[2].gain = 0.4286; },
    &["full_weight"])]
#[case::score(|g: &mut Grade| g.score = 0.3201, &["score"])]
#[case::score_out_of_range(|g: &mut Grade| g.score = 1.32, &["score", "score"])]
#[case::gain(|g: &mut Grade| g.concepts[2].gain = 0.4, &["concepts[2].gain"])]
#[case::missed_too_much(|g: &mut Grade| g.missed.push("defers".into()), &["missed"])]
#[case::missed_too_little(|g: &mut Grade| g.missed.clear(), &["missed"])]
#[case::interval_order(|g: &mut Grade| g.interval = [0.5, 0.4], &["interval"])]
#[case::interval_range(|g: &mut Grade| g.interval = [-0.1, 1.1], &["interval[0]", "interval[1]"])]
#[case::review(|g: &mut Grade| g.needs_review = false, &["needs_review"])]
#[case::review_without_reason(|g: &mut Grade| g.review_reasons.clear(), &["needs_review"])]
#[case::reason(|g: &mut Grade| g.review_reasons[0] = "mood".into(), &["review_reasons[0]"])]
#[case::empty_with_words(|g: &mut Grade| g.flags[0].id = "empty".into(), &["flags"])]
#[case::similarity(|g: &mut Grade| g.similarity.ideal = 1.2, &["similarity.ideal"])]
#[case::hash_form(|g: &mut Grade| g.provenance.rubric = "abc".into(), &["provenance.rubric"])]
#[case::other_answer(|g: &mut Grade| g.provenance.answer = answer_hash("").into(), &["provenance.answer"])]
fn says_which_claim_does_not_hold(#[case] damage: fn(&mut Grade), #[case] fields: &[&str]) {
    let mut grade = sound();
    damage(&mut grade);
    check_fields(&grade, ANSWER, fields);
}

#[rstest]
#[case::bonus_not_in_missed(|g: &mut Grade| { g.concepts[2].bonus = true; g.missed.clear(); g.full_weight = 5; g.score = 0.62;
    g.concepts[1].gain = 0.2; g.concepts[2].gain = 0.2; })]
#[case::contradicted(|g: &mut Grade| { g.concepts[2].verdict = "contradicted".into(); g.concepts[2].credit = -0.5; })]
#[case::any_two(|g: &mut Grade| { g.full_weight = 6; g.score = 0.4867; g.concepts[1].gain = 0.1666; g.concepts[2].gain = 0.3333; })]
#[case::more_places(|g: &mut Grade| g.concepts[2].gain = 0.375_000_000_1)]
#[case::nobody_needs_to_look(|g: &mut Grade| { g.needs_review = false; g.review_reasons.clear(); })]
fn other_sound_grades_hold(#[case] change: fn(&mut Grade)) {
    let mut grade = sound();
    change(&mut grade);
    check_fields(&grade, ANSWER, &[]);
}

#[test]
fn a_changed_answer_is_found_by_its_quotes_and_hash() {
    let changed = ANSWER.replace("ends", "dies");
    check_fields(&sound(), &changed, &["concepts[0].evidence[0].quote", "provenance.answer"]);
}

#[test]
fn a_blank_answer_must_carry_its_flag() {
    let mut grade = sound();
    grade.concepts.clear();
    grade.misconceptions.clear();
    grade.missed.clear();
    (grade.full_weight, grade.score, grade.provenance.answer) = (0, 0.0, answer_hash(" \n").into());
    check_fields(&grade, " \n", &["flags"]);
    grade.flags[0].id = "empty".into();
    check_fields(&grade, " \n", &[]);
}

#[test]
fn no_message_repeats_the_answer() {
    let mut grade = sound();
    grade.concepts[0].evidence[0].quote = "other".into();
    for finding in check(&grade, &ANSWER.replace("Only", "Once")) {
        assert!(!finding.message.contains("goroutine"), "{}", finding.message);
    }
}

#[test]
fn every_reason_is_listed() {
    // Adding a reason makes this match incomplete: list it in `REASONS` too.
    for reason in REASONS {
        match reason {
            ReviewReason::Unsure
            | ReviewReason::SelfContradiction
            | ReviewReason::FalseAddition
            | ReviewReason::Stuffing
            | ReviewReason::Injection
            | ReviewReason::OffTopic
            | ReviewReason::Draft
            | ReviewReason::JudgeUnavailable
            | ReviewReason::JudgeDisagrees => {}
        }
    }
}
