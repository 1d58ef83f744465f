//! What is done to the finding on the desk: the library calls of the other commands, and where the desk goes then.

use super::{Desk, Outcome};
use crate::cli::triage::question::Answer;
use crate::error::{Error, Result};
use crate::findings::{
    Author, Change, Classification, Determination, FindingId, Status, change_findings, write_note,
};

/// The command by which the history knows what was done here.
pub(super) const COMMAND: &str = "triage";

impl<'a> Desk<'a> {
    /// Does what was answered.
    pub(super) fn act(&mut self, answer: Answer) {
        self.preview = None;
        if let Answer::Verdict(.., why) | Answer::Suppression(_, why, _) = &answer
            && !why.is_empty()
        {
            self.last_reason.clone_from(why);
        }
        match answer {
            Answer::Verdict(classification, determination, why) => {
                self.resolve(classification, determination, &why);
            }
            Answer::Note(text) => self.note(&text),
            Answer::Assignee(name) if name.is_empty() => self.assign(self.setting.analyst),
            Answer::Assignee(name) => self.assign(&name),
            Answer::Suppression(hidden, why, ends) => self.suppress(&hidden, &why, &ends),
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
        self.deeds += usize::from(noted.is_ok());
        self.look_again(noted.map(|()| format!("noted on {id}")));
    }

    fn change(&mut self, change: &Change, why: &str) -> Result<FindingId> {
        let id = self.queue[self.position].id;
        let changed = change_findings(self.setting.case, &[id], change, self.author(why))?;
        self.deeds += usize::from(!changed.changes.is_empty());
        Ok(id)
    }

    /// The analyst at the desk, now.
    pub(super) fn author<'w>(&self, why: &'w str) -> Author<'w>
    where
        'a: 'w,
    {
        let at = (self.setting.clock)();
        Author { by: self.setting.analyst, at, command: COMMAND, why, dry_run: false }
    }

    /// After a decision: on to the next finding.
    fn go_on(&mut self, done: Result<String>) {
        match done {
            Ok(text) => {
                self.queue[self.position].outcome = Outcome::Decided;
                self.go_forward();
                self.say(&text);
            }
            Err(error) => self.refuse(&error),
        }
    }

    /// After a change that decides nothing: the same finding, as it is now.
    pub(super) fn look_again(&mut self, done: Result<String>) {
        match done {
            Ok(text) => {
                self.load();
                self.say(&text);
            }
            Err(error) => self.refuse(&error),
        }
    }

    fn refuse(&mut self, error: &Error) {
        // Where somebody else was faster, the analyst sees what there is now.
        if matches!(error, Error::Meanwhile { .. } | Error::Judged { .. }) {
            self.load();
        }
        self.fail(error);
    }
}
