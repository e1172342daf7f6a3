//! `stoa tenant create`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::json;
use stoa_domain::audit::{Act, By, Subject};
use stoa_domain::id::PersonKey;
use stoa_domain::line;
use stoa_domain::person::{Person, PersonState};
use stoa_domain::principal::Role;
use stoa_service::{organisation, people};
use stoa_store::Store;
use stoa_store::engine::Engine;

use crate::cli::CreateTenant;
use crate::operator::Operator;
use crate::output::Output;

/// Makes an organisation and marks its first administrator for provisioning. Where they are there, nothing changes.
pub async fn create(operator: &Operator, tenant: &CreateTenant, output: &Output) -> Result<ExitCode> {
    let is_new = ensure(operator, tenant).await?;
    output.say(match is_new {
        true => format!("{} is there, and {} gets an invitation by mail.", tenant.id, tenant.admin_email),
        false => format!(
            "{} was there and was not changed; {} gets no invitation. Its administrators invite people.",
            tenant.id, tenant.admin_email
        ),
    });
    output.result(&json!({"tenant": tenant.id, "admin": tenant.admin_email, "created": is_new}))?;
    Ok(ExitCode::SUCCESS)
}

/// Makes an organisation with its first administrator, if there is none of that id. Says whether it is new.
pub async fn ensure(operator: &Operator, tenant: &CreateTenant) -> Result<bool> {
    let key = PersonKey::parse(stoa_runtime::ids::new())?;
    write(&operator.store(), tenant, key, stoa_runtime::clock::now()).await
}

async fn write(store: &Store<impl Engine>, tenant: &CreateTenant, key: PersonKey, now: Timestamp) -> Result<bool> {
    let (name, admin_name) = (tenant.name.trim(), tenant.admin_name.trim());
    for (whose, name, chars_max) in [
        ("the organisation", name, organisation::NAME_CHARS_MAX),
        ("its administrator", admin_name, people::NAME_CHARS_MAX),
    ] {
        if let Some(flaw) = line::flaw(name, chars_max) {
            bail!("the name of {whose}: {flaw}");
        }
    }
    let email = people::email(&tenant.admin_email)
        .with_context(|| format!("{:?} is no address that mail could be sent to", tenant.admin_email))?;
    let admin = Person {
        tenant: tenant.id.clone(),
        person: key,
        email,
        name: admin_name.to_owned(),
        roles: vec![Role::Admin.name().to_owned()],
        state: PersonState::Invited,
        subject: None,
    };
    // No person does it: the log names the operator by leaving the actor out, and the run by the administrator it made.
    let by = By { actor: None, request: format!("stoa tenant create {}", admin.person), at: now };
    let entry = by.did(Act::OrganisationMade, Subject::person(&admin.person), []);
    let created = store.create_tenant(name, &admin, &entry, now).await;
    created.context("the organisation could not be written; check the AWS credentials, then run the same again")
}

#[cfg(test)]
mod tests {
    use stoa_domain::id::TenantId;
    use stoa_store::engine::Table;
    use stoa_testkit::{Faults, ModelStore};

    use super::*;

    fn demo(email: &str) -> CreateTenant {
        CreateTenant {
            id: TenantId::parse("demo").expect("an id"),
            name: "Demo".to_owned(),
            admin_email: email.to_owned(),
            admin_name: "Amina".to_owned(),
        }
    }

    #[tokio::test]
    async fn an_organisation_is_made_once_and_its_administrator_waits_for_provisioning() {
        let store = Store::new(ModelStore::new(Faults::none()));
        let key = |name: &str| PersonKey::parse(name).expect("an id");
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        assert!(write(&store, &demo("Admin@demo.example"), key("p1"), now).await.expect("it is written"));
        let made = store.engine().items(Table::People);
        assert_eq!(store.engine().pending().len(), 1);
        assert!(!write(&store, &demo("admin@demo.example"), key("p2"), now).await.expect("it is there"));
        assert_eq!(store.engine().items(Table::People), made);
    }

    #[tokio::test]
    async fn what_is_no_address_is_refused_before_anything_is_written() {
        let store = Store::new(ModelStore::new(Faults::none()));
        let key = PersonKey::parse("p1").expect("an id");
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        assert!(write(&store, &demo("admin"), key, now).await.is_err());
        assert!(store.engine().items(Table::People).is_empty());
    }
}
