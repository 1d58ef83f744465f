//! Hiding from the desk what is known to be harmless.

use super::{Desk, Outcome};
use crate::cli::context::parse_future;
use crate::cli::triage::question::{Hidden, Question};
use crate::event::Timestamp;
use crate::findings::{
    Action, Author, Classification, CommandTest, Determination, Finding, FindingId, NewSuppression, Scope,
    Suppressed, add_suppression,
};
use crate::report::counted;

impl Desk<'_> {
    /// Asks on which devices the command line of the newest event is to be hidden.
    pub(super) fn ask_what_to_hide(&mut self) {
        let newest = self.shown.as_ref().and_then(|shown| shown.groups.first()).map(|group| &group.newest);
        match newest.map(|event| event.command_line.as_str()).filter(|line| !line.is_empty()) {
            Some(command_line) => self.question = Some(Question::Devices(command_line.to_owned())),
            None => {
                self.say("there is no command line to hide; huntcase suppress add hides by device or account")
            }
        }
    }

    /// Hides, up to an end as an option would give it.
    pub(super) fn suppress(&mut self, hidden: &Hidden, why: &str, ends: &str) {
        let Some(finding) = self.shown.as_ref().map(|shown| &shown.finding) else { return };
        let author = self.author(why);
        let suppressed = parse_future("the end", ends, author.at).and_then(|expires_at| {
            add_suppression(self.setting.case, &hiding(hidden, finding, expires_at), author)
        });
        match suppressed {
            Ok(suppressed) => self.after_suppression(&suppressed),
            Err(error) => self.fail(&error),
        }
    }

    /// What a suppression would hide now; None where that cannot be told.
    pub(super) fn preview_of(&self, hidden: &Hidden) -> Option<String> {
        let finding = &self.shown.as_ref()?.finding;
        let author = Author { dry_run: true, ..self.author("not yet") };
        let tried = add_suppression(self.setting.case, &hiding(hidden, finding, None), author).ok()?;
        Some(format!("Hides {} now", counted(tried.findings.len() as i64, "open finding", "open findings")))
    }

    /// On to the next finding where this one is hidden; where it holds other evidence too, it stays.
    fn after_suppression(&mut self, suppressed: &Suppressed) {
        self.deeds += 1;
        let is_hidden = |id: FindingId| suppressed.findings.iter().any(|finding| finding.id == id);
        for queued in self.queue.iter_mut().filter(|queued| is_hidden(queued.id)) {
            queued.outcome = Outcome::Decided;
        }
        let (suppression, id) = (suppressed.suppression.id, self.queue[self.position].id);
        let count = suppressed.findings.len() as i64;
        if is_hidden(id) {
            let others = match count {
                1 => String::new(),
                _ => format!(" and {}", counted(count - 1, "other finding", "other findings")),
            };
            self.go_forward();
            self.say(&format!("{suppression} hides {id}{others}"));
        } else {
            let findings = counted(count, "finding", "findings");
            let kept = format!("{suppression} hides {findings}; {id} holds other evidence too, and stays");
            self.look_again(Ok(kept));
        }
    }
}

fn hiding(hidden: &Hidden, finding: &Finding, expires_at: Option<Timestamp>) -> NewSuppression {
    NewSuppression {
        rule_key: finding.rule_key,
        scope: scope(hidden, finding),
        action: Action::Hide,
        classification: Classification::Unknown,
        determination: Determination::Unknown,
        expires_at,
    }
}

/// Exactly one command line, on the finding's device or on every one.
fn scope(hidden: &Hidden, finding: &Finding) -> Scope {
    let name = if finding.device_name.is_empty() { &finding.device_id } else { &finding.device_name };
    let device = (!hidden.is_everywhere).then(|| (finding.device_key, name.clone()));
    let command = CommandTest { operator: "==".to_owned(), text: hidden.command_line.clone() };
    Scope { device, account: None, command: Some(command) }
}
