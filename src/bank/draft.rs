//! Drafting a rubric from an ideal answer, for a person to look at.
//!
//! Names Domain only. The claims are the ideal answer's own words, cut into pieces that say one thing each: list
//! items, sentences, and the parts of a sentence that stand on their own. [`Drafter`] gives them patterns; phrases are
//! for people to write. To weigh pieces otherwise, change [`Piece::weight`]; to cut otherwise, [`cuts`].

mod lead;
mod patterns;

pub use patterns::Drafter;

use std::ops::Range;
use std::sync::Arc;

use super::document::Fence;
use crate::domain::id::ConceptId;
use crate::domain::rubric::{Concept, Full, Rubric, Status};
use crate::domain::text::token::Break;
use crate::domain::text::vocabulary::{Base, Vocabulary};
use crate::domain::text::{Clause, Opening, Stance, Text};

/// The most concepts that a draft has.
pub const MOST: usize = 12;
/// A piece with fewer content words than this joins a neighbour; for a sentence one less is enough.
const LEAST_WORDS: usize = 3;
/// The content words that make an id.
const ID_WORDS: usize = 3;
/// The most bytes of an id, so that a number still fits behind it.
const ID_BYTES: usize = 48;

/// A rubric of what `ideals` say, without patterns; the first one is what counts, the others are alternatives to it.
///
/// There is always at least one concept. Where the ideal answer is but a word or two, its claim is that.
#[must_use]
pub fn draft(ideals: &[String]) -> Rubric {
    let ideal = ideals.first().map_or("", String::as_str);
    let mut pieces = pieces(ideal);
    if pieces.is_empty() {
        let lines = ideal.lines().filter(|line| !line.trim_start().starts_with("```"));
        let text = one_line(&lines.collect::<Vec<_>>().join(" "));
        let text = if tidy(&text).is_empty() { one_line(ideal) } else { tidy(&text) };
        pieces.push(Piece { prominence: Prominence::First, ..whole(&text) });
    }
    limit(&mut pieces);
    // Something has to be full marks.
    if pieces.iter().all(|piece| piece.is_bonus) {
        for piece in &mut pieces {
            piece.is_bonus = false;
        }
    }
    let mut ids: Vec<String> = Vec::new();
    let concepts = pieces.iter().map(|piece| concept(piece, &mut ids)).collect();
    Rubric {
        status: Status::Draft,
        full: Full::All,
        concepts,
        misconceptions: Vec::new(),
        examples: Vec::new(),
        phrases: Vec::new(),
    }
}

/// Where in the ideal answer a piece stands; the greater, the more it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Prominence {
    Aside,
    Plain,
    Item,
    First,
}

/// Some words of the ideal answer that say one thing.
#[derive(Debug, Clone)]
struct Piece {
    text: String,
    /// What stands between it and the piece before, where that is of the same paragraph.
    gap: String,
    /// Its content words.
    words: usize,
    /// Whether it is a sentence of its own, and no part of one.
    is_sentence: bool,
    prominence: Prominence,
    /// Whether it only adds to an answer.
    is_bonus: bool,
    /// The numbers of its paragraph or list item, and of its sentence there.
    place: (usize, usize),
}

impl Piece {
    const fn weight(&self) -> u32 {
        match self.prominence {
            Prominence::First | Prominence::Item => 3,
            Prominence::Plain => 2,
            Prominence::Aside => 1,
        }
    }
}

fn concept(piece: &Piece, ids: &mut Vec<String>) -> Concept {
    let slug = slug(&piece.text);
    let mut id = slug.clone();
    let mut number = 1;
    while ids.contains(&id) {
        number += 1;
        id = format!("{slug}-{number}");
    }
    ids.push(id.clone());
    Concept {
        id: ConceptId::new(&id).expect("a slug is letters, digits and hyphens"),
        weight: piece.weight(),
        claim: without_joint(&piece.text).to_owned(),
        bonus: piece.is_bonus,
        hint: None,
        note: None,
        turns_on: Vec::new(),
        patterns: Vec::new(),
        opposites: Vec::new(),
    }
}

/// The text without a word in front that only joins it to the piece before.
fn without_joint(text: &str) -> &str {
    ["and ", "but ", "or "].iter().find_map(|joint| text.strip_prefix(joint)).unwrap_or(text)
}

