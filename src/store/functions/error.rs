//! What is wrong with an argument, in words fit for the analyst who wrote the rule.

use thiserror::Error;

use crate::kusto::{BadNeedle, quoted};

/// An SQL function that could not use an argument; ends the query.
#[derive(Debug, Error)]
#[error("{function}: {cause}")]
pub(super) struct FunctionError {
    /// The function as it was called, `!` included.
    pub function: &'static str,
    /// What is wrong with the argument.
    #[source]
    pub cause: BadArgument,
}

/// An argument that has no meaning to its function.
#[derive(Debug, Error)]
pub(super) enum BadArgument {
    /// The operator cannot use its needle.
    #[error(transparent)]
    Needle(BadNeedle),
    /// The text is no instant.
    #[error("{} is not a time such as 2026-05-03 or 2026-05-03T06:40:13Z", quoted(.text))]
    Time { text: String },
}
