//! Figures, and the table that shows them.

use std::fmt::Write as _;

use super::baseline::{Baseline, Kind};

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Of time.
    Seconds,
    /// Of time, for what is short; the number is in seconds.
    Milliseconds,
    /// Of memory or of a file.
    Bytes,
    /// Events in a second.
    PerSecond,
    /// Instructions of a processor.
    Instructions,
    /// Nothing: one number divided by another.
    Ratio,
}

/// What a figure should be one day.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// No more.
    AtMost(f64),
    /// No less.
    AtLeast(f64),
}

/// One line of the table: what huntcase takes, maybe compared with what something else takes.
#[derive(Debug)]
pub struct Figure {
    /// What is measured.
    pub name: &'static str,
    /// The name of the value in the baseline.
    pub key: String,
    /// Of `ours` and of `theirs`.
    pub unit: Unit,
    /// What huntcase takes.
    pub ours: f64,
    /// Who it is compared with.
    pub peer: &'static str,
    /// What the other takes; None where it is not installed.
    pub theirs: Option<f64>,
    /// Ours, divided by theirs.
    pub ratio: Option<f64>,
    /// Of the ratio, or of `ours` where nothing is compared.
    pub goal: Option<Goal>,
    /// How the baseline keeps it, if it does.
    pub kind: Option<Kind>,
}

impl Figure {
    /// A figure of huntcase alone.
    pub fn alone(name: &'static str, key: impl Into<String>, unit: Unit, ours: f64) -> Self {
        Self {
            name,
            key: key.into(),
            unit,
            ours,
            peer: "",
            theirs: None,
            ratio: None,
            goal: None,
            kind: None,
        }
    }

    /// The same figure, compared with that of somebody else.
    pub fn against(
        mut self,
        peer: &'static str,
        theirs: Option<f64>,
        ratio: Option<f64>,
        kind: Option<Kind>,
    ) -> Self {
        (self.peer, self.theirs, self.ratio, self.kind) = (peer, theirs, ratio, kind);
        self
    }

    /// The same figure, with a goal.
    pub fn with_goal(mut self, goal: Option<Goal>) -> Self {
        self.goal = goal;
        self
    }

    /// What goals, bounds and the baseline speak of.
    pub fn value(&self) -> Option<f64> {
        if self.peer.is_empty() { Some(self.ours) } else { self.ratio }
    }

    fn value_unit(&self) -> Unit {
        if self.peer.is_empty() { self.unit } else { Unit::Ratio }
    }

    fn misses_goal(&self) -> bool {
        match (self.value(), self.goal) {
            (Some(value), Some(Goal::AtMost(most))) => value > most,
            (Some(value), Some(Goal::AtLeast(least))) => value < least,
            _ => false,
        }
    }
}

const TITLES: [&str; 8] = ["", "huntcase", "compared with", "", "ratio", "goal", "baseline", ""];
/// Columns that stand to the left; numbers stand to the right.
const TEXTS: [usize; 3] = [0, 2, 7];

/// The table, and whether a figure is worse than it may be: in a small run its bound, otherwise the baseline.
pub fn draw(figures: &[Figure], baseline: &Baseline, export: &str, is_small: bool) -> (String, bool) {
    let mut rows = vec![TITLES.map(str::to_owned)];
    let (mut is_worse, mut before) = (false, "");
    for figure in figures {
        let bound = is_small.then(|| baseline.bound(&figure.key)).flatten();
        let kept = (!is_small).then(|| baseline.value(figure, export)).flatten();
        let is_out = figure.value().zip(bound).is_some_and(|(value, bound)| value > bound);
        let is_back = figure.value().zip(kept).is_some_and(|(value, kept)| {
            figure.kind.is_some_and(|kind| value > kept * baseline.tolerance(kind))
        });
        is_worse |= is_out || is_back;
        let remark = match (is_out, is_back, figure.misses_goal()) {
            (true, ..) => format!("OUT OF BOUNDS, {}", show(bound.unwrap_or(0.0), figure.value_unit())),
            (_, true, _) => "WORSE".to_owned(),
            (.., true) => "short of the goal".to_owned(),
            _ => String::new(),
        };
        let is_first = figure.name != before;
        before = figure.name;
        rows.push([
            if is_first { figure.name.to_owned() } else { String::new() },
            if is_first { show(figure.ours, figure.unit) } else { String::new() },
            figure.peer.to_owned(),
            match figure.theirs {
                Some(theirs) => show(theirs, figure.unit),
                None if figure.peer.is_empty() => String::new(),
                None => "not installed".to_owned(),
            },
            figure.ratio.map_or_else(String::new, |ratio| show(ratio, Unit::Ratio)),
            figure.goal.map_or_else(String::new, |goal| match goal {
                Goal::AtMost(most) => format!("≤ {}", show(most, figure.value_unit())),
                Goal::AtLeast(least) => format!("≥ {}", show(least, figure.value_unit())),
            }),
            kept.map_or_else(String::new, |kept| show(kept, figure.value_unit())),
            remark,
        ]);
    }
    (align(&rows), is_worse)
}

fn show(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Seconds => format!("{value:.2} s"),
        Unit::Milliseconds => format!("{:.1} ms", value * 1e3),
        Unit::Bytes => format!("{:.1} MB", value / 1e6),
        Unit::PerSecond => format!("{}/s", grouped(value)),
        Unit::Instructions => grouped(value),
        Unit::Ratio => format!("{value:.3}"),
    }
}

/// A whole number with commas between thousands.
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (number, digit) in digits.chars().enumerate() {
        if number > 0 && (digits.len() - number).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn align(rows: &[[String; 8]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 8] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let gap = if column == 0 { "" } else { "  " };
            // Writing into a text cannot fail.
            let _ = match TEXTS.contains(&column) {
                true => write!(line, "{gap}{cell:<width$}"),
                false => write!(line, "{gap}{cell:>width$}"),
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
