//! People for tests that are about something else.

use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_store::engine::{Change, Engine, Table, Write};
use stoa_store::{record, schema};

/// An administrator who is active: whoever acts must be one.
///
/// # Panics
/// If the engine does not answer, or the name is no id.
pub async fn administrator(engine: &impl Engine, tenant: &TenantId, name: &str) -> Person {
    let person = Person {
        tenant: tenant.clone(),
        person: PersonKey::parse(name).expect("an id"),
        email: format!("{name}@x.test"),
        name: name.to_owned(),
        roles: vec!["admin".to_owned()],
        state: PersonState::Active,
        subject: None,
    };
    let key = schema::person(tenant, &person.person);
    let change = Change::Put(record::item(&key, &person));
    let write = Write { table: Table::People, key, change, condition: None, values: record::no_values() };
    engine.write(write).await.expect("the engine answers");
    person
}
