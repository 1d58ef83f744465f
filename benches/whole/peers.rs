//! The programs that huntcase is compared with: what analysts would otherwise do in a notebook.
//!
//! They live in a Python environment of their own under the target folder. It is made only when that is asked for; a
//! machine without Python or without a network has no peers, and the benchmark goes on.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::Result;
use super::export::Found;
use super::process::{Ran, run};

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers");
const ENVIRONMENT: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/peers");

/// A peer, which keeps events in a file of its own.
pub struct Peer {
    /// As it is printed.
    pub name: &'static str,
    /// As it is written in keys of the baseline.
    pub key: &'static str,
    /// Which one it is, when it is installed.
    pub version: Option<String>,
    script: PathBuf,
    store: PathBuf,
}

/// What a peer says at its end.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Said {
    events: u64,
    devices: u64,
    matches: u64,
}

impl Said {
    /// What the rule found.
    pub fn found(self) -> Found {
        Found { devices: self.devices, matches: self.matches }
    }

    /// How many events its file holds.
    pub fn events(self) -> u64 {
        self.events
    }
}

/// DuckDB and Polars, with their files in `folder`.
pub fn find_peers(folder: &Path) -> Vec<Peer> {
    [("DuckDB", "duckdb"), ("Polars", "polars")]
        .map(|(name, key)| Peer {
            name,
            key,
            version: installed_version(key),
            script: Path::new(SCRIPTS).join(format!("with_{key}.py")),
            store: folder.join(format!("events.{key}")),
        })
        .into()
}

/// Installs the peers, or says on standard error why that cannot be done.
pub fn install_peers() -> Result<()> {
    let mut make = Command::new("python3");
    make.args(["-m", "venv", ENVIRONMENT]);
    let mut install = Command::new(python());
    install
        .args(["-m", "pip", "install", "--quiet", "--requirement"])
        .arg(Path::new(SCRIPTS).join("versions.txt"));
    for command in [&mut make, &mut install] {
        let is_done = command.stdout(Stdio::null()).status().is_ok_and(|status| status.success());
        if !is_done {
            use std::io::Write as _;
            writeln!(std::io::stderr(), "peers not installed: {command:?} failed")?;
            break;
        }
    }
    Ok(())
}

fn python() -> PathBuf {
    let folder = Path::new(ENVIRONMENT);
    if cfg!(windows) { folder.join("Scripts/python.exe") } else { folder.join("bin/python") }
}

fn installed_version(package: &str) -> Option<String> {
    let ask = format!("import {package}; print({package}.__version__)");
    let answer = Command::new(python()).args(["-c", &ask]).stderr(Stdio::null()).output().ok()?;
    answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

impl Peer {
    /// Puts an export into a fresh file and asks the rule's question.
    pub fn load(&self, export: &Path) -> Result<(Ran, Said)> {
        if self.store.exists() {
            std::fs::remove_file(&self.store)?;
        }
        self.run("load", Some(export))
    }

    /// Asks the rule's question again.
    pub fn again(&self) -> Result<(Ran, Said)> {
        self.run("again", None)
    }

    /// Adds the rows of an export that are not there yet, and asks the rule's question.
    pub fn add(&self, export: &Path) -> Result<(Ran, Said)> {
        self.run("add", Some(export))
    }

    /// In bytes.
    pub fn size(&self) -> Result<u64> {
        Ok(std::fs::metadata(&self.store)?.len())
    }

    fn run(&self, what: &str, export: Option<&Path>) -> Result<(Ran, Said)> {
        let ran = run(Command::new(python()).arg(&self.script).arg(what).arg(&self.store).args(export))?;
        let said = serde_json::from_str(&ran.output)?;
        Ok((ran, said))
    }
}
