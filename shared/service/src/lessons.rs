//! Reading lessons: what is open is for everybody of the tenant, what has a gate only for the learner who has passed it.

use std::sync::Arc;

use jiff::Timestamp;
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::content::{Assets, NodeContent, NodeKind, OutlineNode};
use stoa_domain::evaluation::evaluate;
use stoa_domain::fact::Facts;
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_domain::tree::Tree;

use crate::failure::StoreError;
use crate::releases::{Contents, Outlines};

/// What is known of the learner who reads.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Learners {
    /// An enrolment.
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError>;

    /// What is known of an enrolment, for gates. It may lag.
    async fn facts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError>;

    /// Whether an attempt at an assessment was ever opened.
    async fn has_attempted(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        assessment: &NodeId,
    ) -> Result<bool, StoreError>;
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
    let place = Place::find(learners, releases, tenant, enrolment, node, me).await?;
    if place.is_locked(learners, tenant, now).await? {
        return Err(LessonError::Locked);
    }
    place.content(releases, tenant).await
}

/// The files that a learning object shows to `me` at `now`: those of its blocks if it is open, and those of its items as
/// soon as an attempt was opened.
pub async fn assets(
    learners: &impl Learners,
    releases: &(impl Outlines + Contents),
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    node: &NodeId,
    me: &PersonKey,
    now: Timestamp,
) -> Result<Assets, LessonError> {
    let place = Place::find(learners, releases, tenant, enrolment, node, me).await?;
    let is_locked = place.is_locked(learners, tenant, now).await?;
    let mut shown = if is_locked { Assets::new() } else { place.content(releases, tenant).await?.assets };
    // An attempt goes on, and is looked at later, whatever has become of the gate.
    let is_asked = place.node().kind == NodeKind::Assessment
        && learners.has_attempted(tenant, &place.enrolment.enrolment, node).await?;
    if is_asked {
        shown.extend(releases.item_assets(tenant, &place.enrolment.release, node).await?);
    }
    if is_locked && !is_asked { Err(LessonError::Locked) } else { Ok(shown) }
}

/// A learning object in the Release that a learner is enrolled for.
struct Place {
    enrolment: Enrolment,
    tree: Arc<Tree>,
    at: usize,
}

impl Place {
    async fn find(
        learners: &impl Learners,
        releases: &impl Outlines,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        node: &NodeId,
        me: &PersonKey,
    ) -> Result<Place, LessonError> {
        let enrolment = learners
            .enrolment(tenant, enrolment)
            .await?
            .filter(|enrolment| enrolment.person == *me && enrolment.status == EnrolmentStatus::Active)
            .ok_or(LessonError::NotFound)?;
        let tree = releases.tree(tenant, &enrolment.release).await?.ok_or(LessonError::NotFound)?;
        let at = tree.position(node).ok_or(LessonError::NotFound)?;
        Ok(Place { enrolment, tree, at })
    }

    fn node(&self) -> &OutlineNode {
        &self.tree.nodes()[self.at]
    }

    async fn is_locked(
        &self,
        learners: &impl Learners,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<bool, LessonError> {
        if !self.node().gated {
            return Ok(false);
        }
        let facts = learners.facts(tenant, &self.enrolment.enrolment).await?;
        Ok(evaluate(&self.tree, &facts, now).locked[self.at])
    }

    async fn content(&self, releases: &impl Contents, tenant: &TenantId) -> Result<NodeContent, LessonError> {
        let OutlineNode { id, gated, has_blocks, .. } = self.node();
        if !has_blocks {
            return Ok(NodeContent { node: id.clone(), blocks: Vec::new(), assets: Assets::new() });
        }
        let content = releases.content(tenant, &self.enrolment.release, id, *gated).await?;
        content.ok_or(LessonError::NotFound)
    }
}
