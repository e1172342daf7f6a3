//! People are told: by e-mail, in the inbox, as they chose, and once.

use jiff::{SignedDuration, Timestamp};
use serde_dynamo::AttributeValue;
use serde_json::{Value, json};
use stoa_domain::id::{CohortId, EnrolmentId, TenantId};
use stoa_store::engine::{Change, Engine, Key, Table, Write};
use stoa_store::{record, schema};

use crate::stack::Stack;

/// How many hand-ins are graded at once.
const GRADES: u32 = 30;
/// Later than any test ends.
const SOME_YEARS_AHEAD_MS: i64 = 4_000_000_000_000;

fn tenant() -> TenantId {
    TenantId::parse("demo").expect("an id")
}

/// Makes an item due now, as if its window had passed: nobody wants to wait for it twice.
async fn make_due(stack: &Stack, key: Key, expression: &'static str, since_ms: i64) {
    let values = [
        (":work_sk", AttributeValue::S(schema::work_sk(since_ms, "by-a-test"))),
        (":since", AttributeValue::N(since_ms.to_string())),
        (":one", AttributeValue::N("1".to_owned())),
    ];
    let used = values.into_iter().filter(|(name, _)| expression.contains(name)).collect();
    let write =
        Write { table: Table::Learning, key, change: Change::Update(expression), condition: None, values: used };
    stack.tables().write(write).await.expect("it answers");
}

fn kinds(inbox: &Value) -> Vec<&str> {
    let messages = inbox["notifications"].as_array().expect("a list");
    messages.iter().map(|message| message["notice"]["kind"].as_str().expect("a kind")).collect()
}

#[tokio::test]
async fn thirty_grades_are_one_mail_and_a_link_in_it_ends_the_next() {
    let stack = Stack::running();
    let ada = stack.newcomer("Ada").await;
    let made = stack.course_of_one_quiz("told", json!({"attempts_max": null, "time_limit_minutes": null})).await;
    let enrolment = stack.enrol(made["cohort"].as_str().expect("a cohort"), &ada).await;
    let token = stack.token_of(&ada).await;
    let progress = format!("/api/enrolments/{enrolment}/progress");
    let key = schema::news(&tenant(), &EnrolmentId::parse(&enrolment).expect("an id"));
    // However long thirty hand-ins take on this machine, their window is still open.
    make_due(&stack, key.clone(), "SET work_sk = :work_sk", SOME_YEARS_AHEAD_MS).await;
    for number in 1..=GRADES {
        stack.hand_in(&enrolment, number, &token).await;
    }
    let graded = |count: u32| {
        move |answer: &crate::stack::Answer| {
            let attempts = &answer.json()["results"]["quiz"]["attempts"];
            attempts.as_object().is_some_and(|all| all.len() == count as usize)
        }
    };
    stack.eventually(&progress, &token, graded(GRADES)).await;
    make_due(&stack, key.clone(), "SET work_sk = :work_sk", 1).await;

    let enrolled = stack.mailed(&ada, "You are enrolled in “told”").await;
    assert_eq!(enrolled.source, "no-reply@stoa.example");
    assert!(!enrolled.body_text.contains("/unsubscribe/"), "{}", enrolled.body_text);
    let told = stack.mailed(&ada, "Graded: told assessment").await;
    let html = told.body_html.expect("an HTML body");
    for body in [&told.body_text, &html] {
        assert!(body.contains(&format!("{}/courses/{enrolment}/grades", stack.api)) && body.contains("Ada"), "{body}");
    }

    // Nothing else waits to be told, so thirty grades were one message.
    let news = stack.tables().get(Table::Learning, &key, true).await.expect("it answers").expect("it is there");
    assert_eq!(record::text(&news, "work_pk"), None);
    assert_eq!(stack.mails_to(&ada).await.len(), 2);

    let token = stack.token_of(&ada).await;
    let inbox = stack.get("/api/me/notifications", &token).await.expect(200);
    assert_eq!((kinds(&inbox), &inbox["unread"]), (vec!["grade_posted", "enrolled"], &json!(2)));
    let read = json!({"notifications": [inbox["notifications"][0]["id"]]});
    for _ in 0..2 {
        let unread = stack.send("POST", "/api/me/notifications/read", &token, read.clone()).await.expect(200);
        assert_eq!(unread, json!({"unread": 1}));
    }
    assert_eq!(stack.get("/api/me/notifications/unread", &token).await.expect(200), json!({"unread": 1}));

    let link = told.body_text.split("/unsubscribe/").nth(1).and_then(|rest| rest.split_whitespace().next());
    let link = format!("/api/unsubscribe/{}", link.expect("a link"));
    // A program that only looks changes nothing; what it sees is the page that asks.
    let looked = stack.get(&link, "").await;
    assert!(looked.status.is_success() && looked.text.contains("<html"), "{}", looked.text);
    let wants_mail = async |token: &str| {
        let grid = stack.get("/api/me/preferences", token).await.expect(200);
        grid["preferences"].as_array().expect("a list").iter().map(|row| row["email"] == true).collect::<Vec<_>>()
    };
    assert_eq!(wants_mail(&token).await, [true; 4]);
    let ended = stack.call(reqwest::Method::POST, &link, "", None).await.expect(200);
    assert_eq!(ended, json!({"kind": "grade_posted", "channel": "email"}));
    assert_eq!(wants_mail(&token).await, [true, false, true, true]);

    stack.hand_in(&enrolment, GRADES + 1, &token).await;
    stack.eventually(&progress, &token, graded(GRADES + 1)).await;
    make_due(&stack, key, "SET work_sk = :work_sk", 1).await;
    // The list and the count are two reads: what is written between them is in one of them.
    let has_come = |answer: &crate::stack::Answer| kinds(&answer.json()).len() == 3;
    let inbox = stack.eventually("/api/me/notifications", &token, has_come).await.json();
    assert_eq!(kinds(&inbox), ["grade_posted", "grade_posted", "enrolled"]);
    assert_eq!(stack.mails_to(&ada).await.len(), 2, "no mail follows");
}

