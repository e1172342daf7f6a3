//! What each condition promises, each as a short check against a store: whether the promise is kept.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use stoa_domain::attempt::{Attempt, AttemptState, CLOSE_MARGIN_MS, GRACE_MS, Submission};
use stoa_domain::cohort::Enrolment;
use stoa_domain::fact::Fact;
use stoa_domain::grading::{self, Grade};
use stoa_domain::id::{ItemId, PersonKey, SubmissionId};
use stoa_domain::item::{Answer, AnswerKeys, Answers};
use stoa_domain::progress::{Event, Progress, RowState};
use stoa_domain::reading::Reading;
use stoa_domain::{attempt, digest};
use stoa_service::attempts::{AttemptRef, AttemptStore, DraftSave, Inserted, Written};
use stoa_service::cohorts::CohortStore;
use stoa_service::facts::FactStore;
use stoa_service::failure::StoreError;
use stoa_service::grading::GradeStore;
use stoa_service::projecting::{Commit, ProgressLog};
use stoa_store::Store;
use stoa_store::engine::{Change, Engine, Key, Table, Values, Write};
use stoa_store::{record, schema};

use crate::course::{Course, QUIZ, node};

/// When an attempt of these checks closes, in seconds after it is opened.
const OPEN_SECONDS: i64 = 180;

pub(crate) fn after(seconds: i64) -> Timestamp {
    attempt::instant(Course::get().enrolments[0].enrolled_at) + SignedDuration::from_secs(seconds)
}

pub(crate) fn enrolment() -> &'static Enrolment {
    &Course::get().enrolments[0]
}

pub(crate) fn me() -> PersonKey {
    enrolment().person.clone()
}

fn somebody_else() -> PersonKey {
    Course::get().enrolments[1].person.clone()
}

fn at() -> AttemptRef {
    let tenant = Course::get().tenant.clone();
    AttemptRef { tenant, enrolment: enrolment().enrolment.clone(), assessment: node(QUIZ), number: 1 }
}

/// Opens the attempt of somebody who is enrolled.
pub(crate) async fn open(store: &Store<impl Engine>) -> bool {
    let at = at();
    let entry = stoa_testkit::audit::entry("enrol", after(0));
    store.enrol(&at.tenant, enrolment(), &entry, after(0)).await.expect("the engine answers");
    let closes_at = after(OPEN_SECONDS).as_millisecond();
    let opened = Attempt {
        enrolment: at.enrolment,
        assessment: at.assessment,
        number: at.number,
        person: me(),
        release: enrolment().release.clone(),
        state: AttemptState::Open,
        closed_reason: None,
        rev: 0,
        opened_at: after(0).as_millisecond(),
        closes_at,
        accept_until: closes_at + GRACE_MS,
        saved_at: None,
        answers: Answers::new(),
        digest: None,
        submission_id: None,
        received_at: None,
        suspended: false,
    };
    store.insert(&at.tenant, &opened).await.expect("the engine answers") == Inserted::New
}

/// Answers of so many characters.
fn answers(chars: usize) -> Answers {
    Answers::from([(ItemId::parse("text").expect("an id"), Answer::Text { text: "x".repeat(chars) })])
}

const LONG: usize = 5_000;

pub(crate) async fn save(
    store: &Store<impl Engine>,
    person: &PersonKey,
    rev: u32,
    chars: usize,
    seconds: i64,
) -> Written {
    let answers = answers(chars);
    let draft = DraftSave { rev, digest: digest::of_json(&answers), answers, received_at: after(seconds) };
    store.save_draft(&at(), person, &draft).await.expect("the engine answers")
}

pub(crate) async fn hand_in(
    store: &Store<impl Engine>,
    person: &PersonKey,
    id: &str,
    chars: usize,
    seconds: i64,
) -> Written {
    let submission = Submission::new(SubmissionId::parse(id).expect("an id"), answers(chars), after(seconds));
    store.submit(&at(), person, &submission).await.expect("the engine answers")
}

pub(crate) async fn stored(store: &Store<impl Engine>) -> Attempt {
    store.attempt(&at()).await.expect("the engine answers").expect("it is there")
}

pub(crate) fn stands(written: &Written) -> bool {
    matches!(written, Written::Stands(_))
}

pub async fn an_attempt_is_opened_once(store: &Store<impl Engine>) -> bool {
    open(store).await
        && stands(&save(store, &me(), 1, 3, 1).await)
        && !open(store).await
        && stored(store).await.rev == 1
}

pub async fn a_closed_attempt_takes_no_draft(store: &Store<impl Engine>) -> bool {
    open(store).await;
    hand_in(store, &me(), "s1", 3, 1).await;
    !stands(&save(store, &me(), 1, 4, 2).await) && stored(store).await.answers == answers(3)
}

