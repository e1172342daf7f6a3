//! Wiring of attempt-close.

use attempt_close::{ENV, handle};
use stoa_queue::run_batch;
use stoa_runtime::{Config, Error, Invocation, aws, clock, serve_events, start};
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let tables = TableNames { learning: config.get("LEARNING_TABLE").to_owned(), ..TableNames::default() };
        let store = Store::new(Dynamo::connect(&aws::config().await, tables));
        serve_events(async |event: Invocation<_>| {
            Ok(run_batch(event.payload, event.stop, async |bell| handle(&store, &bell, clock::now()).await).await)
        })
        .await
    })
}
