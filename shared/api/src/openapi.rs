//! The OpenAPI document, drawn from the table of routes.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::routes::{Access, EDGE_OBJECTS, EdgeObject, ROUTES, Route};

/// The OpenAPI 3.1 document of every route.
pub fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let operation = operation(route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_lowercase()] = operation;
    }
    for object in EDGE_OBJECTS {
        paths.insert(object.path.to_owned(), json!({"get": edge_operation(object, &mut generator)}));
    }
    let mut schemas: Map<String, Value> = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem());
    schemas.insert("GatewayMessage".to_owned(), gateway_message());
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Stoa",
            "version": "1",
            "description": "Times are RFC 3339 in UTC; points are integers in hundredths; refusals are RFC 9457 problems."
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "edge": {"type": "apiKey", "in": "cookie", "name": "CloudFront-Policy"},
            },
            "schemas": schemas,
        }
    })
}

fn operation(route: &Route, generator: &mut schemars::SchemaGenerator) -> Value {
    let (status, response) = route.response;
    let mut success = json!({"description": "Done."});
    if let Some(body) = response {
        success["content"] = json!({"application/json": {"schema": body(generator)}});
    }
    let mut responses = Map::new();
    responses.insert(status.to_string(), success.clone());
    if status == 201 {
        // The first time it is made; after that it is found.
        responses.insert("200".to_owned(), success);
    }
    for (status, is_gateways) in refusals(route) {
        let mut content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
        if is_gateways {
            content["application/json"] = json!({"schema": {"$ref": "#/components/schemas/GatewayMessage"}});
        }
        let description = "A problem: what happened, what is safe, what to do.";
        responses.insert(status.to_string(), json!({"description": description, "content": content}));
    }
    let parameters: Vec<Value> = path_parameters(route.path)
        .chain(route.query.iter().map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}})))
        .collect();
    let mut operation = json!({
        "operationId": route.operation,
        "summary": route.summary,
        "description": who(route.access),
        "tags": [route.function],
        "parameters": parameters,
        "responses": responses,
    });
    if matches!(route.access, Access::Link) {
        operation["security"] = json!([]);
    }
    if let Some(body) = route.request {
        operation["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": body(generator)}}});
    }
    operation
}

/// The statuses of refusals, in order, each with whether the gateway itself may answer it: before any function is asked, and
/// with a message instead of a problem.
fn refusals(route: &Route) -> Vec<(u16, bool)> {
    let is_write = route.method != "GET";
    let has_body = route.request.is_some();
    let has_path = route.path.contains('{');
    [
        (400, !route.query.is_empty() || has_body, false),
        (401, true, true),
        (403, true, true),
        (404, has_path, true),
        (409, is_write, false),
        (410, route.path.contains("{attempt}") && is_write, false),
        (413, has_body, true),
        (415, has_body, false),
        (422, is_write, false),
        (429, true, true),
        (500, true, true),
        (503, true, true),
    ]
    .into_iter()
    .filter_map(|(status, may, is_gateways)| may.then_some((status, is_gateways)))
    .collect()
}

/// What a part of a path looks like. Any other text names nothing.
fn part(name: &str) -> Value {
    match name {
        "attempt" => json!({"type": "string", "pattern": "^[1-9][0-9]{0,3}$"}),
        // It is authenticated by itself, and nobody's to make.
        "link" => json!({"type": "string"}),
        _ => json!({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"}),
    }
}

fn edge_operation(object: &EdgeObject, generator: &mut schemars::SchemaGenerator) -> Value {
    json!({
        "operationId": object.operation,
        "summary": object.summary,
        "description": "For every person of the organisation, with the cookies of `openSession`; 403 without.",
        "tags": ["edge"],
        "security": [{"edge": []}],
        "parameters": path_parameters(object.path).collect::<Vec<_>>(),
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": (object.body)(generator)}}},
            "403": {"description": "The cookies are missing, have run out or are another organisation's; or there is no such object."},
        },
    })
}

fn path_parameters(path: &str) -> impl Iterator<Item = Value> {
    let names = path.split('/').filter_map(|part| Some(part.strip_prefix('{')?.split_once('}')?.0));
    names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": part(name)}))
}

fn who(access: Access) -> String {
    let names =
        |roles: &[stoa_domain::principal::Role]| roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
    match access {
        Access::Link => "For whoever holds the link; no sign-in.".to_owned(),
        Access::Member => "For every person of the organisation.".to_owned(),
        Access::Owner => "For the learner whose enrolment it is.".to_owned(),
        Access::OwnerOr(roles) => format!("For the learner whose enrolment it is, or: {}.", names(roles)),
        Access::Roles(roles) => format!("For: {}.", names(roles)),
    }
}

fn gateway_message() -> Value {
    json!({
        "type": "object",
        "description": "What the gateway says by itself, without a function: a token that it does not take, a path that it does not know, too many requests.",
        "required": ["message"],
        "properties": {"message": {"type": ["string", "null"]}}
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457 problem details.",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "format": "uri", "description": "Ends in the problem's kind; there is a page for each."},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What happened, what is safe, what to do next."},
            "instance": {"type": "string", "description": "The request's id, to give to support."},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {
                        "pointer": {"type": "string", "description": "A JSON pointer to the field."},
                        "detail": {"type": "string"}
                    }
                }
            },
            "receipt": {"$ref": "#/components/schemas/Receipt"},
            "rev": {"type": "integer", "description": "The draft revision that stands."},
            "digest": {"type": "string", "description": "The digest of the draft that stands."}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_in_the_document_leads_somewhere() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        found.push(reference.clone());
                    }
                    map.values().for_each(|value| references(value, found));
                }
                Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let pointer = reference.strip_prefix('#').expect("a local reference");
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn no_body_that_a_learner_can_get_has_a_place_for_a_key() {
        let document = document();
        for schema in ["AttemptView", "Item", "Outline", "NodeContent", "Grade"] {
            let properties = &document["components"]["schemas"][schema]["properties"];
            assert!(properties.is_object(), "{schema}");
            assert!(properties.get("key").is_none(), "{schema}");
        }
    }
}
