//! The tantivy index in memory: a document a question, a field a kind of text.
//!
//! A field a kind keeps the statistics apart: thousands of phrases do not make the words of a prompt look rare or its
//! text short. To make another kind of text searchable: a [`Kind`], its row in [`KINDS`], and its texts in `search`.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, EnableScoring, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

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

/// The index of all questions, which go by their numbers here.
#[derive(Debug)]
pub(super) struct Engine {
    searcher: Searcher,
    fields: [(Field, f32); KINDS.len()],
    /// For each key, how many questions have it in each kind of text. Asking tantivy for one takes as long as a short query.
    frequencies: FxHashMap<Box<str>, [u32; KINDS.len()]>,
    /// For each segment, the number of each document's question.
    numbers: Vec<Vec<usize>>,
}

impl Engine {
    /// Indexes the questions: the first gets number 0. Each is given as its texts.
    pub(super) fn new<'a>(questions: impl Iterator<Item = Vec<(Kind, Cow<'a, str>)>>) -> tantivy::Result<Self> {
        let indexing =
            TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(IndexRecordOption::WithFreqs);
        let options = TextOptions::default().set_indexing_options(indexing);
        let mut schema = Schema::builder();
        let fields = KINDS.map(|(kind, name, factor)| (kind, schema.add_text_field(name, options.clone()), factor));
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
                if let Some((_, field, _)) = fields.iter().find(|(known, ..)| *known == kind) {
                    document.add_text(*field, text);
                }
            }
            writer.add_document(document)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let numbers = numbers(&searcher)?;
        let frequencies = frequencies(&searcher, &fields.map(|(_, field, _)| field))?;
        Ok(Self { searcher, fields: fields.map(|(_, field, factor)| (field, factor)), frequencies, numbers })
    }

    /// How often a key occurs: in how many kinds of how many questions.
    pub(super) fn frequency(&self, key: &str) -> u32 {
        self.frequencies.get(key).map_or(0, |of_kinds| of_kinds.iter().sum())
    }

    /// The numbers of all questions that have any of the parts, with their scores, in no particular order.
    pub(super) fn scores(&self, parts: &[Part]) -> tantivy::Result<Vec<(usize, f32)>> {
        let weight = self.query(parts).weight(EnableScoring::enabled_from_searcher(&self.searcher))?;
        let mut scores = Vec::new();
        for (segment, numbers) in self.searcher.segment_readers().iter().zip(&self.numbers) {
            weight.for_each(segment, &mut |document, score| {
                scores.extend(numbers.get(document as usize).map(|number| (*number, score)));
            })?;
        }
        Ok(scores)
    }

    fn query(&self, parts: &[Part]) -> DisjunctionMaxQuery {
        let of_kind = |(kind, (_, factor)): (usize, &(Field, f32))| -> Box<dyn Query> {
            let clauses = parts.iter().filter_map(|part| Some((Occur::Should, self.of_part(kind, part)?))).collect();
            Box::new(BoostQuery::new(Box::new(BooleanQuery::new(clauses)), *factor))
        };
        DisjunctionMaxQuery::with_tie_breaker(self.fields.iter().enumerate().map(of_kind).collect(), OTHERS)
    }

    /// A part in one kind of text; nothing where that has none of its keys.
    fn of_part(&self, kind: usize, part: &Part) -> Option<Box<dyn Query>> {
        let has = |key: &str| self.frequencies.get(key).is_some_and(|of_kinds| of_kinds[kind] > 0);
        let of_key = |(key, weight): &(String, f32)| -> Box<dyn Query> {
            let term = Term::from_field_text(self.fields[kind].0, key);
            let query = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
            if *weight < 1.0 { Box::new(BoostQuery::new(query, *weight)) } else { query }
        };
        let mut keys: Vec<Box<dyn Query>> = part.iter().filter(|(key, _)| has(key)).map(of_key).collect();
        match keys.len() {
            0 | 1 => keys.pop(),
            _ => Some(Box::new(DisjunctionMaxQuery::new(keys))),
        }
    }
}

fn frequencies(
    searcher: &Searcher,
    fields: &[Field; KINDS.len()],
) -> tantivy::Result<FxHashMap<Box<str>, [u32; KINDS.len()]>> {
    let mut all: FxHashMap<Box<str>, [u32; KINDS.len()]> = FxHashMap::default();
    for segment in searcher.segment_readers() {
        for (kind, field) in fields.iter().enumerate() {
            let index = segment.inverted_index(*field)?;
            let mut terms = index.terms().stream()?;
            while let Some((key, info)) = terms.next() {
                if let Ok(key) = std::str::from_utf8(key) {
                    all.entry(key.into()).or_default()[kind] += info.doc_freq;
                }
            }
        }
    }
    Ok(all)
}

fn numbers(searcher: &Searcher) -> tantivy::Result<Vec<Vec<usize>>> {
    let of_segment = |segment: &tantivy::SegmentReader| {
        let column = segment.fast_fields().u64(NUMBER)?.first_or_default_col(u64::MAX);
        Ok((0..segment.max_doc()).map(|document| column.get_val(document) as usize).collect())
    };
    searcher.segment_readers().iter().map(of_segment).collect()
}
