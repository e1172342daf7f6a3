//! One learner of a cohort is erased while others are at work and everything goes wrong: nothing is left of them, everything
//! is left of everybody else, and what is drawn anew is what stood, minus the person.

use std::cell::RefCell;
use std::collections::BTreeMap;

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde_dynamo::Item;
use stoa_domain::audit::By;
use stoa_domain::erasure::{GRACE_MS, SETTLE_MS};
use stoa_domain::fact::Fact;
use stoa_domain::id::PersonKey;
use stoa_domain::person::{Person, PersonState};
use stoa_queue::Doorbell;
use stoa_service::erasing::{self, ErasedAccounts, Places};
use stoa_service::erasures;
use stoa_service::facts::FactStore;
use stoa_service::provisioning::{AccountFailure, ProvisionStore};
use stoa_service::reading::{ProgressReader, Row};
use stoa_service::rebuilding::{self, Advance, Order, Report};
use stoa_store::archives::Archives;
use stoa_store::engine::{Change, Engine, Table, Values, Write};
use stoa_store::objects::Bucket;
use stoa_store::releases::Releases;
use stoa_store::schema::objects;
use stoa_store::{Store, record, schema};
use stoa_testkit::{Faults, ModelObjects, ModelStore, Rates, Rng, Scheduler, yield_now};

use crate::course::{Course, LESSONS, node};
use crate::trace::Trace;
use crate::world::World;

/// How many seeds are run: each is a whole world before anybody is erased.
const SEEDS: u64 = 40;
const ISSUER: &str = "issuer";

fn key(name: &str) -> PersonKey {
    PersonKey::parse(name).expect("an id")
}

/// The accounts of a pool, some calls of which are not answered.
struct ModelAccounts {
    accounts: RefCell<BTreeMap<String, String>>,
    rng: RefCell<Rng>,
    is_stormy: RefCell<bool>,
}

impl ModelAccounts {
    async fn call<T>(&self, call: impl FnOnce(&mut BTreeMap<String, String>) -> T) -> Result<T, AccountFailure> {
        yield_now().await;
        let is_lost = *self.is_stormy.borrow() && self.rng.borrow_mut().below(4) == 0;
        let answer = call(&mut self.accounts.borrow_mut());
        yield_now().await;
        if is_lost { Err(AccountFailure("no answer".to_owned())) } else { Ok(answer) }
    }
}

impl ErasedAccounts for ModelAccounts {
    async fn subject(&self, email: &str) -> Result<Option<String>, AccountFailure> {
        self.call(|accounts| accounts.get(email).cloned()).await
    }

    async fn delete(&self, email: &str) -> Result<(), AccountFailure> {
        self.call(|accounts| drop(accounts.remove(email))).await
    }
}

/// What is left after a world has come to rest, and somebody who has to go.
struct Leaving {
    model: ModelStore,
    store: Store<ModelStore>,
    releases: Releases<ModelObjects>,
    archives: Archives<ModelObjects>,
    objects: ModelObjects,
    accounts: ModelAccounts,
    faults: Faults,
    now: Timestamp,
}

/// Whatever does not wait for anything is done at once.
fn at_once<T>(work: impl Future<Output = T>) -> T {
    let mut work = Box::pin(work);
    loop {
        if let Some(done) = work.as_mut().now_or_never() {
            return done;
        }
    }
}

impl Leaving {
    fn of(seed: u64) -> Leaving {
        let mut world = World::new(seed, Trace::new(false), |store| store);
        world.run();
        let (model, faults) = (world.store.clone(), world.faults.clone());
        let objects = ModelObjects::new(faults.clone());
        Course::get().place(&objects);
        let (tenant, leaver) = (&Course::get().tenant, Course::get().enrolments[0].person.clone());
        objects.place(Bucket::Uploads, objects::archive(tenant, &leaver), vec![1], "application/zip");
        let email = format!("{leaver}@demo.example");
        let accounts = ModelAccounts {
            accounts: RefCell::new(BTreeMap::from([(email, leaver.to_string())])),
            rng: RefCell::new(Rng::new(seed)),
            is_stormy: RefCell::new(false),
        };
        let (releases, archives) = (Releases::new(objects.clone()), Archives(objects.clone()));
        let store = Store::new(model.clone());
        Leaving { model, store, releases, archives, objects, accounts, faults, now: world.clock.now() }
    }

