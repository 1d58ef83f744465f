//! The history tells the whole story: what is now follows from it alone.

use std::collections::{BTreeMap, BTreeSet};

use huntcase::findings::{
    HistoryEntry, HuntId, Review, Subject, SuppressionId, list_devices, list_evidence, list_hunts,
    list_rules_of_case, list_suppressions,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::Bench;
use super::picture::{all_findings, fields_of, notes_of};
use super::steps::{after, cases, steps};

/// What the history says that is now.
#[derive(Default)]
struct Replayed {
    fields: BTreeMap<(Subject, String), String>,
    tags: BTreeSet<(Subject, String)>,
    notes: BTreeMap<Subject, Vec<String>>,
    hidden: BTreeMap<(Subject, String), bool>,
}

impl Replayed {
    fn of(history: &[HistoryEntry]) -> Self {
        let mut replayed = Self::default();
        for entry in history {
            replayed.take(entry);
        }
        replayed
    }

    fn take(&mut self, entry: &HistoryEntry) {
        let (subject, old, new) = (entry.subject, entry.old.clone(), entry.new.clone());
        match (entry.field.as_str(), new.is_empty()) {
            ("tag", false) => drop(self.tags.insert((subject, new))),
            ("tag", true) => drop(self.tags.remove(&(subject, old))),
            ("note", false) => self.notes.entry(subject).or_default().push(new),
            ("note", true) => {
                let notes = self.notes.get_mut(&subject).unwrap();
                let place = notes.iter().position(|note| *note == old).unwrap();
                notes.remove(place);
            }
            ("hiddenBy", false) => drop(self.hidden.insert((subject, new), true)),
            ("hiddenBy", true) => drop(self.hidden.insert((subject, old), false)),
            // What undo needs, and no state of the finding's.
            ("coveredBy", _) => {}
            (field, _) => {
                let was = self.fields.insert((subject, field.to_owned()), new);
                assert_eq!(was.unwrap_or_else(|| usual(subject, field)), old, "{entry:?}");
            }
        }
    }

    fn field(&self, subject: Subject, field: &str) -> String {
        self.fields.get(&(subject, field.to_owned())).cloned().unwrap_or_else(|| usual(subject, field))
    }

    fn tags(&self, subject: Subject) -> Vec<String> {
        self.tags.iter().filter(|(of, _)| *of == subject).map(|(_, tag)| tag.clone()).collect()
    }

    fn notes(&self, subject: Subject) -> Vec<String> {
        let mut notes = self.notes.get(&subject).cloned().unwrap_or_default();
        notes.sort();
        notes
    }
}

/// What a field is before the history says something of it.
fn usual(subject: Subject, field: &str) -> String {
    let usual = match (subject, field) {
        (Subject::Finding(_), "status") => "new",
        (Subject::Finding(_), "classification" | "determination") => "unknown",
        (Subject::Finding(_), "reopenCount") => "0",
        _ => "",
    };
    usual.to_owned()
}

fn compare_findings(bench: &Bench, replayed: &Replayed) {
    for finding in all_findings(bench.case()) {
        let subject = Subject::Finding(finding.id);
        for (field, value) in fields_of(&finding) {
            assert_eq!(value, replayed.field(subject, field), "{} {field}", finding.id);
        }
        assert_eq!(finding.tags, replayed.tags(subject), "{}", finding.id);
        assert_eq!(notes_of(bench.case(), subject), replayed.notes(subject), "{}", finding.id);
        let hidden_by: BTreeSet<String> = list_evidence(bench.case(), finding.id, "nobody")
            .unwrap()
            .iter()
            .filter_map(|event| event.hidden_by.map(|id| id.to_string()))
            .collect();
        for ((_, name), is_hidden) in replayed.hidden.iter().filter(|((of, _), _)| *of == subject) {
            assert_eq!(hidden_by.contains(name), *is_hidden, "{} {name}", finding.id);
        }
    }
}

fn compare_hunts(bench: &Bench, replayed: &Replayed) {
    let hunts = list_hunts(bench.case()).unwrap();
    for hunt in &hunts {
        let subject = Subject::Hunt(hunt.id);
        let fields = [
            ("name", hunt.name.clone()),
            ("hypothesis", hunt.hypothesis.clone()),
            ("status", hunt.status.name().to_owned()),
            ("hypothesisStatus", hunt.hypothesis_status.name().to_owned()),
            ("lookback", hunt.lookback.map_or_else(String::new, |span| span.to_string())),
            ("reopen", hunt.reopen.name().to_owned()),
            ("owner", hunt.owner.clone()),
            ("openedAt", hunt.opened_at.to_string()),
        ];
        for (field, value) in fields {
            assert_eq!(value, replayed.field(subject, field), "{} {field}", hunt.id);
        }
        assert_eq!(notes_of(bench.case(), subject), replayed.notes(subject), "{}", hunt.id);
    }
    let names = replayed.fields.iter().filter(|((_, field), name)| field == "name" && !name.is_empty());
    assert_eq!(names.count(), hunts.len(), "hunts");
}

fn compare_rules(bench: &Bench, replayed: &Replayed) {
    for rule in list_rules_of_case(bench.case()).unwrap() {
        let subject = Subject::Rule(rule.key);
        let hunt = rule.hunt.map_or_else(String::new, |id: HuntId| id.to_string());
        let reopen = rule.reopen.map_or_else(String::new, |reopen| reopen.name().to_owned());
        assert_eq!((hunt, reopen), (replayed.field(subject, "hunt"), replayed.field(subject, "reopen")));
    }
}

fn compare_reviews(bench: &Bench, replayed: &Replayed) {
    for hunt in list_hunts(bench.case()).unwrap() {
        for device in list_devices(bench.case(), &[hunt.id]).unwrap() {
            let said = replayed.field(Subject::Review(hunt.id, device.key), "review");
            let said: Value =
                if said.is_empty() { Value::Null } else { serde_json::from_str(&said).unwrap() };
            assert_eq!(said, device.review.as_ref().map_or(Value::Null, in_words), "{}", device.name);
        }
    }
}

fn in_words(review: &Review) -> Value {
    let mark = &review.watermark;
    json!({
        "state": review.state.name(),
        "by": review.by,
        "at": review.at.to_string(),
        "comment": review.comment,
        "importId": mark.import_id,
        "runId": mark.run_id,
        "historyId": mark.history_id,
        "rulesSha256": mark.rules_sha256,
        "windowEnd": mark.window_end.map_or_else(String::new, |end| end.to_string()),
    })
}

fn compare_suppressions(bench: &Bench, replayed: &Replayed) {
    let listed = list_suppressions(bench.case()).unwrap();
    let present =
        replayed.fields.iter().filter(|((_, field), said)| field == "suppression" && !said.is_empty());
    let present: Vec<Subject> = present.map(|((subject, _), _)| *subject).collect();
    let ids: Vec<SuppressionId> = listed.iter().map(|suppression| suppression.id).collect();
    assert_eq!(present, ids.into_iter().map(Subject::Suppression).collect::<Vec<_>>());
    for suppression in listed {
        let lifted = suppression.lifted_at.map_or_else(String::new, |at| at.to_string());
        assert_eq!(lifted, replayed.field(Subject::Suppression(suppression.id), "liftedAt"));
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn what_is_now_follows_from_the_history_alone(steps in prop::collection::vec(steps(), 10..30)) {
        let bench = after(&steps);
        let history = bench.history();
        prop_assert!(history.windows(2).all(|pair| pair[0].id < pair[1].id));
        let replayed = Replayed::of(&history);
        compare_findings(&bench, &replayed);
        compare_hunts(&bench, &replayed);
        compare_rules(&bench, &replayed);
        compare_reviews(&bench, &replayed);
        compare_suppressions(&bench, &replayed);
    }
}
