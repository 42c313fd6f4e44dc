//! Formats of other programs: Moodle's XML and GIFT, promptfoo's tests, and tables without our headings.

use std::fs;

use rstest::rstest;

use super::Imported;

const QUIZ: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/top/Bakery/Basics</text></category></question>
  <question type="essay">
    <name><text>Rest</text></name>
    <questiontext format="html"><text><![CDATA[<p>Why does <b>dough</b> rest?</p>]]></text></questiontext>
    <graderinfo format="html"><text><![CDATA[<p>Yeast makes gas &amp; bubbles.</p><ul><li>Gluten relaxes.</li></ul>]]></text></graderinfo>
  </question>
  <question type="shortanswer">
    <name><text>B7</text></name>
    <questiontext format="html"><text>&lt;p&gt;What is rye?&lt;/p&gt;</text></questiontext>
    <answer fraction="100"><text>a grain</text></answer>
    <answer fraction="100"><text>a cereal of cold regions</text></answer>
    <answer fraction="50"><text>a plant</text></answer>
    <answer fraction="0"><text>*</text></answer>
  </question>
  <question type="essay"><name><text>Bare</text></name><questiontext><text>Say it.</text></questiontext></question>
  <question type="multichoice"><name><text>Pick</text></name></question>
</quiz>
"#;

const GIFT: &str = r"// questions of the first shift
$CATEGORY: $course$/top/Basics

::B3::[html]<p>Where does dough rest?</p>{=In a warm place =Near the oven#right =%50%inside}

::Essay:: Why \{really\}
does dough rest?{####Yeast makes gas. The gluten relaxes.}

Two plus two {=4 ~3}

Bread is sour {T}

Dough needs {=flour} and water.
";

const PROMPTFOO: &str = r#"description: Bakery
defaultTest:
  assert:
    - {type: latency, threshold: 100}
tests:
  - vars: {question: "Why does dough rest, {{who}}?", who: baker}
    assert:
      - {type: llm-rubric, weight: 2, value: The answer should mention that yeast makes gas.}
      - type: llm-rubric
        value: |
          - explains that gluten relaxes
          - says that shaping gets easier
      - {type: not-llm-rubric, value: Claims that yeast dies}
      - {type: icontains-any, value: [carbon dioxide, bubbles]}
      - {type: javascript, value: output.length > 3}
  - vars: {question: What is rye?, reference: A grain of cold regions.}
    metadata: {id: B9}
"#;

#[track_caller]
fn told(imported: &Imported, lines: &[&str]) {
    let out = &imported.ran.stdout;
    assert_eq!(imported.ran.code, Some(0), "{:#?}", imported.ran);
    for line in lines {
        assert!(out.contains(line), "{line:?} is missing:\n{out}");
    }
}

#[test]
fn moodle_gives_short_answers_and_essays_with_what_graders_know() {
    let imported = Imported::new("quiz.xml", QUIZ, &[]);
    told(
        &imported,
        &[
            "2 questions with ",
            "read as Moodle XML",
            "quiz.xml:14:1: warning: an answer of 50 % is no ideal answer",
            "quiz.xml:17:1: warning: the essay “Bare” has no information for graders: it is left out",
            "quiz.xml:18:1: warning: the question “Pick” is of type `multichoice`",
        ],
    );
    assert_eq!(imported.listed(), ["Q1 basics short", "B7 basics short"]);
    let document = imported.document();
    for part in [
        "Why does **dough** rest?\n\n**Ideal answer**\n\nYeast makes gas & bubbles.\n\n- Gluten relaxes.\n",
        "What is rye?\n\n**Ideal answer**\n\na grain\n\n**Ideal answer**\n\na cereal of cold regions\n",
    ] {
        assert!(document.contains(part), "{part:?} is missing:\n{document}");
    }
}

#[rstest]
#[case::by_its_name("quiz.gift")]
#[case::as_moodle_names_it("quiz.txt")]
fn gift_gives_short_answers_and_essays_with_feedback(#[case] file: &str) {
    let imported = Imported::new(file, GIFT, &[]);
    let at = |line: usize, what: &str| format!("{file}:{line}:1: warning: {what}");
    told(
        &imported,
        &[
            "3 questions with ",
            "read as GIFT",
            &at(4, "an answer of 50 % is no ideal answer"),
            &at(9, "this question offers answers to choose from: it is left out"),
            &at(11, "this question asks for true or false: it is left out"),
        ],
    );
    assert_eq!(imported.listed(), ["B3 basics short", "Q1 basics short", "Q2 basics short"]);
    let document = imported.document();
    for part in [
        "Where does dough rest?\n\n**Ideal answer**\n\nIn a warm place\n\n**Ideal answer**\n\nNear the oven\n",
        "Why {really}\ndoes dough rest?\n\n**Ideal answer**\n\nYeast makes gas. The gluten relaxes.\n",
        "Dough needs _____ and water.\n\n**Ideal answer**\n\nflour\n",
    ] {
        assert!(document.contains(part), "{part:?} is missing:\n{document}");
    }
}

#[test]
fn what_promptfoo_asserts_in_words_is_a_rubric() {
    let imported = Imported::new("promptfooconfig.yaml", PROMPTFOO, &[]);
    told(
        &imported,
        &[
            "2 questions with 4 concepts of the file's own and 1 drafted concept, read as promptfoo tests",
            "yaml:4:1: warning: the assertion `latency` says nothing of what an answer claims: it is left out",
            "yaml:6:1: warning: there is no reference answer: the criteria together stand for the ideal answer",
            "yaml:15:1: warning: the assertion `javascript` says nothing of what an answer claims: it is left out",
        ],
    );
    assert_eq!(imported.listed(), ["Q1 questions list", "B9 questions short"]);
    assert!(imported.document().contains("Why does dough rest, baker?\n"), "{}", imported.document());
    let rubric = fs::read_to_string(imported.banks().join("rubrics/bakery/Q1.toml")).unwrap();
    for part in [
        "status = \"draft\"",
        "claim = \"Yeast makes gas\"\nweight = 4\n",
        "claim = \"Gluten relaxes\"\nweight = 2\n",
        "patterns = ['\"carbon dioxide\"|bubbles']",
        "[[misconception]]\nid = \"yeast-dies\"\nclaim = \"Yeast dies\"\n",
    ] {
        assert!(rubric.contains(part), "{part:?} is missing:\n{rubric}");
    }
    let grade = imported.grade("Q1", "Yeast makes gas, and the gluten relaxes, so shaping gets easier. Bubbles form.");
    assert_eq!(grade["scoring"], "draft");
    assert!(grade["score"].as_f64() > Some(0.6), "{grade}");
    // JSON says the same as YAML.
    let json = r#"[{"vars": {"question": "Why?"}, "assert": [{"type": "llm-rubric", "value": "Yeast makes gas"}]}]"#;
    assert_eq!(Imported::new("tests.json", json, &[]).listed(), ["Q1 questions short"]);
}

#[rstest]
#[case::other_words("Interview question,Our solution,Owner\nWhat is rye?,A grain.,Ann\n", &[
    "columns: `Interview question` is the prompt, `Our solution` is the ideal answer",
    "t.csv:1:1: warning: the column `Owner` is left out",
])]
#[case::no_headings("1,What is rye?,A grain of cold regions.\n2,Why knead?,It builds gluten.\n", &[
    "columns: number 2 is the prompt, number 3 is the ideal answer",
])]
fn columns_are_guessed_and_told(#[case] table: &str, #[case] lines: &[&str]) {
    let imported = Imported::new("t.csv", table, &[]);
    told(&imported, lines);
    assert_eq!(imported.listed().len(), table.matches('?').count());
}

