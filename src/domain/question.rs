//! A question: what is asked and what a good answer looks like.

use super::id::QuestionId;

/// What sort of answer a question wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuestionKind {
    /// A few sentences with definite content.
    Short,
    /// Steps or items.
    List,
    /// A design or an opinion, where good answers differ.
    Open,
}

impl QuestionKind {
    /// All kinds, in the order of their names here.
    pub const ALL: [Self; 3] = [Self::Short, Self::List, Self::Open];

    /// The kind's name in files and replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::List => "list",
            Self::Open => "open",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A question of a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id, unique within the bank.
    pub id: QuestionId,
    /// The section it stands in, as a lower-case word such as `junior`.
    pub section: String,
    /// What sort of answer it wants.
    pub kind: QuestionKind,
    /// What is asked, in Markdown.
    pub prompt: String,
    /// Reference answers in Markdown, at least one; the best match counts.
    pub ideals: Vec<String>,
    /// What reviewers should know, never shown to candidates.
    pub note: Option<String>,
}
