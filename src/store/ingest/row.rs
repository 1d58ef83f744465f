//! One row of `process_event`: how it is read, written, completed and compared.

use rusqlite::{Row, Statement, ToSql, named_params};

use super::table::{Cell, Table};

/// How many columns `process_event` has besides the event's number.
pub const COLUMNS: usize = 21;

/// By what an event is known that has no number for its ReportId.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// By all that it says: another event of this content says nothing else.
    Whole,
    /// By its ReportId, which is a text.
    ReportId,
}

/// An event that the case holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub origin: Origin,
    pub row: EventRow,
}

/// Where an event of the case comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub event_id: i64,
    /// The import that brought it, and the line of its row there.
    pub import_id: i64,
    pub line: i64,
}

impl Stored {
    /// Reads a row of `get_process_event_by_key` or of `get_process_event_by_content`.
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (event_id, import_id) = (row.get("event_id")?, row.get("import_id")?);
        let origin = Origin { event_id, import_id, line: row.get("line")? };
        Ok(Self { origin, row: EventRow::read(row)? })
    }
}

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
    /// Of an event without a number for its ReportId: by what it is known besides device and time.
    pub content_hash: Option<i64>,
}

impl EventRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
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

    /// Binds the values and where they come from to the parameters behind the first `before`, in the order of
    /// `insert_process_event`: by position, since this is the innermost loop.
    pub fn bind(
        &self,
        statement: &mut Statement<'_>,
        before: usize,
        (import_id, line): (i64, u64),
    ) -> rusqlite::Result<()> {
        let integers = [
            (1, Some(self.time)),
            (2, Some(self.device_id)),
            (3, self.report_id),
            (4, self.device_name_id),
            (5, self.action_type_id),
            (6, Some(self.image_id)),
            (7, self.command_line_id),
            (8, Some(self.logon_id)),
            (9, Some(self.initiating_process_id)),
            (10, self.pid),
            (11, self.creation_delay),
            (13, self.additional_fields_id),
            (14, self.app_guard_container_id),
            (15, self.extra_id),
            (16, self.workspace_id),
            (17, self.generation_delay),
            (19, self.content_hash),
            (20, Some(import_id)),
            (COLUMNS, Some(line as i64)),
        ];
        for (index, value) in integers {
            statement.raw_bind_parameter(before + index, value)?;
        }
        match &self.unique_id {
            Cell::Null => statement.raw_bind_parameter(before + 12, None::<i64>)?,
            Cell::Integer(integer) => statement.raw_bind_parameter(before + 12, integer)?,
            Cell::Text(text) => statement.raw_bind_parameter(before + 12, &**text)?,
        }
        statement.raw_bind_parameter(before + 18, self.billed_size)
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

    /// The bytes of the text that stands in the row itself.
    pub fn own_bytes(&self) -> usize {
        match &self.unique_id {
            Cell::Text(text) => text.len(),
            Cell::Null | Cell::Integer(_) => 0,
        }
    }

    /// The contents that are not those of a setting or program.
    pub fn own_contents(&self) -> [(Table, Option<i64>); 3] {
        [
            (Table::CommandLine, self.command_line_id),
            (Table::Text, self.additional_fields_id),
            (Table::Text, self.extra_id),
        ]
    }

    /// The contents that are those of a setting or program.
    pub fn shared_contents(&self) -> [(Table, Option<i64>); 7] {
        [
            (Table::Image, Some(self.image_id)),
            (Table::Logon, Some(self.logon_id)),
            (Table::InitiatingProcess, Some(self.initiating_process_id)),
            (Table::Workspace, self.workspace_id),
            (Table::Text, self.device_name_id),
            (Table::Text, self.action_type_id),
            (Table::Text, self.app_guard_container_id),
        ]
    }

    /// Whether `given`, a row of the same key, says nothing more.
    pub fn covers(&self, given: &Self) -> bool {
        self.fill(given).as_ref() == Some(self)
    }
}

/// The value that one side has or both share; None where they differ.
fn either<T: PartialEq>(stored: Option<T>, given: Option<T>) -> Option<Option<T>> {
    match (stored, given) {
        (Some(a), Some(b)) if a != b => None,
        (stored, given) => Some(stored.or(given)),
    }
}
