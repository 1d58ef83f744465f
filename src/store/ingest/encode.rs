//! Turns events into rows of `process_event`, and their contents into numbers.

use rusqlite::OptionalExtension;

use super::content::{content_of, hash_content, with_report_id};
use super::doubt::{Doubts, Repeat, Standing};
use super::interner::Interner;
use super::names::DeviceNames;
use super::occurrence::Occurrences;
use super::recent::Recent;
use super::row::{Content, EventRow, Stored};
use super::table::{Cell, Table};
use crate::event::{
    Fault, Fields, Image, InitiatingProcess, Logon, Moment, Part, Process, ProcessEvent, Timestamp,
};
use crate::store::query;

/// How many settings, and how many programs, are known at least, of those met last.
const KNOWN_PARTS: usize = 1 << 16;

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
    /// By what the row is known, where it has no number for its ReportId.
    pub content: Option<Content>,
    /// What is to be kept of a row that agrees with an event of the case.
    pub repeat: Option<Repeat>,
}

/// Turns events into their rows.
///
/// Most events share their setting and program with others. These parts are recognized by a hash of what the row says
/// there, and only read when this import has not met them lately.
pub struct Encoder {
    interner: Interner,
    doubts: Doubts,
    names: DeviceNames,
    occurrences: Occurrences,
    settings: Recent<Setting>,
    images: Recent<i64>,
}

impl Encoder {
    /// An encoder that has met nothing.
    pub fn new(interner: Interner, doubts: Doubts) -> Self {
        Self {
            interner,
            doubts,
            names: DeviceNames::default(),
            occurrences: Occurrences::default(),
            settings: Recent::new(KNOWN_PARTS),
            images: Recent::new(KNOWN_PARTS),
        }
    }

    /// What is open of the case's events.
    pub fn doubts(&self) -> &Doubts {
        &self.doubts
    }

    /// The names that devices had.
    pub fn names(&self) -> &DeviceNames {
        &self.names
    }

    /// Where the contents that the case lacks become entries.
    pub fn interner(&mut self) -> &mut Interner {
        &mut self.interner
    }

    /// What an event becomes, or the first value that its column cannot hold.
    ///
    /// # Errors
    /// The case's database.
    pub fn encode(
        &mut self,
        fields: &Fields<'_>,
        is_in_order: bool,
    ) -> rusqlite::Result<Result<Encoded, Fault>> {
        let [setting_key, image_key] =
            Part::ALL.map(|part| self.interner.hash(|bytes| fields.identify(part, bytes)));
        let standing = Standing { is_in_order, columns: fields.columns() };
        if let (Some(setting), Some(image_id)) = (self.settings.get(setting_key), self.images.get(image_key))
            && let Ok(moment @ Moment { report_id: Some(_), .. }) = fields.to_moment()
        {
            let stored = self.stored(setting.device_id, &moment)?;
            if let Some(stored) = &stored {
                seed(&stored.row.own_contents(), &mut self.interner)?;
            }
            let row = self.assemble(&moment, setting, image_id)?;
            match stored {
                None => return Ok(Ok(encoded(&moment, setting, Some(row)))),
                Some(stored) if stored.row.covers(&row) => {
                    let repeat = self.doubts.repeat(stored.origin, row.covers(&stored.row), standing);
                    return Ok(Ok(Encoded { repeat, ..encoded(&moment, setting, None) }));
                }
                // The case may have the same contents under other numbers.
                Some(_) => {}
            }
        }
        match fields.to_event() {
            Ok(event) => {
                self.occurrences.enter(fields.part())?;
                let extra = with_report_id(&event);
                let event = ProcessEvent { extra: extra.as_deref().unwrap_or(event.extra), ..event };
                self.encode_whole(&event, (setting_key, image_key), standing).map(Ok)
            }
            Err(fault) => Ok(Err(fault)),
        }
    }

