//! Tables: columns as wide as their widest cell, the last one wrapped into the room that is left.

use super::{HEADING, Text};

/// To which side a column leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Columns between two cells.
const GAP: usize = 2;
/// The least room of the last column, even where the page is too narrow for it.
const LEAST: usize = 16;

/// Rows of cells. A cell of the last column may hold several lines.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    aligns: Vec<Align>,
    rows: Vec<(Vec<Text>, Vec<Text>)>,
}

impl Table {
    /// An empty table; there is one more column than `aligns`, which leans left.
    #[must_use]
    pub(crate) fn new(aligns: &[Align]) -> Self {
        Self { aligns: aligns.to_vec(), rows: Vec::new() }
    }

    /// The same table under a row of titles.
    #[must_use]
    pub(crate) fn titled(mut self, titles: &[&str]) -> Self {
        let mut cells: Vec<Text> = titles.iter().map(|title| Text::styled(HEADING, title)).collect();
        let last = cells.pop().unwrap_or_default();
        self.row(cells, vec![last]);
        self
    }

    /// Adds a row: a cell for each column that leans, and the lines of the last one.
    pub(crate) fn row(&mut self, cells: Vec<Text>, last: Vec<Text>) {
        debug_assert_eq!(cells.len(), self.aligns.len(), "a cell for each column");
        self.rows.push((cells, last));
    }

    /// The table's lines, at most `width` columns wide where that leaves the last column room.
    #[must_use]
    pub(crate) fn layout(&self, width: usize) -> Vec<Text> {
        let widths: Vec<usize> = (0..self.aligns.len())
            .map(|column| self.rows.iter().map(|(cells, _)| cells[column].width()).max().unwrap_or(0))
            .collect();
        let before: usize = widths.iter().map(|w| w + GAP).sum();
        let room = width.saturating_sub(before).max(LEAST);
        let mut lines = Vec::new();
        for (cells, last) in &self.rows {
            let wrapped = last.iter().flat_map(|line| line.wrap(room));
            for (i, tail) in wrapped.enumerate() {
                let mut line = if i == 0 { self.cells(cells, &widths) } else { Text::plain(&" ".repeat(before)) };
                line.append(&tail);
                lines.push(line);
            }
        }
        lines
    }

    fn cells(&self, cells: &[Text], widths: &[usize]) -> Text {
        let mut line = Text::new();
        for ((cell, width), align) in cells.iter().zip(widths).zip(&self.aligns) {
            let fill = " ".repeat(width.saturating_sub(cell.width()));
            if *align == Align::Right {
                line.push(super::PLAIN, &fill);
            }
            line.append(cell);
            if *align == Align::Left {
                line.push(super::PLAIN, &fill);
            }
            line.push(super::PLAIN, &" ".repeat(GAP));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::Page;

    #[test]
    fn columns_line_up_and_the_last_one_wraps() {
        let mut table = Table::new(&[Align::Left, Align::Right]).titled(&["id", "n", "prompt"]);
        table.row(vec![Text::plain("Q4"), Text::plain("10")], vec![Text::plain("What does it do to the others?")]);
        table.row(vec![Text::plain("Q12"), Text::plain("3")], vec![Text::plain("Why?"), Text::plain("And how?")]);
        let mut out = Vec::new();
        Page::new(&mut out, 29).table(1, &table).unwrap();
        let shown = anstream::adapter::strip_bytes(&out).into_vec();
        insta::assert_snapshot!(String::from_utf8(shown).unwrap(), @"
         id    n  prompt
         Q4   10  What does it do to
                  the others?
         Q12   3  Why?
                  And how?
        ");
    }
}
