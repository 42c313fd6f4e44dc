//! Faulty files: each fault with its line, its column and what was expected.

use rstest::rstest;
use viva::bank::{lexicon, phrases, questions, rubric};
use viva::domain::question::QuestionKind;
use viva::domain::rubric::Target;

use super::{DOCUMENT, GOOD, changed, check};

#[test]
fn a_good_rubric_has_no_fault() {
    check(&rubric::parse("Q1.toml", GOOD).1, &[]);
    check(&rubric::parse("Q1.toml", "schema = 1\n[[concept]]\nid = \"a\"\nclaim = \"A claim alone\"").1, &[]);
}

#[rstest]
#[case::unknown_key("weight = 3", "wieght = 3", "8:1: unknown key `wieght` in a concept; did you mean `weight`?")]
#[case::foreign_key(
    "weight = 3",
    "colour = 3",
    "8:1: unknown key `colour` in a concept; expected `id`, `claim`, `weight`, `bonus`, `hint`, `note`, `turns-on`, `patterns` or `opposites`"
)]
#[case::root_key("status", "statsu", "2:1: unknown key `statsu` in a rubric; did you mean `status`?")]
#[case::heavy("weight = 3", "weight = 11", "8:10: `weight` is 11: expected a whole number from 1 to 10")]
#[case::weightless("weight = 3", "weight = 0", "8:10: `weight` is 0: expected a whole number from 1 to 10")]
#[case::weight_type(
    "weight = 3",
    "weight = 2.5",
    "8:10: `weight` is of type float: expected a whole number from 1 to 10"
)]
#[case::bonus_type("bonus = true", "bonus = 1", "15:9: `bonus` is of type integer: expected `true` or `false`")]
#[case::empty_claim("\"It is one\"", "\" \"", "7:9: `claim` is empty: expected text")]
#[case::no_claim(
    "claim = \"It is one\"\n",
    "",
    "5:1: `claim` is missing: expected a sentence that a good answer would state"
)]
#[case::bad_id(
    "id = \"none\"",
    "id = \"a b\"",
    "18:6: `a b` is not a valid concept id: expected 1 to 64 letters, digits, `-` or `_`, beginning with a letter or digit"
)]
#[case::twice(
    "id = \"none\"",
    "id = \"two\"",
    "18:6: the id `two` is taken by the concept in line 12: expected another"
)]
#[case::status("\"ready\"", "\"done\"", "2:10: `status` is `done`: expected `ready` or `draft`")]
#[case::schema("schema = 1", "schema = 2", "1:10: this program reads schema 1 alone: expected `schema = 1`")]
#[case::no_schema("schema = 1\n", "", "1:1: `schema` is missing: expected `schema = 1`")]
#[case::full_word("{ any = 1 }", "\"some\"", "3:8: `full` is neither: expected `\"all\"` or `{ any = N }`")]
#[case::full_key("{ any = 1 }", "{ all = 1, any = 1 }", "3:10: unknown key `all` in `full`; expected `any`")]
#[case::any_too_many(
    "{ any = 1 }",
    "{ any = 2 }",
    "3:8: `any` is 2, but the core has 1 (concepts that are no bonus): expected 1 at most"
)]
#[case::any_zero("{ any = 1 }", "{ any = 0 }", "3:16: `any` is 0: expected a whole number from 1 to 1000")]
#[case::hit_unknown(
    "hit = [\"one\"]",
    "hit = [\"on\"]",
    "23:8: there is no concept `on` in this rubric; did you mean `one`?"
)]
#[case::hit_misconception(
    "hit = [\"one\"]",
    "hit = [\"none\"]",
    "23:8: there is no concept `none` in this rubric; did you mean `one`?"
)]
#[case::example_contradicts_itself(
    "missed = [\"two\"]",
    "missed = [\"one\"]",
    "21:1: `one` is expected to be credited and not to be: expected one of the two"
)]
#[case::no_answer("answer = \"one\"\n", "", "21:1: `answer` is missing: expected the text that is graded")]
#[case::pattern_type("'single'", "5", "9:22: `patterns` is of type integer: expected a string")]
#[case::patterns_type(
    "['one|1', 'single']",
    "'one|1'",
    "9:12: `patterns` is of type string: expected an array of strings"
)]
#[case::opposites_type(
    "weight = 3",
    "opposites = 'two'",
    "8:13: `opposites` is of type string: expected an array of strings"
)]
#[case::opposite_that_is_no_pattern(
    "weight = 3",
    "opposites = ['two', 'one >>']",
    "8:28: the pattern is wrong: expected a word, a number, `\"` or `{`, found the end of the pattern"
)]
#[case::opposites_of_a_misconception(
    "[[misconception]]",
    "[[misconception]]\nopposites = ['two']",
    "18:1: unknown key `opposites` in a misconception; expected `id`, `claim`, `note` or `patterns`"
)]
#[case::no_mark(
    "weight = 3",
    "turns-on = [\"1.19\", \"soft limit\"]",
    "8:21: `soft limit` is no mark of a claim: expected one number or one identifier"
)]
#[case::not_a_table(
    "[[misconception]]",
    "[misconception]",
    "17:1: `misconception` is of type table: expected tables, each opened by `[[misconception]]`"
)]
fn a_faulty_rubric_is_reported_with_its_place(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let text = changed(from, to);
    let (read, faults) = rubric::parse("rubrics/b/Q1.toml", &text);
    check(&faults, &[&format!("rubrics/b/Q1.toml:{expected}")]);
    assert!(read.is_none());
}

