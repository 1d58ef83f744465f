//! The case file: opening, migrations, SQL functions, and the tables of imports and events.
//!
//! *Case*: the one SQLite file that holds everything. *Import*: one file taken in. May use `event`,
//! `kusto` and `source`'s readers; it is the only room, with the files called `tables.rs`, that names `rusqlite`.

mod answer;
mod case;
mod contents;
mod coverage;
mod error;
pub mod functions;
mod holder;
mod imports;
mod ingest;
mod space;
mod statement;
mod transaction;

pub use answer::{Answer, Cell};
pub(crate) use answer::{Fault, Reading, cell_of, check_reading, is_reading};
pub use case::{Access, Case};
pub(crate) use contents::{delete_unused_contents, keep_last_numbers};
pub use coverage::{Counting, Coverage, DayCoverage, DeviceCoverage, Gap, Hole, find_gaps};
pub use error::READ_ONLY;
pub use holder::locked;
pub use imports::{Conflict, Import, Recovered, Reject};
pub use ingest::{Outcome, Request, ingest};
pub(crate) use statement::{Token, canonical, first_statement, tokens};
pub(crate) use transaction::Transaction;

/// The text of a statement in `queries/`.
macro_rules! query {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/", $name, ".sql"))
    };
}
pub(crate) use query;
