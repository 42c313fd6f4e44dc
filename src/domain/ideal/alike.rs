//! Words of everyday English that stand for each other: irregular forms of one word, and words for the same thing.
//!
//! Names [`text`](crate::domain::text) only. The words stand in `alike.txt`; to add one, put it into a line there.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::domain::text::vocabulary::stem;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(include_str!("alike.txt")));

#[derive(Debug, Default)]
struct Table {
    /// The word of which a form is an irregular one.
    bases: FxHashMap<&'static str, &'static str>,
    /// The numbers of the lines that a stem stands in, in order.
    groups: FxHashMap<String, Vec<u16>>,
}

impl Table {
    fn new(text: &'static str) -> Self {
        let mut table = Self::default();
        let lines = || text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        for forms in lines().filter_map(|line| line.strip_prefix("= ")) {
            let mut words = forms.split_whitespace();
            let Some(base) = words.next() else { continue };
            for form in words {
                table.bases.entry(form).or_insert(base);
            }
        }
        for (number, line) in (0..).zip(lines().filter(|line| !line.starts_with('='))) {
            for word in line.split_whitespace() {
                let key = stem(table.bases.get(word).copied().unwrap_or(word));
                let groups = table.groups.entry(key).or_default();
                if groups.last() != Some(&number) {
                    groups.push(number);
                }
            }
        }
        table
    }
}

/// The word of which `form` is an irregular form, such as `freeze` for `frozen`; `form` itself otherwise.
#[must_use]
pub fn base(form: &str) -> &str {
    TABLE.bases.get(form).copied().unwrap_or(form)
}

/// The numbers of the groups of words that a stem belongs to; words that share one can stand for each other.
#[must_use]
pub fn groups(stem: &str) -> &'static [u16] {
    TABLE.groups.get(stem).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::verb("frozen", "freeze")]
    #[case::comparative("heavier", "heavy")]
    #[case::plural("vertices", "vertex")]
    #[case::regular("evaporated", "evaporated")]
    fn irregular_forms_have_a_base(#[case] form: &str, #[case] expected: &str) {
        assert_eq!(base(form), expected);
    }

    #[track_caller]
    fn check_shares(a: &str, b: &str, expected: bool) {
        let (a, b) = (stem(base(a)), stem(base(b)));
        assert_eq!(groups(&a).iter().any(|g| groups(&b).contains(g)), expected, "{a} {b}");
    }

    #[test]
    fn words_for_the_same_thing_share_a_group() {
        check_shares("bigger", "large", true);
        check_shares("vibrates", "shaking", true);
        check_shares("increases", "decreases", false);
        check_shares("goroutine", "thread", false);
    }

    #[test]
    fn every_form_has_one_base_and_no_base_has_another() {
        for (form, base) in &TABLE.bases {
            assert_ne!(form, base);
            let other = TABLE.bases.get(base);
            assert!(other.is_none(), "{form} is a form of {base}, which is one of {other:?}");
        }
    }
}
