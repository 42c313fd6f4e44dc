//! Answers as long as one likes, made of what people write about a question.

use viva::bank::Item;

/// An answer of at least `words` words: pieces of the ideal answer's and the phrases' words, from place `seed` on.
pub(crate) fn answer(item: &Item, words: usize, seed: usize) -> String {
    let phrases = &item.rubric.phrases;
    let mut text = String::new();
    let (mut count, mut at) = (0, seed * 31);
    while count < words {
        // A prime step goes through all phrases, and so through all concepts and labels, in a mixed order.
        let piece = phrases.get(at * 37 % phrases.len().max(1)).map_or(&*item.question.ideals[0], |p| &*p.text);
        count += piece.split_whitespace().count();
        text.push_str(piece.trim_end_matches('.'));
        text.push_str(if at.is_multiple_of(4) { ", and " } else { ". " });
        at += 1;
    }
    text
}

/// An answer of exactly `bytes` bytes, or less than a character fewer.
pub(crate) fn long_answer(item: &Item, bytes: usize) -> String {
    let mut text = answer(item, bytes, 1);
    let end = text.floor_char_boundary(bytes);
    text.truncate(end);
    text
}
