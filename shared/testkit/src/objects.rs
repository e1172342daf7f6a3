//! S3 as a model.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use stoa_service::failure::StoreError;
use stoa_store::objects::{Bucket, Object, Objects, SIGNED_SECONDS, SignedUpload};

use crate::faults::{Fault, Faults};
use crate::yielding::yield_now;

/// The buckets. Clones share them.
#[derive(Debug, Clone)]
pub struct ModelObjects {
    objects: Rc<RefCell<BTreeMap<(Bucket, String), Object>>>,
    faults: Faults,
}

impl ModelObjects {
    /// Empty buckets under these faults.
    pub fn new(faults: Faults) -> ModelObjects {
        ModelObjects { objects: Rc::default(), faults }
    }

    /// An object as it truly stands.
    pub fn object(&self, bucket: Bucket, key: &str) -> Option<Object> {
        self.objects.borrow().get(&(bucket, key.to_owned())).cloned()
    }

    /// The keys of a bucket, in order.
    pub fn keys(&self, bucket: Bucket) -> Vec<String> {
        self.objects.borrow().keys().filter(|(own, _)| *own == bucket).map(|(_, key)| key.clone()).collect()
    }

    /// Puts an object there, from outside of the simulated processes.
    pub fn place(&self, bucket: Bucket, key: impl Into<String>, bytes: Vec<u8>, content_type: &'static str) {
        self.objects.borrow_mut().insert((bucket, key.into()), Object { bytes, content_type });
    }

    async fn read<T>(&self, read: impl FnOnce(&BTreeMap<(Bucket, String), Object>) -> T) -> Result<T, StoreError> {
        yield_now().await;
        match self.faults.of_read() {
            Some(Fault::Throttled) => return Err(StoreError::Throttled),
            Some(Fault::Lost) => return Err(lost()),
            Some(Fault::CrashBefore) => match self.faults.crash().await {},
            _ => {}
        }
        let found = read(&self.objects.borrow());
        yield_now().await;
        Ok(found)
    }

    async fn write(&self, change: impl FnOnce(&mut BTreeMap<(Bucket, String), Object>)) -> Result<(), StoreError> {
        yield_now().await;
        let fate = self.faults.of_write();
        match fate {
            Some(Fault::Throttled | Fault::Conflict) => return Err(StoreError::Throttled),
            Some(Fault::Lost) => return Err(lost()),
            Some(Fault::CrashBefore) => match self.faults.crash().await {},
            _ => change(&mut self.objects.borrow_mut()),
        }
        yield_now().await;
        match fate {
            Some(Fault::CommittedUnclear | Fault::Late) => Err(lost()),
            Some(Fault::CrashAfter) => match self.faults.crash().await {},
            _ => Ok(()),
        }
    }
}

impl Objects for ModelObjects {
    async fn get(&self, bucket: Bucket, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let place = (bucket, key.to_owned());
        self.read(|objects| objects.get(&place).map(|object| object.bytes.clone())).await
    }

    async fn put(&self, bucket: Bucket, key: &str, object: Object) -> Result<(), StoreError> {
        assert!(!key.is_empty() && key.len() <= 1_024, "no key that S3 takes: {key:?}");
        self.write(|objects| drop(objects.insert((bucket, key.to_owned()), object))).await
    }

    async fn delete(&self, bucket: Bucket, key: &str) -> Result<(), StoreError> {
        self.write(|objects| drop(objects.remove(&(bucket, key.to_owned())))).await
    }

    async fn size(&self, bucket: Bucket, key: &str) -> Result<Option<u64>, StoreError> {
        let place = (bucket, key.to_owned());
        self.read(|objects| objects.get(&place).map(|object| object.bytes.len() as u64)).await
    }

    async fn signed_get(&self, key: &str, content_type: &str, disposition: &str) -> Result<String, StoreError> {
        // Signing is arithmetic: it needs no request and cannot fail.
        Ok(format!("https://uploads.test/{key}?expires={SIGNED_SECONDS}&type={content_type}&disposition={disposition}"))
    }

    async fn signed_put(
        &self,
        key: &str,
        upload: &SignedUpload,
    ) -> Result<(String, BTreeMap<String, String>), StoreError> {
        let headers = [
            ("content-type", upload.content_type.clone()),
            ("content-length", upload.size.to_string()),
            ("x-amz-checksum-sha256", upload.sha256_base64.clone()),
        ];
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Ok((format!("https://uploads.test/{key}?expires={SIGNED_SECONDS}"), headers))
    }
}

fn lost() -> StoreError {
    StoreError::Unavailable("the model lost the request or its answer".to_owned())
}
