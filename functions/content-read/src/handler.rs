//! The routes of content-read.

use jiff::SignedDuration;
use stoa_api::bodies::{AssetUrls, BATCH_MAX, EdgeSession, Instant};
use stoa_domain::id::{AssetId, TenantId};
use stoa_domain::principal::Principal;
use stoa_http::{Call, Kind, Problem, Reply, access, reply};
use stoa_service::delivery;
use stoa_service::lessons::{self, LessonError};
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;
use stoa_store::schema::objects;

use crate::{ContentRead, Edge};

/// How long the cookies for Releases and the addresses of files work. The edge knows no end of access, and this function
/// learns of one within 30 s, or lets nobody in from the 35th on: together that is the 60 s in which access ends.
const OPEN_SECONDS: i64 = 25;
/// How long the address of a film or a recording works: they are fetched piece by piece while they play.
const MEDIA_SECONDS: i64 = 300;

/// Answers one call.
pub async fn handle(function: &ContentRead<impl Engine, impl Objects>, call: &Call) -> Result<Reply, Problem> {
    let ContentRead { gate, store, releases, .. } = function;
    let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let tenant = &principal.tenant;

    match call.route() {
        "POST /api/session" => session(&function.edge, call, tenant),
        "GET /api/enrolments/{enrolment}/nodes/{node}" => {
            let (enrolment, node) = (call.path("enrolment")?, call.path("node")?);
            let now = call.received_at();
            let lesson = lessons::lesson(store, releases, tenant, &enrolment, &node, &principal.person, now).await;
            reply::ok(&lesson.map_err(problem)?)
        }
        "GET /api/enrolments/{enrolment}/nodes/{node}/assets" => reply::ok(&assets(function, call, &principal).await?),
        _ => Err(Problem::route_unknown(call)),
    }
}

/// Cookies for everything of the tenant's Releases that stands behind no gate.
fn session(edge: &Edge, call: &Call, tenant: &TenantId) -> Result<Reply, Problem> {
    let now = call.received_at();
    let cookies = edge.key.cookies(&edge.web_origin, &format!("/t/{tenant}/"), now, OPEN_SECONDS)?;
    let expires_at = Instant(now + SignedDuration::from_secs(OPEN_SECONDS));
    Ok(reply::ok(&EdgeSession { expires_at })?.with_cookies(cookies))
}

/// Addresses of the files that the learning object shows; those it does not show are left out.
async fn assets(
    function: &ContentRead<impl Engine, impl Objects>,
    call: &Call,
    Principal { tenant, person, .. }: &Principal,
) -> Result<AssetUrls, Problem> {
    let ids: Vec<AssetId> = call.query_list("ids", BATCH_MAX)?;
    let ContentRead { store, releases, edge: Edge { key, content_origin, .. }, .. } = function;
    let (enrolment, node) = (call.path("enrolment")?, call.path("node")?);
    let now = call.received_at();
    let shown = lessons::assets(store, releases, tenant, &enrolment, &node, person, now).await.map_err(problem)?;
    let named = ids.into_iter().filter_map(|id| Some((shown.get(&id)?, id)));
    let urls = named.map(|(file, id)| {
        let how = delivery::of(&file.name, &file.content_type).query();
        let until = now + SignedDuration::from_secs(works_for(&file.content_type));
        let url = format!("{content_origin}/{}?{how}", objects::upload(tenant, &file.sha256));
        Ok::<_, Problem>((id, key.address(&url, until)?))
    });
    Ok(AssetUrls { urls: urls.collect::<Result<_, _>>()? })
}

fn works_for(content_type: &str) -> i64 {
    let is_media = content_type.starts_with("video/") || content_type.starts_with("audio/");
    if is_media { MEDIA_SECONDS } else { OPEN_SECONDS }
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
