//! Times that exports tell at several precisions: cut to a unit, or rounded to it.

use super::{TICKS_PER_SECOND, Timestamp};

/// The units to which exports cut times, in ticks, the finest first: 100 ns, and what Python, portals and spreadsheets keep.
pub const UNITS: [i64; 5] = [1, 10, TICKS_PER_SECOND / 1000, TICKS_PER_SECOND, MINUTE];
const MINUTE: i64 = 60 * TICKS_PER_SECOND;

impl Timestamp {
    /// The coarsest of [`UNITS`] of which it is a whole number: what it may have been cut to.
    pub fn unit(self) -> i64 {
        let is_whole = |unit: &&i64| self.ticks() % **unit == 0;
        UNITS.iter().rev().find(is_whole).copied().unwrap_or(1)
    }

    /// The times that it may be told as at a coarser unit: cut to it, and rounded where that is another. Spreadsheets show
    /// rounded seconds, but minutes that are cut.
    pub fn told_in(self, unit: i64) -> impl Iterator<Item = Self> {
        let rest = self.ticks().rem_euclid(unit);
        let cut = self.ticks() - rest;
        let is_rounded_up = unit < MINUTE && rest * 2 >= unit;
        [Some(cut), is_rounded_up.then_some(cut + unit)].into_iter().flatten().map(Self::from_ticks)
    }

    /// The finer of two times, where the other is the same time told in a coarser unit; None where they are two times.
    pub fn finer(self, other: Self) -> Option<Self> {
        let (coarse, fine) = if self.unit() >= other.unit() { (self, other) } else { (other, self) };
        // What was rounded to a unit may be a whole number of a coarser one.
        let units = UNITS.iter().filter(|unit| **unit <= coarse.unit());
        units.flat_map(|unit| fine.told_in(*unit)).any(|told| told == coarse).then_some(fine)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap().0
    }

    #[test]
    fn a_time_is_told_cut_or_rounded() {
        let fine = at("2026-05-04T08:00:03.1926543Z");
        for told in [
            "2026-05-04T08:00:03.1926543Z",
            "2026-05-04T08:00:03.192654Z",
            "2026-05-04T08:00:03.192Z",
            "2026-05-04T08:00:03.193Z",
            "2026-05-04T08:00:03Z",
            "2026-05-04T08:00:00Z",
        ] {
            assert_eq!(at(told).finer(fine), Some(fine), "{told}");
            assert_eq!(fine.finer(at(told)), Some(fine), "{told}");
        }
        for other in ["2026-05-04T08:00:03.191Z", "2026-05-04T08:00:04Z", "2026-05-04T08:01:00Z"] {
            assert_eq!(at(other).finer(fine), None, "{other}");
        }
        // Minutes are cut.
        assert_eq!(at("2026-05-04T08:01:00Z").finer(at("2026-05-04T08:00:59.4Z")), None);
    }

    proptest! {
        #[test]
        fn what_a_time_is_told_as_is_the_same_time(ticks in -MINUTE * 3..MINUTE * 3, unit in prop::sample::select(&UNITS)) {
            let fine = Timestamp::from_ticks(ticks);
            for told in fine.told_in(unit) {
                prop_assert_eq!(told.ticks() % unit, 0);
                prop_assert_eq!(told.finer(fine), Some(fine));
            }
        }
    }
}
