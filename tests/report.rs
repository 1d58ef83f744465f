//! Reports through the library, read back by readers that others wrote.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

mod report {
    mod agree;
    mod csv;
    mod html;
    mod json;
    mod kql;
    mod markdown;
    mod navigator;
    mod recovered;
    mod sample;
    mod timesketch;
    mod xlsx;
}
