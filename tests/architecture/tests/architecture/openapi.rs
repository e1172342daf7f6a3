//! The checked-in OpenAPI document is the one the code gives.

#[test]
fn the_openapi_document_is_the_one_the_code_gives() {
    crate::golden("docs/api/openapi.json", &format!("{:#}\n", stoa_api::openapi::document()));
}
