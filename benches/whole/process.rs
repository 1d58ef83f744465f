//! Runs programs to their end and measures them.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Result;

/// How often a program is asked for its memory. What it grows by in its last moments is not seen.
const ASK: Duration = Duration::from_millis(2);

/// What a program that has ended took, and what it wrote to standard output.
#[derive(Debug, Default)]
pub struct Ran {
    /// From before it was started until it was gone.
    pub time: Duration,
    /// The most memory it had at a time, in bytes; 0 where the system does not say (only Linux does).
    pub peak: u64,
    /// Its answer.
    pub output: String,
}

impl Ran {
    /// This and then that, as one.
    pub fn then(self, next: Self) -> Self {
        Self { time: self.time + next.time, peak: self.peak.max(next.peak), output: next.output }
    }
}

/// Runs a program to its end, which has to be a good one.
pub fn run(command: &mut Command) -> Result<Ran> {
    let started = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let is_over = AtomicBool::new(false);
    let id = child.id();
    std::thread::scope(|scope| {
        let asker = scope.spawn(|| watch_memory(id, &is_over));
        let answer = finish(&mut child);
        let time = started.elapsed();
        is_over.store(true, Ordering::Relaxed);
        let peak = asker.join().unwrap_or(0);
        let output = answer.map_err(|why| format!("{command:?}: {why}"))?;
        Ok(Ran { time, peak, output })
    })
}

fn finish(child: &mut Child) -> Result<String> {
    let mut output = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut output)?;
    }
    let status = child.wait()?;
    if status.success() { Ok(output) } else { Err(format!("ended with {status}").into()) }
}

fn watch_memory(process: u32, is_over: &AtomicBool) -> u64 {
    let mut peak = 0;
    while !is_over.load(Ordering::Relaxed) {
        peak = peak.max(peak_memory(process));
        std::thread::sleep(ASK);
    }
    peak
}

fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|kib| kib.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
