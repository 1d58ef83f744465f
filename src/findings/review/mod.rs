//! The ledger of devices: which were reviewed in which hunt, by whom, and up to which data.

mod device;
mod tables;

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::HuntId;
use super::change::check_text;
use super::history::{Author, Operation, Subject, read_time, time_value};
use super::hunt::{Hunt, HuntStatus, is_there, list_hunts, rule_versions_digest};
use super::names::{find_device, list_known_devices};
use crate::error::{Error, Result};
use crate::store::Case;

pub use device::{DeviceRow, Review, ReviewState, Stale, Watermark};
use tables::{HuntDevice, ReviewRow};

/// Every device with events, in the order of names, with its findings and reviews in `hunts`; where none is named, with
/// all findings, and the reviews in all that are not closed.
///
/// # Errors
/// The case's database.
pub fn list_devices(case: &Case, hunts: &[HuntId]) -> Result<Vec<DeviceRow>> {
    let connection = case.connection();
    let mut devices = tables::list_devices(connection, hunts)?;
    let hunts = chosen_hunts(case, hunts)?;
    let mut digests = BTreeMap::new();
    for hunt in &hunts {
        digests.insert(hunt.id, rule_versions_digest(connection, hunt.id)?);
    }
    let reviews = tables::list_reviews(connection)?;
    let newest_runs = tables::list_newest_runs(connection)?;
    let shown = tables::list_shown_since_review(connection)?;
    for device in &mut devices {
        let of_hunts: Vec<(HuntId, Option<&Review>)> = hunts
            .iter()
            .map(|hunt| (hunt.id, reviews.get(&HuntDevice { hunt: hunt.id, device: device.key })))
            .collect();
        device.state = least_state(&of_hunts);
        let of_state = of_hunts.iter().filter_map(|(_, review)| *review).filter(|r| r.state == device.state);
        device.review = of_state.max_by_key(|review| review.at).cloned();
        // What is not reviewed everywhere is still to be looked at, and nothing of it is out of date.
        for (hunt, review) in of_hunts.iter().filter(|_| device.state == ReviewState::Reviewed) {
            let Some(review) = review else { continue };
            let of = HuntDevice { hunt: *hunt, device: device.key };
            let has_newer = newest_runs.get(&of) > Some(&review.watermark.run_id) || shown.contains(&of);
            device.stale.extend(why_stale(device, review, has_newer, &digests[hunt]));
        }
        device.stale.sort();
        device.stale.dedup();
    }
    Ok(devices)
}

fn least_state(of_hunts: &[(HuntId, Option<&Review>)]) -> ReviewState {
    let order = |state: &ReviewState| ReviewState::ALL.iter().position(|other| other == state);
    let states = of_hunts.iter().map(|(_, review)| review.map_or(ReviewState::NotReviewed, |r| r.state));
    states.min_by_key(order).unwrap_or(ReviewState::NotReviewed)
}

fn why_stale(device: &DeviceRow, review: &Review, has_newer_findings: bool, digest: &str) -> Vec<Stale> {
    let mark = &review.watermark;
    let mut why = Vec::new();
    if device.last_import_id > Some(mark.import_id) {
        why.push(Stale::NewerData);
    }
    if has_newer_findings {
        why.push(Stale::NewerFindings);
    }
    if !mark.rules_sha256.is_empty() && mark.rules_sha256 != digest {
        why.push(Stale::NewerRules);
    }
    why
}

/// The hunts of these numbers; without any, those that have rules and are not closed, or all where there are none.
fn chosen_hunts(case: &Case, ids: &[HuntId]) -> Result<Vec<Hunt>> {
    let mut hunts = list_hunts(case)?;
    let is_open = |hunt: &Hunt| hunt.status != HuntStatus::Closed && !hunt.rules.is_empty();
    match ids.is_empty() {
        false => hunts.retain(|hunt| ids.contains(&hunt.id)),
        true if hunts.iter().any(is_open) => hunts.retain(is_open),
        true => {}
    }
    Ok(hunts)
}

/// What reviewing devices did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// The devices as they are then, in the order of the list.
    pub devices: Vec<DeviceRow>,
    /// The hunts in which they were reviewed.
    pub hunts: Vec<Hunt>,
}

