//! Answers that make the same claims in other clothes, and must keep their score.

use std::ops::Range;

use super::base::{Base, body_of};
use super::words::{lower_first, plain_words, upper_first};
use super::{Kind, Mutant};
use crate::domain::text::vocabulary::Vocabulary;
use crate::domain::text::{Opening, Stance};

/// The keeping mutants of one answer.
pub(super) fn mutants(base: &Base<'_>) -> Vec<Mutant> {
    let mut mutants = synonyms(base);
    mutants.extend(reversed(base));
    let whole = |kind: Kind, text: String, change: &str| {
        (text != base.source).then(|| Mutant { kind, text, change: change.to_owned(), affected: Vec::new() })
    };
    if !base.has_code_block() {
        mutants.extend(whole(Kind::Markdown, other_markdown(base), "list and prose exchanged"));
    }
    mutants.extend(whole(Kind::Typos, typos(base), "two letters exchanged in long words"));
    mutants.extend(whole(Kind::Capitals, capitals(base.source), "capitals"));
    mutants.extend(whole(Kind::Polite, polite(base.source), "thanks and hopes"));
    mutants
}

fn polite(source: &str) -> String {
    format!(
        "Thanks for the question, I am happy to answer it!\n\n{source}\n\nI hope this helps; please let me know if \
         anything is unclear."
    )
}

/// For each lexicon group that the answer uses in its plain or plural form: all those replaced by another form.
fn synonyms(base: &Base<'_>) -> Vec<Mutant> {
    let lexicon = &base.grader.contents().lexicon;
    let spans = base.grader.language().groups_in(&base.read.text);
    let mut mutants = Vec::new();
    for (number, group) in lexicon.groups.iter().enumerate() {
        let mut text = base.source.to_owned();
        let mut changes: Vec<String> = Vec::new();
        let mut before = text.len();
        for span in spans.iter().rev().filter(|s| usize::from(s.group) == number) {
            let tokens = usize::from(span.start)..usize::from(span.end);
            let (start, end) = base.read.text.span(&tokens);
            let is_name = base.read.text.tokens[tokens].iter().any(|t| t.name);
            if is_name || end > before || in_code(base.source, start) {
                continue;
            }
            let written = &base.source[start..end];
            if let Some(other) = other_form(&group.forms, written) {
                changes.push(format!("{written} → {other}"));
                text.replace_range(start..end, &other);
                before = start;
            }
        }
        if !changes.is_empty() {
            changes.reverse();
            changes.dedup();
            let change = format!("{}: {}", group.name, changes.join(", "));
            mutants.push(Mutant { kind: Kind::Synonym, text, change, affected: Vec::new() });
        }
    }
    mutants
}

/// Whether a place lies between backticks.
fn in_code(source: &str, at: usize) -> bool {
    source[..at].matches('`').count() % 2 == 1
}

/// Another form of the group, spelt as `written` is: in the plural where that is, with a capital where it has one.
/// Nothing where `written` is another inflection, which a form cannot be put in the place of.
fn other_form(forms: &[String], written: &str) -> Option<String> {
    const SHORTEST: usize = 3;
    let lower = written.to_lowercase();
    let singular = lower.strip_suffix('s').unwrap_or_default();
    let at = forms.iter().position(|f| *f == lower || *f == singular)?;
    let plural = forms[at] != lower;
    let words = |form: &str| form.split(' ').count();
    let fits = |form: &&String| {
        let letters = form.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
        // Where a phrase takes its plural nobody can tell.
        letters && form.len() >= SHORTEST && words(form) == words(&lower) && (!plural || words(form) == 1)
    };
    // Another inflection or a usual misspelling is no other word.
    let shared = |form: &&String| {
        let near = strsim::osa_distance(form, &forms[at]) <= 2;
        near || form.starts_with(&forms[at]) || forms[at].starts_with(form.as_str())
    };
    let others = forms[at + 1..].iter().chain(&forms[..at]);
    let other = others.filter(fits).find(|form| !shared(form))?;
    let made = match plural {
        true if other.ends_with('s') => other.clone(),
        true => format!("{other}s"),
        false => other.clone(),
    };
    let capital = written.starts_with(char::is_uppercase);
    Some(if capital { upper_first(&made) } else { made })
}

/// Words that say in which order things happen: what they join cannot change places.
const SEQUENCE: [&str; 12] = [
    "after",
    "afterwards",
    "before",
    "finally",
    "first",
    "later",
    "next",
    "so",
    "then",
    "thereby",
    "therefore",
    "until",
];

