//! The model of one event: plain borrowed values. No I/O, no SQL, no arguments.
//!
//! *Created process* is the one whose start the event records; *initiating process* is the one that caused it
//! (hunters say parent); the initiating process's own parent is the grandparent.
//!
//! Texts follow Kusto: a text is never missing, it is `""`. Numbers and times that the export lacks are None.

mod column;
mod day;
mod fields;
mod number;
mod precision;
mod reading;
mod spelled;
mod timestamp;
mod zone;

pub use column::{Column, ColumnSet, Kind, Part};
pub use day::Day;
pub use fields::{Expected, Fault, Fields, Texts, stands_for_no_value, stands_for_nothing};
pub use precision::UNITS;
pub use reading::{Noticed, Reading, Sample};
pub use spelled::{DateOrder, Spelled};
pub use timestamp::{Span, TICKS_PER_SECOND, Timestamp, Zone};
pub use zone::{Local, TimeZone};

/// One process event, borrowed from the row it was read from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProcessEvent<'a> {
    /// When the event was recorded.
    pub time: Timestamp,
    /// The device it was recorded on.
    pub device: Device<'a>,
    /// The device's repeating event counter; with device and time it names the event.
    pub report_id: Option<i64>,
    /// The same where it is no decimal number, else `""`.
    pub report_key: &'a str,
    /// What triggered the event, such as `ProcessCreated`.
    pub action_type: &'a str,
    /// The process that was created.
    pub created: Process<'a>,
    /// The process that caused the event.
    pub initiating: InitiatingProcess<'a>,
    /// The Application Guard container, if any.
    pub app_guard_container_id: &'a str,
    /// JSON text with whatever else the service recorded.
    pub additional_fields: &'a str,
    /// What Log Analytics adds to each row of one workspace.
    pub workspace: Workspace<'a>,
    /// When Log Analytics took the event in.
    pub time_generated: Option<Timestamp>,
    /// Bytes billed for the row.
    pub billed_size: Option<f64>,
    /// The export's other columns: a JSON object of texts with sorted keys, or `""`.
    pub extra: &'a str,
}

impl<'a> ProcessEvent<'a> {
    /// What it does not share with the other events of its setting and program.
    pub fn moment(&self) -> Moment<'a> {
        Moment {
            time: self.time,
            report_id: self.report_id,
            command_line: self.created.command_line,
            pid: self.created.pid,
            creation_time: self.created.creation_time,
            unique_id: self.created.unique_id,
            additional_fields: self.additional_fields,
            time_generated: self.time_generated,
            billed_size: self.billed_size,
            extra: self.extra,
        }
    }
}

/// What an event does not share with the other events of its setting and program: the fields are those of
/// [`ProcessEvent`] and, of the created process, of [`Process`].
#[allow(missing_docs, reason = "they are documented there")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment<'a> {
    pub time: Timestamp,
    pub report_id: Option<i64>,
    pub command_line: &'a str,
    pub pid: Option<i64>,
    pub creation_time: Option<Timestamp>,
    pub unique_id: &'a str,
    pub additional_fields: &'a str,
    pub time_generated: Option<Timestamp>,
    pub billed_size: Option<f64>,
    pub extra: &'a str,
}

/// A device, as far as one row names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Device<'a> {
    /// The service's id of the device; `""` when the export has none.
    pub id: &'a str,
    /// Its name at the time of the event.
    pub name: &'a str,
}

/// A process as both halves of a row describe one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Process<'a> {
    /// The program that runs in it.
    pub image: Image<'a>,
    /// How it was started.
    pub command_line: &'a str,
    /// The operating system's number for it, which is reused.
    pub pid: Option<i64>,
    /// When it started.
    pub creation_time: Option<Timestamp>,
    /// The process start key, unique on its device.
    pub unique_id: &'a str,
    /// Who it runs as.
    pub logon: Logon<'a>,
}

/// The process that caused an event, with what is known of its own parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InitiatingProcess<'a> {
    /// The process itself.
    pub process: Process<'a>,
    /// The process number of its parent.
    pub parent_pid: Option<i64>,
    /// The file name of its parent.
    pub parent_file_name: &'a str,
    /// When its parent started.
    pub parent_creation_time: Option<Timestamp>,
    /// Who signed its file.
    pub signer_type: &'a str,
    /// Whether that signature holds.
    pub signature_status: &'a str,
}

/// A program file: name, place, hashes, size in bytes and version resource.
#[allow(missing_docs, reason = "the fields are what their names say")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Image<'a> {
    pub file_name: &'a str,
    pub folder_path: &'a str,
    pub sha1: &'a str,
    pub sha256: &'a str,
    pub md5: &'a str,
    pub size_bytes: Option<i64>,
    pub company_name: &'a str,
    pub product_name: &'a str,
    pub product_version: &'a str,
    pub internal_file_name: &'a str,
    pub original_file_name: &'a str,
    pub file_description: &'a str,
}

/// The account and logon session that a process runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Logon<'a> {
    /// The account.
    pub account: Account<'a>,
    /// The logon session's number, unique on a device between restarts.
    pub logon_id: Option<i64>,
    /// `Low`, `Medium`, `High` or `System`.
    pub integrity_level: &'a str,
    /// Whether the token is elevated.
    pub token_elevation: &'a str,
    /// The Windows session's number.
    pub session_id: Option<i64>,
    /// Whether it is a remote desktop session.
    pub is_remote: Option<bool>,
    /// The device a remote session comes from.
    pub remote_device_name: &'a str,
    /// The address a remote session comes from.
    pub remote_ip: &'a str,
}

/// A user or service account.
#[allow(missing_docs, reason = "the fields are what their names say")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Account<'a> {
    pub domain: &'a str,
    pub name: &'a str,
    pub sid: &'a str,
    pub upn: &'a str,
    pub object_id: &'a str,
}

/// The Log Analytics workspace that a row came through.
#[allow(missing_docs, reason = "the fields are what their names say")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Workspace<'a> {
    pub tenant_id: &'a str,
    pub machine_group: &'a str,
    pub source_system: &'a str,
    pub table_type: &'a str,
    pub is_billable: &'a str,
}
