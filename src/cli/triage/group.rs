//! The events of a finding, those that are alike as one.

use crate::event::Timestamp;
use crate::findings::Evidence;
use crate::report::why_in_words;

/// Events of a finding with the same processes, command lines, account, file and reason. What may be forged
/// stands apart.
#[derive(Debug)]
pub struct Group {
    /// The newest of them.
    pub newest: Evidence,
    /// The time of the oldest.
    pub first: Timestamp,
    /// How many there are.
    pub events: usize,
    /// How many of them the analyst has not seen before.
    pub new_events: usize,
    /// What the rule says of them.
    pub reason: String,
}

impl Group {
    fn begin(event: Evidence) -> Self {
        let reason = why_in_words(&event.why);
        Self { first: event.time, events: 0, new_events: 0, reason, newest: event }
    }

    fn add(&mut self, event: &Evidence) {
        self.first = event.time;
        self.events += 1;
        self.new_events += usize::from(event.is_unseen);
    }
}

/// Puts events together that are alike, whatever the process ids. `evidence` is in the order of time; the group
/// seen last comes first.
pub fn group(evidence: Vec<Evidence>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut index_of = std::collections::HashMap::new();
    for event in evidence.into_iter().rev() {
        let index = *index_of.entry(likeness(&event)).or_insert(groups.len());
        if index == groups.len() {
            groups.push(Group::begin(event.clone()));
        }
        groups[index].add(&event);
    }
    groups
}

/// What events must have in common to be alike.
fn likeness(event: &Evidence) -> [String; 11] {
    [
        event.parent_file_name.clone(),
        event.initiating_file_name.clone(),
        event.initiating_command_line.clone(),
        event.file_name.clone(),
        event.command_line.clone(),
        event.account_domain.clone(),
        event.account_name.clone(),
        format!("{} {}", event.sha1, event.sha256),
        why_in_words(&event.why),
        event.is_recovered.to_string(),
        event.is_ahead.to_string(),
    ]
}
