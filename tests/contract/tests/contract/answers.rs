//! What DynamoDB says only under load, word for word, and what the production adapter makes of it. No engine here says it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_store::engine::{Change, Engine, Key, ReadFailure, Table, TransactFailure, Values, Write, WriteFailure};
use stoa_store::record;

/// A DynamoDB that answers what it was told, one answer a request, and keeps what it was asked.
#[derive(Debug, Clone)]
struct Said {
    answers: Arc<Mutex<VecDeque<(u16, Value)>>>,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Said {
    fn of(answers: impl IntoIterator<Item = (u16, Value)>) -> Said {
        Said { answers: Arc::new(Mutex::new(answers.into_iter().collect())), asked: Arc::default() }
    }

    fn engine(&self) -> Dynamo {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .endpoint_url("http://dynamodb.test")
            .credentials_provider(Credentials::new("test", "test", None, None, "said"))
            .retry_config(RetryConfig::disabled())
            .http_client(self.clone())
            .build();
        let names = TableNames { learning: "learning".to_owned(), ..TableNames::default() };
        Dynamo::new(aws_sdk_dynamodb::Client::from_conf(config), names)
    }

    fn asked(&self) -> Vec<Value> {
        self.asked.lock().expect("no panic").clone()
    }
}

impl HttpClient for Said {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Said {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().expect("a body in memory");
        self.asked.lock().expect("no panic").push(serde_json::from_slice(body).expect("JSON"));
        let (status, answer) = self.answers.lock().expect("no panic").pop_front().expect("an answer is left");
        let response = HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(answer.to_string()));
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn refusal(kind: &str, more: Value) -> (u16, Value) {
    let mut body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "no"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    (400, body)
}

fn key(sk: &str) -> Key {
    Key::new("P", sk)
}

fn write(sk: &str) -> Write {
    let change = Change::Put(record::item(&key(sk), &json!({})));
    Write { table: Table::Learning, key: key(sk), change, condition: None, values: Values::new() }
}

fn found(found: &[&str], left: &[&str]) -> (u16, Value) {
    let keys = |sks: &[&str]| sks.iter().map(|sk| json!({"pk": {"S": "P"}, "sk": {"S": sk}})).collect::<Vec<_>>();
    let left = if left.is_empty() { json!({}) } else { json!({"learning": {"Keys": keys(left)}}) };
    (200, json!({"Responses": {"learning": keys(found)}, "UnprocessedKeys": left}))
}

#[tokio::test]
async fn keys_that_were_left_over_are_asked_for_again_and_no_others() {
    let said = Said::of([found(&["A", "C"], &["B"]), found(&["B"], &[])]);
    let items = said.engine().get_many(Table::Learning, &[key("A"), key("B"), key("C")]).await.expect("read");
    let sks: Vec<Option<&str>> = items.iter().map(|item| record::text(item, "sk")).collect();
    assert_eq!(sks, [Some("A"), Some("C"), Some("B")]);
    let again = &said.asked()[1]["RequestItems"]["learning"]["Keys"];
    assert_eq!(*again, json!([{"pk": {"S": "P"}, "sk": {"S": "B"}}]));
}

#[tokio::test]
async fn keys_that_stay_left_over_are_a_table_that_is_throttled() {
    let said = Said::of((0..5).map(|_| found(&[], &["A"])));
    assert_eq!(said.engine().get_many(Table::Learning, &[key("A")]).await, Err(ReadFailure::Throttled));
    assert_eq!(said.asked().len(), 5);
}

#[tokio::test]
async fn of_several_reasons_a_condition_outweighs_a_conflict_and_a_conflict_a_throttle() {
    let cases = [
        (["TransactionConflict", "ConditionalCheckFailed"], TransactFailure::Refused(vec![false, true])),
        (["ConditionalCheckFailed", "ConditionalCheckFailed"], TransactFailure::Refused(vec![true, true])),
        (["ThrottlingError", "TransactionConflict"], TransactFailure::Conflict),
        (["None", "ThrottlingError"], TransactFailure::Throttled),
        (["ProvisionedThroughputExceeded", "None"], TransactFailure::Throttled),
        (["None", "ValidationError"], TransactFailure::Unclear("cancelled: None, ValidationError".to_owned())),
    ];
    for (codes, expected) in cases {
        let reasons = json!({"CancellationReasons": codes.map(|code| json!({"Code": code}))});
        let said = Said::of([refusal("TransactionCanceledException", reasons)]);
        let answer = said.engine().transact(vec![write("A"), write("B")]).await;
        assert_eq!(answer, Err(expected), "{codes:?}");
    }
}

#[tokio::test]
async fn a_transaction_that_is_still_at_it_is_a_conflict() {
    let said = Said::of([refusal("TransactionInProgressException", json!({}))]);
    assert_eq!(said.engine().transact(vec![write("A")]).await, Err(TransactFailure::Conflict));
}

#[tokio::test]
async fn a_write_that_meets_a_transaction_is_a_conflict_and_one_too_many_is_throttled() {
    for (kind, expected) in [
        ("TransactionConflictException", WriteFailure::Conflict),
        ("ThrottlingException", WriteFailure::Throttled),
        ("ProvisionedThroughputExceededException", WriteFailure::Throttled),
        ("RequestLimitExceeded", WriteFailure::Throttled),
        ("InternalServerError", WriteFailure::Unclear("InternalServerError no".to_owned())),
    ] {
        let said = Said::of([refusal(kind, json!({}))]);
        assert_eq!(said.engine().write(write("A")).await, Err(expected), "{kind}");
    }
}

#[tokio::test]
async fn a_refusal_brings_the_item_that_stands_and_asks_for_it() {
    let stands = json!({"Item": {"pk": {"S": "P"}, "sk": {"S": "A"}, "rev": {"N": "3"}}});
    let said = Said::of([refusal("ConditionalCheckFailedException", stands)]);
    let answer = said.engine().write(write("A")).await;
    let Err(WriteFailure::Refused(Some(item))) = answer else { panic!("{answer:?}") };
    assert_eq!(record::text(&item, "sk"), Some("A"));
    assert_eq!(said.asked()[0]["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
}
