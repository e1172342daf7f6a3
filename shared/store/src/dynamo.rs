//! The engine on DynamoDB, by the AWS SDK.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue as SdkValue, ConditionCheck, Delete, KeysAndAttributes, Put, ReturnValue,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use serde_dynamo::{AttributeValue, Item};

use crate::engine::{
    Change, Engine, Key, Page, Query, ReadFailure, SortKeys, Table, TransactFailure, Values, Write, WriteFailure,
};

/// The names of the tables. A function that has no business with a table leaves its name empty, and its role refuses it.
#[derive(Debug, Clone, Default)]
pub struct TableNames {
    /// Drafts and the register of Releases.
    pub content: String,
    /// Learning.
    pub learning: String,
    /// People.
    pub people: String,
}

/// DynamoDB.
#[derive(Debug, Clone)]
pub struct Dynamo {
    client: Client,
    tables: TableNames,
}

impl Dynamo {
    /// The engine over a client made once per process.
    pub fn new(client: Client, tables: TableNames) -> Dynamo {
        Dynamo { client, tables }
    }

    /// The engine with the settings that all clients share.
    pub fn connect(config: &SdkConfig, tables: TableNames) -> Dynamo {
        Dynamo::new(Client::new(config), tables)
    }

    fn name(&self, table: Table) -> &str {
        match table {
            Table::Content => &self.tables.content,
            Table::Learning => &self.tables.learning,
            Table::People => &self.tables.people,
        }
    }
}

type SdkItem = HashMap<String, SdkValue>;

