//! Bringing the identity provider up to what is known of a person. The table is the truth; this follows it.
//!
//! Several may follow the same person at once, late or twice. Whoever has told the provider something looks again: if the
//! person has changed meanwhile, what stands now is told after it. Whoever ends in between is started again by the queue, and
//! then tells what stands even if nothing waits any more. So the last word the provider hears is the last state.

use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};

use crate::failure::StoreError;

/// How often a person who keeps changing is followed before the queue is asked to come back.
const ROUNDS_MAX: usize = 4;

/// A person as they were read, with their work mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The person.
    pub person: Person,
    /// The mark; `None` if nothing waits.
    pub mark: Option<String>,
    /// Whether it asks for their invitation to be sent again.
    pub is_again: bool,
}

/// What provisioning may do in the table.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait ProvisionStore {
    /// A person with their mark, read consistently.
    async fn waiting(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Waiting>, StoreError>;

    /// Lets a subject of an issuer sign in as this person; `false` if it signs in as somebody else.
    async fn link(
        &self,
        issuer: &str,
        subject: &str,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<bool, StoreError>;

    /// The person is active under this subject and nothing waits, if the mark is still the one that was seen.
    async fn activate(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        subject: &str,
        mark: &str,
    ) -> Result<bool, StoreError>;

    /// Nothing waits, if the mark is still the one that was seen.
    async fn clear(&self, tenant: &TenantId, person: &PersonKey, mark: &str) -> Result<bool, StoreError>;
}

/// Why the identity provider did not do it. It names no person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the identity provider: {0}")]
pub struct AccountFailure(pub String);

/// The accounts at the identity provider.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Accounts {
    /// Makes sure that there is an account with this address, and says its subject. A new one gets an invitation.
    async fn ensure(&self, email: &str) -> Result<String, AccountFailure>;

    /// Sends the account's invitation again, with a new first password, if it has never been signed in with; otherwise nothing.
    async fn invite_again(&self, email: &str) -> Result<(), AccountFailure>;

    /// Ends the account's sign-ins. No account is as good as a disabled one.
    async fn disable(&self, email: &str) -> Result<(), AccountFailure>;

    /// Lets the account sign in.
    async fn enable(&self, email: &str) -> Result<(), AccountFailure>;
}

/// How following a person ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provisioned {
    /// The provider knows what the table says.
    Done,
    /// There is no such person.
    Nothing,
    /// The address signs in to another organisation, so the invitation stands and leads nowhere.
    AddressTaken,
}

/// Why it has to be tried again.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProvisionError {
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The provider did not do it.
    #[error(transparent)]
    Account(#[from] AccountFailure),
}

/// Follows one person. Safe to run any number of times, at once, and to stop anywhere: the mark goes last, and a bell that
/// rings after that is a reason to look, not to trust.
pub async fn provision(
    store: &impl ProvisionStore,
    accounts: &impl Accounts,
    issuer: &str,
    tenant: &TenantId,
    person: &PersonKey,
) -> Result<Provisioned, ProvisionError> {
    let Some(mut waiting) = store.waiting(tenant, person).await? else { return Ok(Provisioned::Nothing) };
    for _ in 0..ROUNDS_MAX {
        let told = tell(store, accounts, issuer, &waiting).await?;
        if settle(store, &waiting, &told).await? {
            return Ok(if told == Told::Taken { Provisioned::AddressTaken } else { Provisioned::Done });
        }
        let Some(now) = store.waiting(tenant, person).await? else { return Ok(Provisioned::Nothing) };
        // Nothing waits: then what was told must be what stands.
        if now.mark.is_none() && stands(&now.person, &told) {
            return Ok(Provisioned::Done);
        }
        waiting = now;
    }
    Err(StoreError::Conflict.into())
}

/// What the provider was told.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// That the account may sign in, under this subject.
    Active(String),
    /// That it may not.
    Ended,
    /// Nothing: the account is somebody else's.
    Taken,
}

async fn tell(
    store: &impl ProvisionStore,
    accounts: &impl Accounts,
    issuer: &str,
    Waiting { person, is_again, .. }: &Waiting,
) -> Result<Told, ProvisionError> {
    match person.state {
        PersonState::Invited | PersonState::Active => {
            let subject = accounts.ensure(&person.email).await?;
            if !store.link(issuer, &subject, &person.tenant, &person.person).await? {
                return Ok(Told::Taken);
            }
            if person.state == PersonState::Active {
                accounts.enable(&person.email).await?;
            }
            // Only now: before, the account might have been another organisation's.
            if *is_again {
                accounts.invite_again(&person.email).await?;
            }
            Ok(Told::Active(subject))
        }
        PersonState::Deactivated | PersonState::Erasing => {
            // Without a subject the account was never this person's, and may be another organisation's.
            if person.subject.is_some() {
                accounts.disable(&person.email).await?;
            }
            Ok(Told::Ended)
        }
    }
}

/// Takes the mark off; `false` if the person has changed since they were read.
async fn settle(store: &impl ProvisionStore, waiting: &Waiting, told: &Told) -> Result<bool, StoreError> {
    let Waiting { person: Person { tenant, person, .. }, mark, .. } = waiting;
    let Some(mark) = mark else { return Ok(false) };
    match told {
        Told::Active(subject) => store.activate(tenant, person, subject, mark).await,
        Told::Ended | Told::Taken => store.clear(tenant, person, mark).await,
    }
}

fn stands(person: &Person, told: &Told) -> bool {
    match told {
        Told::Active(_) => person.state == PersonState::Active,
        Told::Ended => person.state.is_ended(),
        Told::Taken => person.subject.is_none(),
    }
}
