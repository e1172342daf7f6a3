//! Drafts: what is stored, and what is refused.

use stoa_store::engine::Table;

use super::*;

#[tokio::test]
async fn a_draft_is_read_as_it_was_written() {
    let world = World::with_course(Faults::none()).await;
    let draft = world.answer(event("GET /api/courses/{course}")).await;
    assert_eq!(draft["course"], json!({"course": "algebra", "title": "Algebra", "language": "en"}));
    let mut nodes: Vec<&str> =
        draft["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["id"].as_str()).collect();
    nodes.sort_unstable();
    assert_eq!(nodes, ["deepen", "quiz", "read"]);
    assert_eq!(draft["assets"]["cat"], picture());

    let quiz = world.answer(read_node("quiz")).await;
    assert_eq!(quiz["node"]["assessment"], json!({"attempts_max": 2, "time_limit_minutes": null}));
    assert_eq!(quiz["blocks"], json!([{"type": "html", "html": "<p>Ready?</p>"}]));
    assert_eq!(quiz["items"][0]["key"], json!({"correct": ["a"]}));
    assert_eq!(quiz["items"][0]["id"], "q1");

    let mut renamed = super::quiz();
    renamed["title"] = json!("Another");
    renamed["blocks"] = json!([]);
    let replaced = world.answer(put_node("quiz", &renamed)).await;
    assert_eq!((replaced["node"]["title"].as_str(), &replaced["blocks"]), (Some("Another"), &json!([])));
    assert_eq!(replaced["items"], quiz["items"], "items stay");
}

#[tokio::test]
async fn html_is_made_safe_before_it_is_stored() {
    let world = World::with_course(Faults::none()).await;
    let hostile = "<p onclick=\"x()\">safe<script>alert(1)</script><img src=x onerror=alert(1)></p>";
    let written = world.answer(put_node("read", &lesson(hostile))).await;
    assert_eq!(written["blocks"][0]["html"], "<p>safe</p>");
    assert_eq!(world.answer(read_node("read")).await["blocks"], written["blocks"]);

    let mut body = item(hostile);
    body["choices"][0]["html"] = json!("<b onmouseover=x()>yes</b>");
    let written = world.answer(put_item("quiz", "q1", &body)).await;
    assert_eq!(written["prompt_html"], "<p>safe</p>");
    assert_eq!(written["choices"][0]["html"], "<b>yes</b>");
    let everything: String = world.model.items(Table::Content).iter().map(|item| format!("{item:?}")).collect();
    assert!(!everything.contains("onclick") && !everything.contains("onmouseover") && !everything.contains("alert"));
}

#[tokio::test]
async fn every_limit_of_a_learning_object_points_at_its_field() {
    let world = World::with_course(Faults::none()).await;
    let deep = (0..20).fold(json!({"type": "node_viewed"}), |rule, _| json!({"type": "all_of", "conditions": [rule]}));
    for (field, value, pointer) in [
        ("title", json!(""), "/title"),
        ("title", json!("x".repeat(301)), "/title"),
        ("title", json!("two\nlines"), "/title"),
        ("title", json!("paid \u{202e}ton"), "/title"),
        ("parent", json!("read"), "/parent"),
        ("parent", json!("no id!"), "/parent"),
        ("minutes", json!(0), "/minutes"),
        ("minutes", json!(-1), "/minutes"),
        ("kind", json!("chapter"), "/kind"),
        ("position", json!("first"), "/position"),
        ("completion", deep, "/completion"),
        ("access", json!({"type": "node_viewed", "label": "x".repeat(301)}), "/access"),
        ("access", json!({"type": "node_viewed", "label": "\u{2067}x"}), "/access"),
        ("assessment", json!({"attempts_max": 1, "time_limit_minutes": null}), "/assessment"),
        ("blocks", json!(vec![json!({"type": "html", "html": ""}); 201]), "/blocks"),
        (
            "blocks",
            json!([{"type": "html", "html": ""}, {"type": "html", "html": "x".repeat(256 * 1024 + 1)}]),
            "/blocks/1/html",
        ),
        ("blocks", json!([{"type": "html", "html": "<div>".repeat(20_000)}]), "/blocks/0/html"),
        ("blocks", json!(vec![json!({"type": "html", "html": "x".repeat(120 * 1024)}); 3]), "/blocks"),
        ("blocks", json!([{"type": "link", "url": "javascript:alert(1)", "title": "x"}]), "/blocks/0/url"),
        ("blocks", json!([{"type": "link", "url": "https://e.org/ x", "title": "x"}]), "/blocks/0/url"),
        ("blocks", json!([{"type": "link", "url": "https://e.org", "title": ""}]), "/blocks/0/title"),
        ("blocks", json!([{"type": "link", "url": "https://e.org", "title": "x\u{2069}"}]), "/blocks/0/title"),
        ("blocks", json!([{"type": "image", "asset": "cat", "alt": "x".repeat(2_001)}]), "/blocks/0/alt"),
        ("blocks", json!([{"type": "image", "asset": "cat", "alt": "\u{feff}"}]), "/blocks/0/alt"),
        ("extra", json!(1), "/extra"),
    ] {
        let mut body = lesson("");
        body[field] = value;
        assert_eq!(
            world.refusal(put_node("read", &body)).await,
            (Kind::InvalidBody, vec![pointer.to_owned()]),
            "{field}"
        );
    }
    let large = put_node("read", &lesson(&"x".repeat(513 * 1024)));
    assert_eq!(world.refusal(large).await.0, Kind::BodyTooLarge);
    let mut attempts = quiz();
    attempts["assessment"] = json!({"attempts_max": 0, "time_limit_minutes": 0});
    let refused = world.refusal(put_node("quiz", &attempts)).await.1;
    assert_eq!(refused, ["/assessment/attempts_max", "/assessment/time_limit_minutes"]);
}

#[tokio::test]
async fn every_limit_of_a_course_an_item_and_a_file_points_at_its_field() {
    let world = World::with_course(Faults::none()).await;
    for (title, language, pointer) in [
        ("", "en", "/title"),
        ("A\u{202a}", "en", "/title"),
        ("A", "", "/language"),
        ("A", "e", "/language"),
        ("A", "en_US", "/language"),
        ("A", "12", "/language"),
    ] {
        let event = event("PUT /api/courses/{course}").json(&json!({"title": title, "language": language}));
        assert_eq!(world.refusal(event).await.1, [pointer], "{title:?} {language:?}");
    }
    for (field, value, pointer) in [
        ("prompt_html", json!("x".repeat(256 * 1024 + 1)), "/prompt_html"),
        ("points_max", json!(1_000_001), "/points_max"),
        ("points_max", json!(-1), "/points_max"),
        ("choices", json!(vec![json!({"id": "a", "html": ""}); 101]), "/choices"),
        ("choices", json!([{"id": "no id!", "html": ""}]), "/choices/0/id"),
        ("choices", json!([{"id": "a", "html": "<b>".repeat(10_000)}]), "/choices/0/html"),
        ("kind", json!("numeric"), "/choices"),
        ("original_type", json!("x".repeat(101)), "/original_type"),
        ("key", json!({"ranges": vec![json!({"min": "1", "max": "2"}); 101]}), "/key/ranges"),
        ("key", json!({"ranges": [{"min": "1".repeat(41), "max": "2"}]}), "/key/ranges/0/min"),
    ] {
        let mut body = item("");
        body[field] = value;
        assert_eq!(world.refusal(put_item("quiz", "q1", &body)).await.1, [pointer], "{field}");
    }
    for (field, value, pointer) in [
        ("name", json!(""), "/name"),
        ("name", json!("../etc/passwd"), "/name"),
        ("name", json!("invoice\u{202e}gnp.exe"), "/name"),
        ("name", json!("x".repeat(256)), "/name"),
        ("content_type", json!("application/x-msdownload"), "/content_type"),
        ("content_type", json!("image/png; charset=x"), "/content_type"),
        ("size", json!(0), "/size"),
        ("size", json!(100 * 1024 * 1024 + 1), "/size"),
        ("sha256", json!(SHA256.to_uppercase()), "/sha256"),
        ("sha256", json!("../../x"), "/sha256"),
    ] {
        let mut body = picture();
        body[field] = value;
        assert_eq!(world.refusal(put_asset("cat", &body)).await.1, [pointer], "{field}");
    }
}

#[tokio::test]
async fn items_belong_to_assessments() {
    let world = World::with_course(Faults::none()).await;
    assert_eq!(world.refusal(put_item("read", "q1", &item(""))).await.0, Kind::NotPossible);
    assert_eq!(world.refusal(put_item("nothing", "q1", &item(""))).await.0, Kind::NotFound);
}

#[tokio::test]
async fn a_learning_object_goes_with_all_it_has_unless_something_stands_under_it() {
    let world = World::with_course(Faults::none()).await;
    let mut below = lesson("");
    below["parent"] = json!("quiz");
    world.answer(put_node("below", &below)).await;
    assert_eq!(world.refusal(delete_node("quiz")).await.0, Kind::NotPossible);

    assert_eq!(world.reply(delete_node("below")).await.0, 204);
    assert_eq!(world.reply(delete_node("quiz")).await.0, 204);
    assert_eq!(world.reply(delete_node("quiz")).await.0, 204, "again, since the first answer may have been lost");
    assert_eq!(world.refusal(read_node("quiz")).await.0, Kind::NotFound);
    world.answer(put_node("quiz", &quiz())).await;
    assert_eq!(world.answer(read_node("quiz")).await["items"], json!([]), "nothing comes back with it");
}

#[tokio::test]
async fn a_file_is_uploaded_once_and_only_as_it_was_declared() {
    let world = World::new(Faults::none());
    world.answer(put_course("Algebra")).await;
    let place = world.answer(put_asset("cat", &picture())).await;
    let url = place["upload"]["url"].as_str().expect("an address");
    assert!(url.starts_with(&format!("https://uploads.test/t/demo/a/{SHA256}?")), "{url}");
    let headers = &place["upload"]["headers"];
    assert_eq!(headers["content-length"], "3");
    assert_eq!(headers["x-amz-checksum-sha256"], "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");

    world.upload();
    assert_eq!(world.answer(put_asset("cat", &picture())).await, json!({"upload": null}));
    let mut larger = picture();
    larger["size"] = json!(4);
    assert!(world.answer(put_asset("other", &larger)).await["upload"].is_object());
}
