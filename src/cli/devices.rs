//! `huntcase devices`

use clap::{Args, Subcommand};

use super::context::Context;
use super::global::Format;
use super::ingest::{counted, grouped};
use super::output::say;
use crate::error::{Result, exit};
use crate::findings::{ReviewState, list_devices, review_devices};
use crate::report::sheets::DEVICES;

/// `huntcase devices`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase devices\n  huntcase devices --format csv -o devices.csv\n  \
                        huntcase devices review web01 web02 --comment \"nothing found\"")]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<DeviceCommand>,
}

#[derive(Debug, Subcommand)]
enum DeviceCommand {
    /// List devices, as without a command
    #[command(after_help = "Example:\n  huntcase devices list --format csv")]
    List,
    /// Record that you reviewed devices, also where there was nothing to find
    #[command(after_help = "Example:\n  huntcase devices review web01 --comment \"nothing found\"")]
    Review(ReviewArguments),
}

#[derive(Debug, Args)]
struct ReviewArguments {
    /// The devices, by DeviceId, name, or the name up to a dot
    #[arg(required = true, value_name = "DEVICE")]
    devices: Vec<String>,
    /// How far the review has come: not-reviewed, in-review or reviewed
    #[arg(long, default_value = "reviewed")]
    state: ReviewState,
    /// What to remember about it
    #[arg(long, value_name = "TEXT", default_value = "")]
    comment: String,
}

/// Runs `huntcase devices`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    match &arguments.command {
        None | Some(DeviceCommand::List) => list(context),
        Some(DeviceCommand::Review(review)) => {
            let case = context.open_case()?;
            let answer = (context.format() != Format::Table).then(|| context.output()).transpose()?;
            let author = context.author(&review.comment);
            let devices = review_devices(&case, &review.devices, review.state, author)?;
            if let Some(mut output) = answer {
                DEVICES.write(&mut output, context.layout(), Vec::new(), &devices)?;
                output.finish()?;
            } else if !context.global.quiet {
                say(&format!(
                    "{}: {}",
                    review.state.shown(),
                    counted(devices.len() as i64, "device", "devices")
                ));
            }
            Ok(exit::DONE)
        }
    }
}

fn list(context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let devices = list_devices(&case)?;
    let mut output = context.output()?;
    DEVICES.write(&mut output, context.layout(), Vec::new(), &devices)?;
    output.finish()?;
    if context.format() == Format::Table && !context.global.quiet {
        let is_reviewed = |state| state == ReviewState::Reviewed;
        let reviewed =
            devices.iter().filter(|d| d.review.as_ref().is_some_and(|r| is_reviewed(r.state))).count();
        say(&format!("reviewed {} of {}", grouped(reviewed as i64), grouped(devices.len() as i64)));
    }
    Ok(exit::DONE)
}
