//! What goes wrong in a run, and when.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use stoa_testkit::{Rates, Rng};

/// How bad a run is.
#[derive(Debug)]
pub struct Weather {
    /// What goes wrong under the models.
    pub rates: Rates,
    /// When the stream loses its records.
    pub outage: Range<Timestamp>,
    /// When the schedule does not start the sweep.
    pub unswept: Range<Timestamp>,
    /// When every process ends at once.
    pub crash_at: Option<Timestamp>,
    /// When an operator begins to rebuild the cohort's rows.
    pub rebuild_at: Option<Timestamp>,
    /// How many answers, in a thousand, get lost between gateway and browser.
    pub unheard: u32,
    /// How many requests, in a thousand, the gateway refuses because there are too many.
    pub refused: u32,
}

impl Weather {
    /// Some seeds see everything, and some only a few things: those go deeper. In some nothing goes wrong but the schedule.
    pub fn draw(rng: &mut Rng, start: Timestamp) -> Weather {
        let weather = Weather::stormy(rng, start);
        if rng.chance(850) {
            return weather;
        }
        let calm = Weather { rates: Rates::default(), outage: start..start, crash_at: None, ..weather };
        Weather { unheard: 0, refused: 0, ..calm }
    }

    /// Whether nothing goes wrong but the schedule.
    pub fn is_calm(&self) -> bool {
        self.rates == Rates::default() && self.outage.is_empty() && self.crash_at.is_none()
    }

    fn stormy(rng: &mut Rng, start: Timestamp) -> Weather {
        let mut rates = Rates::stormy();
        let strength = [0, 500, 1_000, 1_500];
        for rate in [
            &mut rates.throttled,
            &mut rates.conflict,
            &mut rates.lost,
            &mut rates.committed_unclear,
            &mut rates.late,
            &mut rates.resent,
            &mut rates.stale,
            &mut rates.crash_before,
            &mut rates.crash_after,
            &mut rates.duplicated,
            &mut rates.delayed,
            &mut rates.vanished,
        ] {
            *rate = *rate * *rng.pick(&strength) / 1_000;
        }
        let minute = |rng: &mut Rng| start + SignedDuration::from_mins(rng.below(16) as i64);
        let outage = |rng: &mut Rng| {
            let begin = minute(rng);
            let minutes = if rng.chance(300) { 1 + rng.below(6) as i64 } else { 0 };
            begin..begin + SignedDuration::from_mins(minutes)
        };
        Weather {
            rates,
            outage: outage(rng),
            unswept: outage(rng),
            crash_at: rng.chance(200).then(|| minute(rng)),
            rebuild_at: rng.chance(400).then(|| minute(rng)),
            unheard: if rng.chance(500) { 30 } else { 0 },
            refused: if rng.chance(500) { 40 } else { 0 },
        }
    }
}
