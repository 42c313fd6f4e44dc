//! What is drafted from ideal answers.

use super::*;

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
        "Three things:\n\n- rotate the signing keys weekly\n- log every failed attempt (with the caller's address and time)\n",
        &[
            ("rotate the signing keys weekly", 3),
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
