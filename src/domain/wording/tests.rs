//! Words of claims: reading, files, and what windows say.

use super::*;
use crate::domain::text::vocabulary::{Base, Vocabulary};
use crate::domain::verdict::window::windows;
use rstest::rstest;
use std::sync::Arc;

fn read(text: &str) -> Text {
    Text::read(text, &mut &Vocabulary::new(Arc::new(Base::default())))
}

fn names() -> Vec<String> {
    ["ends", "!exits"].map(str::to_owned).to_vec()
}

fn written(text: &str) -> Vec<String> {
    let (text, mut written) = (read(text), Vec::new());
    of_tokens(&text, &(0..text.tokens.len()), |feature| written.push(feature.to_string()));
    written
}

#[test]
fn a_text_is_its_words_their_pieces_and_pairs() {
    assert_eq!(
        written("It runs defers"),
        ["runs", "~_run", "~runs", "~uns_", "defers", "~_def", "~defe", "~efer", "~fers", "~ers_", "runs defers"]
    );
    assert_eq!(written("not é"), ["not", "~_not", "~not_", "é", "not é"], "no pieces of other letters");
}

const FILE: &str = "# of somebody\nclaims !exits ends\nbase -0.1 0.2\nprocess Z.\n~_run .e\nruns defers bC\n";

#[rstest]
#[case::nothing_known("Perhaps.", [0.2, -0.1])]
#[case::a_word("Process!", [0.2, -0.1 + 26.0 * 0.04 / 7.0_f32.sqrt()])]
#[case::pieces_and_pairs("runs defers", [0.2 - 2.0 * 0.04 / 11.0_f32.sqrt(), -0.1 - 2.0 * 0.04 / 11.0_f32.sqrt()])]
#[case::of_two_sentences_the_better_one("It runs. A process.", [0.2, -0.1 + 26.0 * 0.04 / 7.0_f32.sqrt()])]
fn windows_say_what_their_features_do(#[case] answer: &str, #[case] expected: [f32; 2]) {
    let (wording, text) = (Wording::parse(FILE, &names()).unwrap(), read(answer));
    let found = wording.of(&text, &windows(&text));
    let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-5);
    assert!(near, "{found:?}, expected {expected:?}");
}

#[test]
fn sums_of_part_of_a_text_are_those_of_the_part_alone() {
    let wording = Wording::parse(FILE, &names()).unwrap();
    let whole = read("process process runs defers runs defers process");
    let sums = Sums::new(&wording, &whole);
    for (tokens, part) in [(1..4, "process runs defers"), (3..5, "defers runs"), (2..2, ""), (0..1, "process")] {
        let text = read(part);
        let alone = Sums::new(&wording, &text);
        let (within, own) = (sums.within(&tokens), alone.within(&(0..text.tokens.len())));
        assert_eq!((within.levels(0), within.scale.to_bits()), (own.levels(0), own.scale.to_bits()), "{part}");
    }
}

#[test]
fn the_features_of_the_best_window_add_up_to_what_it_says() {
    let (wording, text) = (Wording::parse(FILE, &names()).unwrap(), read("Perhaps. It runs defers."));
    let windows = windows(&text);
    let why = wording.why(&text, &windows, 1).unwrap();
    assert!((why.value - wording.of(&text, &windows)[1]).abs() < 1e-6);
    let sum = why.base + why.adds.iter().map(|(_, add)| add).sum::<f32>();
    assert!((sum - why.value).abs() < 1e-5, "{why:?}");
    let why = wording.why(&text, &windows[windows.len() - 1..], 0).unwrap();
    assert_eq!(why.adds.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["~_run", "runs defers"]);
    assert_eq!(Wording::default().why(&text, &windows, 0), None);
}

#[test]
fn without_weights_or_windows_nothing_is_said() {
    let text = read("It runs defers");
    assert_eq!(Wording::default().of(&text, &windows(&text)), Vec::<f32>::new());
    let one = Wording::parse("claims ends\nbase 0.5\nruns A\n", &names()).unwrap();
    assert_eq!(one.of(&text, &[]), [LEAST, NOTHING]);
}

#[rstest]
#[case::no_claims("base 1\n", 1)]
#[case::unknown_claim("claims hop\nbase 1\n", 1)]
#[case::too_few_numbers("claims ends !exits\n\nbase 1\n", 3)]
#[case::no_number("claims ends\nbase x\n", 2)]
#[case::too_few_letters("claims ends !exits\nbase 1 2\nword A\n", 3)]
#[case::other_letters("claims ends\nbase 1\nword 3\n", 3)]
#[case::no_feature("claims ends\nbase 1\nA\n", 3)]
#[case::long_piece("claims ends\nbase 1\n~piece A\n", 3)]
fn faults_name_their_line(#[case] text: &str, #[case] line: usize) {
    assert_eq!(Wording::parse(text, &names()).unwrap_err().line, line);
}

#[test]
fn a_word_of_any_length_has_a_sum() {
    let word = "a".repeat(3000);
    let wording = Wording::parse(&format!("claims ends\nbase 0\n~aaaa Z\n{word} Z\n"), &names()).unwrap();
    let text = read(&word);
    assert!(wording.of(&text, &windows(&text))[0] > 1.0);
}

#[test]
fn letters_read_back() {
    for level_in in -HIGHEST..=HIGHEST {
        let letter = letter(f64::from(level_in) * STEP);
        assert_eq!(level(letter as u8), Some(level_in), "{letter}");
    }
    assert_eq!((letter(9.0), letter(-9.0), letter(0.019), letter(0.021)), ('Z', 'z', '.', 'A'));
}