impl Engine for Dynamo {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        let request = self.client.get_item().table_name(self.name(table)).set_key(Some(sdk_key(key)));
        let output = request.consistent_read(consistent).send().await.map_err(read_failure)?;
        Ok(output.item.map(Item::from))
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        let mut items = Vec::with_capacity(keys.len());
        let mut waiting: Vec<SdkItem> = keys.iter().map(sdk_key).collect();
        // DynamoDB may leave keys over; a few rounds finish them or the table is throttled.
        for _ in 0..5 {
            if waiting.is_empty() {
                return Ok(items);
            }
            let asked = KeysAndAttributes::builder().set_keys(Some(waiting)).build();
            let asked = asked.map_err(|error| ReadFailure::Unavailable(error.to_string()))?;
            let output = self.client.batch_get_item().request_items(self.name(table), asked).send().await;
            let output = output.map_err(read_failure)?;
            let found = output.responses.unwrap_or_default().into_values().flatten();
            items.extend(found.map(Item::from));
            waiting = output.unprocessed_keys.unwrap_or_default().into_values().flat_map(|left| left.keys).collect();
        }
        Err(ReadFailure::Throttled)
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        let (pk, sk) = if query.work_index { ("work_pk", "work_sk") } else { ("pk", "sk") };
        let mut values = HashMap::from([(":pk".to_owned(), SdkValue::S(query.pk.clone()))]);
        let expression = match &query.sort_keys {
            SortKeys::All => format!("{pk} = :pk"),
            SortKeys::Prefix(prefix) => {
                values.insert(":sk".to_owned(), SdkValue::S(prefix.clone()));
                format!("{pk} = :pk AND begins_with({sk}, :sk)")
            }
            SortKeys::Between(from, to) => {
                values.insert(":from".to_owned(), SdkValue::S(from.clone()));
                values.insert(":to".to_owned(), SdkValue::S(to.clone()));
                format!("{pk} = :pk AND {sk} BETWEEN :from AND :to")
            }
        };
        let request = self
            .client
            .query()
            .table_name(self.name(query.table))
            .set_index_name(query.work_index.then(|| crate::schema::WORK_INDEX.to_owned()))
            .key_condition_expression(expression)
            .set_expression_attribute_values(Some(values))
            .scan_index_forward(!query.descending)
            .set_limit(query.limit.map(|limit| limit.cast_signed()))
            .set_exclusive_start_key(query.after.clone().map(SdkItem::from));
        let request = if query.consistent { request.consistent_read(true) } else { request };
        let output = request.send().await.map_err(read_failure)?;
        let items = output.items.unwrap_or_default().into_iter().map(Item::from).collect();
        Ok(Page { items, last: output.last_evaluated_key.map(Item::from) })
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        let Write { table, key, change, condition, values } = write;
        let table = self.name(table);
        let condition = condition.map(|condition| condition.expression);
        let update = if let Change::Update(expression) = change { Some(expression) } else { None };
        let names = names(condition.into_iter().chain(update));
        let values = sdk_values(values);
        let old = ReturnValuesOnConditionCheckFailure::AllOld;
        let condition = condition.map(str::to_owned);
        match change {
            Change::Put(item) => {
                let request = self.client.put_item().table_name(table).set_item(Some(item.into()));
                let request = request.set_condition_expression(condition).set_expression_attribute_names(names);
                let request = request.set_expression_attribute_values(values);
                let sent = request.return_values_on_condition_check_failure(old).send().await;
                sent.map(|_| None).map_err(|error| refused_item(&error).unwrap_or_else(|| write_failure(error)))
            }
            Change::Update(expression) => {
                let request = self.client.update_item().table_name(table).set_key(Some(sdk_key(&key)));
                let request = request.update_expression(expression).set_condition_expression(condition);
                let request = request.return_values(ReturnValue::AllNew);
                let request = request.set_expression_attribute_names(names).set_expression_attribute_values(values);
                let sent = request.return_values_on_condition_check_failure(old).send().await;
                sent.map(|output| output.attributes.map(Item::from))
                    .map_err(|error| refused_item(&error).unwrap_or_else(|| write_failure(error)))
            }
            Change::Delete => {
                let request = self.client.delete_item().table_name(table).set_key(Some(sdk_key(&key)));
                let request = request.set_condition_expression(condition).set_expression_attribute_names(names);
                let request = request.set_expression_attribute_values(values);
                let sent = request.return_values_on_condition_check_failure(old).send().await;
                sent.map(|_| None).map_err(|error| refused_item(&error).unwrap_or_else(|| write_failure(error)))
            }
            Change::Check => Err(WriteFailure::Unclear("a check stands only in a transaction".to_owned())),
        }
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactFailure> {
        let actions = writes.into_iter().map(|write| self.action(write)).collect::<Result<Vec<_>, _>>();
        let actions = actions.map_err(TransactFailure::Unclear)?;
        let sent = self.client.transact_write_items().set_transact_items(Some(actions)).send().await;
        sent.map(drop).map_err(transact_failure)
    }
}

impl Dynamo {
    fn action(&self, write: Write) -> Result<TransactWriteItem, String> {
        let Write { table, key, change, condition, values } = write;
        let table = self.name(table);
        let condition = condition.map(|condition| condition.expression);
        let update = if let Change::Update(expression) = change { Some(expression) } else { None };
        let names = names(condition.into_iter().chain(update));
        let values = sdk_values(values);
        let condition = condition.map(str::to_owned);
        let action = TransactWriteItem::builder();
        let built = match change {
            Change::Put(item) => Put::builder()
                .table_name(table)
                .set_item(Some(item.into()))
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .build()
                .map(|put| action.put(put)),
            Change::Update(expression) => Update::builder()
                .table_name(table)
                .set_key(Some(sdk_key(&key)))
                .update_expression(expression)
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .build()
                .map(|update| action.update(update)),
            Change::Delete => Delete::builder()
                .table_name(table)
                .set_key(Some(sdk_key(&key)))
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .build()
                .map(|delete| action.delete(delete)),
            Change::Check => ConditionCheck::builder()
                .table_name(table)
                .set_key(Some(sdk_key(&key)))
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .build()
                .map(|check| action.condition_check(check)),
        };
        built.map(|action| action.build()).map_err(|error| error.to_string())
    }
}

