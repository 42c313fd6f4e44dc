//! Documents that cannot be used, in every format: the place is told and nothing is written; and what `viva check` tells of
//! a bank that was just imported.

use rstest::rstest;

use super::{Imported, text};
use crate::cli::run;

#[track_caller]
fn refused(file: &str, content: impl AsRef<[u8]>, told: &str) {
    let imported = Imported::new(file, content, &[]);
    let Imported { ran, .. } = &imported;
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert!(ran.stdout.contains(&format!("{file}{told}")), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("error: nothing is written: mend "), "{}", ran.stderr);
    assert!(!imported.banks().exists());
}

/// Two essays of Moodle's, a line each.
fn quiz(names: [&str; 2], ideal: &str) -> String {
    let essay = |name: &str| {
        format!(
            "<question type=\"essay\"><name><text>{name}</text></name><questiontext><text>Why?</text></questiontext>\
             <graderinfo><text>{ideal}</text></graderinfo></question>"
        )
    };
    format!("<quiz>{}\n{}</quiz>", essay(names[0]), essay(names[1]))
}

#[rstest]
#[case::csv(
    "b.csv",
    "id,question,answer\nQ1,Why?,So.\nQ1,How?,So.\n",
    ":3:1: fault: question `Q1` stands in line 2 already"
)]
#[case::jsonl(
    "b.jsonl",
    "{\"id\":\"Q1\",\"prompt\":\"Why?\",\"ideal\":\"So.\"}\n{\"id\":\"Q1\",\"prompt\":\"How?\",\"ideal\":\"So.\"}\n",
    ":2:1: fault: question `Q1` stands in line 1 already"
)]
#[case::markdown(
    "b.md",
    "# B\n\n## A\n\n### Q1: Why?\n\nSo.\n\n### Q1: How?\n\nSo.\n",
    ":9:1: fault: question `Q1` stands in line 5 already"
)]
#[case::moodle("b.xml", &quiz(["B7", "B7"], "So."), ":2:1: fault: question `B7` stands in line 1 already")]
#[case::gift("b.gift", "::B3:: Why {=So}\n\n::B3:: How {=So}\n", ":3:1: fault: question `B3` stands in line 1 already")]
#[case::promptfoo(
    "b.yaml",
    "tests:\n  - vars: {question: Why?, reference: So.}\n    metadata: {id: B9}\n  - vars: {question: How?, reference: So.}\n    metadata: {id: B9}\n",
    ":4:1: fault: question `B9` stands in line 2 already"
)]
fn an_id_stands_once(#[case] file: &str, #[case] content: &str, #[case] told: &str) {
    refused(file, content, told);
}

#[rstest]
#[case::csv("b.csv", "question,answer\nWhy?,\"  \"\n", ":2:1: fault: the question has no ideal answer")]
#[case::jsonl("b.jsonl", "{\"prompt\":\"Why?\",\"ideal\":\"\"}\n", ":1:1: fault: the question has no ideal answer")]
fn an_ideal_answer_says_something(#[case] file: &str, #[case] content: &str, #[case] told: &str) {
    refused(file, content, told);
}

#[rstest]
#[case::csv("b.csv", |ideal: &str| format!("question,answer\nWhy?,{ideal}\n"), ":2:1: ")]
#[case::jsonl("b.jsonl", |ideal: &str| format!("{{\"prompt\":\"Why?\",\"ideal\":\"{ideal}\"}}\n"), ":1:1: ")]
#[case::markdown("b.md", |ideal: &str| format!("# B\n\n## A\n\n### Why?\n\n{ideal}\n"), ":5:1: ")]
#[case::moodle("b.xml", |ideal: &str| quiz(["a", "b"], ideal), ":2:1: ")]
#[case::gift("b.gift", |ideal: &str| format!("Why {{={ideal}}}\n"), ":1:1: ")]
fn no_format_takes_an_ideal_answer_of_200_kilobytes(
    #[case] file: &str,
    #[case] document: impl Fn(&str) -> String,
    #[case] place: &str,
) {
    let sized = |size: usize| document("bread ".repeat(size / 6).trim_end());
    assert_eq!(Imported::new(file, sized(60_000), &[]).ran.code, Some(0));
    refused(file, sized(200_000), &format!("{place}fault: an ideal answer has more than 64 KiB"));
}

#[rstest]
#[case::in_a_later_row("b.csv", b"question,answer\nWhy?,caf\xc3\xa9\nHow?,caf\xe9\n", ":3:9: fault: this is not UTF-8")]
#[case::in_a_later_line("b.md", b"# B\n\n## A\n\n### Why?\n\nCaf\xc3\xa9 caf\xe9.\n", ":7:9: fault: this is not UTF-8")]
fn two_encodings_in_one_file_are_told(#[case] file: &str, #[case] content: &[u8], #[case] told: &str) {
    refused(file, content, told);
}

#[test]
fn a_check_names_the_drafts_to_look_at_first() {
    // The first ideal answer is cut into a piece that any answer to the question says.
    let lines =
        "Q1. What is a stone oven?\n\nA stone oven. It is a stone oven.\n\nQ2. Why knead?\n\nKneading builds gluten.\n";
    let imported = Imported::new("b.txt", lines, &[]);
    let ran = run(&["check", "--banks", text(&imported.banks())]).expect(0);
    let out = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = out.split_once("2 drafts; look first at: ").unwrap_or_else(|| panic!("{out}")).1;
    assert!(told.split_whitespace().next().is_some_and(|file| file.ends_with("Q1.toml")), "{out}");
}
