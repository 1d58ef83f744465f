//! One row as texts by column, and how they become a typed event.

use std::fmt;

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
    /// The columns of which the export says that their times are local, one bit each.
    local_times: u128,
}

/// A value that its column cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The column's name.
    pub column: &'static str,
    /// What stood there.
    pub value: String,
    /// What should have.
    pub expected: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value.is_empty() {
            true => write!(f, "{} is empty, expected {}", self.column, self.expected),
            false => write!(f, "{}: {:?} is not {}", self.column, self.value, self.expected),
        }
    }
}

const ISO_TIME: &str = "an ISO 8601 time such as 2026-05-03T06:40:13.988Z";
const ZONED_TIME: &str = "a time with its zone, and this export says that its times are local";
const WHOLE_NUMBER: &str = "a whole number of 64 bits";

const _: () = assert!(Column::COUNT <= u128::BITS as usize, "each column has a bit");

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_event().fmt(f)
    }
}

impl<'a> Fields<'a> {
    /// The row of these texts. `extra`: its other columns, as [`ProcessEvent::extra`].
    pub fn new(texts: &'a dyn Texts, extra: &'a str) -> Self {
        Self { texts, extra, local_times: 0 }
    }

    /// Makes a time without a zone in `column` an error: the export says that its times are local.
    pub fn require_zone(&mut self, column: Column) {
        self.local_times |= 1 << column as usize;
    }

    /// Appends bytes that tell what the row says in a part, as [`Texts::identify`].
    pub fn identify(&self, part: Part, bytes: &mut Vec<u8>) {
        bytes.extend(self.local_times.to_le_bytes());
        self.texts.identify(part, bytes);
    }

