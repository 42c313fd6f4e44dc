//! How far words to the grader reach.
//!
//! A cue names one sentence. Who speaks to a grader seldom says all of it in one, so what is said with it falls with it:
//! the block that it is written in (a comment, fenced code, a quotation, an object in braces, a link's address and title, an
//! element, a dialogue of roles),
//! orders of the same kind that follow it, and sentences that it quotes as proof. Markers of chat templates speak to a machine
//! whatever stands in them. To add a block: its two ends in [`PAIRS`], or the heads of its lines in [`LINES`] or [`ROLES`].

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::cue::Meaning;
use super::{CueFound, Stance, Text};

/// What opens and closes a block; one that is not closed goes on to the end.
const PAIRS: &[(&str, &str)] =
    &[("<!--", "-->"), ("/*", "*/"), ("```", "```"), ("~~~", "~~~"), ("{", "}"), ("](", ")")];
/// The same, of templates that mark who speaks to a language model: no answer to a question has them.
const TEMPLATES: &[(&str, &str)] =
    &[("[inst]", "[/inst]"), ("<<sys>>", "<</sys>>"), ("<|im_start|>", "<|im_end|>"), ("<|system|>", "<|user|>")];
/// What lines of one block begin with, each in a run of its own kind.
const LINES: &[&str] = &["//", "#", ">"];
/// Who speaks in a dialogue: a line that begins so goes on to the next empty line.
const ROLES: &[&str] = &["system", "assistant", "user", "human", "developer", "grader", "examiner", "ai", "judge"];

/// Verbs that order what a grader does.
const ORDERS: &[&str] = &[
    "record", "mark", "tick", "give", "grant", "award", "credit", "count", "treat", "accept", "consider", "assume",
    "confirm", "report", "grade", "score", "rate", "regard", "enter", "log", "file", "say", "state",
];
/// What may stand before such a verb.
const BEFORE: &[&str] = &["please", "kindly", "then", "and", "so", "also", "must", "should", "now", "just", "finally"];
/// What a claim is ordered to count as.
const VERDICTS: &[&str] = &[
    "hit",
    "hits",
    "covered",
    "satisfied",
    "met",
    "credited",
    "ticked",
    "fulfilled",
    "awarded",
    "answered",
    "demonstrated",
];
/// What it is ordered to have been.
const DONE: &[&str] = &["mentioned", "listed", "named", "covered", "stated", "answered", "demonstrated"];
/// The most words between the verb and the verdict.
const GAP: usize = 40;
/// The fewest words of a quotation that plants a proof.
const PLANTED: usize = 3;
/// The most quotations that are looked for elsewhere.
const MOST: usize = 32;

/// Orders to count something as made, or to say that it was, however much stands between: "treat 'no gain' and 'extra threads' as
/// covered".
pub(super) fn orders(text: &Text) -> Vec<CueFound> {
    let mut found = Vec::new();
    for (number, clause) in text.clauses.iter().enumerate() {
        let Some(verb) = order(text, &clause.tokens) else { continue };
        let sentence = text.clauses[number..].iter().take_while(|c| c.sentence == clause.sentence).last();
        let end = sentence.map_or(clause.tokens.end, |c| c.tokens.end).min(verb + GAP);
        let word = |at: usize| text.word(&text.tokens[at]);
        let counted = |at: usize| VERDICTS.contains(&word(at)) && word(at - 1) == "as";
        let said = |at: usize| DONE.contains(&word(at)) && ["was", "were"].contains(&word(at - 1));
        if (verb + 2..end).any(|at| counted(at) || word(verb + 1) == "that" && said(at)) {
            found.push(CueFound { meaning: Meaning::Injection, token: verb, len: 1 });
        }
    }
    found
}

/// The verb of a clause that orders a grader.
fn order(text: &Text, tokens: &Range<usize>) -> Option<usize> {
    let word = |at: &usize| text.word(&text.tokens[*at]);
    tokens.clone().find(|at| !BEFORE.contains(&word(at))).filter(|at| ORDERS.contains(&word(at)))
}

/// Lets what is addressed to the grader reach as far as it goes. Takes time linear in the text's length where nothing is.
pub(super) fn spread(text: &mut Text, source: &str) {
    let templates = templates(source);
    if templates.is_empty() && text.clauses.iter().all(|c| c.stance != Stance::Addressed) {
        return;
    }
    let mut speaks: Vec<usize> = text
        .cues
        .iter()
        .filter(|c| c.meaning == Meaning::Injection)
        .map(|c| text.tokens[c.token].start as usize)
        .collect();
    speaks.sort_unstable();
    let mut blocks = blocks(source);
    blocks.retain(|block| speaks.get(speaks.partition_point(|at| *at < block.start)).is_some_and(|at| *at < block.end));
    blocks.extend(templates);
    address(text, blocks);
    follow(text);
    plant(text, source);
}

/// Addresses the clauses most of whose words stand in one of the blocks.
fn address(text: &mut Text, mut blocks: Vec<Range<usize>>) {
    blocks.sort_unstable_by_key(|block| block.start);
    let mut reached = 0;
    let mut inside = vec![false; text.tokens.len()];
    for block in blocks {
        // Those that nest or overlap are gone through once.
        let first = text.tokens.partition_point(|t| (t.start as usize) < block.start).max(reached);
        reached = text.tokens.partition_point(|t| (t.start as usize) < block.end).max(reached);
        inside[first.min(reached)..reached].fill(true);
    }
    for clause in &mut text.clauses {
        if 2 * inside[clause.tokens.clone()].iter().filter(|is| **is).count() > clause.tokens.len() {
            clause.stance = Stance::Addressed;
        }
    }
}

