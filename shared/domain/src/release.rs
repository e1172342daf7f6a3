//! Publishing: a draft is checked, frozen and named by its content.

mod items;
mod rules;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::content::{
    AssessmentSummary, Assets, Block, DraftNode, NodeContent, NodeKind, Outline, OutlineNode, TREE_LEVELS_MAX,
    VIDEO_MS_MAX,
};
use crate::digest;
use crate::id::{AssetId, CourseId, ItemId, NodeId, ReleaseId};
use crate::item::{AnswerKeys, DraftItem, Item, ItemKey};
use crate::rule::{RULE_LEAVES_MAX, RULE_LEVELS_MAX, Rule};
use rules::Course;

/// A course's draft, whole.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The course's title.
    pub title: String,
    /// The language of the content, as a BCP 47 tag.
    pub language: String,
    /// Learning objects in any order.
    pub nodes: Vec<DraftNode>,
    /// Blocks, by learning object.
    pub blocks: BTreeMap<NodeId, Vec<Block>>,
    /// Items in any order, by assessment.
    pub items: BTreeMap<NodeId, Vec<DraftItem>>,
    /// Files.
    pub assets: Assets,
}

/// A Release, in the parts that have different readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Frozen {
    /// Structure and rules: every member of the tenant may read it.
    pub outline: Outline,
    /// Blocks: those of gated learning objects are read only after a check.
    pub contents: Vec<NodeContent>,
    /// Items, by assessment: served by opening an attempt.
    pub items: BTreeMap<NodeId, Vec<Item>>,
    /// The files that items refer to, by assessment, where there are any: whoever has opened an attempt may see them.
    pub item_assets: BTreeMap<NodeId, Assets>,
    /// Keys, by assessment: read by grading alone.
    pub keys: BTreeMap<NodeId, AnswerKeys>,
}

/// Something that must be mended before the draft can be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where, as a JSON pointer into the draft: `/nodes/<id>/completion`.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

/// Checks a draft and freezes it. Every finding is reported, not only the first; ids that name two things come before all
/// others.
pub fn freeze(course: &CourseId, draft: &Draft) -> Result<Frozen, Vec<Finding>> {
    let twice = named_twice(draft);
    if !twice.0.is_empty() {
        // Whatever else is wrong is said of a learning object by its id: which one would be meant?
        return Err(twice.0);
    }
    let mut findings = Findings::default();
    let nodes = in_order(draft, &mut findings);
    let by_id: BTreeMap<&NodeId, &DraftNode> = draft.nodes.iter().map(|node| (&node.id, node)).collect();
    let never_open = waiting::never_open(&nodes, &by_id);
    let course_of = Course::new(draft, by_id);
    for node in &nodes {
        check_rules(node, &course_of, &mut findings);
        if let Some(named) = never_open.get(&node.id) {
            findings.add(
                format!("/nodes/{}/access", node.id),
                format!("This would never open: it waits for {named}, which opens only after it."),
            );
        }
        check_assets(node, draft, &mut findings);
        for item in draft.items.get(&node.id).into_iter().flatten() {
            items::check(node, item, &mut findings);
        }
    }
    if nodes.is_empty() {
        findings.add("/nodes", "A course needs at least one learning object.");
    }
    if !findings.0.is_empty() {
        return Err(findings.0);
    }
    Ok(frozen(course, draft, &nodes))
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Finding { pointer: pointer.into(), detail: detail.into() });
    }
}

/// Ids that name more than one learning object, or more than one item of an assessment: each is said once.
fn named_twice(draft: &Draft) -> Findings {
    let mut findings = Findings::default();
    let mut nodes: BTreeMap<&NodeId, u32> = BTreeMap::new();
    draft.nodes.iter().for_each(|node| *nodes.entry(&node.id).or_default() += 1);
    for (node, _) in nodes.iter().filter(|(_, count)| **count > 1) {
        findings.add(format!("/nodes/{node}"), "Two learning objects have this id. Give one of them another.");
    }
    for (node, items) in &draft.items {
        let mut ids: BTreeMap<&ItemId, u32> = BTreeMap::new();
        items.iter().for_each(|item| *ids.entry(&item.item.id).or_default() += 1);
        for (item, _) in ids.iter().filter(|(_, count)| **count > 1) {
            findings.add(format!("/nodes/{node}/items/{item}"), "Two items have this id. Give one of them another.");
        }
    }
    findings
}

