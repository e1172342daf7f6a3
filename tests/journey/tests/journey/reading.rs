//! Reading is reported, completes a lesson, and opens what waits for it; a date opens by itself.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::stack::Stack;

/// A course of a lesson that is completed by reading, one that opens after it, and one that opens in the far future.
async fn course(stack: &Stack) -> String {
    let admin = stack.sign_in("admin").await.access;
    let course = format!("reading-{}", uuid::Uuid::now_v7().simple());
    let put = async |path: String, body: Value| stack.send("PUT", &path, &admin, body).await.expect(200);
    put(format!("/api/courses/{course}"), json!({"title": "Reading", "language": "en"})).await;
    let node = |position: u32, title: &str, completion: Value, access: Value| {
        json!({"parent": null, "position": position, "kind": "lesson", "title": title, "required": true,
            "completion": completion, "access": access, "minutes": null, "assessment": null,
            "blocks": [{"type": "html", "html": "<p>Something to read.</p>"}]})
    };
    let read = |of: Value| {
        json!({"type": "all_of", "conditions": [
            {"type": "time_spent", "node": of, "min_seconds": 1},
            {"type": "scrolled_to", "node": of, "percent": 80},
        ]})
    };
    let in_future = json!({"type": "after_date", "zone": "Europe/Berlin", "when": {"civil": "2999-12-03T09:00:00"}});
    let either = json!({"type": "any_of", "conditions": [read(json!("first")), in_future]});
    put(format!("/api/courses/{course}/nodes/first"), node(0, "First", read(Value::Null), Value::Null)).await;
    put(format!("/api/courses/{course}/nodes/second"), node(1, "Second", Value::Null, either)).await;
    put(format!("/api/courses/{course}/nodes/later"), node(2, "Later", Value::Null, in_future)).await;
    let published = stack.send("POST", &format!("/api/courses/{course}/releases"), &admin, json!({})).await.expect(201);
    let cohort = json!({"name": "Reading", "course": course, "release": published["release"], "zone": "Europe/Berlin", "deadlines": {}});
    put(format!("/api/cohorts/{course}"), cohort).await;
    let learner = stack.sign_in("learner").await.access;
    let me = stack.get("/api/me", &learner).await.expect(200);
    let people = json!({"people": [me["person"]]});
    let enrolled = stack.send("POST", &format!("/api/cohorts/{course}/enrolments"), &admin, people).await.expect(200);
    enrolled["enrolments"][0]["enrolment"].as_str().expect("an enrolment").to_owned()
}

fn beat(node: &str, from: Timestamp, to: Timestamp) -> Value {
    json!({"node": node, "from": from, "to": to})
}

#[tokio::test]
async fn reading_completes_a_lesson_and_opens_the_next() {
    let stack = Stack::running();
    let enrolment = course(&stack).await;
    let enrolled = Instant::now();
    let learner = stack.sign_in("learner").await.access;
    let progress = format!("/api/enrolments/{enrolment}/progress");
    let reading = format!("/api/enrolments/{enrolment}/reading");

    // The server believes no time in which it did not know the learner, so some must pass.
    let is_known = |answer: &crate::stack::Answer| {
        answer.status == 200 && !answer.json()["as_of"].is_null() && enrolled.elapsed() > Duration::from_secs(3)
    };
    let before = stack.eventually(&progress, &learner, is_known).await.json();
    assert_eq!(before["nodes"]["first"]["verdict"], "unmet");
    assert_eq!(before["nodes"]["second"]["locked"], true);
    assert_eq!(before["next_change_at"], "2999-12-03T08:00:00Z");
    let door = &before["nodes"]["later"]["access"];
    assert_eq!(
        (&door["type"], &door["needed"]),
        (&json!("after_date"), &json!("2999-12-03T09:00:00+01:00[Europe/Berlin]"))
    );

    let now = Timestamp::now();
    let second = SignedDuration::from_secs(1);
    let locked = json!({"beats": [beat("second", now - second, now)], "scrolled": [], "watched": []});
    assert_eq!(stack.send("POST", &reading, &learner, locked).await.problem(422), "invalid-body");
    // Half a minute is claimed and a few seconds can be true.
    let report = json!({"beats": [beat("first", now - 30 * second, now)], "scrolled": [{"node": "first", "percent": 90}], "watched": []});
    let somebody = stack.sign_in("instructor").await.access;
    assert_eq!(stack.send("POST", &reading, &somebody, report.clone()).await.problem(404), "not-found");
    let taken = stack.send("POST", &reading, &learner, report.clone()).await.expect(202);
    assert_eq!(taken, json!({"nodes": 1}));

    let after =
        stack.eventually(&progress, &learner, |answer| answer.json()["nodes"]["second"]["locked"] == false).await;
    let after = after.json();
    let first = &after["nodes"]["first"];
    assert_eq!((&first["verdict"], &first["viewed"]), (&json!("met"), &json!(true)));
    let [time, scrolled] = [0, 1].map(|at| &first["completion"]["conditions"][at]);
    let seconds: u64 = time["current"].as_str().and_then(|text| text.parse().ok()).expect("seconds");
    assert!((1..30).contains(&seconds), "{seconds} s are believed");
    assert_eq!((&scrolled["current"], &scrolled["needed"]), (&json!("90"), &json!("80")));
    assert_eq!(after["nodes"]["later"]["locked"], true);
    stack.get(&format!("/api/enrolments/{enrolment}/nodes/second"), &learner).await.expect(200);
    let shut = stack.get(&format!("/api/enrolments/{enrolment}/nodes/later"), &learner).await;
    assert_eq!(shut.problem(403), "node-locked");

    let again = stack.send("POST", &reading, &learner, report).await;
    assert!([202, 429].contains(&again.status.as_u16()), "{}", again.text);
    let sequence = stack.get(&progress, &learner).await.json()["sequence"].clone();
    assert_eq!(sequence, after["sequence"], "what was read once is read once");
}

#[tokio::test]
async fn rules_that_can_never_hold_are_not_published() {
    let stack = Stack::running();
    let author = stack.sign_in("author").await.access;
    let course = format!("unreadable-{}", uuid::Uuid::now_v7().simple());
    let put = async |path: String, body: Value| stack.send("PUT", &path, &author, body).await.expect(200);
    put(format!("/api/courses/{course}"), json!({"title": "Unreadable", "language": "en"})).await;
    let rule = json!({"type": "n_of", "n": 3, "conditions": [
        {"type": "time_spent", "min_seconds": 0},
        {"type": "video_watched_percent", "video": "film", "min_percent": 80},
    ]});
    let node = json!({"parent": null, "position": 0, "kind": "lesson", "title": "Unreadable", "required": true,
        "completion": rule, "access": null, "minutes": null, "assessment": null,
        "blocks": [{"type": "html", "html": "<p>Text</p>"}]});
    put(format!("/api/courses/{course}/nodes/lesson"), node).await;
    let refused = stack.send("POST", &format!("/api/courses/{course}/releases"), &author, json!({})).await;
    assert_eq!(refused.problem(422), "cannot-publish");
    let errors = refused.json()["errors"].as_array().expect("findings").len();
    assert_eq!(errors, 3, "{}", refused.text);
}
