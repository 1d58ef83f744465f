//! The tables of devices and their reviews.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{DeviceRow, Review, ReviewState, Watermark};
use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::HuntId;
use crate::findings::tables::{optional_time, time, word};
use crate::store::query;

/// A device in a hunt; the device by its number in the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HuntDevice {
    pub hunt: HuntId,
    pub device: i64,
}

/// The review of a device in a hunt; None for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    pub of: HuntDevice,
    pub review: Option<Review>,
}

/// Every device with events and what the rules of some hunts found of it, or those of all where none is named, in the
/// order of names, as if nobody had reviewed it.
pub fn list_devices(connection: &Connection, hunts: &[HuntId]) -> Result<Vec<DeviceRow>> {
    let mut statement = connection.prepare(query!("findings/list_devices"))?;
    let ids: Vec<i64> = hunts.iter().map(|hunt| hunt.0).collect();
    let ids = (!ids.is_empty()).then(|| serde_json::Value::from(ids).to_string());
    let devices = statement.query_map(named_params! { ":hunt_ids": ids }, |row| {
        Ok(DeviceRow {
            key: row.get("device_id")?,
            id: row.get("external_id")?,
            name: row.get("name")?,
            events: row.get("events")?,
            first_event: time(row, "first_event")?,
            last_event: time(row, "last_event")?,
            last_import_id: row.get("last_import_id")?,
            findings: row.get("findings")?,
            open_findings: row.get("open_findings")?,
            hidden_events: row.get("hidden_events")?,
            state: ReviewState::NotReviewed,
            review: None,
            stale: Vec::new(),
        })
    })?;
    Ok(devices.collect::<rusqlite::Result<_>>()?)
}

/// Every review.
pub fn list_reviews(connection: &Connection) -> Result<BTreeMap<HuntDevice, Review>> {
    let mut statement = connection.prepare(query!("findings/list_device_reviews"))?;
    let reviews = statement.query_map([], |row| Ok((read_hunt_device(row)?, read_review(row)?)))?;
    Ok(reviews.collect::<rusqlite::Result<_>>()?)
}

/// The newest run that brought evidence which shows, of each device in each hunt that has some.
pub fn list_newest_runs(connection: &Connection) -> Result<BTreeMap<HuntDevice, i64>> {
    let mut statement = connection.prepare(query!("findings/list_newest_runs"))?;
    let runs = statement.query_map([], |row| Ok((read_hunt_device(row)?, row.get("run_id")?)))?;
    Ok(runs.collect::<rusqlite::Result<_>>()?)
}

/// The devices in hunts of which evidence shows that was hidden when they were reviewed.
pub fn list_shown_since_review(connection: &Connection) -> Result<BTreeSet<HuntDevice>> {
    let mut statement = connection.prepare(query!("findings/list_shown_since_review"))?;
    let shown = statement.query_map([], read_hunt_device)?;
    Ok(shown.collect::<rusqlite::Result<_>>()?)
}

fn read_hunt_device(row: &Row<'_>) -> rusqlite::Result<HuntDevice> {
    Ok(HuntDevice { hunt: HuntId(row.get("hunt_id")?), device: row.get("device_id")? })
}

/// The review of a device in a hunt.
pub fn get_review(connection: &Connection, of: HuntDevice) -> Result<Option<Review>> {
    let mut statement = connection.prepare_cached(query!("findings/get_device_review"))?;
    let params = named_params! { ":hunt_id": of.hunt.0, ":device_id": of.device };
    Ok(statement.query_row(params, read_review).optional()?)
}

fn read_review(row: &Row<'_>) -> rusqlite::Result<Review> {
    Ok(Review {
        state: word(row, "state")?,
        by: row.get("reviewed_by")?,
        at: time(row, "reviewed_at")?,
        comment: row.get("comment")?,
        watermark: Watermark {
            import_id: row.get("import_id")?,
            run_id: row.get("run_id")?,
            history_id: row.get("history_id")?,
            rules_sha256: row.get("rules_sha256")?,
            window_end: optional_time(row, "window_end")?,
        },
    })
}

/// What a reviewer in a hunt can see now, without the versions of its rules.
pub fn get_watermark(connection: &Connection, hunt: HuntId) -> Result<Watermark> {
    let mut statement = connection.prepare_cached(query!("findings/get_watermark"))?;
    Ok(statement.query_row([hunt.0], |row| {
        Ok(Watermark {
            import_id: row.get("import_id")?,
            run_id: row.get("run_id")?,
            history_id: row.get("history_id")?,
            rules_sha256: String::new(),
            window_end: optional_time(row, "window_end")?,
        })
    })?)
}

/// Writes the review of a device in a hunt, or that there is none.
pub fn write_review(connection: &Connection, row: &ReviewRow) -> Result<()> {
    let of = row.of;
    let Some(review) = &row.review else {
        let params = named_params! { ":hunt_id": of.hunt.0, ":device_id": of.device };
        connection.prepare_cached(query!("findings/delete_device_review"))?.execute(params)?;
        return Ok(());
    };
    connection.prepare_cached(query!("findings/upsert_device_review"))?.execute(named_params! {
        ":hunt_id": of.hunt.0,
        ":device_id": of.device,
        ":state": review.state.name(),
        ":reviewed_at": review.at.ticks(),
        ":reviewed_by": review.by,
        ":comment": review.comment,
        ":import_id": review.watermark.import_id,
        ":run_id": review.watermark.run_id,
        ":history_id": review.watermark.history_id,
        ":rules_sha256": review.watermark.rules_sha256,
        ":window_end": review.watermark.window_end.map(Timestamp::ticks),
    })?;
    Ok(())
}
