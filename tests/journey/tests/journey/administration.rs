//! Administration through the deployed stack: files of people, leaving and moving, settings, and the log of all of it.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use stoa_api::audited::ACTS;

use crate::stack::Stack;

fn unique(name: &str) -> String {
    format!("{name}-{}", uuid::Uuid::now_v7().simple())
}

/// Every entry of the log, as its export has it.
async fn exported(stack: &Stack, admin: &str) -> Vec<Value> {
    let mut entries = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stack.get(&format!("/api/audit/export?form=jsonl{cursor}"), admin).await.expect(200);
        let lines = page["text"].as_str().expect("text").lines();
        entries.extend(lines.map(|line| serde_json::from_str::<Value>(line).expect("an entry")));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return entries,
        }
    }
}

#[tokio::test]
async fn a_file_of_people_is_looked_at_taken_over_and_its_people_can_sign_in() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let name = unique("file");
    let file = format!(
        "\u{feff}E-Mail;Name;Rollen\r\n{name}-1@demo.example;\"Straßenbahn-Müller; Änne\";learner\r\n{name}-2@demo.example;Zwei;\r\nkein\r\n"
    );
    let look = async || stack.send("POST", "/api/people/diff", &admin, json!({"text": file})).await.expect(200);
    let diff = look().await;
    let statuses: Vec<&str> =
        diff["lines"].as_array().expect("lines").iter().filter_map(|line| line["status"].as_str()).collect();
    assert_eq!(statuses, ["new", "new", "invalid"]);
    let part = json!({"lines": diff["parts"][0]["lines"], "seal": diff["parts"][0]["seal"], "confirmed": false});
    let applied = stack.send("POST", "/api/people/changes", &admin, part.clone()).await.expect(200);
    assert_eq!(applied["lines"][0]["status"], "done");
    let again = stack.send("POST", "/api/people/changes", &admin, part).await.expect(200);
    assert_eq!(again["lines"][1]["status"], "already");
    assert_eq!(look().await["parts"], json!([]), "nothing is left to do");

    let token = stack.provisioned(&format!("{name}-1@demo.example"), "From-a-file-1").await.access;
    let me = stack.get("/api/me", &token).await.expect(200);
    assert_eq!(me["name"], "Straßenbahn-Müller; Änne");
}

#[tokio::test]
async fn a_withdrawal_ends_access_to_the_course_and_can_be_undone() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let learner = stack.sign_in("learner").await.access;
    let enrolled = stack.course_of_one_quiz("leaving", json!({"attempts_max": 1, "time_limit_minutes": null})).await;
    let id = enrolled["enrolment"].as_str().expect("an id");
    let mine = stack.get("/api/me/enrolments", &learner).await.expect(200);
    let is_it = |each: &&Value| each["enrolment"] == id;
    let cohort = mine["enrolments"].as_array().expect("a list").iter().find(is_it).expect("it is mine");
    let cohort = cohort["cohort"]["id"].as_str().expect("an id").to_owned();
    let quiz = format!("/api/enrolments/{id}/assessments/quiz");
    let attempt = format!("{quiz}/attempts/1");
    stack.call(Method::PUT, &attempt, &learner, None).await.expect(201);

    let withdrawal = format!("/api/cohorts/{cohort}/enrolments/{id}/withdrawal");
    assert_eq!(stack.call(Method::POST, &withdrawal, &admin, None).await.expect(200)["status"], "withdrawn");
    let hand_in = json!({"submission_id": "s1", "answers": {"sum": {"type": "number", "value": "7"}}});
    for (method, path, body) in [
        ("GET", quiz.clone(), None),
        ("GET", attempt.clone(), None),
        ("PUT", attempt.clone(), None),
        ("GET", format!("/api/enrolments/{id}/progress"), None),
        ("GET", format!("/api/enrolments/{id}/nodes/lesson"), None),
        ("PUT", format!("{attempt}/draft"), Some(json!({"rev": 1, "answers": {}}))),
        ("PUT", format!("{attempt}/submission"), Some(hand_in.clone())),
    ] {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let answer = stack.call(method, &path, &learner, body.map(|body| body.to_string())).await;
        assert_eq!(answer.problem(404), "not-found", "{path}");
    }
    let rest = stack.get("/api/me/enrolments", &learner).await.expect(200);
    assert!(!rest["enrolments"].as_array().expect("a list").iter().any(|each| each["enrolment"] == id));
    let rows = format!("/api/cohorts/{cohort}/rows");
    stack.eventually(&rows, &admin, |answer| answer.json()["rows"][0]["withdrawn"] == true).await;

    stack.call(Method::DELETE, &withdrawal, &admin, None).await.expect(200);
    stack.send("PUT", &format!("{attempt}/submission"), &learner, hand_in).await.expect(201);
    stack.eventually(&rows, &admin, |answer| answer.json()["rows"][0]["withdrawn"] == false).await;
}

