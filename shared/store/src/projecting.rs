//! The projector's log on DynamoDB: events, state and row in one transaction that clears the marks it saw.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::Item;
use stoa_domain::attempt;
use stoa_domain::cohort::Enrolment;
use stoa_domain::fact::{EnrolmentFact, Fact, GradeFact};
use stoa_domain::generation::Generations;
use stoa_domain::id::{CohortId, EnrolmentId, NodeId, TenantId};
use stoa_domain::notification::NEWS_WINDOW_MS;
use stoa_domain::progress::{Event, Progress};
use stoa_service::failure::StoreError;
use stoa_service::projecting::{Commit, ProgressLog, Waiting};

use crate::Store;
use crate::conditions::{EVENT_IS_NEW, PROGRESS_IS_AS_READ, PROGRESS_IS_NEW};
use crate::engine::{Change, Engine, Key, Table, Write, WriteFailure};
use crate::facts::FactRecord;
use crate::grading::GradeRecord;
use crate::learning::ProgressRecord;
use crate::marks::{self, Mark};
use crate::notifying;
use crate::reading::RowRecord;
use crate::record::{self, cancelled, no_values, unless_refused, values};
use crate::schema;

/// A log entry as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EventRecord {
    fact: Fact,
    recorded_at: i64,
}

/// A log entry out of its item.
pub fn event(item: Item) -> Result<Event, StoreError> {
    let key = record::key_of(&item).unwrap_or_else(|| Key::new("?", "?"));
    let sequence = key.sk.strip_prefix(schema::EVENT).and_then(|text| text.parse().ok());
    let sequence = sequence.ok_or_else(|| StoreError::Corrupt { key: key.sk.clone(), why: "no event".to_owned() })?;
    let stored: EventRecord = record::record(item)?;
    Ok(Event { sequence, fact: stored.fact, recorded_at: stored.recorded_at })
}

/// The fact that an item holds, if its kind is the projector's.
pub(crate) fn fact_of(key: &Key, item: Item) -> Result<Option<Fact>, StoreError> {
    if key.sk == schema::ENROLMENT {
        let Enrolment { enrolled_at, rev, status, cohort, .. } = record::record(item)?;
        let enrolled_at = attempt::instant(enrolled_at);
        Ok(Some(match rev {
            0 => Fact::Enrolled { at: enrolled_at },
            rev => Fact::EnrolmentChanged { enrolled_at, standing: EnrolmentFact { rev, status, cohort } },
        }))
    } else if key.sk == schema::PROGRESS {
        let stored: ProgressRecord = record::record(item)?;
        Ok(stored.mark.due_at().map(|at| Fact::DateCame { at: attempt::instant(at) }))
    } else if key.sk.starts_with(schema::FACT) {
        Ok(Some(record::record::<FactRecord>(item)?.fact))
    } else if let Some((assessment, number)) = parse_grade_sk(&key.sk) {
        let stored: GradeRecord = record::record(item)?;
        let grade = GradeFact {
            revision: stored.grade.revision,
            posted: stored.posted,
            status: stored.grade.status,
            points: stored.grade.points,
            points_max: stored.grade.points_max,
            submitted_at: attempt::instant(stored.submitted_at),
        };
        Ok(Some(Fact::Graded { assessment, attempt: number, grade }))
    } else {
        Ok(None)
    }
}

fn parse_grade_sk(sk: &str) -> Option<(NodeId, u32)> {
    let (attempt, _revision) = sk.strip_prefix(schema::GRADE)?.rsplit_once('#')?;
    let (assessment, number) = attempt.rsplit_once('#')?;
    Some((NodeId::parse(assessment).ok()?, number.parse().ok()?))
}

/// How long reports of reading are kept after the log has them, in seconds: 30 days in which a rebuild can still hold one
/// against the other.
const READING_KEPT_SECONDS: i64 = 30 * 24 * 3_600;

/// What clears the marks that were seen. There is a report of reading every minute, and the log has it now. The mark of a
/// date is the state's own: whoever writes the state writes the next one.
fn cleared<'a>(pk: &'a str, seen: &'a [Waiting], now: Timestamp) -> impl Iterator<Item = Write> + 'a {
    seen.iter().filter(|fact| fact.sk != schema::PROGRESS).map(move |fact| {
        let key = Key::new(pk, &fact.sk);
        if fact.sk.starts_with(schema::READING) {
            marks::clear_and_expire(Table::Learning, key, &fact.mark, now.as_second() + READING_KEPT_SECONDS)
        } else {
            marks::clear(Table::Learning, key, &fact.mark)
        }
    })
}

