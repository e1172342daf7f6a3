//! People's archives in S3: short-lived, and under a prefix of their own.

use stoa_domain::id::{PersonKey, TenantId};
use stoa_service::delivery;
use stoa_service::erasing;
use stoa_service::exporting::Shelf;
use stoa_service::failure::StoreError;

use crate::objects::{Bucket, Object, Objects};
use crate::schema::objects;

const ZIP: &str = "application/zip";

/// The archives over these objects.
#[derive(Debug, Clone)]
pub struct Archives<O>(pub O);

impl<O: Objects> Archives<O> {
    /// A short-lived address of a person's archive, which a browser keeps and never shows.
    pub async fn address(&self, tenant: &TenantId, person: &PersonKey) -> Result<String, StoreError> {
        let how = delivery::of("my-data.zip", ZIP);
        self.0.signed_get(&objects::archive(tenant, person), how.content_type, &how.disposition).await
    }
}

impl<O: Objects> Shelf for Archives<O> {
    async fn put(&self, tenant: &TenantId, person: &PersonKey, bytes: Vec<u8>) -> Result<(), StoreError> {
        let key = objects::archive(tenant, person);
        self.0.put(Bucket::Uploads, &key, Object { bytes, content_type: ZIP }).await
    }
}

impl<O: Objects> erasing::Archives for Archives<O> {
    async fn delete(&self, tenant: &TenantId, person: &PersonKey) -> Result<(), StoreError> {
        self.0.delete(Bucket::Uploads, &objects::archive(tenant, person)).await
    }
}
