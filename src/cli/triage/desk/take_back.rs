//! Taking back what was done at the desk.

use super::deed::COMMAND;
use super::{Desk, Outcome, Queued};
use crate::findings::{Author, Subject, Undone, undo};
use crate::report::change_in_words;

impl Desk<'_> {
    /// Takes back the last change, where it was made at this desk; `huntcase undo` takes back any.
    pub(super) fn take_back(&mut self) {
        if self.deeds == 0 {
            return self.say("nothing was changed here; huntcase undo takes back what you did before");
        }
        let case = self.setting.case;
        match undo(case, Author { dry_run: true, ..self.author("") }) {
            Ok(last) if last.undone.iter().any(|entry| entry.command != COMMAND) => {
                self.say("your last change was made elsewhere; huntcase undo takes it back");
            }
            Ok(_) => match undo(case, self.author("")) {
                Ok(undone) => self.after_undo(&undone),
                Err(error) => self.fail(&error),
            },
            Err(error) => self.fail(&error),
        }
    }

    /// Back to the finding whose change was taken back.
    fn after_undo(&mut self, undone: &Undone) {
        self.deeds -= 1;
        let is_undone =
            |queued: &Queued| undone.undone.iter().any(|entry| entry.subject == Subject::Finding(queued.id));
        let position = self.queue.iter().position(is_undone);
        for queued in self.queue.iter_mut().filter(|queued| is_undone(queued)) {
            queued.outcome = Outcome::Open;
        }
        self.go_to(position.unwrap_or(self.position));
        if let Some(first) = undone.undone.first() {
            self.say(&format!("taken back: {} {}", first.what, change_in_words(first)));
        }
    }
}
