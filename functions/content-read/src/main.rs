//! Wiring of content-read.

use content_read::{ContentRead, ENV, Edge};
use stoa_http::Gate;
use stoa_http::edge::EdgeKey;
use stoa_runtime::{Config, Error, aws, serve_http, start};
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_store::objects::{BucketNames, S3};
use stoa_store::releases::Releases;

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let sdk = aws::config().await;
        let name = |name| config.get(name).to_owned();
        let tables =
            TableNames { learning: name("LEARNING_TABLE"), people: name("PEOPLE_TABLE"), ..TableNames::default() };
        let buckets = BucketNames { content: name("CONTENT_BUCKET"), ..BucketNames::default() };
        let edge = Edge {
            key: EdgeKey::new(config.get("EDGE_KEY_ID"), config.get("EDGE_KEY"))?,
            web_origin: name("WEB_ORIGIN"),
            content_origin: name("CONTENT_ORIGIN"),
        };
        let function = ContentRead {
            gate: Gate::new(config.get("ISSUER"), config.list("AUDIENCES")),
            store: Store::new(Dynamo::connect(&sdk, tables)),
            releases: Releases::new(S3::connect(&sdk, buckets)),
            edge,
        };
        serve_http(async |request| {
            stoa_http::answer(request, async |call| content_read::handle(&function, call).await).await
        })
        .await
    })
}
