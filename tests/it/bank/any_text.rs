//! Any text at all: readers report and never panic, and what they read survives its canonical form.

use proptest::prelude::*;
use viva::bank::canon::{canonical_phrases, canonical_rubric};
use viva::bank::{Fault, Severity, canonical, lexicon, phrases, questions, rubric};
use viva::domain::rubric::Rubric;

use super::GOOD;

/// Words that mean something to one of the readers, among any other text.
fn text_like(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![3 => proptest::sample::select(pieces).prop_map(str::to_owned), 1 => any::<String>()];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A good text with a few pieces cut out or put in.
fn mutated(text: &'static str) -> impl Strategy<Value = String> {
    proptest::collection::vec((any::<prop::sample::Index>(), 0..4_usize, "[\"'#=\\[\\]{}\\\\\n a-c\u{e9}]{0,3}"), 1..6)
        .prop_map(move |edits| {
            let mut chars: Vec<char> = text.chars().collect();
            for (at, cut, new) in edits {
                let at = at.index(chars.len().max(1)).min(chars.len());
                let end = (at + cut).min(chars.len());
                chars.splice(at..end, new.chars());
            }
            chars.into_iter().collect()
        })
}

/// What a text gives is complete: a rubric, or faults that say why there is none.
fn check_rubric(text: &str) {
    let (read, faults) = rubric::parse("f", text);
    assert_eq!(read.is_none(), faults.iter().any(|fault| fault.severity == Severity::Fault), "{faults:#?}");
    for fault in &faults {
        assert!(fault.line >= 1 && fault.column >= 1 && fault.line <= text.matches('\n').count() + 1, "{fault:?}");
    }
    let Some(read) = read else { return };
    let form = canonical("f.toml", text).unwrap();
    assert_eq!(canonical("f.toml", &form).unwrap(), form, "the canonical form is its own");
    let again = rubric::parse("f", &form).0.expect("the canonical form can be read").rubric;
    assert_eq!(canonical_rubric(&again), canonical_rubric(&read.rubric), "the canonical form is the same rubric");
    let claims = |rubric: &Rubric| {
        let concepts =
            rubric.concepts.iter().map(|c| format!("{:?}", (&c.id, &c.claim, c.weight, c.bonus, &c.note, &c.patterns)));
        concepts.chain(rubric.misconceptions.iter().map(|m| format!("{m:?}"))).collect::<Vec<_>>()
    };
    assert_eq!(claims(&again), claims(&read.rubric));
}

proptest! {
    #[test]
    fn any_text_is_read_as_a_rubric_without_panic(text in text_like(&[
        "schema = 1\n", "[[concept]]\n", "id = \"a\"\n", "claim = 'c'\n", "patterns = ['a', \"b\"]\n", "full = { any = 1 }\n",
        "[[example]]\n", "answer = \"\"\"\nx\n\"\"\"\n", "hit = [\"a\"]\n", "weight = 3 # w\n", "# c\n", "[", "'", "\"", "\n",
    ])) {
        check_rubric(&text);
    }

    #[test]
    fn a_rubric_with_slips_is_read_or_reported(text in mutated(GOOD)) {
        check_rubric(&text);
    }

    #[test]
    fn any_claim_survives_the_canonical_form(claim in any::<String>(), pattern in any::<String>()) {
        prop_assume!(!claim.trim().is_empty());
        let mut rubric = rubric::parse("f", GOOD).0.unwrap().rubric;
        rubric.concepts[0].claim.clone_from(&claim);
        rubric.concepts[0].note = Some(format!("{claim}\n{pattern}"));
        rubric.examples[0].answer.clone_from(&pattern);
        let again = rubric::parse("f", &canonical_rubric(&rubric)).0.expect("it can be read").rubric;
        prop_assert_eq!(&again.concepts[0].claim, &claim);
        prop_assert_eq!(&again.concepts[0].note, &rubric.concepts[0].note);
        prop_assert_eq!(&again.examples[0].answer, &pattern);
    }

    #[test]
    fn any_text_is_read_as_phrases_without_panic(text in text_like(&[
        "= a\n", "= b\n", "# one\n", "# *\n", "! none\n", "+ a\n", "~ a b\n", "x a\n", "- a\n", "\n", "+", " ",
    ])) {
        let rubric = rubric::parse("f", GOOD).0.unwrap().rubric;
        let (file, faults) = phrases::parse("f", &text);
        let (read, _) = file.resolve("f", &rubric, phrases::owned);
        if let Ok(form) = canonical("f.phrases", &text) {
            let (again, found) = phrases::parse("f", &form);
            prop_assert_eq!(&found, &[]);
            prop_assert_eq!(&canonical_phrases(&again), &form);
            let mut one: Vec<_> = read.iter().map(|p| (p.target, p.label, p.text.clone(), p.hand)).collect();
            let mut two: Vec<_> = again.resolve("f", &rubric, phrases::owned).0.into_iter().map(|p| (p.target, p.label, p.text, p.hand)).collect();
            one.sort();
            one.dedup();
            two.sort();
            prop_assert_eq!(one, two);
        } else {
            prop_assert!(faults.iter().any(Fault::is_fatal));
        }
    }

    #[test]
    fn any_text_is_read_as_questions_without_panic(text in text_like(&[
        "# T\n", "## S\n", "## {x}\n", "### Q1\n", "### Q2 · open\n", "text\n", "**Ideal answer**\n", "**Note for reviewers**\n",
        "```\n", "~~~~\n", "\r\n", "**", "#", "`", "\u{feff}",
    ])) {
        let (document, faults) = questions::parse("f", &text);
        let complete = document.questions.iter().all(|(q, _)| !q.prompt.is_empty() && q.ideals.iter().all(|i| !i.is_empty()));
        prop_assert!(complete && (!document.questions.is_empty() || !faults.is_empty()));
    }

    #[test]
    fn any_text_is_read_as_a_lexicon_without_panic(text in text_like(&[
        "schema = 1\n", "[groups]\n", "a = ['b', 'c d']\n", "b = ['c']\n", "[[opposite]]\n", "[spelling]\n", "known = 'x y'\n", "[", "'",
    ])) {
        let (read, faults) = lexicon::parse("f", &text);
        prop_assert_eq!(read.is_none(), faults.iter().any(Fault::is_fatal));
    }
}