#[test]
fn keys_that_are_not_read_are_told() {
    let line = "{\"prompt\": \"What is rye?\", \"ideal\": \"A grain.\", \"owner\": 3}\n";
    told(&Imported::new("t.jsonl", line.repeat(2), &[]), &["t.jsonl:1:1: warning: the key `owner` is left out"]);
}

#[rstest]
#[case::a_bomb(
    "b.xml",
    "<?xml version=\"1.0\"?>\n<!DOCTYPE quiz [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]>\n<quiz>&b;</quiz>",
    ":2:1: fault: this XML cannot be read: XML with DTD detected; a document type and entities of its own are refused"
)]
#[case::a_file_of_ours(
    "b.xml",
    "<!DOCTYPE quiz [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\n<quiz>&x;</quiz>",
    ":1:1: fault: this XML cannot be read: XML with DTD detected"
)]
#[case::an_entity("b.xml", "<quiz>\n&x;</quiz>", ":2:1: fault: this XML cannot be read: unknown entity reference 'x'")]
#[case::cut_off("b.xml", "<quiz>\n<question type=\"essay\">\n", ":2:24: fault: this XML cannot be read")]
#[case::another_document("b.xml", "<html></html>", ":1:1: fault: this is no quiz of Moodle's: expected `<quiz>`")]
#[case::nothing_to_ask("b.xml", "<quiz/>", ":1:1: fault: there is no question here (read as Moodle XML)")]
#[case::an_open_brace("b.gift", "Why {=x\n\nHow {=y}\n", ":1:1: fault: the brace is never closed")]
#[case::an_alias_bomb(
    "b.yaml",
    "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
    "fault: with its aliases the file holds more than"
)]
#[case::no_yaml("b.yaml", "tests:\n  - a: [\n", "fault: this is no YAML: ")]
#[case::no_tests("b.yaml", "a: b\n", ":1:1: fault: there are no tests here: expected a list `tests`")]
#[case::a_test_that_asks_nothing("b.yaml", "tests:\n  - assert: []\n", ":2:1: fault: this test asks nothing")]
#[case::other_json("b.json", "{\n\"schema\": 1, \"questions\": [}", ":2:28: fault: this is no bank: ")]
#[case::another_schema(
    "b.json",
    "{\"schema\": 9, \"bank\": \"b\", \"title\": \"\", \"questions\": []}",
    ":1:1: fault: this is a bank of schema 9"
)]
#[case::an_unknown_key(
    "b.json",
    "{\"schema\": 1, \"bank\": \"b\", \"title\": \"B\", \"questions\": [\n  {\"id\": \"Q1\",\n   \"sektion\": \"a\"}]}",
    ":3:12: fault: this is no question: unknown field `sektion`"
)]
fn what_cannot_be_used_has_its_place_and_writes_nothing(#[case] file: &str, #[case] text: &str, #[case] told: &str) {
    let imported = Imported::new(file, text, &[]);
    assert_eq!(imported.ran.code, Some(2), "{:#?}", imported.ran);
    assert!(imported.ran.stdout.contains(told), "{}", imported.ran.stdout);
    assert!(!imported.banks().exists());
}

#[test]
fn a_declaration_that_the_bytes_belie_is_told() {
    let quiz = QUIZ.replace("UTF-8", "ISO-8859-1");
    told(&Imported::new("quiz.xml", quiz, &[]), &["quiz.xml:1:1: warning: the file says that it is ISO-8859-1"]);
    let latin: Vec<u8> =
        QUIZ.replace("Gluten", "Glut\u{e9}n").chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    let refused = Imported::new("quiz.xml", latin, &[]).ran.expect(2);
    assert!(refused.stdout.contains("quiz.xml:7:"), "{}", refused.stdout);
    assert!(refused.stdout.contains("fault: this is not UTF-8"), "{}", refused.stdout);
}
