//! Wiring of audit-read.

use audit_read::{AuditRead, ENV};
use stoa_http::Gate;
use stoa_runtime::{Config, Error, aws, serve_http, start};
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let sdk = aws::config().await;
        let name = |name| config.get(name).to_owned();
        let tables = TableNames { people: name("PEOPLE_TABLE"), audit: name("AUDIT_TABLE"), ..TableNames::default() };
        let function = AuditRead {
            gate: Gate::new(config.get("ISSUER"), config.list("AUDIENCES")),
            store: Store::new(Dynamo::connect(&sdk, tables)),
            cursor_secret: name("CURSOR_SECRET"),
        };
        serve_http(async |request| {
            stoa_http::answer(request, async |call| audit_read::handle(&function, call).await).await
        })
        .await
    })
}
