use super::linear::Vector;
use super::map::map;
use super::nearness::{Sparse, eigenvectors, nearness};
use super::*;

fn numbers(text: &str) -> Vec<u32> {
    text.bytes().map(u32::from).map(|letter| letter - u32::from(b'a')).collect()
}

#[test]
fn words_are_near_that_stand_together_oftener_than_by_chance() {
    // `a` and `b` stand side by side, and so do `c` and `d`; `e` stands anywhere.
    let texts: Vec<Vec<u32>> = ["abe", "bae", "cde", "dce", "eab", "ecd"].into_iter().map(numbers).collect();
    let near = nearness(&texts, 5);
    let value =
        |word: usize, other: u32| near[word].iter().find(|(of, _)| *of == other).map_or(0.0, |(_, value)| *value);
    assert!(value(0, 1) > value(0, 4), "{near:?}");
    assert_eq!(value(0, 2).to_bits(), 0, "never side by side");
    for (word, row) in near.iter().enumerate() {
        for (other, there) in row {
            assert!((there - value(*other as usize, word as u32)).abs() < 1e-12, "nearness is mutual");
        }
    }
}

#[test]
fn eigenvectors_stand_at_right_angles_and_give_the_matrix_back() {
    // Two blocks of ones, one larger: two eigenvalues, the sizes of the blocks.
    let sizes = [70, 50_u32];
    let rows: Vec<Sparse> = sizes
        .into_iter()
        .zip([0, sizes[0]])
        .flat_map(|(size, from)| (0..size).map(move |_| (from..from + size).map(|at| (at, 1.0)).collect()))
        .collect();
    let vectors = eigenvectors(&rows);
    let product = |a: usize, b: usize| vectors[a].iter().zip(vectors[b]).map(|(a, b)| a * b).sum::<f64>();
    for (a, b, value) in [(0, 1, 1.0), (0, 69, 1.0), (0, 70, 0.0), (70, 119, 1.0)] {
        assert!((product(a, b) - value).abs() < 1e-3, "{a} {b}: {}", product(a, b));
    }
}

#[test]
fn the_map_brings_phrases_to_their_claims() {
    // Every other number of a word is noise that the words of one claim do not share.
    let word = |claim: usize, noise: usize| -> Vector {
        std::array::from_fn(|at| {
            if at == claim {
                0.3
            } else if at == 10 + noise {
                1.0
            } else {
                0.0
            }
        })
    };
    let vectors: Vec<Vector> = (0..40).map(|at| word(at % 2, at)).collect();
    let phrase = |at: u32| Phrase { question: 0, words: vec![at], says: Says::Makes((at % 2) as usize) };
    let phrases: Vec<Phrase<u32>> = (2..40).map(phrase).collect();
    let map = map(&vectors, &phrases, &vec![vec![vec![0], vec![1]]]);
    let cosine = |a: usize, b: usize| {
        let [a, b] = [a, b].map(|at| times(&vectors[at], &map));
        a.iter().zip(&b).map(|(a, b)| a * b).sum::<f64>() / (norm(&a) * norm(&b))
    };
    assert!(cosine(0, 2) > 0.2 && cosine(0, 3) < 0.0, "{} {}", cosine(0, 2), cosine(0, 3));
}

#[test]
fn words_that_are_rare_or_no_line_of_a_file_could_begin_with_have_no_vector() {
    let text: Vec<String> =
        ["often", "#5", "a=b"].into_iter().flat_map(|word| vec![word.to_owned(); LEAST_TIMES]).collect();
    let words = Words::of([text, vec!["once".to_owned()]].iter());
    assert_eq!(words.names, ["often"]);
}

#[test]
fn words_speak_against_claims_that_phrases_with_them_reverse() {
    // Word 0 is the claim's, 1 stands in its reverses, 2 in what makes it, and 3 in both.
    let phrase = |at: u32| {
        let (own, says) = if at.is_multiple_of(2) { (1, Says::Reverses(0)) } else { (2, Says::Makes(0)) };
        Phrase { question: 0, words: vec![0, own, 3], says }
    };
    let phrases: Vec<Phrase<u32>> = (0..100).map(phrase).collect();
    let weights = contrary::fit(4, &phrases, &vec![vec![vec![0]]]);
    assert!(weights[1] > 0.5 && weights[2] < -0.5 && weights[3].abs() < 0.1, "{weights:?}");
    assert_eq!(weights[0].to_bits(), 0, "the claim has it");
}
