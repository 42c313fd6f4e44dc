//! Names, e-mail addresses and phone numbers, taken out of an answer before it leaves the machine.
//!
//! Names nothing of ours. Names are known from how people give them: introductions and closings; a caller who knows the
//! writer's name passes it in. A word in the middle of a sentence is never taken for a name: `Goexit` is none.

use std::sync::LazyLock;

use regex::Regex;

/// What stands for a name.
pub const NAME: &str = "[name]";
/// What stands for an e-mail address.
pub const EMAIL: &str = "[e-mail]";
/// What stands for a phone number.
pub const PHONE: &str = "[phone]";

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns here are tested")
}

static EMAILS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:mailto:)?[\p{L}0-9._%+'-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)*\.\p{L}{2,}\b"));
/// Digits in groups, with a plus, parentheses or separators.
static PHONES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\+|\b00|\(|\b)\d[\d()]*(?:[ \t./\u{a0}-]{1,2}\(?\d{2,}\)?){1,6}\b|\+\d{8,15}\b"));
/// One to three words that begin with a capital.
const PERSON: &str = r"(\p{Lu}(?:\.|[\p{L}'’-]*)(?:[ \t]+(?:(?:van|von|de|da|di|del|der|bin|al|la|le)[ \t]+)*\p{Lu}(?:\.|[\p{L}'’-]*)){0,3})";
static INTRODUCED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"((?i:\bmy (?:full |first |last )?name(?: is|'s|:)|\bname[ \t]*:|\bcandidate[ \t]*:|\bauthor[ \t]*:|\bsigned(?: by)?[ \t]*:?|\bi(?: a|'|’)m called|\bwritten by|\bsubmitted by|\banswer(?:ed)? by))[ \t]+{PERSON}"
    ))
});
/// "I am" takes two capitals at least: "I am Sure" is no name.
static I_AM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(\b(?:I am|I'm|I’m|This is|this is))[ \t]+(\p{Lu}\p{Ll}[\p{L}'’-]*(?:[ \t]+\p{Lu}(?:\.|[\p{L}'’-]*)){1,3})(\s*(?:[.,;!]|$|\band\b|\bfrom\b|\bhere\b|\bspeaking\b))",
    )
});
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?m)^([ \t]*(?i:best|best regards|kind regards|regards|warm regards|cheers|sincerely|yours sincerely|yours truly|yours|thanks|many thanks|thank you)[ \t]*[,.!]?[ \t]*\r?\n?[ \t]*(?:[-–—][ \t]*)?){PERSON}[ \t]*\r?$"
    ))
});
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?m)^([ \t]*(?:--|–|—)[ \t]*)(\p{Lu}\p{Ll}[\p{L}'’-]*(?:[ \t]+\p{Lu}(?:\.|[\p{L}'’-]*)){1,2})[ \t]*\r?$")
});

/// The answer with everything that says who wrote it replaced. `names` are known names of the writer's.
#[must_use]
pub fn redact(answer: &str, names: &[&str]) -> String {
    let mut text = EMAILS.replace_all(answer, EMAIL).into_owned();
    text = PHONES.replace_all(&text, |found: &regex::Captures<'_>| phone(&found[0])).into_owned();
    text = INTRODUCED.replace_all(&text, format!("$1 {NAME}")).into_owned();
    text = I_AM.replace_all(&text, format!("$1 {NAME}$3")).into_owned();
    text = CLOSING.replace_all(&text, format!("${{1}}{NAME}")).into_owned();
    text = SIGNED.replace_all(&text, format!("${{1}}{NAME}")).into_owned();
    for name in names.iter().map(|name| name.trim()).filter(|name| name.chars().count() > 1) {
        let known = Regex::new(&format!(r"(?i)\b{}\b", regex::escape(name)));
        if let Ok(known) = known {
            text = known.replace_all(&text, NAME).into_owned();
        }
    }
    text
}

/// A run of digits and separators, replaced where it is a phone number.
fn phone(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let groups: Vec<usize> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).map(str::len).collect();
    let international = text.starts_with('+') || text.starts_with("00");
    // `10 000 000` and `1.2.3` are numbers, `2023-11-05` is a day, `192.168.0.10` an address.
    let thousands = !international && groups.iter().skip(1).all(|n| *n == 3) && groups[0] <= 3;
    let day = groups == [4, 2, 2] || groups == [2, 2, 4];
    let address = text.contains('.') && groups.len() == 4 && groups.iter().all(|n| *n <= 3);
    let is_phone = (if international { 8..=15 } else { 9..=15 }).contains(&digits) && !thousands && !day && !address;
    // A US number has groups of three all through, but for the last.
    if is_phone { PHONE.to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::email("Write to jane.doe+go@mail.example.co.uk please", "Write to [e-mail] please")]
    #[case::email_in_brackets("Jane <jane@example.com>", "Jane <[e-mail]>")]
    #[case::international("Call +49 170 1234567.", "Call [phone].")]
    #[case::compact("Call +491701234567.", "Call [phone].")]
    #[case::american("Call (415) 555-2671 or 415-555-2671", "Call [phone] or [phone]")]
    #[case::introduced("Hi, my name is Jane van Doe. It ends.", "Hi, my name is [name]. It ends.")]
    #[case::i_am("I am Jane Doe and I think it ends.", "I am [name] and I think it ends.")]
    #[case::field("Name: Jane Doe\nIt ends.", "Name: [name]\nIt ends.")]
    #[case::closing("It ends.\n\nBest regards,\nJane Doe", "It ends.\n\nBest regards,\n[name]")]
    #[case::signed("It ends.\n-- Jane Doe", "It ends.\n-- [name]")]
    fn takes_out_who_wrote_it(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(redact(text, &[]), expected);
    }

    #[rstest]
    #[case::import("import \"golang.org/x/sync@v0.3.0\" and runtime.Goexit()")]
    #[case::decorator("@property and user@host")]
    #[case::numbers("10 000 000 goroutines, 1,000,000 of them, 1.19, 2023-11-05, 192.168.100.200, 0x1234567890")]
    #[case::ranges("between 100-200 ms, 85..95 %, 1000000000 ns, 1 2 3 4")]
    #[case::sure("I am Sure that GC runs. I'm not John.")]
    #[case::names_of_things("This is Go. The P holds an M; Goexit runs. Thanks to the GC it works.")]
    #[case::list("- GOMAXPROCS\n- GOGC")]
    fn leaves_the_rest_alone(#[case] text: &str) {
        assert_eq!(redact(text, &[]), text);
    }

    #[test]
    fn takes_out_names_that_are_known() {
        assert_eq!(
            redact("As JANE says, it ends (jane doe).", &["Jane Doe", "Jane"]),
            "As [name] says, it ends ([name])."
        );
    }
}
