//! The routes of notification-read.

use stoa_api::bodies::{Inbox, Instant, NotificationView, PreferencesView, Unread};
use stoa_domain::id::NotificationId;
use stoa_domain::notification::notified_at;
use stoa_domain::principal::Principal;
use stoa_http::{Call, Problem, Reply, access, cursor, reply};
use stoa_service::inbox::{Entry, InboxReader};
use stoa_store::engine::Engine;

use crate::NotificationRead;

/// Answers one call.
pub async fn handle(function: &NotificationRead<impl Engine>, call: &Call) -> Result<Reply, Problem> {
    let NotificationRead { gate, store, .. } = function;
    let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
    access::authorise(call, &principal)?;
    let Principal { tenant, person, .. } = &principal;

    match call.route() {
        "GET /api/me/notifications" => reply::ok(&page(function, call, &principal).await?),
        "GET /api/me/notifications/unread" => reply::ok(&Unread { unread: store.unread(tenant, person).await? }),
        "GET /api/me/preferences" => reply::ok(&PreferencesView::of(&store.chosen(tenant, person).await?)),
        _ => Err(Problem::route_unknown(call)),
    }
}

async fn page(function: &NotificationRead<impl Engine>, call: &Call, principal: &Principal) -> Result<Inbox, Problem> {
    let NotificationRead { store, cursor_secret: secret, .. } = function;
    let Principal { tenant, person, .. } = principal;
    let after =
        call.query("cursor").map(|sealed| cursor::open(secret, principal, call.route(), "", sealed)).transpose()?;
    let after = after.map(NotificationId::parse).transpose().map_err(Problem::internal)?;
    let page = store.inbox(tenant, person, after.as_ref()).await?;
    let seal = |last: NotificationId| cursor::seal(secret, principal, call.route(), "", last.as_str());
    Ok(Inbox {
        notifications: page.entries.into_iter().map(entry).collect(),
        unread: store.unread(tenant, person).await?,
        next_cursor: page.next.map(seal),
    })
}

fn entry(entry: Entry) -> NotificationView {
    let Entry { id, notice, unread } = entry;
    NotificationView { at: Instant::from_ms(notified_at(&id)), id, unread, notice }
}
