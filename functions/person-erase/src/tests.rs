//! Erasing over the model store: what is deleted of whom, and what is not.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::SignedDuration;
use stoa_domain::audit::By;
use stoa_domain::erasure::{GRACE_MS, SETTLE_MS, Stage};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_service::erasures::{self, ErasureStore};
use stoa_service::people::{Inserted, PeopleStore};
use stoa_service::provisioning::ProvisionStore;
use stoa_service::signing_in::SignIns;
use stoa_store::Store;
use stoa_store::archives;
use stoa_store::engine::{Change, Engine, Table, Values, Write};
use stoa_store::objects::Bucket;
use stoa_store::record;
use stoa_store::schema::objects;
use stoa_testkit::audit::another;
use stoa_testkit::people::administrator;
use stoa_testkit::{Faults, ModelObjects, ModelStore};

use super::*;

const ISSUER: &str = "https://issuer.test/pool";

/// The accounts of a pool: by address, their subject.
#[derive(Default)]
struct ModelAccounts(RefCell<BTreeMap<String, String>>);

impl ErasedAccounts for ModelAccounts {
    async fn subject(&self, email: &str) -> Result<Option<String>, AccountFailure> {
        Ok(self.0.borrow().get(email).cloned())
    }

    async fn delete(&self, email: &str) -> Result<(), AccountFailure> {
        self.0.borrow_mut().remove(email);
        Ok(())
    }
}

fn start() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn over() -> Timestamp {
    start() + SignedDuration::from_millis(GRACE_MS)
}

fn settled() -> Timestamp {
    over() + SignedDuration::from_millis(SETTLE_MS)
}

fn key(name: &str) -> PersonKey {
    PersonKey::parse(name).expect("an id")
}

fn tenant() -> TenantId {
    TenantId::parse("demo").expect("an id")
}

struct World {
    model: ModelStore,
    store: Store<ModelStore>,
    objects: ModelObjects,
    accounts: ModelAccounts,
}

impl World {
    /// An organisation with an administrator, and Ada, who signs in as `subject`.
    async fn new() -> World {
        let model = ModelStore::new(Faults::none());
        let world = World {
            store: Store::new(model.clone()),
            model,
            objects: ModelObjects::new(Faults::none()),
            accounts: ModelAccounts::default(),
        };
        world.know("admin", PersonState::Active, None).await;
        world.know("ada", PersonState::Active, Some("subject")).await;
        world.accounts.0.borrow_mut().insert("ada@x.test".to_owned(), "subject".to_owned());
        let is_linked = world.store.link(ISSUER, "subject", &tenant(), &key("ada")).await;
        assert_eq!(is_linked, Ok(true));
        world
    }

    /// Somebody as provisioning leaves them.
    async fn know(&self, name: &str, state: PersonState, subject: Option<&str>) {
        let person = Person {
            tenant: tenant(),
            person: key(name),
            email: format!("{name}@x.test"),
            name: name.to_owned(),
            roles: vec!["admin".to_owned()],
            state: PersonState::Invited,
            subject: None,
        };
        let asker = administrator(&self.model, &tenant(), "asker").await;
        self.store.insert(&person, &asker, &another(start()), start()).await.expect("written");
        let known = Person { state, subject: subject.map(str::to_owned), ..person };
        let at = schema::person(&tenant(), &known.person);
        let change = Change::Put(record::item(&at, &known));
        let write = Write { table: Table::People, key: at, change, condition: None, values: Values::new() };
        self.model.write(write).await.expect("written");
    }

    async fn ask(&self) {
        let by = By { actor: Some(key("admin")), request: "ask".to_owned(), at: start() };
        erasures::ask(&self.store, &tenant(), &key("ada"), &by).await.expect("asked");
    }

    async fn ring(&self, now: Timestamp) {
        let archives = archives::Archives(self.objects.clone());
        let places = Places { store: &self.store, archives: &archives, accounts: &self.accounts, issuer: ISSUER };
        let Key { pk, sk } = schema::erasure(&tenant(), &key("ada"));
        handle(&places, &Doorbell::new(pk, sk), now).await.expect("done");
    }

    async fn stage(&self) -> Stage {
        self.store.erasure(&tenant(), &key("ada")).await.expect("read").expect("there").stage
    }
}

