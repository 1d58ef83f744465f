//! The zone of times that name none.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::timestamp::{TICKS_PER_SECOND, Timestamp, parse_offset};

/// A zone: one of the IANA database, or a fixed offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeZone {
    /// Seconds east of UTC.
    Fixed(i64),
    /// A place, whose clocks may change.
    Place(Tz),
}

/// What an instant a local time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// This one.
    Once(Timestamp),
    /// Two, since clocks went back; this is the first.
    Twice(Timestamp),
    /// None, since clocks went forward.
    Never,
}

impl TimeZone {
    /// UTC.
    pub const UTC: Self = Self::Fixed(0);

    /// The instant at which clocks of the zone show `local`, a time that is written as if it were UTC.
    pub fn instant_of(self, local: Timestamp) -> Local {
        match self {
            Self::Fixed(offset) => Local::Once(shifted(local, offset)),
            Self::Place(zone) => {
                let Some(clock) = to_clock(local) else { return Local::Never };
                let offset = |at: DateTime<Tz>| i64::from(at.offset().fix().local_minus_utc());
                match zone.from_local_datetime(&clock) {
                    LocalResult::Single(at) => Local::Once(shifted(local, offset(at))),
                    LocalResult::Ambiguous(first, _) => Local::Twice(shifted(local, offset(first))),
                    LocalResult::None => Local::Never,
                }
            }
        }
    }
}

fn shifted(local: Timestamp, offset: i64) -> Timestamp {
    Timestamp::from_ticks(local.ticks() - offset * TICKS_PER_SECOND)
}

/// The whole seconds of a local time.
fn to_clock(local: Timestamp) -> Option<NaiveDateTime> {
    DateTime::from_timestamp(local.ticks().div_euclid(TICKS_PER_SECOND), 0).map(|at| at.naive_utc())
}

impl FromStr for TimeZone {
    type Err = String;

    /// Reads `Europe/Berlin` in any letters, `UTC`, or an offset such as `+02:00`.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(offset) = parse_offset(text.as_bytes()) {
            return Ok(Self::Fixed(offset));
        }
        if let Some(zone) = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(text)) {
            return Ok(if matches!(*zone, Tz::UTC) { Self::UTC } else { Self::Place(*zone) });
        }
        let city = |zone: &&Tz| {
            zone.name()
                .rsplit_once('/')
                .is_some_and(|(_, city)| city.eq_ignore_ascii_case(&text.replace(' ', "_")))
        };
        let meant =
            TZ_VARIANTS.iter().find(city).map_or_else(String::new, |zone| format!("; is {zone} meant?"));
        Err(format!("expected a zone's IANA name such as Europe/Berlin, or an offset such as +02:00{meant}"))
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(0) => f.write_str("UTC"),
            Self::Fixed(offset) => {
                let (sign, offset) = if *offset < 0 { ('-', -offset) } else { ('+', *offset) };
                write!(f, "{sign}{:02}:{:02}", offset / 3600, offset / 60 % 60)
            }
            Self::Place(zone) => f.write_str(zone.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(text: &str) -> TimeZone {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap().0
    }

    #[test]
    fn zones_are_read_by_name_or_offset() {
        let table = [
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            ("UTC", "UTC"),
            ("Z", "UTC"),
            ("+02:00", "+02:00"),
            ("-0530", "-05:30"),
            ("+9", "+09:00"),
        ];
        for (text, name) in table {
            assert_eq!(zone(text).to_string(), name, "{text}");
        }
        for text in ["", "Berlin", "CEST2", "+25:00", "local", "+"] {
            assert!(text.parse::<TimeZone>().is_err(), "{text}");
        }
        assert!("new york".parse::<TimeZone>().unwrap_err().ends_with("is America/New_York meant?"));
    }

    #[test]
    fn local_times_are_instants_by_the_clocks_of_the_zone() {
        let berlin = zone("Europe/Berlin");
        let table = [
            ("2026-01-10T12:00:00.1234567", Local::Once(at("2026-01-10T11:00:00.1234567Z"))),
            ("2026-07-10T12:00:00", Local::Once(at("2026-07-10T10:00:00Z"))),
            // Clocks go forward at 2 and back at 3.
            ("2026-03-29T02:30:00", Local::Never),
            ("2026-10-25T02:30:00", Local::Twice(at("2026-10-25T00:30:00Z"))),
            ("2026-10-25T03:00:00", Local::Once(at("2026-10-25T02:00:00Z"))),
        ];
        for (local, expected) in table {
            assert_eq!(berlin.instant_of(at(local)), expected, "{local}");
        }
        assert_eq!(
            zone("-05:30").instant_of(at("2026-01-10T12:00:00")),
            Local::Once(at("2026-01-10T17:30:00Z"))
        );
    }
}
