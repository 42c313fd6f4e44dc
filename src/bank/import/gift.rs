//! GIFT, Moodle's format for text editors: short-answer questions `{=answer}`, and essays `{}` whose general feedback
//! `####…` says what a good answer holds. Questions of other types are left out, each with its line.
//!
//! Questions stand apart by blank lines; `//` opens a comment, `$CATEGORY:` a section, `::name::` a question, and `\`
//! takes the next character as it is.

use super::{Collector, Raw, html};
use crate::domain::id::QuestionId;

/// Whether a text is GIFT rather than prose: it has a category, or a question with a name or with answers in braces.
pub(super) fn is_gift(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        let named = line.strip_prefix("::").is_some_and(|rest| rest.contains("::"));
        let answered = line.split_once('{').is_some_and(|(before, rest)| {
            let is_open = !before.ends_with('\\') && rest.contains('}');
            is_open && rest.trim_start().starts_with(['=', '~']) && !before.trim().is_empty()
        });
        line.starts_with("$CATEGORY:") || named || answered
    })
}

/// Reads the questions.
pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let mut block: Vec<&str> = Vec::new();
    let mut first = 1;
    for (index, line) in text.lines().chain(std::iter::once("")).enumerate() {
        let is_comment = line.trim_start().starts_with("//");
        if let Some(path) = line.trim().strip_prefix("$CATEGORY:") {
            file(first, &mut block, collector);
            let title = path.trim().rsplit('/').next().unwrap_or_default();
            if !title.is_empty() && title != "top" {
                collector.section(title);
            }
        } else if line.trim().is_empty() {
            file(first, &mut block, collector);
        } else {
            if block.is_empty() {
                first = index + 1;
            }
            // Its line is kept, for those below it.
            block.push(if is_comment { "" } else { line });
        }
    }
}

/// Files the question of a block of lines.
fn file(first: usize, block: &mut Vec<&str>, collector: &mut Collector<'_>) {
    let skipped = block.iter().take_while(|line| line.is_empty()).count();
    let text = block.join("\n");
    block.clear();
    if !text.trim().is_empty() {
        question(first + skipped, text.trim(), collector);
    }
}

fn question(line: usize, text: &str, collector: &mut Collector<'_>) {
    let (name, text) = match text.strip_prefix("::").and_then(|rest| split(rest, "::")) {
        Some((name, rest)) => (plain(name), rest.trim_start()),
        None => (String::new(), text),
    };
    let Some((before, rest)) = split(text, "{") else {
        collector.report.warn_at(line, 1, "there are no braces here, so this asks nothing: it is left out");
        return;
    };
    let Some((answers, after)) = split(rest, "}") else {
        let at = line + text[..before.len()].matches('\n').count();
        collector.report.fault_at(at, 1, "the brace is never closed: expected `}` before the next blank line");
        return;
    };
    let (format, before) = formatted(before);
    // A question of missing words goes on behind the braces.
    let prompt =
        if after.trim().is_empty() { before.to_owned() } else { format!("{} _____ {}", before.trim(), after.trim()) };
    let prompt = readable(format, &prompt);
    let (answers, feedback) = split(answers, "####").unwrap_or((answers, ""));
    let ideals = match ideals(answers.trim(), readable(format, feedback)) {
        Ok((ideals, notes)) => {
            for note in notes {
                collector.report.warn_at(line, 1, note);
            }
            ideals
        }
        Err(what) => {
            let named = if name.is_empty() { "this question".to_owned() } else { format!("the question “{name}”") };
            collector.report.warn_at(line, 1, format!("{named} {what}: it is left out"));
            return;
        }
    };
    let id = Some(name).filter(|name| QuestionId::new(name).is_ok() && name.ends_with(|c: char| c.is_ascii_digit()));
    collector.add(Raw { line, id, prompt, ideals, ..Raw::default() });
}

/// The ideal answers of what stands in braces, and remarks; or why there are none.
fn ideals(answers: &str, feedback: String) -> Result<(Vec<String>, Vec<String>), &'static str> {
    let kind = answers.split('#').next().unwrap_or_default().trim();
    match kind {
        "" if feedback.is_empty() => return Err("is an essay without general feedback (`####`) for an ideal answer"),
        "" => return Ok((vec![feedback], Vec::new())),
        "T" | "F" | "TRUE" | "FALSE" => return Err("asks for true or false"),
        _ if answers.starts_with('#') => return Err("asks for a number alone"),
        _ => {}
    }
    let (mut ideals, mut notes) = (Vec::new(), Vec::new());
    let mut rest = answers;
    while !rest.is_empty() {
        let is_right = rest.starts_with('=');
        if !is_right && !rest.starts_with('~') {
            return Err("has braces that begin with neither `=` nor `~`");
        }
        let end = next_answer(&rest[1..]).map_or(rest.len(), |at| at + 1);
        let (answer, _) = split(&rest[1..end], "#").unwrap_or((&rest[1..end], ""));
        rest = &rest[end..];
        if !is_right {
            return Err("offers answers to choose from");
        }
        if split(answer, "->").is_some() {
            return Err("asks to match pairs");
        }
        let share = answer.trim().strip_prefix('%').and_then(|rest| rest.split_once('%'));
        match share {
            Some((share, _)) if share != "100" => {
                notes.push(format!("an answer of {share} % is no ideal answer: it is left out"));
            }
            Some((_, answer)) => ideals.push(plain(answer)),
            None => ideals.push(plain(answer)),
        }
    }
    Ok((ideals, notes))
}

/// Where the next answer begins that no `\` hides.
fn next_answer(text: &str) -> Option<usize> {
    [split(text, "="), split(text, "~")].into_iter().flatten().map(|(before, _)| before.len()).min()
}

/// The texts before and behind the first `mark` that no `\` hides.
fn split<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let mut is_hidden = false;
    for (at, c) in text.char_indices() {
        if !is_hidden && text[at..].starts_with(mark) {
            return Some((&text[..at], &text[at + mark.len()..]));
        }
        is_hidden = c == '\\' && !is_hidden;
    }
    None
}

/// What a question says of its texts in front: `[html]`, `[markdown]`, `[plain]`, `[moodle]`.
fn formatted(text: &str) -> (&str, &str) {
    let text = text.trim();
    let found = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    found.filter(|(format, _)| ["html", "markdown", "plain", "moodle"].contains(format)).unwrap_or(("", text))
}

fn readable(format: &str, text: &str) -> String {
    let text = plain(text);
    if format == "html" || text.contains("</") || text.contains("<br") { html::text(&text) } else { text }
}

/// The text without the `\` in front of what would mean something; `\n` is a line end.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('n')) => {
                chars.next();
                out.push('\n');
            }
            ('\\', Some('~' | '=' | '#' | '{' | '}' | ':' | '\\')) => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out.trim().to_owned()
}
