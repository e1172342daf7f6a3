//! The routes of privacy-write.

use jiff::Timestamp;
use stoa_api::bodies::{ArchiveAddress, ErasureState, ErasureView, ExportState, ExportView, Instant};
use stoa_domain::erasure::{Erasure, Stage};
use stoa_domain::export::{Export, Phase};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_http::{Call, Kind, Problem, Reply, access, reply};
use stoa_service::erasures::{self, ErasureError, ErasureStore};
use stoa_service::exports::{self, ExportError, ExportStore};
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::PrivacyWrite;

/// Answers one call.
pub async fn handle(
    function: &PrivacyWrite<impl Engine, impl Objects>,
    call: &Call,
    now: Timestamp,
) -> Result<Reply, Problem> {
    let PrivacyWrite { gate, store, .. } = function;
    let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let (tenant, me) = (&principal.tenant, &principal.person);
    let by = &call.by(&principal, now);

    match call.route() {
        "GET /api/me/export" => reply::ok(&my_archive(function, tenant, me, now).await?),
        "POST /api/me/export" => {
            exports::ask(store, tenant, me, by).await.map_err(export_problem)?;
            reply::accepted(&my_archive(function, tenant, me, now).await?)
        }
        "GET /api/people/{person}/export" => {
            let person = known(function, call, tenant).await?;
            reply::ok(&archive(function, tenant, &person, now).await?)
        }
        "POST /api/people/{person}/export" => {
            let person = call.path("person")?;
            exports::ask(store, tenant, &person, by).await.map_err(export_problem)?;
            reply::accepted(&archive(function, tenant, &person, now).await?)
        }
        "POST /api/people/{person}/export/address" => {
            let person = call.path("person")?;
            exports::hand_out(store, tenant, &person, by).await.map_err(export_problem)?;
            reply::ok(&ArchiveAddress { url: address(function, tenant, &person).await? })
        }
        "GET /api/people/{person}/erasure" => {
            let person: PersonKey = call.path("person")?;
            let stood = store.erasure(tenant, &person).await?;
            if stood.is_none() {
                known(function, call, tenant).await?;
            }
            reply::ok(&erasure(function, tenant, &person, stood).await?)
        }
        "PUT /api/people/{person}/erasure" => {
            let person = call.path("person")?;
            let stood = erasures::ask(store, tenant, &person, by).await.map_err(erasure_problem)?;
            reply::ok(&erasure(function, tenant, &person, Some(stood)).await?)
        }
        "DELETE /api/people/{person}/erasure" => {
            let person = call.path("person")?;
            let stood = erasures::take_back(store, tenant, &person, by).await.map_err(erasure_problem)?;
            reply::ok(&erasure(function, tenant, &person, Some(stood)).await?)
        }
        _ => Err(Problem::route_unknown(call)),
    }
}

/// The person whom the path names, if they are there.
async fn known(
    function: &PrivacyWrite<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<PersonKey, Problem> {
    let person = call.path("person")?;
    let found = ExportStore::who(&function.store, tenant, &person).await?;
    found.map(|found| found.person).ok_or_else(Problem::not_found)
}

/// How far the caller's own archive has come, with its address.
async fn my_archive(
    function: &PrivacyWrite<impl Engine, impl Objects>,
    tenant: &TenantId,
    me: &PersonKey,
    now: Timestamp,
) -> Result<ExportView, Problem> {
    let mut view = archive(function, tenant, me, now).await?;
    if view.state == ExportState::Ready {
        view.url = Some(address(function, tenant, me).await?);
    }
    Ok(view)
}

/// How far an archive has come, without its address.
async fn archive(
    function: &PrivacyWrite<impl Engine, impl Objects>,
    tenant: &TenantId,
    person: &PersonKey,
    now: Timestamp,
) -> Result<ExportView, Problem> {
    let Some(export) = function.store.export(tenant, person).await? else {
        return Ok(ExportView {
            state: ExportState::None,
            asked_at: None,
            ready_at: None,
            until: None,
            bytes: None,
            url: None,
        });
    };
    let until = export.fetched_until(now);
    let Export { phase, asked_at, ready_at, bytes, .. } = export;
    let state = match phase {
        Phase::Preparing => ExportState::Preparing,
        Phase::Ready if until.is_some() => ExportState::Ready,
        Phase::Ready => ExportState::Expired,
        Phase::TooLarge => ExportState::TooLarge,
        Phase::Failed => ExportState::Failed,
    };
    let (asked_at, ready_at) = (Some(Instant::from_ms(asked_at)), ready_at.map(Instant::from_ms));
    Ok(ExportView { state, asked_at, ready_at, until: until.map(Instant::from_ms), bytes, url: None })
}

async fn address(
    function: &PrivacyWrite<impl Engine, impl Objects>,
    tenant: &TenantId,
    person: &PersonKey,
) -> Result<String, Problem> {
    Ok(function.archives.address(tenant, person).await?)
}

async fn erasure(
    function: &PrivacyWrite<impl Engine, impl Objects>,
    tenant: &TenantId,
    person: &PersonKey,
    stood: Option<Erasure>,
) -> Result<ErasureView, Problem> {
    let enrolments = function.store.enrolment_count(tenant, person).await?;
    let state = stood.as_ref().map_or(ErasureState::None, |stood| match stood.stage {
        Stage::Cancelled => ErasureState::None,
        Stage::Waiting => ErasureState::Waiting,
        Stage::Erasing | Stage::Settling => ErasureState::Erasing,
        Stage::Erased => ErasureState::Erased,
    });
    let stood = stood.filter(|_| state != ErasureState::None);
    Ok(ErasureView {
        state,
        asked_at: stood.as_ref().map(|stood| Instant::from_ms(stood.asked_at)),
        erase_at: stood.as_ref().map(|stood| Instant::from_ms(stood.erase_at)),
        erased_at: stood.and_then(|stood| stood.erased_at).map(Instant::from_ms),
        enrolments: u32::try_from(enrolments).unwrap_or(u32::MAX),
    })
}

fn export_problem(error: ExportError) -> Problem {
    match error {
        ExportError::NotFound => Problem::not_found(),
        ExportError::BeingErased => Problem::new(Kind::NotPossible, "This person is being erased."),
        ExportError::Store(failure) => failure.into(),
    }
}

fn erasure_problem(error: ErasureError) -> Problem {
    match error {
        ErasureError::NotFound => Problem::not_found(),
        ErasureError::NotAdministrator => Problem::new(Kind::Forbidden, "You are not an administrator any more."),
        ErasureError::NotPossible(why) => Problem::new(Kind::NotPossible, why),
        ErasureError::Store(failure) => failure.into(),
    }
}
