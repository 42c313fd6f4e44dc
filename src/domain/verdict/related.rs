//! How related an answer is to claims of which nothing but their own statement is known.
//!
//! May name what Verdict names. Where a claim has paraphrases, those tell more than related words do, and nothing is computed.

use std::collections::BTreeSet;

use super::window::Window;
use crate::domain::text::Text;
use crate::domain::vectors::{Direction, Vectors, key, keys};

/// The share of the words with content that have to be known of a statement: fewer are related to something else than what it says.
const KNOWN: f64 = 0.75;

/// How related an answer is to one claim. Cosines; 0 for a claim that has paraphrases.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Related {
    /// The window that is most related to it, the first of equal ones.
    pub window: usize,
    /// How related that is.
    pub best: f32,
    /// How much less related it is to the other claim to which it is most.
    pub ahead: f32,
    /// How related the answer as a whole is.
    pub answer: f32,
    /// How related the window is that is most related without the prompt's words: who says them again makes no claim.
    pub own: f32,
    /// The share of the answer's words that are not the prompt's, by how much they say; 0 to 1.
    pub own_words: f32,
    /// How much the words of that window speak against the claim, in log-odds.
    pub contrary: f32,
    /// How much those of the answer do.
    pub contrary_answer: f32,
}

/// The words of a question's claims, where some have nothing else, and of its prompt.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statements {
    claims: Vec<Statement>,
    prompt: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Statement {
    /// Whether the claim has nothing else.
    bare: bool,
    /// The keys of its words.
    keys: Vec<String>,
    /// Those of words with content.
    content: Vec<String>,
}

impl Statement {
    fn new(bare: bool, text: &Text) -> Self {
        let content = text.tokens.iter().filter(|token| token.is_content());
        let content = content.map(|token| key(text.word(token))).collect();
        Self { bare, keys: keys(text), content }
    }

    fn direction(&self, vectors: &Vectors) -> Direction {
        vectors.sums(self.keys.iter().map(String::as_str)).all()
    }

    /// How much words speak against the claim: those that it does not have, each once.
    fn contrary(&self, vectors: &Vectors, words: &[String]) -> f32 {
        let others: BTreeSet<&String> = words.iter().filter(|word| !self.keys.contains(word)).collect();
        others.into_iter().map(|word| vectors.contrary(word)).sum()
    }

    fn is_known(&self, vectors: &Vectors) -> bool {
        let known = self.content.iter().filter(|key| vectors.knows(key)).count();
        known as f64 >= KNOWN * self.content.len() as f64
    }
}

impl Statements {
    /// From each claim's statement, and whether it has nothing else, and the prompt.
    pub fn new(claims: &[(bool, &str)], prompt: &str, mut read: impl FnMut(&str) -> Text) -> Self {
        if claims.iter().all(|(bare, _)| !bare) {
            return Self::default();
        }
        let prompt = keys(&read(prompt)).into_iter().collect();
        Self { claims: claims.iter().map(|(bare, text)| Statement::new(*bare, &read(text))).collect(), prompt }
    }

