//! What an archive holds, read back out of its bytes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use futures::FutureExt;
use stoa_domain::id::ReleaseId;
use stoa_domain::person::PersonState;
use stoa_domain::tree::Tree;

use super::*;

/// One person with one enrolment.
struct Tables {
    export: RefCell<Export>,
    held: Vec<Held>,
    bytes: usize,
}

fn key(name: &str) -> PersonKey {
    PersonKey::parse(name).expect("an id")
}

fn tenant() -> TenantId {
    TenantId::parse("demo").expect("an id")
}

fn held(sk: &str, attributes: Value) -> Held {
    Held { sk: sk.to_owned(), attributes }
}

fn tables(held: Vec<Held>, bytes: usize) -> Tables {
    Tables { export: RefCell::new(Export::asked(key("p1"), Timestamp::UNIX_EPOCH)), held, bytes }
}

impl ExportSource for Tables {
    async fn waiting(&self, _: &TenantId, _: &PersonKey) -> Result<Option<Waiting>, StoreError> {
        let export = self.export.borrow().clone();
        let mark = (export.phase == Phase::Preparing).then(|| "mark".to_owned());
        Ok(Some(Waiting { export, mark }))
    }

    async fn who(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        Ok(Some(Person {
            tenant: tenant.clone(),
            person: person.clone(),
            email: "ada@x.test".to_owned(),
            name: "Ada".to_owned(),
            roles: vec![],
            state: PersonState::Active,
            subject: None,
        }))
    }

    async fn enrolments(&self, _: &TenantId, _: &PersonKey) -> Result<Vec<(EnrolmentId, CohortId)>, StoreError> {
        Ok(vec![(EnrolmentId::parse("e1").expect("an id"), CohortId::parse("c1").expect("an id"))])
    }

    async fn cohort(&self, _: &TenantId, _: &CohortId) -> Result<Option<Cohort>, StoreError> {
        Ok(None)
    }

    async fn held(&self, _: &TenantId, _: &EnrolmentId, bytes_max: usize) -> Result<Option<Vec<Held>>, StoreError> {
        Ok((self.bytes <= bytes_max).then(|| self.held.clone()))
    }

    async fn inbox(&self, _: &TenantId, _: &PersonKey, _: usize) -> Result<Option<Vec<Held>>, StoreError> {
        Ok(Some(vec![held("MESSAGE#1", json!({"notice": "you were told"}))]))
    }

    async fn claim_export(
        &self,
        _: &TenantId,
        _: &PersonKey,
        begun: &Export,
        mark: &str,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        assert_eq!(mark, "mark");
        *self.export.borrow_mut() = begun.clone();
        Ok(true)
    }

    async fn done(&self, _: &TenantId, _: &PersonKey, export: &Export, mark: &str) -> Result<(), StoreError> {
        assert_eq!(mark, "mark");
        *self.export.borrow_mut() = export.clone();
        Ok(())
    }
}

/// No Release is there: its titles are a courtesy.
struct NoReleases;

impl Outlines for NoReleases {
    async fn tree(&self, _: &TenantId, _: &ReleaseId) -> Result<Option<Arc<Tree>>, StoreError> {
        Ok(None)
    }
}

#[derive(Default)]
struct Kept(RefCell<Vec<Vec<u8>>>);

impl Shelf for Kept {
    async fn put(&self, _: &TenantId, _: &PersonKey, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.0.borrow_mut().push(bytes);
        Ok(())
    }
}

fn run(tables: &Tables, kept: &Kept) {
    run_at(1_000, tables, kept).expect("done");
}

fn run_at(second: i64, tables: &Tables, shelf: &impl Shelf) -> Result<Exported, StoreError> {
    let now = Timestamp::from_second(second).expect("a time");
    export(tables, shelf, &NoReleases, &tenant(), &key("p1"), now).now_or_never().expect("nothing waits")
}

fn files(bytes: Vec<u8>) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let count = zip.len();
    let read = |at: usize| {
        let (mut file, mut text) = (zip.by_index(at).expect("a file"), String::new());
        file.read_to_string(&mut text).expect("text");
        (file.name().expect("a name").into_owned(), text)
    };
    (0..count).map(read).collect()
}

