//! Asking on a terminal before many things are changed.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::error::Result;

/// Whether somebody can be asked: both ends of the question are a terminal.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks on standard error, and reads the answer. Anything but yes is no, and so is the end of the input.
pub fn ask(question: &str) -> Result<bool> {
    let mut terminal = io::stderr().lock();
    write!(terminal, "{question} [y/N] ")?;
    terminal.flush()?;
    read_yes(&mut io::stdin().lock())
}

fn read_yes(input: &mut impl BufRead) -> Result<bool> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(["y", "yes"].contains(&line.trim().to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for (answer, expected) in
            [("y\n", true), (" YES \n", true), ("n\n", false), ("yess\n", false), ("\n", false), ("", false)]
        {
            assert_eq!(read_yes(&mut answer.as_bytes()).unwrap(), expected, "{answer:?}");
        }
    }
}
