//! `stoa publish`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::json;
use stoa_api::bodies::{Published, ReleaseView, Releases};
use stoa_domain::id::CourseId;

use crate::output::Output;
use crate::refused::Failed;
use crate::session::Session;

/// Freezes a course's draft, or shows everything that must be mended first.
pub async fn publish(session: &Session, course: &CourseId, output: &Output) -> Result<ExitCode> {
    let bar = output.waiting(&format!("publishing {course}"));
    let published = freeze(session, course).await;
    bar.finish_and_clear();
    match published {
        Ok(published) => {
            let Published { release, number, nodes, items } = &published;
            output.say(format_args!(
                "{course} is published as Release {number} ({release}): {nodes} learning objects, {items} items."
            ));
            output.result(&published)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(Failed::Refused(refused)) if !refused.errors.is_empty() => {
            output.say(format_args!("{course} cannot be published yet. {}", refused.detail));
            let rows: Vec<_> = refused.errors.iter().map(|flaw| [flaw.pointer.clone(), flaw.detail.clone()]).collect();
            output.table(["where", "what to mend"], &rows);
            let errors = refused.errors.iter().map(|flaw| json!({"pointer": flaw.pointer, "detail": flaw.detail}));
            output
                .result(&json!({"published": false, "kind": refused.kind(), "errors": errors.collect::<Vec<_>>()}))?;
            Ok(ExitCode::FAILURE)
        }
        Err(failed) => Err(failed.into()),
    }
}

/// Freezes a course's draft. An unchanged draft is the Release it was before.
pub async fn freeze(session: &Session, course: &CourseId) -> Result<Published, Failed> {
    session.post_nothing(&format!("/api/courses/{course}/releases")).await
}

/// The newest Release of a course, if it has one.
pub async fn newest(session: &Session, course: &CourseId) -> Result<Option<ReleaseView>> {
    match session.get::<Releases>(&format!("/api/courses/{course}/releases")).await {
        Ok(releases) => Ok(releases.releases.into_iter().next()),
        Err(failed) if failed.is_not_found() => Ok(None),
        Err(failed) => Err(failed).with_context(|| format!("the Releases of {course} could not be listed")),
    }
}
