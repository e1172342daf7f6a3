//! The routes of content-write.

use jiff::Timestamp;
use stoa_domain::release::Finding;
use stoa_http::{Call, FieldError, Kind, Problem, Reply, access, reply};
use stoa_service::drafting::DraftError;
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::{ContentWrite, draft, publishing};

/// Answers one call.
pub async fn handle(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    now: Timestamp,
) -> Result<Reply, Problem> {
    let principal = function.gate.admit(call, async |tenant| function.store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let tenant = &principal.tenant;

    match call.route() {
        "GET /api/courses" => reply::ok(&draft::courses(function, &principal).await?),
        "PUT /api/courses/{course}" => reply::ok(&draft::put_course(function, call, tenant).await?),
        "GET /api/courses/{course}" => reply::ok(&draft::view(function, call, tenant).await?),
        "PUT /api/courses/{course}/nodes/{node}" => reply::ok(&draft::put_node(function, call, tenant).await?),
        "GET /api/courses/{course}/nodes/{node}" => reply::ok(&draft::node(function, call, tenant).await?),
        "DELETE /api/courses/{course}/nodes/{node}" => {
            draft::delete_node(function, call, tenant).await?;
            reply::no_content()
        }
        "PUT /api/courses/{course}/nodes/{node}/items/{item}" => {
            reply::ok(&draft::put_item(function, call, tenant).await?)
        }
        "PUT /api/courses/{course}/assets/{asset}" => reply::ok(&draft::put_asset(function, call, tenant).await?),
        "POST /api/courses/{course}/releases" => publishing::publish(function, call, &principal, now).await,
        "GET /api/courses/{course}/releases" => reply::ok(&publishing::releases(function, call, tenant).await?),
        _ => Err(Problem::route_unknown(call)),
    }
}

/// What is wrong where, as the API says it.
pub(crate) fn errors(findings: Vec<Finding>) -> Vec<FieldError> {
    findings.into_iter().map(|finding| FieldError::new(finding.pointer, finding.detail)).collect()
}

pub(crate) fn problem(error: DraftError) -> Problem {
    match error {
        DraftError::NotFound => Problem::not_found(),
        DraftError::Invalid(findings) => Problem::invalid(errors(findings)),
        DraftError::NotPossible(why) => Problem::new(Kind::NotPossible, why),
        DraftError::Store(failure) => failure.into(),
    }
}
