//! HTTP as a handler sees it: a [`Call`] comes in, a [`Reply`] or a [`Problem`] goes out.
//!
//! The only crate that knows how API Gateway packs requests and answers (payload format 2.0). It reads that format itself
//! rather than through `lambda_http`: a general HTTP request has no place for what handlers need (route, receive time,
//! claims), and building one parses the Host header and the path again, where unusual ones panic.
//!
//! A handler:
//!
//! ```
//! # use stoa_http::{Call, Gate, Problem, Reply, reply};
//! # use stoa_domain::id::{EnrolmentId, PersonKey, TenantId};
//! # use std::collections::BTreeMap;
//! # struct Store;
//! # impl Store {
//! #     async fn revoked(&self, _: &TenantId) -> Result<BTreeMap<PersonKey, jiff::Timestamp>, String> { Ok(BTreeMap::new()) }
//! # }
//! pub async fn handle(store: &Store, gate: &Gate, call: &Call) -> Result<Reply, Problem> {
//!     let principal = gate.admit(call, async |tenant| store.revoked(tenant).await).await?;
//!     match call.route() {
//!         "GET /api/enrolments/{enrolment}/progress" => {
//!             let enrolment: EnrolmentId = call.path("enrolment")?;
//!             reply::ok(&serde_json::json!({ "enrolment": enrolment, "person": principal.person }))
//!         }
//!         _ => Err(Problem::route_unknown(call)),
//!     }
//! }
//! ```
//!
//! and in its main: `serve_http(|request| stoa_http::answer(request, async |call| handle(&store, &gate, call).await))`.

pub mod access;
mod body;
mod boundary;
mod call;
pub mod claims;
pub mod cursor;
pub mod edge;
mod event;
mod failure;
mod gate;
mod kind;
mod problem;
pub mod reply;
mod revocation;
#[cfg(any(test, feature = "sample"))]
pub mod sample;

pub use body::BODY_BYTES_MAX;
pub use boundary::answer;
pub use call::Call;
pub use claims::{Caller, Expected};
pub use event::{Request, Response};
pub use gate::Gate;
pub use kind::Kind;
pub use problem::{FieldError, Problem};
pub use reply::Reply;
pub use revocation::Revocations;
