//! The route of fact-write.

use jiff::Timestamp;
use stoa_api::bodies::{BATCH_MAX, FactsRecorded, NewFact, NewFactKind, RecordFacts};
use stoa_domain::fact::Fact;
use stoa_http::{Call, FieldError, Problem, Reply, access, reply};
use stoa_service::facts::{self, FactError};
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::FactWrite;

/// Answers one call.
pub async fn handle(function: &FactWrite<impl Engine, impl Objects>, call: &Call) -> Result<Reply, Problem> {
    let FactWrite { gate, store, releases } = function;
    let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let enrolment = call.path("enrolment")?;
    let RecordFacts { facts: reported } = call.json()?;
    if reported.len() > BATCH_MAX {
        let detail = format!("At most {BATCH_MAX} facts at once; these are {}.", reported.len());
        return Err(Problem::invalid(vec![FieldError::new("/facts", detail)]));
    }
    let received_at = call.received_at();
    let facts: Vec<Fact> = reported.iter().map(|fact| believed(fact, received_at)).collect();

    let recorded =
        facts::record(store, releases, &principal.tenant, &enrolment, &principal.person, &facts, received_at).await;

    recorded.map_err(problem)?;
    reply::accepted(&FactsRecorded { accepted: u32::try_from(facts.len()).unwrap_or(u32::MAX) })
}

fn believed(fact: &NewFact, received_at: Timestamp) -> Fact {
    let (node, at) = (fact.node.clone(), facts::believed(fact.occurred_at.0, received_at));
    match fact.kind {
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
