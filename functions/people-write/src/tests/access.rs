//! Roles, and when access ends.

use stoa_service::people::PeopleStore;
use stoa_store::engine::Table;
use stoa_testkit::{Rates, Rng, Scheduler, Step};

use super::*;

async fn mark(function: &PeopleWrite<ModelStore>, person: &str) -> String {
    let waiting = function.store.waiting(&tenant(), &key(person)).await.expect("read").expect("there");
    waiting.mark.expect("a mark")
}

fn deactivation(person: &str) -> HttpEvent {
    request("POST /api/people/{person}/deactivation").path("person", person)
}

fn reactivation(person: &str) -> HttpEvent {
    request("DELETE /api/people/{person}/deactivation").path("person", person)
}

#[tokio::test]
async fn roles_are_replaced_and_nobody_is_made_by_it() {
    let (model, function) = organisation().await;
    let ada = invited(&function, "ada@x.test", &["learner"]).await;
    let roles = |person: &str, roles: Value| {
        request("PUT /api/people/{person}/roles").path("person", person).json(&json!({"roles": roles}))
    };
    let changed = answer(&function, roles(&ada, json!(["author", "grader@c1"]))).await;
    assert_eq!(changed["roles"], json!(["author", "grader@c1"]));
    assert_eq!(changed["email"], "ada@x.test");

    assert_eq!(refusal(&function, roles("nobody", json!([]))).await.kind(), Kind::NotFound);
    assert_eq!(refusal(&function, roles(&ada, json!(["boss"]))).await.errors()[0].pointer, "/roles/0");
    let many: Vec<String> = (0..31).map(|n| format!("learner@c{n}")).collect();
    assert_eq!(refusal(&function, roles(&ada, json!(many))).await.errors()[0].pointer, "/roles");
    assert_eq!(model.pending().len(), 1, "roles need no provisioning");
}

#[tokio::test]
async fn an_administrator_cannot_lock_themselves_out() {
    let (_, function) = organisation().await;
    assert_eq!(refusal(&function, deactivation("admin")).await.kind(), Kind::NotPossible);
    for roles in [json!([]), json!(["author"]), json!(["admin@c1"])] {
        let event = request("PUT /api/people/{person}/roles").path("person", "admin").json(&json!({"roles": roles}));
        assert_eq!(refusal(&function, event).await.kind(), Kind::NotPossible);
    }
    let event = request("PUT /api/people/{person}/roles").path("person", "admin");
    let kept = answer(&function, event.json(&json!({"roles": ["author", "admin"]}))).await;
    assert_eq!(kept["roles"], json!(["author", "admin"]));
}