/// For each pair of clauses that an `and` joins: the two exchanged.
fn reversed(base: &Base<'_>) -> Vec<Mutant> {
    let text = &base.read.text;
    let mut mutants = Vec::new();
    for (at, pair) in text.clauses.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        let joined =
            b.opening == Opening::And && a.sentence == b.sentence && text.word(&text.tokens[b.tokens.start]) == "and";
        let first = a.opening == Opening::Plain && (at == 0 || text.clauses[at - 1].sentence != a.sentence);
        let claims = [a, b].iter().all(|c| c.stance == Stance::Asserted && c.tokens.len() >= 4);
        let ordered = || text.tokens[a.tokens.start..b.tokens.end].iter().any(|t| SEQUENCE.contains(&text.word(t)));
        if !joined || !first || !claims || ordered() || base.has_code_block() {
            continue;
        }
        let left = whole_words(base.source, text.span(&a.tokens));
        let right = whole_words(base.source, text.span(&(b.tokens.start + 1..b.tokens.end)));
        let (x, y) = (&base.source[left.clone()], &base.source[right.clone()]);
        if [x, y].iter().any(|part| part.matches('`').count() % 2 == 1 || part.matches("**").count() % 2 == 1) {
            continue;
        }
        let between = &base.source[left.end..right.start];
        let is_word = |part: &str| plain_words(part, &(0..part.len())).first().is_some_and(|r| r.start == 0);
        let capital = x.starts_with(char::is_uppercase) && is_word(x);
        let x = if capital { lower_first(x) } else { x.to_owned() };
        let y = if capital && is_word(y) { upper_first(y) } else { y.to_owned() };
        let made = format!("{y}{between}{x}");
        let change = made.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = base.with(&(left.start..right.end), &made);
        mutants.push(Mutant { kind: Kind::Reversed, text, change, affected: Vec::new() });
    }
    mutants
}

/// A span with the quotes and marks that touch it.
fn whole_words(source: &str, (start, end): (usize, usize)) -> Range<usize> {
    let is_mark = |c: char| matches!(c, '`' | '*' | '_' | '"' | '“' | '”' | ')' | '(');
    let before = source[..start].len() - source[..start].trim_end_matches(is_mark).len();
    let after = source[end..].len() - source[end..].trim_start_matches(is_mark).len();
    start - before..end + after
}

/// Prose for a list, and a list for prose.
fn other_markdown(base: &Base<'_>) -> String {
    let items: Vec<&str> = base.sentences.iter().map(|range| base.source[range.clone()].trim()).collect();
    let is_list =
        items.iter().filter(|item| item.starts_with(['-', '*', '+']) && item[1..].starts_with(' ')).count() > 1;
    let texts = items.iter().filter_map(|item| Some(item[body_of(item)?..].replace('\n', " ")));
    if !is_list {
        return texts.fold(String::new(), |list, text| list + "- " + &text + "\n");
    }
    let ended = |text: String| {
        if text.ends_with(['.', '!', '?', ':', ';']) { text } else { format!("{text}.") }
    };
    texts.map(ended).collect::<Vec<_>>().join(" ")
}

/// Two letters in the middle exchanged in every long word that is neither an identifier nor a word of the field.
fn typos(base: &Base<'_>) -> String {
    const LONG: usize = 7;
    let language = base.grader.language();
    let words = Vocabulary::new(language.base());
    let mut text = base.source.to_owned();
    for range in plain_words(base.source, &(0..base.source.len())) {
        let word = &base.source[range.clone()];
        let lower = word.to_lowercase();
        let is_long = word.len() >= LONG && word.bytes().all(|b| b.is_ascii_alphabetic());
        let term = words.find(&lower, false).term;
        let of_the_field = term.is_known() && (language.is_grouped(term) || language.direction(term).is_some());
        if is_long && !of_the_field {
            text.replace_range(range, &exchanged(word));
        }
    }
    text
}

/// The word with two letters exchanged near its middle, where they differ.
fn exchanged(word: &str) -> String {
    let mut bytes = word.as_bytes().to_vec();
    let middle = bytes.len() / 2;
    if let Some(at) = (middle..bytes.len() - 1).find(|at| bytes[*at] != bytes[at + 1]) {
        bytes.swap(at, at + 1);
    }
    String::from_utf8(bytes).unwrap_or_else(|_| word.to_owned())
}

/// The text with a capital at the head of every plain word.
fn capitals(source: &str) -> String {
    let mut text = source.to_owned();
    for range in plain_words(source, &(0..source.len())) {
        if source[range.start..].starts_with(|c: char| c.is_ascii_lowercase()) {
            text[range.start..=range.start].make_ascii_uppercase();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn forms(all: &[&str]) -> Vec<String> {
        all.iter().map(|f| (*f).to_owned()).collect()
    }

    #[rstest]
    #[case::next_one("thread", Some("carrier"))]
    #[case::plural("Threads", Some("Carriers"))]
    #[case::as_many_words("os thread", Some("kernel thread"))]
    #[case::another_inflection("threaded", None)]
    fn takes_another_form(#[case] written: &str, #[case] expected: Option<&str>) {
        let group = forms(&["thread", "os thread", "m", "carrier", "kernel thread"]);
        assert_eq!(other_form(&group, written).as_deref(), expected);
    }

    #[test]
    fn letters_are_exchanged_in_the_middle() {
        assert_eq!(exchanged("disappears"), "disapepars");
        assert_eq!(exchanged("goroutine"), "gorotuine");
    }

    #[test]
    fn capitals_leave_code_alone() {
        assert_eq!(capitals("it `runs the` NumCPU **defers**"), "It `runs the` NumCPU **Defers**");
    }

    #[test]
    fn spans_take_their_marks_along() {
        let source = "the `go` word";
        assert_eq!(&source[whole_words(source, (5, 7))], "`go`");
    }
}
