//! An embedded DynamoDB engine behind the real SDK: a second opinion that shares no code with the model.

use std::net::SocketAddr;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use dynoxide::Database;
use serde_json::{Value, json};
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_store::schema::WORK_INDEX;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::meter::Meter;
use crate::model::Units;

/// The names of the tables.
const CONTENT: &str = "content";
const LEARNING: &str = "learning";
const PEOPLE: &str = "people";
const AUDIT: &str = "audit";

/// A running engine with the four tables. It ends when this is dropped.
#[derive(Debug)]
pub struct Embedded {
    /// The production adapter over it.
    pub engine: Dynamo,
    /// The SDK's client of it.
    pub client: Client,
    server: JoinHandle<()>,
    meter: Meter,
}

impl Embedded {
    /// What its requests have consumed so far. A refused write says nothing about what it cost.
    pub fn units(&self) -> Units {
        self.meter.units()
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Starts an empty engine in memory, on a free port of this machine, with the tables as `infra/data.yaml` declares them.
///
/// # Panics
/// If this machine cannot open a port.
pub async fn embedded() -> Embedded {
    let database = Database::memory().expect("a database in memory");
    for table in [table(CONTENT, false), table(LEARNING, true), table(PEOPLE, true), table(AUDIT, false)] {
        let request = serde_json::from_value(table).expect("the request is well formed");
        database.create_table(request).expect("the table is made");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    #[expect(clippy::disallowed_methods, reason = "it serves beside the test that asks it, and ends with it")]
    let server = tokio::spawn(dynoxide::server::serve_on(listener, database));
    let meter = Meter::default();
    let client = client(address, meter.clone());
    let names = TableNames {
        content: CONTENT.to_owned(),
        learning: LEARNING.to_owned(),
        people: PEOPLE.to_owned(),
        audit: AUDIT.to_owned(),
    };
    Embedded { engine: Dynamo::new(client.clone(), names), client, server, meter }
}

fn client(address: SocketAddr, meter: Meter) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(format!("http://{address}"))
        .credentials_provider(Credentials::new("test", "test", None, None, "embedded"))
        .interceptor(meter)
        .build();
    Client::from_conf(config)
}

fn table(name: &str, with_work: bool) -> Value {
    let attributes: &[&str] = if with_work { &["pk", "sk", "work_pk", "work_sk"] } else { &["pk", "sk"] };
    let definition = |name: &&str| json!({ "AttributeName": name, "AttributeType": "S" });
    let keys = |hash: &str, range: &str| json!([{ "AttributeName": hash, "KeyType": "HASH" }, { "AttributeName": range, "KeyType": "RANGE" }]);
    let mut table = json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes.iter().map(definition).collect::<Vec<_>>(),
        "KeySchema": keys("pk", "sk"),
    });
    if with_work {
        table["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" });
        table["GlobalSecondaryIndexes"] = json!([{
            "IndexName": WORK_INDEX,
            "KeySchema": keys("work_pk", "work_sk"),
            "Projection": { "ProjectionType": "KEYS_ONLY" },
        }]);
    }
    table
}
