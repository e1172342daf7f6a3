//! Wiring of work-sweep.

use stoa_queue::{Queues, Sender};
use stoa_runtime::{Config, Error, Invocation, aws, clock, serve_events, start};
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
        let queues = Queues {
            grade: name("GRADE_QUEUE_URL"),
            progress: name("PROGRESS_QUEUE_URL"),
            people: name("PEOPLE_QUEUE_URL"),
        };
        let bells = Bells(async |target, bells: Vec<_>| sender.send(queues.url(target), &bells).await);
        serve_events(async |_: Invocation<serde_json::Value>| {
            Ok(work_sweep::handle(&store, &bells, clock::now()).await?)
        })
        .await
    })
}
