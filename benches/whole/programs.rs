//! The programs that run in generated exports, and their command lines.

use super::random::Random;

/// A file that processes are made of.
pub struct Program {
    /// Its name.
    pub file: String,
    /// Its name with the folder.
    pub path: String,
    /// Who made it.
    pub company: String,
    /// What it belongs to.
    pub product: String,
    /// Of the product.
    pub version: String,
    /// In hexadecimal digits, as the other hashes.
    pub sha1: String,
    /// Empty where the sensor did not compute it.
    pub sha256: String,
    /// In hexadecimal digits.
    pub md5: String,
    /// In bytes.
    pub size: u64,
    fixed: String,
    few: String,
    unique: String,
}

const SYSTEM: &str = r"C:\Windows\System32";
const MICROSOFT: &str = "Microsoft Corporation";
const WORDS: [&str; 32] = [
    "amber", "basin", "cargo", "delta", "ember", "fjord", "grain", "harbor", "ivory", "jetty", "karst",
    "lumen", "maple", "north", "orbit", "pier", "quartz", "ridge", "sable", "tidal", "umbra", "vale",
    "wharf", "xenon", "yard", "zephyr", "billing", "depot", "fleet", "ledger", "payroll", "stock",
];

/// File, folder, company; a command line that is always the same, one with a word and one with something unique at `{}`.
const COMMON: [(&str, &str, &str, &str, &str, &str); 20] = [
    (
        "svchost.exe",
        SYSTEM,
        MICROSOFT,
        r"C:\WINDOWS\system32\svchost.exe -k LocalService -p",
        r"C:\WINDOWS\system32\svchost.exe -k netsvcs -p -s {}",
        r"C:\WINDOWS\system32\svchost.exe -k UnistackSvcGroup -s Service_{}",
    ),
    (
        "conhost.exe",
        SYSTEM,
        MICROSOFT,
        r"\??\C:\WINDOWS\system32\conhost.exe 0xffffffff -ForceV1",
        r"conhost.exe --headless {}",
        r"conhost.exe --headless --pipe {}",
    ),
    (
        "chrome.exe",
        r"C:\Program Files\Google\Chrome\Application",
        "Google LLC",
        r#""C:\Program Files\Google\Chrome\Application\chrome.exe""#,
        r#""C:\Program Files\Google\Chrome\Application\chrome.exe" --single-argument https://{}.example.com/"#,
        r#""C:\Program Files\Google\Chrome\Application\chrome.exe" --type=renderer --lang=en-US --num-raster-threads=2 --renderer-client-id=41 --time-ticks-at-unix-epoch=-1777766400123456 --field-trial-handle={},i,262144 --variations-seed-version --mojo-platform-channel-handle=3120 /prefetch:1"#,
    ),
    (
        "cmd.exe",
        SYSTEM,
        MICROSOFT,
        r"C:\WINDOWS\system32\cmd.exe /c ver",
        r#"cmd.exe /d /s /c "net use \\files\{}$ /persistent:no""#,
        r#""cmd.exe" /c "del /q C:\Temp\{}.log & exit 0""#,
    ),
    (
        "powershell.exe",
        r"C:\Windows\System32\WindowsPowerShell\v1.0",
        MICROSOFT,
        r#"powershell.exe -NoProfile -NonInteractive -Command "& {exit 0}""#,
        r#"powershell.exe -NoLogo -File "C:\ProgramData\Agent\check-{}.ps1""#,
        "powershell.exe -NoProfile -Command \"$id = '{}'\nGet-Service | Export-Csv C:\\Logs\\services.csv\"",
    ),
    (
        "msedge.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application",
        MICROSOFT,
        r#""C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --no-startup-window"#,
        r#""C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --profile-directory={}"#,
        r#""C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --type=utility --utility-sub-type=network.mojom.NetworkService --lang=de --js-flags=--ms-user-locale=de_DE --field-trial-handle={},i,262144 /prefetch:3"#,
    ),
    (
        "taskhostw.exe",
        SYSTEM,
        MICROSOFT,
        r"taskhostw.exe",
        r"taskhostw.exe -{}",
        r"taskhostw.exe -RegisterUserDevice {}",
    ),
    (
        "dllhost.exe",
        SYSTEM,
        MICROSOFT,
        r"C:\WINDOWS\system32\DllHost.exe /Processid:{3EB3C877-1F16-487C-9050-104DBCD66683}",
        r"C:\WINDOWS\system32\DllHost.exe /App:{}",
        r"C:\WINDOWS\system32\DllHost.exe /Processid:{{}}",
    ),
    (
        "WmiPrvSE.exe",
        r"C:\Windows\System32\wbem",
        MICROSOFT,
        r"C:\WINDOWS\system32\wbem\wmiprvse.exe -secured -Embedding",
        r"C:\WINDOWS\system32\wbem\wmiprvse.exe -Embedding -{}",
        r"C:\WINDOWS\system32\wbem\wmiprvse.exe -Embedding {}",
    ),
    (
        "SearchProtocolHost.exe",
        SYSTEM,
        MICROSOFT,
        r"C:\WINDOWS\system32\SearchProtocolHost.exe",
        r"C:\WINDOWS\system32\SearchProtocolHost.exe {}",
        r#""C:\WINDOWS\system32\SearchProtocolHost.exe" Global\Pipe_{}_ Global\Ctrl_ 1 -2147483646 "Software\Microsoft\Windows Search""#,
    ),
    (
        "git.exe",
        r"C:\Program Files\Git\cmd",
        "The Git Development Community",
        r"git.exe status --porcelain -z",
        r"git.exe fetch origin {}",
        r"git.exe cat-file -p {}",
    ),
    (
        "node.exe",
        r"C:\Program Files\nodejs",
        "OpenJS Foundation",
        r"node.exe server.js",
        r"node.exe scripts\{}.js --watch",
        r#""C:\Program Files\nodejs\node.exe" C:\src\app\node_modules\worker\child.js {}"#,
    ),
    (
        "OUTLOOK.EXE",
        r"C:\Program Files\Microsoft Office\root\Office16",
        MICROSOFT,
        r#""C:\Program Files\Microsoft Office\Root\Office16\OUTLOOK.EXE""#,
        r#""C:\Program Files\Microsoft Office\Root\Office16\OUTLOOK.EXE" /f "C:\Users\Public\{}, copy.msg""#,
        r#""C:\Program Files\Microsoft Office\Root\Office16\OUTLOOK.EXE" /eml {}"#,
    ),
    (
        "python.exe",
        r"C:\Python312",
        "Python Software Foundation",
        r"python.exe -m agent",
        r"python.exe -m jobs.{} --retry 3",
        r#"python.exe -c "import job; job.run('{}', 3)""#,
    ),
    (
        "java.exe",
        r"C:\Program Files\Java\bin",
        "Oracle Corporation",
        r"",
        r"java.exe -jar C:\app\{}.jar",
        r"java.exe -Xmx2g -jar C:\app\batch.jar --job {}",
    ),
    (
        "RuntimeBroker.exe",
        SYSTEM,
        MICROSOFT,
        r"C:\Windows\System32\RuntimeBroker.exe -Embedding",
        r"C:\Windows\System32\RuntimeBroker.exe -{}",
        r"C:\Windows\System32\RuntimeBroker.exe -Embedding {}",
    ),
    (
        "reg.exe",
        SYSTEM,
        MICROSOFT,
        r"reg query HKLM\SOFTWARE /ve",
        r"reg  query HKLM\SOFTWARE\Vendor\{} /v Version",
        r"reg  query HKCR\CLSID\{} /s",
    ),
    (
        "PING.EXE",
        SYSTEM,
        MICROSOFT,
        r"ping  127.0.0.1 -n 2",
        r"ping  {}.corp.example.com",
        r"ping  -n 1 {}.corp.example.com",
    ),
    (
        "whoami.exe",
        SYSTEM,
        MICROSOFT,
        r"whoami /upn",
        r"whoami /{}",
        r#""C:\Windows\system32\whoami.exe" /fo csv /tag {}"#,
    ),
    (
        "MpCmdRun.exe",
        r"C:\Program Files\Windows Defender",
        MICROSOFT,
        r#""C:\Program Files\Windows Defender\MpCmdRun.exe" -IdleTask"#,
        r#""C:\Program Files\Windows Defender\MpCmdRun.exe" -Task {}"#,
        r#""C:\Program Files\Windows Defender\MpCmdRun.exe" GetDeviceTicket -AccessKey {}"#,
    ),
];

