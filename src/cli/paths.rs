//! `huntcase config path`

use std::path::Path;

use clap::{Args, Subcommand};

use super::config::{config_file, usual_rule_folders};
use super::context::Context;
use crate::error::{Result, exit};
use crate::report::page;

/// `huntcase config`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  huntcase config path")]
pub struct Arguments {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print the paths that are looked at
    #[command(after_help = "Example:\n  huntcase config path")]
    Path,
}

/// Runs `huntcase config`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let ConfigCommand::Path = arguments.command;
    let show = |path: &Path| match path.exists() {
        true => path.display().to_string(),
        false => format!("{} (not there)", path.display()),
    };
    let mut pairs = vec![("case", show(&context.case_path()))];
    pairs.extend(config_file().map(|path| ("configuration", show(&path))));
    pairs.extend(context.config.rules.iter().map(|path| ("rules", show(path))));
    pairs.extend(usual_rule_folders().iter().map(|path| ("rules", show(path))));
    let mut output = context.output()?;
    page(&mut output, &pairs, context.layout().width)?;
    output.finish()?;
    Ok(exit::DONE)
}
