//! Measures everything, in rounds: each program does the same in turn, so that all meet the same weather.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::Result;
use super::baseline::Kind;
use super::export::{Form, Found, World};
use super::peers::{Peer, Said};
use super::process::Ran;
use super::program::Case;
use super::table::{Figure, Goal, Unit};

/// The files that are taken in.
pub struct Inputs {
    /// How the baseline knows them.
    pub label: String,
    /// Seven days, as CSV.
    week: PathBuf,
    /// The day after, which begins with the last rows of those, as CSV.
    day: Option<PathBuf>,
    /// Lines of JSON in envelopes.
    lines: Option<PathBuf>,
    /// What must come out of them, where that is known.
    expected: Option<Expected>,
}

struct Expected {
    week: (u64, Found),
    day: (u64, Found),
    lines: u64,
}

impl Inputs {
    /// Makes so many events in seven days, and a day more.
    pub fn make(folder: &Path, events: u64) -> Result<Self> {
        let world = World::new(events / 7);
        let (week, day, lines) =
            (folder.join("week.csv"), folder.join("day.csv"), folder.join("week.ndjson"));
        let seven = world.days(0..7);
        world.write(&week, Form::Csv, seven.clone())?;
        world.write(&day, Form::Csv, world.day_with_overlap(7))?;
        world.write(&lines, Form::Streaming, seven.clone())?;
        let eight = world.days(0..8);
        Ok(Self {
            label: format!("{events} generated events"),
            week,
            day: Some(day),
            lines: Some(lines),
            expected: Some(Expected {
                week: (seven.end, world.find(seven.end)),
                day: (eight.end, world.find(eight.end)),
                lines: seven.end,
            }),
        })
    }

    /// Files of the user's own.
    pub fn given(week: PathBuf, day: Option<PathBuf>, lines: Option<PathBuf>) -> Result<Self> {
        let label = format!("an export of {} bytes", std::fs::metadata(&week)?.len());
        Ok(Self { label, week, day, lines, expected: None })
    }

    /// In bytes.
    pub fn size(&self) -> Result<u64> {
        Ok(std::fs::metadata(&self.week)?.len())
    }
}

/// What was measured, by what and by whom, once a round.
#[derive(Default)]
pub struct Samples(BTreeMap<(&'static str, &'static str), Vec<f64>>);

impl Samples {
    fn add(&mut self, what: &'static str, who: &'static str, value: f64) {
        self.0.entry((what, who)).or_default().push(value);
    }

    fn add_ran(&mut self, what: &'static str, who: &'static str, ran: &Ran) {
        self.add(what, who, ran.time.as_secs_f64());
    }

    fn all(&self, what: &'static str, who: &'static str) -> &[f64] {
        self.0.get(&(what, who)).map_or(&[], Vec::as_slice)
    }

    fn median(&self, what: &'static str, who: &'static str) -> Option<f64> {
        median(self.all(what, who).to_vec())
    }

    /// The median of the ratios of each round, which changes of weather between rounds do not touch.
    fn ratio(&self, what: &'static str, who: &'static str, of: (&'static str, &'static str)) -> Option<f64> {
        let pairs = self.all(what, who).iter().zip(self.all(of.0, of.1));
        median(pairs.map(|(ours, theirs)| ours / theirs).collect())
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

const US: &str = "huntcase";
const CSV: &str = "csv";

/// The commands that people wait for, in a case with findings.
const COMMANDS: [(&str, &str, &[&str]); 5] = [
    ("findings", "findings", &["findings"]),
    ("show F-1", "show", &["show", "F-1"]),
    ("devices", "devices", &["devices"]),
    ("status", "status", &["status"]),
    ("set F-1 --assign", "set", &["set", "F-1", "--assign"]),
];

/// One bench: the files, the programs and what has been measured so far.
pub struct Bench<'b> {
    /// The files that are taken in.
    pub inputs: &'b Inputs,
    /// Those that are installed take part.
    pub peers: &'b [Peer],
    case: Case,
    lines_case: Case,
    samples: Samples,
    events: u64,
    line_events: u64,
    rounds: usize,
}

impl<'b> Bench<'b> {
    /// A bench with its files in `folder`.
    pub fn new(folder: &Path, inputs: &'b Inputs, peers: &'b [Peer]) -> Self {
        let (case, lines_case) = (Case::new(folder, "bench.db"), Case::new(folder, "lines.db"));
        Self {
            inputs,
            peers,
            case,
            lines_case,
            samples: Samples::default(),
            events: 0,
            line_events: 0,
            rounds: 0,
        }
    }

