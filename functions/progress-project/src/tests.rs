//! Progress-project over models: what a date changes, when its doorbell comes and when it comes too early, twice or too late.

use jiff::SignedDuration;
use serde_json::{Value, json};
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::content::{DraftNode, NodeKind};
use stoa_domain::fact::Fact;
use stoa_domain::id::{CohortId, TenantId};
use stoa_domain::release::{Draft, freeze};
use stoa_service::cohorts::{CohortStore, EnrolmentChange};
use stoa_service::facts::FactStore;
use stoa_service::publishing::{Part, Parts};
use stoa_service::reading::{ProgressReader, Row};
use stoa_service::rebuilding::{self, Advance, Order};
use stoa_store::Store;
use stoa_store::engine::{Change, Engine, Key, Table, Values, Write};
use stoa_store::record::{item, text};
use stoa_store::releases::Releases;
use stoa_testkit::audit::another;
use stoa_testkit::{Faults, ModelObjects, ModelStore};

use super::*;

struct World {
    model: ModelStore,
    store: Store<ModelStore>,
    releases: Releases<ModelObjects>,
    tenant: TenantId,
    enrolment: Enrolment,
}

fn id<T: TryFrom<String, Error: std::fmt::Debug>>(text: &str) -> T {
    T::try_from(text.to_owned()).expect("an id")
}

/// So many minutes after the enrolment.
fn after(minutes: i64) -> Timestamp {
    "2026-01-15T12:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_mins(minutes)
}

/// Met from so many minutes after the enrolment on.
fn from(minutes: i64) -> Value {
    json!({"type": "after_date", "zone": "UTC", "when": {"civil": after(minutes).to_string().trim_end_matches('Z')}})
}

fn lesson(position: u32, name: &str, completion: Value, access: Value) -> DraftNode {
    serde_json::from_value(json!({
        "id": name, "parent": null, "position": position, "kind": NodeKind::Lesson, "title": name, "required": true,
        "completion": completion, "access": access, "minutes": null, "assessment": null,
    }))
    .expect("a learning object")
}

impl World {
    /// A learner whose course has these rules of completion, and a lesson that opens in between.
    async fn new(completions: &[Value]) -> World {
        let model = ModelStore::new(Faults::none());
        let releases = Releases::new(ModelObjects::new(Faults::none()));
        let nodes = completions.iter().enumerate();
        let mut nodes: Vec<DraftNode> =
            nodes.map(|(at, rule)| lesson(at as u32, &format!("n{at}"), rule.clone(), Value::Null)).collect();
        nodes.push(lesson(9, "door", Value::Null, from(5)));
        let draft = Draft { title: "Dates".to_owned(), language: "en".to_owned(), nodes, ..Draft::default() };
        let outline = freeze(&id("dates"), &draft).expect("it can be published").outline;
        let tenant: TenantId = id("demo");
        releases.write(&tenant, &outline.release, Part::Outline(&outline)).await.expect("written");
        let enrolment = Enrolment {
            enrolment: id("e1"),
            person: id("ada"),
            cohort: id("winter"),
            release: outline.release.clone(),
            cycle_no: 1,
            status: EnrolmentStatus::Active,
            enrolled_at: after(0).as_millisecond(),
            rev: 0,
            left: vec![],
        };
        let store = Store::new(model.clone());
        store.enrol(&tenant, &enrolment, &another(after(0)), after(0)).await.expect("written");
        let world = World { model, store, releases, tenant, enrolment };
        world.ring("ENROLMENT", after(1)).await;
        world
    }

    fn key(&self) -> Key {
        schema::progress(&self.tenant, &self.enrolment.enrolment)
    }

    /// A doorbell for an item of the enrolment comes.
    async fn ring(&self, sk: &str, now: Timestamp) {
        let pk = self.key().pk;
        let bells = vec![Doorbell::new(&pk, sk)];
        assert_eq!(handle(&self.store, &self.releases, &pk, bells, now).await, Ok(()));
    }

