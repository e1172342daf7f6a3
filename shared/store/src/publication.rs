//! Publishing: the parts of a Release in S3, each where its readers may read, and the register in DynamoDB.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use stoa_domain::audit::Entry;
use stoa_domain::content::Asset;
use stoa_domain::id::{CourseId, ReleaseId, TenantId};
use stoa_service::drafting::{Upload, Uploads};
use stoa_service::failure::StoreError;
use stoa_service::publishing::{Part, Parts, Register, Registered};

use crate::Store;
use crate::audit;
use crate::conditions::RELEASE_NUMBER_IS_NEW;
use crate::engine::{Change, Engine, Query, SortKeys, Table, Write};
use crate::objects::{Bucket, Object, Objects, SignedUpload};
use crate::record::{self, no_values};
use crate::releases::Releases;
use crate::schema::{self, objects};

impl<O: Objects> Parts for Releases<O> {
    async fn write(&self, tenant: &TenantId, release: &ReleaseId, part: Part<'_>) -> Result<(), StoreError> {
        let (key, bytes) = match part {
            Part::Outline(outline) => (objects::outline(tenant, release), serde_json::to_vec(outline)),
            Part::Open(content) => (objects::open_node(tenant, release, &content.node), serde_json::to_vec(content)),
            Part::Gated(content) => (objects::gated_node(tenant, release, &content.node), serde_json::to_vec(content)),
            Part::Items(node, items) => (objects::items(tenant, release, node), serde_json::to_vec(items)),
            Part::ItemAssets(node, assets) => (objects::item_assets(tenant, release, node), serde_json::to_vec(assets)),
            Part::Keys(node, keys) => (objects::keys(tenant, release, node), serde_json::to_vec(keys)),
        };
        let bytes = bytes.expect("parts of Releases have a JSON form");
        self.objects().put(Bucket::Content, &key, Object { bytes, content_type: "application/json" }).await
    }
}

impl<O: Objects> Uploads for Releases<O> {
    async fn size(&self, tenant: &TenantId, sha256: &str) -> Result<Option<u64>, StoreError> {
        self.objects().size(Bucket::Uploads, &objects::upload(tenant, sha256)).await
    }

    async fn place(&self, tenant: &TenantId, file: &Asset) -> Result<Upload, StoreError> {
        let key = objects::upload(tenant, &file.sha256);
        let corrupt = |why: &str| StoreError::Corrupt { key: key.clone(), why: why.to_owned() };
        let digest = bytes_of_hex(&file.sha256).ok_or_else(|| corrupt("its name is no digest"))?;
        let upload = SignedUpload {
            content_type: file.content_type.clone(),
            size: file.size,
            sha256_base64: STANDARD.encode(digest),
        };
        let (url, headers) = self.objects().signed_put(&key, &upload).await?;
        Ok(Upload { url, headers })
    }
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// A line of the register as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RegisteredRecord {
    number: u32,
    release: ReleaseId,
    title: String,
    nodes: u32,
    items: u32,
    published_at: i64,
}

impl From<RegisteredRecord> for Registered {
    fn from(stored: RegisteredRecord) -> Registered {
        let RegisteredRecord { number, release, title, nodes, items, published_at } = stored;
        Registered { number, release, title, nodes, items, published_at }
    }
}

impl<E: Engine> Register for Store<E> {
    async fn newest(&self, tenant: &TenantId, course: &CourseId) -> Result<Option<Registered>, StoreError> {
        let query = Query {
            table: Table::Content,
            work_index: false,
            pk: schema::course_pk(tenant, course),
            sort_keys: SortKeys::Prefix(schema::RELEASE.to_owned()),
            consistent: true,
            descending: true,
            limit: Some(1),
            after: None,
        };
        let line = self.engine.query(&query).await?.items.into_iter().next();
        line.map(|item| record::record::<RegisteredRecord>(item).map(Registered::from)).transpose()
    }

    async fn releases(&self, tenant: &TenantId, course: &CourseId) -> Result<Vec<Registered>, StoreError> {
        let prefix = SortKeys::Prefix(schema::RELEASE.to_owned());
        let items = record::all(&self.engine, Table::Content, schema::course_pk(tenant, course), prefix).await?;
        items.into_iter().rev().map(|item| record::record::<RegisteredRecord>(item).map(Registered::from)).collect()
    }

    async fn add(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        line: &Registered,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let key = schema::release(tenant, course, line.number);
        let Registered { number, release, title, nodes, items, published_at } = line.clone();
        let stored = RegisteredRecord { number, release, title, nodes, items, published_at };
        let write = Write {
            table: Table::Content,
            change: Change::Put(record::item(&key, &stored)),
            key,
            condition: Some(RELEASE_NUMBER_IS_NEW),
            values: no_values(),
        };
        self.transact_if(vec![write, audit::entry(tenant, entry)]).await
    }
}