/// Parents before children, siblings by position and then by id. What hangs on nothing is a finding.
fn in_order<'a>(draft: &'a Draft, findings: &mut Findings) -> Vec<&'a DraftNode> {
    let mut below: BTreeMap<Option<&NodeId>, Vec<&DraftNode>> = BTreeMap::new();
    for node in &draft.nodes {
        below.entry(node.parent.as_ref()).or_default().push(node);
    }
    for siblings in below.values_mut() {
        siblings.sort_by_key(|node| (node.position, &node.id));
    }
    let mut ordered = Vec::with_capacity(draft.nodes.len());
    let mut waiting: Vec<(&DraftNode, usize)> = Vec::new();
    let push = |waiting: &mut Vec<(&'a DraftNode, usize)>, parent: Option<&NodeId>, level: usize| {
        waiting.extend(below.get(&parent).into_iter().flatten().rev().map(|node| (*node, level)));
    };
    push(&mut waiting, None, 1);
    while let Some((node, level)) = waiting.pop() {
        if level > TREE_LEVELS_MAX {
            findings
                .add(format!("/nodes/{}", node.id), format!("The tree has more than {TREE_LEVELS_MAX} levels here."));
            continue;
        }
        ordered.push(node);
        push(&mut waiting, Some(&node.id), level + 1);
    }
    let reached: BTreeSet<&NodeId> = ordered.iter().map(|node| &node.id).collect();
    for node in draft.nodes.iter().filter(|node| !reached.contains(&node.id)) {
        findings.add(
            format!("/nodes/{}/parent", node.id),
            "This learning object is not connected to the course: its parent is missing, too deep, or stands under itself.",
        );
    }
    ordered
}

fn check_rules(node: &DraftNode, course: &Course<'_>, findings: &mut Findings) {
    for (name, rule) in [("completion", &node.completion), ("access", &node.access)] {
        let Some(rule) = rule else { continue };
        let pointer = format!("/nodes/{}/{name}", node.id);
        let (mut leaves, mut levels) = (0, 0);
        rule.visit(1, &mut |rule, level| {
            levels = levels.max(level);
            leaves += usize::from(rule.condition.parts().is_none());
            if let Some(detail) = rules::flaw(rule, node, course, name == "access") {
                findings.add(pointer.clone(), detail);
            }
        });
        if levels > RULE_LEVELS_MAX || leaves > RULE_LEAVES_MAX {
            findings.add(
                pointer.clone(),
                format!("A rule has at most {RULE_LEVELS_MAX} levels and {RULE_LEAVES_MAX} leaves."),
            );
        }
        for named in rule.references() {
            if !course.by_id.contains_key(named) {
                findings.add(pointer.clone(), format!("The rule names {named}, which is not in the course."));
            }
        }
    }
}

fn check_assets(node: &DraftNode, draft: &Draft, findings: &mut Findings) {
    for (at, block) in draft.blocks.get(&node.id).into_iter().flatten().enumerate() {
        match block {
            Block::Image { asset, .. } | Block::File { asset, .. } | Block::Video { asset, .. }
                if !draft.assets.contains_key(asset) =>
            {
                findings
                    .add(format!("/nodes/{}/blocks/{at}", node.id), format!("The file {asset} is not in the course."));
            }
            Block::Video { asset, .. } if !draft.assets[asset].content_type.starts_with("video/") => {
                findings.add(format!("/nodes/{}/blocks/{at}", node.id), format!("The file {asset} is no video."));
            }
            Block::Video { duration_ms, .. } if !(1..=VIDEO_MS_MAX).contains(duration_ms) => {
                let detail = format!("A video lasts from 1 to {VIDEO_MS_MAX} milliseconds.");
                findings.add(format!("/nodes/{}/blocks/{at}", node.id), detail);
            }
            Block::Image { .. }
            | Block::File { .. }
            | Block::Video { .. }
            | Block::Html { .. }
            | Block::Link { .. } => {}
        }
    }
}

