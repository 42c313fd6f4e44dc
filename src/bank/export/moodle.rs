//! Moodle's XML: an essay question for each of ours, with the ideal answers as information for graders.

use std::fmt::Write as _;

use super::{Entry, Part, Whole};
use crate::bank::exchange::ALTERNATIVE;

/// What a question holds beside itself.
pub(super) const HELD: &[Part] = &[Part::MoreIdeals];

/// Writes the quiz. Texts stay Markdown, which Moodle knows.
pub(super) fn write(whole: &Whole<'_>) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n".to_owned();
    let mut section = None;
    for entry in &whole.entries {
        let id = &entry.question.section;
        if section != Some(id) {
            section = Some(id);
            // A slash would open a category within it.
            let path = [whole.name.as_str(), whole.title(id)].map(|part| part.replace('/', "//")).join("/");
            let text = escaped(&format!("$course$/top/{path}"));
            write!(
                out,
                "  <question type=\"category\">\n    <category><text>{text}</text></category>\n  </question>\n"
            )
            .expect("writing to a string cannot fail");
        }
        question(&mut out, entry);
    }
    out.push_str("</quiz>\n");
    out
}

fn question(out: &mut String, entry: &Entry<'_>) {
    let question = &entry.question;
    let name = escaped(question.id.as_str());
    let (prompt, ideals) =
        (escaped(&question.prompt), escaped(&question.ideals.join(&format!("\n\n{ALTERNATIVE}\n\n"))));
    write!(
        out,
        "  <question type=\"essay\">\n    <name><text>{name}</text></name>\n    \
         <questiontext format=\"markdown\"><text>{prompt}</text></questiontext>\n    \
         <generalfeedback format=\"markdown\"><text></text></generalfeedback>\n    \
         <defaultgrade>1.0000000</defaultgrade>\n    <penalty>0.0000000</penalty>\n    <hidden>0</hidden>\n    \
         <idnumber>{name}</idnumber>\n    <responseformat>plain</responseformat>\n    \
         <responserequired>1</responserequired>\n    <responsefieldlines>15</responsefieldlines>\n    \
         <attachments>0</attachments>\n    <attachmentsrequired>0</attachmentsrequired>\n    \
         <graderinfo format=\"markdown\"><text>{ideals}</text></graderinfo>\n    \
         <responsetemplate format=\"markdown\"><text></text></responsetemplate>\n  </question>\n"
    )
    .expect("writing to a string cannot fail");
}

/// The text as XML's content. Characters that XML does not know, of which no text for people has any, are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
