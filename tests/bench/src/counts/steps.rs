//! The flows, in the order in which a course, its people and a hand-in come about.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stoa_domain::cohort::enrolment_id;
use stoa_domain::id::{CohortId, EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_http::Response;
use stoa_queue::Ring;
use stoa_service::sweeping::Stops;
use stoa_store::engine::Key;
use stoa_store::schema;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::people::administrator;
use stoa_testkit::{Faults, ModelObjects, ModelStore};
use work_sweep::Bells;

use super::course::{ASSESSMENTS, GATED, answers, items, nodes};
use super::record::Count;
use crate::counting::{Asked, Counting};
use crate::world::{TENANT, World};

/// Who learns.
const LEARNER: &str = "11112222333344445555666677778888";
const COURSE: &str = "algebra";
const COHORT: &str = "winter";
const ATTEMPT: &str = "PUT /api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}";

/// A world whose steps are counted.
struct Flow {
    model: ModelStore,
    world: World<Counting<ModelStore>, Counting<ModelObjects>>,
    requests: Asked,
    objects: Asked,
    now: Timestamp,
    counts: Vec<Count>,
}

/// Goes through all flows and counts each step.
pub async fn count() -> Vec<Count> {
    let mut flow = Flow::new();
    administrator(&flow.model, &TenantId::parse(TENANT).expect("an id"), "staff").await;
    let release = flow.author().await;
    flow.administer().await;
    let enrolment = flow.enrol(&release).await;
    flow.read(&enrolment).await;
    flow.take(&enrolment).await;
    flow.take_large(&enrolment).await;
    flow.close_by_time(&enrolment).await;
    flow.look(&enrolment).await;
    flow.wait_for_dates(&enrolment).await;
    flow.end_access().await;
    flow.counts
}

impl Flow {
    fn new() -> Flow {
        let (requests, objects) = (Asked::default(), Asked::default());
        let model = ModelStore::new(Faults::none());
        let engine = Counting::new(model.clone(), &requests);
        let buckets = Counting::new(ModelObjects::new(Faults::none()), &objects);
        let now = "2026-01-15T12:00:00Z".parse().expect("a time");
        Flow { model, world: World::new(&engine, &buckets), requests, objects, now, counts: Vec::new() }
    }

    /// Does a step and notes what it cost. Without a name it is only done.
    async fn step<T>(&mut self, name: &str, work: impl AsyncFnOnce(&Flow) -> T, bytes: impl FnOnce(&T) -> usize) -> T {
        let before = (self.requests.count(), self.objects.count(), self.model.units());
        let done = work(self).await;
        self.counts.extend((!name.is_empty()).then(|| Count {
            step: name.to_owned(),
            requests: self.requests.count() - before.0,
            objects: self.objects.count() - before.1,
            units: self.model.units() - before.2,
            bytes: bytes(&done) as u64,
        }));
        done
    }

    /// Asks for something that is granted.
    async fn ask(&mut self, name: &str, event: HttpEvent) -> Value {
        let answer = async |flow: &Flow| flow.world.answer(&event, flow.now).await;
        let response: Response = self.step(name, answer, |response| body(response).len()).await;
        assert!((200..300).contains(&response.status_code), "{event:?}: {response:?}");
        serde_json::from_str(body(&response)).unwrap_or_default()
    }

    fn event(&self, route: &str, person: &str, roles: &str) -> HttpEvent {
        let event = HttpEvent::new(route, self.now).signed_in(TENANT, person, roles);
        event.path("course", COURSE).path("cohort", COHORT).path("tenant", TENANT)
    }

    fn staff(&self, route: &str) -> HttpEvent {
        self.event(route, "staff", "admin")
    }

    fn learner(&self, route: &str, enrolment: &str) -> HttpEvent {
        self.event(route, LEARNER, "").path("enrolment", enrolment)
    }

    /// Everything that waits, done by those it waits for. Each kind of work is a step of its own.
    async fn work(&mut self, name: &str) {
        for (_, key) in self.model.pending() {
            let now = self.now;
            self.step(name, async |flow| flow.world.work(&key, now).await, |()| 0).await;
        }
    }

    async fn author(&mut self) -> String {
        let course = json!({"title": "Algebra", "language": "en"});
        self.ask("make a course (first request of an instance)", self.staff("PUT /api/courses/{course}").json(&course))
            .await;
        let put_node = |flow: &Flow, id: &str, node: &Value| {
            flow.staff("PUT /api/courses/{course}/nodes/{node}").path("node", id).json(node)
        };
        for (at, (id, node)) in nodes().iter().enumerate() {
            let name = if at == 0 { "write a lesson" } else { "" };
            self.ask(name, put_node(self, id, node)).await;
        }
        for (at, assessment) in ASSESSMENTS.iter().enumerate() {
            for (number, (id, item)) in items().iter().enumerate() {
                let put = self.staff("PUT /api/courses/{course}/nodes/{node}/items/{item}").path("node", assessment);
                let name = if (at, number) == (0, 0) { "write an item" } else { "" };
                self.ask(name, put.path("item", id).json(item)).await;
            }
        }
        self.ask("read a draft of 20 objects", self.staff("GET /api/courses/{course}")).await;
        let published = self.ask("publish 20 objects", self.staff("POST /api/courses/{course}/releases")).await;
        self.ask("list Releases", self.staff("GET /api/courses/{course}/releases")).await;
        published["release"].as_str().expect("a Release").to_owned()
    }

    async fn administer(&mut self) {
        let person = |email: &str| json!({"people": [{"email": email, "name": "Ada Lovelace", "roles": ["learner"]}]});
        let invite = self.staff("POST /api/people").json(&person("ada@example.org"));
        self.ask("invite a person (first request of an instance)", invite.clone()).await;
        self.ask("invite a person again", invite).await;
        self.work("provision a person").await;
        let roles = self.staff("PUT /api/people/{person}/roles").path("person", LEARNER);
        self.ask("replace roles", roles.json(&json!({"roles": ["learner"]}))).await;
        self.ask("a page of people", self.staff("GET /api/people")).await;
    }

    async fn enrol(&mut self, release: &str) -> String {
        let due = self.now + SignedDuration::from_hours(2);
        let civil = due.to_string();
        let cohort = json!({
            "name": "Winter", "course": COURSE, "release": release, "zone": "UTC",
            "deadlines": {(ASSESSMENTS[1]): {"civil": civil.trim_end_matches('Z')}},
        });
        let put = self.staff("PUT /api/cohorts/{cohort}").json(&cohort);
        self.ask("make a cohort (first request of an instance)", put).await;
        let enrol = self.staff("POST /api/cohorts/{cohort}/enrolments").json(&json!({"people": [LEARNER]}));
        self.ask("enrol a person", enrol.clone()).await;
        self.ask("enrol a person again", enrol).await;
        self.work("project an enrolment (first of an instance)").await;
        let (cohort, person) = (CohortId::parse(COHORT).expect("an id"), PersonKey::parse(LEARNER).expect("an id"));
        enrolment_id(&cohort, &person, 1).to_string()
    }

    async fn read(&mut self, enrolment: &str) {
        let session = self.learner("POST /api/session", enrolment);
        self.ask("open the edge (first request of an instance)", session).await;
        let facts = |kind: &str, nodes: &[&str]| {
            let fact = |node: &&str| json!({"kind": kind, "node": node, "occurred_at": "2026-01-15T12:00:00Z"});
            json!({"facts": nodes.iter().map(fact).collect::<Vec<_>>()})
        };
        let route = "POST /api/enrolments/{enrolment}/facts";
        let viewed = self.learner(route, enrolment).json(&facts("viewed", &["lesson-0"]));
        self.ask("report a fact (first request of an instance)", viewed.clone()).await;
        self.ask("report a fact again", viewed).await;
        self.work("project a fact").await;
        let many = ["lesson-1", "lesson-2", "lesson-3", "lesson-4", "lesson-5"];
        self.ask("report five facts", self.learner(route, enrolment).json(&facts("viewed", &many))).await;
        let keys: Vec<Key> = self.model.pending().into_iter().map(|(_, key)| key).collect();
        let (pk, now) = (keys[0].pk.clone(), self.now);
        let project = async |flow: &Flow| flow.world.project(&pk, &keys, now).await;
        self.step("project five facts at once", project, |()| 0).await;
        let gated = self.learner("GET /api/enrolments/{enrolment}/nodes/{node}", enrolment).path("node", GATED);
        self.ask("read a lesson behind a gate", gated).await;
        self.ask("addresses of its files", self.addresses(enrolment, GATED)).await;
    }

    fn addresses(&self, enrolment: &str, node: &str) -> HttpEvent {
        let event = self.learner("GET /api/enrolments/{enrolment}/nodes/{node}/assets", enrolment);
        event.path("node", node).raw_query("ids=picture")
    }

    fn attempt(&self, enrolment: &str, assessment: &str, number: u32, part: &str) -> HttpEvent {
        let event = self.learner(&format!("{ATTEMPT}{part}"), enrolment).path("assessment", assessment);
        event.path("attempt", &number.to_string())
    }

    async fn take(&mut self, enrolment: &str) {
        let start = self.learner("GET /api/enrolments/{enrolment}/assessments/{assessment}", enrolment);
        self.ask("start page (first request of an instance)", start.path("assessment", "quiz")).await;
        self.ask("open an attempt", self.attempt(enrolment, "quiz", 1, "").json(&json!({}))).await;
        self.ask("addresses of its questions' files", self.addresses(enrolment, "quiz")).await;
        let draft = |rev: u32, bytes| json!({"rev": rev, "answers": answers(bytes)});
        let save = self.attempt(enrolment, "quiz", 1, "/draft");
        self.ask("save a draft of 1 KB", save.clone().json(&draft(1, 1_024))).await;
        self.ask("save it again", save.json(&draft(1, 1_024))).await;
        let hand_in = json!({"submission_id": "s-1", "answers": answers(1_024)});
        let submit = self.attempt(enrolment, "quiz", 1, "/submission").json(&hand_in);
        self.ask("hand in 1 KB", submit.clone()).await;
        self.ask("hand in 1 KB again", submit).await;
        self.work("grade 1 KB").await;
        self.work("project a grade").await;
        let view = self.learner(&ATTEMPT.replace("PUT", "GET"), enrolment).path("assessment", "quiz");
        self.ask("read a graded attempt", view.path("attempt", "1")).await;
    }

    async fn take_large(&mut self, enrolment: &str) {
        self.ask("open the next attempt", self.attempt(enrolment, "quiz", 2, "").json(&json!({}))).await;
        let large = answers(20 * 1_024);
        let draft = self.attempt(enrolment, "quiz", 2, "/draft").json(&json!({"rev": 1, "answers": large}));
        self.ask("save a draft of 20 KB", draft).await;
        let hand_in = json!({"submission_id": "s-2", "answers": large});
        self.ask("hand in 20 KB", self.attempt(enrolment, "quiz", 2, "/submission").json(&hand_in)).await;
        self.work("grade 20 KB").await;
        self.work("project the second grade").await;
    }

    async fn close_by_time(&mut self, enrolment: &str) {
        self.ask("", self.attempt(enrolment, "exam", 1, "").json(&json!({}))).await;
        let draft = json!({"rev": 1, "answers": answers(1_024)});
        self.ask("", self.attempt(enrolment, "exam", 1, "/draft").json(&draft)).await;
        self.sweep("a sweep that finds nothing").await;
        let before = self.now;
        self.now = before + SignedDuration::from_hours(3);
        self.sweep("a sweep that rings for what is due").await;
        let (tenant, enrolment) =
            (TenantId::parse(TENANT).expect("an id"), EnrolmentId::parse(enrolment).expect("an id"));
        let (key, now) = (schema::attempt(&tenant, &enrolment, &NodeId::parse("exam").expect("an id"), 1), self.now);
        self.step("close an attempt of 1 KB by time", async |flow: &Flow| flow.world.close(&key, now).await, |()| 0)
            .await;
        self.now += SignedDuration::from_mins(2);
        self.sweep("a sweep that rings for one mark").await;
        self.work("").await;
        self.work("").await;
    }

    async fn sweep(&mut self, name: &str) {
        let now = self.now;
        let sweep = async |flow: &Flow| {
            let bells = Bells { send: async |_, _: Vec<Ring>| Ok(()), waiting: async |_| Some(0) };
            work_sweep::handle(&flow.world.store, &bells, &Stops::default(), || now).await.expect("swept");
        };
        self.step(name, sweep, |()| 0).await;
    }

    async fn look(&mut self, enrolment: &str) {
        self.ask("who am I (first request of an instance)", self.learner("GET /api/me", enrolment)).await;
        self.ask("my courses", self.learner("GET /api/me/enrolments", enrolment)).await;
        self.ask("one learner's progress", self.learner("GET /api/enrolments/{enrolment}/progress", enrolment)).await;
        self.ask("cohorts", self.staff("GET /api/cohorts")).await;
        self.ask("a page of rows", self.staff("GET /api/cohorts/{cohort}/rows")).await;
    }

    /// A second course, one lesson of which is completed at a date and another at a later one.
    async fn wait_for_dates(&mut self, of_the_first: &str) {
        let of = |flow: &Flow, route: &str| flow.staff(route).path("course", "dated").path("cohort", "spring");
        self.ask("", of(self, "PUT /api/courses/{course}").json(&json!({"title": "Dates", "language": "en"}))).await;
        let nodes = ["first", "second"].into_iter().zip(nodes()).zip([24, 48]);
        for ((id, (_, mut node)), hours) in nodes {
            let civil = (self.now + SignedDuration::from_hours(hours)).to_string();
            let when = json!({"civil": civil.trim_end_matches('Z')});
            node["completion"] = json!({"type": "after_date", "zone": "UTC", "when": when});
            self.ask("", of(self, "PUT /api/courses/{course}/nodes/{node}").path("node", id).json(&node)).await;
        }
        let published = self.ask("", of(self, "POST /api/courses/{course}/releases")).await;
        let cohort = json!({
            "name": "Spring", "course": "dated", "release": published["release"], "zone": "UTC", "deadlines": {},
        });
        self.ask("", of(self, "PUT /api/cohorts/{cohort}").json(&cohort)).await;
        let enrol = of(self, "POST /api/cohorts/{cohort}/enrolments").json(&json!({"people": [LEARNER]}));
        let enrolled = self.ask("", enrol).await;
        self.work("project an enrolment whose course has dates").await;
        let enrolment = enrolled["enrolments"][0]["enrolment"].as_str().expect("an enrolment").to_owned();
        assert_ne!(enrolment, of_the_first);
        let fact = json!({"facts": [{"kind": "viewed", "node": "first", "occurred_at": "2026-01-15T12:00:00Z"}]});
        self.ask("", self.learner("POST /api/enrolments/{enrolment}/facts", &enrolment).json(&fact)).await;
        self.work("project a fact while a date is ahead").await;
        let (tenant, enrolment) =
            (TenantId::parse(TENANT).expect("an id"), EnrolmentId::parse(&enrolment).expect("an id"));
        let key = schema::progress(&tenant, &enrolment);
        for name in ["project a date that came, with another ahead", "project the last date"] {
            self.now += SignedDuration::from_hours(25);
            let (now, keys) = (self.now, [key.clone()]);
            let project = async |flow: &Flow| flow.world.project(&keys[0].pk, &keys, now).await;
            self.step(name, project, |()| 0).await;
        }
    }

    async fn end_access(&mut self) {
        let path = "/api/people/{person}/deactivation";
        self.ask("end access", self.staff(&format!("POST {path}")).path("person", LEARNER).json(&json!({}))).await;
        self.work("provision the end of access").await;
        self.ask("give access back", self.staff(&format!("DELETE {path}")).path("person", LEARNER)).await;
    }
}

fn body(response: &Response) -> &str {
    response.body.as_deref().unwrap_or_default()
}
