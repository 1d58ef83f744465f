//! Times as portals, spreadsheets and scripts spell them, besides ISO 8601.
//!
//! A text either says which day it means, or it is a date of figures such as `05/12/2024`, which has two readings
//! where neither figure is above 12. Nothing is guessed here: who reads such a date says what comes first.

use std::str::FromStr;

use chrono::NaiveDate;

use super::timestamp::{SECONDS_PER_DAY, TICKS_PER_SECOND, Timestamp, parse_offset};

/// What comes first in a date of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 13/05/2024 is 13 May.
    DayFirst,
    /// 05/13/2024 is 13 May.
    MonthFirst,
}

impl DateOrder {
    /// `dmy` or `mdy`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
        }
    }
}

impl FromStr for DateOrder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = [Self::DayFirst, Self::MonthFirst]
            .into_iter()
            .find(|order| order.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| "expected dmy or mdy".to_owned())
    }
}

/// What a text says of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelled {
    /// This instant.
    Instant(Timestamp),
    /// This time in a zone that the text does not name, written as if it were UTC.
    Local(Timestamp),
    /// A date of figures: the time in both readings, None where there is no such date.
    Figures {
        /// With the day first.
        day_first: Option<Timestamp>,
        /// With the month first.
        month_first: Option<Timestamp>,
    },
    /// Words that stand for no time.
    Nothing,
}

/// What the portal writes for an empty time.
const INVALID: &str = "invalid date";
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Spelled {
    /// Reads a text that is no ISO 8601 time of the usual form. None for what is no time.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim_matches(is_blank);
        if text.eq_ignore_ascii_case(INVALID) {
            return Some(Self::Nothing);
        }
        if let Some(instant) = read_ticks_of_json(text) {
            return Some(Self::Instant(instant));
        }
        if !text.is_ascii() {
            // Only blanks may be others than those of ASCII, such as the narrow one before PM.
            let plain: String = text.chars().map(|c| if is_blank(c) { ' ' } else { c }).collect();
            return plain.is_ascii().then(|| read_plain(&plain))?;
        }
        read_plain(text)
    }

    /// The reading that `order` gives; itself where it says which day it means. None: there is no such date.
    pub fn in_order(self, order: DateOrder) -> Option<Self> {
        match self {
            Self::Figures { day_first, month_first } => {
                let time = if order == DateOrder::DayFirst { day_first } else { month_first };
                time.map(Self::Local)
            }
            other => Some(other),
        }
    }

    /// What comes first in this date, where it tells.
    pub fn order(self) -> Option<DateOrder> {
        match self {
            Self::Figures { day_first: Some(_), month_first: None } => Some(DateOrder::DayFirst),
            Self::Figures { day_first: None, month_first: Some(_) } => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// The two readings, where they differ.
    pub fn readings(self) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::Figures { day_first: Some(day), month_first: Some(month) } if day != month => {
                Some((day, month))
            }
            _ => None,
        }
    }
}

/// Blanks around and in times: also those that do not break, and byte order marks.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}' || c == '\u{200e}' || c == '\u{200f}'
}

/// `/Date(1777881603192)/`, as Windows PowerShell writes an instant into JSON: milliseconds, and an offset that tells
/// only where it was written.
fn read_ticks_of_json(text: &str) -> Option<Timestamp> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let sign = usize::from(inner.starts_with('-'));
    let end = inner[sign..].find(['+', '-']).map_or(inner.len(), |at| at + sign);
    if end < inner.len() {
        parse_offset(&inner.as_bytes()[end..])?;
    }
    let milliseconds: i64 = inner[..end].parse().ok()?;
    Timestamp::in_range(milliseconds.checked_mul(TICKS_PER_SECOND / 1000)?)
}

