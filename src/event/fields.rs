//! One row as texts by column, and how they become a typed event.

use std::fmt;

use super::number::{Whole, is_rounded, read_whole};
use super::*;
use Column as C;

/// The texts of one row, as a reader of exports holds them.
pub trait Texts {
    /// The text in `column`; `""` where the row has nothing.
    fn text(&self, column: Column) -> &str;

    /// Its bytes, for values that are read from them.
    fn bytes(&self, column: Column) -> &[u8] {
        self.text(column).as_bytes()
    }

    /// The text in a column, published or not, that names the row's table; `""` where there is none.
    fn table(&self) -> &str {
        self.text(Column::Type)
    }

    /// Appends bytes that tell what the row says in the columns of `part`. Rows of one export give the same bytes only
    /// where they say the same. A reader that does so in a way of its own begins with another byte than 0.
    fn identify(&self, part: Part, bytes: &mut Vec<u8>) {
        bytes.push(0);
        for column in part.columns() {
            let text = self.bytes(column);
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text);
        }
    }
}

/// One row: its texts, and how they are read.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    texts: &'a dyn Texts,
    /// The row's other columns, as [`ProcessEvent::extra`].
    extra: &'a str,
    /// How the export's values are read; None for texts of ours, which are read as they stand.
    reading: Option<&'a Reading>,
    /// The columns that the row has, filled or not.
    columns: ColumnSet,
    /// Which part of its file it is of.
    part: u64,
    /// The columns whose headings say that their times are in a zone that they do not name.
    local_times: ColumnSet,
    /// Those whose headings say that their times are in UTC.
    utc_times: ColumnSet,
}

/// A value that its column cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The column.
    pub column: Column,
    /// What stood there.
    pub value: String,
    /// What should have.
    pub expected: Expected,
}

/// What a column can hold, where something else stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A time.
    Time,
    /// A time of an event, which is not one of those that stand for none.
    TimeOfEvent,
    /// A whole number.
    WholeNumber,
    /// True or false.
    Truth,
    /// Any number.
    Number,
    /// A device, by its id or its name.
    Device,
    /// The zone: the export says that its times are local. Nothing of the export can be read without it.
    Zone,
    /// What comes first in this date of figures, which has two readings. Nothing of the export can be read without it.
    Order(Timestamp, Timestamp),
    /// A date whose day, or month, comes first.
    DateIn(DateOrder),
    /// A time that clocks showed: they went forward over this one.
    ShownTime,
}

impl Fault {
    /// Whether nothing of the export can be read before something is settled that it does not say of itself.
    pub fn is_unsettled(&self) -> bool {
        matches!(self.expected, Expected::Zone | Expected::Order(..))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "a time such as 2026-05-03T06:40:13.988Z",
            Self::TimeOfEvent => "the time of an event: years 1, 1601 and 9999 stand for no time",
            Self::WholeNumber => "a whole number of 64 bits",
            Self::Truth => "true, false, 1 or 0",
            Self::Number => "a number",
            Self::Device => "it or DeviceName to be filled",
            Self::Zone => "a time with its zone, and this export says that its times are local",
            Self::Order(day_first, month_first) => {
                let text = |time: &Timestamp| time.to_seconds_text();
                return write!(f, "one date: {} or {}", &text(day_first)[..10], &text(month_first)[..10]);
            }
            Self::DateIn(DateOrder::DayFirst) => "a date whose day comes first",
            Self::DateIn(DateOrder::MonthFirst) => "a date whose month comes first",
            Self::ShownTime => "a time that clocks showed in the export's zone: they went forward over it",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value.is_empty() {
            true => write!(f, "{} is empty, expected {}", self.column.name(), self.expected),
            false => write!(f, "{}: {:?} is not {}", self.column.name(), self.value, self.expected),
        }
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_event().fmt(f)
    }
}

impl<'a> Fields<'a> {
    /// The row of these texts. `extra`: its other columns, as [`ProcessEvent::extra`].
    pub fn new(texts: &'a dyn Texts, extra: &'a str) -> Self {
        let (columns, none) = (ColumnSet::ALL, ColumnSet::NONE);
        Self { texts, extra, reading: None, columns, part: 0, local_times: none, utc_times: none }
    }

    /// The same row, which has these columns alone.
    pub fn with_columns(self, columns: ColumnSet) -> Self {
        Self { columns, ..self }
    }

    /// The same row, of this part of its file: each heading among rows begins another.
    pub fn with_part(self, part: u64) -> Self {
        Self { part, ..self }
    }

