//! Taking a person away from DynamoDB. The only place that deletes what learners have done.

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use stoa_domain::audit::Entry;
use stoa_domain::erasure::Stage;
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey, TenantId};
use stoa_domain::person::Person;
use stoa_service::erasing::{EraseStore, Waiting};
use stoa_service::failure::StoreError;
use stoa_service::provisioning::ProvisionStore;

use crate::Store;
use crate::audit;
use crate::conditions::{ERASURE_WAITS, MARK_IS_AS_SEEN, PERSON_IS_THERE};
use crate::engine::{Change, Engine, Key, Query, SortKeys, Table, Write};
use crate::erasures::ErasureRecord;
use crate::marks::Mark;
use crate::people::update;
use crate::record::{self, no_values, unless_refused, values};
use crate::schema;

/// How many items are deleted at once.
const AT_ONCE: usize = 8;

fn delete(table: Table, key: Key) -> Write {
    Write { table, key, change: Change::Delete, condition: None, values: no_values() }
}

impl<E: Engine> Store<E> {
    /// Deletes everything in a partition, and what is written into it meanwhile.
    async fn clear_partition(&self, table: Table, pk: String) -> Result<(), StoreError> {
        let query = Query {
            table,
            work_index: false,
            pk,
            sort_keys: SortKeys::All,
            consistent: true,
            descending: false,
            limit: None,
            after: None,
        };
        loop {
            let keys: Vec<Key> = self.engine.query(&query).await?.items.iter().filter_map(record::key_of).collect();
            if keys.is_empty() {
                return Ok(());
            }
            self.delete_all(keys.into_iter().map(|key| delete(table, key))).await?;
        }
    }

    async fn delete_all(&self, deletes: impl Iterator<Item = Write>) -> Result<(), StoreError> {
        let one = |write| async move { self.engine.write(write).await.map(drop).map_err(unless_refused) };
        stream::iter(deletes).map(one).buffer_unordered(AT_ONCE).try_collect().await
    }
}

impl<E: Engine> EraseStore for Store<E> {
    async fn waiting(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Waiting>, StoreError> {
        let stored: Option<ErasureRecord> =
            record::get(&self.engine, Table::People, &schema::erasure(tenant, person)).await?;
        Ok(stored.map(|stored| Waiting { mark: stored.mark.work_sk, erasure: stored.erasure }))
    }

    async fn begin(&self, tenant: &TenantId, person: &PersonKey, now: Timestamp) -> Result<bool, StoreError> {
        let key = schema::erasure(tenant, person);
        let mark = Mark::pending(&key.pk, now.as_millisecond(), "begun");
        let values = values! {
            ":waiting" => Stage::Waiting,
            ":erasing" => Stage::Erasing,
            ":work_pk" => mark.work_pk,
            ":work_sk" => mark.work_sk,
        };
        let write = update(key, "SET stage = :erasing, work_pk = :work_pk, work_sk = :work_sk", values);
        self.write_if(Write { condition: Some(ERASURE_WAITS), ..write }).await
    }

    async fn enrolments(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<Vec<(EnrolmentId, CohortId)>, StoreError> {
        self.lines_of(tenant, person).await
    }

    async fn clear_enrolment(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        cohort: &CohortId,
    ) -> Result<(), StoreError> {
        // What happened first, then the rows: a projector draws a row only together with what it was drawn from.
        self.clear_partition(Table::Learning, schema::enrolment_pk(tenant, enrolment)).await?;
        let newest = self.read_generations(tenant, cohort).await?.live + 1;
        let rows = (0..=newest).map(|generation| schema::row(tenant, cohort, generation, enrolment));
        self.delete_all(rows.map(|key| delete(Table::Learning, key))).await
    }

    async fn clear_inbox(&self, tenant: &TenantId, person: &PersonKey) -> Result<(), StoreError> {
        self.clear_partition(Table::Learning, schema::inbox_pk(tenant, person)).await
    }

    async fn clear_export(&self, tenant: &TenantId, person: &PersonKey) -> Result<(), StoreError> {
        let write = delete(Table::People, schema::export(tenant, person));
        self.engine.write(write).await.map(drop).map_err(unless_refused)
    }

    async fn settle(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        mark: &str,
        settled_at: i64,
    ) -> Result<bool, StoreError> {
        let key = schema::erasure(tenant, person);
        let next = Mark::due(&key.pk, settled_at, "settling");
        let values = values! {
            ":seen" => mark,
            ":settling" => Stage::Settling,
            ":settled_at" => settled_at,
            ":work_pk" => next.work_pk,
            ":work_sk" => next.work_sk,
        };
        let expression = "SET stage = :settling, settled_at = :settled_at, work_pk = :work_pk, work_sk = :work_sk";
        let write = update(key, expression, values);
        self.write_if(Write { condition: Some(MARK_IS_AS_SEEN), ..write }).await
    }

    async fn who(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        self.read_person(tenant, person).await
    }

    async fn claim(
        &self,
        issuer: &str,
        subject: &str,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<bool, StoreError> {
        self.link(issuer, subject, tenant, person).await
    }

    async fn note_subject(&self, tenant: &TenantId, person: &PersonKey, subject: &str) -> Result<(), StoreError> {
        let values = values! { ":subject" => subject };
        let write = update(schema::person(tenant, person), "SET #subject = :subject", values);
        // Refused: another run has finished.
        self.write_if(Write { condition: Some(PERSON_IS_THERE), ..write }).await.map(drop)
    }

    async fn unlink(&self, issuer: &str, subject: &str) -> Result<(), StoreError> {
        let write = delete(Table::People, schema::sign_in(issuer, subject));
        self.engine.write(write).await.map(drop).map_err(unless_refused)
    }

    async fn clear_list(&self, tenant: &TenantId, person: &PersonKey) -> Result<(), StoreError> {
        self.clear_partition(Table::Learning, schema::enrolments_of_pk(tenant, person)).await
    }

    async fn finish(&self, person: &Person, mark: &str, entry: &Entry, now: Timestamp) -> Result<bool, StoreError> {
        let values = values! {
            ":seen" => mark, ":erased" => Stage::Erased, ":erased_at" => now.as_millisecond(),
        };
        let key = schema::erasure(&person.tenant, &person.person);
        let expression = "SET stage = :erased, erased_at = :erased_at REMOVE work_pk, work_sk, settled_at";
        let writes = vec![
            Write { condition: Some(MARK_IS_AS_SEEN), ..update(key, expression, values) },
            delete(Table::People, schema::address(&person.tenant, &person.email)),
            delete(Table::People, schema::person(&person.tenant, &person.person)),
            audit::entry(&person.tenant, entry),
        ];
        self.transact_if(writes).await
    }
}
