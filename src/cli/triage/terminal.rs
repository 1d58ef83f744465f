//! The terminal while it belongs to the screen: it is given back however the walk ends.

use std::io::{self, stdout};
use std::mem::ManuallyDrop;
use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::Frame;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event};
use ratatui::crossterm::execute;

/// A terminal in full-screen mode; dropping it gives it back.
pub struct Screen {
    /// Never dropped: its own end writes to standard error, which panics where the terminal has gone.
    terminal: ManuallyDrop<DefaultTerminal>,
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// It cannot be written, or does not say how large it is.
    pub fn enter() -> io::Result<Self> {
        #[cfg(unix)]
        signals::give_back_when_killed()?;
        let terminal = ratatui::try_init().inspect_err(|_| give_back())?;
        let screen = Self { terminal: ManuallyDrop::new(terminal) };
        // A pasted text comes as one, so that its letters are not taken for keys.
        execute!(stdout(), EnableBracketedPaste)?;
        // Asking begins the watch for changes of size, before the first drawing takes the size.
        event::poll(Duration::ZERO)?;
        Ok(screen)
    }

    /// Draws the whole screen.
    ///
    /// # Errors
    /// The terminal cannot be written, or has gone.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(draw).map(drop)
    }

    /// Waits for what happens next.
    ///
    /// # Errors
    /// The terminal cannot be read, or has gone.
    pub fn next_event(&self) -> io::Result<Event> {
        #[cfg(unix)]
        lost::wait_for_event()?;
        event::read()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Leaves full-screen mode. Nothing can be done about a terminal that has gone.
fn give_back() {
    let _ = execute!(stdout(), Show, DisableBracketedPaste);
    let _ = ratatui::try_restore();
}

#[cfg(unix)]
mod signals {
    //! A signal that ends the program gives the terminal back first.

    use std::io;
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    /// Decisions are in the case already, and SQLite takes back what was half done.
    pub(super) fn give_back_when_killed() -> io::Result<()> {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
        let wait = move || {
            for signal in signals.forever() {
                super::give_back();
                let _ = emulate_default_handler(signal);
            }
        };
        thread::Builder::new().name("signals".to_owned()).spawn(wait).map(drop)
    }
}

#[cfg(unix)]
mod lost {
    //! Noticing that the terminal has gone.
    //!
    //! `crossterm` reads a terminal that was hung up over and over again, since it takes its end for nothing to read
    //! yet. So it is asked only after the system has said that there is still someone at the other end.

    use std::io;
    use std::time::Duration;

    use ratatui::crossterm::event;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    /// How long to wait before looking whether the size has changed.
    const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 250_000_000 };
    const NO_WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

    /// Waits until there is an event to read.
    pub(super) fn wait_for_event() -> io::Result<()> {
        loop {
            check(NO_WAIT)?;
            // Also what was read before, with an earlier event.
            if event::poll(Duration::ZERO)? {
                return Ok(());
            }
            check(WAIT)?;
        }
    }

    /// Waits for input, and fails where none can come any more. A signal ends the wait.
    fn check(wait: Timespec) -> io::Result<()> {
        let input = io::stdin();
        let mut ends = [PollFd::new(&input, PollFlags::IN)];
        match poll(&mut ends, Some(&wait)) {
            Ok(_) if ends[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) => {
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the terminal has gone"))
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
