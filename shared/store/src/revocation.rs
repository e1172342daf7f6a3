//! Whose access has ended: one small item a tenant, read by every function that answers requests.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stoa_domain::attempt::instant;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::Revoked;
use stoa_service::failure::StoreError;

use crate::Store;
use crate::engine::{Engine, Table};
use crate::{record, schema};

/// How long a name stays on the list, in milliseconds: an hour. Tokens live five minutes, and whoever is deactivated gets
/// no new one, so after that the list has nothing to refuse. It stays as short as an organisation's last hour.
pub(crate) const KEPT_MS: i64 = 60 * 60 * 1_000;

/// The list as it is stored. `rev` goes up with every change, so that two changes at once do not lose one another.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct RevokedRecord {
    pub(crate) people: Revoked,
    pub(crate) rev: u32,
}

impl<E: Engine> Store<E> {
    /// The deactivated people of a tenant and since when.
    pub async fn revoked(&self, tenant: &TenantId) -> Result<BTreeMap<PersonKey, Timestamp>, StoreError> {
        let stored: Option<RevokedRecord> = record::get(&self.engine, Table::People, &schema::revoked(tenant)).await?;
        Ok(stored.unwrap_or_default().people.into_iter().map(|(person, at)| (person, instant(at))).collect())
    }
}
