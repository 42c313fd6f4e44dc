//! `viva import`, through the real binary: formats, faults with their lines, and grading with what was written.

use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{Ran, run};

mod elsewhere;
mod unusable;

const TEXT: &str = "\
Skip to content

Bakery — Interview Questions

Read them before the shift.


Apprentice

Q1. Why does bread dough rest before baking?

Yeast needs time to turn sugar into carbon dioxide. The gluten network relaxes during the rest (so shaping the loaf gets easier). Follow-up: \"Can it rest too long?\" Yes, the structure collapses after some hours.

Q2. How do you check an oven?

  • Put a thermometer on the middle shelf.
  • Compare both displays after twenty minutes.
  • Note the difference on the door.

Q3. Show the order form.

order(\"rye\", func() {
    bake(12)
})

Twelve loaves is the smallest batch.


Quick-fire trivia

  • Which flour has most gluten? Strong wheat flour.
  • Is rye bread sour? Usually. The sourdough starter makes it so.

Scenario-based

S1. A customer returns a burnt loaf.
They are angry.

A: Apologise first. Replace the burnt loaf with a fresh one.


Open-ended

O1. Design a bakery.

Expected components: a flour store, a large oven, a sales counter.
";

/// A folder with a file in it, and what importing that file gave.
struct Imported {
    dir: TempDir,
    ran: Ran,
}

impl Imported {
    fn new(file: &str, content: impl AsRef<[u8]>, more: &[&str]) -> Self {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join(file), content).unwrap();
        let ran = import(dir.path(), file, more);
        Self { dir, ran }
    }

    fn banks(&self) -> PathBuf {
        self.dir.path().join("banks")
    }

    /// Ids, sections and kinds of what was imported.
    fn listed(&self) -> Vec<String> {
        let banks = self.banks();
        let args = ["questions", "--json", "--bank", "bakery", "--banks", text(&banks)];
        let word = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
        let row = |line: &Value| format!("{} {} {}", word(line, "id"), word(line, "section"), word(line, "kind"));
        run(&args).expect(0).json().iter().map(row).collect()
    }

    fn grade(&self, id: &str, answer: &str) -> Value {
        let banks = self.banks();
        let args = ["grade", id, answer, "--bank", "bakery", "--json", "--banks", text(&banks)];
        run(&args).expect(0).json().remove(0)
    }

    fn document(&self) -> String {
        fs::read_to_string(self.banks().join("questions/bakery.md")).unwrap()
    }
}

