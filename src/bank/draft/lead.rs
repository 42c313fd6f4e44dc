//! Words of an ideal answer that speak of the answer instead of making its claims: "The interviewer looks for: …".
//!
//! To know another opening: a line in a list here.

use super::{Piece, count_words, tidy};

/// What opens a sentence about the answer instead of one of its claims, up to the colon.
const LEAD_INS: [&str; 9] = [
    "the interviewer",
    "interviewers look",
    "expected",
    "look for",
    "looking for",
    "key points",
    "a good answer",
    "good answers",
    "strong candidates",
];
/// What opens a sentence of claims that only add to an answer.
const BONUS: [&str; 3] = ["bonus", "bonus points", "extra credit"];

/// Takes away what only introduces claims ("Expected: …"). A sentence that begins with "Bonus:" is one of bonus claims.
pub(super) fn without_lead_ins(pieces: &mut [Piece]) {
    let mut bonus = None;
    for at in 0..pieces.len() {
        let is_before_colon = pieces.get(at + 1).is_some_and(|next| next.gap.trim_start().starts_with(':'));
        let piece = &mut pieces[at];
        let (lead, rest) = match piece.text.split_once(": ") {
            Some((lead, rest)) => (lead.to_lowercase(), tidy(rest)),
            None => (piece.text.to_lowercase(), if is_before_colon { String::new() } else { piece.text.clone() }),
        };
        let is_bonus = BONUS.contains(&lead.as_str());
        let opens = LEAD_INS.iter().any(|known| lead.starts_with(known)) && lead.split(' ').count() <= 6;
        if rest != piece.text && (is_bonus || opens) {
            piece.words = count_words(&rest);
            piece.text = rest;
            bonus = is_bonus.then_some(piece.place);
        }
        piece.is_bonus = bonus == Some(piece.place);
    }
}
