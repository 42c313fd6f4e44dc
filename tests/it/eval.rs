//! `viva eval`, `viva fit` and `viva mutate` through the real binary, and checks that stand for the engine.

/// What claims alone are graded by.
mod alone;
/// What must hold of every question, whatever the weights are.
mod standing;

use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;
use viva::domain::id::ConceptId;
use viva::eval::mutate::{Kind, Trial, mutate};
use viva::grader::Grader;

use crate::cli::{RUBRIC, Ran, bank, jsonl, run, viva, with_stdin};

/// A bank of one question in place of the built-in one, so that fitting is quick, and a misconception for it.
fn sky() -> TempDir {
    let wrong = "\n[[misconception]]\nid = \"green\"\nclaim = \"The sky is green\"\npatterns = ['sky green']\n";
    bank("go-runtime", "A1", &format!("{RUBRIC}{wrong}"))
}

/// A labelled answer to `A1`: its id, its text, and the raters' marks; a mark of 5 or more credits the concept.
fn labelled(id: &str, answer: &str, marks: &[u8]) -> Value {
    let rating = |mark: &u8| {
        let credit = i32::from(*mark >= 5);
        json!({"score": mark, "concepts": {"blue": credit}, "misconceptions": [], "flags": []})
    };
    let raters: Vec<Value> = marks.iter().map(rating).collect();
    json!({"id": id, "question": "A1", "kind": if marks[0] >= 5 { "strong" } else { "wrong" }, "answer": answer,
           "raters": raters})
}

/// Four labelled answers by two raters, the last of which no rubric can know.
fn answers() -> Vec<Value> {
    vec![
        labelled("a", "The sky is blue.", &[10, 10]),
        labelled("b", "I have never looked up in all my life.", &[0, 0]),
        labelled("c", "Well, the sky is blue, is it not.", &[9, 10]),
        labelled("<d>", "Like cornflowers.", &[10, 8]),
    ]
}

