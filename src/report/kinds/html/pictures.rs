//! Pictures as SVG, about 360 units wide, so that they are legible on a telephone and on paper.

use askama::Template;

use super::super::super::{counted, grouped};
use super::numbers::{Number, VERDICTS, label};
use super::sums::{ByVerdict, Sums};
use crate::event::Timestamp;
use crate::findings::{Chain, Extract, Finding, ReviewState};

/// The drawing's height, and where its left and upper edges are.
const PLOT: f64 = 140.0;
const LEFT: f64 = 40.0;
const TOP: f64 = 10.0;
const WIDTH: f64 = 312.0;
const BARS_SHOWN: usize = 10;
pub const CHAINS_SHOWN: usize = 5;
/// How many characters fit beside a count.
const LABEL_SHOWN: usize = 44;

/// Events over time.
#[derive(Template)]
#[template(path = "activity.html", config = "src/report/kinds/html/askama.toml")]
pub struct Activity {
    buckets: Vec<Bucket>,
    totals: Vec<Number>,
    highest: String,
    first: String,
    last: String,
    unit: &'static str,
}

struct Bucket {
    x: String,
    width: String,
    bars: Vec<Bar>,
}

struct Bar {
    class: &'static str,
    y: String,
    height: String,
    title: String,
}

/// Draws events over time, a part of each bar for each verdict.
pub fn activity(sums: &Sums) -> Activity {
    let sum = |counts: &ByVerdict| counts.iter().sum::<i64>();
    let highest = sums.buckets.values().map(sum).max().unwrap_or(0).max(1);
    let step = WIDTH / sums.buckets.len().max(1) as f64;
    let bucket = |(index, (bucket, counts)): (usize, (&i64, &ByVerdict))| Bucket {
        x: number(LEFT + 1.0 + index as f64 * step),
        width: number((step - 1.5).clamp(1.0, 40.0)),
        bars: bars(Timestamp::from_ticks(bucket * sums.size), counts, highest),
    };
    let totals = VERDICTS.iter().enumerate().map(|(verdict, classification)| Number {
        class: classification.name(),
        label: label(*classification),
        count: grouped(sums.buckets.values().map(|counts| counts[verdict]).sum()),
    });
    let text = |instant: Option<Timestamp>| instant.map_or_else(String::new, Timestamp::to_minutes_text);
    Activity {
        buckets: sums.buckets.iter().enumerate().map(bucket).collect(),
        totals: totals.collect(),
        highest: grouped(highest),
        first: text(sums.span.map(|(first, _)| first)),
        last: text(sums.span.map(|(_, last)| last)),
        unit: sums.unit,
    }
}

fn bars(from: Timestamp, counts: &ByVerdict, highest: i64) -> Vec<Bar> {
    let mut below = 0;
    let mut bars = Vec::new();
    for (verdict, count) in VERDICTS.iter().zip(counts) {
        if *count == 0 {
            continue;
        }
        let height = |count: i64| PLOT * count as f64 / highest as f64;
        below += count;
        bars.push(Bar {
            class: verdict.name(),
            y: number(TOP + PLOT - height(below)),
            height: number(height(*count)),
            title: format!(
                "{}: {}, {}",
                from.to_minutes_text(),
                label(*verdict),
                counted(*count, "event", "events")
            ),
        });
    }
    bars
}

/// Counts as bars.
#[derive(Template)]
#[template(path = "bars.html", config = "src/report/kinds/html/askama.toml")]
pub struct Bars {
    caption: &'static str,
    nothing: &'static str,
    bars: Vec<Count>,
    height: usize,
    folded: usize,
    /// Events that no bar counts.
    untold: i64,
}

struct Count {
    label: String,
    whole: String,
    count: String,
    y: usize,
    width: String,
}

fn draw(caption: &'static str, nothing: &'static str, counts: &[(String, i64)]) -> Bars {
    let highest = counts.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let shown = counts.iter().take(BARS_SHOWN).enumerate();
    let bars: Vec<Count> = shown
        .map(|(index, (whole, count))| Count {
            label: cut(whole),
            whole: whole.clone(),
            count: grouped(*count),
            y: index * 28,
            width: number(355.0 * *count as f64 / highest as f64),
        })
        .collect();
    Bars { caption, nothing, height: bars.len() * 28, folded: counts.len() - bars.len(), untold: 0, bars }
}

