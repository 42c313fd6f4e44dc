//! Leaves a server alone that has failed several times in a row, then tries it with one request.
//!
//! Names nothing of ours. Pure: the time is passed in, as milliseconds since any moment.

/// What a breaker knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Breaker {
    failures: u32,
    /// Until when nothing is sent.
    until: Option<u64>,
    /// Whether one request is on its way that shall show whether the server is back.
    trying: bool,
}

impl Breaker {
    /// Whether a request may be sent now. A request that was let through has to be followed by [`Breaker::ended`].
    pub fn lets_through(&mut self, now: u64) -> bool {
        match self.until {
            None => true,
            Some(until) if now >= until && !self.trying => {
                self.trying = true;
                true
            }
            Some(_) => false,
        }
    }

    /// A request ended: `failed` where the server is to blame. After `limit` failures in a row nothing is sent for `pause`
    /// milliseconds.
    pub fn ended(&mut self, failed: bool, now: u64, limit: u32, pause: u64) {
        if !failed {
            *self = Self::default();
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures >= limit {
            self.until = Some(now.saturating_add(pause));
        }
        self.trying = false;
    }

    /// A request ended that says nothing about the server.
    pub fn abandoned(&mut self) {
        self.trying = false;
    }

    /// Whether the server is being left alone.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.until.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_failures_in_a_row_and_closes_after_one_success() {
        let mut breaker = Breaker::default();
        for now in 0..2 {
            assert!(breaker.lets_through(now));
            breaker.ended(true, now, 3, 100);
        }
        breaker.ended(false, 2, 3, 100);
        for now in 3..6 {
            assert!(breaker.lets_through(now), "a success begins the count anew");
            breaker.ended(true, now, 3, 100);
        }
        assert!(!breaker.lets_through(6));
        assert!(!breaker.lets_through(104));
        assert!(breaker.lets_through(105), "one request tries it");
        assert!(!breaker.lets_through(105), "and only one");
        breaker.ended(true, 106, 3, 100);
        assert!(!breaker.lets_through(205));
        assert!(breaker.lets_through(206));
        breaker.abandoned();
        assert!(breaker.lets_through(206), "the try told nothing");
        breaker.ended(false, 207, 3, 100);
        assert!(breaker.lets_through(207) && breaker.lets_through(207));
    }
}
