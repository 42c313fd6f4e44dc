//! Drafting a rubric from an ideal answer, for a person to look at.
//!
//! Names Domain only. The claims are the ideal answer's own words, cut into pieces that say one thing each: list
//! items, sentences, and the parts of a sentence that stand on their own. They carry no patterns and no phrases.
//! To weigh pieces otherwise, change [`Piece::weight`]; to cut otherwise, [`cuts`].

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
/// A piece with fewer content words than this joins a neighbour.
const LEAST_WORDS: usize = 3;
/// The content words that make an id.
const ID_WORDS: usize = 3;
/// The most bytes of an id, so that a number still fits behind it.
const ID_BYTES: usize = 48;

/// A rubric of what `ideals` say; the first one is what counts, the others are alternatives to it.
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
        pieces.push(Piece { text, words: 0, prominence: Prominence::First, place: (0, 0) });
    }
    limit(&mut pieces);
    let mut ids: Vec<String> = Vec::new();
    let concepts = pieces.into_iter().map(|piece| concept(piece, &mut ids)).collect();
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
    /// Its content words.
    words: usize,
    prominence: Prominence,
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

fn concept(piece: Piece, ids: &mut Vec<String>) -> Concept {
    let slug = slug(&piece.text);
    let taken = |id: &String| ids.contains(id);
    let id = std::iter::once(slug.clone())
        .chain((2..).map(|n| format!("{slug}-{n}")))
        .find(|id| !taken(id))
        .expect("there are more numbers than ids");
    ids.push(id.clone());
    Concept {
        id: ConceptId::new(&id).expect("a slug is letters, digits and hyphens"),
        weight: piece.weight(),
        claim: piece.text,
        bonus: false,
        hint: None,
        note: None,
        patterns: Vec::new(),
    }
}

/// The first content words, as an id.
fn slug(text: &str) -> String {
    let read = read(text);
    let is_plain = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
    let words = read.tokens.iter().filter(|token| token.is_content()).map(|token| read.word(token));
    let mut slug = String::new();
    for word in words.filter(is_plain).take(ID_WORDS) {
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
        let (body, asides) = without_asides(&block.text);
        let mut own = if block.is_item { vec![whole(&body)] } else { cut(&body, number == 0) };
        own.extend(asides.iter().map(|aside| Piece { prominence: Prominence::Aside, ..whole(aside) }));
        own.retain(|piece| piece.words > 0);
        own.iter_mut().for_each(|piece| piece.place.0 = number);
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
    Piece { text: tidy(text), words: count_words(text), prominence: Prominence::Item, place: (0, 0) }
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
    let starts: Vec<usize> = groups.iter().map(|(tokens, _)| read.span(tokens).0).collect();
    let piece = |(i, (tokens, sentence)): (usize, &(Range<usize>, usize))| {
        let (start, end) = read.span(tokens);
        // What follows the last token, a bracket or a quotation mark, belongs to it up to the next piece.
        let tail = text[end..starts.get(i + 1).copied().unwrap_or(text.len())].chars();
        let end =
            end + tail.take_while(|c| matches!(c, ')' | ']' | '"' | '”' | '`')).map(char::len_utf8).sum::<usize>();
        let is_prominent = is_first && *sentence == 0;
        Piece {
            text: tidy(&text[start..end]),
            words: read.tokens[tokens.clone()].iter().filter(|token| token.is_content()).count(),
            prominence: if is_prominent { Prominence::First } else { Prominence::Plain },
            place: (0, *sentence),
        }
    };
    groups.iter().enumerate().map(piece).collect()
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
        if pieces[at].words >= LEAST_WORDS {
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
    piece.text = format!("{}, {}", piece.text, next.text);
    piece.words += next.words;
    piece.prominence = piece.prominence.max(next.prominence);
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A claim's text: on one line, without the punctuation around it.
fn tidy(text: &str) -> String {
    let text = one_line(text);
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '—' | '–');
    let text = text.trim_matches(is_edge);
    ["and ", "but "].iter().find_map(|joint| text.strip_prefix(joint)).unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ideal: &str, expected: &[(&str, u32)]) {
        let rubric = draft(&[ideal.to_owned()]);
        let found: Vec<(&str, u32)> = rubric.concepts.iter().map(|c| (c.claim.as_str(), c.weight)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_and_what_stands_on_its_own_are_claims() {
        check(
            "A mutex guards the shared map. Readers wait if a writer holds it; unlocking wakes one waiting reader.",
            &[
                ("A mutex guards the shared map", 3),
                ("Readers wait if a writer holds it", 2),
                ("unlocking wakes one waiting reader", 2),
            ],
        );
    }

    #[test]
    fn items_weigh_more_than_asides_and_fragments_join() {
        check(
            "Three things:\n\n- rotate the signing keys weekly\n- log every failed attempt (with the caller's address and time)\n",
            &[
                ("Three things, rotate the signing keys weekly", 3),
                ("log every failed attempt", 3),
                ("with the caller's address and time", 1),
            ],
        );
    }

    #[test]
    fn short_answers_and_code_have_a_claim_too() {
        check("Yes.", &[("Yes.", 3)]);
        check("100.", &[("100", 3)]);
        check("```\nfmt.Println()\n```", &[("fmt.Println()", 3)]);
        check("Is it safe? Never share one buffer.", &[("Never share one buffer", 2)]);
    }

    #[test]
    fn there_are_at_most_twelve_and_ids_differ() {
        let ideal = (0..40).map(|i| format!("- check disk volume number {i}\n")).collect::<String>();
        let rubric = draft(&[ideal]);
        assert_eq!(rubric.concepts.len(), MOST);
        let mut ids: Vec<&str> = rubric.concepts.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(&ids[..2], ["check-disk-volume", "check-disk-volume-2"]);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), MOST);
    }
}
