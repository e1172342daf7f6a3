//! What the templates must declare, as the code has it. The templates' own tests read the document.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stoa_api::routes::ROUTES;
use stoa_store::schema::WORK_INDEX;

/// Every function and what it reads from its environment.
const FUNCTIONS: &[(&str, &[&str])] = &[
    ("attempt-close", attempt_close::ENV),
    ("attempt-write", attempt_write::ENV),
    ("content-read", content_read::ENV),
    ("content-write", content_write::ENV),
    ("cohort-write", cohort_write::ENV),
    ("event-relay", event_relay::ENV),
    ("fact-write", fact_write::ENV),
    ("notification-plan", notification_plan::ENV),
    ("notification-read", notification_read::ENV),
    ("notification-send", notification_send::ENV),
    ("notification-write", notification_write::ENV),
    ("people-provision", people_provision::ENV),
    ("people-write", people_write::ENV),
    ("person-erase", person_erase::ENV),
    ("person-export", person_export::ENV),
    ("privacy-write", privacy_write::ENV),
    ("progress-project", progress_project::ENV),
    ("progress-read", progress_read::ENV),
    ("submission-grade", submission_grade::ENV),
    ("token-claims", token_claims::ENV),
    ("work-sweep", work_sweep::ENV),
];

fn contract() -> Value {
    let routes: Vec<Value> = ROUTES
        .iter()
        .map(|route| json!({"method": route.method, "path": route.path, "function": route.function}))
        .collect();
    let functions: serde_json::Map<String, Value> = FUNCTIONS
        .iter()
        .map(|(name, env)| ((*name).to_owned(), json!({"env": env.iter().collect::<BTreeSet<_>>()})))
        .collect();
    let index = json!({WORK_INDEX: ["work_pk", "work_sk"]});
    json!({
        "routes": routes,
        "functions": functions,
        "tables": {
            "content": {"key": ["pk", "sk"]},
            "learning": {"key": ["pk", "sk"], "indexes": index, "stream": true, "ttl": "expires_at"},
            "people": {"key": ["pk", "sk"], "indexes": index, "stream": true},
        }
    })
}

#[test]
fn the_templates_contract_is_the_one_the_code_gives() {
    crate::golden("infra/contract.json", &format!("{:#}\n", contract()));
}

#[test]
fn every_function_of_the_house_is_in_the_contract() {
    let folder = std::fs::read_dir(crate::root().join("functions")).expect("functions");
    let folders: BTreeSet<String> =
        folder.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    let listed: BTreeSet<String> = FUNCTIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders, listed);
}

#[test]
fn every_route_is_answered_by_a_function_that_there_is() {
    for route in ROUTES {
        assert!(FUNCTIONS.iter().any(|(name, _)| *name == route.function), "{}", route.key());
    }
}
