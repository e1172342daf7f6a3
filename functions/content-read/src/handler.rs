//! The routes of content-read.

use std::collections::BTreeMap;

use stoa_api::bodies::{AssetUrls, BATCH_MAX};
use stoa_domain::id::{AssetId, NodeId, ReleaseId, TenantId};
use stoa_http::reply::Kept;
use stoa_http::{Call, Kind, Problem, Reply, access, reply};
use stoa_service::delivery;
use stoa_service::lessons::{self, LessonError};
use stoa_service::releases::{Contents, Outlines};
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;
use stoa_store::schema::objects;

use crate::ContentRead;

/// Answers one call.
pub async fn handle(function: &ContentRead<impl Engine, impl Objects>, call: &Call) -> Result<Reply, Problem> {
    let ContentRead { gate, store, releases, .. } = function;
    let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let tenant = &principal.tenant;

    match call.route() {
        "GET /t/{tenant}/r/{release}/outline.json" => outline(function, call, tenant).await,
        "GET /t/{tenant}/r/{release}/n/{node}" => open_node(function, call, tenant).await,
        "GET /api/enrolments/{enrolment}/nodes/{node}" => {
            let (enrolment, node) = (call.path("enrolment")?, call.path("node")?);
            let now = call.received_at();
            let lesson = lessons::lesson(store, releases, tenant, &enrolment, &node, &principal.person, now).await;
            reply::ok(&lesson.map_err(problem)?)
        }
        "GET /api/releases/{release}/assets" => reply::ok(&assets(function, call, tenant).await?),
        _ => Err(Problem::route_unknown(call)),
    }
}

/// Structure and rules. The Release's name follows from its content, so it is its own entity tag.
async fn outline(
    function: &ContentRead<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<Reply, Problem> {
    let release: ReleaseId = call.path("release")?;
    let tree = function.releases.tree(tenant, &release).await?.ok_or_else(Problem::not_found)?;
    let json = serde_json::to_vec(tree.outline()).map_err(Problem::internal)?;
    reply::immutable(call, Kept::Privately, &format!("\"{release}\""), json)
}

/// The blocks of a learning object without a gate, as the edge will serve them: `<node>.json`.
async fn open_node(
    function: &ContentRead<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<Reply, Problem> {
    let release: ReleaseId = call.path("release")?;
    let name = call.path_text("node")?.strip_suffix(".json").ok_or_else(Problem::not_found)?;
    let node = NodeId::parse(name).map_err(|_| Problem::not_found())?;
    let content = function.releases.content(tenant, &release, &node, false).await?.ok_or_else(Problem::not_found)?;
    let json = serde_json::to_vec(&content).map_err(Problem::internal)?;
    reply::immutable(call, Kept::Privately, &format!("\"{release}-{node}\""), json)
}

/// Addresses of the files that the Release names; those it does not name are left out.
async fn assets(
    function: &ContentRead<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<AssetUrls, Problem> {
    let ids: Vec<AssetId> = call.query_list("ids", BATCH_MAX)?;
    let tree = function.releases.tree(tenant, &call.path("release")?).await?.ok_or_else(Problem::not_found)?;
    let named = ids.into_iter().filter_map(|id| Some((tree.outline().assets.get(&id)?, id)));
    let signed = named.map(async |(file, id)| {
        let how = delivery::of(&file.name, &file.content_type);
        let key = objects::upload(tenant, &file.sha256);
        let url = function.releases.objects().signed_get(&key, how.content_type, &how.disposition).await?;
        let url =
            if function.content_origin.is_empty() { url } else { delivery::at_origin(&url, &function.content_origin) };
        Ok::<_, Problem>((id, url))
    });
    let urls: BTreeMap<AssetId, String> = futures::future::try_join_all(signed).await?.into_iter().collect();
    Ok(AssetUrls { urls })
}

fn problem(error: LessonError) -> Problem {
    match error {
        LessonError::NotFound => Problem::not_found(),
        LessonError::Locked => {
            Problem::new(Kind::NodeLocked, "This part is still locked. The course outline says what opens it.")
        }
        LessonError::Store(failure) => failure.into(),
    }
}
