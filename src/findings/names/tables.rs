//! Names as the tables hold them.

use rusqlite::Connection;

use crate::error::Result;
use crate::store::{Case, query};

/// A device by its number in the case, its DeviceId (`""` where the exports have none) and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct KnownDevice {
    pub key: i64,
    pub id: String,
    pub name: String,
}

/// Every device with events, in the order of names.
///
/// # Errors
/// The case's database.
pub fn list_known_devices(case: &Case) -> Result<Vec<KnownDevice>> {
    let mut statement = case.connection().prepare_cached(query!("findings/list_device_names"))?;
    let devices = statement.query_map([], |row| {
        Ok(KnownDevice { key: row.get("device_id")?, id: row.get("external_id")?, name: row.get("name")? })
    })?;
    Ok(devices.collect::<rusqlite::Result<_>>()?)
}

/// The domain and the name of every account, in the order of names.
pub fn list_accounts(connection: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = connection.prepare_cached(query!("findings/list_account_names"))?;
    let accounts = statement.query_map([], |row| Ok((row.get("domain")?, row.get("name")?)))?;
    Ok(accounts.collect::<rusqlite::Result<_>>()?)
}

/// The names of analysts, in their order.
pub fn list_analysts(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached(query!("findings/list_analysts"))?;
    let names = statement.query_map([], |row| row.get("name"))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}
