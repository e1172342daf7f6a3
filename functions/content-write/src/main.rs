//! Wiring of content-write.

use content_write::{ContentWrite, ENV};
use stoa_http::Gate;
use stoa_runtime::{Config, Error, aws, clock, serve_http, start};
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_store::objects::{BucketNames, S3};
use stoa_store::releases::Releases;

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let sdk = aws::config().await;
        let name = |name| config.get(name).to_owned();
        let tables = TableNames {
            content: name("CONTENT_TABLE"),
            people: name("PEOPLE_TABLE"),
            audit: name("AUDIT_TABLE"),
            ..TableNames::default()
        };
        let buckets = BucketNames { content: name("CONTENT_BUCKET"), uploads: name("UPLOADS_BUCKET") };
        let function = ContentWrite {
            gate: Gate::new(config.get("ISSUER"), config.list("AUDIENCES")),
            store: Store::new(Dynamo::connect(&sdk, tables)),
            releases: Releases::new(S3::connect(&sdk, buckets)),
        };
        serve_http(async |request| {
            stoa_http::answer(request, async |call| content_write::handle(&function, call, clock::now()).await).await
        })
        .await
    })
}
