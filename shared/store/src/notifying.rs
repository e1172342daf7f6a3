//! Telling people on DynamoDB: news, agendas, and the claims of e-mails.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::{AttributeValue, Item};
use stoa_domain::attempt::AttemptState;
use stoa_domain::cohort::{Cohort, Enrolment};
use stoa_domain::fact::Facts;
use stoa_domain::id::{CohortId, EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_domain::notification::News;
use stoa_domain::notification::agenda::Agenda;
use stoa_domain::notification::preferences::Preferences;
use stoa_domain::person::Person;
use stoa_service::attempts::AttemptStore;
use stoa_service::failure::StoreError;
use stoa_service::notifying::Message;
use stoa_service::notifying::audience::AudienceStore;
use stoa_service::notifying::news::{Collected, NewsStore};
use stoa_service::notifying::rounds::{Members, RoundStore};
use stoa_service::notifying::sending::{Claim, MailStore, MessageRef, Outcome};
use stoa_service::reading::PeopleReader;

use crate::Store;
use crate::conditions::{AGENDA_IS_AS_READ, AGENDA_IS_NEW, MAIL_IS_FREE, MAIL_IS_MINE, NEWS_ARE_AS_TOLD};
use crate::engine::{Change, Engine, Table, TransactFailure, Write, WriteFailure};
use crate::inbox::{self, MailState, MessageRecord};
use crate::marks::Mark;
use crate::reading::row_enrolment;
use crate::record::{self, cancelled, no_values, unless_refused, values};
use crate::schema;

/// News as they are stored. They are a set of DynamoDB's own: adding the same again changes nothing, in any order.
#[derive(Debug, Deserialize)]
struct NewsRecord {
    #[serde(default)]
    news: BTreeSet<News>,
    rev: u64,
    #[serde(flatten)]
    mark: Mark,
}

/// Collects news of an enrolment, to be told at `due_at` or when those before them are.
pub(crate) fn collect(tenant: &TenantId, enrolment: &EnrolmentId, news: &BTreeSet<News>, due_at: i64) -> Write {
    let key = schema::news(tenant, enrolment);
    let mark = Mark::due(&key.pk, due_at, "news");
    let mut values = values! { ":work_pk" => mark.work_pk, ":work_sk" => mark.work_sk, ":one" => 1 };
    values.insert(":news", AttributeValue::Ss(news.iter().cloned().map(String::from).collect()));
    let expression = "SET work_pk = if_not_exists(work_pk, :work_pk), work_sk = if_not_exists(work_sk, :work_sk) \
                      ADD news :news, rev :one";
    Write { table: Table::Learning, key, change: Change::Update(expression), condition: None, values }
}

/// An agenda as it is written, with its mark.
#[derive(Serialize)]
struct AgendaRecord<'a> {
    #[serde(flatten)]
    agenda: &'a Agenda,
    #[serde(flatten)]
    mark: Mark,
}

/// What writes the next agenda over that of the revision before.
pub(crate) fn agenda_write(tenant: &TenantId, cohort: &CohortId, next: &Agenda, due_at: Option<i64>) -> Write {
    let key = schema::agenda(tenant, cohort);
    let mark = due_at.map_or_else(Mark::default, |at| Mark::due(&key.pk, at, &next.rev.to_string()));
    let item = record::item(&key, &AgendaRecord { agenda: next, mark });
    let (condition, values) = match next.rev.saturating_sub(1) {
        0 => (AGENDA_IS_NEW, no_values()),
        before => (AGENDA_IS_AS_READ, values! { ":rev" => before }),
    };
    Write { table: Table::Learning, key, change: Change::Put(item), condition: Some(condition), values }
}

impl<E: Engine> AudienceStore for Store<E> {
    async fn enrolled(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.read_enrolment(tenant, enrolment).await
    }

    async fn addressee(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        record::get(&self.engine, Table::People, &schema::person(tenant, person)).await
    }

    async fn wishes(&self, tenant: &TenantId, person: &PersonKey) -> Result<Preferences, StoreError> {
        self.read_preferences(tenant, person).await
    }

