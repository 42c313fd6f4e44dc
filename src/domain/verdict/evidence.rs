//! What the two sources say about one window and one claim, before it is weighed.

/// How like a window is to the nearest phrase of one label.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Likeness {
    /// Number of the phrase, if any shares a word.
    pub phrase: Option<u32>,
    /// The blend that ranks phrases, 0 to 1.
    pub alike: f32,
    /// Share of the phrase's weight that the window has.
    pub recall: f32,
    /// Share of the window's weight that the phrase has.
    pub precision: f32,
    /// Share of what both have that one of them negates.
    pub turned: f32,
}

/// What the phrases say about one claim in one window.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ClaimEvidence {
    /// The nearest paraphrase.
    pub paraphrase: Likeness,
    /// Mean likeness of the three nearest paraphrases.
    pub paraphrases: f32,
    /// The nearest half of the claim.
    pub half: f32,
    /// The nearest opposite.
    pub opposite: Likeness,
    /// The nearest contrast: the same words without the claim.
    pub contrast: f32,
    /// The claim's own statement.
    pub claim: f32,
    /// Mean log-odds of the window's words for the claim against the question's other phrases.
    pub odds: f32,
    /// Sum of the four highest of them.
    pub odds_for: f32,
    /// Sum of the three lowest of them.
    pub odds_against: f32,
    /// Mean log-odds of the window's words for the opposite against the claim.
    pub odds_opposite: f32,
    /// Likeness to the nearest paraphrase with its negations turned: the window denies what the claim says.
    pub denied: f32,
    /// Likeness to the nearest opposite with its negations turned: the window denies the reverse of the claim.
    pub opposite_denied: f32,
    /// Sum of the four highest log-odds of the window's words for the opposite against the claim.
    pub odds_opposite_for: f32,
    /// Directions of the nearest paraphrase that the window has the other way round, less those that agree.
    pub against_direction: f32,
    /// 1 where the window has the nearest paraphrase's numbers, -1 where it has others of their kind, else 0.
    pub number: f32,
    /// 1 where the window, or what leads up to it, names an identifier that the nearest paraphrase names, -1 where it names
    /// others alone, else 0.
    pub name: f32,
    /// Log-odds that the claim loses for features that most of its paraphrases have and the window lacks, as a positive
    /// number.
    pub absent: f32,
    /// Sum of the log-odds for the claim of the prompt's own words in the window.
    pub topic: f32,
    /// Log-odds of the prompt's last word before a window that has none of them.
    pub carried: f32,
    /// Where the window names a number of the claim's, the share of its paraphrases that do; -1 where it names others of their
    /// sort alone, else 0.
    pub value: f32,
    /// Whether another number or identifier stands in the place of what the claim turns on.
    pub astray: bool,
    /// Share of the claim's paraphrases that name its identifiers: positive where the window names one of these, negative
    /// where it names others alone, 0 where it names none.
    pub subject: f32,
    /// 1 where the claim's own statement is its only paraphrase.
    pub bare: f32,
    /// Share of the nearest paraphrase's weight, without the prompt's words, that the window has.
    pub novel: f32,
}

/// What the phrases say about one window.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WindowEvidence {
    /// For each claim: the concepts, then the misconceptions.
    pub claims: Vec<ClaimEvidence>,
    /// Likeness to the nearest phrase that makes no claim at all.
    pub none: f32,
    /// The window's weight.
    pub mass: f32,
    /// Share of the window's weight that the rubric knows.
    pub familiar: f32,
    /// Whether the window denies all that it says. The rest is told as if it did not.
    pub denied: bool,
}
