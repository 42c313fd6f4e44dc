//! The Markdown that banks use, as HTML: paragraphs, lists, fenced code; code, strong and emphasis in line.
//!
//! Everything is escaped; a construct that is not known here stays as it is written.

use std::fmt::Write as _;

/// HTML that was made here and so is safe to write out as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// The HTML.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first paragraph in line, and the rest as blocks.
pub(super) fn lead_and_rest(text: &str) -> (Markup, Markup) {
    let text = text.trim();
    let (lead, rest) = match text.split_once("\n\n") {
        Some((lead, rest)) if !lead.starts_with("```") => (lead, rest),
        _ if text.starts_with("```") => ("", text),
        _ => (text, ""),
    };
    (inline(lead), blocks(rest))
}

/// A text in line: line breaks are spaces.
pub(super) fn inline(text: &str) -> Markup {
    let mut out = String::with_capacity(text.len() + 32);
    write_inline(&mut out, text);
    Markup(out)
}

/// A text of several blocks.
pub(super) fn blocks(text: &str) -> Markup {
    let mut out = String::with_capacity(text.len() + 64);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("```") {
            out.push_str("<pre tabindex=\"0\"><code>");
            for code in lines.by_ref().take_while(|l| !l.trim_start().starts_with("```")) {
                escape(&mut out, code);
                out.push('\n');
            }
            out.push_str("</code></pre>");
        } else if let Some((tag, first)) = item(line) {
            let _ = write!(out, "<{tag}>");
            let mut text = first.to_owned();
            while let Some(next) = lines.next_if(|l| !l.trim().is_empty() && !l.trim_start().starts_with("```")) {
                if let Some((_, another)) = item(next) {
                    write_wrapped(&mut out, "li", &text);
                    another.clone_into(&mut text);
                } else {
                    text.push(' ');
                    text.push_str(next.trim());
                }
            }
            write_wrapped(&mut out, "li", &text);
            let _ = write!(out, "</{tag}>");
        } else if !line.trim().is_empty() {
            let mut text = line.trim().to_owned();
            let goes_on = |l: &&str| !l.trim().is_empty() && !l.trim_start().starts_with("```") && item(l).is_none();
            while let Some(next) = lines.next_if(goes_on) {
                text.push(' ');
                text.push_str(next.trim());
            }
            write_wrapped(&mut out, "p", &text);
        }
    }
    Markup(out)
}

/// The kind of list that a line is an item of, and the item's text.
fn item(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    if let Some(text) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(("ul", text));
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let text = line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") "))?;
    (1..=2).contains(&digits).then_some(("ol", text))
}

fn write_wrapped(out: &mut String, tag: &str, text: &str) {
    let _ = write!(out, "<{tag}>");
    write_inline(out, text);
    let _ = write!(out, "</{tag}>");
}

fn write_inline(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '\n']) {
        escape(out, &rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('\n') {
            out.push(' ');
            rest = after;
            continue;
        }
        let marker = if rest.starts_with("**") { "**" } else { &rest[..1] };
        let inner = rest[marker.len()..].split_once(marker).filter(|(inner, _)| stands_alone(inner, marker));
        if let Some((inner, after)) = inner {
            write_marked(out, marker, inner);
            rest = after;
        } else {
            escape(out, marker);
            rest = &rest[marker.len()..];
        }
    }
    escape(out, rest);
}

/// Whether a text between two markers is meant to be marked: `2 * 3 * 4` is not.
fn stands_alone(inner: &str, marker: &str) -> bool {
    let spaced = inner.starts_with(char::is_whitespace) || inner.ends_with(char::is_whitespace);
    !inner.is_empty() && (marker == "`" || !spaced)
}

fn write_marked(out: &mut String, marker: &str, inner: &str) {
    let tag = match marker {
        "`" => "code",
        "**" => "strong",
        _ => "em",
    };
    let _ = write!(out, "<{tag}>");
    if tag == "code" {
        escape(out, inner);
    } else {
        write_inline(out, inner);
    }
    let _ = write!(out, "</{tag}>");
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("a < b & c", "a &lt; b &amp; c")]
    #[case::code("run `go <f>()` now", "run <code>go &lt;f&gt;()</code> now")]
    #[case::strong("**not** here", "<strong>not</strong> here")]
    #[case::emphasis("*only* here", "<em>only</em> here")]
    #[case::nested("**the `G`**", "<strong>the <code>G</code></strong>")]
    #[case::lines("a\nb", "a b")]
    #[case::star_in_code("`*T` and `*U`", "<code>*T</code> and <code>*U</code>")]
    #[case::arithmetic("2 * 3 * 4", "2 * 3 * 4")]
    #[case::open("a ` b", "a ` b")]
    #[case::empty("a `` b", "a `` b")]
    fn writes_in_line(#[case] text: &str, #[case] html: &str) {
        assert_eq!(inline(text).as_str(), html);
    }

    #[rstest]
    #[case::paragraphs("a\nb\n\nc", "<p>a b</p><p>c</p>")]
    #[case::list("- a\n  b\n- c", "<ul><li>a b</li><li>c</li></ul>")]
    #[case::numbered("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>")]
    #[case::year("1999 was good", "<p>1999 was good</p>")]
    #[case::fence("```go\na < b\n# c\n```\nd", "<pre tabindex=\"0\"><code>a &lt; b\n# c\n</code></pre><p>d</p>")]
    #[case::html("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>")]
    fn writes_blocks(#[case] text: &str, #[case] html: &str) {
        assert_eq!(blocks(text).as_str(), html);
    }

    #[test]
    fn takes_the_first_paragraph_apart() {
        let (lead, rest) = lead_and_rest("What?\n\n```\nx\n```");
        assert_eq!((lead.as_str(), rest.as_str()), ("What?", "<pre tabindex=\"0\"><code>x\n</code></pre>"));
    }

    proptest! {
        #[test]
        fn never_lets_markup_through(text in "[a`*<>&\"\n -]{0,40}") {
            let html = blocks(&text);
            let mut bare = html.as_str().to_owned();
            for tag in ["p", "ul", "li", "strong", "em", "code", "pre"] {
                bare = bare.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "");
            }
            bare = bare.replace("<pre tabindex=\"0\">", "");
            prop_assert!(!bare.contains(['<', '>', '"']), "{}", html.as_str());
        }
    }
}
