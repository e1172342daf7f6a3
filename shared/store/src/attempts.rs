//! Attempts on DynamoDB: one item each, and large answers beside it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::Item;
use stoa_domain::attempt::{Attempt, AttemptState, ClosedReason, Submission, closes_before_ms};
use stoa_domain::cohort::{Cohort, Enrolment, EnrolmentStatus};
use stoa_domain::digest;
use stoa_domain::fact::Facts;
use stoa_domain::grading::Grade;
use stoa_domain::id::{CohortId, EnrolmentId, NodeId, PersonKey, ReleaseId, SubmissionId, TenantId};
use stoa_domain::item::Answers;
use stoa_service::attempts::{AttemptRef, AttemptStore, DraftSave, Inserted, Written};
use stoa_service::closing::CloseStore;
use stoa_service::failure::StoreError;

use crate::Store;
use crate::conditions::{
    ATTEMPT_IS_NEW, BODY_IS_NOT_KEPT, DRAFT_GOES_FORWARD, ENROLMENT_IS_ACTIVE, SUBMISSION_IS_FIRST, TIME_IS_UP,
};
use crate::engine::{Change, Engine, Key, SortKeys, Table, TransactFailure, Values, Write, WriteFailure};
use crate::grading::GradeRecord;
use crate::marks::Mark;
use crate::record::{self, cancelled, no_values, unless_refused, values};
use crate::schema;

/// Answers above this stand in an item of their own, in bytes: every later write of the attempt pays for its size.
pub const INLINE_BYTES_MAX: usize = 4_096;
/// How long answers that nobody handed in are kept after they were saved, in seconds: 400 days. It is longer than any term: an
/// attempt that time closes hands in what was saved last, however long ago.
const BODY_SECONDS: i64 = 400 * 24 * 3_600;

/// An attempt as it is stored. `phase` is its state: DynamoDB has reserved the word `state`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct AttemptRecord {
    person: PersonKey,
    release: ReleaseId,
    phase: AttemptState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_reason: Option<ClosedReason>,
    rev: u32,
    opened_at: i64,
    closes_at: i64,
    accept_until: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    saved_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answers: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    submission_id: Option<SubmissionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    received_at: Option<i64>,
    /// There only while it holds: conditions ask whether it is there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    suspended: bool,
    #[serde(flatten)]
    mark: Mark,
}

/// Large answers as they are stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct BodyRecord {
    answers: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

/// Where the answers of a write stand.
enum Placed {
    /// In the attempt's own item, as this text.
    Inline(String),
    /// In an item of their own.
    Apart,
    /// Nowhere: the attempt does not take them. This is how it stood, if there is one.
    Nowhere(Option<Box<Attempt>>),
}

pub(crate) fn key(at: &AttemptRef) -> Key {
    schema::attempt(&at.tenant, &at.enrolment, &at.assessment, at.number)
}

fn corrupt(key: &Key, why: impl ToString) -> StoreError {
    StoreError::Corrupt { key: format!("{} {}", key.pk, key.sk), why: why.to_string() }
}

/// An attempt out of its item, with its work mark. Answers that stand elsewhere are left out.
fn decode(item: Item) -> Result<(Attempt, Mark, bool), StoreError> {
    let key = record::key_of(&item).unwrap_or_else(|| Key::new("?", "?"));
    let (_, enrolment) = schema::parse_enrolment_pk(&key.pk).ok_or_else(|| corrupt(&key, "no enrolment"))?;
    let (assessment, number) = schema::parse_attempt_sk(&key.sk).ok_or_else(|| corrupt(&key, "no attempt"))?;
    let stored: AttemptRecord = record::record(item)?;
    let is_apart = stored.answers.is_none() && stored.digest.is_some();
    let answers = match &stored.answers {
        Some(json) => serde_json::from_str(json).map_err(|error| corrupt(&key, error))?,
        None => Answers::new(),
    };
    let attempt = Attempt {
        enrolment,
        assessment,
        number,
        person: stored.person,
        release: stored.release,
        state: stored.phase,
        closed_reason: stored.closed_reason,
        rev: stored.rev,
        opened_at: stored.opened_at,
        closes_at: stored.closes_at,
        accept_until: stored.accept_until,
        saved_at: stored.saved_at,
        answers,
        digest: stored.digest,
        submission_id: stored.submission_id,
        received_at: stored.received_at,
        suspended: stored.suspended,
    };
    Ok((attempt, stored.mark, is_apart))
}

impl<E: Engine> Store<E> {
    /// An attempt with its answers and its work mark.
    pub(crate) async fn read_attempt(&self, at: &AttemptRef) -> Result<Option<(Attempt, Mark)>, StoreError> {
        let Some(item) = self.engine.get(Table::Learning, &key(at), true).await? else { return Ok(None) };
        let (mut attempt, mark, is_apart) = decode(item)?;
        if let Some(digest) = attempt.digest.as_ref().filter(|_| is_apart) {
            let key = schema::body(&at.tenant, &at.enrolment, &at.assessment, at.number, digest);
            let body: BodyRecord = record::get(&self.engine, Table::Learning, &key)
                .await?
                .ok_or_else(|| corrupt(&key, "it is not there"))?;
            attempt.answers = serde_json::from_str(&body.answers).map_err(|error| corrupt(&key, error))?;
        }
        Ok(Some((attempt, mark)))
    }

