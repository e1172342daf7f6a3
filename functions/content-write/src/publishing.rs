//! Publishing, and the register of what was published.

use jiff::Timestamp;
use stoa_api::bodies::{Instant, Published, ReleaseView, Releases};
use stoa_domain::id::TenantId;
use stoa_domain::principal::Principal;
use stoa_http::{Call, Kind, Problem, Reply, reply};
use stoa_service::publishing::{self, PublishError, Register};
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::ContentWrite;
use crate::handler::errors;

/// The most findings of one answer: nobody mends more at once, and an answer has an end.
const ERRORS_MAX: usize = 1_000;

/// Freezes the draft: 201 for a new Release, 200 for the one that it already is.
pub async fn publish(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    principal: &Principal,
    now: Timestamp,
) -> Result<Reply, Problem> {
    let course = call.path("course")?;
    let by = call.by(principal, now);

    let published = publishing::publish(&function.store, &function.releases, &principal.tenant, &course, &by).await;

    let publishing::Published { line, is_new } = published.map_err(problem)?;
    let body = Published { release: line.release, number: line.number, nodes: line.nodes, items: line.items };
    if is_new { reply::created(&body) } else { reply::ok(&body) }
}

/// What was published, newest first.
pub async fn releases(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<Releases, Problem> {
    let lines = function.store.releases(tenant, &call.path("course")?).await?;
    let releases = lines.into_iter().map(|line| ReleaseView {
        release: line.release,
        number: line.number,
        title: line.title,
        published_at: Instant::from_ms(line.published_at),
    });
    Ok(Releases { releases: releases.collect() })
}

fn problem(error: PublishError) -> Problem {
    match error {
        PublishError::NotFound => Problem::not_found(),
        PublishError::Findings(mut findings) => {
            let detail = format!(
                "The draft cannot be published yet: {} to mend. Nothing was published; learners see what they saw.",
                findings.len()
            );
            findings.truncate(ERRORS_MAX);
            Problem::new(Kind::CannotPublish, detail).with_errors(errors(findings))
        }
        PublishError::Store(failure) => failure.into(),
    }
}
