//! The figures that later ones are compared with: `benches/baseline.toml`.
//!
//! Times differ from machine to machine, so what is kept is ratios, shares and counts of instructions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::Result;
use super::table::Figure;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/baseline.toml");

const HEAD: &str = "\
# What `cargo bench` compares its figures with. `cargo bench -- --update` writes this file again.

# A figure that is greater than that of the baseline, times this, is worse.
";

const BOUNDS: &str = "
# What `cargo bench -- --small` allows, on a machine that nobody knows: times in seconds, memory in bytes.
";

const INSTRUCTIONS: &str = "
# Instructions that callgrind counts. Another compiler or C library counts others.
";

const RATIOS: &str = "
# Medians of ratios, by what was taken in.
";

/// How a figure is kept, which says how far it may be off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A time, divided by another.
    Times,
    /// Bytes, divided by others.
    Sizes,
    /// A count of instructions.
    Instructions,
}

/// What is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    tolerance: Tolerance,
    #[serde(default)]
    bounds: BTreeMap<String, f64>,
    #[serde(default)]
    instructions: BTreeMap<String, f64>,
    #[serde(default)]
    ratios: BTreeMap<String, BTreeMap<String, f64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tolerance {
    times: f64,
    sizes: f64,
    instructions: f64,
}

impl Baseline {
    /// Reads the file.
    pub fn read() -> Result<Self> {
        let text = std::fs::read_to_string(PATH).map_err(|why| format!("{PATH}: {why}"))?;
        Ok(toml::from_str(&text).map_err(|why| format!("{PATH}: {why}"))?)
    }

    /// What a small run allows.
    pub fn bound(&self, key: &str) -> Option<f64> {
        self.bounds.get(key).copied()
    }

    /// By how much a figure of this kind may be greater.
    pub fn tolerance(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Times => self.tolerance.times,
            Kind::Sizes => self.tolerance.sizes,
            Kind::Instructions => self.tolerance.instructions,
        }
    }

    /// What is kept of a figure, with this export.
    pub fn value(&self, figure: &Figure, export: &str) -> Option<f64> {
        let values = match figure.kind? {
            Kind::Instructions => &self.instructions,
            Kind::Times | Kind::Sizes => self.ratios.get(export)?,
        };
        values.get(&figure.key).copied()
    }

    /// Whether there are ratios of this export.
    pub fn knows(&self, export: &str) -> bool {
        self.ratios.contains_key(export)
    }

    /// Keeps these figures. What was not measured now stays as it was.
    pub fn update(&mut self, figures: &[Figure], export: &str) -> Result<()> {
        for figure in figures {
            let (Some(kind), Some(value)) = (figure.kind, figure.value()) else { continue };
            let values = match kind {
                Kind::Instructions => &mut self.instructions,
                Kind::Times | Kind::Sizes => self.ratios.entry(export.to_owned()).or_default(),
            };
            values.insert(figure.key.clone(), value);
        }
        std::fs::write(PATH, self.text()?)?;
        Ok(())
    }

    fn text(&self) -> Result<String> {
        let mut text = HEAD.to_owned();
        let Tolerance { times, sizes, instructions } = self.tolerance;
        writeln!(text, "[tolerance]\ntimes = {times:?}\nsizes = {sizes:?}\ninstructions = {instructions:?}")?;
        writeln!(text, "{BOUNDS}[bounds]")?;
        for (key, value) in &self.bounds {
            writeln!(text, "{key} = {value:?}")?;
        }
        writeln!(text, "{INSTRUCTIONS}[instructions]")?;
        for (key, value) in &self.instructions {
            writeln!(text, "{key} = {value:.0}")?;
        }
        text.push_str(RATIOS);
        for (export, values) in &self.ratios {
            writeln!(text, "[ratios.{}]", serde_json::to_string(export)?)?;
            for (key, value) in values {
                writeln!(text, "{key} = {value:.4}")?;
            }
            text.push('\n');
        }
        Ok(format!("{}\n", text.trim_end()))
    }
}
