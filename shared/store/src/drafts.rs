//! Drafts on DynamoDB: one item a learning object, its blocks, each of its items and each file.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_dynamo::Item;
use stoa_domain::content::{Asset, Assets, Block, DraftNode};
use stoa_domain::id::{AssetId, CourseId, ItemId, NodeId, TenantId};
use stoa_domain::item::DraftItem;
use stoa_domain::release::Draft;
use stoa_service::drafting::{Course, DraftStore};
use stoa_service::failure::StoreError;
use stoa_service::publishing::Drafts;

use crate::Store;
use crate::engine::{Change, Engine, Key, SortKeys, Table, Write};
use crate::record::{self, cancelled, no_values, unless_refused};
use crate::schema;

/// A course as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct CourseRecord {
    course: CourseId,
    title: String,
    language: String,
}

impl From<CourseRecord> for Course {
    fn from(stored: CourseRecord) -> Course {
        Course { course: stored.course, title: stored.title, language: stored.language }
    }
}

/// A part of a draft as it is stored: nothing asks for its fields, so it is one text.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct PartRecord {
    json: String,
}

fn put(key: Key, part: &impl Serialize) -> Write {
    let json = serde_json::to_string(part).expect("parts of drafts have a JSON form");
    let item = record::item(&key, &PartRecord { json });
    Write { table: Table::Content, key, change: Change::Put(item), condition: None, values: no_values() }
}

fn part<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let key = record::text(&item, "sk").unwrap_or("?").to_owned();
    let stored: PartRecord = record::record(item)?;
    serde_json::from_str(&stored.json).map_err(|error| StoreError::Corrupt { key, why: error.to_string() })
}

impl<E: Engine> Store<E> {
    async fn parts(&self, tenant: &TenantId, course: &CourseId, prefix: String) -> Result<Vec<Item>, StoreError> {
        record::all(&self.engine, Table::Content, schema::course_pk(tenant, course), SortKeys::Prefix(prefix)).await
    }

    async fn part<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.engine.get(Table::Content, key, true).await?.map(part).transpose()
    }

    async fn write_part(&self, write: Write) -> Result<(), StoreError> {
        self.engine.write(write).await.map(drop).map_err(unless_refused)
    }
}

/// The part of a sort key after its prefix, as an id.
fn named<I: TryFrom<String>>(item: &Item, prefix: &str) -> Option<I> {
    I::try_from(record::text(item, "sk")?.strip_prefix(prefix)?.to_owned()).ok()
}

impl<E: Engine> DraftStore for Store<E> {
    async fn courses(&self, tenant: &TenantId) -> Result<Vec<Course>, StoreError> {
        let items = record::all(&self.engine, Table::Content, schema::courses_pk(tenant), SortKeys::All).await?;
        items.into_iter().map(|item| record::record::<CourseRecord>(item).map(Course::from)).collect()
    }

    async fn course(&self, tenant: &TenantId, course: &CourseId) -> Result<Option<Course>, StoreError> {
        let stored: Option<CourseRecord> =
            record::get(&self.engine, Table::Content, &schema::course(tenant, course)).await?;
        Ok(stored.map(Course::from))
    }

    async fn put_course(&self, tenant: &TenantId, course: &Course) -> Result<(), StoreError> {
        let key = schema::course(tenant, &course.course);
        let stored = CourseRecord {
            course: course.course.clone(),
            title: course.title.clone(),
            language: course.language.clone(),
        };
        let item = record::item(&key, &stored);
        let write =
            Write { table: Table::Content, key, change: Change::Put(item), condition: None, values: no_values() };
        self.write_part(write).await
    }

    async fn nodes(&self, tenant: &TenantId, course: &CourseId) -> Result<Vec<DraftNode>, StoreError> {
        self.parts(tenant, course, schema::NODE.to_owned()).await?.into_iter().map(part).collect()
    }

    async fn assets(&self, tenant: &TenantId, course: &CourseId) -> Result<Assets, StoreError> {
        let items = self.parts(tenant, course, schema::ASSET.to_owned()).await?;
        let named = items.into_iter().filter_map(|item| Some((named(&item, schema::ASSET)?, item)));
        named.map(|(asset, item)| Ok((asset, part(item)?))).collect()
    }

    async fn node(&self, tenant: &TenantId, course: &CourseId, node: &NodeId) -> Result<Option<DraftNode>, StoreError> {
        self.part(&schema::draft_node(tenant, course, node)).await
    }

    async fn blocks(&self, tenant: &TenantId, course: &CourseId, node: &NodeId) -> Result<Vec<Block>, StoreError> {
        Ok(self.part(&schema::draft_blocks(tenant, course, node)).await?.unwrap_or_default())
    }

    async fn items(&self, tenant: &TenantId, course: &CourseId, node: &NodeId) -> Result<Vec<DraftItem>, StoreError> {
        self.parts(tenant, course, schema::draft_items_prefix(node)).await?.into_iter().map(part).collect()
    }

    async fn put_node(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        node: &DraftNode,
        blocks: &[Block],
    ) -> Result<(), StoreError> {
        let writes = vec![
            put(schema::draft_node(tenant, course, &node.id), node),
            put(schema::draft_blocks(tenant, course, &node.id), &blocks),
        ];
        self.engine.transact(writes).await.map_err(cancelled)
    }

    async fn delete_node(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        node: &NodeId,
        items: &[ItemId],
    ) -> Result<(), StoreError> {
        let items = items.iter().map(|item| schema::draft_item(tenant, course, node, item));
        let rest = [schema::draft_blocks(tenant, course, node), schema::draft_node(tenant, course, node)];
        for key in items.chain(rest) {
            let (change, values) = (Change::Delete, no_values());
            self.write_part(Write { table: Table::Content, key, change, condition: None, values }).await?;
        }
        Ok(())
    }

    async fn put_item(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        node: &NodeId,
        item: &DraftItem,
    ) -> Result<(), StoreError> {
        self.write_part(put(schema::draft_item(tenant, course, node, &item.item.id), item)).await
    }

    async fn put_asset(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        asset: &AssetId,
        file: &Asset,
    ) -> Result<(), StoreError> {
        self.write_part(put(schema::draft_asset(tenant, course, asset), file)).await
    }
}

impl<E: Engine> Drafts for Store<E> {
    async fn draft(&self, tenant: &TenantId, course: &CourseId) -> Result<Option<Draft>, StoreError> {
        let Some(found) = self.course(tenant, course).await? else { return Ok(None) };
        let parts = |prefix: &str| self.parts(tenant, course, prefix.to_owned());
        let (nodes, blocks, items, assets) = futures::try_join!(
            self.nodes(tenant, course),
            parts(schema::BLOCKS),
            parts(schema::ITEM),
            self.assets(tenant, course),
        )?;
        let mut draft = Draft { title: found.title, language: found.language, nodes, assets, ..Draft::default() };
        for item in blocks {
            let Some(node) = named::<NodeId>(&item, schema::BLOCKS) else { continue };
            draft.blocks.insert(node, part(item)?);
        }
        for item in items {
            let rest = record::text(&item, "sk").and_then(|sk| sk.strip_prefix(schema::ITEM));
            let Some(node) = rest.and_then(|rest| NodeId::parse(rest.split_once('#')?.0).ok()) else { continue };
            draft.items.entry(node).or_default().push(part(item)?);
        }
        Ok(Some(draft))
    }
}