#[tokio::test]
async fn who_is_moved_shows_in_the_other_cohort_with_what_they_did() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let learner = stack.sign_in("learner").await.access;
    let enrolled = stack.course_of_one_quiz("moving", json!({"attempts_max": 1, "time_limit_minutes": null})).await;
    let id = enrolled["enrolment"].as_str().expect("an id");
    let facts = json!({"facts": [{"kind": "viewed", "node": "lesson", "occurred_at": "2026-01-01T00:00:00Z"}]});
    stack.send("POST", &format!("/api/enrolments/{id}/facts"), &learner, facts).await.expect(202);
    let progress = stack.get(&format!("/api/enrolments/{id}/progress"), &learner).await.expect(200);
    let first = progress["cohort"]["id"].as_str().expect("an id").to_owned();
    let of_first = stack.get(&format!("/api/cohorts/{first}"), &admin).await.expect(200);
    let second = unique("second");
    let body = json!({"name": "Second", "course": of_first["course"], "release": of_first["release"], "zone": "Europe/Lisbon", "deadlines": {}});
    stack.send("PUT", &format!("/api/cohorts/{second}"), &admin, body).await.expect(200);

    let path = format!("/api/cohorts/{first}/enrolments/{id}/cohort");
    stack.send("PUT", &path, &admin, json!({"cohort": second})).await.expect(200);

    let there = |answer: &crate::stack::Answer| answer.json()["rows"][0]["completed"] == 1;
    let row = stack.eventually(&format!("/api/cohorts/{second}/rows"), &admin, there).await.json()["rows"][0].clone();
    assert_eq!(row["enrolment"], id);
    let none = |answer: &crate::stack::Answer| answer.json()["rows"] == json!([]);
    stack.eventually(&format!("/api/cohorts/{first}/rows"), &admin, none).await;
    let progress = stack.get(&format!("/api/enrolments/{id}/progress"), &learner).await.expect(200);
    assert_eq!((&progress["cohort"]["id"], &progress["cohort"]["zone"]), (&json!(second), &json!("Europe/Lisbon")));
}

#[tokio::test]
async fn who_never_signed_in_is_invited_again_and_who_has_is_not() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let email = format!("{}@demo.example", unique("again"));
    let person = json!({"people": [{"email": email, "name": "Vera Verloren", "roles": ["learner"]}]});
    let person = stack.send("POST", "/api/people", &admin, person).await.expect(200)["people"][0]["person"].clone();
    let path = format!("/api/people/{}/invitation", person.as_str().expect("an id"));
    stack.invitations_to(&email, 1).await;

    stack.send("POST", &path, &admin, json!({})).await.expect(200);
    stack.invitations_to(&email, 2).await;
    let too_soon = stack.send("POST", &path, &admin, json!({})).await;
    assert_eq!(too_soon.problem(409), "not-possible");

    let newcomer = stack.newcomer("signed-in").await;
    let path = format!("/api/people/{}/invitation", newcomer.person);
    stack.send("POST", &path, &admin, json!({})).await.expect(200);
    stack.until_followed(&newcomer.person).await;
    stack.invitations_to(&newcomer.email, 1).await;
}

