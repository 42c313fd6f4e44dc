//! Styled text that knows its width on a terminal and can be wrapped.

use std::io::{self, Write};

use anstyle::Style;

use super::PLAIN;

/// One line of text in pieces of one style each, free of control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    runs: Vec<(Style, String)>,
}

impl Text {
    /// Nothing yet.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A text without style.
    #[must_use]
    pub(crate) fn plain(text: &str) -> Self {
        Self::styled(PLAIN, text)
    }

    /// A text in one style.
    #[must_use]
    pub(crate) fn styled(style: Style, text: &str) -> Self {
        let mut made = Self::new();
        made.push(style, text);
        made
    }

    /// Adds a piece; control characters become visible ones.
    pub(crate) fn push(&mut self, style: Style, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.runs.last_mut() {
            Some((last, run)) if *last == style => run.extend(text.chars().flat_map(visible)),
            _ => self.runs.push((style, text.chars().flat_map(visible).collect())),
        }
    }

    /// The same text with one more piece.
    #[must_use]
    pub(crate) fn and(mut self, style: Style, text: &str) -> Self {
        self.push(style, text);
        self
    }

    /// Adds all pieces of `other`.
    pub(crate) fn append(&mut self, other: &Self) {
        for (style, run) in &other.runs {
            self.push(*style, run);
        }
    }

    /// Its width in columns.
    #[must_use]
    pub(crate) fn width(&self) -> usize {
        self.runs.iter().map(|(_, run)| width_of(run)).sum()
    }

    /// Whether there is nothing to see.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Writes it with its styles as ANSI escapes.
    pub(crate) fn write_to(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        for (style, run) in &self.runs {
            write!(out, "{style}{run}{style:#}")?;
        }
        Ok(())
    }

    /// Breaks it at spaces into lines of at most `width` columns; longer words are cut. Spaces at its beginning
    /// stay, as they are an answer's own indentation; spaces at a break vanish.
    #[must_use]
    pub(crate) fn wrap(&self, width: usize) -> Vec<Self> {
        let width = width.max(1);
        let mut lines = vec![Self::new()];
        let mut column = 0;
        let mut gap = Self::new();
        for word in self.words() {
            if word.is_space() {
                gap = word;
                continue;
            }
            let (space, own) = (gap.width(), word.width());
            if column + space + own <= width {
                column += space + own;
                let line = last(&mut lines);
                line.append(&gap);
                line.append(&word);
            } else {
                if column > 0 {
                    lines.push(Self::new());
                }
                column = word.cut_into(&mut lines, width);
            }
            gap = Self::new();
        }
        lines
    }

    fn is_space(&self) -> bool {
        self.runs.iter().all(|(_, run)| run.starts_with(' '))
    }

    /// Its words and the gaps between them, in order.
    fn words(&self) -> Vec<Self> {
        let mut words: Vec<Self> = Vec::new();
        let mut in_space = None;
        for (style, run) in &self.runs {
            for piece in run.split_inclusive(' ') {
                let (word, space) = piece.strip_suffix(' ').map_or((piece, ""), |word| (word, " "));
                for (part, is_space) in [(word, false), (space, true)] {
                    if part.is_empty() {
                        continue;
                    }
                    if in_space == Some(is_space) {
                        last(&mut words).push(*style, part);
                    } else {
                        words.push(Self::styled(*style, part));
                        in_space = Some(is_space);
                    }
                }
            }
        }
        words
    }

    /// Puts a word on the last line, on further ones where it is too long; the column it ends at.
    fn cut_into(&self, lines: &mut Vec<Self>, width: usize) -> usize {
        let mut column = 0;
        for (style, run) in &self.runs {
            for c in run.chars() {
                let own = char_width(c);
                if column + own > width && column > 0 {
                    lines.push(Self::new());
                    column = 0;
                }
                column += own;
                last(lines).push(*style, c.encode_utf8(&mut [0; 4]));
            }
        }
        column
    }
}

fn last(lines: &mut [Text]) -> &mut Text {
    lines.last_mut().expect("a list that begins with one line never gets shorter")
}

/// What stands for a character on a page: itself, or a picture of it where it would steer the terminal or hide text.
fn visible(c: char) -> impl Iterator<Item = char> {
    let (shown, times) = match c {
        '\t' => (' ', 4),
        '\u{0}'..='\u{1f}' => (char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'), 1),
        '\u{7f}' => ('\u{2421}', 1),
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ('\u{fffd}', 1),
        '\u{2028}' | '\u{2029}' => (' ', 1),
        _ => (c, 1),
    };
    std::iter::repeat_n(shown, times)
}

/// The width of a text in columns.
#[must_use]
pub(crate) fn width_of(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// The width of a character in columns: 0 where it joins the one before it, 2 for East Asian wide ones and emoji.
///
/// The ranges are coarse on purpose: a wrong guess moves a border by a column, and a table of every exception would
/// be the largest file here.
fn char_width(c: char) -> usize {
    match c {
        '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ if unicode_normalization::char::is_combining_mark(c) => 0,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::{BAD, GOOD};
    use rstest::rstest;

    #[track_caller]
    fn check(text: &str, width: usize, expected: &[&str]) {
        let lines: Vec<String> = Text::plain(text).wrap(width).iter().map(plain).collect();
        assert_eq!(lines, expected, "{text:?} at {width}");
    }

    fn plain(text: &Text) -> String {
        text.runs.iter().map(|(_, run)| run.as_str()).collect()
    }

    #[rstest]
    #[case::fits("one two", 7, &["one two"])]
    #[case::breaks_at_a_space("one two", 6, &["one", "two"])]
    #[case::cuts_a_long_word("abcdefgh ij", 3, &["abc", "def", "gh", "ij"])]
    #[case::keeps_the_indentation("    code here", 20, &["    code here"])]
    #[case::drops_spaces_at_a_break("one   two", 4, &["one", "two"])]
    #[case::nothing("", 10, &[""])]
    #[case::wide_characters("漢字 漢字", 5, &["漢字", "漢字"])]
    #[case::joining_marks("e\u{301}e\u{301} x", 4, &["e\u{301}e\u{301} x"])]
    fn wraps(#[case] text: &str, #[case] width: usize, #[case] expected: &[&str]) {
        check(text, width, expected);
    }

    #[test]
    fn a_word_in_two_styles_is_not_torn() {
        let text = Text::styled(GOOD, "ab").and(BAD, "cd").and(PLAIN, " ef");
        let lines: Vec<String> = text.wrap(5).iter().map(plain).collect();
        assert_eq!(lines, ["abcd", "ef"]);
    }

    #[test]
    fn control_characters_become_visible() {
        let shown = plain(&Text::plain("a\u{1b}[31mb\rc\u{202e}d\te\u{9b}"));
        assert_eq!(shown, "a\u{241b}[31mb\u{240d}c\u{fffd}d    e\u{fffd}");
        assert!(!shown.contains(char::is_control));
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        let text = Text::plain("The scheduler hands the processor over, 漢字漢字漢字 and so on, runtime.Goexit()");
        for width in 2..40 {
            for line in text.wrap(width) {
                assert!(line.width() <= width, "{} at {width}", plain(&line));
            }
        }
    }
}
