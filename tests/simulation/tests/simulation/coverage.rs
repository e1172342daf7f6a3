//! What a run has really tested, so that the scenario cannot rot without anybody noticing.

use std::collections::BTreeMap;

use stoa_domain::attempt::{ClosedReason, instant};
use stoa_domain::fact::Fact;
use stoa_testkit::faults::Fault;

use crate::calls::{Answered, Call};
use crate::course::{Course, DATES_AFTER, LESSONS, node};
use crate::stored;
use crate::world::World;

/// Every fault there is.
const FAULTS: [Fault; 12] = [
    Fault::Throttled,
    Fault::Conflict,
    Fault::Lost,
    Fault::CommittedUnclear,
    Fault::Late,
    Fault::Resent,
    Fault::Stale,
    Fault::CrashBefore,
    Fault::CrashAfter,
    Fault::Duplicated,
    Fault::Delayed,
    Fault::Vanished,
];
/// Every status that the routes of the scenario answer.
const STATUSES: [u16; 10] = [200, 201, 202, 403, 404, 409, 410, 422, 429, 503];
/// Every situation that the scenario is there for.
const SITUATIONS: [&str; 20] = [
    "answers in their own item accepted",
    "closed by time after an outage of the schedule",
    "closed by time while nothing was broken",
    "closed by time with a draft",
    "closed by time without a draft",
    "date came by itself",
    "date came with a fact",
    "dead letters put back",
    "handed in at the last instant",
    "handed in late, in the grace",
    "hand-in without an answer",
    "more than one attempt",
    "read enough and far enough",
    "reading taken",
    "receipt repeated",
    "rows rebuilt",
    "rows rebuilt by a second run after the first was lost",
    "stream records lost",
    "throttled before closing, and refused after the grace",
    "throttled before closing, and taken in the grace",
];

/// How often each thing happened.
#[derive(Debug, Default)]
pub struct Coverage {
    faults: BTreeMap<Fault, u64>,
    statuses: BTreeMap<u16, u64>,
    situations: BTreeMap<&'static str, u64>,
}

impl Coverage {
    /// What happened in a world.
    pub fn of<E>(world: &World<E>) -> Coverage {
        let mut coverage = Coverage { faults: world.faults.fired(), ..Coverage::default() };
        let heard = world.ledger.borrow();
        for answered in &heard.answered {
            *coverage.statuses.entry(answered.status).or_default() += 1;
        }
        coverage.see("hand-in without an answer", heard.sent.len() - heard.answered.len());
        coverage.see("stream records lost", world.streams.lost as usize);
        coverage.see("dead letters put back", world.redriven);
        let closed = if world.weather.is_calm() { world.streams.closings.len() } else { 0 };
        let situation = if world.unswept > 0 {
            "closed by time after an outage of the schedule"
        } else {
            "closed by time while nothing was broken"
        };
        coverage.see(situation, closed);
        for (status, situation) in [
            (201, "throttled before closing, and taken in the grace"),
            (410, "throttled before closing, and refused after the grace"),
        ] {
            coverage.see(situation, throttled(world, &heard.answered, status));
        }
        coverage.see("rows rebuilt", usize::from(world.operator.has_rebuilt()));
        coverage.see(
            "rows rebuilt by a second run after the first was lost",
            usize::from(world.operator.has_rebuilt() && world.operator.runs() > 1),
        );
        let is_repeated = |call: &Call| matches!(call, Call::Submit { .. });
        coverage.see(
            "receipt repeated",
            heard.answered.iter().filter(|answered| answered.status == 200 && is_repeated(&answered.call)).count(),
        );
        let is_read = |call: &crate::calls::Call| matches!(call, crate::calls::Call::Reading { .. });
        let taken = heard.answered.iter().filter(|answered| answered.status == 202 && is_read(&answered.call));
        coverage.see("reading taken", taken.count());
        let course = Course::get();
        for enrolled in stored::read(&world.store) {
            let read = course.tree.position(&node(LESSONS[0])).expect("it is there");
            let is_met = enrolled.row.is_some_and(|row| row.state.states.as_bytes()[read] == b'm');
            coverage.see("read enough and far enough", usize::from(is_met));
            let came = enrolled.log.iter().filter(|event| matches!(event.fact, Fact::DateCame { .. })).count();
            coverage.see("date came by itself", came);
            let begin = enrolled.enrolled_at.map(instant).unwrap_or_default();
            let passed = DATES_AFTER.iter().filter(|after| begin + **after <= world.clock.now()).count();
            coverage.see("date came with a fact", passed.saturating_sub(came));
        }
        for ((_, number), attempt) in stored::read(&world.store).iter().flat_map(|enrolled| &enrolled.attempts) {
            let is_handed_in = attempt.closed_reason == Some(ClosedReason::HandedIn);
            let is_timed_up = attempt.closed_reason == Some(ClosedReason::TimeUp);
            let received_at = attempt.received_at.unwrap_or_default();
            let is_apart = attempt.answers.is_none() && attempt.digest.is_some();
            coverage.see("more than one attempt", usize::from(*number > 1));
            coverage.see("answers in their own item accepted", usize::from(is_handed_in && is_apart));
            coverage.see("closed by time with a draft", usize::from(is_timed_up && attempt.digest.is_some()));
            coverage.see("closed by time without a draft", usize::from(is_timed_up && attempt.digest.is_none()));
            coverage.see("handed in late, in the grace", usize::from(received_at > attempt.closes_at));
            coverage.see("handed in at the last instant", usize::from(received_at == attempt.accept_until));
        }
        coverage
    }

    fn see(&mut self, situation: &'static str, times: usize) {
        assert!(SITUATIONS.contains(&situation), "{situation:?} is not in the list");
        *self.situations.entry(situation).or_default() += times as u64;
    }

    /// Both together.
    pub fn add(&mut self, other: &Coverage) {
        other.faults.iter().for_each(|(fault, times)| *self.faults.entry(*fault).or_default() += times);
        other.statuses.iter().for_each(|(status, times)| *self.statuses.entry(*status).or_default() += times);
        other.situations.iter().for_each(|(situation, times)| *self.situations.entry(situation).or_default() += times);
    }

    /// What never happened.
    pub fn missing(&self) -> Vec<String> {
        let faults = FAULTS.iter().filter(|fault| !self.faults.contains_key(fault)).map(|fault| format!("{fault:?}"));
        let statuses = STATUSES.iter().filter(|status| !self.statuses.contains_key(status)).map(u16::to_string);
        let never = |situation: &&&str| self.situations.get(**situation).is_none_or(|times| *times == 0);
        let situations = SITUATIONS.iter().filter(never).map(|situation| (*situation).to_owned());
        faults.chain(statuses).chain(situations).collect()
    }
}

/// How many hand-ins got no definite answer before their attempt closed, and this one after that.
fn throttled<E>(world: &World<E>, answered: &[Answered], status: u16) -> usize {
    let learners = stored::read(&world.store);
    let closes_at = |call: &Call| {
        let Call::Submit { at, .. } = call else { return None };
        Some(learners[at.learner].attempt(at)?.closes_at)
    };
    let is_throttled = |answered: &&Answered| matches!(answered.status, 429 | 503);
    let throttled = answered.iter().filter(is_throttled).filter(|throttled| {
        let is_before = |closes_at: &i64| throttled.received_at.as_millisecond() <= *closes_at;
        let Some(closes_at) = closes_at(&throttled.call).filter(is_before) else { return false };
        answered.iter().any(|later| {
            let is_again = later.call == throttled.call && later.status == status;
            is_again && later.received_at.as_millisecond() > closes_at
        })
    });
    throttled.count()
}
