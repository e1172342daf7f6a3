//! Publishing: what a Release is made of, and that it is whole.

use std::collections::BTreeSet;

use stoa_domain::content::Outline;
use stoa_domain::id::{CourseId, NodeId, TenantId};
use stoa_domain::item::DraftItem;
use stoa_service::drafting::DraftStore;
use stoa_service::publishing::Register;
use stoa_testkit::{Rates, Rng, Scheduler, Step};

use super::*;

fn releases() -> HttpEvent {
    event("GET /api/courses/{course}/releases")
}

/// The outline of a Release as it is stored.
fn outline(world: &World, release: &str) -> Outline {
    let object =
        world.objects.object(Bucket::Content, &format!("t/demo/r/{release}/outline.json")).expect("an outline");
    serde_json::from_slice(&object.bytes).expect("an outline")
}

/// Everything a Release must have, by key.
fn parts(outline: &Outline) -> BTreeSet<String> {
    let release = &outline.release;
    let mut parts = BTreeSet::from([format!("t/demo/r/{release}/outline.json")]);
    for node in &outline.nodes {
        let id = &node.id;
        if node.has_blocks {
            let open = format!("t/demo/r/{release}/n/{id}.json");
            parts.insert(if node.gated { format!("gated/demo/{release}/{id}.json") } else { open });
        }
        if node.assessment.is_some() {
            parts.extend([format!("items/demo/{release}/{id}.json"), format!("keys/demo/{release}/{id}.json")]);
        }
    }
    parts
}

#[tokio::test]
async fn a_release_is_made_once_for_the_same_content_and_its_parts_have_their_own_readers() {
    let world = World::with_course(Faults::none()).await;
    let (status, first) = world.reply(publish()).await;
    let release = first["release"].as_str().expect("a Release").to_owned();
    assert_eq!((status, &first), (201, &json!({"release": release, "number": 1, "nodes": 3, "items": 1})));
    assert_eq!(world.reply(publish()).await, (200, first.clone()));

    let outline = outline(&world, &release);
    let stored: BTreeSet<String> = world.objects.keys(Bucket::Content).into_iter().collect();
    assert_eq!(stored, parts(&outline));
    for key in &stored {
        let object = world.objects.object(Bucket::Content, key).expect("it is there");
        let text = String::from_utf8(object.bytes).expect("JSON");
        assert_eq!(text.contains("correct"), key.starts_with("keys/"), "{key}");
        assert_eq!(text.contains("deeper"), key.starts_with("gated/"), "{key}");
        assert_eq!(text.contains("Is it?"), key.starts_with("items/"), "{key}");
    }

    world.answer(put_node("read", &lesson("<p>changed</p>"))).await;
    let (status, second) = world.reply(publish()).await;
    assert_eq!((status, &second["number"]), (201, &json!(2)));
    assert_ne!(second["release"], first["release"]);
    let listed = world.answer(releases().claim("roles", "instructor")).await;
    let numbers: Vec<i64> =
        listed["releases"].as_array().expect("lines").iter().filter_map(|line| line["number"].as_i64()).collect();
    assert_eq!(numbers, [2, 1]);
    assert_eq!(listed["releases"][1]["published_at"], "2026-01-15T12:00:00Z");
}

#[tokio::test]
async fn a_mended_key_is_another_release() {
    let world = World::with_course(Faults::none()).await;
    let first = world.reply(publish()).await.1;
    let mut mended = item("<p>Is it?</p>");
    mended["key"] = json!({"correct": ["b"]});
    world.answer(put_item("quiz", "q1", &mended)).await;
    assert_ne!(world.reply(publish()).await.1["release"], first["release"]);
}

#[tokio::test]
async fn everything_that_must_be_mended_is_said_at_once_and_nothing_is_written() {
    let world = World::with_course(Faults::none()).await;
    let mut broken = lesson("<p><img src=\"asset:dog\" alt=\"\"></p>");
    broken["parent"] = json!("nowhere");
    world.answer(put_node("lost", &broken)).await;
    let mut gated = lesson("");
    gated["access"] = json!({"type": "node_viewed", "node": "gone"});
    gated["blocks"] = json!([{"type": "file", "asset": "mouse", "title": "M"}]);
    world.answer(put_node("deepen", &gated)).await;
    let mut keyless = item("");
    keyless["key"] = json!(null);
    world.answer(put_item("quiz", "q1", &keyless)).await;
    let mut unsent = picture();
    unsent["sha256"] = json!("0".repeat(64));
    world.answer(put_asset("cat", &unsent)).await;

    let (kind, mut pointers) = world.refusal(publish()).await;
    pointers.sort();
    assert_eq!(kind, Kind::CannotPublish);
    assert_eq!(
        pointers,
        [
            "/assets/cat",
            "/nodes/deepen/access",
            "/nodes/deepen/blocks/0",
            "/nodes/lost/blocks/0",
            "/nodes/lost/parent",
            "/nodes/quiz/items/q1"
        ]
    );
    assert!(world.objects.keys(Bucket::Content).is_empty());
    assert_eq!(world.answer(releases()).await, json!({"releases": []}));
}

