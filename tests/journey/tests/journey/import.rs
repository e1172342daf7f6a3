//! A real package of others becomes a course that can be taken.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::stack::Stack;

/// A package of others, which is beside the checkout or nowhere.
fn package(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/common-cartridge").join(name);
    if !path.exists() {
        println!("skipped: there is no {name} beside this checkout");
        return None;
    }
    Some(path.to_string_lossy().into_owned())
}

fn import(stack: &Stack, file: &str, course: &str) -> Value {
    let output = stack.stoa(&["import", file, "--course", course, "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a report")
}

#[tokio::test]
async fn a_canvas_course_is_imported_published_and_readable() {
    let Some(file) = package("allyworkshop.imscc") else { return };
    let stack = Stack::running();
    let course = format!("ally-{}", uuid::Uuid::now_v7().simple());
    let report = import(&stack, &file, &course);
    assert!(report.to_string().contains("imported"), "{report}");

    let admin = stack.sign_in("admin").await.access;
    let published = stack.send("POST", &format!("/api/courses/{course}/releases"), &admin, json!({})).await;
    assert!(published.status.is_success(), "{}", published.text);
    let release = published.json()["release"].as_str().expect("a release").to_owned();
    let cohort =
        json!({"name": "Ally", "course": course, "release": release, "zone": "America/Chicago", "deadlines": {}});
    stack.send("PUT", &format!("/api/cohorts/{course}"), &admin, cohort).await.expect(200);
    let learner = stack.sign_in("learner").await.access;
    let enrolment = stack.enrol_me(&course, &learner).await;
    let outline = stack.get(&format!("/t/demo/r/{release}/outline.json"), &learner).await.expect(200);
    let nodes = outline["nodes"].as_array().expect("nodes");
    assert!(nodes.len() >= 20, "{} learning objects", nodes.len());
    let mut shown = None;
    for node in nodes.iter().filter(|node| node["has_blocks"] == true) {
        let id = node["id"].as_str().expect("an id");
        let content = stack.get(&format!("/t/demo/r/{release}/n/{id}.json"), &learner).await;
        content.expect(200);
        assert!(!content.text.contains("IMS-CC-FILEBASE"), "{id} has a reference that leads nowhere");
        let assets = content.json()["assets"].as_object().expect("assets").clone();
        shown = shown.or_else(|| assets.into_iter().next().map(|(name, asset)| (id.to_owned(), name, asset)));
    }

    let (node, id, asset) = shown.expect("a file");
    let urls = format!("/api/enrolments/{enrolment}/nodes/{node}/assets?ids={id}");
    let urls = stack.get(&urls, &learner).await.expect(200);
    let url = urls["urls"][&id].as_str().expect("an address");
    assert!(url.starts_with(&stack.content), "{url} is not on the second origin");
    let bytes = reqwest::get(url).await.expect("an answer");
    assert_eq!(bytes.status().as_u16(), 200);
    assert_eq!(bytes.headers()["x-content-type-options"], "nosniff");
    assert_eq!(bytes.bytes().await.expect("bytes").len() as u64, asset["size"].as_u64().expect("a size"));
}

#[tokio::test]
async fn every_type_of_question_is_imported_or_awaits_a_person() {
    let Some(file) = package("all-question-types.imscc") else { return };
    let stack = Stack::running();
    let course = format!("types-{}", uuid::Uuid::now_v7().simple());
    import(&stack, &file, &course);
    let admin = stack.sign_in("admin").await.access;
    let draft = stack.get(&format!("/api/courses/{course}"), &admin).await.expect(200);
    let nodes = draft["nodes"].as_array().expect("nodes").clone();
    let quiz = nodes.iter().find(|node| node["kind"] == "assessment").expect("an assessment");
    let id = quiz["id"].as_str().expect("an id");
    let items = stack.get(&format!("/api/courses/{course}/nodes/{id}"), &admin).await.expect(200)["items"].clone();
    let items = items.as_array().expect("items");
    let kinds: Vec<&str> = items.iter().filter_map(|item| item["kind"].as_str()).collect();
    for kind in ["single_choice", "multiple_choice", "true_false", "numeric", "free_text"] {
        assert!(kinds.contains(&kind), "{kind} is missing of {kinds:?}");
    }
    stack.send("POST", &format!("/api/courses/{course}/releases"), &admin, json!({})).await.expect(201);
}

#[tokio::test]
async fn a_package_that_is_none_is_refused_in_plain_words() {
    let stack = Stack::running();
    let file = std::env::temp_dir().join(format!("stoa-{}.imscc", uuid::Uuid::now_v7().simple()));
    std::fs::write(&file, b"this is no zip").expect("a file");
    let output = stack.stoa(&["import", &file.to_string_lossy(), "--course", "no-zip"]);
    std::fs::remove_file(&file).expect("the file goes");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).to_lowercase();
    assert!(said.contains("zip") && !said.contains("panicked"), "{said}");
    let admin = stack.sign_in("admin").await.access;
    stack.get("/api/courses/no-zip", &admin).await.expect(404);
}
