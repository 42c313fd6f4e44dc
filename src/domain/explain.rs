//! Why a grade is what it is, as a tree that people can read.

/// A node: what was looked at, the number it gave, and what that rests on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanation {
    /// What was looked at.
    pub label: String,
    /// The number it gave, if it is one.
    pub value: Option<f64>,
    /// A byte span of the answer that it is about, if any.
    pub span: Option<(usize, usize)>,
    /// What it rests on.
    pub children: Vec<Self>,
}

impl Explanation {
    /// A node without a number.
    #[must_use]
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// The same node with a number.
    #[must_use]
    pub fn value(mut self, value: f64) -> Self {
        self.value = Some(value);
        self
    }

    /// The same node about a span of the answer.
    #[must_use]
    pub fn span(mut self, start: usize, end: usize) -> Self {
        self.span = Some((start, end));
        self
    }

    /// The same node with one more child.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }
}
