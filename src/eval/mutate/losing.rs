//! Answers that no longer make a claim, and must lose its credit.
//!
//! A claim is only touched where one sentence alone makes it, so that what is left cannot make it as well.

use std::ops::Range;
use std::sync::Arc;

use super::base::{Base, body_of, sentences};
use super::identifiers::{Identifier, identifiers as all_identifiers};
use super::words;
use super::{Kind, Mutant};
use crate::domain::text::Text;
use crate::domain::text::form::forms;
use crate::domain::text::vocabulary::Vocabulary;

/// The losing mutants of one answer.
pub(super) fn mutants(base: &Base<'_>) -> Vec<Mutant> {
    let mut mutants = dropped(base);
    mutants.extend(negated(base));
    mutants.extend(denied(base));
    mutants.extend(numbers(base));
    mutants.extend(identifiers(base));
    mutants.extend(shuffled(base));
    mutants
}

/// Those that a question has once, from all its answers.
pub(super) fn of_the_question(base: &Base<'_>, all: &[Base<'_>]) -> Vec<Mutant> {
    let question = &base.item().question;
    let affected = base.credited();
    let sources: Vec<&str> = all.iter().map(|b| b.source).collect();
    let whole = |kind: Kind, text: String, change: &str| Mutant {
        kind,
        text,
        change: change.to_owned(),
        affected: affected.clone(),
    };
    vec![
        whole(Kind::Stuffed, bare_words(&sources), "all words as a list"),
        whole(Kind::Prompt, question.prompt.clone(), "the question"),
    ]
}

/// The content words of texts, each once, with commas between them.
#[must_use]
pub(super) fn bare_words(sources: &[&str]) -> String {
    let mut words: Vec<String> = Vec::new();
    for source in sources {
        forms(source, |form| {
            let word = source[form.start..form.end].to_lowercase();
            if form.is_content() && !words.contains(&word) {
                words.push(word);
            }
        });
    }
    words.join(", ")
}

/// A text on one line, to say what was changed.
fn excerpt(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn dropped(base: &Base<'_>) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (at, range) in base.sentences.iter().enumerate() {
        let affected = base.owned_by(at);
        if affected.is_empty() || base.sentences.len() < 2 {
            continue;
        }
        let change = format!("without: {}", excerpt(&base.source[range.clone()]));
        mutants.push(Mutant { kind: Kind::Dropped, text: base.with(range, ""), change, affected });
    }
    mutants
}

fn negated(base: &Base<'_>) -> Vec<Mutant> {
    if base.has_code_block() {
        return Vec::new();
    }
    let mutant = |(concept, sentence)| {
        let clause = base.making_clause(concept, sentence)?;
        let text = &base.read.text;
        let (start, end) = text.span(&text.clauses[clause].tokens);
        let (range, words) = words::negation(base.source, start..end)?;
        let made = format!("{}{words}{}", &base.source[start..range.start], &base.source[range.end..end]);
        let (text, change) = (base.with(&range, &words), format!("negated: {}", excerpt(&made)));
        Some(Mutant { kind: Kind::Negated, text, change, affected: vec![concept] })
    };
    base.owned().filter_map(mutant).collect()
}

/// `text` with "It is not true that" before its first word; nothing where it has no word.
#[must_use]
fn deny(text: &str) -> Option<String> {
    let head = body_of(text)?;
    let rest = &text[head..];
    let first = rest.split_whitespace().next().unwrap_or_default();
    let is_plain = first.chars().skip(1).all(|c| !c.is_uppercase()) && first.starts_with(char::is_uppercase);
    let rest = if is_plain { words::lower_first(rest) } else { rest.to_owned() };
    Some(format!("{}It is not true that {rest}", &text[..head]))
}

fn denied(base: &Base<'_>) -> Vec<Mutant> {
    if base.has_code_block() {
        return Vec::new();
    }
    let mutant = |(at, range): (usize, &Range<usize>)| {
        let affected = base.owned_by(at);
        let made = deny(&base.source[range.clone()]).filter(|_| !affected.is_empty())?;
        let change = excerpt(&made);
        Some(Mutant { kind: Kind::Denied, text: base.with(range, &made), change, affected })
    };
    base.sentences.iter().enumerate().filter_map(mutant).collect()
}

/// The answer with every sentence denied.
#[must_use]
pub(super) fn deny_all(answer: &str) -> String {
    let mut vocabulary = Vocabulary::new(Arc::default());
    let text = Text::read(answer, &mut vocabulary);
    let each = |range: Range<usize>| {
        let sentence = &answer[range];
        deny(sentence).unwrap_or_else(|| sentence.to_owned())
    };
    sentences(&text, answer).into_iter().map(each).collect()
}

