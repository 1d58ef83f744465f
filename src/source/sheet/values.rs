//! The values of cells as texts.

use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType};

/// Excel keeps 15 digits of a number: of one from here on, the last may be others than they were.
const ROUNDED_FROM: f64 = 1e15;
/// How many digits stand behind the point where the 15 of a number are written with an exponent.
const DIGITS_BEHIND_POINT: usize = 14;
/// The days that are dates: from 1 on, up to the end of 9999.
const DAYS: std::ops::Range<f64> = 1.0..2_958_466.0;
/// How many days later 1904 begins than 1900, by which days are counted in workbooks that older Macs made.
const DAYS_TO_1904: f64 = 1462.0;

/// The text of a cell. `holds_times`: whether its column is one of times, in which a number is one too.
pub fn spell<'v>(value: &'v DataRef<'_>, holds_times: bool, is_1904: bool) -> Cow<'v, str> {
    match value {
        DataRef::Empty => Cow::Borrowed(""),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Cow::Borrowed(text)
        }
        DataRef::SharedString(text) => Cow::Borrowed(text),
        DataRef::Bool(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
        // What Excel shows: it is kept, or said to be no value of its column.
        DataRef::Error(error) => Cow::Owned(error.to_string()),
        DataRef::Int(number) => Cow::Owned(spell_number(*number as f64, holds_times, is_1904)),
        DataRef::Float(number) => Cow::Owned(spell_number(*number, holds_times, is_1904)),
        DataRef::DateTime(time) => {
            Cow::Owned(spell_number(time.as_f64(), holds_times || time.is_datetime(), is_1904))
        }
    }
}

fn spell_number(number: f64, is_time: bool, is_1904: bool) -> String {
    match is_time.then(|| spell_time(number, is_1904)).flatten() {
        Some(time) => time,
        None if number.abs() >= ROUNDED_FROM => spell_rounded(number),
        None => number.to_string(),
    }
}

/// With an exponent, which tells that there were more digits than stand here.
fn spell_rounded(number: f64) -> String {
    format!("{number:.DIGITS_BEHIND_POINT$E}").replace('E', "E+")
}

/// The time of a serial number in days, to milliseconds: Excel shows no more, and a number of days holds little more.
fn spell_time(days: f64, is_1904: bool) -> Option<String> {
    let since_1900 = if is_1904 { days + DAYS_TO_1904 } else { days };
    if !DAYS.contains(&since_1900) {
        return None;
    }
    let time = ExcelDateTime::new(days, ExcelDateTimeType::DateTime, is_1904);
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if milli > 0 {
        text += format!(".{milli:03}").trim_end_matches('0');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_the_digits_that_they_hold() {
        let table = [
            (72192.0, "72192"),
            (-1.0, "-1"),
            (0.5, "0.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (999_999_999_999_999.0, "999999999999999"),
            (2_533_274_790_395_900.0, "2.53327479039590E+15"),
            (-1e15, "-1.00000000000000E+15"),
            (1e20, "1.00000000000000E+20"),
        ];
        for (number, expected) in table {
            assert_eq!(spell(&DataRef::Float(number), false, false), expected);
        }
    }

    #[test]
    fn serial_numbers_are_times_by_both_ways_to_count_days() {
        let table = [
            (46146.0, false, "2026-05-04"),
            (46146.0 - DAYS_TO_1904, true, "2026-05-04"),
            (1.0, false, "1900-01-01"),
            (61.0, false, "1900-03-01"),
            (0.0, true, "1904-01-01"),
        ];
        for (days, is_1904, date) in table {
            let spelled = |days: f64| spell(&DataRef::Float(days), true, is_1904).into_owned();
            assert_eq!(spelled(days), format!("{date}T00:00:00"));
            assert_eq!(spelled(days + 0.25), format!("{date}T06:00:00"));
        }
    }

    #[test]
    fn what_is_no_date_of_excel_stays_a_number() {
        for days in [0.0, -1.0, 2_958_466.0, 1_777_881_603_192.0] {
            assert_eq!(spell(&DataRef::Float(days), true, false), days.to_string());
        }
    }

    #[test]
    fn a_time_keeps_its_milliseconds() {
        let days = 46146.0 + (8.0 * 3600.0 + 3.192) / 86400.0;
        assert_eq!(spell(&DataRef::Float(days), true, false), "2026-05-04T08:00:03.192");
    }

    #[test]
    fn a_date_in_another_column_is_a_date_and_a_duration_a_number() {
        let cell = |kind| DataRef::DateTime(ExcelDateTime::new(46146.5, kind, false));
        assert_eq!(spell(&cell(ExcelDateTimeType::DateTime), false, false), "2026-05-04T12:00:00");
        assert_eq!(spell(&cell(ExcelDateTimeType::TimeDelta), false, false), "46146.5");
    }
}
