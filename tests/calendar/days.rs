//! What the two analysts do on each day, and the rules of their own.

/// What each day is about.
pub const TITLES: [&str; 7] = [
    "Day 1: first findings, a false positive, a suppression that hides",
    "Day 2: more of the same, updates, a suppression that resolves, hunts",
    "Day 3: repeated, a successor, reopened by policy; two analysts at one finding",
    "Day 4: new behaviour, a late file, a suppression for a rule's every device",
    "Day 5: a true positive acts again, an export breaks off, a rule changes, a suppression ends",
    "Day 6: left undetermined, an old file again, a hunt is closed",
    "Day 7: a lapsed verdict, a rule that no longer runs",
];

const DAYS: [&str; 7] = [
    r#"
kim: run day-1.csv
kim: show F-2
kim: show F-1
lee: show F-3
lee: findings --since last-review --ids
kim: set F-3 --status resolved --verdict fp --determination not-malicious --why "software distribution"
kim: rules set encoded-powershell --reopen never --why "one case a month"
kim: suppress add --rule detect --account svc-monitor --command has ping --expires 4d --why "health check" --dry-run
kim: suppress add --rule detect --account svc-monitor --command has ping --expires 4d --why "health check"
kim: set F-2 --status in-progress --assign kim --tag +web,+shop
kim: note F-2 "asked the owner of the shop"
lee: devices review dc01 intra04 --hunt H-1 --comment "nothing found"
lee: set F-4 --severity high
lee: undo --why "the wrong finding"
lee: undo
"#,
    r#"
kim: run day-2.csv
lee: show F-2
kim: set F-2 --status resolved --verdict fp --why "the owner tests"
kim: hunt set remote-services --reopen always --owner lee --comment "admins use it, all the same"
lee: hunt set H-1 --comment "servers first"
lee: set F-7 --status resolved --verdict benign --determination confirmed-activity --why "the admins"
lee: suppress add --rule detect --command has timeout --action resolve --verdict benign --expires never --why deploys
kim: devices review dc01 ws07 --hunt H-1 --hunt script-hosts --comment "looked at services"
kim: set F-4 --status resolved
kim: set F-4 F-5 --tag +scripts --dry-run
"#,
    r#"
lee: run day-3.csv
kim: set F-8 --assign lee
lee: show F-8
kim: set F-8 --severity high
lee: set F-8 --severity medium
lee: set F-8 --severity medium --force --why "no harm"
kim: undo
kim: set F-8 --tag +mail
kim: undo
lee: suppress add --rule detect --device web02 --account contoso\scanner --expires 30d --why "our scanner"
kim: set F-6 --status in-progress --why "who deploys at noon?"
kim: hunt close script-hosts --hypothesis-status invalidated --why "logon scripts only"
kim: undo --dry-run
kim: undo
"#,
    r#"
kim: run day-4.csv lap09.csv
lee: show F-2
lee: set F-2 --status resolved --verdict tp --determination multi-staged-attack --why "web shell"
kim: set F-6 --status resolved --verdict benign --determination confirmed-activity --force --why "the deploy team"
kim: set F-9 --status resolved --verdict fp --determination not-malicious --why "mail merge"
lee: suppress add --rule detect --command has wget --expires 7d --why "tools of developers"
lee: undo
lee: hunt open "laptops" --rule encoded --hypothesis "mail brings scripts"
lee: undo --why "not now"
kim: devices review web02 lap09 --hunt H-1 --state in-review
lee: devices review dc01
"#,
    r#"
kim: run day-5.csv
kim: show F-2
kim: set F-2 --status resolved --why "cannot tell; the disk is gone"
lee: suppress lift S-3 --restore --why "the scanner is no longer ours" --dry-run
lee: suppress lift S-3 --restore --why "the scanner is no longer ours"
lee: findings --since last-review --ids
lee: devices review lap09 app02 --hunt H-1
"#,
    r#"
lee: run day-6.csv day-2.csv
lee: set F-2 --status resolved --verdict benign --until 12h --why "a test until tonight"
lee: show F-2
lee: set F-2 --status resolved --verdict benign --determination other --until 12h --why "a test until tonight"
lee: hunt close script-hosts --hypothesis-status invalidated --why "the rule is replaced"
kim: suppress lift S-2 --why "the deploys are over"
kim: set F-7 --status resolved --verdict benign --determination confirmed-activity --why "the admins, again"
kim: note F-7 "tell them to use WinRM"
"#,
    r#"
kim: run day-7.csv
kim: run day-7.csv
kim: show F-2
lee: show F-2
lee: set F-2 --status in-progress --assign lee
lee: findings --where "status=open,rule=detect" --ids
kim: devices review web01 app02 --comment "see F-2"
"#,
];

/// The commands of a day, each led by who gives it.
pub fn commands(day: usize) -> impl Iterator<Item = &'static str> {
    DAYS[day - 1].trim().lines()
}

/// Names and bodies of the rules that are written on a day.
pub fn rules(day: usize) -> Vec<(&'static str, &'static str)> {
    match day {
        1 => vec![
            (
                "encoded-powershell",
                "SELECT event_id FROM DeviceProcessEvents WHERE has(ProcessCommandLine, 'enc')",
            ),
            (
                "remote-services",
                "SELECT event_id, FileName AS service FROM DeviceProcessEvents WHERE FileName = 'psexesvc.exe'",
            ),
            ("script-hosts", "SELECT event_id FROM DeviceProcessEvents WHERE FileName = 'wscript.exe'"),
        ],
        5 => vec![(
            "script-hosts",
            "SELECT event_id FROM DeviceProcessEvents\nWHERE FileName = 'wscript.exe' AND \"!has\"(ProcessCommandLine, 'logon')",
        )],
        _ => Vec::new(),
    }
}
