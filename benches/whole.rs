//! Measures the whole program on seven days of events, beside others that do the same, and prints one table.
//!
//! ```text
//! cargo bench                      # 200,000 events, which it makes itself
//! cargo bench -- --peers           # and installs DuckDB and Polars first, in an environment under target
//! cargo bench -- --small           # few events and wide bounds, for machines that check changes
//! cargo bench -- --update          # keeps the figures as the new baseline
//! cargo bench -- --curve 30        # thirty days, one after the other, into one case
//! ```
//!
//! | variable | |
//! |---|---|
//! | `HUNTCASE_BENCH_EVENTS` | how many events the seven days hold |
//! | `HUNTCASE_BENCH_RUNS` | how often everything is measured; medians are shown |
//! | `HUNTCASE_BENCH_PEERS` | `1` is `--peers` |
//! | `HUNTCASE_BENCH_EXPORT` | a CSV export of yours instead of seven generated days |
//! | `HUNTCASE_BENCH_DAY` | with it: a CSV export of the day after, which overlaps |
//! | `HUNTCASE_BENCH_NDJSON` | with it: lines of JSON, as the streaming API stores them |
//! | `HUNTCASE_BENCH_DAYS` | for `--curve`: a command that writes the export of `{day}`, and maybe its `{truth}` |
//!
//! Machines differ and are noisy, so programs take turns, and the baseline keeps ratios and counts of instructions
//! (with valgrind, if that is installed): see `benches/baseline.toml`. The exit code is 1 when a figure is worse than
//! there, or when two programs do not find the same.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

mod whole {
    pub mod baseline;
    pub mod callgrind;
    pub mod curve;
    pub mod export;
    pub mod measure;
    pub mod peers;
    pub mod process;
    pub mod program;
    pub mod programs;
    pub mod random;
    pub mod table;

    /// Whatever goes wrong ends the bench.
    pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
}

use whole::Result;
use whole::baseline::Baseline;
use whole::callgrind::count_instructions;
use whole::curve::{Days, draw_curve};
use whole::export::World;
use whole::measure::{Bench, Inputs};
use whole::peers::{Peer, find_peers, install_peers};
use whole::table::{draw, grouped};

const EVENTS: u64 = 200_000;
const RUNS: u64 = 5;
const SMALL_EVENTS: u64 = 20_000;
const SMALL_RUNS: u64 = 3;

/// Measures the whole program
#[derive(Parser)]
#[command(name = "cargo bench --")]
struct Arguments {
    /// Few events, no peers, and wide bounds instead of the baseline
    #[arg(long)]
    small: bool,
    /// Keep what is measured as the new baseline
    #[arg(long, conflicts_with = "small")]
    update: bool,
    /// Install DuckDB and Polars first
    #[arg(long, conflicts_with = "small")]
    peers: bool,
    /// Take in so many days, one after the other, and nothing else
    #[arg(long, value_name = "DAYS", conflicts_with_all = ["small", "update", "peers"])]
    curve: Option<u64>,
    /// What `cargo bench` says, and `cargo test` does not
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if !arguments.bench {
        return Ok(ExitCode::SUCCESS);
    }
    // Not in the system's folder for such things, which may be in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    match arguments.curve {
        Some(days) => curve(folder.path(), days).map(|()| ExitCode::SUCCESS),
        None => compare(folder.path(), &arguments),
    }
}

fn compare(folder: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let mut baseline = Baseline::read()?;
    if arguments.peers || std::env::var_os("HUNTCASE_BENCH_PEERS").is_some_and(|asked| asked == "1") {
        install_peers()?;
    }
    let peers = if arguments.small { Vec::new() } else { find_peers(folder) };
    let inputs = choose_inputs(folder, arguments.small)?;
    let mut bench = Bench::new(folder, &inputs, &peers);
    let runs = number("HUNTCASE_BENCH_RUNS", if arguments.small { SMALL_RUNS } else { RUNS })?.max(1);
    for _ in 0..runs {
        bench.round()?;
    }
    let mut figures = bench.figures();
    let counted = if arguments.small { None } else { count_instructions(folder)? };
    let has_valgrind = counted.is_some();
    figures.extend(counted.into_iter().flatten());

    let (table, is_worse) = draw(&figures, &baseline, &inputs.label, arguments.small);
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", describe(&bench, runs)?)?;
    stdout.write_all(table.as_bytes())?;
    if arguments.update {
        baseline.update(&figures, &inputs.label)?;
        writeln!(stdout, "\nkept as the new baseline")?;
        return Ok(ExitCode::SUCCESS);
    }
    if !arguments.small && !has_valgrind {
        writeln!(stdout, "\nvalgrind is not installed, so instructions were not counted")?;
    }
    if !arguments.small && !baseline.knows(&inputs.label) {
        writeln!(stdout, "\nthe baseline has no ratios of {}", inputs.label)?;
    }
    Ok(if is_worse { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn curve(folder: &Path, count: u64) -> Result<()> {
    let days = match std::env::var("HUNTCASE_BENCH_DAYS") {
        Ok(template) => Days::Commanded(template),
        Err(_) => Days::Made(World::new(number("HUNTCASE_BENCH_EVENTS", EVENTS)? / 7)),
    };
    draw_curve(folder, &days, count)
}

fn choose_inputs(folder: &Path, is_small: bool) -> Result<Inputs> {
    let file = |name| std::env::var_os(name).map(PathBuf::from);
    match file("HUNTCASE_BENCH_EXPORT") {
        Some(week) if !is_small => {
            Inputs::given(week, file("HUNTCASE_BENCH_DAY"), file("HUNTCASE_BENCH_NDJSON"))
        }
        _ if is_small => Inputs::make(folder, SMALL_EVENTS),
        _ => Inputs::make(folder, number("HUNTCASE_BENCH_EVENTS", EVENTS)?),
    }
}

fn describe(bench: &Bench<'_>, runs: u64) -> Result<String> {
    let version = |peer: &Peer| peer.version.as_ref().map(|version| format!(", {} {version}", peer.name));
    let versions: String = bench.peers.iter().filter_map(version).collect();
    let (events, megabytes) = (grouped(bench.events() as f64), bench.inputs.size()? as f64 / 1e6);
    Ok(format!("{events} events, {megabytes:.0} MB of CSV{versions}; medians of {runs} in turn\n"))
}

fn number(variable: &str, usual: u64) -> Result<u64> {
    match std::env::var(variable) {
        Ok(text) => text.parse().map_err(|_| format!("{variable}: found {text:?}, expected a number").into()),
        Err(_) => Ok(usual),
    }
}
