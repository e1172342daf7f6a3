//! `docs/data-model.md` knows every key, every object and every condition of the store.

use stoa_domain::id::{CohortId, CourseId, EnrolmentId, NodeId, NotificationId, PersonKey, ReleaseId, TenantId};
use stoa_store::{conditions, schema};

/// The document, with the brackets of its placeholders left out: `T#<tenant>#COHORTS` reads `T#tenant#COHORTS`.
fn document() -> String {
    let text = std::fs::read_to_string(crate::root().join("docs/data-model.md")).expect("the document is there");
    text.replace(['<', '>'], "")
}

macro_rules! placeholder {
    ($id:ty, $name:literal) => {
        <$id>::parse($name).expect("a word is an id")
    };
}

#[test]
fn the_data_model_knows_every_key_and_every_object() {
    let tenant = placeholder!(TenantId, "tenant");
    let enrolment = placeholder!(EnrolmentId, "enrolment");
    let assessment = placeholder!(NodeId, "assessment");
    let node = placeholder!(NodeId, "node");
    let release = placeholder!(ReleaseId, "release");
    let course = placeholder!(CourseId, "course");
    let known = [
        schema::enrolment_pk(&tenant, &enrolment),
        schema::attempt(&tenant, &enrolment, &assessment, 1).sk,
        schema::grades_prefix(&assessment, 1),
        schema::cohorts_pk(&tenant),
        schema::rows_pk(&tenant, &placeholder!(CohortId, "cohort"), 0),
        schema::generations(&tenant, &placeholder!(CohortId, "cohort")).sk,
        format!("{}#G#", schema::rows_pk(&tenant, &placeholder!(CohortId, "cohort"), 0)),
        schema::enrolments_of_pk(&tenant, &placeholder!(PersonKey, "person")),
        schema::inbox_pk(&tenant, &placeholder!(PersonKey, "person")),
        schema::message(&tenant, &placeholder!(PersonKey, "person"), &placeholder!(NotificationId, "notification")).sk,
        schema::unread(&tenant, &placeholder!(PersonKey, "person")).sk,
        schema::preferences(&tenant, &placeholder!(PersonKey, "person")).sk,
        schema::NEWS.to_owned(),
        schema::AGENDA.to_owned(),
        schema::courses_pk(&tenant),
        schema::course_pk(&tenant, &course),
        schema::draft_node(&tenant, &course, &node).sk,
        schema::draft_blocks(&tenant, &course, &node).sk,
        schema::draft_items_prefix(&node),
        schema::release(&tenant, &course, 1).sk,
        schema::people_pk(&tenant),
        schema::person(&tenant, &placeholder!(PersonKey, "person")).sk,
        schema::revoked(&tenant).pk,
        schema::audit_pk(&tenant),
        schema::AT.to_owned(),
        schema::PLACE.to_owned(),
        schema::tenant(&tenant).pk,
        schema::sign_in("issuer", "subject").pk,
        schema::objects::outline(&tenant, &release),
        schema::objects::open_node(&tenant, &release, &node),
        schema::objects::gated_node(&tenant, &release, &node),
        schema::objects::items(&tenant, &release, &assessment),
        schema::objects::item_assets(&tenant, &release, &assessment),
        schema::objects::keys(&tenant, &release, &assessment),
        schema::objects::upload(&tenant, "sha256"),
        schema::FACT.to_owned(),
        schema::EVENT.to_owned(),
        schema::BODY.to_owned(),
        schema::PROGRESS.to_owned(),
        schema::ROW.to_owned(),
        schema::ASSET.to_owned(),
        schema::PENDING.to_owned(),
    ];
    let document = document();
    let missing: Vec<&String> = known.iter().filter(|key| !document.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "docs/data-model.md does not know {missing:?}");
}

#[test]
fn the_data_model_knows_every_condition() {
    let document = document();
    let names = conditions::ALL.iter().map(|condition| condition.name);
    let missing: Vec<&str> = names.filter(|name| !document.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/data-model.md does not know {missing:?}");
}