fn numbers(base: &Base<'_>) -> Vec<Mutant> {
    let mutant = |(concept, sentence): (usize, usize)| {
        let claimed = words::numbers(&base.item().rubric.concepts[concept].claim);
        let range = &base.sentences[sentence];
        let mut changed = base.source[range.clone()].to_owned();
        let mut swaps = Vec::new();
        for token in base.read.text.tokens.iter().rev() {
            let (start, end) = (token.start as usize, token.end as usize);
            let Some(quantity) = token.quantity.filter(|_| range.contains(&start)) else { continue };
            let written = &base.source[start..end];
            let named = claimed.iter().any(|n| n.accepts(&quantity));
            if let Some(other) = words::other_number(written, &quantity).filter(|_| named) {
                changed.replace_range(start - range.start..end - range.start, &other);
                swaps.push(format!("{written} → {other}"));
            }
        }
        swaps.reverse();
        let change = format!("{}: {}", swaps.join(", "), excerpt(&changed));
        let text = base.with(range, &changed);
        (!swaps.is_empty()).then(|| Mutant { kind: Kind::Number, text, change, affected: vec![concept] })
    };
    base.owned().filter_map(mutant).collect()
}

fn identifiers(base: &Base<'_>) -> Vec<Mutant> {
    let own = all_identifiers(base.source, &(0..base.source.len()));
    let bank = base.grader.item(base.question).0;
    let ideals = bank.items.iter().flat_map(|item| &item.question.ideals);
    let foreign: Vec<Identifier> = ideals.flat_map(|i| all_identifiers(i, &(0..i.len()))).collect();
    let mut mutants = Vec::new();
    for (concept, sentence) in base.owned() {
        let claim = &base.item().rubric.concepts[concept].claim;
        let claimed: Vec<String> = all_identifiers(claim, &(0..claim.len())).iter().map(Identifier::key).collect();
        let range = &base.sentences[sentence];
        let here: Vec<&Identifier> = own.iter().filter(|i| range.contains(&i.range.start)).collect();
        let Some(swapped) = here.iter().find(|i| claimed.contains(&i.key())) else { continue };
        let fits = |i: &&Identifier| i.sort == swapped.sort && i.code && !claimed.contains(&i.key());
        let Some(other) = own.iter().chain(&foreign).find(fits) else { continue };
        let mut changed = base.source[range.clone()].to_owned();
        for i in here.iter().rev().filter(|i| i.key() == swapped.key()) {
            changed.replace_range(i.range.start - range.start..i.range.end - range.start, &other.name);
        }
        let change = format!("{} → {}: {}", swapped.name, other.name, excerpt(&changed));
        let text = base.with(range, &changed);
        mutants.push(Mutant { kind: Kind::Identifier, text, change, affected: vec![concept] });
    }
    mutants
}

/// All words in another order, always the same one for the same number of words.
#[must_use]
pub(super) fn shuffle(source: &str) -> String {
    let words: Vec<&str> = source.split_whitespace().collect();
    let n = words.len();
    // A stride that shares no divisor with the number of words visits each once, far from its neighbours.
    let coprime = |step: &usize| (1..=*step).filter(|d| n.is_multiple_of(*d) && step.is_multiple_of(*d)).count() == 1;
    let stride = (n * 5 / 8..n).find(|s| *s > 1 && coprime(s)).unwrap_or(1);
    let bare = |word: &str| word.trim_end_matches(['.', ',', ';', ':', '?', '!']).to_owned();
    let order = (0..n).map(|i| (i * stride + n / 3) % n.max(1));
    order.map(|at| bare(words[at])).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn shuffled(base: &Base<'_>) -> Option<Mutant> {
    const FEWEST: usize = 6;
    let affected = base.credited();
    let enough = base.source.split_whitespace().count() >= FEWEST && !affected.is_empty();
    let change = "all words in another order".to_owned();
    enough.then(|| Mutant { kind: Kind::Shuffled, text: shuffle(base.source), change, affected })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("It ends.", "It is not true that it ends.")]
    #[case("- `Goexit` ends it", "- It is not true that `Goexit` ends it")]
    #[case("2. The others go on", "2. It is not true that the others go on")]
    #[case("**GOMAXPROCS** is a limit", "It is not true that **GOMAXPROCS** is a limit")]
    fn denies_a_sentence(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(deny(text).as_deref(), Some(expected));
    }

    #[test]
    fn there_is_nothing_to_deny_without_words() {
        assert_eq!(deny("---\n"), None);
        let all = deny_all("It ends. The others go on.");
        assert_eq!(all, "It is not true that it ends. It is not true that the others go on.");
    }

    #[test]
    fn a_shuffled_text_has_the_same_words_in_another_order() {
        let source = "one two three four five six seven eight nine ten.";
        let made = shuffle(source);
        let sorted = |text: &str| {
            let mut words: Vec<String> = text.split_whitespace().map(|w| w.trim_end_matches('.').to_owned()).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(&made), sorted(source));
        for pair in ["one two", "two three", "five six", "nine ten"] {
            assert!(!made.contains(pair), "{made}");
        }
        assert_eq!((shuffle(""), shuffle("a")), (String::new(), "a".to_owned()));
    }

    #[test]
    fn a_bare_list_has_each_content_word_once() {
        assert_eq!(
            bare_words(&["It runs the defers.", "Defers of `main` RUN, not others"]),
            "runs, defers, main, run, others"
        );
    }
}
