//! huntcase: a single-file case store for ongoing threat hunts.
//!
//! Data flows one way: **export -> [`event`] -> [`store`] -> [`rules`] -> [`findings`] -> [`report`] /
//! [`cli`]**. A room imports only rooms before it. [`source`] reads exports, and [`kusto`] holds the operators that the
//! store, findings and reports ask for; it imports nothing of ours. `nearest` names what comes near to a name that is not
//! known, for errors.

pub mod cli;
pub mod error;
pub mod event;
pub mod findings;
pub mod kusto;
mod nearest;
pub mod report;
pub mod rules;
pub mod source;
pub mod store;
