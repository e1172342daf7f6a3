//! Recording what a learner did.

use std::sync::Arc;

use jiff::Timestamp;
use stoa_domain::attempt::instant;
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::evaluation::evaluate;
use stoa_domain::fact::{Fact, Facts};
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_domain::reading::report::{Flaw, Report};
use stoa_domain::tree::Tree;

use crate::failure::StoreError;
use crate::releases::Outlines;

/// What recording facts may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait FactStore {
    /// An enrolment.
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError>;

    /// What is known of an enrolment, for gates. It may lag.
    async fn facts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError>;

    /// Writes a fact that a client reported; the first report of a fact stands.
    async fn record(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        fact: &Fact,
        received_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Writes what a page reports of reading: one report a minute, by the server's clock. `false` if this minute has
    /// another one.
    async fn record_reading(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        read: &Fact,
        received_at: Timestamp,
    ) -> Result<bool, StoreError>;
}

/// Why facts were not recorded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FactError {
    /// There is no such enrolment, or it is somebody else's.
    #[error("not found")]
    NotFound,
    /// These facts name learning objects that the Release does not have, or that are still closed. None was recorded.
    #[error("not in the Release, or still closed: {0:?}")]
    NotThere(Vec<usize>),
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records facts that a client reports about its own enrolment, each at a time that can be true. All are checked before the
/// first is written; each is written once however often it is reported, so a client that got no answer reports all of them
/// again.
pub async fn record(
    store: &impl FactStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    person: &PersonKey,
    facts: &[Fact],
    received_at: Timestamp,
) -> Result<(), FactError> {
    let (enrolment, tree) = own(store, outlines, tenant, enrolment, person).await?.ok_or(FactError::NotFound)?;

    let named = facts.iter().filter_map(subject);
    let locked = locked(store, tenant, &enrolment, &tree, named, received_at).await?;
    let is_there = |fact: &Fact| subject(fact).and_then(|node| tree.position(node)).is_some_and(|at| !locked[at]);
    let missing: Vec<usize> = (0..facts.len()).filter(|at| !is_there(&facts[*at])).collect();
    if !missing.is_empty() {
        return Err(FactError::NotThere(missing));
    }

    let facts: Vec<Fact> =
        facts.iter().map(|fact| believed(fact, instant(enrolment.enrolled_at), received_at)).collect();
    let writes = facts.iter().map(|fact| store.record(tenant, &enrolment.enrolment, fact, received_at));
    futures::future::try_join_all(writes).await?;
    Ok(())
}

/// Why a report of reading was not recorded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReadingError {
    /// There is no such enrolment, or it is somebody else's.
    #[error("not found")]
    NotFound,
    /// These parts of it cannot be. None was recorded.
    #[error("cannot be: {0:?}")]
    Flawed(Vec<Flaw>),
    /// This minute has another report. It waits for the next one, together with what comes until then.
    #[error("this minute has a report")]
    TooSoon,
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records what a page reports of its learner's reading, in one write; returns of how many learning objects a rule asks.
/// Where none does, nothing is written. The same report may come again, in the same minute or later: it is the same time.
pub async fn record_reading(
    store: &impl FactStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    person: &PersonKey,
    report: &Report,
    received_at: Timestamp,
) -> Result<usize, ReadingError> {
    let (enrolment, tree) = own(store, outlines, tenant, enrolment, person).await?.ok_or(ReadingError::NotFound)?;

    let locked = locked(store, tenant, &enrolment, &tree, report.nodes(), received_at).await?;
    let flaws = report.flaws(&tree, |node| tree.position(node).is_some_and(|at| !locked[at]));
    if !flaws.is_empty() {
        return Err(ReadingError::Flawed(flaws));
    }
    let parts = report.believed(&tree, instant(enrolment.enrolled_at), received_at);
    let count = parts.len();
    let read = Fact::Read { parts };
    if count == 0 || store.record_reading(tenant, &enrolment.enrolment, &read, received_at).await? {
        Ok(count)
    } else {
        Err(ReadingError::TooSoon)
    }
}

/// The enrolment, if it is this learner's and alive, with its Release.
async fn own(
    store: &impl FactStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    person: &PersonKey,
) -> Result<Option<(Enrolment, Arc<Tree>)>, StoreError> {
    let is_own = |enrolment: &Enrolment| enrolment.person == *person && enrolment.status == EnrolmentStatus::Active;
    let Some(enrolment) = store.enrolment(tenant, enrolment).await?.filter(is_own) else { return Ok(None) };
    let tree = outlines.tree(tenant, &enrolment.release).await?;
    Ok(tree.map(|tree| (enrolment, tree)))
}

/// What is still closed to the learner, by place. Without a gate around what is named nothing is read.
async fn locked(
    store: &impl FactStore,
    tenant: &TenantId,
    enrolment: &Enrolment,
    tree: &Tree,
    mut named: impl Iterator<Item = &NodeId>,
    now: Timestamp,
) -> Result<Vec<bool>, StoreError> {
    if named.any(|node| tree.node(node).is_some_and(|node| node.gated)) {
        Ok(evaluate(tree, &store.facts(tenant, &enrolment.enrolment).await?, now).locked)
    } else {
        Ok(vec![false; tree.nodes().len()])
    }
}

/// The learning object that a reported fact is about.
fn subject(fact: &Fact) -> Option<&NodeId> {
    match fact {
        Fact::Viewed { node, .. } | Fact::Done { node, .. } => Some(node),
        Fact::Enrolled { .. }
        | Fact::EnrolmentChanged { .. }
        | Fact::Read { .. }
        | Fact::DateCame { .. }
        | Fact::Graded { .. } => None,
    }
}

/// What a learner did, at the time that the client claims as far as it can be true: nobody did anything before the enrolment,
/// or after the server heard of it. A clock that is wrong loses no fact.
fn believed(fact: &Fact, enrolled_at: Timestamp, received_at: Timestamp) -> Fact {
    let mut fact = fact.clone();
    if let Fact::Viewed { at, .. } | Fact::Done { at, .. } = &mut fact {
        *at = (*at).max(enrolled_at).min(received_at);
    }
    fact
}
