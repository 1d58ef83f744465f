//! Times the whole program on one large export, and prints one table.
//!
//! ```text
//! cargo bench                                  # on an export of 200,000 events that it makes itself
//! HUNTCASE_BENCH_EXPORT=big.csv cargo bench    # on an export of yours
//! HUNTCASE_BENCH_EVENTS=1000000 cargo bench
//! ```
//!
//! Machines differ and are noisy, so every figure is the median of several runs, and the `csv` crate, splitting the
//! same file and doing nothing else, is timed in turn with the program: quote the ratio.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_huntcase");
const RUNS: usize = 5;
const DEFAULT_EVENTS: u64 = 200_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let export = match std::env::var_os("HUNTCASE_BENCH_EXPORT") {
        Some(path) => PathBuf::from(path),
        None => make_export(folder.path())?,
    };
    let case = folder.path().join("bench.db");
    let (mut ingest, mut split, mut peak) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        remove_case(&case)?;
        let (time, memory) = run_program(&case, &["ingest", "--quiet"], Some(&export))?;
        ingest.push(time);
        peak = peak.max(memory);
        split.push(split_only(&export)?);
    }
    let (first_run, _) = run_program(&case, &["run"], None)?;
    let mut again = Vec::new();
    for _ in 0..RUNS {
        again.push(run_program(&case, &["run"], None)?.0);
    }
    let events = count_events(&case)?;
    let (case_bytes, export_bytes) = (std::fs::metadata(&case)?.len(), std::fs::metadata(&export)?.len());
    let (ingest, split, again) = (median(&mut ingest), median(&mut split), median(&mut again));

    let mut table = String::new();
    writeln!(table, "export                        {} events, {} MB", events, export_bytes / 1_000_000)?;
    writeln!(
        table,
        "ingest                        {:.2} s, {:.0} events/s",
        seconds(ingest),
        events as f64 / seconds(ingest)
    )?;
    writeln!(
        table,
        "csv crate, splitting only     {:.2} s; ingest takes {:.2} times that",
        seconds(split),
        seconds(ingest) / seconds(split)
    )?;
    writeln!(table, "peak memory of ingest         {} MB", peak / 1024)?;
    writeln!(
        table,
        "case / export                 {:.3} of its bytes",
        case_bytes as f64 / export_bytes as f64
    )?;
    writeln!(table, "first run of the rules        {:.2} s", seconds(first_run))?;
    writeln!(table, "run with nothing new          {:.0} ms", seconds(again) * 1000.0)?;
    std::io::stdout().write_all(table.as_bytes())?;
    Ok(())
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn remove_case(case: &Path) -> std::io::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", case.display()));
        if path.exists() {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Runs the program to its end. Gives the time it took and, on Linux, its peak memory in KiB.
fn run_program(
    case: &Path,
    arguments: &[&str],
    export: Option<&Path>,
) -> Result<(Duration, u64), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let mut child = Command::new(PROGRAM)
        .arg("--case")
        .arg(case)
        .args(arguments)
        .args(export)
        .stdout(Stdio::null())
        .spawn()?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_memory(child.id()));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    if !status.success() {
        return Err(format!("huntcase {} ended with {status}", arguments.join(" ")).into());
    }
    Ok((started.elapsed(), peak))
}

fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

fn split_only(export: &Path) -> Result<Duration, Box<dyn std::error::Error>> {
    let started = Instant::now();
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 20).flexible(true).from_path(export)?;
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record)? {
        cells += record.len();
    }
    std::hint::black_box(cells);
    Ok(started.elapsed())
}

fn count_events(case: &Path) -> Result<u64, Box<dyn std::error::Error>> {
    let sql = "SELECT sum(events) FROM device";
    let output =
        Command::new(PROGRAM).arg("--case").arg(case).args(["query", sql, "--format", "csv"]).output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().nth(1).unwrap_or("0").parse()?)
}

