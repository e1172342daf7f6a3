//! Rebuilding a projection: the rows of a cohort drawn anew from the logs, beside those that are read, and then a switch.
//!
//! Learners work meanwhile. What is read is never reset: the new generation replaces it whole, and the old one is left to
//! expiry. Each call does what can be done now and says when to come back, and everything it needs to go on is stored: it may
//! stop anywhere, and the next call, by this run or another, goes on.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use stoa_domain::attempt::instant;
use stoa_domain::cohort::Enrolment;
use stoa_domain::generation::{Busy, Generations, LEASE_MS, Stage};
use stoa_domain::id::{CohortId, EnrolmentId, TenantId};
use stoa_domain::progress::{self, Progress, RowState};
use stoa_domain::rebuild::{Difference, Sources, examine};

use crate::failure::StoreError;
use crate::reading::Row;
use crate::releases::Outlines;

/// How long an invocation of the projector may still be running, in milliseconds: the function's timeout and two seconds.
/// Whoever began before a change of the generations is done after that.
pub const PROJECTING_MAX_MS: i64 = 32_000;
/// How long replaced rows are kept, in seconds: a week in which somebody may look at what stood.
pub const REPLACED_SECONDS: i64 = 7 * 24 * 3_600;
/// How many enrolments are worked on at once.
const AT_ONCE: usize = 8;
/// How often an enrolment that moves while it is read is read again.
const ROUNDS_MAX: usize = 8;

/// What rebuilding may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait RebuildStore {
    /// Everybody who was ever enrolled in a cohort: from the learners' own lists, never from the rows.
    async fn members(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Vec<EnrolmentId>, StoreError>;

    /// Which generations of a cohort's rows there are, read consistently.
    async fn generations(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Generations, StoreError>;

    /// Writes the next generations over those of the revision before; `false` if somebody was faster.
    async fn put_generations(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        next: &Generations,
    ) -> Result<bool, StoreError>;

    /// An enrolment with everything its state follows from, at one place of its log; [`StoreError::Conflict`] if it moved
    /// while it was read.
    async fn sources(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
    ) -> Result<Option<(Enrolment, Sources)>, StoreError>;

    /// Replaces a state, if it is still at the place it was read at; [`StoreError::Conflict`] if not. At `redrawn_at` a date
    /// changes what is drawn of it.
    async fn replace_state(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        read: Option<u64>,
        progress: &Progress,
        recorded_at: Timestamp,
        redrawn_at: Option<Timestamp>,
    ) -> Result<(), StoreError>;

    /// Writes a row into a generation, unless a newer one is there.
    async fn put_row(
        &self,
        tenant: &TenantId,
        generation: u32,
        enrolment: &Enrolment,
        row: &RowState,
    ) -> Result<(), StoreError>;

    /// All rows of a generation, read consistently. A row that cannot be read is `None`: that is no reason to stop.
    async fn rows_of(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        generation: u32,
    ) -> Result<BTreeMap<EnrolmentId, Option<Row>>, StoreError>;

    /// Leaves a row to expiry. One that is not there stays so.
    async fn expire_row(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        generation: u32,
        enrolment: &EnrolmentId,
        expires_at: i64,
    ) -> Result<(), StoreError>;
}

/// What is to be rebuilt, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The organisation.
    pub tenant: &'a TenantId,
    /// The cohort.
    pub cohort: &'a CohortId,
    /// The run's name; nobody else has it.
    pub owner: &'a str,
    /// Whether states that are not their logs' are replaced.
    pub repair: bool,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The generation that was built.
    pub generation: u32,
    /// How many rows it has.
    pub rows: usize,
    /// Enrolments whose row stood otherwise at the same place of the log, or did not stand at all.
    pub changed: Vec<EnrolmentId>,
    /// Rows of nobody's enrolment: they are not carried over.
    pub strays: Vec<EnrolmentId>,
    /// What does not follow from what it should follow from.
    pub differences: Vec<(EnrolmentId, Difference)>,
    /// Enrolments whose state was replaced.
    pub repaired: Vec<EnrolmentId>,
}

impl Report {
    /// Whether the built generation may be read. Rows of a state that is wrong would be wrong again with the next fact.
    fn is_fit(&self) -> bool {
        self.differences.iter().all(|(enrolment, difference)| match difference {
            Difference::LogHasGap => false,
            Difference::StateIsNotTheLogs => self.repaired.contains(enrolment),
            Difference::FactIsNotInLog | Difference::LogSaysMoreThanItems => true,
        })
    }
}

