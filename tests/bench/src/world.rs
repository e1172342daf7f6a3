//! One instance of every function over an engine and buckets, and how to call them.

use attempt_write::AttemptWrite;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cohort_write::CohortWrite;
use content_read::{ContentRead, Edge};
use content_write::ContentWrite;
use fact_write::FactWrite;
use jiff::Timestamp;
use people_write::PeopleWrite;
use progress_read::ProgressRead;
use stoa_http::edge::EdgeKey;
use stoa_http::{Gate, Response};
use stoa_queue::{Doorbell, Target};
use stoa_service::provisioning::{AccountFailure, Accounts};
use stoa_store::Store;
use stoa_store::engine::{Engine, Key};
use stoa_store::objects::Objects;
use stoa_store::releases::Releases;
use stoa_store::schema;
use stoa_testkit::events::HttpEvent;

/// The tenant.
pub const TENANT: &str = "demo";

/// Every function, one instance each.
#[derive(Debug)]
pub struct World<E, O> {
    attempt_write: AttemptWrite<E, O>,
    cohort_write: CohortWrite<E, O>,
    content_read: ContentRead<E, O>,
    content_write: ContentWrite<E, O>,
    fact_write: FactWrite<E, O>,
    people_write: PeopleWrite<E>,
    progress_read: ProgressRead<E, O>,
    /// What the functions behind queues and schedules work with.
    pub store: Store<E>,
    /// The same.
    pub releases: Releases<O>,
}

impl<E: Engine + Clone, O: Objects + Clone> World<E, O> {
    /// New instances: nothing is cached yet.
    pub fn new(engine: &E, objects: &O) -> World<E, O> {
        let gate = || Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]);
        let store = || Store::new(engine.clone());
        let releases = || Releases::new(objects.clone());
        let secret = "a secret".to_owned();
        World {
            attempt_write: AttemptWrite { gate: gate(), store: store(), releases: releases() },
            cohort_write: CohortWrite { gate: gate(), store: store(), releases: releases() },
            content_read: ContentRead {
                gate: gate(),
                store: store(),
                releases: releases(),
                edge: Edge {
                    key: edge_key(),
                    web_origin: "https://stoa.test".to_owned(),
                    content_origin: "https://content.test".to_owned(),
                },
            },
            content_write: ContentWrite { gate: gate(), store: store(), releases: releases() },
            fact_write: FactWrite { gate: gate(), store: store(), releases: releases() },
            people_write: PeopleWrite {
                gate: gate(),
                store: store(),
                cursor_secret: secret.clone(),
                new_key: || "11112222333344445555666677778888".to_owned(),
            },
            progress_read: ProgressRead { gate: gate(), store: store(), releases: releases(), cursor_secret: secret },
            store: store(),
            releases: releases(),
        }
    }

    /// Answers a request with the function that its route belongs to.
    ///
    /// # Panics
    /// If the route is nobody's.
    pub async fn answer(&self, event: &HttpEvent, now: Timestamp) -> Response {
        let key = event.event()["routeKey"].as_str().unwrap_or_default();
        let function = stoa_api::routes::by_key(key).unwrap_or_else(|| panic!("{key} is no route")).function;
        stoa_http::answer(event.request(), async |call| match function {
            "attempt-write" => attempt_write::handle(&self.attempt_write, call, now).await,
            "cohort-write" => cohort_write::handle(&self.cohort_write, call, now).await,
            "content-read" => content_read::handle(&self.content_read, call).await,
            "content-write" => content_write::handle(&self.content_write, call, now).await,
            "fact-write" => fact_write::handle(&self.fact_write, call).await,
            "people-write" => people_write::handle(&self.people_write, call, now).await,
            "progress-read" => progress_read::handle(&self.progress_read, call, now).await,
            other => panic!("{other} is not in this world"),
        })
        .await
    }

    /// Does the work that an item with this key carries, as its queue's function does.
    ///
    /// # Panics
    /// If it fails: nothing goes wrong here.
    pub async fn work(&self, key: &Key, now: Timestamp) {
        let bell = Doorbell::new(&key.pk, &key.sk);
        let done = match stoa_queue::target(&key.sk).expect("it has a consumer") {
            Target::Grade => submission_grade::handle(&self.store, &self.releases, &bell, now).await,
            Target::Progress => {
                progress_project::handle(&self.store, &self.releases, &bell.pk.clone(), vec![bell], now).await
            }
            Target::People => people_provision::handle(&self.store, &NoPool, HttpEvent::ISSUER, &bell).await,
            Target::Close | Target::Notice | Target::Mail | Target::Erase | Target::Export => {
                panic!("{key:?} is nobody's in this world")
            }
        };
        assert_eq!(done, Ok(()));
    }

    /// Closes the attempt with this key, if its time is up.
    ///
    /// # Panics
    /// If that fails.
    pub async fn close(&self, key: &Key, now: Timestamp) {
        assert_eq!(attempt_close::handle(&self.store, &Doorbell::new(&key.pk, &key.sk), now).await, Ok(()));
    }

    /// Brings the progress of an enrolment up to several facts at once.
    ///
    /// # Panics
    /// If it fails.
    pub async fn project(&self, pk: &str, keys: &[Key], now: Timestamp) {
        let bells = keys.iter().map(|key| Doorbell::new(&key.pk, &key.sk)).collect();
        assert!(schema::parse_enrolment_pk(pk).is_some(), "{pk}");
        assert_eq!(progress_project::handle(&self.store, &self.releases, pk, bells, now).await, Ok(()));
    }
}

/// An identity provider that has everybody already.
struct NoPool;

impl Accounts for NoPool {
    async fn ensure(&self, email: &str) -> Result<String, AccountFailure> {
        Ok(format!("subject-of-{email}"))
    }

    async fn invite_again(&self, _: &str) -> Result<(), AccountFailure> {
        Ok(())
    }

    async fn disable(&self, _: &str) -> Result<(), AccountFailure> {
        Ok(())
    }

    async fn enable(&self, _: &str) -> Result<(), AccountFailure> {
        Ok(())
    }
}

fn edge_key() -> EdgeKey {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).expect("a key");
    EdgeKey::new("K1", &BASE64_STANDARD.encode(made.as_ref())).expect("a key")
}
