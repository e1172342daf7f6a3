//! A row that is wrong, put right while the cohort page is looked at.

use serde_dynamo::AttributeValue;
use serde_json::{Value, json};
use stoa_domain::id::{CohortId, EnrolmentId, TenantId};
use stoa_store::engine::{Change, Engine, Table, Values, Write};
use stoa_store::schema;

use crate::stack::Stack;

#[tokio::test]
async fn a_corrupt_row_is_put_right_by_a_rebuild_and_is_never_absent() {
    let stack = Stack::running();
    let learner = stack.sign_in("learner").await.access;
    let instructor = stack.sign_in("instructor").await.access;
    let enrolled = stack.course_of_one_quiz("rebuild", json!({"attempts_max": 1, "time_limit_minutes": null})).await;
    let enrolment = enrolled["enrolment"].as_str().expect("an id").to_owned();
    let mine = stack.get("/api/me/enrolments", &learner).await.expect(200);
    let of_mine = |each: &&Value| each["enrolment"] == enrolment.as_str();
    let cohort =
        mine["enrolments"].as_array().expect("a list").iter().find(of_mine).expect("it is mine")["cohort"]["id"]
            .clone();
    let cohort = cohort.as_str().expect("an id").to_owned();
    let rows = format!("/api/cohorts/{cohort}/rows");

    let facts = json!({"facts": [{"kind": "viewed", "node": "lesson", "occurred_at": "2026-01-01T00:00:00Z"}]});
    stack.send("POST", &format!("/api/enrolments/{enrolment}/facts"), &learner, facts).await.expect(202);
    let one = |answer: &crate::stack::Answer| answer.json()["rows"].as_array().is_some_and(|rows| rows.len() == 1);
    let drawn =
        stack.eventually(&rows, &instructor, |answer| one(answer) && answer.json()["rows"][0]["sequence"] == 2).await;
    let stood = drawn.json()["rows"][0].clone();

    // Somebody's hand slips, with an operator's credentials.
    let (tenant, id) = (TenantId::parse("demo").expect("an id"), CohortId::parse(&cohort).expect("an id"));
    let key = schema::row(&tenant, &id, 0, &EnrolmentId::parse(&enrolment).expect("an id"));
    let tables = stack.tables();
    let mut row = tables.get(Table::Learning, &key, true).await.expect("it answers").expect("there is a row");
    if let Some(AttributeValue::M(state)) = row.get_mut("state") {
        state.insert("completed".to_owned(), AttributeValue::N("77".to_owned()));
    }
    let write = Write { table: Table::Learning, key, change: Change::Put(row), condition: None, values: Values::new() };
    tables.write(write).await.expect("it answers");
    let wrong = stack.get(&rows, &instructor).await.expect(200);
    assert_eq!(wrong["rows"][0]["completed"], 77);

    let mut running = stack.begin_stoa(&["--json", "rebuild", "--tenant", "demo", "--cohort", &cohort]);
    // Meanwhile the page is looked at: there is always one row, the wrong one or the right one.
    let mut looks = 0;
    while running.try_wait().expect("it can be asked").is_none() {
        let seen = stack.get(&rows, &instructor).await;
        assert!(one(&seen), "{}", seen.text);
        looks += 1;
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        if looks == 4 {
            let second = stack.stoa(&["rebuild", "--tenant", "demo", "--cohort", &cohort]);
            let said = String::from_utf8_lossy(&second.stderr).into_owned();
            assert!(!second.status.success() && said.contains("another rebuild of it is at work"), "{said}");
        }
    }
    let output = running.wait_with_output().expect("it ended");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report[0]["changed"], json!([enrolment]), "{report}");
    assert_eq!((&report[0]["switched"], &report[0]["differences"]), (&json!(true), &json!([])), "{report}");
    assert!(looks > 10, "the rebuild took {looks} looks");

    assert_eq!(stack.get(&rows, &instructor).await.expect(200)["rows"][0], stood);
    // Life goes on in the new generation.
    let facts = json!({"facts": [{"kind": "done", "node": "lesson", "occurred_at": "2026-01-01T00:00:00Z"}]});
    stack.send("POST", &format!("/api/enrolments/{enrolment}/facts"), &learner, facts).await.expect(202);
    stack.eventually(&rows, &instructor, |answer| one(answer) && answer.json()["rows"][0]["sequence"] == 3).await;
}
