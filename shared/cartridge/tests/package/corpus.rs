//! Packages that nobody here wrote. They lie beside the repository, not in it.

use super::whole;
use std::path::PathBuf;
use stoa_cartridge::{Cartridge, Counts, ItemKind, Key, NodeKind, Outcome, Package, Range, RowKind};

#[expect(clippy::disallowed_macros, reason = "whoever runs the tests hears why one did nothing")]
fn corpus() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/common-cartridge");
    if !folder.is_dir() {
        println!("skipped: there is no corpus of packages beside the repository");
        return None;
    }
    Some(folder)
}

fn read(name: &str) -> Option<Cartridge> {
    let bytes = std::fs::read(corpus()?.join(name)).expect("is readable");
    Some(whole::read(&bytes))
}

fn counts(cartridge: &Cartridge) -> (usize, usize, usize) {
    let Counts { imported, degraded, refused } = cartridge.report.counts();
    (imported, degraded, refused)
}

#[test]
#[expect(clippy::disallowed_macros, reason = "the counts are for whoever looks at a new package")]
fn every_package_of_the_corpus_is_read_whole_and_the_same_again() {
    let Some(folder) = corpus() else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).expect("is a folder") {
        let path = entry.expect("is an entry").path();
        if path.extension().is_some_and(|extension| extension == "imscc") {
            let bytes = std::fs::read(&path).expect("is readable");
            let cartridge = whole::read(&bytes);
            println!("{}: {:?}", path.display(), cartridge.report.counts());
            assert_eq!(cartridge, whole::read(&bytes), "a second import must find the same identifiers");
            read += 1;
        }
    }
    assert!(read >= 7);
}

#[test]
fn a_canvas_course_keeps_its_modules_pages_and_files() {
    let Some(cartridge) = read("allyworkshop.imscc") else {
        return;
    };
    assert_eq!((cartridge.title.as_str(), cartridge.language.as_deref()), ("Ally: Accessibility Workshop", Some("en")));
    let sections: Vec<&str> =
        cartridge.nodes.iter().filter(|node| node.kind == NodeKind::Section).map(|node| node.title.as_str()).collect();
    assert_eq!(
        sections,
        [
            "Part 1: Overview: Accessibility and ALLY",
            "Part 2: \"Before\" courses",
            "Part 3: \"After\" courses",
            "More on Accessibility",
            "Outside the modules"
        ]
    );
    assert_eq!((cartridge.nodes.len(), cartridge.files.len()), (22, 26));
    let lost = cartridge
        .report
        .rows
        .iter()
        .filter(|row| matches!(&row.outcome, Outcome::Degraded { how } if how.contains("reference(s)")));
    assert_eq!(lost.count(), 0, "every reference in this course leads somewhere");
    let html = serde_json::to_string(&cartridge.nodes).expect("is JSON");
    assert_eq!(html.matches("asset:").count(), 19);
    assert_eq!(html.matches("node:").count(), 2);
    assert_eq!(cartridge.report.rows.iter().filter(|row| row.kind == RowKind::File).count(), 54);
    assert_eq!(counts(&cartridge).2, 2, "the external tool and its file");
}

#[test]
fn the_files_of_a_course_can_be_read_and_have_the_digest_they_were_given() {
    use sha2::Digest;
    let Some(folder) = corpus() else { return };
    let bytes = std::fs::read(folder.join("allyworkshop.imscc")).expect("is readable");
    let mut package = Package::from_bytes(&bytes).expect("opens");
    let cartridge = package.cartridge().expect("is read");
    for file in &cartridge.files {
        let content = package.bytes(file).expect("is there");
        let digest: String = sha2::Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((content.len() as u64, digest), (file.size, file.sha256.clone()), "{}", file.path);
    }
}

#[test]
fn every_canvas_question_type_becomes_what_it_can() {
    let Some(cartridge) = read("all-question-types.imscc") else {
        return;
    };
    let quiz = cartridge.nodes.iter().find(|node| node.kind == NodeKind::Assessment).expect("has a quiz");
    assert_eq!(quiz.assessment.and_then(|settings| settings.attempts_max), Some(1));
    let kinds: Vec<(ItemKind, Option<&str>)> =
        quiz.items.iter().map(|item| (item.kind, item.original_type.as_deref())).collect();
    assert_eq!(
        kinds,
        [
            (ItemKind::SingleChoice, None),
            (ItemKind::TrueFalse, None),
            (ItemKind::MultipleChoice, None),
            (ItemKind::FreeText, Some("multiple_dropdowns_question")),
            (ItemKind::FreeText, Some("matching_question")),
            (ItemKind::Numeric, None),
            (ItemKind::FreeText, Some("calculated_question")),
            (ItemKind::FreeText, None),
            (ItemKind::FreeText, Some("file_upload_question")),
        ]
    );
    let correct = |ids: &[&str]| Some(Key::Correct(ids.iter().map(|id| (*id).to_owned()).collect()));
    assert_eq!(quiz.items[0].key, correct(&["2798"]));
    assert_eq!(quiz.items[1].key, correct(&["4614"]));
    assert_eq!(quiz.items[2].key, correct(&["561", "5073", "5816"]));
    assert_eq!(quiz.items[5].key, Some(Key::Ranges(vec![Range { min: "33.32".to_owned(), max: "33.34".to_owned() }])));
    assert!(quiz.items.iter().all(|item| item.points_max == 100));
    // Ten questions and nine groups.
    assert_eq!(cartridge.report.rows.iter().filter(|row| row.kind == RowKind::Question).count(), 18);
}

#[test]
fn the_smaller_packages_become_what_they_hold() {
    for (name, nodes, kind, refused) in [
        ("assignment-rubrics.imscc", 2, NodeKind::Assessment, 0),
        ("canvas_cc_gem_course.imscc", 4, NodeKind::Lesson, 1),
        ("latex.imscc", 3, NodeKind::Lesson, 0),
        ("single-discussion.imscc", 2, NodeKind::Lesson, 0),
        ("single-page.imscc", 2, NodeKind::Lesson, 0),
    ] {
        let Some(cartridge) = read(name) else { return };
        assert_eq!(cartridge.nodes.len(), nodes, "{name}");
        assert_eq!(cartridge.nodes.last().map(|node| node.kind), Some(kind), "{name}");
        assert_eq!(counts(&cartridge).2, refused, "{name}");
    }
}
