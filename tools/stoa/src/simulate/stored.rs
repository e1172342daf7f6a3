//! Reading what is stored of a cohort, item by item and consistently.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use futures::stream::{self, StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use serde::Deserialize;
use stoa_domain::attempt::Attempt;
use stoa_domain::fact::Fact;
use stoa_domain::grading::Grade;
use stoa_domain::id::{EnrolmentId, NodeId};
use stoa_domain::progress::{Event, Progress, RowState};
use stoa_service::attempts::AttemptStore;
use stoa_service::reading::ProgressReader;
use stoa_store::Store;
use stoa_store::engine::{Engine, SortKeys, Table};
use stoa_store::{record, schema};

use super::cast::Stage;

/// How many enrolments are read at the same time.
const AT_ONCE: usize = 8;

/// Everything that is stored of one enrolment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// Its attempts at the assessment with the deadline. Large answers are left out; their digests are there.
    pub attempts: Vec<Attempt>,
    /// Every grade.
    pub grades: Vec<KeptGrade>,
    /// The log, in order.
    pub log: Vec<Event>,
    /// The state that the projector stored.
    pub progress: Progress,
    /// The cohort row.
    pub row: Option<RowState>,
    /// How many items still carry a work mark, news that are still to be told and dates apart.
    pub marks: usize,
}

/// A grade and what it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptGrade {
    /// The assessment.
    pub assessment: NodeId,
    /// The attempt.
    pub attempt: u32,
    /// The grade.
    pub grade: Grade,
}

/// A log entry, as far as it is read here.
#[derive(Deserialize)]
struct EventItem {
    fact: Fact,
    recorded_at: i64,
}

/// A grade, as far as it is read here.
#[derive(Deserialize)]
struct GradeItem {
    grade: Grade,
}

/// Reads everything that is stored of the cohort's enrolments.
pub async fn read(store: &Store<impl Engine>, stage: &Stage, bar: &ProgressBar) -> Result<BTreeMap<EnrolmentId, Kept>> {
    let mut kept: BTreeMap<EnrolmentId, Kept> = stream::iter(&stage.enrolments)
        .map(|enrolment| async move {
            let kept = one(store, stage, enrolment).await.with_context(|| format!("enrolment {enrolment}"))?;
            bar.inc(1);
            anyhow::Ok((enrolment.clone(), kept))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut after = None;
    loop {
        let page = store.rows(&stage.tenant, &stage.cohort, after.as_ref()).await?;
        for row in page.rows {
            kept.entry(row.enrolment).or_default().row = Some(row.state);
        }
        after = page.next;
        if after.is_none() {
            return Ok(kept);
        }
    }
}

async fn one(store: &Store<impl Engine>, stage: &Stage, enrolment: &EnrolmentId) -> Result<Kept> {
    let pk = schema::enrolment_pk(&stage.tenant, enrolment);
    let items = record::all(store.engine(), Table::Learning, pk, SortKeys::All).await?;
    let mut kept = Kept {
        attempts: store.attempts(&stage.tenant, enrolment, &stage.assessment).await?,
        progress: store.standing(&stage.tenant, enrolment).await?.progress,
        ..Kept::default()
    };
    for item in items {
        let Some(sk) = record::text(&item, "sk").map(str::to_owned) else { continue };
        // News and states wait for their time by intent, and decide nothing about a hand-in.
        let waits_for_its_time = sk == schema::NEWS || sk == schema::PROGRESS;
        kept.marks += usize::from(!waits_for_its_time && record::text(&item, "work_pk").is_some());
        if let Some(sequence) = sk.strip_prefix(schema::EVENT) {
            let sequence = sequence.parse().with_context(|| format!("{sk} is no log entry"))?;
            let EventItem { fact, recorded_at } = record::record(item)?;
            kept.log.push(Event { sequence, fact, recorded_at });
        } else if let Some(of) = sk.strip_prefix(schema::GRADE) {
            let (assessment, attempt) = graded(of).with_context(|| format!("{sk} is no grade"))?;
            let GradeItem { grade } = record::record(item)?;
            kept.grades.push(KeptGrade { assessment, attempt, grade });
        }
    }
    Ok(kept)
}

/// What a grade is of: `<assessment>#<attempt>#<revision>`.
fn graded(of: &str) -> Option<(NodeId, u32)> {
    let mut parts = of.split('#');
    Some((NodeId::parse(parts.next()?).ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests;
