//! The published columns of `DeviceProcessEvents`: names, types and order.
//!
//! This is the one place that spells Microsoft's column names in Rust. Source: the table's page,
//! <https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-deviceprocessevents-table>, and for the
//! last seven <https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/deviceprocessevents>.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; never null in Kusto, a missing value is `""`.
    String,
    /// A signed 64-bit whole number.
    Long,
    /// An instant in UTC at 100 ns.
    Datetime,
    /// True or false.
    Bool,
    /// A floating point number.
    Real,
}

impl Kind {
    /// Kusto's name of the type, which a `union` of clashing types appends to a column's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Long => "long",
            Self::Datetime => "datetime",
            Self::Bool => "bool",
            Self::Real => "real",
        }
    }
}

macro_rules! columns {
    ($($name:ident $(= $spelled:literal)? : $kind:ident),+ $(,)?) => {
        /// A published column, in the order of the published page.
        #[allow(missing_docs, reason = "the names are Microsoft's and documented on the page named above")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Column { $($name),+ }

        impl Column {
            /// Every column, in published order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The published name, letter for letter.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => columns!(@name $name $($spelled)?)),+ }
            }

            /// The type of its values.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind),+ }
            }
        }
    };
    (@name $name:ident $spelled:literal) => { $spelled };
    (@name $name:ident) => { stringify!($name) };
}

columns! {
    Timestamp: Datetime,
    DeviceId: String,
    DeviceName: String,
    ActionType: String,
    FileName: String,
    FolderPath: String,
    Sha1 = "SHA1": String,
    Sha256 = "SHA256": String,
    Md5 = "MD5": String,
    FileSize: Long,
    ProcessVersionInfoCompanyName: String,
    ProcessVersionInfoProductName: String,
    ProcessVersionInfoProductVersion: String,
    ProcessVersionInfoInternalFileName: String,
    ProcessVersionInfoOriginalFileName: String,
    ProcessVersionInfoFileDescription: String,
    ProcessId: Long,
    ProcessCommandLine: String,
    ProcessIntegrityLevel: String,
    ProcessTokenElevation: String,
    ProcessCreationTime: Datetime,
    AccountDomain: String,
    AccountName: String,
    AccountSid: String,
    AccountUpn: String,
    AccountObjectId: String,
    LogonId: Long,
    InitiatingProcessAccountDomain: String,
    InitiatingProcessAccountName: String,
    InitiatingProcessAccountSid: String,
    InitiatingProcessAccountUpn: String,
    InitiatingProcessAccountObjectId: String,
    InitiatingProcessLogonId: Long,
    InitiatingProcessIntegrityLevel: String,
    InitiatingProcessTokenElevation: String,
    InitiatingProcessSha1 = "InitiatingProcessSHA1": String,
    InitiatingProcessSha256 = "InitiatingProcessSHA256": String,
    InitiatingProcessMd5 = "InitiatingProcessMD5": String,
    InitiatingProcessFileName: String,
    InitiatingProcessFileSize: Long,
    InitiatingProcessVersionInfoCompanyName: String,
    InitiatingProcessVersionInfoProductName: String,
    InitiatingProcessVersionInfoProductVersion: String,
    InitiatingProcessVersionInfoInternalFileName: String,
    InitiatingProcessVersionInfoOriginalFileName: String,
    InitiatingProcessVersionInfoFileDescription: String,
    InitiatingProcessId: Long,
    InitiatingProcessCommandLine: String,
    InitiatingProcessCreationTime: Datetime,
    InitiatingProcessFolderPath: String,
    InitiatingProcessParentId: Long,
    InitiatingProcessParentFileName: String,
    InitiatingProcessParentCreationTime: Datetime,
    InitiatingProcessSignerType: String,
    InitiatingProcessSignatureStatus: String,
    ReportId: Long,
    AppGuardContainerId: String,
    AdditionalFields: String,
    CreatedProcessSessionId: Long,
    InitiatingProcessRemoteSessionDeviceName: String,
    InitiatingProcessRemoteSessionIp = "InitiatingProcessRemoteSessionIP": String,
    InitiatingProcessSessionId: Long,
    InitiatingProcessUniqueId: String,
    IsInitiatingProcessRemoteSession: Bool,
    IsProcessRemoteSession: Bool,
    ProcessRemoteSessionDeviceName: String,
    ProcessRemoteSessionIp = "ProcessRemoteSessionIP": String,
    ProcessUniqueId: String,
    BilledSize = "_BilledSize": Real,
    IsBillable = "_IsBillable": String,
    MachineGroup: String,
    SourceSystem: String,
    TenantId: String,
    TimeGenerated: Datetime,
    Type: String,
}

