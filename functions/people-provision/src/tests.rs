//! Provisioning over the model store and a model of the identity provider.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_service::people::{self, PeopleStore};
use stoa_service::signing_in::{self, SignIns};
use stoa_store::Store;
use stoa_testkit::audit::{anew, entry};
use stoa_testkit::people::administrator;
use stoa_testkit::{Faults, ModelStore, Rates, Rng, Scheduler, Step, yield_now};

use super::*;

const ISSUER: &str = "https://issuer.test/pool";

/// The accounts of a pool: by address, whether it may sign in. Others go on before and after each call, and some calls take
/// their time.
#[derive(Debug)]
struct ModelAccounts {
    enabled: RefCell<BTreeMap<String, bool>>,
    /// Whom an invitation was sent to again.
    again: RefCell<Vec<String>>,
    fails_left: Cell<u32>,
    rng: RefCell<Rng>,
}

impl ModelAccounts {
    fn is_enabled(&self, email: &str) -> Option<bool> {
        self.enabled.borrow().get(email).copied()
    }

    /// Every third call fails while there are failures left, half of them after it was done.
    async fn call<T>(&self, email: &str, change: impl FnOnce(&mut Option<bool>) -> T) -> Result<T, AccountFailure> {
        let waits = self.rng.borrow_mut().below(30);
        for _ in 0..=waits {
            yield_now().await;
        }
        let left = self.fails_left.get();
        let fails = left > 0 && left.is_multiple_of(3);
        self.fails_left.set(left.saturating_sub(1));
        if fails && left.is_multiple_of(2) {
            return Err(AccountFailure("busy".to_owned()));
        }
        let mut account = self.is_enabled(email);
        let answer = change(&mut account);
        if let Some(enabled) = account {
            self.enabled.borrow_mut().insert(email.to_owned(), enabled);
        }
        yield_now().await;
        if fails { Err(AccountFailure("no answer".to_owned())) } else { Ok(answer) }
    }
}

impl Accounts for ModelAccounts {
    async fn ensure(&self, email: &str) -> Result<String, AccountFailure> {
        self.call(email, |account| account.get_or_insert(true).to_owned()).await?;
        Ok(format!("subject-of-{email}"))
    }

    async fn invite_again(&self, email: &str) -> Result<(), AccountFailure> {
        self.call(email, |_| self.again.borrow_mut().push(email.to_owned())).await
    }

    async fn disable(&self, email: &str) -> Result<(), AccountFailure> {
        self.call(email, |account| {
            if let Some(enabled) = account {
                *enabled = false;
            }
        })
        .await
    }

    async fn enable(&self, email: &str) -> Result<(), AccountFailure> {
        self.call(email, |account| *account = Some(true)).await
    }
}

fn at(seconds: i64) -> Timestamp {
    "2026-01-15T12:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_secs(seconds)
}

fn key(person: &str) -> PersonKey {
    PersonKey::parse(person).expect("an id")
}

fn tenant(name: &str) -> TenantId {
    TenantId::parse(name).expect("an id")
}

fn somebody(tenant_name: &str, person: &str, email: &str) -> Person {
    Person {
        tenant: tenant(tenant_name),
        person: key(person),
        email: email.to_owned(),
        name: "Somebody".to_owned(),
        roles: vec!["learner".to_owned()],
        state: PersonState::Invited,
        subject: None,
    }
}

