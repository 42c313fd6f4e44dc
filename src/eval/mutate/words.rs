//! The words of an answer that mutations touch: verbs and numbers.

use std::ops::Range;

use super::identifiers::is_identifier;
use crate::domain::text::form::forms;
use crate::domain::text::number::{Quantity, Unit};

/// Auxiliaries that take a `not` behind them.
const AUXILIARIES: [&str; 18] = [
    "is", "are", "was", "were", "can", "could", "will", "would", "must", "should", "may", "might", "does", "do", "did",
    "has", "have", "had",
];

/// Verbs of the field in their plain form, which `does not` or `do not` negates. Those that are nouns as often (calls,
/// reads, limits) are left out.
const VERBS: [&str; 119] = [
    "abort",
    "accept",
    "add",
    "allocate",
    "allow",
    "apply",
    "attach",
    "begin",
    "belong",
    "bind",
    "block",
    "carry",
    "cause",
    "close",
    "come",
    "compute",
    "consume",
    "contain",
    "continue",
    "count",
    "create",
    "decide",
    "deliver",
    "depend",
    "detach",
    "determine",
    "drop",
    "enable",
    "end",
    "enter",
    "exclude",
    "execute",
    "exit",
    "expose",
    "fill",
    "finish",
    "flush",
    "follow",
    "force",
    "get",
    "give",
    "grow",
    "happen",
    "help",
    "hold",
    "ignore",
    "include",
    "inherit",
    "interrupt",
    "invoke",
    "keep",
    "leave",
    "let",
    "live",
    "lower",
    "make",
    "mean",
    "merge",
    "move",
    "need",
    "notice",
    "obtain",
    "occupy",
    "park",
    "perform",
    "pin",
    "preempt",
    "prevent",
    "print",
    "protect",
    "provide",
    "raise",
    "reach",
    "receive",
    "reclaim",
    "record",
    "recover",
    "reduce",
    "refer",
    "release",
    "remain",
    "replace",
    "report",
    "require",
    "reserve",
    "resume",
    "retain",
    "return",
    "run",
    "save",
    "schedule",
    "see",
    "send",
    "serve",
    "set",
    "settle",
    "show",
    "shrink",
    "skip",
    "sleep",
    "spend",
    "start",
    "stay",
    "stop",
    "store",
    "survive",
    "sweep",
    "take",
    "tell",
    "terminate",
    "trigger",
    "turn",
    "unlock",
    "update",
    "use",
    "wait",
    "wake",
    "wrap",
    "yield",
];

/// Where a `not` makes the clause at these bytes deny what it says, and the words to put there. Nothing for a clause that
/// has a negation already, or no verb that is known.
pub(super) fn negation(source: &str, clause: Range<usize>) -> Option<(Range<usize>, String)> {
    let words = plain_words(source, &clause);
    let negative = |w: &str| {
        const LIST: [&str; 13] = [
            "not", "no", "never", "none", "nothing", "nobody", "nowhere", "neither", "nor", "cannot", "without",
            "only", "hardly",
        ];
        w.ends_with("n't") || LIST.contains(&w)
    };
    let lower: Vec<String> = words.iter().map(|w| source[w.clone()].to_lowercase()).collect();
    if lower.iter().any(|w| negative(w)) {
        return None;
    }
    for (at, (range, word)) in words.iter().zip(&lower).enumerate() {
        // The verb of "the one that waits" is not what the clause says of it.
        if at > 0 && matches!(lower[at - 1].as_str(), "that" | "which" | "who" | "whose") {
            continue;
        }
        if AUXILIARIES.contains(&word.as_str()) {
            return Some((range.end..range.end, " not".to_owned()));
        }
        let before = at.checked_sub(1).map(|before| lower[before].as_str());
        if VERBS.contains(&word.as_str()) && before.is_some_and(is_plural) {
            return Some((range.clone(), format!("do not {word}")));
        }
        if let Some(plain) = plain_form(word).filter(|_| !before.is_some_and(begins_noun)) {
            return Some((range.clone(), format!("does not {plain}")));
        }
    }
    None
}

/// Whether a verb in its plain form may follow this word as what it does: in "the CPU count" or "to stop" there is none.
fn is_plural(word: &str) -> bool {
    matches!(word, "they" | "we" | "you" | "i" | "these" | "those" | "both" | "all" | "people")
        || word.ends_with('s') && !word.ends_with("ss")
}

/// Whether a noun follows this word, as in "two stops".
fn begins_noun(word: &str) -> bool {
    const LIST: [&str; 17] = [
        "the", "its", "their", "your", "of", "in", "on", "by", "for", "with", "from", "two", "three", "many", "some",
        "more", "these",
    ];
    LIST.contains(&word)
}

/// The plain form of a known verb in the third person: `runs`, `carries`, `goes`.
fn plain_form(word: &str) -> Option<String> {
    let known = |plain: String| VERBS.contains(&plain.as_str()).then_some(plain);
    let ending = |end: &str, put: &str| word.strip_suffix(end).and_then(|stem| known(format!("{stem}{put}")));
    ending("ies", "y").or_else(|| ending("es", "")).or_else(|| ending("s", ""))
}

