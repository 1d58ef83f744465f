//! Where a case has events and where it has none: by day, by device, and between imports.
//!
//! *Hole*: whole days in UTC without an event of a device, between two that have some. *Silence*: how long before the
//! case's last event a device last spoke. *Gap*: a span between two imports that no import covers. *Ahead of the clock*:
//! later than the present, so that a device whose clock is wrong makes no other look silent.

mod days;
mod gaps;
mod spoken;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use rusqlite::{CachedStatement, Row, named_params};

use super::{Case, query};
use crate::error::Result;
use crate::event::{Day, Span, Timestamp};

pub use days::DayCoverage;
use days::DayTally;
pub use gaps::{Gap, find_gaps};
pub use spoken::Hole;
use spoken::Spoken;

/// Where a case has events, up to the present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The days from the first that is looked at to that of the last event, in their order; days without an event that
    /// follow each other are one.
    pub days: Vec<DayCoverage>,
    /// Every device that has or had events: first those of whose time most is without events, in holes and silence.
    pub devices: Vec<DeviceCoverage>,
}

/// When a device spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCoverage {
    /// Its DeviceId, `""` where the exports have none.
    pub id: String,
    /// Its name in the newest event that has one.
    pub name: String,
    /// How many events of it were taken in, those ahead of the clock left out.
    pub events: i64,
    /// The first of them; None where all are ahead of the clock.
    pub first_event: Option<Timestamp>,
    /// The last of them; None where all are ahead of the clock.
    pub last_event: Option<Timestamp>,
    /// On how many days that are looked at it has events.
    pub days: i64,
    /// How many days are looked at.
    pub case_days: i64,
    /// How many holes it has.
    pub holes: i64,
    /// How many days are in them.
    pub hole_days: i64,
    /// The longest of them, the first of several.
    pub longest_hole: Option<Hole>,
    /// How long before the case's last event it last spoke; None where it did not speak before the present.
    pub silence: Option<Span>,
    /// How many events of it are ahead of the clock.
    pub ahead: i64,
}

/// Whether events are counted by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Each is, and so each is read.
    Events,
    /// Only the days on which a device spoke are; one event of each is read.
    Days,
}

/// A device, and the span of all its events that were taken in.
struct DeviceSpan {
    key: i64,
    id: String,
    name: String,
    events: i64,
    first: Timestamp,
    last: Timestamp,
}

impl Coverage {
    /// How many days are looked at.
    pub fn case_days(&self) -> i64 {
        self.days.iter().map(|day| day.days).sum()
    }

    /// How many of them have no event.
    pub fn empty_days(&self) -> i64 {
        self.days.iter().filter(|day| day.devices == 0).map(|day| day.days).sum()
    }

    /// The worst of the days, worst first: those without any event, then those on which most of the devices that are known
    /// were silent.
    pub fn worst_days(&self, count: usize) -> Vec<DayCoverage> {
        let mut days = self.days.clone();
        days.sort_by_key(|day| (day.devices > 0, Reverse((day.silent, day.days)), day.day));
        days.truncate(count);
        days
    }
}

impl Case {
    /// Where the case has events up to `now`. Of days before `since`, where events were pruned, it is not known, and they
    /// are not looked at. Each event is read once, out of an index, or one a device and day; what is kept grows with
    /// devices and days alone.
    ///
    /// # Errors
    /// The case's database.
    pub fn coverage(&self, since: Option<Timestamp>, now: Timestamp, counting: Counting) -> Result<Coverage> {
        let mut statement = self.connection().prepare(query!("store/list_device_spans"))?;
        let spans: Vec<DeviceSpan> =
            statement.query_map([], read_device_span)?.collect::<rusqlite::Result<_>>()?;
        let known_from = since.map(Day::whole_from);
        let mut times = self.connection().prepare_cached(match counting {
            Counting::Events => query!("store/list_event_times"),
            Counting::Days => query!("store/list_first_times"),
        })?;
        let mut spoken = Vec::new();
        let mut tally = DayTally::new(known_from, counting);
        for device in &spans {
            let of_device = match counting {
                Counting::Events => listen(&mut times, device, known_from, now, &mut tally)?,
                Counting::Days => listen_by_day(self, &mut times, device, known_from, now, &mut tally)?,
            };
            tally.count_device(&of_device);
            spoken.push(of_device);
        }
        let days = tally.into_days();
        let case_days = days.iter().map(|day| day.days).sum();
        let last = self.last_event(now)?;
        let devices = spans.into_iter().zip(spoken);
        let mut devices: Vec<DeviceCoverage> =
            devices.map(|(device, spoken)| device.coverage(&spoken, case_days, last, now)).collect();
        // Those of one name and id stay in the order of their numbers.
        devices.sort_by(|a, b| (b.unspoken(), &a.name, &a.id).cmp(&(a.unspoken(), &b.name, &b.id)));
        Ok(Coverage { days, devices })
    }
}

