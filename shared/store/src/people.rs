//! People on DynamoDB: administering them, following them to the identity provider, and signing in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stoa_domain::audit::Entry;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::organisation::Organisation;
use stoa_domain::person::{Person, PersonState};
use stoa_domain::principal::Role;
use stoa_service::failure::StoreError;
use stoa_service::organisation::OrganisationStore;
use stoa_service::people::{AGAIN_MS, AccessChange, Inserted, InvitedAgain, PeoplePage, PeopleStore};
use stoa_service::provisioning::{ProvisionStore, Waiting};
use stoa_service::signing_in::SignIns;

use crate::Store;
use crate::audit;
use crate::conditions::{
    ADDRESS_IS_FREE, ADMINISTRATOR_STAYS, INVITATION_IS_DUE, MARK_IS_AS_SEEN, ORGANISATION_IS_AS_READ,
    REVOKED_IS_AS_READ, REVOKED_IS_NEW, ROLES_ARE_AS_READ, SIGN_IN_IS_FREE, STATE_IS_AS_READ, TENANT_IS_NEW,
};
use crate::engine::{Change, Engine, Key, Query, SortKeys, Table, TransactFailure, Values, Write, WriteFailure};
use crate::marks::Mark;
use crate::record::{self, cancelled, no_values, unless_refused, values};
use crate::revocation::{self, RevokedRecord};
use crate::schema;

/// The revision of a mark that asks for an invitation to be sent again. Whatever else is marked after it takes its place.
const AGAIN: &str = "again";
/// How many people a page has.
const PAGE_MAX: u32 = 100;

#[derive(Serialize)]
struct MarkedPerson<'a> {
    #[serde(flatten)]
    person: &'a Person,
    #[serde(flatten)]
    mark: Mark,
}

/// Who has an address, and who signs in with a subject.
#[derive(Serialize, Deserialize)]
struct Pointer {
    tenant: TenantId,
    person: PersonKey,
}

pub(crate) fn put(key: Key, record: &impl Serialize) -> Write {
    let item = record::item(&key, record);
    Write { table: Table::People, key, change: Change::Put(item), condition: None, values: no_values() }
}

pub(crate) fn update(key: Key, expression: &'static str, values: Values) -> Write {
    Write { table: Table::People, key, change: Change::Update(expression), condition: None, values }
}

/// Whoever asks is an administrator, as they were read, in the transaction of their act. Nobody's own act ends that, so
/// an organisation keeps one whatever happens at once.
pub(crate) fn administrator_stays(asker: &Person) -> Write {
    debug_assert!(asker.is_administrator());
    Write {
        table: Table::People,
        key: schema::person(&asker.tenant, &asker.person),
        change: Change::Check,
        condition: Some(ADMINISTRATOR_STAYS),
        values: values! { ":active" => PersonState::Active, ":roles" => asker.roles },
    }
}

impl<E: Engine> Store<E> {
    pub(crate) async fn read_person(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<Option<Person>, StoreError> {
        record::get(&self.engine, Table::People, &schema::person(tenant, person)).await
    }

    /// Who has an address.
    pub(crate) async fn read_addressed(&self, tenant: &TenantId, email: &str) -> Result<Option<Person>, StoreError> {
        let key = schema::address(tenant, email);
        match record::get::<Pointer>(&self.engine, Table::People, &key).await? {
            Some(pointer) => self.read_person(tenant, &pointer.person).await,
            None => Ok(None),
        }
    }

    /// Writes all of these; `false` if a condition did not hold.
    pub(crate) async fn transact_if(&self, writes: Vec<Write>) -> Result<bool, StoreError> {
        match self.engine.transact(writes).await {
            Ok(()) => Ok(true),
            Err(TransactFailure::Refused(_)) => Ok(false),
            Err(failure) => Err(cancelled(failure)),
        }
    }

    /// Writes under a condition; `false` if it did not hold.
    pub(crate) async fn write_if(&self, write: Write) -> Result<bool, StoreError> {
        match self.engine.write(write).await {
            Ok(_) => Ok(true),
            Err(WriteFailure::Refused(_)) => Ok(false),
            Err(failure) => Err(unless_refused(failure)),
        }
    }

    /// What changes of access write: each person's state, marked for provisioning, and the list of ended access, last and once.
    pub(crate) async fn access_writes<'a>(
        &self,
        tenant: &TenantId,
        changes: impl IntoIterator<Item = AccessChange<'a>>,
        now: Timestamp,
    ) -> Result<Vec<Write>, StoreError> {
        let key = schema::revoked(tenant);
        let stored: Option<RevokedRecord> = record::get(&self.engine, Table::People, &key).await?;
        let (condition, values) = match &stored {
            None => (REVOKED_IS_NEW, no_values()),
            Some(read) => (REVOKED_IS_AS_READ, values! { ":rev" => read.rev }),
        };
        let mut list = stored.unwrap_or_default();
        list.rev += 1;
        list.people.retain(|_, ended_at| *ended_at > now.as_millisecond() - revocation::KEPT_MS);
        let mut writes = Vec::new();
        for change in changes {
            if change.to.is_ended() {
                list.people.insert(change.person.clone(), now.as_millisecond());
            } else {
                list.people.remove(change.person);
            }
            writes.push(changed_state(tenant, change, now));
        }
        writes.push(Write { condition: Some(condition), values, ..put(key, &list) });
        Ok(writes)
    }

