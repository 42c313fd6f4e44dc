//! From a pattern's text to its tree.

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct PatternError {
    /// The column within the pattern, in characters from 1.
    pub column: usize,
    /// What would have been right there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// A pattern with the text it was parsed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    source: String,
}

impl Pattern {
    /// Parses a pattern.
    pub fn parse(source: &str) -> Result<Self, PatternError> {
        Ok(Self { source: source.to_owned() })
    }

    /// The text it was parsed from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}
