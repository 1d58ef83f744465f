//! All of a case's present state that people decide about, a line a thing: without the history, and without what
//! each analyst has seen.

use huntcase::event::Timestamp;
use huntcase::findings::{
    DeviceRow, Finding, Hunt, Subject, Suppression, list_devices, list_evidence, list_findings,
    list_hidden_findings, list_hunts, list_notes, list_rules_of_case, list_suppressions,
};
use huntcase::store::Case;

/// Every finding, also those that suppressions hide.
pub fn all_findings(case: &Case) -> Vec<Finding> {
    let mut findings = list_findings(case, "nobody").unwrap();
    findings.extend(list_hidden_findings(case, "nobody").unwrap());
    findings.sort_by_key(|finding| finding.id);
    findings
}

/// What a finding's fields are, by the names and in the spelling of the history.
pub fn fields_of(finding: &Finding) -> [(&'static str, String); 10] {
    let time = |time: Option<Timestamp>| time.map_or_else(String::new, |time| time.to_string());
    [
        ("createdAt", time(finding.created_at)),
        ("status", finding.status.name().to_owned()),
        ("classification", finding.classification.name().to_owned()),
        ("determination", finding.determination.name().to_owned()),
        ("verdictUntil", time(finding.verdict_until)),
        ("severity", finding.severity.name().to_owned()),
        ("assignedTo", finding.assigned_to.clone()),
        ("resolvedAt", time(finding.resolved_at)),
        ("resolvedEvents", finding.resolved_events.map_or_else(String::new, |events| events.to_string())),
        ("reopenCount", finding.reopen_count.to_string()),
    ]
}

/// The texts of notes or comments, sorted.
pub fn notes_of(case: &Case, subject: Subject) -> Vec<String> {
    let mut texts: Vec<String> =
        list_notes(case, subject).unwrap().into_iter().map(|note| note.text).collect();
    texts.sort();
    texts
}

/// The whole state.
pub fn picture(case: &Case) -> String {
    let mut lines: Vec<String> = Vec::new();
    for finding in all_findings(case) {
        lines.extend(finding_lines(case, &finding));
    }
    for hunt in list_hunts(case).unwrap() {
        lines.push(hunt_line(case, &hunt));
        for device in list_devices(case, &[hunt.id]).unwrap() {
            lines.push(format!("{} {}", hunt.id, device_line(&device)));
        }
    }
    for rule in list_rules_of_case(case).unwrap() {
        lines.push(format!("rule {}: {:?} {:?}", rule.name, rule.hunt, rule.reopen));
    }
    lines.extend(list_suppressions(case).unwrap().iter().map(suppression_line));
    lines.join("\n")
}

fn finding_lines(case: &Case, finding: &Finding) -> Vec<String> {
    let former = finding.former.as_ref().map(|former| (former.classification, former.determination));
    let spans = (finding.first_activity, finding.last_activity, finding.events, finding.hidden_events);
    let others = (finding.predecessor, finding.successor, former);
    let notes = notes_of(case, Subject::Finding(finding.id));
    let head = format!(
        "{} {} {}: {:?} {:?} {spans:?} {others:?} {notes:?}",
        finding.id,
        finding.rule,
        finding.device_name,
        fields_of(finding),
        finding.tags
    );
    let evidence = list_evidence(case, finding.id, "nobody").unwrap();
    let event = |event: &huntcase::findings::Evidence| {
        format!("{} event {} hidden by {:?}", finding.id, event.event_id, event.hidden_by)
    };
    std::iter::once(head).chain(evidence.iter().map(event)).collect()
}

fn hunt_line(case: &Case, hunt: &Hunt) -> String {
    let mut hunt = hunt.clone();
    let rules: Vec<String> = hunt.rules.drain(..).map(|rule| rule.name).collect();
    format!("{hunt:?} rules {rules:?} comments {:?}", notes_of(case, Subject::Hunt(hunt.id)))
}

fn device_line(device: &DeviceRow) -> String {
    let counts = (device.findings, device.open_findings, device.hidden_events);
    format!("{}: {counts:?} {} {:?} {:?}", device.name, device.state, device.review, device.stale)
}

fn suppression_line(suppression: &Suppression) -> String {
    format!("{suppression:?}")
}