fn read_plain(text: &str) -> Option<Spelled> {
    let mut words = Words(text);
    let date = words.date()?;
    let time = words.time()?;
    let zone = words.zone()?;
    let at = |(year, month, day): (i64, i64, i64)| {
        let date = NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32)?;
        Timestamp::in_range((i64::from(date.to_epoch_days()) * SECONDS_PER_DAY) * TICKS_PER_SECOND + time)
    };
    let with_offset =
        |time: Timestamp, offset: i64| Timestamp::in_range(time.ticks() - offset * TICKS_PER_SECOND);
    match (date, zone) {
        (Date::Known(date), None) => at(date).map(Spelled::Local),
        (Date::Known(date), Some(offset)) => with_offset(at(date)?, offset).map(Spelled::Instant),
        (Date::Figures { first, second, year }, None) => {
            let (day_first, month_first) = (at((year, second, first)), at((year, first, second)));
            (day_first.is_some() || month_first.is_some())
                .then_some(Spelled::Figures { day_first, month_first })
        }
        // No portal or spreadsheet writes figures with a zone.
        (Date::Figures { .. }, Some(_)) => None,
    }
}

enum Date {
    Known((i64, i64, i64)),
    Figures { first: i64, second: i64, year: i64 },
}

/// What is left of a text in ASCII.
struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    /// `Oct 9, 2024`, `9 Oct 2024`, `2024-10-09`, `09.10.2024`, `10/9/2024`, `10-9-2024`.
    fn date(&mut self) -> Option<Date> {
        if let Some(month) = self.month() {
            let day = self.number(1..=2)?;
            self.pass_comma();
            return Some(Date::Known((self.number(4..=4)?, month, day)));
        }
        let digits = self.count_digits();
        let first = self.number(1..=4)?;
        match (digits, self.0.as_bytes().first()?) {
            (4, b'-' | b'/') => self.rest_of_ymd(first),
            (1 | 2, b'/' | b'-') => {
                let (second, year) = self.rest_of_figures()?;
                Some(Date::Figures { first, second, year })
            }
            (1 | 2, b'.') => {
                let (month, year) = self.rest_of_figures()?;
                Some(Date::Known((year, month, first)))
            }
            (1 | 2, b' ') => {
                let month = self.month()?;
                Some(Date::Known((self.number(4..=4)?, month, first)))
            }
            _ => None,
        }
    }

    fn rest_of_ymd(&mut self, year: i64) -> Option<Date> {
        let separator = self.take()?;
        let month = self.number(1..=2)?;
        (self.take()? == separator).then_some(())?;
        Some(Date::Known((year, month, self.number(1..=2)?)))
    }

    /// The second and third figure of a date, behind the same separator.
    fn rest_of_figures(&mut self) -> Option<(i64, i64)> {
        let separator = self.take()?;
        let second = self.number(1..=2)?;
        (self.take()? == separator).then_some(())?;
        Some((second, self.number(4..=4)?))
    }

    /// `18:41`, `18:41:25`, `6:41:25.321 PM`, behind a comma, a blank or a `T`; in ticks.
    fn time(&mut self) -> Option<i64> {
        let before = self.0.len();
        self.pass_comma();
        let rest = self.0;
        if let Some(rest) = rest.strip_prefix(['T', 't']) {
            self.0 = rest;
        }
        (self.0.len() < before).then_some(())?;
        let hour = self.number(1..=2)?;
        (self.take()? == b':').then_some(())?;
        let minute = self.number(2..=2)?;
        let (mut second, mut fraction) = (0, 0);
        if self.0.starts_with(':') {
            self.take();
            second = self.number(2..=2)?;
            fraction = self.fraction()?;
        }
        let hour = self.half_of_day(hour)?;
        (minute < 60 && second < 60).then_some(())?;
        Some((hour * 3600 + minute * 60 + second) * TICKS_PER_SECOND + fraction)
    }

    /// The hour from 0, after AM or PM if there is one.
    fn half_of_day(&mut self, hour: i64) -> Option<i64> {
        let rest = self.0.trim_start_matches(' ');
        let mark: String = rest.chars().take_while(|c| c.is_ascii_alphabetic() || *c == '.').collect();
        let noon = match mark.replace('.', "").to_ascii_lowercase().as_str() {
            "am" => 0,
            "pm" => 12,
            _ => return (hour < 24).then_some(hour),
        };
        self.0 = &rest[mark.len()..];
        (1..=12).contains(&hour).then_some(hour % 12 + noon)
    }

    /// The fraction of a second in ticks; what is past 100 ns is cut.
    fn fraction(&mut self) -> Option<i64> {
        let Some(rest) = self.0.strip_prefix(['.', ',']) else { return Some(0) };
        self.0 = rest;
        let count = self.count_digits();
        (1..=9).contains(&count).then_some(())?;
        let digits = rest.as_bytes()[..count].iter().copied().chain(std::iter::repeat(b'0'));
        self.0 = &rest[count..];
        Some(digits.take(7).fold(0, |ticks, digit| ticks * 10 + i64::from(digit - b'0')))
    }

    /// What is left: nothing, or a zone in seconds east of UTC.
    fn zone(&mut self) -> Option<Option<i64>> {
        match self.0.trim_matches(' ') {
            "" => Some(None),
            "UTC" | "GMT" => Some(Some(0)),
            zone => parse_offset(zone.as_bytes()).map(Some),
        }
    }

    /// The number of the month that stands here, by its name or the first three or four letters of it.
    fn month(&mut self) -> Option<i64> {
        let rest = self.0.trim_start_matches(' ');
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let name = rest[..length].to_ascii_lowercase();
        let month = MONTHS
            .iter()
            .position(|month| *month == name || (3..=4).contains(&length) && month.starts_with(&name))?;
        self.0 = rest[length..].trim_start_matches('.').trim_start_matches(' ');
        Some(month as i64 + 1)
    }

    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
        let count = self.count_digits();
        let number = digits.contains(&count).then(|| self.0[..count].parse().ok())??;
        self.0 = &self.0[count..];
        Some(number)
    }

    fn count_digits(&self) -> usize {
        self.0.bytes().take_while(u8::is_ascii_digit).count()
    }

    fn pass_comma(&mut self) {
        let rest = self.0.trim_start_matches(' ');
        self.0 = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(' ');
    }

    fn take(&mut self) -> Option<u8> {
        let byte = *self.0.as_bytes().first()?;
        self.0 = &self.0[1..];
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap().0
    }

    fn local(text: &str) -> Option<Spelled> {
        Some(Spelled::Local(time(text)))
    }

    #[test]
    fn times_that_say_their_day_are_read_as_portals_and_spreadsheets_spell_them() {
        let table = [
            ("Oct 9, 2024 2:41:10 PM", local("2024-10-09T14:41:10")),
            ("Oct 9, 2024 2:41:10\u{202f}PM", local("2024-10-09T14:41:10")),
            ("Oct 9, 2024, 2:41:10\u{a0}p.m.", local("2024-10-09T14:41:10")),
            ("May 7, 2024 6:41:25.321 PM", local("2024-05-07T18:41:25.321")),
            ("May 7, 2024 18:41:25", local("2024-05-07T18:41:25")),
            ("May 7, 2024 18:41:25.123", local("2024-05-07T18:41:25.123")),
            ("Apr 15, 2024 11:09:27 AM", local("2024-04-15T11:09:27")),
            ("September 3, 2024 12:00:00 AM", local("2024-09-03T00:00:00")),
            ("Sept. 3, 2024 12:00:00 PM", local("2024-09-03T12:00:00")),
            ("9 Oct 2024, 14:41:10", local("2024-10-09T14:41:10")),
            ("09.10.2024 14:41", local("2024-10-09T14:41:00")),
            ("9.10.2024 14:41:10,5", local("2024-10-09T14:41:10.5")),
            ("  2024-10-09 14:41:10  ", local("2024-10-09T14:41:10")),
            ("2024-10-09 14:41", local("2024-10-09T14:41:00")),
            ("2024-10-09T14:41:10,1234567", local("2024-10-09T14:41:10.1234567")),
            ("2024/10/09 14:41:10", local("2024-10-09T14:41:10")),
            ("2024-10-09 14:41:10 Z", Some(Spelled::Instant(time("2024-10-09T14:41:10Z")))),
            ("2024-10-09 14:41:10 UTC", Some(Spelled::Instant(time("2024-10-09T14:41:10Z")))),
            ("2024-10-09T14:41:10,5+02:00", Some(Spelled::Instant(time("2024-10-09T12:41:10.5Z")))),
            ("/Date(1777881603192)/", Some(Spelled::Instant(time("2026-05-04T08:00:03.192Z")))),
            ("/Date(1777881603192+0200)/", Some(Spelled::Instant(time("2026-05-04T08:00:03.192Z")))),
            ("/Date(-1000)/", Some(Spelled::Instant(time("1969-12-31T23:59:59Z")))),
            ("Invalid date", Some(Spelled::Nothing)),
        ];
        for (text, expected) in table {
            assert_eq!(Spelled::read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        let table = [
            "",
            "2024-10-09",
            "Oct 9, 2024",
            "14:41:10",
            "Oct 32, 2024 2:41:10 PM",
            "Oct 9, 24 2:41:10 PM",
            "Okt 9, 2024 2:41:10 PM",
            "Oct 9, 2024 13:41:10 PM",
            "Oct 9, 2024 0:41:10 AM",
            "09/10/24 14:41",
            "09/10-2024 14:41",
            "32.10.2024 14:41",
            "13/13/2024 14:41",
            "2024-10-09 24:00:00",
            "2024-10-09 14:60",
            "2024-10-09 14:41:10 CEST",
            "2024-10-09 14:41:10.",
            "1728484870",
            "45574.61",
            "/Date()/",
            "/Date(99999999999999999999)/",
            "/Date(9223372036854775807)/",
            "2024-10-0914:41",
            "\u{d6}ct 9, 2024 2:41:10 PM",
            "ma 9, 2024 2:41:10 PM",
        ];
        for text in table {
            assert_eq!(Spelled::read(text), None, "{text}");
        }
    }

    #[test]
    fn dates_of_figures_have_two_readings_unless_a_figure_is_above_12() {
        let figures = |day_first: Option<&str>, month_first: Option<&str>| {
            Some(Spelled::Figures { day_first: day_first.map(time), month_first: month_first.map(time) })
        };
        let table = [
            ("13/03/2024, 3:40:13.988 pm", figures(Some("2024-03-13T15:40:13.988"), None)),
            ("10/25/2023, 9:43:21.990 AM", figures(None, Some("2023-10-25T09:43:21.990"))),
            ("05/12/2024 18:41:25", figures(Some("2024-12-05T18:41:25"), Some("2024-05-12T18:41:25"))),
            ("5/12/2024 6:41:32 PM", figures(Some("2024-12-05T18:41:32"), Some("2024-05-12T18:41:32"))),
            ("05-12-2024 18:41", figures(Some("2024-12-05T18:41:00"), Some("2024-05-12T18:41:00"))),
            ("30/02/2024 18:41", None),
        ];
        for (text, expected) in table {
            assert_eq!(Spelled::read(text), expected, "{text}");
        }
        let read = |text| Spelled::read(text).unwrap();
        assert_eq!(read("05/05/2024 18:41").readings(), None);
        assert_eq!(read("05/05/2024 18:41").order(), None);
        assert_eq!(read("13/05/2024 18:41").order(), Some(DateOrder::DayFirst));
        assert_eq!(read("05/12/2024 18:41").order(), None);
        assert_eq!(read("13/05/2024 18:41").in_order(DateOrder::MonthFirst), None);
        assert_eq!(read("05/12/2024 18:41").in_order(DateOrder::MonthFirst), local("2024-05-12T18:41:00"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_not_without_harm(text in "\\PC{0,40}") {
            let _ = Spelled::read(&text);
        }

        #[test]
        fn what_comes_first_decides_which_figure_is_the_day(day in 1..=28_i64, month in 1..=12_i64, minute in 0..1440_i64) {
            let clock = format!("{:02}:{:02}", minute / 60, minute % 60);
            let expected = time(&format!("2024-{month:02}-{day:02}T{clock}:00"));
            for (text, order) in [
                (format!("{day:02}/{month:02}/2024 {clock}"), DateOrder::DayFirst),
                (format!("{month}/{day}/2024, {clock}:00"), DateOrder::MonthFirst),
            ] {
                let read = Spelled::read(&text).and_then(|spelled| spelled.in_order(order));
                proptest::prop_assert_eq!(read, Some(Spelled::Local(expected)));
            }
        }
    }
}
