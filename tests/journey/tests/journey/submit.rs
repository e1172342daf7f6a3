//! A learner opens, saves, hands in; grading and progress follow from the queue; the instructor's page shows it.

use serde_json::json;

use crate::stack::Stack;

#[tokio::test]
async fn a_hand_in_is_taken_once_and_reaches_the_instructors_page() {
    let stack = Stack::running();
    let enrolled = stack.course_of_one_quiz("submit", json!({"attempts_max": 1, "time_limit_minutes": 30})).await;
    let enrolment = enrolled["enrolment"].as_str().expect("an enrolment");
    let learner = stack.sign_in("learner").await.access;
    let attempt = format!("/api/enrolments/{enrolment}/assessments/quiz/attempts/1");

    let opened = stack.send("PUT", &attempt, &learner, json!({})).await.expect(201);
    assert_eq!(opened["state"], "open");
    assert!(opened["closes_at"].is_string(), "{opened}");
    stack.send("PUT", &attempt, &learner, json!({})).await.expect(200);

    let answers = json!({"sum": {"type": "number", "value": "7,0"}});
    let draft = json!({"rev": 1, "answers": answers});
    stack.send("PUT", &format!("{attempt}/draft"), &learner, draft.clone()).await.expect(200);
    stack.send("PUT", &format!("{attempt}/draft"), &learner, draft).await.expect(200);
    let stale = stack.send("PUT", &format!("{attempt}/draft"), &learner, json!({"rev": 1, "answers": {}})).await;
    assert_eq!(stale.problem(409), "draft-stale");
    assert_eq!(stale.json()["rev"], 1);

    let submission = format!("{attempt}/submission");
    let hand_in = json!({"submission_id": "first", "answers": answers});
    let both = futures::future::join(
        stack.send("PUT", &submission, &learner, hand_in.clone()),
        stack.send("PUT", &submission, &learner, hand_in.clone()),
    );
    let (one, two) = both.await;
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201], "one of two is the first: {} {}", one.text, two.text);
    assert_eq!(one.text, two.text, "both hold the identical receipt");
    assert_eq!(stack.send("PUT", &submission, &learner, hand_in).await.text, one.text);

    let other = stack.send("PUT", &submission, &learner, json!({"submission_id": "first", "answers": {}})).await;
    assert_eq!(other.problem(422), "submission-differs");
    assert_eq!(other.json()["receipt"], one.json());
    let another = stack.send("PUT", &submission, &learner, json!({"submission_id": "second", "answers": {}})).await;
    assert_eq!(another.problem(409), "attempt-closed");
    assert_eq!(another.json()["receipt"], one.json());
    let late = stack.send("PUT", &format!("{attempt}/draft"), &learner, json!({"rev": 2, "answers": {}})).await;
    assert_eq!(late.problem(409), "attempt-closed");

    let viewed = json!({"facts": [{"kind": "viewed", "node": "lesson", "occurred_at": "2026-01-01T00:00:00Z"}]});
    stack.send("POST", &format!("/api/enrolments/{enrolment}/facts"), &learner, viewed).await.expect(202);

    let instructor = stack.sign_in("instructor").await.access;
    let progress = format!("/api/enrolments/{enrolment}/progress");
    let done = |answer: &crate::stack::Answer| answer.json()["completed"] == 2;
    let progress = stack.eventually(&progress, &instructor, done).await.json();
    assert_eq!(progress["results"]["quiz"]["attempts"]["1"]["points"], 100);
    let cohort = progress["cohort"]["id"].as_str().expect("a cohort");
    let rows = stack.get(&format!("/api/cohorts/{cohort}/rows"), &instructor).await.expect(200);
    let row = &rows["rows"][0];
    assert_eq!((&row["completed"], &row["states"]), (&json!(2), &json!("mm")), "{row}");
    assert_eq!(
        row["results"][0],
        json!({"node": "quiz", "status": "scored", "points": 100, "points_max": 100, "attempts": 1})
    );
    assert_eq!(row["name"], "Lena Fischer");
}

#[tokio::test]
async fn answers_too_large_for_their_attempt_are_kept_and_graded() {
    let stack = Stack::running();
    let enrolled = stack.course_of_one_quiz("large", json!({"attempts_max": 1, "time_limit_minutes": null})).await;
    let enrolment = enrolled["enrolment"].as_str().expect("an enrolment");
    let learner = stack.sign_in("learner").await.access;
    let attempt = format!("/api/enrolments/{enrolment}/assessments/quiz/attempts/1");
    stack.send("PUT", &attempt, &learner, json!({})).await.expect(201);
    let answers =
        json!({"sum": {"type": "number", "value": "7"}, "other": {"type": "text", "text": "long ".repeat(4_000)}});
    stack.send("PUT", &format!("{attempt}/draft"), &learner, json!({"rev": 1, "answers": answers})).await.expect(200);
    assert_eq!(stack.get(&attempt, &learner).await.expect(200)["answers"], answers);
    let hand_in = json!({"submission_id": "large", "answers": answers});
    stack.send("PUT", &format!("{attempt}/submission"), &learner, hand_in).await.expect(201);

    let graded = stack.eventually(&attempt, &learner, |answer| !answer.json()["grade"].is_null()).await.json();
    assert_eq!(graded["grade"]["points"], 100);
    assert_eq!(graded["answers"], answers);
}