    /// An administrator asks for the erasure; the learner has a sign-in, and a fact that nobody has heard of.
    async fn ask(&self, rng: &mut Rng) {
        let (tenant, leaver) = (&Course::get().tenant, &Course::get().enrolments[0]);
        let admin = Person {
            tenant: tenant.clone(),
            person: key("admin"),
            email: "admin@demo.example".to_owned(),
            name: "Admin".to_owned(),
            roles: vec!["admin".to_owned()],
            state: PersonState::Active,
            subject: None,
        };
        let at = schema::person(tenant, &admin.person);
        let change = Change::Put(record::item(&at, &admin));
        let write = Write { table: Table::People, key: at, change, condition: None, values: Values::new() };
        self.model.write(write).await.expect("it is quiet");
        let is_linked = self.store.link(ISSUER, leaver.person.as_str(), tenant, &leaver.person).await;
        assert_eq!(is_linked, Ok(true));
        if rng.below(2) == 0 {
            let fact = Fact::Done { node: node(LESSONS[2]), at: self.now };
            self.store.record(tenant, &leaver.enrolment, &fact, self.now).await.expect("it is quiet");
        }
        let by = By { actor: Some(key("admin")), request: "ask".to_owned(), at: self.now };
        let asked = erasures::ask(&self.store, tenant, &leaver.person, &by).await;
        asked.expect("somebody else is an administrator");
    }

    async fn erase(&self, now: Timestamp) -> bool {
        let places = Places { store: &self.store, archives: &self.archives, accounts: &self.accounts, issuer: ISSUER };
        let (tenant, leaver) = (&Course::get().tenant, &Course::get().enrolments[0].person);
        erasing::erase(&places, tenant, leaver, now).await.is_ok()
    }

    /// The doorbells of what is marked in the leaver's enrolment: a fact, and a date that has come.
    async fn project(&self, now: Timestamp) -> bool {
        let (tenant, leaver) = (&Course::get().tenant, &Course::get().enrolments[0].enrolment);
        let pk = schema::enrolment_pk(tenant, leaver);
        let bells = [format!("FACT#done#{}", LESSONS[2]), schema::PROGRESS.to_owned()];
        let bells = bells.map(|sk| Doorbell::new(&pk, sk)).into();
        progress_project::handle(&self.store, &self.releases, &pk, bells, now).await.is_ok()
    }

    async fn rows(&self) -> Vec<Row> {
        let (tenant, cohort) = (&Course::get().tenant, &Course::get().cohort.cohort);
        self.store.rows(tenant, cohort, None).await.expect("it is quiet").rows
    }

    async fn rebuild(&self) -> Report {
        let (tenant, cohort) = (&Course::get().tenant, &Course::get().cohort.cohort);
        let order = Order { tenant, cohort, owner: "operator", repair: false };
        let (clock, mut report) = (RefCell::new(self.now + SignedDuration::from_hours(24 * 30)), None);
        loop {
            let now = || *clock.borrow();
            match rebuilding::advance(&self.store, &self.releases, order, now, |_, _| ()).await.expect("it is quiet") {
                Advance::Wait(at) => *clock.borrow_mut() = at,
                Advance::Switched(found, at) => {
                    *clock.borrow_mut() = at;
                    report = Some(found);
                }
                Advance::Unfit(found) => panic!("{found:?}"),
                // A run that was lost may have left its last step to whoever comes next.
                Advance::Done => {
                    if let Some(report) = report {
                        return report;
                    }
                }
            }
        }
    }

    fn is_marked(&self) -> bool {
        let (tenant, leaver) = (&Course::get().tenant, &Course::get().enrolments[0].person);
        let erasure = self.model.item(Table::People, &schema::erasure(tenant, leaver));
        erasure.is_some_and(|erasure| erasure.contains_key("work_sk"))
    }

    fn is_erased(&self) -> bool {
        let (tenant, leaver) = (&Course::get().tenant, &Course::get().enrolments[0].person);
        self.model.item(Table::People, &schema::person(tenant, leaver)).is_none()
    }
}

fn by_key(items: Vec<Item>) -> BTreeMap<String, Item> {
    let name = |item: &Item| record::key_of(item).map(|key| format!("{} {}", key.pk, key.sk)).expect("a key");
    items.into_iter().map(|item| (name(&item), item)).collect()
}

