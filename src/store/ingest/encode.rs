//! An event as the row of numbers that `process_event` holds.

use std::hash::{Hash, Hasher};

use rusqlite::{OptionalExtension, Row, Statement, ToSql, named_params};

use super::interner::Interner;
use super::recent::Recent;
use super::table::{Cell, Table};
use crate::event::{
    Fault, Fields, Image, InitiatingProcess, Logon, Moment, Part, Process, ProcessEvent, Timestamp,
};
use crate::store::query;

/// How many settings, and how many programs, are known at least, of those met last.
const KNOWN_PARTS: usize = 1 << 16;

/// How many columns `process_event` has besides the event's number.
pub const COLUMNS: usize = 21;

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
    fn own_contents(&self) -> [(Table, Option<i64>); 3] {
        [
            (Table::CommandLine, self.command_line_id),
            (Table::Text, self.additional_fields_id),
            (Table::Text, self.extra_id),
        ]
    }

    /// The contents that are those of a setting or program.
    fn shared_contents(&self) -> [(Table, Option<i64>); 7] {
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
    fn covers(&self, given: &Self) -> bool {
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

/// What an event shares with the others of its setting, as numbers.
#[derive(Debug, Clone, Copy)]
struct Setting {
    has_device_id: bool,
    device_id: i64,
    device_name_id: Option<i64>,
    action_type_id: Option<i64>,
    logon_id: i64,
    initiating_process_id: i64,
    app_guard_container_id: Option<i64>,
    workspace_id: Option<i64>,
}

/// What an event becomes.
#[derive(Debug)]
pub struct Encoded {
    /// When it was recorded.
    pub time: Timestamp,
    pub has_report_id: bool,
    /// Whether it names its device by an id.
    pub has_device_id: bool,
    /// Its row; None where the case has the event, and this says nothing more.
    pub row: Option<EventRow>,
}

/// Turns events into their rows.
///
/// Most events share their setting and program with others. These parts are recognized by a hash of what the row says
/// there, and only read when this import has not met them lately.
pub struct Encoder {
    interner: Interner,
    settings: Recent<Setting>,
    images: Recent<i64>,
}

impl Encoder {
    /// An encoder that has met nothing.
    pub fn new(interner: Interner) -> Self {
        Self { interner, settings: Recent::new(KNOWN_PARTS), images: Recent::new(KNOWN_PARTS) }
    }

    /// Where the contents that the case lacks become entries.
    pub fn interner(&mut self) -> &mut Interner {
        &mut self.interner
    }

    /// What an event becomes, or the first value that its column cannot hold.
    ///
    /// # Errors
    /// The case's database.
    pub fn encode(&mut self, fields: &Fields<'_>) -> rusqlite::Result<Result<Encoded, Fault>> {
        let [setting_key, image_key] =
            Part::ALL.map(|part| self.interner.hash(|bytes| fields.identify(part, bytes)));
        if let (Some(setting), Some(image_id)) = (self.settings.get(setting_key), self.images.get(image_key))
            && let Ok(moment @ Moment { report_id: Some(_), .. }) = fields.to_moment()
        {
            let stored = self.stored(setting.device_id, &moment)?;
            if let Some(stored) = &stored {
                seed(&stored.own_contents(), &mut self.interner)?;
            }
            let row = self.assemble(&moment, setting, image_id)?;
            match stored {
                None => return Ok(Ok(encoded(&moment, setting, Some(row)))),
                Some(stored) if stored.covers(&row) => return Ok(Ok(encoded(&moment, setting, None))),
                // The case may have the same contents under other numbers.
                Some(_) => {}
            }
        }
        match fields.to_event() {
            Ok(event) => self.encode_whole(&event, setting_key, image_key).map(Ok),
            Err(fault) => Ok(Err(fault)),
        }
    }

    /// The same of an event all of whose values were read.
    fn encode_whole(
        &mut self,
        event: &ProcessEvent<'_>,
        setting_key: u128,
        image_key: u128,
    ) -> rusqlite::Result<Encoded> {
        let moment = event.moment();
        let device_id = self.interner.intern_device(&event.device)?;
        // Only the whole content tells events without ReportId apart.
        let content_hash = moment.report_id.is_none().then(|| self.interner.hash_value(&Content(event)));
        if let Some(content_hash) = content_hash
            && self.has_content(device_id, moment.time, content_hash)?
        {
            let has_device_id = !event.device.id.is_empty();
            return Ok(Encoded { time: moment.time, has_report_id: false, has_device_id, row: None });
        }
        let stored = self.stored(device_id, &moment)?;
        if let Some(stored) = &stored {
            seed(&stored.own_contents(), &mut self.interner)?;
            seed(&stored.shared_contents(), &mut self.interner)?;
        }
        let (setting, image_id) = self.intern_parts(event)?;
        self.settings.insert(setting_key, setting);
        self.images.insert(image_key, image_id);
        let row = EventRow { content_hash, ..self.assemble(&moment, setting, image_id)? };
        let is_known = stored.is_some_and(|stored| stored.covers(&row));
        Ok(encoded(&moment, setting, (!is_known).then_some(row)))
    }

    /// The row of an event that the case is known to have, and that has a ReportId.
    ///
    /// # Errors
    /// The case's database.
    pub fn encode_event(&mut self, event: &ProcessEvent<'_>) -> rusqlite::Result<EventRow> {
        let (setting, image_id) = self.intern_parts(event)?;
        self.assemble(&event.moment(), setting, image_id)
    }

    fn intern_parts(&mut self, event: &ProcessEvent<'_>) -> rusqlite::Result<(Setting, i64)> {
        let device_id = self.interner.intern_device(&event.device)?;
        let setting = intern_setting(event, device_id, &mut self.interner)?;
        Ok((setting, intern_image(&event.created.image, &mut self.interner)?))
    }

    fn assemble(
        &mut self,
        moment: &Moment<'_>,
        setting: Setting,
        image_id: i64,
    ) -> rusqlite::Result<EventRow> {
        let interner = &mut self.interner;
        let ticks = moment.time.ticks();
        Ok(EventRow {
            time: ticks,
            device_id: setting.device_id,
            report_id: moment.report_id,
            device_name_id: setting.device_name_id,
            action_type_id: setting.action_type_id,
            image_id,
            command_line_id: intern_command_line(moment.command_line, interner)?,
            logon_id: setting.logon_id,
            initiating_process_id: setting.initiating_process_id,
            pid: moment.pid,
            creation_delay: moment.creation_time.map(|time| ticks - time.ticks()),
            unique_id: number_or_text(moment.unique_id),
            additional_fields_id: intern_text(moment.additional_fields, interner)?,
            app_guard_container_id: setting.app_guard_container_id,
            extra_id: intern_text(moment.extra, interner)?,
            workspace_id: setting.workspace_id,
            generation_delay: moment.time_generated.map(|time| time.ticks() - ticks),
            billed_size: moment.billed_size,
            content_hash: None,
        })
    }

    /// The event of this key that the case had before the import, if it has a ReportId.
    fn stored(&self, device_id: i64, moment: &Moment<'_>) -> rusqlite::Result<Option<EventRow>> {
        let time = moment.time.ticks();
        let Some(report_id) = moment.report_id else { return Ok(None) };
        let Some(earlier) = self.interner.earlier_with(device_id, time) else { return Ok(None) };
        let mut statement = earlier.prepare_cached(query!("store/get_process_event_by_key"))?;
        statement.query_row([device_id, time, report_id], EventRow::read).optional()
    }

    /// Whether the case had an event without ReportId of this content before the import.
    fn has_content(&self, device_id: i64, time: Timestamp, content_hash: i64) -> rusqlite::Result<bool> {
        let time = time.ticks();
        let Some(earlier) = self.interner.earlier_with(device_id, time) else { return Ok(false) };
        let mut statement = earlier.prepare_cached(query!("store/has_event_content"))?;
        statement.query_row([device_id, time, content_hash], |row| row.get(0))
    }
}

fn encoded(moment: &Moment<'_>, setting: Setting, row: Option<EventRow>) -> Encoded {
    let has_report_id = moment.report_id.is_some();
    Encoded { time: moment.time, has_report_id, has_device_id: setting.has_device_id, row }
}

/// Has contents that the case holds get the numbers that they have there, so that rows can be compared.
fn seed(contents: &[(Table, Option<i64>)], interner: &mut Interner) -> rusqlite::Result<()> {
    for (table, id) in contents {
        if let Some(id) = id {
            interner.seed(*table, *id)?;
        }
    }
    Ok(())
}

/// All that an event says, to be hashed.
pub struct Content<'e>(pub &'e ProcessEvent<'e>);

impl Hash for Content<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let ProcessEvent { time, device, report_id, action_type, created, initiating, .. } = self.0;
        (time, device, report_id, action_type, created, initiating).hash(state);
        let ProcessEvent { app_guard_container_id, additional_fields, workspace, extra, .. } = self.0;
        (app_guard_container_id, additional_fields, workspace, extra).hash(state);
        (self.0.time_generated, self.0.billed_size.map(f64::to_bits)).hash(state);
    }
}

