//! The routes of progress-read.

use jiff::Timestamp;
use stoa_api::bodies::{Me, TenantView};
use stoa_domain::organisation::Organisation;
use stoa_domain::principal::Principal;
use stoa_http::{Call, Problem, Reply, access, reply};
use stoa_service::failure::StoreError;
use stoa_service::organisation::OrganisationStore;
use stoa_service::reading::PeopleReader;
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::{ProgressRead, cohorts, learner};

/// Answers one call.
pub async fn handle(
    function: &ProgressRead<impl Engine, impl Objects>,
    call: &Call,
    now: Timestamp,
) -> Result<Reply, Problem> {
    let principal = function.gate.admit(call, async |tenant| function.store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;

    match call.route() {
        "GET /api/me" => reply::ok(&me(function, &principal).await?),
        "GET /api/me/enrolments" => reply::ok(&learner::enrolments(function, &principal, now).await?),
        "GET /api/enrolments/{enrolment}/progress" => {
            reply::ok(&learner::progress(function, &principal, &call.path("enrolment")?, now).await?)
        }
        "GET /api/cohorts" => reply::ok(&cohorts::list(function, &principal).await?),
        "GET /api/cohorts/{cohort}" => reply::ok(&cohorts::one(function, &principal, &call.path("cohort")?).await?),
        "GET /api/cohorts/{cohort}/rows" => {
            reply::ok(&cohorts::rows(function, &principal, call, &call.path("cohort")?, now).await?)
        }
        _ => Err(Problem::route_unknown(call)),
    }
}

async fn me(function: &ProgressRead<impl Engine, impl Objects>, principal: &Principal) -> Result<Me, StoreError> {
    let store = &function.store;
    let people = store.people(&principal.tenant, std::slice::from_ref(&principal.person)).await?;
    let organisation = store.organisation(&principal.tenant).await?;
    let nameless = || Organisation { name: principal.tenant.to_string(), ..Organisation::default() };
    let Organisation { name, zone, accent, contact, .. } = organisation.unwrap_or_else(nameless);
    let tenant = TenantView { id: principal.tenant.clone(), name, accent, zone, contact };
    Ok(Me {
        person: principal.person.clone(),
        name: people.into_iter().next().map(|person| person.name).unwrap_or_default(),
        tenant,
        roles: principal.grants.iter().map(ToString::to_string).collect(),
    })
}
