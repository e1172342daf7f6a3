//! Content-read over models: who reads what of a Release.

use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use stoa_domain::attempt::{Attempt, AttemptState};
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::content::{Asset, Block, DraftNode, NodeKind};
use stoa_domain::fact::Fact;
use stoa_domain::id::NodeId;
use stoa_domain::progress::{Progress, row, sequence};
use stoa_domain::release::{Draft, freeze};
use stoa_http::{Gate, Response};
use stoa_service::attempts::AttemptStore;
use stoa_service::cohorts::CohortStore;
use stoa_service::projecting::{Commit, ProgressLog};
use stoa_service::publishing::{Part, Parts};
use stoa_service::releases::Outlines;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelObjects, ModelStore};

use super::*;

const OPEN: &str = "read";
const GATED: &str = "deepen";
const QUIZ: &str = "quiz";

struct World {
    function: ContentRead<ModelStore, ModelObjects>,
    enrolment: Enrolment,
}

fn start() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn id<T: TryFrom<String, Error: std::fmt::Debug>>(text: &str) -> T {
    T::try_from(text.to_owned()).expect("an id")
}

fn node(name: &str, access: Value) -> DraftNode {
    DraftNode {
        id: id(name),
        parent: None,
        position: 0,
        kind: NodeKind::Lesson,
        title: name.to_owned(),
        required: true,
        completion: None,
        access: serde_json::from_value(access).expect("a rule"),
        minutes: None,
        assessment: None,
    }
}

fn asset(name: &str, content_type: &str) -> Asset {
    Asset { name: name.to_owned(), content_type: content_type.to_owned(), size: 3, sha256: "ab".repeat(32) }
}

fn edge_key() -> EdgeKey {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).expect("a key");
    EdgeKey::new("K1", &STANDARD.encode(made.as_ref())).expect("a key")
}

/// A lesson, one that opens once the first is viewed, one with nothing to read, and a quiz that opens like the second. Each
/// shows files.
fn draft() -> Draft {
    let html = |text: &str| Block::Html { html: format!("<p>{text}</p>") };
    let file = |asset: &str| Block::File { asset: id(asset), title: "A file".to_owned() };
    let item = json!({"position": 0, "id": "i1", "kind": "free_text", "points_max": 100, "choices": [], "key": null,
        "prompt_html": "<p>Why? <img src=\"asset:figure\" alt=\"\"></p>"});
    let quiz = DraftNode { kind: NodeKind::Assessment, ..node(QUIZ, json!({"type": "node_viewed", "node": OPEN})) };
    Draft {
        title: "Algebra".to_owned(),
        language: "en".to_owned(),
        nodes: vec![
            node(OPEN, json!(null)),
            node(GATED, json!({"type": "node_viewed", "node": OPEN})),
            node("blank", json!(null)),
            quiz,
        ],
        blocks: BTreeMap::from([
            (id(OPEN), vec![html("for all"), file("a1"), file("a2"), file("film")]),
            (id(GATED), vec![html("for those who have read"), file("drawing")]),
            (id(QUIZ), vec![file("rules")]),
        ]),
        items: BTreeMap::from([(id(QUIZ), vec![serde_json::from_value(item).expect("an item")])]),
        assets: [
            ("drawing", asset("drawing.png", "image/png")),
            ("rules", asset("rules.pdf", "application/pdf")),
            ("figure", asset("figure.png", "image/png")),
            ("a1", asset("é.png", "image/png")),
            ("a2", asset("page.html", "text/html")),
            ("film", asset("film.webm", "video/webm")),
        ]
        .map(|(name, file)| (id(name), file))
        .into(),
    }
}

