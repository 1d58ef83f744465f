//! Where the case has events and where it has none.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use crate::cli::context::Context;
use crate::cli::notices::notice_in_words;
use crate::error::Result;
use crate::event::{Span, Timestamp};
use crate::findings::{RuleAsked, list_prunes};
use crate::report::sheets::{
    DAYS, DEVICE_COVERAGE, GAPS, PARTIAL_IMPORTS, PartialImport, RULES_ASKED, Sheet,
};
use crate::report::{counted, grouped, page};
use crate::store::{Case, Counting, Coverage, Gap, Import, find_gaps};

/// A list that is longer than this is not shown whole unless that is asked for, but its worst rows.
const DEVICES_SHOWN: usize = 20;
const DAYS_SHOWN: usize = 31;
/// How many rows of such a list are shown.
const WORST_SHOWN: usize = 10;
/// How many events are counted by day where nobody asked for that, which takes time.
const MOST_COUNTED: i64 = 100_000;
/// From which silence on a device counts as silent.
const SILENCE: Span = Span::from_days(1);

/// All that says where to trust that nothing was found.
pub struct Looked {
    coverage: Coverage,
    /// Before this, events were pruned.
    pruned: Option<Timestamp>,
    imports: Imports,
}

impl Looked {
    /// Reads it from the case; by day too, of a large case only where `is_asked_for`.
    pub fn read(case: &Case, is_asked_for: bool, context: &Context) -> Result<Self> {
        let pruned = list_prunes(case)?.iter().map(|prune| prune.before).max();
        let events: i64 = case.list_imports()?.iter().map(|import| import.events_new).sum();
        let counting = if is_asked_for || events <= MOST_COUNTED { Counting::Events } else { Counting::Days };
        Ok(Self {
            coverage: case.coverage(pruned, context.now, counting)?,
            pruned,
            imports: Imports::read(case, context)?,
        })
    }

