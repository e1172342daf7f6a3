//! SQS as a model: at least once, in any order, late, and to a dead-letter queue in the end. It may also lose what it took, which
//! SQS never should: nobody may rely on a message.

use std::cell::RefCell;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

use crate::clock::SimClock;
use crate::faults::{Fault, Faults};
use crate::rng::Rng;
use crate::yielding::yield_now;

/// The longest that SQS keeps a message back if it is asked to.
const DELAY_ASKED_SECONDS_MAX: u32 = 900;
/// How much later a delayed message comes at most.
const DELAY_SECONDS_MAX: u64 = 300;

/// A queue's settings, as the template has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSettings {
    /// How long a received message is hidden from others.
    pub visibility: SignedDuration,
    /// How often a message is received before it goes to the dead letters.
    pub receives_max: u32,
}

impl Default for QueueSettings {
    fn default() -> QueueSettings {
        QueueSettings { visibility: SignedDuration::from_secs(60), receives_max: 5 }
    }
}

/// A message as it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message's name; a message that is delivered twice has it twice.
    pub message_id: String,
    /// What was sent: JSON.
    pub body: String,
    /// The how-manieth delivery this is.
    pub receive_count: u32,
    /// When it was sent.
    pub sent_at: Timestamp,
    copy: u64,
}

/// What was sent and not confirmed. It may or may not be in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotSent;

/// A queue. Clones share it.
#[derive(Debug, Clone)]
pub struct SimQueue {
    shared: Rc<RefCell<Shared>>,
    settings: QueueSettings,
    clock: SimClock,
    faults: Faults,
}

#[derive(Debug)]
struct Shared {
    rng: Rng,
    sent: u64,
    copies: u64,
    messages: Vec<Message>,
    dead: Vec<String>,
}

#[derive(Debug)]
struct Message {
    delivery: Delivery,
    visible_at: Timestamp,
}

impl SimQueue {
    /// An empty queue.
    pub fn new(settings: QueueSettings, clock: &SimClock, faults: &Faults, rng: Rng) -> SimQueue {
        let shared = Shared { rng, sent: 0, copies: 0, messages: Vec::new(), dead: Vec::new() };
        let (clock, faults) = (clock.clone(), faults.clone());
        SimQueue { shared: Rc::new(RefCell::new(shared)), settings, clock, faults }
    }

    /// Sends one message as a function does, to be delivered after so many seconds: the request or its answer may get lost,
    /// and the process may end.
    pub async fn send(&self, body: String, delay_seconds: u32) -> Result<(), NotSent> {
        yield_now().await;
        let fate = self.faults.of_write();
        match fate {
            Some(Fault::Throttled | Fault::Conflict | Fault::Lost) => return Err(NotSent),
            Some(Fault::CrashBefore) => match self.faults.crash().await {},
            _ => self.put(body, delay_seconds),
        }
        yield_now().await;
        match fate {
            Some(Fault::CommittedUnclear | Fault::Late) => Err(NotSent),
            Some(Fault::CrashAfter) => match self.faults.crash().await {},
            _ => Ok(()),
        }
    }

    /// Puts a message into the queue, from outside of the simulated processes.
    ///
    /// # Panics
    /// If it is kept back for longer than SQS does.
    pub fn put(&self, body: String, delay_seconds: u32) {
        assert!(
            delay_seconds <= DELAY_ASKED_SECONDS_MAX,
            "{delay_seconds} s; SQS keeps a message back for {DELAY_ASKED_SECONDS_MAX} s"
        );
        let now = self.clock.now();
        let asked = SignedDuration::from_secs(delay_seconds.into());
        let mut shared = self.shared.borrow_mut();
        shared.sent += 1;
        let message_id = format!("message-{}", shared.sent);
        let copies = match (self.faults.vanishes(), self.faults.duplicates()) {
            (true, _) => 0,
            (false, true) => 2,
            (false, false) => 1,
        };
        for _ in 0..copies {
            shared.copies += 1;
            let visible_at = now + asked + if self.faults.delays() { self.delay() } else { SignedDuration::ZERO };
            let copy = shared.copies;
            let delivery =
                Delivery { message_id: message_id.clone(), body: body.clone(), receive_count: 0, sent_at: now, copy };
            shared.messages.push(Message { delivery, visible_at });
        }
    }

    /// Receives up to `count_max` messages, in any order. They are hidden until they are settled or time has passed.
    pub fn receive(&self, count_max: usize) -> Vec<Delivery> {
        let now = self.clock.now();
        let mut shared = self.shared.borrow_mut();
        let Shared { rng, messages, dead, .. } = &mut *shared;
        let is_spent = |message: &mut Message| {
            message.visible_at <= now && message.delivery.receive_count >= self.settings.receives_max
        };
        dead.extend(messages.extract_if(.., is_spent).map(|message| message.delivery.body));
        let mut visible: Vec<&mut Message> = messages.iter_mut().filter(|message| message.visible_at <= now).collect();
        rng.shuffle(&mut visible);
        let mut batch: Vec<Delivery> = Vec::new();
        for message in visible {
            let is_there = batch.iter().any(|other| other.message_id == message.delivery.message_id);
            if batch.len() < count_max && !is_there {
                message.delivery.receive_count += 1;
                message.visible_at = now + self.settings.visibility;
                batch.push(message.delivery.clone());
            }
        }
        batch
    }

