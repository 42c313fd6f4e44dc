//! Counters of the service, in Prometheus' text format. They hold routes, statuses and codes alone.
//!
//! To add a counter: a field, a method that moves it, and its lines in [`Metrics::render`].

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use crate::judge::stats::Counts;
use crate::wire::ProblemCode;

/// Upper bounds of the duration histogram, in seconds.
const BOUNDS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// The counters.
#[derive(Debug, Default)]
pub struct Metrics {
    /// By route, then by status. A route is a pattern, so there are few.
    requests: RwLock<BTreeMap<Box<str>, BTreeMap<u16, Series>>>,
    grades: AtomicU64,
    line_errors: [AtomicU64; ProblemCode::ALL.len()],
    in_flight: Arc<AtomicI64>,
    batches: AtomicI64,
}

/// The requests of one route that ended with one status.
#[derive(Debug, Default)]
struct Series {
    /// Not cumulative; the last one is for everything above the bounds.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Series {
    fn add(&self, elapsed: Duration) {
        let seconds = elapsed.as_secs_f64();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).sum()
    }
}

/// Something that is going on until this is dropped.
#[derive(Debug)]
pub(crate) struct Going(Arc<AtomicI64>);

impl Drop for Going {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// A request that is being answered.
    pub(crate) fn request(&self) -> Going {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Going(Arc::clone(&self.in_flight))
    }

    /// One batch more (or, with -1, one less) is running.
    pub(crate) fn batch(&self, change: i64) {
        self.batches.fetch_add(change, Ordering::Relaxed);
    }

    /// A request to `route` was answered with `status`.
    pub(crate) fn answered(&self, route: &str, status: u16, elapsed: Duration) {
        // A poisoned lock is still a map of counters: nothing in it can be half done.
        let known = self.requests.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(series) = known.get(route).and_then(|statuses| statuses.get(&status)) {
            series.add(elapsed);
            return;
        }
        drop(known);
        let mut all = self.requests.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.entry(route.into()).or_default().entry(status).or_default().add(elapsed);
    }

    /// That many answers were graded.
    pub(crate) fn graded(&self, count: u64) {
        self.grades.fetch_add(count, Ordering::Relaxed);
    }