    /// The members of a JSON answer.
    pub fn members(&self, rules: &[RuleAsked]) -> Map<String, Json> {
        let coverage = json!({
            "devices": objects(&DEVICE_COVERAGE, &self.coverage.devices),
            "days": objects(&DAYS, &self.coverage.days),
        });
        let members = [
            ("coverage", coverage),
            ("rules", objects(&RULES_ASKED, rules)),
            ("gaps", objects(&GAPS, &self.imports.gaps)),
            ("partialImports", objects(&PARTIAL_IMPORTS, &self.imports.partial)),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Writes it for people: totals, short lists or the worst of long ones, and every rule.
    pub fn write(&self, out: &mut dyn Write, rules: &[RuleAsked], context: &Context) -> Result<()> {
        writeln!(out)?;
        page(out, &self.totals(), context.layout().width)?;
        let (days, devices) = (self.coverage.days.len(), self.coverage.devices.len());
        let is_counted = self.coverage.days.iter().all(|day| day.events.is_some());
        let is_cut = days > DAYS_SHOWN || devices > DEVICES_SHOWN || !is_counted;
        match days > DAYS_SHOWN {
            true => {
                let title = format!("Days, the worst {WORST_SHOWN}");
                write_list(out, &title, &DAYS, &self.coverage.worst_days(WORST_SHOWN), context)?;
            }
            false => write_list(out, "Days", &DAYS, &self.coverage.days, context)?,
        }
        match devices > DEVICES_SHOWN {
            true => {
                let title = format!("Devices, the {WORST_SHOWN} with most time without events");
                write_list(out, &title, &DEVICE_COVERAGE, &self.coverage.devices[..WORST_SHOWN], context)?;
            }
            false => write_list(out, "Devices", &DEVICE_COVERAGE, &self.coverage.devices, context)?,
        }
        if is_cut {
            writeln!(out, "\nall days and devices: huntcase status --coverage")?;
        }
        write_list(out, "Rules", &RULES_ASKED, rules, context)
    }

    fn totals(&self) -> Vec<(&'static str, String)> {
        let devices = &self.coverage.devices;
        let of_devices =
            |count: usize| format!("{} of {}", grouped(count as i64), grouped(devices.len() as i64));
        let holes = devices.iter().filter(|device| device.holes > 0).count();
        let silent =
            devices.iter().filter(|device| device.silence.is_none_or(|silence| silence >= SILENCE)).count();
        let days = counted(self.coverage.case_days(), "day", "days");
        let mut totals = vec![
            ("Days covered", format!("{days}, {} without any event", grouped(self.coverage.empty_days()))),
            ("Devices with holes", of_devices(holes)),
            ("Devices silent", format!("{}, for a day or more up to the last event", of_devices(silent))),
            ("Gaps", self.imports.gaps_in_words()),
        ];
        let ahead: Vec<i64> = devices.iter().map(|device| device.ahead).filter(|ahead| *ahead > 0).collect();
        if !ahead.is_empty() {
            let events = counted(ahead.iter().sum(), "event", "events");
            let devices = counted(ahead.len() as i64, "device", "devices");
            totals.push(("Ahead of the clock", format!("{events} of {devices}, not counted here")));
        }
        if let Some(before) = self.pruned {
            totals.push((
                "Not looked at",
                format!("before {}, where events were pruned", before.to_seconds_text()),
            ));
        }
        totals
    }
}

/// What imports cover.
pub struct Imports {
    gaps: Vec<Gap>,
    partial: Vec<PartialImport>,
    /// The first event of all and the last; None without events.
    span: Option<(Timestamp, Timestamp)>,
}

impl Imports {
    /// Reads it from the case.
    pub fn read(case: &Case, context: &Context) -> Result<Self> {
        let imports = case.list_imports()?;
        let first = imports.iter().filter_map(|import| import.first_event).min();
        let last = imports.iter().filter_map(|import| import.last_event).max();
        let partial = imports.iter().filter_map(|import| partial_import(import, context.now));
        Ok(Self { gaps: find_gaps(&imports), partial: partial.collect(), span: first.zip(last) })
    }

    /// Writes gaps for people, and imports that may lack rows.
    pub fn write(&self, out: &mut dyn Write, context: &Context) -> Result<()> {
        GAPS.write(out, context.layout(), Vec::new(), &self.gaps)?;
        match self.span {
            None => context.say("no import has events"),
            Some((first, last)) if self.gaps.is_empty() => context.say(&format!(
                "no span between {} and {} is without an import",
                first.to_seconds_text(),
                last.to_seconds_text()
            )),
            Some(_) => {}
        }
        if !self.partial.is_empty() {
            write_list(out, "Imports that may lack rows", &PARTIAL_IMPORTS, &self.partial, context)?;
        }
        if self.span.is_some() {
            context.say(
                "an import counts as covering all from its first event to its last; \
                 days without events: huntcase status --coverage",
            );
        }
        Ok(())
    }

    /// Writes gaps as rows.
    pub fn write_rows(&self, out: &mut dyn Write, context: &Context) -> Result<()> {
        GAPS.write(out, context.layout(), Vec::new(), &self.gaps)?;
        Ok(())
    }

    fn gaps_in_words(&self) -> String {
        let partial = match self.partial.len() as i64 {
            0 => String::new(),
            count => format!("; {} may lack rows", counted(count, "import", "imports")),
        };
        let gaps = match self.gaps.len() as i64 {
            0 => "none between imports".to_owned(),
            count => counted(count, "span that no import covers", "spans that no import covers"),
        };
        match self.gaps.is_empty() && partial.is_empty() {
            true => gaps,
            false => format!("{gaps}{partial}: huntcase status --gaps"),
        }
    }
}

/// An import with what is known to be missing in it; None where nothing is.
fn partial_import(import: &Import, now: Timestamp) -> Option<PartialImport> {
    let mut why = Vec::new();
    if import.rows_rejected > 0 {
        why.push(format!("{} rejected", counted(import.rows_rejected, "row", "rows")));
    }
    why.extend(import.notices.iter().filter(|notice| notice.says_rows_are_missing()).map(notice_in_words));
    if let Some(last) = import.last_event.filter(|last| *last > now) {
        let last = last.to_seconds_text();
        why.push(format!(
            "its last event, {last}, is ahead of the clock, so that gaps before it do not show"
        ));
    }
    let file_name = import.file_name.clone();
    (!why.is_empty()).then_some(PartialImport { id: import.id, file_name, why })
}

/// What is asked for of the coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// A row a device
    Devices,
    /// A row a day
    Days,
}

/// Writes every day and device for people, or one of the two.
pub fn write_coverage(
    out: &mut dyn Write,
    looked: &Looked,
    part: Option<Part>,
    context: &Context,
) -> Result<()> {
    page(out, &looked.totals(), context.layout().width)?;
    if part != Some(Part::Devices) {
        write_list(out, "Days", &DAYS, &looked.coverage.days, context)?;
    }
    if part != Some(Part::Days) {
        write_list(out, "Devices", &DEVICE_COVERAGE, &looked.coverage.devices, context)?;
    }
    Ok(())
}

/// Writes a row a device, or a day.
pub fn write_coverage_rows(
    out: &mut dyn Write,
    looked: &Looked,
    part: Option<Part>,
    context: &Context,
) -> Result<()> {
    match part {
        Some(Part::Days) => DAYS.write(out, context.layout(), Vec::new(), &looked.coverage.days)?,
        _ => DEVICE_COVERAGE.write(out, context.layout(), Vec::new(), &looked.coverage.devices)?,
    };
    Ok(())
}

/// Writes a list under its title; nothing where it is empty.
fn write_list<T>(
    out: &mut dyn Write,
    title: &str,
    sheet: &Sheet<T>,
    items: &[T],
    context: &Context,
) -> Result<()> {
    if !items.is_empty() {
        writeln!(out, "\n{title}\n")?;
        sheet.write(out, context.layout(), Vec::new(), items)?;
    }
    Ok(())
}

fn objects<T>(sheet: &Sheet<T>, items: &[T]) -> Json {
    items.iter().map(|item| sheet.object(item)).collect()
}
