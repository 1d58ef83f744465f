//! Where answers, messages and errors go.

use std::fs::File;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::report::{json_safe, printable};

/// How much of a file is written at once: reports may be of a gigabyte.
const BUFFER_BYTES: usize = 1 << 18;

/// Where an answer goes: standard output, or a file that appears whole or not at all.
pub struct Output {
    writer: Writer,
}

enum Writer {
    Stdout(BufWriter<StdoutLock<'static>>),
    File { file: BufWriter<NamedTempFile>, path: PathBuf, force: bool },
}

impl Output {
    /// Opens the output; None and `-` are standard output. `protected` are files it must not overwrite, not even
    /// with `force`, each with what it is.
    pub fn open(path: Option<&Path>, force: bool, protected: &[(PathBuf, &str)]) -> Result<Self> {
        let writer = match path {
            None => Writer::Stdout(BufWriter::new(io::stdout().lock())),
            Some(path) if path == Path::new("-") => Writer::Stdout(BufWriter::new(io::stdout().lock())),
            Some(path) => {
                check_target(path, protected)?;
                if path.exists() && !force {
                    return Err(Error::Usage(format!(
                        "{} is there already; overwrite it with --force",
                        path.display()
                    )));
                }
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new("."));
                if !folder.is_dir() {
                    return Err(Error::Usage(format!("{} is no folder to write to", folder.display())));
                }
                // The error names the temporary file, which is not what was asked for: keep its kind alone.
                let file =
                    NamedTempFile::new_in(folder).map_err(|error| file_error(path, error.kind().into()))?;
                Writer::File {
                    file: BufWriter::with_capacity(BUFFER_BYTES, file),
                    path: path.to_owned(),
                    force,
                }
            }
        };
        Ok(Self { writer })
    }

    /// Ends the answer; a file gets its name only now.
    pub fn finish(self) -> Result<()> {
        match self.writer {
            Writer::Stdout(mut stdout) => Ok(stdout.flush()?),
            Writer::File { file, path, force } => {
                let file = file.into_inner().map_err(|error| file_error(&path, error.into_error()))?;
                let named: std::result::Result<File, _> =
                    if force { file.persist(&path) } else { file.persist_noclobber(&path) };
                named.map(drop).map_err(|error| file_error(&path, error.error))
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Writer::Stdout(stdout) => stdout.write(bytes),
            Writer::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Stdout(stdout) => stdout.flush(),
            Writer::File { file, .. } => file.flush(),
        }
    }
}

/// Refuses what an answer cannot become: a device, a folder, and the files that the command itself reads.
fn check_target(path: &Path, protected: &[(PathBuf, &str)]) -> Result<()> {
    let refuse = |problem: &str| Err(Error::Usage(format!("-o {}: {problem}", path.display())));
    let streams = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd"];
    if streams.iter().any(|stream| path.starts_with(stream)) {
        return refuse("this is a stream, not a file; -o - writes to standard output");
    }
    match std::fs::metadata(path) {
        Ok(there) if there.is_dir() => return refuse("this is a folder; name a file in it"),
        Ok(there) if !there.is_file() => {
            return refuse("this is not a regular file; -o - writes to standard output");
        }
        _ => {}
    }
    let target = whole_path(path);
    match protected.iter().find(|(file, _)| whole_path(file) == target) {
        Some((_, what)) => refuse(&format!("this is {what}; name another file")),
        None => Ok(()),
    }
}

/// The path without links and `..`, also of a file that is not there yet.
pub fn whole_path(path: &Path) -> PathBuf {
    if let Ok(whole) = path.canonicalize() {
        return whole;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

fn file_error(path: &Path, source: io::Error) -> Error {
    Error::File { path: path.to_owned(), source }
}

/// Prints a line for people to standard error. That it cannot be written is no reason to stop.
pub fn say(message: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", printable(message));
}

/// Prints an error, and what to do about it, to standard error.
pub fn print_error(error: &Error, as_json: bool) {
    if as_json {
        let object = json!({
            "error": { "message": error.to_string(), "hint": error.hint(), "exitCode": error.exit_code() }
        });
        let _ = writeln!(io::stderr().lock(), "{}", json_safe(&object.to_string()));
        return;
    }
    say(&format!("error: {error}"));
    if let Some(hint) = error.hint() {
        say(&format!("hint: {hint}"));
    }
}