    /// Attempts of an enrolment in order, without large answers.
    pub(crate) async fn read_attempts(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        sort_keys: SortKeys,
    ) -> Result<Vec<Attempt>, StoreError> {
        let pk = schema::enrolment_pk(tenant, enrolment);
        let items = record::all(&self.engine, Table::Learning, pk, sort_keys).await?;
        items.into_iter().map(|item| decode(item).map(|(attempt, _, _)| attempt)).collect()
    }

    /// Writes answers that are too large for their attempt, unless it takes them from nobody or not from this learner: that is
    /// looked at first, so that nobody leaves answers where they do not belong.
    async fn place(
        &self,
        at: &AttemptRef,
        answers: &Answers,
        digest: &str,
        received_at: Timestamp,
        takes: impl FnOnce(&Attempt) -> bool,
    ) -> Result<Placed, StoreError> {
        let json = serde_json::to_string(answers).expect("answers have a JSON form");
        if json.len() <= INLINE_BYTES_MAX {
            return Ok(Placed::Inline(json));
        }
        let attempt = self.engine.get(Table::Learning, &key(at), true).await?;
        match attempt.map(decode).transpose()? {
            Some((attempt, ..)) if takes(&attempt) => {}
            other => return Ok(Placed::Nowhere(other.map(|(attempt, ..)| Box::new(attempt)))),
        }
        let key = schema::body(&at.tenant, &at.enrolment, &at.assessment, at.number, digest);
        let body = BodyRecord { answers: json, expires_at: Some(received_at.as_second() + BODY_SECONDS) };
        let write = Write {
            table: Table::Learning,
            change: Change::Put(record::item(&key, &body)),
            key,
            condition: Some(BODY_IS_NOT_KEPT),
            values: no_values(),
        };
        match self.engine.write(write).await {
            // Kept for good already: a hand-in that is late must not give the accepted answers an expiry again.
            Ok(_) | Err(WriteFailure::Refused(_)) => Ok(Placed::Apart),
            Err(failure) => Err(unless_refused(failure)),
        }
    }

    async fn update(
        &self,
        at: &AttemptRef,
        change: Change,
        condition: crate::engine::Condition,
        values: Values,
    ) -> Result<Written, StoreError> {
        let write = Write { table: Table::Learning, key: key(at), change, condition: Some(condition), values };
        match self.engine.write(write).await {
            Ok(Some(item)) => Ok(Written::Stands(Box::new(decode(item)?.0))),
            Ok(None) => Err(corrupt(&key(at), "an update answered nothing")),
            Err(WriteFailure::Refused(None)) => Ok(Written::Refused(None)),
            Err(WriteFailure::Refused(Some(item))) => Ok(Written::Refused(Some(Box::new(decode(*item)?.0)))),
            Err(failure) => Err(unless_refused(failure)),
        }
    }

    pub(crate) async fn write_close_expired(&self, at: &AttemptRef, now: Timestamp) -> Result<bool, StoreError> {
        let mark = Mark::pending(&key(at).pk, now.as_millisecond(), "time-up");
        let values = values! {
            ":open" => AttemptState::Open,
            ":closed" => AttemptState::Closed,
            ":reason" => ClosedReason::TimeUp,
            ":before" => closes_before_ms(now),
            ":work_pk" => mark.work_pk,
            ":work_sk" => mark.work_sk,
        };
        let change =
            Change::Update("SET phase = :closed, closed_reason = :reason, work_pk = :work_pk, work_sk = :work_sk");
        Ok(matches!(self.update(at, change, TIME_IS_UP, values).await?, Written::Stands(_)))
    }
}

impl<E: Engine> CloseStore for Store<E> {
    async fn close_expired(&self, at: &AttemptRef, now: Timestamp) -> Result<bool, StoreError> {
        self.write_close_expired(at, now).await
    }
}

