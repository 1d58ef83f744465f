//! SQLite's errors in the crate's words.

use rusqlite::ErrorCode;

use crate::error::Error;

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        let code = source.sqlite_error_code();
        if code == Some(ErrorCode::ReadOnly) {
            return Self::Database {
                locked: false,
                damaged: false,
                source: "it may not be written here".into(),
            };
        }
        Self::Database {
            locked: matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)),
            damaged: matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)),
            source: Box::new(source),
        }
    }
}
