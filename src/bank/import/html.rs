//! Texts of Moodle's in our Markdown: HTML without its tags, lists, emphasis and code kept.
//!
//! What people write in Moodle's editor is a few dozen tags; whatever is unknown is left out and its text kept. A
//! browser's reading of broken HTML is not needed: a tag that is never closed changes nothing here.

/// The text of a piece of HTML.
pub(super) fn text(html: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        writer.push(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('<') { writer.tag(rest) } else { writer.entity(rest) };
    }
    writer.push(rest);
    writer.finish()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Whether line ends and spaces stand as they are.
    is_pre: bool,
    /// Open lists; the next number of a numbered one.
    lists: Vec<Option<usize>>,
}

impl Writer {
    fn push(&mut self, text: &str) {
        if self.is_pre {
            self.out.push_str(text);
            return;
        }
        for c in text.chars() {
            // A no-break space of the editor's is a space to us.
            if !c.is_whitespace() {
                self.out.push(c);
            } else if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
                self.out.push(' ');
            }
        }
    }

    /// Ends the line, and leaves `blank` lines behind it.
    fn line(&mut self, blank: usize) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        let ends = self.out.len() - self.out.trim_end_matches('\n').len();
        if !self.out.is_empty() {
            (ends..=blank).for_each(|_| self.out.push('\n'));
        }
    }

    /// Takes the tag at the beginning, and gives what is behind it.
    fn tag<'h>(&mut self, html: &'h str) -> &'h str {
        if let Some(comment) = html.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, rest)| rest);
        }
        let is_tag = html[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let Some(end) = html.find('>').filter(|_| is_tag) else {
            self.push("<");
            return &html[1..];
        };
        let inner = html[1..end].trim_end_matches('/');
        let name = inner.split(char::is_whitespace).next().unwrap_or_default().to_ascii_lowercase();
        self.element(&name);
        let rest = &html[end + 1..];
        match name.as_str() {
            // Its text is for no reader.
            "script" | "style" => rest.find(&format!("</{name}")).map_or("", |at| &rest[at..]),
            _ => rest,
        }
    }

    fn element(&mut self, name: &str) {
        match name {
            "br" | "div" | "/div" | "tr" | "/tr" | "/li" => self.line(0),
            "p" | "/p" | "table" | "/table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "/h1" | "/h2" | "/h3"
            | "/h4" | "/h5" | "/h6" | "blockquote" | "/blockquote" => {
                // A paragraph within an item belongs to its line.
                let is_item = self.out.ends_with("- ") || self.out.ends_with(". ") && !self.lists.is_empty();
                if !is_item {
                    self.line(usize::from(self.lists.is_empty()));
                }
            }
            "ul" | "ol" => {
                self.line(usize::from(self.lists.is_empty()));
                self.lists.push(Some(1).filter(|_| name == "ol"));
            }
            "/ul" | "/ol" => {
                self.lists.pop();
                self.line(usize::from(self.lists.is_empty()));
            }
            "li" => {
                self.line(0);
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.out.push_str(&number.to_string());
                        self.out.push_str(". ");
                        *number += 1;
                    }
                    _ => self.out.push_str("- "),
                }
            }
            "pre" => {
                self.line(1);
                self.out.push_str("```\n");
                self.is_pre = true;
            }
            "/pre" if self.is_pre => {
                self.is_pre = false;
                self.line(0);
                self.out.push_str("```\n\n");
            }
            "code" | "/code" | "tt" | "/tt" | "kbd" | "/kbd" if !self.is_pre => self.out.push('`'),
            "b" | "/b" | "strong" | "/strong" if !self.is_pre => self.out.push_str("**"),
            "td" | "th" => self.push(" "),
            _ => {}
        }
    }

    /// Takes the entity at the beginning, and gives what is behind it. What is none stands as it is.
    fn entity<'h>(&mut self, html: &'h str) -> &'h str {
        let known = html[1..].split_once(';').filter(|(name, _)| name.len() <= 8);
        if let Some((c, rest)) = known.and_then(|(name, rest)| Some((character(name)?, rest))) {
            self.push(c.encode_utf8(&mut [0; 4]));
            rest
        } else {
            self.push("&");
            &html[1..]
        }
    }

    fn finish(mut self) -> String {
        if self.is_pre {
            self.element("/pre");
        }
        self.out.trim().to_owned()
    }
}

/// What an entity stands for.
fn character(name: &str) -> Option<char> {
    const NAMED: [(&str, char); 24] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("times", '×'),
        ("le", '≤'),
        ("ge", '≥'),
        ("ne", '≠'),
        ("rarr", '→'),
        ("deg", '°'),
        ("micro", 'µ'),
        ("middot", '·'),
        ("bull", '•'),
    ];
    match name.strip_prefix('#') {
        Some(number) => {
            let hex = number.strip_prefix(['x', 'X']).map(|hex| u32::from_str_radix(hex, 16));
            char::from_u32(hex.unwrap_or_else(|| number.parse()).ok()?).filter(|c| *c != '\0')
        }
        None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::paragraphs("<p>Why?</p>\n<p>Say  more.</p>", "Why?\n\nSay more.")]
    #[case::a_list("Two:<ul><li><p>one</p></li><li>two</li></ul>So.", "Two:\n\n- one\n- two\n\nSo.")]
    #[case::a_numbered_list("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two")]
    #[case::code("Use <code>a&lt;b</code>:<pre>x\n  y</pre>", "Use `a<b`:\n\n```\nx\n  y\n```")]
    #[case::emphasis("<b>Not</b> <i class=\"x\">so</i>&nbsp;fast&#33;&#x21;", "**Not** so fast!!")]
    #[case::what_is_no_tag("1 < 2 & 3 > 2 &unknown; <3", "1 < 2 & 3 > 2 &unknown; <3")]
    #[case::nobody_reads_that("a<style>b{}</style><!-- c -->d", "ad")]
    #[case::plain("As it is", "As it is")]
    fn keeps_what_people_read(#[case] html: &str, #[case] expected: &str) {
        assert_eq!(text(html), expected);
    }

    proptest! {
        #[test]
        fn any_text_is_read(html in "(<[/a-z]{0,5}>|&#?[a-z0-9]{0,5};|[a-z <>&\n]|\\PC){0,40}") {
            let read = text(&html);
            prop_assert_eq!(read.trim(), read.as_str());
        }
    }
}
