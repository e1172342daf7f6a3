//! The routes of fact-write.

use jiff::Timestamp;
use stoa_api::bodies::{
    BATCH_MAX, FactsRecorded, Instant, NewBeat, NewFact, NewFactKind, NewScroll, NewSegment, ReadingRecorded,
    RecordFacts, RecordReading,
};
use stoa_domain::fact::Fact;
use stoa_domain::principal::Principal;
use stoa_domain::reading::report::{Beat, Report, Seen, Watched};
use stoa_http::{Call, FieldError, Kind, Problem, Reply, access, reply};
use stoa_service::facts::{self, FactError, ReadingError};
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::FactWrite;

/// Answers one call.
pub async fn handle(function: &FactWrite<impl Engine, impl Objects>, call: &Call) -> Result<Reply, Problem> {
    let principal = function.gate.admit(call, async |tenant| function.store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;

    match call.route() {
        "POST /api/enrolments/{enrolment}/facts" => reply::accepted(&happened(function, &principal, call).await?),
        "POST /api/enrolments/{enrolment}/reading" => reply::accepted(&read(function, &principal, call).await?),
        _ => Err(Problem::route_unknown(call)),
    }
}

/// What the learner viewed and marked as done.
async fn happened(
    FactWrite { store, releases, .. }: &FactWrite<impl Engine, impl Objects>,
    principal: &Principal,
    call: &Call,
) -> Result<FactsRecorded, Problem> {
    let enrolment = call.path("enrolment")?;
    let RecordFacts { facts: reported } = call.json()?;
    if reported.len() > BATCH_MAX {
        let detail = format!("At most {BATCH_MAX} facts at once; these are {}.", reported.len());
        return Err(Problem::invalid(vec![FieldError::new("/facts", detail)]));
    }
    let received_at = call.received_at();
    let facts: Vec<Fact> = reported.into_iter().map(claimed).collect();

    let recorded =
        facts::record(store, releases, &principal.tenant, &enrolment, &principal.person, &facts, received_at).await;

    recorded.map_err(problem)?;
    Ok(FactsRecorded { accepted: u32::try_from(facts.len()).unwrap_or(u32::MAX) })
}

fn claimed(NewFact { kind, node, occurred_at: Instant(at) }: NewFact) -> Fact {
    match kind {
        NewFactKind::Viewed => Fact::Viewed { node, at },
        NewFactKind::Done => Fact::Done { node, at },
    }
}

fn problem(error: FactError) -> Problem {
    match error {
        FactError::NotFound => Problem::not_found(),
        FactError::NotThere(missing) => Problem::invalid(
            missing
                .into_iter()
                .map(|at| {
                    FieldError::new(format!("/facts/{at}/node"), "This course has no such part, or it is still locked.")
                })
                .collect(),
        ),
        FactError::Store(failure) => failure.into(),
    }
}

/// What the learner read and watched.
async fn read(
    FactWrite { store, releases, .. }: &FactWrite<impl Engine, impl Objects>,
    principal: &Principal,
    call: &Call,
) -> Result<ReadingRecorded, Problem> {
    let enrolment = call.path("enrolment")?;
    let report = report(call.json()?);
    let received_at = call.received_at();

    let recorded =
        facts::record_reading(store, releases, &principal.tenant, &enrolment, &principal.person, &report, received_at)
            .await;

    let nodes = recorded.map_err(|error| not_recorded(error, received_at))?;
    Ok(ReadingRecorded { nodes: u32::try_from(nodes).unwrap_or(u32::MAX) })
}

fn report(reported: RecordReading) -> Report {
    let RecordReading { beats, scrolled, watched } = reported;
    let beat = |NewBeat { node, from, to }| Beat { node, from: from.0, until: to.0 };
    let seen = |NewScroll { node, percent }| Seen { node, percent };
    let played = |NewSegment { node, video, from_ms, to_ms }| Watched { node, video, from_ms, until_ms: to_ms };
    Report {
        beats: beats.into_iter().map(beat).collect(),
        seen: scrolled.into_iter().map(seen).collect(),
        watched: watched.into_iter().map(played).collect(),
    }
}

fn not_recorded(error: ReadingError, received_at: Timestamp) -> Problem {
    match error {
        ReadingError::NotFound => Problem::not_found(),
        ReadingError::Flawed(flaws) => {
            Problem::invalid(flaws.into_iter().map(|flaw| FieldError::new(flaw.pointer, flaw.detail)).collect())
        }
        ReadingError::TooSoon => {
            let into_minute = received_at.as_second().rem_euclid(60);
            let detail = "What was read is recorded once a minute. Nothing of this was; send it with the next report.";
            Problem::new(Kind::TooSoon, detail).retry_after(u32::try_from(60 - into_minute).unwrap_or(60))
        }
        ReadingError::Store(failure) => failure.into(),
    }
}
