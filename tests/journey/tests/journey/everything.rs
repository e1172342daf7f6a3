//! Everything that the local AWS keeps, as text to search: tables, objects, messages, logs and accounts, with an operator's
//! credentials.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use serde_json::{Value, json};

use crate::stack::Stack;

/// Where something was found, and what it is.
#[derive(Debug)]
pub struct Found {
    /// The table, object, queue, log or pool.
    pub place: String,
    /// What is there.
    pub text: String,
}

fn credentials() -> Credentials {
    Credentials::new("test", "test", None, None, "local")
}

/// Everything there is, but for the functions' own packages.
pub async fn everything(stack: &Stack) -> Vec<Found> {
    let mut all = tables(stack).await;
    all.extend(objects(stack).await);
    all.extend(messages(stack).await);
    all.extend(logs(stack).await);
    all.push(Found { place: "the user pool".to_owned(), text: stack.accounts_text().await });
    all
}

#[expect(clippy::disallowed_methods, reason = "whoever looks for what must be nowhere has to look everywhere")]
async fn tables(stack: &Stack) -> Vec<Found> {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(stack.region().to_owned()))
        .endpoint_url(stack.aws_endpoint())
        .credentials_provider(credentials());
    let client = aws_sdk_dynamodb::Client::from_conf(config.build());
    let mut found = Vec::new();
    let names = client.list_tables().send().await.expect("the tables").table_names.unwrap_or_default();
    for name in names {
        let mut pages = client.scan().table_name(&name).into_paginator().send();
        while let Some(page) = pages.next().await {
            let items = page.expect("a page of a table").items.unwrap_or_default();
            let texts = items.iter().map(|item| format!("{item:?}"));
            found.extend(texts.map(|text| Found { place: format!("the table {name}"), text }));
        }
    }
    found
}

async fn objects(stack: &Stack) -> Vec<Found> {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
        .region(aws_sdk_s3::config::Region::new(stack.region().to_owned()))
        .endpoint_url(stack.aws_endpoint())
        .force_path_style(true)
        .credentials_provider(credentials());
    let client = aws_sdk_s3::Client::from_conf(config.build());
    let mut found = Vec::new();
    let buckets = client.list_buckets().send().await.expect("the buckets").buckets.unwrap_or_default();
    let names = buckets.into_iter().filter_map(|bucket| bucket.name);
    // Programs: large, and the same for everybody.
    for bucket in names.filter(|name| !name.contains("packages")) {
        let mut pages = client.list_objects_v2().bucket(&bucket).into_paginator().send();
        while let Some(page) = pages.next().await {
            for object in page.expect("a page of a bucket").contents.unwrap_or_default() {
                let key = object.key.unwrap_or_default();
                let output = client.get_object().bucket(&bucket).key(&key).send().await.expect("an object");
                let bytes = output.body.collect().await.expect("its bytes").to_vec();
                let text = format!("{key} {}", String::from_utf8_lossy(&bytes));
                found.push(Found { place: format!("the bucket {bucket}"), text });
            }
        }
    }
    found
}

async fn messages(stack: &Stack) -> Vec<Found> {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
        .region(aws_sdk_sqs::config::Region::new(stack.region().to_owned()))
        .endpoint_url(stack.aws_endpoint())
        .credentials_provider(credentials());
    let client = aws_sdk_sqs::Client::from_conf(config.build());
    let mut found = Vec::new();
    for queue in client.list_queues().send().await.expect("the queues").queue_urls.unwrap_or_default() {
        let read = client.receive_message().queue_url(&queue).max_number_of_messages(10).visibility_timeout(0);
        let read = read.send().await.expect("a queue's messages").messages.unwrap_or_default();
        let texts = read.into_iter().filter_map(|message| message.body);
        found.extend(texts.map(|text| Found { place: format!("the queue {queue}"), text }));
    }
    found
}

async fn logs(stack: &Stack) -> Vec<Found> {
    let mut found = Vec::new();
    let groups = stack.logs("DescribeLogGroups", json!({})).await;
    for group in groups["logGroups"].as_array().expect("log groups") {
        let name = group["logGroupName"].as_str().expect("a name");
        let mut token = Value::Null;
        loop {
            let mut asked = json!({"logGroupName": name});
            if !token.is_null() {
                asked["nextToken"] = token;
            }
            let page = stack.logs("FilterLogEvents", asked).await;
            let events = page["events"].as_array().cloned().unwrap_or_default();
            let texts = events.iter().filter_map(|event| event["message"].as_str());
            found.extend(texts.map(|text| Found { place: format!("the log {name}"), text: text.to_owned() }));
            token = page["nextToken"].clone();
            if token.is_null() || events.is_empty() {
                break;
            }
        }
    }
    found
}
