//! What goes wrong, how often, and when it stops.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::rc::Rc;

use crate::rng::Rng;

/// How often each thing goes wrong, in a thousand operations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rates {
    /// An operation is throttled: nothing happens, and the caller knows.
    pub throttled: u32,
    /// A write meets another transaction: nothing happens, and the caller knows.
    pub conflict: u32,
    /// A request is lost: nothing happens, and the caller cannot know. A read is unavailable.
    pub lost: u32,
    /// An answer is lost: the write happens, and the caller cannot know.
    pub committed_unclear: u32,
    /// A request is late: the caller cannot know, and the write happens a few operations later, or is refused then.
    pub late: u32,
    /// An answer is lost and the SDK asks again by itself: the caller hears the answer to the second request, which may be
    /// a refusal by the first.
    pub resent: u32,
    /// A read that need not be consistent is not: it sees the world as it was some operations ago.
    pub stale: u32,
    /// How many writes ago, at most, a stale read is. Not a rate.
    pub stale_writes_max: u32,
    /// The process ends before an operation.
    pub crash_before: u32,
    /// The process ends after an operation, before its answer.
    pub crash_after: u32,
    /// A message is delivered twice.
    pub duplicated: u32,
    /// A message takes its time.
    pub delayed: u32,
    /// A message is taken and never delivered.
    pub vanished: u32,
}

impl Rates {
    /// Everything, more often than in any real storm.
    pub fn stormy() -> Rates {
        Rates {
            throttled: 20,
            conflict: 20,
            lost: 10,
            committed_unclear: 20,
            late: 10,
            resent: 10,
            stale: 300,
            stale_writes_max: 12,
            crash_before: 5,
            crash_after: 10,
            duplicated: 100,
            delayed: 200,
            vanished: 20,
        }
    }
}

/// One thing that went wrong, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the rate of the same name")]
pub enum Fault {
    Throttled,
    Conflict,
    Lost,
    CommittedUnclear,
    Late,
    Resent,
    Stale,
    CrashBefore,
    CrashAfter,
    Duplicated,
    Delayed,
    Vanished,
}

/// Decides for every operation whether and how it goes wrong. Handles share one seed, one switch and one crash flag.
#[derive(Debug, Clone)]
pub struct Faults {
    shared: Rc<Shared>,
}

#[derive(Debug)]
struct Shared {
    rng: RefCell<Rng>,
    rates: Cell<Rates>,
    crashed: Cell<bool>,
    fired: RefCell<BTreeMap<Fault, u64>>,
}

impl Faults {
    /// Nothing ever goes wrong.
    pub fn none() -> Faults {
        Faults::seeded(Rng::new(0), Rates::default())
    }

    /// Things go wrong this often, drawn from `rng`.
    pub fn seeded(rng: Rng, rates: Rates) -> Faults {
        let shared = Shared {
            rng: RefCell::new(rng),
            rates: Cell::new(rates),
            crashed: Cell::default(),
            fired: RefCell::default(),
        };
        Faults { shared: Rc::new(shared) }
    }

    /// From now on nothing goes wrong: the time in which everything that is owed must get done.
    pub fn quiet(&self) {
        self.change(Rates::default());
    }

    /// From now on things go wrong this often.
    pub fn change(&self, rates: Rates) {
        self.shared.rates.set(rates);
    }

    /// Whether the future that was polled last stands for a process that has just ended. Asking clears it.
    pub fn take_crash(&self) -> bool {
        self.shared.crashed.take()
    }

    /// How often each thing has gone wrong, so that a test can tell whether it tested anything.
    pub fn fired(&self) -> BTreeMap<Fault, u64> {
        self.shared.fired.borrow().clone()
    }

    /// Ends the process: the future never goes on, and its driver is told to drop it.
    pub(crate) async fn crash(&self) -> Infallible {
        self.shared.crashed.set(true);
        std::future::pending().await
    }

    /// What becomes of a read. At most one thing goes wrong.
    pub(crate) fn of_read(&self) -> Option<Fault> {
        let rates = self.shared.rates.get();
        self.one_of(&[
            (Fault::Throttled, rates.throttled),
            (Fault::Lost, rates.lost),
            (Fault::CrashBefore, rates.crash_before),
        ])
    }

    /// What becomes of a write. At most one thing goes wrong.
    pub(crate) fn of_write(&self) -> Option<Fault> {
        let rates = self.shared.rates.get();
        self.one_of(&[
            (Fault::Throttled, rates.throttled),
            (Fault::Conflict, rates.conflict),
            (Fault::Lost, rates.lost),
            (Fault::CommittedUnclear, rates.committed_unclear),
            (Fault::Late, rates.late),
            (Fault::Resent, rates.resent),
            (Fault::CrashBefore, rates.crash_before),
            (Fault::CrashAfter, rates.crash_after),
        ])
    }

    /// How many writes ago a read that need not be consistent is.
    pub(crate) fn staleness(&self) -> u64 {
        let rates = self.shared.rates.get();
        match self.one_of(&[(Fault::Stale, rates.stale)]) {
            Some(_) => self.up_to(u64::from(rates.stale_writes_max)),
            None => 0,
        }
    }

    /// Whether a message is delivered twice.
    pub(crate) fn duplicates(&self) -> bool {
        self.one_of(&[(Fault::Duplicated, self.shared.rates.get().duplicated)]).is_some()
    }

    /// Whether a message takes its time.
    pub(crate) fn delays(&self) -> bool {
        self.one_of(&[(Fault::Delayed, self.shared.rates.get().delayed)]).is_some()
    }

    /// Whether a message that was taken is never delivered.
    pub(crate) fn vanishes(&self) -> bool {
        self.one_of(&[(Fault::Vanished, self.shared.rates.get().vanished)]).is_some()
    }

    /// A number from 0 to `max`, both included.
    pub(crate) fn up_to(&self, max: u64) -> u64 {
        let max = usize::try_from(max).expect("small numbers fit");
        self.shared.rng.borrow_mut().below(max + 1) as u64
    }

    fn one_of(&self, all: &[(Fault, u32)]) -> Option<Fault> {
        if all.iter().all(|(_, rate)| *rate == 0) {
            return None;
        }
        let mut left = self.up_to(999);
        for (fault, rate) in all {
            let rate = u64::from(*rate);
            if left < rate {
                *self.shared.fired.borrow_mut().entry(*fault).or_default() += 1;
                return Some(*fault);
            }
            left -= rate;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_makes_everything_go_wrong_and_quiet_ends_it() {
        let faults = Faults::seeded(Rng::new(1), Rates::stormy());
        for _ in 0..20_000 {
            faults.of_read();
            faults.of_write();
            faults.staleness();
            faults.duplicates();
            faults.delays();
            faults.vanishes();
        }
        let fired = faults.fired();
        assert_eq!(fired.len(), 12, "{fired:?}");
        faults.quiet();
        assert_eq!((faults.of_read(), faults.of_write(), faults.staleness()), (None, None, 0));
        assert!(!faults.duplicates() && !faults.delays() && !faults.vanishes());
        assert_eq!(faults.fired(), fired);
    }

    #[test]
    fn the_same_seed_makes_the_same_things_go_wrong() {
        let fates = |seed| {
            let faults = Faults::seeded(Rng::new(seed), Rates::stormy());
            (0..200).map(|_| faults.of_write()).collect::<Vec<_>>()
        };
        assert_eq!(fates(3), fates(3));
        assert_ne!(fates(3), fates(4));
    }
}