    /// Settles a batch as an event source does: what did not fail is deleted, what failed comes again when it is visible.
    /// A batch whose process crashed or timed out is never settled.
    pub fn settle<'a>(&self, batch: &[Delivery], failed: impl IntoIterator<Item = &'a str>) {
        let failed: Vec<&str> = failed.into_iter().collect();
        for id in &failed {
            assert!(batch.iter().any(|delivery| delivery.message_id == *id), "{id:?} is not of this batch");
        }
        let done = |copy: u64| {
            batch.iter().any(|delivery| delivery.copy == copy && !failed.contains(&delivery.message_id.as_str()))
        };
        self.shared.borrow_mut().messages.retain(|message| !done(message.delivery.copy));
    }

    /// When the next message is visible; `None` if there is none. The driver moves the clock there when nobody is busy.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.shared.borrow().messages.iter().map(|message| message.visible_at).min()
    }

    /// Whether nothing is in the queue, hidden or not. Dead letters do not count.
    pub fn is_empty(&self) -> bool {
        self.shared.borrow().messages.is_empty()
    }

    /// The bodies that were given up, oldest first.
    pub fn dead_letters(&self) -> Vec<String> {
        self.shared.borrow().dead.clone()
    }

    /// Puts the dead letters back into the queue, as an operator does.
    pub fn redrive(&self) {
        let dead = std::mem::take(&mut self.shared.borrow_mut().dead);
        dead.into_iter().for_each(|body| self.put(body, 0));
    }

    fn delay(&self) -> SignedDuration {
        SignedDuration::from_secs(self.faults.up_to(DELAY_SECONDS_MAX).cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Rates;

    fn queue(rates: Rates, receives_max: u32) -> (SimQueue, SimClock) {
        let clock = SimClock::default();
        let settings = QueueSettings { receives_max, ..QueueSettings::default() };
        let faults = Faults::seeded(Rng::new(2), rates);
        (SimQueue::new(settings, &clock, &faults, Rng::new(1)), clock)
    }

    fn bodies(batch: &[Delivery]) -> Vec<&str> {
        let mut bodies: Vec<&str> = batch.iter().map(|delivery| delivery.body.as_str()).collect();
        bodies.sort_unstable();
        bodies
    }

    #[test]
    fn what_did_not_fail_is_gone_and_what_failed_or_crashed_comes_again() {
        let (queue, clock) = queue(Rates::default(), 5);
        for body in ["a", "b", "c"] {
            queue.put(body.to_owned(), 0);
        }
        let batch = queue.receive(2);
        assert_eq!((batch.len(), queue.receive(10).len(), queue.receive(10).len()), (2, 1, 0));
        queue.settle(&batch, [batch[0].message_id.as_str()]);
        clock.advance_to(queue.next_at().expect("two are left"));
        let again = queue.receive(10);
        assert_eq!(again.len(), 2);
        assert!(again.iter().all(|delivery| delivery.receive_count == 2));
        assert!(!bodies(&again).contains(&batch[1].body.as_str()));
        queue.settle(&again, []);
        assert!(queue.is_empty());
    }

    #[test]
    fn what_fails_too_often_is_a_dead_letter_until_it_is_redriven() {
        let (queue, clock) = queue(Rates::default(), 3);
        queue.put("poison".to_owned(), 0);
        let mut deliveries = 0;
        while let Some(at) = queue.next_at() {
            clock.advance_to(at.max(clock.now()));
            deliveries += queue.receive(10).len();
        }
        assert_eq!((deliveries, queue.dead_letters()), (3, vec!["poison".to_owned()]));
        queue.redrive();
        assert_eq!(bodies(&queue.receive(1)), ["poison"]);
        assert!(queue.dead_letters().is_empty());
    }

    #[test]
    fn a_message_that_is_kept_back_comes_at_its_time_and_not_before() {
        let (queue, clock) = queue(Rates::default(), 5);
        queue.put("later".to_owned(), 90);
        queue.put("now".to_owned(), 0);
        let first = queue.receive(10);
        assert_eq!(bodies(&first), ["now"]);
        queue.settle(&first, []);
        assert_eq!(queue.next_at(), Some(clock.now() + SignedDuration::from_secs(90)));
        clock.advance_to(clock.now() + SignedDuration::from_millis(89_999));
        assert!(queue.receive(10).is_empty());
        clock.advance_to(clock.now() + SignedDuration::from_millis(1));
        assert_eq!(bodies(&queue.receive(10)), ["later"]);
    }

    #[test]
    fn messages_come_twice_late_and_in_any_order() {
        let (queue, clock) = queue(Rates { duplicated: 500, delayed: 500, ..Rates::default() }, 5);
        for number in 0..20 {
            queue.put(format!("{number:02}"), 0);
        }
        let mut seen = Vec::new();
        while let Some(at) = queue.next_at() {
            clock.advance_to(at.max(clock.now()));
            let batch = queue.receive(10);
            seen.extend(batch.iter().map(|delivery| delivery.body.clone()));
            queue.settle(&batch, []);
        }
        assert!(seen.len() > 20 && !seen.is_sorted(), "{seen:?}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 20);
    }
}
