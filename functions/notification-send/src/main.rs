//! Wiring of notification-send.

use notification_send::{ENV, handle};
use stoa_queue::{Ses, run_batch};
use stoa_runtime::{Config, Error, Invocation, aws, clock, ids, serve_events, start};
use stoa_service::notifying::mail::Letterhead;
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let sdk = aws::config().await;
        let name = |name| config.get(name).to_owned();
        let tables =
            TableNames { learning: name("LEARNING_TABLE"), people: name("PEOPLE_TABLE"), ..TableNames::default() };
        let store = Store::new(Dynamo::connect(&sdk, tables));
        let ses = Ses::new(&sdk, name("MAIL_FROM"));
        let letterhead = Letterhead { web_origin: name("WEB_ORIGIN"), link_secret: name("LINK_SECRET") };
        serve_events(async |event: Invocation<_>| {
            let send = async |bell| handle(&store, &ses, &letterhead, &bell, &ids::new(), clock::now()).await;
            Ok(run_batch(event.payload, event.stop, send).await)
        })
        .await
    })
}