/// The common programs, and then some of vendors that nobody has heard of.
pub fn known_programs(count: usize) -> Vec<Program> {
    let common = COMMON.iter().map(|(file, folder, company, fixed, few, unique)| {
        Program::new(file, folder, company, [fixed, few, unique].map(|text| (*text).to_owned()))
    });
    let others = (0_u64..).map(|number| {
        let mut random = Random::of(&[7, number]);
        let (vendor, product) = (*random.pick(&WORDS), *random.pick(&WORDS));
        let folder = format!(r"C:\Program Files\{vendor} Software\{product}");
        let commands = ["", " --profile {}", " --session={} --parent 4"]
            .map(|rest| format!(r#""{folder}\{product}{number}.exe"{rest}"#));
        Program::new(
            &format!("{product}{number}.exe"),
            &folder,
            &format!("{vendor} Software, Inc."),
            commands,
        )
    });
    common.chain(others).take(count).collect()
}

impl Program {
    /// A program of the system of which nothing but the name matters.
    pub fn system(file: &str) -> Self {
        Self::new(file, SYSTEM, MICROSOFT, Default::default())
    }

    fn new(file: &str, folder: &str, company: &str, [fixed, few, unique]: [String; 3]) -> Self {
        let name: Vec<u64> = file.bytes().map(u64::from).collect();
        let mut random = Random::of(&name);
        let is_microsoft = company == MICROSOFT;
        let product = if is_microsoft {
            "Microsoft® Windows® Operating System"
        } else {
            file.trim_end_matches(".exe")
        };
        Self {
            file: file.to_owned(),
            path: format!(r"{folder}\{file}"),
            company: company.to_owned(),
            product: product.to_owned(),
            version: format!("10.{}.{}.1", random.below(4), random.below(30_000)),
            sha1: random.hexadecimal(40),
            sha256: if random.below(8) == 0 { String::new() } else { random.hexadecimal(64) },
            md5: random.hexadecimal(32),
            size: 20_000 + random.below(3_000_000),
            fixed,
            few,
            unique,
        }
    }

    /// A command line: 30 in 100 are the same each time, 25 are of a small set, 45 are unique. A few are long.
    pub fn command(&self, random: &mut Random) -> String {
        if self.file == "powershell.exe" && random.below(20) == 0 {
            return encoded_command(random.below(300));
        }
        match random.below(100) {
            0..30 => self.fixed.clone(),
            30..55 => self.few.replace("{}", &format!("{}{}", random.pick(&WORDS), random.below(16))),
            _ => self.unique.replace("{}", &random.guid()),
        }
    }
}

/// One of the long command lines that management agents use over and over.
fn encoded_command(number: u64) -> String {
    let mut random = Random::of(&[8, number]);
    let length = 200 + random.below(2500).min(random.below(5500)) as usize;
    format!("powershell.exe -NoProfile -EncodedCommand {}", random.hexadecimal(length))
}
