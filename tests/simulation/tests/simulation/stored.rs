//! What is stored, read with nothing of the code that wrote it but the shape of the keys.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_dynamo::Item;
use stoa_domain::attempt::{AttemptState, ClosedReason, NEVER_MS};
use stoa_domain::fact::Fact;
use stoa_domain::generation::Generations;
use stoa_domain::grading::Grade;
use stoa_domain::id::EnrolmentId;
use stoa_domain::item::Answers;
use stoa_domain::progress::{Event, RowState};
use stoa_store::engine::Table;
use stoa_store::record::text;
use stoa_store::schema;
use stoa_testkit::{ModelStore, StreamRecord};

use crate::calls::At;
use crate::course::Course;
use crate::streams::Closing;

/// An attempt's item.
#[derive(Debug, Clone, Deserialize)]
pub struct Attempt {
    pub person: String,
    pub phase: AttemptState,
    pub closed_reason: Option<ClosedReason>,
    pub rev: u32,
    pub opened_at: i64,
    pub closes_at: i64,
    pub accept_until: i64,
    pub answers: Option<String>,
    pub digest: Option<String>,
    pub submission_id: Option<String>,
    pub received_at: Option<i64>,
}

/// A grade's item.
#[derive(Debug, Clone, Deserialize)]
pub struct StoredGrade {
    pub grade: Grade,
    pub posted: bool,
    pub submitted_at: i64,
}

/// Large answers' item.
#[derive(Debug, Clone, Deserialize)]
pub struct Body {
    pub answers: String,
    pub expires_at: Option<i64>,
}

/// The progress' item.
#[derive(Debug, Clone, Deserialize)]
pub struct StoredProgress {
    pub sequence: u64,
    pub facts: String,
}

/// A cohort row's item.
#[derive(Debug, Clone, Deserialize)]
pub struct Row {
    pub person: String,
    pub release: String,
    pub state: RowState,
}

/// Everything of one enrolment.
#[derive(Debug, Default)]
pub struct Enrolled {
    /// By assessment and number.
    pub attempts: BTreeMap<(String, u32), Attempt>,
    /// By assessment, number and revision.
    pub grades: BTreeMap<(String, u32, u32), StoredGrade>,
    /// By assessment, number and digest.
    pub bodies: BTreeMap<(String, u32, String), Body>,
    /// What the learner reported, by sort key.
    pub facts: BTreeMap<String, Fact>,
    /// The log, in order.
    pub log: Vec<Event>,
    pub progress: Option<StoredProgress>,
    /// The date that the state waits for, in milliseconds since 1970.
    pub date_ahead: Option<i64>,
    pub row: Option<Row>,
    /// When it was made.
    pub enrolled_at: Option<i64>,
}

#[derive(Deserialize)]
struct StoredFact {
    fact: Fact,
}

#[derive(Deserialize)]
struct StoredEvent {
    fact: Fact,
    recorded_at: i64,
}

#[derive(Deserialize)]
struct EnrolmentItem {
    enrolled_at: i64,
}

/// What is stored of every learner, in the order of the course's enrolments.
pub fn read(store: &ModelStore) -> Vec<Enrolled> {
    let course = Course::get();
    let live = live_rows(store);
    let mut all: BTreeMap<EnrolmentId, Enrolled> = BTreeMap::new();
    for item in store.items(Table::Learning) {
        let (pk, sk) =
            (text(&item, "pk").unwrap_or_default().to_owned(), text(&item, "sk").unwrap_or_default().to_owned());
        if let Some((tenant, enrolment)) = schema::parse_enrolment_pk(&pk) {
            assert_eq!(tenant, course.tenant, "an item of another tenant");
            all.entry(enrolment).or_default().add(&sk, item);
        } else if let Some(enrolment) = sk.strip_prefix(schema::ROW).filter(|_| pk == live) {
            let enrolment = EnrolmentId::parse(enrolment).expect("a row is of an enrolment");
            all.entry(enrolment).or_default().row = Some(decode(item));
        }
    }
    let learners =
        course.enrolments.iter().map(|enrolment| all.remove(&enrolment.enrolment).expect("it is enrolled")).collect();
    assert!(all.is_empty(), "enrolments that nobody made: {:?}", all.keys());
    learners
}

/// Which generations of the cohort's rows there are.
pub fn generations(store: &ModelStore) -> Generations {
    let course = Course::get();
    let key = schema::generations(&course.tenant, &course.cohort.cohort);
    store.item(Table::Learning, &key).map(decode).unwrap_or_default()
}