/// A set of columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ColumnSet(u128);

const _: () = assert!(Column::COUNT <= u128::BITS as usize, "each column has a bit");

impl ColumnSet {
    /// No column.
    pub const NONE: Self = Self(0);
    /// Every column.
    pub const ALL: Self = Self(u128::MAX);

    /// Whether the column is in it.
    pub const fn has(self, column: Column) -> bool {
        self.0 >> column as usize & 1 == 1
    }

    /// The same with the column.
    pub const fn with(self, column: Column) -> Self {
        Self(self.0 | 1 << column as usize)
    }

    /// The same without the column.
    pub const fn without(self, column: Column) -> Self {
        Self(self.0 & !(1 << column as usize))
    }

    /// The columns that are in both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether no column is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The columns, in published order.
    pub fn iter(self) -> impl Iterator<Item = Column> {
        Column::ALL.iter().copied().filter(move |column| self.has(*column))
    }

    /// The same for each set.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }
}

impl FromIterator<Column> for ColumnSet {
    fn from_iter<I: IntoIterator<Item = Column>>(columns: I) -> Self {
        columns.into_iter().fold(Self::NONE, Self::with)
    }
}

/// A part of an event that many events share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Where and by whom the process was created: device, kind of event, logon, initiating process, workspace.
    Setting,
    /// The program that runs in the created process.
    Image,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 2] = [Self::Setting, Self::Image];

    /// The columns that make it up, in published order.
    pub fn columns(self) -> impl Iterator<Item = Column> {
        // Each row is asked for them, so that they are told apart beforehand.
        const SETTING: ([Column; Column::COUNT], usize) = columns_of(Part::Setting);
        const IMAGE: ([Column; Column::COUNT], usize) = columns_of(Part::Image);
        let (columns, count) = match self {
            Self::Setting => &SETTING,
            Self::Image => &IMAGE,
        };
        columns[..*count].iter().copied()
    }
}

/// The columns of a part, and how many they are; the rest of the list means nothing.
const fn columns_of(part: Part) -> ([Column; Column::COUNT], usize) {
    let (mut columns, mut count, mut index) = ([Column::ALL[0]; Column::COUNT], 0, 0);
    while index < Column::COUNT {
        if let Some(of) = Column::ALL[index].part()
            && of as usize == part as usize
        {
            columns[count] = Column::ALL[index];
            count += 1;
        }
        index += 1;
    }
    (columns, count)
}

impl Column {
    /// The part that the column belongs to; None where events differ in it.
    pub const fn part(self) -> Option<Part> {
        match self {
            Self::Timestamp
            | Self::ProcessId
            | Self::ProcessCommandLine
            | Self::ProcessCreationTime
            | Self::ReportId
            | Self::AdditionalFields
            | Self::ProcessUniqueId
            | Self::BilledSize
            | Self::TimeGenerated => None,
            Self::FileName
            | Self::FolderPath
            | Self::Sha1
            | Self::Sha256
            | Self::Md5
            | Self::FileSize
            | Self::ProcessVersionInfoCompanyName
            | Self::ProcessVersionInfoProductName
            | Self::ProcessVersionInfoProductVersion
            | Self::ProcessVersionInfoInternalFileName
            | Self::ProcessVersionInfoOriginalFileName
            | Self::ProcessVersionInfoFileDescription => Some(Part::Image),
            _ => Some(Part::Setting),
        }
    }

    /// Whether two texts in the column that differ in case alone are the same: ids and hashes in hexadecimal.
    pub const fn ignores_case(self) -> bool {
        matches!(
            self,
            Self::DeviceId
                | Self::Sha1
                | Self::Sha256
                | Self::Md5
                | Self::InitiatingProcessSha1
                | Self::InitiatingProcessSha256
                | Self::InitiatingProcessMd5
                | Self::AccountObjectId
                | Self::InitiatingProcessAccountObjectId
                | Self::AppGuardContainerId
                | Self::TenantId
        )
    }

    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The column of exactly this name. Case counts: `LogonID` is another column than `LogonId`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_their_case() {
        assert_eq!(Column::from_name("InitiatingProcessSHA1"), Some(Column::InitiatingProcessSha1));
        assert_eq!(Column::from_name("_BilledSize").map(Column::kind), Some(Kind::Real));
        assert_eq!(Column::from_name("LogonID"), None);
        assert_eq!(Column::from_name(""), None);
    }
}
