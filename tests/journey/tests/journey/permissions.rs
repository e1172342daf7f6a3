//! Every route with every role, with another tenant's token, and with tokens that are none.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use stoa_api::routes::{Access, ROUTES, Route, by_key};
use stoa_domain::principal::Role;

use crate::stack::{Answer, Stack};

/// What the parameters of paths are.
type Parameters = BTreeMap<&'static str, String>;

/// Parameters that name something of an organisation.
const THINGS: [&str; 9] = ["release", "enrolment", "cohort", "course", "node", "assessment", "item", "asset", "person"];
/// The one route that makes something under a name of one's choice, out of nothing.
const MAKES_ONES_OWN: &str = "PUT /api/courses/{course}";

/// Real ids of the demo organisation for the parameters of paths.
async fn parameters(stack: &Stack) -> Parameters {
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

fn path(route: &Route, parameters: &Parameters) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => parameters[name].clone(),
        None => part.to_owned(),
    };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A body that a route takes, with real ids: whoever may not is refused although nothing is wrong with what they ask.
///
/// # Panics
/// If a route has a body and none stands here.
fn body(route: &Route, parameters: &Parameters) -> Value {
    let real = |name: &str| &parameters[name];
    let html = "<p>Seven.</p>";
    match route.key().as_str() {
        "PUT /api/courses/{course}" => json!({"title": "Taken over", "language": "en"}),
        "PUT /api/courses/{course}/nodes/{node}" => json!({
            "parent": null, "position": 0, "kind": "lesson", "title": "Taken over", "required": true, "completion": null,
            "access": null, "minutes": null, "blocks": [{"type": "html", "html": html}], "assessment": null,
        }),
        "PUT /api/courses/{course}/nodes/{node}/items/{item}" => json!({
            "position": 0, "kind": "numeric", "prompt_html": html, "points_max": 100, "choices": [],
            "key": {"ranges": [{"min": "7", "max": "7"}]}, "original_type": null,
        }),
        "PUT /api/courses/{course}/assets/{asset}" => {
            json!({"name": "a.txt", "content_type": "text/plain", "size": 1, "sha256": "0".repeat(64)})
        }
        "PUT /api/cohorts/{cohort}" => json!({
            "name": "Taken over", "course": real("course"), "release": real("release"), "zone": "Europe/Berlin", "deadlines": {},
        }),
        "POST /api/cohorts/{cohort}/enrolments" => json!({"people": [real("person")]}),
        "POST /api/cohorts/{cohort}/roll" => json!({"text": "learner@demo.example"}),
        "PUT /api/cohorts/{cohort}/enrolments/{enrolment}/cohort" => json!({"cohort": real("cohort")}),
        "PUT /api/organisation" => json!({"name": "Taken over", "zone": null, "accent": null, "contact": null}),
        "POST /api/people/diff" => json!({"text": "somebody@demo.example,Somebody,admin"}),
        "POST /api/people/changes" => json!({"lines": [], "seal": "none", "confirmed": true}),
        "POST /api/people" => {
            json!({"people": [{"email": "somebody@demo.example", "name": "Somebody", "roles": ["admin"]}]})
        }
        "PUT /api/people/{person}/roles" => json!({"roles": ["admin"]}),
        "PUT /api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}/draft" => {
            json!({"rev": 1, "answers": {}})
        }
        "PUT /api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}/submission" => {
            json!({"submission_id": "somebody-elses", "answers": {}})
        }
        "POST /api/enrolments/{enrolment}/facts" => json!({
            "facts": [{"kind": "viewed", "node": real("node"), "occurred_at": "2026-01-01T00:00:00Z"}],
        }),
        "POST /api/enrolments/{enrolment}/reading" => json!({"beats": [], "scrolled": [], "watched": []}),
        "POST /api/me/notifications/read" => json!({"notifications": []}),
        "PUT /api/me/preferences/{kind}/{channel}" => json!({"on": true}),
        other => panic!("{other} takes a body, and none stands here"),
    }
}

async fn send(stack: &Stack, route: &Route, parameters: &Parameters, token: &str, body: Option<Value>) -> Answer {
    let method = Method::from_bytes(route.method.as_bytes()).expect("a method");
    stack.call(method, &path(route, parameters), token, body.map(|body| body.to_string())).await
}

/// Asks in earnest, with real ids and a body that the route takes. For those who may not.
async fn ask(stack: &Stack, route: &Route, parameters: &Parameters, token: &str) -> Answer {
    let body = route.request.map(|_| body(route, parameters));
    send(stack, route, parameters, token, body).await
}

/// Asks with a body that no route accepts: whoever is let in is told that the body is wrong, and nothing changes. Routes
/// that need no body and would change something are asked about a thing that is not there. For those who may.
async fn probe(stack: &Stack, route: &Route, parameters: &Parameters, token: &str) -> Answer {
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
    send(stack, route, &parameters, token, route.request.map(|_| json!({"not": "a field"}))).await
}

#[tokio::test]
async fn every_route_lets_in_whom_the_table_names_and_nobody_else() {
    let stack = Stack::running();
    let parameters = parameters(&stack).await;
    for role in Role::ALL {
        let token = stack.sign_in(role.name()).await.access;
        for route in ROUTES {
            let is_owner = role == Role::Learner;
            let is_allowed = match route.access {
                // Nobody's link leads nowhere, whoever holds it.
                Access::Link => true,
                Access::Member => true,
                Access::Owner => is_owner,
                Access::OwnerOr(roles) => is_owner || roles.contains(&role),
                Access::Roles(roles) => roles.contains(&role),
            };
            let answer = if is_allowed {
                probe(&stack, route, &parameters, &token).await
            } else {
                ask(&stack, route, &parameters, &token).await
            };
            let status = answer.status.as_u16();
            let about = format!("{} as {}: {status} {}", route.key(), role.name(), answer.text);
            assert!(status < 500, "{about}");
            if is_allowed {
                assert!(![401, 403].contains(&status) || answer.text.contains("node-locked"), "{about}");
            } else {
                // Somebody else's enrolment is not there, as far as others are told.
                let is_hidden = matches!(route.access, Access::Owner | Access::OwnerOr(_));
                assert!(status == 403 || (is_hidden && status == 404), "{about}");
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

    let names_a_thing = |route: &&Route| THINGS.iter().any(|name| route.path.contains(&format!("{{{name}}}")));
    for route in ROUTES.iter().filter(names_a_thing).filter(|route| route.key() != MAKES_ONES_OWN) {
        let answer = ask(&stack, route, &parameters, &token).await;
        let status = answer.status.as_u16();
        let about = format!("{}: {status} {}", route.key(), answer.text);
        let is_refused = match route.key().as_str() {
            // Its name is free, but what it would take is not there.
            "PUT /api/cohorts/{cohort}" => status == 422 && answer.json()["errors"][0]["pointer"] == "/course",
            _ => [403, 404].contains(&status) || (route.method == "GET" && is_empty(&answer)),
        };
        assert!(is_refused, "{about}");
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

    let makes = by_key(MAKES_ONES_OWN).expect("a route");
    assert_eq!(ask(&stack, makes, &parameters, &token).await.status.as_u16(), 200);
    let author = stack.sign_in("author").await.access;
    let theirs = stack.get(&path(makes, &parameters), &author).await.expect(200);
    assert_ne!(theirs["course"]["title"], "Taken over", "two organisations may have courses of one name");
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
