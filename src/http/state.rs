//! What handlers share: the grader, the search index once it is built, limits and counters.
//!
//! When the banks are read again there is a next state with their grader, and with the same limits and counters. A
//! request keeps the state that it began with.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use tokio::sync::Semaphore;

use super::metrics::Metrics;
use super::problem::Fault;
use crate::bank;
use crate::clock::Clock;
use crate::config::{JudgeMode, ServeConfig};
use crate::domain::grade::{Grade, Scoring};
use crate::grader::own::Own;
use crate::grader::{Grader, Prepared, QuestionRef};
use crate::index::Search;
use crate::judge::Panel;
use crate::wire::{self, JudgeWish};

/// Answers up to this many bytes are graded where they are; longer ones would hold up other
/// requests on the same thread for too long.
const INLINE_BYTES: usize = 8 * 1024;

/// What an answer is to.
#[derive(Debug)]
pub(crate) enum Subject {
    /// A question of a bank.
    Question(QuestionRef),
    /// A question that no bank holds.
    Own {
        /// What is asked.
        prompt: String,
        /// The ideal answers.
        ideals: Vec<String>,
    },
}

/// A grade, with the question as it was compiled where no bank holds it.
#[derive(Debug)]
pub(crate) struct Graded {
    pub(crate) grade: Grade,
    /// The question and the number of the ideal answer that counts.
    pub(crate) own: Option<(Arc<Own>, usize)>,
}

impl Subject {
    /// Bytes beside the answer's that may have to be read.
    fn bytes(&self) -> usize {
        match self {
            Self::Question(_) => 0,
            Self::Own { prompt, ideals } => prompt.len() + ideals.iter().map(String::len).sum::<usize>(),
        }
    }

    /// Grades an answer by rules; a question of one's own may turn out to be unusable.
    pub(crate) fn prepare(&self, grader: &Grader, answer: &str) -> Result<Prepared, Fault> {
        match self {
            Self::Question(question) => Ok(grader.prepare(*question, answer)),
            Self::Own { prompt, ideals } => {
                let own = grader
                    .own(prompt, ideals)
                    .map_err(|e| Fault::invalid(Some(e.field().to_owned()), e.to_string()))?;
                Ok(grader.prepare_own(&own, answer))
            }
        }
    }
}

/// The state as handlers take it: cheap to clone.
pub type App = Arc<Shared>;

/// What handlers share.
pub struct Shared {
    /// Grades answers and knows the banks.
    pub grader: Arc<Grader>,
    /// What is wrong with the files of the banks, none while all of them are in use.
    pub faults: Vec<bank::Fault>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// The settings.
    pub config: ServeConfig,
    /// The judge, if one is configured.
    pub judge: Option<Arc<Panel>>,
    pub(crate) gradings: Arc<Semaphore>,
    pub(crate) batches: Arc<Semaphore>,
    pub(crate) batch_threads: Arc<Semaphore>,
    started_ms: u64,
    requests: Arc<AtomicU64>,
    is_ready: Arc<AtomicBool>,
}

impl Shared {
    /// The state of a service that begins now; the search index is still to be built.
    #[must_use]
    pub fn new(config: ServeConfig, grader: Grader, clock: &dyn Clock) -> App {
        Self::with_judge(config, grader, clock, None)
    }

    /// The same with a judge.
    #[must_use]
    pub fn with_judge(config: ServeConfig, grader: Grader, clock: &dyn Clock, judge: Option<Arc<Panel>>) -> App {
        let since_epoch = clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Arc::new(Self {
            grader: Arc::new(grader),
            faults: Vec::new(),
            is_ready: Arc::default(),
            metrics: Arc::default(),
            gradings: Arc::new(Semaphore::new(config.limits.gradings)),
            batches: Arc::new(Semaphore::new(config.limits.batches)),
            batch_threads: Arc::new(Semaphore::new(config.limits.batch_threads)),
            config,
            judge,
            started_ms: u64::try_from(since_epoch.as_millis()).unwrap_or_default(),
            requests: Arc::default(),
        })
    }

