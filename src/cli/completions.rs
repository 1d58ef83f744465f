//! `huntcase completions` and `huntcase man`.

use clap::{Args, Command};
use clap_complete::Shell;

use super::context::Context;
use crate::error::{Result, exit};

/// `huntcase completions`
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  huntcase completions bash > ~/.local/share/bash-completion/completions/huntcase"
)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Runs `huntcase completions`.
pub fn completions(arguments: &Arguments, mut command: Command, context: &Context) -> Result<u8> {
    let mut output = context.output()?;
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "huntcase", &mut script);
    std::io::Write::write_all(&mut output, &script)?;
    output.finish()?;
    Ok(exit::DONE)
}

/// Runs `huntcase man`.
pub fn man(command: Command, context: &Context) -> Result<u8> {
    let mut output = context.output()?;
    clap_mangen::Man::new(command).render(&mut output)?;
    output.finish()?;
    Ok(exit::DONE)
}
