//! The table that a published rule's query returns.

use super::rule::{Rule, Window};
use super::tables::{find_matches, find_rule, last_arrivals, list_match_events, list_rule_result};
use crate::error::Result;
use crate::event::Timestamp;
use crate::store::Case;

/// One device's row of the published query's
/// `summarize any(Timestamp), any(Timestamp), any(FileName), makeset(ProcessCommandLine), …  by DeviceId`.
///
/// `any` is the first value that is not empty in the order of time, and the set is sorted and whole: Kusto picks
/// any row, and its deprecated `makeset` stops at 128 values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceResult {
    /// The device.
    pub device_id: String,
    /// The time of the earliest event; the query asks for it twice.
    pub timestamp: Timestamp,
    /// The created process.
    pub file_name: String,
    /// The distinct command lines, sorted.
    pub command_lines: Vec<String>,
    /// The initiating process.
    pub initiating_file_name: String,
    /// The initiating process's parent.
    pub parent_file_name: String,
}

/// What the published query returns over `window`: one row a device, in the order of device ids.
///
/// Reads what earlier runs matched, and looks itself at events that no run has looked at.
///
/// # Errors
/// The rule fails, or the case's database.
pub fn rule_result(case: &Case, rule: &Rule, window: Window) -> Result<Vec<DeviceResult>> {
    let connection = case.open_read_only()?;
    let known = find_rule(&connection, rule)?;
    let mut events = match known {
        Some(known) => list_match_events(&connection, &known)?,
        None => Vec::new(),
    };
    for which in known.unwrap_or_default().unlooked(last_arrivals(&connection)?) {
        find_matches(case, rule, which, &mut |event_id, _| {
            events.push(event_id);
            Ok(())
        })?;
    }
    list_rule_result(&connection, &events, window, |row| {
        let command_lines: String = row.get("command_lines")?;
        Ok(DeviceResult {
            device_id: row.get("device_id")?,
            timestamp: Timestamp::from_ticks(row.get("time")?),
            file_name: row.get("file_name")?,
            command_lines: serde_json::from_str(&command_lines).unwrap_or_default(),
            initiating_file_name: row.get("initiating_file_name")?,
            parent_file_name: row.get("parent_file_name")?,
        })
    })
}
