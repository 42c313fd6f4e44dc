//! Which words are turned by a negation, and which clauses are no claims of the writer's.
//!
//! A verbal negator (`not`, `never`, `no`) turns its whole clause: "other goroutines are not affected" and "no other
//! goroutine is affected" read alike. `without`, `rather than` and their like turn what follows them in the clause.

use std::ops::Range;

use super::cue::{Cues, Meaning};
use super::token::Break;
use super::{Clause, CueFound, Opening, Stance, Text, addressed, correction};

/// What follows "they say" where somebody tells, or advises, and no belief is reported.
const TOLD: &[&str] = &["how", "if", "to", "what", "when", "where", "whether", "which", "who", "why"];

/// The most words that `without`, `instead of` and their like turn.
const PHRASE: usize = 6;

/// The longest item of a list, in words, and the most of them that a negation reaches before the "or" of the last one.
const LISTED: usize = 4;
const MOST_LISTED: usize = 4;

/// Words that begin something said anew.
const SUBJECTS: &[&str] = &["it", "they", "this", "that", "these", "those", "you", "we", "i", "he", "she", "there"];

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
            if !covered && !program && !is_misread(text, &words, meaning, at..at + len) {
                found.push(CueFound { meaning, token: at, len });
            }
        }
    }
    found.extend(addressed::orders(text));
    found
}

/// Whether words that look like a cue are something else: "they wait no longer", "I would strike that line", "they say how long".
fn is_misread(text: &Text, words: &[&str], meaning: Meaning, cue: Range<usize>) -> bool {
    let begins = |token: usize| text.clauses.iter().any(|c| c.tokens.start == token);
    let next = words.get(cue.end).copied().unwrap_or_default();
    match (meaning, words[cue.start]) {
        (Meaning::Reported, _) => TOLD.contains(&next),
        (Meaning::Correct, _) => !correction::is_one(text, &cue),
        (Meaning::Retract, "wait") => !begins(cue.start),
        (Meaning::Retract, "strike" | "scrap" | "nix") => cue.end < words.len() && !begins(cue.end),
        _ => false,
    }
}

fn negate(text: &mut Text, cues: &[CueFound], skipped: &[bool]) {
    for number in 0..text.clauses.len() {
        let clause = text.clauses[number].tokens.clone();
        let reach = reach(text, number);
        for at in clause.clone() {
            if text.tokens[at].negator && !skipped[at] {
                negate_from(text, at, &clause, reach);
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

/// Where what a clause denies ends: with it, or with the alternatives that follow, as in "runs no defers, hooks or handlers of
/// any kind". One that has a subject of its own ("or it waits") is something else.
fn reach(text: &Text, number: usize) -> usize {
    let word = |clause: &Clause, nth: usize| text.tokens.get(clause.tokens.start + nth).map_or("", |t| text.word(t));
    let of_it = |at: usize| text.clauses.get(at).filter(|c| c.sentence == text.clauses[number].sentence);
    let listed = |at: usize| {
        let short = |c: &&Clause| c.before == Break::Comma && c.opening == Opening::Plain && c.tokens.len() <= LISTED;
        of_it(at).filter(short).is_some_and(|c| !SUBJECTS.contains(&word(c, 0)))
    };
    let alternative = |at: usize| {
        of_it(at).is_some_and(|c| word(c, 0) == "or" && word(c, 1) != "else" && !SUBJECTS.contains(&word(c, 1)))
    };
    let items = (number + 1..).take(MOST_LISTED).take_while(|at| listed(*at)).count();
    let last = number + items + 1;
    let last = if alternative(last) { last } else { number };
    text.clauses[last].tokens.end
}

fn negate_from(text: &mut Text, at: usize, clause: &Range<usize>, reach: usize) {
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
    let end = (at + 1..reach).find(|&i| matches!(text.word(&text.tokens[i]), "nor" | "without")).unwrap_or(reach);
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
        Meaning::Retract => correction::retract(text, at, cue),
        Meaning::Correct => correction::correct(text, at, cue),
        Meaning::RetractAll => correction::retract_all(text, at, cue),
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