    /// A line of a batch could not be graded.
    pub(crate) fn line_error(&self, code: ProblemCode) {
        if let Some(at) = ProblemCode::ALL.iter().position(|known| *known == code) {
            self.line_errors[at].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// All counters as text, the judge's too where there is one.
    #[must_use]
    pub fn render_with(&self, judge: Option<&Counts>) -> String {
        let mut out = self.render();
        if let Some(counts) = judge {
            render_judge(&mut out, counts);
        }
        out
    }

    /// The service's own counters as text.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::with_capacity(4096);
        self.render_requests(&mut out);
        let grades = self.grades.load(Ordering::Relaxed);
        head(&mut out, "viva_grades_total", "counter", "Answers graded.");
        let _ = writeln!(out, "viva_grades_total {grades}");
        head(
            &mut out,
            "viva_batch_line_errors_total",
            "counter",
            "Lines of batches that could not be graded, by code.",
        );
        for (code, count) in ProblemCode::ALL.iter().zip(&self.line_errors) {
            let count = count.load(Ordering::Relaxed);
            let name = serde_json::to_string(code).unwrap_or_default();
            let _ = writeln!(out, "viva_batch_line_errors_total{{code={name}}} {count}");
        }
        for (name, help, gauge) in [
            ("viva_http_requests_in_flight", "Requests that are being answered.", &*self.in_flight),
            ("viva_batches_running", "Batches that are running.", &self.batches),
        ] {
            head(&mut out, name, "gauge", help);
            let _ = writeln!(out, "{name} {}", gauge.load(Ordering::Relaxed));
        }
        out
    }

    fn render_requests(&self, out: &mut String) {
        let requests = self.requests.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let series = || requests.iter().flat_map(|(route, all)| all.iter().map(move |(status, s)| (route, status, s)));
        head(out, "viva_http_requests_total", "counter", "Requests answered, by route and status.");
        for (route, status, s) in series() {
            let count = s.count();
            let _ = writeln!(out, "viva_http_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}");
        }
        let name = "viva_http_request_duration_seconds";
        head(out, name, "histogram", "From the request's head to the reply's head.");
        for (route, status, s) in series() {
            let labels = format!("route=\"{route}\",status=\"{status}\"");
            let mut below = 0;
            for (bound, bucket) in BOUNDS.iter().zip(&s.buckets) {
                below += bucket.load(Ordering::Relaxed);
                let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {below}");
            }
            let all = s.count();
            let seconds = s.micros.load(Ordering::Relaxed) as f64 / 1e6;
            let _ = writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {all}");
            let _ = writeln!(out, "{name}_sum{{{labels}}} {seconds}\n{name}_count{{{labels}}} {all}");
        }
    }
}

fn render_judge(out: &mut String, counts: &Counts) {
    for (name, help, count) in [
        ("viva_judge_grades_total", "Grades that the judge had a part in.", counts.asked),
        ("viva_judge_exchanges_total", "Exchanges with the judge, from the cache or not.", counts.exchanges),
        ("viva_judge_cached_total", "Exchanges that the cache held.", counts.cached),
        ("viva_judge_requests_total", "Requests sent to the judge, tries included.", counts.tries),
    ] {
        head(out, name, "counter", help);
        let _ = writeln!(out, "{name} {count}");
    }
    head(out, "viva_judge_tokens_total", "counter", "Tokens that the judge read and wrote.");
    for (kind, count) in [("prompt", counts.prompt_tokens), ("completion", counts.completion_tokens)] {
        let _ = writeln!(out, "viva_judge_tokens_total{{kind=\"{kind}\"}} {count}");
    }
    head(out, "viva_judge_cost_total", "counter", "Money spent on the judge, in the currency of its prices.");
    let _ = writeln!(out, "viva_judge_cost_total {}", counts.micros as f64 / 1e6);
    head(out, "viva_judge_seconds_total", "counter", "Time of all exchanges together.");
    let _ = writeln!(out, "viva_judge_seconds_total {}", counts.millis as f64 / 1e3);
    head(out, "viva_judge_verdicts_total", "counter", "Verdicts that the judge changed.");
    for (effect, count) in [("raised", counts.raised), ("lowered", counts.lowered)] {
        let _ = writeln!(out, "viva_judge_verdicts_total{{effect=\"{effect}\"}} {count}");
    }
    head(out, "viva_judge_unavailable_total", "counter", "Grades for which the judge could not be had, by reason.");
    for (failure, count) in &counts.unavailable {
        let _ = writeln!(out, "viva_judge_unavailable_total{{reason=\"{}\"}} {count}", failure.as_str());
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_route_and_status_in_cumulative_buckets() {
        let metrics = Metrics::default();
        metrics.answered("/v1/grade", 200, Duration::from_millis(2));
        metrics.answered("/v1/grade", 200, Duration::from_secs(9));
        metrics.answered("/v1/grade", 422, Duration::ZERO);
        let text = metrics.render();
        for line in [
            "viva_http_requests_total{route=\"/v1/grade\",status=\"200\"} 2",
            "viva_http_requests_total{route=\"/v1/grade\",status=\"422\"} 1",
            "viva_http_request_duration_seconds_bucket{route=\"/v1/grade\",status=\"200\",le=\"0.001\"} 0",
            "viva_http_request_duration_seconds_bucket{route=\"/v1/grade\",status=\"200\",le=\"0.0025\"} 1",
            "viva_http_request_duration_seconds_bucket{route=\"/v1/grade\",status=\"200\",le=\"5\"} 1",
            "viva_http_request_duration_seconds_bucket{route=\"/v1/grade\",status=\"200\",le=\"+Inf\"} 2",
            "viva_http_request_duration_seconds_sum{route=\"/v1/grade\",status=\"200\"} 9.002",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is missing from\n{text}");
        }
    }

    #[test]
    fn what_is_going_on_ends_by_itself() {
        let metrics = Metrics::default();
        let going = metrics.request();
        assert!(metrics.render().contains("viva_http_requests_in_flight 1"));
        drop(going);
        assert!(metrics.render().contains("viva_http_requests_in_flight 0"));
    }

    #[test]
    fn counts_line_errors_by_code() {
        let metrics = Metrics::default();
        metrics.line_error(ProblemCode::InvalidJson);
        let text = metrics.render();
        assert!(text.contains("viva_batch_line_errors_total{code=\"invalid_json\"} 1"));
        assert!(text.contains("viva_batch_line_errors_total{code=\"timeout\"} 0"));
    }
}
