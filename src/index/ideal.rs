//! How like an answer is to the ideal answers of its question.
//!
//! BM25 over the question's ideal answers and claims as documents: what all of them say weighs little, what an ideal
//! answer alone says weighs much. Every word's weight in every ideal answer is worked out beforehand, so that an answer
//! costs one look-up a word. tantivy is the tests' oracle.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::text::Text;
use crate::domain::text::vocabulary::{Term, Vocabulary};

/// How soon further occurrences of a word stop to count.
const K1: f64 = 1.2;
/// How much longer documents are held to their length, 0 to 1.
const B: f64 = 0.75;

/// The ideal answers of one question, weighed.
#[derive(Debug, Clone, Default)]
pub struct Ideal {
    /// The row of each word that some ideal answer has.
    rows: FxHashMap<Term, u32>,
    /// For each row, the word's weight in each ideal answer.
    weights: Vec<f64>,
    /// For each ideal answer, its score with itself as the query: no text has a higher one.
    own: Vec<f64>,
}

impl Ideal {
    /// Weighs the ideal answers among themselves and the claims; their words are added to `vocabulary`.
    #[must_use]
    pub fn new(vocabulary: &mut Vocabulary, ideals: &[&str], claims: &[&str]) -> Self {
        let mut read = |source: &&str| content(&Text::read(source, vocabulary)).collect();
        let (ideals, claims): (Vec<_>, Vec<_>) =
            (ideals.iter().map(&mut read).collect(), claims.iter().map(&mut read).collect());
        Self::weigh(&ideals, &claims)
    }

    /// How much of the nearest ideal answer's weight the answer's words hold: 0 to 1, rounded to 4 places.
    ///
    /// `text` is read with the vocabulary that [`Ideal::new`] was given. Words count once however often they are
    /// repeated, and nothing is lost by saying more.
    #[must_use]
    pub fn similarity(&self, text: &Text) -> f64 {
        let scores = self.scores(content(text));
        let shares = scores.iter().zip(&self.own).filter(|(_, own)| **own > 0.0).map(|(score, own)| score / own);
        (shares.fold(0.0, f64::max).min(1.0) * 1e4).round() / 1e4
    }

    fn weigh(ideals: &[Vec<Term>], claims: &[Vec<Term>]) -> Self {
        let mut found_in: FxHashMap<Term, u32> = FxHashMap::default();
        for words in ideals.iter().chain(claims) {
            for word in words.iter().collect::<FxHashSet<_>>() {
                *found_in.entry(*word).or_default() += 1;
            }
        }
        let documents = ideals.len() + claims.len();
        let mean_length = ideals.iter().chain(claims).map(Vec::len).sum::<usize>() as f64 / documents as f64;
        let mut ideal = Self { own: vec![0.0; ideals.len()], ..Self::default() };
        for (at, words) in ideals.iter().enumerate() {
            let norm = K1 * (1.0 - B + B * words.len() as f64 / mean_length);
            let mut counts: FxHashMap<Term, u32> = FxHashMap::default();
            for word in words {
                *counts.entry(*word).or_default() += 1;
            }
            for (word, count) in counts {
                let next = ideal.rows.len() as u32;
                let row = *ideal.rows.entry(word).or_insert(next) as usize;
                ideal.weights.resize(ideal.rows.len() * ideals.len(), 0.0);
                let weight = rarity(found_in[&word], documents) * saturation(count, norm);
                ideal.weights[row * ideals.len() + at] = weight;
            }
        }
        ideal.own = ideals.iter().enumerate().map(|(at, words)| ideal.scores(words.iter().copied())[at]).collect();
        ideal
    }

    /// The BM25 score of each ideal answer, with the distinct ones of `words` as the query.
    fn scores(&self, words: impl Iterator<Item = Term>) -> Vec<f64> {
        let ideals = self.own.len();
        let mut scores = vec![0.0; ideals];
        let mut seen = vec![false; self.rows.len()];
        for row in words.filter_map(|word| self.rows.get(&word)) {
            let row = *row as usize;
            if std::mem::replace(&mut seen[row], true) {
                continue;
            }
            for (score, weight) in scores.iter_mut().zip(&self.weights[row * ideals..]) {
                *score += weight;
            }
        }
        scores
    }
}

/// The known content words of a text, in order.
fn content(text: &Text) -> impl Iterator<Item = Term> {
    text.tokens.iter().filter(|token| token.is_content() && token.term.is_known()).map(|token| token.term)
}

/// The weight of a word that `found_in` of `documents` documents have.
fn rarity(found_in: u32, documents: usize) -> f64 {
    let found_in = f64::from(found_in);
    (1.0 + (documents as f64 - found_in + 0.5) / (found_in + 0.5)).ln()
}

