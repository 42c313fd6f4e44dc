//! Banks that are edited while they are served: the folders are looked at, and read again once they have changed.
//!
//! Looking means listing the files with their times and sizes, twice a second. A watcher of the system's was weighed:
//! it misses edits on network and container file systems, tells of each edit several times, and the crate for it
//! stands at a release candidate, while a listing of a thousand files costs a few milliseconds. A change counts once
//! two looks agree on it, so a file that is still being written is mostly left alone; one that is caught half-written
//! is a fault that the next look mends.
//!
//! A state never changes: the next one takes its place, with a router of its own, and requests that have begun end
//! on the one before.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;

use super::state::App;
use crate::bank::{Fault, Library, Sources, Stamp};
use crate::grader::Grader;

/// The state and the router that new requests get.
pub(super) struct Current(RwLock<(App, Router)>);

impl Current {
    pub(super) fn new(app: App, router: Router) -> Self {
        Self(RwLock::new((app, router)))
    }

    /// The router for a request that begins now.
    pub(super) fn router(&self) -> Router {
        // Whoever held the lock only read or replaced; a panic in between leaves nothing half done.
        self.0.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    fn app(&self) -> App {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).0)
    }

    fn replace(&self, app: App) {
        let router = super::router(Arc::clone(&app));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = (app, router);
    }
}

/// Looks at the folders again and again, and reads them where they have changed. Never ends.
pub(super) async fn watch(current: Arc<Current>, every: Duration) {
    let dirs = current.app().config.banks.clone();
    let sources = Arc::new(dirs.into_iter().fold(Sources::new(), Sources::with_dir));
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // Nothing is known at first: an edit between loading and now must not be lost.
    let (mut seen, mut read): (Option<Stamp>, Option<Stamp>) = (None, None);
    loop {
        ticks.tick().await;
        let looking = Arc::clone(&sources);
        let Ok(now) = tokio::task::spawn_blocking(move || looking.stamp()).await else { continue };
        let (before, is_read) = (seen.replace(now.clone()), read.as_ref() == Some(&now));
        if is_read || before.as_ref() != Some(&now) {
            continue;
        }
        read = Some(now);
        let (sources, current) = (Arc::clone(&sources), Arc::clone(&current));
        if tokio::task::spawn_blocking(move || reload(&sources, &current)).await.is_err() {
            tracing::error!("reading the banks again failed; the last good ones stay");
        }
    }
}

/// Reads the banks, and puts what has changed in place.
fn reload(sources: &Sources, current: &Current) {
    let app = current.app();
    let (library, faults) = sources.reload(app.grader.contents());
    let faults: Vec<Fault> = faults.into_iter().filter(Fault::is_fatal).collect();
    let is_same = hashes(&library).eq(hashes(app.grader.contents()));
    if is_same && faults == app.faults {
        return;
    }
    let grader = if is_same { Arc::clone(&app.grader) } else { Arc::new(Grader::after(&app.grader, library)) };
    let next = app.next(Arc::clone(&grader), faults);
    if !is_same {
        next.warm_up();
        tracing::info!(banks = grader.banks().len(), "the banks have changed and are read again");
    }
    for fault in next.faults.iter().filter(|fault| !app.faults.contains(fault)) {
        tracing::warn!("a bank has a fault, and stays as it last was: {fault}");
    }
    if next.faults.is_empty() && !app.faults.is_empty() {
        tracing::info!("the banks have no faults any longer");
    }
    current.replace(next);
}

fn hashes(library: &Library) -> impl Iterator<Item = (&str, &str)> {
    library.banks.iter().map(|bank| (bank.name.as_str(), bank.hash.as_str()))
}
