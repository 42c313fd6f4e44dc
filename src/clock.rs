//! The time of day, as a parameter: whoever needs it takes a [`Clock`], so that tests hold it still.
//!
//! Names nothing of ours. To need something else of the world (a random number, say), add a trait
//! here beside this one and pass it in the same way.

use std::time::SystemTime;

/// Tells the time of day.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> SystemTime;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else takes as a parameter")]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that stands still.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(
    /// The moment that it always tells.
    pub SystemTime,
);

impl Clock for FixedClock {
    fn now(&self) -> SystemTime {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still_and_the_systems_does_not_go_back() {
        let fixed = FixedClock(SystemTime::UNIX_EPOCH);
        assert_eq!(fixed.now(), fixed.now());
        let before = SystemClock.now();
        assert!(SystemClock.now() >= before);
    }
}
