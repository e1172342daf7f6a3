//! Leaving a cohort, coming back, moving: what follows for the learner, for both cohorts' rows and for the log.

use stoa_domain::cohort::EnrolmentStatus;
use stoa_service::attempts::{self, AttemptError, AttemptRef};
use stoa_service::auditing::AuditLog;
use stoa_service::projecting::project;
use stoa_service::rebuilding::{Advance, Order, Report, advance};

use super::*;

fn cohort(name: &str) -> CohortId {
    CohortId::parse(name).expect("an id")
}

fn summer(body: &Value) -> HttpEvent {
    HttpEvent::new("PUT /api/cohorts/{cohort}", start())
        .path("cohort", "summer")
        .signed_in("demo", "p9", "admin")
        .json(body)
}

fn id() -> String {
    enrolment_id(&cohort("winter"), &key("ada"), 1).to_string()
}

fn withdrawal(method: &str) -> HttpEvent {
    of(&format!("{method} /api/cohorts/{{cohort}}/enrolments/{{enrolment}}/withdrawal"), "winter")
}

fn of(route: &str, name: &str) -> HttpEvent {
    HttpEvent::new(route, start()).path("cohort", name).path("enrolment", &id()).signed_in("demo", "p9", "instructor")
}

fn moving(from: &str, to: &str) -> HttpEvent {
    of("PUT /api/cohorts/{cohort}/enrolments/{enrolment}/cohort", from).json(&json!({"cohort": to}))
}

impl World {
    /// Two cohorts of the course, and ada in the first.
    async fn with_ada(faults: Faults) -> World {
        let world = World::new(faults).await;
        world.answer(put(&world.body())).await;
        world.answer(summer(&world.body())).await;
        world.answer(enrol(&["ada"])).await;
        world
    }

    /// Does what the projector would do.
    async fn project(&self) {
        for (_, found) in self.model.pending() {
            if let Some((tenant, enrolment)) = schema::parse_enrolment_pk(&found.pk) {
                let function = &self.function;
                let told = [found.sk];
                project(&function.store, &function.releases, &tenant, &enrolment, &told, start())
                    .await
                    .expect("projected");
            }
        }
    }

    /// Who is shown in a cohort, and whether they are withdrawn.
    async fn shown(&self, name: &str) -> Vec<(String, bool)> {
        let rows = self.function.store.rows(&tenant(), &cohort(name), None).await.expect("read");
        rows.rows.into_iter().map(|row| (row.person.to_string(), row.state.withdrawn)).collect()
    }

    /// Draws a cohort's rows anew; what was found.
    async fn rebuilt(&self, name: &str) -> Report {
        let (tenant, cohort) = (tenant(), cohort(name));
        let order = Order { tenant: &tenant, cohort: &cohort, owner: "run", repair: false };
        let mut now = start();
        loop {
            let function = &self.function;
            let advance = advance(&function.store, &function.releases, order, || now, |_, _| {}).await;
            match advance.expect("it goes on") {
                Advance::Wait(until) => now = until,
                Advance::Switched(report, _) => return report,
                Advance::Unfit(_) | Advance::Done => panic!("there was something to draw, and it was sound"),
            }
        }
    }

    async fn acts(&self) -> Vec<&'static str> {
        let end = schema::audit_before(start().as_millisecond() + 1);
        let logged = self.function.store.before(&tenant(), &end, 500).await.expect("read");
        logged.into_iter().map(|logged| logged.entry.act.name()).collect()
    }
}

fn count(acts: &[&str], act: &str) -> usize {
    acts.iter().filter(|own| **own == act).count()
}

