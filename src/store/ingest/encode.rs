//! An event as the row of numbers that `process_event` holds.

use rusqlite::{Row, Statement, ToSql, named_params};

use super::interner::{Cell, Interner, Table};
use crate::event::{Device, Image, InitiatingProcess, Logon, Process, ProcessEvent, Timestamp};

/// One row of `process_event`, without its number and origin.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    pub time: i64,
    pub device_id: i64,
    pub report_id: Option<i64>,
    pub device_name_id: Option<i64>,
    pub action_type_id: Option<i64>,
    pub image_id: i64,
    pub command_line_id: Option<i64>,
    pub logon_id: i64,
    pub initiating_process_id: i64,
    pub pid: Option<i64>,
    pub creation_delay: Option<i64>,
    pub unique_id: Cell<Box<str>>,
    pub additional_fields_id: Option<i64>,
    pub app_guard_container_id: Option<i64>,
    pub extra_id: Option<i64>,
    pub workspace_id: Option<i64>,
    pub generation_delay: Option<i64>,
    pub billed_size: Option<f64>,
    pub content_hash: Option<i64>,
}

impl EventRow {
    /// Reads a row of `get_process_event_by_key`.
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            time: row.get("time")?,
            device_id: row.get("device_id")?,
            report_id: row.get("report_id")?,
            device_name_id: row.get("device_name_id")?,
            action_type_id: row.get("action_type_id")?,
            image_id: row.get("image_id")?,
            command_line_id: row.get("command_line_id")?,
            logon_id: row.get("logon_id")?,
            initiating_process_id: row.get("initiating_process_id")?,
            pid: row.get("pid")?,
            creation_delay: row.get("creation_delay")?,
            unique_id: match row.get_ref("unique_id")? {
                rusqlite::types::ValueRef::Null => Cell::Null,
                rusqlite::types::ValueRef::Integer(integer) => Cell::Integer(integer),
                other => Cell::Text(other.as_str()?.into()),
            },
            additional_fields_id: row.get("additional_fields_id")?,
            app_guard_container_id: row.get("app_guard_container_id")?,
            extra_id: row.get("extra_id")?,
            workspace_id: row.get("workspace_id")?,
            generation_delay: row.get("generation_delay")?,
            billed_size: row.get("billed_size")?,
            content_hash: row.get("content_hash")?,
        })
    }

    /// Binds the values to parameters 2 to 20 of `insert_process_event`: by position, since this is the
    /// innermost loop.
    pub fn bind(&self, statement: &mut Statement<'_>) -> rusqlite::Result<()> {
        let integers = [
            (2, Some(self.time)),
            (3, Some(self.device_id)),
            (4, self.report_id),
            (5, self.device_name_id),
            (6, self.action_type_id),
            (7, Some(self.image_id)),
            (8, self.command_line_id),
            (9, Some(self.logon_id)),
            (10, Some(self.initiating_process_id)),
            (11, self.pid),
            (12, self.creation_delay),
            (14, self.additional_fields_id),
            (15, self.app_guard_container_id),
            (16, self.extra_id),
            (17, self.workspace_id),
            (18, self.generation_delay),
            (20, self.content_hash),
        ];
        for (index, value) in integers {
            statement.raw_bind_parameter(index, value)?;
        }
        match &self.unique_id {
            Cell::Null => statement.raw_bind_parameter(13, None::<i64>)?,
            Cell::Integer(integer) => statement.raw_bind_parameter(13, integer)?,
            Cell::Text(text) => statement.raw_bind_parameter(13, &**text)?,
        }
        statement.raw_bind_parameter(19, self.billed_size)
    }

    /// Runs `update_process_event` for the event `event_id`.
    pub fn update(&self, statement: &mut Statement<'_>, event_id: i64) -> rusqlite::Result<()> {
        let unique_id: &dyn ToSql = match &self.unique_id {
            Cell::Null => &None::<i64>,
            Cell::Integer(integer) => integer,
            Cell::Text(text) => text,
        };
        statement.execute(named_params! {
            ":event_id": event_id,
            ":device_name_id": self.device_name_id,
            ":action_type_id": self.action_type_id,
            ":image_id": self.image_id,
            ":command_line_id": self.command_line_id,
            ":logon_id": self.logon_id,
            ":initiating_process_id": self.initiating_process_id,
            ":pid": self.pid,
            ":creation_delay": self.creation_delay,
            ":unique_id": unique_id,
            ":additional_fields_id": self.additional_fields_id,
            ":app_guard_container_id": self.app_guard_container_id,
            ":extra_id": self.extra_id,
            ":workspace_id": self.workspace_id,
            ":generation_delay": self.generation_delay,
            ":billed_size": self.billed_size,
        })?;
        Ok(())
    }

    /// This event with what it lacks taken from `given`, a row of the same key; None where the two differ in a way that
    /// takes a look at the texts.
    pub fn fill(&self, given: &Self) -> Option<Self> {
        let same_processes = self.image_id == given.image_id
            && self.logon_id == given.logon_id
            && self.initiating_process_id == given.initiating_process_id;
        if !same_processes {
            return None;
        }
        Some(Self {
            device_name_id: either(self.device_name_id, given.device_name_id)?,
            action_type_id: either(self.action_type_id, given.action_type_id)?,
            command_line_id: either(self.command_line_id, given.command_line_id)?,
            pid: either(self.pid, given.pid)?,
            creation_delay: either(self.creation_delay, given.creation_delay)?,
            unique_id: match (&self.unique_id, &given.unique_id) {
                (Cell::Null, other) | (other, Cell::Null) => other.clone(),
                (a, b) if a == b => a.clone(),
                _ => return None,
            },
            additional_fields_id: either(self.additional_fields_id, given.additional_fields_id)?,
            app_guard_container_id: either(self.app_guard_container_id, given.app_guard_container_id)?,
            extra_id: either(self.extra_id, given.extra_id)?,
            workspace_id: either(self.workspace_id, given.workspace_id)?,
            generation_delay: either(self.generation_delay, given.generation_delay)?,
            billed_size: either(self.billed_size, given.billed_size)?,
            ..self.clone()
        })
    }

    /// Everything that the event says, as integers.
    fn integers(&self) -> impl Iterator<Item = i64> {
        let unique_id = match &self.unique_id {
            Cell::Integer(integer) => *integer,
            _ => i64::MIN,
        };
        let optional = [
            self.device_name_id,
            self.action_type_id,
            self.command_line_id,
            self.pid,
            self.creation_delay,
            self.additional_fields_id,
            self.app_guard_container_id,
            self.extra_id,
            self.workspace_id,
            self.generation_delay,
            self.billed_size.map(|size| size.to_bits() as i64),
        ];
        let always = [self.image_id, self.logon_id, self.initiating_process_id, unique_id];
        optional.into_iter().map(|value| value.unwrap_or(i64::MIN)).chain(always)
    }
}