    /// How related an answer is to each claim; nothing where all claims have paraphrases, or words have no vectors.
    #[must_use]
    pub fn related(&self, vectors: &Vectors, text: &Text, windows: &[Window]) -> Vec<Related> {
        if self.claims.is_empty() || vectors.is_empty() {
            return Vec::new();
        }
        let words = keys(text);
        let own: Vec<&str> = words.iter().map(|word| if self.prompt.contains(word) { "" } else { word }).collect();
        let [all_sums, own_sums] = [vectors.sums(words.iter().map(String::as_str)), vectors.sums(own.into_iter())];
        let claims: Vec<Direction> = self.claims.iter().map(|of| of.direction(vectors)).collect();
        let whole = all_sums.all();
        let own_words = own_sums.mass() / all_sums.mass().max(f32::MIN_POSITIVE);
        let mut found: Vec<Related> = claims
            .iter()
            .map(|claim| Related { answer: claim.cosine(&whole), own_words, ..Related::default() })
            .collect();
        // What is denied makes no claim.
        for (window, of) in windows.iter().enumerate().filter(|(_, window)| !window.denied) {
            let (direction, own) = (all_sums.of(&of.tokens), own_sums.of(&of.tokens));
            let near: Vec<f32> = claims.iter().map(|claim| claim.cosine(&direction)).collect();
            for (claim, found) in found.iter_mut().enumerate() {
                found.own = found.own.max(claims[claim].cosine(&own));
                if near[claim] > found.best {
                    let others = near.iter().enumerate().filter(|(other, _)| *other != claim).map(|(_, near)| *near);
                    (found.window, found.best, found.ahead) =
                        (window, near[claim], near[claim] - others.fold(0.0, f32::max));
                }
            }
        }
        let told = |(found, of): (Related, &Statement)| {
            if !of.bare || !of.is_known(vectors) {
                return Related::default();
            }
            let window = windows.get(found.window).and_then(|window| words.get(window.tokens.clone()));
            let contrary = of.contrary(vectors, window.unwrap_or_default());
            Related { contrary, contrary_answer: of.contrary(vectors, &words), ..found }
        };
        found.into_iter().zip(&self.claims).map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::window::windows;
    use super::*;
    use crate::domain::text::vocabulary::{Base, Vocabulary};
    use crate::domain::vectors::DIMENSIONS;

    fn read(text: &str) -> Text {
        Text::read(text, &mut &Vocabulary::new(Arc::new(Base::default())))
    }

    fn vectors() -> Vectors {
        let mut vectors = Vectors::default();
        for (axis, words) in [["wait", "block"], ["end", "die"], ["cheap", "free"]].into_iter().enumerate() {
            for word in words {
                let mut vector = [0.0; DIMENSIONS];
                (vector[axis], vector[axis + 1]) = (0.4, 0.3);
                vectors.add(word, &vector, if word == "free" { 0.8 } else { 0.0 });
            }
        }
        vectors
    }

    fn related(claims: &[(bool, &str)], answer: &str) -> Vec<Related> {
        let text = read(answer);
        Statements::new(claims, "What is cheap?", read).related(&vectors(), &text, &windows(&text))
    }

    const BARE: [(bool, &str); 2] = [(true, "It blocks."), (true, "It dies.")];

    #[test]
    fn a_claim_is_found_in_other_words() {
        let found = related(&BARE, "That free one is cheap. It waits.");
        // Behind the first sentence, and both together.
        assert_eq!(found[0].window, 2, "{found:?}");
        assert!(found[0].best > 0.95 && found[0].ahead > 0.1 && found[0].answer < found[0].best);
        assert!(found[1].best < found[0].best && found[1].ahead < found[0].ahead, "{found:?}");
        assert!(
            found[0].own > 0.95 && (0.4..0.8).contains(&found[0].own_words),
            "`is` and `cheap` are the prompt's: {found:?}"
        );
        assert!(found[0].contrary.to_bits() == 0 && (found[0].contrary_answer - 0.8).abs() < 1e-3, "{found:?}");
    }

    #[test]
    fn who_says_the_prompt_again_says_nothing_of_his_own() {
        let found = related(&[(true, "It is free.")], "What is cheap, that is.");
        assert!(found[0].best > 0.9 && found[0].own.to_bits() == 0 && found[0].own_words.to_bits() == 0, "{found:?}");
    }

    #[test]
    fn what_is_denied_makes_no_claim() {
        let found = related(&BARE, "It is not true that it waits.");
        assert_eq!(found[0].best.to_bits(), 0, "{found:?}");
    }

    #[test]
    fn claims_that_have_paraphrases_are_left_alone() {
        let found = related(&[(false, "It blocks."), (true, "It dies.")], "It waits.");
        assert!(found[0] == Related::default() && found[1] != Related::default(), "{found:?}");
        assert!(related(&BARE.map(|(_, claim)| (false, claim)), "It waits.").is_empty());
    }

    #[test]
    fn a_statement_in_unknown_words_is_related_to_nothing() {
        let of = |claim| related(&[(true, claim)], "It waits.");
        assert_ne!(of("It blocks."), [Related::default()]);
        assert_eq!(of("It blocks tables, rows and pages."), [Related::default()]);
    }
}
