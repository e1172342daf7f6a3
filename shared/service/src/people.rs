//! The people of an organisation: inviting them, what they may do, and when their access ends.

mod checks;
mod ending;
pub mod import;

use jiff::Timestamp;
use stoa_domain::audit::{Act, By, Change, Entry, Subject};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState, administers};
use stoa_domain::release::Finding;

use crate::failure::StoreError;

pub use checks::{EMAIL_BYTES_MAX, NAME_CHARS_MAX, ROLES_MAX, email};

/// How often a change that met another one is decided anew.
const ROUNDS_MAX: usize = 5;
/// How long after somebody was invited again they can be once more, in milliseconds: nobody's inbox is filled by a button.
pub const AGAIN_MS: i64 = 600_000;

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

/// What came of inviting somebody again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitedAgain {
    /// It will be done.
    Yes,
    /// It was done less than [`AGAIN_MS`] ago.
    TooSoon,
    /// The person, or whoever asks, has changed since they were read.
    Changed,
}

/// A page of people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeoplePage {
    /// In order of their keys.
    pub people: Vec<Person>,
    /// Whom the next page begins after; `None` at the end.
    pub next: Option<PersonKey>,
}

/// The most people whose access one transaction changes: two writes each, beside the list and whoever asks.
pub const ACCESS_AT_ONCE_MAX: usize = 49;

/// A change of somebody's access, as it was decided on what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessChange<'a> {
    /// Who.
    pub person: &'a PersonKey,
    /// The state that was read.
    pub from: PersonState,
    /// The state that follows.
    pub to: PersonState,
}