    /// The text in `column`.
    fn get(&self, column: Column) -> &'a str {
        self.texts.text(column)
    }

    fn requires_zone(&self, column: Column) -> bool {
        self.local_times >> column as usize & 1 == 1
    }

    /// Reads the typed event. `Timestamp` may be missing where `TimeGenerated` is not, and then stands for it.
    ///
    /// # Errors
    /// The first value that its column cannot hold, an event without a time, or one without a device.
    pub fn to_event(&self) -> Result<ProcessEvent<'a>, Fault> {
        let (time, time_generated) = self.times()?;
        let device = Device { id: self.get(C::DeviceId), name: self.get(C::DeviceName) };
        if device.id.is_empty() && device.name.is_empty() {
            return Err(self.fault(C::DeviceId, "it or DeviceName to be filled"));
        }
        Ok(ProcessEvent {
            time,
            device,
            report_id: self.long(C::ReportId)?,
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
            report_id: self.long(C::ReportId)?,
            command_line: self.get(C::ProcessCommandLine),
            pid: self.long(C::ProcessId)?,
            creation_time: self.time(C::ProcessCreationTime)?,
            unique_id: self.get(C::ProcessUniqueId),
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
        Ok((time.ok_or_else(|| self.fault(C::Timestamp, ISO_TIME))?, time_generated))
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
            unique_id: text(columns.unique_id),
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

    fn fault(&self, column: Column, expected: &'static str) -> Fault {
        Fault { column: column.name(), value: self.get(column).to_owned(), expected }
    }

    fn time(&self, column: Column) -> Result<Option<Timestamp>, Fault> {
        let bytes = self.texts.bytes(column);
        if bytes.is_empty() {
            return Ok(None);
        }
        match Timestamp::parse_bytes(bytes) {
            Some((_, Zone::Assumed)) if self.requires_zone(column) => Err(self.fault(column, ZONED_TIME)),
            Some((instant, _)) => Ok(Some(instant)),
            None => Err(self.fault(column, ISO_TIME)),
        }
    }

    /// Whole numbers, also as pandas writes them (`72192.0`).
    fn long(&self, column: Column) -> Result<Option<i64>, Fault> {
        let bytes = self.texts.bytes(column);
        if bytes.is_empty() {
            return Ok(None);
        }
        if let Some(number) = parse_digits(bytes) {
            return Ok(Some(number));
        }
        let text = self.get(column);
        if let Ok(number) = text.parse() {
            return Ok(Some(number));
        }
        let digits = text.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0'));
        let digits = digits.map_or(text, |(digits, _)| digits);
        digits.parse().map(Some).map_err(|_| self.fault(column, WHOLE_NUMBER))
    }

    fn bool(&self, column: Column) -> Result<Option<bool>, Fault> {
        match self.get(column) {
            "" => Ok(None),
            "0" | "false" | "False" | "FALSE" => Ok(Some(false)),
            "1" | "true" | "True" | "TRUE" => Ok(Some(true)),
            _ => Err(self.fault(column, "true, false, 1 or 0")),
        }
    }

    fn real(&self, column: Column) -> Result<Option<f64>, Fault> {
        match self.get(column) {
            "" => Ok(None),
            text => text
                .parse()
                .ok()
                .filter(|n: &f64| n.is_finite())
                .map(Some)
                .ok_or_else(|| self.fault(column, "a number")),
        }
    }
}

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
mod tests {
    use super::*;

    struct Row([&'static str; Column::COUNT]);

    impl Texts for Row {
        fn text(&self, column: Column) -> &str {
            self.0[column as usize]
        }
    }

    impl Row {
        fn minimal() -> Self {
            let row = Self([""; Column::COUNT]);
            row.with(C::Timestamp, "2026-05-03T00:00:00Z").with(C::DeviceName, "web01")
        }

        fn with(mut self, column: Column, text: &'static str) -> Self {
            self.0[column as usize] = text;
            self
        }

        fn fields(&self) -> Fields<'_> {
            Fields::new(self, "")
        }
    }

    fn fault_of(column: Column, text: &'static str) -> Option<String> {
        let row = Row::minimal().with(column, text);
        row.fields().to_event().err().map(|fault| fault.to_string())
    }

    #[test]
    fn a_fault_names_column_text_and_what_was_expected() {
        assert_eq!(
            fault_of(C::Timestamp, "10/25/2023, 9:43 AM").as_deref(),
            Some(
                "Timestamp: \"10/25/2023, 9:43 AM\" is not an ISO 8601 time such as 2026-05-03T06:40:13.988Z"
            )
        );
        assert_eq!(
            fault_of(C::InitiatingProcessId, "0x3e7").as_deref(),
            Some("InitiatingProcessId: \"0x3e7\" is not a whole number of 64 bits")
        );
        assert_eq!(
            fault_of(C::DeviceName, "").as_deref(),
            Some("DeviceId is empty, expected it or DeviceName to be filled")
        );
        assert_eq!(
            fault_of(C::IsProcessRemoteSession, "yes").as_deref(),
            Some("IsProcessRemoteSession: \"yes\" is not true, false, 1 or 0")
        );
    }

    #[test]
    fn numbers_are_read_as_the_exports_write_them() {
        for (text, expected) in [
            ("72192", Some(72192)),
            ("72192.0", Some(72192)),
            ("0072192", Some(72192)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-1", Some(-1)),
            ("", None),
        ] {
            let row = Row::minimal().with(C::FileSize, text);
            assert_eq!(row.fields().to_event().unwrap().created.image.size_bytes, expected, "{text}");
        }
        for text in ["72192.5", "2.53327E+15", "9223372036854775808", "1,000", " 1"] {
            assert!(fault_of(C::FileSize, text).is_some(), "{text}");
        }
    }

    #[test]
    fn time_generated_stands_in_for_a_missing_timestamp() {
        let row = Row::minimal().with(C::Timestamp, "").with(C::TimeGenerated, "2026-05-04T00:00:00Z");
        assert_eq!(row.fields().to_event().unwrap().time.to_string(), "2026-05-04T00:00:00.0000000Z");
    }

    #[test]
    fn a_local_time_without_zone_is_refused() {
        for (text, is_read) in [("2026-05-03T00:00:00Z", true), ("2026-05-03T00:00:00", false)] {
            let row = Row::minimal().with(C::Timestamp, text);
            let mut fields = row.fields();
            fields.require_zone(C::Timestamp);
            assert_eq!(fields.to_event().is_ok(), is_read);
        }
    }

    #[test]
    fn a_local_column_does_not_make_another_need_a_zone() {
        let row = Row::minimal().with(C::Timestamp, "2026-05-03T00:00:00");
        let mut fields = row.fields();
        fields.require_zone(C::ProcessCreationTime);
        assert!(fields.to_event().is_ok());
    }

    #[test]
    fn the_two_processes_read_different_columns() {
        let strings = Column::ALL.iter().filter(|c| c.kind() == Kind::String);
        let row = strings.fold(Row::minimal(), |row, column| row.with(*column, column.name()));
        let event = row.fields().to_event().unwrap();
        assert_eq!(event.created.image.md5, "MD5");
        assert_eq!(event.initiating.process.image.md5, "InitiatingProcessMD5");
        assert_eq!(event.created.logon.remote_ip, "ProcessRemoteSessionIP");
        assert_eq!(event.initiating.process.logon.remote_ip, "InitiatingProcessRemoteSessionIP");
        assert_eq!(event.created.logon.account.upn, "AccountUpn");
    }

    #[test]
    fn a_moment_is_the_same_part_of_the_event() {
        let row = Row::minimal()
            .with(C::ReportId, "7")
            .with(C::ProcessCommandLine, "x /y")
            .with(C::ProcessId, "12")
            .with(C::ProcessCreationTime, "2026-05-02T00:00:00Z")
            .with(C::ProcessUniqueId, "99")
            .with(C::AdditionalFields, "{}")
            .with(C::TimeGenerated, "2026-05-04T00:00:00Z")
            .with(C::BilledSize, "1.5");
        let fields = Fields::new(&row, r#"{"a":"b"}"#);
        let event = fields.to_event().unwrap();
        assert_eq!(fields.to_moment().unwrap(), event.moment());
        assert_eq!(event.created.pid, Some(12));
    }

    #[test]
    fn a_part_is_told_by_each_of_its_columns_and_by_no_other() {
        let bytes_of = |row: &Row, part| {
            let mut bytes = Vec::new();
            row.fields().identify(part, &mut bytes);
            bytes
        };
        for part in Part::ALL {
            let plain = bytes_of(&Row::minimal(), part);
            for column in Column::ALL {
                let changed = bytes_of(&Row::minimal().with(*column, "9"), part);
                assert_eq!(changed != plain, column.part() == Some(part), "{}", column.name());
            }
        }
    }

    /// The parts by which events are recognized without being read must hold all that they are made of.
    #[test]
    fn what_is_no_part_is_in_the_moment() {
        let moment = [
            C::Timestamp,
            C::ProcessId,
            C::ProcessCommandLine,
            C::ProcessCreationTime,
            C::ReportId,
            C::AdditionalFields,
            C::ProcessUniqueId,
            C::BilledSize,
            C::TimeGenerated,
        ];
        let no_part: Vec<Column> = Column::ALL.iter().copied().filter(|c| c.part().is_none()).collect();
        assert_eq!(no_part, moment);
        let image: Vec<Column> = Part::Image.columns().collect();
        assert_eq!(
            image,
            Column::ALL[Column::FileName as usize..=Column::ProcessVersionInfoFileDescription as usize]
        );
    }
}