fn import(dir: &Path, file: &str, more: &[&str]) -> Ran {
    let (file, banks) = (dir.join(file), dir.join("banks"));
    run(&[&["import", text(&file), "--bank", "bakery", "--into", text(&banks)], more].concat())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

#[test]
fn plain_text_becomes_a_bank_that_grades() {
    let imported = Imported::new("bakery.txt", TEXT, &[]);
    let out = &imported.ran.stdout;
    assert_eq!(imported.ran.code, Some(0), "{:#?}", imported.ran);
    assert!(out.contains("7 questions with ") && out.contains("read as plain text"), "{out}");
    assert!(out.contains("bakery.txt:1:1: warning: this line belongs to no question"), "{out}");
    assert!(out.contains("/banks check\n") && out.contains("/banks grade Q1 --bank bakery\n"), "{out}");
    let expected = [
        "Q1 apprentice short",
        "Q2 apprentice list",
        "Q3 apprentice short",
        "T1 trivia short",
        "T2 trivia short",
        "S1 scenario short",
        "O1 open open",
    ];
    assert_eq!(imported.listed(), expected);
    let document = imported.document();
    for part in [
        "# Bakery — Interview Questions\n\nRead them before the shift.\n",
        "## Scenario-based\n\n### S1 · short\n\nA customer returns a burnt loaf.\nThey are angry.\n\n**Ideal answer**\n\nApologise first.",
        "Follow-up: \"Can it rest too long?\" Yes",
        "- Put a thermometer",
        "    bake(12)\n",
    ] {
        assert!(document.contains(part), "{part:?} is missing:\n{document}");
    }
    let ideal = "Yeast needs time to turn sugar into carbon dioxide. The gluten network relaxes during the rest (so shaping \
                 the loaf gets easier). Yes, the structure collapses after some hours.";
    let (good, bad) = (imported.grade("Q1", ideal), imported.grade("Q1", "Bread is tasty."));
    assert_eq!(good["scoring"], "draft");
    assert!(good["score"].as_f64() > Some(0.85), "{good}");
    assert!(bad["score"].as_f64() < Some(0.1), "{bad}");
    let again = Imported::new("own.md", &document, &[]);
    assert_eq!((again.document(), again.listed()), (document, imported.listed()));
}

#[rstest]
#[case::markdown(
    "b.md",
    "# Bakery\n\n## Basics\n\n### Why knead dough?\n\nKneading builds gluten.\n\n#### More\n\n- It warms the dough.\n\n### S4: What is rye?\n\n```\n# a grain\n```\nA grain of cold regions.\n",
    &["Q1 basics short", "S4 basics short"]
)]
#[case::markdown_of_one_level("b.md", "# Why knead dough?\n\nKneading builds gluten.\n", &["Q1 questions short"])]
#[case::csv(
    "b.csv",
    "Question,Ideal Answer,ID,Category\n\"Why knead, and how?\",\"It builds \"\"gluten\"\".\nSlowly.\",7,Basics\nWhat is rye?,A grain of cold regions.,,Grains\n",
    &["Q7 basics short", "Q1 grains short"]
)]
#[case::csv_with_semicolons("b.csv", "prompt;answer\r\nWhat is rye, exactly?;A grain.\r\n", &["Q1 questions short"])]
#[case::jsonl(
    "b.jsonl",
    "{\"prompt\":\"What is rye?\",\"ideal\":[\"A grain.\",\"A cereal.\"],\"section\":\"Grains\"}\n\n{\"id\":\"K1\",\"question\":\"Why knead?\",\"answer\":\"It builds gluten.\"}\n",
    &["Q1 grains short", "K1 grains short"]
)]
#[case::one_list(
    "b.json",
    "[\n {\"prompt\":\"What is rye?\",\n \"ideal\":\"A grain.\"},\n {\"prompt\":\"Why knead?\",\"ideal\":\"It builds gluten.\"}]",
    &["Q1 questions short", "Q2 questions short"]
)]
#[case::text_without_ids("b.txt", "Q: What is rye?\nA: A grain.\n\nQ: Why knead?\nA: It builds gluten.\n", &["Q1 questions short", "Q2 questions short"])]
fn formats_are_told_apart(#[case] file: &str, #[case] content: &str, #[case] expected: &[&str]) {
    let imported = Imported::new(file, content, &[]);
    assert_eq!(imported.ran.code, Some(0), "{:#?}", imported.ran);
    assert_eq!(imported.listed(), expected, "{}", imported.document());
}