    /// When the state is due, in whole minutes after the enrolment.
    fn due(&self) -> Option<i64> {
        let state = self.model.item(Table::Learning, &self.key())?;
        assert!(text(&state, "work_pk").is_none_or(|pk| pk.starts_with(schema::DUE)));
        let at = schema::parse_work_time(text(&state, "work_sk")?)?;
        Some((at - after(0).as_millisecond()) / 60_000)
    }

    async fn row_in(&self, cohort: &str) -> Option<Row> {
        let cohort: CohortId = id(cohort);
        self.store.rows(&self.tenant, &cohort, None).await.expect("read").rows.into_iter().next()
    }

    /// What the cohort sees: the letters of the row, and its place in the log.
    async fn seen(&self) -> (String, u64) {
        let state = self.row_in("winter").await.expect("there is a row").state;
        (state.states, state.sequence)
    }

    async fn change(&mut self, next: Option<Enrolment>, now: Timestamp) {
        self.enrolment = next.expect("it can be");
        let entry = another(now);
        let change = EnrolmentChange { next: &self.enrolment, open: &[], entry: &entry, now };
        assert_eq!(self.store.change_enrolment(&self.tenant, change).await, Ok(true));
    }

    async fn view(&self, node: &str, now: Timestamp) -> String {
        let (tenant, enrolment) = (&self.tenant, &self.enrolment.enrolment);
        let fact = Fact::Viewed { node: id(node), at: now };
        self.store.record(tenant, enrolment, &fact, now).await.expect("written");
        schema::fact(tenant, enrolment, "viewed", &id(node)).sk
    }
}

fn states(letters: &str, sequence: u64) -> (String, u64) {
    (letters.to_owned(), sequence)
}

#[tokio::test]
async fn a_date_changes_the_row_when_its_doorbell_comes_and_the_next_one_is_awaited() {
    let until = |minutes| json!({"type": "none_of", "conditions": [from(minutes)]});
    let world = World::new(&[from(10), until(20)]).await;
    assert_eq!((world.seen().await, world.due()), (states("umu", 1), Some(10)), "what only opens is not awaited");

    world.ring("PROGRESS", after(10) - SignedDuration::from_millis(1)).await;
    assert_eq!((world.seen().await, world.due()), (states("umu", 1), Some(10)), "it came too early");
    world.ring("PROGRESS", after(10)).await;
    assert_eq!((world.seen().await, world.due()), (states("mmu", 2), Some(20)));
    world.ring("PROGRESS", after(11)).await;
    assert_eq!((world.seen().await, world.due()), (states("mmu", 2), Some(20)), "it came twice");
    world.ring("PROGRESS", after(900)).await;
    assert_eq!((world.seen().await, world.due()), (states("mxu", 3), None), "it came late");
    world.ring("PROGRESS", after(901)).await;
    assert_eq!((world.seen().await, world.due()), (states("mxu", 3), None));

    let last = world.row_in("winter").await.expect("a row").state.last_activity_at;
    assert_eq!(last, None, "the learner has done nothing");
    assert_eq!(world.model.defects(), Vec::<String>::new());
}

#[tokio::test]
async fn dates_that_passed_while_nobody_rang_are_one_entry() {
    let world = World::new(&[from(10), from(20), from(30)]).await;
    world.ring("PROGRESS", after(25)).await;
    assert_eq!((world.seen().await, world.due()), (states("mmuu", 2), Some(30)));
}

#[tokio::test]
async fn a_date_that_comes_with_a_fact_is_no_entry_of_its_own() {
    let world = World::new(&[from(10), Value::Null]).await;
    let viewed = world.view("n1", after(12)).await;
    world.ring(&viewed, after(12)).await;
    assert_eq!((world.seen().await, world.due()), (states("mmu", 2), None));
    world.ring("PROGRESS", after(13)).await;
    assert_eq!(world.seen().await, states("mmu", 2));
}

#[tokio::test]
async fn a_fact_before_the_date_leaves_the_index_as_it_is() {
    let world = World::new(&[from(10), Value::Null]).await;
    let viewed = world.view("n1", after(2)).await;
    let before = world.model.units();
    world.ring(&viewed, after(2)).await;
    // The fact's own mark goes; nothing is made and nothing moves.
    assert_eq!((world.model.units() - before).index_write, 1);
    assert_eq!((world.seen().await, world.due()), (states("umu", 2), Some(10)));
}

