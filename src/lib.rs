//! huntcase: a single-file case store for ongoing threat hunts.
//!
//! Data flows one way: **export -> [`event`] -> [`store`] -> [`rules`] -> [`findings`] -> [`report`] /
//! [`cli`]**. A room imports only rooms before it.

pub mod cli;
pub mod error;
pub mod event;
pub mod findings;
pub mod report;
pub mod rules;
pub mod source;
pub mod store;
