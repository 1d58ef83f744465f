//! The configuration.

use std::path::PathBuf;

use etcetera::BaseStrategy;
use serde::Deserialize;

use crate::error::{Error, Result};

/// What `config.toml` may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The analyst's name.
    pub analyst: Option<String>,
    /// The case file.
    pub case: Option<PathBuf>,
    /// The zone of times in exports that name none.
    pub tz: Option<String>,
    /// What comes first in dates of exports such as 05/12/2024.
    pub dates: Option<String>,
    /// Folders with rules, besides the usual ones.
    #[serde(default)]
    pub rules: Vec<PathBuf>,
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

/// Where the configuration is looked for; None where the system has no such place.
pub fn config_file() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join("huntcase").join("config.toml"))
}

/// Where rules are looked for without being told.
pub fn usual_rule_folders() -> Vec<PathBuf> {
    let Ok(base) = etcetera::choose_base_strategy() else { return Vec::new() };
    [base.config_dir(), base.data_dir()].map(|folder| folder.join("huntcase").join("rules")).into()
}
