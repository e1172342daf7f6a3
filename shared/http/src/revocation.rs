//! Access that has ended, known without a read per request.
//!
//! Each instance keeps a tenant's list of deactivated people and reads it anew every 30 s. Together with tokens that live
//! 5 minutes, access ends within 60 s of a deactivation.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use stoa_domain::id::{PersonKey, TenantId};

use crate::claims::Caller;
use crate::kind::Kind;
use crate::problem::Problem;

/// How old a list may be before it is read anew.
pub const FRESH_FOR: Duration = Duration::from_secs(30);
/// How old a list may be while it cannot be read: what the edge opens for whoever was let in works for 25 s more, and access
/// ends within 60.
pub const STALE_FOR: Duration = Duration::from_secs(35);
/// How long issuing a token can take from reading a person's state to dating the token (a trigger has 5 s), with some
/// room for clocks that differ. A token dated that soon after the revocation may have been decided before it.
pub const ISSUE_TIME_MAX: Duration = Duration::from_secs(10);
/// The most tenants an instance remembers; the oldest list is forgotten first.
const TENANTS_MAX: usize = 1_000;

/// The lists of deactivated people that an instance remembers, by tenant.
#[derive(Debug, Default)]
pub struct Revocations {
    lists: Mutex<BTreeMap<TenantId, List>>,
}

#[derive(Debug)]
struct List {
    read_at: Timestamp,
    revoked: BTreeMap<PersonKey, Timestamp>,
}

impl Revocations {
    /// Nothing remembered yet.
    pub fn new() -> Revocations {
        Revocations::default()
    }

