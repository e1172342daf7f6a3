//! Cohort-write over the model store: cohorts are made for Releases, and people enrolled once.

use jiff::Timestamp;
use serde_json::{Value, json};
use stoa_domain::cohort::{Enrolment, enrolment_id};
use stoa_domain::content::{DraftNode, NodeKind};
use stoa_domain::id::{CohortId, CourseId, NodeId, PersonKey, ReleaseId, TenantId};
use stoa_domain::item::{DraftItem, Item, ItemKind};
use stoa_domain::person::{Person, PersonState};
use stoa_domain::release::{Draft, freeze};
use stoa_http::{Call, Gate, Kind, Problem, Reply};
use stoa_service::cohorts::CohortStore;
use stoa_service::drafting::{self, DraftStore};
use stoa_service::people::{self, PeopleStore};
use stoa_service::publishing::{Part, Parts};
use stoa_service::reading::ProgressReader;
use stoa_store::engine::Table;
use stoa_store::schema;
use stoa_testkit::audit::{by, entry};
use stoa_testkit::events::HttpEvent;
use stoa_testkit::people::administrator;
use stoa_testkit::{Faults, ModelObjects, ModelStore, Rates, Rng, Scheduler, Step};

use super::*;

mod membership;

struct World {
    model: ModelStore,
    function: CohortWrite<ModelStore, ModelObjects>,
    release: ReleaseId,
}

fn start() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn tenant() -> TenantId {
    TenantId::parse("demo").expect("an id")
}

fn key(person: &str) -> PersonKey {
    PersonKey::parse(person).expect("an id")
}

fn course() -> CourseId {
    CourseId::parse("algebra").expect("an id")
}

fn node(id: &str, kind: NodeKind) -> DraftNode {
    DraftNode {
        id: NodeId::parse(id).expect("an id"),
        parent: None,
        position: 0,
        kind,
        title: id.to_owned(),
        required: true,
        completion: None,
        access: None,
        minutes: None,
        assessment: None,
    }
}

/// A lesson and a quiz, as content-write would publish them.
fn draft() -> Draft {
    let item = Item {
        id: serde_json::from_value(json!("q1")).expect("an id"),
        kind: ItemKind::FreeText,
        prompt_html: "Why?".to_owned(),
        points_max: 100,
        choices: Vec::new(),
    };
    let quiz = node("quiz", NodeKind::Assessment);
    Draft {
        title: "Algebra I".to_owned(),
        language: "en".to_owned(),
        items: [(quiz.id.clone(), vec![DraftItem { position: 0, item, key: None, original_type: None }])].into(),
        nodes: vec![node("read", NodeKind::Lesson), quiz],
        ..Draft::default()
    }
}

impl World {
    async fn new(faults: Faults) -> World {
        let model = ModelStore::new(faults.clone());
        let function = CohortWrite {
            gate: Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]),
            store: Store::new(model.clone()),
            releases: Releases::new(ModelObjects::new(faults)),
        };
        let frozen = freeze(&course(), &draft()).expect("it can be published");
        let release = frozen.outline.release.clone();
        function.releases.write(&tenant(), &release, Part::Outline(&frozen.outline)).await.expect("written");
        for id in [course(), CourseId::parse("other").expect("an id")] {
            let course = drafting::Course { course: id, title: "Draft title".to_owned(), language: "en".to_owned() };
            function.store.put_course(&tenant(), &course).await.expect("written");
        }
        let admin = administrator(&model, &tenant(), "administrator").await;
        for (number, name) in ["ada", "bob", "eve"].iter().enumerate() {
            let person = Person {
                tenant: tenant(),
                person: key(name),
                email: format!("a{number}@x.test"),
                name: (*name).to_owned(),
                roles: vec![],
                state: PersonState::Invited,
                subject: None,
            };
            function.store.insert(&person, &admin, &entry(name, start()), start()).await.expect("written");
        }
        World { model, function, release }
    }

    fn body(&self) -> Value {
        json!({
            "name": " Winter ", "course": "algebra", "release": self.release, "zone": "Europe/Berlin",
            "deadlines": {"quiz": {"civil": "2026-03-29T02:30:00"}},
        })
    }

    async fn ask(&self, event: HttpEvent) -> Result<Reply, Problem> {
        let call = Call::from(event.request());
        handle(&self.function, &call, call.received_at()).await
    }

    async fn answer(&self, event: HttpEvent) -> Value {
        let reply = self.ask(event).await.expect("a reply");
        assert_eq!(reply.status(), 200);
        serde_json::from_slice(reply.body()).expect("JSON")
    }

    async fn refusal(&self, event: HttpEvent) -> (Kind, Vec<String>) {
        let problem = self.ask(event).await.expect_err("refused");
        (problem.kind(), problem.errors().iter().map(|error| error.pointer.clone()).collect())
    }

    async fn enrolment(&self, person: &str) -> Option<Enrolment> {
        let cohort = CohortId::parse("winter").expect("an id");
        let id = enrolment_id(&cohort, &key(person), 1);
        // As the functions of learning read it.
        ProgressReader::enrolment(&self.function.store, &tenant(), &id).await.expect("read")
    }
}