#[test]
fn every_fault_of_a_rubric_is_reported_and_not_the_first_alone() {
    let text = "status = 3\n\n[[concept]]\nclaim = ''\nweihgt = 1\n\n[[misconception]]\nid = \"ok\"\nnote = 'n'\n";
    let (read, faults) = rubric::parse("f", text);
    assert!(read.is_none());
    check(
        &faults,
        &[
            "f:1:1: `schema` is missing: expected `schema = 1`",
            "f:1:10: `status` is of type integer: expected a string",
            "f:3:1: `id` is missing: expected one in every concept",
            "f:4:9: `claim` is empty: expected text",
            "f:5:1: unknown key `weihgt` in a concept; did you mean `weight`?",
            "f:7:1: `claim` is missing: expected a sentence that a good answer would state",
        ],
    );
}

#[test]
fn broken_syntax_is_reported_without_faults_that_only_follow_from_it() {
    let (read, faults) = rubric::parse("f", &changed("id = \"one\"", "id = \"one"));
    assert!(read.is_none());
    assert!(
        faults.iter().all(|fault| fault.line == 6 && fault.message.starts_with("this is no TOML: ")),
        "{faults:#?}"
    );
    assert!(!faults.is_empty());
}

#[test]
fn an_example_that_expects_nothing_is_warned_about() {
    let (read, faults) = rubric::parse("f", &changed("hit = [\"one\"]\nmissed = [\"two\"]\n", ""));
    assert!(read.is_some());
    check(&faults, &["f:21:1: this example expects nothing, so it tests nothing (warning)"]);
}

