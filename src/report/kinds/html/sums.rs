//! What the pictures show, counted in one pass over all that findings show.

use std::collections::{BTreeMap, HashMap};

use super::super::super::why_items;
use super::numbers::VERDICTS;
use crate::error::Result;
use crate::event::{TICKS_PER_SECOND, Timestamp};
use crate::findings::{Extract, FindingId, Why};

const HOUR: i64 = 3_600 * TICKS_PER_SECOND;
const DAY: i64 = 24 * HOUR;
/// What a bucket of the activity can span.
const SIZES: [(i64, &str); 8] = [
    (HOUR, "Each bar is an hour"),
    (3 * HOUR, "Each bar is 3 hours"),
    (6 * HOUR, "Each bar is 6 hours"),
    (DAY, "Each bar is a day"),
    (7 * DAY, "Each bar is a week"),
    (30 * DAY, "Each bar is 30 days"),
    (365 * DAY, "Each bar is 365 days"),
    (365 * 100 * DAY, "Each bar is 100 years"),
];
const MOST_BUCKETS: i64 = 32;
/// Rules may give a reason of its own to each event: past so many bytes of different ones, others are not told apart.
const MOST_REASON_BYTES: usize = 1 << 22;

/// A count for each verdict, in the order of [`VERDICTS`].
pub type ByVerdict = [i64; VERDICTS.len()];

/// What the pictures show.
pub struct Sums {
    /// The first and the last event of all; None without events.
    pub span: Option<(Timestamp, Timestamp)>,
    /// How many ticks a bucket spans.
    pub size: i64,
    /// The same in words.
    pub unit: &'static str,
    /// Events by bucket, an empty one too between the first and the last.
    pub buckets: BTreeMap<i64, ByVerdict>,
    /// Events by what of a reason held, such as `has whoami`.
    pub reasons: HashMap<String, i64>,
    /// Events whose reasons were too many to tell apart.
    pub other_reasons: i64,
}

impl Sums {
    /// Counts.
    pub fn of(extract: &Extract<'_>) -> Result<Self> {
        let first = extract.findings.iter().map(|reported| reported.finding.first_activity).min();
        let last = extract.findings.iter().map(|reported| reported.finding.last_activity).max();
        let span = first.zip(last);
        let (size, unit) = bucket_size(span);
        let mut sums =
            Self { span, size, unit, buckets: BTreeMap::new(), reasons: HashMap::new(), other_reasons: 0 };
        if let Some((first, last)) = span {
            let buckets = first.ticks().div_euclid(size)..=last.ticks().div_euclid(size);
            sums.buckets = buckets.map(|bucket| (bucket, ByVerdict::default())).collect();
        }
        let verdicts: HashMap<FindingId, usize> = extract
            .findings
            .iter()
            .map(|reported| {
                let verdict = VERDICTS.iter().position(|v| *v == reported.finding.classification);
                (reported.finding.id, verdict.unwrap_or_default())
            })
            .collect();
        let mut bytes = 0;
        let mut whole_reasons = HashMap::<String, i64>::new();
        extract.each_trace(&mut |trace| {
            let Some(verdict) = verdicts.get(&trace.finding) else { return };
            sums.buckets.entry(trace.time.ticks().div_euclid(size)).or_default()[*verdict] += 1;
            if let Some(count) = whole_reasons.get_mut(trace.reason) {
                *count += 1;
            } else if bytes + trace.reason.len() <= MOST_REASON_BYTES {
                bytes += trace.reason.len();
                whole_reasons.insert(trace.reason.to_owned(), 1);
            } else {
                sums.other_reasons += 1;
            }
        })?;
        for (reason, count) in whole_reasons {
            for item in why_items(&Why::from_match(&reason)) {
                *sums.reasons.entry(item).or_default() += count;
            }
        }
        Ok(sums)
    }
}

fn bucket_size(span: Option<(Timestamp, Timestamp)>) -> (i64, &'static str) {
    let fits = |size: i64| {
        span.is_none_or(|(first, last)| {
            last.ticks().div_euclid(size) - first.ticks().div_euclid(size) < MOST_BUCKETS
        })
    };
    SIZES.into_iter().find(|(size, _)| fits(*size)).unwrap_or(SIZES[SIZES.len() - 1])
}
