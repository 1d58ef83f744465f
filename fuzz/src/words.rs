//! The words of a command line.

use clap::Parser;
use huntcase::cli::Arguments;
use huntcase::error::exit;

/// Words are understood, or it is said why not, with the code for that. Each line is a word behind `huntcase`.
pub fn words(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let words = std::iter::once("huntcase").chain(text.split('\n'));
    if let Err(error) = Arguments::try_parse_from(words) {
        let code = i32::from(if error.use_stderr() { exit::USAGE } else { exit::DONE });
        assert_eq!(error.exit_code(), code);
        assert!(!error.to_string().is_empty());
    }
}
