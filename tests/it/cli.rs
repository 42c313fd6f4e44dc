//! The command line, through the real binary.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

/// An answer to Q4 that says something.
pub(crate) const ANSWER: &str = "Only the goroutine that calls it ends; its deferred calls still run.";

/// What a run of the binary gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Its output as one JSON value a line.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }
}

/// The binary, away from the checkout and from the settings of whoever runs the tests.
pub(crate) fn viva(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_viva"));
    command.args(args).current_dir(std::env::temp_dir()).env("COLUMNS", "80");
    for name in ["VIVA_BANKS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "VISUAL", "EDITOR"] {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("VIVA_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command to its end with this standard input.
pub(crate) fn with_stdin(command: &mut Command, stdin: impl AsRef<[u8]>) -> Ran {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the binary starts");
    let mut pipe = child.stdin.take().expect("it was piped");
    let bytes = stdin.as_ref().to_vec();
    // In a thread of its own: a full pipe of output would otherwise stop both sides. A run that ends early closes it.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&bytes)));
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("writing does not panic");
    ran(output)
}

pub(crate) fn run(args: &[&str]) -> Ran {
    ran(viva(args).output().expect("the binary starts"))
}

/// The values one a line.
pub(crate) fn jsonl(lines: &[Value]) -> String {
    lines.iter().map(|line| line.to_string() + "\n").collect()
}

fn ran(output: std::process::Output) -> Ran {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A folder of banks with one bank of one question.
pub(crate) fn bank(name: &str, id: &str, rubric: &str) -> TempDir {
    let dir = TempDir::new().expect("a temporary folder");
    let write = |path: PathBuf, text: &str| {
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    };
    let document = format!(
        "# A bank of one question\n\n## Junior\n\n### {id} · short\n\nWhich colour has the sky?\n\n**Ideal answer**\n\n\
         The sky is blue.\n"
    );
    write(dir.path().join(format!("questions/{name}.md")), &document);
    write(dir.path().join(format!("rubrics/{name}/{id}.toml")), rubric);
    dir
}

pub(crate) const RUBRIC: &str = "\
schema = 1
status = \"draft\"
full = \"all\"

[[concept]]
id = \"blue\"
claim = \"The sky is blue\"
weight = 2
patterns = ['sky blue']
";

fn arg(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

#[rstest]
#[case::all(&[], "Grades free-text answers to technical interview questions, with evidence")]
#[case::serve(&["serve"], "Serve the pages and the HTTP interface")]
#[case::grade(&["grade"], "Grade one answer, or a batch of them with --jsonl")]
#[case::explain(&["explain"], "Show every step from an answer to its grade")]
#[case::questions(&["questions"], "List the questions of the banks, search them, or show one")]
#[case::show(&["questions", "show"], "Show one question: what is asked, and with --answer what a good answer says")]
#[case::check(&["check"], "Check the banks: their files, their examples, and what their rubrics make of")]
#[case::verify(&["verify"], "Check that grades follow from themselves and the answers they are of")]
#[case::openapi(&["openapi"], "Print the OpenAPI document of `viva serve`")]
#[case::doctor(&["doctor"], "Check that Viva works here: banks, lexicon, model, a test grade, port, terminal,")]
#[case::completions(&["completions"], "Print a completion script for a shell")]
fn every_command_explains_itself(#[case] command: &[&str], #[case] headline: &str) {
    let ran = run(&[command, &["--help"]].concat()).expect(0);
    assert!(ran.stdout.starts_with(headline), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("Examples:\n  viva") && ran.stdout.contains("\nExit codes:\n  0  done"),
        "{}",
        ran.stdout
    );
}

#[rstest]
#[case::nothing(&[], "Usage: viva")]
#[case::unknown_command(&["grades"], "unrecognized subcommand 'grades'")]
#[case::unknown_option(&["grade", "--loud"], "unexpected argument '--loud'")]
#[case::no_question(&["grade"], "<QUESTION>")]
#[case::two_answers(&["grade", "Q4", "It ends.", "--file", "x"], "cannot be used with")]
#[case::batch_with_a_question(&["grade", "Q4", "--jsonl"], "cannot be used with")]
#[case::unknown_kind(&["questions", "--kind", "essay"], "expected one of short, list, open")]
#[case::unknown_shell(&["completions", "csh"], "invalid value 'csh'")]
#[case::no_address(&["serve", "--bind", "here"], "here")]
#[case::unknown_question(&["grade", "Q99", "x"], "no question `Q99`: `viva questions` lists them")]
#[case::other_case(&["grade", "q4", "x"], "no question `q4`: did you mean `Q4`?")]
#[case::unknown_bank(&["grade", "Q4", "x", "--bank", "java"], "no bank `java`; there is go-runtime")]
#[case::no_file(&["grade", "Q4", "--file", "/no/such/file"], "cannot read /no/such/file: No such file")]
#[case::no_batch(&["grade", "--jsonl", "/no/such/file"], "cannot read /no/such/file: No such file")]
#[case::folder_as_batch(&["grade", "--jsonl", "/"], "cannot read /: Is a directory")]
#[case::folder_as_answer(&["explain", "Q4", "--file", "/"], "cannot read /: Is a directory")]
#[case::no_stored_grades(&["verify", "/no/such/file"], "cannot read /no/such/file: No such file")]
#[case::unknown_concept(&["explain", "Q4", "x", "--concept", "nope"], "no concept `nope` in the rubric of Q4; there is ")]
#[case::no_banks(&["questions", "--banks", "/no/such/dir"], "/no/such/dir:1:1: cannot read the folder")]
#[case::unknown_section(&["questions", "--section", "cto"], "no section `cto`; there is junior, middle")]
#[case::nothing_to_fix(&["check", "--fix", "--banks", "/dev"], "nothing to fix: there is no /dev/rubrics")]
fn wrong_usage_says_what_to_do(#[case] args: &[&str], #[case] part: &str) {
    let ran = run(args).expect(2);
    assert!(ran.stderr.contains(part), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn an_answer_is_graded_alike_wherever_it_comes_from() {
    let dir = TempDir::new().unwrap();
    let (plain, marked) = (dir.path().join("a.md"), dir.path().join("b.md"));
    fs::write(&plain, ANSWER).unwrap();
    fs::write(&marked, format!("\u{feff}{ANSWER}")).unwrap();
    let expected = run(&["grade", "Q4", ANSWER, "--json"]).expect(0).stdout;
    let same = [
        run(&["grade", "Q4", "--file", arg(&plain), "--json"]),
        run(&["grade", "Q4", "-f", arg(&marked), "--json"]),
        run(&["grade", "Q4", ANSWER, "--json", "--bank", "go-runtime"]),
        with_stdin(&mut viva(&["grade", "Q4", "--json"]), ANSWER),
        with_stdin(&mut viva(&["grade", "Q4", "-", "--json"]), ANSWER),
        with_stdin(&mut viva(&["grade", "Q4", "--file", "-", "--json"]), ANSWER),
    ];
    for ran in same {
        assert_eq!(ran.expect(0).stdout, expected);
    }
    let grade: Value = serde_json::from_str(&expected).unwrap();
    assert_eq!((&grade["schema"], &grade["bank"], &grade["question"]), (&json!(1), &json!("go-runtime"), &json!("Q4")));
    assert_eq!(grade["concepts"][0]["id"], "ends-calling-goroutine");
}

#[test]
fn an_answer_that_cannot_be_graded_is_unusable_input() {
    let ran = with_stdin(&mut viva(&["grade", "Q4"]), b"It ends \xff.").expect(2);
    insta::assert_snapshot!(ran.stderr, @"error: standard input is not UTF-8: byte 9 is wrong; save it as UTF-8");
    let ran = with_stdin(&mut viva(&["grade", "Q4"]), "x".repeat(70_000)).expect(2);
    insta::assert_snapshot!(
        ran.stderr,
        @"error: standard input holds more than 65536 bytes (64 KiB), the most that is graded"
    );
    with_stdin(&mut viva(&["grade", "Q4", "--json"]), "x ".repeat(32 * 1024)).expect(0);
}

#[test]
fn an_empty_answer_is_graded_and_flagged() {
    let grade = &run(&["grade", "Q4", "", "--json"]).expect(0).json()[0];
    assert_eq!((&grade["score"], &grade["flags"][0]["id"]), (&json!(0.0), &json!("empty")));
    let ran = run(&["grade", "Q4", ""]).expect(0);
    assert!(ran.stdout.contains("! empty: nothing was written"), "{}", ran.stdout);
}

#[test]
fn a_grade_for_people_has_its_parts_and_colour_only_where_it_is_wanted() {
    let plain = run(&["grade", "Q4", ANSWER]).expect(0).stdout;
    for part in ["Q4 · short · go-runtime\n", "\nScore  ", "\nAnswer\n", "«", "\nConcepts (full marks", "%"] {
        assert!(plain.contains(part), "{part:?} is missing:\n{plain}");
    }
    assert!(!plain.contains('\u{1b}'), "colour in a pipe:\n{plain}");
    let forced = ran(viva(&["grade", "Q4", ANSWER]).env("CLICOLOR_FORCE", "1").output().unwrap()).expect(0).stdout;
    assert!(forced.contains("\u{1b}["), "no colour:\n{forced}");
    let narrow = ran(viva(&["grade", "Q4", ANSWER]).env("COLUMNS", "60").output().unwrap()).expect(0).stdout;
    let widest = narrow.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(60), "{widest:?}:\n{narrow}");
}

#[test]
fn a_terminal_is_not_steered_by_an_answer() {
    let ran = run(&["grade", "Q4", "It ends.\u{1b}[2J\u{1b}]0;owned\u{7} Others go on."]).expect(0);
    assert!(!ran.stdout.contains(|c: char| c.is_control() && c != '\n'), "{:?}", ran.stdout);
}

#[test]
fn a_batch_keeps_order_and_puts_errors_in_their_place() {
    let line = |id: &str, question: &str, answer: &str| json!({"id": id, "question": question, "answer": answer});
    let mut input = Vec::new();
    input.extend_from_slice("\u{feff}".as_bytes());
    input.extend_from_slice(format!("{}\r\n", line("a1", "Q4", ANSWER)).as_bytes());
    input.extend_from_slice(b"\n   \n");
    input.extend_from_slice(b"{\"id\":\"a4\",\"question\":\"Q4\",\"answer\":\"\xff\"}\n");
    input.extend_from_slice(b"not json\n");
    input.extend_from_slice(format!("{}\n", line("a6", "Q99", "x")).as_bytes());
    input.extend_from_slice(format!("{}\n", line("a7", "Q4", &"x".repeat(64 * 1024 + 1))).as_bytes());
    input.extend_from_slice(b"{\"id\":\"a8\",\"question\":\"Q4\",\"bank\":\"java\",\"answer\":\"x\"}\n");
    input.extend_from_slice(b"{\"id\":\"a9\",\"question\":\"Q4\"}\n");
    input.extend_from_slice(b"{\"question\":\"Q5\",\"answer\":\"\",\"extra\":{\"a\":1}}");
    let ran = with_stdin(&mut viva(&["grade", "--jsonl"]), input).expect(1);
    let told: Vec<String> = ran
        .json()
        .iter()
        .map(|line| match line.get("error") {
            Some(error) => format!("{} {} {} {}", line["line"], line["id"], error["code"], error["message"]),
            None => format!("{} {}", line["id"], line["question"]),
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "a1" "Q4"
    4 null "invalid_json" "the line is not UTF-8: byte 38 is wrong"
    5 null "invalid_json" "the line is not valid JSON: column 2"
    6 "a6" "unknown_question" "no question `Q99`: `viva questions` lists them"
    7 "a7" "answer_too_large" "the answer has 65537 bytes; at most 65536 (64 KiB) are graded"
    8 "a8" "unknown_bank" "no bank `java`; there is go-runtime (`--banks DIR` adds others)"
    9 "a9" "invalid_request" "`answer` is missing: what was answered, as a string"
    null "Q5"
    "#);
    insta::assert_snapshot!(ran.stderr, @"error: 6 of 8 lines could not be graded; its place holds the reason");
}

#[test]
fn a_batch_gives_the_same_grades_as_single_runs() {
    let questions = ["Q4", "Q5", "T1"];
    let lines: Vec<Value> = questions.iter().map(|q| json!({"question": q, "answer": ANSWER})).collect();
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("answers.jsonl");
    fs::write(&file, jsonl(&lines)).unwrap();
    let batch = run(&["grade", "--jsonl", arg(&file)]).expect(0);
    assert_eq!(batch.stderr, "");
    let single: String = questions.iter().map(|q| run(&["grade", q, ANSWER, "--json"]).expect(0).stdout).collect();
    assert_eq!(batch.stdout, single);
}

#[test]
fn a_large_batch_comes_out_in_order() {
    let line = |n: i32| json!({"id": n.to_string(), "question": "Q4", "answer": ""});
    let lines: Vec<Value> = (0..3000).map(line).collect();
    let ran = with_stdin(&mut viva(&["grade", "--jsonl", "-"]), jsonl(&lines)).expect(0);
    let ids: Vec<String> = ran.json().iter().map(|g| g["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, (0..3000).map(|n| n.to_string()).collect::<Vec<_>>());
}

fn spawn(args: &[&str]) -> Child {
    viva(args).stdin(Stdio::piped()).spawn().expect("the binary starts")
}

#[test]
fn a_slow_batch_is_answered_line_by_line() {
    let mut child = spawn(&["grade", "--jsonl"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for n in 0..3 {
        writeln!(stdin, "{}", json!({"id": n.to_string(), "question": "Q4", "answer": "It ends."})).unwrap();
        stdin.flush().unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["id"], n.to_string());
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_closed_pipe_ends_quietly_though_more_could_come() {
    let mut child = spawn(&["grade", "--jsonl"]);
    let mut stdin = child.stdin.take().unwrap();
    let line = format!("{}\n", json!({"question": "Q4", "answer": "It ends."}));
    stdin.write_all(line.as_bytes()).unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    drop(stdout);
    // Standard input stays open: only the closed output can end the run.
    let _ = stdin.write_all(line.repeat(100).as_bytes());
    let status = child.wait().unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
    drop(stdin);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    for args in [&["grade", "Q4", "x"][..], &["questions"], &["questions", "--json"], &["completions", "bash"]] {
        let ran = ran(viva(args).stdout(full()).output().unwrap()).expect(1);
        assert!(ran.stderr.starts_with("error: cannot write the output: No space left"), "{}", ran.stderr);
    }
}

#[test]
fn questions_are_listed_filtered_and_found() {
    let all = run(&["questions", "--json"]).expect(0).json();
    assert_eq!(all.len(), 66);
    let keys: Vec<&str> = all[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["bank", "id", "kind", "prompt", "section"]);
    let staff = run(&["questions", "--json", "--section", "staff", "--kind", "open"]).expect(0).json();
    assert!(!staff.is_empty() && staff.iter().all(|q| q["section"] == "staff" && q["kind"] == "open"));
    let table = run(&["questions", "--section", "junior"]).expect(0).stdout;
    assert!(table.starts_with("id   section  kind   prompt\nQ1   junior   short  "), "{table}");
    assert!(table.ends_with(" questions\n"), "{table}");
    let found = run(&["questions", "--json", "--search", "Goexit deferred calls"]).expect(0).json();
    assert_eq!(found[0]["id"], "Q4");
    let ran = run(&["questions", "--search", "zzzzzz"]).expect(0);
    assert_eq!(ran.stdout, "No question fits: `viva questions` without options lists all.\n");
}

#[test]
fn a_question_shows_its_answer_only_when_asked() {
    let shown = run(&["questions", "show", "Q4"]).expect(0).stdout;
    assert!(shown.starts_with("Q4 · junior · short · go-runtime\n") && shown.contains("runtime.Goexit"), "{shown}");
    for secret in ["Ideal answer", "runs-defers", "Misconceptions"] {
        assert!(!shown.contains(secret), "{secret} is given away:\n{shown}");
        let full = run(&["questions", "show", "Q4", "--answer"]).expect(0).stdout;
        assert!(full.contains(secret), "{secret} is missing:\n{full}");
    }
}

#[test]
fn an_explanation_is_a_tree_and_can_be_cut() {
    let whole = run(&["explain", "Q4", ANSWER]).expect(0).stdout;
    assert!(whole.contains("├─ ") && whole.contains("└─ ") && whole.contains("runs-defers"), "{whole}");
    let part = run(&["explain", "Q4", ANSWER, "--concept", "runs-defers"]).expect(0).stdout;
    assert!(part.lines().count() < whole.lines().count());
    let first = part.lines().next().unwrap_or_default();
    assert!(first.contains("runs-defers"), "{first}");
    assert!(!part.contains("concept others-untouched"), "{part}");
    let tree = &with_stdin(&mut viva(&["explain", "Q4", "--json"]), ANSWER).expect(0).json()[0];
    assert!(tree["label"].is_string() && tree["children"].as_array().is_some_and(|c| !c.is_empty()));
    check_spans(tree);
}

/// Every span of the tree quotes the answer.
#[track_caller]
fn check_spans(node: &Value) {
    if let Some(span) = node["span"].as_object() {
        let at = |key: &str| span[key].as_u64().map_or(0, |n| n as usize);
        assert_eq!(span["quote"], ANSWER[at("start")..at("end")]);
    }
    for child in node["children"].as_array().into_iter().flatten() {
        check_spans(child);
    }
}

#[test]
fn banks_come_from_options_and_the_environment() {
    let (first, second) = (bank("sky", "A1", RUBRIC), bank("air", "A1", RUBRIC));
    let (a, b) = (arg(first.path()), arg(second.path()));
    let ids = |ran: Ran| ran.expect(0).json().iter().map(|q| format!("{} {}", q["bank"], q["id"])).collect::<Vec<_>>();
    let listed = run(&["questions", "--json", "--bank", "sky", "--banks", a]);
    assert_eq!(ids(listed), [r#""sky" "A1""#]);
    let joined = std::env::join_paths([first.path(), second.path(), Path::new("")]).unwrap();
    let listed = |args: &[&str], value: &OsStr| ran(viva(args).env("VIVA_BANKS", value).output().unwrap());
    assert_eq!(ids(listed(&["questions", "--json", "--bank", "air"], &joined)), [r#""air" "A1""#]);
    assert_eq!(ids(listed(&["questions", "--json"], OsStr::new(""))).len(), 66);
    let ran = run(&["grade", "A1", "The sky is blue.", "--banks", a, "--banks", b]).expect(2);
    insta::assert_snapshot!(
        ran.stderr,
        @"error: question `A1` stands in several banks (sky, air): choose with `--bank NAME`"
    );
    let line = r#"{"question":"A1","answer":"The sky is blue."}"#;
    let ran = with_stdin(&mut viva(&["grade", "--jsonl", "--banks", a, "--banks", b]), line).expect(1);
    assert_eq!(ran.json()[0]["error"]["code"], "ambiguous_question");
    let args = ["grade", "--jsonl", "--bank", "air", "--banks", a, "--banks", b];
    assert_eq!(with_stdin(&mut viva(&args), line).expect(0).json()[0]["bank"], "air");
}

#[test]
fn banks_with_faults_stop_grading_and_name_the_place() {
    let dir = bank("sky", "A1", &RUBRIC.replace("weight = 2", "weight = 99"));
    let ran = run(&["grade", "A1", "Blue.", "--banks", arg(dir.path())]).expect(2);
    let place = format!("\n  {}/rubrics/sky/A1.toml:8:10: ", arg(dir.path()));
    assert!(
        ran.stderr.starts_with("error: the banks cannot be used:") && ran.stderr.contains(&place),
        "{}",
        ran.stderr
    );
}

#[test]
fn check_tells_faults_from_warnings() {
    let fine = bank("go-runtime", "A1", RUBRIC);
    let ran = run(&["check", "--banks", arg(fine.path())]).expect(0);
    assert!(ran.stdout.contains(": warning: "), "a concept without paraphrases is worth a warning:\n{}", ran.stdout);
    assert!(ran.stdout.contains("1 question checked: 0 faults, "), "{}", ran.stdout);
    let broken = bank("go-runtime", "A1", &RUBRIC.replace("claim", "clame"));
    let ran = run(&["check", "--banks", arg(broken.path())]).expect(1);
    let place = format!("{}/rubrics/go-runtime/A1.toml:7:1: fault: ", arg(broken.path()));
    assert!(ran.stdout.contains(&place), "{}", ran.stdout);
    let lines = run(&["check", "--json", "--banks", arg(broken.path())]).expect(1).json();
    assert_eq!((&lines[0]["severity"], &lines[0]["column"]), (&json!("fault"), &json!(1)));
    assert!(lines.iter().any(|fault| fault["line"] == 7), "{lines:?}");
}

#[test]
fn check_runs_the_examples_of_a_rubric() {
    let example = |wrong: &str| format!("{RUBRIC}\n[[example]]\nanswer = \"The sky is blue.\"\n{wrong} = [\"blue\"]\n");
    let right = bank("go-runtime", "A1", &example("hit"));
    run(&["check", "--banks", arg(right.path())]).expect(0);
    let wrong = bank("go-runtime", "A1", &example("missed"));
    let ran = run(&["check", "--banks", arg(wrong.path())]).expect(1);
    let told = "A1.toml:11:1: fault: this example does not come out: it should miss `blue`";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
}

#[test]
fn check_warns_of_patterns_that_never_match_or_match_what_is_wrong() {
    let rubric = RUBRIC.replace("'sky blue'", "'sky blue', 'sky green', 'xylophone'")
        + "\n[[misconception]]\nid = \"green\"\nclaim = \"The sky is green\"\npatterns = ['green']\n";
    let dir = bank("go-runtime", "A1", &rubric);
    let ran = run(&["check", "--banks", arg(dir.path())]).expect(0);
    for told in [
        "A1.toml:9:38: warning: the pattern `xylophone` of `blue`: no example, phrase, claim or ideal answer matches it",
        "A1.toml:9:25: warning: the pattern `sky green` of `blue`: it credits the misconception `green` as “The sky is green”",
    ] {
        assert!(ran.stdout.contains(told), "{told} is missing:\n{}", ran.stdout);
    }
    assert!(
        !ran.stdout.contains("the pattern `sky blue`") && !ran.stdout.contains("the pattern `green`"),
        "{}",
        ran.stdout
    );
}

#[test]
fn check_fix_rewrites_to_the_canonical_form_once() {
    let dir = bank("go-runtime", "A1", &RUBRIC.replace("weight = 2\n", "# Heavy.\nweight    =   2\n"));
    let file = dir.path().join("rubrics/go-runtime/A1.toml");
    let ran = run(&["check", "--fix", "--banks", arg(dir.path())]).expect(0);
    assert_eq!(ran.stderr, format!("rewritten: {}\n", file.display()));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\nweight = 2\n") && text.contains("# Heavy."), "{text}");
    let again = run(&["check", "--fix", "--banks", arg(dir.path())]).expect(0);
    assert_eq!((again.stderr.as_str(), fs::read_to_string(&file).unwrap()), ("", text));
    let here = ran_in(dir.path(), &["check", "--fix"]);
    assert_eq!(here.stderr, "");
    let left: Vec<_> = fs::read_dir(file.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["A1.toml"]);
}

fn ran_in(dir: &Path, args: &[&str]) -> Ran {
    ran(viva(args).current_dir(dir).output().expect("the binary starts"))
}

#[test]
fn doctor_says_what_works_and_fails_on_what_does_not() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = port.local_addr().unwrap().to_string();
    let told = |ran: Ran| ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let here = told(run(&["doctor", "--bind", "127.0.0.1:0"]).expect(0));
    for part in
        ["ok version viva ", "ok bank go-runtime: 66 questions, sha256:", "ok grading the ideal answer of Q1 gets "]
    {
        assert!(here.contains(part), "{part:?} is missing: {here}");
    }
    let here = told(run(&["doctor", "--bind", &taken]).expect(0));
    assert!(here.contains(&format!("warn port {taken} is taken")), "{here}");
    let args = ["doctor", "--bind", "127.0.0.1:0"];
    let here = told(ran(viva(&args).env("VIVA_JUDGE_API_KEY", "sk-secret").output().unwrap()).expect(0));
    assert!(here.contains("warn judge half configured") && !here.contains("secret"), "{here}");
    let broken = bank("sky", "A1", "schema = 7\n");
    let here = told(run(&["doctor", "--bind", "127.0.0.1:0", "--banks", arg(broken.path())]).expect(1));
    assert!(here.contains("FAIL files"), "{here}");
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(&["completions", shell]).expect(0).stdout;
        assert!(script.contains("verify") && script.contains("jsonl"), "{shell}");
    }
}
