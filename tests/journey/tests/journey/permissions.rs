//! Every route with every role, with another tenant's token, and with tokens that are none.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use stoa_api::routes::{Access, ROUTES, Route};
use stoa_domain::principal::Role;

use crate::stack::{Answer, Stack};

/// Real ids of the demo organisation for the parameters of paths.
async fn parameters(stack: &Stack) -> BTreeMap<&'static str, String> {
    let learner = stack.sign_in("learner").await.access;
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let mine = stack.demo_enrolment(&learner).await;
    let me = stack.get("/api/me", &learner).await.expect(200);
    let release = text(&mine["release"]);
    let outline = stack.get(&format!("/t/demo/r/{release}/outline.json"), &learner).await.expect(200);
    let nodes = outline["nodes"].as_array().expect("nodes");
    let find = |wanted: &dyn Fn(&Value) -> bool| text(&nodes.iter().find(|node| wanted(node)).expect("a node")["id"]);
    BTreeMap::from([
        ("release", release),
        ("enrolment", text(&mine["enrolment"])),
        ("cohort", text(&mine["cohort"]["id"])),
        ("course", text(&outline["course"])),
        ("node", find(&|node| node["kind"] == "lesson" && node["gated"] == false)),
        ("assessment", find(&|node| node["kind"] == "assessment" && node["gated"] == false)),
        ("attempt", "1".to_owned()),
        ("item", "nothing".to_owned()),
        ("asset", "nothing".to_owned()),
        ("person", text(&me["person"])),
        ("kind", "grade_posted".to_owned()),
        ("channel", "email".to_owned()),
        ("link", "grade_posted~email~nobodys".to_owned()),
    ])
}

fn path(route: &Route, parameters: &BTreeMap<&'static str, String>) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => parameters[name].clone(),
        None => part.to_owned(),
    };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Asks a route with a body that no route accepts: whoever is let in is told that the body is wrong, and nothing changes.
/// Routes that need no body and would change something are asked about a thing that is not there.
async fn ask(stack: &Stack, route: &Route, parameters: &BTreeMap<&'static str, String>, token: &str) -> Answer {
    let mut parameters = parameters.clone();
    if route.method != "GET" && route.request.is_none() {
        for name in ["course", "person", "node"] {
            parameters.insert(name, "not-there".to_owned());
        }
        parameters.insert("attempt", "9999".to_owned());
        // Who runs a cohort is let in by the cohort; a learner by the enrolment.
        if route.path.contains("{cohort}") {
            parameters.insert("enrolment", "not-there".to_owned());
        }
    }
    let body = route.request.map(|_| json!({"not": "a field"}).to_string());
    let method = Method::from_bytes(route.method.as_bytes()).expect("a method");
    stack.call(method, &path(route, &parameters), token, body).await
}

#[tokio::test]
async fn every_route_lets_in_whom_the_table_names_and_nobody_else() {
    let stack = Stack::running();
    let parameters = parameters(&stack).await;
    for role in Role::ALL {
        let token = stack.sign_in(role.name()).await.access;
        for route in ROUTES {
            let answer = ask(&stack, route, &parameters, &token).await;
            let is_owner = role == Role::Learner;
            let is_allowed = match route.access {
                // Nobody's link leads nowhere, whoever holds it.
                Access::Link => true,
                Access::Member => true,
                Access::Owner => is_owner,
                Access::OwnerOr(roles) => is_owner || roles.contains(&role),
                Access::Roles(roles) => roles.contains(&role),
            };
            let status = answer.status.as_u16();
            let about = format!("{} as {}: {status} {}", route.key(), role.name(), answer.text);
            assert!(status < 500, "{about}");
            if is_allowed {
                assert!(![401, 403].contains(&status) || answer.text.contains("node-locked"), "{about}");
            } else {
                // Somebody else's enrolment is not there, as far as others are told. A body is read before that.
                let is_hidden = matches!(route.access, Access::Owner | Access::OwnerOr(_));
                assert!(status == 403 || (is_hidden && [404, 422].contains(&status)), "{about}");
            }
        }
    }
}

