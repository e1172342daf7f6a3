//! One run: learners, the cloud and the weather, driven by one seed on one thread.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures::FutureExt;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use jiff::{SignedDuration, Timestamp};
use stoa_http::Response;
use stoa_queue::Target;
use stoa_store::Store;
use stoa_store::engine::Engine;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelObjects, ModelStore, QueueSettings, Rates, Rng, SimClock, SimQueue, Step};

use crate::calls::{Browser, Ledger, TOO_MANY};
use crate::cloud::{Cloud, Ended, Process};
use crate::course::{Course, LEARNERS};
use crate::learner::learn;
use crate::net::Net;
use crate::operator::Operator;
use crate::streams::Streams;
use crate::trace::Trace;
use crate::weather::Weather;

/// How many batches of one queue are worked on at once.
const CONSUMERS_MAX: usize = 3;
/// How long the learners may take, in simulated time.
const LIVE_MAX: SignedDuration = SignedDuration::from_hours(3);
/// How long everything that is owed may take to get done once nothing goes wrong any more.
const CALM_MAX: SignedDuration = SignedDuration::from_mins(20);
/// How late the schedule starts a sweep at most, in milliseconds.
const SWEEP_LATE_MS_MAX: usize = 2_000;
/// How much time one step takes at most, in milliseconds.
const STEP_MS_MAX: usize = 20;

/// The world of one seed, after it has run.
pub struct World<E> {
    /// What is stored.
    pub store: ModelStore,
    /// The clock.
    pub clock: SimClock,
    /// What went wrong.
    pub faults: Faults,
    /// The queues.
    pub queues: Rc<BTreeMap<Target, SimQueue>>,
    /// The stream.
    pub streams: Streams,
    /// What the browsers heard.
    pub ledger: Ledger,
    /// What happened.
    pub trace: Trace,
    /// Answers that no caller should ever get, and a world that does not come to rest.
    pub defects: Vec<String>,
    /// How many messages were dead letters and had to be put back.
    pub redriven: usize,
    /// Who runs the command line.
    pub operator: Operator,
    /// What goes wrong, and when.
    pub weather: Weather,
    /// How many sweeps the schedule has not started.
    pub unswept: usize,
    net: Net,
    cloud: Cloud<E>,
    rng: Rng,
    people: LocalPool,
    at_work: Rc<Cell<usize>>,
    next_sweep: Timestamp,
}

