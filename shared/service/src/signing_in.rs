//! What a new access token may say about the person it is for.

use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};

use crate::failure::StoreError;

/// Reads who signs in.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait SignIns {
    /// The person that a subject of an issuer signs in as, read consistently.
    async fn signed_in(&self, issuer: &str, subject: &str) -> Result<Option<Person>, StoreError>;
}

/// What the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The organisation.
    pub tenant: TenantId,
    /// The pseudonymous key.
    pub person: PersonKey,
    /// `role` or `role@scope`, divided by blanks: claims that are lists arrive as text.
    pub roles: String,
}

/// The claims of a person who may use Stoa; `None` for everybody else.
pub async fn claims(store: &impl SignIns, issuer: &str, subject: &str) -> Result<Option<Claims>, StoreError> {
    let person = store.signed_in(issuer, subject).await?.filter(|person| person.state == PersonState::Active);
    Ok(person.map(|person| Claims { tenant: person.tenant, person: person.person, roles: person.roles.join(" ") }))
}