#[rstest]
#[case::sign(
    "# one\n* text",
    "2:1: a line begins with `+`, `~`, `x` or `-` and a space, or with `#`, `!` or `=`: found none of these"
)]
#[case::word_for_sign(
    "# one\nxylophone",
    "2:1: a line begins with `+`, `~`, `x` or `-` and a space, or with `#`, `!` or `=`: found none of these"
)]
#[case::empty("# one\n+  ", "2:2: the phrase is empty: expected words after its sign")]
#[case::no_group("+ text", "1:1: the phrase stands in no group: expected `# concept-id` or `! misconception-id` above")]
#[case::no_group_of_this_hand(
    "# one\n+ a\n= b\n+ c",
    "4:1: the phrase stands in no group: expected `# concept-id` or `! misconception-id` above"
)]
#[case::no_hand("=", "1:2: the hand has no name: expected one after `=`")]
#[case::no_id("#", "1:2: the group has no id: expected that of a concept or misconception, or `*`")]
#[case::claim_of_none("# *\n+ text", "2:1: a phrase under `# *` makes no claim: expected the sign `-`")]
#[case::twice("# one\n+ a\n~ a\n+ a", "4:1: the phrase stands in this group already, in line 2 (warning)")]
#[case::unknown("# ones\n+ a", "1:3: there is no concept `ones` in the rubric; did you mean `one`?")]
#[case::concept_as_misconception(
    "! one\n+ a",
    "1:3: there is no misconception `one` in the rubric; did you mean `none`?"
)]
fn faulty_phrases_are_reported_with_their_place(#[case] text: &str, #[case] expected: &str) {
    let rubric = rubric::parse("Q1.toml", GOOD).0.unwrap().rubric;
    let (file, mut faults) = phrases::parse("Q1.phrases", text);
    faults.extend(file.resolve("Q1.phrases", &rubric, phrases::owned).1);
    check(&faults, &[&format!("Q1.phrases:{expected}")]);
}

#[test]
fn phrases_know_their_claim_label_and_hand() {
    let rubric = rubric::parse("Q1.toml", GOOD).0.unwrap().rubric;
    let text =
        "# two\n+ nobody's\n\n= a\n# one\n+ -1 is one\n~\thalf\n! none\n- right\n= b\n# *\n- talk\n= a\n# one\nx no\n";
    let (file, faults) = phrases::parse("f", text);
    check(&faults, &[]);
    let (phrases, faults) = file.resolve("f", &rubric, phrases::owned);
    check(&faults, &[]);
    let read: Vec<_> = phrases.iter().map(|p| (p.target, p.label.sign(), &*p.text, p.hand)).collect();
    assert_eq!(
        read,
        [
            (Target::Concept(1), '+', "nobody's", 0),
            (Target::Concept(0), '+', "-1 is one", 1),
            (Target::Concept(0), '~', "half", 1),
            (Target::Misconception(0), '-', "right", 1),
            (Target::Concept(0), 'x', "no", 1),
            (Target::None, '-', "talk", 2),
        ]
    );
}

#[rstest]
#[case::no_title("# Title\n", "\n", "1:1: the document has no title: expected a line that begins with `# `")]
#[case::second_title("Intro.", "# Other", "3:1: this is a second title: expected one line that begins with `# `")]
#[case::no_section("## Junior\n", "\n", "7:1: the question stands in no section: expected `## Section` above")]
#[case::odd_section(
    "## Junior",
    "## (1)",
    "5:4: the section has no usable id: expected a title that begins with a word, or `{id}` in lower case after it"
)]
#[case::heading(
    "### Q1",
    "### Q1 is short",
    "7:5: this is no question's heading: expected `### ID` or `### ID · KIND`"
)]
#[case::kind(
    "### Q1",
    "### Q1 · shrot",
    "7:1: there is no kind `shrot`: expected `short`, `list` or `open`; did you mean `short`?"
)]
#[case::id(
    "### Q1",
    "### Q/1",
    "7:5: `Q/1` is not a valid question id: expected 1 to 64 letters, digits, `-` or `_`, beginning with a letter or digit"
)]
#[case::no_prompt("What?\n", "\n", "7:1: question `Q1` has no prompt: expected text below its heading")]
#[case::no_ideal(
    "**Ideal answer**\n\nThis.\n",
    "",
    "7:1: question `Q1` has no ideal answer: expected a line `**Ideal answer**` and text below it"
)]
#[case::empty_ideal(
    "This.\n",
    "",
    "7:1: question `Q1` has an empty ideal answer: expected text below `**Ideal answer**`"
)]
#[case::open_fence("This.", "```go", "13:1: the code fence is never closed: expected a line ```")]
#[case::no_question("### Q1\n", "\n", "1:1: the document has no question: expected lines that begin with `### `")]
fn a_faulty_document_is_reported_with_its_place(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let text = DOCUMENT.replacen(from, to, 1);
    check(&questions::parse("questions/b.md", &text).1, &[&format!("questions/b.md:{expected}")]);
}

