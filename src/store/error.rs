//! SQLite's errors in the crate's words.

use rusqlite::ErrorCode;

use crate::error::Error;

/// What is said of a case that may only be read.
pub const READ_ONLY: &str = "it may not be written here";

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        let code = source.sqlite_error_code();
        if code == Some(ErrorCode::ReadOnly) {
            return Self::Database { locked: false, damaged: false, source: READ_ONLY.into() };
        }
        Self::Database {
            locked: matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)),
            damaged: matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)),
            source: Box::new(source),
        }
    }
}
