//! The configuration, and `huntcase config path`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use etcetera::BaseStrategy;
use serde::Deserialize;

use super::context::Context;
use crate::error::{Error, Result, exit};
use crate::report::page;

/// What `config.toml` may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The analyst's name.
    pub analyst: Option<String>,
    /// The case file.
    pub case: Option<PathBuf>,
    /// Folders with rules, besides the usual ones.
    #[serde(default)]
    rules: Vec<PathBuf>,
}

impl Config {
    /// Reads the configuration, if there is one.
    pub fn load() -> Result<Self> {
        let Some(path) = config_file() else { return Ok(Self::default()) };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(Error::File { path, source }),
        };
        toml::from_str(&text).map_err(|error| {
            let problem = error.message().to_owned();
            Error::Usage(format!("{}: {problem}", path.display()))
        })
    }

    /// The folders with the analyst's own rules: those named in the configuration, and the usual ones that exist.
    pub fn rule_folders(&self) -> Vec<PathBuf> {
        let usual = usual_rule_folders().into_iter().filter(|folder| folder.is_dir());
        self.rules.iter().cloned().chain(usual).collect()
    }
}

fn config_file() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join("huntcase").join("config.toml"))
}

fn usual_rule_folders() -> Vec<PathBuf> {
    let Ok(base) = etcetera::choose_base_strategy() else { return Vec::new() };
    [base.config_dir(), base.data_dir()].map(|folder| folder.join("huntcase").join("rules")).into()
}

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