    /// The same of an event all of whose values were read.
    fn encode_whole(
        &mut self,
        event: &ProcessEvent<'_>,
        (setting_key, image_key): (u128, u128),
        standing: Standing,
    ) -> rusqlite::Result<Encoded> {
        let moment = event.moment();
        let device_id = self.interner.intern_device(&event.device)?;
        let content = content_of(event);
        let content_hash = match content {
            Some(content @ Content::Whole) => {
                Some(self.occurrences.next(hash_content(&mut self.interner, content, event))?)
            }
            Some(content) => Some(hash_content(&mut self.interner, content, event)),
            None => None,
        };
        let stored = match content_hash {
            Some(content_hash) => self.stored_by_content(device_id, moment.time, content_hash)?,
            None => self.stored(device_id, &moment)?,
        };
        let has_device_id = !event.device.id.is_empty();
        if let (Some(stored), Some(Content::Whole)) = (&stored, content) {
            let repeat = self.doubts.repeat(stored.origin, true, standing);
            let (time, has_report_id) = (moment.time, false);
            return Ok(Encoded { time, has_report_id, has_device_id, row: None, content, repeat });
        }
        if let Some(stored) = &stored {
            seed(&stored.row.own_contents(), &mut self.interner)?;
            seed(&stored.row.shared_contents(), &mut self.interner)?;
        }
        let (setting, image_id) = self.intern_parts(event)?;
        self.settings.insert(setting_key, setting);
        self.images.insert(image_key, image_id);
        let row = EventRow { content_hash, ..self.assemble(&moment, setting, image_id)? };
        let agreeing = stored.filter(|stored| stored.row.fill(&row).is_some());
        let is_known = agreeing.as_ref().is_some_and(|stored| stored.row.covers(&row));
        let repeat = agreeing.and_then(|stored| {
            let says_all = row.covers(&stored.row);
            match is_known {
                true => self.doubts.repeat(stored.origin, says_all, standing),
                false => self.doubts.confirm(stored.origin, says_all, standing),
            }
        });
        Ok(Encoded {
            time: moment.time,
            has_report_id: content != Some(Content::Whole),
            has_device_id,
            row: (!is_known).then_some(row),
            content,
            repeat,
        })
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
        self.names.see(device_id, &event.device);
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

    /// The event of this key that the case had before the import, if it has a number for its ReportId.
    fn stored(&self, device_id: i64, moment: &Moment<'_>) -> rusqlite::Result<Option<Stored>> {
        let time = moment.time.ticks();
        let Some(report_id) = moment.report_id else { return Ok(None) };
        let Some(earlier) = self.interner.earlier_with(device_id, time) else { return Ok(None) };
        let mut statement = earlier.prepare_cached(query!("store/get_process_event_by_key"))?;
        statement.query_row([device_id, time, report_id], Stored::read).optional()
    }

    /// The event of this content that the case had before the import.
    fn stored_by_content(
        &self,
        device_id: i64,
        time: Timestamp,
        content_hash: i64,
    ) -> rusqlite::Result<Option<Stored>> {
        let time = time.ticks();
        let Some(earlier) = self.interner.earlier_with(device_id, time) else { return Ok(None) };
        let mut statement = earlier.prepare_cached(query!("store/get_process_event_by_content"))?;
        statement.query_row([device_id, time, content_hash], Stored::read).optional()
    }
}

/// An event that has a number for its ReportId.
fn encoded(moment: &Moment<'_>, setting: Setting, row: Option<EventRow>) -> Encoded {
    let (time, has_device_id) = (moment.time, setting.has_device_id);
    Encoded { time, has_report_id: true, has_device_id, row, content: None, repeat: None }
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
        Encoder::new(statement.query_row([], |row| Interner::new(row, None)).unwrap(), Doubts::default())
    }

    fn encode(encoder: &mut Encoder, texts: &Texted) -> EventRow {
        encoder.encode(&Fields::new(texts, ""), true).unwrap().unwrap().row.unwrap()
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
            let outcome = encoder.encode(&Fields::new(&faulty, ""), true).unwrap();
            outcome.unwrap_err().to_string()
        };
        let unknown = fault(&mut encoder);
        encode(&mut encoder, &row(1));
        assert_eq!(fault(&mut encoder), unknown);
        assert_eq!(unknown, "ProcessId: \"0x10\" is not a whole number of 64 bits");
    }
}
