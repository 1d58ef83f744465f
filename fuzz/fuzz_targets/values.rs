//! The values of one row.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| huntcase_fuzz::values(bytes));
