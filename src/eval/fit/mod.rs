//! Fitting the verdict model: clause weights on phrases, scorecards on labelled answers.
//!
//! A phrase is a row for each claim of its question, read by a rubric that holds only the other hands' phrases: what the
//! model learns from is what a new writer would meet. What words say of claims ([`words`]) is fitted before, on answers that the
//! scorecards see by the words of others alone ([`Crossed`]). Folds are by question, so that nothing of a question is fitted
//! on itself. Same input, same bytes: rows are summed in order and no chance is used.

mod boost;
mod crossed;
pub mod ideal;
mod lessons;
mod regression;
mod related;
mod vectors;
pub mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::thread;

use super::data::Labelled;
use crate::bank::{Item, Library};
use crate::domain::lexicon::Language;
use crate::domain::rubric::Label;
use crate::domain::verdict::features::{self, ANSWER, AnswerRow, CLAUSE, has_words};
use crate::domain::verdict::model::Cards;
use crate::domain::verdict::{self, Model};
use crate::grader::case::{Case, claim_of};
use crate::grader::{Grader, QuestionRef};
pub use crossed::Crossed;
use regression::{Row, fit};

/// A phrase or answer that counts for one claim.
#[derive(Debug, Clone)]
struct ClauseRows {
    claim: Vec<Row<{ CLAUSE.len() }>>,
    opposite: Vec<Row<{ CLAUSE.len() }>>,
    misconception: Vec<Row<{ CLAUSE.len() }>>,
}

/// The rows of every question, computed once for all folds, and what less of its rubric makes of it.
#[derive(Debug)]
pub struct Rows {
    by_question: Vec<ClauseRows>,
    lesser: Vec<[Case; 4]>,
}

/// How strongly weights are held back.
const CLAUSE_RIDGE: f64 = 10.0;
/// How much a row counts that is read by the claims alone, or by them with patterns, phrases or both, but without words.
const BARE_WEIGHT: f64 = 0.1;

/// Runs `work` over `items` on all cores; results in order.
pub(super) fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let mut all: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(run)).collect();
        workers.into_iter().flat_map(|w| w.join().unwrap_or_default()).collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, r)| r).collect()
}

impl Rows {
    /// The clause rows of every question of `grader`, each hand's phrases read by the others'.
    #[must_use]
    pub fn new(grader: &Grader) -> Self {
        let questions: Vec<QuestionRef> = grader.questions().collect();
        let language = grader.language();
        let by_question = parallel(&questions, |q| clause_rows(language, grader.item(*q).1));
        let lesser = |q: &QuestionRef| {
            let item = grader.item(*q).1;
            let plain = without_words(item);
            [
                bare(language, item),
                Case::new(language, &plain, |_| false),
                without_patterns(language, &plain, |_| true),
                Case::new(language, &plain, |_| true),
            ]
        };
        Self { by_question, lesser: parallel(&questions, lesser) }
    }
}

fn clause_rows(language: &Language, item: &Item) -> ClauseRows {
    let rubric = &item.rubric;
    let mut rows = ClauseRows { claim: Vec::new(), opposite: Vec::new(), misconception: Vec::new() };
    let hands = rubric.hands();
    if hands.len() < 2 {
        return rows;
    }
    let item = &without_words(item);
    for hand in hands {
        let case = Case::new(language, item, |at| rubric.phrases[at].hand != hand);
        // The same words may make several claims; they are one row a claim.
        let mut labels: BTreeMap<&str, Vec<(usize, Label)>> = BTreeMap::new();
        for phrase in rubric.phrases.iter().filter(|p| p.hand == hand) {
            let of = labels.entry(&phrase.text).or_default();
            of.extend(claim_of(rubric, phrase.target).map(|claim| (claim, phrase.label)));
        }
        for (text, labels) in labels {
            push_phrase(&mut rows, &case, language, rubric.concepts.len(), text, &labels, 1.0);
        }
    }
    // A rubric of claims alone must grade as well: the same phrases, read by the claims.
    let bare = bare(language, item);
    let mut labels: BTreeMap<&str, Vec<(usize, Label)>> = BTreeMap::new();
    for phrase in &rubric.phrases {
        let of = labels.entry(&phrase.text).or_default();
        of.extend(claim_of(rubric, phrase.target).map(|claim| (claim, phrase.label)));
    }
    for (text, labels) in labels {
        push_phrase(&mut rows, &bare, language, rubric.concepts.len(), text, &labels, BARE_WEIGHT);
    }
    rows
}

