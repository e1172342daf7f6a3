//! The routes of attempt-write.

use jiff::Timestamp;
use stoa_api::bodies::{DraftSaved, Instant, SaveDraft, Submit};
use stoa_domain::attempt::{Overdue, Refused, Submission};
use stoa_domain::digest;
use stoa_domain::id::PersonKey;
use stoa_domain::item::{ANSWER_CHARS_MAX, Answer, Answers, ITEMS_MAX};
use stoa_http::{Call, FieldError, Kind, Problem, Reply, access, reply};
use stoa_service::attempts::{self, Accepted, AttemptError, AttemptRef, DraftSave};
use stoa_service::metrics::METRICS;
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::{AttemptWrite, shape};

/// The most bytes of a body with answers: with its other attributes it fits into one item of the store.
const ANSWERS_BYTES_MAX: usize = 300 * 1024;

/// Answers one call.
pub async fn handle(
    function: &AttemptWrite<impl Engine, impl Objects>,
    call: &Call,
    now: Timestamp,
) -> Result<Reply, Problem> {
    let AttemptWrite { gate, store, releases } = function;
    let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let (enrolment, assessment) = (call.path("enrolment")?, call.path("assessment")?);
    let me = &principal.person;
    let received_at = call.received_at();

    if call.route() == "GET /api/enrolments/{enrolment}/assessments/{assessment}" {
        let start = attempts::start(store, releases, &principal.tenant, &enrolment, &assessment, me, received_at).await;
        return reply::ok(&shape::start(&assessment, start.map_err(problem)?));
    }

    let at = AttemptRef { tenant: principal.tenant.clone(), enrolment, assessment, number: attempt_number(call)? };
    match call.route() {
        "PUT /api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}" => {
            let opened = attempts::open(store, releases, &at, me, received_at).await.map_err(problem)?;
            let viewed = attempts::view(store, releases, &at, me).await.map_err(problem)?;
            let body = shape::attempt(viewed);
            if opened.is_new { reply::created(&body) } else { reply::ok(&body) }
        }
        "GET /api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}" => {
            let viewed = attempts::view(store, releases, &at, me).await.map_err(problem)?;
            reply::ok(&shape::attempt(viewed))
        }
        "PUT /api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}/draft" => {
            let SaveDraft { rev, answers } = call.json_within(ANSWERS_BYTES_MAX)?;
            check(&answers)?;
            let digest = digest::of_json(&answers);
            let draft = DraftSave { rev, answers, digest, received_at };
            attempts::save_draft(store, &at, me, &draft).await.map_err(problem)?;
            reply::ok(&DraftSaved { rev, saved_at: Instant(now) })
        }
        "PUT /api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}/submission" => {
            submit(function, call, &at, me).await
        }
        _ => Err(Problem::route_unknown(call)),
    }
}

async fn submit(
    function: &AttemptWrite<impl Engine, impl Objects>,
    call: &Call,
    at: &AttemptRef,
    me: &PersonKey,
) -> Result<Reply, Problem> {
    let Submit { submission_id, answers } = call.json_within(ANSWERS_BYTES_MAX)?;
    check(&answers)?;
    let submission = Submission::new(submission_id, answers, call.received_at());

    let accepted = attempts::submit(&function.store, at, me, &submission).await.map_err(problem);
    count(&accepted);

    let accepted = accepted?;
    if accepted.is_first { reply::created(&accepted.receipt) } else { reply::ok(&accepted.receipt) }
}

fn count(handed_in: &Result<Accepted, Problem>) {
    match handed_in {
        Ok(Accepted { is_first: true, receipt }) => {
            tracing::info!(target: METRICS, hand_ins_taken = 1, hand_ins_late = u64::from(receipt.late));
        }
        Ok(_) => tracing::info!(target: METRICS, hand_ins_repeated = 1),
        Err(problem) => tracing::info!(target: METRICS, hand_ins_refused = 1, reason = problem.kind().slug()),
    }
}

/// A number as text that names no attempt names nothing.
fn attempt_number(call: &Call) -> Result<u32, Problem> {
    let text = call.path_text("attempt")?;
    let number = text.parse::<u32>().ok().filter(|number| (1..=stoa_domain::attempt::ATTEMPTS_MAX).contains(number));
    number.filter(|number| number.to_string() == text).ok_or_else(Problem::not_found)
}

fn check(answers: &Answers) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if answers.len() > ITEMS_MAX {
        errors.push(FieldError::new("/answers", format!("At most {ITEMS_MAX} answers.")));
    }
    for (item, answer) in answers {
        let (field, chars) = match answer {
            Answer::Text { text } => ("text", text.chars().count()),
            Answer::Number { value } => ("value", value.chars().count()),
            Answer::Choice { .. } => continue,
        };
        if chars > ANSWER_CHARS_MAX {
            let pointer = format!("/answers/{item}/{field}");
            errors.push(FieldError::new(pointer, format!("At most {ANSWER_CHARS_MAX} characters; these are {chars}.")));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors)) }
}

/// Says which draft stands, so that whoever comes too late can tell whether anything is missing from it.
fn time_up(overdue: Overdue) -> Problem {
    let closed_at = stoa_domain::attempt::instant(overdue.closed_at);
    let detail = format!("The attempt closed at {closed_at}. The last draft that was saved is handed in for you.");
    let problem = Problem::new(Kind::AttemptTimeUp, detail).with("rev", overdue.rev);
    if let Some(digest) = overdue.digest { problem.with("digest", digest) } else { problem }
}

fn problem(error: AttemptError) -> Problem {
    match error {
        AttemptError::NotFound => Problem::not_found(),
        AttemptError::Locked => {
            Problem::new(Kind::NodeLocked, "This assessment is still locked. The course outline says what opens it.")
        }
        AttemptError::Refused(Refused::AttemptsUsed { attempts_max }) => {
            Problem::new(Kind::AttemptRefused, format!("All {attempts_max} attempts are used."))
        }
        AttemptError::Refused(Refused::Closed { closed_at }) => Problem::new(
            Kind::AttemptRefused,
            format!("The deadline passed at {}.", stoa_domain::attempt::instant(closed_at)),
        ),
        AttemptError::Refused(Refused::OutOfTurn { next }) => {
            Problem::new(Kind::AttemptRefused, format!("The attempt to open or resume is number {next}."))
                .with("next_attempt", next)
        }
        AttemptError::DraftStale { rev } => Problem::new(
            Kind::DraftStale,
            format!(
                "Revision {rev} of the draft stands, saved from another tab or device. Load it before you save again."
            ),
        )
        .with("rev", rev),
        AttemptError::Closed(receipt) => Problem::new(
            Kind::AttemptClosed,
            "The attempt is closed. What was handed in stands, and this receipt proves it.",
        )
        .with("receipt", receipt),
        AttemptError::Differs(receipt) => Problem::new(
            Kind::SubmissionDiffers,
            "A hand-in with this id and other answers was taken before. It stands, and this receipt proves it.",
        )
        .with("receipt", receipt),
        AttemptError::TimeUp(overdue) => time_up(overdue),
        AttemptError::Store(failure) => failure.into(),
    }
}
