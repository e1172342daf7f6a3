mod frozen;
mod items;
mod naming;
mod random;
mod rules;
mod structure;
mod waiting;

use serde_json::{Value, json};

use super::*;
use crate::item::ItemKind;
use crate::testing::draft::{
    asking, asset, behind, draft, film, free_text, item, lesson, numeric, quiz, section, single, under,
};
use crate::testing::{id, rule};

fn freeze_it(draft: &Draft) -> Result<Frozen, Vec<Finding>> {
    freeze(&id("course"), draft)
}

/// A draft without findings, frozen.
fn frozen(draft: &Draft) -> Frozen {
    freeze_it(draft).expect("nothing to mend")
}

fn findings(draft: &Draft) -> Vec<(String, String)> {
    let findings = freeze_it(draft).err().unwrap_or_default();
    findings.into_iter().map(|finding| (finding.pointer, finding.detail)).collect()
}

/// Asserts that this is all there is to mend.
#[track_caller]
fn assert_finds(draft: &Draft, pointer: &str, detail: &str) {
    assert_eq!(findings(draft), [(pointer.to_owned(), detail.to_owned())]);
}

fn completed_by(completion: Value, node: DraftNode) -> DraftNode {
    DraftNode { completion: Some(rule(completion)), ..node }
}

fn opened_by(access: Value, node: DraftNode) -> DraftNode {
    DraftNode { access: Some(rule(access)), ..node }
}