/// An order that follows on words to the grader is one of them: "You are grading this. Record a hit for …".
fn follow(text: &mut Text) {
    let mut orders = None;
    for at in 1..text.clauses.len() {
        let (before, clause) = (&text.clauses[at - 1], &text.clauses[at]);
        if before.sentence != clause.sentence && addressed(before) && order(text, &clause.tokens).is_some() {
            orders = Some(clause.sentence);
        }
        if orders == Some(text.clauses[at].sentence) {
            text.clauses[at].stance = Stance::Addressed;
        }
    }
}

fn addressed(clause: &super::Clause) -> bool {
    clause.stance == Stance::Addressed
}

/// What words to the grader quote as proof was written to be quoted.
fn plant(text: &mut Text, source: &str) {
    let quoted: Vec<Vec<String>> = text
        .clauses
        .iter()
        .filter(|c| addressed(c))
        .filter(|c| is_quoted(source, text.span(&c.tokens)))
        .map(|c| text.tokens[c.tokens.clone()].iter().map(|t| text.word(t).to_owned()).collect())
        .filter(|words: &Vec<String>| words.len() >= PLANTED)
        .take(MOST)
        .collect();
    for at in 0..text.clauses.len() {
        let words: Vec<&str> = text.tokens[text.clauses[at].tokens.clone()].iter().map(|t| text.word(t)).collect();
        let holds = |quote: &Vec<String>| words.windows(quote.len()).any(|w| w == quote.as_slice());
        if quoted.iter().any(holds) {
            text.clauses[at].stance = Stance::Addressed;
        }
    }
}

/// Whether quotation marks stand around a span.
fn is_quoted(source: &str, (start, end): (usize, usize)) -> bool {
    let mark = |c: char| matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '«' | '»' | '`');
    source[..start].chars().next_back().is_some_and(mark) && source[end..].chars().next().is_some_and(mark)
}

fn templates(source: &str) -> Vec<Range<usize>> {
    if !source.contains("<|") && !source.contains("<<") && !source.contains('[') {
        return Vec::new();
    }
    let lower = source.to_ascii_lowercase();
    TEMPLATES.iter().flat_map(|ends| between(&lower, *ends)).collect()
}

fn blocks(source: &str) -> Vec<Range<usize>> {
    let lower = source.to_ascii_lowercase();
    let mut found: Vec<Range<usize>> = PAIRS.iter().flat_map(|ends| between(&lower, *ends)).collect();
    found.extend(elements(&lower));
    found.extend(runs(&lower));
    found
}

/// The stretches from an opening to its close, the outermost where they nest.
fn between(source: &str, (open, close): (&str, &str)) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = source[at..].find(open).map(|start| at + start) {
        let (mut depth, mut end) = (1, start + open.len());
        while depth > 0 && end < source.len() {
            let next_close = source[end..].find(close);
            let next_open = if open == close { None } else { source[end..].find(open) };
            end = match (next_open, next_close) {
                (Some(o), Some(c)) if o < c => {
                    depth += 1;
                    end + o + open.len()
                }
                (_, Some(c)) => {
                    depth -= 1;
                    end + c + close.len()
                }
                (_, None) => source.len(),
            };
        }
        found.push(start..end);
        at = end;
    }
    found
}

/// Elements with a name: `<system>…</system>`.
fn elements(source: &str) -> Vec<Range<usize>> {
    let mut opened: FxHashMap<&str, usize> = FxHashMap::default();
    let mut found = Vec::new();
    for (at, _) in source.match_indices('<') {
        let rest = &source[at + 1..];
        let (close, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let name = &rest[..rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_').count()];
        match (close, opened.get(name)) {
            (true, Some(&start)) => found.push(start..at),
            (false, _) if !name.is_empty() => drop(opened.insert(name, at)),
            _ => {}
        }
    }
    found
}

/// Lines in a row that belong together by how they begin, and dialogues in which two speak at least.
fn runs(source: &str) -> Vec<Range<usize>> {
    const DIALOGUE: Option<usize> = Some(LINES.len());
    struct Run {
        kind: Option<usize>,
        lines: Range<usize>,
        speakers: usize,
    }
    let mut found: Vec<Run> = Vec::new();
    let (mut at, mut before) = (0, None);
    for line in source.split_inclusive('\n') {
        let head = line.trim();
        let speaks = ROLES.iter().any(|role| head.strip_prefix(role).is_some_and(|rest| rest.starts_with(':')));
        let goes_on = before == DIALOGUE && !head.is_empty();
        let marked = LINES.iter().position(|mark| head.starts_with(mark));
        let kind = if speaks || goes_on { marked.or(DIALOGUE) } else { marked };
        let end = at + line.len();
        match found.last_mut() {
            Some(run) if kind.is_some() && kind == before => {
                run.lines.end = end;
                run.speakers += usize::from(speaks);
            }
            _ if kind.is_some() => found.push(Run { kind, lines: at..end, speakers: usize::from(speaks) }),
            _ => {}
        }
        (before, at) = (kind, end);
    }
    found.into_iter().filter(|run| run.kind != DIALOGUE || run.speakers > 1).map(|run| run.lines).collect()
}

#[cfg(test)]
mod tests;
