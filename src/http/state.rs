//! What handlers share: the grader, the search index once it is built, limits and counters.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use tokio::sync::Semaphore;

use super::metrics::Metrics;
use super::problem::Fault;
use crate::clock::Clock;
use crate::config::ServeConfig;
use crate::domain::grade::Grade;
use crate::grader::own::Own;
use crate::grader::{Grader, QuestionRef};
use crate::index::Search;

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

    /// Grades an answer; a question of one's own may turn out to be unusable.
    pub(crate) fn grade(&self, grader: &Grader, answer: &str) -> Result<Graded, Fault> {
        match self {
            Self::Question(question) => Ok(Graded { grade: grader.grade(*question, answer), own: None }),
            Self::Own { prompt, ideals } => {
                let own = grader
                    .own(prompt, ideals)
                    .map_err(|e| Fault::invalid(Some(e.field().to_owned()), e.to_string()))?;
                let found = grader.grade_own(&own, answer);
                Ok(Graded { grade: found.grade, own: Some((own, found.ideal)) })
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
    /// Counters.
    pub metrics: Metrics,
    /// The settings.
    pub config: ServeConfig,
    pub(crate) gradings: Semaphore,
    pub(crate) batches: Arc<Semaphore>,
    pub(crate) batch_threads: Semaphore,
    started_ms: u64,
    requests: AtomicU64,
    is_ready: AtomicBool,
}

impl Shared {
    /// The state of a service that begins now; the search index is still to be built.
    #[must_use]
    pub fn new(config: ServeConfig, grader: Grader, clock: &dyn Clock) -> App {
        let since_epoch = clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Arc::new(Self {
            grader: Arc::new(grader),
            is_ready: AtomicBool::new(false),
            metrics: Metrics::default(),
            gradings: Semaphore::new(config.limits.gradings),
            batches: Arc::new(Semaphore::new(config.limits.batches)),
            batch_threads: Semaphore::new(config.limits.batch_threads),
            config,
            started_ms: u64::try_from(since_epoch.as_millis()).unwrap_or_default(),
            requests: AtomicU64::new(0),
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

    /// Grades one answer: a short one at once, a long one on a thread of its own.
    pub(crate) async fn grade(&self, subject: Subject, answer: String) -> Result<(Graded, String), Fault> {
        let Ok(_permit) = self.gradings.try_acquire() else {
            return Err(Fault::overloaded("too many answers are being graded; try again in a second"));
        };
        let graded = if answer.len() + subject.bytes() <= INLINE_BYTES {
            (subject.grade(&self.grader, &answer)?, answer)
        } else {
            let grader = Arc::clone(&self.grader);
            let work = move || (subject.grade(&grader, &answer), answer);
            match tokio::task::spawn_blocking(work).await {
                Ok((found, answer)) => (found?, answer),
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => return Err(Fault::overloaded("the service is shutting down")),
            }
        };
        self.metrics.graded(1);
        Ok(graded)
    }
}
