//! Recording that devices were reviewed.

use super::change::Author;
use super::device::{DeviceRow, Review, ReviewState};
use super::tables;
use crate::error::{Error, Result};
use crate::store::{Case, Transaction};

/// Records that devices were looked at, all or none; a device is named by its id or its name, whatever the case.
///
/// # Errors
/// A device that is not there, or a name that more than one has.
pub fn review_devices(case: &Case, names: &[String], state: ReviewState, author: Author<'_>) -> Result<()> {
    let transaction = Transaction::begin(case.connection())?;
    let devices = tables::list_devices(case)?;
    for name in names {
        let device = find_device(&devices, name)?;
        let review =
            Review { state, by: author.by.to_owned(), at: author.at, comment: author.why.to_owned() };
        tables::upsert_device_review(case.connection(), device.key, &review)?;
    }
    transaction.keep()?;
    Ok(())
}

fn find_device<'d>(devices: &'d [DeviceRow], name: &str) -> Result<&'d DeviceRow> {
    if let Some(device) = devices.iter().find(|device| device.id == name && !name.is_empty()) {
        return Ok(device);
    }
    let mut named = devices.iter().filter(|device| device.name.to_lowercase() == name.to_lowercase());
    match (named.next(), named.next()) {
        (Some(device), None) => Ok(device),
        (Some(_), Some(_)) => {
            Err(Error::Usage(format!("more than one device is called {name:?}; give its DeviceId")))
        }
        (None, _) => Err(Error::NotFound { what: "device", name: name.to_owned() }),
    }
}