#[tokio::test]
async fn a_file_that_nothing_refers_to_is_neither_published_nor_missed() {
    let world = World::with_course(Faults::none()).await;
    let mut unsent = picture();
    unsent["sha256"] = json!("0".repeat(64));
    world.answer(put_asset("unused", &unsent)).await;
    let published = world.reply(publish()).await.1;
    let release = published["release"].as_str().expect("a Release");
    assert_eq!(files(&world, &format!("t/demo/r/{release}/n/read.json"), "/assets"), ["cat"]);
    for key in world.objects.keys(Bucket::Content) {
        let bytes = world.objects.object(Bucket::Content, &key).expect("it is there").bytes;
        assert!(!String::from_utf8_lossy(&bytes).contains("unused"), "{key}");
    }
}

#[tokio::test]
async fn the_files_of_questions_are_a_part_of_their_own() {
    let world = World::with_course(Faults::none()).await;
    world.answer(put_item("quiz", "pictured", &item("Which? <img src=\"asset:cat\" alt=\"A cat\">"))).await;
    let published = world.reply(publish()).await.1;
    let release = published["release"].as_str().expect("a Release");
    assert_eq!(files(&world, &format!("assets/demo/{release}/quiz.json"), ""), ["cat"]);
}

/// The files that a part of a Release names.
fn files(world: &World, key: &str, pointer: &str) -> Vec<String> {
    let part = world.objects.object(Bucket::Content, key).expect("the part is there");
    let part: Value = serde_json::from_slice(&part.bytes).expect("JSON");
    let assets = part.pointer(pointer).and_then(Value::as_object).expect("files");
    assets.keys().cloned().collect()
}

#[tokio::test]
async fn an_assessment_is_no_larger_than_an_answer_can_be() {
    let world = World::with_course(Faults::none()).await;
    for number in 0..17 {
        world.answer(put_item("quiz", &format!("large{number}"), &item(&"x".repeat(250 * 1024)))).await;
    }
    assert_eq!(world.refusal(publish()).await, (Kind::CannotPublish, vec!["/nodes/quiz/items".to_owned()]));
}

#[tokio::test]
async fn what_belongs_to_no_learning_object_is_not_published() {
    let world = World::with_course(Faults::none()).await;
    let first = world.reply(publish()).await.1;
    // An item that was written while its assessment was being deleted.
    let (tenant, course) = (TenantId::parse("demo").expect("an id"), CourseId::parse("algebra").expect("an id"));
    let lost: DraftItem = serde_json::from_value(json!({
        "position": 0, "id": "q9", "kind": "free_text", "prompt_html": "<img src=\"asset:gone\" alt=\"\">",
        "points_max": 1, "choices": [], "key": null,
    }))
    .expect("an item");
    world
        .function
        .store
        .put_item(&tenant, &course, &NodeId::parse("gone").expect("an id"), &lost)
        .await
        .expect("written");
    assert_eq!(world.reply(publish()).await, (200, first));
}

#[tokio::test]
async fn an_empty_course_and_one_that_is_not_there_cannot_be_published() {
    let world = World::new(Faults::none());
    assert_eq!(world.refusal(publish()).await.0, Kind::NotFound);
    world.answer(put_course("Empty")).await;
    assert_eq!(world.refusal(publish()).await, (Kind::CannotPublish, vec!["/nodes".to_owned()]));
}

/// Three authors publish, and one of them changes the course in between, while processes end anywhere and answers are
/// lost. Whatever a line of the register names is there in full, and no two lines have one number.
#[tokio::test]
async fn what_the_register_names_is_there_in_full_wherever_a_publication_ended() {
    let mut made = BTreeSet::new();
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let faults = Faults::seeded(rng.fork(), Rates::default());
        let world = World::with_course(faults.clone()).await;
        faults.change(Rates::stormy());
        let mut scheduler = Scheduler::new(rng.fork(), &faults);
        for author in 0..3 {
            let world = &world;
            scheduler.spawn(author, async move {
                if author == 0 && world.ask(put_node("read", &lesson("<p>changed</p>"))).await.is_err() {
                    return false;
                }
                world.ask(publish()).await.is_ok()
            });
        }
        let answered = scheduler.run().iter().filter(|step| matches!(step, Step::Finished(_, true))).count();

        faults.quiet();
        world.model.arrive();
        let (tenant, course) = (TenantId::parse("demo").expect("an id"), CourseId::parse("algebra").expect("an id"));
        let lines = world.function.store.releases(&tenant, &course).await.expect("read");
        let stored: BTreeSet<String> = world.objects.keys(Bucket::Content).into_iter().collect();
        for line in &lines {
            let outline = outline(&world, line.release.as_str());
            assert!(parts(&outline).is_subset(&stored), "seed {seed}");
        }
        let numbers: Vec<u32> = lines.iter().map(|line| line.number).rev().collect();
        assert_eq!(numbers, (1..=lines.len() as u32).collect::<Vec<_>>(), "seed {seed}");
        let neighbours = lines.windows(2).all(|pair| pair[0].release != pair[1].release);
        assert!(neighbours, "one content has one line, seed {seed}");
        assert!(answered == 0 || !lines.is_empty(), "seed {seed}");
        assert!(world.model.defects().is_empty(), "{:?}, seed {seed}", world.model.defects());
        made.insert(lines.len());

        let (status, last) = world.reply(publish()).await;
        assert!(status == 200 || status == 201, "seed {seed}");
        assert!(parts(&outline(&world, last["release"].as_str().expect("a Release"))).len() > 1);
    }
    assert!(made.len() > 1, "{made:?}");
}
