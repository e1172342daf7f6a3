//! Wiring of notification-write.

use notification_write::{ENV, NotificationWrite};
use stoa_http::Gate;
use stoa_runtime::{Config, Error, aws, serve_http, start};
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let sdk = aws::config().await;
        let name = |name| config.get(name).to_owned();
        let tables =
            TableNames { learning: name("LEARNING_TABLE"), people: name("PEOPLE_TABLE"), ..TableNames::default() };
        let function = NotificationWrite {
            gate: Gate::new(config.get("ISSUER"), config.list("AUDIENCES")),
            store: Store::new(Dynamo::connect(&sdk, tables)),
            link_secret: name("LINK_SECRET"),
        };
        serve_http(async |request| {
            stoa_http::answer(request, async |call| notification_write::handle(&function, call).await).await
        })
        .await
    })
}
