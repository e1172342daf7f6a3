//! The routes of notification-write.

use stoa_api::bodies::{BATCH_MAX, MarkRead, PreferencesView, PutPreference, Unread, Unsubscribed};
use stoa_domain::principal::Principal;
use stoa_http::{Call, FieldError, Kind, Problem, Reply, access, reply};
use stoa_service::inbox::{self, ChoiceError, InboxReader, InboxWriter};
use stoa_service::notifying::link::{self, Ending};
use stoa_store::engine::Engine;

use crate::NotificationWrite;

/// Answers one call. Who holds a link of ours needs no sign-in: the link names its person.
pub async fn handle(function: &NotificationWrite<impl Engine>, call: &Call) -> Result<Reply, Problem> {
    match call.route() {
        "GET /api/unsubscribe/{link}" => {
            ending(function, call)?;
            reply::see_other(format!("/unsubscribe/{}", call.path_text("link")?))
        }
        "POST /api/unsubscribe/{link}" => reply::ok(&unsubscribe(function, call).await?),
        _ => signed_in(function, call).await,
    }
}

async fn signed_in(function: &NotificationWrite<impl Engine>, call: &Call) -> Result<Reply, Problem> {
    let NotificationWrite { gate, store, .. } = function;
    let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let Principal { tenant, person, .. } = &principal;

    match call.route() {
        "POST /api/me/notifications/read" => {
            let MarkRead { notifications } = call.json()?;
            if notifications.len() > BATCH_MAX {
                let detail = format!("At most {BATCH_MAX} messages at once; these are {}.", notifications.len());
                return Err(Problem::invalid(vec![FieldError::new("/notifications", detail)]));
            }
            store.mark_read(tenant, person, &notifications).await?;
            reply::ok(&Unread { unread: store.unread(tenant, person).await? })
        }
        "PUT /api/me/preferences/{kind}/{channel}" => {
            let PutPreference { on } = call.json()?;
            let (kind, channel) = (call.path("kind")?, call.path("channel")?);
            let chosen = inbox::choose(store, tenant, person, kind, channel, on).await.map_err(problem)?;
            reply::ok(&PreferencesView::of(&chosen))
        }
        _ => Err(Problem::route_unknown(call)),
    }
}

/// What the link of a call ends. One that is not ours names nothing.
fn ending(function: &NotificationWrite<impl Engine>, call: &Call) -> Result<Ending, Problem> {
    link::open(&function.link_secret, call.path_text("link")?).ok_or_else(Problem::not_found)
}

async fn unsubscribe(function: &NotificationWrite<impl Engine>, call: &Call) -> Result<Unsubscribed, Problem> {
    let Ending { tenant, person, kind, channel } = ending(function, call)?;
    match inbox::choose(&function.store, &tenant, &person, kind, channel, false).await {
        // Of an erased person nothing is kept, and they are mailed nothing: what the link promises is true.
        Ok(_) | Err(ChoiceError::BeingErased) => Ok(Unsubscribed { kind, channel }),
        Err(error) => Err(problem(error)),
    }
}

fn problem(error: ChoiceError) -> Problem {
    match error {
        ChoiceError::Mandatory(_) => Problem::new(
            Kind::NotPossible,
            "Notifications of this kind cannot be switched off: they say what you are held to.",
        ),
        ChoiceError::BeingErased => Problem::not_found(),
        ChoiceError::Store(failure) => failure.into(),
    }
}
