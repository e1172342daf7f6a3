//! The house against its own rules. `STOA_BLESS=1` writes checked-in documents that the code gives.

#[path = "architecture/contract.rs"]
mod contract;
#[path = "architecture/data_model.rs"]
mod data_model;
#[path = "architecture/dependencies.rs"]
mod dependencies;
#[path = "architecture/grounds.rs"]
mod grounds;
#[path = "architecture/openapi.rs"]
mod openapi;
#[path = "architecture/tidy.rs"]
mod tidy;

use std::path::{Path, PathBuf};

/// The root of the checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout is there")
}

/// Compares a checked-in document with what the code gives.
#[track_caller]
fn golden(path: &str, text: &str) {
    let file = root().join(path);
    if std::env::var_os("STOA_BLESS").is_some() {
        std::fs::write(&file, text).expect("the document can be written");
    }
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        stored == text,
        "{path} is stale: `STOA_BLESS=1 cargo test --workspace --test architecture` writes it; then read what changed"
    );
}