    /// How many events the seven days hold.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Measures everything once.
    pub fn round(&mut self) -> Result<()> {
        self.rounds += 1;
        self.samples.add("split", CSV, split_only(&self.inputs.week)?);
        self.load()?;
        self.again()?;
        self.commands()?;
        self.lines()?;
        self.day()
    }

    fn installed(&self) -> impl Iterator<Item = &'b Peer> + use<'b> {
        self.peers.iter().filter(|peer| peer.version.is_some())
    }

    fn load(&mut self) -> Result<()> {
        self.case.remove()?;
        let ingest = self.case.ingest(&self.inputs.week)?;
        self.samples.add_ran("ingest", US, &ingest);
        let both = ingest.then(self.case.run(&["run"])?);
        self.samples.add_ran("fresh", US, &both);
        self.samples.add("peak", US, both.peak as f64);
        self.samples.add("size", US, self.case.size()? as f64);
        self.samples.add("size", CSV, self.inputs.size()? as f64);
        self.events = self.case.count_events()?;
        let found = self.case.found(None)?;
        self.expect("seven days", (self.events, found), |expected| expected.week)?;
        for peer in self.installed() {
            let (ran, said) = peer.load(&self.inputs.week)?;
            self.samples.add_ran("fresh", peer.key, &ran);
            self.samples.add("peak", peer.key, ran.peak as f64);
            self.samples.add("size", peer.key, peer.size()? as f64);
            self.agree(peer, (self.events, found), said)?;
        }
        Ok(())
    }

    fn again(&mut self) -> Result<()> {
        self.samples.add_ran("again", US, &self.case.run(&["run"])?);
        for peer in self.installed() {
            self.samples.add_ran("again", peer.key, &peer.again()?.0);
        }
        Ok(())
    }

    fn commands(&mut self) -> Result<()> {
        for (_, key, arguments) in COMMANDS {
            // Somebody else each time, so that there is something to write.
            let name = format!("analyst-{}", self.rounds);
            let last = (key == "set").then_some(name.as_str());
            let arguments: Vec<&str> = arguments.iter().copied().chain(last).collect();
            self.samples.add_ran(key, US, &self.case.run(&arguments)?);
        }
        Ok(())
    }

    fn lines(&mut self) -> Result<()> {
        let Some(lines) = &self.inputs.lines else { return Ok(()) };
        self.lines_case.remove()?;
        self.samples.add_ran("lines", US, &self.lines_case.ingest(lines)?);
        self.line_events = self.lines_case.count_events()?;
        match &self.inputs.expected {
            Some(expected) if expected.lines != self.line_events => {
                Err(format!("JSON: {} events, expected {}", self.line_events, expected.lines).into())
            }
            _ => Ok(()),
        }
    }

    fn day(&mut self) -> Result<()> {
        let Some(day) = &self.inputs.day else { return Ok(()) };
        self.samples.add_ran("day", US, &self.case.run_with(day)?);
        let have = (self.case.count_events()?, self.case.found(None)?);
        self.expect("eight days", have, |expected| expected.day)?;
        for peer in self.installed() {
            let (ran, said) = peer.add(day)?;
            self.samples.add_ran("day", peer.key, &ran);
            self.agree(peer, have, said)?;
        }
        Ok(())
    }

    fn expect(
        &self,
        what: &str,
        have: (u64, Found),
        choose: impl Fn(&Expected) -> (u64, Found),
    ) -> Result<()> {
        match self.inputs.expected.as_ref().map(choose) {
            Some(expected) if expected != have => {
                Err(format!("{what}: huntcase has {have:?}, expected {expected:?}").into())
            }
            _ => Ok(()),
        }
    }

    fn agree(&self, peer: &Peer, (events, found): (u64, Found), said: Said) -> Result<()> {
        // A file of the user's own may hold an event twice, which peers count twice when they load it.
        let is_same_count = events == said.events() || self.inputs.expected.is_none();
        if is_same_count && found == said.found() {
            return Ok(());
        }
        Err(format!("huntcase has {events} events and {found:?}, {} has {said:?}", peer.name).into())
    }