/// The first content words, as an id.
pub(super) fn slug(text: &str) -> String {
    let read = read(text);
    let is_plain = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
    let word = |token| Some(read.word(token)).filter(is_plain);
    let content = read.tokens.iter().filter(|token| token.is_content()).filter_map(word);
    // "Yes" has no content, and still a name.
    let any = read.tokens.iter().filter(|token| !token.is_content()).filter_map(word);
    let content: Vec<&str> = content.take(ID_WORDS).collect();
    let words = if content.is_empty() { any.take(1).collect() } else { content };
    let mut slug = String::new();
    for word in words {
        if slug.len() + word.len() < ID_BYTES {
            slug.push_str(if slug.is_empty() { "" } else { "-" });
            slug.push_str(word);
        }
    }
    if slug.is_empty() { "point".to_owned() } else { slug }
}

/// All pieces of an ideal answer, in its order.
fn pieces(ideal: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (number, block) in blocks(ideal).into_iter().enumerate() {
        if block.text.ends_with(':') && count_words(&block.text) < LEAST_WORDS {
            continue; // "At run time:" claims nothing.
        }
        let (body, asides) = without_asides(&block.text);
        let mut own = if block.is_item { vec![whole(&body)] } else { cut(&body, number == 0) };
        own.extend(asides.iter().map(|aside| Piece { prominence: Prominence::Aside, ..whole(aside) }));
        own.retain(|piece| piece.words > 0);
        lead::without_lead_ins(&mut own);
        own.retain(|piece| piece.words > 0);
        for piece in &mut own {
            piece.place.0 = number;
        }
        join_fragments(&mut own);
        pieces.extend(own);
    }
    join_fragments(&mut pieces);
    pieces
}

/// A paragraph or a list item.
struct Block {
    text: String,
    is_item: bool,
}

/// The paragraphs and list items, without code in fences.
fn blocks(text: &str) -> Vec<Block> {
    let mut fence = Fence::default();
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        if fence.takes(line) || line.trim().is_empty() {
            is_open = false;
        } else if let Some(item) = list_item(line) {
            blocks.push(Block { text: one_line(item), is_item: true });
            is_open = true;
        } else if let Some(last) = blocks.last_mut().filter(|_| is_open) {
            last.text.push(' ');
            last.text.push_str(&one_line(line));
        } else {
            blocks.push(Block { text: one_line(line.trim_start_matches('#')), is_item: false });
            is_open = true;
        }
    }
    blocks
}

/// What stands behind the mark of a list item.
pub(super) fn list_item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let bullet = ["- ", "* ", "+ ", "• ", "– ", "▪ ", "◦ "].iter().find_map(|mark| line.strip_prefix(mark));
    let number = || {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = line.len() - rest.len();
        rest.strip_prefix(['.', ')'])?.strip_prefix(' ').filter(|_| (1..=3).contains(&digits))
    };
    bullet.or_else(number).map(str::trim)
}

/// The text without what stands in parentheses, and that. Parentheses of a call are no aside, nor are those around a
/// word or two.
fn without_asides(text: &str) -> (String, Vec<String>) {
    let (mut body, mut asides, mut rest) = (String::new(), Vec::new(), text);
    while let Some(open) = rest.find(" (") {
        let Some(end) = closing(&rest[open + 1..]).map(|length| open + 1 + length) else { break };
        let inner = &rest[open + 2..end];
        if count_words(inner) >= LEAST_WORDS {
            body.push_str(&rest[..open]);
            asides.push(inner.to_owned());
        } else {
            body.push_str(&rest[..=end]);
        }
        rest = &rest[end + 1..];
    }
    body.push_str(rest);
    (body, asides)
}

/// Where the parenthesis closes that `text` begins with.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth <= 1 => return Some(i),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn read(text: &str) -> Text {
    Text::read(text, &mut Vocabulary::new(Arc::new(Base::default())))
}

fn count_words(text: &str) -> usize {
    read(text).tokens.iter().filter(|token| token.is_content()).count()
}

fn whole(text: &str) -> Piece {
    Piece {
        text: tidy(text),
        gap: String::new(),
        words: count_words(text),
        is_sentence: false,
        prominence: Prominence::Item,
        is_bonus: false,
        place: (0, 0),
    }
}

