//! Whole packages: others' and our own, friendly and hostile.

mod corpus;
mod hostile;
mod packing;
mod properties;
mod whole;