/// How far a rebuild has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advance {
    /// Projectors that began before are still running: come back then.
    Wait(Timestamp),
    /// The new generation is read. Come back then to leave the old one to expiry.
    Switched(Report, Timestamp),
    /// The new generation is not fit to be read, and what stood stands.
    Unfit(Report),
    /// Nothing is left to do.
    Done,
}

/// Why it did not go on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RebuildError {
    /// Another run is at work.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Does what can be done now. `drawn` hears of every enrolment that is dealt with and how many there are.
pub async fn advance(
    store: &impl RebuildStore,
    outlines: &impl Outlines,
    order: Order<'_>,
    now: impl Fn() -> Timestamp,
    drawn: impl Fn(usize, usize),
) -> Result<Advance, RebuildError> {
    let Order { tenant, cohort, .. } = order;
    let generations = take(store, order, &store.generations(tenant, cohort).await?, now()).await?;
    let Some(rebuild) = generations.rebuild.clone() else { return Ok(Advance::Done) };
    let ready_at = instant(rebuild.since + PROJECTING_MAX_MS);
    if now() < ready_at {
        return Ok(Advance::Wait(ready_at));
    }
    match rebuild.stage {
        Stage::Building => {
            let (generations, report) = build(store, outlines, order, generations, &now, drawn).await?;
            if !report.is_fit() {
                return Ok(Advance::Unfit(report));
            }
            let since = now().as_millisecond();
            put(store, order, &generations.switched(since)).await?;
            Ok(Advance::Switched(report, instant(since + PROJECTING_MAX_MS)))
        }
        Stage::Retiring => {
            let expires_at = now().as_second() + REPLACED_SECONDS;
            let rows = store.rows_of(tenant, cohort, rebuild.generation).await?;
            let expire = |enrolment: EnrolmentId| async move {
                store.expire_row(tenant, cohort, rebuild.generation, &enrolment, expires_at).await
            };
            stream::iter(rows.into_keys()).map(expire).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
            put(store, order, &generations.settled()).await?;
            Ok(Advance::Done)
        }
    }
}

/// Makes the rebuild this run's own, or keeps it so.
async fn take(
    store: &impl RebuildStore,
    order: Order<'_>,
    stood: &Generations,
    now: Timestamp,
) -> Result<Generations, RebuildError> {
    let taken = stood.taken(order.owner, now.as_millisecond())?;
    put(store, order, &taken).await?;
    Ok(taken)
}

async fn put(store: &impl RebuildStore, order: Order<'_>, next: &Generations) -> Result<(), RebuildError> {
    let is_written = store.put_generations(order.tenant, order.cohort, next).await?;
    if is_written { Ok(()) } else { Err(StoreError::Conflict.into()) }
}

/// What became of one enrolment.
#[derive(Debug, Default)]
struct Drawn {
    row: Option<Row>,
    differences: Vec<Difference>,
    is_repaired: bool,
}

async fn build(
    store: &impl RebuildStore,
    outlines: &impl Outlines,
    order: Order<'_>,
    mut generations: Generations,
    now: &impl Fn() -> Timestamp,
    drawn: impl Fn(usize, usize),
) -> Result<(Generations, Report), RebuildError> {
    let Order { tenant, cohort, .. } = order;
    let generation = generations.live + 1;
    let members = store.members(tenant, cohort).await?;
    let mut report = Report { generation, ..Report::default() };
    let mut rows = Vec::new();
    for (at, some) in members.chunks(AT_ONCE).enumerate() {
        let lease_until = generations.rebuild.as_ref().map_or(0, |rebuild| rebuild.lease_until);
        if now().as_millisecond() > lease_until - LEASE_MS / 2 {
            generations = take(store, order, &generations, now()).await?;
        }
        let work = some.iter().map(|enrolment| draw(store, outlines, order, generation, enrolment, now()));
        for (enrolment, one) in some.iter().zip(futures::future::try_join_all(work).await?) {
            report.differences.extend(one.differences.iter().map(|difference| (enrolment.clone(), *difference)));
            report.repaired.extend(one.is_repaired.then(|| enrolment.clone()));
            rows.extend(one.row);
        }
        drawn((at * AT_ONCE + AT_ONCE).min(members.len()), members.len());
    }
    compare(store, order, generation, &rows, &mut report).await?;
    Ok((generations, report))
}

