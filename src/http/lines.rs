//! Cutting a stream of bytes into lines, with a limit on each and none on how many.

/// A line of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, from 1; blank lines count.
    pub(super) number: u64,
    /// What stands in it.
    pub(super) text: Text,
}

/// What stands in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    /// Its bytes, without the line break.
    Whole(Vec<u8>),
    /// More bytes than a line may have; they are gone.
    TooLong,
    /// The client fell silent before the line was complete.
    Stalled,
}

impl Line {
    /// What it costs to keep it, in bytes.
    pub(super) fn cost(&self) -> usize {
        let text = if let Text::Whole(bytes) = &self.text { bytes.len() } else { 0 };
        text + size_of::<Self>()
    }
}

/// Cuts what it is fed into lines. Holds at most one line of at most the limit.
#[derive(Debug)]
pub(super) struct Lines {
    limit: usize,
    number: u64,
    partial: Vec<u8>,
    skipping: bool,
}

impl Lines {
    /// Lines of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, number: 0, partial: Vec::new(), skipping: false }
    }

    /// The number that the next line will have.
    pub(super) fn next_number(&self) -> u64 {
        self.number + 1
    }

    /// Takes more bytes; appends the lines that they complete. Blank lines are counted and left out.
    ///
    /// Lines are copied: a slice would keep its whole piece of input alive, however short it is itself.
    pub(super) fn feed(&mut self, data: &[u8], out: &mut Vec<Line>) {
        let mut rest = data;
        while let Some(end) = rest.iter().position(|b| *b == b'\n') {
            self.keep(&rest[..end]);
            self.emit(out);
            rest = &rest[end + 1..];
        }
        self.keep(rest);
    }

    /// The last line, where no line break follows it.
    pub(super) fn finish(&mut self, out: &mut Vec<Line>) {
        self.emit(out);
    }

    fn keep(&mut self, data: &[u8]) {
        if self.skipping || self.partial.len() + data.len() > self.limit {
            self.skipping = true;
            self.partial = Vec::new();
        } else {
            self.partial.extend_from_slice(data);
        }
    }

    fn emit(&mut self, out: &mut Vec<Line>) {
        self.number += 1;
        let bytes = std::mem::take(&mut self.partial);
        let text = if std::mem::take(&mut self.skipping) { Text::TooLong } else { Text::Whole(bytes) };
        if !matches!(&text, Text::Whole(bytes) if bytes.trim_ascii().is_empty()) {
            out.push(Line { number: self.number, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn cut(limit: usize, pieces: &[&str]) -> Vec<(u64, Option<String>)> {
        let mut lines = Lines::new(limit);
        let mut out = Vec::new();
        for piece in pieces {
            lines.feed(piece.as_bytes(), &mut out);
        }
        lines.finish(&mut out);
        let text = |line: Line| match line.text {
            Text::Whole(bytes) => Some(String::from_utf8(bytes).unwrap()),
            Text::TooLong | Text::Stalled => None,
        };
        out.into_iter().map(|line| (line.number, text(line))).collect()
    }

    #[rstest]
    #[case::nothing(&[], &[])]
    #[case::one(&["ab\n"], &[(1, Some("ab"))])]
    #[case::no_last_break(&["ab\ncd"], &[(1, Some("ab")), (2, Some("cd"))])]
    #[case::in_pieces(&["a", "b\nc", "d\n"], &[(1, Some("ab")), (2, Some("cd"))])]
    #[case::blank_ones_count(&["a\n\n  \r\nb\n"], &[(1, Some("a")), (4, Some("b"))])]
    #[case::windows(&["a\r\nb\r\n"], &[(1, Some("a\r")), (2, Some("b\r"))])]
    #[case::just_fits(&["12345\n"], &[(1, Some("12345"))])]
    #[case::too_long(&["123456\nb\n"], &[(1, None), (2, Some("b"))])]
    #[case::too_long_in_pieces(&["1234", "56", "78", "\nb\n"], &[(1, None), (2, Some("b"))])]
    #[case::too_long_at_the_end(&["a\n123456"], &[(1, Some("a")), (2, None)])]
    fn cuts(#[case] pieces: &[&str], #[case] expected: &[(u64, Option<&str>)]) {
        let expected: Vec<_> = expected.iter().map(|(n, text)| (*n, text.map(str::to_owned))).collect();
        assert_eq!(cut(5, pieces), expected);
    }

    proptest! {
        #[test]
        fn where_the_pieces_end_does_not_matter(text in "[ab\n]{0,60}", at in 0usize..60) {
            let at = at.min(text.len());
            prop_assert_eq!(cut(5, &[&text]), cut(5, &[&text[..at], &text[at..]]));
        }

        #[test]
        fn never_holds_more_than_the_limit(pieces in proptest::collection::vec("[ab\n]{0,9}", 0..20)) {
            let mut lines = Lines::new(5);
            for piece in &pieces {
                lines.feed(piece.as_bytes(), &mut Vec::new());
                prop_assert!(lines.partial.len() <= 5);
            }
        }
    }
}
