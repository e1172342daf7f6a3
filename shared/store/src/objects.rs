//! The few operations of S3 that Stoa uses, as a trait, and S3 itself.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use stoa_service::failure::StoreError;

/// The parts of a Release name their content, so whoever may read one may keep it: the edge for all, a browser for one.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// How long a signed address works.
pub const SIGNED_SECONDS: u64 = 300;

/// A bucket, by its role; its name is configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    /// Releases.
    Content,
    /// Bytes made by others: served from another origin than the SPA's.
    Uploads,
}

/// An object as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub content_type: &'static str,
}

/// Whole objects by key.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Objects {
    /// Reads an object; `None` if there is none.
    async fn get(&self, bucket: Bucket, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Writes an object. Keys name their content, so writing twice writes the same.
    async fn put(&self, bucket: Bucket, key: &str, object: Object) -> Result<(), StoreError>;

    /// Deletes an object. No object is as good as a deleted one.
    async fn delete(&self, bucket: Bucket, key: &str) -> Result<(), StoreError>;

    /// The size of an object in bytes; `None` if there is none.
    async fn size(&self, bucket: Bucket, key: &str) -> Result<Option<u64>, StoreError>;

    /// A short-lived address that reads an object of the uploads bucket under these response headers, from the bucket itself.
    async fn signed_get(&self, key: &str, content_type: &str, disposition: &str) -> Result<String, StoreError>;

    /// A short-lived address that takes exactly these bytes, with the headers to send along.
    async fn signed_put(
        &self,
        key: &str,
        upload: &SignedUpload,
    ) -> Result<(String, BTreeMap<String, String>), StoreError>;
}

/// What a signed upload is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUpload {
    /// The media type.
    pub content_type: String,
    /// The size in bytes.
    pub size: u64,
    /// The SHA-256 of the bytes in base 64, as S3 wants it.
    pub sha256_base64: String,
}

/// The names of the buckets. A function that has no business with one leaves its name empty, and its role refuses it.
#[derive(Debug, Clone, Default)]
pub struct BucketNames {
    /// Releases.
    pub content: String,
    /// Bytes made by others.
    pub uploads: String,
}

/// S3.
#[derive(Debug, Clone)]
pub struct S3 {
    client: Client,
    buckets: BucketNames,
}

impl S3 {
    /// The objects over a client made once per process.
    pub fn new(client: Client, buckets: BucketNames) -> S3 {
        S3 { client, buckets }
    }

    /// The objects with the settings that all clients share.
    pub fn connect(config: &SdkConfig, buckets: BucketNames) -> S3 {
        // Bucket names stand in the path: the local AWS has no names of its own for them.
        let config = aws_sdk_s3::config::Builder::from(config).force_path_style(true).build();
        S3::new(Client::from_conf(config), buckets)
    }

    fn name(&self, bucket: Bucket) -> &str {
        match bucket {
            Bucket::Content => &self.buckets.content,
            Bucket::Uploads => &self.buckets.uploads,
        }
    }
}

impl Objects for S3 {
    async fn get(&self, bucket: Bucket, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.client.get_object().bucket(self.name(bucket)).key(key).send().await {
            Ok(output) => {
                let body = output.body.collect().await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
                Ok(Some(body.to_vec()))
            }
            Err(error) if is_absent(error.code()) => Ok(None),
            Err(error) => Err(failure(error.code())),
        }
    }

    async fn put(&self, bucket: Bucket, key: &str, object: Object) -> Result<(), StoreError> {
        let request = self.client.put_object().bucket(self.name(bucket)).key(key).content_type(object.content_type);
        let request = if bucket == Bucket::Content { request.cache_control(IMMUTABLE) } else { request };
        let sent = request.body(ByteStream::from(object.bytes)).send().await;
        sent.map(drop).map_err(|error| failure(error.code()))
    }

    async fn delete(&self, bucket: Bucket, key: &str) -> Result<(), StoreError> {
        let sent = self.client.delete_object().bucket(self.name(bucket)).key(key).send().await;
        sent.map(drop).map_err(|error| failure(error.code()))
    }

    async fn size(&self, bucket: Bucket, key: &str) -> Result<Option<u64>, StoreError> {
        match self.client.head_object().bucket(self.name(bucket)).key(key).send().await {
            Ok(output) => Ok(output.content_length.and_then(|length| u64::try_from(length).ok())),
            // A HEAD has no body, so S3 can only say the status.
            Err(error)
                if is_absent(error.code())
                    || error.raw_response().is_some_and(|raw| matches!(raw.status().as_u16(), 403 | 404)) =>
            {
                Ok(None)
            }
            Err(error) => Err(failure(error.code())),
        }
    }

    async fn signed_get(&self, key: &str, content_type: &str, disposition: &str) -> Result<String, StoreError> {
        let request = self.client.get_object().bucket(&self.buckets.uploads).key(key);
        let request = request.response_content_type(content_type).response_content_disposition(disposition);
        let signed = request.presigned(lifetime()?).await.map_err(|error| failure(error.code()))?;
        Ok(signed.uri().to_owned())
    }

    async fn signed_put(
        &self,
        key: &str,
        upload: &SignedUpload,
    ) -> Result<(String, BTreeMap<String, String>), StoreError> {
        let length = i64::try_from(upload.size).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let request = self.client.put_object().bucket(&self.buckets.uploads).key(key);
        let request = request.content_type(&upload.content_type).content_length(length);
        let request = request.checksum_sha256(&upload.sha256_base64);
        let signed = request.presigned(lifetime()?).await.map_err(|error| failure(error.code()))?;
        let headers = signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok((signed.uri().to_owned(), headers))
    }
}

fn lifetime() -> Result<PresigningConfig, StoreError> {
    let seconds = Duration::from_secs(SIGNED_SECONDS);
    PresigningConfig::expires_in(seconds).map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// A role without the right to list a bucket is told AccessDenied (403) for an object that is not there. No role of ours
/// may list, and each may read every key it asks for; the template test compares the two.
fn is_absent(code: Option<&str>) -> bool {
    matches!(code, Some("NoSuchKey" | "NotFound" | "AccessDenied"))
}

fn failure(code: Option<&str>) -> StoreError {
    match code {
        Some("SlowDown" | "ThrottlingException") => StoreError::Throttled,
        code => StoreError::Unavailable(format!("S3: {}", code.unwrap_or("no answer"))),
    }
}
