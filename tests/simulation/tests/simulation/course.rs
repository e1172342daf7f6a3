//! What the cohort learns: a small Release with an assessment of every kind of window, and who takes it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use stoa_domain::cohort::{Cohort, Enrolment, EnrolmentStatus, enrolment_id};
use stoa_domain::content::{AssessmentSettings, Block, DraftNode, NodeKind};
use stoa_domain::id::{CohortId, CourseId, NodeId, PersonKey, TenantId};
use stoa_domain::item::{AnswerKeys, DraftItem};
use stoa_domain::notification::agenda::Agenda;
use stoa_domain::person::{Person, PersonState};
use stoa_domain::release::{Draft, Frozen, freeze};
use stoa_domain::rule::Rule;
use stoa_domain::tree::Tree;
use stoa_service::cohorts::CohortStore;
use stoa_store::Store;
use stoa_store::engine::{Change, Engine, Table, Values, Write};
use stoa_store::objects::Bucket;
use stoa_store::schema::objects;
use stoa_store::{record, schema};
use stoa_testkit::audit::entry;
use stoa_testkit::{ModelObjects, ModelStore, SimClock};

/// How many learners there are.
pub const LEARNERS: usize = 8;
/// The zone of the cohort, an hour ahead of UTC then.
const ZONE: &str = "Europe/Berlin";
/// How long after the beginning the exam is due.
pub const DUE_AFTER: SignedDuration = SignedDuration::from_mins(12);
/// Timed: three minutes, three attempts.
pub const QUIZ: &str = "quiz";
/// Due at the cohort's deadline, two attempts, long answers.
pub const EXAM: &str = "exam";
/// Without any limit, behind a gate.
pub const ESSAY: &str = "essay";
/// How long after the beginning the lesson [`DATED`] is completed, and how long it stays so: dates that come between two sweeps,
/// while learners work, the last of them perhaps when nobody does anything any more.
pub const DATES_AFTER: [SignedDuration; 2] =
    [SignedDuration::from_secs(6 * 60 + 20), SignedDuration::from_secs(13 * 60 + 20)];
/// Completed by a date until another comes, and again some days after the enrolment.
const DATED: &str = "dated";
/// The lessons that are visited, the last of them behind a gate.
pub const LESSONS: [&str; 3] = ["read", "practise", "deepen"];

/// A Release and a cohort that takes it.
#[derive(Debug)]
pub struct Course {
    /// Whose.
    pub tenant: TenantId,
    /// The Release, in its parts.
    pub frozen: Frozen,
    /// Its outline with the indexes that rules need.
    pub tree: Tree,
    /// The cohort.
    pub cohort: Cohort,
    /// The enrolments, one a learner.
    pub enrolments: Vec<Enrolment>,
}

