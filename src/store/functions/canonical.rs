//! `canonical_sql` and `sha256_hex`, by which a migration tells what versions of rules asked.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use sha2::{Digest, Sha256};

use super::value::text_of;
use crate::store::statement::canonical;

/// Registers `canonical_sql(text)`, the first statement of an SQL text without what changes nothing of its meaning, and
/// `sha256_hex(text)`, the SHA-256 of a text in hexadecimal. A migration has used them, so what they give never changes.
pub(super) fn register(conn: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("canonical_sql", 1, flags, |ctx| Ok(canonical(&text_of(ctx.get_raw(0)))))?;
    conn.create_scalar_function("sha256_hex", 1, flags, |ctx| Ok(sha256_hex(&text_of(ctx.get_raw(0)))))
}

/// The SHA-256 of a text, in hexadecimal.
pub fn sha256_hex(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
