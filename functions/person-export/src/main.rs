//! Wiring of person-export.

use person_export::{ENV, handle};
use stoa_queue::run_batch;
use stoa_runtime::{Config, Error, Invocation, aws, clock, serve_events, start};
use stoa_store::Store;
use stoa_store::archives::Archives;
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
        let source = Store::new(Dynamo::connect(&sdk, tables));
        let buckets = BucketNames { content: name("CONTENT_BUCKET"), uploads: name("UPLOADS_BUCKET") };
        let objects = S3::connect(&sdk, buckets);
        let (shelf, releases) = (Archives(objects.clone()), Releases::new(objects));
        serve_events(async |event: Invocation<_>| {
            let make = async |bell| handle(&source, &shelf, &releases, &bell, clock::now()).await;
            Ok(run_batch(event.payload, event.stop, make).await)
        })
        .await
    })
}
