//! Which events a suppression covers.

use std::fmt;

use crate::error::{Error, Result, quoted};
use crate::findings::change::{check_name, check_text};
use crate::findings::tables::Traits;
use crate::kusto::{Matcher, matcher, operator_names};

/// Which events a suppression covers: those of which all that is named holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Of this device: its number in the case, and its name.
    pub device: Option<(i64, String)>,
    /// Of this account, `domain\name` or the name alone, whatever the case.
    pub account: Option<String>,
    /// Whose command line passes this.
    pub command: Option<CommandTest>,
}

/// A KQL string operator with its right side; `==` for exactly this command line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct CommandTest {
    pub operator: String,
    pub text: String,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some((_, name)) = &self.device {
            parts.push(format!("device {name}"));
        }
        if let Some(account) = &self.account {
            parts.push(format!("account {account}"));
        }
        if let Some(command) = &self.command {
            parts.push(format!("command line {} {}", command.operator, command.text));
        }
        f.write_str(&parts.join(", "))
    }
}

impl Scope {
    /// Says whether something is named, and can be.
    pub(super) fn check(&self) -> Result<()> {
        if *self == Self::default() {
            return Err(Error::Usage(
                "a suppression needs a scope: --device, --account, --command-line or --command".to_owned(),
            ));
        }
        self.account.as_deref().map_or(Ok(()), |account| check_name("--account", account))?;
        if let Some(command) = &self.command {
            check_text("the command line", &command.text)?;
            if has_blank(&command.text) {
                // To many operators a blank is in every text: such a scope would be none.
                return Err(Error::Usage(
                    "--command: found a blank text, expected what to look for".to_owned(),
                ));
            }
        }
        Coverage::new(self).map(drop)
    }
}

/// Whether a text, or the list that it is, has nothing to look for, or something that is nothing.
fn has_blank(text: &str) -> bool {
    match serde_json::from_str::<Vec<String>>(text) {
        Ok(list) => list.is_empty() || list.iter().any(|member| member.trim().is_empty()),
        Err(_) => text.trim().is_empty(),
    }
}

/// A scope that is ready to be asked about events.
pub struct Coverage {
    device: Option<i64>,
    account: Option<String>,
    command: Option<Matcher>,
}

impl Coverage {
    /// Prepares a scope.
    ///
    /// # Errors
    /// There is no such operator, or its right side means nothing to it.
    pub fn new(scope: &Scope) -> Result<Self> {
        let command = scope.command.as_ref().map(prepare).transpose()?;
        let account = scope.account.as_ref().map(|account| account.to_lowercase());
        Ok(Self { device: scope.device.as_ref().map(|(key, _)| *key), account, command })
    }

    /// Whether events of a device can be covered.
    pub fn covers_device(&self, device_key: i64) -> bool {
        self.device.is_none_or(|device| device == device_key)
    }

    /// Whether an event of a device that can be is covered.
    pub fn covers(&self, event: &Traits) -> bool {
        self.covers_account(event) && self.command.as_ref().is_none_or(|holds| holds(&event.command_line))
    }

    fn covers_account(&self, event: &Traits) -> bool {
        let Some(account) = &self.account else { return true };
        let name = event.account_name.to_lowercase();
        match account.contains('\\') {
            true => *account == format!("{}\\{name}", event.account_domain.to_lowercase()),
            false => *account == name,
        }
    }
}

fn prepare(command: &CommandTest) -> Result<Matcher> {
    match matcher(&command.operator, &command.text) {
        Some(Ok(matcher)) => Ok(matcher),
        Some(Err(problem)) => Err(Error::Usage(format!("--command {}: {problem}", command.operator))),
        None => {
            let allowed: Vec<&str> = operator_names().filter(|name| matcher(name, "[]").is_some()).collect();
            Err(Error::Usage(format!(
                "--command: found operator {}, expected one of {}",
                quoted(&command.operator),
                allowed.join(", ")
            )))
        }
    }
}