fn intern_setting(
    event: &ProcessEvent<'_>,
    device_id: i64,
    interner: &mut Interner,
) -> rusqlite::Result<Setting> {
    Ok(Setting {
        has_device_id: !event.device.id.is_empty(),
        device_id,
        device_name_id: intern_text(event.device.name, interner)?,
        action_type_id: intern_text(event.action_type, interner)?,
        logon_id: intern_logon(&event.created.logon, interner)?,
        initiating_process_id: intern_initiating_process(&event.initiating, interner)?,
        app_guard_container_id: intern_text(event.app_guard_container_id, interner)?,
        workspace_id: intern_workspace(event, interner)?,
    })
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
    let account = &logon.account;
    let account = [account.domain, account.name, account.sid, account.upn, account.object_id].map(Cell::Text);
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
}

fn intern_initiating_process(
    initiating: &InitiatingProcess<'_>,
    interner: &mut Interner,
) -> rusqlite::Result<i64> {
    let Process { image, command_line, pid, creation_time, unique_id, logon } = &initiating.process;
    let ticks = |time: Option<Timestamp>| time.map(Timestamp::ticks).into();
    let unique_id = number_or_text(unique_id);
    let cells = [
        Cell::Integer(intern_image(image, interner)?),
        intern_command_line(command_line, interner)?.into(),
        Cell::Integer(intern_logon(logon, interner)?),
        (*pid).into(),
        ticks(*creation_time),
        unique_id.borrowed(),
        initiating.parent_pid.into(),
        intern_text(initiating.parent_file_name, interner)?.into(),
        ticks(initiating.parent_creation_time),
        intern_text(initiating.signer_type, interner)?.into(),
        intern_text(initiating.signature_status, interner)?.into(),
    ];
    interner.intern(Table::InitiatingProcess, &cells)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Column, Kind, Texts};
    use crate::store::{Access, Case};

    struct Texted(Vec<String>);

    impl Texts for Texted {
        fn text(&self, column: Column) -> &str {
            &self.0[column as usize]
        }
    }

    /// A value of each column: the same `number` gives the same.
    fn row(number: usize) -> Texted {
        Texted(Column::ALL.iter().map(|column| value(*column, number)).collect())
    }

    fn value(column: Column, number: usize) -> String {
        match column.kind() {
            Kind::String => format!("{} {number}", column.name()),
            Kind::Long => (column as usize * 100 + number).to_string(),
            Kind::Datetime => format!("2026-05-03T00:00:{:02}.{number:07}Z", column as usize % 60),
            Kind::Bool => number.is_multiple_of(2).to_string(),
            Kind::Real => format!("{number}.5"),
        }
    }

    fn encoder(case: &Case) -> Encoder {
        let mut statement = case.connection().prepare(query!("store/get_last_ids")).unwrap();
        Encoder::new(statement.query_row([], |row| Interner::new(row, None)).unwrap())
    }

    fn encode(encoder: &mut Encoder, texts: &Texted) -> EventRow {
        encoder.encode(&Fields::new(texts, "")).unwrap().unwrap().row.unwrap()
    }

    /// The first row of a setting and program is read whole, later ones only where they differ: whatever column they
    /// differ in, that must be seen.
    #[test]
    fn a_row_that_is_recognized_is_the_row_that_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.db"), Access::Create).unwrap();
        let mut encoder = encoder(&case);
        let base = row(1);
        let read = encode(&mut encoder, &base);
        for column in Column::ALL {
            let mut other = row(1);
            other.0[*column as usize] = value(*column, 2);
            let other_read = encode(&mut encoder, &other);
            // A device with an id is not known by its name, but the event has the name.
            assert_ne!(read, other_read, "{}", column.name());
            assert_eq!(encode(&mut encoder, &other), other_read, "{}", column.name());
            assert_eq!(encode(&mut encoder, &base), read, "{}", column.name());
        }
    }

    #[test]
    fn a_fault_is_named_whether_or_not_the_rest_is_recognized() {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.db"), Access::Create).unwrap();
        let mut encoder = encoder(&case);
        let mut faulty = row(1);
        faulty.0[Column::ProcessId as usize] = "0x10".to_owned();
        let fault = |encoder: &mut Encoder| {
            let outcome = encoder.encode(&Fields::new(&faulty, "")).unwrap();
            outcome.unwrap_err().to_string()
        };
        let unknown = fault(&mut encoder);
        encode(&mut encoder, &row(1));
        assert_eq!(fault(&mut encoder), unknown);
        assert_eq!(unknown, "ProcessId: \"0x10\" is not a whole number of 64 bits");
    }
}
