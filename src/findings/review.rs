//! Recording that devices were reviewed.

use super::change::Author;
use super::device::{DeviceRow, Review, ReviewState};
use super::tables;
use crate::error::{Error, Result};
use crate::store::{Case, Transaction};

/// How many names an error lists.
const NAMES_LISTED: usize = 5;

/// Records that devices were looked at, all or none. Gives them as they are then, in the order of the list.
///
/// A device is named by its id, by its name, or by the first label of its name (`web01` for `web01.example.com`),
/// whatever the case of names.
///
/// # Errors
/// A device that is not there, or a name that means more than one.
pub fn review_devices(
    case: &Case,
    names: &[String],
    state: ReviewState,
    author: Author<'_>,
) -> Result<Vec<DeviceRow>> {
    let transaction = Transaction::begin(case.connection())?;
    let devices = tables::list_devices(case)?;
    let mut keys = Vec::new();
    for name in names {
        let device = find_device(&devices, name)?;
        let review =
            Review { state, by: author.by.to_owned(), at: author.at, comment: author.why.to_owned() };
        tables::upsert_device_review(case.connection(), device.key, &review)?;
        keys.push(device.key);
    }
    let mut reviewed = tables::list_devices(case)?;
    reviewed.retain(|device| keys.contains(&device.key));
    transaction.keep()?;
    Ok(reviewed)
}

fn find_device<'d>(devices: &'d [DeviceRow], given: &str) -> Result<&'d DeviceRow> {
    if let Some(device) = devices.iter().find(|device| device.id == given && !given.is_empty()) {
        return Ok(device);
    }
    let name = given.to_lowercase();
    let start = format!("{name}.");
    let is_named = |device: &&DeviceRow| device.name.to_lowercase() == name;
    let begins_so = |device: &&DeviceRow| device.name.to_lowercase().starts_with(&start);
    let mut alike: Vec<&DeviceRow> = devices.iter().filter(is_named).collect();
    if alike.is_empty() && !name.is_empty() {
        alike = devices.iter().filter(begins_so).collect();
    }
    match alike.as_slice() {
        [device] => Ok(device),
        [] => Err(Error::NotFound { what: "device", name: given.to_owned() }),
        _ => Err(Error::Usage(ambiguous(given, &alike))),
    }
}

fn ambiguous(given: &str, alike: &[&DeviceRow]) -> String {
    let listed = alike.iter().take(NAMES_LISTED).map(|device| match device.id.as_str() {
        "" => format!("{} (no DeviceId)", device.name),
        id => format!("{} ({id})", device.name),
    });
    let mut names = listed.collect::<Vec<_>>().join(", ");
    if alike.len() > NAMES_LISTED {
        names += &format!(" and {} more", alike.len() - NAMES_LISTED);
    }
    format!("more than one device is called {given:?}; give the DeviceId of one: {names}")
}
