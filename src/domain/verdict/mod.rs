//! From evidence to verdicts: features, and one small explainable model over all concepts.

/// The model's weights.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {}

/// Why a text is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ModelError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl Model {
    /// Reads the weights from the text of a model file.
    pub fn parse(_text: &str) -> Result<Self, ModelError> {
        Ok(Self {})
    }
}
