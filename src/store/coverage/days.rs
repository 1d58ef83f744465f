//! What all devices together said on each day.

use std::collections::BTreeMap;

use super::Counting;
use super::spoken::{Hole, Spoken};
use crate::event::Day;

/// A day, or days without an event that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCoverage {
    /// The day, or the first of the days.
    pub day: Day,
    /// How many days they are: 1 where there are events.
    pub days: i64,
    /// How many events there are; None where events were not counted.
    pub events: Option<i64>,
    /// How many devices have some.
    pub devices: i64,
    /// How many devices have none that are known: that spoke before the day and after it.
    pub silent: i64,
}

impl DayCoverage {
    /// The last of the days.
    pub const fn last_day(&self) -> Day {
        self.day.plus(self.days - 1)
    }
}

/// Counts events and devices by day. Devices come one after the other, the events of each in the order of time.
#[derive(Debug)]
pub struct DayTally {
    known_from: Option<Day>,
    counting: Counting,
    counts: BTreeMap<Day, DayCount>,
    /// How many more devices are known from a day on than the day before.
    changes: BTreeMap<Day, i64>,
    /// The day that is being counted of a device, and its events so far.
    open: Option<(Day, i64)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct DayCount {
    events: i64,
    devices: i64,
}

impl DayTally {
    /// Nothing yet; before the day nothing is known.
    pub const fn new(known_from: Option<Day>, counting: Counting) -> Self {
        Self { known_from, counting, counts: BTreeMap::new(), changes: BTreeMap::new(), open: None }
    }

    /// Counts the first event of a device on a day.
    pub fn count_day(&mut self, day: Day) {
        self.close_day();
        self.open = Some((day, 1));
    }

    /// Counts another event of the same device and day.
    pub const fn count_event(&mut self) {
        if let Some((_, events)) = &mut self.open {
            *events += 1;
        }
    }

    /// Ends a device.
    pub fn count_device(&mut self, spoken: &Spoken) {
        self.close_day();
        if let Some((first, last)) = spoken.span() {
            *self.changes.entry(first).or_default() += 1;
            *self.changes.entry(last.plus(1)).or_default() -= 1;
        }
    }

    fn close_day(&mut self) {
        if let Some((day, events)) = self.open.take() {
            let count = self.counts.entry(day).or_default();
            count.events += events;
            count.devices += 1;
        }
    }

    /// The days from the first that is known to the last with an event.
    pub fn into_days(self) -> Vec<DayCoverage> {
        let mut changes = self.changes.into_iter().peekable();
        let mut known = 0;
        let mut known_on = |day: Day| {
            while let Some((_, change)) = changes.next_if(|(from, _)| *from <= day) {
                known += change;
            }
            known
        };
        let mut days = Vec::new();
        let mut next = self.known_from;
        let counted = |events: i64| (self.counting == Counting::Events).then_some(events);
        for (day, DayCount { events, devices }) in self.counts {
            let first = next.unwrap_or(day);
            let hole = Hole { first, days: day.days_after(first) };
            if hole.days > 0 {
                let silent = known_on(hole.first);
                days.push(DayCoverage {
                    day: hole.first,
                    days: hole.days,
                    events: counted(0),
                    devices: 0,
                    silent,
                });
            }
            let silent = known_on(day) - devices;
            days.push(DayCoverage { day, days: 1, events: counted(events), devices, silent });
            next = Some(day.plus(1));
        }
        days
    }
}