    /// Makes an organisation with its first administrator, marked for provisioning: both, or nothing because there is an
    /// organisation of that id. Returns whether it is new.
    pub async fn create_tenant(
        &self,
        name: &str,
        admin: &Person,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        debug_assert!(admin.roles.iter().any(|role| role == Role::Admin.name()));
        let organisation = Organisation { name: name.to_owned(), ..Organisation::default() };
        let mut writes = vec![
            Write { condition: Some(TENANT_IS_NEW), ..put(schema::tenant(&admin.tenant), &organisation) },
            audit::entry(&admin.tenant, entry),
        ];
        writes.extend(new_person(admin, now));
        self.transact_if(writes).await
    }
}

/// A person's state, marked for provisioning, if it is the one that was read.
fn changed_state(tenant: &TenantId, change: AccessChange<'_>, now: Timestamp) -> Write {
    let AccessChange { person, from, to } = change;
    let at = schema::person(tenant, person);
    let mark = Mark::pending(&at.pk, now.as_millisecond(), to.name());
    let values = values! { ":from" => from, ":to" => to, ":work_pk" => mark.work_pk, ":work_sk" => mark.work_sk };
    let state = update(at, "SET #state = :to, work_pk = :work_pk, work_sk = :work_sk", values);
    Write { condition: Some(STATE_IS_AS_READ), ..state }
}

/// A new person under an address that nobody has.
fn new_person(person: &Person, now: Timestamp) -> [Write; 2] {
    let key = schema::person(&person.tenant, &person.person);
    let pointer = Pointer { tenant: person.tenant.clone(), person: person.person.clone() };
    let mark = Mark::pending(&key.pk, now.as_millisecond(), "invited");
    let address = schema::address(&person.tenant, &person.email);
    [Write { condition: Some(ADDRESS_IS_FREE), ..put(address, &pointer) }, put(key, &MarkedPerson { person, mark })]
}

