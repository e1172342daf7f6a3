//! Wiring of privacy-write.

use privacy_write::{ENV, PrivacyWrite};
use stoa_http::Gate;
use stoa_runtime::{Config, Error, aws, clock, serve_http, start};
use stoa_store::Store;
use stoa_store::archives::Archives;
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_store::objects::{BucketNames, S3};

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let sdk = aws::config().await;
        let name = |name| config.get(name).to_owned();
        let tables = TableNames {
            learning: name("LEARNING_TABLE"),
            people: name("PEOPLE_TABLE"),
            audit: name("AUDIT_TABLE"),
            ..TableNames::default()
        };
        let buckets = BucketNames { uploads: name("UPLOADS_BUCKET"), ..BucketNames::default() };
        let function = PrivacyWrite {
            gate: Gate::new(config.get("ISSUER"), config.list("AUDIENCES")),
            store: Store::new(Dynamo::connect(&sdk, tables)),
            archives: Archives(S3::connect(&sdk, buckets)),
        };
        serve_http(async |request| {
            stoa_http::answer(request, async |call| privacy_write::handle(&function, call, clock::now()).await).await
        })
        .await
    })
}
