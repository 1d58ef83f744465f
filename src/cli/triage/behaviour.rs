//! The events of a finding, those that are alike as one.

use crate::event::Timestamp;
use crate::findings::Evidence;
use crate::report::{Word, matched_words, plain};

/// Events of a finding with the same processes, command lines, account, file and reason.
#[derive(Debug)]
pub struct Behaviour {
    /// The newest of them.
    pub newest: Evidence,
    /// The time of the oldest.
    pub first: Timestamp,
    /// How many there are.
    pub events: usize,
    /// What the rule says of them: the values of its columns.
    pub reason: String,
    /// The words that the rule found in them.
    pub words: Vec<Word>,
}

impl Behaviour {
    fn begin(event: Evidence) -> Self {
        let values = event.reason.values().map(plain).filter(|value| !value.is_empty());
        let reason = values.collect::<Vec<_>>().join("; ");
        let words = matched_words(&event.reason);
        Self { first: event.time, events: 1, reason, words, newest: event }
    }
}

/// Puts events together that are alike, whatever the process ids. `evidence` is in the order of time; the behaviour
/// seen last comes first.
pub fn group(evidence: Vec<Evidence>) -> Vec<Behaviour> {
    let mut behaviours: Vec<Behaviour> = Vec::new();
    let mut index_of = std::collections::HashMap::new();
    for event in evidence.into_iter().rev() {
        let index = *index_of.entry(likeness(&event)).or_insert(behaviours.len());
        match behaviours.get_mut(index) {
            Some(behaviour) => {
                behaviour.first = event.time;
                behaviour.events += 1;
            }
            None => behaviours.push(Behaviour::begin(event)),
        }
    }
    behaviours
}

/// What events must have in common to be alike.
fn likeness(event: &Evidence) -> [String; 9] {
    [
        event.parent_file_name.clone(),
        event.initiating_file_name.clone(),
        event.initiating_command_line.clone(),
        event.file_name.clone(),
        event.command_line.clone(),
        event.account_domain.clone(),
        event.account_name.clone(),
        format!("{} {}", event.sha1, event.sha256),
        serde_json::Value::Object(event.reason.clone()).to_string(),
    ]
}
