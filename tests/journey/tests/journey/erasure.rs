//! One learner of a cohort gets their archive and is erased. Nothing is left of them anywhere; of the others, everything.

use std::io::{Cursor, Read};
use std::time::Duration;

use serde_dynamo::AttributeValue;
use serde_json::{Value, json};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_store::engine::{Change, Engine, Table, Values, Write};
use stoa_store::schema;

use crate::everything::everything;
use crate::stack::{Answer, Stack};

const PASSWORD: &str = "Learn-by-doing-1";

/// What must be nowhere in the end.
struct Canary {
    email: String,
    name: String,
    draft: String,
    short: String,
    long: String,
}

impl Canary {
    fn new() -> Canary {
        let word = uuid::Uuid::now_v7().simple().to_string();
        Canary {
            email: format!("canary-{word}@demo.example"),
            name: format!("Canary Name {word}"),
            draft: format!("canary draft {word}"),
            short: format!("canary answer {word}"),
            // Longer than what stands in an attempt itself.
            long: format!("canary essay {word} ").repeat(150),
        }
    }

    fn words(&self) -> [&str; 5] {
        [&self.email, &self.name, &self.draft, &self.short, self.long.split(" canary").next().expect("a word")]
    }
}

/// A course with a quiz of one free text, and a cohort of these people. The cohort's id, and the enrolments in their order.
async fn cohort(stack: &Stack, people: &[&Value]) -> (String, Vec<String>) {
    let admin = stack.sign_in("admin").await.access;
    let course = format!("erasure-{}", uuid::Uuid::now_v7().simple());
    let put = async |path: String, body: Value| stack.send("PUT", &path, &admin, body).await.expect(200);
    put(format!("/api/courses/{course}"), json!({"title": "Erasure", "language": "en"})).await;
    let node = json!({"parent": null, "position": 0, "kind": "assessment", "title": "Quiz", "required": true,
        "completion": null, "access": null, "minutes": null, "blocks": [],
        "assessment": {"attempts_max": null, "time_limit_minutes": null}});
    put(format!("/api/courses/{course}/nodes/quiz"), node).await;
    let item = json!({"position": 0, "kind": "free_text", "prompt_html": "<p>Why?</p>", "points_max": 100,
        "choices": [], "key": null, "original_type": null});
    put(format!("/api/courses/{course}/nodes/quiz/items/why"), item).await;
    let published = stack.send("POST", &format!("/api/courses/{course}/releases"), &admin, json!({})).await.expect(201);
    let cohort =
        json!({"name": "Erasure", "course": course, "release": published["release"], "zone": "UTC", "deadlines": {}});
    put(format!("/api/cohorts/{course}"), cohort).await;
    let path = format!("/api/cohorts/{course}/enrolments");
    let enrolled = stack.send("POST", &path, &admin, json!({"people": people})).await.expect(200);
    let enrolments = enrolled["enrolments"].as_array().expect("enrolments");
    let id = |each: &Value| each["enrolment"].as_str().expect("an id").to_owned();
    (course, enrolments.iter().map(id).collect())
}

async fn hand_in(stack: &Stack, token: &str, enrolment: &str, attempt: u32, text: &str) {
    let path = format!("/api/enrolments/{enrolment}/assessments/quiz/attempts/{attempt}");
    stack.send("PUT", &path, token, json!({})).await.expect(201);
    let answers = json!({"why": {"type": "text", "text": text}});
    let body = json!({"submission_id": format!("s{attempt}"), "answers": answers});
    stack.send("PUT", &format!("{path}/submission"), token, body).await.expect(201);
}

/// The files of an archive.
fn files(bytes: Vec<u8>) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut all = String::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).expect("a file");
        all.push_str(&format!("\n{}\n", file.name().expect("a name")));
        file.read_to_string(&mut all).expect("text");
    }
    all
}

