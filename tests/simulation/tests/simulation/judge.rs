//! The verdict on a run: from stored items, and from what browsers hold.

use std::fmt;

use jiff::SignedDuration;
use stoa_store::engine::{Engine, Key};
use stoa_store::schema;

use crate::calls::{Browser, Call, Heard};
use crate::stored::{self, Enrolled};
use crate::world::World;
use crate::{dates, grades, logs, promptness, receipts, refusals};

/// How long after the run everything that expires has expired: more than the 400 days for which drafts are kept.
const EXPIRED_AFTER: SignedDuration = SignedDuration::from_hours(410 * 24);

/// What was found broken, in words.
#[derive(Debug, Default)]
pub struct Broken(Vec<String>);

impl Broken {
    /// Something is broken unless it holds.
    pub fn unless(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|what| writeln!(f, "  {what}"))
    }
}

/// Judges a world that has run, lets everybody with a receipt come back once more, and judges again after a long time.
pub fn judge<E: Engine + Clone + 'static>(world: &mut World<E>) -> Broken {
    let mut broken = Broken::default();
    everything(world, Age::Fresh, &mut broken);
    if broken.is_empty() {
        come_back(world);
        let expired = world.store.expire(world.clock.now() + EXPIRED_AFTER);
        let live = stored::live_rows(&world.store);
        let may_expire = |key: &Key| {
            key.sk.starts_with(schema::BODY)
                || key.sk.starts_with(schema::READING)
                || key.sk.starts_with(schema::ROW) && key.pk != live
        };
        broken.unless(expired.iter().all(may_expire), || {
            format!("something else than a body, a report of reading or a replaced row expires: {expired:?}")
        });
        everything(world, Age::Expired, &mut broken);
    }
    broken
}

/// How long ago everything happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Just now.
    Fresh,
    /// So long that whatever expires is gone. A long draft that nobody handed in may be.
    Expired,
}

fn everything<E>(world: &World<E>, age: Age, broken: &mut Broken) {
    broken.0.extend(world.defects.iter().cloned());
    rebuilds(world, broken);
    promptness::check(&world.streams.closings, &world.weather, broken);
    broken.0.extend(world.store.defects().into_iter().map(|said| format!("a request that DynamoDB refuses: {said}")));
    let learners = stored::read(&world.store);
    let heard = world.ledger.borrow();
    for (learner, enrolled) in learners.iter().enumerate() {
        receipts::attempts(learner, enrolled, &heard, age, broken);
        grades::check(learner, enrolled, broken);
        logs::check(learner, enrolled, age, broken);
        dates::check(learner, enrolled, world.clock.now(), &world.weather, broken);
    }
    answers(&learners, &heard, broken);
}

/// A rebuild finds what the projector left behind as it should be, and leaves nothing half done.
fn rebuilds<E>(world: &World<E>, broken: &mut Broken) {
    for report in world.operator.reports() {
        let is_sound = report.differences.is_empty() && report.changed.is_empty() && report.strays.is_empty();
        broken.unless(is_sound, || format!("a rebuild is not what stood: {report:?}"));
    }
    for said in world.operator.alarms() {
        broken.unless(false, || format!("a rebuild says: {said}"));
    }
    let generations = stored::generations(&world.store);
    broken.unless(generations.rebuild.is_none(), || format!("a rebuild is left half done: {generations:?}"));
    // Whoever did not hear that it was done has done it again, into a generation after that.
    broken.unless((generations.live > 0) == world.operator.has_rebuilt(), || {
        format!("{generations:?} is read, and not what was built last")
    });
}

fn answers(learners: &[Enrolled], heard: &Heard, broken: &mut Broken) {
    receipts::held(learners, &heard.answered, broken);
    for answered in &heard.answered {
        refusals::check(learners, answered, broken);
    }
}

/// Whoever was told that a hand-in was taken sends it again: the same receipt must come.
fn come_back<E: Engine + Clone + 'static>(world: &mut World<E>) {
    let taken: Vec<(usize, Call)> = {
        let heard = world.ledger.borrow();
        let is_taken = |call: &Call, status| matches!(call, Call::Submit { .. }) && matches!(status, 200 | 201);
        heard
            .answered
            .iter()
            .filter(|answered| is_taken(&answered.call, answered.status))
            .map(|answered| (answered.caller, answered.call.clone()))
            .collect()
    };
    for (caller, call) in taken {
        let browser: Browser = world.browser(caller);
        world.spawn(async move { drop(browser.insist(&call).await) });
    }
    world.come_to_rest();
}
