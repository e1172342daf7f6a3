//! Wiring of people-provision.

use people_provision::{ENV, Pool, handle};
use stoa_identity::Directory;
use stoa_queue::run_batch;
use stoa_runtime::{Config, Error, Invocation, aws, serve_events, start};
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let sdk = aws::config().await;
        let tables = TableNames { people: config.get("PEOPLE_TABLE").to_owned(), ..TableNames::default() };
        let store = Store::new(Dynamo::connect(&sdk, tables));
        let pool = Pool(Directory::new(&sdk, config.get("USER_POOL_ID")));
        let issuer = config.get("ISSUER");
        serve_events(async |event: Invocation<_>| {
            Ok(run_batch(event.payload, event.stop, async |bell| handle(&store, &pool, issuer, &bell).await).await)
        })
        .await
    })
}
