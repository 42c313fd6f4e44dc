//! What a window's features add up to for each claim, four claims at a time.
//!
//! Names nothing outside itself. Claims that fill no lane of the last four add zeros. To add a sum: its field, and its line
//! in [`Sums::take`].

/// How many claims are summed side by side.
pub(super) const LANES: usize = 4;

/// A number for each of four claims.
pub(super) type Lane = [f32; LANES];

/// What one feature, turned or not, says about four claims.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Odds {
    /// Log-odds for the claim against everything else.
    pub(super) claim: Lane,
    /// Log-odds for its opposite against it.
    pub(super) opposite: Lane,
}

/// What the features of a window add up to for four claims.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) odds: Lane,
    pub(super) opposite: Lane,
    /// The highest log-odds for the claim, highest first.
    pub(super) high: [Lane; 4],
    /// The lowest, turned about.
    pub(super) low: [Lane; 3],
    /// The highest log-odds for the opposite.
    pub(super) reverse: [Lane; 4],
    pub(super) topic: Lane,
    pub(super) present: Lane,
}

impl Sums {
    /// Takes in a feature; `topic` says whether the prompt is about it.
    pub(super) fn take(&mut self, odds: &Odds, topic: bool) {
        add(&mut self.odds, &odds.claim);
        add(&mut self.opposite, &odds.opposite);
        if topic {
            add(&mut self.topic, &odds.claim);
        }
        insert(&mut self.high, odds.claim);
        insert(&mut self.low, odds.claim.map(|value| -value));
        insert(&mut self.reverse, odds.opposite);
    }

    /// Takes back what the absence of a feature would have taken from four claims, since it is there.
    pub(super) fn spare(&mut self, absent: &Lane) {
        add(&mut self.present, absent);
    }
}

fn add(sum: &mut Lane, values: &Lane) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// Puts values into lists that hold the highest ones, highest first, without a branch.
fn insert<const N: usize>(best: &mut [Lane; N], mut values: Lane) {
    for held in best {
        for (held, value) in held.iter_mut().zip(&mut values) {
            let (high, low) = if *value > *held { (*value, *held) } else { (*held, *value) };
            (*held, *value) = (high, low);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_and_the_lowest_are_kept_in_order() {
        let mut sums = Sums::default();
        for value in [1.0, -3.0, 2.0, 5.0, -1.0, 3.0, 4.0] {
            sums.take(&Odds { claim: [value, 0.0, -value, 1.0], ..Odds::default() }, value > 4.0);
        }
        let lane = |at: usize| sums.high.map(|lane| lane[at]);
        assert_eq!([lane(0), lane(1), lane(2)], [[5.0, 4.0, 3.0, 2.0], [0.0; 4], [3.0, 1.0, 0.0, 0.0]]);
        let low = sums.low.map(|lane| lane[0]);
        assert_eq!((low, sums.odds, sums.topic[0]), ([3.0, 1.0, 0.0], [11.0, 0.0, -11.0, 7.0], 5.0));
    }
}
