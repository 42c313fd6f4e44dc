//! The pipeline: from a question and an answer to a grade.
//!
//! Names Domain, Bank, Index and Judge, and config for the judge's mode. A question is compiled when it is first graded, and then
//! kept; [`own`] grades what no bank holds, from an ideal answer alone. Grading by rules is synchronous and total; asking the
//! judge is beside it ([`Grader::judge`]).

mod asking;
pub mod case;
mod explain;
mod feedback;
mod judging;
pub mod own;
mod verdicts;

use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use crate::bank::{Bank, Item, Library};
use crate::domain::explain::Explanation;
use crate::domain::flags;
use crate::domain::grade::{Flag, FlagId, Grade, Provenance, Scoring, Similarity};
use crate::domain::judged::Judged;
use crate::domain::lexicon::Language;
use crate::domain::rubric::Status;
use crate::domain::scoring;
use crate::domain::text::Stance;
use crate::domain::verdict::{Model, Weighed};
use crate::domain::wording::manner::{self, LIKELY, Manners};
use crate::index::Search;
use case::{Case, Read};
pub use judging::Prepared;
use verdicts::Taken;

/// The largest answer that is graded, in bytes.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Why a question could not be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// No bank has that name.
    #[error("there is no bank `{name}`; there is {known}")]
    UnknownBank {
        /// What was asked for.
        name: String,
        /// The names that exist, joined for people.
        known: String,
    },
    /// No bank holds that question.
    #[error("there is no question `{id}`{hint}")]
    UnknownQuestion {
        /// What was asked for.
        id: String,
        /// What to do, beginning with a separator.
        hint: String,
    },
    /// Several banks hold that question.
    #[error("question `{id}` stands in several banks ({banks}): name one as `bank`")]
    AmbiguousQuestion {
        /// What was asked for.
        id: String,
        /// The banks that hold it, joined for people.
        banks: String,
    },
}

/// A question that was found: an index, cheap to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuestionRef {
    bank: usize,
    item: usize,
}

/// Grades answers. Immutable and shared between threads.
#[derive(Debug)]
pub struct Grader {
    contents: Library,
    language: Language,
    cases: Vec<Vec<OnceLock<Case>>>,
    search: OnceLock<Search>,
    manners: OnceLock<Manners>,
    kept: Arc<own::Kept>,
}

impl Grader {
    /// A grader over everything in `library`.
    #[must_use]
    pub fn new(library: Library) -> Self {
        let language = Language::new(&library.lexicon);
        let cases = library.banks.iter().map(|b| b.items.iter().map(|_| OnceLock::new()).collect()).collect();
        Self {
            contents: library,
            language,
            cases,
            search: OnceLock::new(),
            manners: OnceLock::new(),
            kept: Arc::default(),
        }
    }

    /// A grader over everything in `library` that takes over what another has compiled of questions that no bank holds: they
    /// depend on the lexicon alone.
    #[must_use]
    pub fn after(before: &Self, library: Library) -> Self {
        let same = before.contents.lexicon_hash == library.lexicon_hash;
        let kept = if same { Arc::clone(&before.kept) } else { Arc::default() };
        Self { kept, ..Self::new(library) }
    }

    /// The banks.
    #[must_use]
    pub fn banks(&self) -> &[Bank] {
        &self.contents.banks
    }

    /// Everything it grades by.
    #[must_use]
    pub fn contents(&self) -> &Library {
        &self.contents
    }

