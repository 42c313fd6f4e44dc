//! `viva check --fix`: rubrics and phrases in the one form that Bank gives them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::bank::canonical;
use crate::cli::CliError;

/// Rewrites every rubric and every phrases file under these folders; without folders, of the working directory where
/// it holds `rubrics`. The files that have changed. A file with faults stays as it is: the check reports them.
pub(super) fn fix(dirs: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let here = [PathBuf::from(".")];
    let dirs = if dirs.is_empty() { &here[..] } else { dirs };
    let mut changed = Vec::new();
    for dir in dirs {
        let rubrics = dir.join("rubrics");
        if !rubrics.is_dir() {
            let message = format!("nothing to fix: there is no {}; name a folder with --banks DIR", rubrics.display());
            return Err(CliError::Unusable(message));
        }
        for bank in entries(&rubrics)?.into_iter().filter(|path| path.is_dir()) {
            for file in entries(&bank)? {
                if rewrite(&file)? {
                    changed.push(file);
                }
            }
        }
    }
    Ok(changed)
}

/// What stands in a folder, by name.
fn entries(dir: &Path) -> Result<Vec<PathBuf>, CliError> {
    let read = || fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
    let mut paths = read().map_err(|error| crate::cli::input::cannot_read(dir, &error))?;
    paths.sort();
    Ok(paths)
}

/// Gives a file its canonical form; whether that changed it.
fn rewrite(path: &Path) -> Result<bool, CliError> {
    let is_ours = path.extension().is_some_and(|extension| extension == "toml" || extension == "phrases");
    if !is_ours || !path.is_file() {
        return Ok(false);
    }
    let bytes = fs::read(path).map_err(|error| crate::cli::input::cannot_read(path, &error))?;
    let Ok(text) = String::from_utf8(bytes) else { return Ok(false) };
    let Ok(canonical) = canonical(&path.display().to_string(), &text) else { return Ok(false) };
    if canonical == text {
        return Ok(false);
    }
    replace(path, &canonical).map_err(|error| CliError::Failed(format!("cannot write {}: {error}", path.display())))?;
    Ok(true)
}

/// Replaces a file's text in one step, so that a full disk leaves the old one.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let write = || {
        fs::write(&beside, text)?;
        fs::set_permissions(&beside, fs::metadata(path)?.permissions())?;
        fs::rename(&beside, path)
    };
    write().inspect_err(|_| {
        // The error that is reported is the first one.
        let _ = fs::remove_file(&beside);
    })
}
