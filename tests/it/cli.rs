//! The command line, through the real binary.

mod answers;
mod batch;
mod check;
mod reload;
mod serve;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rstest::rstest;
use serde_json::Value;
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
    for name in ["RUST_LOG", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "VISUAL", "EDITOR"] {
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
#[case::serve(&["serve"], "Serve the pages and the HTTP interface until SIGTERM or ctrl-c")]
#[case::grade(&["grade"], "Grade one answer, or a batch of them with --jsonl")]
#[case::explain(&["explain"], "Show every step from an answer to its grade")]
#[case::questions(&["questions"], "List the questions of the banks, search them, or show one")]
#[case::show(&["questions", "show"], "Show one question: what is asked, and with --answer what a good answer says")]
#[case::check(&["check"], "Check the banks: their files, their examples, and what their rubrics make of")]
#[case::verify(&["verify"], "Check that grades follow from themselves and the answers they are of")]
#[case::eval(&["eval"], "Measure how far grades agree with raters' labels on a set of answers")]
#[case::fit(&["fit"], "Fit the verdict model on the rubrics' phrases and on labelled answers, and write")]
#[case::mutate(&["mutate"], "Test rubrics by mutation: change their ideal answers, and see whether the grades")]
#[case::openapi(&["openapi"], "Print the OpenAPI document of `viva serve`")]
#[case::import(&["import"], "Make a bank out of a file of questions and ideal answers, with drafted rubrics")]
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
#[case::unknown_bank_of_a_batch(&["grade", "--jsonl", "--bank", "java"], "no bank `java`; there is go-runtime")]
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
