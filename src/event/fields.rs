//! One row as texts by column, and how they become a typed event.

use std::fmt;

use super::*;
use Column as C;

/// The texts of one row by published column; `""` where the row has nothing.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    values: [&'a str; Column::COUNT],
    /// The row's other columns, as [`ProcessEvent::extra`].
    pub extra: &'a str,
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

impl Default for Fields<'_> {
    fn default() -> Self {
        Self { values: [""; Column::COUNT], extra: "", local_times: 0 }
    }
}

impl<'a> Fields<'a> {
    /// The text in `column`.
    pub fn get(&self, column: Column) -> &'a str {
        self.values[column as usize]
    }

    /// Puts `text` into `column`.
    pub fn set(&mut self, column: Column, text: &'a str) {
        self.values[column as usize] = text;
    }

    /// Makes a time without a zone in `column` an error: the export says that its times are local.
    pub fn require_zone(&mut self, column: Column) {
        self.local_times |= 1 << column as usize;
    }

    fn requires_zone(&self, column: Column) -> bool {
        self.local_times >> column as usize & 1 == 1
    }

    /// Reads the typed event. `Timestamp` may be missing where `TimeGenerated` is not, and then stands for it.
    ///
    /// # Errors
    /// The first value that its column cannot hold, an event without a time, or one without a device.
    pub fn to_event(&self) -> Result<ProcessEvent<'a>, Fault> {
        let time_generated = self.time(C::TimeGenerated)?;
        let time = self.time(C::Timestamp)?.or(time_generated);
        let time = time.ok_or_else(|| self.fault(C::Timestamp, ISO_TIME))?;
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
        let text = self.get(column);
        if text.is_empty() {
            return Ok(None);
        }
        match Timestamp::parse(text) {
            Some((_, Zone::Assumed)) if self.requires_zone(column) => Err(self.fault(column, ZONED_TIME)),
            Some((instant, _)) => Ok(Some(instant)),
            None => Err(self.fault(column, ISO_TIME)),
        }
    }

    /// Whole numbers, also as pandas writes them (`72192.0`).
    fn long(&self, column: Column) -> Result<Option<i64>, Fault> {
        let text = self.get(column);
        if text.is_empty() {
            return Ok(None);
        }
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

    fn minimal() -> Fields<'static> {
        let mut fields = Fields::default();
        fields.set(C::Timestamp, "2026-05-03T00:00:00Z");
        fields.set(C::DeviceName, "web01");
        fields
    }

    fn fault_of(column: Column, text: &'static str) -> Option<String> {
        let mut fields = minimal();
        fields.set(column, text);
        fields.to_event().err().map(|fault| fault.to_string())
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
        for (text, expected) in
            [("72192", Some(72192)), ("72192.0", Some(72192)), ("-1", Some(-1)), ("", None)]
        {
            let mut fields = minimal();
            fields.set(C::FileSize, text);
            assert_eq!(fields.to_event().unwrap().created.image.size_bytes, expected, "{text}");
        }
        for text in ["72192.5", "2.53327E+15", "9223372036854775808", "1,000", " 1"] {
            assert!(fault_of(C::FileSize, text).is_some(), "{text}");
        }
    }

    #[test]
    fn time_generated_stands_in_for_a_missing_timestamp() {
        let mut fields = minimal();
        fields.set(C::Timestamp, "");
        fields.set(C::TimeGenerated, "2026-05-04T00:00:00Z");
        assert_eq!(fields.to_event().unwrap().time.to_string(), "2026-05-04T00:00:00.0000000Z");
    }

    #[test]
    fn a_local_time_without_zone_is_refused() {
        let mut fields = minimal();
        fields.require_zone(C::Timestamp);
        assert!(fields.to_event().is_ok());
        fields.set(C::Timestamp, "2026-05-03T00:00:00");
        assert!(fields.to_event().is_err());
    }

    #[test]
    fn a_local_column_does_not_make_another_need_a_zone() {
        let mut fields = minimal();
        fields.set(C::Timestamp, "2026-05-03T00:00:00");
        fields.require_zone(C::ProcessCreationTime);
        assert!(fields.to_event().is_ok());
    }

    #[test]
    fn the_two_processes_read_different_columns() {
        let mut fields = minimal();
        for column in Column::ALL.iter().filter(|c| c.kind() == Kind::String) {
            fields.set(*column, column.name());
        }
        let event = fields.to_event().unwrap();
        assert_eq!(event.created.image.md5, "MD5");
        assert_eq!(event.initiating.process.image.md5, "InitiatingProcessMD5");
        assert_eq!(event.created.logon.remote_ip, "ProcessRemoteSessionIP");
        assert_eq!(event.initiating.process.logon.remote_ip, "InitiatingProcessRemoteSessionIP");
        assert_eq!(event.created.logon.account.upn, "AccountUpn");
    }
}
