//! Between the learners and the cloud: requests on their way, and time that passes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures::channel::oneshot;
use jiff::{SignedDuration, Timestamp};
use stoa_http::Response;
use stoa_testkit::SimClock;
use stoa_testkit::events::HttpEvent;

/// A request that has reached the gateway.
#[derive(Debug)]
pub struct Incoming {
    /// The request, with its receive time.
    pub event: HttpEvent,
    /// Where its answer goes; dropped if there is none.
    pub answer: oneshot::Sender<Response>,
}

/// Who waits until when, in the order of time and then of asking.
type Timers = BTreeMap<(Timestamp, u64), oneshot::Sender<()>>;

/// The learners' side of the network. Clones share it.
#[derive(Debug, Clone)]
pub struct Net {
    clock: SimClock,
    outbox: Rc<RefCell<Vec<Incoming>>>,
    timers: Rc<RefCell<Timers>>,
    timers_set: Rc<Cell<u64>>,
}

impl Net {
    /// A network by this clock.
    pub fn new(clock: &SimClock) -> Net {
        Net { clock: clock.clone(), outbox: Rc::default(), timers: Rc::default(), timers_set: Rc::default() }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sends a request, which is received now. `None` if no answer comes: nothing is known of what became of it.
    pub async fn send(&self, event: HttpEvent) -> Option<Response> {
        let (answer, answered) = oneshot::channel();
        self.outbox.borrow_mut().push(Incoming { event, answer });
        answered.await.ok()
    }

    /// Waits.
    pub async fn pause(&self, by: SignedDuration) {
        self.wait_until(self.now() + by).await;
    }

    /// Waits until a time.
    pub async fn wait_until(&self, at: Timestamp) {
        if at <= self.now() {
            return;
        }
        let (ring, rung) = oneshot::channel();
        self.timers_set.set(self.timers_set.get() + 1);
        self.timers.borrow_mut().insert((at, self.timers_set.get()), ring);
        rung.await.expect("timers are kept until they ring");
    }

    /// The requests that have arrived since they were taken last.
    pub fn take_incoming(&self) -> Vec<Incoming> {
        self.outbox.take()
    }

    /// When somebody wants to be woken next.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.timers.borrow().keys().next().map(|(at, _)| *at)
    }

    /// Wakes everybody whose time has come.
    pub fn ring(&self) {
        let mut timers = self.timers.borrow_mut();
        while let Some(first) = timers.first_entry().filter(|first| first.key().0 <= self.clock.now()) {
            // Whoever has stopped waiting hears nothing.
            let _unheard = first.remove().send(()).is_err();
        }
    }
}
