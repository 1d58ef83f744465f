//! Days at random: exports that overlap, runs, and decisions of two analysts.

use huntcase::findings::undo;
use proptest::prelude::*;

use super::bench::{Bench, Event, USUAL};
use super::kinds::{Decision, Kind, decisions};
use crate::support::exports::Row;

/// How many exports there are, each with the second half of the one before.
const CHUNKS: usize = 8;
const CHUNK: usize = 6;

/// How many random cases a property is tried with, unless `PROPTEST_CASES` says so.
pub fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(usual),
        failure_persistence: None,
        max_shrink_iters: 100,
        ..ProptestConfig::default()
    }
}

/// Something that happens to a case.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// An export comes, perhaps one that was there before.
    Ingest(usize),
    Run,
    Decide(Decision),
    Undo,
}

/// Any step. Evidence comes and decisions are made about as often.
pub fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..CHUNKS).prop_map(Step::Ingest),
        3 => Just(Step::Run),
        5 => decisions().prop_map(Step::Decide),
        // What comes hidden goes ways of its own.
        1 => (0..12_usize).prop_map(|which| Step::Decide(Decision { kind: Kind::HideAccount, which })),
        1 => Just(Step::Undo),
    ]
}

/// A case that a few random steps have been through; one export and one run come first.
pub fn after(steps: &[Step]) -> Bench {
    let mut bench = Bench::new();
    for (number, step) in [Step::Ingest(0), Step::Run].iter().chain(steps).enumerate() {
        take(&mut bench, *step, number);
    }
    bench
}

/// Takes one step, an hour after the one before; kim and lee take turns.
pub fn take(bench: &mut Bench, step: Step, number: usize) {
    bench.wait("1h");
    let author = if number.is_multiple_of(3) { bench.lee("because") } else { bench.kim("because") };
    match step {
        Step::Ingest(chunk) => bench.ingest(&chunk_rows(chunk)),
        Step::Run => drop(bench.run()),
        Step::Decide(decision) => drop(decision.make(bench, author)),
        // There may be nothing to undo, or somebody may have been there since.
        Step::Undo => drop(undo(bench.case(), author)),
    }
}

/// The rows of an export.
pub fn chunk_rows(chunk: usize) -> Vec<Row> {
    (chunk * CHUNK / 2..chunk * CHUNK / 2 + CHUNK).map(|number| event(number).row(number)).collect()
}

/// An event of one of two devices that are there from the start or of one of four that come later, each with few
/// behaviours that are written in several ways.
fn event(number: usize) -> Event {
    let commands = ["cmd /c whoami", "CMD  /c WhoAmI", "cmd /c net use", "cmd /c  NET use", "cmd /c dir"];
    Event {
        device: match number % 3 {
            0 => "web01",
            1 => "web02",
            _ => ["app01", "app02", "app03", "app04"][number / 7 % 4],
        },
        command: commands[number * 7 / 3 % commands.len()],
        account: ["shop", "SHOP", "shop", "admin"][number / 2 % 4],
        ..USUAL
    }
}
