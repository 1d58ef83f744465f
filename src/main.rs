//! The program: see [`huntcase::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    huntcase::cli::main()
}