pub async fn a_draft_only_goes_forwards(store: &Store<impl Engine>) -> bool {
    open(store).await;
    save(store, &me(), 2, 2, 1).await;
    let is_refused = !stands(&save(store, &me(), 2, 3, 2).await) && !stands(&save(store, &me(), 1, 1, 2).await);
    is_refused && stored(store).await.answers == answers(2)
}

pub async fn a_draft_is_saved_in_time(store: &Store<impl Engine>) -> bool {
    open(store).await;
    let last = OPEN_SECONDS + GRACE_MS / 1_000;
    stands(&save(store, &me(), 1, 1, last).await) && !stands(&save(store, &me(), 2, 2, last + 1).await)
}

pub async fn a_draft_is_saved_by_its_learner(store: &Store<impl Engine>) -> bool {
    open(store).await;
    !stands(&save(store, &somebody_else(), 1, 1, 1).await) && stored(store).await.rev == 0
}

pub async fn a_hand_in_is_taken_once(store: &Store<impl Engine>) -> bool {
    open(store).await;
    let first = stands(&hand_in(store, &me(), "s1", 3, 1).await);
    let second = stands(&hand_in(store, &me(), "s2", 4, 2).await);
    first && !second && stored(store).await.submission_id.is_some_and(|id| id.as_str() == "s1")
}

pub async fn a_hand_in_is_taken_in_time(store: &Store<impl Engine>) -> bool {
    open(store).await;
    let last = OPEN_SECONDS + GRACE_MS / 1_000;
    !stands(&hand_in(store, &me(), "s1", 3, last + 1).await) && stands(&hand_in(store, &me(), "s2", 3, last).await)
}

pub async fn a_hand_in_is_taken_from_its_learner(store: &Store<impl Engine>) -> bool {
    open(store).await;
    !stands(&hand_in(store, &somebody_else(), "s1", 3, 1).await) && stored(store).await.state == AttemptState::Open
}

pub async fn time_does_not_close_what_was_handed_in(store: &Store<impl Engine>) -> bool {
    open(store).await;
    hand_in(store, &me(), "s1", 3, 1).await;
    let before = stored(store).await;
    let is_closed = AttemptStore::close_expired(store, &at(), after(10_000)).await.expect("the engine answers");
    !is_closed && stored(store).await == before
}

pub async fn time_closes_an_attempt_only_when_it_is_over(store: &Store<impl Engine>) -> bool {
    open(store).await;
    let last = OPEN_SECONDS + GRACE_MS / 1_000;
    let close =
        async |seconds| AttemptStore::close_expired(store, &at(), after(seconds)).await.expect("the engine answers");
    // Until then a hand-in that arrived in time may still be running.
    let over = last + CLOSE_MARGIN_MS / 1_000;
    !close(over).await && stored(store).await.state == AttemptState::Open && close(over + 1).await
}

pub async fn the_first_grade_of_a_revision_stands(store: &Store<impl Engine>) -> bool {
    let first = grading::grade(&AnswerKeys::default(), &Answers::new());
    let other = Grade { points: 7, ..first.clone() };
    for grade in [&first, &other] {
        GradeStore::record(store, &at(), grade, 0, after(1)).await.expect("it is there, or there already");
    }
    AttemptStore::grade(store, &at()).await.expect("the engine answers") == Some(first)
}

pub async fn a_mark_is_cleared_only_as_it_was_seen(store: &Store<impl Engine>) -> bool {
    open(store).await;
    hand_in(store, &me(), "s1", 3, 1).await;
    let waiting = async || GradeStore::waiting(store, &at()).await.expect("the engine answers");
    let seen = waiting().await.map(|waiting| waiting.mark);
    GradeStore::clear(store, &at(), "an older mark").await.expect("not the one");
    let is_still_there = seen.is_some() && waiting().await.map(|waiting| waiting.mark) == seen;
    GradeStore::clear(store, &at(), &seen.unwrap_or_default()).await.expect("the one");
    is_still_there && waiting().await.is_none()
}

pub async fn the_first_report_of_a_fact_stands(store: &Store<impl Engine>) -> bool {
    let (tenant, id) = (&at().tenant, &enrolment().enrolment);
    let fact = |seconds| Fact::Viewed { node: node("read"), at: after(seconds) };
    for seconds in [1, 2] {
        FactStore::record(store, tenant, id, &fact(seconds), after(seconds))
            .await
            .expect("it is there, or there already");
    }
    let sk = schema::fact(tenant, id, "viewed", &node("read")).sk;
    let waiting = ProgressLog::waiting(store, tenant, id, &[sk]).await.expect("the engine answers");
    waiting.iter().map(|waiting| &waiting.fact).eq([&fact(1)])
}