impl<E: Engine> ProgressLog for Store<E> {
    async fn waiting(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        sks: &[String],
    ) -> Result<Vec<Waiting>, StoreError> {
        let pk = schema::enrolment_pk(tenant, enrolment);
        let keys: Vec<Key> = sks.iter().map(|sk| Key::new(&pk, sk)).collect();
        let reads = keys.iter().map(|key| self.engine.get(Table::Learning, key, true));
        let items = futures::future::try_join_all(reads).await?;
        let mut waiting = Vec::new();
        for (key, item) in keys.into_iter().zip(items) {
            let Some(item) = item else { continue };
            let mark: Mark = record::record(item.clone())?;
            let is_dated = key.sk == schema::PROGRESS;
            let Some(mark) = (if is_dated { mark.work_sk } else { mark.waiting().map(str::to_owned) }) else {
                continue;
            };
            if let Some(fact) = fact_of(&key, item)? {
                let since_ms = schema::parse_work_time(&mark).unwrap_or_default();
                waiting.push(Waiting { sk: key.sk, mark, since_ms, fact });
            }
        }
        Ok(waiting)
    }

    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.read_enrolment(tenant, enrolment).await
    }

    async fn progress(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Progress, StoreError> {
        Ok(self.read_progress(tenant, enrolment).await?.0)
    }

    async fn generations(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Generations, StoreError> {
        self.read_generations(tenant, cohort).await
    }

    async fn commit(
        &self,
        tenant: &TenantId,
        commit: &Commit<'_>,
        seen: &[Waiting],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = &commit.enrolment.enrolment;
        let put = |key: Key, item: Item| Write {
            table: Table::Learning,
            key,
            change: Change::Put(item),
            condition: None,
            values: no_values(),
        };

        let mut writes = Vec::with_capacity(4 + commit.events.len() + seen.len());
        let key = schema::progress(tenant, id);
        let stored = ProgressRecord::new(&key, &commit.progress, now, commit.redrawn_at);
        let (condition, values) = match commit.after {
            0 => (PROGRESS_IS_NEW, no_values()),
            after => (PROGRESS_IS_AS_READ, values! { ":sequence" => after }),
        };
        writes.push(Write { condition: Some(condition), values, ..put(key.clone(), record::item(&key, &stored)) });
        for event in &commit.events {
            let key = schema::event(tenant, id, event.sequence);
            let stored = EventRecord { fact: event.fact.clone(), recorded_at: event.recorded_at };
            writes.push(Write { condition: Some(EVENT_IS_NEW), ..put(key.clone(), record::item(&key, &stored)) });
        }
        let row = RowRecord::new(commit.enrolment, &commit.row);
        for generation in &commit.generations {
            let key = schema::row(tenant, &commit.enrolment.cohort, *generation, id);
            writes.push(put(key.clone(), record::item(&key, &row)));
        }
        if !commit.news.is_empty() {
            writes.push(notifying::collect(tenant, id, &commit.news, now.as_millisecond() + NEWS_WINDOW_MS));
        }
        // A new item says that the learner is elsewhere: nobody deletes one here.
        let moved = RowRecord::moved(commit.enrolment, &commit.row, now);
        for (cohort, generation) in &commit.left {
            let key = schema::row(tenant, cohort, *generation, id);
            writes.push(put(key.clone(), record::item(&key, &moved)));
        }
        let pk = schema::enrolment_pk(tenant, id);
        writes.extend(cleared(&pk, seen, now));

        self.engine.transact(writes).await.map_err(cancelled)
    }

    async fn clear(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        seen: &[Waiting],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let pk = schema::enrolment_pk(tenant, enrolment);
        for write in cleared(&pk, seen, now) {
            match self.engine.write(write).await {
                Ok(_) | Err(WriteFailure::Refused(_)) => {}
                Err(failure) => return Err(unless_refused(failure)),
            }
        }
        Ok(())
    }
}
