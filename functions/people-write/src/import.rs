//! A file of people: looked at first, then taken over in parts that carry the server's seal.

use stoa_api::bodies::{
    AppliedStatus, ApplyPeople, BATCH_MAX, LookAtPeople, PeopleApplied, PeopleDiff, PeoplePart, PersonApplied,
    PersonChange, PersonLine, PersonLineStatus,
};
use stoa_domain::audit::By;
use stoa_domain::digest;
use stoa_domain::principal::Principal;
use stoa_http::{Call, FieldError, Kind, Problem, cursor};
use stoa_service::people::PeopleStore;
use stoa_service::people::import::{self, Applied, Fate, LINES_MAX, Plan, Planned};
use stoa_store::engine::Engine;

use crate::PeopleWrite;
use crate::handler::{new_key, problem};

/// The most bytes of a file with the JSON around it: 5,000 lines of 200.
const FILE_BYTES_MAX: usize = 1_200 * 1024;
/// What a seal is for; a cursor of a list has the list's route here.
const SEALED: &str = "people file";
/// Seals of files that must be confirmed, and of others.
const ASKS: &str = "asks";
const DOES_NOT_ASK: &str = "does not ask";

/// What taking a file over would change.
pub async fn look_at(
    function: &PeopleWrite<impl Engine>,
    call: &Call,
    principal: &Principal,
) -> Result<PeopleDiff, Problem> {
    let LookAtPeople { text } = call.json_within(FILE_BYTES_MAX)?;

    let people = function.store.everybody(&principal.tenant).await?;
    let plan = import::plan(&text, &people, &principal.person);

    if plan.lines.len() > LINES_MAX {
        let detail = format!("At most {LINES_MAX} lines at once; these are {}.", plan.lines.len());
        return Err(Problem::invalid(vec![FieldError::new("/text", detail)]));
    }
    let asks = plan.asks();
    let changes: Vec<PersonChange> = plan.lines.iter().filter_map(change).collect();
    let parts = changes.chunks(BATCH_MAX).map(|lines| PeoplePart {
        seal: cursor::seal(&function.cursor_secret, principal, SEALED, filter(asks), &digest::of_json(&lines)),
        lines: lines.to_vec(),
    });
    let parts = parts.collect();
    let Plan { lines, with_access, changed } = plan;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let lines = lines.into_iter().map(line).collect();
    Ok(PeopleDiff { lines, with_access: count(with_access), changed: count(changed), asks, parts })
}

fn filter(asks: bool) -> &'static str {
    if asks { ASKS } else { DOES_NOT_ASK }
}

/// Takes a part over: exactly the lines that were given out, and only if a file that asks is meant.
pub async fn apply(
    function: &PeopleWrite<impl Engine>,
    call: &Call,
    principal: &Principal,
    by: &By,
) -> Result<PeopleApplied, Problem> {
    let ApplyPeople { lines, seal, confirmed } = call.json()?;
    let is_sealed = |asks: bool| {
        let digest = cursor::open(&function.cursor_secret, principal, SEALED, filter(asks), &seal);
        digest.is_ok_and(|digest| digest == digest::of_json(&lines))
    };
    if !is_sealed(false) {
        if !is_sealed(true) {
            return Err(Problem::invalid(vec![FieldError::new(
                "/seal",
                "These are not the lines that were looked at. Look at the file again; nothing was changed.",
            )]));
        }
        if !confirmed {
            return Err(Problem::new(
                Kind::NotPossible,
                "The file changes so many people that it must be confirmed. Nothing was changed.",
            ));
        }
    }
    let planned: Vec<Planned> = lines.iter().cloned().map(planned).collect();

    let applied = import::apply(&function.store, &principal.tenant, &planned, new_key(function), by).await;

    let lines = lines.iter().zip(applied.map_err(problem)?).map(|(line, applied)| PersonApplied {
        line: line.line,
        status: match applied {
            Applied::Done => AppliedStatus::Done,
            Applied::Already => AppliedStatus::Already,
            Applied::ChangedSince => AppliedStatus::ChangedSince,
        },
    });
    Ok(PeopleApplied { lines: lines.collect() })
}

fn number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// What a line changes, if it changes anything.
fn change(line: &Planned) -> Option<PersonChange> {
    let (person, before) = match &line.fate {
        Fate::New => (None, None),
        Fate::Roles { person, before } => (Some(person.clone()), Some(before.clone())),
        Fate::Ends { person } => (Some(person.clone()), None),
        Fate::Same | Fate::Twice { .. } | Fate::Invalid { .. } => return None,
    };
    let Planned { line, email, name, roles, .. } = line.clone();
    Some(PersonChange { line: number(line), email, name, roles, person, before })
}

fn planned(change: PersonChange) -> Planned {
    let PersonChange { line, email, name, roles, person, before } = change;
    let fate = match (person, before) {
        (None, _) => Fate::New,
        (Some(person), Some(before)) => Fate::Roles { person, before },
        (Some(person), None) => Fate::Ends { person },
    };
    Planned { line: line.into(), email, name, roles, fate }
}

fn line(planned: Planned) -> PersonLine {
    let Planned { line, email, name, roles, fate } = planned;
    let (status, before, reason) = match fate {
        Fate::New => (PersonLineStatus::New, None, None),
        Fate::Same => (PersonLineStatus::Same, None, None),
        Fate::Roles { before, .. } => (PersonLineStatus::Roles, Some(before), None),
        Fate::Ends { .. } => (PersonLineStatus::Ends, None, None),
        Fate::Twice { first } => {
            (PersonLineStatus::Duplicate, None, Some(format!("The same address stands in line {first}.")))
        }
        Fate::Invalid { why } => (PersonLineStatus::Invalid, None, Some(why)),
    };
    PersonLine { line: number(line), email, name, roles, before, status, reason }
}