/// Records that devices were looked at, all or none, in `hunts`; in all that are not closed where none is named.
///
/// A device is named by its id, by its name, or by the start of its name up to a dot (`web01` for `web01.example.com`),
/// whatever the case of names.
///
/// # Errors
/// A device that is not there, a name that means more than one, or a case without a hunt.
pub fn review_devices(
    case: &Case,
    names: &[String],
    state: ReviewState,
    hunts: &[HuntId],
    author: Author<'_>,
) -> Result<Reviewed> {
    check_text("the comment", author.why)?;
    let connection = case.connection();
    let transaction = case.begin()?;
    let operation = Operation::of_command(connection, author);
    let chosen = chosen_hunts(case, hunts)?;
    if chosen.is_empty() {
        return Err(Error::Usage(
            "there is no hunt yet to review devices in; run the rules first: huntcase run".to_owned(),
        ));
    }
    let devices = list_known_devices(case)?;
    let mut keys = Vec::new();
    for name in names {
        let key = find_device(&devices, name)?.key;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let marks = chosen.iter().map(|hunt| Ok((hunt.id, watermark(connection, hunt.id)?)));
    for (hunt, mark) in marks.collect::<Result<Vec<_>>>()? {
        for key in &keys {
            review_device(connection, &operation, HuntDevice { hunt, device: *key }, state, &mark)?;
        }
    }
    let mut devices = list_devices(case, hunts)?;
    devices.retain(|device| keys.contains(&device.key));
    author.finish(transaction)?;
    Ok(Reviewed { devices, hunts: chosen })
}

fn watermark(connection: &Connection, hunt: HuntId) -> Result<Watermark> {
    let rules_sha256 = rule_versions_digest(connection, hunt)?;
    Ok(Watermark { rules_sha256, ..tables::get_watermark(connection, hunt)? })
}

fn review_device(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    of: HuntDevice,
    state: ReviewState,
    mark: &Watermark,
) -> Result<()> {
    let author = operation.author();
    let (by, comment) = (author.by.to_owned(), author.why.to_owned());
    let review = Review { state, by, at: author.at, comment, watermark: mark.clone() };
    let review = Some(review).filter(|review| review.state != ReviewState::NotReviewed);
    let old = tables::get_review(connection, of)?;
    let subject = Subject::Review(of.hunt, of.device);
    operation.record(subject, "review", &to_value(old.as_ref()), &to_value(review.as_ref()))?;
    tables::write_review(connection, &ReviewRow { of, review })
}

/// A review as a value of the history: a JSON object with all of it; `""` for none.
fn to_value(review: Option<&Review>) -> String {
    let Some(review) = review else { return String::new() };
    json!({
        "state": review.state.name(),
        "by": review.by,
        "at": review.at.to_string(),
        "comment": review.comment,
        "importId": review.watermark.import_id,
        "runId": review.watermark.run_id,
        "historyId": review.watermark.history_id,
        "rulesSha256": review.watermark.rules_sha256,
        "windowEnd": time_value(review.watermark.window_end),
    })
    .to_string()
}

/// The review that a value of the history stands for.
fn from_value(value: &str) -> Option<Review> {
    let object: Value = serde_json::from_str(value).ok()?;
    let text = |name: &str| object[name].as_str();
    Some(Review {
        state: text("state")?.parse().ok()?,
        by: text("by")?.to_owned(),
        at: read_time(text("at")?)?,
        comment: text("comment")?.to_owned(),
        watermark: Watermark {
            import_id: object["importId"].as_i64()?,
            run_id: object["runId"].as_i64()?,
            history_id: object["historyId"].as_i64()?,
            rules_sha256: text("rulesSha256")?.to_owned(),
            window_end: read_time(text("windowEnd")?),
        },
    })
}

/// The state that a value of the history stands for, for people.
pub fn review_state_of(value: &str) -> ReviewState {
    from_value(value).map_or(ReviewState::NotReviewed, |review| review.state)
}

/// A device's review as the history would have it now.
pub(super) fn review_value(connection: &Connection, hunt: HuntId, device: i64) -> Result<String> {
    Ok(to_value(tables::get_review(connection, HuntDevice { hunt, device })?.as_ref()))
}

/// Gives a device the review that the history has for it.
pub(super) fn restore_review(
    connection: &Connection,
    hunt: HuntId,
    device: i64,
    value: &str,
) -> Result<bool> {
    if !is_there(connection, hunt)? {
        return Err(Error::Usage(format!(
            "the opening of {hunt} was undone; there is nothing to review in it"
        )));
    }
    let review = from_value(value);
    let is_read = review.is_some() || value.is_empty();
    tables::write_review(connection, &ReviewRow { of: HuntDevice { hunt, device }, review })?;
    Ok(is_read)
}