#[tokio::test]
async fn another_tenants_administrator_reaches_nothing() {
    let stack = Stack::running();
    let parameters = parameters(&stack).await;
    let email = "admin@other.example";
    let made = stack.stoa(&[
        "tenant",
        "create",
        "--id",
        "other",
        "--name",
        "Other",
        "--admin-email",
        email,
        "--admin-name",
        "Olga Other",
    ]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let token = stack.provisioned(email, "Another-tenants-1").await.access;

    for route in ROUTES.iter().filter(|route| route.path.contains('{')) {
        let answer = ask(&stack, route, &parameters, &token).await;
        let status = answer.status.as_u16();
        let about = format!("{}: {status} {}", route.key(), answer.text);
        assert!(status < 500, "{about}");
        // Where a route reads or changes something, that thing must not be there for this token.
        if route.request.is_none() {
            assert!([403, 404].contains(&status) || is_empty(&answer), "{about}");
        }
        for (name, id) in parameters.iter().filter(|(name, _)| ["enrolment", "person"].contains(name)) {
            let said = answer.text.contains(id.as_str());
            assert!(!said, "{about}: it says the {name}");
        }
    }
    let courses = stack.get("/api/courses", &token).await.expect(200);
    assert_eq!(courses["courses"], json!([]));
    let cohorts = stack.get("/api/cohorts", &token).await.expect(200);
    assert_eq!(cohorts["cohorts"], json!([]));
    let people = stack.get("/api/people", &token).await.expect(200);
    assert_eq!(people["people"].as_array().map(Vec::len), Some(1), "only themselves: {people}");
}

/// A list without entries is as good as nothing.
fn is_empty(answer: &Answer) -> bool {
    let body = answer.json();
    body.as_object().is_some_and(|fields| fields.values().all(|value| value.as_array().is_some_and(Vec::is_empty)))
}

#[tokio::test]
async fn a_token_that_is_none_opens_no_route() {
    let stack = Stack::running();
    let parameters = parameters(&stack).await;
    let tokens = stack.sign_in("admin").await;
    let unsigned = {
        let payload = tokens.access.split('.').nth(1).expect("a payload");
        format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#))
    };
    let tampered = {
        let mut parts: Vec<String> = tokens.access.split('.').map(str::to_owned).collect();
        let payload = URL_SAFE_NO_PAD.decode(&parts[1]).expect("base64");
        let mut claims: Value = serde_json::from_slice(&payload).expect("claims");
        claims["tenant"] = json!("other");
        parts[1] = URL_SAFE_NO_PAD.encode(claims.to_string());
        parts.join(".")
    };
    for route in ROUTES.iter().filter(|route| !matches!(route.access, Access::Link)) {
        for (what, token) in [
            ("no token", ""),
            ("rubbish", "rubbish"),
            ("unsigned", &unsigned),
            ("tampered", &tampered),
            ("an id token", &tokens.id),
        ] {
            let status = ask(&stack, route, &parameters, token).await.status.as_u16();
            assert!([401, 403].contains(&status), "{} with {what}: {status}", route.key());
        }
    }
}

#[tokio::test]
async fn access_ends_within_a_minute_of_a_deactivation() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let email = format!("leaver-{}@demo.example", uuid::Uuid::now_v7().simple());
    let person = json!({"people": [{"email": email, "name": "Lea Leaver", "roles": ["instructor"]}]});
    let invited = stack.send("POST", "/api/people", &admin, person).await.expect(200);
    let person = invited["people"][0]["person"].as_str().expect("a person").to_owned();
    let token = stack.provisioned(&email, "Leaving-soon-1").await.access;

    stack.call(Method::POST, &format!("/api/people/{person}/deactivation"), &admin, None).await.expect(200);

    // `eventually` gives up after a minute.
    let ended = stack.eventually("/api/me", &token, |answer| answer.status.as_u16() == 403).await;
    assert_eq!(ended.problem(403), "access-ended");
    assert!(
        stack.sign_in_as(&email, "Leaving-soon-1").await.is_err() || {
            let again = stack.sign_in_as(&email, "Leaving-soon-1").await.expect("signed in");
            stack.get("/api/me", &again.access).await.status.as_u16() >= 400
        }
    );
}
