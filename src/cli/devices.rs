//! `huntcase devices`

use std::io::Write;

use clap::{Args, Subcommand};

use super::context::Context;
use super::global::{Format, STANDARD_INPUT};
use super::run::parse_span;
use super::select::read_text;
use crate::error::{Result, exit};
use crate::event::{Span, Timestamp};
use crate::findings::{DeviceRow, HuntId, ReviewState, Reviewed, find_hunt, list_devices, review_devices};
use crate::report::printable;
use crate::report::sheets::DEVICES;
use crate::report::{counted, grouped};
use crate::store::Case;

/// How long a device is quiet before it counts as silent, unless something else is asked for.
const USUAL_SILENCE: &str = "3d";

/// `huntcase devices`
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  huntcase devices --unreviewed\n  huntcase devices --stale\n  \
                        huntcase devices --silent 3d\n  huntcase devices --format csv -o devices.csv\n  \
                        huntcase devices review web01 web02 --comment \"nothing found\"\n  \
                        huntcase devices --unreviewed --without-findings --ids \\\n    \
                        | huntcase devices review - --comment \"nothing found\""
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<DeviceCommand>,
    #[command(flatten)]
    list: ListArguments,
}

#[derive(Debug, Subcommand)]
enum DeviceCommand {
    /// List devices, as without a command
    #[command(after_help = "Example:\n  huntcase devices list --unreviewed")]
    List(ListArguments),
    /// Record that you reviewed devices, also where there was nothing to find
    #[command(after_help = "Examples:\n  huntcase devices review web01 --comment \"nothing found\"\n  \
                            huntcase devices review web02 --state in-review")]
    Review(ReviewArguments),
}

#[derive(Debug, Args)]
struct ListArguments {
    /// Only devices that nobody has reviewed
    #[arg(long)]
    unreviewed: bool,
    /// Only devices without any finding, also without resolved ones
    #[arg(long)]
    without_findings: bool,
    /// Print the DeviceIds only (names where there is none), one a line, for huntcase devices review -
    #[arg(long)]
    ids: bool,
    /// Only devices whose review is out of date: newer data, findings or rules have come
    #[arg(long)]
    stale: bool,
    /// Only devices without an event in the last 3d, or another span, before the newest event of all
    #[arg(long, value_name = "SPAN", num_args = 0..=1, default_missing_value = USUAL_SILENCE, value_parser = parse_span)]
    silent: Option<Span>,
    #[command(flatten)]
    hunts: HuntArguments,
}

#[derive(Debug, Args)]
struct HuntArguments {
    /// The hunt, such as H-1, or how its name begins; without it, all that are not closed
    #[arg(long = "hunt", value_name = "HUNT")]
    hunts: Vec<String>,
}

impl HuntArguments {
    fn ids(&self, case: &Case) -> Result<Vec<HuntId>> {
        self.hunts.iter().map(|given| find_hunt(case, given).map(|hunt| hunt.id)).collect()
    }
}

#[derive(Debug, Args)]
struct ReviewArguments {
    /// The devices, by DeviceId, name, or the name up to a dot; - reads them from standard input, one a line
    #[arg(required = true, value_name = "DEVICE")]
    devices: Vec<String>,
    /// How far the review has come: not-reviewed, in-review or reviewed
    #[arg(long, default_value = "reviewed")]
    state: ReviewState,
    /// What to remember about it
    #[arg(long, value_name = "TEXT", default_value = "")]
    comment: String,
    #[command(flatten)]
    hunts: HuntArguments,
}

/// Runs `huntcase devices`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    match &arguments.command {
        None => list(&arguments.list, context),
        Some(DeviceCommand::List(arguments)) => list(arguments, context),
        Some(DeviceCommand::Review(arguments)) => review(arguments, context),
    }
}

fn review(arguments: &ReviewArguments, context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let answer = (context.format() != Format::Table).then(|| context.output()).transpose()?;
    let author = context.author("devices review", &arguments.comment);
    let hunts = arguments.hunts.ids(&case)?;
    let reviewed = review_devices(&case, &arguments.names()?, arguments.state, &hunts, author)?;
    if let Some(mut output) = answer {
        DEVICES.write(&mut output, context.layout(), Vec::new(), &reviewed.devices)?;
        output.finish()?;
    } else {
        context.say(&summary(&reviewed, arguments.state));
    }
    Ok(exit::DONE)
}

impl ReviewArguments {
    fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for name in &self.devices {
            match name.as_str() {
                STANDARD_INPUT => {
                    let text = read_text()?;
                    names.extend(
                        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned),
                    );
                }
                name => names.push(name.to_owned()),
            }
        }
        Ok(names)
    }
}

fn summary(reviewed: &Reviewed, state: ReviewState) -> String {
    let devices = counted(reviewed.devices.len() as i64, "device", "devices");
    let hunts = match reviewed.hunts.len() {
        1 => String::new(),
        several => format!(" in {several} hunts"),
    };
    format!("{}: {devices}{hunts}", state.shown())
}

fn list(arguments: &ListArguments, context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let devices = list_devices(&case, &arguments.hunts.ids(&case)?)?;
    let newest = case.last_event(context.now)?.unwrap_or(context.now);
    let selected = devices.iter().filter(|device| arguments.selects(device, newest));
    let mut output = context.output()?;
    if arguments.ids {
        context.expect_lines("--ids")?;
        for device in selected {
            // A line break in an id or a name would make two devices of one.
            writeln!(output, "{}", printable(device.id_or_name()))?;
        }
        return output.finish().map(|()| exit::DONE);
    }
    DEVICES.write(&mut output, context.layout(), Vec::new(), selected)?;
    output.finish()?;
    if context.format() == Format::Table {
        context.say(&progress(&devices, arguments.silence(), newest));
    }
    Ok(exit::DONE)
}

impl ListArguments {
    fn silence(&self) -> Span {
        self.silent.or_else(|| Span::parse(USUAL_SILENCE)).unwrap_or(Span::from_ticks(0))
    }

    fn selects(&self, device: &DeviceRow, newest: Timestamp) -> bool {
        let is_asked = [
            (self.unreviewed, device.state != ReviewState::Reviewed),
            (self.without_findings, device.findings == 0),
            (self.stale, !device.stale.is_empty()),
            (self.silent.is_some(), device.is_silent(self.silence(), newest)),
        ];
        is_asked.iter().all(|(asked, holds)| !asked || *holds)
    }
}

/// How far the review of all devices has come: `reviewed 212 of 500, 14 stale, 9 silent`.
fn progress(devices: &[DeviceRow], silence: Span, newest: Timestamp) -> String {
    let count = |holds: &dyn Fn(&DeviceRow) -> bool| {
        grouped(devices.iter().filter(|device| holds(device)).count() as i64)
    };
    format!(
        "reviewed {} of {}, {} stale, {} silent",
        count(&|device| device.state == ReviewState::Reviewed),
        count(&|_| true),
        count(&|device| !device.stale.is_empty()),
        count(&|device| device.is_silent(silence, newest))
    )
}