    /// The verdict model that it grades by.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.contents.model
    }

    /// The compiled lexicon.
    #[must_use]
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// The search index over all banks, built when it is first asked for.
    #[must_use]
    pub fn search(&self) -> &Search {
        self.search.get_or_init(|| Search::new(&self.contents.banks))
    }

    /// What answers make of their own words.
    fn manners(&self) -> &Manners {
        // A test reads the file that is compiled in.
        self.manners.get_or_init(|| Manners::parse(&self.contents.manner).unwrap_or_default())
    }

    /// Reads an answer and weighs its claims. One that takes all of them back is the less likely to make any, and what it says to the
    /// grader makes none.
    fn weigh(&self, case: &Case, answer: &str, model: &Model) -> (Read, Vec<Weighed>) {
        let mut text = case.text(answer);
        let manner = self.manners().of(&text);
        // Words to the grader may ask for what they like, to take all of it back as well. Where that is only learnt an answer that takes
        // all back is not told from one that asks to pass over it.
        let speaks = text.clauses.iter().any(|clause| clause.stance == Stance::Addressed);
        let retracted = if speaks { 0.0 } else { manner.of(FlagId::Retracted) };
        self.manners().address(&mut text, manner);
        let (mut read, weighing) = case.weighing_of(case.read_text(&self.language, answer, text), model);
        let mut weighed = weighing.weigh(&read.reading);
        read.manner = manner;
        read.reading.wording.void = retracted.max(manner.of(FlagId::Stuffing));
        if retracted >= LIKELY {
            for w in &mut weighed {
                w.scale(1.0 - retracted);
            }
        }
        (read, weighed)
    }

    /// Finds a question by its id, and its bank where several hold that id.
    pub fn find(&self, bank: Option<&str>, question: &str) -> Result<QuestionRef, FindError> {
        let banks = &self.contents.banks;
        if let Some(name) = bank.filter(|name| banks.iter().all(|b| b.name.as_str() != *name)) {
            let known = banks.iter().map(|b| b.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(FindError::UnknownBank { name: shorten(name), known });
        }
        let holds = |b: &Bank| b.items.iter().position(|i| i.question.id.as_str() == question);
        let mut found = banks
            .iter()
            .enumerate()
            .filter(|(_, b)| bank.is_none_or(|name| b.name.as_str() == name))
            .filter_map(|(at, b)| Some(QuestionRef { bank: at, item: holds(b)? }));
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            (Some(a), Some(b)) => {
                let names = [a, b].into_iter().chain(found).map(|q| banks[q.bank].name.as_str()).collect::<Vec<_>>();
                Err(FindError::AmbiguousQuestion { id: shorten(question), banks: names.join(", ") })
            }
            (None, _) => Err(FindError::UnknownQuestion { id: shorten(question), hint: self.hint(question) }),
        }
    }

    /// What somebody may have meant who asked for a question that does not exist.
    fn hint(&self, question: &str) -> String {
        let wanted = question.trim().to_ascii_lowercase();
        let ids = self.contents.banks.iter().flat_map(|b| &b.items).map(|i| i.question.id.as_str());
        let near = ids.clone().find(|id| id.to_ascii_lowercase() == wanted);
        match (near, ids.clone().next(), ids.clone().next_back()) {
            (Some(near), _, _) => format!(": did you mean `{near}`?"),
            (None, Some(first), Some(last)) => format!(": there are {} from `{first}` to `{last}`", ids.count()),
            _ => ": no bank holds any".to_owned(),
        }
    }

    /// The bank and item of a question.
    #[must_use]
    pub fn item(&self, question: QuestionRef) -> (&Bank, &Item) {
        let bank = &self.contents.banks[question.bank];
        (bank, &bank.items[question.item])
    }

    /// Every question of every bank, in order.
    pub fn questions(&self) -> impl Iterator<Item = QuestionRef> + '_ {
        self.contents
            .banks
            .iter()
            .enumerate()
            .flat_map(|(bank, b)| (0..b.items.len()).map(move |item| QuestionRef { bank, item }))
    }

    /// A question, compiled.
    #[must_use]
    pub fn case(&self, question: QuestionRef) -> &Case {
        self.cases[question.bank][question.item]
            .get_or_init(|| Case::new(&self.language, self.item(question).1, |_| true))
    }

    /// Grades one answer. Total: any text gets a grade.
    #[must_use]
    pub fn grade(&self, question: QuestionRef, answer: &str) -> Grade {
        self.grade_with(question, answer, &self.contents.model)
    }

    /// Grades one answer by another model than the library's.
    #[must_use]
    pub fn grade_with(&self, question: QuestionRef, answer: &str, model: &Model) -> Grade {
        let case = self.case(question);
        let (read, weighed) = self.weigh(case, answer, model);
        self.assemble(question, answer, case, &read, &weighed)
    }

    fn assemble(&self, question: QuestionRef, answer: &str, case: &Case, read: &Read, weighed: &[Weighed]) -> Grade {
        let (bank, item) = self.item(question);
        let rubric = &item.rubric;
        let mut flags = flags::flags(&read.text, case.prompt());
        let listed = || read.manner.of(FlagId::Stuffing) >= LIKELY || case.is_put_together(item, &read.text);
        if !flags::voids(&flags) && listed() {
            flags.push(Flag { id: FlagId::Stuffing, evidence: Vec::new() });
        }
        let taken = Taken::of(&flags);
        let mut concepts = verdicts::concepts(rubric, case, read, weighed, &flags);
        let misconceptions = verdicts::misconceptions(rubric, case, read, weighed, taken);
        // A manner is told where no clause was taken for it, too; whom to ask is decided by the flags. Words alone were told above.
        for flag in manner::FLAGS.into_iter().filter(|flag| *flag != FlagId::Stuffing) {
            if read.manner.of(flag) >= LIKELY && flags.iter().all(|known| known.id != flag) {
                let evidence = self.manners().evidence(&read.text, flag).map(|tokens| read.text.span(&tokens));
                flags.push(Flag { id: flag, evidence: evidence.into_iter().collect() });
            }
        }
        let credits: Vec<(u32, f64)> = concepts.iter().map(|c| (c.weight, c.credit)).collect();
        let full_weight = rubric.full_weight();
        for (concept, gain) in concepts.iter_mut().zip(scoring::gains(&credits, full_weight, misconceptions.len())) {
            concept.gain = gain;
        }
        let score = scoring::score(credits.into_iter(), full_weight, misconceptions.len());
        let similarity = self.similarity(question, answer, case, read, &concepts, &mut flags);
        let scoring = match rubric.status {
            Status::Ready => Scoring::Rubric,
            Status::Draft => Scoring::Draft,
        };
        let mut grade = Grade {
            bank: bank.name.clone(),
            question: item.question.id.clone(),
            scoring,
            score,
            interval: (0.0, 1.0),
            review: Vec::new(),
            concepts,
            full_weight,
            misconceptions,
            flags,
            similarity,
            feedback: Vec::new(),
            judge: Judged::Off,
            provenance: self.provenance(bank, item, answer),
        };
        grade.interval = verdicts::interval(&grade, rubric, weighed, &read.reading.wording);
        grade.review = verdicts::review(&grade, rubric, weighed, &read.reading);
        grade.feedback = feedback::feedback(&grade, rubric);
        grade
    }

    /// How like the answer is to what the banks hold; an answer that makes no claim and reads like one to another question
    /// is off topic.
    fn similarity(
        &self,
        question: QuestionRef,
        answer: &str,
        case: &Case,
        read: &Read,
        concepts: &[crate::domain::grade::ConceptGrade],
        flags: &mut Vec<Flag>,
    ) -> Similarity {
        const MIN_TOKENS: usize = 8;
        let ideal = case.similarity(&read.text);
        let silent = concepts.iter().all(|c| c.credit < 0.25) && !flags::voids(flags);
        if !silent || read.text.tokens.len() < MIN_TOKENS {
            return Similarity { ideal, nearest: None };
        }
        let hits = self.search().search(answer, 3);
        let here = hits.iter().position(|h| h.bank == question.bank && h.item == question.item);
        let nearest = hits.first().map(|h| {
            let bank = &self.contents.banks[h.bank];
            (bank.name.clone(), bank.items[h.item].question.id.clone())
        });
        if here.is_none() && !hits.is_empty() {
            flags.push(Flag { id: FlagId::OffTopic, evidence: Vec::new() });
        }
        Similarity { ideal, nearest }
    }

    fn provenance(&self, bank: &Bank, item: &Item, answer: &str) -> Provenance {
        Provenance {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            rubric: item.rubric_hash.clone(),
            lexicon: self.contents.lexicon_hash.clone(),
            model: self.contents.model_hash.clone(),
            bank: bank.hash.clone(),
            answer: sha256(answer.as_bytes()),
        }
    }

    /// Why each pattern and phrase did or did not match.
    #[must_use]
    pub fn explain(&self, question: QuestionRef, answer: &str) -> Explanation {
        self.explain_with(question, answer, &self.contents.model)
    }

    /// The same by another model than the library's.
    #[must_use]
    pub fn explain_with(&self, question: QuestionRef, answer: &str, model: &Model) -> Explanation {
        let case = self.case(question);
        let (read, weighed) = self.weigh(case, answer, model);
        let grade = self.assemble(question, answer, case, &read, &weighed);
        let mut evidence = Vec::new();
        case.evidence(&read, |window| evidence.push(window.clone()));
        explain::explain(&explain::Subject {
            grade: &grade,
            rubric: &self.item(question).1.rubric,
            case,
            read: &read,
            evidence: &evidence,
            weighed: &weighed,
            model,
        })
    }
}

/// Names in error texts are cut, so that nobody's answer stands there by mistake.
fn shorten(name: &str) -> String {
    name.chars().take(64).collect()
}

/// The SHA-256 of some bytes as lower-case hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}
