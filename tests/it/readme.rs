//! README.md, run: its examples are what the commands print.
//!
//! A fence `console` holds commands (`$ …`, run by `sh` in one folder for the whole document) and their output, both
//! streams together. A fence with a path after its language (`toml my/rubrics/sky/Q1.toml`) is a file of that folder,
//! written when its turn comes. Other fences are left alone.
//!
//! `UPDATE=1 cargo test readme` writes what the commands print into the document; read the difference before committing it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use rstest::rstest;
use tempfile::TempDir;

/// The document with every output as it is now.
fn run(document: &str, folder: &Path) -> String {
    let mut out = String::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").unwrap();
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match info.split_once(' ') {
            _ if info == "console" => out.push_str(&run_all(&body, folder)),
            path => {
                let text = body.iter().fold(String::new(), |text, line| text + line + "\n");
                out.push_str(&text);
                if let Some((_, path)) = path {
                    let path = folder.join(path);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, text).unwrap();
                }
            }
        }
        out.push_str("```\n");
    }
    out
}

/// The commands of one fence, each followed by what it prints.
fn run_all(body: &[&str], folder: &Path) -> String {
    let mut out = String::new();
    let mut lines = body.iter().peekable();
    while let Some(line) = lines.next() {
        let Some(first) = line.strip_prefix("$ ") else { continue };
        let mut command = first.to_owned();
        writeln!(out, "{line}").unwrap();
        while command.ends_with('\\') {
            let more = lines.next().expect("a backslash is followed by a line");
            writeln!(out, "{more}").unwrap();
            command = format!("{command}\n{more}");
        }
        out.push_str(&print(&command, folder));
        while lines.next_if(|line| !line.starts_with("$ ")).is_some() {}
    }
    out
}

fn print(command: &str, folder: &Path) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_viva"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec 2>&1\n{command}")]).current_dir(folder);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("VIVA_")) {
        shell.env_remove(name);
    }
    for name in ["RUST_LOG", "CLICOLOR_FORCE", "VISUAL", "EDITOR"] {
        shell.env_remove(name);
    }
    let output =
        shell.env("PATH", path).env("COLUMNS", "92").env("LC_ALL", "C.UTF-8").output().expect("there is a shell");
    let text = String::from_utf8(output.stdout).expect("output is UTF-8");
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[cfg(unix)]
#[test]
fn the_examples_in_the_readme_are_what_commands_print() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let document = fs::read_to_string(&path).unwrap();
    let folder = TempDir::new().unwrap();
    let now = run(&document, folder.path());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &now).unwrap();
        return;
    }
    let differ = document.lines().zip(now.lines()).enumerate().find(|(_, (written, now))| written != now);
    if let Some((at, (written, now))) = differ {
        panic!("README.md:{}\n  says:   {written}\n  prints: {now}\n`UPDATE=1 cargo test readme` mends it", at + 1);
    }
    assert_eq!(document, now);
}

/// The rows of the first table whose head is this.
fn table<'a>(text: &'a str, head: &str) -> Vec<&'a str> {
    let lines = text.lines().map(|line| line.trim_start_matches("//!").trim());
    lines.skip_while(|line| *line != head).take_while(|line| line.starts_with('|')).collect()
}

#[test]
fn the_pattern_language_is_told_as_the_code_tells_it() {
    let head = "| form | meaning |";
    let told = table(include_str!("../../README.md"), head);
    assert!(told.len() > 5 && told == table(include_str!("../../src/domain/matcher/mod.rs"), head), "{told:#?}");
}

/// Cargo's options that the document names.
const OF_OTHERS: &[&str] = &["--release", "--quick", "--path", "--open", "--data-binary"];

#[test]
fn commands_and_options_that_are_told_exist() {
    let help = |args: &[&str]| crate::cli::run(&[args, &["--help"]].concat()).expect(0).stdout;
    let all = help(&[]);
    let listed = all.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let entries = listed.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    let commands: Vec<&str> = entries.filter_map(|entry| entry.split(' ').next()).collect();
    let known = commands.iter().map(|command| help(&[command])).collect::<String>() + &all;
    let readme = include_str!("../../README.md");
    for word in readme.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(|word| word.starts_with("--")) {
        let exists = word.chars().all(|c| c == '-') || OF_OTHERS.contains(&word) || known.contains(word);
        assert!(exists, "there is no option {word}");
    }
    // Those in code alone: prose may begin with the name.
    for start in ["`viva ", "$ viva ", "| viva "] {
        for rest in readme.split(start).skip(1).filter(|rest| !rest.starts_with('-')) {
            let command = rest.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
            assert!(commands.contains(&command), "there is no command `viva {command}`");
        }
    }
}

#[rstest]
#[case::output_is_replaced("a\n```console\n$ echo x\nold\n```\nb\n", "a\n```console\n$ echo x\nx\n```\nb\n")]
#[case::several(
    "```console\n$ echo x\n$ echo y; echo z\nold\nold\n```\n",
    "```console\n$ echo x\nx\n$ echo y; echo z\ny\nz\n```\n"
)]
#[case::longer_commands("```console\n$ echo x \\\n    y\n```\n", "```console\n$ echo x \\\n    y\nx y\n```\n")]
#[case::both_streams("```console\n$ echo x >&2\n```\n", "```console\n$ echo x >&2\nx\n```\n")]
#[case::files(
    "```text d/f\nx\n```\n```console\n$ cat d/f\n```\n",
    "```text d/f\nx\n```\n```console\n$ cat d/f\nx\n```\n"
)]
#[case::other_fences("```sh\n$ exit 1\n```\n```\nx\n```\n", "```sh\n$ exit 1\n```\n```\nx\n```\n")]
fn examples_are_run(#[case] document: &str, #[case] expected: &str) {
    assert_eq!(run(document, TempDir::new().unwrap().path()), expected);
}
