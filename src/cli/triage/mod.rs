//! `huntcase triage`: open findings one after the other on a full screen.
//!
//! - `desk` holds the queue and does what keys do, by the library calls of the other commands.
//! - `screen` draws the desk, `page` the finding on it; `fold` breaks text to the width of the screen.
//! - `question` and `prompt` are what is asked at the bottom.
//! - `terminal` takes the terminal over and gives it back.
//!
//! `ratatui` is named here alone.

mod desk;
mod fold;
mod group;
mod look;
mod page;
mod prompt;
mod question;
mod screen;
mod setting;
mod shown;
mod terminal;
#[cfg(test)]
mod tests;

use std::io::IsTerminal;

use clap::Args;
use ratatui::crossterm::event::{Event, KeyEventKind};

use super::context::Context;
use super::select::Selection;
use crate::error::{Error, Result, exit};
use crate::findings::FindingId;
use crate::store::Case;
use desk::{Desk, Outcome, Step};
use look::Look;
use setting::Setting;
use terminal::Screen;

/// `huntcase triage`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  huntcase triage\n  huntcase triage F-3 F-7\n  huntcase triage --where severity=high"
)]
pub struct Arguments {
    #[command(flatten)]
    selection: Selection,
}

/// Runs `huntcase triage`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    check_terminal()?;
    context.expect_lines("triage")?;
    let case = context.open_case()?;
    let ids = queue(&case, arguments, context)?;
    if ids.is_empty() {
        context.say("no open findings; huntcase findings --all lists the resolved ones");
        return Ok(exit::DONE);
    }
    let clock = || context.present();
    let setting = Setting { case: &case, analyst: &context.analyst, clock: &clock };
    let mut desk = Desk::new(setting, &ids);
    walk(&mut desk)?;
    context.say(&summary(&desk));
    Ok(exit::DONE)
}

/// Refuses where nobody could see or press anything.
fn check_terminal() -> Result<()> {
    let is_dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
    if is_dumb || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let instead = "without one use huntcase findings, huntcase show and huntcase set";
        return Err(Error::Usage(format!("triage needs a terminal that it can draw on; {instead}")));
    }
    Ok(())
}

/// The findings to walk: those named or selected, or else the open ones, latest activity first.
fn queue(case: &Case, arguments: &Arguments, context: &Context) -> Result<Vec<FindingId>> {
    match arguments.selection.findings(case, context) {
        Ok(findings) => Ok(findings.iter().map(|finding| finding.id).collect()),
        Err(Error::NothingSelected(_)) if arguments.selection.is_empty() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Draws and does what keys do, until the analyst quits or the terminal goes away.
fn walk(desk: &mut Desk<'_>) -> Result<()> {
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let look = Look { has_colour: !no_colour };
    let mut screen = Screen::enter()?;
    loop {
        let mut view = None;
        screen.draw(|frame| view = Some(screen::draw(frame, desk, look)))?;
        desk.settle(view.unwrap_or_default());
        let step = match screen.next_event()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => desk.press(key),
            Event::Paste(text) => desk.paste(&text),
            _ => Step::Stay,
        };
        if step == Step::Quit {
            return Ok(());
        }
    }
}

fn summary(desk: &Desk<'_>) -> String {
    let (decided, skipped) = (desk.count(Outcome::Decided), desk.count(Outcome::Skipped));
    format!("{decided} decided, {skipped} skipped, {} left", desk.count(Outcome::Open))
}
