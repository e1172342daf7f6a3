//! The HTTP contract: which routes there are, who may call them, and what goes in and comes out.
//!
//! The functions, the operator's command line, the OpenAPI document, the templates' test and the permission test all
//! read this one table.

pub mod audited;
pub mod bodies;
pub mod openapi;
pub mod routes;
