//! Wiring of token-claims.

use stoa_runtime::{Config, Error, Invocation, aws, serve_events, start};
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};
use token_claims::{ENV, TokenEvent, handle};

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let tables = TableNames { people: config.get("PEOPLE_TABLE").to_owned(), ..TableNames::default() };
        let store = Store::new(Dynamo::connect(&aws::config().await, tables));
        serve_events(async |event: Invocation<TokenEvent>| Ok(handle(&store, event.payload, event.stop).await)).await
    })
}