impl<E: Engine> PeopleStore for Store<E> {
    async fn insert(
        &self,
        person: &Person,
        asker: &Person,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<Option<Inserted>, StoreError> {
        let mut writes = Vec::from(new_person(person, now));
        writes.extend([administrator_stays(asker), audit::entry(&person.tenant, entry)]);
        if self.transact_if(writes).await? {
            return Ok(Some(Inserted::New));
        }
        let address = schema::address(&person.tenant, &person.email);
        let taken: Option<Pointer> = record::get(&self.engine, Table::People, &address).await?;
        // An unclear first try may have written this very person.
        Ok(taken.map(
            |taken| {
                if taken.person == person.person { Inserted::New } else { Inserted::Existing(taken.person) }
            },
        ))
    }

    async fn person(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        self.read_person(tenant, person).await
    }

    async fn page(&self, tenant: &TenantId, after: Option<&PersonKey>) -> Result<PeoplePage, StoreError> {
        let query = Query {
            table: Table::People,
            work_index: false,
            pk: schema::people_pk(tenant),
            sort_keys: SortKeys::All,
            consistent: true,
            descending: false,
            limit: Some(PAGE_MAX),
            after: after.map(|person| record::behind(&schema::person(tenant, person))),
        };
        let page = self.engine.query(&query).await?;
        let people = page.items.into_iter().map(record::record).collect::<Result<Vec<Person>, _>>()?;
        let next = page.last.and(people.last().map(|person| person.person.clone()));
        Ok(PeoplePage { people, next })
    }

    async fn everybody(&self, tenant: &TenantId) -> Result<Vec<Person>, StoreError> {
        let people = record::all(&self.engine, Table::People, schema::people_pk(tenant), SortKeys::All).await?;
        people.into_iter().map(record::record).collect()
    }

    async fn invite_again(
        &self,
        person: &Person,
        asker: &Person,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<InvitedAgain, StoreError> {
        let key = schema::person(&person.tenant, &person.person);
        let now_ms = now.as_millisecond();
        let mark = Mark::pending(&key.pk, now_ms, AGAIN);
        let set = values! {
            ":now" => now_ms, ":work_pk" => mark.work_pk, ":work_sk" => mark.work_sk,
            ":from" => person.state, ":before" => now_ms - AGAIN_MS,
        };
        let expression = "SET invited_again_at = :now, work_pk = :work_pk, work_sk = :work_sk";
        let marked = Write { condition: Some(INVITATION_IS_DUE), ..update(key, expression, set) };
        let writes = vec![marked, administrator_stays(asker), audit::entry(&person.tenant, entry)];
        match self.engine.transact(writes).await {
            Ok(()) => Ok(InvitedAgain::Yes),
            Err(TransactFailure::Refused(refused)) if refused.first() == Some(&true) => {
                let stands = self.read_person(&person.tenant, &person.person).await?;
                let is_as_read = stands.is_some_and(|stands| stands.state == person.state);
                Ok(if is_as_read { InvitedAgain::TooSoon } else { InvitedAgain::Changed })
            }
            Err(TransactFailure::Refused(_)) => Ok(InvitedAgain::Changed),
            Err(failure) => Err(cancelled(failure)),
        }
    }

    async fn set_roles(
        &self,
        before: &Person,
        roles: &[String],
        asker: &Person,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let key = schema::person(&before.tenant, &before.person);
        let replace =
            |condition, values| Write { condition: Some(condition), ..update(key, "SET #roles = :next", values) };
        let writes = if asker.person == before.person {
            // One item takes one write of a transaction: their own roles are replaced under the condition itself.
            let values = values! { ":next" => roles, ":roles" => before.roles, ":active" => PersonState::Active };
            vec![replace(ADMINISTRATOR_STAYS, values)]
        } else {
            let values = values! { ":next" => roles, ":before" => before.roles };
            vec![replace(ROLES_ARE_AS_READ, values), administrator_stays(asker)]
        };
        self.transact_if([writes, vec![audit::entry(&before.tenant, entry)]].concat()).await
    }

    async fn change_access(
        &self,
        asker: &Person,
        changes: &[(AccessChange<'_>, Entry)],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tenant = &asker.tenant;
        let mut writes = self.access_writes(tenant, changes.iter().map(|(change, _)| *change), now).await?;
        writes.push(administrator_stays(asker));
        writes.extend(changes.iter().map(|(_, entry)| audit::entry(tenant, entry)));
        self.transact_if(writes).await
    }
}

impl<E: Engine> OrganisationStore for Store<E> {
    async fn organisation(&self, tenant: &TenantId) -> Result<Option<Organisation>, StoreError> {
        record::get(&self.engine, Table::People, &schema::tenant(tenant)).await
    }

    async fn put_organisation(
        &self,
        tenant: &TenantId,
        next: &Organisation,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let values = values! { ":rev" => next.rev.saturating_sub(1) };
        let write = put(schema::tenant(tenant), next);
        let write = Write { condition: Some(ORGANISATION_IS_AS_READ), values, ..write };
        self.transact_if(vec![write, audit::entry(tenant, entry)]).await
    }
}

impl<E: Engine> ProvisionStore for Store<E> {
    async fn waiting(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Waiting>, StoreError> {
        let Some(item) = self.engine.get(Table::People, &schema::person(tenant, person), true).await? else {
            return Ok(None);
        };
        let mark: Mark = record::record(item.clone())?;
        let is_again = mark.revision() == Some(AGAIN);
        Ok(Some(Waiting { person: record::record(item)?, mark: mark.waiting().map(str::to_owned), is_again }))
    }

    async fn link(
        &self,
        issuer: &str,
        subject: &str,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<bool, StoreError> {
        let key = schema::sign_in(issuer, subject);
        let pointer = Pointer { tenant: tenant.clone(), person: person.clone() };
        let values = values! { ":tenant" => tenant, ":person" => person };
        self.write_if(Write { condition: Some(SIGN_IN_IS_FREE), values, ..put(key, &pointer) }).await
    }

    async fn activate(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        subject: &str,
        mark: &str,
    ) -> Result<bool, StoreError> {
        let values = values! { ":active" => PersonState::Active, ":subject" => subject, ":seen" => mark };
        let expression = "SET #state = :active, #subject = :subject REMOVE work_pk, work_sk";
        let write = update(schema::person(tenant, person), expression, values);
        self.write_if(Write { condition: Some(MARK_IS_AS_SEEN), ..write }).await
    }

    async fn clear(&self, tenant: &TenantId, person: &PersonKey, mark: &str) -> Result<bool, StoreError> {
        self.write_if(crate::marks::clear(Table::People, schema::person(tenant, person), mark)).await
    }
}

impl<E: Engine> SignIns for Store<E> {
    async fn signed_in(&self, issuer: &str, subject: &str) -> Result<Option<Person>, StoreError> {
        let pointer: Option<Pointer> =
            record::get(&self.engine, Table::People, &schema::sign_in(issuer, subject)).await?;
        match pointer {
            Some(Pointer { tenant, person }) => self.read_person(&tenant, &person).await,
            None => Ok(None),
        }
    }
}