/// What `count` occurrences of a word count in a document of that norm.
fn saturation(count: u32, norm: f64) -> f64 {
    let count = f64::from(count);
    (1.0 + K1) * count / (count + norm)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use rstest::rstest;
    use tantivy::collector::TopDocs;
    use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
    use tantivy::schema::{FAST, IndexRecordOption, Schema, TEXT};
    use tantivy::{Index, IndexWriter, TantivyDocument};

    use super::*;
    use crate::domain::text::vocabulary::Base;

    /// The score of each document by tantivy's BM25, with the distinct ones of `query` as the query.
    fn oracle(documents: &[Vec<Term>], query: &[Term]) -> Vec<f64> {
        let mut schema = Schema::builder();
        let (text, number) = (schema.add_text_field("text", TEXT), schema.add_u64_field("number", FAST));
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for (at, words) in (0..).zip(documents) {
            let mut document = TantivyDocument::default();
            document.add_u64(number, at);
            document.add_text(text, words.iter().map(|word| format!("w{}", word.0)).collect::<Vec<_>>().join(" "));
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        let query: FxHashSet<&Term> = query.iter().collect();
        let of_word = |word: &Term| -> (Occur, Box<dyn Query>) {
            let word = tantivy::Term::from_field_text(text, &format!("w{}", word.0));
            (Occur::Should, Box::new(TermQuery::new(word, IndexRecordOption::WithFreqs)))
        };
        let query = BooleanQuery::new(query.into_iter().map(of_word).collect());
        let searcher = index.reader().unwrap().searcher();
        let mut scores = vec![0.0; documents.len()];
        for (score, at) in searcher.search(&query, &TopDocs::with_limit(documents.len()).order_by_score()).unwrap() {
            let numbers = searcher.segment_reader(at.segment_ord).fast_fields().u64("number").unwrap();
            scores[numbers.first(at.doc_id).unwrap() as usize] = f64::from(score);
        }
        scores
    }

    #[track_caller]
    fn check_scores(ideals: &[Vec<Term>], claims: &[Vec<Term>], answer: &[Term]) {
        let scores = Ideal::weigh(ideals, claims).scores(answer.iter().copied());
        let expected = oracle(&[ideals, claims].concat(), answer);
        for (at, (score, expected)) in scores.iter().zip(&expected).enumerate() {
            assert!((score - expected).abs() < 1e-3, "document {at}: {score}, tantivy {expected}");
        }
        assert_eq!(scores.len(), ideals.len());
    }

    /// Documents of up to 40 words, where tantivy keeps their lengths exactly.
    fn documents(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<Term>>> {
        prop::collection::vec(prop::collection::vec((0_u32..30).prop_map(Term), 0..=40), count)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn scores_are_tantivys(
            ideals in documents(1..4),
            claims in documents(0..6),
            answer in prop::collection::vec((0_u32..40).prop_map(Term), 0..60),
        ) {
            check_scores(&ideals, &claims, &answer);
        }

        #[test]
        fn an_ideal_answer_scores_highest_for_itself(
            ideals in documents(1..4),
            claims in documents(0..6),
            answer in prop::collection::vec((0_u32..40).prop_map(Term), 0..60),
        ) {
            let ideal = Ideal::weigh(&ideals, &claims);
            for (score, own) in ideal.scores(answer.into_iter()).iter().zip(&ideal.own) {
                prop_assert!(*score <= own + 1e-9, "{score} {own}");
            }
        }
    }

    #[test]
    fn scores_of_long_documents_are_tantivys() {
        // Of the lengths above 40, tantivy keeps these exactly.
        let document = |length: u32, step: u32| (0..length).map(|n| Term(n * step % 97)).collect::<Vec<_>>();
        let ideals = [document(96, 5), document(200, 7)];
        let claims = [document(48, 3), document(12, 11)];
        check_scores(&ideals, &claims, &document(64, 13));
        check_scores(&ideals, &claims, &document(200, 7));
    }

    const IDEAL: &str = "Goexit ends the calling goroutine. Its deferred calls run before it is gone.";
    const SHORT: &str = "The goroutine dies after its defers.";
    const CLAIMS: [&str; 2] = ["Only the calling goroutine ends", "Deferred functions are executed before"];

    fn similarity(ideals: &[&str], answer: &str) -> f64 {
        let mut vocabulary = Vocabulary::new(Arc::new(Base::default()));
        let ideal = Ideal::new(&mut vocabulary, ideals, &CLAIMS);
        ideal.similarity(&Text::read(answer, &mut &vocabulary))
    }

    #[rstest]
    #[case::the_ideal_answer(IDEAL, 1.0, 1.0)]
    #[case::its_inflections("goexit ENDED the called goroutines; deferring calls ran before they are gone", 0.8, 1.0)]
    #[case::another_ideal_answer(SHORT, 1.0, 1.0)]
    #[case::more_than_the_ideal_answer(
        "Goexit ends the calling goroutine. Its deferred calls run before it is gone, whatever the weather.",
        1.0,
        1.0
    )]
    #[case::a_part_of_it("It ends the calling goroutine.", 0.2, 0.6)]
    #[case::words_of_all_documents("A goroutine.", 0.01, 0.35)]
    #[case::words_of_a_claim_alone("functions executed", 0.0, 0.0)]
    #[case::words_without_content("It is not what it would have been.", 0.0, 0.0)]
    #[case::unknown_words("Sourdough wants patience.", 0.0, 0.0)]
    #[case::nothing("", 0.0, 0.0)]
    fn similarity_is_a_share_of_the_ideal(#[case] answer: &str, #[case] from: f64, #[case] to: f64) {
        let similarity = similarity(&[IDEAL, SHORT], answer);
        assert!((from..=to).contains(&similarity), "{answer}: {similarity}");
    }

    #[test]
    fn repeating_words_gains_nothing() {
        let once = similarity(&[IDEAL], "deferred calls run");
        let often = similarity(&[IDEAL], &"deferred calls run, ".repeat(20));
        assert!((once - often).abs() < f64::EPSILON, "{once} {often}");
        assert!(((once * 1e4).round() - once * 1e4).abs() < 1e-9, "{once} has more than 4 places");
    }

    #[test]
    fn without_an_ideal_answer_nothing_is_alike() {
        assert!(similarity(&[], IDEAL) <= 0.0);
        assert!(similarity(&["It is so."], "It is so.") <= 0.0);
    }
}
