//! Filters: the names that they give, and what there is where they select nothing.

use huntcase::findings::{
    Change, Classification, Filter, FindingId, check_account, check_analyst, filter_findings,
    instead_of_none, select_findings,
};

use super::bench::{Bench, Event, F1, USUAL};

fn filter(text: &str) -> Filter {
    text.parse().unwrap()
}

fn selected(bench: &Bench, text: &str) -> Vec<FindingId> {
    let findings = select_findings(bench.case(), &filter(text), "kim").unwrap();
    findings.iter().map(|finding| finding.id).collect()
}

fn refused(bench: &Bench, text: &str) -> String {
    select_findings(bench.case(), &filter(text), "kim").unwrap_err().to_string()
}

fn instead(bench: &Bench, text: &str) -> String {
    assert_eq!(selected(bench, text), [], "{text}");
    instead_of_none(bench.case(), &filter(text)).unwrap().to_string()
}

/// Findings on `web01.a.b` (1), `web01.c` (2), and `db` (3); `web01` and `silent` have none.
fn bench() -> Bench {
    let mut bench = Bench::new();
    let on = |device| Event { device, ..USUAL };
    let no_finding = |device| Event { device, file: "svchost.exe", account: "system", ..USUAL };
    bench.bring(&[on("web01.a.b")]);
    bench.bring(&[on("web01.c"), no_finding("silent")]);
    bench.bring(&[on("db")]);
    bench
}

#[test]
fn a_device_is_named_up_to_a_dot_where_none_is_called_so() {
    let mut bench = bench();
    let (f2, f3) = (FindingId(2), FindingId(3));
    assert_eq!(selected(&bench, "device=WEB01"), [f2, F1]);
    assert_eq!(selected(&bench, "device=web01.a"), [F1]);
    assert_eq!(selected(&bench, "device!=web01"), [f3]);
    assert_eq!(selected(&bench, "device!=nosuch"), [f3, f2, F1]);
    bench.bring(&[Event { device: "web01", file: "svchost.exe", ..USUAL }]);
    assert_eq!(instead(&bench, "device=web01"), "findings on web01; there are 3 of other kinds");
    assert_eq!(selected(&bench, "device!=web01"), [f3, f2, F1]);
}

#[test]
fn a_name_that_the_case_does_not_know_is_refused_with_what_it_knows() {
    let bench = bench();
    for (text, known) in [
        ("device=web02", "no device \"web02\", expected web01.a.b, web01.c (the nearest of 4)"),
        (
            "device=nosuch,status=new",
            "no device \"nosuch\", expected one of 4, such as db, silent, web01.a.b",
        ),
        ("rule=hells", "no rule \"hells\", expected networks, shells"),
        ("hunt=shell", "no hunt \"shell\", expected H-1 (networks), H-2 (shells)"),
        ("account=Shopp", "no account \"Shopp\", expected shop, system"),
        ("account=other\\shop", "no account \"other\\\\shop\", expected contoso\\shop, contoso\\system"),
        ("assigned=Max", "no analyst \"Max\", expected kim, lee"),
    ] {
        assert!(refused(&bench, text).starts_with(known), "{text}: {}", refused(&bench, text));
    }
    for text in
        ["device~=nosuch", "device!=nosuch", "hunt!=nosuch", "account~=x", "assigned=", "rule=SHELL", "tag=x"]
    {
        selected(&bench, text);
    }
    let none = filter_findings(bench.case(), &filter("device=nosuch"), Vec::new());
    assert!(none.is_err(), "also where there is nothing to choose from");
    assert!(selected(&Bench::new(), "status=new").is_empty());
    assert_eq!(refused(&Bench::new(), "device=a"), "no device \"a\", expected none, since there is none yet");
}

#[test]
fn an_account_is_known_when_an_event_names_it_and_an_analyst_by_what_is_recorded() {
    let bench = bench();
    assert_eq!(
        instead(&bench, "account=contoso\\system"),
        "findings with account=contoso\\system; there are 3 of other kinds"
    );
    assert!(check_account(bench.case(), "SYSTEM").is_ok());
    assert!(check_analyst(bench.case(), "lee", false).is_ok(), "lee ran the rules");
    assert!(check_analyst(bench.case(), "Lee", false).is_err());
    let assign = Change { assigned_to: Some("max".to_owned()), ..Change::default() };
    bench.set(F1, &assign).unwrap();
    assert_eq!(selected(&bench, "assigned=MAX"), [F1]);
    assert!(check_analyst(bench.case(), "max", false).is_ok(), "max was given something");
}

#[test]
fn where_nothing_is_selected_the_same_of_another_status_is_counted() {
    let bench = bench();
    bench.resolve(F1, Classification::FalsePositive);
    let table = [
        ("status=open,device=web01.a", "open findings on web01.a.b; 1 resolved"),
        ("status=resolved,device=db", "resolved findings on db; 1 new"),
        ("status=in-progress", "in-progress findings; 2 new, 1 resolved"),
        (
            "status=new,rule=shell,severity=high",
            "new findings of shells with severity=high; there are 3 of other kinds",
        ),
        ("status=new,status=resolved", "new findings with status=resolved; 2 new, 1 resolved"),
        ("device=db,device=silent", "findings on db with device=silent; there are 3 of other kinds"),
        ("tag=\"a,b\"", "findings with \"tag=\\\"a,b\\\"\"; there are 3 of other kinds"),
    ];
    for (text, said) in table {
        assert_eq!(instead(&bench, text), said, "{text}");
    }
    assert_eq!(
        instead(&Bench::new(), "severity=high"),
        "findings with severity=high; there is none of any kind yet"
    );
}