/// The value that one side has or both share; None where they differ.
fn either<T: PartialEq>(stored: Option<T>, given: Option<T>) -> Option<Option<T>> {
    match (stored, given) {
        (Some(a), Some(b)) if a != b => None,
        (stored, given) => Some(stored.or(given)),
    }
}

/// Turns an event into its row; contents that the case lacks become entries of `interner`.
pub fn encode(event: &ProcessEvent<'_>, interner: &mut Interner) -> rusqlite::Result<EventRow> {
    let created = &event.created;
    let mut row = EventRow {
        time: event.time.ticks(),
        device_id: intern_device(&event.device, interner)?,
        report_id: event.report_id,
        device_name_id: intern_text(event.device.name, interner)?,
        action_type_id: intern_text(event.action_type, interner)?,
        image_id: intern_image(&created.image, interner)?,
        command_line_id: intern_command_line(created.command_line, interner)?,
        logon_id: intern_logon(&created.logon, interner)?,
        initiating_process_id: intern_initiating_process(&event.initiating, interner)?,
        pid: created.pid,
        creation_delay: created.creation_time.map(|t| event.time.ticks() - t.ticks()),
        unique_id: number_or_text(created.unique_id),
        additional_fields_id: intern_text(event.additional_fields, interner)?,
        app_guard_container_id: intern_text(event.app_guard_container_id, interner)?,
        extra_id: intern_text(event.extra, interner)?,
        workspace_id: intern_workspace(event, interner)?,
        generation_delay: event.time_generated.map(|t| t.ticks() - event.time.ticks()),
        billed_size: event.billed_size,
        content_hash: None,
    };
    if row.report_id.is_none() {
        // A key that is only text leaves the integers: give it a number like any other text.
        let unique_id = match &row.unique_id {
            Cell::Text(text) => intern_text(text, interner)?,
            _ => None,
        };
        row.content_hash = Some(interner.hash_integers(row.integers().chain(unique_id)));
    }
    Ok(row)
}

