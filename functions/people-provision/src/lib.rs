//! Following people to the identity provider: the only consumer of the work marks of people.

use stoa_identity::{Directory, DirectoryFailure};
use stoa_queue::{Doorbell, Failure};
use stoa_service::provisioning::{self, AccountFailure, Accounts, ProvisionStore, Provisioned};
use stoa_store::engine::Key;
use stoa_store::schema;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["ISSUER", "LOG_LEVEL", "PEOPLE_TABLE", "USER_POOL_ID"];

/// Brings the identity provider up to what is known of the person that a doorbell names.
pub async fn handle(
    store: &impl ProvisionStore,
    accounts: &impl Accounts,
    issuer: &str,
    bell: &Doorbell,
) -> Result<(), Failure> {
    let named = schema::parse_person_key(&Key::new(&bell.pk, &bell.sk));
    let (tenant, person) = named.ok_or_else(|| Failure::retry("the doorbell names no person"))?;

    match provisioning::provision(store, accounts, issuer, &tenant, &person).await.map_err(Failure::retry)? {
        Provisioned::Done | Provisioned::Nothing => Ok(()),
        Provisioned::AddressTaken => Err(Failure::Discard("the address signs in to another organisation")),
    }
}

/// The accounts of a user pool.
#[derive(Debug)]
pub struct Pool(pub Directory);

impl Accounts for Pool {
    async fn ensure(&self, email: &str) -> Result<String, AccountFailure> {
        self.0.ensure_user(email).await.map(String::from).map_err(failure)
    }

    async fn invite_again(&self, email: &str) -> Result<(), AccountFailure> {
        self.0.invite_again(email).await.map_err(failure)
    }

    async fn disable(&self, email: &str) -> Result<(), AccountFailure> {
        self.0.disable(email).await.map_err(failure)
    }

    async fn enable(&self, email: &str) -> Result<(), AccountFailure> {
        self.0.enable(email).await.map_err(failure)
    }
}

fn failure(failure: DirectoryFailure) -> AccountFailure {
    AccountFailure(failure.to_string())
}

#[cfg(test)]
mod tests;
