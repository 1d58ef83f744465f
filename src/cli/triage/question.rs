//! What is asked at the bottom of the screen before something is done.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::prompt::Prompt;
use crate::findings::{Classification, Determination};

/// A question that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Why the analyst concluded it: one key.
    Determination(Classification),
    /// On which devices events with this command line are to be hidden: one key.
    Devices(String),
    /// A line of text.
    Text(Purpose, Prompt),
}

/// What a line of text is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The reason of a verdict.
    Reason(Classification, Determination),
    /// A note.
    Note,
    /// The name of who works on it; no name is the analyst's own.
    Assignee,
    /// The reason of a suppression.
    Suppression(Hidden),
    /// When a suppression of this reason ends.
    Ending(Hidden, String),
}

/// Which events are to be hidden: those with exactly this command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// The command line.
    pub command_line: String,
    /// Whether on every device, and not only on the finding's.
    pub is_everywhere: bool,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Resolve the finding with a verdict and a reason, which may be `""`.
    Verdict(Classification, Determination, String),
    /// Add a note.
    Note(String),
    /// Assign the finding; `""` is the analyst.
    Assignee(String),
    /// Hide events, with a reason, up to an end as an option would give it.
    Suppression(Hidden, String, String),
}

/// What a key makes of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It is still asked, or another one is.
    Ask(Question),
    /// It is answered.
    Done(Answer),
    /// It is taken back.
    Cancelled,
}

impl Question {
    /// Asks for a line of text.
    pub fn text(purpose: Purpose) -> Self {
        Self::Text(purpose, Prompt::default())
    }

    /// Does what a key does to a question. Esc takes it back.
    pub fn press(self, key: KeyEvent) -> Reply {
        let is_control_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
        match self {
            _ if key.code == KeyCode::Esc || is_control_c => Reply::Cancelled,
            Self::Determination(classification) => choose(classification, key),
            Self::Devices(command_line) => choose_devices(command_line, key),
            Self::Text(purpose, prompt) if key.code == KeyCode::Enter => finish(purpose, prompt),
            Self::Text(purpose, mut prompt) => {
                prompt.press(key);
                Reply::Ask(Self::Text(purpose, prompt))
            }
        }
    }

    /// The question with the reason that was given last already typed, where a reason is asked for and none is typed.
    pub fn recall(self, reason: &str) -> Self {
        match self {
            Self::Text(purpose @ (Purpose::Reason(..) | Purpose::Suppression(_)), prompt)
                if prompt.text().is_empty() =>
            {
                let mut prompt = Prompt::default();
                prompt.paste(reason);
                Self::Text(purpose, prompt)
            }
            other => other,
        }
    }

    /// Which events are asked about.
    pub fn hidden(&self) -> Option<&Hidden> {
        match self {
            Self::Text(Purpose::Suppression(hidden) | Purpose::Ending(hidden, _), _) => Some(hidden),
            _ => None,
        }
    }

    /// What is asked, in one line.
    pub fn title(&self, analyst: &str) -> String {
        match self {
            Self::Devices(command_line) => format!("Hide on which devices? {command_line}"),
            Self::Text(Purpose::Suppression(hidden), _) => format!("Why to hide: {}", hidden.command_line),
            Self::Text(Purpose::Ending(..), _) => "Hide until when? 30d, 2027-01-31, never".to_owned(),
            Self::Determination(classification) => format!("{}, because:", classification.shown()),
            Self::Text(Purpose::Reason(classification, determination), _) => {
                format!("{} / {}. The reason:", classification.shown(), determination.shown())
            }
            Self::Text(Purpose::Note, _) => "The note:".to_owned(),
            Self::Text(Purpose::Assignee, _) => format!("Assign to whom? Enter alone: {analyst}"),
        }
    }

    /// The keys that answer it, each with its meaning.
    pub fn keys(&self) -> Vec<(String, &'static str)> {
        let mut keys = Vec::new();
        match self {
            Self::Determination(classification) => {
                let choices = classification.determinations().iter().enumerate();
                keys.extend(choices.map(|(index, choice)| ((index + 1).to_string(), choice.shown())));
                keys.push(("Enter".to_owned(), Determination::Other.shown()));
            }
            Self::Devices(_) => {
                keys.push(("d".to_owned(), "this device"));
                keys.push(("c".to_owned(), "every device"));
            }
            Self::Text(Purpose::Suppression(_), _) => keys.push(("Enter".to_owned(), "go on")),
            Self::Text(..) => keys.push(("Enter".to_owned(), "save")),
        }
        if let Self::Text(Purpose::Reason(..) | Purpose::Suppression(_), _) = self {
            keys.push(("Up".to_owned(), "last reason"));
        }
        keys.push(("Esc".to_owned(), "cancel"));
        keys
    }
}

