//! What happens, in order: the use cases, each with the port it needs. Async, and no AWS.
//!
//! A port is a trait sized to what one use case may do, so that it can be held against the permissions of the function
//! that runs it. Decisions are in the domain; what can fail half-way is here.

pub mod attempts;
pub mod auditing;
pub mod closing;
pub mod cohorts;
pub mod delivery;
pub mod drafting;
pub mod erasing;
pub mod erasures;
pub mod exporting;
pub mod exports;
pub mod facts;
pub mod failure;
pub mod grading;
pub mod html;
pub mod inbox;
pub mod lessons;
pub mod metrics;
pub mod notifying;
pub mod organisation;
pub mod people;
pub mod projecting;
pub mod provisioning;
pub mod publishing;
pub mod reading;
pub mod rebuilding;
pub mod releases;
pub mod signing_in;
pub mod spreadsheet;
pub mod sweeping;
pub mod trace;
