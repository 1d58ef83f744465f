//! Instants and spans at the precision of an export: 100 nanoseconds.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// Ticks in a second. One tick is 100 ns, Kusto's resolution.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
pub(super) const SECONDS_PER_DAY: i64 = 86_400;
/// 0001-01-01T00:00:00Z, the first instant that Kusto's `datetime` can hold, as ticks.
const EARLIEST: i64 = -62_135_596_800 * TICKS_PER_SECOND;
/// 1602-01-01T00:00:00Z, and 9998-12-31T00:00:00Z, which is in year 9999 in no zone, as ticks.
const AFTER_1601: i64 = -11_612_937_600 * TICKS_PER_SECOND;
const BEFORE_9999: i64 = (253_370_764_800 - SECONDS_PER_DAY) * TICKS_PER_SECOND;
/// The first instant past 9999-12-31, as ticks.
const END: i64 = 253_402_300_800 * TICKS_PER_SECOND;

/// An instant in UTC, as 100 ns ticks since 1970-01-01T00:00:00Z.
///
/// Its text form is always `2026-05-03T06:40:13.9880000Z`: seven fraction digits and `Z`, so that
/// texts sort as the instants do. The default is 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Whether a time text named its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// `Z` or an offset stood at the end.
    Stated,
    /// Nothing stood there; the text was read as UTC.
    Assumed,
}

impl Timestamp {
    /// The instant that is `ticks` of 100 ns after 1970-01-01T00:00:00Z.
    pub const fn from_ticks(ticks: i64) -> Self {
        Self(ticks)
    }

    /// 100 ns ticks since 1970-01-01T00:00:00Z.
    pub const fn ticks(self) -> i64 {
        self.0
    }

    /// Reads an ISO 8601 time: `T` or a blank between date and time, 0 to 9 fraction digits (those past
    /// 100 ns are cut), then `Z`, an offset, or nothing, which is read as UTC.
    ///
    /// None when the text is anything else, or outside the years 1 to 9999.
    pub fn parse(text: &str) -> Option<(Self, Zone)> {
        Self::parse_bytes(text.as_bytes())
    }

    /// The same from a text's bytes.
    pub fn parse_bytes(bytes: &[u8]) -> Option<(Self, Zone)> {
        let day = parse_date(bytes.get(..10)?)?;
        if !matches!(bytes.get(10)?, b'T' | b't' | b' ') {
            return None;
        }
        let time = bytes.get(11..19)?;
        if time[2] != b':' || time[5] != b':' {
            return None;
        }
        let (hour, minute, second) = (two(&time[..2])?, two(&time[3..5])?, two(&time[6..8])?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (fraction, rest) = parse_fraction(&bytes[19..])?;
        let (offset, zone) = parse_zone(rest)?;
        let seconds = day * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - offset;
        Self::in_range(seconds * TICKS_PER_SECOND + fraction).map(|instant| (instant, zone))
    }

    /// The instant of these ticks; None outside the years 1 to 9999.
    pub(super) fn in_range(ticks: i64) -> Option<Self> {
        (EARLIEST..END).contains(&ticks).then_some(Self(ticks))
    }

    /// Whether it is of a year that stands for no time: 1 and 9999 are the ends of what programs can hold, 1601 is where
    /// Windows begins to count, in whatever zone the time is shown.
    pub(super) fn stands_for_none(self) -> bool {
        !(AFTER_1601..BEFORE_9999).contains(&self.0)
    }

    /// Reads what a person types for an instant: a whole time as [`Self::parse`] takes it, one without
    /// seconds, or a date alone, which is its midnight. UTC where no zone is named.
    pub fn parse_typed(text: &str) -> Option<Self> {
        let text = text.trim();
        let whole = match text.len() {
            10 => format!("{text}T00:00:00Z"),
            16 => format!("{text}:00Z"),
            _ => text.to_owned(),
        };
        Self::parse(&whole).map(|(instant, _)| instant)
    }

    /// The instant `span` before this one; the earliest there is when that would be before year 1.
    pub fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0).max(EARLIEST))
    }

    /// The instant `span` after this one; the last there is when that would be past year 9999.
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0).min(END - 1))
    }

    /// The text with whole seconds, for people: `2026-05-03 06:40:13Z`.
    pub fn to_seconds_text(self) -> String {
        let t = self.to_chrono();
        let (h, m, s) = (t.hour(), t.minute(), t.second());
        format!("{:04}-{:02}-{:02} {h:02}:{m:02}:{s:02}Z", t.year(), t.month(), t.day())
    }

    /// The text with whole minutes, for tables: `2026-05-03 06:40Z`.
    pub fn to_minutes_text(self) -> String {
        let t = self.to_chrono();
        format!("{:04}-{:02}-{:02} {:02}:{:02}Z", t.year(), t.month(), t.day(), t.hour(), t.minute())
    }

    fn to_chrono(self) -> DateTime<Utc> {
        let seconds = self.0.div_euclid(TICKS_PER_SECOND);
        let nanoseconds = self.0.rem_euclid(TICKS_PER_SECOND) as u32 * 100;
        DateTime::from_timestamp(seconds, nanoseconds).unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(t: DateTime<Utc>) -> Self {
        Self(t.timestamp() * TICKS_PER_SECOND + i64::from(t.timestamp_subsec_nanos() / 100))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.to_chrono();
        let (h, m, s) = (t.hour(), t.minute(), t.second());
        let fraction = self.0.rem_euclid(TICKS_PER_SECOND);
        write!(f, "{:04}-{:02}-{:02}T{h:02}:{m:02}:{s:02}.{fraction:07}Z", t.year(), t.month(), t.day())
    }
}

