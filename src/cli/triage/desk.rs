//! The analyst's desk: the queue, the finding that lies on it, and what keys do.
//!
//! Every change is the library call of the command of the same meaning, and is in the case when the call returns.

mod deed;
mod suppress;
mod take_back;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::question::{Purpose, Question, Reply};
use super::setting::Setting;
use super::shown::Shown;
use crate::error::Error;
use crate::findings::{Classification, FindingId};
use crate::store::locked;

/// The keys that a finding waits for, in the order in which they are shown.
pub const KEYS: [(&str, &str); 12] = [
    ("c", "confirm"),
    ("b", "benign"),
    ("f", "false positive"),
    ("i", "in progress"),
    ("n", "note"),
    ("a", "assign"),
    ("x", "suppress"),
    ("s", "skip"),
    ("<", "back"),
    ("u", "undo"),
    ("j/k", "scroll"),
    ("q", "quit"),
];

/// The keys of the screen at the end of the queue.
const KEYS_AT_THE_END: [&str; 3] = ["<", "u", "q"];

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Wait for the next key.
    Stay,
    /// The analyst leaves.
    Quit,
}

/// What became of a finding of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet.
    Open,
    /// The analyst went on without a decision.
    Skipped,
    /// The analyst decided.
    Decided,
}

/// A finding of the queue.
#[derive(Debug, Clone, Copy)]
pub struct Queued {
    /// The finding.
    pub id: FindingId,
    /// What became of it.
    pub outcome: Outcome,
}

/// What the last key did.
#[derive(Debug)]
pub struct Message {
    /// One line.
    pub text: String,
    /// Whether it could not be done.
    pub is_problem: bool,
}

/// What of the page could be seen when it was drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct View {
    /// How many rows there are for it.
    pub height: usize,
    /// The highest row that it can begin with.
    pub last: usize,
    /// Whether there was room for nothing but a word of that.
    pub is_too_small: bool,
}

/// The desk.
pub struct Desk<'a> {
    setting: Setting<'a>,
    queue: Vec<Queued>,
    position: usize,
    shown: Option<Shown>,
    question: Option<Question>,
    has_help: bool,
    message: Option<Message>,
    /// What the suppression that is being asked about would hide now.
    preview: Option<String>,
    /// The reason that was given last.
    last_reason: String,
    scroll: usize,
    view: View,
    /// How many changes were made here that can be taken back.
    deeds: usize,
}

impl<'a> Desk<'a> {
    /// Lays the first finding of a queue on the desk.
    pub fn new(setting: Setting<'a>, ids: &[FindingId]) -> Self {
        let queue = ids.iter().map(|id| Queued { id: *id, outcome: Outcome::Open }).collect();
        let mut desk = Self {
            setting,
            queue,
            position: 0,
            shown: None,
            question: None,
            has_help: false,
            message: None,
            preview: None,
            last_reason: String::new(),
            scroll: 0,
            view: View::default(),
            deeds: 0,
        };
        desk.go_to(0);
        desk
    }

    /// The analyst.
    pub fn analyst(&self) -> &str {
        self.setting.analyst
    }

    /// All findings of the queue.
    pub fn queue(&self) -> &[Queued] {
        &self.queue
    }

    /// Where in the queue the finding on the desk stands; at the end, the length of the queue.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The finding on the desk; None at the end of the queue, or where it could not be read.
    pub fn shown(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    /// What is being asked.
    pub fn question(&self) -> Option<&Question> {
        self.question.as_ref()
    }

    /// Whether the list of keys is on the desk instead of the finding.
    pub fn has_help(&self) -> bool {
        self.has_help
    }

    /// What the suppression that is being asked about would hide now.
    pub fn preview(&self) -> Option<&str> {
        self.preview.as_deref()
    }

    /// What the last key did.
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }

    /// The row with which the page begins.
    pub fn scroll(&self) -> usize {
        self.scroll
    }

    /// The keys that do something now, each with its meaning.
    pub fn keys(&self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        let is_end = self.position == self.queue.len();
        KEYS.iter().filter(move |(key, _)| !is_end || KEYS_AT_THE_END.contains(key))
    }

