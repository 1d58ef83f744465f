//! Which files are meant where folders may be named, and where their bytes come from.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::global::STANDARD_INPUT;
use crate::error::{Error, Result};
use crate::source::Origin;

/// The endings by which exports in a folder are told from other files.
const ENDINGS: [&str; 4] = ["csv", "json", "jsonl", "ndjson"];
/// The same in the words of an error.
const EXPORTS_IN: &str = ".csv, .json, .jsonl or .ndjson file in";

/// The files, and in the place of each folder the exports in it, in the order of their names. Folders within it are
/// left out, and so is what a shell leaves out for `*`. A folder without exports stays, to be refused like a bad file.
pub fn files_of(named: &[PathBuf]) -> Vec<PathBuf> {
    let files = named.iter().map(|path| match is_folder(path) {
        true => {
            Some(exports_in(path)).filter(|files| !files.is_empty()).unwrap_or_else(|| vec![path.clone()])
        }
        false => vec![path.clone()],
    });
    files.flatten().collect()
}

/// Where the bytes of a file, or of standard input, come from.
///
/// # Errors
/// It is not there, or a folder.
pub fn origin_of(path: &Path) -> Result<Origin> {
    if path.as_os_str() == STANDARD_INPUT {
        return Ok(Origin::stream(Box::new(std::io::stdin())));
    }
    let unreadable = |source| Error::File { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(Error::NotFound { what: EXPORTS_IN, name: path.display().to_string() });
    }
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // A pipe gives its bytes but once.
    match metadata.is_file() {
        true => Ok(Origin::File(path.to_owned())),
        false => Ok(Origin::stream(Box::new(file))),
    }
}

fn is_folder(path: &Path) -> bool {
    path.as_os_str() != STANDARD_INPUT && path.is_dir()
}

fn exports_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = paths.filter(|path| is_export(path) && path.is_file()).collect();
    files.sort();
    files
}

fn is_export(path: &Path) -> bool {
    let is_hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    !is_hidden && ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_the_exports_in_it_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.JSON", "c.ndjson", "10.jsonl", "notes.txt", ".hidden.csv", "csv", "d.csv.gz"]
        {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("inner.csv")).unwrap();
        let found = files_of(&[PathBuf::from("-"), folder.path().to_owned(), PathBuf::from("missing.csv")]);
        let names: Vec<_> = found.iter().filter_map(|path| path.file_name()?.to_str()).collect();
        assert_eq!(names, ["-", "10.jsonl", "a.JSON", "b.csv", "c.ndjson", "missing.csv"]);
    }

    #[test]
    fn a_folder_without_exports_stays() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("notes.txt"), "").unwrap();
        assert_eq!(files_of(&[folder.path().to_owned()]), [folder.path()]);
    }
}
