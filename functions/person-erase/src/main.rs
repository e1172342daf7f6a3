//! Wiring of person-erase.

use person_erase::{ENV, Pool, handle};
use stoa_identity::Directory;
use stoa_queue::run_batch;
use stoa_runtime::{Config, Error, Invocation, aws, clock, serve_events, start};
use stoa_service::erasing::Places;
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
        let store = Store::new(Dynamo::connect(&sdk, tables));
        let buckets = BucketNames { uploads: name("UPLOADS_BUCKET"), ..BucketNames::default() };
        let archives = Archives(S3::connect(&sdk, buckets));
        let accounts = Pool(Directory::new(&sdk, config.get("USER_POOL_ID")));
        let issuer = config.get("ISSUER");
        let places = Places { store: &store, archives: &archives, accounts: &accounts, issuer };
        serve_events(async |event: Invocation<_>| {
            Ok(run_batch(event.payload, event.stop, async |bell| handle(&places, &bell, clock::now()).await).await)
        })
        .await
    })
}