/// What administering people may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait PeopleStore {
    /// Writes a new person, marked for provisioning, and the audit log's entry, unless somebody has the address. `None` if
    /// whoever asks is not as they were read.
    async fn insert(
        &self,
        person: &Person,
        asker: &Person,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<Option<Inserted>, StoreError>;

    /// A person.
    async fn person(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError>;

    /// One page of a tenant's people.
    async fn page(&self, tenant: &TenantId, after: Option<&PersonKey>) -> Result<PeoplePage, StoreError>;

    /// All of a tenant's people.
    async fn everybody(&self, tenant: &TenantId) -> Result<Vec<Person>, StoreError>;

    /// Marks a person for provisioning to invite them again, with the audit log's entry.
    async fn invite_again(
        &self,
        person: &Person,
        asker: &Person,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<InvitedAgain, StoreError>;

    /// Replaces a person's roles, with the audit log's entry; `false` if they are no longer the ones in `before`, or whoever
    /// asks is not as they were read.
    async fn set_roles(
        &self,
        before: &Person,
        roles: &[String],
        asker: &Person,
        entry: &Entry,
    ) -> Result<bool, StoreError>;

    /// Changes the states of at most [`ACCESS_AT_ONCE_MAX`] different people of the asker's organisation, each marked for
    /// provisioning, the list of ended access with one write, and the audit log, together. `false` if something was changed
    /// since it was read, whoever asks among it.
    async fn change_access(
        &self,
        asker: &Person,
        changes: &[(AccessChange<'_>, Entry)],
        now: Timestamp,
    ) -> Result<bool, StoreError>;
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
    /// Whoever asks is no administrator, whatever their token says.
    #[error("whoever asks is no administrator")]
    NotAdministrator,
    /// It would lock the administrator out, or let one who was locked out in again.
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
    by: &By,
) -> Result<Vec<(PersonKey, Inserted)>, PeopleError> {
    let people = checks::people(tenant, invitations, new_key).map_err(PeopleError::Invalid)?;
    let asker = asker(store, tenant, by).await?;

    // One after the other: each checks whoever asks, and two transactions at one item at once are in each other's way.
    let mut invited = Vec::with_capacity(people.len());
    for person in people {
        let inserted = insert(store, &person, &asker, by).await?;
        let key = if let Inserted::Existing(key) = &inserted { key.clone() } else { person.person };
        invited.push((key, inserted));
    }
    Ok(invited)
}

/// Whoever asks, if they are an administrator now. Their token may be minutes old; that they still are one when something is
/// written is the condition of the write.
async fn asker(store: &impl PeopleStore, tenant: &TenantId, by: &By) -> Result<Person, PeopleError> {
    let me = by.actor.as_ref().ok_or(PeopleError::NotAdministrator)?;
    let found = store.person(tenant, me).await?;
    found.filter(Person::is_administrator).ok_or(PeopleError::NotAdministrator)
}

async fn insert(store: &impl PeopleStore, person: &Person, asker: &Person, by: &By) -> Result<Inserted, PeopleError> {
    let roles = person.roles.join(" ");
    let entry = by.did(Act::Invited, Subject::person(&person.person), Change::between("roles", None, Some(&roles)));
    if let Some(inserted) = store.insert(person, asker, &entry, by.at).await? {
        return Ok(inserted);
    }
    for _ in 1..ROUNDS_MAX {
        let asker = self::asker(store, &person.tenant, by).await?;
        if let Some(inserted) = store.insert(person, &asker, &entry, by.at).await? {
            return Ok(inserted);
        }
    }
    Err(StoreError::Conflict.into())
}

/// Invites somebody again who has never signed in: their first password works for 14 days, and mail gets lost. Whoever has
/// signed in keeps their account as it is; only the identity provider knows, and is asked when it is told.
pub async fn invite_again(
    store: &impl PeopleStore,
    tenant: &TenantId,
    person: &PersonKey,
    by: &By,
) -> Result<Person, PeopleError> {
    if by.actor.as_ref() == Some(person) {
        return Err(PeopleError::NotPossible("You have signed in, and need no invitation."));
    }
    let entry = by.did(Act::InvitedAgain, Subject::person(person), None);
    for _ in 0..ROUNDS_MAX {
        let found = store.person(tenant, person).await?.ok_or(PeopleError::NotFound)?;
        if found.state.is_ended() {
            return Err(PeopleError::NotPossible("Their access has ended. Give it back first."));
        }
        let asker = asker(store, tenant, by).await?;
        match store.invite_again(&found, &asker, &entry, by.at).await? {
            InvitedAgain::Yes => return Ok(found),
            InvitedAgain::TooSoon => {
                return Err(PeopleError::NotPossible("They were invited again less than ten minutes ago."));
            }
            InvitedAgain::Changed => {}
        }
    }
    Err(StoreError::Conflict.into())
}

/// Replaces a person's roles. An administrator's own stay administrator's: somebody else may take them away.
pub async fn set_roles(
    store: &impl PeopleStore,
    tenant: &TenantId,
    person: &PersonKey,
    roles: &[String],
    by: &By,
) -> Result<Person, PeopleError> {
    let roles = checks::roles(roles, "/roles").map_err(PeopleError::Invalid)?;
    if by.actor.as_ref() == Some(person) && !administers(&roles) {
        return Err(PeopleError::NotPossible(
            "You cannot take your own administrator role away. Another administrator can.",
        ));
    }
    for _ in 0..ROUNDS_MAX {
        let found = store.person(tenant, person).await?.ok_or(PeopleError::NotFound)?;
        if found.roles == roles {
            return Ok(found);
        }
        let asker = asker(store, tenant, by).await?;
        if replace_roles(store, &found, &roles, &asker, by).await? {
            return Ok(Person { roles, ..found });
        }
    }
    Err(StoreError::Conflict.into())
}

/// Replaces the roles that were read; `false` if somebody was faster.
async fn replace_roles(
    store: &impl PeopleStore,
    before: &Person,
    roles: &[String],
    asker: &Person,
    by: &By,
) -> Result<bool, StoreError> {
    let change = Change::between("roles", Some(&before.roles.join(" ")), Some(&roles.join(" ")));
    let entry = by.did(Act::RolesChanged, Subject::person(&before.person), change);
    store.set_roles(before, roles, asker, &entry).await
}

/// Ends a person's access. Tokens they hold are refused within 60 seconds, and they get no new ones.
pub async fn deactivate(
    store: &impl PeopleStore,
    tenant: &TenantId,
    person: &PersonKey,
    by: &By,
) -> Result<Person, PeopleError> {
    if by.actor.as_ref() == Some(person) {
        return Err(PeopleError::NotPossible("You cannot end your own access. Another administrator can."));
    }
    // Whoever is being erased has no access either, and stays so.
    let ended = |person: &Person| if person.state.is_ended() { person.state } else { PersonState::Deactivated };
    change_access(store, tenant, person, by, ended).await
}

/// Gives a person's access back. Nobody gives it to themselves.
pub async fn reactivate(
    store: &impl PeopleStore,
    tenant: &TenantId,
    person: &PersonKey,
    by: &By,
) -> Result<Person, PeopleError> {
    if by.actor.as_ref() == Some(person) {
        return Err(PeopleError::NotPossible("You cannot give yourself access. Another administrator can."));
    }
    let restored = |person: &Person| match (person.state, &person.subject) {
        (PersonState::Deactivated, Some(_)) => PersonState::Active,
        (PersonState::Deactivated, None) => PersonState::Invited,
        (PersonState::Invited | PersonState::Active | PersonState::Erasing, _) => person.state,
    };
    let person = change_access(store, tenant, person, by, restored).await?;
    if person.state == PersonState::Erasing {
        return Err(PeopleError::NotPossible("This person is being erased. Take the erasure back first."));
    }
    Ok(person)
}

async fn change_access(
    store: &impl PeopleStore,
    tenant: &TenantId,
    person: &PersonKey,
    by: &By,
    decide: impl Fn(&Person) -> PersonState,
) -> Result<Person, PeopleError> {
    for _ in 0..ROUNDS_MAX {
        let mut found = store.person(tenant, person).await?.ok_or(PeopleError::NotFound)?;
        let to = decide(&found);
        if to == found.state {
            return Ok(found);
        }
        let act = if to == PersonState::Deactivated { Act::Deactivated } else { Act::Reactivated };
        let change = Change::between("state", Some(found.state.name()), Some(to.name()));
        let entry = by.did(act, Subject::person(person), change);
        let change = AccessChange { person, from: found.state, to };
        let asker = asker(store, tenant, by).await?;
        if store.change_access(&asker, &[(change, entry)], by.at).await? {
            found.state = to;
            return Ok(found);
        }
    }
    Err(StoreError::Conflict.into())
}