#[tokio::test]
async fn who_is_withdrawn_is_shown_so_and_who_is_taken_back_is_as_before() {
    let world = World::with_ada(Faults::none()).await;
    world.project().await;
    assert_eq!(world.shown("winter").await, [("ada".to_owned(), false)]);
    assert_eq!(world.answer(withdrawal("POST")).await["status"], "withdrawn");
    assert_eq!(world.answer(withdrawal("POST")).await["status"], "withdrawn");
    world.project().await;
    assert_eq!(world.shown("winter").await, [("ada".to_owned(), true)]);
    assert_eq!(world.answer(enrol(&["ada"])).await["enrolments"][0]["status"], "withdrawn");

    assert_eq!(world.answer(withdrawal("DELETE")).await["status"], "active");
    world.project().await;
    assert_eq!(world.shown("winter").await, [("ada".to_owned(), false)]);
    assert_eq!(world.answer(enrol(&["ada"])).await["enrolments"][0]["status"], "already");
    let acts = world.acts().await;
    assert_eq!((count(&acts, "withdrawn"), count(&acts, "reinstated"), count(&acts, "enrolled")), (1, 1, 1));
}

#[tokio::test]
async fn an_open_attempt_rests_while_its_learner_is_withdrawn() {
    let world = World::with_ada(Faults::none()).await;
    let function = &world.function;
    let at = AttemptRef {
        tenant: tenant(),
        enrolment: enrolment_id(&cohort("winter"), &key("ada"), 1),
        assessment: NodeId::parse("quiz").expect("an id"),
        number: 1,
    };
    let open = async || attempts::open(&function.store, &function.releases, &at, &key("ada"), start()).await;
    open().await.expect("opened");
    world.answer(withdrawal("POST")).await;
    let view = attempts::view(&function.store, &function.releases, &at, &key("ada")).await;
    assert_eq!(view, Err(AttemptError::NotFound));
    assert_eq!(open().await.expect_err("refused"), AttemptError::NotFound);
    let submission = stoa_domain::attempt::Submission::new(
        stoa_domain::id::SubmissionId::parse("s1").expect("an id"),
        stoa_domain::item::Answers::new(),
        start(),
    );
    let submit = async || attempts::submit(&function.store, &at, &key("ada"), &submission).await;
    assert_eq!(submit().await.expect_err("refused"), AttemptError::NotFound);
    world.answer(withdrawal("DELETE")).await;
    let first = submit().await.expect("taken");
    world.answer(withdrawal("POST")).await;
    let again = submit().await.expect("the receipt that stands");
    assert_eq!((again.is_first, again.receipt), (false, first.receipt));
}

#[tokio::test]
async fn who_is_moved_is_in_the_other_cohort_with_everything_and_no_longer_in_the_first() {
    let world = World::with_ada(Faults::none()).await;
    world.project().await;
    let moved = world.answer(moving("winter", "summer")).await;
    assert_eq!((&moved["cohort"], &moved["enrolment"]), (&json!("summer"), &json!(id())));
    assert_eq!(world.answer(moving("winter", "summer")).await, moved, "the answer was lost");
    world.project().await;
    assert_eq!((world.shown("winter").await.len(), world.shown("summer").await.len()), (0, 1));
    for (name, rows) in [("winter", 0), ("summer", 1)] {
        let Report { rows: drawn, changed, strays, differences, .. } = world.rebuilt(name).await;
        assert_eq!((drawn, changed, strays, differences), (rows, vec![], vec![], vec![]), "{name}");
        assert_eq!(world.shown(name).await.len(), rows, "{name}");
    }
    let listed = world.function.store.enrolments_of(&tenant(), &key("ada")).await.expect("read");
    assert_eq!(listed.len(), 1);
    assert_eq!(world.answer(enrol(&["ada"])).await["enrolments"][0]["status"], "moved_away");

    world.answer(moving("summer", "winter")).await;
    world.project().await;
    assert_eq!((world.shown("winter").await.len(), world.shown("summer").await.len()), (1, 0));
    assert_eq!(count(&world.acts().await, "moved"), 2);
}

