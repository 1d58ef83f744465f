//! What is done to the finding on the desk: the library calls of the other commands, and where the desk goes then.

use super::{Desk, Outcome};
use crate::cli::triage::question::Answer;
use crate::error::Result;
use crate::findings::{
    Author, Change, Classification, Determination, FindingId, Status, change_findings, write_note,
};

impl<'a> Desk<'a> {
    /// Does what was answered.
    pub(super) fn act(&mut self, answer: Answer) {
        match answer {
            Answer::Verdict(classification, determination, why) => {
                self.resolve(classification, determination, &why);
            }
            Answer::Note(text) => self.note(&text),
            Answer::Assignee(name) if name.is_empty() => self.assign(self.setting.analyst),
            Answer::Assignee(name) => self.assign(&name),
        }
    }

    fn resolve(&mut self, classification: Classification, determination: Determination, why: &str) {
        let change = Change {
            status: Some(Status::Resolved),
            classification: Some(classification),
            determination: Some(determination),
            ..Change::default()
        };
        let verdict = format!("{} / {}", classification.shown(), determination.shown());
        let changed = self.change(&change, why).map(|id| format!("{id} is resolved: {verdict}"));
        self.go_on(changed);
    }

    /// Says that somebody works on the finding.
    pub(super) fn take_up(&mut self) {
        let change = Change { status: Some(Status::InProgress), ..Change::default() };
        let changed = self.change(&change, "").map(|id| format!("{id} is in progress"));
        self.go_on(changed);
    }

    fn assign(&mut self, name: &str) {
        let change = Change { assigned_to: Some(name.to_owned()), ..Change::default() };
        let changed = self.change(&change, "").map(|id| format!("{id} is assigned to {name}"));
        self.look_again(changed);
    }

    fn note(&mut self, text: &str) {
        let id = self.queue[self.position].id;
        let noted = write_note(self.setting.case, id, text, self.author(""));
        self.look_again(noted.map(|()| format!("noted on {id}")));
    }

    fn change(&self, change: &Change, why: &str) -> Result<FindingId> {
        let id = self.queue[self.position].id;
        change_findings(self.setting.case, &[id], change, self.author(why))?;
        Ok(id)
    }

    fn author<'w>(&self, why: &'w str) -> Author<'w>
    where
        'a: 'w,
    {
        Author {
            by: self.setting.analyst,
            at: (self.setting.clock)(),
            command: "triage",
            why,
            dry_run: false,
        }
    }

    /// After a decision: on to the next finding.
    fn go_on(&mut self, done: Result<String>) {
        match done {
            Ok(text) => {
                self.queue[self.position].outcome = Outcome::Decided;
                self.go_to(self.position + 1);
                self.say(&text);
            }
            Err(error) => self.fail(&error),
        }
    }

    /// After a change that decides nothing: the same finding, as it is now.
    fn look_again(&mut self, done: Result<String>) {
        match done {
            Ok(text) => {
                let scroll = self.scroll;
                self.go_to(self.position);
                self.scroll = scroll;
                self.say(&text);
            }
            Err(error) => self.fail(&error),
        }
    }
}