impl World {
    async fn new() -> World {
        let function = ContentRead {
            gate: Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]),
            store: Store::new(ModelStore::new(Faults::none())),
            releases: Releases::new(ModelObjects::new(Faults::none())),
            edge: Edge {
                key: edge_key(),
                web_origin: "https://stoa.test".to_owned(),
                content_origin: "https://content.test".to_owned(),
            },
        };
        let frozen = freeze(&id("algebra"), &draft()).expect("it can be published");
        let (tenant, release) = (id("demo"), frozen.outline.release.clone());
        for content in &frozen.contents {
            let is_open = content.node.as_str() == OPEN;
            let part = if is_open { Part::Open(content) } else { Part::Gated(content) };
            function.releases.write(&tenant, &release, part).await.expect("written");
        }
        for (assessment, assets) in &frozen.item_assets {
            let part = Part::ItemAssets(assessment, assets);
            function.releases.write(&tenant, &release, part).await.expect("written");
        }
        function.releases.write(&tenant, &release, Part::Outline(&frozen.outline)).await.expect("written");
        let enrolment = Enrolment {
            enrolment: id("e1"),
            person: id("ada"),
            cohort: id("winter"),
            release,
            cycle_no: 1,
            status: EnrolmentStatus::Active,
            enrolled_at: start().as_millisecond(),
            rev: 0,
            left: vec![],
        };
        let entry = stoa_testkit::audit::entry("enrol", start());
        function.store.enrol(&tenant, &enrolment, &entry, start()).await.expect("written");
        World { function, enrolment }
    }

    async fn ask(&self, event: HttpEvent) -> Response {
        stoa_http::answer(event.request(), async |call| handle(&self.function, call).await).await
    }

    async fn read(&self, event: HttpEvent) -> Value {
        let response = self.ask(event).await;
        assert_eq!(response.status_code, 200);
        serde_json::from_str(&response.body.expect("a body")).expect("JSON")
    }

    /// The kind of problem.
    async fn refusal(&self, event: HttpEvent) -> String {
        let response = self.ask(event).await;
        let problem: Value = serde_json::from_str(&response.body.expect("a body")).expect("JSON");
        let kind = problem["type"].as_str().and_then(|name| name.rsplit('/').next());
        kind.unwrap_or_else(|| panic!("{} is no refusal", response.status_code)).to_owned()
    }

    fn assets(&self, node: &str, ids: &str) -> HttpEvent {
        let event = HttpEvent::new("GET /api/enrolments/{enrolment}/nodes/{node}/assets", start());
        event.path("enrolment", "e1").path("node", node).raw_query(&format!("ids={ids}")).signed_in("demo", "ada", "")
    }

    /// Opens an attempt at the quiz, whatever its gate says.
    async fn attempt(&self) {
        let attempt = Attempt {
            enrolment: self.enrolment.enrolment.clone(),
            assessment: id(QUIZ),
            number: 1,
            person: self.enrolment.person.clone(),
            release: self.enrolment.release.clone(),
            state: AttemptState::Open,
            closed_reason: None,
            rev: 0,
            opened_at: start().as_millisecond(),
            closes_at: i64::MAX,
            accept_until: i64::MAX,
            saved_at: None,
            answers: Default::default(),
            digest: None,
            submission_id: None,
            received_at: None,
            suspended: false,
        };
        self.function.store.insert(&id("demo"), &attempt).await.expect("written");
    }

    /// Brings the progress of the enrolment up to one fact, as the projector does.
    async fn project(&self, fact: Fact) {
        let tenant = id("demo");
        let tree = self.function.releases.tree(&tenant, &self.enrolment.release).await.expect("read").expect("there");
        let (progress, events) = sequence(&Progress::default(), [&fact], start()).expect("it changes something");
        let commit = Commit {
            enrolment: &self.enrolment,
            after: 0,
            events,
            row: row(&tree, &progress, start()),
            redrawn_at: None,
            progress,
            generations: vec![0],
            news: Default::default(),
            left: vec![],
        };
        self.function.store.commit(&tenant, &commit, &[], start()).await.expect("written");
    }
}

fn lesson(node: &str) -> HttpEvent {
    let event = HttpEvent::new("GET /api/enrolments/{enrolment}/nodes/{node}", start());
    event.path("enrolment", "e1").path("node", node).signed_in("demo", "ada", "")
}