fn bell(tenant_name: &str, person: &str) -> Doorbell {
    let Key { pk, sk } = schema::person(&tenant(tenant_name), &key(person));
    Doorbell::new(pk, sk)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Process {
    Follows,
    Decides,
}

struct World {
    model: ModelStore,
    store: Store<ModelStore>,
    accounts: ModelAccounts,
}

impl World {
    fn new(faults: Faults) -> World {
        World::seeded(faults, Rng::new(0))
    }

    fn seeded(faults: Faults, rng: Rng) -> World {
        let model = ModelStore::new(faults);
        let accounts = ModelAccounts {
            enabled: RefCell::default(),
            again: RefCell::default(),
            fails_left: Cell::default(),
            rng: RefCell::new(rng),
        };
        World { store: Store::new(model.clone()), model, accounts }
    }

    /// Somebody is invited by an administrator of their organisation.
    async fn invite(&self, tenant_name: &str, person: &str, email: &str) {
        let asker = administrator(&self.model, &tenant(tenant_name), "administrator").await;
        let (person, now) = (somebody(tenant_name, person, email), at(0));
        let entry = entry(&format!("{tenant_name}-{}", person.person), now);
        self.store.insert(&person, &asker, &entry, now).await.expect("written").expect("an administrator asks");
    }

    async fn follow(&self, tenant_name: &str, person: &str) -> Result<(), Failure> {
        handle(&self.store, &self.accounts, ISSUER, &bell(tenant_name, person)).await
    }

    async fn person(&self, tenant_name: &str, person: &str) -> Person {
        self.store.person(&tenant(tenant_name), &key(person)).await.expect("read").expect("there")
    }

    async fn may_use_stoa(&self, email: &str) -> bool {
        let claims = signing_in::claims(&self.store, ISSUER, &format!("subject-of-{email}")).await.expect("read");
        claims.is_some()
    }
}

async fn deactivate(store: &Store<ModelStore>, person: &str, now: Timestamp) -> bool {
    people::deactivate(store, &tenant("demo"), &key(person), &anew(now)).await.is_ok()
}

async fn reactivate(store: &Store<ModelStore>, person: &str, now: Timestamp) -> bool {
    people::reactivate(store, &tenant("demo"), &key(person), &anew(now)).await.is_ok()
}

#[tokio::test]
async fn an_invited_person_gets_an_account_and_only_then_a_token_that_opens_something() {
    let world = World::new(Faults::none());
    world.invite("demo", "p1", "ada@x.test").await;
    assert!(!world.may_use_stoa("ada@x.test").await);

    world.follow("demo", "p1").await.expect("done");

    let person = world.person("demo", "p1").await;
    assert_eq!((person.state, person.subject.as_deref()), (PersonState::Active, Some("subject-of-ada@x.test")));
    assert!(world.model.pending().is_empty());
    assert!(world.may_use_stoa("ada@x.test").await);
    world.follow("demo", "p1").await.expect("a second bell finds nothing to do");
}

#[tokio::test]
async fn a_deactivated_person_may_not_sign_in_and_a_reactivated_one_may() {
    let world = World::new(Faults::none());
    world.invite("demo", "p1", "ada@x.test").await;
    world.follow("demo", "p1").await.expect("done");

    assert!(deactivate(&world.store, "p1", at(1)).await);
    assert!(!world.may_use_stoa("ada@x.test").await, "before provisioning hears of it");
    world.follow("demo", "p1").await.expect("done");
    assert_eq!(world.accounts.is_enabled("ada@x.test"), Some(false));

    assert!(reactivate(&world.store, "p1", at(2)).await);
    world.follow("demo", "p1").await.expect("done");
    assert_eq!(world.accounts.is_enabled("ada@x.test"), Some(true));
    assert!(world.may_use_stoa("ada@x.test").await);
    assert!(world.model.pending().is_empty());
}

#[tokio::test]
async fn an_address_that_signs_in_to_one_organisation_cannot_be_taken_or_locked_by_another() {
    let world = World::new(Faults::none());
    world.invite("demo", "p1", "ada@x.test").await;
    world.follow("demo", "p1").await.expect("done");
    world.invite("other", "q1", "ada@x.test").await;

    let taken = world.follow("other", "q1").await;
    assert_eq!(taken, Err(Failure::Discard("the address signs in to another organisation")));
    assert_eq!(world.person("other", "q1").await.state, PersonState::Invited);
    assert!(world.model.pending().is_empty(), "nothing rings for it for ever");
    let signed_in = world.store.signed_in(ISSUER, "subject-of-ada@x.test").await.expect("read").expect("there");
    assert_eq!(signed_in.tenant, tenant("demo"));

    people::deactivate(&world.store, &tenant("other"), &key("q1"), &anew(at(2))).await.expect("ended");
    world.follow("other", "q1").await.expect("done");
    assert_eq!(world.accounts.is_enabled("ada@x.test"), Some(true), "the account is not theirs to end");
    assert!(world.may_use_stoa("ada@x.test").await);
}

async fn invite_again(world: &World, tenant_name: &str, person: &str, now: Timestamp) -> bool {
    people::invite_again(&world.store, &tenant(tenant_name), &key(person), &anew(now)).await.is_ok()
}

#[tokio::test]
async fn who_is_invited_again_is_sent_one_more_invitation_and_nothing_else_changes() {
    let world = World::new(Faults::none());
    world.invite("demo", "p1", "ada@x.test").await;
    world.follow("demo", "p1").await.expect("done");
    let before = world.person("demo", "p1").await;
    assert!(world.accounts.again.borrow().is_empty());

    assert!(invite_again(&world, "demo", "p1", at(1)).await);
    for _ in 0..2 {
        world.follow("demo", "p1").await.expect("done");
    }
    assert_eq!(*world.accounts.again.borrow(), ["ada@x.test"]);
    assert_eq!(world.person("demo", "p1").await, before);
    assert!(world.model.pending().is_empty());

    assert!(invite_again(&world, "demo", "p1", at(601)).await);
    assert!(deactivate(&world.store, "p1", at(602)).await);
    world.follow("demo", "p1").await.expect("done");
    assert_eq!(world.accounts.again.borrow().len(), 1, "whose access has ended is invited no more");
}

#[tokio::test]
async fn nobody_is_invited_again_by_an_organisation_whose_account_it_is_not() {
    let world = World::new(Faults::none());
    world.invite("demo", "p1", "ada@x.test").await;
    world.follow("demo", "p1").await.expect("done");
    world.invite("other", "q1", "ada@x.test").await;
    assert!(invite_again(&world, "other", "q1", at(1)).await);
    assert!(matches!(world.follow("other", "q1").await, Err(Failure::Discard(_))));
    assert!(world.accounts.again.borrow().is_empty());
}

#[tokio::test]
async fn a_bell_that_names_nobody_comes_again_or_is_done() {
    let world = World::new(Faults::none());
    world.follow("demo", "nobody").await.expect("nobody waits");
    let strange = handle(&world.store, &world.accounts, ISSUER, &Doorbell::new("T#demo#E#e1", "ATTEMPT#a#1")).await;
    assert!(matches!(strange, Err(Failure::Retry(_))));
}

/// An administrator changes their mind again and again while several invocations follow, answers are lost and processes end
/// anywhere. When it is quiet and every mark has been followed, the provider says what the table says.
#[tokio::test]
async fn the_last_word_the_provider_hears_is_the_last_state() {
    let mut ended = BTreeMap::new();
    for seed in 0..600 {
        let mut rng = Rng::new(seed);
        let faults = Faults::seeded(rng.fork(), Rates::default());
        let world = World::seeded(faults.clone(), rng.fork());
        world.invite("demo", "p1", "ada@x.test").await;
        let begins_active = rng.below(4) > 0;
        if begins_active {
            world.follow("demo", "p1").await.expect("done");
        }

        // Half of the runs have only races, which a storm would hide.
        let is_stormy = rng.below(2) == 0;
        if is_stormy {
            faults.change(Rates::stormy());
            world.accounts.fails_left.set(12);
        }
        let mut scheduler = Scheduler::new(rng.fork(), &faults);
        let decisions = 1 + rng.below(6);
        let pauses: Vec<usize> = (0..decisions).map(|_| rng.below(40)).collect();
        {
            let world = &world;
            scheduler.spawn(Process::Decides, async move {
                for (decision, pause) in (1..).zip(pauses) {
                    let _heard = if decision % 2 == 1 {
                        deactivate(&world.store, "p1", at(decision)).await
                    } else {
                        reactivate(&world.store, "p1", at(decision)).await
                    };
                    for _ in 0..pause {
                        yield_now().await;
                    }
                }
                true
            });
        }
        for _ in 0..8 {
            let (world, pause) = (&world, rng.below(150));
            scheduler.spawn(Process::Follows, async move {
                for _ in 0..pause {
                    yield_now().await;
                }
                world.follow("demo", "p1").await.is_ok()
            });
        }
        let unfinished = [Step::Crashed(Process::Follows), Step::Finished(Process::Follows, false)];
        let again = scheduler.run().iter().filter(|step| unfinished.contains(step)).count();

        faults.quiet();
        world.model.arrive();
        world.accounts.fails_left.set(0);
        // The queue delivers again what was not finished, and the sweep rings for every mark that is still there.
        for _ in 0..again {
            world.follow("demo", "p1").await.expect("nothing is in the way");
        }
        while !world.model.pending().is_empty() {
            world.follow("demo", "p1").await.expect("nothing is in the way");
        }

        let person = world.person("demo", "p1").await;
        let enabled = world.accounts.is_enabled("ada@x.test");
        match person.state {
            PersonState::Active => assert_eq!(enabled, Some(true), "seed {seed}"),
            // Without a subject the provider was never asked, and a token opens nothing whatever it says.
            PersonState::Deactivated => assert!(person.subject.is_none() || enabled == Some(false), "seed {seed}"),
            PersonState::Erasing => panic!("nobody asked for it, seed {seed}"),
            PersonState::Invited => panic!("somebody still waits, seed {seed}"),
        }
        assert_eq!(world.may_use_stoa("ada@x.test").await, person.state == PersonState::Active, "seed {seed}");
        assert!(world.model.defects().is_empty(), "{:?}, seed {seed}", world.model.defects());
        *ended.entry((is_stormy, begins_active, person.state.name())).or_insert(0) += 1;
    }
    assert_eq!(ended.len(), 8, "every way to begin and to end was tried: {ended:?}");
}
