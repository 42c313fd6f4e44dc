//! The build script: lists every file of the compiled-in banks, so that a new file needs no line of code.
//!
//! Writes `bank_files.rs` to `OUT_DIR`: pairs of a path, relative to the package, and the file's text.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The folders that hold banks. Cargo looks for changes in all that is below them.
const FOLDERS: [&str; 2] = ["questions", "rubrics"];
/// The files that make a bank.
const EXTENSIONS: [&str; 4] = ["md", "toml", "phrases", "words"];

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=src/bank/build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts"));
    let mut files = Vec::new();
    for folder in FOLDERS {
        println!("cargo:rerun-if-changed={folder}");
        collect(&root.join(folder), folder, &mut files)?;
    }
    files.sort();
    let mut code = String::from("&[\n");
    for file in &files {
        let path = root.join(file);
        writeln!(code, "    ({file:?}, include_str!({:?})),", path.display().to_string())
            .expect("writing to a string cannot fail");
    }
    code.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it for build scripts"));
    fs::write(out.join("bank_files.rs"), code)
}

/// Collects the bank files below `folder`, whose path relative to the package is `name`.
fn collect(folder: &Path, name: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(file) = entry.file_name().into_string() else { continue };
        let path = format!("{name}/{file}");
        let extension = Path::new(&file).extension().and_then(|e| e.to_str()).unwrap_or_default();
        let is_hidden = file.starts_with('.');
        if entry.path().is_dir() && !is_hidden {
            collect(&entry.path(), &path, files)?;
        } else if EXTENSIONS.contains(&extension) && !is_hidden {
            files.push(path);
        }
    }
    Ok(())
}