fn write(dir: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs a command on the bank of one question.
fn on(dir: &TempDir, args: &[&str]) -> Ran {
    run(&[args, &["--banks", arg(dir.path())]].concat())
}

#[test]
fn eval_prints_one_object_with_every_figure_and_answer() {
    let dir = sky();
    let file = write(&dir, "answers.jsonl", &jsonl(&answers()));
    let ran = on(&dir, &["eval", arg(&file), "--json"]).expect(0);
    let all = ran.json();
    let [measured] = &all[..] else { panic!("one object, found {}", all.len()) };
    let figures = "n pearson spearman mae concept_f1 concept_precision concept_recall misconception_f1 \
        strong_recognised wrong_held_down empty_held_down interval_coverage interval_width calibration_error \
        review_catches review_rate unmarked_errors";
    for figure in figures.split(' ') {
        assert!(measured[figure].is_number(), "{figure} is missing: {measured}");
    }
    assert_eq!((&measured["n"], &measured["raters"]["n"]), (&json!(4), &json!(4)));
    let rows = measured["answers"].as_array().unwrap();
    let is_off = |row: &&Value| (row["score"].as_f64().unwrap() - row["raters"].as_f64().unwrap()).abs() > 0.25;
    let share =
        |marked: bool| rows.iter().filter(is_off).filter(|row| row["needs_review"] == marked).count() as f64 / 4.0;
    assert!(share(true) + share(false) > 0.0, "the last one is off");
    assert_eq!(measured["unmarked_errors"], share(false));
    assert_eq!(measured["error_rate"], share(true) + share(false));
    assert_eq!(measured["raters"]["concept_agreement"], 1.0);
    assert_eq!(measured["baselines"].as_array().map(Vec::len), Some(4));
    let bins = measured["reliability"].as_array().unwrap();
    assert_eq!((bins.len(), bins.iter().map(|b| b["n"].as_u64().unwrap()).sum::<u64>()), (10, 4));
    let row = &measured["answers"][0];
    assert_eq!((&row["id"], &row["question"], &row["kind"]), (&json!("a"), &json!("A1"), &json!("strong")));
    assert_eq!((&row["raters"], &row["verdicts"]["blue"]["raters"]), (&json!(1.0), &json!(1.0)));
    assert!(!ran.stdout.contains("The sky is blue"), "answers' texts stay out: {}", ran.stdout);
}

#[test]
fn eval_shows_tables_and_the_largest_errors_with_reasons() {
    let dir = sky();
    let file = write(&dir, "answers.jsonl", &jsonl(&answers()));
    let ran = on(&dir, &["eval", arg(&file), "--worst", "1"]).expect(0);
    for part in [
        "4 answers to 1 question, graded by the model sha256:",
        "\nFigures\n figure ",
        "\nWords alone",
        "\nConfidence\n confidence  verdicts",
        "\nKinds\n answers",
        "\nSections\n",
        "\nQuestions (the largest mean error first)\n",
        "\nLargest errors\n\n<d>  A1 strong  score ",
        "  | Like cornflowers.",
        "raters: 1.00",
    ] {
        assert!(ran.stdout.contains(part), "{part:?} is missing:\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains("| The sky"), "one answer was asked for:\n{}", ran.stdout);
}

#[test]
fn eval_takes_patterns_away_and_fits_without_the_question() {
    let dir = sky();
    let lines = jsonl(&answers());
    let banks = arg(dir.path());
    for (option, told) in
        [("--claims-alone", ", with claims alone"), ("--cross-validate", "without the question, in 6 folds")]
    {
        let ran = with_stdin(&mut viva(&["eval", "-", option, "--banks", banks]), &lines).expect(0);
        let first = ran.stdout.split("\n\n").next().unwrap().replace('\n', " ");
        assert!(first.contains(told), "{first}");
    }
    let args = ["eval", "-", "--json", "--claims-alone", "--banks", banks];
    let alone = with_stdin(&mut viva(&args), &lines).expect(0).json().remove(0);
    assert_eq!(alone["by"]["claims_alone"], true);
}

#[test]
fn eval_writes_a_page_that_needs_nothing_else() {
    let dir = sky();
    let file = write(&dir, "answers.jsonl", &jsonl(&answers()));
    let page = dir.path().join("page.html");
    let ran = on(&dir, &["eval", arg(&file), "--html", arg(&page)]).expect(0);
    assert!(ran.stderr.contains(&format!("written: {}", page.display())), "{}", ran.stderr);
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"), "{html}");
    assert_eq!(html.matches("<svg ").count(), 4, "score, reliability, errors, questions");
    assert!(html.contains("prefers-color-scheme: dark") && html.contains("raters&#39; mean"), "{html}");
    for foreign in ["http:", "https:", "src=", "<link", "<script", "@import", "url(", "<d>"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
}

#[test]
fn eval_compares_two_runs() {
    let dir = sky();
    let file = write(&dir, "answers.jsonl", &jsonl(&answers()));
    let mut before = on(&dir, &["eval", arg(&file), "--json"]).expect(0).json().remove(0);
    let verdict =
        |verdict: &str, credit: f64| json!({"verdict": verdict, "credit": credit, "confidence": 0.9, "raters": 1});
    // What the weights make of it does not matter here.
    (before["answers"][0]["score"], before["answers"][0]["verdicts"]["blue"]) = (json!(1.0), verdict("hit", 1.0));
    before["answers"][1]["misconceptions"] = json!([]);
    let mut after = before.clone();
    after["pearson"] = json!(after["pearson"].as_f64().unwrap() - 0.1);
    (after["answers"][0]["score"], after["answers"][0]["verdicts"]["blue"]) = (json!(0.0), verdict("missed", 0.0));
    after["answers"][1]["misconceptions"] = json!(["green"]);
    after["answers"][2]["id"] = json!("new");
    let (a, b) = (write(&dir, "a.json", &before.to_string()), write(&dir, "b.json", &after.to_string()));
    let ran = run(&["eval", "--compare", arg(&a), arg(&b), arg(&file)]).expect(0);
    for part in [
        "3 answers on both sides\n",
        "1 answer on the first side alone: c\n",
        "1 answer on the second side alone: new\n",
        "-0.100 worse\n",
        "Verdicts that flipped: 2, 0 to the better, 2 to the worse\n a  A1\n   | The sky is blue.\n",
        "   - blue: hit 1.00 → missed 0.00 (raters 1.00)\n",
        "   - green: not asserted → asserted (raters 0.00)\n",
        "Scores that moved: 1, 0 of them nearer to the raters\n 1.00 → 0.00 (raters 1.00)  a  A1\n",
    ] {
        assert!(ran.stdout.contains(part), "{part:?} is missing:\n{}", ran.stdout);
    }
    let same = run(&["eval", "--compare", arg(&a), arg(&a), "--json"]).expect(0).json().remove(0);
    assert_eq!((&same["flips"], &same["moves"], &same["common"]), (&json!([]), &json!([]), &json!(4)));
    let ran = run(&["eval", "--compare", arg(&a), arg(&file)]).expect(2);
    assert!(ran.stderr.contains("answers.jsonl is no output of `viva eval --json`: line 1, column "), "{}", ran.stderr);
}

#[test]
fn eval_fails_where_a_figure_falls_below_its_bound() {
    let dir = sky();
    write(&dir, "answers.jsonl", &jsonl(&answers()[..3]));
    let bounds = |least: &str| {
        let text = format!(
            "[[set]]\nfile = \"answers.jsonl\"\nnote = \"seen\"\nleast = {{ {least} }}\nat_most = {{ mae = 1 }}\n"
        );
        let file = write(&dir, "thresholds.toml", &text);
        on(&dir, &["eval", "--thresholds", arg(&file)])
    };
    let ran = bounds("concept_f1 = 0").expect(0);
    assert!(
        ran.stdout.contains("answers.jsonl  seen\n") && ran.stdout.contains("2 bounds: every one holds"),
        "{}",
        ran.stdout
    );
    let ran = bounds("pearson = 1.1, concept_f1 = 0").expect(1);
    assert!(ran.stdout.contains(" FELL  pearson ") && ran.stdout.contains(" ok    concept_f1 "), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("error: answers.jsonl: pearson is ") && ran.stderr.lines().count() == 1,
        "{}",
        ran.stderr
    );
    let ran = bounds("person = 1").expect(2);
    assert!(ran.stderr.contains("there is no figure `person`"), "{}", ran.stderr);
}

#[rstest]
#[case::no_file(&["eval"], "", "<FILE>")]
#[case::missing_file(&["eval", "/no/such/file"], "", "cannot read /no/such/file")]
#[case::nothing(&["eval", "-"], "\n", "there is no labelled answer in the input")]
#[case::no_label(&["eval", "-"], "\n{\"id\":\"a\"}", "-: line 2: expected a labelled answer")]
#[case::unknown_question(&["eval", "-"], r#"{"id":"x7","question":"Q99","answer":"","raters":[{"score":1}]}"#, "answer `x7`: no question `Q99`")]
#[case::files_after_folds(&["eval", "--cross-validate", "a.jsonl"], "", "files stand before this option")]
#[case::json_of_thresholds(&["eval", "--thresholds", "x", "--json"], "", "cannot be used with")]
#[case::nothing_to_fit_on(&["fit"], "", "<FILE>")]
#[case::unknown_mutated_question(&["mutate", "Q99"], "", "no question `Q99`")]
#[case::unknown_mutated_bank(&["mutate", "--bank", "java"], "", "no bank `java`; there is go-runtime")]
fn wrong_usage_says_what_to_do(#[case] args: &[&str], #[case] stdin: &str, #[case] told: &str) {
    let ran = with_stdin(&mut viva(args), stdin).expect(2);
    assert!(ran.stderr.contains(told) && ran.stdout.is_empty(), "{ran:#?}");
}

#[test]
fn fit_writes_the_same_bytes_and_checks_them() {
    let dir = sky();
    let file = write(&dir, "answers.jsonl", &jsonl(&answers()));
    let model = dir.path().join("fitted.toml");
    let fit = |more: &[&str]| on(&dir, &[&["fit", arg(&file), "--out", arg(&model)], more].concat());
    assert_eq!(fit(&[]).expect(0).stderr, format!("written: {}\n", model.display()));
    let text = fs::read_to_string(&model).unwrap();
    assert!(
        text.contains("# Fitted on 1 rubric with 0 phrases, and on\n#   answers.jsonl: 4 answers, sha256:"),
        "{text}"
    );
    assert!(viva::domain::verdict::Model::parse(&text).is_ok(), "{text}");
    assert_eq!(fit(&[]).expect(0).stderr, format!("unchanged: {}\n", model.display()));
    assert!(fit(&["--check"]).expect(0).stderr.ends_with("is what these answers give\n"));
    fs::write(&model, text.replacen("bias = ", "bias =  ", 1)).unwrap();
    let line = text.lines().position(|l| l.starts_with("bias = ")).unwrap() + 1;
    let told = format!("fitted.toml, line {line}: differs from what these answers give");
    assert!(fit(&["--check"]).expect(1).stderr.contains(&told));
    fs::remove_file(&model).unwrap();
    assert!(fit(&["--check"]).expect(2).stderr.contains("cannot read "));
    assert!(!model.exists());
}

#[test]
fn fit_reads_what_words_are_learnt_from_by_the_words_of_others() {
    let dir = sky();
    let file = write(&dir, "answers.jsonl", &jsonl(&answers()));
    let [one, two] = ["one.jsonl", "two.jsonl"].map(|name| write(&dir, name, &jsonl(&answers())));
    let model = dir.path().join("fitted.toml");
    let fit = |more: &[&str]| on(&dir, &[&["fit", arg(&file), "--out", arg(&model), "--cross-fit"], more].concat());
    assert!(fit(&[arg(&one)]).expect(2).stderr.contains("--cross-fit wants two files at least"));
    assert!(!model.exists());
    fit(&[arg(&one), arg(&two)]).expect(0);
    let text = fs::read_to_string(&model).unwrap();
    assert!(text.contains("\n# Each of these by words of the others:\n#   one.jsonl: 4 answers, sha256:"), "{text}");
    assert!(fit(&[arg(&one), arg(&two), "--check"]).expect(0).stderr.ends_with("is what these answers give\n"));
    assert!(fit(&[arg(&one), arg(&two), "--words"]).expect(2).stderr.contains("cannot be used with"));
}

#[test]
fn fit_learns_words_from_graded_answers_and_checks_them() {
    let dir = sky();
    let marks = |i: usize| {
        if i.is_multiple_of(2) { ("Like cornflowers, so they say.", [9]) } else { ("Like grass, so they say.", [0]) }
    };
    let graded = |i: usize| labelled(&format!("a{i}"), marks(i).0, &marks(i).1);
    let file = write(&dir, "graded.jsonl", &jsonl(&(0..20).map(graded).collect::<Vec<_>>()));
    let rubrics = dir.path().join("rubrics");
    let fit = |more: &[&str]| on(&dir, &[&["fit", "--words", arg(&file), "--out", arg(&rubrics)], more].concat());
    let score = || {
        let ran = on(&dir, &["grade", "A1", "Like cornflowers.", "--json"]).expect(0);
        let grade: Value = serde_json::from_str(&ran.stdout).unwrap();
        (grade["concepts"][0]["credit"].as_f64().unwrap(), ran.stdout)
    };
    let before = score();
    let differs = fit(&["--check"]).expect(1);
    assert!(differs.stderr.contains("A1.words: differs from what these answers give"), "{}", differs.stderr);
    assert!(fit(&[]).expect(0).stderr.ends_with(": 1 written, the others unchanged\n"));
    assert!(fit(&["--check"]).expect(0).stderr.ends_with("1 file of words: all are what these answers give\n"));
    let words = fs::read_to_string(rubrics.join("go-runtime/A1.words")).unwrap();
    let letters =
        |word: &str| words.lines().find_map(|line| line.strip_prefix(word)).unwrap_or_else(|| panic!("{words}"));
    assert!(
        letters("cornflowers ").starts_with(char::is_uppercase) && letters("grass ").starts_with(char::is_lowercase)
    );
    let after = score();
    assert!(after.0 >= before.0 && after.1 != before.1, "{before:?} {after:?}");
    let again = on(&dir, &["explain", "A1", "Like cornflowers."]).expect(0);
    assert!(again.stdout.contains("window that says most by its words"), "{}", again.stdout);
}

#[test]
fn fit_learns_manners_from_flagged_answers_and_checks_them() {
    let dir = sky();
    let graded = |i: usize| {
        let (answer, mark, flags) = match i % 2 {
            0 => ("Blue, by scattering. Oh, strike that.", 0, json!(["retracted"])),
            _ => ("Blue, by scattering. So they say.", 9, json!([])),
        };
        json!({"id": format!("a{i}"), "question": "A1", "answer": answer, "raters": [{"score": mark, "flags": flags}]})
    };
    let file = write(&dir, "flagged.jsonl", &jsonl(&(0..20).map(graded).collect::<Vec<_>>()));
    let out = dir.path().join("manner.words");
    let fit = |more: &[&str]| on(&dir, &[&["fit", "--manner", arg(&file), "--out", arg(&out)], more].concat());
    assert_eq!(fit(&[]).expect(0).stderr, format!("written: {}\n", out.display()));
    assert!(fit(&["--check"]).expect(0).stderr.ends_with("is what these answers give\n"));
    let text = fs::read_to_string(&out).unwrap();
    let tells = |word: &str| text.lines().find_map(|line| line.strip_prefix(word)).unwrap_or_else(|| panic!("{text}"));
    assert!(tells("strike ").starts_with(char::is_uppercase) && tells("they ").starts_with(char::is_lowercase));
    fs::write(&out, text.replacen("strike ", "strikes ", 1)).unwrap();
    assert!(fit(&["--check"]).expect(1).stderr.contains("manner.words, line "));
}

#[test]
fn fit_works_where_the_model_names_features_of_another_time() {
    let dir = sky();
    let file = write(&dir, "answers.jsonl", &jsonl(&answers()));
    write(&dir, "rubrics/model.toml", "schema = 1\n[clause.claim]\nfeature-of-old = 1\n");
    let stopped = on(&dir, &["grade", "A1", "Blue."]).expect(2);
    assert!(stopped.stderr.contains("there is no feature `feature-of-old`"), "{}", stopped.stderr);
    let model = dir.path().join("fitted.toml");
    on(&dir, &["fit", arg(&file), "--out", arg(&model)]).expect(0);
}

#[test]
fn mutate_counts_kinds_and_shows_survivors_the_same_at_every_run() {
    let ran = run(&["mutate", "Q4", "T2", "--json"]).expect(0);
    assert_eq!(ran.stdout, run(&["mutate", "Q4", "T2", "--json"]).expect(0).stdout);
    let report = ran.json().remove(0);
    let n = |of: &Value| of["n"].as_u64().unwrap();
    let kinds = report["kinds"].as_array().unwrap();
    assert_eq!(kinds.len(), 14);
    assert_eq!(kinds.iter().map(n).sum::<u64>(), n(&report["losing"]) + n(&report["keeping"]));
    let questions: Vec<&str> =
        report["questions"].as_array().unwrap().iter().map(|q| q["question"].as_str().unwrap()).collect();
    assert_eq!(questions, ["Q4", "T2"]);
    let right: u64 = ["losing", "keeping"].iter().map(|side| report[side]["right"].as_u64().unwrap()).sum();
    let survivors = report["survivors"].as_array().unwrap();
    assert_eq!(right + survivors.len() as u64, n(&report["losing"]) + n(&report["keeping"]));
    let shown = run(&["mutate", "Q4", "--survivors", "0"]).expect(0).stdout;
    assert!(
        shown.contains("\nKinds\n must") && shown.contains("\nQuestions\n question") && shown.contains("\nSurvivors: "),
        "{shown}"
    );
}

/// Trials on the library of the tests, which goes by patterns alone, with this ideal answer to its `Q4`.
fn trials(ideal: &str) -> Vec<Trial> {
    let mut library = crate::harness::library();
    let item = library.banks[0].items.iter_mut().find(|item| item.question.id.as_str() == "Q4").unwrap();
    item.question.ideals = vec![ideal.to_owned()];
    let grader = Grader::new(library);
    let question = grader.find(None, "Q4").unwrap();
    mutate(&grader, &[question], &|| ())
}

#[track_caller]
fn check_trials(trials: &[Trial], kind: Kind, expected: &[(Option<&str>, bool)]) {
    let of_kind = trials.iter().filter(|t| t.kind == kind);
    let found: Vec<(Option<&str>, bool)> =
        of_kind.map(|t| (t.concept.as_ref().map(ConceptId::as_str), t.survived)).collect();
    assert_eq!(found, expected, "{kind:?}: {trials:#?}");
}

#[test]
fn a_rubric_notices_what_its_patterns_can_tell_and_no_more() {
    let trials = trials("All deferred calls run first. Then the goroutine ends.");
    let (defers, ends) = (Some("defers"), Some("ends"));
    check_trials(&trials, Kind::Dropped, &[(defers, false), (ends, false)]);
    check_trials(&trials, Kind::Negated, &[(defers, false), (ends, false)]);
    check_trials(&trials, Kind::Prompt, &[(defers, false), (ends, false)]);
    // Words of a pattern may stand in any order, so broken sentences still match.
    check_trials(&trials, Kind::Shuffled, &[(defers, true), (ends, true)]);
    for kept in [Kind::Markdown, Kind::Capitals, Kind::Polite] {
        check_trials(&trials, kept, &[(None, false)]);
    }
}

#[test]
fn a_claim_that_two_sentences_make_is_not_dropped() {
    let trials = trials("Deferred calls run first. Yes, its deferred calls run. The goroutine ends.");
    check_trials(&trials, Kind::Dropped, &[(Some("ends"), false)]);
}
