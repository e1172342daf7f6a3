//! The time of an attempt is up while nobody looks: it is handed in with its last draft, and graded.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stack::Stack;

/// How long after its end an attempt is closed at the latest, in milliseconds.
const CLOSED_WITHIN_MS: i64 = 60_000;

#[tokio::test]
async fn an_attempt_whose_time_is_up_is_handed_in_with_its_last_draft_within_a_minute_and_graded() {
    let stack = Stack::running();
    let enrolled = stack.course_of_one_quiz("closing", json!({"attempts_max": 1, "time_limit_minutes": 1})).await;
    let enrolment = enrolled["enrolment"].as_str().expect("an enrolment");
    let learner = stack.sign_in("learner").await.access;
    let attempt = format!("/api/enrolments/{enrolment}/assessments/quiz/attempts/1");

    let opened = stack.send("PUT", &attempt, &learner, json!({})).await.expect(201);
    let accept_until = instant(&opened["accept_until"]);
    assert_eq!(accept_until.as_second() - instant(&opened["closes_at"]).as_second(), 30, "the grace");
    for (rev, value) in [(1, "6"), (2, "7")] {
        let draft = json!({"rev": rev, "answers": {"sum": {"type": "number", "value": value}}});
        stack.send("PUT", &format!("{attempt}/draft"), &learner, draft).await.expect(200);
    }

    // In the grace it is still open; after it nothing is taken, whether anything has closed it or not.
    looks_until(accept_until).await;
    let submission = json!({"submission_id": "late", "answers": {}});
    let late = stack.send("PUT", &format!("{attempt}/submission"), &learner, submission).await;
    assert_eq!((late.problem(410), &late.json()["rev"]), ("attempt-time-up".to_owned(), &json!(2)));

    let is_closed = |answer: &crate::stack::Answer| answer.json()["state"] == "closed";
    let closed = stack.eventually(&attempt, &learner, is_closed).await.json();
    let closed_after_ms = Timestamp::now().as_millisecond() - accept_until.as_millisecond();
    println!("closed by the clock {:.1} s after accept_until", closed_after_ms as f64 / 1_000.0);
    assert!(closed_after_ms < CLOSED_WITHIN_MS, "{closed_after_ms} ms");
    assert_eq!((&closed["closed_reason"], &closed["rev"]), (&json!("time_up"), &json!(2)));
    assert_eq!(closed["answers"], json!({"sum": {"type": "number", "value": "7"}}));
    assert_eq!((&closed["receipt"]["submission_id"], &closed["receipt"]["late"]), (&Value::Null, &json!(false)));
    assert_eq!(closed["receipt"]["digest"], late.json()["digest"], "what was said to stand was handed in");

    let graded = stack.eventually(&attempt, &learner, |answer| !answer.json()["grade"].is_null()).await.json();
    let graded_after_ms = Timestamp::now().as_millisecond() - accept_until.as_millisecond();
    println!("graded {:.1} s after accept_until", graded_after_ms as f64 / 1_000.0);
    assert_eq!(graded["grade"]["points"], 100);
}

/// Looks at the clock until it shows a time.
async fn looks_until(at: Timestamp) {
    let mut looks = tokio::time::interval(std::time::Duration::from_millis(100));
    while Timestamp::now() <= at {
        looks.tick().await;
    }
}

fn instant(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no time"))
}