    /// What came out.
    pub fn figures(&self) -> Vec<Figure> {
        let samples = &self.samples;
        let mut figures = Vec::new();
        let ours = |what| samples.median(what, US).unwrap_or(0.0);

        let ingest = Figure::alone("ingest", "ingest-csv", Unit::Seconds, ours("ingest"));
        let (split, ratio) = (samples.median("split", CSV), samples.ratio("ingest", US, ("split", CSV)));
        figures.push(ingest.against("csv crate, splitting only", split, ratio, Some(Kind::Times)));
        if self.peers.is_empty() {
            figures.push(Figure::alone("ingest and run the rule", "fresh", Unit::Seconds, ours("fresh")));
        }
        self.add_compared(
            &mut figures,
            "ingest and run the rule",
            "fresh",
            Unit::Seconds,
            [Some(0.27), Some(0.55)],
        );
        if self.inputs.day.is_some() {
            if self.peers.is_empty() {
                figures.push(Figure::alone("add a day and run", "day", Unit::Seconds, ours("day")));
            }
            self.add_compared(&mut figures, "add a day and run", "day", Unit::Seconds, [Some(0.25), None]);
        }
        let again = Figure::alone("run, nothing new", "again", Unit::Milliseconds, ours("again"));
        figures.push(again.with_goal(Some(Goal::AtMost(0.02))));
        self.add_compared(&mut figures, "run, nothing new", "again", Unit::Milliseconds, [None; 2]);
        if self.inputs.lines.is_some() {
            let rate = self.line_events as f64 / ours("lines");
            let lines = Figure::alone("ingest, JSON in envelopes", "lines", Unit::PerSecond, rate);
            figures.push(lines.with_goal(Some(Goal::AtLeast(200_000.0))));
            let lines = Figure::alone("time of that", "lines-csv", Unit::Seconds, ours("lines"));
            let ratio = samples.ratio("lines", US, ("ingest", US));
            figures.push(lines.against("ingest of CSV", Some(ours("ingest")), ratio, Some(Kind::Times)));
        }
        let size = Figure::alone("bytes on disk", "size-csv", Unit::Bytes, ours("size"));
        let of_csv = samples.ratio("size", US, ("size", CSV));
        let size = size.against("CSV", samples.median("size", CSV), of_csv, Some(Kind::Sizes));
        figures.push(size.with_goal(Some(Goal::AtMost(0.128))));
        self.add_compared(&mut figures, "bytes on disk", "size", Unit::Bytes, [None; 2]);
        let peak = Figure::alone("peak memory", "peak", Unit::Bytes, ours("peak"));
        figures.push(peak.with_goal(Some(Goal::AtMost(250e6))));
        self.add_compared(&mut figures, "peak memory", "peak", Unit::Bytes, [None; 2]);
        for (name, key, _) in COMMANDS {
            let command = Figure::alone(name, key, Unit::Milliseconds, ours(key));
            figures.push(command.with_goal(Some(Goal::AtMost(0.05))));
        }
        figures
    }

    /// One line a peer.
    fn add_compared(
        &self,
        figures: &mut Vec<Figure>,
        name: &'static str,
        what: &'static str,
        unit: Unit,
        goals: [Option<f64>; 2],
    ) {
        let ours = self.samples.median(what, US).unwrap_or(0.0);
        let kind = match (what, unit) {
            ("fresh" | "day", _) => Some(Kind::Times),
            ("size", _) => Some(Kind::Sizes),
            _ => None,
        };
        for (peer, goal) in self.peers.iter().zip(goals) {
            let theirs = self.samples.median(what, peer.key);
            let ratio = self.samples.ratio(what, US, (what, peer.key));
            let figure = Figure::alone(name, format!("{what}-{}", peer.key), unit, ours);
            figures.push(figure.against(peer.name, theirs, ratio, kind).with_goal(goal.map(Goal::AtMost)));
        }
    }
}

fn split_only(export: &Path) -> Result<f64> {
    let started = Instant::now();
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 20).flexible(true).from_path(export)?;
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record)? {
        cells += record.len();
    }
    std::hint::black_box(cells);
    Ok(started.elapsed().as_secs_f64())
}