fn sdk_key(key: &Key) -> SdkItem {
    HashMap::from([("pk".to_owned(), SdkValue::S(key.pk.clone())), ("sk".to_owned(), SdkValue::S(key.sk.clone()))])
}

fn sdk_values(values: Values) -> Option<SdkItem> {
    let convert = |(name, value): (&str, AttributeValue)| (name.to_owned(), SdkValue::from(value));
    (!values.is_empty()).then(|| values.into_iter().map(convert).collect())
}

/// The attributes that expressions write with a `#`.
fn names<'a>(expressions: impl Iterator<Item = &'a str>) -> Option<HashMap<String, String>> {
    let mut names = HashMap::new();
    for expression in expressions {
        for part in expression.split('#').skip(1) {
            let end = part.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(part.len());
            names.insert(format!("#{}", &part[..end]), part[..end].to_owned());
        }
    }
    (!names.is_empty()).then_some(names)
}

const THROTTLES: [&str; 4] =
    ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "LimitExceededException"];

fn read_failure<E: ProvideErrorMetadata, R>(error: SdkError<E, R>) -> ReadFailure {
    match error.code() {
        Some(code) if THROTTLES.contains(&code) => ReadFailure::Throttled,
        code => ReadFailure::Unavailable(describe(code, error.message())),
    }
}

fn write_failure<E: ProvideErrorMetadata, R>(error: SdkError<E, R>) -> WriteFailure {
    match error.code() {
        Some(code) if THROTTLES.contains(&code) => WriteFailure::Throttled,
        Some("TransactionConflictException") => WriteFailure::Conflict,
        code => WriteFailure::Unclear(describe(code, error.message())),
    }
}

/// Codes and the service's own words; never the request, which may hold answers.
fn describe(code: Option<&str>, message: Option<&str>) -> String {
    format!("{} {}", code.unwrap_or("no answer"), message.unwrap_or(""))
}

/// The three single writes say in three types that a condition did not hold.
trait RefusedItem {
    fn refused_item(&self) -> Option<Option<SdkItem>>;
}

fn refused_item<E: RefusedItem, R>(error: &SdkError<E, R>) -> Option<WriteFailure> {
    let old = error.as_service_error()?.refused_item()?;
    Some(WriteFailure::Refused(old.map(|item| Box::new(Item::from(item)))))
}

fn transact_failure<R>(error: SdkError<TransactWriteItemsError, R>) -> TransactFailure {
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
        let codes: Vec<&str> =
            cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or("None")).collect();
        let refused: Vec<bool> = codes.iter().map(|code| *code == "ConditionalCheckFailed").collect();
        // A condition that did not hold is a decision; it is worth more than a conflict beside it.
        return if refused.contains(&true) {
            TransactFailure::Refused(refused)
        } else if codes.contains(&"TransactionConflict") {
            TransactFailure::Conflict
        } else if codes.iter().any(|code| matches!(*code, "ThrottlingError" | "ProvisionedThroughputExceeded")) {
            TransactFailure::Throttled
        } else {
            TransactFailure::Unclear(format!("cancelled: {}", codes.join(", ")))
        };
    }
    match error.code() {
        Some(code) if THROTTLES.contains(&code) => TransactFailure::Throttled,
        Some("TransactionInProgressException") => TransactFailure::Conflict,
        code => TransactFailure::Unclear(describe(code, error.message())),
    }
}

mod refusals {
    use super::{RefusedItem, SdkItem};
    use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
    use aws_sdk_dynamodb::operation::put_item::PutItemError;
    use aws_sdk_dynamodb::operation::update_item::UpdateItemError;

    macro_rules! refused {
        ($($error:ident)*) => {$(
            impl RefusedItem for $error {
                fn refused_item(&self) -> Option<Option<SdkItem>> {
                    if let Self::ConditionalCheckFailedException(refused) = self {
                        Some(refused.item.clone())
                    } else {
                        None
                    }
                }
            }
        )*};
    }

    refused!(PutItemError UpdateItemError DeleteItemError);
}