/// A length of time in 100 ns ticks, such as a rule's lookback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(i64);

impl Span {
    /// The span of `ticks` of 100 ns.
    pub const fn from_ticks(ticks: i64) -> Self {
        Self(ticks)
    }

    /// The span of whole days.
    pub const fn from_days(days: i64) -> Self {
        Self(days * SECONDS_PER_DAY * TICKS_PER_SECOND)
    }

    /// The span in 100 ns ticks.
    pub const fn ticks(self) -> i64 {
        self.0
    }

    /// Whole seconds.
    pub const fn seconds(self) -> i64 {
        self.0 / TICKS_PER_SECOND
    }

    /// The span in its two greatest units, for people: `2d 3h`.
    pub fn to_rough_text(self) -> String {
        let units = [(SECONDS_PER_DAY, "d"), (3600, "h"), (60, "m"), (1, "s")];
        let seconds = self.seconds();
        let greatest = units.iter().position(|(size, _)| seconds >= *size).unwrap_or(units.len() - 1);
        let (size, unit) = units[greatest];
        let rest = units.get(greatest + 1).map(|(next, unit)| (seconds % size / next, unit));
        match rest {
            Some((count @ 1.., next)) => format!("{}{unit} {count}{next}", seconds / size),
            _ => format!("{}{unit}", seconds / size),
        }
    }

    /// Reads a span as KQL writes it: a whole number and `d`, `h`, `m` or `s`, such as `7d`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let seconds = match unit {
            "d" => SECONDS_PER_DAY,
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let count: i64 = number.parse().ok()?;
        count.checked_mul(seconds)?.checked_mul(TICKS_PER_SECOND).map(Self)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / TICKS_PER_SECOND;
        let units = [(SECONDS_PER_DAY, "d"), (3600, "h"), (60, "m"), (1, "s")];
        let (size, unit) = units.into_iter().find(|(size, _)| seconds % size == 0).unwrap_or((1, "s"));
        write!(f, "{}{unit}", seconds / size)
    }
}

/// Days since 1970-01-01 of a `YYYY-MM-DD`.
fn parse_date(date: &[u8]) -> Option<i64> {
    if date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let year = two(&date[..2])? * 100 + two(&date[2..4])?;
    let day = NaiveDate::from_ymd_opt(year as i32, two(&date[5..7])? as u32, two(&date[8..10])? as u32)?;
    Some(i64::from(day.to_epoch_days()))
}

fn two(digits: &[u8]) -> Option<i64> {
    let [a, b] = digits else { return None };
    (a.is_ascii_digit() && b.is_ascii_digit()).then(|| i64::from(a - b'0') * 10 + i64::from(b - b'0'))
}

/// The fraction as ticks, and what stands behind it.
fn parse_fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(rest) = rest.strip_prefix(b".") else {
        return Some((0, rest));
    };
    let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if count > 9 {
        return None;
    }
    let ticks = (0..7).fold(0, |ticks, i| ticks * 10 + if i < count { i64::from(rest[i] - b'0') } else { 0 });
    Some((ticks, &rest[count..]))
}

