//! Releases out of S3. They never change, so a process keeps the outlines that it has read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use stoa_domain::content::{Assets, NodeContent};
use stoa_domain::id::{NodeId, ReleaseId, TenantId};
use stoa_domain::item::{AnswerKeys, Item};
use stoa_domain::tree::Tree;
use stoa_service::failure::StoreError;
use stoa_service::releases::{Contents, Items, Keys, Outlines};

use crate::objects::{Bucket, Objects};
use crate::schema::objects;

/// How many outlines a process keeps. One function instance serves few cohorts at a time.
const OUTLINES_KEPT_MAX: usize = 16;

/// The reading side of Releases.
#[derive(Debug)]
pub struct Releases<O> {
    objects: O,
    trees: RefCell<BTreeMap<(TenantId, ReleaseId), Arc<Tree>>>,
}

impl<O: Objects> Releases<O> {
    /// Releases out of these objects.
    pub fn new(objects: O) -> Releases<O> {
        Releases { objects, trees: RefCell::default() }
    }

    /// The objects themselves.
    pub fn objects(&self) -> &O {
        &self.objects
    }

    async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let Some(bytes) = self.objects.get(Bucket::Content, key).await? else { return Ok(None) };
        let corrupt = |why: String| StoreError::Corrupt { key: key.to_owned(), why };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| corrupt(error.to_string()))
    }
}

impl<O: Objects> Outlines for Releases<O> {
    async fn tree(&self, tenant: &TenantId, release: &ReleaseId) -> Result<Option<Arc<Tree>>, StoreError> {
        let name = (tenant.clone(), release.clone());
        if let Some(tree) = self.trees.borrow().get(&name) {
            return Ok(Some(tree.clone()));
        }
        let key = objects::outline(tenant, release);
        let Some(outline) = self.read(&key).await? else { return Ok(None) };
        let tree = Tree::new(outline).map_err(|error| StoreError::Corrupt { key, why: error.to_string() })?;
        let tree = Arc::new(tree);
        let mut trees = self.trees.borrow_mut();
        if trees.len() >= OUTLINES_KEPT_MAX {
            trees.pop_first();
        }
        trees.insert(name, tree.clone());
        Ok(Some(tree))
    }
}

impl<O: Objects> Contents for Releases<O> {
    async fn content(
        &self,
        tenant: &TenantId,
        release: &ReleaseId,
        node: &NodeId,
        gated: bool,
    ) -> Result<Option<NodeContent>, StoreError> {
        let key =
            if gated { objects::gated_node(tenant, release, node) } else { objects::open_node(tenant, release, node) };
        self.read(&key).await
    }

    async fn item_assets(
        &self,
        tenant: &TenantId,
        release: &ReleaseId,
        assessment: &NodeId,
    ) -> Result<Assets, StoreError> {
        Ok(self.read(&objects::item_assets(tenant, release, assessment)).await?.unwrap_or_default())
    }
}

impl<O: Objects> Items for Releases<O> {
    async fn items(
        &self,
        tenant: &TenantId,
        release: &ReleaseId,
        assessment: &NodeId,
    ) -> Result<Vec<Item>, StoreError> {
        let key = objects::items(tenant, release, assessment);
        self.read(&key).await?.ok_or_else(|| absent(key))
    }
}

impl<O: Objects> Keys for Releases<O> {
    async fn keys(
        &self,
        tenant: &TenantId,
        release: &ReleaseId,
        assessment: &NodeId,
    ) -> Result<AnswerKeys, StoreError> {
        let key = objects::keys(tenant, release, assessment);
        self.read(&key).await?.ok_or_else(|| absent(key))
    }
}

/// A part that must be there: it is written before the Release that names it.
fn absent(key: String) -> StoreError {
    StoreError::Corrupt { key, why: "it is not there".to_owned() }
}
