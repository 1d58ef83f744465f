//! Removals of old events.

use super::super::{Column, Value, When};
use super::{Sheet, text, time};
use crate::findings::Prune;

/// Prunes.
pub const PRUNES: Sheet<Prune> = Sheet { kind: "prunes", columns: prune_columns, row: prune_row };

fn prune_columns() -> Vec<Column> {
    vec![
        Column::new("prunedAt", "Pruned"),
        Column::new("prunedBy", "By"),
        Column::new("before", "Before"),
        Column::new("events", "Events"),
        Column::new("eventsNotLookedAt", "Not looked at").when(When::Filled),
        Column::new("eventsHeld", "Held"),
        Column::new("rowsRemoved", "Other rows"),
    ]
}

fn prune_row(prune: &Prune) -> Vec<Value> {
    vec![
        time(prune.at),
        text(&prune.by),
        time(prune.before),
        prune.events.into(),
        prune.unlooked.into(),
        prune.held.into(),
        prune.rows.into(),
    ]
}

/// A prune with the bytes that it gave back; None while they are not given back.
pub const PRUNED: Sheet<(Prune, Option<i64>)> =
    Sheet { kind: "prunes", columns: pruned_columns, row: pruned_row };

fn pruned_columns() -> Vec<Column> {
    let mut columns = prune_columns();
    columns.push(Column::new("bytesGivenBack", "Bytes given back"));
    columns
}

fn pruned_row((prune, given_back): &(Prune, Option<i64>)) -> Vec<Value> {
    let mut row = prune_row(prune);
    row.push((*given_back).into());
    row
}
