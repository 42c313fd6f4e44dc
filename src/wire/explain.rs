//! The shape of an explanation.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::explain as domain;

/// A node: what was looked at, the number it gave, and what that rests on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(no_recursion)]
pub struct Explanation {
    /// What was looked at.
    pub label: String,
    /// The number it gave, or null where it is none.
    pub value: Option<f64>,
    /// The words of the answer that it is about, or null.
    pub span: Option<Span>,
    /// What it rests on.
    pub children: Vec<Self>,
}

/// A byte span of the answer with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Span {
    /// First byte of the span in the UTF-8 answer.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Exactly the answer's bytes from `start` to `end`.
    pub quote: String,
}

impl Explanation {
    /// The wire shape of an explanation of `answer`'s grade.
    #[must_use]
    pub fn new(node: &domain::Explanation, answer: &str) -> Self {
        let span = node.span.map(|(start, end)| Span {
            start,
            end,
            quote: answer.get(start..end).unwrap_or_default().to_owned(),
        });
        let children = node.children.iter().map(|child| Self::new(child, answer)).collect();
        Self { label: node.label.clone(), value: node.value, span, children }
    }
}