fn put(body: &Value) -> HttpEvent {
    HttpEvent::new("PUT /api/cohorts/{cohort}", start())
        .path("cohort", "winter")
        .signed_in("demo", "p9", "admin")
        .json(body)
}

fn enrol(people: &[&str]) -> HttpEvent {
    HttpEvent::new("POST /api/cohorts/{cohort}/enrolments", start())
        .path("cohort", "winter")
        .signed_in("demo", "p9", "instructor@winter")
        .json(&json!({"people": people}))
}

#[tokio::test]
async fn a_cohort_is_made_for_a_release_and_can_change_its_dates() {
    let world = World::new(Faults::none()).await;
    let made = world.answer(put(&world.body())).await;
    assert_eq!(
        made,
        json!({
            "cohort": "winter", "name": "Winter", "course": "algebra", "course_title": "Algebra I",
            "release": world.release, "zone": "Europe/Berlin",
            "deadlines": {"quiz": {"civil": "2026-03-29T02:30:00"}},
        })
    );
    let mut later = world.body();
    later["deadlines"] = json!({});
    assert_eq!(world.answer(put(&later)).await["deadlines"], json!({}));
}

#[tokio::test]
async fn a_change_of_dates_is_news_for_the_members_and_the_making_of_a_cohort_is_not() {
    let world = World::new(Faults::none()).await;
    let cohort = CohortId::parse("winter").expect("an id");
    let agenda = async || world.function.store.told_of(&tenant(), &cohort).await.expect("read");
    world.answer(put(&world.body())).await;
    assert_eq!((agenda().await.changes, agenda().await.rev), (None, 1));

    let mut moved = world.body();
    moved["deadlines"]["quiz"]["civil"] = json!("2026-03-30T12:00:00");
    world.answer(put(&moved)).await;
    let changes = agenda().await.changes.expect("the quiz is due at another time");
    assert!(changes.deadlines.iter().map(NodeId::as_str).eq(["quiz"]) && !changes.release);
    let item = world.model.item(Table::Learning, &schema::agenda(&tenant(), &cohort)).expect("it is there");
    let mark = stoa_store::record::text(&item, "work_pk").expect("somebody is to look at it");
    assert!(mark.starts_with(schema::DUE), "{mark}");
}

#[tokio::test]
async fn what_is_wrong_with_a_cohort_is_pointed_at() {
    let world = World::new(Faults::none()).await;
    for (field, value, pointers) in [
        ("name", json!(" "), vec!["/name"]),
        ("name", json!("x".repeat(301)), vec!["/name"]),
        ("name", json!("Win\u{202e}ter"), vec!["/name"]),
        ("zone", json!("Mars/Olympus"), vec!["/zone"]),
        ("course", json!("nothing"), vec!["/course"]),
        ("course", json!("other"), vec!["/release"]),
        ("release", json!("nothing"), vec!["/release"]),
        ("release", json!("no id!"), vec!["/release"]),
        (
            "deadlines",
            json!({"read": {"civil": "2026-01-01T00:00:00"}, "gone": {"civil": "2026-01-01T00:00:00"}}),
            vec!["/deadlines/gone", "/deadlines/read"],
        ),
        ("deadlines", json!({"quiz": {"civil": "2026-02-30T00:00:00"}}), vec!["/deadlines/quiz/civil"]),
        ("deadlines", json!({"quiz": {"civil": "tomorrow"}}), vec!["/deadlines/quiz/civil"]),
        ("extra", json!(1), vec!["/extra"]),
    ] {
        let mut body = world.body();
        body[field] = value.clone();
        assert_eq!(
            world.refusal(put(&body)).await,
            (Kind::InvalidBody, pointers.iter().map(|text| (*text).to_owned()).collect()),
            "{field} {value}"
        );
    }
    assert!(world.model.items(Table::Learning).is_empty(), "nothing was written");
}

#[tokio::test]
async fn a_cohort_keeps_its_course() {
    let world = World::new(Faults::none()).await;
    world.answer(put(&world.body())).await;
    let mut frozen = freeze(&CourseId::parse("other").expect("an id"), &draft()).expect("it can be published");
    frozen.outline.title = "Other".to_owned();
    let release = frozen.outline.release.clone();
    world.function.releases.write(&tenant(), &release, Part::Outline(&frozen.outline)).await.expect("written");
    let mut other = world.body();
    (other["course"], other["release"]) = (json!("other"), json!(release));
    assert_eq!(world.refusal(put(&other)).await.0, Kind::NotPossible);
}

