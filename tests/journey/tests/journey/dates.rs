//! A date comes, and a learner's row in the cohort changes though nobody does anything.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::stack::{Answer, Stack};

/// How far ahead the date is.
const AHEAD: SignedDuration = SignedDuration::from_secs(30);
/// How long after a date the row shows it at the latest.
const SHOWN_WITHIN: SignedDuration = SignedDuration::from_secs(75);

/// A course of one lesson that is completed at a date and another that never is, and the demo learner in it. The cohort's id.
async fn course(stack: &Stack, date: Timestamp) -> String {
    let admin = stack.sign_in("admin").await.access;
    let course = format!("dates-{}", uuid::Uuid::now_v7().simple());
    let put = async |path: String, body: Value| stack.send("PUT", &path, &admin, body).await.expect(200);
    put(format!("/api/courses/{course}"), json!({"title": "Dates", "language": "en"})).await;
    let lesson = |position: u32, completion: Value| {
        json!({"parent": null, "position": position, "kind": "lesson", "title": "Lesson", "required": true,
            "completion": completion, "access": null, "minutes": null, "assessment": null,
            "blocks": [{"type": "html", "html": "<p>Text</p>"}]})
    };
    let civil = date.to_zoned_datetime(TimeZone::get("Europe/Berlin").expect("a zone")).datetime();
    let dated = json!({"type": "after_date", "zone": "Europe/Berlin", "when": {"civil": civil}});
    put(format!("/api/courses/{course}/nodes/dated"), lesson(0, dated)).await;
    put(format!("/api/courses/{course}/nodes/other"), lesson(1, Value::Null)).await;
    let published = stack.send("POST", &format!("/api/courses/{course}/releases"), &admin, json!({})).await.expect(201);
    let cohort = json!({"name": "Dates", "course": course, "release": published["release"], "zone": "Europe/Berlin",
        "deadlines": {}});
    put(format!("/api/cohorts/{course}"), cohort).await;
    let learner = stack.sign_in("learner").await.access;
    let people = json!({"people": [stack.get("/api/me", &learner).await.expect(200)["person"]]});
    stack.send("POST", &format!("/api/cohorts/{course}/enrolments"), &admin, people).await.expect(200);
    course
}

#[tokio::test]
async fn a_date_changes_the_cohorts_row_though_nobody_does_anything() {
    let stack = Stack::running();
    let date = Timestamp::from_second((Timestamp::now() + AHEAD).as_second()).expect("a time");
    let rows = format!("/api/cohorts/{}/rows", course(&stack, date).await);
    let instructor = stack.sign_in("instructor").await.access;

    let is_drawn = |answer: &Answer| answer.json()["rows"].as_array().is_some_and(|rows| rows.len() == 1);
    let row = stack.eventually(&rows, &instructor, is_drawn).await.json()["rows"][0].clone();
    assert!(Timestamp::now() < date, "this test was too slow to see anything");
    assert_eq!((&row["states"], &row["completed"], &row["sequence"]), (&json!("uu"), &json!(0), &json!(1)));

    let mut looks = tokio::time::interval(std::time::Duration::from_millis(500));
    let changed = loop {
        looks.tick().await;
        let asked_at = Timestamp::now();
        let seen = stack.get(&rows, &instructor).await.expect(200)["rows"][0].clone();
        if seen != row {
            assert!(Timestamp::now() >= date, "{seen} was shown before the date");
            println!("shown {:.1} s after the date", (Timestamp::now().duration_since(date)).as_secs_f64());
            break seen;
        }
        assert!(asked_at < date + SHOWN_WITHIN, "{seen} still stands");
    };
    assert_eq!((&changed["states"], &changed["completed"], &changed["sequence"]), (&json!("mu"), &json!(1), &json!(2)));
    assert_eq!(changed["last_activity_at"], row["last_activity_at"], "the learner has done nothing");
}
