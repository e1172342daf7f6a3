//! The production functions, each invocation a process of its own that may end anywhere.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use attempt_write::AttemptWrite;
use fact_write::FactWrite;
use futures::channel::oneshot;
use jiff::{SignedDuration, Timestamp};
use serde_dynamo::Item;
use stoa_http::{Gate, Response};
use stoa_queue::{BatchResponse, Doorbell, NotSent, Ring, StreamBatch, Target, relay, run_batch, run_grouped};
use stoa_service::notifying::mail::Letterhead;
use stoa_service::rebuilding::{self, Advance, Order, RebuildError};
use stoa_service::sweeping::Stops;
use stoa_store::Store;
use stoa_store::engine::Engine;
use stoa_store::releases::Releases;
use stoa_testkit::events::{HttpEvent, queue_batch};
use stoa_testkit::queue::Delivery;
use stoa_testkit::{Faults, ModelMailbox, ModelObjects, Rng, Scheduler, SimClock, SimQueue, Step, yield_now};
use work_sweep::Bells;

use crate::course::Course;

/// How long a function that answers requests may take, as the template says.
const HTTP_TIMEOUT: SignedDuration = SignedDuration::from_secs(10);
/// How long a function behind a queue or a schedule may take, as the templates say.
const WORK_TIMEOUT: SignedDuration = SignedDuration::from_secs(30);
/// How long the function that closes attempts may take, as the template says.
const CLOSE_TIMEOUT: SignedDuration = SignedDuration::from_secs(10);
/// How long an operator's command may take before somebody ends it.
const OPERATOR_TIMEOUT: SignedDuration = SignedDuration::from_mins(10);
/// How long before its end a batch is stopped.
const STOP_BEFORE: SignedDuration = SignedDuration::from_secs(2);
/// How many instances of each function there are.
const INSTANCES: usize = 2;

/// What a process stands for.
#[derive(Debug)]
pub enum Process {
    /// A request and where its answer goes.
    Http { name: String, answer: oneshot::Sender<Response> },
    /// A batch of a queue.
    Work { target: Target, batch: Vec<Delivery> },
    /// A batch of the stream.
    Relay { shard: usize },
    /// A sweep.
    Sweep,
    /// A step of a rebuild and where its outcome goes. It is an operator's process, and may crash like any other.
    Rebuild { outcome: oneshot::Sender<Result<Advance, RebuildError>> },
}

/// How a process ended, unless it crashed.
#[derive(Debug)]
pub enum Ended {
    Answered(Response),
    Worked(BatchResponse),
    Swept,
    Advanced(Result<Advance, RebuildError>),
    TimedOut,
}

/// What one instance of every function keeps between invocations.
struct Instance<E> {
    attempt_write: AttemptWrite<E, ModelObjects>,
    fact_write: FactWrite<E, ModelObjects>,
    store: Store<E>,
    releases: Releases<ModelObjects>,
    stops: Stops<Item>,
    mailbox: ModelMailbox,
}

impl<E: Engine + Clone> Instance<E> {
    fn new(engine: &E, objects: &ModelObjects, mailbox: &ModelMailbox) -> Instance<E> {
        let store = || Store::new(engine.clone());
        let releases = || Releases::new(objects.clone());
        let gate = || Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]);
        Instance {
            attempt_write: AttemptWrite { gate: gate(), store: store(), releases: releases() },
            fact_write: FactWrite { gate: gate(), store: store(), releases: releases() },
            store: store(),
            releases: releases(),
            stops: Stops::default(),
            mailbox: mailbox.clone(),
        }
    }
}

/// Runs the functions.
pub struct Cloud<E> {
    clock: SimClock,
    rng: Rng,
    engine: E,
    objects: ModelObjects,
    mailbox: ModelMailbox,
    senders: u32,
    queues: Rc<BTreeMap<Target, SimQueue>>,
    instances: Vec<Rc<Instance<E>>>,
    scheduler: Scheduler<'static, Process, Ended>,
}