/// Reads the times of a device's events, and counts those up to the present for their days.
fn listen(
    times: &mut CachedStatement<'_>,
    device: &DeviceSpan,
    known_from: Option<Day>,
    now: Timestamp,
    tally: &mut DayTally,
) -> Result<Spoken> {
    let since = known_from.map_or(device.first, Day::start);
    let mut spoken = Spoken::new(known_from.filter(|day| device.first < day.start()));
    let mut rows = times.query(named_params! { ":device_id": device.key, ":since": since.ticks() })?;
    while let Some(row) = rows.next()? {
        let time = Timestamp::from_ticks(row.get(0)?);
        if time > now {
            spoken.ahead += 1;
        } else if spoken.speak(time) {
            tally.count_day(Day::of(time));
        } else {
            tally.count_event();
        }
    }
    Ok(spoken)
}

/// Reads the time of the first event of each day on which a device spoke up to the present.
fn listen_by_day(
    case: &Case,
    times: &mut CachedStatement<'_>,
    device: &DeviceSpan,
    known_from: Option<Day>,
    now: Timestamp,
    tally: &mut DayTally,
) -> Result<Spoken> {
    let since = known_from.map_or(device.first, Day::start);
    let mut spoken = Spoken::new(known_from.filter(|day| device.first < day.start()));
    let mut rows = times.query(named_params! {
        ":device_id": device.key,
        ":since": since.ticks(),
        ":now": now.ticks(),
        ":day": Span::from_days(1).ticks(),
    })?;
    while let Some(row) = rows.next()? {
        let time = Timestamp::from_ticks(row.get(0)?);
        spoken.speak(time);
        tally.count_day(Day::of(time));
    }
    if device.last > now {
        let mut statement = case.connection().prepare_cached(query!("store/get_times_around"))?;
        let params = named_params! { ":device_id": device.key, ":now": now.ticks() };
        let (ahead, last) = statement.query_row(params, |row| Ok((row.get("ahead")?, row.get("last")?)))?;
        spoken.ahead = ahead;
        spoken.last_time = Option::<i64>::map(last, Timestamp::from_ticks);
    }
    Ok(spoken)
}

fn read_device_span(row: &Row<'_>) -> rusqlite::Result<DeviceSpan> {
    Ok(DeviceSpan {
        key: row.get("device_id")?,
        id: row.get("external_id")?,
        name: row.get("name")?,
        events: row.get("events")?,
        first: Timestamp::from_ticks(row.get("first_event")?),
        last: Timestamp::from_ticks(row.get("last_event")?),
    })
}

impl DeviceSpan {
    fn coverage(
        self,
        spoken: &Spoken,
        case_days: i64,
        case_last: Option<Timestamp>,
        now: Timestamp,
    ) -> DeviceCoverage {
        let first_event = Some(self.first).filter(|first| *first <= now);
        let last_event = if self.last <= now { Some(self.last) } else { spoken.last_time.or(first_event) };
        let silence =
            case_last.zip(last_event).map(|(case, own)| Span::from_ticks(case.ticks() - own.ticks()));
        DeviceCoverage {
            id: self.id,
            name: self.name,
            events: self.events - spoken.ahead,
            first_event,
            last_event,
            days: spoken.days,
            case_days,
            holes: spoken.holes,
            hole_days: spoken.hole_days,
            longest_hole: spoken.longest_hole,
            silence,
            ahead: spoken.ahead,
        }
    }
}

impl DeviceCoverage {
    /// How much of the time since it first spoke it said nothing; all of it, and so most, where it did not speak.
    fn unspoken(&self) -> Span {
        let holes = Span::from_days(self.hole_days).ticks();
        self.silence.map_or(Span::from_ticks(i64::MAX), |silence| Span::from_ticks(silence.ticks() + holes))
    }
}
