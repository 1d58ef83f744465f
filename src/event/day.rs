//! Whole days in UTC.

use std::fmt;

use super::timestamp::{SECONDS_PER_DAY, TICKS_PER_SECOND, Timestamp};

const TICKS_PER_DAY: i64 = SECONDS_PER_DAY * TICKS_PER_SECOND;

/// A day in UTC. Its text form is `2026-05-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day that an instant is in.
    pub const fn of(instant: Timestamp) -> Self {
        Self(instant.ticks().div_euclid(TICKS_PER_DAY))
    }

    /// The first day of which all is at an instant or later.
    pub const fn whole_from(instant: Timestamp) -> Self {
        let day = Self::of(instant);
        if day.start().ticks() == instant.ticks() { day } else { day.plus(1) }
    }

    /// Its first instant.
    pub const fn start(self) -> Timestamp {
        Timestamp::from_ticks(self.0 * TICKS_PER_DAY)
    }

    /// The day that many days later.
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// How many days it is after another.
    pub const fn days_after(self, other: Self) -> i64 {
        self.0 - other.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.start().to_string()[.."2026-05-03".len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_goes_from_midnight_to_midnight_also_before_1970() {
        let cases = [
            ("2026-05-03T00:00:00Z", "2026-05-03", "2026-05-03"),
            ("2026-05-03T00:00:00.0000001Z", "2026-05-03", "2026-05-04"),
            ("2026-05-03T23:59:59.9999999Z", "2026-05-03", "2026-05-04"),
            ("1969-12-31T23:59:59.9999999Z", "1969-12-31", "1970-01-01"),
            ("1602-01-01T12:00:00Z", "1602-01-01", "1602-01-02"),
        ];
        for (text, day, whole_from) in cases {
            let instant = Timestamp::parse(text).unwrap().0;
            assert_eq!(Day::of(instant).to_string(), day, "{text}");
            assert_eq!(Day::whole_from(instant).to_string(), whole_from, "{text}");
            assert!(Day::of(instant).start() <= instant && instant < Day::of(instant).plus(1).start());
        }
    }

    #[test]
    fn days_are_counted_between_days() {
        let day = |text: &str| Day::of(Timestamp::parse_typed(text).unwrap());
        assert_eq!(day("2026-05-03").days_after(day("2001-01-01")), 9253);
        assert_eq!(day("2028-02-28").plus(2), day("2028-03-01"));
    }
}
