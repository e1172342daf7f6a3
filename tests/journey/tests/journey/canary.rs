//! No answer key, no locked block and no other tenant's byte in anything a learner's browser can fetch.

use serde_json::{Value, json};

use crate::stack::Stack;

const KEY: &str = "31337.125";
const LOCKED: &str = "CANARY-LOCKED-TEXT";

/// Everything the learner's browser can fetch of one enrolment.
async fn everything(stack: &Stack, token: &str, enrolment: &str) -> String {
    let progress = stack.get(&format!("/api/enrolments/{enrolment}/progress"), token).await;
    let release = progress.json()["release"].as_str().expect("a release").to_owned();
    let outline = stack.get(&format!("/t/demo/r/{release}/outline.json"), token).await;
    let mut all = format!("{}{}", progress.text, outline.text);
    for node in outline.json()["nodes"].as_array().expect("nodes") {
        let id = node["id"].as_str().expect("an id");
        for path in [
            format!("/t/demo/r/{release}/n/{id}.json"),
            format!("/t/demo/r/{release}/n/{id}"),
            format!("/t/demo/r/{release}/keys/{id}.json"),
            format!("/t/demo/r/{release}/n/..%2F..%2F..%2Fkeys%2Fdemo%2F{release}%2F{id}.json"),
            format!("/api/enrolments/{enrolment}/nodes/{id}"),
            format!("/api/enrolments/{enrolment}/assessments/{id}"),
            format!("/api/enrolments/{enrolment}/assessments/{id}/attempts/1"),
            format!("/api/releases/{release}/assets?ids={id}"),
        ] {
            all.push_str(&stack.get(&path, token).await.text);
        }
    }
    for path in ["/api/me", "/api/me/enrolments", "/api/courses", "/api/cohorts", "/api/people"] {
        all.push_str(&stack.get(path, token).await.text);
    }
    all
}

#[tokio::test]
async fn a_learner_can_fetch_no_key_and_no_locked_text() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let learner = stack.sign_in("learner").await.access;
    let course = format!("canary-{}", uuid::Uuid::now_v7().simple());
    let put = async |path: String, body: Value| stack.send("PUT", &path, &admin, body).await.expect(200);
    put(format!("/api/courses/{course}"), json!({"title": "Canary", "language": "en"})).await;
    let node = |kind: &str, position: u32, access: Value, text: &str| {
        json!({"parent": null, "position": position, "kind": kind, "title": kind, "required": true, "completion": null,
            "access": access, "minutes": null, "blocks": [{"type": "html", "html": format!("<p>{text}</p>")}],
            "assessment": (kind == "assessment").then(|| json!({"attempts_max": null, "time_limit_minutes": null}))})
    };
    put(format!("/api/courses/{course}/nodes/quiz"), node("assessment", 0, Value::Null, "open")).await;
    let door = json!({"type": "assessment_score", "assessment": "quiz", "min_score": "1"});
    put(format!("/api/courses/{course}/nodes/secret"), node("lesson", 1, door, LOCKED)).await;
    let item = json!({"position": 0, "kind": "numeric", "prompt_html": "<p>Which?</p>", "points_max": 100, "choices": [],
        "key": {"ranges": [{"min": KEY, "max": KEY}]}, "original_type": null});
    put(format!("/api/courses/{course}/nodes/quiz/items/which"), item).await;
    let release =
        stack.send("POST", &format!("/api/courses/{course}/releases"), &admin, json!({})).await.expect(201)["release"]
            .clone();
    put(
        format!("/api/cohorts/{course}"),
        json!({"name": "Canary", "course": course, "release": release, "zone": "UTC", "deadlines": {}}),
    )
    .await;
    let me = stack.get("/api/me", &learner).await.expect(200)["person"].clone();
    let enrolled = stack
        .send("POST", &format!("/api/cohorts/{course}/enrolments"), &admin, json!({"people": [me]}))
        .await
        .expect(200);
    let enrolment = enrolled["enrolments"][0]["enrolment"].as_str().expect("an enrolment").to_owned();

    let attempt = |number: u32| format!("/api/enrolments/{enrolment}/assessments/quiz/attempts/{number}");
    stack.send("PUT", &attempt(1), &learner, json!({})).await.expect(201);
    let wrong = json!({"submission_id": "wrong", "answers": {"which": {"type": "number", "value": "1"}}});
    stack.send("PUT", &format!("{}/submission", attempt(1)), &learner, wrong).await.expect(201);
    stack.eventually(&attempt(1), &learner, |answer| !answer.json()["grade"].is_null()).await;
    let before = everything(&stack, &learner, &enrolment).await;
    assert!(!before.contains(KEY), "a key can be fetched");
    assert!(!before.contains(LOCKED), "locked text can be fetched");

    // The same search finds the text once the door is open: the search itself works.
    stack.send("PUT", &attempt(2), &learner, json!({})).await.expect(201);
    let right = json!({"submission_id": "right", "answers": {"which": {"type": "number", "value": KEY}}});
    stack.send("PUT", &format!("{}/submission", attempt(2)), &learner, right).await.expect(201);
    let open = format!("/api/enrolments/{enrolment}/nodes/secret");
    stack.eventually(&open, &learner, |answer| answer.status.as_u16() == 200).await;
    assert!(everything(&stack, &learner, &enrolment).await.contains(LOCKED));
}
