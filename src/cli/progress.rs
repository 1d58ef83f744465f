//! How far an ingest is: one bar on the terminal for all of its files.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::context::Context;
use super::global::STANDARD_INPUT;
use crate::report::{grouped, printable};

/// How far an ingest is, shown on standard error where that is a terminal.
pub struct Progress {
    bar: ProgressBar,
    sizes: Vec<Option<u64>>,
    /// The file at hand, from 0, and how much of it was read.
    file: usize,
    /// How many exports it holds.
    parts: u64,
    read_of_file: u64,
    pace: Pace,
    started: Instant,
}

impl Progress {
    /// Nothing done yet of `files`.
    pub fn new(files: &[PathBuf], context: &Context) -> Self {
        let sizes: Vec<Option<u64>> = files.iter().map(|path| size_of(path)).collect();
        // Of a stream nobody knows how long it is.
        let total: Option<u64> = sizes.iter().copied().sum();
        let is_shown = !context.global.quiet && std::io::stderr().is_terminal();
        let bar = if is_shown { make_bar(total) } else { ProgressBar::hidden() };
        let pace = Pace { total, ..Pace::default() };
        Self { bar, sizes, file: 0, parts: 1, read_of_file: 0, pace, started: Instant::now() }
    }

    /// Begins the file at `index`, from 0.
    pub fn begin(&mut self, index: usize, name: &str) {
        self.file = index;
        self.parts = 1;
        self.read_of_file = 0;
        let count = self.sizes.len();
        let which = if count > 1 { format!("{}/{count} ", index + 1) } else { String::new() };
        self.bar.set_prefix(format!("{which}{}", printable(name)));
    }

    /// The file at hand holds so many exports, each of which is read or skipped.
    pub fn split(&mut self, parts: usize) {
        self.parts = parts.max(1) as u64;
    }

    /// The size of one export: that of the file, in equal parts.
    fn size(&self) -> Option<u64> {
        self.sizes[self.file].map(|size| size / self.parts)
    }

    /// So much of the export at hand was read.
    pub fn show(&mut self, bytes: u64, events: u64) {
        let bytes = self.size().map_or(bytes, |size| bytes.min(size));
        self.read_of_file = bytes;
        let pace = Pace { read: self.pace.read + bytes, events: self.pace.events + events, ..self.pace };
        self.bar.set_position(pace.position());
        self.bar.set_message(pace.in_words(self.started.elapsed()));
    }

    /// The file at hand is done with: it was read to its end with so many events.
    pub fn end(&mut self, events: u64) {
        self.pace.read += self.size().unwrap_or(self.read_of_file);
        self.pace.events += events;
        self.show(0, 0);
    }

    /// The file at hand is done with, and nothing of it was taken in.
    pub fn skip(&mut self) {
        self.pace.skipped += self.size().unwrap_or_default();
        self.show(0, 0);
    }

    /// Lets something else be written to the terminal.
    pub fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

fn size_of(path: &Path) -> Option<u64> {
    if path.as_os_str() == STANDARD_INPUT {
        return None;
    }
    match std::fs::metadata(path) {
        // What cannot be read will take no time.
        Err(_) => Some(0),
        Ok(metadata) => metadata.is_file().then_some(metadata.len()).or(metadata.is_dir().then_some(0)),
    }
}

fn make_bar(total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{prefix} {bar:24} {bytes}/{total_bytes} {msg}"),
        None => (ProgressBar::new_spinner(), "{prefix} {spinner} {bytes} {msg}"),
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// What was done so far, of all files.
#[derive(Debug, Clone, Copy, Default)]
struct Pace {
    /// The bytes of all files; None where one is a stream.
    total: Option<u64>,
    /// Bytes read, and bytes of files that needed no reading.
    read: u64,
    skipped: u64,
    events: u64,
}

impl Pace {
    const fn position(&self) -> u64 {
        self.read + self.skipped
    }

    /// `1,234,567 events, 140,000/s, 12s left`; what takes no reading says nothing of the pace.
    fn in_words(&self, elapsed: Duration) -> String {
        let mut words = format!("{} events", grouped(self.events as i64));
        let seconds = elapsed.as_secs_f64();
        if seconds < 0.1 {
            return words;
        }
        words += &format!(", {}/s", grouped((self.events as f64 / seconds) as i64));
        if let Some(total) = self.total.filter(|_| self.read > 0) {
            let left = total.saturating_sub(self.position()) as f64 * seconds / self.read as f64;
            words += &format!(", {} left", span_in_words(left as u64));
        }
        words
    }
}

/// `5s`, `2m 05s`, `1h 02m`.
fn span_in_words(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_what_was_read() {
        let pace = Pace { total: Some(1000), read: 100, skipped: 600, events: 5000 };
        assert_eq!(pace.position(), 700);
        assert_eq!(pace.in_words(Duration::from_secs(2)), "5,000 events, 2,500/s, 6s left");
    }

    #[test]
    fn what_nobody_knows_yet_is_not_said() {
        let stream = Pace { total: None, read: 100, skipped: 0, events: 7 };
        assert_eq!(stream.in_words(Duration::from_secs(1)), "7 events, 7/s");
        assert_eq!(stream.in_words(Duration::ZERO), "7 events");
        let skipped = Pace { total: Some(1000), read: 0, skipped: 600, events: 0 };
        assert_eq!(skipped.in_words(Duration::from_secs(1)), "0 events, 0/s");
    }

    #[test]
    fn spans_are_as_coarse_as_they_are_long() {
        assert_eq!([5, 125, 3725].map(span_in_words), ["5s", "2m 05s", "1h 02m"]);
    }
}