#[test]
fn an_archive_holds_every_item_of_an_enrolment_whatever_its_kind() {
    let tables = tables(
        vec![
            held("ATTEMPT#quiz#0001", json!({"answers": {"essay": {"type": "text", "value": "CANARY"}}})),
            held("ENROLMENT", json!({"release": "r1"})),
            held("SOMETHING#new", json!({"is": "held too"})),
        ],
        0,
    );
    let kept = Kept::default();
    run(&tables, &kept);

    let files = files(kept.0.borrow()[0].clone());
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "README.txt",
            "enrolments/e1/attempts.json",
            "enrolments/e1/course.json",
            "enrolments/e1/enrolment.json",
            "enrolments/e1/other.json",
            "notifications.json",
            "person.json"
        ]
    );
    assert!(files["person.json"].contains("ada@x.test"));
    assert!(files["README.txt"].contains("Not in it:\n\nThe audit log."), "what is left out is named");
    assert!(files["enrolments/e1/attempts.json"].contains("CANARY"));
    assert!(files["enrolments/e1/other.json"].contains("held too"));
    let export = tables.export.borrow().clone();
    let size = kept.0.borrow()[0].len() as u64;
    assert_eq!((export.phase, export.ready_at, export.bytes), (Phase::Ready, Some(1_000_000), Some(size)));
}

#[test]
fn a_grade_that_is_not_posted_is_in_no_file() {
    let unposted = json!({"grade": {"points": 777}, "posted": false});
    let event = json!({"fact": {"type": "graded", "grade": {"points": 777, "posted": false}}, "recorded_at": 1});
    let tables = tables(vec![held("EVENT#1", event), held("GRADE#quiz#0001#000001", unposted)], 0);
    let kept = Kept::default();
    run(&tables, &kept);
    let files = files(kept.0.borrow()[0].clone());
    assert!(files.values().all(|text| !text.contains("777")), "{files:?}");
    assert!(!files.contains_key("enrolments/e1/grades.json") && !files.contains_key("enrolments/e1/log.json"));
}

#[test]
fn what_is_too_much_for_an_archive_is_said_and_not_tried_for_ever() {
    let (tables, kept) = (tables(vec![], BYTES_MAX), Kept::default());
    run(&tables, &kept);
    assert_eq!((tables.export.borrow().phase, kept.0.borrow().len()), (Phase::TooLarge, 0));
}

#[test]
fn a_bell_that_rings_twice_makes_one_archive() {
    let (tables, kept) = (tables(vec![], 0), Kept::default());
    run(&tables, &kept);
    run(&tables, &kept);
    assert_eq!(kept.0.borrow().len(), 1);
}

/// Where nothing can be put: as far as the request can know, the process ends in the middle.
struct Full;

impl Shelf for Full {
    async fn put(&self, _: &TenantId, _: &PersonKey, _: Vec<u8>) -> Result<(), StoreError> {
        Err(StoreError::Throttled)
    }
}

#[test]
fn an_archive_that_is_never_finished_fails_after_five_tries_and_can_be_asked_for_again() {
    let tables = tables(vec![], 0);
    for second in (0..5).map(|number| 1_000 + 121 * number) {
        assert_eq!(run_at(second, &tables, &Full), Err(StoreError::Throttled));
        assert_eq!(run_at(second + 1, &tables, &Full), Ok(Exported::Done), "whoever began is left alone");
    }
    assert_eq!(run_at(2_000, &tables, &Full), Ok(Exported::GivenUp));
    let failed = tables.export.borrow().clone();
    assert_eq!((failed.phase, failed.tries), (Phase::Failed, 5));
    assert!(!failed.answers(Timestamp::UNIX_EPOCH));

    let kept = Kept::default();
    *tables.export.borrow_mut() = Export::asked(key("p1"), Timestamp::UNIX_EPOCH);
    assert_eq!(run_at(3_000, &tables, &kept), Ok(Exported::Done));
    assert_eq!((tables.export.borrow().phase, kept.0.borrow().len()), (Phase::Ready, 1));
}