impl<E: Engine> AttemptStore for Store<E> {
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.read_enrolment(tenant, enrolment).await
    }

    async fn cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError> {
        self.read_cohort(tenant, cohort).await
    }

    async fn facts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError> {
        Ok(self.read_progress(tenant, enrolment).await?.0.facts)
    }

    async fn attempts(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        assessment: &NodeId,
    ) -> Result<Vec<Attempt>, StoreError> {
        self.read_attempts(tenant, enrolment, SortKeys::Prefix(schema::attempts_prefix(assessment))).await
    }

    async fn attempt(&self, at: &AttemptRef) -> Result<Option<Attempt>, StoreError> {
        Ok(self.read_attempt(at).await?.map(|(attempt, _)| attempt))
    }

    async fn grade(&self, at: &AttemptRef) -> Result<Option<Grade>, StoreError> {
        let pk = schema::enrolment_pk(&at.tenant, &at.enrolment);
        let prefix = SortKeys::Prefix(schema::grades_prefix(&at.assessment, at.number));
        let grades = record::all(&self.engine, Table::Learning, pk, prefix).await?;
        let grades = grades.into_iter().map(record::record::<GradeRecord>).collect::<Result<Vec<_>, _>>()?;
        Ok(grades.into_iter().rev().find(|grade| grade.posted).map(|grade| grade.grade))
    }

    async fn insert(&self, tenant: &TenantId, attempt: &Attempt) -> Result<Inserted, StoreError> {
        let key = schema::attempt(tenant, &attempt.enrolment, &attempt.assessment, attempt.number);
        let stored = AttemptRecord {
            person: attempt.person.clone(),
            release: attempt.release.clone(),
            phase: attempt.state,
            closed_reason: None,
            rev: attempt.rev,
            opened_at: attempt.opened_at,
            closes_at: attempt.closes_at,
            accept_until: attempt.accept_until,
            saved_at: None,
            answers: None,
            digest: None,
            submission_id: None,
            received_at: None,
            suspended: false,
            mark: Mark::due(&key.pk, attempt.accept_until, &attempt.number.to_string()),
        };
        let write = Write {
            table: Table::Learning,
            change: Change::Put(record::item(&key, &stored)),
            key,
            condition: Some(ATTEMPT_IS_NEW),
            values: no_values(),
        };
        let enrolled = Write {
            table: Table::Learning,
            key: schema::enrolment(tenant, &attempt.enrolment),
            change: Change::Check,
            condition: Some(ENROLMENT_IS_ACTIVE),
            values: values! { ":active" => EnrolmentStatus::Active },
        };
        match self.engine.transact(vec![write, enrolled]).await {
            Ok(()) => Ok(Inserted::New),
            Err(TransactFailure::Refused(refused)) if refused.first() == Some(&true) => Ok(Inserted::Existing),
            Err(TransactFailure::Refused(_)) => Ok(Inserted::NotEnrolled),
            Err(failure) => Err(cancelled(failure)),
        }
    }

    async fn save_draft(&self, at: &AttemptRef, person: &PersonKey, draft: &DraftSave) -> Result<Written, StoreError> {
        let takes = |attempt: &Attempt| attempt.takes_from(person, draft.received_at) && attempt.rev < draft.rev;
        let placed = self.place(at, &draft.answers, &draft.digest, draft.received_at, takes).await?;
        let received = draft.received_at.as_millisecond();
        let mut values = values! {
            ":open" => AttemptState::Open,
            ":person" => person,
            ":rev" => draft.rev,
            ":received" => received,
            ":digest" => draft.digest,
        };
        let change = match placed {
            Placed::Inline(json) => {
                values.insert(":answers", record::value(&json));
                Change::Update("SET rev = :rev, saved_at = :received, digest = :digest, answers = :answers")
            }
            Placed::Apart => Change::Update("SET rev = :rev, saved_at = :received, digest = :digest REMOVE answers"),
            Placed::Nowhere(attempt) => return Ok(Written::Refused(attempt)),
        };
        self.update(at, change, DRAFT_GOES_FORWARD, values).await
    }

    async fn submit(
        &self,
        at: &AttemptRef,
        person: &PersonKey,
        submission: &Submission,
    ) -> Result<Written, StoreError> {
        let takes = |attempt: &Attempt| attempt.takes_from(person, submission.received_at);
        let placed = self.place(at, &submission.answers, &submission.digest, submission.received_at, takes).await?;
        let received = submission.received_at.as_millisecond();
        let mark = Mark::pending(&key(at).pk, received, &digest::name_of(&[submission.id.as_str()])[..8]);
        let mut values = values! {
            ":open" => AttemptState::Open,
            ":closed" => AttemptState::Closed,
            ":reason" => ClosedReason::HandedIn,
            ":person" => person,
            ":received" => received,
            ":digest" => submission.digest,
            ":submission" => submission.id,
            ":work_pk" => mark.work_pk,
            ":work_sk" => mark.work_sk,
        };
        let change = match placed {
            Placed::Inline(json) => {
                values.insert(":answers", record::value(&json));
                Change::Update(
                    "SET phase = :closed, closed_reason = :reason, received_at = :received, digest = :digest, \
                     submission_id = :submission, work_pk = :work_pk, work_sk = :work_sk, answers = :answers",
                )
            }
            Placed::Nowhere(attempt) => return Ok(Written::Refused(attempt)),
            Placed::Apart => Change::Update(
                "SET phase = :closed, closed_reason = :reason, received_at = :received, digest = :digest, \
                 submission_id = :submission, work_pk = :work_pk, work_sk = :work_sk REMOVE answers",
            ),
        };
        self.update(at, change, SUBMISSION_IS_FIRST, values).await
    }

    async fn close_expired(&self, at: &AttemptRef, now: Timestamp) -> Result<bool, StoreError> {
        self.write_close_expired(at, now).await
    }
}