#[test]
fn a_document_warns_of_what_only_looks_like_a_marker() {
    let text = format!("{DOCUMENT}\n**Ideal answers:**\n\nThat.\n");
    let (document, faults) = questions::parse("f", &text);
    check(&faults, &["f:15:1: this line opens nothing; did you mean `**Ideal answer**`? (warning)"]);
    assert_eq!(document.questions[0].0.ideals, ["This.\n\n**Ideal answers:**\n\nThat."]);
}

#[test]
fn a_document_reads_into_questions() {
    let text = "# Title\r\n\nIntro.\n\n## Open-ended\n### A-1 - open\nWhat\nelse?\n\n```go\n### Q9\n**Ideal answer**\n```\n\
                **Ideal answer**\nOne.\n\n**Ideal answer**\n\n- Two.\n\n**Note for reviewers**\n\nMind.\n\n\
                ## Szenarien, kurz {scenario} ##\ntext of the section\n### B\nWhy?\n**Ideal answer**\nSo.\n\n## Café\n### C · list\nHow?\n**Ideal answer**\nThus.";
    let (document, faults) = questions::parse("f", text);
    check(&faults, &[]);
    assert_eq!((document.title.as_str(), document.intro.as_str()), ("Title", "Intro."));
    let [(a, line), (b, _), (c, _)] = &document.questions[..] else { panic!("{:#?}", document.questions) };
    assert_eq!((a.id.as_str(), a.section.as_str(), a.kind, *line), ("A-1", "open", QuestionKind::Open, 6));
    assert_eq!(a.prompt, "What\nelse?\n\n```go\n### Q9\n**Ideal answer**\n```");
    assert_eq!(a.ideals, ["One.", "- Two."]);
    assert_eq!(a.note.as_deref(), Some("Mind."));
    assert_eq!(
        (b.id.as_str(), b.section.as_str(), b.kind, b.note.as_deref()),
        ("B", "scenario", QuestionKind::Short, None)
    );
    assert_eq!((c.section.as_str(), c.kind), ("café", QuestionKind::List));
}

#[test]
fn a_lexicon_reads_in_the_order_of_its_file() {
    let text = "schema = 1\n[groups]\nstw = [\"stw\", \"stop the world\"]\noom = [\"oom\"]\n[[opposite]]\na = [\"more\"]\nb = [\"less\"]\n[spelling]\nknown = \"\"\"\nabout\nabove\n\"\"\"\n";
    let (lexicon, faults) = lexicon::parse("f", text);
    check(&faults, &[]);
    let lexicon = lexicon.unwrap();
    assert_eq!(lexicon.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["stw", "oom"]);
    assert_eq!(lexicon.groups[0].forms, ["stw", "stop the world"]);
    assert_eq!((lexicon.opposites.len(), lexicon.known.len()), (1, 2));
}

#[test]
fn a_faulty_lexicon_is_reported_with_its_places() {
    let text = "schema = 1\n[group]\n[groups]\nA = [\"x\"]\nb = []\nc = [\"Two\", \"x\", \"x\"]\nd = [\"x\"]\n[[opposite]]\na = [\"up\"]\n[[opposite]]\na = [\"up\"]\nb = [\"up\"]\n[spelling]\nknown = 1\n";
    let (lexicon, faults) = lexicon::parse("f", text);
    assert!(lexicon.is_none());
    check(
        &faults,
        &[
            "f:2:2: unknown key `group` in the lexicon; did you mean `groups`?",
            "f:4:1: `A` is no group's name: expected lower-case letters, digits, `-` or `_`",
            "f:5:5: `b` is empty: expected at least one form",
            "f:6:6: the form `Two` is not plain: expected lower case and single spaces",
            "f:6:18: `x` stands in this group already (warning)",
            "f:7:6: `x` stands in 3 groups: expected 2 at most (warning)",
            "f:8:1: `b` is missing: expected the words of both directions, `a` and `b`",
            "f:12:6: `up` points in both directions: expected one",
            "f:14:9: `known` is of type integer: expected a string",
        ],
    );
}