impl<E: Engine + Clone + 'static> Cloud<E> {
    /// The functions over these models.
    pub fn new(
        clock: &SimClock,
        faults: &Faults,
        mut rng: Rng,
        (engine, objects): (E, ModelObjects),
        queues: Rc<BTreeMap<Target, SimQueue>>,
    ) -> Cloud<E> {
        let scheduler = Scheduler::new(rng.fork(), faults);
        let (mailbox, instances) = (ModelMailbox::new(faults.clone()), Vec::new());
        let clock = clock.clone();
        let mut cloud = Cloud { clock, rng, engine, objects, mailbox, senders: 0, queues, instances, scheduler };
        cloud.renew();
        cloud
    }

    fn renew(&mut self) {
        let instance = |_| Rc::new(Instance::new(&self.engine, &self.objects, &self.mailbox));
        self.instances = (0..INSTANCES).map(instance).collect();
    }

    fn instance(&mut self) -> Rc<Instance<E>> {
        self.rng.pick(&self.instances).clone()
    }

    /// Answers a request.
    pub fn answer(&mut self, name: String, event: HttpEvent, answer: oneshot::Sender<Response>) {
        let (instance, clock, begins_after) = (self.instance(), self.clock.clone(), self.rng.below(4));
        let work = async move {
            for _ in 0..begins_after {
                yield_now().await;
            }
            let (request, now) = (event.request(), clock.now());
            let is_fact = event.event()["routeKey"].as_str().is_some_and(|route| route.starts_with("POST "));
            if is_fact {
                stoa_http::answer(request, async |call| fact_write::handle(&instance.fact_write, call).await).await
            } else {
                stoa_http::answer(request, async |call| attempt_write::handle(&instance.attempt_write, call, now).await)
                    .await
            }
        };
        self.spawn(Process::Http { name, answer }, HTTP_TIMEOUT, async { Ended::Answered(work.await) });
    }

    /// Works through a batch of a queue.
    pub fn work(&mut self, target: Target, batch: Vec<Delivery>) {
        let (instance, clock) = (self.instance(), self.clock.clone());
        let event = queue_batch(&batch);
        let timeout = if target == Target::Close { CLOSE_TIMEOUT } else { WORK_TIMEOUT };
        let stop = until(&self.clock, self.clock.now() + timeout - STOP_BEFORE);
        self.senders += 1;
        let sender = self.senders;
        let work = async move {
            let Instance { store, releases, mailbox, .. } = &*instance;
            Ended::Worked(match target {
                Target::Grade => {
                    let grade = async |bell| submission_grade::handle(store, releases, &bell, clock.now()).await;
                    run_batch(event, stop, grade).await
                }
                Target::Progress => {
                    let project = async |pk: String, bells| {
                        progress_project::handle(store, releases, &pk, bells, clock.now()).await.map(drop)
                    };
                    run_grouped(event, stop, project).await
                }
                Target::Close => {
                    let close = async |bell| attempt_close::handle(store, &bell, clock.now()).await;
                    run_batch(event, stop, close).await
                }
                Target::Notice => {
                    let tell = async |bell| notification_plan::handle(store, releases, &bell, || clock.now()).await;
                    run_batch(event, stop, tell).await
                }
                Target::Mail => {
                    let letterhead =
                        Letterhead { web_origin: "https://stoa.test".to_owned(), link_secret: "secret".to_owned() };
                    let send = async |bell: Doorbell| {
                        let owner = format!("{sender} {}", bell.sk);
                        notification_send::handle(store, mailbox, &letterhead, &bell, &owner, clock.now()).await
                    };
                    run_batch(event, stop, send).await
                }
                Target::People | Target::Erase | Target::Export => unreachable!("nobody is invited or leaves"),
            })
        };
        self.spawn(Process::Work { target, batch }, timeout, work);
    }

    /// Relays a batch of the stream.
    pub fn relay(&mut self, shard: usize, batch: StreamBatch) {
        let queues = self.queues.clone();
        let work = async move { relay(batch, async |target, bells| send(&queues, target, bells).await).await };
        self.spawn(Process::Relay { shard }, WORK_TIMEOUT, async { Ended::Worked(work.await) });
    }

    /// Sweeps.
    pub fn sweep(&mut self) {
        let (instance, queues, clock) = (self.instance(), self.queues.clone(), self.clock.clone());
        let work = async move {
            let send = async |target, rings: Vec<Ring>| send(&queues, target, rings).await;
            let bells = Bells { send, waiting: async |_| None };
            // A sweep that fails is a sweep that did not happen: the next minute's is its retry.
            let Instance { store, stops, .. } = &*instance;
            let _swept = work_sweep::handle(store, &bells, stops, || clock.now()).await.is_ok();
            Ended::Swept
        };
        self.spawn(Process::Sweep, WORK_TIMEOUT, work);
    }

    /// Takes a rebuild of the cohort as far as it goes now.
    pub fn rebuild(&mut self, owner: String, outcome: oneshot::Sender<Result<Advance, RebuildError>>) {
        let (instance, clock) = (self.instance(), self.clock.clone());
        let work = async move {
            let course = Course::get();
            let order = Order { tenant: &course.tenant, cohort: &course.cohort.cohort, owner: &owner, repair: false };
            let Instance { store, releases, .. } = &*instance;
            Ended::Advanced(rebuilding::advance(store, releases, order, || clock.now(), |_, _| ()).await)
        };
        self.spawn(Process::Rebuild { outcome }, OPERATOR_TIMEOUT, work);
    }

    fn spawn(&mut self, process: Process, limit: SignedDuration, work: impl Future<Output = Ended> + 'static) {
        let over = until(&self.clock, self.clock.now() + limit);
        self.scheduler.spawn(process, async move {
            let (mut work, mut over) = (pin!(work), pin!(over));
            poll_fn(|context| match over.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(Ended::TimedOut),
                Poll::Pending => work.as_mut().poll(context),
            })
            .await
        });
    }

    /// Lets one process go on; `None` if there is none.
    pub fn step(&mut self) -> Option<Step<Process, Ended>> {
        self.scheduler.step()
    }

    /// What runs.
    pub fn running(&self) -> impl Iterator<Item = &Process> {
        self.scheduler.running()
    }

    /// Ends every process and every instance at once, as a deployment or an outage does.
    pub fn crash(&mut self) -> Vec<Process> {
        self.renew();
        self.scheduler.crash_all()
    }
}

/// Resolves when the clock shows `at`. It is looked at whenever whatever runs beside it goes on.
fn until(clock: &SimClock, at: Timestamp) -> impl Future<Output = ()> + use<> {
    let clock = clock.clone();
    poll_fn(move |_| if clock.now() >= at { Poll::Ready(()) } else { Poll::Pending })
}

async fn send(queues: &BTreeMap<Target, SimQueue>, target: Target, rings: Vec<impl Into<Ring>>) -> Result<(), NotSent> {
    let mut indexes = Vec::new();
    for (index, ring) in rings.into_iter().enumerate() {
        let Ring { bell, delay_seconds } = ring.into();
        if queues[&target].send(bell.encode(), delay_seconds).await.is_err() {
            indexes.push(index);
        }
    }
    if indexes.is_empty() { Ok(()) } else { Err(NotSent { indexes, cause: "the model lost it".to_owned() }) }
}
