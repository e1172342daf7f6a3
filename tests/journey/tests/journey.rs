//! Do the parts talk? Journeys over HTTP through the deployed local stack, with IAM enforced.
//!
//! `STOA_ENDPOINTS` names the stack's endpoints file; `python3 -m tools.local up -- COMMAND` starts a throwaway one.

#[path = "journey/administration.rs"]
mod administration;
#[path = "journey/bad_input.rs"]
mod bad_input;
#[path = "journey/canary.rs"]
mod canary;
#[path = "journey/closing.rs"]
mod closing;
#[path = "journey/dates.rs"]
mod dates;
#[path = "journey/edge.rs"]
mod edge;
#[path = "journey/erasure.rs"]
mod erasure;
#[path = "journey/everything.rs"]
mod everything;
#[path = "journey/import.rs"]
mod import;
#[path = "journey/notices.rs"]
mod notices;
#[path = "journey/permissions.rs"]
mod permissions;
#[path = "journey/reading.rs"]
mod reading;
#[path = "journey/rebuild.rs"]
mod rebuild;
#[path = "journey/seed.rs"]
mod seed;
#[path = "journey/simulate.rs"]
mod simulate;
#[path = "journey/stack.rs"]
mod stack;
#[path = "journey/submit.rs"]
mod submit;
