//! Names of things: newtypes that are valid once they exist.

use std::fmt;
use std::sync::Arc;

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a valid {what}: expected 1 to 64 letters, digits, `-` or `_`, beginning with a letter or digit"
)]
pub struct IdError {
    what: &'static str,
    text: String,
}

fn is_valid(text: &str) -> bool {
    let head = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    head && text.len() <= 64 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks the spelling: 1 to 64 ASCII letters, digits, `-` or `_`.
            pub fn new(text: &str) -> Result<Self, IdError> {
                if is_valid(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(IdError { what: $what, text: text.chars().take(80).collect() })
                }
            }

            /// The identifier's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// The name of a bank, such as `go-runtime`.
    BankName,
    "bank name"
);
id!(
    /// The id of a question within its bank, such as `Q4`.
    QuestionId,
    "question id"
);
id!(
    /// The id of a concept or misconception within its rubric, such as `runs-defers`.
    ConceptId,
    "concept id"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_usual_spellings_and_refuses_paths() {
        for good in ["Q4", "runs-defers", "go_runtime", "1"] {
            assert!(ConceptId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "../etc", "a b", "ä", &"x".repeat(65)] {
            assert!(ConceptId::new(bad).is_err(), "{bad}");
        }
    }
}
