//! Names that people give of what is in a case, and what the case knows by them.
//!
//! *Known* is a device that has events, an account that an event names, an analyst who did or got anything that the case
//! records.

mod tables;

use super::hunt::{HuntRule, list_rules_of_case};
use crate::error::{Error, Result, quoted};
use crate::nearest::unknown;
use crate::store::Case;

pub use tables::{KnownDevice, list_known_devices};

/// How many names an error lists of those that are meant equally.
const NAMES_LISTED: usize = 5;

impl KnownDevice {
    /// Its name, or its id where it has none.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}

/// The devices that are called so: by their id or their name, or where none is, by the start of their name up to a dot
/// (`web01` for `web01.example.com`), whatever the case.
pub fn devices_called<'d>(devices: &'d [KnownDevice], given: &str) -> Vec<&'d KnownDevice> {
    let name = given.to_lowercase();
    let whole: Vec<&KnownDevice> = devices.iter().filter(|device| is_device(device, &name)).collect();
    match whole.is_empty() {
        false => whole,
        true => devices.iter().filter(|device| is_up_to_dot(&device.name, &name)).collect(),
    }
}

/// Whether a device has this id or this name, which is in lower case.
fn is_device(device: &KnownDevice, name: &str) -> bool {
    !name.is_empty() && (device.id.to_lowercase() == name || device.name.to_lowercase() == name)
}

/// Whether a device's name goes on with a dot behind this start, which is in lower case.
fn is_up_to_dot(device_name: &str, start: &str) -> bool {
    let name = device_name.to_lowercase();
    !start.is_empty() && name.strip_prefix(start).is_some_and(|rest| rest.starts_with('.'))
}

/// The device of an id, of a name, or of the start of a name up to a dot.
///
/// # Errors
/// There is none, or more than one.
pub fn find_device<'d>(devices: &'d [KnownDevice], given: &str) -> Result<&'d KnownDevice> {
    if let Some(device) = devices.iter().find(|device| device.id == given && !given.is_empty()) {
        return Ok(device);
    }
    match devices_called(devices, given).as_slice() {
        [device] => Ok(device),
        [] => Err(unknown_device(devices, given)),
        alike => Err(Error::Usage(ambiguous(given, alike))),
    }
}

/// Says that no device is called so.
pub(super) fn unknown_device(devices: &[KnownDevice], given: &str) -> Error {
    unknown("device", given, devices.iter().map(KnownDevice::shown))
}

fn ambiguous(given: &str, alike: &[&KnownDevice]) -> String {
    let listed = alike.iter().take(NAMES_LISTED).map(|device| match device.id.as_str() {
        "" => format!("{} (no DeviceId)", device.name),
        id => format!("{} ({id})", device.name),
    });
    let mut names = listed.collect::<Vec<_>>().join(", ");
    if alike.len() > NAMES_LISTED {
        names += &format!(" and {} more", alike.len() - NAMES_LISTED);
    }
    format!("more than one device is called {}; give the DeviceId of one: {names}", quoted(given))
}

/// The rule of a name, or of the only name that begins so, among those that have run.
///
/// # Errors
/// There is none, or more than one.
pub fn find_rule(case: &Case, given: &str) -> Result<HuntRule> {
    let rules = list_rules_of_case(case)?;
    // A rule whose id was changed has left one of its name behind, which no longer runs.
    if let Some(rule) = rules.iter().rev().find(|rule| rule.name == given) {
        return Ok(rule.clone());
    }
    let begins: Vec<&HuntRule> =
        rules.iter().filter(|rule| !given.is_empty() && rule.name.starts_with(given)).collect();
    match begins.as_slice() {
        [rule] => Ok((*rule).clone()),
        [] => Err(unknown_rule(&rules, given)),
        _ => Err(Error::Usage(format!("more than one rule begins with {}", quoted(given)))),
    }
}

/// Says that no rule of the case is called so.
pub(super) fn unknown_rule(rules: &[HuntRule], given: &str) -> Error {
    unknown("rule", given, rules.iter().map(|rule| rule.name.as_str()))
}

/// Says that neither a rule of the case nor a device is called so.
pub fn unknown_rule_or_device(rules: &[HuntRule], devices: &[KnownDevice], given: &str) -> Error {
    let rules = rules.iter().map(|rule| rule.name.as_str());
    unknown("rule or device", given, rules.chain(devices.iter().map(KnownDevice::shown)))
}

/// Refuses an account, `domain\name` or its name alone, that no event of the case names.
///
/// # Errors
/// There is none, whatever the case.
pub fn check_account(case: &Case, given: &str) -> Result<()> {
    let key = given.to_lowercase();
    let mut known: Vec<String> = Vec::new();
    for (domain, name) in tables::list_accounts(case.connection())? {
        let whole = format!("{domain}\\{name}");
        if [&name, &whole].iter().any(|text| text.to_lowercase() == key) {
            return Ok(());
        }
        known.push(if given.contains('\\') { whole } else { name });
    }
    Err(unknown("account", given, known.iter().map(String::as_str)))
}

/// Refuses the name of an analyst of whom the case records nothing.
///
/// # Errors
/// There is none of the name; with `fold_case`, none whatever the case.
pub fn check_analyst(case: &Case, given: &str, fold_case: bool) -> Result<()> {
    let analysts = tables::list_analysts(case.connection())?;
    let is_given =
        |name: &String| name == given || (fold_case && name.to_lowercase() == given.to_lowercase());
    match analysts.iter().any(is_given) {
        true => Ok(()),
        false => Err(unknown("analyst", given, analysts.iter().map(String::as_str))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(key: i64, id: &str, name: &str) -> KnownDevice {
        KnownDevice { key, id: id.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn a_device_is_called_by_its_id_its_name_or_its_name_up_to_a_dot() {
        let devices = [
            device(1, "D1", "web01.example.com"),
            device(2, "d2", "WEB02"),
            device(3, "d3", "web02.example.com"),
            device(4, "", "web01.example.org"),
        ];
        let keys =
            |given: &str| devices_called(&devices, given).iter().map(|device| device.key).collect::<Vec<_>>();
        for (given, expected) in [
            ("web01", vec![1, 4]),
            ("WEB01.example", vec![1, 4]),
            ("web01.example.com", vec![1]),
            ("d1", vec![1]),
            ("web02", vec![2]),
            ("web", vec![]),
            ("web01.", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(keys(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_device_that_is_meant_alone_is_found_and_others_are_named() {
        let devices = [
            device(1, "d1", "web01.a"),
            device(2, "", "web01.b"),
            device(3, "d3", "db05"),
            device(4, "d4", ""),
        ];
        assert_eq!(find_device(&devices, "d3").unwrap().key, 3);
        assert_eq!(
            find_device(&devices, "web01").unwrap_err().to_string(),
            "more than one device is called \"web01\"; give the DeviceId of one: web01.a (d1), web01.b (no DeviceId)"
        );
        assert_eq!(
            find_device(&devices, "bd05").unwrap_err().to_string(),
            "no device \"bd05\", expected db05 (the nearest of 4)"
        );
    }
}
