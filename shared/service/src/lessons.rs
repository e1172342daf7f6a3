//! Reading lessons: what is open is for everybody of the tenant, what has a gate only for the learner who has passed it.

use jiff::Timestamp;
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::content::NodeContent;
use stoa_domain::evaluation::evaluate;
use stoa_domain::fact::Facts;
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, TenantId};

use crate::failure::StoreError;
use crate::releases::{Contents, Outlines};

/// What is known of the learner who reads.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Learners {
    /// An enrolment.
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError>;

    /// What is known of an enrolment, for gates. It may lag.
    async fn facts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError>;
}

/// Why there is nothing to read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LessonError {
    /// There is no such thing, or it is somebody else's: nobody is told which.
    #[error("not found")]
    NotFound,
    /// The learning object is still closed to this learner.
    #[error("locked")]
    Locked,
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The blocks of a learning object in the Release that `me` is enrolled for, if it is open at `now`.
pub async fn lesson(
    learners: &impl Learners,
    releases: &(impl Outlines + Contents),
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    node: &NodeId,
    me: &PersonKey,
    now: Timestamp,
) -> Result<NodeContent, LessonError> {
    let enrolment = learners
        .enrolment(tenant, enrolment)
        .await?
        .filter(|enrolment| enrolment.person == *me && enrolment.status == EnrolmentStatus::Active)
        .ok_or(LessonError::NotFound)?;
    let tree = releases.tree(tenant, &enrolment.release).await?.ok_or(LessonError::NotFound)?;
    let at = tree.position(node).ok_or(LessonError::NotFound)?;
    let found = &tree.nodes()[at];
    if found.gated {
        let facts = learners.facts(tenant, &enrolment.enrolment).await?;
        if evaluate(&tree, &facts, now).locked[at] {
            return Err(LessonError::Locked);
        }
    }
    if !found.has_blocks {
        return Ok(NodeContent { node: node.clone(), blocks: Vec::new() });
    }
    releases.content(tenant, &enrolment.release, node, found.gated).await?.ok_or(LessonError::NotFound)
}
