//! Opening a case.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::answer::allow_reading_only;
use super::holder::{Signature, locked};
use super::transaction::Transaction;
use super::{functions, query};
use crate::error::{Error, Result};
use crate::event::Timestamp;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Marks the file as ours in SQLite's header: `HUNT`.
const APPLICATION_ID: i32 = 0x4855_4e54;
/// Of a new case: with larger pages than SQLite's usual ones there is less to split and to write.
const PAGE_BYTES: i64 = 8192;
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// KiB of the file that are held in memory while its events are looked up.
const LOOK_UP_CACHE_KIB: i64 = 32 << 10;
const MIGRATION_WAIT: Duration = Duration::from_millis(100);
const MIGRATION_WAITS: usize = 20;

/// How a case is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Made when it is not there.
    Create,
    /// It must be there.
    Write,
}

/// An open case.
#[derive(Debug)]
pub struct Case {
    path: PathBuf,
    /// Whether it may not be written, and is read as it lies.
    is_archived: bool,
    /// Whether there was no file before it was opened.
    is_new: bool,
    connection: Connection,
    /// Who writes it with this program, for others who have to wait.
    signature: Signature,
}

impl Case {
    /// Opens the case at `path`, and brings a case of an older version up to date. A case that may not be written, an
    /// archived one for instance, is opened as it lies, and leaves no files beside it.
    ///
    /// # Errors
    /// No case there, a file that is none, one that a newer version wrote, or one that another program holds.
    pub fn open(path: &Path, access: Access) -> Result<Self> {
        check_place(path, access)?;
        if path.exists() && !is_in_use(path) && OpenOptions::new().append(true).open(path).is_err() {
            return Self::open_archived(path);
        }
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags.set(OpenFlags::SQLITE_OPEN_CREATE, access == Access::Create);
        let is_new = std::fs::metadata(path).map_or(0, |metadata| metadata.len()) == 0;
        let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
            let case = Self {
                path: path.to_owned(),
                is_archived: false,
                is_new,
                connection,
                signature: Signature::default(),
            };
            case.configure()?;
            Ok(case)
        });
        match opened {
            Ok(mut case) => {
                case.migrate()?;
                Ok(case)
            }
            // A folder that may not be written has no room for SQLite's other files.
            Err(cause) if is_refused_by_system(&cause) && path.exists() && !is_in_use(path) => {
                Self::open_archived(path)
            }
            Err(cause) => Err(cannot_open(path, &cause)),
        }
    }

    fn open_archived(path: &Path) -> Result<Self> {
        let cannot_open = |cause| cannot_open(path, &cause);
        let case = Self {
            path: path.to_owned(),
            is_archived: true,
            is_new: false,
            connection: connect_archived(path).map_err(cannot_open)?,
            signature: Signature::default(),
        };
        case.configure().map_err(cannot_open)?;
        match case.version()? {
            Some(version) if version == newest_version() => Ok(case),
            Some(_) => {
                Err(case
                    .trouble("another version of huntcase wrote this case, and it may not be written here"))
            }
            None => Err(case.trouble("this is not a case of huntcase")),
        }
    }

    /// A second connection to the case, on which nothing can be written, nothing attached and no file touched:
    /// for SQL that is not ours.
    ///
    /// # Errors
    /// The case cannot be opened again.
    pub fn open_read_only(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = match self.is_archived {
            true => connect_archived(&self.path)?,
            false => Connection::open_with_flags(&self.path, flags)?,
        };
        harden(&connection)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        functions::register(&connection)?;
        allow_reading_only(&mut connection)?;
        Ok(connection)
    }

    /// A connection to a database in memory that has nothing but `DeviceProcessEvents`, as an empty table with `event_id` as
    /// its key: what SQLite reads there are its columns, and not those of the tables under the view. They are those of
    /// `like`, which is quicker, or of a new case.
    pub(crate) fn open_flat(like: Option<&Self>) -> Result<Connection> {
        let columns = like.map_or(Ok(Vec::new()), |case| list_view_columns(&case.connection))?;
        // There may be a case whose view somebody has taken away.
        let columns = if columns.is_empty() { list_view_columns(&new_in_memory()?)? } else { columns };
        let connection = open_in_memory()?;
        connection.execute_batch(&format!("CREATE TABLE DeviceProcessEvents ({})", columns.join(", ")))?;
        Ok(connection)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there was no file before it was opened.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Lets others who have to wait be told who writes: `kim (huntcase ingest, since 09:12)`.
    pub fn sign(&mut self, who: String) {
        self.signature = Signature::new(&self.path, who);
    }

    /// Who writes.
    pub(super) fn signature(&self) -> Signature {
        self.signature.clone()
    }

    /// Begins a transaction that writes; waits for another program's to end.
    pub(crate) fn begin(&self) -> rusqlite::Result<Transaction<'_>> {
        Transaction::begin(&self.connection, || self.signature.announce())
    }

    /// Begins a transaction that only reads, and sees the case as it is now.
    pub(crate) fn begin_to_read(&self) -> rusqlite::Result<Transaction<'_>> {
        Transaction::begin_to_read(&self.connection)
    }

    /// Begins a transaction that writes, unless another program's is open.
    pub(crate) fn begin_at_once(&self) -> rusqlite::Result<Transaction<'_>> {
        self.connection.busy_timeout(Duration::ZERO)?;
        let begun = self.begin();
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        begun
    }

    /// Does what leaves no reference without its row. SQLite would look through whole tables for each row that goes.
    pub(crate) fn without_checks<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.connection.execute_batch("PRAGMA foreign_keys = OFF")?;
        let done = work();
        self.connection.execute_batch("PRAGMA foreign_keys = ON")?;
        done
    }

    /// The connection that may write.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The connection that may write, for a thread or a transaction of its own.
    pub(crate) fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The newest event in the case that is not after `now`; None when there is none.
    ///
    /// # Errors
    /// The case's database.
    pub fn last_event(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let mut statement = self.connection.prepare(query!("store/get_last_event"))?;
        let ticks = statement.query_row([now.ticks()], |row| row.get::<_, Option<i64>>("time"))?;
        Ok(ticks.map(Timestamp::from_ticks))
    }

    fn configure(&self) -> rusqlite::Result<()> {
        harden(&self.connection)?;
        self.connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;")?;
        functions::register(&self.connection)?;
        // The first look into the file: is it a database at all, and may its other files lie beside it?
        self.connection.query_row("PRAGMA schema_version", [], |_| Ok(()))
    }

    fn migrate(&mut self) -> Result<()> {
        let runner = embedded::migrations::runner().set_abort_divergent(true).set_abort_missing(true);
        let newest = newest_version();
        match self.version()? {
            Some(version) if version > newest => {
                return Err(self.trouble("this case was written by a newer version of huntcase"));
            }
            Some(version) if version == newest => {
                // Another program that writes the case's first events switches it itself.
                let _ = self.use_wal();
                return self.give_secret();
            }
            Some(_) => {}
            None if self.is_blank()? => {
                self.connection.pragma_update(None, "page_size", PAGE_BYTES)?;
                self.connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            }
            None => return Err(self.trouble("this is an SQLite file, but not a case of huntcase")),
        }
        self.use_wal()?;
        // A table that is made anew is taken away with its rows before.
        self.connection.execute_batch("PRAGMA foreign_keys = OFF")?;
        let migrated = runner.run(&mut self.connection);
        self.connection.execute_batch("PRAGMA foreign_keys = ON")?;
        if let Err(cause) = migrated {
            self.wait_for_version(newest, &cause.to_string())?;
        }
        self.give_secret()
    }

    /// Another program may be bringing the case up to date at the same moment, and then it does our work.
    fn wait_for_version(&self, newest: i64, cause: &str) -> Result<()> {
        for _ in 0..MIGRATION_WAITS {
            if self.version()? == Some(newest) {
                return Ok(());
            }
            std::thread::sleep(MIGRATION_WAIT);
        }
        Err(self.trouble(&format!("cannot be brought up to date: {cause}")))
    }

    /// Readers and a writer at once. It changes the file, which therefore has to be known as ours.
    fn use_wal(&self) -> Result<()> {
        Ok(self.connection.execute_batch("PRAGMA journal_mode = WAL")?)
    }

    /// Gives the case its secret where it has none: it is new, or the program that made it was cut short.
    fn give_secret(&self) -> Result<()> {
        let has_secret: bool =
            self.connection.query_row("SELECT EXISTS (SELECT 1 FROM case_info)", [], |row| row.get(0))?;
        if !has_secret {
            self.connection.execute(query!("store/insert_case_info"), [])?;
        }
        Ok(())
    }

    /// The last migration that the file has seen; None for a file that has seen none.
    fn version(&self) -> Result<Option<i64>> {
        let has_history = self.connection.prepare("SELECT 1 FROM refinery_schema_history LIMIT 1").is_ok();
        if !has_history {
            return Ok(None);
        }
        let mut statement = self.connection.prepare("SELECT max(version) FROM refinery_schema_history")?;
        let version = statement.query_row([], |row| row.get::<_, Option<i64>>(0)).optional()?;
        Ok(Some(version.flatten().unwrap_or(0)))
    }

    fn is_blank(&self) -> Result<bool> {
        let objects: i64 =
            self.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok(objects == 0)
    }

    fn trouble(&self, problem: &str) -> Error {
        Error::Case { path: self.path.clone(), problem: problem.to_owned() }
    }
}

