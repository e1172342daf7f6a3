//! The organisation's settings.

use stoa_api::bodies::{OrganisationView, PutOrganisation};
use stoa_domain::audit::By;
use stoa_domain::id::TenantId;
use stoa_domain::organisation::Organisation;
use stoa_http::{Call, Problem};
use stoa_service::organisation::{self, OrganisationError, OrganisationStore};
use stoa_store::engine::Engine;

use crate::PeopleWrite;
use crate::handler::invalid;

/// The settings as they stand.
pub async fn view(function: &PeopleWrite<impl Engine>, tenant: &TenantId) -> Result<OrganisationView, Problem> {
    let organisation = function.store.organisation(tenant).await?;
    organisation.map(shown).ok_or_else(Problem::not_found)
}

/// Replaces the settings.
pub async fn change(
    function: &PeopleWrite<impl Engine>,
    call: &Call,
    tenant: &TenantId,
    by: &By,
) -> Result<OrganisationView, Problem> {
    let PutOrganisation { name, zone, accent, contact } = call.json()?;
    let settings = Organisation { name, zone, accent, contact, rev: 0 };

    let changed = organisation::change(&function.store, tenant, &settings, by).await;

    changed.map(shown).map_err(|error| match error {
        OrganisationError::NotFound => Problem::not_found(),
        OrganisationError::Invalid(findings) => invalid(findings),
        OrganisationError::Store(failure) => failure.into(),
    })
}

fn shown(organisation: Organisation) -> OrganisationView {
    let Organisation { name, zone, accent, contact, .. } = organisation;
    OrganisationView { name, zone, accent, contact }
}
