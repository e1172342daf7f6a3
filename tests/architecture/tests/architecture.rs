//! The checked-in OpenAPI document is the one the code gives. `STOA_BLESS=1` writes it anew.

use std::path::Path;

#[test]
fn the_openapi_document_is_the_one_the_code_gives() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/openapi.json");
    let document = format!("{:#}\n", stoa_api::openapi::document());
    if std::env::var_os("STOA_BLESS").is_some() {
        std::fs::write(&path, &document).expect("the document can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == document, "docs/api/openapi.json is stale: STOA_BLESS=1 cargo test -p stoa-architecture writes it");
}
