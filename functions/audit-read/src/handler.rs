//! The routes of audit-read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use stoa_api::bodies::{Audit, AuditEntry, AuditExport, ExportForm, Instant, Somebody};
use stoa_domain::audit::{Entry, Subject};
use stoa_domain::id::PersonKey;
use stoa_domain::principal::Principal;
use stoa_http::{Call, Kind, Problem, Reply, access, cursor, reply};
use stoa_service::auditing::{self, Wanted};
use stoa_service::reading::PeopleReader;
use stoa_store::engine::Engine;
use stoa_store::schema;

use crate::{AuditRead, export};

/// How many entries a page has.
const PAGE_MAX: usize = 100;
/// How many entries a page of an export has.
const EXPORT_MAX: usize = 1_000;
/// A time that is later than every entry, in milliseconds since 1970: the keys' fifteen digits are full.
const END_MS: i64 = 999_999_999_999_999;

/// Answers one call.
pub async fn handle(function: &AuditRead<impl Engine>, call: &Call) -> Result<Reply, Problem> {
    let principal = function.gate.admit(call, async |tenant| function.store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;

    match call.route() {
        "GET /api/audit" => {
            let (entries, next) = page(function, call, &principal, PAGE_MAX).await?;
            reply::ok(&Audit { entries, next })
        }
        "GET /api/audit/export" => {
            let form = match call.query("form").unwrap_or("csv") {
                "csv" => ExportForm::Csv,
                "jsonl" => ExportForm::Jsonl,
                _ => return Err(invalid("`form` is csv or jsonl.")),
            };
            let (entries, next) = page(function, call, &principal, EXPORT_MAX).await?;
            let is_first = call.query("cursor").is_none();
            reply::ok(&AuditExport { text: export::page(form, &entries, is_first), next })
        }
        _ => Err(Problem::route_unknown(call)),
    }
}

fn invalid(detail: &str) -> Problem {
    Problem::new(Kind::InvalidQuery, detail)
}

async fn page(
    function: &AuditRead<impl Engine>,
    call: &Call,
    principal: &Principal,
    most: usize,
) -> Result<(Vec<AuditEntry>, Option<String>), Problem> {
    let instant = |name: &str| -> Result<Option<Timestamp>, Problem> {
        let read =
            |text: &str| text.parse::<Timestamp>().map_err(|_| invalid(&format!("`{name}` is no RFC 3339 time.")));
        call.query(name).map(read).transpose()
    };
    let (from, until) = (instant("from")?, instant("until")?);
    let person = call.query("person").map(PersonKey::parse).transpose();
    let person = person.map_err(|_| invalid("`person` is no id."))?;

    // A cursor belongs to its question: asked with other filters it does not open.
    let text = |name: &str| call.query(name).unwrap_or_default().to_owned();
    let filter = ["form", "from", "until", "person"].map(text).join(" ");
    let secret = &function.cursor_secret;
    let key = match call.query("cursor") {
        Some(sealed) => cursor::open(secret, principal, call.route(), &filter, sealed)?,
        None => schema::audit_before(until.map_or(END_MS, Timestamp::as_millisecond)),
    };
    let wanted = Wanted { from, person };
    let page = auditing::page(&function.store, &principal.tenant, &wanted, &key, most).await?;

    let next = page.next.map(|last| cursor::seal(secret, principal, call.route(), &filter, &last));
    Ok((named(function, principal, page.entries).await?, next))
}

/// Entries with the names that their people have now.
async fn named(
    function: &AuditRead<impl Engine>,
    principal: &Principal,
    entries: Vec<Entry>,
) -> Result<Vec<AuditEntry>, Problem> {
    let keys: BTreeSet<&PersonKey> =
        entries.iter().flat_map(|entry| entry.actor.iter().chain(&entry.subject.person)).collect();
    let keys: Vec<PersonKey> = keys.into_iter().cloned().collect();
    let people = function.store.people(&principal.tenant, &keys).await?;
    let names: BTreeMap<PersonKey, String> = people.into_iter().map(|person| (person.person, person.name)).collect();
    let somebody = |person: PersonKey| Somebody { name: names.get(&person).cloned().unwrap_or_default(), person };
    let view = |entry: Entry| {
        let Entry { at, act, actor, subject, changes, request } = entry;
        let Subject { person, enrolment, cohort, course, release } = subject;
        AuditEntry {
            at: Instant::from_ms(at),
            act,
            actor: actor.map(somebody),
            person: person.map(somebody),
            enrolment,
            cohort,
            course,
            release,
            changes,
            request,
        }
    };
    Ok(entries.into_iter().map(view).collect())
}
