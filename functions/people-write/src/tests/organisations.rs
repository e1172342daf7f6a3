//! Settings, and what the audit log hears of everything here.

use stoa_service::auditing::AuditLog;
use stoa_store::schema;

use super::*;

fn settings(change: impl FnOnce(&mut Value)) -> HttpEvent {
    let mut body = json!({"name": "Demo", "zone": null, "accent": null, "contact": null});
    change(&mut body);
    request("PUT /api/organisation").json(&body)
}

/// The acts in the log, oldest first, with what they changed.
async fn acts(function: &PeopleWrite<ModelStore>) -> Vec<(String, String)> {
    let end = schema::audit_before(start().as_millisecond() + 1_000_000);
    let mut logged = function.store.before(&tenant(), &end, 500).await.expect("read");
    logged.reverse();
    let told = |change: &stoa_domain::audit::Change| format!("{} {:?}→{:?}", change.field, change.from, change.to);
    let one = |logged: stoa_service::auditing::Logged| {
        let changes: Vec<String> = logged.entry.changes.iter().map(told).collect();
        (logged.entry.act.name().to_owned(), changes.join(", "))
    };
    logged.into_iter().map(one).collect()
}

#[tokio::test]
async fn settings_are_replaced_and_shown() {
    let (_, function) = organisation().await;
    let wanted = json!({
        "name": "Akademie", "zone": "Europe/Berlin", "accent": {"light": "#6b2162", "dark": "#dda6d6"},
        "contact": "hilfe@akademie.example",
    });
    let changed = answer(&function, settings(|body| body.clone_from(&wanted))).await;
    assert_eq!(changed, wanted);
    assert_eq!(answer(&function, request("GET /api/organisation")).await, wanted);
    answer(&function, settings(|body| body.clone_from(&wanted))).await;
    let told = acts(&function).await;
    assert_eq!(told.len(), 2, "made, and changed once: {told:?}");
    assert!(told[1].1.contains("name Some(\"Demo\")→Some(\"Akademie\")") && !told[1].1.contains("hilfe@"), "{told:?}");
}

#[tokio::test]
async fn settings_that_cannot_be_are_pointed_at() {
    let (_, function) = organisation().await;
    for (field, value, pointer) in [
        ("name", json!(""), "/name"),
        ("name", json!("De\u{2066}mo"), "/name"),
        ("zone", json!("Mars/Olympus"), "/zone"),
        ("contact", json!("nobody"), "/contact"),
        ("accent", json!({"light": "#dddddd", "dark": "#dda6d6"}), "/accent/light"),
        ("accent", json!({"light": "#6b2162", "dark": "#333333"}), "/accent/dark"),
        ("logo", json!("x"), "/logo"),
    ] {
        let refused = refusal(&function, settings(|body| body[field] = value.clone())).await;
        assert_eq!(refused.errors()[0].pointer, pointer, "{field} {value}");
    }
    assert_eq!(acts(&function).await.len(), 1, "nothing was changed");
}

#[tokio::test]
async fn each_act_is_in_the_log_once_and_what_changed_nothing_is_not() {
    let (_, function) = organisation().await;
    let ada = invited(&function, "ada@x.test", &["learner"]).await;
    invited(&function, "ada@x.test", &["learner"]).await;
    let roles =
        |roles: Value| request("PUT /api/people/{person}/roles").path("person", &ada).json(&json!({"roles": roles}));
    for event in [
        roles(json!(["author"])),
        roles(json!(["author"])),
        request("POST /api/people/{person}/deactivation").path("person", &ada),
        request("POST /api/people/{person}/deactivation").path("person", &ada),
        request("DELETE /api/people/{person}/deactivation").path("person", &ada),
    ] {
        answer(&function, event).await;
    }
    let told = acts(&function).await;
    let mut names: Vec<&str> = told.iter().map(|(act, _)| act.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["deactivated", "invited", "organisation_made", "reactivated", "roles_changed"]);
    assert!(told.contains(&("roles_changed".to_owned(), "roles Some(\"learner\")→Some(\"author\")".to_owned())));
    let everything = serde_json::to_string(&told).expect("json");
    assert!(!everything.contains("x.test") && !everything.contains("Somebody"), "nothing personal: {everything}");
}