#[rstest]
#[case::nothing("b.txt", b"", ":1:1: fault: there is no question here")]
#[case::prose("b.txt", b"Bread is made of flour.\n", ":1:1: fault: there is no question here (read as plain text)")]
#[case::title_alone(
    "b.md",
    b"# Bread\n\nIt is made of flour.\n",
    ":1:1: fault: there is no question here (read as Markdown)"
)]
#[case::no_answer("b.txt", b"Q1. Why?\n\nQ2. How?\n\nSo.\n", ":1:1: fault: question `Q1` has no ideal answer")]
#[case::twice("b.txt", b"Q1. Why?\n\nSo.\n\nQ1. How?\n\nSo.\n", ":5:1: fault: question `Q1` stands in line 1 already")]
#[case::latin_1("b.txt", b"Q1. Why?\n\nA caf\xe9.\n", ":3:6: fault: this is not UTF-8")]
#[case::utf_16("b.txt", b"\xff\xfeQ\0", ":1:1: fault: the file is UTF-16")]
#[case::binary("b.txt", b"Q1. Why?\n\0", ":2:1: fault: this is no text")]
#[case::silent_trivia(
    "b.txt",
    b"Trivia\n\n- Which? This.\n- That one.\n",
    ":4:1: fault: this bullet of the trivia (`T2`)"
)]
#[case::no_columns("b.csv", b"a,b\n1,2\n", ":1:1: fault: the headings name no question or no answer")]
#[case::open_quote("b.csv", b"question,answer\nWhy?,So.\nHow?,\"So", ":3:1: fault: the quotation mark is never closed")]
#[case::stray_quote("b.csv", b"question,answer\nWhy?,\"So\" it\n", ":2:1: fault: there is text behind a closing")]
#[case::too_many("b.csv", b"question,answer\nWhy?,So,so\n", ":2:1: fault: this row has 3 fields and the headings 2")]
#[case::bad_id("b.csv", b"id,question,answer\na b,Why?,So.\n", ":2:1: fault: `a b` is not a valid question id")]
#[case::no_json(
    "b.jsonl",
    b"{\"prompt\":\"Why?\",\"ideal\":\"So.\"}\n{\"prompt\"}\n",
    ":2:10: fault: this is no JSON object"
)]
#[case::no_ideal("b.jsonl", b"{\"prompt\":\"Why?\"}\n", ":1:1: fault: `ideal` is missing")]
#[case::own_document(
    "b.md",
    b"# B\n\n## A\n\n### Q1\n\nWhy?\n\n**Ideal answer**\n",
    ":5:1: fault: question `Q1` has an empty"
)]
fn faults_name_their_line_and_write_nothing(#[case] file: &str, #[case] content: &[u8], #[case] told: &str) {
    let imported = Imported::new(file, content, &[]);
    let Imported { ran, .. } = &imported;
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert!(ran.stdout.contains(&format!("{file}{told}")), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("error: nothing is written: mend "), "{}", ran.stderr);
    assert!(!imported.banks().exists());
}

#[test]
fn an_ideal_answer_has_a_largest_size() {
    let sized = |size: usize| format!("Q1. Why?\n\n{}\n", "bread ".repeat(size / 6));
    assert_eq!(Imported::new("b.txt", sized(63 * 1024), &[]).ran.code, Some(0));
    let large = Imported::new("b.txt", sized(200_000), &[]).ran.expect(2);
    assert!(large.stdout.contains("b.txt:1:1: fault: an ideal answer has more than 64 KiB"), "{}", large.stdout);
}

#[test]
fn what_is_there_is_replaced_only_by_force() {
    let imported = Imported::new("b.txt", "Q1. Why?\n\nBecause bread rises.\n\nQ2. How?\n\nSlowly.\n", &[]);
    let before = imported.document();
    fs::write(imported.dir.path().join("c.txt"), "Q1. What?\n\nA loaf of rye.\n").unwrap();
    let refused = import(imported.dir.path(), "c.txt", &[]).expect(2);
    assert!(refused.stderr.contains("bakery.md already") && refused.stdout.is_empty(), "{refused:#?}");
    assert_eq!(imported.document(), before);
    import(imported.dir.path(), "c.txt", &["--force"]).expect(0);
    let names = |folder: &str| {
        let mut names: Vec<_> =
            fs::read_dir(imported.banks().join(folder)).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("rubrics/bakery"), ["Q1.toml"]);
    assert_eq!(names(""), ["questions", "rubrics"]);
    let bad = run(&["import", "x", "--bank", "../up"]).expect(2);
    assert!(bad.stderr.contains("`../up` is not a valid bank name"), "{}", bad.stderr);
}