/// How long after it is set, beyond a day, the deadline of this journey is: its reminder comes then.
const REMINDED_AFTER: SignedDuration = SignedDuration::from_secs(50);

#[tokio::test]
async fn a_deadline_is_told_when_it_is_set_and_reminded_of_a_day_ahead_but_not_to_whom_has_handed_in() {
    let stack = Stack::running();
    let (ben, cleo) = (stack.newcomer("Ben").await, stack.newcomer("Cleo").await);
    let made = stack.course_of_one_quiz("due", json!({"attempts_max": 1, "time_limit_minutes": null})).await;
    let cohort = made["cohort"].as_str().expect("a cohort").to_owned();
    let bens = stack.enrol(&cohort, &ben).await;
    let cleos = stack.enrol(&cohort, &cleo).await;
    stack.hand_in(&cleos, 1, &stack.token_of(&cleo).await).await;
    // Whoever is to be told has a row in the cohort.
    let instructor = stack.sign_in("instructor").await.access;
    let are_drawn =
        |answer: &crate::stack::Answer| answer.json()["rows"].as_array().is_some_and(|rows| rows.len() == 3);
    stack.eventually(&format!("/api/cohorts/{cohort}/rows"), &instructor, are_drawn).await;

    let admin = stack.sign_in("admin").await.access;
    let view = stack.get(&format!("/api/cohorts/{cohort}"), &admin).await.expect(200);
    let due = Timestamp::now() + SignedDuration::from_hours(24) + REMINDED_AFTER;
    let civil = due.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let body = json!({"name": view["name"], "course": view["course"], "release": view["release"], "zone": "UTC",
        "deadlines": {"quiz": {"civil": civil}}});
    stack.send("PUT", &format!("/api/cohorts/{cohort}"), &admin, body).await.expect(200);

    let reminded = stack.mailed(&ben, "Due ").await;
    assert!(reminded.subject.contains("due assessment"), "{}", reminded.subject);
    assert!(reminded.body_text.contains(&format!("/courses/{bens}/quizzes/quiz")), "{}", reminded.body_text);

    let key = schema::agenda(&tenant(), &CohortId::parse(&cohort).expect("an id"));
    make_due(&stack, key, "SET changes.since = :since, work_sk = :work_sk, rev = rev + :one", 1).await;
    for somebody in [&ben, &cleo] {
        let changed = stack.mailed(somebody, "Changed: due").await;
        assert!(changed.body_text.contains("due assessment: due "), "{}", changed.body_text);
    }
    let count = async |somebody, words: &str| {
        stack.mails_to(somebody).await.iter().filter(|mail| mail.subject.contains(words)).count()
    };
    assert_eq!((count(&ben, "Due ").await, count(&cleo, "Due ").await), (1, 0));
    let token = stack.token_of(&cleo).await;
    let inbox = stack.get("/api/me/notifications", &token).await.expect(200);
    assert!(!kinds(&inbox).contains(&"assessment_due"), "{inbox}");
}
