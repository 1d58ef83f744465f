//! What an event does, so that more of the same is told from something new.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use sha2::{Digest, Sha256};

use super::value::text_of;
use crate::kusto::fold;

/// Registers `behaviour(…)` of any number of texts: the SHA-256, a blob of 32 bytes, of the texts without regard to
/// case and with each run of white space as one blank. Evidence keeps it and a migration has computed it, so what
/// it gives never changes: another definition needs another name.
pub(super) fn register(conn: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("behaviour", -1, flags, |ctx| {
        let mut hasher = Sha256::new();
        for index in 0..ctx.len() {
            let text = normalize(&text_of(ctx.get_raw(index)));
            // The length keeps `a`, `bc` and `ab`, `c` apart.
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        Ok(hasher.finalize().to_vec())
    })
}

fn normalize(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(|word| word.chars().map(fold).collect()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behaviour(arguments: &str) -> Vec<u8> {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        connection.query_row(&format!("SELECT behaviour({arguments})"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn case_and_white_space_do_not_count() {
        for same in ["'CMD.exe', 'a b'", "'cmd.exe', ' A \t\n b '", "'cmd.EXE', 'a\u{a0}b'"] {
            assert_eq!(behaviour(same), behaviour("'cmd.exe', 'a b'"), "{same}");
        }
        assert_eq!(behaviour("NULL"), behaviour("''"));
    }

    #[test]
    fn anything_else_counts() {
        for other in ["'cmd.exe', 'ab'", "'cmd.exea', 'b'", "'cmd.exe', 'a b', ''", "'cmd.exe', 'a  c'"] {
            assert_ne!(behaviour(other), behaviour("'cmd.exe', 'a b'"), "{other}");
        }
    }

    #[test]
    fn what_it_gives_never_changes() {
        let hex: String = behaviour("'cmd.exe', 'WHOAMI  /all'").iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "4e3f2c7b3a3affe00a02f7b59bb52d6848c7aff5bfd258675e38564884536ba7");
    }
}
