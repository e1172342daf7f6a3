//! Files of people: looked at, then taken over as they were looked at.

use stoa_service::people::PeopleStore;
use stoa_store::engine::Table;
use stoa_store::{record, schema};

use super::*;

fn look_at(text: &str) -> HttpEvent {
    request("POST /api/people/diff").json(&json!({"text": text}))
}

fn apply(part: &Value, confirmed: bool) -> HttpEvent {
    let body = json!({"lines": part["lines"], "seal": part["seal"], "confirmed": confirmed});
    request("POST /api/people/changes").json(&body)
}

fn statuses(answer: &Value) -> Vec<&str> {
    answer["lines"].as_array().expect("lines").iter().filter_map(|line| line["status"].as_str()).collect()
}

const FILE: &str =
    "\u{feff}E-Mail;Name;Rollen\r\nnew@x.test;\"Neu; Nina\";\r\nada@x.test;;author\r\nnobody;N;\r\nnew@x.test;N;\r\n";

#[tokio::test]
async fn a_file_is_looked_at_without_changing_anything_and_then_taken_over_once() {
    let (model, function) = organisation().await;
    invited(&function, "ada@x.test", &["learner"]).await;
    let before = model.items(stoa_store::engine::Table::People);

    let diff = answer(&function, look_at(FILE)).await;
    assert_eq!(statuses(&diff), ["new", "roles", "invalid", "duplicate"]);
    assert_eq!((&diff["with_access"], &diff["changed"], &diff["asks"]), (&json!(2), &json!(1), &json!(false)));
    assert_eq!(diff["lines"][1]["before"], json!(["learner"]));
    assert_eq!(model.items(stoa_store::engine::Table::People), before, "looking changes nothing");

    let part = &diff["parts"][0];
    assert_eq!(statuses(&answer(&function, apply(part, false)).await), ["done", "done"]);
    assert_eq!(statuses(&answer(&function, apply(part, false)).await), ["already", "already"]);
    let people = function.store.everybody(&tenant()).await.expect("read");
    let nina = people.iter().find(|person| person.email == "new@x.test").expect("invited");
    assert_eq!((nina.name.as_str(), nina.roles.as_slice()), ("Neu; Nina", &["learner".to_owned()][..]));
    let again = answer(&function, look_at(FILE)).await;
    assert_eq!((statuses(&again), &again["parts"]), (vec!["same", "same", "invalid", "duplicate"], &json!([])));
}

#[tokio::test]
async fn only_what_was_looked_at_is_taken_over_and_only_by_whom() {
    let (_, function) = organisation().await;
    let diff = answer(&function, look_at(FILE)).await;
    let mut part = diff["parts"][0].clone();
    part["lines"][0]["roles"] = json!(["admin"]);
    assert_eq!(refusal(&function, apply(&part, true)).await.errors()[0].pointer, "/seal");
    let other = apply(&diff["parts"][0], true).signed_in("demo", "another", "admin");
    assert_eq!(refusal(&function, other).await.errors()[0].pointer, "/seal");
}

#[tokio::test]
async fn what_has_changed_since_it_was_looked_at_stays_as_it_is() {
    let (_, function) = organisation().await;
    let ada = invited(&function, "ada@x.test", &["learner"]).await;
    let diff = answer(&function, look_at("ada@x.test,,author")).await;
    let meanwhile = request("PUT /api/people/{person}/roles").path("person", &ada);
    answer(&function, meanwhile.json(&json!({"roles": ["grader"]}))).await;
    assert_eq!(statuses(&answer(&function, apply(&diff["parts"][0], false)).await), ["changed_since"]);
    let stands = function.store.person(&tenant(), &key(&ada)).await.expect("read").expect("there");
    assert_eq!(stands.roles, ["grader"]);
}

#[tokio::test]
async fn a_file_that_ends_the_access_of_many_is_done_only_if_it_is_meant() {
    let (_, function) = organisation().await;
    let mut text = "email,access\n".to_owned();
    for name in ["a", "b", "c"] {
        invited(&function, &format!("{name}@x.test"), &["learner"]).await;
        text.push_str(&format!("{name}@x.test,ended\n"));
    }
    let diff = answer(&function, look_at(&text)).await;
    assert_eq!((statuses(&diff), &diff["asks"]), (vec!["ends"; 3], &json!(true)));
    let part = &diff["parts"][0];
    assert_eq!(refusal(&function, apply(part, false)).await.kind(), Kind::NotPossible);
    assert!(function.store.revoked(&tenant()).await.expect("read").is_empty());
    assert_eq!(statuses(&answer(&function, apply(part, true)).await), ["done"; 3]);
    assert_eq!(function.store.revoked(&tenant()).await.expect("read").len(), 3);
    assert_eq!(statuses(&answer(&function, apply(part, true)).await), ["already"; 3]);
}

#[tokio::test]
async fn a_large_file_comes_in_parts_and_one_that_is_too_large_not_at_all() {
    let (_, function) = organisation().await;
    let file = |lines: usize| (0..lines).map(|at| format!("p{at}@x.test,Person {at},\n")).collect::<String>();
    let diff = answer(&function, look_at(&file(250))).await;
    let sizes: Vec<Option<usize>> =
        diff["parts"].as_array().expect("parts").iter().map(|part| part["lines"].as_array().map(Vec::len)).collect();
    assert_eq!(sizes, [Some(100), Some(100), Some(50)]);
    assert_eq!(refusal(&function, look_at(&file(5_001))).await.errors()[0].pointer, "/text");
}

#[tokio::test]
async fn the_access_of_a_hundred_ends_with_three_writes_of_the_list_and_none_is_left_out() {
    let (model, function) = organisation().await;
    let mut text = "email,access\n".to_owned();
    for batch in 0..2 {
        let name = |at: usize| format!("p{batch}-{at}@x.test");
        let people: Vec<Value> =
            (0..50).map(|at| json!({"email": name(at), "name": "Somebody", "roles": []})).collect();
        answer(&function, request("POST /api/people").json(&json!({"people": people}))).await;
        (0..50).for_each(|at| text.push_str(&format!("{},ended\n", name(at))));
    }
    let diff = answer(&function, look_at(&text)).await;
    let part = &diff["parts"][0];
    // Somebody else was faster with one of them.
    let first = part["lines"][0]["person"].as_str().expect("a person").to_owned();
    let deactivation = request("POST /api/people/{person}/deactivation").path("person", &first);
    answer(&function, deactivation).await;
    let rev = async || {
        let key = schema::revoked(&tenant());
        let item = model.get(Table::People, &key, true).await.expect("read").expect("a list");
        record::record::<Value>(item).expect("a record")["rev"].as_u64().expect("a number")
    };
    assert_eq!(rev().await, 1);

    let mut expected = vec!["already"];
    expected.extend(vec!["done"; 99]);
    assert_eq!(statuses(&answer(&function, apply(part, true)).await), expected);
    assert_eq!(rev().await, 4, "49, 49 and 2 of them");
    assert_eq!(function.store.revoked(&tenant()).await.expect("read").len(), 100);
    let people = function.store.everybody(&tenant()).await.expect("read");
    assert_eq!(people.iter().filter(|person| person.state == PersonState::Deactivated).count(), 100);
    let log = model.items(Table::Audit);
    assert_eq!(log.iter().filter(|item| record::text(item, "act") == Some("deactivated")).count(), 100);
    assert_eq!(statuses(&answer(&function, apply(part, true)).await), ["already"; 100]);
    assert_eq!(rev().await, 4);
    assert!(model.defects().is_empty(), "{:?}", model.defects());
}