/// A device is known by its id, and without one by its name in lower case.
fn intern_device(device: &Device<'_>, interner: &mut Interner) -> rusqlite::Result<i64> {
    if !device.id.is_empty() {
        return interner.intern(Table::Device, &[Cell::Text(device.id), Cell::Text("")]);
    }
    interner.intern(Table::Device, &[Cell::Text(""), Cell::Text(&device.name.to_lowercase())])
}

fn intern_text(text: &str, interner: &mut Interner) -> rusqlite::Result<Option<i64>> {
    match text {
        "" => Ok(None),
        _ => interner.intern(Table::Text, &[Cell::Text(text)]).map(Some),
    }
}

fn intern_command_line(text: &str, interner: &mut Interner) -> rusqlite::Result<Option<i64>> {
    match text {
        "" => Ok(None),
        _ => interner.intern(Table::CommandLine, &[Cell::Text(text)]).map(Some),
    }
}

fn intern_image(image: &Image<'_>, interner: &mut Interner) -> rusqlite::Result<i64> {
    let cells = [
        Cell::Text(image.file_name),
        Cell::Text(image.folder_path),
        Cell::Text(image.sha1),
        Cell::Text(image.sha256),
        Cell::Text(image.md5),
        image.size_bytes.into(),
        Cell::Text(image.company_name),
        Cell::Text(image.product_name),
        Cell::Text(image.product_version),
        Cell::Text(image.internal_file_name),
        Cell::Text(image.original_file_name),
        Cell::Text(image.file_description),
    ];
    interner.intern(Table::Image, &cells)
}

fn intern_logon(logon: &Logon<'_>, interner: &mut Interner) -> rusqlite::Result<i64> {
    interner.intern_part(Table::Logon as u8, logon, |interner| {
        let account = &logon.account;
        let account =
            [account.domain, account.name, account.sid, account.upn, account.object_id].map(Cell::Text);
        let cells = [
            Cell::Integer(interner.intern(Table::Account, &account)?),
            logon.logon_id.into(),
            intern_text(logon.integrity_level, interner)?.into(),
            intern_text(logon.token_elevation, interner)?.into(),
            logon.session_id.into(),
            logon.is_remote.map(i64::from).into(),
            intern_text(logon.remote_device_name, interner)?.into(),
            intern_text(logon.remote_ip, interner)?.into(),
        ];
        interner.intern(Table::Logon, &cells)
    })
}

fn intern_initiating_process(
    initiating: &InitiatingProcess<'_>,
    interner: &mut Interner,
) -> rusqlite::Result<i64> {
    interner.intern_part(Table::InitiatingProcess as u8, initiating, |interner| {
        let Process { image, command_line, pid, creation_time, unique_id, logon } = &initiating.process;
        let ticks = |time: Option<Timestamp>| time.map(Timestamp::ticks).into();
        let unique_id = number_or_text(unique_id);
        let cells = [
            Cell::Integer(intern_image(image, interner)?),
            intern_command_line(command_line, interner)?.into(),
            Cell::Integer(intern_logon(logon, interner)?),
            (*pid).into(),
            ticks(*creation_time),
            borrowed(&unique_id),
            initiating.parent_pid.into(),
            intern_text(initiating.parent_file_name, interner)?.into(),
            ticks(initiating.parent_creation_time),
            intern_text(initiating.signer_type, interner)?.into(),
            intern_text(initiating.signature_status, interner)?.into(),
        ];
        interner.intern(Table::InitiatingProcess, &cells)
    })
}

fn intern_workspace(event: &ProcessEvent<'_>, interner: &mut Interner) -> rusqlite::Result<Option<i64>> {
    let workspace = &event.workspace;
    let texts = [
        workspace.tenant_id,
        workspace.machine_group,
        workspace.source_system,
        workspace.table_type,
        workspace.is_billable,
    ];
    if texts.iter().all(|text| text.is_empty()) {
        return Ok(None);
    }
    interner.intern(Table::Workspace, &texts.map(Cell::Text)).map(Some)
}

/// The number that a text is the plain decimal form of, else the text.
fn number_or_text(text: &str) -> Cell<Box<str>> {
    if text.is_empty() {
        return Cell::Null;
    }
    let is_plain = text.len() < 19
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    match text.parse() {
        Ok(number) if is_plain => Cell::Integer(number),
        _ => Cell::Text(text.into()),
    }
}

fn borrowed(cell: &Cell<Box<str>>) -> Cell<&str> {
    match cell {
        Cell::Null => Cell::Null,
        Cell::Integer(integer) => Cell::Integer(*integer),
        Cell::Text(text) => Cell::Text(text),
    }
}
