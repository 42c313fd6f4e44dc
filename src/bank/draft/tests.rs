//! What is drafted from ideal answers.

use rstest::rstest;

use super::*;
use crate::domain::id::QuestionId;
use crate::domain::lexicon::{Group, Lexicon};
use crate::domain::matcher::Pattern;
use crate::domain::question::{Question, QuestionKind};

#[track_caller]
fn check(ideal: &str, expected: &[(&str, u32)]) {
    let rubric = draft(&[ideal.to_owned()]);
    let found: Vec<(&str, u32)> = rubric.concepts.iter().map(|c| (c.claim.as_str(), c.weight)).collect();
    assert_eq!(found, expected);
}

#[test]
fn sentences_and_what_stands_on_its_own_are_claims() {
    check(
        "A mutex guards the shared map. Readers wait if a writer holds it. Unlocking wakes one waiting reader.",
        &[
            ("A mutex guards the shared map", 3),
            ("Readers wait if a writer holds it", 2),
            ("Unlocking wakes one waiting reader", 2),
        ],
    );
}

#[test]
fn items_weigh_more_than_asides_and_fragments_join() {
    check(
        "Three things:\n\n- rotate the signing keys weekly\n- no shortcuts\n- log every failed attempt (with the caller's address and time)\n",
        &[
            ("rotate the signing keys weekly", 3),
            ("no shortcuts", 3),
            ("log every failed attempt", 3),
            ("with the caller's address and time", 1),
        ],
    );
}

#[test]
fn fragments_keep_the_words_between_them() {
    check(
        "It saves the registers and the stack pointer. Symptom: high system time. Others wait.",
        &[("It saves the registers and the stack pointer", 3), ("Symptom: high system time", 2), ("Others wait", 2)],
    );
}

#[test]
fn short_answers_and_code_have_a_claim_too() {
    check("Yes.", &[("Yes", 3)]);
    check("100.", &[("100", 3)]);
    check("```\nfmt.Println()\n```", &[("fmt.Println()", 3)]);
    check("Is it safe? Never share one buffer.", &[("Never share one buffer", 2)]);
}

#[test]
fn there_are_at_most_twelve_and_ids_differ() {
    let ideal = "- check disk volume number one\n".repeat(40);
    let rubric = draft(&[ideal]);
    assert_eq!(rubric.concepts.len(), MOST);
    let mut ids: Vec<&str> = rubric.concepts.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(&ids[..2], ["check-disk-volume", "check-disk-volume-2"]);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), MOST);
}

#[test]
fn lead_ins_are_no_claims_and_a_bonus_costs_nothing() {
    let rubric =
        draft(&["Expected parts: a flour store and a large oven. Bonus: a sales counter in front.".to_owned()]);
    let found: Vec<(&str, bool)> = rubric.concepts.iter().map(|c| (c.claim.as_str(), c.bonus)).collect();
    assert_eq!(found, [("a flour store and a large oven", false), ("a sales counter in front", true)]);
    let alone = draft(&["Bonus: a sales counter in front.".to_owned()]);
    assert!(!alone.concepts[0].bonus, "something has to be full marks");
}

fn question(prompt: &str, ideal: &str) -> Question {
    Question {
        id: QuestionId::new("Q1").unwrap(),
        section: "s".to_owned(),
        kind: QuestionKind::Short,
        prompt: prompt.to_owned(),
        ideals: vec![ideal.to_owned()],
        note: None,
    }
}

/// Checks the patterns of the first claim that is drafted.
#[track_caller]
fn check_patterns(prompt: &str, ideal: &str, expected: &[&str]) {
    let groups = vec![Group { name: "oven".into(), forms: vec!["oven".into(), "baking chamber".into()] }];
    let questions = [question(prompt, ideal), question("x", "loaf loaves"), question("y", "loaf")];
    let drafter = Drafter::new(&Lexicon { groups, ..Lexicon::default() }, &questions);
    let rubric = drafter.draft(&questions[0]);
    let found: Vec<&str> = rubric.concepts[0].patterns.iter().map(Pattern::source).collect();
    assert_eq!(found, expected);
}

#[rstest]
#[case::rare_words_before_common_ones("Why?", "The loaf touches a stone shelf.", &["touches stone", "touches shelf", "loaf touches"])]
#[case::words_of_the_question_last("What about a stone shelf?", "The stone shelf radiates.", &["stone radiates"])]
#[case::nothing_but_the_question("Is the stone hot?", "The stone is hot.", &["stone hot"])]
#[case::forms_of_the_lexicon("Why?", "It heats the baking chamber.", &["heats {oven}"])]
#[case::a_negated_claim("Why?", "It never scorches crusts.", &["never|no|not scorches crusts"])]
#[case::a_number("How many?", "10 000.", &["10\\ 000"])]
#[case::a_word("Is it?", "Yes.", &["yes|yep|yeah|indeed|correct|right|true"])]
#[case::what_means_something_in_a_pattern("Why?", "It prints {flour}|rye.", &["prints flour", "prints rye", "flour rye"])]
#[case::code("Why?", "```\n;\n```", &[])]
fn patterns_are_the_telling_words(#[case] prompt: &str, #[case] ideal: &str, #[case] expected: &[&str]) {
    check_patterns(prompt, ideal, expected);
}
