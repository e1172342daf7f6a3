//! People's archives on DynamoDB: the requests, and everything that goes into one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::Item;
use serde_json::Value;
use stoa_domain::audit::Entry;
use stoa_domain::cohort::Cohort;
use stoa_domain::export::Export;
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey, TenantId};
use stoa_domain::person::Person;
use stoa_service::exporting::{ExportSource, Held, Waiting};
use stoa_service::exports::ExportStore;
use stoa_service::failure::StoreError;

use crate::Store;
use crate::audit;
use crate::conditions::{ARCHIVE_IS_FREE, MARK_IS_AS_SEEN};
use crate::engine::{Engine, Key, Query, SortKeys, Table, Write, WriteFailure};
use crate::erasures::not_being_erased;
use crate::marks::Mark;
use crate::people::{put, update};
use crate::record::{self, unless_refused, values};
use crate::schema;

/// Attributes that say where an item is and who has to look at it, and nothing about anybody.
const PLUMBING: [&str; 5] = ["pk", "sk", "work_pk", "work_sk", "expires_at"];
/// Attributes that are JSON as text.
const TEXTS: [&str; 2] = ["answers", "facts"];

/// A request as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ExportRecord {
    #[serde(flatten)]
    export: Export,
    #[serde(flatten)]
    mark: Mark,
}

impl<E: Engine> Store<E> {
    async fn read_export(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<ExportRecord>, StoreError> {
        record::get(&self.engine, Table::People, &schema::export(tenant, person)).await
    }

    /// A person's enrolments with the cohorts they have, or had, a place in.
    pub(crate) async fn lines_of(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<Vec<(EnrolmentId, CohortId)>, StoreError> {
        let pk = schema::enrolments_of_pk(tenant, person);
        let items = record::all(&self.engine, Table::Learning, pk, SortKeys::Prefix(schema::PLACE.to_owned())).await?;
        let line = |item: &Item| {
            let cohort = CohortId::parse(record::text(item, "sk")?.strip_prefix(schema::PLACE)?).ok()?;
            Some((EnrolmentId::parse(record::text(item, "enrolment")?).ok()?, cohort))
        };
        Ok(items.iter().filter_map(line).collect())
    }

    /// Everything of one partition of `learning`; `None` if it is more than `bytes_max`.
    async fn held_in(&self, pk: String, bytes_max: usize) -> Result<Option<Vec<Held>>, StoreError> {
        let mut query = Query {
            table: Table::Learning,
            work_index: false,
            pk,
            sort_keys: SortKeys::All,
            consistent: true,
            descending: false,
            limit: None,
            after: None,
        };
        let (mut all, mut bytes) = (Vec::new(), 0);
        loop {
            let page = self.engine.query(&query).await?;
            for item in page.items {
                let held = held(item)?;
                bytes += held.sk.len() + held.attributes.to_string().len();
                all.push(held);
            }
            if bytes > bytes_max {
                return Ok(None);
            }
            query.after = page.last;
            if query.after.is_none() {
                return Ok(Some(all));
            }
        }
    }
}

impl<E: Engine> ExportStore for Store<E> {
    async fn who(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        self.read_person(tenant, person).await
    }

    async fn export(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Export>, StoreError> {
        Ok(self.read_export(tenant, person).await?.map(|stored| stored.export))
    }

    async fn ask_export(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        export: &Export,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let key = schema::export(tenant, person);
        let mark = Mark::pending(&key.pk, export.asked_at, "asked");
        let writes = vec![
            put(key, &ExportRecord { export: export.clone(), mark }),
            not_being_erased(tenant, person),
            audit::entry(tenant, entry),
        ];
        self.transact_if(writes).await
    }

    async fn hand_out(&self, tenant: &TenantId, entry: &Entry) -> Result<(), StoreError> {
        self.write_if(audit::entry(tenant, entry)).await.map(drop)
    }
}

impl<E: Engine> ExportSource for Store<E> {
    async fn waiting(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Waiting>, StoreError> {
        let stored = self.read_export(tenant, person).await?;
        Ok(stored.map(|stored| Waiting { mark: stored.mark.waiting().map(str::to_owned), export: stored.export }))
    }

    async fn who(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        self.read_person(tenant, person).await
    }

    async fn enrolments(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<Vec<(EnrolmentId, CohortId)>, StoreError> {
        // Who was moved has several places with one enrolment, which is in one cohort.
        let mut enrolments = BTreeMap::new();
        for (enrolment, _) in self.lines_of(tenant, person).await? {
            if let Some(found) = self.read_enrolment(tenant, &enrolment).await? {
                enrolments.insert(enrolment, found.cohort);
            }
        }
        Ok(enrolments.into_iter().collect())
    }

    async fn cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError> {
        self.read_cohort(tenant, cohort).await
    }

    async fn held(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        bytes_max: usize,
    ) -> Result<Option<Vec<Held>>, StoreError> {
        self.held_in(schema::enrolment_pk(tenant, enrolment), bytes_max).await
    }

    async fn inbox(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        bytes_max: usize,
    ) -> Result<Option<Vec<Held>>, StoreError> {
        self.held_in(schema::inbox_pk(tenant, person), bytes_max).await
    }

    async fn claim_export(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        begun: &Export,
        mark: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = values! {
            ":tries" => begun.tries, ":until" => begun.lease_until, ":seen" => mark, ":now" => now.as_millisecond(),
        };
        let expression = "SET tries = :tries, lease_until = :until";
        let write = update(schema::export(tenant, person), expression, values);
        self.write_if(Write { condition: Some(ARCHIVE_IS_FREE), ..write }).await
    }

    async fn done(&self, tenant: &TenantId, person: &PersonKey, export: &Export, mark: &str) -> Result<(), StoreError> {
        let done = ExportRecord { export: export.clone(), mark: Mark::default() };
        let write = put(schema::export(tenant, person), &done);
        let write = Write { condition: Some(MARK_IS_AS_SEEN), values: values! { ":seen" => mark }, ..write };
        match self.engine.write(write).await {
            // A newer request has its own mark, and an erased person has none.
            Ok(_) | Err(WriteFailure::Refused(_)) => Ok(()),
            Err(failure) => Err(unless_refused(failure)),
        }
    }
}

/// An item as it goes into an archive.
fn held(item: Item) -> Result<Held, StoreError> {
    let key = record::key_of(&item).unwrap_or_else(|| Key::new("?", "?"));
    let mut attributes: Value = record::record(item)?;
    if let Some(members) = attributes.as_object_mut() {
        members.retain(|name, _| !PLUMBING.contains(&name.as_str()));
        for text in TEXTS {
            let parsed = members.get(text).and_then(Value::as_str).and_then(|json| serde_json::from_str(json).ok());
            if let Some(parsed) = parsed {
                members.insert(text.to_owned(), parsed);
            }
        }
    }
    Ok(Held { sk: key.sk, attributes })
}