fn newest_version() -> i64 {
    let migrations = embedded::migrations::runner();
    migrations.get_migrations().iter().map(|migration| i64::from(migration.version())).max().unwrap_or(0)
}

fn check_place(path: &Path, access: Access) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Error::NotFound { what: "folder", name: folder.display().to_string() });
    }
    let is_there = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => access == Access::Create || metadata.len() > 0,
        Ok(_) => return Err(Error::Case { path: path.to_owned(), problem: "this is no file".to_owned() }),
        Err(_) => access == Access::Create,
    };
    match is_there {
        true => Ok(()),
        false => Err(Error::NotFound { what: "case", name: path.display().to_string() }),
    }
}

/// Whether SQLite's log of changes lies beside the case, or its journal: they may hold what the case does not.
fn is_in_use(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|ending| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        // The journal stays, without content, where nothing is to be taken back.
        std::fs::metadata(beside).is_ok_and(|metadata| *ending == "-wal" || metadata.len() > 0)
    })
}

/// Opens a case that nobody writes, without the files that SQLite keeps beside one that somebody may.
fn connect_archived(path: &Path) -> rusqlite::Result<Connection> {
    let encoded = path.display().to_string().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{encoded}?immutable=1"), flags)
}

fn is_refused_by_system(cause: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, ReadOnly};
    matches!(cause.sqlite_error_code(), Some(CannotOpen | ReadOnly))
}

