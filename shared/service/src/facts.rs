//! Recording what a learner did.

use jiff::Timestamp;
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::evaluation::evaluate;
use stoa_domain::fact::{Fact, Facts};
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, TenantId};

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

/// Records facts that a client reports about its own enrolment. All are checked before the first is written; each is
/// written once however often it is reported, so a client that got no answer reports all of them again.
pub async fn record(
    store: &impl FactStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    person: &PersonKey,
    facts: &[Fact],
    received_at: Timestamp,
) -> Result<(), FactError> {
    let enrolment = store
        .enrolment(tenant, enrolment)
        .await?
        .filter(|enrolment| enrolment.person == *person && enrolment.status == EnrolmentStatus::Active)
        .ok_or(FactError::NotFound)?;
    let tree = outlines.tree(tenant, &enrolment.release).await?.ok_or(FactError::NotFound)?;

    let gated = facts.iter().filter_map(subject).filter_map(|node| tree.node(node)).any(|node| node.gated);
    let locked = if gated {
        evaluate(&tree, &store.facts(tenant, &enrolment.enrolment).await?).locked
    } else {
        vec![false; tree.nodes().len()]
    };
    let is_there = |fact: &Fact| subject(fact).and_then(|node| tree.position(node)).is_some_and(|at| !locked[at]);
    let missing: Vec<usize> = (0..facts.len()).filter(|at| !is_there(&facts[*at])).collect();
    if !missing.is_empty() {
        return Err(FactError::NotThere(missing));
    }

    let writes = facts.iter().map(|fact| store.record(tenant, &enrolment.enrolment, fact, received_at));
    futures::future::try_join_all(writes).await?;
    Ok(())
}

/// The learning object that a reported fact is about.
fn subject(fact: &Fact) -> Option<&NodeId> {
    match fact {
        Fact::Viewed { node, .. } | Fact::Done { node, .. } => Some(node),
        Fact::Enrolled { .. } | Fact::Graded { .. } => None,
    }
}

/// The time a client claims: never believed beyond the server's own.
pub fn believed(claimed: Timestamp, received_at: Timestamp) -> Timestamp {
    claimed.min(received_at)
}
