//! What must hold of each parser, whatever it is given. A function here is one fuzz target: it takes bytes, and panics
//! where a property does not hold.
//!
//! They stand apart from the targets so that the seeds can be tried on a stable compiler, without a fuzzer.

#![forbid(unsafe_code)]

mod bounded;
mod case;
mod conditions;
mod csv;
mod explain;
mod export;
mod ingest;
mod json;
mod operators;
mod packed;
mod query;
mod rows;
mod rule;
mod times;
mod values;
mod words;
mod workbook;

pub use self::conditions::conditions;
pub use self::csv::csv;
pub use self::explain::explain;
pub use self::export::export;
pub use self::ingest::ingest;
pub use self::json::json;
pub use self::operators::operators;
pub use self::packed::packed;
pub use self::query::query;
pub use self::rule::rule;
pub use self::times::times;
pub use self::values::values;
pub use self::words::words;
pub use self::workbook::workbook;

/// A target: what it is called, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// Every target, by name.
pub const TARGETS: [Target; 14] = [
    ("conditions", conditions),
    ("csv", csv),
    ("explain", explain),
    ("export", export),
    ("ingest", ingest),
    ("json", json),
    ("operators", operators),
    ("packed", packed),
    ("query", query),
    ("rule", rule),
    ("times", times),
    ("values", values),
    ("words", words),
    ("workbook", workbook),
];
