//! Reading Releases. They never change, so whoever reads one may keep it.

use std::sync::Arc;

use stoa_domain::content::{Assets, NodeContent};
use stoa_domain::id::{NodeId, ReleaseId, TenantId};
use stoa_domain::item::{AnswerKeys, Item};
use stoa_domain::tree::Tree;

use crate::failure::StoreError;

/// Reads the structure and rules of a Release.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Outlines {
    /// The indexed outline, or `None` if the tenant has no such Release.
    async fn tree(&self, tenant: &TenantId, release: &ReleaseId) -> Result<Option<Arc<Tree>>, StoreError>;
}

/// Reads what stands in a Release, but for the items themselves.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Contents {
    /// The blocks of a learning object, from the part that `gated` names; `None` if it has none there.
    async fn content(
        &self,
        tenant: &TenantId,
        release: &ReleaseId,
        node: &NodeId,
        gated: bool,
    ) -> Result<Option<NodeContent>, StoreError>;

    /// The files that the items of an assessment refer to.
    async fn item_assets(
        &self,
        tenant: &TenantId,
        release: &ReleaseId,
        assessment: &NodeId,
    ) -> Result<Assets, StoreError>;
}

/// Reads what an assessment asks.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Items {
    /// The items in order.
    async fn items(&self, tenant: &TenantId, release: &ReleaseId, assessment: &NodeId)
    -> Result<Vec<Item>, StoreError>;
}

/// Reads what an assessment accepts. For grading alone.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Keys {
    /// The keys of every item.
    async fn keys(&self, tenant: &TenantId, release: &ReleaseId, assessment: &NodeId)
    -> Result<AnswerKeys, StoreError>;
}
