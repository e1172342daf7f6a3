//! The verdict on a run: from stored items, and from what browsers hold.

use std::fmt;

use jiff::SignedDuration;
use stoa_store::engine::Engine;

use crate::calls::{Browser, Call, Heard};
use crate::stored::{self, Enrolled};
use crate::world::World;
use crate::{grades, logs, receipts, refusals};

/// How long after the run everything that expires has expired: more than the 90 days for which drafts are kept.
const EXPIRED_AFTER: SignedDuration = SignedDuration::from_hours(100 * 24);

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
        let is_body = |sk: &str| sk.starts_with(stoa_store::schema::BODY);
        broken.unless(expired.iter().all(|key| is_body(&key.sk)), || {
            format!("something else than a body expires: {expired:?}")
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
    broken.0.extend(world.store.defects().into_iter().map(|said| format!("a request that DynamoDB refuses: {said}")));
    let learners = stored::read(&world.store);
    let heard = world.ledger.borrow();
    for (learner, enrolled) in learners.iter().enumerate() {
        receipts::attempts(learner, enrolled, &heard, age, broken);
        grades::check(learner, enrolled, broken);
        logs::check(learner, enrolled, broken);
    }
    answers(&learners, &heard, broken);
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