#[tokio::test]
async fn a_clock_that_is_behind_draws_nothing_back() {
    let world = World::new(&[from(10), Value::Null]).await;
    world.ring("PROGRESS", after(10)).await;
    let viewed = world.view("n1", after(9)).await;
    world.ring(&viewed, after(9)).await;
    assert_eq!((world.seen().await, world.due()), (states("mmu", 3), None));
}

#[tokio::test]
async fn who_is_withdrawn_waits_for_no_date_and_sees_what_came_when_they_are_taken_back() {
    let mut world = World::new(&[from(10)]).await;
    world.change(Some(world.enrolment.with_status(EnrolmentStatus::Withdrawn)), after(2)).await;
    world.ring("ENROLMENT", after(2)).await;
    assert_eq!(world.due(), None);
    world.ring("PROGRESS", after(10)).await;
    assert_eq!(world.seen().await, states("uu", 2));
    world.change(Some(world.enrolment.with_status(EnrolmentStatus::Active)), after(11)).await;
    world.ring("ENROLMENT", after(11)).await;
    assert_eq!((world.seen().await, world.due()), (states("mu", 3), None));
}

#[tokio::test]
async fn who_was_moved_takes_the_date_along() {
    let mut world = World::new(&[from(10)]).await;
    world.change(world.enrolment.moved(&id("summer")), after(2)).await;
    // The date comes before anybody has heard of the move.
    world.ring("PROGRESS", after(10)).await;
    world.ring("ENROLMENT", after(11)).await;
    assert_eq!(world.row_in("winter").await, None);
    let row = world.row_in("summer").await.expect("a row").state;
    assert_eq!((row.states.as_str(), row.sequence, world.due()), ("mu", 3, None));
}

#[tokio::test]
async fn a_doorbell_of_a_state_that_was_erased_makes_nothing() {
    let world = World::new(&[from(10)]).await;
    for sk in ["PROGRESS", "ENROLMENT"] {
        let key = Key::new(world.key().pk, sk);
        let delete =
            Write { table: Table::Learning, key, change: Change::Delete, condition: None, values: Values::new() };
        world.model.write(delete).await.expect("deleted");
    }
    let left = world.model.items(Table::Learning);
    world.ring("PROGRESS", after(10)).await;
    assert_eq!(world.model.items(Table::Learning), left);
}

#[tokio::test]
async fn a_state_that_is_repaired_waits_for_its_date_again() {
    let world = World::new(&[from(10), from(20)]).await;
    world.ring("PROGRESS", after(10)).await;
    let key = world.key();
    let wrong = item(&key, &json!({"sequence": 2, "facts": "{}", "recorded_at": 0}));
    let write =
        Write { table: Table::Learning, key, change: Change::Put(wrong), condition: None, values: Values::new() };
    world.model.write(write).await.expect("written");
    let person = schema::person(&world.tenant, &world.enrolment.person);
    let known = item(&person, &json!({}));
    let write =
        Write { table: Table::People, key: person, change: Change::Put(known), condition: None, values: Values::new() };
    world.model.write(write).await.expect("written");

    let cohort: CohortId = id("winter");
    let order = Order { tenant: &world.tenant, cohort: &cohort, owner: "operator", repair: true };
    let mut now = after(12);
    let report = loop {
        match rebuilding::advance(&world.store, &world.releases, order, || now, |_, _| ()).await.expect("it answers") {
            Advance::Wait(until) => now = until,
            Advance::Switched(report, _) => break report,
            other @ (Advance::Unfit(_) | Advance::Done) => panic!("{other:?}"),
        }
    };
    assert_eq!(report.repaired, std::slice::from_ref(&world.enrolment.enrolment));
    assert_eq!(report.changed, [], "the row was drawn from the log");
    assert_eq!((world.seen().await, world.due()), (states("muu", 2), Some(20)));
}