impl<E: Engine + Clone + 'static> World<E> {
    /// A world in which the learners are about to begin.
    pub fn new(seed: u64, trace: Trace, engine: impl FnOnce(ModelStore) -> E) -> World<E> {
        HttpEvent::begin();
        let mut rng = Rng::new(seed);
        let clock = SimClock::default();
        let faults = Faults::seeded(rng.fork(), Rates::default());
        let (store, objects) = (ModelStore::new(faults.clone()), ModelObjects::new(faults.clone()));
        // The template has five; fewer make dead letters of what would only come late.
        let receives_max = *rng.pick(&[2, 5, 5]);
        // As the templates say: six times the function's timeout.
        let mut queue = |target, visible_after| {
            let settings = QueueSettings { visibility: SignedDuration::from_secs(visible_after), receives_max };
            (target, SimQueue::new(settings, &clock, &faults, rng.fork()))
        };
        let queues = [
            queue(Target::Grade, 180),
            queue(Target::Progress, 180),
            queue(Target::Close, 60),
            queue(Target::Notice, 180),
            queue(Target::Mail, 180),
        ];
        let queues = Rc::new(BTreeMap::from(queues));
        let weather = Weather::draw(&mut rng, clock.now());
        let net = Net::new(&clock);

        Course::get().place(&objects);
        let mut enrolling = Box::pin(Course::get().enrol(Store::new(store.clone())));
        while enrolling.as_mut().now_or_never().is_none() {}
        faults.change(weather.rates);
        World {
            cloud: Cloud::new(&clock, &faults, rng.fork(), (engine(store.clone()), objects), queues.clone()),
            streams: Streams::new(weather.outage.clone(), rng.fork()),
            operator: Operator::new(&net),
            net,
            next_sweep: clock.now() + SignedDuration::from_mins(1),
            store,
            clock,
            faults,
            queues,
            ledger: Ledger::default(),
            trace,
            defects: Vec::new(),
            redriven: 0,
            unswept: 0,
            weather,
            rng,
            people: LocalPool::new(),
            at_work: Rc::default(),
        }
    }

    /// Runs everything: the learners in the storm, then the calm in which what is owed gets done.
    pub fn run(&mut self) {
        for learner in 0..LEARNERS {
            let browser = Browser::new(learner, &self.net, self.rng.fork(), &self.ledger);
            self.spawn(learn(browser));
        }
        if let Some(at) = self.weather.rebuild_at {
            let operator = self.operator.clone();
            self.spawn(async move { operator.rebuild(at).await });
        }
        let until = self.clock.now() + LIVE_MAX;
        while self.at_work.get() > 0 && self.clock.now() < until {
            self.step();
        }
        if self.at_work.get() > 0 {
            self.defects.push(format!("{} learners never finished", self.at_work.get()));
        }
        self.come_to_rest();
    }

    /// Adds somebody who does something.
    pub fn spawn(&mut self, somebody: impl Future<Output = ()> + 'static) {
        self.at_work.set(self.at_work.get() + 1);
        let at_work = self.at_work.clone();
        let working = async move {
            somebody.await;
            at_work.set(at_work.get() - 1);
        };
        self.people.spawner().spawn_local(working).expect("the pool runs");
    }

    /// A browser for whoever comes back later.
    pub fn browser(&mut self, learner: usize) -> Browser {
        Browser::new(learner, &self.net, self.rng.fork(), &self.ledger)
    }

    /// Nothing goes wrong any more: everything that is owed must get done, and in time.
    pub fn come_to_rest(&mut self) {
        self.faults.quiet();
        (self.weather.unheard, self.weather.refused, self.weather.crash_at) = (0, 0, None);
        self.weather.unswept.end = self.weather.unswept.end.min(self.clock.now());
        self.trace.line(format_args!("{} nothing goes wrong any more", self.clock.now()));
        let until = self.clock.now() + CALM_MAX;
        while self.clock.now() < until {
            self.redrive();
            if !self.step() && self.is_at_rest() {
                self.store.arrive();
                if self.is_at_rest() {
                    return;
                }
            }
        }
        let waiting = self.store.pending().into_iter().map(|(_, key)| format!("{} {}", key.pk, key.sk));
        let dates = crate::stored::dates_that_came(&self.store, self.clock.now());
        let waiting: Vec<String> = waiting.chain(crate::stored::open_until(&self.store)).chain(dates).collect();
        self.defects.push(format!("the world does not come to rest; these wait: {waiting:?}"));
    }

    fn is_at_rest(&self) -> bool {
        self.at_work.get() == 0
            && self.streams.is_empty()
            && self.queues.values().all(|queue| queue.is_empty() && queue.dead_letters().is_empty())
            && self.cloud.running().next().is_none()
            && self.store.pending().is_empty()
            && crate::stored::open_until(&self.store).is_empty()
            && crate::stored::dates_that_came(&self.store, self.clock.now()).is_empty()
    }

    fn redrive(&mut self) {
        for queue in self.queues.values() {
            self.redriven += queue.dead_letters().len();
            queue.redrive();
        }
    }

    /// Lets one process go on, or moves the time to where somebody does something. Whether a process went on.
    fn step(&mut self) -> bool {
        self.net.ring();
        self.people.run_until_stalled();
        self.begin();
        let Some(step) = self.cloud.step() else {
            self.jump();
            return false;
        };
        self.end(step);
        let now = self.clock.now();
        let later = now + SignedDuration::from_millis(self.rng.below(STEP_MS_MAX + 1) as i64);
        self.clock.advance_to(self.net.next_at().map_or(later, |timer| timer.clamp(now, later)));
        true
    }

    /// Begins everything whose time has come.
    fn begin(&mut self) {
        let now = self.clock.now();
        for incoming in self.net.take_incoming() {
            if self.rng.chance(self.weather.refused) {
                let _has_left = incoming.answer.send(too_many()).is_err();
                continue;
            }
            let event = incoming.event.event();
            let name =
                format!("{} by {}", event["rawPath"], event["requestContext"]["authorizer"]["jwt"]["claims"]["person"]);
            self.cloud.answer(name, incoming.event, incoming.answer);
        }
        self.streams.take(&self.store, now);
        while let Some((shard, batch)) = self.streams.next(now) {
            self.cloud.relay(shard, batch);
        }
        for (target, queue) in self.queues.iter() {
            let is_its = |process: &&Process| matches!(process, Process::Work { target: own, .. } if own == target);
            while queue.next_at().is_some_and(|at| at <= now)
                && self.cloud.running().filter(is_its).count() < CONSUMERS_MAX
            {
                let batch = queue.receive(1 + self.rng.below(10));
                if !batch.is_empty() {
                    self.cloud.work(*target, batch);
                }
            }
        }
        for (owner, outcome) in self.operator.take_asked() {
            self.cloud.rebuild(owner, outcome);
        }
        if self.next_sweep <= now {
            let late = SignedDuration::from_millis(self.rng.below(SWEEP_LATE_MS_MAX + 1) as i64);
            self.next_sweep = now + SignedDuration::from_mins(1) + late;
            if self.weather.unswept.contains(&now) {
                self.unswept += 1;
            } else {
                self.cloud.sweep();
            }
        }
        if self.weather.crash_at.is_some_and(|at| at <= now) {
            self.weather.crash_at = None;
            for process in self.cloud.crash() {
                self.lose(process, "ended with all others");
            }
        }
    }

    fn end(&mut self, step: Step<Process, Ended>) {
        match step {
            Step::Yielded => {}
            Step::Crashed(process) => self.lose(process, "crashed"),
            Step::Finished(process, Ended::TimedOut) => self.lose(process, "timed out"),
            Step::Finished(Process::Http { name, answer }, Ended::Answered(response)) => {
                let (now, status) = (self.clock.now(), response.status_code);
                self.trace.line(format_args!("{now} {name} {status} {}", response.body.as_deref().unwrap_or_default()));
                if status == 500 {
                    self.defects.push(format!("{now} {name} is answered 500"));
                }
                if !self.rng.chance(self.weather.unheard) {
                    let _has_left = answer.send(response).is_err();
                }
            }
            Step::Finished(Process::Work { target, batch }, Ended::Worked(response)) => {
                let failed: Vec<&str> = response.failed().collect();
                self.trace.line(format_args!(
                    "{} {target:?} {} messages, failed: {failed:?}",
                    self.clock.now(),
                    batch.len()
                ));
                self.queues[&target].settle(&batch, failed);
            }
            Step::Finished(Process::Relay { shard }, Ended::Worked(response)) => {
                self.trace.line(format_args!("{} relayed, failed: {:?}", self.clock.now(), response.failed().next()));
                self.streams.settle(shard, Some(&response), self.clock.now());
            }
            Step::Finished(Process::Sweep, Ended::Swept) => self.trace.line(format_args!("{} swept", self.clock.now())),
            Step::Finished(Process::Rebuild { outcome }, Ended::Advanced(advanced)) => {
                self.trace.line(format_args!("{} rebuilt: {advanced:?}", self.clock.now()));
                let _is_gone = outcome.send(advanced).is_err();
            }
            Step::Finished(process, ended) => unreachable!("{process:?} ended as {ended:?}"),
        }
    }

    fn lose(&mut self, process: Process, how: &str) {
        let what = match &process {
            Process::Http { name, .. } => name.clone(),
            Process::Work { target, batch } => format!("{target:?} {} messages", batch.len()),
            Process::Relay { shard } => format!("relay {shard}"),
            Process::Sweep => "sweep".to_owned(),
            Process::Rebuild { .. } => "rebuild".to_owned(),
        };
        self.trace.line(format_args!("{} {what} {how}", self.clock.now()));
        if let Process::Relay { shard } = process {
            self.streams.settle(shard, None, self.clock.now());
        }
    }

    /// Moves the time to where somebody does something.
    fn jump(&mut self) {
        let now = self.clock.now();
        let queues = self.queues.values().filter_map(SimQueue::next_at);
        let others = [self.net.next_at(), self.streams.next_at()].into_iter().flatten();
        let next = queues.chain(others).fold(self.next_sweep, Timestamp::min).max(now);
        if next > now + SignedDuration::from_secs(1) {
            // No request is on its way for that long.
            self.store.arrive();
        }
        self.clock.advance_to(next);
    }
}

/// The gateway's own answer, which no function has seen.
fn too_many() -> Response {
    let body = Some(r#"{"message":"Too Many Requests"}"#.to_owned());
    Response { status_code: TOO_MANY, headers: BTreeMap::new(), cookies: Vec::new(), body, is_base64_encoded: false }
}
