//! Clocks, percentiles and a table.

use std::fs;
use std::time::Instant;

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Nanoseconds that `work` takes.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> u64 {
    let begun = Instant::now();
    std::hint::black_box(work());
    u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Nanoseconds of this thread's CPU that `work` takes, or of the clock where the system does not tell.
pub(crate) fn cpu_time(work: &mut dyn FnMut()) -> u64 {
    let spent = || thread_id().and_then(thread_cpu);
    let before = spent();
    let passed = time(work);
    spent().zip(before).map_or(passed, |(after, before)| after - before)
}

/// The value that `share` of the values do not exceed. Sorts them.
pub(crate) fn percentile(values: &mut [u64], share: f64) -> u64 {
    values.sort_unstable();
    #[expect(clippy::cast_sign_loss, reason = "shares are not negative")]
    let at = (values.len() as f64 * share) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

pub(crate) fn median(values: &mut [u64]) -> f64 {
    percentile(values, 0.5) as f64
}

/// Nanoseconds as microseconds.
pub(crate) fn us(nanoseconds: f64) -> String {
    format!("{:.1} µs", nanoseconds / 1000.0)
}

pub(crate) fn title(text: &str) {
    println!("\n{text}");
}

pub(crate) fn row(name: &str, value: &str) {
    println!("  {name:<46} {value}");
}

/// The thread that calls, as a number within this process.
pub(crate) fn thread_id() -> Option<u32> {
    let link = fs::read_link("/proc/thread-self").ok()?;
    link.file_name()?.to_str()?.parse().ok()
}

/// Nanoseconds that `work` takes, and whether this thread had its core for itself all the while, as far as one can tell.
pub(crate) fn timed_alone<T>(work: impl FnOnce() -> T) -> (u64, bool) {
    let runs = || {
        let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        stat.split_whitespace().nth(2)?.parse::<u64>().ok()
    };
    let before = runs();
    let passed = time(work);
    (passed, runs() == before)
}

/// CPU time in nanoseconds of a thread of this process that will wait for work, once it does: while a thread runs, the system
/// tells what it had some milliseconds ago.
pub(crate) fn resting_cpu(thread: u32) -> Option<u64> {
    loop {
        let stat = fs::read_to_string(format!("/proc/self/task/{thread}/stat")).ok()?;
        if stat.rsplit_once(')')?.1.trim_start().starts_with('S') {
            return thread_cpu(thread);
        }
    }
}

/// CPU time of a thread of this process in nanoseconds.
fn thread_cpu(thread: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?;
    stat.split_whitespace().next()?.parse().ok()
}

/// CPU time in nanoseconds: of a process by its id, or of this one's children that have ended.
pub(crate) fn process_cpu(process: Option<u32>) -> Option<u64> {
    const TICK: u64 = 10_000_000;
    let name = process.map_or("self".to_owned(), |id| id.to_string());
    let stat = fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
    // The name in parentheses may hold blanks; user and system time are the 12th and 13th fields after it, those of
    // children the two that follow.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let first = if process.is_some() { 11 } else { 13 };
    let ticks: u64 = fields.get(first..first + 2)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(ticks * TICK)
}

/// A line such as `VmRSS` of a process's status, in kibibytes.
pub(crate) fn memory(process: u32, line: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let value = status.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(':'))?;
    value.split_whitespace().next()?.parse().ok()
}
