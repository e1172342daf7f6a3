//! Erasing people whose grace is over: the only consumer of the work marks of erasures, and the only function that can delete
//! a person or what they did.

use jiff::Timestamp;
use stoa_identity::{Directory, DirectoryFailure};
use stoa_queue::{Doorbell, Failure};
use stoa_service::erasing::{self, Archives, EraseStore, ErasedAccounts, Places};
use stoa_service::provisioning::AccountFailure;
use stoa_store::engine::Key;
use stoa_store::schema;

/// What the function reads from its environment.
pub const ENV: &[&str] =
    &["AUDIT_TABLE", "ISSUER", "LEARNING_TABLE", "LOG_LEVEL", "PEOPLE_TABLE", "UPLOADS_BUCKET", "USER_POOL_ID"];

/// Takes the erasure that a doorbell names as far as it goes now.
pub async fn handle<S: EraseStore, R: Archives, A: ErasedAccounts>(
    places: &Places<'_, S, R, A>,
    bell: &Doorbell,
    now: Timestamp,
) -> Result<(), Failure> {
    let named = schema::parse_erasure_key(&Key::new(&bell.pk, &bell.sk));
    let (tenant, person) = named.ok_or_else(|| Failure::retry("the doorbell names no erasure"))?;
    erasing::erase(places, &tenant, &person, now).await.map_err(Failure::retry)
}

/// The accounts of a user pool.
#[derive(Debug)]
pub struct Pool(pub Directory);

impl ErasedAccounts for Pool {
    async fn subject(&self, email: &str) -> Result<Option<String>, AccountFailure> {
        match self.0.subject_of(email).await {
            Ok(subject) => Ok(Some(subject.into())),
            Err(DirectoryFailure::Unknown) => Ok(None),
            Err(failure) => Err(AccountFailure(failure.to_string())),
        }
    }

    async fn delete(&self, email: &str) -> Result<(), AccountFailure> {
        self.0.delete(email).await.map_err(|failure| AccountFailure(failure.to_string()))
    }
}

#[cfg(test)]
mod tests;
