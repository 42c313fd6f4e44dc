//! How far a long piece of work is, on standard error where a person watches it.
//!
//! Names nothing of ours but the bar. Any thread may tell of work done.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::output::bar;

/// How often the line changes.
const BEAT: Duration = Duration::from_millis(100);
/// Columns of the bar.
const CELLS: usize = 24;

/// A line that tells of one piece of work; it goes away when the work is done.
#[derive(Debug)]
pub(super) struct Progress {
    what: &'static str,
    total: usize,
    done: AtomicUsize,
    /// When the line was last written; nothing where nobody watches.
    shown: Option<Mutex<Option<Instant>>>,
}

impl Progress {
    /// Begins `what`, which has `total` parts.
    pub(super) fn new(what: &'static str, total: usize) -> Self {
        let watched = io::stderr().is_terminal();
        let progress = Self { what, total, done: AtomicUsize::new(0), shown: watched.then(|| Mutex::new(None)) };
        progress.show(0);
        progress
    }

    /// One more part is done.
    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.show(done);
    }

    fn show(&self, done: usize) {
        let Some(shown) = &self.shown else { return };
        let mut last = shown.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|at| at.elapsed() < BEAT) {
            return;
        }
        *last = Some(Instant::now());
        // Where standard error is closed there is nobody to tell.
        let _ = write!(io::stderr(), "\r\x1b[K{}", line(self.what, done, self.total));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(what: &str, done: usize, total: usize) -> String {
    let share = done as f64 / total.max(1) as f64;
    format!("{what} {} {done}/{total}", bar(share, CELLS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is() {
        assert_eq!(line("grading", 6, 12), "grading ████████████░░░░░░░░░░░░ 6/12");
        assert_eq!(line("grading", 0, 0), "grading ░░░░░░░░░░░░░░░░░░░░░░░░ 0/0");
    }
}