/// Lets the time of an erasure come: an operator's hand moves what it waits for to now.
async fn let_time_come(stack: &Stack, person: &str, what: &str) {
    let (tenant, person) = (TenantId::parse("demo").expect("an id"), PersonKey::parse(person).expect("an id"));
    let key = schema::erasure(&tenant, &person);
    let tables = stack.tables();
    let mut item = tables.get(Table::People, &key, true).await.expect("it answers").expect("an erasure");
    let Some(AttributeValue::N(asked_at)) = item.get("asked_at") else { panic!("it was asked for") };
    let at: i64 = asked_at.parse().expect("a time");
    item.insert(what.to_owned(), AttributeValue::N(at.to_string()));
    item.insert("work_sk".to_owned(), AttributeValue::S(schema::work_sk(at, "moved")));
    let write = Write { table: Table::People, key, change: Change::Put(item), condition: None, values: Values::new() };
    tables.write(write).await.expect("it answers");
}

/// Asks until it is as wanted: the sweep comes by once a minute.
async fn until(stack: &Stack, path: &str, token: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut tries = tokio::time::interval(Duration::from_millis(500));
    let mut last = Value::Null;
    for _ in 0..400 {
        tries.tick().await;
        last = stack.get(path, token).await.expect(200);
        if wanted(&last) {
            return last;
        }
    }
    panic!("{path} did not become as wanted; last: {last}");
}

/// The stage that is stored: the API tells the two last ones apart only when nothing is left.
async fn is_settling(stack: &Stack, person: &str) -> bool {
    let (tenant, person) = (TenantId::parse("demo").expect("an id"), PersonKey::parse(person).expect("an id"));
    let key = schema::erasure(&tenant, &person);
    let item = stack.tables().get(Table::People, &key, true).await.expect("it answers").expect("an erasure");
    item.get("stage") == Some(&AttributeValue::S("settling".to_owned()))
}

