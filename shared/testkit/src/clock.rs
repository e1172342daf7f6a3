//! Time that stands still until somebody moves it.

use std::cell::Cell;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

/// The clock of a simulation. Clones show the same time.
#[derive(Debug, Clone)]
pub struct SimClock {
    now: Rc<Cell<Timestamp>>,
}

impl SimClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> SimClock {
        SimClock { now: Rc::new(Cell::new(now)) }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// Moves on.
    ///
    /// # Panics
    /// If `by` is negative: time does not go back.
    pub fn advance(&self, by: SignedDuration) {
        self.advance_to(self.now() + by);
    }

    /// Moves on to a time; the same time is fine.
    ///
    /// # Panics
    /// If `to` is in the past: time does not go back.
    pub fn advance_to(&self, to: Timestamp) {
        assert!(to >= self.now(), "time does not go back from {} to {to}", self.now());
        self.now.set(to);
    }
}

impl Default for SimClock {
    /// A Thursday morning in winter.
    fn default() -> SimClock {
        SimClock::new("2026-01-15T09:00:00Z".parse().expect("a time"))
    }
}