    /// Refuses a caller whose token was issued before their access ended.
    ///
    /// `read` fetches a tenant's list, and is asked only where the remembered one is older than [`FRESH_FOR`]. Where it
    /// fails, the remembered list serves for [`STALE_FOR`]; after that nobody is let in.
    pub async fn check<E>(
        &self,
        caller: &Caller,
        now: Timestamp,
        read: impl AsyncFnOnce(&TenantId) -> Result<BTreeMap<PersonKey, Timestamp>, E>,
    ) -> Result<(), Problem>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let tenant = &caller.principal.tenant;
        if !self.has_within(FRESH_FOR, tenant, now) {
            match read(tenant).await {
                Ok(revoked) => self.remember(tenant, List { read_at: now, revoked }),
                Err(cause) if self.has_within(STALE_FOR, tenant, now) => {
                    tracing::warn!(
                        error = cause.into(),
                        "the revocation list cannot be read; the last one still serves"
                    );
                }
                Err(cause) => {
                    return Err(Problem::new(Kind::TryAgain, "Nothing was recorded. Repeat the request in a moment.")
                        .because(cause));
                }
            }
        }
        if self.ended(caller) {
            let detail = "Your access to this organisation has ended. Nothing was recorded.";
            return Err(Problem::new(Kind::AccessEnded, detail));
        }
        Ok(())
    }

    fn has_within(&self, age_max: Duration, tenant: &TenantId, now: Timestamp) -> bool {
        self.lists().get(tenant).is_some_and(|list| {
            let age = now.duration_since(list.read_at);
            // Requests may arrive out of order, so a list can be a little younger than the request.
            age.unsigned_abs() < age_max
        })
    }

    fn remember(&self, tenant: &TenantId, list: List) {
        let mut lists = self.lists();
        if lists.len() >= TENANTS_MAX && !lists.contains_key(tenant) {
            let oldest = lists.iter().min_by_key(|(_, list)| list.read_at).map(|(tenant, _)| tenant.clone());
            oldest.and_then(|oldest| lists.remove(&oldest));
        }
        lists.insert(tenant.clone(), list);
    }

    fn ended(&self, caller: &Caller) -> bool {
        let lists = self.lists();
        let revoked_at =
            lists.get(&caller.principal.tenant).and_then(|list| list.revoked.get(&caller.principal.person));
        revoked_at.is_some_and(|revoked_at| {
            caller.issued_at < revoked_at.saturating_add(ISSUE_TIME_MAX).unwrap_or(Timestamp::MAX)
        })
    }

    fn lists(&self) -> MutexGuard<'_, BTreeMap<TenantId, List>> {
        // A panic elsewhere cannot leave a list half written: each is replaced as a whole.
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use stoa_domain::principal::Principal;

    use super::*;

    const START: i64 = 1_800_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(START + second).expect("a time")
    }

    fn caller(tenant: &str, person: &str, issued: i64) -> Caller {
        let tenant = TenantId::parse(tenant).expect("an id");
        let person = PersonKey::parse(person).expect("an id");
        Caller { principal: Principal { tenant, person, grants: vec![] }, issued_at: at(issued) }
    }

    /// A list with `p1` revoked at second 0, that counts how often it is read and fails while `down`.
    #[derive(Default)]
    struct Source {
        reads: Cell<u32>,
        down: Cell<bool>,
    }

    impl Source {
        async fn check(&self, revocations: &Revocations, caller: &Caller, now: i64) -> Option<Kind> {
            let read = async |_: &TenantId| {
                self.reads.set(self.reads.get() + 1);
                if self.down.get() {
                    Err("the table is away")
                } else {
                    Ok([(PersonKey::parse("p1").expect("an id"), at(0))].into())
                }
            };
            revocations.check(caller, at(now), read).await.err().map(|problem| problem.kind())
        }
    }

    #[tokio::test]
    async fn a_token_from_before_the_revocation_is_refused_and_other_people_are_not() {
        let (revocations, source) = (Revocations::new(), Source::default());
        assert_eq!(source.check(&revocations, &caller("demo", "p1", -200), 5).await, Some(Kind::AccessEnded));
        assert_eq!(source.check(&revocations, &caller("demo", "p2", -200), 5).await, None);
        assert_eq!(source.check(&revocations, &caller("demo", "p1", 20), 21).await, None, "a token from after it");
    }

    #[tokio::test]
    async fn a_token_dated_seconds_after_the_revocation_may_have_been_decided_before_it() {
        let (revocations, source) = (Revocations::new(), Source::default());
        assert_eq!(source.check(&revocations, &caller("demo", "p1", 9), 12).await, Some(Kind::AccessEnded));
        assert_eq!(source.check(&revocations, &caller("demo", "p1", 10), 12).await, None);
    }

    #[tokio::test]
    async fn a_list_is_read_once_in_30_seconds_and_per_tenant() {
        let (revocations, source) = (Revocations::new(), Source::default());
        for (now, reads) in [(0, 1), (29, 1), (30, 2), (59, 2), (61, 3)] {
            source.check(&revocations, &caller("demo", "p2", 0), now).await;
            assert_eq!(source.reads.get(), reads, "at {now} s");
        }
        source.check(&revocations, &caller("other", "p2", 0), 61).await;
        assert_eq!(source.reads.get(), 4);
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_serves_for_35_seconds_and_then_nobody_is_let_in() {
        let (revocations, source) = (Revocations::new(), Source::default());
        assert_eq!(source.check(&revocations, &caller("demo", "p2", 0), 0).await, None);
        source.down.set(true);
        assert_eq!(source.check(&revocations, &caller("demo", "p2", 0), 34).await, None);
        assert_eq!(source.check(&revocations, &caller("demo", "p1", -1), 34).await, Some(Kind::AccessEnded));
        assert_eq!(source.check(&revocations, &caller("demo", "p2", 0), 35).await, Some(Kind::TryAgain));
        source.down.set(false);
        assert_eq!(source.check(&revocations, &caller("demo", "p2", 0), 36).await, None);
    }

    #[tokio::test]
    async fn an_instance_that_never_read_the_list_lets_nobody_in() {
        let (revocations, source) = (Revocations::new(), Source::default());
        source.down.set(true);
        assert_eq!(source.check(&revocations, &caller("demo", "p2", 0), 0).await, Some(Kind::TryAgain));
    }

    #[tokio::test]
    async fn an_instance_remembers_a_bounded_number_of_tenants() {
        let (revocations, source) = (Revocations::new(), Source::default());
        for second in 0..=TENANTS_MAX {
            let tenant = format!("t{second}");
            source.check(&revocations, &caller(&tenant, "p2", 0), i64::try_from(second).expect("small")).await;
        }
        assert_eq!(revocations.lists().len(), TENANTS_MAX);
        assert!(!revocations.lists().keys().any(|tenant| tenant.as_str() == "t0"));
    }
}
