//! Ending the access of many: few writes of the list of ended access, which grows with each who is on it.

use futures::{StreamExt, TryStreamExt, stream};
use stoa_domain::audit::{Act, By, Change, Entry, Subject};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};

use super::{ACCESS_AT_ONCE_MAX, AccessChange, PeopleError, PeopleStore, ROUNDS_MAX, asker};
use crate::failure::StoreError;

/// How many people are read at once.
const READ_AT_ONCE: usize = 8;

/// Ends the access of these different people, in order; for each whether it was there to end. Each transaction revokes together
/// with what it writes of each person, so whoever stops in between has ended some and left the others as they were.
pub(super) async fn end_all(
    store: &impl PeopleStore,
    tenant: &TenantId,
    people: &[&PersonKey],
    by: &By,
) -> Result<Vec<bool>, PeopleError> {
    if people.iter().any(|person| by.actor.as_ref() == Some(*person)) {
        return Err(PeopleError::NotPossible("You cannot end your own access. Another administrator can."));
    }
    let mut ended = Vec::with_capacity(people.len());
    for some in people.chunks(ACCESS_AT_ONCE_MAX) {
        ended.extend(end_some(store, tenant, some, by).await?);
    }
    Ok(ended)
}

async fn end_some(
    store: &impl PeopleStore,
    tenant: &TenantId,
    people: &[&PersonKey],
    by: &By,
) -> Result<Vec<bool>, PeopleError> {
    for _ in 0..ROUNDS_MAX {
        let reads = stream::iter(people).map(|person| store.person(tenant, person));
        let found: Vec<Option<Person>> = reads.buffered(READ_AT_ONCE).try_collect().await?;
        let found: Vec<Person> = found.into_iter().collect::<Option<_>>().ok_or(PeopleError::NotFound)?;
        let changes: Vec<_> =
            found.iter().filter(|person| !person.state.is_ended()).map(|person| end(person, by)).collect();
        if changes.is_empty() || store.change_access(&asker(store, tenant, by).await?, &changes, by.at).await? {
            return Ok(found.iter().map(|person| !person.state.is_ended()).collect());
        }
    }
    Err(StoreError::Conflict.into())
}

fn end<'a>(person: &'a Person, by: &By) -> (AccessChange<'a>, Entry) {
    let to = PersonState::Deactivated;
    let change = Change::between("state", Some(person.state.name()), Some(to.name()));
    let entry = by.did(Act::Deactivated, Subject::person(&person.person), change);
    (AccessChange { person: &person.person, from: person.state, to }, entry)
}
