//! The bank that is compiled in.

use std::fs;
use std::path::Path;

use viva::bank::{Fault, Sources, canonical};
use viva::domain::question::QuestionKind;
use viva::domain::rubric::{Full, Label, Status, Target};
use viva::domain::wording::Wording;
use viva::domain::wording::manner::Manners;

use super::{LIBRARY, check, shown};

#[test]
fn the_compiled_in_bank_holds_all_questions_without_a_fault() {
    let (library, faults) = Sources::new().load();
    assert_eq!(shown(&faults), "");
    let library = library.expect("no fault was reported");
    let names: Vec<&str> = library.banks.iter().map(|bank| bank.name.as_str()).collect();
    assert_eq!(names, ["go-runtime"]);
    let ids: Vec<&str> = library.banks[0].items.iter().map(|item| item.question.id.as_str()).collect();
    let expected: Vec<String> = [('Q', 37), ('T', 18), ('S', 8), ('O', 3)]
        .iter()
        .flat_map(|(letter, count)| (1..=*count).map(move |n| format!("{letter}{n}")))
        .collect();
    assert_eq!(ids, expected);
}

#[test]
fn the_compiled_in_words_fit_their_rubrics() {
    for item in &LIBRARY.banks[0].items {
        let read = Wording::parse(&item.words, &item.rubric.claim_names());
        assert!(read.is_ok(), "{}: {read:?}", item.question.id);
    }
    let manners = Manners::parse(&LIBRARY.manner);
    assert!(manners.as_ref().is_ok_and(|read| *read != Manners::default()), "{manners:?}");
}

#[test]
fn the_compiled_in_sections_and_kinds_are_those_that_requests_name() {
    let library = &*LIBRARY;
    let mut sections: Vec<&str> = library.banks[0].items.iter().map(|item| item.question.section.as_str()).collect();
    sections.dedup();
    assert_eq!(sections, ["junior", "middle", "senior", "staff", "trivia", "scenario", "open"]);
    let of_kind = |kind| library.banks[0].items.iter().filter(|item| item.question.kind == kind).count();
    assert_eq!(QuestionKind::ALL.map(of_kind), [51, 6, 9]);
}

#[test]
fn the_compiled_in_rubrics_have_claims_weights_and_phrases() {
    let library = &*LIBRARY;
    let item = |id: &str| library.banks[0].items.iter().find(|item| item.question.id.as_str() == id).unwrap();
    let q4 = &item("Q4").rubric;
    let concepts: Vec<_> = q4.concepts.iter().map(|c| (c.id.as_str(), c.weight, c.bonus)).collect();
    assert_eq!(
        concepts,
        [
            ("ends-calling-goroutine", 3, false),
            ("runs-defers", 3, false),
            ("others-untouched", 2, false),
            ("from-main", 2, false),
            ("not-a-panic", 1, true)
        ]
    );
    assert_eq!((q4.full_weight(), q4.status), (10, Status::Ready));
    assert_eq!(item("S4").rubric.full, Full::Any(6));
    let phrases: usize = library.banks[0].items.iter().map(|item| item.rubric.phrases.len()).sum();
    assert!(phrases > 19_000, "{phrases}");
    for item in &library.banks[0].items {
        for (index, concept) in item.rubric.concepts.iter().enumerate() {
            let has_paraphrase = item
                .rubric
                .phrases
                .iter()
                .any(|phrase| phrase.target == Target::Concept(index) && phrase.label == Label::Paraphrase);
            assert!(has_paraphrase, "{} {}", item.question.id, concept.id);
        }
    }
}

#[test]
fn hashes_are_hex_and_tell_rubrics_apart() {
    let library = &*LIBRARY;
    let bank = &library.banks[0];
    let mut hashes: Vec<&str> = bank.items.iter().map(|item| item.rubric_hash.as_str()).collect();
    hashes.extend([bank.hash.as_str(), &library.lexicon_hash, &library.model_hash]);
    assert!(hashes.iter().all(|hash| hash.len() == 64 && hash.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))));
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}

#[test]
fn nothing_in_the_compiled_in_bank_is_probably_not_meant_so() {
    let checked = Sources::new().check();
    // Claims work without patterns, so those that have none are no surprise.
    let odd: Vec<Fault> = checked.faults.into_iter().filter(|f| !f.message.ends_with(" has no pattern")).collect();
    check(&odd, &[]);
    assert_eq!(checked.rubric_sources.len(), LIBRARY.banks[0].items.len());
}

/// Rewrites the files instead where the environment has `UPDATE=1`.
#[test]
fn the_compiled_in_files_are_canonical() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rubrics/go-runtime");
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.display().to_string();
        let form = canonical(&name, &text).unwrap_or_else(|faults| panic!("{}", shown(&faults)));
        if form != text {
            if std::env::var_os("UPDATE").is_some() {
                fs::write(&path, form).unwrap();
            }
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "not canonical (UPDATE=1 rewrites them): {wrong:#?}");
}
