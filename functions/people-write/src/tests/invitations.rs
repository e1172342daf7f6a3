//! Inviting people, and listing them.

use stoa_store::engine::Table;
use stoa_store::schema;

use super::*;

#[tokio::test]
async fn an_invitation_makes_a_person_who_waits_for_an_account() {
    let (model, function) = organisation().await;
    let answered = answer(&function, invitation(&[(" Ada@X.test ", " Ada ", &["author@k1", "author@k1"])])).await;
    let person = answered["people"][0]["person"].as_str().expect("a key");
    assert_eq!(answered["people"][0], json!({"email": " Ada@X.test ", "person": person, "status": "invited"}));

    let waiting = function.store.waiting(&tenant(), &key(person)).await.expect("read").expect("there");
    assert!(waiting.mark.is_some());
    let Person { email, name, roles, state, .. } = waiting.person;
    assert_eq!((email.as_str(), name.as_str(), state), ("ada@x.test", "Ada", PersonState::Invited));
    assert_eq!(roles, ["author@k1"]);
    assert!(model.pending().contains(&(Table::People, schema::person(&tenant(), &key(person)))));
}

#[tokio::test]
async fn an_address_is_one_person_however_often_and_however_it_is_written() {
    let (model, function) = organisation().await;
    let first = invited(&function, "ada@x.test", &["learner"]).await;
    let again = answer(&function, invitation(&[("ADA@x.test", "Other", &["admin"]), ("bob@x.test", "Bob", &[])])).await;
    assert_eq!(again["people"][0], json!({"email": "ADA@x.test", "person": first, "status": "existing"}));
    assert_eq!(again["people"][1]["status"], "invited");
    let listed = answer(&function, request("GET /api/people")).await;
    let ada = listed["people"].as_array().expect("people").iter().find(|person| person["person"] == first.as_str());
    assert_eq!(ada.expect("listed")["roles"], json!(["learner"]), "an invitation changes nobody who is there");
    assert_eq!(model.pending().len(), 2);
}

#[tokio::test]
async fn what_is_wrong_is_pointed_at_and_nobody_is_invited() {
    let (model, function) = organisation().await;
    let event = invitation(&[
        ("ada@x.test", "Ada", &["king"]),
        ("nobody", "", &[]),
        ("ADA@x.test", "Ada", &[]),
        ("eve@x.test", "E\u{202e}ve", &[]),
    ]);
    let problem = refusal(&function, event).await;
    let pointers: Vec<&str> = problem.errors().iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(problem.kind(), Kind::InvalidBody);
    let expected = ["/people/0/roles/0", "/people/1/email", "/people/1/name", "/people/2/email", "/people/3/name"];
    assert_eq!(pointers, expected);

    let many: Vec<Value> =
        (0..101).map(|n| json!({"email": format!("a{n}@x.test"), "name": "A", "roles": []})).collect();
    let problem = refusal(&function, request("POST /api/people").json(&json!({"people": many}))).await;
    assert_eq!(problem.errors()[0].pointer, "/people");
    assert!(model.pending().is_empty());
}

#[tokio::test]
async fn a_list_is_read_page_by_page_with_cursors_that_open_for_nobody_else() {
    let (_, function) = organisation().await;
    for batch in 0..3 {
        let people: Vec<Value> = (0..70)
            .map(|n| json!({"email": format!("a{batch}-{n}@x.test"), "name": format!("A {n}"), "roles": []}))
            .collect();
        answer(&function, request("POST /api/people").json(&json!({"people": people}))).await;
    }
    let (mut seen, mut next, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let event = request("GET /api/people");
        let event = match &next {
            Some(cursor) => event.raw_query(&format!("cursor={cursor}")),
            None => event,
        };
        let page = answer(&function, event).await;
        seen.extend(page["people"].as_array().expect("people").iter().map(|person| person["person"].to_string()));
        pages += 1;
        match page["next"].as_str() {
            Some(cursor) => next = Some(cursor.to_owned()),
            None => break,
        }
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), count, pages), (211, 211, 3));

    let cursor = format!("cursor={}", next.expect("there were pages"));
    let other = HttpEvent::new("GET /api/people", start()).signed_in("demo", "p0001", "admin").raw_query(&cursor);
    assert_eq!(refusal(&function, other).await.kind(), Kind::CursorInvalid);
}

fn again(person: &str, seconds: i64) -> HttpEvent {
    let at = start() + SignedDuration::from_secs(seconds);
    let event = HttpEvent::new("POST /api/people/{person}/invitation", at).path("person", person);
    event.signed_in("demo", "admin", "admin")
}

#[tokio::test]
async fn somebody_is_invited_again_once_in_ten_minutes_and_it_is_written_down() {
    let (model, function) = organisation().await;
    let ada = invited(&function, "ada@x.test", &["learner"]).await;
    let before = model.items(Table::Audit).len();
    assert_eq!(answer(&function, again(&ada, 1)).await["state"], "invited");
    let waiting = function.store.waiting(&tenant(), &key(&ada)).await.expect("read").expect("there");
    assert!(waiting.is_again && waiting.mark.is_some());
    for seconds in [2, 600] {
        assert_eq!(refusal(&function, again(&ada, seconds)).await.kind(), Kind::NotPossible);
    }
    answer(&function, again(&ada, 601)).await;
    assert_eq!(model.items(Table::Audit).len(), before + 2);
    assert_eq!(refusal(&function, again("admin", 1)).await.kind(), Kind::NotPossible, "they have signed in");

    assert_eq!(refusal(&function, again("nobody", 1)).await.kind(), Kind::NotFound);
    let end = request("POST /api/people/{person}/deactivation").path("person", &ada);
    answer(&function, end).await;
    assert_eq!(refusal(&function, again(&ada, 2_000)).await.kind(), Kind::NotPossible);
}
