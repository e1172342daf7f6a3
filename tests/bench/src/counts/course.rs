//! The course of the flows: 18 lessons, one of them behind a gate, and two assessments of ten items.

use serde_json::{Value, json};

/// How many lessons there are.
pub const LESSONS: usize = 18;
/// The lesson behind a gate, which the first lesson opens.
pub const GATED: &str = "lesson-17";
/// The assessments; the second is due soon.
pub const ASSESSMENTS: [&str; 2] = ["quiz", "exam"];
/// How many items each has.
pub const ITEMS: usize = 10;

/// The learning objects by their ids.
pub fn nodes() -> Vec<(String, Value)> {
    let object = |position: usize, kind: &str, access: Value, assessment: Value| {
        json!({
            "parent": null, "position": position, "kind": kind, "title": format!("Part {position}"), "required": true,
            "completion": null, "access": access, "minutes": 5, "assessment": assessment,
            "blocks": [{"type": "html", "html": format!("<p>{}</p>", "Read this. ".repeat(50))}],
        })
    };
    let lessons = (0..LESSONS).map(|at| {
        let id = format!("lesson-{at}");
        let gate = if id == GATED { json!({"type": "node_viewed", "node": "lesson-0"}) } else { Value::Null };
        (id, object(at, "lesson", gate, Value::Null))
    });
    let settings = json!({"attempts_max": null, "time_limit_minutes": null});
    let assessments = ASSESSMENTS
        .iter()
        .enumerate()
        .map(|(at, id)| ((*id).to_owned(), object(LESSONS + at, "assessment", Value::Null, settings.clone())));
    lessons.chain(assessments).collect()
}

/// The items of an assessment by their ids: nine choices and a text.
pub fn items() -> Vec<(String, Value)> {
    let item = |position: usize, kind: &str, choices: Value, key: Value| {
        json!({
            "position": position, "kind": kind, "prompt_html": format!("<p>Question {position}?</p>"), "points_max": 100,
            "choices": choices, "key": key, "original_type": null,
        })
    };
    let choices = || json!([{"id": "a", "html": "yes"}, {"id": "b", "html": "no"}]);
    let choice = |at| (format!("item-{at}"), item(at, "single_choice", choices(), json!({"correct": ["a"]})));
    (0..ITEMS - 1).map(choice).chain([("item-9".to_owned(), item(9, "free_text", json!([]), Value::Null))]).collect()
}

/// Answers to all items that are about so many bytes as JSON.
pub fn answers(bytes: usize) -> Value {
    let mut answers = serde_json::Map::new();
    for at in 0..ITEMS - 1 {
        answers.insert(format!("item-{at}"), json!({"type": "choice", "choices": ["a"]}));
    }
    answers.insert("item-9".to_owned(), json!({"type": "text", "text": ""}));
    let empty = Value::Object(answers.clone()).to_string().len();
    let text = "x".repeat(bytes.saturating_sub(empty));
    answers.insert("item-9".to_owned(), json!({"type": "text", "text": text}));
    Value::Object(answers)
}