impl Course {
    /// The course that every run takes. It begins when a new [`SimClock`] stands.
    pub fn get() -> &'static Course {
        static COURSE: OnceLock<Course> = OnceLock::new();
        COURSE.get_or_init(|| Course::new(SimClock::default().now()))
    }

    /// The course, with a cohort that begins at `start`.
    fn new(start: Timestamp) -> Course {
        let course = CourseId::parse("course").expect("an id");
        let frozen = freeze(&course, &draft(start)).expect("the draft can be published");
        let deadline = serde_json::from_value(serde_json::json!({ "civil": civil(start + DUE_AFTER) }));
        let cohort = Cohort {
            cohort: CohortId::parse("winter").expect("an id"),
            name: "Winter".to_owned(),
            course,
            course_title: frozen.outline.title.clone(),
            release: frozen.outline.release.clone(),
            zone: ZONE.to_owned(),
            deadlines: BTreeMap::from([(node(EXAM), deadline.expect("a deadline"))]),
            rev: 0,
        };
        assert_eq!(cohort.due(&node(EXAM)), Some(start + DUE_AFTER));
        let enrolments = (0..LEARNERS).map(|learner| enrolment(&cohort, learner, start)).collect();
        let tree = Tree::new(frozen.outline.clone()).expect("a tree");
        Course { tenant: TenantId::parse("demo").expect("an id"), frozen, tree, cohort, enrolments }
    }

    /// The keys of an assessment.
    pub fn keys(&self, assessment: &NodeId) -> &AnswerKeys {
        &self.frozen.keys[assessment]
    }

    /// Places the Release where content-write would.
    pub fn place(&self, bucket: &ModelObjects) {
        let release = &self.frozen.outline.release;
        let put = |key: String, bytes: Vec<u8>| bucket.place(Bucket::Content, key, bytes, "application/json");
        put(objects::outline(&self.tenant, release), json(&self.frozen.outline));
        for content in &self.frozen.contents {
            let is_gated = self.tree.node(&content.node).expect("it has its node").gated;
            let key = if is_gated { objects::gated_node } else { objects::open_node };
            put(key(&self.tenant, release, &content.node), json(content));
        }
        for (assessment, items) in &self.frozen.items {
            put(objects::items(&self.tenant, release, assessment), json(items));
        }
        for (assessment, keys) in &self.frozen.keys {
            put(objects::keys(&self.tenant, release, assessment), json(keys));
        }
    }

    /// Makes the cohort and enrols its learners, as cohort-write does.
    pub async fn enrol(&self, store: Store<ModelStore>) {
        let now = SimClock::default().now();
        let agenda = Agenda::default().changed(None, &self.cohort, now.as_millisecond());
        let due_at = agenda.due_at(&self.cohort, now.as_millisecond());
        let made = store.put_cohort(&self.tenant, &self.cohort, &agenda, due_at, &entry("cohort", now)).await;
        assert_eq!(made, Ok(true));
        for enrolment in &self.enrolments {
            self.know(&store, &enrolment.person).await;
            let enrolled = store.enrol(&self.tenant, enrolment, &entry(enrolment.person.as_str(), now), now).await;
            assert_eq!(enrolled, Ok(true));
        }
    }
}

impl Course {
    /// Knows a person, who is at the identity provider already. A rebuild finds enrolments by their people.
    async fn know(&self, store: &Store<ModelStore>, person: &PersonKey) {
        let known = Person {
            tenant: self.tenant.clone(),
            person: person.clone(),
            email: format!("{person}@demo.example"),
            name: person.to_string(),
            roles: vec![],
            state: PersonState::Active,
            subject: Some(person.to_string()),
        };
        let key = schema::person(&self.tenant, person);
        let change = Change::Put(record::item(&key, &known));
        let write = Write { table: Table::People, key, change, condition: None, values: Values::new() };
        store.engine().write(write).await.expect("nothing goes wrong yet");
    }
}

fn json(part: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(part).expect("it has a JSON form")
}

fn enrolment(cohort: &Cohort, learner: usize, start: Timestamp) -> Enrolment {
    let person = PersonKey::parse(format!("person-{learner}")).expect("an id");
    Enrolment {
        enrolment: enrolment_id(&cohort.cohort, &person, 1),
        person,
        cohort: cohort.cohort.clone(),
        release: cohort.release.clone(),
        cycle_no: 1,
        status: EnrolmentStatus::Active,
        enrolled_at: start.as_millisecond(),
        rev: 0,
        left: vec![],
    }
}

/// A learning object's id.
pub fn node(id: &str) -> NodeId {
    NodeId::parse(id).expect("an id")
}

/// What the clocks of the cohort's zone show, an hour ahead of UTC.
fn civil(at: Timestamp) -> String {
    (at + SignedDuration::from_hours(1)).to_string().trim_end_matches('Z').to_owned()
}