/// Draws one row from its log, and holds the stored state against it.
async fn draw(
    store: &impl RebuildStore,
    outlines: &impl Outlines,
    order: Order<'_>,
    generation: u32,
    enrolment: &EnrolmentId,
    now: Timestamp,
) -> Result<Drawn, StoreError> {
    let mut rounds = 1..=ROUNDS_MAX;
    loop {
        match draw_once(store, outlines, order, generation, enrolment, now).await {
            // Its learner works: what stands now is read again.
            Err(StoreError::Conflict) if rounds.next().is_some() => {}
            done => return done,
        }
    }
}

async fn draw_once(
    store: &impl RebuildStore,
    outlines: &impl Outlines,
    order: Order<'_>,
    generation: u32,
    enrolment: &EnrolmentId,
    now: Timestamp,
) -> Result<Drawn, StoreError> {
    let Order { tenant, cohort, repair, .. } = order;
    let Some((enrolment, sources)) = store.sources(tenant, enrolment).await? else { return Ok(Drawn::default()) };
    let (folded, differences) = examine(&sources);
    let Some(folded) = folded else { return Ok(Drawn { differences, ..Drawn::default() }) };
    let is_repaired = repair && differences.contains(&Difference::StateIsNotTheLogs);
    if folded.sequence == 0 && !is_repaired {
        return Ok(Drawn { row: None, differences, is_repaired });
    }
    let corrupt =
        || StoreError::Corrupt { key: enrolment.enrolment.to_string(), why: "its Release is not there".to_owned() };
    let tree = outlines.tree(tenant, &enrolment.release).await?.ok_or_else(corrupt)?;
    let recorded_at = sources.log.last().map_or(now, |event| instant(event.recorded_at));
    if is_repaired {
        let read = sources.progress.as_ref().map(|progress| progress.sequence);
        let redrawn_at = progress::redrawn_at(&tree, &folded, recorded_at);
        store.replace_state(tenant, &enrolment.enrolment, read, &folded, recorded_at, redrawn_at).await?;
    }
    // Nothing has happened yet, or it happens elsewhere: whoever projects the first fact draws the row.
    if folded.sequence == 0 || enrolment.cohort != *cohort {
        return Ok(Drawn { row: None, differences, is_repaired });
    }
    let state = progress::row(&tree, &folded, recorded_at);
    store.put_row(tenant, generation, &enrolment, &state).await?;
    let Enrolment { enrolment, person, release, .. } = enrolment;
    let row = Row { enrolment, person, release, moved: false, state };
    Ok(Drawn { row: Some(row), differences, is_repaired })
}

/// Holds what is stored of the new generation against what was drawn, and against the generation that is read.
async fn compare(
    store: &impl RebuildStore,
    order: Order<'_>,
    generation: u32,
    drawn: &[Row],
    report: &mut Report,
) -> Result<(), StoreError> {
    // In this order: whatever a projector has written into the one that is read, it has written into the other as well.
    let stood = store.rows_of(order.tenant, order.cohort, generation - 1).await?;
    let built = store.rows_of(order.tenant, order.cohort, generation).await?;
    let is_shown = |row: &Option<Row>| row.as_ref().is_none_or(|row| !row.moved);
    report.rows = built.values().filter(|row| is_shown(row)).count();
    for row in drawn {
        let enrolment = &row.enrolment;
        let stood = stood.get(enrolment).and_then(Option::as_ref);
        let built = built.get(enrolment).and_then(Option::as_ref).map_or(0, |row| row.state.sequence);
        if built < row.state.sequence || stood.is_some_and(|stood| built < stood.state.sequence) {
            // The row that stood may claim a place that its log never had; then it is the one that is wrong.
            let log = store.sources(order.tenant, enrolment).await?.map(|(_, sources)| sources.log.len() as u64);
            if log.is_some_and(|last| built < last) {
                let why = "a projector does not write the generation being built: is an older one deployed?";
                return Err(StoreError::Corrupt { key: enrolment.to_string(), why: why.to_owned() });
            }
        }
        // A row that a projector has drawn since, in both, is what it should be.
        let is_since = |stood: &Row| stood.state.sequence > row.state.sequence && stood.state.sequence <= built;
        let is_same = stood.is_some_and(|stood| stood == row || is_since(stood));
        report.changed.extend((!is_same).then(|| enrolment.clone()));
    }
    // What is left of somebody who was moved is carried over by nobody, and missed by nobody.
    let is_stray = |(enrolment, row): (EnrolmentId, Option<Row>)| {
        (!built.contains_key(&enrolment) && is_shown(&row)).then_some(enrolment)
    };
    report.strays = stood.into_iter().filter_map(is_stray).collect();
    Ok(())
}
