//! What was done with an export, in words.

use crate::report::{counted, grouped};
use crate::source::Notice;

/// What a notice says, without the file's name before it.
pub fn notice_in_words(notice: &Notice) -> String {
    match notice {
        Notice::HeadingsRead { read } => {
            let pairs: Vec<String> =
                read.iter().map(|(heading, column)| format!("{heading} as {column}")).collect();
            format!("headings were read by a name near theirs: {}", pairs.join(", "))
        }
        Notice::HeadingWithin { lines, more } => {
            let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
            format!(
                "a heading stands among the rows and was read as one: line {}{}",
                lines.join(", "),
                and_more(*more)
            )
        }
        Notice::Sheets { read, more, hidden, passed, more_passed, rows_above } => {
            sheets_in_words((read, *more), hidden, (passed, *more_passed), *rows_above)
        }
        Notice::ZoneAssumed { column, value } => {
            format!("times name no zone and were read as UTC, such as {column} {value:?}; --tz names another")
        }
        Notice::ZoneApplied { zone, column, value } => {
            format!("times that name no zone were read in {zone}, such as {column} {value:?}")
        }
        Notice::TimeTwice { column, value } => format!(
            "clocks went back, so that some times came twice and were taken as the first, such as {column} {value:?}"
        ),
        Notice::NoTime { column, value } => {
            format!("some times stand for none and were taken as missing, such as {column} {value:?}")
        }
        Notice::DatesDecided { order, line, column, value } => {
            let first = if order == "dmy" { "day" } else { "month" };
            format!("dates were read with the {first} first, as {column} {value:?} of line {line} tells")
        }
        Notice::Replaced { encoding } => {
            format!("some bytes are no characters of {encoding} and were replaced by \u{fffd}")
        }
        Notice::Partial { reason } => format!("rows are missing in it, as its service said: {reason}"),
        Notice::NoneRead => {
            "values None were taken as missing, as az monitor log-analytics query writes them".to_owned()
        }
        Notice::EmptyWords { words } => {
            let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
            format!("cells that hold {} alone were taken as empty", words.join(" or "))
        }
        Notice::Rounded { column, value } => format!(
            "a spreadsheet took digits away from some numbers, which were taken as missing, such as {column} {value:?}"
        ),
        Notice::TextReportId { value } => {
            format!("some ReportIds are no decimal numbers and were kept as texts, such as {value:?}")
        }
        Notice::ManyNames { device_id, names, more } => format!(
            "the DeviceId {device_id} has several names, as masked or cloned ids have: {}{}",
            names.join(", "),
            and_more(*more)
        ),
        Notice::ToldTwice { devices, more } => format!(
            "events of {}{} came from other exports with or without ReportId or DeviceId, and some may be counted twice; \
             export both columns",
            devices.join(", "),
            and_more(*more)
        ),
        Notice::ProbablyCut { rows, first, last } => format!(
            "{} rows is a limit of exports, so that this one was probably cut: it reaches from {first} to {last}; narrow \
             the query's time and export again",
            grouped(*rows as i64)
        ),
    }
}

fn sheets_in_words(
    (read, more): (&[(String, u64)], u64),
    hidden: &[String],
    (passed, more_passed): (&[String], u64),
    rows_above: u64,
) -> String {
    let quoted =
        |names: &[String]| names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let of_sheet = |(name, line): &(String, u64)| match read.len() {
        1 => format!("{name:?}"),
        _ => format!("{name:?} from line {line} on"),
    };
    let read: Vec<String> = read.iter().map(of_sheet).collect();
    let mut words = format!("sheets read: {}{}", read.join(", "), and_more(more));
    if !hidden.is_empty() {
        words += &format!("; hidden: {}", quoted(hidden));
    }
    if !passed.is_empty() {
        words +=
            &format!("; not read, since they lack our columns: {}{}", quoted(passed), and_more(more_passed));
    }
    if rows_above > 0 {
        words += &format!("; not read: {} above a heading", counted(rows_above as i64, "row", "rows"));
    }
    words
}

fn and_more(more: u64) -> String {
    if more == 0 { String::new() } else { format!(" and at least {} more", grouped(more as i64)) }
}