fn draft(start: Timestamp) -> Draft {
    let rule = |json: serde_json::Value| serde_json::from_value::<Rule>(json).expect("a rule");
    let limits = |attempts_max, time_limit_minutes| Some(AssessmentSettings { attempts_max, time_limit_minutes });
    let object = |position, id: &str, kind| DraftNode {
        id: node(id),
        parent: (id != "part").then(|| node("part")),
        position,
        kind,
        title: id.to_owned(),
        required: true,
        completion: None,
        access: None,
        minutes: None,
        assessment: None,
    };
    let marked_done = || rule(serde_json::json!({ "type": "marked_done" }));
    let read = rule(serde_json::json!({ "type": "all_of", "conditions": [
        { "type": "time_spent", "min_seconds": 20 },
        { "type": "scrolled_to", "percent": 60 },
    ] }));
    // Two ways in, so that a report of reading may open a gate.
    let practised = rule(serde_json::json!({ "type": "any_of", "conditions": [
        { "type": "marked_done", "node": "practise" },
        { "type": "all_of", "conditions": [
            { "type": "time_spent", "node": "practise", "min_seconds": 20 },
            { "type": "scrolled_to", "node": "practise", "percent": 80 },
        ] },
    ] }));
    let studied = rule(serde_json::json!({ "type": "n_of", "n": 1, "conditions": [
        { "type": "time_spent", "min_seconds": 10 },
        { "type": "node_viewed" },
    ] }));
    let passed = rule(serde_json::json!({ "type": "assessment_score", "assessment": QUIZ, "min_score": "0.5" }));
    let after = |when: serde_json::Value| serde_json::json!({ "type": "after_date", "zone": ZONE, "when": when });
    let [from, to] = DATES_AFTER.map(|date| after(serde_json::json!({ "civil": civil(start + date) })));
    let dated = rule(serde_json::json!({ "type": "any_of", "conditions": [
        { "type": "all_of", "conditions": [from, { "type": "none_of", "conditions": [to] }] },
        after(serde_json::json!({ "days_after_enrolment": 2 })),
    ] }));
    let nodes = vec![
        object(0, "part", NodeKind::Section),
        DraftNode { completion: Some(read), ..object(1, "read", NodeKind::Lesson) },
        DraftNode { completion: Some(marked_done()), ..object(2, "practise", NodeKind::Lesson) },
        DraftNode { assessment: limits(Some(3), Some(3)), ..object(3, QUIZ, NodeKind::Assessment) },
        DraftNode { completion: Some(studied), access: Some(passed), ..object(4, "deepen", NodeKind::Lesson) },
        DraftNode { assessment: limits(Some(2), None), ..object(5, EXAM, NodeKind::Assessment) },
        DraftNode { access: Some(practised), ..object(6, ESSAY, NodeKind::Assessment) },
        DraftNode { completion: Some(dated), ..object(7, DATED, NodeKind::Lesson) },
    ];
    let blocks = |id: &str| (node(id), vec![Block::Html { html: format!("<p>{id}</p>") }]);
    Draft {
        title: "How to study".to_owned(),
        language: "en".to_owned(),
        nodes,
        blocks: LESSONS.into_iter().chain([DATED]).map(blocks).collect(),
        items: [QUIZ, EXAM, ESSAY].into_iter().map(|id| (node(id), items(id))).collect(),
        assets: BTreeMap::new(),
    }
}

fn items(assessment: &str) -> Vec<DraftItem> {
    let choices =
        serde_json::json!([{ "id": "a", "html": "A" }, { "id": "b", "html": "B" }, { "id": "c", "html": "C" }]);
    let mut items = vec![
        serde_json::json!({
            "position": 1, "id": "choice", "kind": "multiple_choice", "prompt_html": "?", "points_max": 200,
            "choices": choices, "key": { "correct": ["a", "b"] },
        }),
        serde_json::json!({
            "position": 2, "id": "number", "kind": "numeric", "prompt_html": "?", "points_max": 100, "choices": [],
            "key": { "ranges": [{ "min": "2", "max": "4.5" }] },
        }),
    ];
    if assessment != QUIZ {
        items.push(serde_json::json!({
            "position": 3, "id": "text", "kind": "free_text", "prompt_html": "?", "points_max": 300, "choices": [], "key": null,
        }));
    }
    items.into_iter().map(|item| serde_json::from_value(item).expect("an item")).collect()
}
