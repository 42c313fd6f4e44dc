//! Words that point in opposite directions: a text that says the one of where another says the other gainsays it.
//!
//! Names [`text`](crate::domain::text) only. The words stand in `opposite.txt`; to add some, put them into a line there.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::alike::base;
use crate::domain::text::vocabulary::stem;

static TABLE: LazyLock<FxHashMap<String, Vec<Direction>>> = LazyLock::new(|| read(include_str!("opposite.txt")));

/// A line of the file, and which of its two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Direction {
    /// The number of the line among those that hold words.
    pub pair: u16,
    /// Whether it is the side after the bar.
    pub second: bool,
}

impl Direction {
    /// The other side of the same line.
    #[must_use]
    pub const fn turned(self) -> Self {
        Self { second: !self.second, ..self }
    }
}

fn read(text: &str) -> FxHashMap<String, Vec<Direction>> {
    let mut table: FxHashMap<String, Vec<Direction>> = FxHashMap::default();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    for (pair, line) in (0..).zip(lines) {
        for (second, side) in [false, true].into_iter().zip(line.split('|')) {
            for word in side.split_whitespace() {
                let direction = Direction { pair, second };
                // Function words are looked up as they are written.
                for key in [stem(base(word)), word.to_owned()] {
                    let directions = table.entry(key).or_default();
                    if !directions.contains(&direction) {
                        directions.push(direction);
                    }
                }
            }
        }
    }
    table
}

/// The directions of a stem, or of a word as the file writes it.
#[must_use]
pub fn directions(word: &str) -> &'static [Direction] {
    TABLE.get(word).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::comparatives("larger", "smaller", true)]
    #[case::verbs("increases", "decreased", true)]
    #[case::counts("one", "many", true)]
    #[case::the_same_side("faster", "quicker", false)]
    #[case::other_words("mutex", "thread", false)]
    fn words_point_in_opposite_directions(#[case] a: &str, #[case] b: &str, #[case] expected: bool) {
        let of = |word: &str| directions(&stem(base(word)));
        assert_eq!(of(a).iter().any(|direction| of(b).contains(&direction.turned())), expected, "{a} {b}");
    }

    #[test]
    fn every_line_has_two_sides_and_no_word_on_both() {
        let lines = include_str!("opposite.txt").lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty());
        for line in lines {
            assert_eq!(line.split('|').count(), 2, "{line}");
        }
        for (word, of) in TABLE.iter() {
            assert!(of.iter().all(|direction| !of.contains(&direction.turned())), "{word} stands on both sides");
        }
    }
}
