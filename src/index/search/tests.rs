use rstest::rstest;

use super::*;
use crate::domain::id::{BankName, ConceptId, QuestionId};
use crate::domain::question::{Question, QuestionKind};
use crate::domain::rubric::{Concept, Full, Label, Phrase, Rubric, Status};

fn item(id: &str, prompt: &str, ideals: &[&str], claims: &[&str], phrases: &[(Target, &str)]) -> Item {
    let concept = |claim: &&str| Concept {
        id: ConceptId::new("claim").unwrap(),
        claim: (*claim).into(),
        weight: 1,
        bonus: false,
        hint: None,
        note: None,
        turns_on: Vec::new(),
        patterns: Vec::new(),
        opposites: Vec::new(),
    };
    let phrase = |(target, text): &(Target, &str)| Phrase {
        target: *target,
        label: Label::Paraphrase,
        text: (*text).to_owned().into(),
        hand: 0,
    };
    Item {
        question: Question {
            id: QuestionId::new(id).unwrap(),
            section: "junior".into(),
            kind: QuestionKind::Short,
            prompt: prompt.into(),
            ideals: ideals.iter().map(|ideal| (*ideal).into()).collect(),
            note: None,
        },
        rubric: Rubric {
            status: Status::Ready,
            full: Full::All,
            concepts: claims.iter().map(concept).collect(),
            misconceptions: Vec::new(),
            examples: Vec::new(),
            phrases: phrases.iter().map(phrase).collect(),
        },
        words: "".into(),
        rubric_hash: String::new(),
    }
}

fn bank(name: &str, items: Vec<Item>) -> Bank {
    Bank { name: BankName::new(name).unwrap(), title: String::new(), items, hash: String::new() }
}

fn banks() -> Vec<Bank> {
    let runtime = vec![
        item(
            "Q1",
            "What does `runtime.NumGoroutine()` count?",
            &[
                "The goroutines that exist at this moment, the main one among them, whether running or blocked.",
                "Live goroutines.",
            ],
            &["Goroutines that have not finished are counted"],
            &[(Target::Concept(0), "a head count of whoever has not gone home yet")],
        ),
        item(
            "Q4",
            "What does `runtime.Goexit()` do to the goroutine that calls it?",
            &["It ends the calling goroutine after its deferred calls have run; others are not affected."],
            &["Deferred functions are executed before it disappears"],
            &[(Target::Concept(0), "cleanup code still gets its turn"), (Target::None, "as my grandmother said")],
        ),
        item(
            "Q8",
            "How far can a finalizer be relied upon?",
            &["Finalizers may never run: the process can exit before the collector finds the object."],
            &["Nothing guarantees that a finalizer runs"],
            &[],
        ),
        item(
            "Q12",
            "Which latencies does /sched/latencies:seconds report, with a limit of 10k samples?",
            &["How long goroutines were runnable before they ran: scheduling latency as a histogram."],
            &["Time in the run queue is measured"],
            &[],
        ),
    ];
    let other = vec![
        item("Q4", "What is a mutex for?", &["It lets one thread at a time into a section."], &[], &[]),
        item("X1", "What is a mutex for?", &["It lets one thread at a time into a section."], &[], &[]),
    ];
    vec![bank("go-runtime", runtime), bank("other", other)]
}

fn found(banks: &[Bank], hits: &[SearchHit]) -> Vec<String> {
    let id = |hit: &SearchHit| format!("{}/{}", banks[hit.bank].name, banks[hit.bank].items[hit.item].question.id);
    hits.iter().map(id).collect()
}

#[rstest]
#[case::an_identifier("Goexit", Some("go-runtime/Q4"))]
#[case::an_identifier_as_code("runtime.Goexit()", Some("go-runtime/Q4"))]
#[case::an_identifier_in_lower_case("numgoroutine", Some("go-runtime/Q1"))]
#[case::a_path("/sched/latencies:seconds", Some("go-runtime/Q12"))]
#[case::another_inflection("relying on finalizers", Some("go-runtime/Q8"))]
#[case::a_number_written_otherwise("10,000", Some("go-runtime/Q12"))]
#[case::words_of_the_ideal_answer("does the process exit before the object is collected", Some("go-runtime/Q8"))]
#[case::words_of_a_claim("time spent in a run queue", Some("go-runtime/Q12"))]
#[case::words_of_a_phrase("is there cleanup", Some("go-runtime/Q4"))]
#[case::a_paraphrase("are defers run when a goroutine ends itself?", Some("go-runtime/Q4"))]
#[case::an_unfinished_word("what about finaliz", Some("go-runtime/Q8"))]
#[case::an_unfinished_inflection("schedulin", Some("go-runtime/Q12"))]
#[case::an_unfinished_identifier("runtime.GoEx", Some("go-runtime/Q4"))]
#[case::a_word_that_is_finished_nowhere("what about finaliz ", None)]
#[case::a_single_letter("f", None)]
#[case::a_phrase_of_no_claim("grandmother", None)]
#[case::words_without_content("what does it do", None)]
#[case::words_of_no_question("sourdough", None)]
#[case::nothing("", None)]
fn finds(#[case] query: &str, #[case] expected: Option<&str>) {
    let banks = banks();
    let hits = Search::new(&banks).search(query, 10);
    assert_eq!(found(&banks, &hits).first().map(String::as_str), expected, "{query}");
}