/// Walks the table of routes and acts: each act is done once, and the export has it once.
#[tokio::test]
async fn the_export_has_every_act_of_the_table_exactly_once() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let ask = async |method: &str, path: String, body: Value| {
        let answer = stack.send(method, &path, &admin, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {}", answer.text);
        answer.json()
    };
    let name = unique("acts");
    // Publishes a course, makes a cohort of it, and enrols the demo learner.
    let enrolled = stack.course_of_one_quiz("acts", json!({"attempts_max": 1, "time_limit_minutes": null})).await;
    let enrolment = enrolled["enrolment"].as_str().expect("an id").to_owned();
    let learner = stack.sign_in("learner").await.access;
    let progress = stack.get(&format!("/api/enrolments/{enrolment}/progress"), &learner).await.expect(200);
    let cohort = progress["cohort"]["id"].as_str().expect("an id").to_owned();
    let made = stack.get(&format!("/api/cohorts/{cohort}"), &admin).await.expect(200);
    let mut body = json!({"name": "Renamed", "course": made["course"], "release": made["release"], "zone": "Europe/Berlin", "deadlines": {}});
    ask("PUT", format!("/api/cohorts/{cohort}"), body.clone()).await;
    body["name"] = json!("Other");
    let other = format!("{cohort}-2");
    ask("PUT", format!("/api/cohorts/{other}"), body).await;
    let of = format!("/api/cohorts/{cohort}/enrolments/{enrolment}");
    ask("POST", format!("{of}/withdrawal"), json!({})).await;
    ask("DELETE", format!("{of}/withdrawal"), json!({})).await;
    ask("PUT", format!("{of}/cohort"), json!({"cohort": other})).await;

    let email = format!("{name}@demo.example");
    let person = json!({"people": [{"email": email, "name": "Acts", "roles": ["learner"]}]});
    let person = ask("POST", "/api/people".to_owned(), person).await["people"][0]["person"].clone();
    let person = person.as_str().expect("an id").to_owned();
    ask("PUT", format!("/api/people/{person}/roles"), json!({"roles": ["author"]})).await;
    ask("POST", format!("/api/people/{person}/invitation"), json!({})).await;
    ask("POST", format!("/api/people/{person}/deactivation"), json!({})).await;
    ask("DELETE", format!("/api/people/{person}/deactivation"), json!({})).await;
    let archive = format!("/api/people/{person}/export");
    ask("POST", archive.clone(), json!({})).await;
    let ready = stack.eventually(&archive, &admin, |answer| answer.json()["state"] == "ready").await.json();
    assert_eq!(ready["url"], Value::Null, "what is handed out is written down first");
    let given = ask("POST", format!("{archive}/address"), json!({})).await;
    let fetched = reqwest::get(given["url"].as_str().expect("an address")).await.expect("an answer");
    assert!(fetched.status().is_success(), "{}", fetched.status());
    ask("PUT", format!("/api/people/{person}/erasure"), json!({})).await;
    ask("DELETE", format!("/api/people/{person}/erasure"), json!({})).await;
    let mut settings = stack.get("/api/organisation", &admin).await.expect(200);
    settings["contact"] = json!(email);
    ask("PUT", "/api/organisation".to_owned(), settings).await;

    let entries = exported(&stack, &admin).await;
    let ours = |entry: &&Value| {
        let concerns_it =
            [&cohort, &other].iter().any(|id| entry["cohort"] == id.as_str() || entry["course"] == id.as_str());
        concerns_it || entry["person"]["person"] == person.as_str()
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries.iter().filter(ours) {
        *seen.entry(entry["act"].as_str().expect("an act").to_owned()).or_default() += 1;
    }
    // Two cohorts were made; everything else was done once.
    assert_eq!(seen.remove("cohort_made"), Some(2));
    assert!(seen.values().all(|times| *times == 1), "{seen:?}");
    let mut found: BTreeSet<&str> = seen.keys().map(String::as_str).collect();
    found.insert("cohort_made");
    let settings = entries.iter().filter(|entry| entry["act"] == "settings_changed").count();
    assert!(settings >= 1);
    found.insert("settings_changed");
    let wanted: BTreeSet<&str> = ACTS.iter().flat_map(|(_, acts)| acts.iter().map(|act| act.name())).collect();
    assert_eq!(found, wanted);
    let ids: BTreeSet<String> = entries.iter().map(ToString::to_string).collect();
    assert_eq!(ids.len(), entries.len(), "no entry is there twice");
    assert!(!entries.iter().any(|entry| entry["changes"].to_string().contains(&email)), "nothing personal is in it");
}