/// The partition of the rows that are read.
pub fn live_rows(store: &ModelStore) -> String {
    let course = Course::get();
    schema::rows_pk(&course.tenant, &course.cohort.cohort, generations(store).live)
}

impl Enrolled {
    fn add(&mut self, sk: &str, item: Item) {
        let (kind, rest) = sk.split_once('#').unwrap_or((sk, ""));
        let parts: Vec<&str> = rest.split('#').collect();
        let number = |at: usize| parts[at].parse::<u32>().expect("a number");
        match kind {
            "ENROLMENT" => self.enrolled_at = Some(decode::<EnrolmentItem>(item).enrolled_at),
            "PROGRESS" => {
                self.date_ahead = date_ahead(&item);
                self.progress = Some(decode(item));
            }
            "ATTEMPT" => drop(self.attempts.insert((parts[0].to_owned(), number(1)), decode(item))),
            "GRADE" => drop(self.grades.insert((parts[0].to_owned(), number(1), number(2)), decode(item))),
            "BODY" => drop(self.bodies.insert((parts[0].to_owned(), number(1), parts[2].to_owned()), decode(item))),
            "FACT" => drop(self.facts.insert(rest.to_owned(), decode::<StoredFact>(item).fact)),
            "EVENT" => {
                let StoredEvent { fact, recorded_at } = decode(item);
                self.log.push(Event { sequence: rest.parse().expect("a number"), fact, recorded_at });
            }
            // What is to be told is judged where it is told: `telling`.
            "NEWS" => {}
            other => panic!("an item of no known kind: {other}"),
        }
    }

    /// The answers that stand in an attempt, wherever they stand; `None` if they are lost.
    pub fn answers(&self, at: &(String, u32)) -> Option<Answers> {
        let attempt = self.attempts.get(at)?;
        let json = match (&attempt.answers, &attempt.digest) {
            (Some(json), _) => json,
            (None, None) => return Some(Answers::new()),
            (None, Some(digest)) => &self.bodies.get(&(at.0.clone(), at.1, digest.clone()))?.answers,
        };
        serde_json::from_str(json).ok()
    }

    /// An attempt by its learner's name for it.
    pub fn attempt(&self, at: &At) -> Option<&Attempt> {
        self.attempts.get(&(at.assessment.to_string(), at.number))
    }
}

/// The closing that a change of an attempt stands for, if time has closed it. When that was stands in its work mark.
pub fn closing(change: &StreamRecord) -> Option<Closing> {
    if !change.key.sk.starts_with(schema::ATTEMPT) {
        return None;
    }
    let closed_at = schema::parse_work_time(text(&change.image, "work_sk")?)?;
    let attempt: Attempt = decode(change.image.clone());
    let is_time_up = attempt.closed_reason == Some(ClosedReason::TimeUp);
    is_time_up.then(|| Closing { key: change.key.clone(), accept_until: attempt.accept_until, closed_at })
}

/// Open attempts that have an end.
pub fn open_until(store: &ModelStore) -> Vec<String> {
    let items = store.items(Table::Learning);
    let attempts = items.into_iter().filter(|item| text(item, "sk").is_some_and(|sk| sk.starts_with(schema::ATTEMPT)));
    let open = attempts.filter(|item| text(item, "phase") == Some("open"));
    let ends = open.filter(|item| decode::<Attempt>(item.clone()).closes_at < NEVER_MS);
    ends.map(|item| format!("{} {}", text(&item, "pk").unwrap_or_default(), text(&item, "sk").unwrap_or_default()))
        .collect()
}

/// States that wait for a date which has come.
pub fn dates_that_came(store: &ModelStore, now: Timestamp) -> Vec<String> {
    let items = store.items(Table::Learning);
    let states = items.iter().filter(|item| text(item, "sk") == Some(schema::PROGRESS));
    let came = states.filter(|item| date_ahead(item).is_some_and(|at| at <= now.as_millisecond()));
    came.map(|item| format!("{} waits for a date", text(item, "pk").unwrap_or_default())).collect()
}

/// The date that a state waits for, in milliseconds since 1970.
fn date_ahead(progress: &Item) -> Option<i64> {
    let is_due = text(progress, "work_pk").is_some_and(|work_pk| work_pk.starts_with(schema::DUE));
    schema::parse_work_time(text(progress, "work_sk").filter(|_| is_due)?)
}

fn decode<T: DeserializeOwned>(item: Item) -> T {
    let key = format!("{:?} {:?}", text(&item, "pk"), text(&item, "sk"));
    serde_dynamo::from_item(item).unwrap_or_else(|error| panic!("{key}: {error}"))
}