#[tokio::test]
async fn a_session_opens_the_edge_for_the_releases_of_the_callers_tenant_and_no_other() {
    let world = World::new().await;
    for (tenant, person) in [("demo", "ada"), ("other", "bob")] {
        let event = HttpEvent::new("POST /api/session", start()).signed_in(tenant, person, "");
        let response = world.ask(event).await;
        assert_eq!(response.status_code, 200);
        assert_eq!(response.body.as_deref(), Some(r#"{"expires_at":"2026-01-15T12:00:25Z"}"#));
        assert_eq!(response.cookies.len(), 4);
        let policy = response.cookies[0].strip_prefix("CloudFront-Policy=").expect("the policy");
        let (policy, attributes) = policy.split_once("; ").expect("attributes");
        assert!(attributes.starts_with(&format!("Path=/t/{tenant}/; Max-Age=25;")), "{attributes}");
        let policy = STANDARD.decode(policy.replace('-', "+").replace('_', "=").replace('~', "/")).expect("base 64");
        let policy: Value = serde_json::from_slice(&policy).expect("JSON");
        assert_eq!(policy["Statement"][0]["Resource"], format!("https://stoa.test/t/{tenant}/*"));
    }
}

#[tokio::test]
async fn another_tenant_reads_nothing_even_with_the_right_name() {
    let world = World::new().await;
    assert_eq!(world.refusal(world.assets(OPEN, "a1").claim("tenant", "other")).await, "not-found");
    assert_eq!(world.refusal(lesson(OPEN).claim("tenant", "other")).await, "not-found");
}

#[tokio::test]
async fn a_gate_opens_for_the_learner_who_has_passed_it() {
    let world = World::new().await;
    assert_eq!(world.read(lesson(OPEN)).await["blocks"][0]["html"], "<p>for all</p>");
    assert_eq!(world.refusal(lesson(GATED)).await, "node-locked");
    world.project(Fact::Viewed { node: NodeId::parse(OPEN).expect("an id"), at: start() }).await;
    assert_eq!(world.read(lesson(GATED)).await["blocks"][0]["html"], "<p>for those who have read</p>");
}

#[tokio::test]
async fn an_enrolment_is_read_by_its_learner_alone() {
    let world = World::new().await;
    for roles in ["", "instructor@winter", "admin"] {
        let other = lesson(OPEN).claim("person", "bob").claim("roles", roles);
        assert_eq!(world.refusal(other).await, "not-found", "{roles}");
        let files = world.assets(OPEN, "a1").claim("person", "bob").claim("roles", roles);
        assert_eq!(world.refusal(files).await, "not-found", "{roles}");
    }
    assert_eq!(world.refusal(lesson("nothing")).await, "not-found");
    assert_eq!(world.read(lesson("blank")).await, json!({"node": "blank", "blocks": [], "assets": {}}));
}

#[tokio::test]
async fn files_are_addressed_on_their_own_origin_and_only_those_that_the_lesson_shows() {
    let world = World::new().await;
    let urls = world.read(world.assets(OPEN, "a1,a2,a3,film,drawing,figure")).await;
    let urls = urls["urls"].as_object().expect("addresses");
    assert_eq!(urls.len(), 3);
    let picture = urls["a1"].as_str().expect("an address");
    assert!(picture.starts_with("https://content.test/t/demo/a/abab"), "{picture}");
    assert!(picture.contains("type=image%2Fpng") && picture.contains("disposition=inline"), "{picture}");
    assert!(picture.contains("&Expires=1768478425&Signature=") && picture.contains("&Key-Pair-Id=K1&"), "{picture}");
    // What plays for minutes is asked for in pieces.
    assert!(urls["film"].as_str().expect("an address").contains("&Expires=1768478700&Signature="));
    let page = urls["a2"].as_str().expect("an address");
    assert!(page.contains("type=application%2Foctet-stream") && page.contains("disposition=attachment"), "{page}");

    let many: Vec<String> = (0..101).map(|number| format!("a{number}")).collect();
    assert_eq!(world.refusal(world.assets(OPEN, &many.join(","))).await, "invalid-query");
    assert_eq!(world.refusal(world.assets(OPEN, "a%23")).await, "invalid-query");
}

#[tokio::test]
async fn files_behind_a_gate_open_with_it_and_those_of_questions_with_an_attempt() {
    let world = World::new().await;
    let shown = async |node: &str| {
        let urls = world.read(world.assets(node, "a1,drawing,rules,figure")).await["urls"].clone();
        urls.as_object().expect("addresses").keys().cloned().collect::<Vec<_>>()
    };
    for locked in [GATED, QUIZ] {
        assert_eq!(world.refusal(world.assets(locked, "drawing,rules,figure")).await, "node-locked");
    }
    world.project(Fact::Viewed { node: NodeId::parse(OPEN).expect("an id"), at: start() }).await;
    assert_eq!((shown(GATED).await, shown(QUIZ).await), (vec!["drawing".to_owned()], vec!["rules".to_owned()]));

    world.attempt().await;
    assert_eq!(shown(QUIZ).await, ["figure", "rules"]);
    assert_eq!(shown(GATED).await, ["drawing"]);
    assert_eq!(shown("blank").await, Vec::<String>::new());
}

#[tokio::test]
async fn the_files_of_questions_stay_with_whoever_was_asked_when_the_gate_closes_again() {
    let world = World::new().await;
    world.attempt().await;
    let urls = world.read(world.assets(QUIZ, "rules,figure")).await;
    assert_eq!(urls["urls"].as_object().expect("addresses").keys().collect::<Vec<_>>(), ["figure"]);
}