/// A new case in memory.
fn new_in_memory() -> Result<Connection> {
    let mut connection = open_in_memory()?;
    let run = embedded::migrations::runner().run(&mut connection);
    run.map_err(|cause| Error::Case { path: PathBuf::from(":memory:"), problem: cause.to_string() })?;
    Ok(connection)
}

/// The columns of a case's `DeviceProcessEvents`, as a table would define them.
fn list_view_columns(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare(query!("store/list_view_columns"))?;
    let columns = statement.query_map([], |row| row.get("definition"))?;
    Ok(columns.collect::<rusqlite::Result<_>>()?)
}

fn open_in_memory() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    harden(&connection)?;
    functions::register(&connection)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    Ok(connection)
}

/// A second connection to the case at `path`, on which its events are looked up while others are written.
pub(super) fn open_to_look_up(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    harden(&connection)?;
    connection.pragma_update(None, "cache_size", -LOOK_UP_CACHE_KIB)?;
    Ok(connection)
}

/// A mistyped column in double quotes is an error, not a text; a hostile schema cannot call functions.
fn harden(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Without this SQLite plans a statement anew for each value bound to it, which costs more than running it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn cannot_open(path: &Path, cause: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, NotADatabase};
    let problem = match cause.sqlite_error_code() {
        Some(NotADatabase) => "this is not a case of huntcase".to_owned(),
        Some(DatabaseBusy | DatabaseLocked) => return locked(path),
        _ => format!("cannot be opened: {cause}"),
    };
    Error::Case { path: path.to_owned(), problem }
}
