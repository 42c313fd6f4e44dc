//! CSV: a question a row, with the headings that `viva import` knows.

use super::{Part, Whole};

/// What a row holds beside the question itself.
pub(super) const HELD: &[Part] = &[Part::Notes];

/// Writes the table, with the line ends that RFC 4180 asks for.
pub(super) fn write(whole: &Whole<'_>) -> String {
    let mut out = "id,section,kind,question,answer,note\r\n".to_owned();
    for entry in &whole.entries {
        let question = &entry.question;
        let fields = [
            question.id.as_str(),
            whole.title(&question.section),
            question.kind.as_str(),
            &question.prompt,
            question.ideals.first().map_or("", String::as_str),
            question.note.as_deref().unwrap_or_default(),
        ];
        out.push_str(&fields.map(field).join(","));
        out.push_str("\r\n");
    }
    out
}

fn field(text: &str) -> String {
    let is_plain = !text.contains([',', '"', '\n', '\r', ';', '\t']) && text.trim() == text;
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}
