//! Wiring of work-sweep.

use stoa_queue::{Queues, Ring, Sender};
use stoa_runtime::{Config, Error, Invocation, aws, clock, serve_events, start};
use stoa_service::sweeping::Stops;
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};
use work_sweep::{Bells, ENV};

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let sdk = aws::config().await;
        let name = |name| config.get(name).to_owned();
        let tables =
            TableNames { learning: name("LEARNING_TABLE"), people: name("PEOPLE_TABLE"), ..TableNames::default() };
        let store = Store::new(Dynamo::connect(&sdk, tables));
        let sender = Sender::new(&sdk);
        let queues = Queues::of_work_and_due(name);
        let bells = Bells {
            send: async |target, rings: Vec<Ring>| sender.send(queues.url(target), rings).await,
            waiting: async |target| sender.waiting(queues.url(target)).await,
        };
        // For fairness alone, so it may be forgotten with the instance.
        let stops = Stops::default();
        serve_events(async |_: Invocation<serde_json::Value>| {
            Ok(work_sweep::handle(&store, &bells, &stops, clock::now).await?)
        })
        .await
    })
}