/// The pieces of a paragraph. Questions to the reader make no claim.
fn cut(text: &str, is_first: bool) -> Vec<Piece> {
    let read = read(text);
    let mut groups: Vec<(Range<usize>, usize)> = Vec::new();
    let mut before: Option<&Clause> = None;
    for clause in &read.clauses {
        let parts = |c: &&Clause| c.sentence == clause.sentence && c.before == Break::Comma;
        let is_list = read.clauses.iter().filter(parts).filter(|c| c.opening != Opening::Subordinate).count() >= 3;
        match groups.last_mut().filter(|_| before.is_some_and(|before| !cuts(before, clause, is_list))) {
            Some((tokens, _)) => tokens.end = clause.tokens.end,
            None if clause.stance == Stance::Asked => {}
            None => groups.push((clause.tokens.clone(), clause.sentence)),
        }
        before = Some(clause).filter(|clause| clause.stance != Stance::Asked);
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut end = 0;
    for (tokens, sentence) in &groups {
        let span = read.span(tokens);
        let gap = text.get(end..span.0).unwrap_or_default().to_owned();
        // A bracket or quotation mark right behind the last word belongs to it.
        let closing = text[span.1..].chars().take_while(|c| matches!(c, ')' | ']' | '"' | '”' | '`'));
        end = span.1 + closing.map(char::len_utf8).sum::<usize>();
        let is_prominent = is_first && *sentence == 0;
        pieces.push(Piece {
            text: tidy(&text[span.0..end]),
            gap,
            words: read.tokens[tokens.clone()].iter().filter(|token| token.is_content()).count(),
            is_sentence: groups.iter().filter(|(_, other)| other == sentence).count() == 1,
            prominence: if is_prominent { Prominence::First } else { Prominence::Plain },
            is_bonus: false,
            place: (0, *sentence),
        });
    }
    pieces
}

/// Whether a new piece begins between two clauses: a sentence, a contrast, a second statement, or the next part of an
/// enumeration. A condition or a reason stays with what it is one of.
fn cuts(before: &Clause, clause: &Clause, is_list: bool) -> bool {
    let stands_alone = before.opening != Opening::Subordinate && clause.opening != Opening::Subordinate;
    let parts = clause.before == Break::Colon
        || clause.before == Break::Comma && is_list
        || matches!(clause.opening, Opening::Contrast | Opening::And);
    clause.sentence != before.sentence || clause.stance == Stance::Asked || stands_alone && parts
}

/// Joins pieces of too few words to a neighbour: the one before, unless only the one behind is of the same sentence.
fn join_fragments(pieces: &mut Vec<Piece>) {
    let mut at = 0;
    while at < pieces.len() && pieces.len() > 1 {
        let piece = &pieces[at];
        // Who writes a list has cut it already.
        let is_item = piece.prominence == Prominence::Item;
        if piece.words >= if is_item { 1 } else { LEAST_WORDS - usize::from(piece.is_sentence) } {
            at += 1;
            continue;
        }
        let is_near = |other: usize| pieces.get(other).is_some_and(|piece| piece.place == pieces[at].place);
        let joins_next = at == 0 || at + 1 < pieces.len() && is_near(at + 1) && !is_near(at - 1);
        at -= usize::from(!joins_next);
        join(pieces, at);
    }
}

/// Joins neighbours until there are no more than [`MOST`]: those of one paragraph first, the shortest first.
fn limit(pieces: &mut Vec<Piece>) {
    while pieces.len() > MOST {
        let cost = |i: &usize| {
            let (a, b) = (&pieces[*i], &pieces[*i + 1]);
            (a.place.0 != b.place.0, a.words + b.words)
        };
        let Some(cheapest) = (0..pieces.len() - 1).min_by_key(cost) else { return };
        join(pieces, cheapest);
    }
}

/// Joins the piece at `at` and the one behind it.
fn join(pieces: &mut Vec<Piece>, at: usize) {
    let next = pieces.remove(at + 1);
    let piece = &mut pieces[at];
    let gap = if piece.place.0 == next.place.0 && !next.gap.is_empty() { one_gap(&next.gap) } else { "; ".to_owned() };
    piece.text = format!("{}{gap}{}", piece.text, next.text);
    piece.words += next.words;
    piece.prominence = piece.prominence.max(next.prominence);
    piece.is_bonus &= next.is_bonus;
}

/// A gap with its line ends and runs of spaces as one space.
fn one_gap(gap: &str) -> String {
    let inner = one_line(gap);
    let end = if gap.ends_with(char::is_whitespace) { " " } else { "" };
    if inner.is_empty() { " ".to_owned() } else { format!("{inner}{end}") }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A claim's text: on one line, without the punctuation around it.
fn tidy(text: &str) -> String {
    let text = one_line(text);
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '—' | '–');
    let text = text.trim_matches(is_edge);
    // A clause that ends within parentheses leaves them open.
    let is_open = text.matches('(').count() > text.matches(')').count();
    format!("{text}{}", if is_open { ")" } else { "" })
}

#[cfg(test)]
mod tests;