    /// How many findings have this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.queue.iter().filter(|queued| queued.outcome == outcome).count()
    }

    /// Takes over what could be seen, so that nothing scrolls beyond the end, and notes that it was.
    pub fn settle(&mut self, view: View) {
        if let Some(shown) = self.shown.as_mut().filter(|_| !view.is_too_small) {
            shown.note_seen(self.setting);
        }
        self.view = view;
        self.scroll = self.scroll.min(view.last);
    }

    /// Does what a key does.
    pub fn press(&mut self, key: KeyEvent) -> Step {
        let is_control_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
        if self.view.is_too_small {
            // Nothing is decided about what cannot be seen.
            return if is_control_c || key.code == KeyCode::Char('q') { Step::Quit } else { Step::Stay };
        }
        match self.question.take() {
            Some(question) => self.answer(question, key),
            None if self.has_help => {
                let stays = self.scroll_by(key.code);
                self.turn_help(stays);
            }
            None if is_control_c => return Step::Quit,
            None if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {}
            None => return self.command(key.code),
        }
        Step::Stay
    }

    /// Takes in a pasted text, which is no series of keys.
    pub fn paste(&mut self, text: &str) -> Step {
        if let Some(Question::Text(_, prompt)) = &mut self.question {
            prompt.paste(text);
        }
        Step::Stay
    }

    /// Does what a key does while nothing is asked.
    fn command(&mut self, code: KeyCode) -> Step {
        let code = match code {
            KeyCode::Char(letter) => KeyCode::Char(letter.to_ascii_lowercase()),
            other => other,
        };
        if self.scroll_by(code) {
            return Step::Stay;
        }
        self.message = None;
        match code {
            KeyCode::Char('q') => return Step::Quit,
            KeyCode::Char('?') => self.turn_help(true),
            KeyCode::Char('<' | ',') | KeyCode::Left | KeyCode::Backspace => self.go_back(),
            KeyCode::Char('u') => self.take_back(),
            _ if self.position == self.queue.len() => self.say("this is the end of the queue"),
            KeyCode::Char('s' | '>') | KeyCode::Right => self.skip(),
            _ if self.shown.is_none() => self.say("there is no finding here; s goes on"),
            KeyCode::Char(letter) => self.decide(letter),
            _ => {}
        }
        Step::Stay
    }

    fn decide(&mut self, letter: char) {
        let verdict = |classification| Some(Question::Determination(classification));
        match letter {
            'c' => self.question = verdict(Classification::TruePositive),
            'b' => self.question = verdict(Classification::InformationalExpectedActivity),
            'f' => self.question = verdict(Classification::FalsePositive),
            'n' => self.question = Some(Question::text(Purpose::Note)),
            'a' => self.question = Some(Question::text(Purpose::Assignee)),
            'x' => self.ask_what_to_hide(),
            'i' => self.take_up(),
            _ => self.say("no such key; ? lists the keys"),
        }
    }

    /// Moves the page; false for a key that moves nothing.
    fn scroll_by(&mut self, code: KeyCode) -> bool {
        let page = self.view.height.saturating_sub(1).max(1);
        let to = match code {
            KeyCode::Down | KeyCode::Char('j') => self.scroll + 1,
            KeyCode::Up | KeyCode::Char('k') => self.scroll.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll + page,
            KeyCode::PageUp => self.scroll.saturating_sub(page),
            KeyCode::Home => 0,
            KeyCode::End => self.view.last,
            _ => return false,
        };
        self.scroll = to.min(self.view.last);
        true
    }

    fn turn_help(&mut self, on: bool) {
        if self.has_help != on {
            self.has_help = on;
            self.scroll = 0;
        }
    }

    fn answer(&mut self, question: Question, key: KeyEvent) {
        let question = match key.code {
            KeyCode::Up => question.recall(&self.last_reason),
            _ => question,
        };
        let asked = question.clone();
        match question.press(key) {
            Reply::Ask(question) => {
                self.message = None;
                if let (Question::Devices(_), Some(hidden)) = (&asked, question.hidden()) {
                    self.preview = self.preview_of(hidden);
                }
                self.question = Some(question);
            }
            Reply::Cancelled => {
                self.preview = None;
                self.say("nothing changed");
            }
            Reply::Done(answer) => {
                self.message = None;
                self.act(answer);
                if self.message.as_ref().is_some_and(|message| message.is_problem) {
                    // What was typed is not lost because another program holds the case.
                    self.question = Some(asked);
                }
            }
        }
    }

    fn skip(&mut self) {
        let queued = &mut self.queue[self.position];
        if queued.outcome == Outcome::Open {
            queued.outcome = Outcome::Skipped;
        }
        self.go_forward();
    }

    /// To the next finding about which nothing was decided.
    fn go_forward(&mut self) {
        let is_open = |queued: &Queued| queued.outcome != Outcome::Decided;
        let next = self.queue.iter().skip(self.position + 1).position(is_open);
        self.go_to(next.map_or(self.queue.len(), |steps| self.position + 1 + steps));
    }

    fn go_back(&mut self) {
        match self.position.checked_sub(1) {
            Some(before) => self.go_to(before),
            None => self.say("this is the first finding"),
        }
    }

    fn go_to(&mut self, position: usize) {
        self.position = position;
        self.scroll = 0;
        self.shown = None;
        self.load();
    }

    /// Reads the finding anew; what of it was new stays so.
    fn load(&mut self) {
        let id = self.queue.get(self.position).map(|queued| queued.id);
        let loaded = id.map(|id| Shown::load(self.setting, id, self.shown.as_ref())).transpose();
        match loaded {
            Ok(shown) => self.shown = shown,
            Err(error) => {
                self.shown = None;
                self.fail(&error);
            }
        }
    }

    fn say(&mut self, text: &str) {
        // A problem met on the way is more than that the way was gone.
        if self.message.is_none() {
            self.message = Some(Message { text: text.to_owned(), is_problem: false });
        }
    }

    fn fail(&mut self, error: &Error) {
        let text = match error {
            Error::Database { locked: true, .. } => locked(self.setting.case.path()).to_string(),
            Error::Meanwhile { what, change } => {
                format!("{what}: {change} since you looked; the same again writes over that")
            }
            Error::Judged { what, verdict } => format!("{what}: {verdict}; the same again writes over that"),
            _ => error.to_string(),
        };
        self.message = Some(Message { text, is_problem: true });
    }
}