/// Makes an export with the shape of real ones: few programs and accounts, command lines of which about half are
/// unique, processes that start a few others each. The same one every time.
fn make_export(folder: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let events =
        std::env::var("HUNTCASE_BENCH_EVENTS").ok().map_or(Ok(DEFAULT_EVENTS), |events| events.parse())?;
    let path = folder.join("export.csv");
    let mut out = BufWriter::new(File::create(&path)?);
    writeln!(out, "{HEADER}")?;
    let mut random = Random(1);
    for index in 0..events {
        write_event(&mut out, index, &mut random)?;
    }
    out.flush()?;
    Ok(path)
}

const HEADER: &str = "Timestamp,DeviceId,DeviceName,ActionType,FileName,FolderPath,SHA1,SHA256,MD5,FileSize,\
ProcessVersionInfoCompanyName,ProcessVersionInfoProductName,ProcessVersionInfoProductVersion,ProcessId,\
ProcessCommandLine,ProcessIntegrityLevel,ProcessTokenElevation,ProcessCreationTime,AccountDomain,AccountName,\
AccountSid,LogonId,InitiatingProcessAccountDomain,InitiatingProcessAccountName,InitiatingProcessAccountSid,\
InitiatingProcessLogonId,InitiatingProcessIntegrityLevel,InitiatingProcessSHA1,InitiatingProcessFileName,\
InitiatingProcessId,InitiatingProcessCommandLine,InitiatingProcessCreationTime,InitiatingProcessFolderPath,\
InitiatingProcessParentId,InitiatingProcessParentFileName,InitiatingProcessParentCreationTime,ReportId,\
AdditionalFields,ProcessUniqueId";

fn write_event(out: &mut impl Write, index: u64, random: &mut Random) -> std::io::Result<()> {
    let device = random.below(500);
    let image = random.below(300).min(random.below(300));
    let parent = random.below(12);
    let second = index / 2 % 86_400;
    let (hour, minute, day) = (second / 3600, second / 60 % 60, 1 + index / 172_800 % 28);
    let time = format!("2026-05-{day:02}T{hour:02}:{minute:02}:{:02}", second % 60);
    let command = match random.below(20) {
        0..9 => format!(
            "\"\"\"C:\\Program Files\\Vendor{image}\\run.exe\"\" --session={:016x} --lang=en\"",
            random.next()
        ),
        9..14 => format!("C:\\Windows\\System32\\tool{image}.exe -p{}", random.below(16)),
        _ => format!("tool{image}.exe /quiet"),
    };
    let is_web = random.below(2000) == 0;
    let (name, parent_name) = match is_web {
        true => ("cmd.exe".to_owned(), "w3wp.exe".to_owned()),
        false => (format!("tool{image}.exe"), format!("parent{parent}.exe")),
    };
    let command = if is_web { "cmd.exe /c whoami".to_owned() } else { command };
    writeln!(
        out,
        "{time}.{:07}Z,{device:040x},host{device:05}.example.com,ProcessCreated,{name},C:\\Program Files\\Vendor{image}\\{name},\
{image:040x},{image:064x},{image:032x},{},Vendor {image} Incorporated,Product {image},10.0.{image}.1,{},{command},Medium,\
TokenElevationTypeDefault,{time}.0000000Z,CORP,user{device},S-1-5-21-1004336348-1177238915-682003330-{device},{},CORP,\
user{device},S-1-5-21-1004336348-1177238915-682003330-{device},{},Medium,{parent:040x},{parent_name},{},\
\"C:\\Windows\\System32\\{parent_name}\" -k group{parent} -p,2026-05-01T06:00:{parent:02}.1234567Z,\
c:\\windows\\system32\\{parent_name},{},services.exe,2026-05-01T05:59:00.7654321Z,{index},,{}",
        random.below(10_000_000),
        20_000 + image,
        random.below(30_000),
        100_000 + device,
        100_000 + device,
        1000 + parent,
        500 + parent,
        2_533_274_790_395_904 + index,
    )
}

/// A small generator of numbers that look random: SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