#[tokio::test]
async fn a_person_gets_everything_in_one_archive_and_is_erased_from_everywhere() {
    let stack = Stack::running();
    let canary = Canary::new();
    let admin = stack.sign_in("admin").await.access;
    let instructor = stack.sign_in("instructor").await.access;
    let learner = stack.sign_in("learner").await.access;
    let invite = json!({"people": [{"email": canary.email, "name": canary.name, "roles": ["learner"]}]});
    let invited = stack.send("POST", "/api/people", &admin, invite.clone()).await.expect(200);
    let person = invited["people"][0]["person"].as_str().expect("a key").to_owned();
    let token = stack.provisioned(&canary.email, PASSWORD).await.access;
    let others = [stack.get("/api/me", &learner).await, stack.get("/api/me", &instructor).await];
    let others = others.map(|me| me.json()["person"].clone());
    let mine = Value::String(person.clone());
    let (cohort, enrolments) = cohort(&stack, &[&mine, &others[0], &others[1]]).await;

    // One short answer, one long one, and a draft that is never handed in. Somebody else hands in as well.
    hand_in(&stack, &token, &enrolments[0], 1, &canary.short).await;
    hand_in(&stack, &token, &enrolments[0], 2, &canary.long).await;
    let third = format!("/api/enrolments/{}/assessments/quiz/attempts/3", enrolments[0]);
    stack.send("PUT", &third, &token, json!({})).await.expect(201);
    let draft = json!({"rev": 1, "answers": {"why": {"type": "text", "text": canary.draft}}});
    stack.send("PUT", &format!("{third}/draft"), &token, draft).await.expect(200);
    hand_in(&stack, &learner, &enrolments[1], 1, "mine stays").await;
    let rows = format!("/api/cohorts/{cohort}/rows");
    let drawn = |answer: &Value| {
        let rows = answer["rows"].as_array().expect("rows");
        rows.len() == 3 && rows.iter().filter(|row| row["sequence"].as_u64() >= Some(2)).count() == 2
    };
    let before = until(&stack, &rows, &instructor, |answer| {
        drawn(answer) && {
            let mine =
                answer["rows"].as_array().expect("rows").iter().find(|row| row["enrolment"] == enrolments[0].as_str());
            mine.is_some_and(|row| row["sequence"] == 3)
        }
    })
    .await;

    // The archive holds all of it, and is handed over as a file.
    stack.send("POST", "/api/me/export", &token, json!({})).await.expect(202);
    let ready = until(&stack, "/api/me/export", &token, |export| export["state"] == "ready").await;
    let url = ready["url"].as_str().expect("an address");
    assert!(!url.starts_with(&stack.api), "{url}");
    let handed_over = reqwest::get(url).await.expect("an answer");
    let how = handed_over.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(how.starts_with("attachment"), "{how}");
    let archive = files(handed_over.bytes().await.expect("bytes").to_vec());
    for word in canary.words() {
        assert!(archive.contains(word), "{word:?} is not in the archive: {archive}");
    }
    assert!(!archive.contains("mine stays") && !archive.contains("work_pk"), "{archive}");

    // Access ends, and comes back when the erasure is taken back.
    let erasure = format!("/api/people/{person}/erasure");
    let asked = stack.send("PUT", &erasure, &admin, json!({})).await.expect(200);
    assert_eq!((&asked["state"], &asked["enrolments"]), (&"waiting".into(), &1.into()));
    let is_out = |answer: &Answer| [401, 403].contains(&answer.status.as_u16());
    stack.eventually("/api/me", &token, is_out).await;
    let back = stack.call(reqwest::Method::DELETE, &erasure, &admin, None).await.expect(200);
    assert_eq!(back["state"], "none");
    let token = stack.provisioned(&canary.email, PASSWORD).await.access;
    stack.eventually("/api/me", &token, |answer| answer.status.as_u16() == 200).await;
    let me = stack.get("/api/me", &admin).await.expect(200)["person"].clone();
    let myself = format!("/api/people/{}/erasure", me.as_str().expect("a key"));
    assert_eq!(stack.send("PUT", &myself, &admin, json!({})).await.problem(409), "not-possible");

    // The search finds what it is for, as long as it is there.
    let found = everything(&stack).await;
    for word in canary.words() {
        assert!(found.iter().any(|found| found.text.contains(word)), "the search does not find {word:?}");
    }

    stack.send("PUT", &erasure, &admin, json!({})).await.expect(200);
    assert_eq!(stack.get(&rows, &instructor).await.expect(200)["rows"], before["rows"], "nothing is lost yet");
    let_time_come(&stack, &person, "erase_at").await;
    until(&stack, &erasure, &admin, |erasure| erasure["state"] == "erasing").await;
    let mut tries = tokio::time::interval(Duration::from_millis(250));
    while !is_settling(&stack, &person).await {
        tries.tick().await;
    }
    assert_eq!(stack.call(reqwest::Method::DELETE, &erasure, &admin, None).await.problem(409), "not-possible");
    let_time_come(&stack, &person, "settled_at").await;
    until(&stack, &erasure, &admin, |erasure| erasure["state"] == "erased").await;

    // Nothing is left of them in any table, bucket, queue, log or pool.
    for found in everything(&stack).await {
        for word in canary.words() {
            assert!(!found.text.contains(word), "{} still has {word:?}", found.place);
        }
    }
    // Of the others everything is left: the rows are those that stood, minus the person.
    let is_other = |row: &&Value| row["enrolment"] != enrolments[0].as_str();
    let expected: Vec<Value> = before["rows"].as_array().expect("rows").iter().filter(is_other).cloned().collect();
    assert_eq!(expected.len(), 2);
    assert_eq!(stack.get(&rows, &instructor).await.expect(200)["rows"], json!(expected));
    let rebuilt = stack.stoa(&["--json", "rebuild", "--tenant", "demo", "--cohort", &cohort]);
    assert!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
    let report: Value = serde_json::from_slice(&rebuilt.stdout).expect("a report");
    let report = &report[0];
    assert_eq!(
        (&report["rows"], &report["changed"], &report["differences"]),
        (&2.into(), &json!([]), &json!([])),
        "{report}"
    );
    assert_eq!(stack.get(&rows, &instructor).await.expect(200)["rows"], json!(expected));

    // Whoever is invited again under the address is somebody new.
    assert!(stack.sign_in_as(&canary.email, PASSWORD).await.is_err());
    let again = stack.send("POST", "/api/people", &admin, invite).await.expect(200);
    assert_eq!(again["people"][0]["status"], "invited");
    assert_ne!(again["people"][0]["person"], person.as_str());
}
