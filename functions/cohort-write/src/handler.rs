//! The routes of cohort-write.

use jiff::Timestamp;
use stoa_api::bodies::{
    BATCH_MAX, CohortView, Enrol, Enrolled, EnrolledPerson, EnrolledStatus, EnrolmentView, LookAtRoll, MoveEnrolment,
    PutCohort, Roll, RollLine, RollStatus,
};
use stoa_domain::cohort::{Cohort, Enrolment};
use stoa_domain::principal::Role;
use stoa_http::{Call, FieldError, Kind, Problem, Reply, access, reply};
use stoa_service::cohorts::{self, CohortError, Enrolling, Listed};
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::CohortWrite;

/// Who runs a cohort: the one a learner is moved to as well.
const RUNS: &[Role] = &[Role::Instructor, Role::Admin];

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
    let by = &call.by(&principal, now);

    match call.route() {
        "PUT /api/cohorts/{cohort}" => {
            let PutCohort { name, course, release, zone, deadlines } = call.json()?;
            let course_title = String::new();
            let id = call.path("cohort")?;
            let cohort = Cohort { cohort: id, name, course, course_title, release, zone, deadlines, rev: 0 };
            let cohort = cohorts::put(store, releases, tenant, cohort, by).await.map_err(problem)?;
            reply::ok(&view(cohort))
        }
        "POST /api/cohorts/{cohort}/enrolments" => {
            let Enrol { people } = call.json()?;
            if people.len() > BATCH_MAX {
                let detail = format!("At most {BATCH_MAX} people at once; these are {}.", people.len());
                return Err(Problem::invalid(vec![FieldError::new("/people", detail)]));
            }
            let enrolled = cohorts::enrol(store, store, tenant, &call.path("cohort")?, &people, by).await;
            let enrolled = enrolled.map_err(problem)?.into_iter().zip(people);
            let enrolments = enrolled.map(|((enrolment, how), person)| EnrolledPerson {
                person,
                enrolment,
                status: match how {
                    Enrolling::New => EnrolledStatus::Enrolled,
                    Enrolling::Already => EnrolledStatus::Already,
                    Enrolling::Withdrawn => EnrolledStatus::Withdrawn,
                    Enrolling::MovedAway => EnrolledStatus::MovedAway,
                },
            });
            reply::ok(&Enrolled { enrolments: enrolments.collect() })
        }
        "POST /api/cohorts/{cohort}/roll" => {
            let LookAtRoll { text } = call.json()?;
            let lines = cohorts::roll(store, tenant, &call.path("cohort")?, &text).await.map_err(problem)?;
            reply::ok(&Roll { lines: lines.into_iter().map(roll_line).collect() })
        }
        "POST /api/cohorts/{cohort}/enrolments/{enrolment}/withdrawal" => {
            let withdrawn = cohorts::withdraw(store, tenant, &call.path("cohort")?, &call.path("enrolment")?, by).await;
            reply::ok(&enrolment(withdrawn.map_err(problem)?))
        }
        "DELETE /api/cohorts/{cohort}/enrolments/{enrolment}/withdrawal" => {
            let back = cohorts::reinstate(store, tenant, &call.path("cohort")?, &call.path("enrolment")?, by).await;
            reply::ok(&enrolment(back.map_err(problem)?))
        }
        "PUT /api/cohorts/{cohort}/enrolments/{enrolment}/cohort" => {
            let MoveEnrolment { cohort: to } = call.json()?;
            // The role was checked for the cohort that the path names: the other one counts as much.
            if !principal.holds_in(RUNS, to.as_str()) {
                return Err(Problem::forbidden());
            }
            let (from, id) = (call.path("cohort")?, call.path("enrolment")?);
            let moved = cohorts::move_to(store, tenant, &from, &id, &to, by).await;
            reply::ok(&enrolment(moved.map_err(problem)?))
        }
        _ => Err(Problem::route_unknown(call)),
    }
}

fn view(cohort: Cohort) -> CohortView {
    let Cohort { cohort, name, course, course_title, release, zone, deadlines, .. } = cohort;
    CohortView { cohort, name, course, course_title, release, zone, deadlines }
}

fn enrolment(enrolment: Enrolment) -> EnrolmentView {
    let Enrolment { enrolment, person, cohort, release, status, .. } = enrolment;
    EnrolmentView { enrolment, person, cohort, release, status }
}

fn roll_line(line: cohorts::RollLine) -> RollLine {
    let number = |line: u64| u32::try_from(line).unwrap_or(u32::MAX);
    let mut view = RollLine {
        line: number(line.line),
        address: line.address,
        person: None,
        name: None,
        status: RollStatus::Unknown,
        first: None,
    };
    match line.listed {
        Listed::Known { person, name, how } => {
            (view.person, view.name) = (Some(person), Some(name));
            view.status = match how {
                Enrolling::New => RollStatus::New,
                Enrolling::Already => RollStatus::Already,
                Enrolling::Withdrawn => RollStatus::Withdrawn,
                Enrolling::MovedAway => RollStatus::MovedAway,
            };
        }
        Listed::Ended { name } => (view.name, view.status) = (Some(name), RollStatus::AccessEnded),
        Listed::Unknown => {}
        Listed::Twice { first } => (view.first, view.status) = (Some(number(first)), RollStatus::Duplicate),
        Listed::NoAddress => view.status = RollStatus::NoAddress,
    }
    view
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