/// Whether an item says anything of somebody, in its key or in what it holds.
fn names(item: &Item, words: &[&str]) -> bool {
    let text = format!("{item:?}");
    words.iter().any(|word| text.contains(word))
}

#[test]
fn nothing_is_left_of_who_was_erased_and_everything_of_everybody_else() {
    for seed in 0..SEEDS {
        let mut rng = Rng::new(seed);
        let leaving = Leaving::of(seed);
        let leaver = &Course::get().enrolments[0];
        let words = [leaver.person.as_str(), leaver.enrolment.as_str()];
        at_once(leaving.ask(&mut rng));
        let stood = by_key(leaving.model.items(Table::Learning));
        let rows = at_once(leaving.rows());
        assert!(rows.iter().any(|row| row.person == leaver.person), "seed {seed}");

        // Access has ended, and everything else is as it was until the grace is over.
        assert!(at_once(leaving.erase(leaving.now + SignedDuration::from_hours(1))));
        assert_eq!(by_key(leaving.model.items(Table::Learning)), stood, "seed {seed}");

        let over = leaving.now + SignedDuration::from_millis(GRACE_MS);
        leaving.faults.change(Rates::stormy());
        *leaving.accounts.is_stormy.borrow_mut() = true;
        let mut scheduler = Scheduler::new(rng.fork(), &leaving.faults);
        for process in 0..6 {
            let (leaving, pause) = (&leaving, rng.below(60));
            scheduler.spawn(process, async move {
                for _ in 0..pause {
                    yield_now().await;
                }
                if process % 3 == 0 { leaving.project(over).await } else { leaving.erase(over).await }
            });
        }
        scheduler.run();
        drop(scheduler);
        assert!(!leaving.is_erased(), "the person goes with the second look, seed {seed}");

        // The second look meets its own storm, and crashes; the mark stays until it is done.
        let settled = over + SignedDuration::from_millis(SETTLE_MS);
        let mut scheduler = Scheduler::new(rng.fork(), &leaving.faults);
        for process in 0..4 {
            let leaving = &leaving;
            scheduler.spawn(process, async move { leaving.erase(settled).await });
        }
        scheduler.run();
        drop(scheduler);
        leaving.faults.quiet();
        leaving.model.arrive();
        *leaving.accounts.is_stormy.borrow_mut() = false;
        let mut sweeps = 0;
        while leaving.is_marked() {
            sweeps += 1;
            assert!(sweeps < 5, "it comes to an end, seed {seed}");
            let minutes = SignedDuration::from_mins(3 * sweeps);
            assert!(at_once(leaving.erase(settled + minutes)), "nothing is in the way, seed {seed}");
        }

        // Nothing is left but that the key was somebody's.
        let people = by_key(leaving.model.items(Table::People));
        let left: Vec<&String> = people.iter().filter(|(_, item)| names(item, &words)).map(|(key, _)| key).collect();
        let revoked = format!("T#{0}#REVOKED REVOKED", Course::get().tenant);
        let register = format!("T#{0}#ERASURES ERASURE#{1}", Course::get().tenant, leaver.person);
        assert_eq!(left, [&register, &revoked], "seed {seed}");
        assert!(people.values().all(|item| !names(item, &["person-0@demo.example"])), "seed {seed}");
        let now = by_key(leaving.model.items(Table::Learning));
        assert!(now.values().all(|item| !names(item, &words)), "seed {seed}");
        assert!(leaving.accounts.accounts.borrow().is_empty(), "seed {seed}");
        assert!(leaving.objects.keys(Bucket::Uploads).is_empty(), "seed {seed}");

        // Everything is left of everybody else, to the letter.
        let others: BTreeMap<String, Item> = stood.into_iter().filter(|(_, item)| !names(item, &words)).collect();
        assert_eq!(now, others, "seed {seed}");
        let others: Vec<Row> = rows.into_iter().filter(|row| row.person != leaver.person).collect();
        assert_eq!(at_once(leaving.rows()), others, "seed {seed}");

        // And what is drawn anew from the logs is what stood, minus the person.
        let report = at_once(leaving.rebuild());
        assert_eq!((report.rows, report.changed, report.strays), (others.len(), vec![], vec![]), "seed {seed}");
        assert_eq!(report.differences, vec![], "seed {seed}");
        assert_eq!(at_once(leaving.rows()), others, "seed {seed}");
        assert!(leaving.model.defects().is_empty(), "{:?}, seed {seed}", leaving.model.defects());
    }
}
