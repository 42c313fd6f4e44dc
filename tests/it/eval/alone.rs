//! Claims alone: what a question is graded by that has neither patterns nor phrases.

use rstest::rstest;
use viva::bank::builtin;
use viva::domain::grade::{EvidenceBy, Grade};
use viva::domain::vectors::Vectors;
use viva::domain::verdict::Model;
use viva::eval::run::claims_alone;
use viva::grader::Grader;

fn grade(question: &str, answer: &str, change: impl FnOnce(&mut Model)) -> Grade {
    let mut library = claims_alone(builtin().unwrap());
    change(&mut library.model);
    let grader = Grader::new(library);
    grader.grade(grader.find(None, question).unwrap(), answer)
}

/// Q12's claim: the nearer memory use gets to the limit, the more often and harder the collector works to remain below it.
#[rstest]
#[case::in_other_words("The closer consumption comes to that ceiling, the more frequent the collections.", true)]
#[case::of_something_else("Threads are scheduled by the kernel, goroutines by the runtime.", false)]
#[case::of_the_limit_and_no_more("It is a ceiling on consumption, set by a variable or by a call.", false)]
#[case::denied(
    "It is not true that the closer consumption comes to that ceiling, the more frequent the collections.",
    false
)]
fn a_claim_is_found_in_other_words(#[case] answer: &str, #[case] made: bool) {
    let grade = grade("Q12", answer, |_| ());
    let concept = grade.concepts.iter().find(|c| c.id.as_str() == "gc-harder-near").unwrap();
    assert_eq!(concept.credit >= 0.5, made, "{concept:?}");
}

#[test]
fn the_window_that_makes_it_in_other_words_is_the_evidence() {
    let answer = "No idea about defers, sorry. Siblings stay alive and busy.";
    let claim = "The rest of the goroutines carry on unaffected";
    let of = |grade: Grade| grade.concepts.into_iter().find(|c| c.id.as_str() == "others-untouched").unwrap();
    let concept = of(grade("Q4", answer, |_| ()));
    let [evidence] = &concept.evidence[..] else { panic!("{concept:?}") };
    assert_eq!(&answer[evidence.start..evidence.end], "Siblings stay alive and busy");
    assert_eq!((evidence.by, evidence.source.as_str()), (EvidenceBy::Phrase, claim));
    let unrelated = of(grade("Q4", answer, |model| model.vectors = Vectors::default()));
    assert!(unrelated.credit < concept.credit, "related words made the difference: {unrelated:?}");
}
