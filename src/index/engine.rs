//! The tantivy index in memory: a document a question, a field a kind of text.
//!
//! A field a kind keeps the statistics apart: thousands of phrases do not make the words of a prompt look rare or its
//! text short. The index is read once, into what each key adds to each question's score: a query for every word of an answer
//! takes tantivy longer than the grade. To make another kind of text searchable: a [`Kind`], its row in [`KINDS`], and its
//! texts in `search`.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::postings::Postings as _;
use tantivy::query::Bm25Weight;
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{DocSet as _, Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TERMINATED, TantivyDocument};

use super::tokens::Keys;

/// What sort of text a question is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What is asked, and the ideal answers.
    Asked,
    /// The claims of its rubric.
    Claims,
    /// Its phrases.
    Phrases,
}

/// The kinds with their fields' names, and what a score in each is multiplied by. What is asked counts a little more: with
/// less, short queries find their questions less often; with more, whole answers do.
const KINDS: [(Kind, &str, f32); 3] =
    [(Kind::Asked, "asked", 1.2), (Kind::Claims, "claims", 1.0), (Kind::Phrases, "phrases", 1.0)];

/// What the kinds other than the best one add to a question's score.
const OTHERS: f32 = 0.3;

const TOKENIZER: &str = "viva";
const NUMBER: &str = "number";

/// A part of a query: keys of which the best one counts, each with its weight, 1 at most.
pub(super) type Part = Vec<(String, f32)>;

/// What a key adds to the score of each question that has it, by the question's number.
type Adds = Vec<(usize, f32)>;

/// The index of all questions, which go by their numbers here.
#[derive(Debug)]
pub(super) struct Engine {
    /// For each key, what it adds in each kind of text.
    keys: FxHashMap<Box<str>, [Adds; KINDS.len()]>,
    questions: usize,
}

impl Engine {
    /// Indexes the questions: the first gets number 0. Each is given as its texts.
    pub(super) fn new<'a>(questions: impl Iterator<Item = Vec<(Kind, Cow<'a, str>)>>) -> tantivy::Result<Self> {
        let (searcher, fields) = index(questions)?;
        let numbers = numbers(&searcher)?;
        let mut keys: FxHashMap<Box<str>, [Adds; KINDS.len()]> = FxHashMap::default();
        for (kind, field) in fields.into_iter().enumerate() {
            for (key, adds) in read(&searcher, field, &numbers)? {
                keys.entry(key).or_default()[kind] = adds;
            }
        }
        Ok(Self { keys, questions: numbers.iter().map(Vec::len).sum() })
    }

    /// How often a key occurs: in how many kinds of how many questions.
    pub(super) fn frequency(&self, key: &str) -> u32 {
        self.keys.get(key).map_or(0, |of_kinds| of_kinds.iter().map(|adds| adds.len() as u32).sum())
    }

    /// The numbers of all questions that have any of the parts, with their scores, in their order.
    pub(super) fn scores(&self, parts: &[Part]) -> Vec<(usize, f32)> {
        let (mut best, mut sums) = (vec![0.0_f32; self.questions], vec![0.0; self.questions]);
        for (kind, (.., factor)) in KINDS.iter().enumerate() {
            for (number, score) in self.of_kind(kind, parts).into_iter().enumerate() {
                best[number] = best[number].max(score * factor);
                sums[number] += score * factor;
            }
        }
        let scores = best.iter().zip(sums).map(|(best, sum)| best + OTHERS * (sum - best));
        scores.enumerate().filter(|(_, score)| *score > 0.0).collect()
    }

    /// Each question's score in one kind of text: for each part, what its best key adds.
    fn of_kind(&self, kind: usize, parts: &[Part]) -> Vec<f32> {
        let mut scores = vec![0.0; self.questions];
        let mut of_part = vec![0.0_f32; self.questions];
        for part in parts {
            for (key, weight) in part {
                for (number, adds) in self.keys.get(key.as_str()).map_or(&[][..], |of_kinds| &of_kinds[kind]) {
                    let adds = adds * weight;
                    // What a better key of this part adds replaces what another one did.
                    let more = (adds - of_part[*number]).max(0.0);
                    of_part[*number] += more;
                    scores[*number] += more;
                }
            }
            let keys = part.iter().filter_map(|(key, _)| self.keys.get(key.as_str()));
            keys.flat_map(|of_kinds| &of_kinds[kind]).for_each(|(number, _)| of_part[*number] = 0.0);
        }
        scores
    }
}