/// Draws devices by how far their review has come.
pub fn review(extract: &Extract<'_>) -> Bars {
    let count = |state, is_stale| {
        let of_state = extract.devices.iter().filter(|device| device.state == state);
        of_state.filter(|device| device.stale.is_empty() != is_stale).count() as i64
    };
    let counts = [
        ("Reviewed", count(ReviewState::Reviewed, false)),
        ("Reviewed, but something newer has come", count(ReviewState::Reviewed, true)),
        ("In review", count(ReviewState::InReview, false)),
        ("Not reviewed", count(ReviewState::NotReviewed, false)),
    ];
    let counts: Vec<_> = counts.into_iter().map(|(label, count)| (label.to_owned(), count)).collect();
    let counts = if extract.devices.is_empty() { Vec::new() } else { counts };
    draw("Devices by review", "No device has sent events yet.", &counts)
}

/// Draws which conditions and words held, the most frequent first.
pub fn words(sums: &Sums) -> Bars {
    let mut counts: Vec<_> = sums.reasons.iter().map(|(item, count)| (item.clone(), *count)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let bars = draw("Events by condition and word", "The rules say no reasons.", &counts);
    Bars { untold: sums.other_reasons, ..bars }
}

/// When a finding's events happened, on the axis that all findings share.
#[derive(Template)]
#[template(path = "timeline.html", config = "src/report/kinds/html/askama.toml")]
pub struct Timeline {
    label: String,
    ticks: Vec<i64>,
    first: String,
    last: String,
}

/// Draws when a finding's events happened.
pub fn timeline(finding: &Finding, times: &[(i64, Timestamp)], sums: &Sums) -> Timeline {
    let (first, last) = sums.span.unwrap_or((finding.first_activity, finding.last_activity));
    let length = (last.ticks() - first.ticks()).max(1) as f64;
    let place = |time: &Timestamp| 4 + (352.0 * (time.ticks() - first.ticks()) as f64 / length) as i64;
    let mut ticks: Vec<i64> = times.iter().map(|(_, time)| place(time)).collect();
    ticks.dedup();
    Timeline {
        label: format!(
            "{} from {} to {}",
            counted(finding.events, "event", "events"),
            finding.first_activity.to_minutes_text(),
            finding.last_activity.to_minutes_text()
        ),
        ticks,
        first: first.to_minutes_text(),
        last: last.to_minutes_text(),
    }
}

/// Who started whom.
#[derive(Template)]
#[template(path = "chains.html", config = "src/report/kinds/html/askama.toml")]
pub struct Chains {
    chains: Vec<Tree>,
    folded: i64,
}

struct Tree {
    label: String,
    names: [Name; 3],
    events: String,
}

struct Name {
    whole: String,
    cut: String,
}

/// Draws grandparent, parent and child of the most frequent chains.
pub fn chains(chains: &[Chain]) -> Chains {
    let tree = |chain: &Chain| {
        let names = [&chain.grandparent, &chain.parent, &chain.child].map(|name| name_of(name));
        let [grandparent, parent, child] = names.each_ref().map(|name| name.whole.as_str());
        let label = format!(
            "{grandparent} started {parent}, which started {child}: {}",
            counted(chain.events, "event", "events")
        );
        Tree { label, events: grouped(chain.events), names }
    };
    Chains {
        chains: chains.iter().map(tree).collect(),
        folded: chains.first().map_or(0, |chain| chain.chains - chains.len() as i64),
    }
}

fn name_of(name: &str) -> Name {
    let whole = if name.is_empty() { "(not named)" } else { name };
    Name { cut: cut(whole), whole: whole.to_owned() }
}

/// The start of a text, as much as a picture has room for.
fn cut(text: &str) -> String {
    let start: String = text.chars().take(LABEL_SHOWN).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

/// A coordinate, to a tenth.
fn number(value: f64) -> String {
    format!("{value:.1}")
}
