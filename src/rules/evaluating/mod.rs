//! Asking a rule of events: of those that are new, in pieces, on as many threads as there are processors.

mod tables;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

pub use self::tables::{ARRIVED, Which, narrowed};
use self::tables::{Asker, Match};
use super::rule::Rule;
use crate::error::Result;
use crate::store::Case;

/// How many events a thread looks at before it hands on what it found.
const EVENTS_AT_ONCE: usize = 1 << 15;
/// How many bytes of reasons it hands on at once.
const BYTES_AT_ONCE: usize = 1 << 20;
/// More threads would wait for the disk.
const MOST_THREADS: usize = 8;

/// Takes matches: the event, and the reason, a JSON object of the query's other columns.
pub type Found<'f> = &'f mut dyn FnMut(i64, &str) -> Result<()>;

/// Runs a rule's query on the events of `which`, and hands on each match in the order of arrival.
///
/// # Errors
/// The query fails, gives an event twice, or what `found` says.
pub fn find_matches(case: &Case, rule: &Rule, which: Which, found: Found<'_>) -> Result<()> {
    match which {
        Which::Arrived(after, until) => find_in_pieces(case, rule, (after, until), found),
        Which::Completed(..) => Asker::new(case, rule)?.ask(which, found),
    }
}

/// What a thread says of the events that it looks at.
enum Message {
    Matches(Vec<Match>),
    /// There is no more in this piece.
    EndOfPiece,
}

/// Has one thread a processor look at pieces of the events, each at every so manieth of them, and takes what they find
/// in the order of the pieces. None gets far ahead, so that little waits in memory.
fn find_in_pieces(case: &Case, rule: &Rule, (after, until): (i64, i64), found: Found<'_>) -> Result<()> {
    let starts: Vec<i64> = (after..until).step_by(EVENTS_AT_ONCE).collect();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(MOST_THREADS).min(starts.len()).max(1);
    let askers = (0..threads).map(|_| Asker::new(case, rule)).collect::<Result<Vec<_>>>()?;
    std::thread::scope(|scope| {
        let mut pieces = Vec::new();
        for (thread, asker) in askers.into_iter().enumerate() {
            let (sender, receiver) = sync_channel(1);
            let own = starts.iter().copied().skip(thread).step_by(threads);
            scope.spawn(move || {
                if let Err(error) = look_at_pieces(&asker, own, until, &sender) {
                    // Nobody listens any more where another thread failed before.
                    let _ = sender.send(Err(error));
                }
            });
            pieces.push(receiver);
        }
        for index in 0..starts.len() {
            take_piece(&pieces[index % threads], found)?;
        }
        Ok(())
    })
}

/// Takes what is found in one piece. A thread that panics ends the whole: the scope that it runs in sees to that.
fn take_piece(piece: &Receiver<Result<Message>>, found: Found<'_>) -> Result<()> {
    while let Ok(message) = piece.recv() {
        match message? {
            Message::Matches(matches) => {
                matches.iter().try_for_each(|(event_id, reason)| found(*event_id, reason))?;
            }
            Message::EndOfPiece => break,
        }
    }
    Ok(())
}

/// Sends what is found in each piece, some at a time.
fn look_at_pieces(
    asker: &Asker,
    starts: impl Iterator<Item = i64>,
    until: i64,
    sender: &SyncSender<Result<Message>>,
) -> Result<()> {
    for start in starts {
        let (mut matches, mut bytes) = (Vec::new(), 0);
        let piece = Which::Arrived(start, until.min(start + EVENTS_AT_ONCE as i64));
        asker.ask(piece, &mut |event_id, reason| {
            bytes += reason.len();
            matches.push((event_id, reason.to_owned()));
            if bytes >= BYTES_AT_ONCE {
                bytes = 0;
                // An end that nobody waits for is noticed at the end of the piece.
                let _ = sender.send(Ok(Message::Matches(std::mem::take(&mut matches))));
            }
            Ok(())
        })?;
        let sent =
            sender.send(Ok(Message::Matches(matches))).and_then(|()| sender.send(Ok(Message::EndOfPiece)));
        if sent.is_err() {
            break;
        }
    }
    Ok(())
}
