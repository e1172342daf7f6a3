//! Doors that wait for what is behind themselves.

use proptest::prelude::*;

use super::*;

/// The learning objects that would never open, each with what it waits for.
fn never_open(nodes: Vec<DraftNode>) -> Vec<(String, String)> {
    let of_access = |(pointer, detail): (String, String)| {
        let node =
            pointer.strip_prefix("/nodes/").and_then(|rest| rest.strip_suffix("/access")).expect("an access rule");
        let named = detail
            .strip_prefix("This would never open: it waits for ")
            .and_then(|rest| rest.strip_suffix(", which opens only after it."))
            .expect("what it waits for");
        (node.to_owned(), named.to_owned())
    };
    findings(&draft(nodes)).into_iter().map(of_access).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(node, named)| ((*node).to_owned(), (*named).to_owned())).collect()
}

#[test]
fn a_door_that_waits_for_its_own_learning_object_never_opens() {
    for leaf in [
        json!({ "type": "node_viewed" }),
        json!({ "type": "marked_done" }),
        json!({ "type": "time_spent", "min_seconds": 60, "scope": "descendants" }),
        json!({ "type": "scrolled_to", "percent": 50 }),
        json!({ "type": "video_watched_percent", "video": "film", "min_percent": 50 }),
    ] {
        let draft = draft(vec![opened_by(leaf, lesson("l"))]);
        assert_finds(&draft, "/nodes/l/access", "This would never open: it waits for itself to be read.");
    }
    assert_eq!(never_open(vec![behind(&["l"], lesson("l"))]), pairs(&[("l", "l")]));
}

#[test]
fn a_door_that_waits_for_its_own_score_never_opens() {
    let own_score = |assessment: Option<&str>| {
        let access = json!({ "type": "assessment_score", "assessment": assessment, "min_score": "0" });
        draft(vec![opened_by(access, quiz("q"))])
    };
    assert_finds(&own_score(None), "/nodes/q/access", "This would never open: it waits for its own score.");
    let named = "This would never open: it waits for q, which opens only after it.";
    assert_finds(&own_score(Some("q")), "/nodes/q/access", named);
}

#[test]
fn a_door_that_waits_for_what_is_inside_it_never_opens() {
    let nodes = vec![behind(&["l"], section("s")), under("s", section("t")), under("t", lesson("l"))];
    assert_eq!(never_open(nodes), pairs(&[("s", "l")]));
    let children =
        json!({ "type": "children_completed", "depth": "direct", "quantity": { "all": true }, "empty": "met" });
    let draft = draft(vec![opened_by(children, section("s")), under("s", lesson("l"))]);
    assert_finds(&draft, "/nodes/s/access", "This would never open: it waits for what is inside it.");
}

#[test]
fn a_door_may_wait_for_what_it_is_inside() {
    assert_eq!(never_open(vec![section("s"), under("s", behind(&["s"], lesson("l")))]), []);
}

#[test]
fn doors_that_wait_for_each_other_never_open() {
    let nodes = vec![behind(&["b"], lesson("a")), behind(&["a"], lesson("b"))];
    assert_eq!(never_open(nodes), pairs(&[("a", "b"), ("b", "a")]));
}

#[test]
fn doors_that_wait_for_each_other_in_turn_never_open() {
    let nodes = vec![
        behind(&["free", "c"], lesson("a")),
        behind(&["a"], lesson("b")),
        behind(&["b"], lesson("c")),
        lesson("free"),
    ];
    assert_eq!(never_open(nodes), pairs(&[("a", "c"), ("b", "a"), ("c", "b")]));
}

#[test]
fn the_doors_of_the_sections_around_a_learning_object_count_too() {
    let nodes = vec![
        behind(&["inside-b"], section("a")),
        under("a", lesson("inside-a")),
        behind(&["inside-a"], section("b")),
        under("b", lesson("inside-b")),
    ];
    assert_eq!(never_open(nodes), pairs(&[("a", "inside-b"), ("b", "inside-a")]));
}

#[test]
fn only_the_doors_of_a_loop_are_found_and_not_those_that_wait_for_it() {
    let nodes = vec![
        behind(&["b"], lesson("a")),
        behind(&["a"], lesson("b")),
        behind(&["a"], lesson("later")),
        behind(&["later", "b"], lesson("last")),
    ];
    assert_eq!(never_open(nodes), pairs(&[("a", "b"), ("b", "a")]));
}

#[test]
fn two_loops_are_told_apart() {
    let nodes = vec![
        behind(&["b"], lesson("a")),
        behind(&["a"], lesson("b")),
        behind(&["a", "d"], lesson("c")),
        behind(&["c"], lesson("d")),
    ];
    assert_eq!(never_open(nodes), pairs(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]));
}

#[test]
fn doors_that_wait_for_each_other_without_a_loop_open() {
    let nodes = vec![
        lesson("a"),
        behind(&["a"], section("b")),
        under("b", behind(&["a", "b"], lesson("c"))),
        behind(&["a", "c"], lesson("d")),
    ];
    assert_eq!(never_open(nodes), []);
}

fn viewed(node: &str) -> Value {
    json!({ "type": "node_viewed", "node": node })
}

fn opened_by_one_of(kind: &str, conditions: Vec<Value>, node: DraftNode) -> DraftNode {
    opened_by(json!({ "type": kind, "conditions": conditions }), node)
}