#[tokio::test]
async fn a_person_is_there_until_the_grace_is_over_and_gone_after_the_second_look() {
    let world = World::new().await;
    world.ask().await;
    world.ring(start()).await;
    world.ring(over() - SignedDuration::from_secs(1)).await;
    assert_eq!(world.stage().await, Stage::Waiting);

    world.ring(over()).await;
    assert_eq!(world.stage().await, Stage::Settling);
    world.ring(settled() - SignedDuration::from_secs(1)).await;
    assert!(PeopleStore::person(&world.store, &tenant(), &key("ada")).await.expect("read").is_some());

    world.ring(settled()).await;
    assert_eq!(world.stage().await, Stage::Erased);
    assert_eq!(PeopleStore::person(&world.store, &tenant(), &key("ada")).await, Ok(None));
    assert_eq!(world.store.signed_in(ISSUER, "subject").await, Ok(None));
    assert!(world.accounts.0.borrow().is_empty());
    let text = format!("{:?}", world.model.items(Table::People));
    assert!(!text.contains("ada@x.test") && !text.contains("subject"), "{text}");
    world.ring(settled()).await;
    assert_eq!(world.stage().await, Stage::Erased, "a bell after that finds nothing to do");
}

#[tokio::test]
async fn whoever_is_invited_again_under_the_address_is_a_new_person() {
    let world = World::new().await;
    world.ask().await;
    let again = Person {
        tenant: tenant(),
        person: key("new"),
        email: "ada@x.test".to_owned(),
        name: "Ada".to_owned(),
        roles: vec![],
        state: PersonState::Invited,
        subject: None,
    };
    let asker = administrator(&world.model, &tenant(), "asker").await;
    let inserted = world.store.insert(&again, &asker, &another(start()), start()).await;
    assert_eq!(inserted, Ok(Some(Inserted::Existing(key("ada")))), "while it can be taken back the address is theirs");
    world.ring(over()).await;
    world.ring(settled()).await;
    let inserted = world.store.insert(&again, &asker, &another(settled()), settled()).await;
    assert_eq!(inserted, Ok(Some(Inserted::New)));
}

#[tokio::test]
async fn an_account_that_signs_in_to_another_organisation_is_left_alone() {
    let world = World::new().await;
    world.know("ada", PersonState::Invited, None).await;
    world.accounts.0.borrow_mut().insert("ada@x.test".to_owned(), "another".to_owned());
    let elsewhere = TenantId::parse("elsewhere").expect("an id");
    assert_eq!(world.store.link(ISSUER, "another", &elsewhere, &key("theirs")).await, Ok(true));
    world.ask().await;
    world.ring(over()).await;
    world.ring(settled()).await;
    assert_eq!(world.stage().await, Stage::Erased);
    assert_eq!(world.accounts.0.borrow().get("ada@x.test").map(String::as_str), Some("another"));
    let link = world.store.link(ISSUER, "another", &elsewhere, &key("theirs")).await;
    assert_eq!(link, Ok(true), "it still signs in there");
}

#[tokio::test]
async fn an_account_that_provisioning_was_cut_off_from_is_found_and_deleted() {
    let world = World::new().await;
    world.know("ada", PersonState::Invited, None).await;
    world.ask().await;
    world.ring(over()).await;
    world.ring(settled()).await;
    assert!(world.accounts.0.borrow().is_empty());
    assert_eq!(world.model.item(Table::People, &schema::sign_in(ISSUER, "subject")), None);
}

#[tokio::test]
async fn an_archive_goes_with_the_person() {
    let world = World::new().await;
    let archive = objects::archive(&tenant(), &key("ada"));
    world.objects.place(Bucket::Uploads, archive.clone(), vec![1], "application/zip");
    world.ask().await;
    world.ring(over()).await;
    assert_eq!(world.objects.object(Bucket::Uploads, &archive), None);
}

#[tokio::test]
async fn a_bell_that_names_no_erasure_comes_again() {
    let world = World::new().await;
    let archives = archives::Archives(world.objects.clone());
    let places = Places { store: &world.store, archives: &archives, accounts: &world.accounts, issuer: ISSUER };
    let strange = handle(&places, &Doorbell::new("T#demo#PEOPLE", "PERSON#ada"), start()).await;
    assert!(matches!(strange, Err(Failure::Retry(_))));
}
