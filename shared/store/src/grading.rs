//! Grades on DynamoDB: separate, superseding items beside their attempt.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stoa_domain::attempt::{Attempt, AttemptState};
use stoa_domain::grading::Grade;
use stoa_service::attempts::AttemptRef;
use stoa_service::failure::StoreError;
use stoa_service::grading::{GradeStore, Waiting};

use crate::Store;
use crate::attempts;
use crate::conditions::{BODY_IS_THERE, GRADE_IS_NEW};
use crate::engine::{Change, Engine, Table, Write, WriteFailure};
use crate::marks::{self, Mark};
use crate::record::{self, no_values, unless_refused};
use crate::schema;

/// A grade as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GradeRecord {
    pub(crate) grade: Grade,
    pub(crate) posted: bool,
    pub(crate) submitted_at: i64,
    pub(crate) graded_at: i64,
    #[serde(flatten)]
    pub(crate) mark: Mark,
}

impl<E: Engine> GradeStore for Store<E> {
    async fn waiting(&self, at: &AttemptRef) -> Result<Option<Waiting>, StoreError> {
        let Some((attempt, mark)) = self.read_attempt(at).await? else { return Ok(None) };
        let mark = mark.waiting().filter(|_| attempt.state == AttemptState::Closed).map(str::to_owned);
        Ok(mark.map(|mark| {
            let since_ms = schema::parse_work_time(&mark).unwrap_or_default();
            Waiting { attempt, mark, since_ms }
        }))
    }

    async fn record(
        &self,
        at: &AttemptRef,
        grade: &Grade,
        submitted_at: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = schema::grade(&at.tenant, &at.enrolment, &at.assessment, at.number, grade.revision);
        let stored = GradeRecord {
            grade: grade.clone(),
            posted: true,
            submitted_at,
            graded_at: now.as_millisecond(),
            mark: Mark::pending(&key.pk, now.as_millisecond(), &grade.revision.to_string()),
        };
        let write = Write {
            table: Table::Learning,
            change: Change::Put(record::item(&key, &stored)),
            key,
            condition: Some(GRADE_IS_NEW),
            values: no_values(),
        };
        match self.engine.write(write).await {
            Ok(_) | Err(WriteFailure::Refused(_)) => Ok(()),
            Err(failure) => Err(unless_refused(failure)),
        }
    }

    async fn keep_answers(&self, at: &AttemptRef, attempt: &Attempt) -> Result<(), StoreError> {
        let is_apart = serde_json::to_string(&attempt.answers).expect("answers have a JSON form").len()
            > attempts::INLINE_BYTES_MAX;
        let Some(digest) = attempt.digest.as_ref().filter(|_| is_apart) else { return Ok(()) };
        let write = Write {
            table: Table::Learning,
            key: schema::body(&at.tenant, &at.enrolment, &at.assessment, at.number, digest),
            change: Change::Update("REMOVE expires_at"),
            condition: Some(BODY_IS_THERE),
            values: no_values(),
        };
        self.engine.write(write).await.map(drop).map_err(unless_refused)
    }

    async fn clear(&self, at: &AttemptRef, mark: &str) -> Result<(), StoreError> {
        match self.engine.write(marks::clear(Table::Learning, attempts::key(at), mark)).await {
            // Cleared already, by whoever graded it first.
            Ok(_) | Err(WriteFailure::Refused(_)) => Ok(()),
            Err(failure) => Err(unless_refused(failure)),
        }
    }
}
