//! The routes of cohort-write.

use jiff::Timestamp;
use stoa_api::bodies::{BATCH_MAX, CohortView, Enrol, Enrolled, EnrolledPerson, EnrolledStatus, PutCohort};
use stoa_domain::cohort::Cohort;
use stoa_http::{Call, FieldError, Kind, Problem, Reply, access, reply};
use stoa_service::cohorts::{self, CohortError};
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::CohortWrite;

/// Answers one call.
pub async fn handle(
    function: &CohortWrite<impl Engine, impl Objects>,
    call: &Call,
    now: Timestamp,
) -> Result<Reply, Problem> {
    let CohortWrite { gate, store, releases } = function;
    let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let tenant = &principal.tenant;

    match call.route() {
        "PUT /api/cohorts/{cohort}" => {
            let PutCohort { name, course, release, zone, deadlines } = call.json()?;
            let course_title = String::new();
            let cohort = Cohort { cohort: call.path("cohort")?, name, course, course_title, release, zone, deadlines };
            let cohort = cohorts::put(store, releases, tenant, cohort, now).await.map_err(problem)?;
            reply::ok(&view(cohort))
        }
        "POST /api/cohorts/{cohort}/enrolments" => {
            let Enrol { people } = call.json()?;
            if people.len() > BATCH_MAX {
                let detail = format!("At most {BATCH_MAX} people at once; these are {}.", people.len());
                return Err(Problem::invalid(vec![FieldError::new("/people", detail)]));
            }
            let enrolled = cohorts::enrol(store, store, tenant, &call.path("cohort")?, &people, now).await;
            let enrolled = enrolled.map_err(problem)?.into_iter().zip(people);
            let enrolments = enrolled.map(|((enrolment, is_new), person)| EnrolledPerson {
                person,
                enrolment,
                status: if is_new { EnrolledStatus::Enrolled } else { EnrolledStatus::Already },
            });
            reply::ok(&Enrolled { enrolments: enrolments.collect() })
        }
        _ => Err(Problem::route_unknown(call)),
    }
}

fn view(cohort: Cohort) -> CohortView {
    let Cohort { cohort, name, course, course_title, release, zone, deadlines } = cohort;
    CohortView { cohort, name, course, course_title, release, zone, deadlines }
}

fn problem(error: CohortError) -> Problem {
    match error {
        CohortError::NotFound => Problem::not_found(),
        CohortError::Invalid(findings) => {
            let errors = findings.into_iter().map(|finding| FieldError::new(finding.pointer, finding.detail));
            Problem::invalid(errors.collect())
        }
        CohortError::NotPossible(why) => Problem::new(Kind::NotPossible, why),
        CohortError::Store(failure) => failure.into(),
    }
}