#[rstest]
#[case::in_every_bank("Q4", &["go-runtime/Q4", "other/Q4"])]
#[case::in_any_case(" q8 ", &["go-runtime/Q8"])]
#[case::no_beginning_of_an_id("Q", &[])]
#[case::no_other_id("Q5", &[])]
fn an_id_comes_first(#[case] query: &str, #[case] expected: &[&str]) {
    let banks = banks();
    assert_eq!(found(&banks, &Search::new(&banks).search(query, 10)), expected);
}

#[test]
fn an_id_comes_before_the_words_that_are_spelt_like_it() {
    let about = "Does goexit end goexit?";
    let banks = [bank("b", vec![item("a", about, &[about], &[], &[]), item("goexit", "Why?", &["So."], &[], &[])])];
    assert_eq!(found(&banks, &Search::new(&banks).search("goexit", 10)), ["b/goexit", "b/a"]);
}

#[test]
fn equal_questions_come_in_the_order_of_the_banks_and_the_limit_holds() {
    let banks = banks();
    let search = Search::new(&banks);
    assert_eq!(found(&banks, &search.search("mutex", 10)), ["other/Q4", "other/X1"]);
    assert_eq!(found(&banks, &search.search("mutex", 1)), ["other/Q4"]);
    assert_eq!(search.search("mutex", 0), []);
    let reversed: Vec<Bank> = banks.iter().rev().cloned().collect();
    assert_eq!(found(&reversed, &Search::new(&reversed).search("Q4", 1)), ["other/Q4"]);
}

#[test]
fn a_written_out_word_counts_more_than_one_that_it_begins() {
    let banks = [bank(
        "b",
        vec![item("longer", "Why lockstep?", &["Steps."], &[], &[]), item("same", "Why lock?", &["Steps."], &[], &[])],
    )];
    assert_eq!(found(&banks, &Search::new(&banks).search("lock", 10)), ["b/same", "b/longer"]);
    assert_eq!(found(&banks, &Search::new(&banks).search("lock ", 10)), ["b/same"]);
}

#[test]
fn building_again_finds_the_same() {
    let banks = banks();
    let query = "when does a goroutine run before others";
    assert_eq!(Search::new(&banks).search(query, 10), Search::new(&banks).search(query, 10));
    assert_eq!(Search::new(&[]).search(query, 10), []);
    assert_eq!(Search::new(&[]).nearest(query), None);
}

#[test]
fn an_ideal_answer_is_nearest_to_its_own_question() {
    let banks = banks();
    let search = Search::new(&banks);
    for (number, item) in banks[0].items.iter().enumerate() {
        for ideal in &item.question.ideals {
            let nearest = search.nearest(ideal).unwrap();
            assert_eq!((nearest.bank, nearest.item), (0, number), "{ideal}");
            assert!((nearest.share - 1.0).abs() < 1e-6, "{ideal}: {nearest:?}");
        }
    }
    // Two questions that are alike: the first one.
    let nearest = search.nearest("one thread at a time").unwrap();
    assert_eq!((nearest.bank, nearest.item), (1, 0));
}

#[test]
fn a_part_of_an_answer_has_a_part_of_its_share() {
    let banks = banks();
    let search = Search::new(&banks);
    let share = |answer: &str| search.nearest(answer).map_or(0.0, |nearest| nearest.share);
    let (some, more) =
        (share("Deferred calls have run."), share("The calling goroutine ends, deferred calls have run."));
    assert!(0.0 < some && some < more && more < 1.0, "{some} {more}");
    assert_eq!(search.nearest("Sourdough wants patience."), None);
    assert_eq!(search.nearest("So it is what it is."), None);
    assert_eq!(search.nearest("gorout"), None, "an answer's last word is finished");
}

#[test]
fn the_rarest_words_of_a_long_answer_decide() {
    let banks = banks();
    let search = Search::new(&banks);
    let talk = "a goroutine runs, calls and exists before the other goroutines; sourdough wants patience. ".repeat(300);
    let nearest = search.nearest(&format!("{talk} The finalizer is not guaranteed. {talk}")).unwrap();
    assert_eq!((nearest.bank, nearest.item), (0, 2));
    let words = (0..500).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
    let long = [bank(
        "b",
        vec![item("many", &words, &[&words], &[], &[]), item("few", "What is a mutex?", &["A mutex."], &[], &[])],
    )];
    let nearest = Search::new(&long).nearest(&format!("mutex {words}")).unwrap();
    assert_eq!((nearest.bank, nearest.item), (0, 0));
    assert!(nearest.share <= 1.0);
}
