//! The built program: each command's wiring, its output and its exit code.
//!
//! Expected outputs are files in `tests/cli/expected`, compared whole; `UPDATE_EXPECTED=1` rewrites them.

mod cli {
    mod devices;
    mod findings;
    mod global;
    mod history;
    mod hunt;
    mod imports;
    mod ingest;
    mod note;
    mod optimize;
    mod prune;
    mod query;
    mod recovered;
    mod report;
    mod rules;
    mod run;
    mod set;
    mod shell;
    mod show;
    mod status;
    mod support;
    mod suppress;
    #[cfg(unix)]
    mod terminal;
    mod together;
    mod triage;
}
