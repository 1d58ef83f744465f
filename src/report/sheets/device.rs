//! Devices and their reviews.

use super::super::{Column, Value, When};
use super::{Sheet, device_name, optional_time, text, time};
use crate::findings::DeviceRow;

/// Devices and their reviews.
pub const DEVICES: Sheet<DeviceRow> = Sheet { kind: "devices", columns: device_columns, row: device_row };

fn device_columns() -> Vec<Column> {
    vec![
        Column::new("deviceId", "Device id").when(When::Repeated("deviceName")),
        Column::new("deviceName", "Device"),
        Column::new("firstEvent", "First event"),
        Column::new("lastEvent", "Last event"),
        Column::new("events", "Events"),
        Column::data_only("findings"),
        Column::new("openFindings", "Open findings"),
        Column::new("eventsHidden", "Hidden").when(When::Filled),
        Column::new("review", "Review"),
        Column::data_only("stale"),
        Column::data_only("staleBecause"),
        Column::new("reviewedBy", "By").when(When::Filled).spare(),
        Column::new("reviewedAt", "At").when(When::Filled).spare(),
        Column::data_only("reviewComment"),
        Column::data_only("reviewedImport"),
        Column::data_only("reviewedRun"),
        Column::data_only("reviewedUntil"),
    ]
}

fn device_row(device: &DeviceRow) -> Vec<Value> {
    let review = device.review.as_ref();
    let watermark = review.map(|review| &review.watermark);
    let shown = match device.stale.first() {
        None => device.state.shown().to_owned(),
        Some(why) => format!("stale: {}", why.name()),
    };
    vec![
        text(&device.id),
        device_name(&device.name, &device.id),
        time(device.first_event),
        time(device.last_event),
        device.events.into(),
        device.findings.into(),
        device.open_findings.into(),
        device.hidden_events.into(),
        Value::shown(device.state.name(), shown),
        (!device.stale.is_empty()).into(),
        Value::List(device.stale.iter().map(|why| why.name().to_owned()).collect()),
        text(review.map_or("", |review| &review.by)),
        optional_time(review.map(|review| review.at)),
        text(review.map_or("", |review| &review.comment)),
        watermark.map(|mark| mark.import_id).into(),
        watermark.map(|mark| mark.run_id).into(),
        optional_time(watermark.and_then(|mark| mark.window_end)),
    ]
}
