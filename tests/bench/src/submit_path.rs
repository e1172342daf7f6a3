//! Open, save a draft, hand in: the production use cases and store over the real SDK, with an embedded DynamoDB engine.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use stoa_domain::attempt::{Attempt, AttemptState, GRACE_MS, Submission};
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::digest;
use stoa_domain::id::{CohortId, EnrolmentId, ItemId, NodeId, PersonKey, ReleaseId, SubmissionId, TenantId};
use stoa_domain::item::{Answer, Answers};
use stoa_service::attempts::{self, AttemptRef, AttemptStore, DraftSave, Inserted};
use stoa_service::cohorts::CohortStore;
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_store::engine::Engine;
use stoa_testkit::embedded;

use crate::meter::{Meter, Spent};
use crate::table;

/// How many attempts are taken.
const ATTEMPTS: usize = 500;
/// The size of the answers, in bytes of text.
const ANSWER_BYTES: usize = 1_024;

#[derive(Default)]
struct Step {
    times: Vec<Duration>,
    spent: Spent,
}

impl Step {
    fn add(&mut self, time: Duration, spent: Spent) {
        self.times.push(time);
        self.spent.units += spent.units;
        self.spent.round_trips += spent.round_trips;
    }

    fn row(mut self, name: &str) -> Vec<String> {
        self.times.sort_unstable();
        let each = self.times.len() as f64;
        vec![
            name.to_owned(),
            format!("{:.1}", self.spent.units / each),
            format!("{:.1}", f64::from(self.spent.round_trips) / each),
            table::ms(table::percentile(&self.times, 50)),
            table::ms(table::percentile(&self.times, 99)),
        ]
    }
}

/// Takes attempts one after the other and prints what each step cost.
pub async fn measure() {
    let embedded = embedded().await;
    let meter = Meter::default();
    let config = embedded.client.config().to_builder().interceptor(meter.clone()).build();
    let named = |name: &str| name.to_owned();
    let names = TableNames {
        content: named("content"),
        learning: named("learning"),
        people: named("people"),
        audit: named("audit"),
    };
    let store = Store::new(Dynamo::new(aws_sdk_dynamodb::Client::from_conf(config), names));
    let answers =
        Answers::from([(ItemId::parse("essay").expect("an id"), Answer::Text { text: "x".repeat(ANSWER_BYTES) })]);
    let person = PersonKey::parse("learner").expect("an id");
    let now: Timestamp = "2026-01-15T12:00:00Z".parse().expect("a time");

    let (mut open, mut draft, mut submit, mut again) =
        (Step::default(), Step::default(), Step::default(), Step::default());
    for number in 0..ATTEMPTS {
        let at = AttemptRef {
            tenant: TenantId::parse("bench").expect("an id"),
            enrolment: EnrolmentId::parse(format!("e{number}")).expect("an id"),
            assessment: NodeId::parse("final").expect("an id"),
            number: 1,
        };
        let attempt = opened(&at, &person, now);
        let submission = Submission::new(SubmissionId::parse("hand-in").expect("an id"), answers.clone(), now);
        let save = DraftSave { rev: 1, answers: answers.clone(), digest: digest::of_json(&answers), received_at: now };

        enrol(&store, &at, &person, now).await;
        meter.take();
        let start = Instant::now();
        store.attempts(&at.tenant, &at.enrolment, &at.assessment).await.expect("a list");
        assert_eq!(store.insert(&at.tenant, &attempt).await.expect("a write"), Inserted::New);
        open.add(start.elapsed(), meter.take());
        let start = Instant::now();
        attempts::save_draft(&store, &at, &person, &save).await.expect("saved");
        draft.add(start.elapsed(), meter.take());
        let start = Instant::now();
        assert!(attempts::submit(&store, &at, &person, &submission).await.expect("taken").is_first);
        submit.add(start.elapsed(), meter.take());
        let start = Instant::now();
        assert!(!attempts::submit(&store, &at, &person, &submission).await.expect("taken").is_first);
        again.add(start.elapsed(), meter.take());
    }
    table::print(
        &format!(
            "The submit path: {ATTEMPTS} attempts, answers of {ANSWER_BYTES} bytes, real SDK, embedded engine in memory"
        ),
        &["step", "units", "round trips", "p50", "p99"],
        &[
            open.row("open (earlier attempts + attempt)"),
            draft.row("save draft"),
            submit.row("hand in"),
            // The engine says nothing of what a refused write costs; on AWS it costs what the write would have.
            again.row("hand in again (refused, receipt)"),
        ],
    );
}

/// Enrols the learner: an attempt is opened only for who is enrolled.
pub async fn enrol(store: &Store<impl Engine>, at: &AttemptRef, person: &PersonKey, now: Timestamp) {
    let enrolment = Enrolment {
        enrolment: at.enrolment.clone(),
        person: person.clone(),
        cohort: CohortId::parse(at.enrolment.as_str()).expect("an id"),
        release: ReleaseId::parse("release").expect("an id"),
        cycle_no: 1,
        status: EnrolmentStatus::Active,
        enrolled_at: now.as_millisecond(),
        rev: 0,
        left: vec![],
    };
    let entry = stoa_testkit::audit::entry(at.enrolment.as_str(), now);
    assert!(store.enrol(&at.tenant, &enrolment, &entry, now).await.expect("a write"));
}

/// An attempt that was just opened.
pub fn opened(at: &AttemptRef, person: &PersonKey, now: Timestamp) -> Attempt {
    let closes_at = now.as_millisecond() + 3_600_000;
    Attempt {
        enrolment: at.enrolment.clone(),
        assessment: at.assessment.clone(),
        number: at.number,
        person: person.clone(),
        release: ReleaseId::parse("release").expect("an id"),
        state: AttemptState::Open,
        closed_reason: None,
        rev: 0,
        opened_at: now.as_millisecond(),
        closes_at,
        accept_until: closes_at + GRACE_MS,
        saved_at: None,
        answers: Answers::new(),
        digest: None,
        submission_id: None,
        received_at: None,
        suspended: false,
    }
}