/// The question as if its rubric held claims alone.
fn bare(language: &Language, item: &Item) -> Case {
    without_patterns(language, &without_words(item), |_| false)
}

/// The question as if nothing were known of its claims' words.
fn without_words(item: &Item) -> Item {
    Item { words: Cow::default(), ..item.clone() }
}

/// The question as if its rubric held no patterns, and of its phrases those for which `keep` says yes.
fn without_patterns(language: &Language, item: &Item, keep: impl Fn(usize) -> bool) -> Case {
    let mut plain = item.clone();
    plain.rubric.clear_patterns();
    Case::new(language, &plain, keep)
}

fn push_phrase(
    rows: &mut ClauseRows,
    case: &Case,
    language: &Language,
    concepts: usize,
    text: &str,
    labels: &[(usize, Label)],
    weight: f64,
) {
    let read = case.read_whole(language, text).without_rules();
    if read.text.tokens.is_empty() {
        return;
    }
    let mut clauses = Vec::new();
    case.evidence(&read, |window| clauses.extend(verdict::clause_rows(window, concepts)));
    for (claim, x) in clauses.into_iter().enumerate() {
        let label = labels.iter().find(|(of, _)| *of == claim).map(|(_, label)| *label);
        let y = match label {
            Some(Label::Paraphrase) => 1.0,
            Some(Label::Half) => 0.5,
            _ => 0.0,
        };
        let opposite = f64::from(u8::from(label == Some(Label::Opposite)));
        if claim < concepts {
            rows.claim.push(Row { x, y, weight });
            rows.opposite.push(Row { x, y: opposite, weight });
        } else {
            rows.misconception.push(Row { x, y, weight });
        }
    }
}

/// A labelled answer with the question that it answers.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The question, found.
    pub question: QuestionRef,
    /// The question's place among all questions.
    pub number: usize,
    /// The answer and its labels.
    pub labelled: &'a Labelled,
}

