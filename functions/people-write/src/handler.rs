//! The routes of people-write.

use jiff::Timestamp;
use stoa_api::bodies::{BATCH_MAX, Invite, Invited, InvitedPerson, InvitedStatus, People, PersonView, PutRoles};
use stoa_domain::audit::By;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::Person;
use stoa_domain::principal::Principal;
use stoa_domain::release::Finding;
use stoa_http::{Call, FieldError, Kind, Problem, Reply, access, cursor, reply};
use stoa_service::people::{self, Inserted, Invitation, PeopleError, PeopleStore};
use stoa_store::engine::Engine;

use crate::{PeopleWrite, import, organisation};

/// Answers one call.
pub async fn handle(function: &PeopleWrite<impl Engine>, call: &Call, now: Timestamp) -> Result<Reply, Problem> {
    let PeopleWrite { gate, store, .. } = function;
    let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let tenant = &principal.tenant;
    let by = &call.by(&principal, now);

    match call.route() {
        "GET /api/organisation" => reply::ok(&organisation::view(function, tenant).await?),
        "PUT /api/organisation" => reply::ok(&organisation::change(function, call, tenant, by).await?),
        "POST /api/people/diff" => reply::ok(&import::look_at(function, call, &principal).await?),
        "POST /api/people/changes" => reply::ok(&import::apply(function, call, &principal, by).await?),
        "POST /api/people" => reply::ok(&invite(function, call, tenant, by).await?),
        "GET /api/people" => reply::ok(&page(function, call, &principal).await?),
        "GET /api/people/{person}" => {
            let person = store.person(tenant, &call.path("person")?).await?;
            reply::ok(&view(person.ok_or_else(Problem::not_found)?))
        }
        "PUT /api/people/{person}/roles" => {
            let PutRoles { roles } = call.json()?;
            let person = people::set_roles(store, tenant, &call.path("person")?, &roles, by).await;
            reply::ok(&view(person.map_err(problem)?))
        }
        "POST /api/people/{person}/invitation" => {
            let person = people::invite_again(store, tenant, &call.path("person")?, by).await;
            reply::ok(&view(person.map_err(problem)?))
        }
        "POST /api/people/{person}/deactivation" => {
            let person = people::deactivate(store, tenant, &call.path("person")?, by).await;
            reply::ok(&view(person.map_err(problem)?))
        }
        "DELETE /api/people/{person}/deactivation" => {
            let person = people::reactivate(store, tenant, &call.path("person")?, by).await;
            reply::ok(&view(person.map_err(problem)?))
        }
        _ => Err(Problem::route_unknown(call)),
    }
}

async fn invite(
    function: &PeopleWrite<impl Engine>,
    call: &Call,
    tenant: &TenantId,
    by: &By,
) -> Result<Invited, Problem> {
    let Invite { people: asked } = call.json()?;
    if asked.len() > BATCH_MAX {
        let detail = format!("At most {BATCH_MAX} people at once; these are {}.", asked.len());
        return Err(Problem::invalid(vec![FieldError::new("/people", detail)]));
    }
    let emails: Vec<String> = asked.iter().map(|person| person.email.clone()).collect();
    let invitations: Vec<Invitation> = asked
        .into_iter()
        .map(|person| Invitation { email: person.email, name: person.name, roles: person.roles })
        .collect();

    let invited = people::invite(&function.store, tenant, &invitations, new_key(function), by).await;
    let invited = invited.map_err(problem)?;

    let people = emails.into_iter().zip(invited).map(|(email, (person, inserted))| InvitedPerson {
        email,
        person,
        status: if inserted == Inserted::New { InvitedStatus::Invited } else { InvitedStatus::Existing },
    });
    Ok(Invited { people: people.collect() })
}

/// Keys for people who are new.
pub(crate) fn new_key<E>(function: &PeopleWrite<E>) -> impl Fn() -> PersonKey {
    let new_key = function.new_key;
    move || PersonKey::parse(new_key()).expect("generated keys are ids")
}

async fn page(function: &PeopleWrite<impl Engine>, call: &Call, principal: &Principal) -> Result<People, Problem> {
    let secret = &function.cursor_secret;
    let after = match call.query("cursor") {
        Some(text) => {
            let last = cursor::open(secret, principal, call.route(), "", text)?;
            Some(PersonKey::parse(last).map_err(Problem::internal)?)
        }
        None => None,
    };
    let page = function.store.page(&principal.tenant, after.as_ref()).await?;
    let next = page.next.map(|last| cursor::seal(secret, principal, call.route(), "", last.as_str()));
    Ok(People { people: page.people.into_iter().map(view).collect(), next })
}

fn view(person: Person) -> PersonView {
    PersonView {
        person: person.person,
        email: person.email,
        name: person.name,
        roles: person.roles,
        state: person.state.name().to_owned(),
    }
}

pub(crate) fn problem(error: PeopleError) -> Problem {
    match error {
        PeopleError::NotFound => Problem::not_found(),
        PeopleError::Invalid(findings) => invalid(findings),
        PeopleError::NotAdministrator => Problem::new(Kind::Forbidden, "You are not an administrator any more."),
        PeopleError::NotPossible(why) => Problem::new(Kind::NotPossible, why),
        PeopleError::Store(failure) => failure.into(),
    }
}

/// What is wrong where, as the API says it.
pub(crate) fn invalid(findings: Vec<Finding>) -> Problem {
    Problem::invalid(findings.into_iter().map(|finding| FieldError::new(finding.pointer, finding.detail)).collect())
}
