//! Whether a text opens with a yes or a no.
//!
//! Names the other parts of Text. To add a word, put it into its list; what only says yes or no by itself ("right", "never")
//! belongs to the lists that ask for an end behind it.

use super::Text;

/// A yes or a no at the head of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The token that says it.
    pub token: usize,
    /// Whether it is a yes.
    pub yes: bool,
}

const FILLERS: &[&str] =
    &["well", "hmm", "hm", "um", "uh", "oh", "so", "ah", "er", "honestly", "actually", "short", "answer", "in"];
const YES: &[&str] = &["yes", "yeah", "yep", "yup", "yea", "aye"];
const NO: &[&str] = &["nope", "nah"];
const YES_ALONE: &[&str] =
    &["correct", "right", "true", "sure", "indeed", "absolutely", "definitely", "certainly", "always"];
const NO_ALONE: &[&str] = &["no", "not", "never", "wrong", "false", "incorrect"];
const SUBJECTS: &[&str] = &["it", "they", "that", "this", "you", "go", "there", "i", "we"];
const VERBS: &[&str] =
    &["is", "are", "does", "do", "has", "have", "can", "will", "would", "should", "was", "did", "could"];

/// The yes or no that `text` opens with, if it does.
#[must_use]
pub fn reply(text: &Text) -> Option<Reply> {
    let word = |at: usize| text.tokens.get(at).map_or("", |t| text.word(t));
    let ends = |at: usize| at >= text.tokens.len() || text.clauses.iter().any(|c| c.tokens.start == at);
    let at = (0..4).find(|&at| !FILLERS.contains(&word(at)))?;
    let (first, next) = (word(at), word(at + 1));
    let said = |yes| Some(Reply { token: at, yes });
    if YES.contains(&first) {
        return said(true);
    }
    if NO.contains(&first) {
        return said(false);
    }
    // "No, …" and "no it has none" answer; "no thread does" says something of threads.
    if NO_ALONE.contains(&first) && (ends(at + 1) || first == "no" && SUBJECTS.contains(&next) || next == "really") {
        return said(false);
    }
    if YES_ALONE.contains(&first) && ends(at + 1) {
        return said(true);
    }
    if first == "of" && next == "course" {
        return said(word(at + 2) != "not");
    }
    let elliptic = SUBJECTS.contains(&first) && VERBS.contains(&next);
    match (elliptic, word(at + 2)) {
        (true, "not") if ends(at + 3) => said(false),
        (true, _) if ends(at + 2) => said(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;

    use super::*;
    use crate::domain::text::vocabulary::{Base, Vocabulary};

    #[rstest]
    #[case("Yes.", Some(true))]
    #[case("yep, it puts them back", Some(true))]
    #[case("No", Some(false))]
    #[case("Nope, it doesn't remember anything", Some(false))]
    #[case("no they stay", Some(false))]
    #[case("Well, of course not.", Some(false))]
    #[case("It does.", Some(true))]
    #[case("They don't, never did.", Some(false))]
    #[case("Right, always.", Some(true))]
    #[case("Not really", Some(false))]
    #[case("No thread is set aside", None)]
    #[case("Not sure about this one", None)]
    #[case("It does the polling itself", None)]
    #[case("Right after main returns", None)]
    #[case("", None)]
    fn is_read_at_the_head_alone(#[case] answer: &str, #[case] yes: Option<bool>) {
        let vocabulary = Vocabulary::new(Arc::new(Base::default()));
        let text = Text::read(answer, &mut &vocabulary);
        assert_eq!(reply(&text).map(|r| r.yes), yes);
    }
}
