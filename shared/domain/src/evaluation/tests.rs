mod access;
mod children;
mod conditions;
mod explained;
mod scores;
mod unposted;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::content::OutlineNode;
use crate::testing::outline::{lesson, quiz, quiz_of, tree};
use crate::testing::{folded, graded, rule, scored, unposted, viewed};

use Verdict::{Impossible, Met, Pending, Unmet};

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
        (any::<bool>(), any::<bool>(), quantity, any::<bool>()).prop_map(
            |(deep, required_only, quantity, holds)| json!({
                "type": "children_completed", "depth": if deep { "descendants" } else { "direct" },
                "required_only": required_only, "quantity": quantity, "empty": if holds { "met" } else { "unmet" },
            })
        ),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop::collection::vec(inner, 1..4).prop_map(|conditions| json!({ "type": "all_of", "conditions": conditions }))
    })
    .prop_map(rule)
}
