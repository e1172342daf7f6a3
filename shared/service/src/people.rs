//! The people of an organisation: inviting them, what they may do, and when their access ends.

mod checks;

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_domain::principal::{Grant, Role};
use stoa_domain::release::Finding;

use crate::failure::StoreError;

pub use checks::{EMAIL_BYTES_MAX, NAME_CHARS_MAX, ROLES_MAX, email};

/// How many people are written at once.
const AT_ONCE: usize = 8;
/// How often a change that met another one is decided anew.
const ROUNDS_MAX: usize = 5;

/// Somebody to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where the invitation goes; it is also how they sign in.
    pub email: String,
    /// Their name.
    pub name: String,
    /// `role` or `role@scope`.
    pub roles: Vec<String>,
}

/// What came of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inserted {
    /// They are new.
    New,
    /// Somebody has the address already.
    Existing(PersonKey),
}

/// A page of people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeoplePage {
    /// In order of their keys.
    pub people: Vec<Person>,
    /// Whom the next page begins after; `None` at the end.
    pub next: Option<PersonKey>,
}

/// A change of somebody's access, as it was decided on what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessChange<'a> {
    /// The organisation.
    pub tenant: &'a TenantId,
    /// Who.
    pub person: &'a PersonKey,
    /// The state that was read.
    pub from: PersonState,
    /// The state that follows.
    pub to: PersonState,
    /// When.
    pub now: Timestamp,
}

/// What administering people may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait PeopleStore {
    /// Writes a new person, marked for provisioning, unless somebody has the address.
    async fn insert(&self, person: &Person, now: Timestamp) -> Result<Inserted, StoreError>;

    /// A person.
    async fn person(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError>;

    /// One page of a tenant's people.
    async fn page(&self, tenant: &TenantId, after: Option<&PersonKey>) -> Result<PeoplePage, StoreError>;

    /// Replaces a person's roles; `false` if there is no such person.
    async fn set_roles(&self, tenant: &TenantId, person: &PersonKey, roles: &[String]) -> Result<bool, StoreError>;

    /// Changes a person's state, marked for provisioning, and the list of ended access, together. `false` if something was
    /// changed since it was read.
    async fn change_access(&self, change: AccessChange<'_>) -> Result<bool, StoreError>;
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PeopleError {
    /// There is no such person.
    #[error("not found")]
    NotFound,
    /// Some values are not acceptable: which, as pointers into the request's body.
    #[error("{} values are not acceptable", .0.len())]
    Invalid(Vec<Finding>),
    /// It would lock the administrator out.
    #[error("{0}")]
    NotPossible(&'static str),
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Invites people, or finds those who are there. All are checked before the first is written; an address names one person,
/// so repeating an interrupted request finishes it.
///
/// `new_key` gives a key that nobody has: it must not follow from the person.
pub async fn invite(
    store: &impl PeopleStore,
    tenant: &TenantId,
    invitations: &[Invitation],
    new_key: impl Fn() -> PersonKey,
    now: Timestamp,
) -> Result<Vec<(PersonKey, Inserted)>, PeopleError> {
    let people = checks::people(tenant, invitations, new_key).map_err(PeopleError::Invalid)?;

    let writes = stream::iter(&people).map(async |person| {
        let inserted = store.insert(person, now).await?;
        let key = if let Inserted::Existing(key) = &inserted { key } else { &person.person };
        Ok::<_, StoreError>((key.clone(), inserted))
    });
    Ok(writes.buffered(AT_ONCE).try_collect().await?)
}

/// Replaces a person's roles. An administrator's own stay administrator's: somebody else may take them away.
pub async fn set_roles(
    store: &impl PeopleStore,
    tenant: &TenantId,
    person: &PersonKey,
    roles: &[String],
    me: &PersonKey,
) -> Result<Person, PeopleError> {
    let roles = checks::roles(roles, "/roles").map_err(PeopleError::Invalid)?;
    let stays_admin = roles
        .iter()
        .any(|role| Grant::parse(role).is_some_and(|grant| grant.role == Role::Admin && grant.scope.is_none()));
    if person == me && !stays_admin {
        return Err(PeopleError::NotPossible(
            "You cannot take your own administrator role away. Another administrator can.",
        ));
    }
    if !store.set_roles(tenant, person, &roles).await? {
        return Err(PeopleError::NotFound);
    }
    store.person(tenant, person).await?.ok_or(PeopleError::NotFound)
}

/// Ends a person's access. Tokens they hold are refused within 60 seconds, and they get no new ones.
pub async fn deactivate(
    store: &impl PeopleStore,
    tenant: &TenantId,
    person: &PersonKey,
    me: &PersonKey,
    now: Timestamp,
) -> Result<Person, PeopleError> {
    if person == me {
        return Err(PeopleError::NotPossible("You cannot end your own access. Another administrator can."));
    }
    // Whoever is being erased has no access either, and stays so.
    let ended = |person: &Person| if person.state.is_ended() { person.state } else { PersonState::Deactivated };
    change_access(store, tenant, person, now, ended).await
}

/// Gives a person's access back.
pub async fn reactivate(
    store: &impl PeopleStore,
    tenant: &TenantId,
    person: &PersonKey,
    now: Timestamp,
) -> Result<Person, PeopleError> {
    let restored = |person: &Person| match (person.state, &person.subject) {
        (PersonState::Deactivated, Some(_)) => PersonState::Active,
        (PersonState::Deactivated, None) => PersonState::Invited,
        (PersonState::Invited | PersonState::Active | PersonState::Erasing, _) => person.state,
    };
    let person = change_access(store, tenant, person, now, restored).await?;
    if person.state == PersonState::Erasing {
        return Err(PeopleError::NotPossible("This person is being erased. Take the erasure back first."));
    }
    Ok(person)
}

async fn change_access(
    store: &impl PeopleStore,
    tenant: &TenantId,
    person: &PersonKey,
    now: Timestamp,
    decide: impl Fn(&Person) -> PersonState,
) -> Result<Person, PeopleError> {
    for _ in 0..ROUNDS_MAX {
        let mut found = store.person(tenant, person).await?.ok_or(PeopleError::NotFound)?;
        let to = decide(&found);
        if to == found.state {
            return Ok(found);
        }
        if store.change_access(AccessChange { tenant, person, from: found.state, to, now }).await? {
            found.state = to;
            return Ok(found);
        }
    }
    Err(StoreError::Conflict.into())
}