#[tokio::test]
async fn people_are_enrolled_once_and_wait_for_the_projector() {
    let world = World::new(Faults::none()).await;
    world.answer(put(&world.body())).await;
    let first = world.answer(enrol(&["ada"])).await;
    assert_eq!(first["enrolments"][0]["status"], "enrolled");
    let both = world.answer(enrol(&["bob", "ada"])).await;
    let states: Vec<&str> =
        both["enrolments"].as_array().expect("both").iter().filter_map(|one| one["status"].as_str()).collect();
    assert_eq!(states, ["enrolled", "already"]);
    assert_eq!(both["enrolments"][1]["enrolment"], first["enrolments"][0]["enrolment"]);

    let enrolment = world.enrolment("ada").await.expect("there");
    assert_eq!((enrolment.release, enrolment.enrolled_at), (world.release.clone(), start().as_millisecond()));
    let listed = world.function.store.enrolments_of(&tenant(), &key("ada")).await.expect("read");
    assert_eq!(listed, std::slice::from_ref(&enrolment.enrolment));
    assert!(world.model.pending().contains(&(Table::Learning, schema::enrolment(&tenant(), &enrolment.enrolment))));
}

#[tokio::test]
async fn nobody_is_enrolled_if_one_of_them_cannot_be() {
    let world = World::new(Faults::none()).await;
    world.answer(put(&world.body())).await;
    people::deactivate(&world.function.store, &tenant(), &key("eve"), &by("end", start())).await.expect("ended");
    let refused = world.refusal(enrol(&["ada", "nobody", "eve", "ada"])).await;
    assert_eq!(
        refused,
        (Kind::InvalidBody, vec!["/people/1".to_owned(), "/people/2".to_owned(), "/people/3".to_owned()])
    );
    assert!(world.enrolment("ada").await.is_none());

    let many: Vec<String> = (0..101).map(|number| format!("p{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(world.refusal(enrol(&many)).await, (Kind::InvalidBody, vec!["/people".to_owned()]));
}

#[tokio::test]
async fn cohorts_are_run_by_those_whose_role_holds_there() {
    let world = World::new(Faults::none()).await;
    world.answer(put(&world.body())).await;
    let as_role = |event: HttpEvent, roles: &str| event.claim("roles", roles);
    for roles in ["", "learner", "author", "grader@winter", "instructor@summer", "admin@summer"] {
        assert_eq!(world.refusal(as_role(put(&world.body()), roles)).await.0, Kind::Forbidden, "{roles}");
        assert_eq!(world.refusal(as_role(enrol(&["ada"]), roles)).await.0, Kind::Forbidden, "{roles}");
    }
    let elsewhere = enrol(&["ada"]).claim("tenant", "other").claim("roles", "admin");
    assert_eq!(world.refusal(elsewhere).await.0, Kind::NotFound);
}

/// Two instructors enrol the same people on a store that throttles, conflicts and loses answers, until each hears that it
/// is done. Everybody is enrolled once, and is in their list.
#[tokio::test]
async fn enrolling_at_the_same_time_enrols_once() {
    for seed in 0..200 {
        let mut rng = Rng::new(seed);
        let faults = Faults::seeded(rng.fork(), Rates::default());
        let world = World::new(faults.clone()).await;
        world.answer(put(&world.body())).await;

        faults.change(Rates { crash_before: 0, crash_after: 0, ..Rates::stormy() });
        let mut scheduler = Scheduler::new(rng.fork(), &faults);
        for process in 0..2 {
            let world = &world;
            scheduler.spawn(process, async move {
                for _ in 0..100 {
                    if let Ok(reply) = world.ask(enrol(&["ada", "bob", "eve"])).await {
                        return reply.status();
                    }
                }
                0
            });
        }
        let answers = scheduler.run();
        assert!(answers.iter().all(|step| matches!(step, Step::Finished(_, 200))), "{answers:?}, seed {seed}");

        faults.quiet();
        world.model.arrive();
        for person in ["ada", "bob", "eve"] {
            let enrolment = world.enrolment(person).await.expect("enrolled");
            let listed = world.function.store.enrolments_of(&tenant(), &key(person)).await.expect("read");
            assert_eq!(listed, [enrolment.enrolment], "seed {seed}");
        }
        assert!(world.model.defects().is_empty(), "{:?}, seed {seed}", world.model.defects());
    }
}
