//! The life cycle of findings, and of what analysts decide, through the library.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

mod lifecycle {
    mod bench;
    mod decisions;
    mod endings;
    mod filters;
    mod judged;
    mod kinds;
    mod picture;
    mod policies;
    mod replay;
    mod steps;
    mod suppressions;
    mod together;
    mod undo;
}
