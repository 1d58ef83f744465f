//! Devices, and which of them were reviewed.

use std::fmt;
use std::str::FromStr;

use super::change::Author;
use super::tables;
use crate::error::{Error, Result};
use crate::event::Timestamp;
use crate::store::{Case, Transaction};

/// How far the review of a device has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// Nobody looked.
    NotReviewed,
    /// Somebody is looking.
    InReview,
    /// Somebody looked, whether there was something to find or not.
    Reviewed,
}

impl ReviewState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::NotReviewed, Self::InReview, Self::Reviewed];

    /// The word that is stored and exported.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotReviewed => "notReviewed",
            Self::InReview => "inReview",
            Self::Reviewed => "reviewed",
        }
    }

    /// The words for people.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::NotReviewed => "not reviewed",
            Self::InReview => "in review",
            Self::Reviewed => "reviewed",
        }
    }
}

impl fmt::Display for ReviewState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ReviewState {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let key = text.replace(['-', ' '], "").to_lowercase();
        let found = Self::ALL.into_iter().find(|state| state.name().to_lowercase() == key);
        found.ok_or_else(|| format!("found {text:?}, expected one of not-reviewed, in-review, reviewed"))
    }
}

/// Who looked at a device, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct Review {
    pub state: ReviewState,
    pub by: String,
    pub at: Timestamp,
    pub comment: String,
}

/// A device with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its number in the case.
    pub key: i64,
    /// Its DeviceId, `""` where the exports have none.
    pub id: String,
    /// Its name in the newest event that has one.
    pub name: String,
    /// How many events it has.
    pub events: i64,
    /// The first of them.
    pub first_event: Timestamp,
    /// The last of them.
    pub last_event: Timestamp,
    /// How many findings it has.
    pub findings: i64,
    /// How many of them are not resolved.
    pub open_findings: i64,
    /// Its review; None when nobody looked.
    pub review: Option<Review>,
}

/// Every device with events, in the order of names.
///
/// # Errors
/// The case's database.
pub fn list_devices(case: &Case) -> Result<Vec<DeviceRow>> {
    tables::list_devices(case.connection())
}

/// Records that devices were looked at, all or none; a device is named by its id or its name, whatever the case.
///
/// # Errors
/// A device that is not there, or a name that more than one has.
pub fn review_devices(case: &Case, names: &[String], state: ReviewState, author: Author<'_>) -> Result<()> {
    let transaction = Transaction::begin(case.connection())?;
    let devices = list_devices(case)?;
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
