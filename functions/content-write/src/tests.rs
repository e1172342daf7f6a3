//! Content-write over models: a course from its first title to its Releases.

mod drafts;
mod publishing;

use jiff::Timestamp;
use serde_json::{Value, json};
use stoa_http::{Call, Gate, Kind, Problem, Reply};
use stoa_store::objects::Bucket;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelObjects, ModelStore};

use super::*;

/// The digest of `abc`, the file that every test uploads.
const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

struct World {
    model: ModelStore,
    objects: ModelObjects,
    function: ContentWrite<ModelStore, ModelObjects>,
}

fn start() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn lesson(html: &str) -> Value {
    json!({
        "parent": null, "position": 0, "kind": "lesson", "title": "A lesson", "required": true, "completion": null,
        "access": null, "minutes": 5, "blocks": [{"type": "html", "html": html}], "assessment": null,
    })
}

fn quiz() -> Value {
    let mut quiz = lesson("<p>Ready?</p>");
    quiz["kind"] = json!("assessment");
    quiz["position"] = json!(1);
    quiz["assessment"] = json!({"attempts_max": 2, "time_limit_minutes": null});
    quiz
}

fn item(prompt: &str) -> Value {
    json!({
        "position": 0, "kind": "single_choice", "prompt_html": prompt, "points_max": 100,
        "choices": [{"id": "a", "html": "yes"}, {"id": "b", "html": "no"}], "key": {"correct": ["a"]}, "original_type": null,
    })
}

fn picture() -> Value {
    json!({"name": "cat.png", "content_type": "image/png", "size": 3, "sha256": SHA256})
}

fn event(route: &str) -> HttpEvent {
    HttpEvent::new(route, start()).path("course", "algebra").signed_in("demo", "p1", "author")
}

fn put_course(title: &str) -> HttpEvent {
    event("PUT /api/courses/{course}").json(&json!({"title": title, "language": "en"}))
}

fn put_node(node: &str, body: &Value) -> HttpEvent {
    event("PUT /api/courses/{course}/nodes/{node}").path("node", node).json(body)
}

fn put_item(node: &str, item: &str, body: &Value) -> HttpEvent {
    event("PUT /api/courses/{course}/nodes/{node}/items/{item}").path("node", node).path("item", item).json(body)
}

fn put_asset(asset: &str, body: &Value) -> HttpEvent {
    event("PUT /api/courses/{course}/assets/{asset}").path("asset", asset).json(body)
}

fn read_node(node: &str) -> HttpEvent {
    event("GET /api/courses/{course}/nodes/{node}").path("node", node)
}

fn delete_node(node: &str) -> HttpEvent {
    event("DELETE /api/courses/{course}/nodes/{node}").path("node", node)
}

fn publish() -> HttpEvent {
    event("POST /api/courses/{course}/releases")
}

impl World {
    fn new(faults: Faults) -> World {
        let (model, objects) = (ModelStore::new(faults.clone()), ModelObjects::new(faults));
        let function = ContentWrite {
            gate: Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]),
            store: Store::new(model.clone()),
            releases: Releases::new(objects.clone()),
        };
        World { model, objects, function }
    }

    /// A course with a lesson, a gated lesson, a quiz and a picture, ready to be published.
    async fn with_course(faults: Faults) -> World {
        let world = World::new(faults);
        world.answer(put_course("Algebra")).await;
        world.answer(put_node("read", &lesson("<p><img src=\"asset:cat\" alt=\"A cat\"></p>"))).await;
        let mut gated = lesson("<p>deeper</p>");
        gated["access"] = json!({"type": "node_viewed", "node": "read"});
        world.answer(put_node("deepen", &gated)).await;
        world.answer(put_node("quiz", &quiz())).await;
        world.answer(put_item("quiz", "q1", &item("<p>Is it?</p>"))).await;
        world.answer(put_asset("cat", &picture())).await;
        world.upload();
        world
    }

    /// What a browser does with the address it got.
    fn upload(&self) {
        self.objects.place(Bucket::Uploads, format!("t/demo/a/{SHA256}"), b"abc".to_vec(), "image/png");
    }

    async fn ask(&self, event: HttpEvent) -> Result<Reply, Problem> {
        let call = Call::from(event.request());
        handle(&self.function, &call, call.received_at()).await
    }

    async fn reply(&self, event: HttpEvent) -> (u16, Value) {
        let reply = self.ask(event).await.expect("a reply");
        (reply.status(), serde_json::from_slice(reply.body()).unwrap_or_default())
    }

    async fn answer(&self, event: HttpEvent) -> Value {
        let (status, body) = self.reply(event).await;
        assert_eq!(status, 200);
        body
    }

    async fn refusal(&self, event: HttpEvent) -> (Kind, Vec<String>) {
        let problem = self.ask(event).await.expect_err("refused");
        (problem.kind(), problem.errors().iter().map(|error| error.pointer.clone()).collect())
    }
}

#[tokio::test]
async fn courses_are_written_by_those_whose_role_holds_there_and_only_theirs_are_listed() {
    let world = World::with_course(Faults::none()).await;
    world.answer(put_course("Zoology").path("course", "zoology")).await;
    for roles in ["", "learner", "instructor", "grader", "author@zoology", "admin@zoology"] {
        let kind = world.refusal(put_course("Mine").claim("roles", roles)).await.0;
        assert_eq!(kind, Kind::Forbidden, "{roles}");
        assert_eq!(world.refusal(publish().claim("roles", roles)).await.0, Kind::Forbidden, "{roles}");
    }
    let list = |roles: &str| HttpEvent::new("GET /api/courses", start()).signed_in("demo", "p1", roles);
    let titles = |listed: Value| -> Vec<String> {
        listed["courses"].as_array().expect("courses").iter().map(|course| course["title"].to_string()).collect()
    };
    assert_eq!(titles(world.answer(list("admin")).await), ["\"Algebra\"", "\"Zoology\""]);
    assert_eq!(titles(world.answer(list("author@zoology")).await), ["\"Zoology\""]);
    assert_eq!(world.refusal(list("instructor")).await.0, Kind::Forbidden);
}

#[tokio::test]
async fn courses_of_another_tenant_are_not_there() {
    let world = World::with_course(Faults::none()).await;
    for event in [
        event("GET /api/courses/{course}"),
        read_node("read"),
        put_node("read", &lesson("")),
        delete_node("read"),
        put_item("quiz", "q1", &item("")),
        put_asset("cat", &picture()),
        publish(),
    ] {
        let route = event.event()["routeKey"].clone();
        let refused = world.refusal(event.claim("tenant", "other").claim("roles", "admin")).await;
        assert_eq!(refused.0, Kind::NotFound, "{route}");
    }
    let listed = HttpEvent::new("GET /api/courses", start()).signed_in("other", "p1", "admin");
    assert_eq!(world.answer(listed).await, json!({"courses": []}));
}