    /// The state after the banks were read again: this grader, and these faults. A new grader is still to be warmed up.
    #[must_use]
    pub fn next(&self, grader: Arc<Grader>, faults: Vec<bank::Fault>) -> App {
        let is_same = Arc::ptr_eq(&grader, &self.grader);
        Arc::new(Self {
            grader,
            faults,
            metrics: Arc::clone(&self.metrics),
            config: self.config.clone(),
            judge: self.judge.clone(),
            gradings: Arc::clone(&self.gradings),
            batches: Arc::clone(&self.batches),
            batch_threads: Arc::clone(&self.batch_threads),
            started_ms: self.started_ms,
            requests: Arc::clone(&self.requests),
            is_ready: if is_same { Arc::clone(&self.is_ready) } else { Arc::default() },
        })
    }

    /// Builds what is built once: the search index and every question's case. Slow enough to be kept off the
    /// threads that answer; until it is done, grading builds what it needs itself.
    pub fn warm_up(&self) {
        let _ = self.grader.search();
        self.is_ready.store(true, Ordering::Release);
        for question in self.grader.questions() {
            let _ = self.grader.case(question);
        }
    }

    /// Search over the banks, once it is built.
    #[must_use]
    pub fn search(&self) -> Option<&Search> {
        self.is_ready.load(Ordering::Acquire).then(|| self.grader.search())
    }

    /// An id for a request that brought none: when the service began, and how many came before.
    pub(crate) fn next_request_id(&self) -> String {
        format!("{:x}-{:x}", self.started_ms, self.requests.fetch_add(1, Ordering::Relaxed))
    }

    /// Grades one answer: by rules, a short one at once, a long one on a thread of its own; then asks the judge where it is to
    /// be asked, which never fails.
    pub(crate) async fn grade(
        &self,
        subject: Subject,
        answer: String,
        wish: Option<JudgeWish>,
    ) -> Result<(Graded, String), Fault> {
        let (prepared, answer) = self.prepare(subject, answer).await?;
        let own = prepared.own();
        let grade = self.judged(prepared, &answer, wish).await;
        self.metrics.graded(1);
        Ok((Graded { grade, own }, answer))
    }

    async fn prepare(&self, subject: Subject, answer: String) -> Result<(Prepared, String), Fault> {
        // The permit is for computing: whoever waits for the judge holds up nobody.
        let Ok(_permit) = self.gradings.try_acquire() else {
            return Err(Fault::overloaded("too many answers are being graded; try again in a second"));
        };
        if answer.len() + subject.bytes() <= INLINE_BYTES {
            return Ok((subject.prepare(&self.grader, &answer)?, answer));
        }
        let grader = Arc::clone(&self.grader);
        let work = move || (subject.prepare(&grader, &answer), answer);
        match tokio::task::spawn_blocking(work).await {
            Ok((prepared, answer)) => Ok((prepared?, answer)),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Fault::overloaded("the service is shutting down")),
        }
    }

    /// The grade of a prepared answer, with the judge's word where there is one.
    pub(crate) async fn judged(&self, prepared: Prepared, answer: &str, wish: Option<JudgeWish>) -> Grade {
        let Some(panel) = &self.judge else { return prepared.grade };
        let wish = wish.and_then(|wish| JudgeMode::from_name(wish.as_str()));
        // Boxed: what is kept while a judge is asked is large, and most requests ask none.
        Box::pin(self.grader.judge(prepared, answer, panel, wish.unwrap_or(JudgeMode::Always))).await
    }

    /// The wire shape of a grade; prompts hold the rubric, and are shown where that is. Whoever brings an ideal answer knows
    /// all that stands in them.
    pub(crate) fn shown<'a>(&self, grade: &'a Grade, id: Option<&'a str>, answer: &'a str) -> wire::Grade<'a> {
        let mut shown = wire::Grade::new(grade, id, answer);
        if !self.config.reviewing() && grade.scoring != Scoring::Ideal {
            shown.judge = shown.judge.without_prompts();
        }
        shown
    }
}