#[tokio::test]
async fn nobody_is_moved_where_they_cannot_be() {
    let world = World::with_ada(Faults::none()).await;
    assert_eq!(world.refusal(moving("winter", "nowhere")).await.1, ["/cohort"]);
    assert_eq!(world.refusal(moving("summer", "winter")).await.0, Kind::NotFound, "ada is not in summer");
    let scoped = moving("winter", "summer").claim("roles", "instructor@winter");
    assert_eq!(world.refusal(scoped).await.0, Kind::Forbidden, "the other cohort's instructor must agree");
    let there = HttpEvent::new("POST /api/cohorts/{cohort}/enrolments", start())
        .path("cohort", "summer")
        .signed_in("demo", "p9", "admin")
        .json(&json!({"people": ["ada"]}));
    world.answer(there).await;
    assert_eq!(world.refusal(moving("winter", "summer")).await.0, Kind::NotPossible);
    for route in [
        "POST /api/cohorts/{cohort}/enrolments/{enrolment}/withdrawal",
        "DELETE /api/cohorts/{cohort}/enrolments/{enrolment}/withdrawal",
    ] {
        assert_eq!(world.refusal(of(route, "nowhere")).await.0, Kind::NotFound);
        assert_eq!(world.refusal(of(route, "winter").claim("roles", "grader")).await.0, Kind::Forbidden);
        assert_eq!(world.refusal(of(route, "winter").claim("tenant", "other")).await.0, Kind::NotFound);
    }
}

#[tokio::test]
async fn a_list_is_held_against_who_is_there_before_anybody_is_enrolled() {
    let world = World::with_ada(Faults::none()).await;
    people::deactivate(&world.function.store, &tenant(), &key("eve"), &by("end", start())).await.expect("ended");
    let text =
        "Name;E-Mail\r\nAda;A0@x.test\r\nBob;a1@x.test\r\nEve;a2@x.test\r\nNo;nobody@x.test\r\nBob;a1@x.test\r\nX;\r\n";
    let roll = HttpEvent::new("POST /api/cohorts/{cohort}/roll", start())
        .path("cohort", "winter")
        .signed_in("demo", "p9", "instructor@winter")
        .json(&json!({"text": text}));
    let before = world.model.items(Table::Learning);
    let answer = world.answer(roll.clone()).await;
    let lines = answer["lines"].as_array().expect("lines");
    let told: Vec<&str> = lines.iter().filter_map(|line| line["status"].as_str()).collect();
    assert_eq!(told, ["already", "new", "access_ended", "unknown", "duplicate", "no_address"]);
    assert_eq!((&lines[1]["person"], &lines[1]["line"], &lines[4]["first"]), (&json!("bob"), &json!(3), &json!(3)));
    assert_eq!(world.model.items(Table::Learning), before, "looking changes nothing");
    assert_eq!(world.refusal(roll.claim("roles", "grader")).await.0, Kind::Forbidden);
}

/// Instructors withdraw, take back and move the same learner at the same time, on a store that throttles, conflicts and loses
/// answers. In the end one cohort shows the learner, as the enrolment says, and each change is in the log once.
#[tokio::test]
async fn changes_at_the_same_time_end_in_one_cohort_and_the_log_says_how() {
    for seed in 0..200 {
        let mut rng = Rng::new(seed);
        let faults = Faults::seeded(rng.fork(), Rates::default());
        faults.quiet();
        let world = World::with_ada(faults.clone()).await;
        world.project().await;

        faults.change(Rates { crash_before: 0, crash_after: 0, ..Rates::stormy() });
        let mut scheduler = Scheduler::new(rng.fork(), &faults);
        for event in [withdrawal("POST"), moving("winter", "summer"), withdrawal("DELETE"), moving("summer", "winter")]
        {
            let world = &world;
            scheduler.spawn(0, async move { drop(world.ask(event).await) });
        }
        scheduler.run();

        faults.quiet();
        world.model.arrive();
        let enrolment = world.enrolment("ada").await.expect("enrolled");
        world.project().await;
        let is_withdrawn = enrolment.status == EnrolmentStatus::Withdrawn;
        for name in ["winter", "summer"] {
            let wanted = (enrolment.cohort.as_str() == name).then(|| ("ada".to_owned(), is_withdrawn));
            assert_eq!(world.shown(name).await, Vec::from_iter(wanted), "{name}, seed {seed}");
        }
        let acts = world.acts().await;
        let changes = ["withdrawn", "reinstated", "moved"].map(|act| count(&acts, act)).iter().sum::<usize>();
        assert_eq!(u32::try_from(changes).expect("few"), enrolment.rev, "{acts:?}, seed {seed}");
        assert!(world.model.defects().is_empty(), "{:?}, seed {seed}", world.model.defects());
    }
}
