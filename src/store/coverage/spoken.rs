//! The days on which one device spoke, and its holes.

use crate::event::{Day, Timestamp};

/// Days without an event that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// The first of them.
    pub first: Day,
    /// How many they are.
    pub days: i64,
}

impl Hole {
    /// The last of them.
    pub const fn last(self) -> Day {
        self.first.plus(self.days - 1)
    }
}

/// What is known of one device, whose events come in the order of time.
#[derive(Debug, Default)]
pub struct Spoken {
    /// The first day from which on it is known.
    pub known_from: Option<Day>,
    /// The last event.
    pub last_time: Option<Timestamp>,
    /// The day of that; before the first event, the day before it is known.
    last_day: Option<Day>,
    /// Days with events.
    pub days: i64,
    /// Holes.
    pub holes: i64,
    /// Days in holes.
    pub hole_days: i64,
    /// The longest hole, the first of several.
    pub longest_hole: Option<Hole>,
    /// Events ahead of the clock.
    pub ahead: i64,
}

impl Spoken {
    /// A device that was known before a day already; None: it is known from its first event on.
    pub fn new(known_before: Option<Day>) -> Self {
        Self { known_from: known_before, last_day: known_before.map(|day| day.plus(-1)), ..Self::default() }
    }

    /// Takes the next event; says whether it is the first of its day.
    pub fn speak(&mut self, time: Timestamp) -> bool {
        // Most events are of the day of the one before.
        if self.last_time.is_some() && self.last_day.is_some_and(|day| time < day.plus(1).start()) {
            self.last_time = Some(time);
            return false;
        }
        let day = Day::of(time);
        self.known_from.get_or_insert(day);
        if let Some(last) = self.last_day {
            self.pass(Hole { first: last.plus(1), days: day.days_after(last) - 1 });
        }
        self.last_day = Some(day);
        self.last_time = Some(time);
        self.days += 1;
        true
    }

    fn pass(&mut self, hole: Hole) {
        if hole.days == 0 {
            return;
        }
        self.holes += 1;
        self.hole_days += hole.days;
        if self.longest_hole.is_none_or(|longest| hole.days > longest.days) {
            self.longest_hole = Some(hole);
        }
    }

    /// The days from the first that it is known on to the last with an event; None where it has no event.
    pub fn span(&self) -> Option<(Day, Day)> {
        self.last_time.and(self.known_from.zip(self.last_day))
    }
}
