//! What was spent on a day, and what may be.
//!
//! Names nothing of ours. A request reserves what it may cost at most and settles what it did cost, so that requests under
//! way together cannot pass a limit. A store that several processes share implements [`Ledger`].

use std::sync::{Mutex, PoisonError};

use super::Failure;

/// Tokens and money. Money is in millionths of the currency of the prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Tokens read and written.
    pub tokens: u64,
    /// Money.
    pub micros: u64,
}

/// The most that may be spent on a day; nothing where there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// Tokens a day.
    pub tokens: Option<u64>,
    /// Money a day.
    pub micros: Option<u64>,
}

/// Keeps what was spent. Days are counted from any one.
pub trait Ledger: Send + Sync {
    /// Sets `most` aside, unless that could pass the budget.
    fn reserve(&self, day: u64, most: Spent, budget: Budget) -> Result<(), Failure>;
    /// Replaces `most`, set aside before, by what was spent.
    fn settle(&self, day: u64, most: Spent, spent: Spent);
    /// What was spent and set aside on a day.
    fn spent(&self, day: u64) -> Spent;
}

/// Keeps the present day in memory.
#[derive(Debug, Default)]
pub struct MemoryLedger(Mutex<(u64, Spent)>);

impl Ledger for MemoryLedger {
    fn reserve(&self, day: u64, most: Spent, budget: Budget) -> Result<(), Failure> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.0 != day {
            *held = (day, Spent::default());
        }
        let tokens = held.1.tokens.saturating_add(most.tokens);
        let micros = held.1.micros.saturating_add(most.micros);
        if budget.tokens.is_some_and(|limit| tokens > limit) {
            return Err(Failure::TokensPerDay);
        }
        if budget.micros.is_some_and(|limit| micros > limit) {
            return Err(Failure::MoneyPerDay);
        }
        held.1 = Spent { tokens, micros };
        Ok(())
    }

    fn settle(&self, day: u64, most: Spent, spent: Spent) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.0 == day {
            held.1.tokens = held.1.tokens.saturating_sub(most.tokens).saturating_add(spent.tokens);
            held.1.micros = held.1.micros.saturating_sub(most.micros).saturating_add(spent.micros);
        }
    }

    fn spent(&self, day: u64) -> Spent {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.0 == day { held.1 } else { Spent::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn spent(tokens: u64, micros: u64) -> Spent {
        Spent { tokens, micros }
    }

    #[test]
    fn what_is_set_aside_counts_until_it_is_settled() {
        let ledger = MemoryLedger::default();
        let budget = Budget { tokens: Some(100), micros: Some(50) };
        assert_eq!(ledger.reserve(1, spent(60, 10), budget), Ok(()));
        assert_eq!(ledger.reserve(1, spent(60, 10), budget), Err(Failure::TokensPerDay));
        ledger.settle(1, spent(60, 10), spent(20, 5));
        assert_eq!(ledger.reserve(1, spent(60, 10), budget), Ok(()));
        assert_eq!(ledger.reserve(1, spent(1, 40), budget), Err(Failure::MoneyPerDay));
        assert_eq!(ledger.spent(1), spent(80, 15));
        assert_eq!(ledger.reserve(2, spent(60, 10), budget), Ok(()), "a new day");
        ledger.settle(1, spent(60, 10), spent(99, 9));
        assert_eq!(ledger.spent(2), spent(60, 10), "what ends late changes no other day");
    }
}