pub async fn a_minute_takes_one_report_of_reading(store: &Store<impl Engine>) -> bool {
    let (tenant, id) = (&at().tenant, &enrolment().enrolment);
    let report = |percent: u8| Fact::Read {
        parts: [(node("read"), Reading { scrolled: percent, ..Reading::default() })].into_iter().collect(),
    };
    let minute = after(0).as_second().div_euclid(60) * 60 + 60 - after(0).as_second();
    let mut taken = Vec::new();
    for (percent, seconds) in [(10, minute), (20, minute + 1), (10, minute + 59), (20, minute + 60)] {
        taken.push(
            store.record_reading(tenant, id, &report(percent), after(seconds)).await.expect("the engine answers"),
        );
    }
    let first = schema::reading(tenant, id, after(minute).as_millisecond()).sk;
    let waiting = ProgressLog::waiting(store, tenant, id, &[first]).await.expect("the engine answers");
    taken == [true, false, true, true] && waiting.iter().map(|waiting| &waiting.fact).eq([&report(10)])
}

/// Writes these events after what was read, and says whether they stand.
async fn commit(store: &Store<impl Engine>, read: u64, numbers: &[u64]) -> bool {
    let event = |sequence: &u64| Event { sequence: *sequence, fact: Fact::Enrolled { at: after(0) }, recorded_at: 0 };
    let progress = Progress { sequence: numbers.iter().copied().max().unwrap_or(read), ..Progress::default() };
    let events = numbers.iter().map(event).collect();
    let commit = Commit {
        enrolment: enrolment(),
        after: read,
        events,
        progress,
        row: RowState::default(),
        redrawn_at: None,
        generations: vec![0],
        news: BTreeSet::new(),
        left: vec![],
    };
    match store.commit(&at().tenant, &commit, &[], after(1)).await {
        Ok(()) => true,
        Err(StoreError::Conflict) => false,
        Err(other) => panic!("the engine answers: {other}"),
    }
}

pub async fn only_one_projector_begins_a_log(store: &Store<impl Engine>) -> bool {
    // Other numbers, so that nothing but the state itself is in the way.
    commit(store, 0, &[1]).await && !commit(store, 0, &[7]).await
}

pub async fn only_one_projector_goes_on_from_a_state(store: &Store<impl Engine>) -> bool {
    commit(store, 0, &[1]).await && commit(store, 1, &[2]).await && !commit(store, 1, &[7]).await
}

pub async fn a_number_of_the_log_is_given_once(store: &Store<impl Engine>) -> bool {
    let key = schema::event(&at().tenant, &enrolment().enrolment, 2);
    let change = Change::Put(record::item(&key, &serde_json::json!({ "recorded_at": 5 })));
    put(store, key, change).await;
    commit(store, 0, &[1]).await && !commit(store, 1, &[2]).await
}

async fn put(store: &Store<impl Engine>, key: Key, change: Change) {
    let write = Write { table: Table::Learning, key, change, condition: None, values: Values::new() };
    store.engine().write(write).await.expect("the engine answers");
}

#[derive(Deserialize)]
struct Body {
    expires_at: Option<i64>,
}

fn body_key() -> Key {
    let at = at();
    schema::body(&at.tenant, &at.enrolment, &at.assessment, at.number, &digest::of_json(&answers(LONG)))
}

/// When the long answers expire: `None` if they are not there, `Some(None)` if they never do.
async fn expiry(store: &Store<impl Engine>) -> Option<Option<i64>> {
    let body: Option<Body> =
        record::get(store.engine(), Table::Learning, &body_key()).await.expect("the engine answers");
    body.map(|body| body.expires_at)
}

pub async fn kept_answers_never_expire_again(store: &Store<impl Engine>) -> bool {
    open(store).await;
    save(store, &me(), 1, LONG, 1).await;
    let first = expiry(store).await.flatten();
    save(store, &me(), 2, LONG, 50).await;
    let is_refreshed = first.is_some() && expiry(store).await.flatten() > first;
    // Whoever has looked at the attempt while it was open may write only when it is graded: as if it were open still.
    store.keep_answers(&at(), &stored(store).await).await.expect("they are there");
    let handed_in = hand_in(store, &me(), "s1", LONG, 60).await;
    is_refreshed && stands(&handed_in) && expiry(store).await == Some(None)
}

pub async fn only_answers_that_are_there_are_kept(store: &Store<impl Engine>) -> bool {
    open(store).await;
    let handed_in = hand_in(store, &me(), "s1", LONG, 1).await;
    let attempt = Attempt { answers: answers(LONG), ..stored(store).await };
    put(store, body_key(), Change::Delete).await;
    stands(&handed_in) && store.keep_answers(&at(), &attempt).await.is_err() && expiry(store).await.is_none()
}