    /// The same row, whose headings say that the times of some columns are local, of others in UTC.
    pub fn with_zones(self, local_times: ColumnSet, utc_times: ColumnSet) -> Self {
        Self { local_times, utc_times, ..self }
    }

    /// The same row of an export whose values are read so.
    pub fn read_as(self, reading: &'a Reading) -> Self {
        Self { reading: Some(reading), ..self }
    }

    /// The columns whose headings say that their times are local, and those in UTC.
    pub fn zones(&self) -> (ColumnSet, ColumnSet) {
        (self.local_times, self.utc_times)
    }

    /// Which part of its file the row is of.
    pub fn part(&self) -> u64 {
        self.part
    }

    /// The columns that the row has, filled or not.
    pub fn columns(&self) -> ColumnSet {
        self.columns
    }

    /// The row's texts.
    pub fn texts(&self) -> &'a dyn Texts {
        self.texts
    }

    /// Appends bytes that tell what the row says in a part, as [`Texts::identify`].
    pub fn identify(&self, part: Part, bytes: &mut Vec<u8>) {
        // The same time is another under another zone; most exports name none.
        let is_said = !(self.local_times.is_empty() && self.utc_times.is_empty());
        bytes.push(u8::from(is_said));
        if is_said {
            bytes.extend(self.local_times.to_bytes());
            bytes.extend(self.utc_times.to_bytes());
        }
        self.texts.identify(part, bytes);
    }

    /// The text in `column`; a word that stands for nothing is none.
    fn get(&self, column: Column) -> &'a str {
        let text = self.texts.text(column);
        if stands_for_nothing(text) { self.without_word(text) } else { text }
    }

    #[cold]
    fn without_word(&self, word: &'a str) -> &'a str {
        let Some(reading) = self.reading else { return word };
        reading.notice_word(word);
        ""
    }

    /// The text in a column whose ids a spreadsheet may have rounded.
    fn get_id(&self, column: Column) -> &'a str {
        let text = self.get(column);
        match self.reading {
            // One digit, then a point or the exponent: most texts are told by their second character.
            Some(reading)
                if matches!(text.as_bytes().get(1), Some(b'.' | b',' | b'e' | b'E')) && is_rounded(text) =>
            {
                reading.notice(|noticed| &mut noticed.rounded, column, text);
                ""
            }
            // What pandas makes of whole numbers where some are missing.
            Some(_) if text.ends_with(".0") => {
                let digits = &text[..text.len() - 2];
                if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits } else { text }
            }
            _ => text,
        }
    }

    /// The text in a column of numbers, times or truths: more words stand for nothing there.
    fn get_typed(&self, column: Column) -> &'a str {
        let text = self.get(column).trim_matches(char::is_whitespace);
        match self.reading {
            Some(reading) if stands_for_no_value(text) => {
                reading.notice_word(text);
                ""
            }
            _ => text,
        }
    }

    /// Reads the typed event. `Timestamp` may be missing where `TimeGenerated` is not, and then stands for it.
    ///
    /// # Errors
    /// The first value that its column cannot hold, an event without a time, or one without a device.
    pub fn to_event(&self) -> Result<ProcessEvent<'a>, Fault> {
        let (time, time_generated) = self.times()?;
        let device = Device { id: self.get_id(C::DeviceId), name: self.get(C::DeviceName) };
        if device.id.is_empty() && device.name.is_empty() {
            return Err(self.fault(C::DeviceId, Expected::Device));
        }
        let (report_id, report_key) = self.report_id()?;
        Ok(ProcessEvent {
            time,
            device,
            report_id,
            report_key,
            action_type: self.get(C::ActionType),
            created: self.process(&CREATED)?,
            initiating: self.initiating_process()?,
            app_guard_container_id: self.get(C::AppGuardContainerId),
            additional_fields: self.get(C::AdditionalFields),
            workspace: self.workspace(),
            time_generated,
            billed_size: self.real(C::BilledSize)?,
            extra: self.extra,
        })
    }

    /// Reads only what events that share their other parts differ in.
    ///
    /// # Errors
    /// A value that its column cannot hold. Of several it may be another than [`Self::to_event`] names.
    pub fn to_moment(&self) -> Result<Moment<'a>, Fault> {
        let (time, time_generated) = self.times()?;
        Ok(Moment {
            time,
            report_id: self.report_id()?.0,
            command_line: self.get(C::ProcessCommandLine),
            pid: self.long(C::ProcessId)?,
            creation_time: self.time(C::ProcessCreationTime)?,
            unique_id: self.get_id(C::ProcessUniqueId),
            additional_fields: self.get(C::AdditionalFields),
            time_generated,
            billed_size: self.real(C::BilledSize)?,
            extra: self.extra,
        })
    }

    /// When the event was recorded and when it was taken in.
    fn times(&self) -> Result<(Timestamp, Option<Timestamp>), Fault> {
        let time_generated = self.time(C::TimeGenerated)?;
        let time = self.time(C::Timestamp)?.or(time_generated);
        let missing = || match self.get_typed(C::Timestamp) {
            "" => self.fault(C::Timestamp, Expected::Time),
            _ => self.fault(C::Timestamp, Expected::TimeOfEvent),
        };
        Ok((time.ok_or_else(missing)?, time_generated))
    }

    fn initiating_process(&self) -> Result<InitiatingProcess<'a>, Fault> {
        Ok(InitiatingProcess {
            process: self.process(&INITIATING)?,
            parent_pid: self.long(C::InitiatingProcessParentId)?,
            parent_file_name: self.get(C::InitiatingProcessParentFileName),
            parent_creation_time: self.time(C::InitiatingProcessParentCreationTime)?,
            signer_type: self.get(C::InitiatingProcessSignerType),
            signature_status: self.get(C::InitiatingProcessSignatureStatus),
        })
    }

    fn workspace(&self) -> Workspace<'a> {
        Workspace {
            tenant_id: self.get(C::TenantId),
            machine_group: self.get(C::MachineGroup),
            source_system: self.get(C::SourceSystem),
            table_type: self.get(C::Type),
            is_billable: self.get(C::IsBillable),
        }
    }

    fn process(&self, columns: &ProcessColumns) -> Result<Process<'a>, Fault> {
        let text = |column| self.get(column);
        let [file_name, folder_path, sha1, sha256, md5] = columns.file.map(text);
        let [
            company_name,
            product_name,
            product_version,
            internal_file_name,
            original_file_name,
            file_description,
        ] = columns.version.map(text);
        let [domain, name, sid, upn, object_id] = columns.account.map(text);
        Ok(Process {
            image: Image {
                file_name,
                folder_path,
                sha1,
                sha256,
                md5,
                size_bytes: self.long(columns.file_size)?,
                company_name,
                product_name,
                product_version,
                internal_file_name,
                original_file_name,
                file_description,
            },
            command_line: text(columns.command_line),
            pid: self.long(columns.pid)?,
            creation_time: self.time(columns.creation_time)?,
            unique_id: self.get_id(columns.unique_id),
            logon: Logon {
                account: Account { domain, name, sid, upn, object_id },
                logon_id: self.long(columns.logon_id)?,
                integrity_level: text(columns.integrity_level),
                token_elevation: text(columns.token_elevation),
                session_id: self.long(columns.session_id)?,
                is_remote: self.bool(columns.is_remote)?,
                remote_device_name: text(columns.remote_device_name),
                remote_ip: text(columns.remote_ip),
            },
        })
    }

    fn fault(&self, column: Column, expected: Expected) -> Fault {
        Fault { column, value: self.texts.text(column).to_owned(), expected }
    }

    fn time(&self, column: Column) -> Result<Option<Timestamp>, Fault> {
        let bytes = self.texts.bytes(column);
        if bytes.is_empty() {
            return Ok(None);
        }
        match Timestamp::parse_bytes(bytes) {
            Some((instant, Zone::Stated)) if !instant.stands_for_none() => Ok(Some(instant)),
            read => self.unusual_time(column, read),
        }
    }

    /// A time that is no ISO 8601 time with its zone; or one, `read`, that needs a closer look.
    fn unusual_time(
        &self,
        column: Column,
        read: Option<(Timestamp, Zone)>,
    ) -> Result<Option<Timestamp>, Fault> {
        let Some(reading) = self.reading else {
            return read.map(|(instant, _)| Some(instant)).ok_or_else(|| self.fault(column, Expected::Time));
        };
        let spelled = match read {
            Some((instant, Zone::Stated)) => Spelled::Instant(instant),
            Some((local, Zone::Assumed)) => Spelled::Local(local),
            None => match self.get_typed(column) {
                "" => return Ok(None),
                text => Spelled::read(text).ok_or_else(|| self.fault(column, Expected::Time))?,
            },
        };
        let instant = match self.in_order(spelled, column, reading)? {
            Spelled::Instant(instant) => Some(instant),
            Spelled::Local(local) if !local.stands_for_none() => Some(self.in_zone(local, column, reading)?),
            _ => None,
        };
        let instant = instant.filter(|instant| !instant.stands_for_none());
        if instant.is_none() {
            reading.notice(|noticed| &mut noticed.no_time, column, self.texts.text(column));
        }
        Ok(instant)
    }

    /// A time whose date has one reading.
    fn in_order(&self, spelled: Spelled, column: Column, reading: &Reading) -> Result<Spelled, Fault> {
        match (reading.order, spelled) {
            (Some(order), _) => {
                spelled.in_order(order).ok_or_else(|| self.fault(column, Expected::DateIn(order)))
            }
            (None, Spelled::Figures { day_first, month_first }) => {
                // Where there is but one reading, the rest of the export has a say in it all the same.
                let either = day_first.or(month_first).unwrap_or_default();
                let readings = (day_first.unwrap_or(either), month_first.unwrap_or(either));
                Err(self.fault(column, Expected::Order(readings.0, readings.1)))
            }
            (None, _) => Ok(spelled),
        }
    }

    /// The instant of a local time.
    fn in_zone(&self, local: Timestamp, column: Column, reading: &Reading) -> Result<Timestamp, Fault> {
        if self.utc_times.has(column) {
            return Ok(local);
        }
        if self.local_times.has(column) && reading.zone.is_none() {
            return Err(self.fault(column, Expected::Zone));
        }
        let text = self.texts.text(column);
        reading.notice(|noticed| &mut noticed.without_zone, column, text);
        match reading.zone.unwrap_or(TimeZone::UTC).instant_of(local) {
            Local::Once(instant) => Ok(instant),
            Local::Twice(first) => {
                reading.notice(|noticed| &mut noticed.twice, column, text);
                Ok(first)
            }
            Local::Never => Err(self.fault(column, Expected::ShownTime)),
        }
    }

    /// The ReportId, as a number or, where it is a hexadecimal one, as its text.
    fn report_id(&self) -> Result<(Option<i64>, &'a str), Fault> {
        match (self.long(C::ReportId), self.reading) {
            (Ok(number), _) => Ok((number, "")),
            (Err(_), None) => Ok((None, self.get(C::ReportId))),
            (Err(fault), Some(reading)) => {
                let text = self.get_typed(C::ReportId);
                let digits = text.strip_prefix("0x").or(text.strip_prefix("0X")).unwrap_or(text);
                let is_key = digits.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
                if !is_key || digits.len() > LONGEST_REPORT_KEY {
                    return Err(fault);
                }
                reading.notice(|noticed| &mut noticed.text_report_id, C::ReportId, text);
                Ok((None, text))
            }
        }
    }

    /// Whole numbers, in all the ways in which exports write them.
    fn long(&self, column: Column) -> Result<Option<i64>, Fault> {
        let bytes = self.texts.bytes(column);
        if bytes.is_empty() {
            return Ok(None);
        }
        if let Some(number) = parse_digits(bytes) {
            return Ok(Some(number));
        }
        let text = self.get_typed(column);
        match (text, read_whole(text), self.reading) {
            ("", _, _) => Ok(None),
            (_, Some(Whole::Number(number)), _) => Ok(Some(number)),
            (_, Some(Whole::Rounded), Some(reading)) => {
                reading.notice(|noticed| &mut noticed.rounded, column, text);
                Ok(None)
            }
            _ => Err(self.fault(column, Expected::WholeNumber)),
        }
    }

    fn bool(&self, column: Column) -> Result<Option<bool>, Fault> {
        match self.texts.text(column) {
            "" => Ok(None),
            "0" | "false" | "False" => Ok(Some(false)),
            "1" | "true" | "True" => Ok(Some(true)),
            _ => match self.get_typed(column) {
                "" => Ok(None),
                "0" | "0.0" => Ok(Some(false)),
                "1" | "1.0" => Ok(Some(true)),
                text if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
                text if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
                _ => Err(self.fault(column, Expected::Truth)),
            },
        }
    }

    fn real(&self, column: Column) -> Result<Option<f64>, Fault> {
        if self.texts.bytes(column).is_empty() {
            return Ok(None);
        }
        match self.get_typed(column) {
            "" => Ok(None),
            text => text
                .parse()
                .ok()
                .filter(|n: &f64| n.is_finite())
                .map(Some)
                .ok_or_else(|| self.fault(column, Expected::Number)),
        }
    }
}

