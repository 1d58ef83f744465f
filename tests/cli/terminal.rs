//! A terminal of the test's own, with the built program in it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Pty, open};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::support::Folder;

/// Longer waits mean that something is stuck.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A terminal with a program in it.
pub struct Terminal {
    pub pty: Pty,
    pub screen: vt100::Parser,
    pub child: Child,
}

impl Terminal {
    /// Starts a command on 80 x 24.
    pub fn start(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(24, 80)).unwrap();
        let mut command = folder.command(arguments);
        command.env("TERM", "xterm-256color").env_remove("NO_COLOR");
        command.envs(environment.iter().copied());
        let child = pty_process::blocking::Command::from(command).spawn(pts).unwrap();
        Self { pty, screen: vt100::Parser::new(size(24), size(80), 0), child }
    }

    /// Takes in what the program writes; false when the other end is closed.
    fn read(&mut self) -> bool {
        let mut ends = [PollFd::new(&self.pty, PollFlags::IN)];
        let wait = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
        if poll(&mut ends, Some(&wait)).unwrap() == 0 {
            return true;
        }
        let mut bytes = [0; 4096];
        let count = (&self.pty).read(&mut bytes).unwrap_or(0);
        self.screen.process(&bytes[..count]);
        count > 0
    }

    /// Waits until a text stands on the screen.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) {
        let begin = Instant::now();
        while !self.screen.screen().contents().contains(text) {
            let seen = self.screen.screen().contents();
            assert!(begin.elapsed() < PATIENCE, "waited for {text:?}:\n{seen}");
            assert!(self.read() || self.screen.screen().contents().contains(text), "{text:?}:\n{seen}");
        }
    }

    /// Types keys and waits until a text stands on the screen.
    #[track_caller]
    pub fn type_and_see(&mut self, keys: &str, text: &str) {
        (&self.pty).write_all(keys.as_bytes()).unwrap();
        self.wait_for(text);
    }

    /// Waits until the program has ended, and gives what the screen holds then.
    #[track_caller]
    pub fn end(mut self) -> (ExitStatus, vt100::Screen) {
        let begin = Instant::now();
        loop {
            let goes_on = self.read();
            if let Some(status) = self.child.try_wait().unwrap()
                && !goes_on
            {
                return (status, self.screen.screen().clone());
            }
            assert!(begin.elapsed() < PATIENCE, "the program goes on");
        }
    }
}

/// A number of columns or rows.
pub fn size(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap()
}