/// A number chooses the determination of that number, Enter the one that says nothing more.
fn choose(classification: Classification, key: KeyEvent) -> Reply {
    let choices = classification.determinations();
    let chosen = match key.code {
        KeyCode::Enter => Some(Determination::Other),
        KeyCode::Char(digit) => {
            let number = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
            number.and_then(|number| choices.get(number.checked_sub(1)?)).copied()
        }
        _ => None,
    };
    Reply::Ask(match chosen {
        Some(determination) => Question::text(Purpose::Reason(classification, determination)),
        None => Question::Determination(classification),
    })
}

fn choose_devices(command_line: String, key: KeyEvent) -> Reply {
    let is_everywhere = match key.code {
        KeyCode::Char('d') => false,
        KeyCode::Char('c') => true,
        _ => return Reply::Ask(Question::Devices(command_line)),
    };
    Reply::Ask(Question::text(Purpose::Suppression(Hidden { command_line, is_everywhere })))
}

fn finish(purpose: Purpose, prompt: Prompt) -> Reply {
    let text = prompt.text();
    match purpose {
        Purpose::Reason(classification, determination) => {
            Reply::Done(Answer::Verdict(classification, determination, text))
        }
        Purpose::Assignee => Reply::Done(Answer::Assignee(text)),
        // The others need a text, so there is nothing to do yet.
        _ if text.is_empty() => Reply::Ask(Question::Text(purpose, prompt)),
        Purpose::Note => Reply::Done(Answer::Note(text)),
        Purpose::Suppression(hidden) => Reply::Ask(Question::text(Purpose::Ending(hidden, text))),
        Purpose::Ending(hidden, why) => Reply::Done(Answer::Suppression(hidden, why, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What keys make of a question: letters type, `\n` is Enter, `\u{1b}` is Esc.
    fn answer(question: Question, keys: &str) -> Reply {
        let mut reply = Reply::Ask(question);
        for character in keys.chars() {
            let code = match character {
                '\n' => KeyCode::Enter,
                '\u{1b}' => KeyCode::Esc,
                other => KeyCode::Char(other),
            };
            let Reply::Ask(question) = reply else { panic!("{keys:?} goes on behind the end") };
            reply = question.press(KeyEvent::new(code, KeyModifiers::NONE));
        }
        reply
    }

    #[test]
    fn a_verdict_asks_for_a_determination_and_a_reason() {
        use Classification::{FalsePositive, TruePositive};
        let verdict = |classification, determination, why: &str| {
            Reply::Done(Answer::Verdict(classification, determination, why.to_owned()))
        };
        let table = [
            (FalsePositive, "1agent\n", verdict(FalsePositive, Determination::NotMalicious, "agent")),
            (FalsePositive, "\n\n", verdict(FalsePositive, Determination::Other, "")),
            (TruePositive, "4\n", verdict(TruePositive, Determination::Malware, "")),
            (FalsePositive, "4", Reply::Ask(Question::Determination(FalsePositive))),
            (FalsePositive, "0x", Reply::Ask(Question::Determination(FalsePositive))),
            (FalsePositive, "\u{1b}", Reply::Cancelled),
            (FalsePositive, "1half\u{1b}", Reply::Cancelled),
        ];
        for (classification, keys, expected) in table {
            assert_eq!(answer(Question::Determination(classification), keys), expected, "{keys:?}");
        }
    }

    #[test]
    fn every_determination_has_a_key() {
        for classification in Classification::ALL {
            assert!(classification.determinations().len() < 10, "{classification}");
        }
    }

    #[test]
    fn a_suppression_asks_for_its_devices_its_reason_and_its_end() {
        let asked = || Question::Devices("ping a".to_owned());
        let done = |is_everywhere, ends: &str| {
            let hidden = Hidden { command_line: "ping a".to_owned(), is_everywhere };
            Reply::Done(Answer::Suppression(hidden, "our agent".to_owned(), ends.to_owned()))
        };
        assert_eq!(answer(asked(), "dour agent\n30d\n"), done(false, "30d"));
        assert_eq!(answer(asked(), "c\nour agent\n\nnever\n"), done(true, "never"));
        assert_eq!(answer(asked(), "x\n"), Reply::Ask(asked()));
        assert_eq!(answer(asked(), "dour agent\n30\u{1b}"), Reply::Cancelled);
    }

    #[test]
    fn a_note_needs_a_text_and_an_assignee_does_not() {
        let note = Question::text(Purpose::Note);
        assert_eq!(answer(note.clone(), "\n"), Reply::Ask(note.clone()));
        assert_eq!(answer(note, "é\n"), Reply::Done(Answer::Note("é".to_owned())));
        assert_eq!(
            answer(Question::text(Purpose::Assignee), "\n"),
            Reply::Done(Answer::Assignee(String::new()))
        );
    }
}
