//! Bad input gets a clear problem that names the field; nothing is half-written, and nothing is a 500.

use reqwest::Method;
use serde_json::json;

use crate::stack::Stack;

#[tokio::test]
async fn a_body_that_is_wrong_is_told_what_is_wrong() {
    let stack = Stack::running();
    let learner = stack.sign_in("learner").await.access;
    let mine = stack.demo_enrolment(&learner).await;
    let facts = format!("/api/enrolments/{}/facts", mine["enrolment"].as_str().expect("an enrolment"));
    let post = |body: &str| stack.call(Method::POST, &facts, &learner, Some(body.to_owned()));

    assert_eq!(post("{").await.problem(400), "malformed-json");
    assert_eq!(post(&"[".repeat(100_000)).await.problem(400), "malformed-json");
    let wrong = post(r#"{"facts": [{"kind": "flown", "node": "x", "occurred_at": "2026-01-01T00:00:00Z"}]}"#).await;
    assert_eq!(wrong.problem(422), "invalid-body");
    assert_eq!(wrong.json()["errors"][0]["pointer"], "/facts/0/kind");
    let unknown = post(r#"{"facts": [], "fact": []}"#).await;
    assert_eq!(unknown.problem(422), "invalid-body");
    let nowhere =
        post(r#"{"facts": [{"kind": "viewed", "node": "not-there", "occurred_at": "2026-01-01T00:00:00Z"}]}"#).await;
    assert_eq!(nowhere.json()["errors"][0]["pointer"], "/facts/0/node");
    let large = post(&format!(r#"{{"facts": [], "x": "{}"}}"#, "x".repeat(600 * 1024))).await;
    assert_eq!(large.problem(413), "body-too-large");
    let many: Vec<_> =
        (0..101).map(|_| json!({"kind": "viewed", "node": "x", "occurred_at": "2026-01-01T00:00:00Z"})).collect();
    assert_eq!(post(&json!({"facts": many}).to_string()).await.json()["errors"][0]["pointer"], "/facts");
}

#[tokio::test]
async fn ids_that_are_none_and_cursors_of_others_are_refused() {
    let stack = Stack::running();
    let learner = stack.sign_in("learner").await.access;
    for path in [
        "/api/enrolments/not-there/progress",
        "/api/enrolments/a%20b/progress",
        "/api/enrolments/..%2f..%2fx/progress",
        "/api/enrolments/%00/progress",
        "/api/enrolments/not-there/assessments/x/attempts/0",
        "/api/enrolments/not-there/assessments/x/attempts/99999999999",
        "/t/demo/r/not-there/outline.json",
        "/t/other/r/not-there/outline.json",
    ] {
        let answer = stack.get(path, &learner).await;
        // The edge says of what is not there that it may not be had.
        let refused = if path.starts_with("/t/") { &[403][..] } else { &[400, 404] };
        assert!(refused.contains(&answer.status.as_u16()), "{path}: {} {}", answer.status, answer.text);
    }
    let instructor = stack.sign_in("instructor").await.access;
    let cohorts = stack.get("/api/cohorts", &instructor).await.expect(200);
    let cohort = cohorts["cohorts"][0]["cohort"].as_str().expect("a cohort");
    for cursor in ["x", "AAAA", "eyJwayI6IlQjb3RoZXIifQ"] {
        let answer = stack.get(&format!("/api/cohorts/{cohort}/rows?cursor={cursor}"), &instructor).await;
        assert_eq!(answer.problem(400), "cursor-invalid");
    }
}

#[tokio::test]
async fn hostile_html_is_made_harmless_before_it_is_stored() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let course = format!("hostile-{}", uuid::Uuid::now_v7().simple());
    stack
        .send("PUT", &format!("/api/courses/{course}"), &admin, json!({"title": "Hostile", "language": "en"}))
        .await
        .expect(200);
    let html = r#"<p onclick="x()">safe<script>alert(1)</script><img src=x onerror=alert(1)><a href="java&#10;script:x()">y</a></p><iframe src="//evil"></iframe><svg><style><img src=x onerror=alert(1)>"#;
    let node = json!({"parent": null, "position": 0, "kind": "lesson", "title": "Hostile", "required": true, "completion": null,
        "access": null, "minutes": null, "assessment": null, "blocks": [{"type": "html", "html": html}]});
    let path = format!("/api/courses/{course}/nodes/lesson");
    let stored = stack.send("PUT", &path, &admin, node).await.expect(200);
    let stored = stored["blocks"][0]["html"].as_str().expect("html");
    assert!(stored.contains("safe"));
    for bad in ["<script", "onerror", "onclick", "javascript", "<iframe", "<svg", "<style"] {
        assert!(!stored.to_lowercase().contains(bad), "{bad} in {stored}");
    }
}
