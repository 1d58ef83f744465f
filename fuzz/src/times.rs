//! Times, spans and zones.

use huntcase::event::{DateOrder, Local, Span, Spelled, TICKS_PER_SECOND, TimeZone, Timestamp, Zone};

/// No zone was ever further from UTC than 16 hours.
const FURTHEST: i64 = 16 * 3600 * TICKS_PER_SECOND;

/// What is read, printed and read again is itself; whichever way a time is read, it is the same time. The first line is the
/// time, the second a zone and the third a span, and each is tried as the others too.
pub fn times(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let lines: Vec<&str> = text.split('\n').take(3).collect();
    for line in &lines {
        check_iso(line);
        check_spelled(line);
        check_span(line);
        check_zone(line);
    }
    let zone = lines.get(1).and_then(|line| line.parse::<TimeZone>().ok());
    let span = lines.get(2).and_then(|line| Span::parse(line));
    if let Some((time, _)) = Timestamp::parse(lines[0]) {
        zone.into_iter().for_each(|zone| check_local(time, zone));
        span.into_iter().for_each(|span| check_moved(time, span));
    }
}

fn check_iso(text: &str) {
    assert_eq!(Timestamp::parse(text), Timestamp::parse_bytes(text.as_bytes()));
    let Some((time, zone)) = Timestamp::parse(text) else { return };
    check_printed(time);
    let spelled = match zone {
        Zone::Stated => Spelled::Instant(time),
        Zone::Assumed => Spelled::Local(time),
    };
    assert!(Spelled::read(text).is_none_or(|other| other == spelled), "{text} is two times");
    // Of ten or sixteen bytes it is what a person types, and not whole.
    assert_eq!(Timestamp::parse_typed(text), Some(time), "{text}");
}

fn check_printed(time: Timestamp) {
    assert_eq!(Timestamp::parse(&time.to_string()), Some((time, Zone::Stated)));
    let seconds = Timestamp::parse(&time.to_seconds_text()).map(|(seconds, _)| seconds.ticks());
    assert_eq!(seconds, Some(time.ticks() - time.ticks().rem_euclid(TICKS_PER_SECOND)));
}

fn check_spelled(text: &str) {
    let spelled = Spelled::read(text);
    assert_eq!(spelled, Spelled::read(&format!(" \u{feff}{text}\u{a0}")), "blanks around it count: {text:?}");
    let Some(spelled) = spelled else { return };
    match spelled {
        Spelled::Instant(time) | Spelled::Local(time) => check_printed(time),
        Spelled::Figures { day_first, month_first } => {
            assert!(day_first.or(month_first).is_some(), "{text} is no date");
            day_first.into_iter().chain(month_first).for_each(check_printed);
        }
        Spelled::Nothing => {}
    }
    if let Some(order) = spelled.order() {
        let other = if order == DateOrder::DayFirst { DateOrder::MonthFirst } else { DateOrder::DayFirst };
        assert!(spelled.in_order(order).is_some() && spelled.in_order(other).is_none(), "{text}");
    }
    assert!(spelled.readings().is_none_or(|(day, month)| day != month && spelled.order().is_none()));
}

fn check_span(text: &str) {
    let Some(span) = Span::parse(text) else { return };
    assert_eq!(Span::parse(&span.to_string()), Some(span), "{text}");
    assert!(!span.to_rough_text().is_empty());
}

fn check_zone(text: &str) {
    let Ok(zone) = text.parse::<TimeZone>() else { return };
    assert_eq!(zone.to_string().parse(), Ok(zone), "{text}");
}

fn check_local(local: Timestamp, zone: TimeZone) {
    if let Local::Once(instant) | Local::Twice(instant) = zone.instant_of(local) {
        assert!((instant.ticks() - local.ticks()).abs() <= FURTHEST, "{local} in {zone} is {instant}");
    }
}

/// Moved out of the years that there are, a time stays at their end.
fn check_moved(time: Timestamp, span: Span) {
    let (before, after) = (time.minus(span), time.plus(span));
    assert!(before <= time && time <= after);
    check_printed(before);
    check_printed(after);
}
