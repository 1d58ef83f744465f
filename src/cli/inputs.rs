//! Which files are meant where folders may be named, and where the bytes of their exports come from.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::global::STANDARD_INPUT;
use crate::error::{Error, Result};
use crate::source::{Encoding, Identity, Origin, Part, is_named_like_export, unfold};

/// What a folder holds that is taken in, in the words of an error.
const EXPORTS_IN: &str =
    ".csv, .tsv, .json, .jsonl, .ndjson, .xlsx, .xlsm or .zip file, or one with .gz or .zst behind, in";

/// The files, and in the place of each folder the exports in it and in the folders within, in the order of their names.
/// What is hidden is left out. A folder without exports stays, to be refused like a bad file, and so does what cannot be
/// looked at.
pub fn files_of(named: &[PathBuf]) -> Vec<PathBuf> {
    let files = named.iter().map(|path| match is_folder(path) {
        true => {
            Some(exports_in(path)).filter(|files| !files.is_empty()).unwrap_or_else(|| vec![path.clone()])
        }
        false => vec![path.clone()],
    });
    files.flatten().collect()
}

/// The exports that a file, or standard input, holds: several where it is an archive. `encoding` is what somebody says of
/// their texts.
///
/// # Errors
/// It is not there, a folder, or an archive that cannot be read.
pub fn exports_of(path: &Path, encoding: Option<Encoding>) -> Result<Vec<Part>> {
    let mut parts = unfold(&path.display().to_string(), origin_of(path)?)?;
    if let Some(encoding) = encoding {
        for part in &mut parts {
            let origin = std::mem::replace(&mut part.origin, Ok(Origin::Text([].into())));
            part.origin = origin.map(|origin| Origin::Encoded(Box::new(origin), encoding));
        }
    }
    Ok(parts)
}

/// The identity of a file; None for what is none, such as standard input or a pipe, or cannot be read.
pub fn identity_of(path: &Path) -> Option<Identity> {
    let is_file = path.as_os_str() != STANDARD_INPUT && path.is_file();
    is_file.then(|| Identity::of(&mut File::open(path).ok()?).ok()).flatten()
}

fn origin_of(path: &Path) -> Result<Origin> {
    if path.as_os_str() == STANDARD_INPUT {
        return Ok(Origin::stream(Box::new(std::io::stdin())));
    }
    let unreadable = |source| Error::File { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(|cause| unreadable(say_where(path, cause)))?;
    if metadata.is_dir() {
        std::fs::read_dir(path).map_err(unreadable)?;
        return Err(Error::NotFound { what: EXPORTS_IN, name: path.display().to_string() });
    }
    let file = File::open(path).map_err(unreadable)?;
    // A pipe gives its bytes but once.
    match metadata.is_file() {
        true => Ok(Origin::File(path.to_owned())),
        false => Ok(Origin::stream(Box::new(file))),
    }
}

/// Why a path leads to nothing: of a link, where it leads.
fn say_where(path: &Path, cause: io::Error) -> io::Error {
    match std::fs::read_link(path) {
        Ok(target) => io::Error::other(format!("it is a link to {}: {cause}", target.display())),
        Err(_) => cause,
    }
}

fn is_folder(path: &Path) -> bool {
    path.as_os_str() != STANDARD_INPUT && path.is_dir()
}

/// Links are followed, and each folder is looked into once: links may lead from anywhere to anywhere.
fn exports_in(folder: &Path) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let mut is_wanted = |entry: &DirEntry| {
        let mut is_new = |path: &Path| path.canonicalize().map_or(true, |path| seen.insert(path));
        !is_hidden(entry.depth(), entry.file_name()) && (!entry.file_type().is_dir() || is_new(entry.path()))
    };
    let entries = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    let files = entries.filter_entry(|entry| is_wanted(entry)).filter_map(|entry| match entry {
        Ok(entry) => {
            let is_export = entry.file_type().is_file() && is_named_like_export(entry.path());
            is_export.then(|| entry.into_path())
        }
        Err(cause) if cause.loop_ancestor().is_some() => None,
        // A link to nothing, or a folder that may not be looked into: whoever opens it says so.
        Err(cause) => {
            let is_shown = |path: &&Path| {
                let name = path.file_name().unwrap_or_default();
                !is_hidden(cause.depth(), name) && (path.is_dir() || is_named_like_export(path))
            };
            cause.path().filter(is_shown).map(Path::to_owned)
        }
    });
    files.collect()
}

fn is_hidden(depth: usize, name: &OsStr) -> bool {
    depth > 0 && name.as_encoded_bytes().starts_with(b".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(found: &[PathBuf]) -> Vec<&str> {
        found.iter().filter_map(|path| path.file_name()?.to_str()).collect()
    }

    #[test]
    fn a_folder_stands_for_the_exports_in_it_and_in_those_within() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("b/inner.csv")).unwrap();
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        let files = [
            "b.csv",
            "a.JSON",
            "c.ndjson",
            "10.jsonl",
            "notes.txt",
            ".hidden.csv",
            "csv",
            "d.csv.GZ",
            "._b.csv",
            "b/e.csv",
            "b/inner.csv/f.xlsx",
            ".git/g.csv",
        ];
        for name in files {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = files_of(&[PathBuf::from("-"), folder.path().to_owned(), PathBuf::from("missing.csv")]);
        let expected =
            ["-", "10.jsonl", "a.JSON", "e.csv", "f.xlsx", "b.csv", "c.ndjson", "d.csv.GZ", "missing.csv"];
        assert_eq!(names(&found), expected);
    }

    #[test]
    fn a_folder_without_exports_stays() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("notes.txt"), "").unwrap();
        assert_eq!(files_of(&[folder.path().to_owned()]), [folder.path()]);
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_nowhere_stay_and_those_that_lead_back_are_left_out() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        std::fs::write(folder.path().join("inner/a.csv"), "").unwrap();
        symlink("..", folder.path().join("inner/up")).unwrap();
        symlink("gone", folder.path().join("b.csv")).unwrap();
        symlink("gone", folder.path().join("notes.txt")).unwrap();
        symlink("gone", folder.path().join(".#a.csv")).unwrap();
        let found = files_of(&[folder.path().to_owned()]);
        assert_eq!(names(&found), ["b.csv", "a.csv"]);
        assert!(matches!(exports_of(&found[0], None), Err(Error::File { .. })));
    }

    /// Each of them used to be looked into by every way that leads to it.
    #[cfg(unix)]
    #[test]
    fn folders_that_link_to_each_other_are_looked_into_once() {
        let folder = tempfile::tempdir().unwrap();
        let places: Vec<PathBuf> = (0..12).map(|number| folder.path().join(format!("{number:02}"))).collect();
        for place in &places {
            std::fs::create_dir(place).unwrap();
            std::fs::write(place.join("a.csv"), "").unwrap();
        }
        for (place, other) in places.iter().flat_map(|place| places.iter().map(move |other| (place, other))) {
            std::os::unix::fs::symlink(other, place.join(format!("to {:?}", other.file_name().unwrap())))
                .unwrap();
        }
        assert_eq!(files_of(&[folder.path().to_owned()]).len(), places.len());
    }
}