    async fn calendar(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError> {
        self.read_cohort(tenant, cohort).await
    }

    async fn has_handed_in(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        assessment: &NodeId,
    ) -> Result<bool, StoreError> {
        let attempts = AttemptStore::attempts(self, tenant, enrolment, assessment).await?;
        Ok(attempts.iter().any(|attempt| attempt.state == AttemptState::Closed))
    }

    async fn known(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError> {
        Ok(self.read_progress(tenant, enrolment).await?.0.facts)
    }
}

impl<E: Engine> NewsStore for Store<E> {
    async fn collected(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Collected>, StoreError> {
        let stored: Option<NewsRecord> =
            record::get(&self.engine, Table::Learning, &schema::news(tenant, enrolment)).await?;
        let waiting = |stored: NewsRecord| {
            let due_at = stored.mark.due_at()?;
            Some(Collected { news: stored.news, due_at, rev: stored.rev })
        };
        Ok(stored.and_then(waiting))
    }

    async fn tell(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        told: &Collected,
        messages: &[Message],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let forget = Write {
            table: Table::Learning,
            key: schema::news(tenant, enrolment),
            change: Change::Update("SET rev = rev + :one REMOVE news, work_pk, work_sk"),
            condition: Some(NEWS_ARE_AS_TOLD),
            values: values! { ":rev" => told.rev, ":one" => 1 },
        };
        // All messages are to one person: what counts them is one write.
        let (mut writes, mut unread) = (vec![forget], 0);
        for message in messages {
            unread += i64::from(message.inbox);
            writes.extend(inbox::written(message, now.as_millisecond()).into_iter().take(1));
        }
        if let Some(message) = messages.first().filter(|_| unread > 0) {
            writes.push(inbox::counted(schema::unread(tenant, &message.person), unread));
        }
        self.engine.transact(writes).await.map_err(cancelled)
    }
}

impl<E: Engine> RoundStore for Store<E> {
    async fn agenda(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Agenda>, StoreError> {
        record::get(&self.engine, Table::Learning, &schema::agenda(tenant, cohort)).await
    }

    async fn put_agenda(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        next: &Agenda,
        due_at: Option<i64>,
    ) -> Result<bool, StoreError> {
        match self.engine.write(agenda_write(tenant, cohort, next, due_at)).await {
            Ok(_) => Ok(true),
            Err(WriteFailure::Refused(_)) => Ok(false),
            Err(failure) => Err(unless_refused(failure)),
        }
    }

    async fn members_after(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        after: Option<&EnrolmentId>,
        page_max: u32,
    ) -> Result<Members, StoreError> {
        let page = self.rows_after(tenant, cohort, after, page_max, true).await?;
        Ok(Members { enrolments: page.items.iter().filter_map(row_enrolment).collect(), more: page.last.is_some() })
    }

    async fn tell_one(&self, message: &Message, now: Timestamp) -> Result<bool, StoreError> {
        match self.engine.transact(inbox::written(message, now.as_millisecond())).await {
            Ok(()) => Ok(true),
            Err(TransactFailure::Refused(_)) => Ok(false),
            Err(failure) => Err(cancelled(failure)),
        }
    }
}

impl<E: Engine> MailStore for Store<E> {
    async fn unsent(&self, at: &MessageRef) -> Result<Option<Message>, StoreError> {
        let MessageRef { tenant, person, id } = at;
        let stored: Option<MessageRecord> =
            record::get(&self.engine, Table::Learning, &schema::message(tenant, person, id)).await?;
        let message = |stored: MessageRecord| Message {
            tenant: tenant.clone(),
            person: person.clone(),
            id: id.clone(),
            notice: stored.notice,
            inbox: stored.inbox,
            email: stored.mail.is_some(),
        };
        Ok(stored.filter(|stored| stored.mark.waiting().is_some()).map(message))
    }

    async fn claim(
        &self,
        at: &MessageRef,
        owner: &str,
        lease_until: i64,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        let expression =
            "SET mail = :claimed, #owner = :owner, lease_until = :lease_until ADD fence :one, unclear :one";
        let write = Write {
            table: Table::Learning,
            key: schema::message(&at.tenant, &at.person, &at.id),
            change: Change::Update(expression),
            condition: Some(MAIL_IS_FREE),
            values: values! {
                ":waiting" => MailState::Waiting, ":claimed" => MailState::Claimed, ":now" => now.as_millisecond(),
                ":owner" => owner, ":lease_until" => lease_until, ":one" => 1,
            },
        };
        let claimed = |item: Item| -> Result<Claim, StoreError> {
            let stored: MessageRecord = record::record(item)?;
            Ok(Claim { fence: stored.fence, unclear: stored.unclear })
        };
        match self.engine.write(write).await {
            Ok(Some(item)) => claimed(item).map(Some),
            // An unclear first try of this very claim may have been written.
            Err(WriteFailure::Refused(Some(item)))
                if record::text(&item, "owner") == Some(owner) && record::text(&item, "mail") == Some("claimed") =>
            {
                claimed(*item).map(Some)
            }
            Ok(None) | Err(WriteFailure::Refused(_)) => Ok(None),
            Err(failure) => Err(unless_refused(failure)),
        }
    }

    async fn settle(&self, at: &MessageRef, fence: u32, outcome: Outcome, now: Timestamp) -> Result<(), StoreError> {
        let key = schema::message(&at.tenant, &at.person, &at.id);
        let expression = "SET mail = :settled, outcome = :outcome, settled_at = :now REMOVE work_pk, work_sk";
        let values = values! {
            ":settled" => MailState::Settled, ":outcome" => outcome, ":now" => now.as_millisecond(), ":fence" => fence,
            ":claimed" => MailState::Claimed,
        };
        self.learning_if(key, Change::Update(expression), MAIL_IS_MINE, values).await.map(drop)
    }

    async fn release(&self, at: &MessageRef, fence: u32) -> Result<(), StoreError> {
        let key = schema::message(&at.tenant, &at.person, &at.id);
        let change = Change::Update("SET mail = :waiting, unclear = unclear - :one");
        let values = values! {
            ":waiting" => MailState::Waiting, ":one" => 1, ":fence" => fence, ":claimed" => MailState::Claimed,
        };
        self.learning_if(key, change, MAIL_IS_MINE, values).await.map(drop)
    }

    async fn organisation(&self, tenant: &TenantId) -> Result<Option<String>, StoreError> {
        self.tenant_name(tenant).await
    }
}