#[tokio::test]
async fn access_ends_with_one_write_of_person_and_list_and_comes_back_the_same_way() {
    let (_, function) = organisation().await;
    let ada = invited(&function, "ada@x.test", &["learner"]).await;
    let invited_mark = mark(&function, &ada).await;

    assert_eq!(answer(&function, deactivation(&ada)).await["state"], "deactivated");
    let ended_mark = mark(&function, &ada).await;
    assert_ne!(ended_mark, invited_mark, "provisioning hears of it");
    let revoked = function.store.revoked(&tenant()).await.expect("read");
    assert_eq!(revoked.into_iter().collect::<Vec<_>>(), [(key(&ada), start())]);

    answer(&function, deactivation(&ada)).await;
    assert_eq!(mark(&function, &ada).await, ended_mark, "ending it again changes nothing");

    assert_eq!(answer(&function, reactivation(&ada)).await["state"], "invited");
    assert_ne!(mark(&function, &ada).await, ended_mark);
    assert!(function.store.revoked(&tenant()).await.expect("read").is_empty());
    assert_eq!(refusal(&function, deactivation("nobody")).await.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_deactivated_administrator_is_refused() {
    let (_, function) = organisation().await;
    let bob = invited(&function, "bob@x.test", &["admin"]).await;
    let of_bob = |at: Timestamp| HttpEvent::new("GET /api/people", at).signed_in("demo", &bob, "admin");
    answer(&function, of_bob(start())).await;
    answer(&function, deactivation(&bob)).await;
    // The list is read anew after 30 s.
    let later = start() + SignedDuration::from_secs(31);
    assert_eq!(refusal(&function, of_bob(later)).await.kind(), Kind::AccessEnded);
}

#[tokio::test]
async fn the_list_of_ended_access_forgets_whom_no_token_can_name_any_more() {
    let (_, function) = organisation().await;
    let mut people = Vec::new();
    for name in ["a", "b", "c"] {
        people.push(invited(&function, &format!("{name}@x.test"), &[]).await);
    }
    for (person, after) in people.iter().zip([0, 0, 2]) {
        let event = HttpEvent::new("POST /api/people/{person}/deactivation", start() + hours(after));
        answer(&function, event.path("person", person).signed_in("demo", "admin", "admin")).await;
    }
    let revoked = function.store.revoked(&tenant()).await.expect("read");
    assert_eq!(revoked.into_keys().collect::<Vec<_>>(), [key(&people[2])]);
}

/// Administrators at the same time, on a store that throttles, conflicts and loses answers. Whatever they were told, in the
/// end each person and the list say the same.
#[tokio::test]
async fn changes_at_the_same_time_lose_nobody() {
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let faults = Faults::seeded(rng.fork(), Rates::default());
        let (model, function) = founded(faults.clone()).await;
        let mut people = Vec::new();
        for number in 0..4 {
            people.push(invited(&function, &format!("a{number}@x.test"), &[]).await);
        }

        faults.change(Rates { crash_before: 0, crash_after: 0, ..Rates::stormy() });
        let mut scheduler = Scheduler::new(rng.fork(), &faults);
        for person in &people {
            for event in [deactivation(person), reactivation(person), deactivation(person)] {
                let function = &function;
                scheduler.spawn(person, async move { ask(function, event).await.is_ok() });
            }
        }
        let answered = scheduler.run().iter().filter(|step| matches!(step, Step::Finished(_, true))).count();
        assert!(answered > 0, "seed {seed}");

        faults.quiet();
        model.arrive();
        let revoked = function.store.revoked(&tenant()).await.expect("read");
        for person in &people {
            let waiting = function.store.waiting(&tenant(), &key(person)).await.expect("read").expect("there");
            let has_ended = waiting.person.state == PersonState::Deactivated;
            assert_eq!(has_ended, revoked.contains_key(&key(person)), "{person}, seed {seed}");
            assert!(waiting.mark.is_some(), "{person}, seed {seed}");
        }
        assert!(model.defects().is_empty(), "{:?}, seed {seed}", model.defects());
    }
}

/// Somebody active with these roles; their key.
async fn another(function: &PeopleWrite<ModelStore>, name: &str, roles: &[&str]) -> String {
    let person = invited(function, &format!("{name}@x.test"), roles).await;
    let mark = mark(function, &person).await;
    function.store.activate(&tenant(), &key(&person), &format!("subject-of-{name}"), &mark).await.expect("written");
    person
}

fn roles_of(person: &str, roles: &[&str]) -> HttpEvent {
    request("PUT /api/people/{person}/roles").path("person", person).json(&json!({"roles": roles}))
}

#[tokio::test]
async fn whoever_is_demoted_gets_nothing_back_by_the_token_of_before() {
    let (model, function) = organisation().await;
    let bob = another(&function, "bob", &["admin"]).await;
    let ada = another(&function, "ada", &["learner"]).await;
    let diff = request("POST /api/people/diff").json(&json!({"text": "new@x.test,New,"}));
    let diff = answer(&function, diff.signed_in("demo", &bob, "admin")).await;
    answer(&function, roles_of(&bob, &["learner"])).await;
    let before = model.items(Table::People);

    let part = json!({"lines": diff["parts"][0]["lines"], "seal": diff["parts"][0]["seal"], "confirmed": true});
    for event in [
        roles_of(&bob, &["admin"]),
        roles_of(&ada, &["admin"]),
        deactivation(&ada),
        invitation(&[("eve@x.test", "Eve", &["admin"])]),
        request("POST /api/people/changes").json(&part),
    ] {
        let problem = refusal(&function, event.signed_in("demo", &bob, "admin")).await;
        assert_eq!((problem.kind(), problem.kind().status()), (Kind::Forbidden, 403));
    }
    assert_eq!(model.items(Table::People), before);
}

#[tokio::test]
async fn whoever_is_deactivated_lets_neither_themselves_nor_others_in_again() {
    let (model, function) = organisation().await;
    let bob = another(&function, "bob", &["admin"]).await;
    let ada = another(&function, "ada", &["learner"]).await;
    // An instance that has read the list of ended access just before.
    answer(&function, request("GET /api/people").signed_in("demo", &bob, "admin")).await;
    answer(&function, deactivation(&bob)).await;
    answer(&function, deactivation(&ada)).await;
    let before = model.items(Table::People);

    let of_bob = |event: HttpEvent| event.signed_in("demo", &bob, "admin");
    assert_eq!(refusal(&function, of_bob(reactivation(&bob))).await.kind(), Kind::NotPossible);
    assert_eq!(refusal(&function, of_bob(reactivation(&ada))).await.kind(), Kind::Forbidden);
    assert_eq!(refusal(&function, of_bob(roles_of(&bob, &["admin", "author"]))).await.kind(), Kind::Forbidden);
    assert_eq!(model.items(Table::People), before);
}

/// Two administrators end one another, by access or by role, at the same time and on a store that loses answers. One of them
/// stays one.
#[tokio::test]
async fn of_two_administrators_who_end_one_another_one_stays() {
    let mut succeeded = 0;
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let faults = Faults::seeded(rng.fork(), Rates::default());
        faults.quiet();
        let (model, function) = founded(faults.clone()).await;
        let bob = another(&function, "bob", &["admin"]).await;

        if rng.below(2) == 0 {
            faults.change(Rates { crash_before: 0, crash_after: 0, ..Rates::stormy() });
        }
        let mut scheduler = Scheduler::new(rng.fork(), &faults);
        for (by, whom) in [("admin", bob.as_str()), (bob.as_str(), "admin")] {
            let event = if rng.below(2) == 0 { deactivation(whom) } else { roles_of(whom, &["learner"]) };
            let (function, event) = (&function, event.signed_in("demo", by, "admin"));
            scheduler.spawn(by, async move { ask(function, event).await.is_ok() });
        }
        let done = scheduler.run().iter().filter(|step| matches!(step, Step::Finished(_, true))).count();
        assert!(done <= 1, "seed {seed}");
        succeeded += done;

        faults.quiet();
        model.arrive();
        let people = function.store.everybody(&tenant()).await.expect("read");
        let stays = people.iter().filter(|person| person.is_administrator()).count();
        assert!(stays >= 1 && (done == 0 || stays == 1), "seed {seed}: {stays}");
        assert!(model.defects().is_empty(), "{:?}, seed {seed}", model.defects());
    }
    assert!(succeeded > 200, "{succeeded}");
}