/// The films of a learning object with their lengths. One that is there twice counts as long as it is said to be at most.
fn videos(blocks: Option<&Vec<Block>>) -> BTreeMap<AssetId, u32> {
    let mut videos = BTreeMap::new();
    for block in blocks.into_iter().flatten() {
        if let Block::Video { asset, duration_ms, .. } = block {
            let known = videos.entry(asset.clone()).or_insert(*duration_ms);
            *known = (*known).max(*duration_ms);
        }
    }
    videos
}

fn frozen(course: &CourseId, draft: &Draft, nodes: &[&DraftNode]) -> Frozen {
    let mut items = BTreeMap::new();
    let mut item_assets = BTreeMap::new();
    let mut keys = BTreeMap::new();
    let mut contents = Vec::new();
    let mut gated: BTreeSet<&NodeId> = BTreeSet::new();
    let mut outline_nodes = Vec::with_capacity(nodes.len());
    for node in nodes {
        if node.access.is_some() || node.parent.as_ref().is_some_and(|parent| gated.contains(parent)) {
            gated.insert(&node.id);
        }
        let blocks = draft.blocks.get(&node.id).filter(|blocks| !blocks.is_empty());
        if let Some(blocks) = blocks {
            let assets = assets_of(draft, blocks.iter().flat_map(Block::asset_ids));
            contents.push(NodeContent { node: node.id.clone(), blocks: blocks.clone(), assets });
        }
        let assessment = (node.kind == NodeKind::Assessment).then(|| {
            let mut asked: Vec<&DraftItem> = draft.items.get(&node.id).into_iter().flatten().collect();
            asked.sort_by_key(|item| (item.position, &item.item.id));
            items.insert(node.id.clone(), asked.iter().map(|item| item.item.clone()).collect());
            let shown = assets_of(draft, asked.iter().flat_map(|item| item.item.asset_ids()));
            if !shown.is_empty() {
                item_assets.insert(node.id.clone(), shown);
            }
            keys.insert(node.id.clone(), answer_keys(&asked));
            let settings = node.assessment.unwrap_or_default();
            AssessmentSummary {
                attempts_max: settings.attempts_max,
                time_limit_minutes: settings.time_limit_minutes,
                points_max: asked.iter().map(|item| item.item.points_max).sum(),
                item_count: asked.len() as u32,
            }
        });
        outline_nodes.push(OutlineNode {
            id: node.id.clone(),
            parent: node.parent.clone(),
            kind: node.kind,
            title: node.title.clone(),
            required: node.required,
            completion: node.completion.clone().unwrap_or_else(|| Rule::default_of(node.kind)),
            access: node.access.clone(),
            gated: gated.contains(&node.id),
            has_blocks: blocks.is_some(),
            minutes: node.minutes,
            videos: videos(blocks),
            assessment,
        });
    }
    let outline = Outline {
        release: ReleaseId::parse("unnamed").expect("a word is an id"),
        course: course.clone(),
        title: draft.title.clone(),
        language: draft.language.clone(),
        nodes: outline_nodes,
    };
    let mut frozen = Frozen { outline, contents, items, item_assets, keys };
    // The name follows from every part, keys included: a mended key is another Release.
    let name = digest::of_json(&frozen)[..32].to_owned();
    frozen.outline.release = ReleaseId::parse(name).expect("hexadecimal is an id");
    frozen
}

/// Those of the course's files that are referred to. A file says nothing outside the part that shows it: whoever may not
/// read that part does not learn its name.
fn assets_of(draft: &Draft, ids: impl Iterator<Item = AssetId>) -> Assets {
    ids.filter_map(|id| draft.assets.get(&id).cloned().map(|asset| (id, asset))).collect()
}

fn answer_keys(items: &[&DraftItem]) -> AnswerKeys {
    let key = |item: &&DraftItem| -> (ItemId, ItemKey) {
        (
            item.item.id.clone(),
            ItemKey { kind: item.item.kind, points_max: item.item.points_max, key: item.key.clone() },
        )
    };
    AnswerKeys { items: items.iter().map(key).collect() }
}

#[cfg(test)]
mod tests;
