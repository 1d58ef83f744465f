//! Who writes a case just now, so that others who have to wait can be told.
//!
//! SQLite says that a case is locked, and not by whom. While a command writes, a file beside the case, with `-writer`
//! at the end of its name, says who does. It is a help to people and nothing relies on it: one that a killed program
//! left behind is only looked at when the case is locked, and the next that writes replaces it.

use std::fs::{OpenOptions, remove_file};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The most bytes that are read of what a file says.
const LONGEST: u64 = 500;

/// Who writes a case with this program; nobody in particular where the name is empty.
#[derive(Debug, Clone, Default)]
pub struct Signature {
    case: PathBuf,
    who: String,
}

impl Signature {
    /// The signature of `who` for the case at `case`.
    pub fn new(case: &Path, who: String) -> Self {
        Self { case: case.to_owned(), who }
    }

    /// Says that this one writes, until what it gives is dropped; None where that is not, or cannot be, said.
    pub fn announce(&self) -> Option<Holder> {
        (!self.who.is_empty()).then(|| Holder::announce(&self.case, &self.who)).flatten()
    }
}

/// Says who writes until it is dropped.
#[derive(Debug)]
pub struct Holder {
    path: PathBuf,
}

impl Holder {
    /// Says beside the case at `case` that `who` writes it; None where that cannot be said.
    fn announce(case: &Path, who: &str) -> Option<Self> {
        let path = path_beside(case);
        // Whatever lies there is taken away and never followed: it could be a link to some other file.
        let _ = remove_file(&path);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path).ok()?;
        let holder = Self { path };
        file.write_all(who.as_bytes()).ok()?;
        Some(holder)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = remove_file(&self.path);
    }
}

/// The error of one who cannot write since somebody else does.
pub fn locked(case: &Path) -> Error {
    let who = read(&path_beside(case)).unwrap_or_else(|| "another program".to_owned());
    Error::Case { path: case.to_owned(), problem: format!("locked by {who}; try again") }
}

fn read(path: &Path) -> Option<String> {
    // A pipe that lies there would be waited for without end.
    if !std::fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    OpenOptions::new().read(true).open(path).ok()?.take(LONGEST).read_to_string(&mut text).ok()?;
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

fn path_beside(case: &Path) -> PathBuf {
    let mut path = case.as_os_str().to_owned();
    path.push("-writer");
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(case: &Path) -> String {
        locked(case).to_string().rsplit_once(": ").map_or_else(String::new, |(_, words)| words.to_owned())
    }

    #[test]
    fn who_writes_is_said_as_long_as_it_lasts() {
        let folder = tempfile::tempdir().unwrap();
        let case = folder.path().join("case.db");
        let holder = Holder::announce(&case, "kim (huntcase ingest)");
        assert_eq!(words(&case), "locked by kim (huntcase ingest); try again");
        drop(holder);
        assert_eq!(words(&case), "locked by another program; try again");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_lies_there_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (case, other) = (folder.path().join("case.db"), folder.path().join("other"));
        std::fs::write(&other, "untouched").unwrap();
        std::os::unix::fs::symlink(&other, path_beside(&case)).unwrap();
        drop(Holder::announce(&case, "kim"));
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "untouched");
    }
}
