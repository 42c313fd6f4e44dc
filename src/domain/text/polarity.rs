//! Which words are turned by a negation, and which clauses are no claims of the writer's.
//!
//! A verbal negator (`not`, `never`, `no`) turns its whole clause: "other goroutines are not affected" and "no other
//! goroutine is affected" read alike. `without`, `rather than` and their like turn what follows them in the clause.

use super::cue::{Cues, Meaning};
use super::{CueFound, Opening, Stance, Text, addressed};

/// A cue after at most this many words of its sentence ("Hmm, thinking about it again …") opens it.
const LEAD: usize = 6;

/// The most words that `without`, `instead of` and their like turn.
const PHRASE: usize = 6;

/// Reads negations and stances into `text`.
pub(super) fn read(text: &mut Text, cues: &Cues) {
    let found = find(text, cues);
    let mut skipped = vec![false; text.tokens.len()];
    for cue in &found {
        if matches!(cue.meaning, Meaning::NoNegation | Meaning::Negates | Meaning::Denied) {
            skipped[cue.token..cue.token + cue.len].fill(true);
        }
    }
    negate(text, &found, &skipped);
    for cue in &found {
        apply(text, *cue);
    }
    text.cues = found;
    text.cues.retain(|c| {
        matches!(c.meaning, Meaning::Retract | Meaning::RetractAll | Meaning::DontKnow | Meaning::Injection)
    });
}

fn find(text: &Text, cues: &Cues) -> Vec<CueFound> {
    let words: Vec<&str> = text.tokens.iter().map(|t| text.word(t)).collect();
    let mut found: Vec<CueFound> = Vec::new();
    for at in 0..words.len() {
        for (meaning, len) in cues.at(&words[at..]) {
            // Words to the grader may hold words that would take something back; both are kept.
            let covered = found.iter().rev().take(4).any(|c| at < c.token + c.len && c.meaning == meaning);
            // `score := 10` is a line of somebody's program.
            let program = meaning == Meaning::Injection && text.gap(at).contains(":=");
            if !covered && !program {
                found.push(CueFound { meaning, token: at, len });
            }
        }
    }
    found.extend(addressed::orders(text));
    found
}

fn negate(text: &mut Text, cues: &[CueFound], skipped: &[bool]) {
    let clauses: Vec<_> = text.clauses.iter().map(|c| c.tokens.clone()).collect();
    for clause in clauses {
        for at in clause.clone() {
            if text.tokens[at].negator && !skipped[at] {
                negate_from(text, at, &clause);
            }
        }
    }
    for cue in cues.iter().filter(|c| c.meaning == Meaning::Negates) {
        let from = cue.token + cue.len;
        let end = clause_end(text, cue.token).min(from + PHRASE);
        (from..end).for_each(|i| text.tokens[i].turn(cue.token));
    }
    // `non-blocking`: the prefix turns its own word alone.
    for at in 1..text.tokens.len() {
        if text.word(&text.tokens[at - 1]) == "non" && text.tokens[at - 1].end + 1 == text.tokens[at].start {
            text.tokens[at].turn(at - 1);
        }
    }
}

fn negate_from(text: &mut Text, at: usize, clause: &std::ops::Range<usize>) {
    let word = text.word(&text.tokens[at]);
    let before = (at > clause.start).then(|| text.word(&text.tokens[at - 1]));
    let alone = clause.len() == 1;
    // "No, it …" answers a question and turns nothing; alone in its clause it has nothing to turn.
    if alone || word == "no" && before.is_none() && clause.end == at + 1 {
        return;
    }
    let forward_only = word == "without"
        || word == "nor"
        || word == "neither"
        || word == "no"
            && before.is_some_and(|b| {
                matches!(b, "with" | "at" | "in" | "of" | "for" | "to" | "by" | "under" | "on" | "has" | "have" | "and")
            });
    let end =
        (at + 1..clause.end).find(|&i| matches!(text.word(&text.tokens[i]), "nor" | "without")).unwrap_or(clause.end);
    let end = if word == "without" { end.min(at + 1 + PHRASE) } else { end };
    let start = if forward_only && !text.tokens[at].classes.is_negative_pronoun() { at + 1 } else { clause.start };
    for i in (start..end).filter(|&i| i != at) {
        text.tokens[i].turn(at);
    }
}

fn clause_end(text: &Text, token: usize) -> usize {
    text.clauses.get(clause_of(text, token)).map_or(token, |c| c.tokens.end)
}

fn clause_of(text: &Text, token: usize) -> usize {
    text.clauses.partition_point(|c| c.tokens.end <= token)
}

fn apply(text: &mut Text, cue: CueFound) {
    let at = clause_of(text, cue.token);
    if at >= text.clauses.len() {
        return;
    }
    match cue.meaning {
        Meaning::Reported => {
            let mut i = at;
            while in_scope(text, at, i) {
                text.clauses[i].stance = Stance::Reported;
                i += 1;
            }
        }
        Meaning::Denied => {
            let mut i = at;
            while in_scope(text, at, i) {
                let tokens = text.clauses[i].tokens.clone();
                let from = tokens.start.max(cue.token);
                (from..tokens.end).for_each(|t| text.tokens[t].denied = !text.tokens[t].denied);
                i += 1;
            }
        }
        Meaning::Retract => retract(text, at, cue),
        Meaning::RetractAll => text.clauses[..=at].iter_mut().for_each(|c| c.stance = Stance::Retracted),
        Meaning::Injection => {
            let sentence = text.clauses[at].sentence;
            text.clauses.iter_mut().filter(|c| c.sentence == sentence).for_each(|c| c.stance = Stance::Addressed);
        }
        Meaning::Negates | Meaning::NoNegation | Meaning::DontKnow => {}
    }
}

/// Whether clause `i` belongs to what a cue in clause `from` is about: the same sentence up to a "but".
fn in_scope(text: &Text, from: usize, i: usize) -> bool {
    text.clauses
        .get(i)
        .is_some_and(|c| c.sentence == text.clauses[from].sentence && (i == from || c.opening != Opening::Contrast))
}

/// What was said just before falls: the sentence's earlier clauses, or where there are none the sentence before.
fn retract(text: &mut Text, at: usize, cue: CueFound) {
    let sentence = text.clauses[at].sentence;
    let first = text.clauses.iter().position(|c| c.sentence == sentence).unwrap_or(at);
    let opens = cue.token <= text.clauses[first].tokens.start + LEAD;
    let from = if opens {
        let before = text.clauses[..first].last().map(|c| c.sentence);
        text.clauses.iter().position(|c| Some(c.sentence) == before).unwrap_or(first)
    } else {
        first
    };
    let to = if opens { first } else { at };
    text.clauses[from..to].iter_mut().for_each(|c| c.stance = Stance::Retracted);
    if !opens {
        return;
    }
    // The cue's own words say nothing about the subject.
    if text.clauses[at].tokens.len() <= cue.len + 1 {
        text.clauses[at].stance = Stance::Retracted;
    }
}