/// Fits a model on the phrases and answers of the questions for which `keep` says yes.
#[must_use]
pub fn fit_model(
    grader: &Grader,
    rows: &Rows,
    subjects: &[Subject<'_>],
    crossed: &Crossed<'_>,
    keep: impl Fn(usize) -> bool,
) -> Model {
    let kept = |of: fn(&ClauseRows) -> &Vec<Row<{ CLAUSE.len() }>>| -> Vec<Row<{ CLAUSE.len() }>> {
        rows.by_question.iter().enumerate().filter(|(q, _)| keep(*q)).flat_map(|(_, r)| of(r).iter().cloned()).collect()
    };
    let mut model = Model {
        claim: fit(&kept(|r| &r.claim), CLAUSE_RIDGE),
        opposite: fit(&kept(|r| &r.opposite), CLAUSE_RIDGE),
        misconception: fit(&kept(|r| &r.misconception), CLAUSE_RIDGE),
        vectors: vectors::fit(grader, crossed, &keep),
        ..Model::default()
    };
    let questions: Vec<QuestionRef> = (0..).zip(grader.questions()).filter(|(q, _)| keep(*q)).map(|(_, q)| q).collect();
    let cases: Vec<(QuestionRef, &Case)> = questions.iter().map(|q| (*q, grader.case(*q))).collect();
    let kept: Vec<Subject<'_>> = subjects.iter().filter(|s| keep(s.number)).copied().collect();
    let answers = parallel(&kept, |s| {
        let mut labels = answer_labels(grader, grader.case(s.question), &model, s, 1.0);
        labels.extend(lessons::of_stray(grader, &cases, &model, s));
        let lesser = rows.lesser[s.number].iter();
        labels.extend(lesser.flat_map(|case| answer_labels(grader, case, &model, s, BARE_WEIGHT)));
        labels
    });
    let answers: Vec<AnswerLabels> = answers.into_iter().flatten().collect();
    let [early, late] = related::labels(grader, rows, &model, &kept, crossed, &keep);
    fit_related(&mut model, &early, &late);
    let crossed = crossed.labels(grader, &model, &keep);
    fit_cards(&mut model, &crossed, &answers);
    // Mutants take a model that tells which sentence makes what; with them the cards are fitted once more.
    let library = Library { model: model.clone(), ..grader.contents().clone() };
    let probing = Grader::new(library);
    let mutants = parallel(&questions, |q| lessons::of_mutants(&probing, &model, *q));
    let phrases = parallel(&questions, |q| lessons::of_phrases(grader, &model, *q));
    let lessons = mutants.into_iter().chain(phrases).flatten();
    fit_cards(&mut model, &crossed, &answers.into_iter().chain(lessons).collect::<Vec<_>>());
    model
}

/// The rows of one scorecard.
type Set = Vec<Row<{ ANSWER.len() }>>;

/// Adds rows to the sets of four scorecards.
fn add_rows(sets: &mut [Set], rows: &[AnswerLabels], x: impl Fn(&AnswerRow) -> Option<AnswerRow>) {
    for AnswerLabels { row, labels, weight } in rows {
        let Some(x) = x(row) else { continue };
        for (set, y) in sets.iter_mut().zip(labels) {
            set.extend(y.map(|y| Row { x, y, weight: *weight }));
        }
    }
}

fn fit_cards(model: &mut Model, crossed: &[AnswerLabels], rows: &[AnswerLabels]) {
    let mut sets: [Set; 8] = Default::default();
    let (worded, plain) = sets.split_at_mut(4);
    // Rows without words are of lesser readings: alone they would teach that little is ever sure.
    let with_words = |row: &AnswerRow| has_words(row).then_some(*row);
    add_rows(worded, crossed, with_words);
    let early: Vec<usize> = worded.iter().chain(&*plain).map(Vec::len).collect();
    add_rows(worded, rows, with_words);
    add_rows(plain, rows, |row| Some(features::without_related(&features::without_words(row))));
    fit_sets([&mut model.answer, &mut model.wordless], &sets.into_iter().zip(early).collect::<Vec<_>>());
}

fn fit_related(model: &mut Model, crossed: &[AnswerLabels], rows: &[AnswerLabels]) {
    let mut sets: [Set; 4] = Default::default();
    let related = |row: &AnswerRow| features::has_related(row).then(|| features::without_words(row));
    add_rows(&mut sets, crossed, related);
    let early: Vec<usize> = sets.iter().map(Vec::len).collect();
    add_rows(&mut sets, rows, related);
    fit_sets([&mut model.related], &sets.into_iter().zip(early).collect::<Vec<_>>());
}

/// Fits the scorecards of each of `cards` on their rows, of which the first so many are early ones.
fn fit_sets<const N: usize>(cards: [&mut Cards; N], sets: &[(Set, usize)]) {
    let cards = cards.into_iter().flat_map(|c| [&mut c.credited, &mut c.full, &mut c.contradicted, &mut c.asserted]);
    cards.zip(parallel(sets, |(rows, early)| boost::fit(rows, *early))).for_each(|(card, fitted)| *card = fitted);
}

/// The answer row of every claim; none for an answer without a window.
fn answer_rows(language: &Language, case: &Case, model: &Model, answer: &str) -> Vec<AnswerRow> {
    let (read, weighing) = case.weighing_of(case.read(language, answer).without_rules(), model);
    if read.reading.windows.is_empty() { Vec::new() } else { weighing.rows(&read.reading) }
}

/// What an answer teaches of a claim.
struct AnswerLabels {
    row: AnswerRow,
    /// For the four scorecards, in their order.
    labels: [Option<f64>; 4],
    /// How much it counts.
    weight: f64,
}

/// For each claim its answer row, and the labels for the four regressions that it belongs to.
fn answer_labels(grader: &Grader, case: &Case, model: &Model, subject: &Subject<'_>, weight: f64) -> Vec<AnswerLabels> {
    let rubric = &grader.item(subject.question).1.rubric;
    let concepts = rubric.concepts.len();
    let label = |claim: usize| {
        if claim < concepts {
            let mean = subject.labelled.concept(rubric.concepts[claim].id.as_str());
            let share = |holds: fn(f64) -> bool| subject.labelled.share(rubric.concepts[claim].id.as_str(), holds);
            let credited = if mean >= 0.5 { 1.0 } else { 0.0 };
            [Some(credited), Some(share(|v| v >= 1.0)), Some(share(|v| v < 0.0)), None]
        } else {
            [
                None,
                None,
                None,
                Some(subject.labelled.misconception(rubric.misconceptions[claim - concepts].id.as_str())),
            ]
        }
    };
    let rows = answer_rows(grader.language(), case, model, &subject.labelled.answer);
    rows.into_iter().enumerate().map(|(claim, row)| AnswerLabels { row, labels: label(claim), weight }).collect()
}