#[test]
fn reading_what_opens_only_after_it_is_a_loop_too() {
    let readable = |nodes: Vec<DraftNode>| {
        let mut draft = draft(nodes);
        draft.assets.insert(id("film"), film());
        let film = Block::Video { asset: id("film"), title: "A film".to_owned(), duration_ms: 60_000 };
        draft.blocks.insert(id("b"), vec![film]);
        findings(&draft)
    };
    for leaf in [
        json!({ "type": "time_spent", "node": "b", "min_seconds": 60 }),
        json!({ "type": "time_spent", "node": "b", "min_seconds": 60, "scope": "descendants" }),
        json!({ "type": "scrolled_to", "node": "b", "percent": 50 }),
        json!({ "type": "video_watched_percent", "node": "b", "video": "film", "min_percent": 50 }),
    ] {
        let found = readable(vec![opened_by(leaf.clone(), lesson("a")), behind(&["a"], lesson("b"))]);
        assert_eq!(found.len(), 2, "{leaf}: {found:?}");
        assert_eq!(readable(vec![opened_by(leaf, lesson("a")), lesson("b")]), []);
    }
}

#[test]
fn a_door_opens_when_there_is_another_way() {
    for (kind, more) in [("any_of", None), ("n_of", Some(1))] {
        let either = |other: Value| {
            let mut rule = json!({ "type": kind, "conditions": [viewed("b"), other] });
            more.into_iter().for_each(|n: u32| rule["n"] = json!(n));
            vec![opened_by(rule, lesson("a")), behind(&["a"], lesson("b")), lesson("free")]
        };
        assert_eq!(never_open(either(viewed("free"))), []);
        let date = json!({ "type": "after_date", "zone": "UTC", "when": { "days_after_enrolment": 7 } });
        assert_eq!(never_open(either(date)), []);
        assert_eq!(never_open(either(viewed("a"))), pairs(&[("a", "b"), ("b", "a")]));
    }
    let both = json!({ "type": "n_of", "n": 2, "conditions": [viewed("b"), viewed("free")] });
    let nodes = vec![opened_by(both, lesson("a")), behind(&["a"], lesson("b")), lesson("free")];
    assert_eq!(never_open(nodes), pairs(&[("a", "b"), ("b", "a")]));
}

#[test]
fn what_must_not_have_happened_can_be_left_alone() {
    let nodes = vec![opened_by_one_of("none_of", vec![viewed("b")], lesson("a")), behind(&["a"], lesson("b"))];
    assert_eq!(never_open(nodes), []);
    let twice = json!({ "type": "none_of", "conditions": [viewed("b")] });
    let nodes = vec![opened_by_one_of("none_of", vec![twice], lesson("a")), behind(&["a"], lesson("b"))];
    assert_eq!(never_open(nodes), pairs(&[("a", "b"), ("b", "a")]));
}

#[test]
fn a_long_course_in_which_each_lesson_opens_the_next_is_checked_in_one_go() {
    // Following every door from every door would be twelve million steps.
    let name = |at: usize| format!("lesson-{at:04}");
    let door = |at: usize, opener: usize| behind(&[name(opener).as_str()], lesson(&name(at)));
    let mut nodes = vec![lesson(&name(0))];
    nodes.extend((1..5_000).map(|at| door(at, at - 1)));
    assert_eq!(never_open(nodes.clone()), []);
    nodes[0] = door(0, 4_999);
    assert_eq!(never_open(nodes).len(), 5_000);
}

/// What a learner who does everything possible can open: nothing is assumed about loops.
fn opens(nodes: &[DraftNode]) -> BTreeSet<NodeId> {
    let mut opened: BTreeSet<NodeId> = BTreeSet::new();
    loop {
        let next = nodes.iter().find(|node| {
            let parent_open = node.parent.as_ref().is_none_or(|parent| opened.contains(parent));
            let named = node.access.as_ref().map(Rule::references).unwrap_or_default();
            let reached = named.iter().filter(|named| opened.contains(**named)).count();
            let is_met = node.access.as_ref().is_none_or(|rule| match rule.condition.kind() {
                "all_of" => reached == named.len(),
                "any_of" => reached > 0,
                "n_of" => reached > 1,
                _ => true,
            });
            !opened.contains(&node.id) && parent_open && is_met
        });
        match next {
            None => return opened,
            Some(node) => opened.insert(node.id.clone()),
        };
    }
}

/// A tree with doors between anything and anything.
fn any_doors() -> impl Strategy<Value = Vec<DraftNode>> {
    let kind = prop::sample::select(vec!["all_of", "all_of", "any_of", "n_of", "none_of"]);
    let doors = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    let node = (any::<prop::sample::Index>(), any::<bool>(), kind, doors);
    prop::collection::vec(node, 1..9).prop_map(|raw| {
        let name = |at: usize| format!("n{at}");
        let mut nodes = Vec::new();
        for (at, (parent, is_top, kind, doors)) in raw.iter().enumerate() {
            let named: Vec<Value> = doors.iter().map(|door| viewed(&name(door.index(raw.len())))).collect();
            let kind = if named.len() < 2 { "all_of" } else { kind };
            let mut rule = json!({ "type": kind, "conditions": named });
            if kind == "n_of" {
                rule["n"] = json!(2);
            }
            let node = section(&name(at));
            let node = if doors.is_empty() { node } else { opened_by(rule, node) };
            nodes.push(if at == 0 || *is_top { node } else { under(&name(parent.index(at)), node) });
        }
        nodes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn a_course_is_published_exactly_when_everything_in_it_can_be_opened(nodes in any_doors()) {
        let closed: Vec<String> = never_open(nodes.clone()).into_iter().map(|(node, _)| node).collect();
        let opened = opens(&nodes);
        prop_assert_eq!(closed.is_empty(), opened.len() == nodes.len(), "{:?} never open", closed);
        for node in closed {
            prop_assert!(!opened.contains(&id::<NodeId>(&node)), "{} opens", node);
        }
    }
}