/// Seconds east of UTC.
fn parse_zone(rest: &[u8]) -> Option<(i64, Zone)> {
    match rest {
        [] => Some((0, Zone::Assumed)),
        _ => parse_offset(rest).map(|offset| (offset, Zone::Stated)),
    }
}

/// The seconds east of UTC of `Z` or an offset such as `+02:00`.
pub(super) fn parse_offset(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        b"Z" | b"z" => return Some(0),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (two(&[*h1, *h2])?, two(&[*m1, *m2])?),
        [h1, h2] => (two(&[*h1, *h2])?, 0),
        [h] => (two(&[b'0', *h])?, 0),
        _ => return None,
    };
    (hours <= 14 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(text: &str) -> Option<String> {
        Timestamp::parse(text).map(|(instant, _)| instant.to_string())
    }

    #[test]
    fn iso_times_are_read_to_100_ns_as_utc() {
        let table = [
            ("2026-05-03T00:00:00Z", Some("2026-05-03T00:00:00.0000000Z")),
            ("2026-05-03 00:00:00", Some("2026-05-03T00:00:00.0000000Z")),
            ("2023-12-21T19:04:59.0109752Z", Some("2023-12-21T19:04:59.0109752Z")),
            ("2021-12-15 23:00:03.449464499+00:00", Some("2021-12-15T23:00:03.4494644Z")),
            ("2026-05-03T02:30:00.5+02:30", Some("2026-05-03T00:00:00.5000000Z")),
            ("2026-05-02T19:00:00-0500", Some("2026-05-03T00:00:00.0000000Z")),
            ("2026-05-03T00:00:00.", Some("2026-05-03T00:00:00.0000000Z")),
            ("1969-12-31T23:59:59.9999999Z", Some("1969-12-31T23:59:59.9999999Z")),
            ("0001-01-01T00:00:00Z", Some("0001-01-01T00:00:00.0000000Z")),
            ("9999-12-31T23:59:59.9999999Z", Some("9999-12-31T23:59:59.9999999Z")),
            ("9999-12-31T23:59:59-01:00", None),
            ("2024-02-29T00:00:00Z", Some("2024-02-29T00:00:00.0000000Z")),
            ("2023-02-29T00:00:00Z", None),
            ("2024-13-01T00:00:00Z", None),
            ("2024-01-01T24:00:00Z", None),
            ("2024-01-01T00:00:00.1234567890Z", None),
            ("2024-01-01T00:00:00 Z", None),
            ("2024-01-01", None),
            ("10/25/2023, 9:43:21.990 AM", None),
            ("Oct 9, 2024 2:41:10 PM", None),
            ("+024-01-01T00:00:00Z", None),
            ("", None),
            ("2024-01-01T00:00:0\u{e9}", None),
        ];
        for (text, expected) in table {
            assert_eq!(text_of(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_missing_zone_is_told_apart() {
        let zone = |text| Timestamp::parse(text).map(|(_, zone)| zone);
        assert_eq!(zone("2024-01-01T00:00:00"), Some(Zone::Assumed));
        assert_eq!(zone("2024-01-01T00:00:00+00"), Some(Zone::Stated));
    }

    #[test]
    fn a_person_may_type_a_date_alone_or_leave_seconds_out() {
        let typed = |text| Timestamp::parse_typed(text).map(Timestamp::to_seconds_text);
        assert_eq!(typed("2026-05-03").as_deref(), Some("2026-05-03 00:00:00Z"));
        assert_eq!(typed("2026-05-03 14:05").as_deref(), Some("2026-05-03 14:05:00Z"));
        assert_eq!(typed("yesterday"), None);
    }

    #[test]
    fn spans_read_and_print_in_the_largest_whole_unit() {
        for text in ["7d", "36h", "90m", "61s", "0d"] {
            assert_eq!(Span::parse(text).map(|s| s.to_string()).as_deref(), Some(text));
        }
        for text in ["", "d", "7", "7w", "-7d", "7.5d", "99999999999999999d", "\u{e9}"] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
        assert_eq!(Span::parse("48h").map(|s| s.to_string()).as_deref(), Some("2d"));
    }
}