fn index<'a>(
    questions: impl Iterator<Item = Vec<(Kind, Cow<'a, str>)>>,
) -> tantivy::Result<(Searcher, [Field; KINDS.len()])> {
    let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(IndexRecordOption::WithFreqs);
    let options = TextOptions::default().set_indexing_options(indexing);
    let mut schema = Schema::builder();
    let fields = KINDS.map(|(_, name, _)| schema.add_text_field(name, options.clone()));
    let number = schema.add_u64_field(NUMBER, FAST);
    let index = Index::create_in_ram(schema.build());
    index.tokenizers().register(TOKENIZER, Keys::default());
    // One thread, with the smallest memory that tantivy permits: the default of these options.
    let options = IndexWriterOptions::builder().num_worker_threads(1).num_merge_threads(1).build();
    let mut writer: IndexWriter = index.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for (at, texts) in (0..).zip(questions) {
        let mut document = TantivyDocument::default();
        document.add_u64(number, at);
        for (kind, text) in texts {
            if let Some(at) = KINDS.iter().position(|(known, ..)| *known == kind) {
                document.add_text(fields[at], text);
            }
        }
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    Ok((reader.searcher(), fields))
}

/// What each key of a field adds to the score of each question that has it, by tantivy's BM25.
fn read(searcher: &Searcher, field: Field, numbers: &[Vec<usize>]) -> tantivy::Result<Vec<(Box<str>, Adds)>> {
    let mut occurrences: FxHashMap<Box<str>, Vec<(usize, u8, u32)>> = FxHashMap::default();
    let mut tokens = 0;
    for (segment, numbers) in searcher.segment_readers().iter().zip(numbers) {
        let (index, lengths) = (segment.inverted_index(field)?, segment.get_fieldnorms_reader(field)?);
        tokens += index.total_num_tokens();
        let mut terms = index.terms().stream()?;
        while let Some((key, info)) = terms.next() {
            let Ok(key) = std::str::from_utf8(key) else { continue };
            let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
            let of_key = occurrences.entry(key.into()).or_default();
            while postings.doc() != TERMINATED {
                let number = numbers.get(postings.doc() as usize);
                of_key.extend(number.map(|n| (*n, lengths.fieldnorm_id(postings.doc()), postings.term_freq())));
                postings.advance();
            }
        }
    }
    let questions = searcher.num_docs();
    let mean = tokens as f32 / questions as f32;
    let score = |(key, found): (Box<str>, Vec<(usize, u8, u32)>)| {
        let weight = Bm25Weight::for_one_term_without_explain(found.len() as u64, questions, mean);
        (key, found.into_iter().map(|(number, length, count)| (number, weight.score(length, count))).collect())
    };
    Ok(occurrences.into_iter().map(score).collect())
}

fn numbers(searcher: &Searcher) -> tantivy::Result<Vec<Vec<usize>>> {
    let of_segment = |segment: &tantivy::SegmentReader| {
        let column = segment.fast_fields().u64(NUMBER)?.first_or_default_col(u64::MAX);
        Ok((0..segment.max_doc()).map(|document| column.get_val(document) as usize).collect())
    };
    searcher.segment_readers().iter().map(of_segment).collect()
}

#[cfg(test)]
mod tests {
    use tantivy::Term;
    use tantivy::query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, EnableScoring, Occur, Query, TermQuery};

    use super::*;

    fn questions() -> impl Iterator<Item = Vec<(Kind, Cow<'static, str>)>> {
        let text = |at: usize, length: usize| {
            let words = ["goroutine", "stack", "heap", "scheduler", "stop", "the", "world", "sweep", "mark"];
            (0..length).map(|n| words[(at * 7 + n * (at + 1)) % words.len()]).collect::<Vec<_>>().join(" ")
        };
        (0..30).map(move |at| {
            let kinds = [(Kind::Asked, 5 + at % 9), (Kind::Claims, at % 4), (Kind::Phrases, 20 + at * 3)];
            kinds.map(|(kind, length)| (kind, text(at, length).into())).to_vec()
        })
    }

    /// The same parts as a query of tantivy's.
    fn query(fields: [Field; KINDS.len()], parts: &[Part]) -> DisjunctionMaxQuery {
        let of_key = |field, (key, weight): &(String, f32)| -> Box<dyn Query> {
            let query = TermQuery::new(Term::from_field_text(field, key), IndexRecordOption::WithFreqs);
            Box::new(BoostQuery::new(Box::new(query), *weight))
        };
        let of_part = |field, part: &Part| -> (Occur, Box<dyn Query>) {
            let keys = part.iter().map(|key| of_key(field, key)).collect();
            (Occur::Should, Box::new(DisjunctionMaxQuery::new(keys)))
        };
        let of_kind = |(field, (.., factor)): (Field, &(Kind, &str, f32))| -> Box<dyn Query> {
            let clauses = parts.iter().map(|part| of_part(field, part)).collect();
            Box::new(BoostQuery::new(Box::new(BooleanQuery::new(clauses)), *factor))
        };
        DisjunctionMaxQuery::with_tie_breaker(fields.into_iter().zip(&KINDS).map(of_kind).collect(), OTHERS)
    }

    #[test]
    fn scores_are_tantivys() {
        let (searcher, fields) = index(questions()).unwrap();
        let engine = Engine::new(questions()).unwrap();
        let mut keys = Keys::default();
        let mut key = |word: &str, weight: f32| (keys.distinct(word).remove(0), weight);
        let parts = [
            vec![key("goroutine", 1.0)],
            vec![key("heap", 1.0), key("stack", 0.5), key("sweep", 0.5)],
            vec![key("mark", 1.0)],
            vec![key("channel", 1.0)],
        ];
        for parts in [&parts[..], &parts[1..2], &parts[3..]] {
            let weight = query(fields, parts).weight(EnableScoring::enabled_from_searcher(&searcher)).unwrap();
            let mut expected = Vec::new();
            for segment in searcher.segment_readers() {
                weight.for_each(segment, &mut |document, score| expected.push((document as usize, score))).unwrap();
            }
            let scores = engine.scores(parts);
            assert_eq!(scores.len(), expected.len());
            for ((number, score), (document, oracle)) in scores.into_iter().zip(expected) {
                assert_eq!(number, document);
                assert!((score - oracle).abs() <= 1e-5 * oracle, "{score} is not {oracle}");
            }
        }
    }
}
