//! The words of the field, shared by all rubrics: what means the same, what points in opposite
//! directions, and which words are spelt right as they stand.

/// Forms that are interchangeable when somebody makes a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The name that patterns use, as in `{stw}`.
    pub name: String,
    /// One word or several side by side, lower case.
    pub forms: Vec<String>,
}

/// Two sets of words that point in opposite directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opposite {
    /// One direction.
    pub a: Vec<String>,
    /// The other.
    pub b: Vec<String>,
}

/// The lexicon as its file gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// Words that mean the same.
    pub groups: Vec<Group>,
    /// Words that point in opposite directions.
    pub opposites: Vec<Opposite>,
    /// Correct words that are never taken for slips.
    pub known: Vec<String>,
}
