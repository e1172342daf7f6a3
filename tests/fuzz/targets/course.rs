//! Whatever authors write as a course, rules above all: it is refused with reasons, or it can be taken by anybody.
//! The input is the learning objects, and after a form feed the facts of a learner.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use serde_json::from_slice;
use stoa_domain::content::DraftNode;
use stoa_domain::evaluation::evaluate;
use stoa_domain::fact::{Fact, Facts};
use stoa_domain::id::CourseId;
use stoa_domain::release::{Draft, freeze};
use stoa_domain::tree::Tree;

fuzz_target!(|bytes: &[u8]| {
    let (course, facts) = bytes.split_at(bytes.iter().position(|byte| *byte == 0x0c).unwrap_or(bytes.len()));
    let Ok(nodes) = from_slice::<Vec<DraftNode>>(course) else { return };
    let id = CourseId::parse("course").expect("an id");
    let draft = Draft { title: "Course".to_owned(), language: "en".to_owned(), nodes, ..Draft::default() };
    let Ok(frozen) = freeze(&id, &draft) else { return };

    let tree = Tree::new(frozen.outline).expect("what was published is a tree");
    let mut known = Facts::default();
    let facts: Vec<Fact> = facts.get(1..).and_then(|facts| from_slice(facts).ok()).unwrap_or_default();
    facts.iter().for_each(|fact| drop(known.fold(fact)));
    let evaluation = evaluate(&tree, &known, Timestamp::UNIX_EPOCH);
    assert_eq!(evaluation.locked.len(), tree.nodes().len());
    for at in 0..tree.nodes().len() {
        drop(evaluation.explain_completion(&tree, &known, at));
        drop(evaluation.explain_access(&tree, &known, at));
    }
    facts.iter().for_each(|fact| assert!(!known.fold(fact), "what is known changes nothing: {fact:?}"));
});