/// Words that stand for nothing in columns that hold no texts. `NaT` is what pandas writes for no time, and `None` what
/// Python does.
const NO_VALUES: [&str; 5] = ["null", "NaN", "N/A", "NaT", "None"];

/// Whether a whole cell stands for nothing, in whatever column: so Kibana and others write what is missing.
pub fn stands_for_nothing(text: &str) -> bool {
    match text.len() {
        1 => text == "-",
        6 => text == "(null)",
        _ => false,
    }
}

/// Whether it stands for nothing in a column of numbers, times or truths.
pub fn stands_for_no_value(text: &str) -> bool {
    stands_for_nothing(text) || NO_VALUES.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The longest ReportId that is kept as a text.
const LONGEST_REPORT_KEY: usize = 64;

/// The number that up to 18 digits make.
fn parse_digits(digits: &[u8]) -> Option<i64> {
    let is_plain = digits.len() <= 18 && digits.iter().all(u8::is_ascii_digit);
    is_plain.then(|| digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// Which columns describe a process: the same set once for the created and once for the initiating one.
struct ProcessColumns {
    /// Name, folder, SHA-1, SHA-256, MD5.
    file: [Column; 5],
    file_size: Column,
    /// Company, product, version, internal name, original name, description.
    version: [Column; 6],
    command_line: Column,
    pid: Column,
    creation_time: Column,
    unique_id: Column,
    /// Domain, name, SID, UPN, object id.
    account: [Column; 5],
    logon_id: Column,
    integrity_level: Column,
    token_elevation: Column,
    session_id: Column,
    is_remote: Column,
    remote_device_name: Column,
    remote_ip: Column,
}

const CREATED: ProcessColumns = ProcessColumns {
    file: [C::FileName, C::FolderPath, C::Sha1, C::Sha256, C::Md5],
    file_size: C::FileSize,
    version: [
        C::ProcessVersionInfoCompanyName,
        C::ProcessVersionInfoProductName,
        C::ProcessVersionInfoProductVersion,
        C::ProcessVersionInfoInternalFileName,
        C::ProcessVersionInfoOriginalFileName,
        C::ProcessVersionInfoFileDescription,
    ],
    command_line: C::ProcessCommandLine,
    pid: C::ProcessId,
    creation_time: C::ProcessCreationTime,
    unique_id: C::ProcessUniqueId,
    account: [C::AccountDomain, C::AccountName, C::AccountSid, C::AccountUpn, C::AccountObjectId],
    logon_id: C::LogonId,
    integrity_level: C::ProcessIntegrityLevel,
    token_elevation: C::ProcessTokenElevation,
    session_id: C::CreatedProcessSessionId,
    is_remote: C::IsProcessRemoteSession,
    remote_device_name: C::ProcessRemoteSessionDeviceName,
    remote_ip: C::ProcessRemoteSessionIp,
};

const INITIATING: ProcessColumns = ProcessColumns {
    file: [
        C::InitiatingProcessFileName,
        C::InitiatingProcessFolderPath,
        C::InitiatingProcessSha1,
        C::InitiatingProcessSha256,
        C::InitiatingProcessMd5,
    ],
    file_size: C::InitiatingProcessFileSize,
    version: [
        C::InitiatingProcessVersionInfoCompanyName,
        C::InitiatingProcessVersionInfoProductName,
        C::InitiatingProcessVersionInfoProductVersion,
        C::InitiatingProcessVersionInfoInternalFileName,
        C::InitiatingProcessVersionInfoOriginalFileName,
        C::InitiatingProcessVersionInfoFileDescription,
    ],
    command_line: C::InitiatingProcessCommandLine,
    pid: C::InitiatingProcessId,
    creation_time: C::InitiatingProcessCreationTime,
    unique_id: C::InitiatingProcessUniqueId,
    account: [
        C::InitiatingProcessAccountDomain,
        C::InitiatingProcessAccountName,
        C::InitiatingProcessAccountSid,
        C::InitiatingProcessAccountUpn,
        C::InitiatingProcessAccountObjectId,
    ],
    logon_id: C::InitiatingProcessLogonId,
    integrity_level: C::InitiatingProcessIntegrityLevel,
    token_elevation: C::InitiatingProcessTokenElevation,
    session_id: C::InitiatingProcessSessionId,
    is_remote: C::IsInitiatingProcessRemoteSession,
    remote_device_name: C::InitiatingProcessRemoteSessionDeviceName,
    remote_ip: C::InitiatingProcessRemoteSessionIp,
};

#[cfg(test)]
mod tests;
