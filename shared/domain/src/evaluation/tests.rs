mod access;
mod children;
mod combined;
mod conditions;
mod dates;
mod explained;
mod read;
mod scores;
mod unposted;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::content::OutlineNode;
use crate::testing::outline::{lesson, quiz, quiz_of, tree};
use crate::testing::{at, folded, graded, rule, scored, unposted, viewed};

use Verdict::{Impossible, Met, Pending, Unmet};

/// As things stand on an arbitrary day.
fn evaluate(tree: &Tree, facts: &Facts) -> Evaluation {
    super::evaluate(tree, facts, at(0))
}

const VERDICTS: [Verdict; 4] = [Met, Unmet, Pending, Impossible];

/// A rule with this verdict wherever [`sources`] are and [`known`] is known.
fn saying(verdict: Verdict) -> Value {
    match verdict {
        Met => json!({ "type": "node_viewed", "node": "seen" }),
        Unmet => json!({ "type": "node_viewed", "node": "unseen" }),
        Pending => json!({ "type": "assessment_score", "assessment": "waits", "min_score": "0.5" }),
        Impossible => json!({ "type": "assessment_score", "assessment": "failed", "min_score": "0.5" }),
    }
}

fn sources() -> Vec<OutlineNode> {
    vec![lesson("seen"), lesson("unseen"), quiz("waits"), quiz_of(1, "failed")]
}

fn known() -> Facts {
    folded(&[viewed("seen"), graded("waits", 1, unposted(1_000, 1_000)), graded("failed", 1, scored(0, 1_000))])
}

fn completed_by(name: &str, completion: Value) -> OutlineNode {
    OutlineNode { completion: rule(completion), ..lesson(name) }
}

/// The verdict of a completion rule among [`sources`].
fn verdict(completion: Value) -> Verdict {
    let tree = tree([sources(), vec![completed_by("asked", completion)]].concat());
    evaluate(&tree, &known()).completion[4]
}

/// Any rule about a few learning objects, some of which are not there.
fn any_rule() -> impl Strategy<Value = Rule> {
    let named = || prop::option::of(prop::sample::select(vec!["a", "b", "q", "r", "gone"]));
    let quantity = prop_oneof![
        Just(json!({ "all": true })),
        (1..5u32).prop_map(|n| json!({ "n": n })),
        (1..=100u8).prop_map(|percent| json!({ "percent": percent })),
    ];
    let leaf = prop_oneof![
        named().prop_map(|node| json!({ "type": "node_viewed", "node": node })),
        named().prop_map(|node| json!({ "type": "marked_done", "node": node, "label": "Work through it" })),
        (named(), 0..=10u32, prop::sample::select(vec!["best", "latest", "first", "average"])).prop_map(
            |(node, tenths, attempts)| json!({
                "type": "assessment_score", "assessment": node, "attempts": attempts,
                "min_score": format!("{}.{}", tenths / 10, tenths % 10),
            })
        ),
        (named(), 1..3_000u32, any::<bool>()).prop_map(|(node, min_seconds, deep)| json!({
            "type": "time_spent", "node": node, "min_seconds": min_seconds,
            "scope": if deep { "descendants" } else { "node" },
        })),
        (named(), 1..=100u8)
            .prop_map(|(node, percent)| json!({ "type": "scrolled_to", "node": node, "percent": percent })),
        (named(), 1..=100u8).prop_map(|(node, percent)| json!({
            "type": "video_watched_percent", "node": node, "video": "film", "min_percent": percent,
        })),
        (0..4u32).prop_map(|days| json!({
            "type": "after_date", "zone": "Europe/Berlin", "when": { "days_after_enrolment": days },
        })),
        (any::<bool>(), any::<bool>(), quantity, any::<bool>()).prop_map(
            |(deep, required_only, quantity, holds)| json!({
                "type": "children_completed", "depth": if deep { "descendants" } else { "direct" },
                "required_only": required_only, "quantity": quantity, "empty": if holds { "met" } else { "unmet" },
            })
        ),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let kind = prop::sample::select(vec!["all_of", "any_of", "none_of", "n_of"]);
        (kind, 1..5u32, prop::collection::vec(inner, 1..4)).prop_map(|(kind, n, conditions)| match kind {
            "n_of" => json!({ "type": kind, "n": n, "conditions": conditions }),
            _ => json!({ "type": kind, "conditions": conditions }),
        })
    })
    .prop_map(rule)
}