/// The words of letters alone that stand between spaces, whatever marks are around them; no code.
pub(super) fn plain_words(source: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut code = false;
    for (at, piece) in pieces(source, range) {
        let ticks = piece.matches('`').count();
        let word = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let is_plain = !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '-');
        if !code && ticks == 0 && is_plain && !is_identifier(word) {
            let start = at + piece.find(word).unwrap_or_default();
            words.push(start..start + word.len());
        }
        code ^= ticks % 2 == 1;
    }
    words
}

/// What stands between spaces within a range, with its place in the source.
pub(super) fn pieces<'s>(source: &'s str, range: &Range<usize>) -> impl Iterator<Item = (usize, &'s str)> {
    let start = range.start;
    let text = &source[range.clone()];
    text.split_whitespace().map(move |piece| {
        let offset = piece.as_ptr() as usize - text.as_ptr() as usize;
        (start + offset, piece)
    })
}

/// The text with its first letter small.
pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// The text with its first letter large.
pub(super) fn upper_first(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// The numbers that a claim names, by value, but for those that it gives as examples: there another would do as well.
pub(super) fn numbers(claim: &str) -> Vec<Quantity> {
    let mut found = Vec::new();
    forms(claim, |form| found.extend(form.quantity.filter(|_| !is_example(&claim[..form.start]))));
    found
}

/// Whether what follows these words stands in an example that they begin: "a limit such as …".
fn is_example(before: &str) -> bool {
    const OPENS: [&str; 5] = ["e.g.", "such as", "for instance", "for example", "say,"];
    let opened = OPENS.iter().filter_map(|cue| Some(before.rfind(cue)? + cue.len())).max();
    opened.is_some_and(|from| !before[from..].contains([',', ';', ')']))
}

/// Another number in the same spelling: `1.25` becomes `1.19`, `25%` becomes `75%`. Nothing for a range or a number word.
pub(super) fn other_number(written: &str, quantity: &Quantity) -> Option<String> {
    if quantity.lo.to_bits() != quantity.hi.to_bits() {
        return None;
    }
    if let Some((major, minor)) = quantity.version {
        let other = if minor > 6 { minor - 6 } else { minor + 5 };
        return written
            .contains(&format!("{major}.{minor}"))
            .then(|| written.replacen(&format!("{major}.{minor}"), &format!("{major}.{other}"), 1));
    }
    let from = written.find(|c: char| c.is_ascii_digit())?;
    let digits = written[from..].bytes().take_while(u8::is_ascii_digit).count();
    let value: u64 = written[from..from + digits].parse().ok()?;
    let other = match value {
        0 => 7,
        share @ 1..=99 if quantity.unit == Unit::Percent && share != 50 => 100 - share,
        _ => value.checked_mul(3)?.checked_add(1)?,
    };
    Some(format!("{}{other}{}", &written[..from], &written[from + digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::auxiliary("The goroutine is ended at once", Some("The goroutine is not ended at once"))]
    #[case::third_person("It runs deferred calls", Some("It does not run deferred calls"))]
    #[case::plural("Other goroutines carry on", Some("Other goroutines do not carry on"))]
    #[case::y("The rest carries on", Some("The rest does not carry on"))]
    #[case::negated_already("It never runs them", None)]
    #[case::negated_elsewhere("Nowhere is it told", None)]
    #[case::no_verb("Only the caller", None)]
    #[case::noun("The CPU count of the host", None)]
    #[case::nouns("After two stops the rest", None)]
    #[case::infinitive("Told to stop the rest carries on", Some("Told to stop the rest does not carry on"))]
    #[case::code_is_no_verb("`runs` and `is`", None)]
    fn negates(#[case] clause: &str, #[case] expected: Option<&str>) {
        let made = negation(clause, 0..clause.len())
            .map(|(range, words)| format!("{}{words}{}", &clause[..range.start], &clause[range.end..]));
        assert_eq!(made.as_deref(), expected);
    }

    #[rstest]
    #[case("1.25", Some("1.19"))]
    #[case("go1.5", Some("go1.10"))]
    #[case("25%", Some("75%"))]
    #[case("0.9", Some("7.9"))]
    #[case("10k", Some("31k"))]
    #[case("0", Some("7"))]
    #[case("two", None)]
    #[case("5-50", None)]
    fn changes_numbers(#[case] written: &str, #[case] expected: Option<&str>) {
        let quantity = numbers(written)[0];
        assert_eq!(other_number(written, &quantity).as_deref(), expected);
    }

    #[rstest]
    #[case("A limit of 2000 threads", 1)]
    #[case("A limit such as 2000 threads", 0)]
    #[case("With, say, GOGC=100 and 1 GB, it takes 2 s", 1)]
    #[case("A rate (e.g. 5) of 20 %", 1)]
    fn examples_are_no_numbers_of_a_claim(#[case] claim: &str, #[case] expected: usize) {
        assert_eq!(numbers(claim).len(), expected);
    }

    #[test]
    fn plain_words_are_no_code() {
        let source = "**Its** `run time` deferred-calls run; NumCPU, 7";
        let words: Vec<&str> = plain_words(source, &(0..source.len())).into_iter().map(|r| &source[r]).collect();
        assert_eq!(words, ["Its", "deferred-calls", "run"]);
    }
}
