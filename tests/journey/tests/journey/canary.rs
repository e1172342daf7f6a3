//! No answer key, no locked block or file, no question's file before it is asked, and no other tenant's byte in anything a learner's browser can fetch.

use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::Stack;

const KEY: &str = "31337.125";
const LOCKED: &str = "CANARY-LOCKED-TEXT";
/// The digests of a file that a locked lesson shows, and of one that a question shows: they are in a file's address.
const DRAWING: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const FIGURE: &str = "cb8379ac2098aa165029e3938a51da0bcecfc008fd6795f401178647f96c5b34";
const NEIGHBOUR: &str = "CANARY-NEIGHBOUR";

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
            format!("/t/demo/r/{release}/../../../keys/demo/{release}/{id}.json"),
            format!("/t/demo/r/{release}/gated/{id}.json"),
            format!("/keys/demo/{release}/{id}.json"),
            format!("/gated/demo/{release}/{id}.json"),
            format!("/api/enrolments/{enrolment}/nodes/{id}"),
            format!("/api/enrolments/{enrolment}/assessments/{id}"),
            format!("/api/enrolments/{enrolment}/assessments/{id}/attempts/1"),
            format!("/api/enrolments/{enrolment}/nodes/{id}/assets?ids=drawing,figure"),
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
    stack.put_picture(&course, "drawing", "abc", DRAWING).await;
    stack.put_picture(&course, "figure", "def", FIGURE).await;
    put(format!("/api/courses/{course}/nodes/quiz"), node("assessment", 0, Value::Null, "open")).await;
    let secret = format!("{LOCKED} <img src=\"asset:drawing\" alt=\"\">");
    let door = json!({"type": "assessment_score", "assessment": "quiz", "min_score": "1"});
    put(format!("/api/courses/{course}/nodes/secret"), node("lesson", 1, door, &secret)).await;
    let item = json!({"position": 0, "kind": "numeric", "prompt_html": "<p>Which? <img src=\"asset:figure\" alt=\"\"></p>", "points_max": 100, "choices": [],
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
    let enrolment = stack.enrol_me(&course, &learner).await;

    let before = everything(&stack, &learner, &enrolment).await;
    assert!(!before.contains(FIGURE), "a question's file can be fetched before an attempt is opened");

    let attempt = |number: u32| format!("/api/enrolments/{enrolment}/assessments/quiz/attempts/{number}");
    stack.send("PUT", &attempt(1), &learner, json!({})).await.expect(201);
    let wrong = json!({"submission_id": "wrong", "answers": {"which": {"type": "number", "value": "1"}}});
    stack.send("PUT", &format!("{}/submission", attempt(1)), &learner, wrong).await.expect(201);
    stack.eventually(&attempt(1), &learner, |answer| !answer.json()["grade"].is_null()).await;
    let before = everything(&stack, &learner, &enrolment).await;
    assert!(!before.contains(KEY), "a key can be fetched");
    assert!(!before.contains(LOCKED), "locked text can be fetched");
    assert!(!before.contains(DRAWING), "a locked file can be fetched");
    assert!(before.contains(FIGURE), "the file of a question that was asked cannot be fetched");

    // The same search finds the text once the door is open: the search itself works.
    stack.send("PUT", &attempt(2), &learner, json!({})).await.expect(201);
    let right = json!({"submission_id": "right", "answers": {"which": {"type": "number", "value": KEY}}});
    stack.send("PUT", &format!("{}/submission", attempt(2)), &learner, right).await.expect(201);
    let open = format!("/api/enrolments/{enrolment}/nodes/secret");
    stack.eventually(&open, &learner, |answer| answer.status.as_u16() == 200).await;
    let after = everything(&stack, &learner, &enrolment).await;
    assert!(after.contains(LOCKED) && after.contains(DRAWING));
}

#[tokio::test]
async fn nobody_can_fetch_or_use_anything_of_another_organisation() {
    let stack = Stack::running();
    let email = "admin@neighbour.example";
    let tenant = ["tenant", "create", "--id", "neighbour", "--name", NEIGHBOUR, "--admin-name", NEIGHBOUR];
    let made = stack.stoa(&[&tenant[..], &["--admin-email", email]].concat());
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let theirs = stack.provisioned(email, "Neighbours-own-1").await.access;

    let course = format!("neighbour-{}", uuid::Uuid::now_v7().simple());
    let put = async |path: String, body: Value| stack.send("PUT", &path, &theirs, body).await.expect(200);
    put(format!("/api/courses/{course}"), json!({"title": NEIGHBOUR, "language": "en"})).await;
    let lesson = json!({"parent": null, "position": 0, "kind": "lesson", "title": NEIGHBOUR, "required": true,
        "completion": null, "access": null, "minutes": null, "assessment": null,
        "blocks": [{"type": "html", "html": format!("<p>{NEIGHBOUR}</p>")}]});
    put(format!("/api/courses/{course}/nodes/lesson"), lesson.clone()).await;
    let published =
        stack.send("POST", &format!("/api/courses/{course}/releases"), &theirs, json!({})).await.expect(201);
    let release = published["release"].as_str().expect("a release");
    let cohort = json!({"name": NEIGHBOUR, "course": course, "release": release, "zone": "UTC", "deadlines": {}});
    put(format!("/api/cohorts/{course}"), cohort.clone()).await;
    let them = stack.get("/api/me", &theirs).await.expect(200)["person"].as_str().expect("a person").to_owned();
    let enrol = json!({"people": [them]});
    let enrolments = format!("/api/cohorts/{course}/enrolments");
    let enrolled = stack.send("POST", &enrolments, &theirs, enrol.clone()).await.expect(200);
    let enrolment = enrolled["enrolments"][0]["enrolment"].as_str().expect("an enrolment").to_owned();

    let reads = ["demo", "neighbour"].into_iter().flat_map(|tenant| {
        [format!("/t/{tenant}/r/{release}/outline.json"), format!("/t/{tenant}/r/{release}/n/lesson.json")]
    });
    let reads: Vec<String> = reads
        .chain([
            format!("/api/courses/{course}"),
            format!("/api/courses/{course}/nodes/lesson"),
            format!("/api/courses/{course}/releases"),
            format!("/api/cohorts/{course}"),
            format!("/api/cohorts/{course}/rows"),
            format!("/api/enrolments/{enrolment}/progress"),
            format!("/api/enrolments/{enrolment}/nodes/lesson"),
            "/api/courses".to_owned(),
            "/api/cohorts".to_owned(),
        ])
        .collect();
    let found = async |token: &str| {
        let mut found = Vec::new();
        for path in &reads {
            let answer = stack.get(path, token).await;
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text);
            found.extend(answer.text.contains(NEIGHBOUR).then(|| path.clone()));
        }
        found
    };
    // The same search finds it for those whose it is: the search itself works.
    assert!(found(&theirs).await.len() >= 8);
    for role in ["learner", "instructor", "author", "grader", "admin"] {
        let token = stack.sign_in(role).await.access;
        assert_eq!(found(&token).await, Vec::<String>::new(), "as {role}");
    }

    // Bodies that would do something, if what they name were there.
    let admin = stack.sign_in("admin").await.access;
    assert_eq!(stack.send("PUT", &format!("/api/cohorts/{course}"), &admin, cohort).await.problem(422), "invalid-body");
    assert_eq!(stack.send("POST", &enrolments, &admin, enrol.clone()).await.problem(404), "not-found");
    assert_eq!(
        stack.send("POST", "/api/cohorts/first/enrolments", &admin, enrol).await.problem(422),
        "invalid-body",
        "a person of another organisation"
    );
    let node = stack.send("PUT", &format!("/api/courses/{course}/nodes/lesson"), &admin, lesson).await;
    assert_eq!(node.problem(404), "not-found");
    let roles = stack.send("PUT", &format!("/api/people/{them}/roles"), &admin, json!({"roles": []})).await;
    assert_eq!(roles.problem(404), "not-found");
    let ended = stack.call(Method::POST, &format!("/api/people/{them}/deactivation"), &admin, None).await;
    assert_eq!(ended.problem(404), "not-found");
}
