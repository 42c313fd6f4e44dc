//! A score as a bar, and its interval as a ruler below it.

/// A bar of `cells` columns, filled up to `value` (0 to 1) in eighths of a column.
#[must_use]
pub(crate) fn bar(value: f64, cells: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = position(value, cells * 8);
    let (full, rest) = (eighths / 8, EIGHTHS[eighths % 8]);
    let empty = cells - full - usize::from(!rest.is_empty());
    format!("{}{rest}{}", "█".repeat(full), "░".repeat(empty))
}

/// A ruler of at most `cells` columns that spans `low` to `high` (0 to 1), to stand under a [`bar`] of `cells`.
#[must_use]
pub(crate) fn ruler(low: f64, high: f64, cells: usize) -> String {
    let from = position(low, cells).min(cells.saturating_sub(1));
    let to = position(high, cells).clamp(from + 1, cells.max(from + 1));
    let before = " ".repeat(from);
    match to - from {
        1 => format!("{before}│"),
        wide => format!("{before}├{}┤", "─".repeat(wide - 2)),
    }
}

/// A share as whole per cent.
#[must_use]
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Where `value` lies on a scale of `cells`; values outside 0 to 1 lie at its ends.
#[expect(clippy::cast_sign_loss, reason = "the value is clamped to 0..=1 before")]
fn position(value: f64, cells: usize) -> usize {
    let value = if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 };
    (value * cells as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::width_of;
    use rstest::rstest;

    #[rstest]
    #[case(0.0, "░░░░░░░░░░")]
    #[case(0.5, "█████░░░░░")]
    #[case(0.55, "█████▌░░░░")]
    #[case(1.0, "██████████")]
    #[case(7.0, "██████████")]
    #[case(f64::NAN, "░░░░░░░░░░")]
    fn bars(#[case] value: f64, #[case] expected: &str) {
        assert_eq!(bar(value, 10), expected);
    }

    #[rstest]
    #[case(0.0, 1.0, "├────────┤")]
    #[case(0.3, 0.6, "   ├─┤")]
    #[case(0.5, 0.5, "     │")]
    #[case(1.0, 1.0, "         │")]
    fn rulers(#[case] low: f64, #[case] high: f64, #[case] expected: &str) {
        assert_eq!(ruler(low, high, 10), expected);
    }

    #[test]
    fn every_bar_is_as_wide_as_asked() {
        for step in 0..=1000 {
            assert_eq!(width_of(&bar(f64::from(step) / 1000.0, 30)), 30);
        }
    }
}
