//! A course on its way into a draft: what it is made of, and writing it through the API.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use futures::stream::{self, StreamExt};
use indicatif::ProgressBar;
use serde::de::DeserializeOwned;
use serde_json::Value;
use stoa_api::bodies::{Course as CourseView, DraftNodeView, PutCourse, PutItem, PutNode};
use stoa_domain::id::{CourseId, ItemId, NodeId};
use stoa_domain::item::DraftItem;

use crate::refused::Failed;
use crate::session::Session;

/// How many learning objects are written at the same time.
const AT_ONCE: usize = 6;

/// A whole course.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Its id.
    pub id: CourseId,
    /// What it is called.
    pub body: PutCourse,
    /// Its learning objects, parents before children.
    pub nodes: Vec<Node>,
}

/// A learning object with its items.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// What it is.
    pub body: PutNode,
    /// Its items, if it is an assessment.
    pub items: Vec<(ItemId, PutItem)>,
}

/// Something that the server did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwritten {
    /// The learning object, or the one the item belongs to.
    pub node: NodeId,
    /// The item; `None` is the learning object itself.
    pub item: Option<ItemId>,
    /// Why not.
    pub why: String,
}

impl Course {
    /// Reads a course file: `{"course": {"id", …}, "nodes": [{"id", …, "items": [{"id", …}]}]}`.
    pub fn from_json(text: &str) -> Result<Course> {
        let mut file: Value = serde_json::from_str(text).context("the course is no JSON")?;
        let (id, body) = named::<CourseId, _>(file["course"].take()).context("in the course's head")?;
        let nodes = list(file["nodes"].take()).into_iter().enumerate().map(|(at, mut node)| {
            let items = node.as_object_mut().and_then(|node| node.remove("items")).unwrap_or_default();
            let (id, body) = named(node).with_context(|| format!("in learning object {at}"))?;
            let items = list(items).into_iter().map(named).collect::<Result<_>>();
            Ok(Node { id, body, items: items.with_context(|| format!("in the items of learning object {at}"))? })
        });
        Ok(Course { id, body, nodes: nodes.collect::<Result<_>>()? })
    }
}

fn list(value: Value) -> Vec<Value> {
    if let Value::Array(values) = value { values } else { Vec::new() }
}

/// Splits `{"id": …, the rest}` into the id and the rest.
fn named<I, T>(mut value: Value) -> Result<(I, T)>
where
    I: TryFrom<String, Error: std::error::Error + Send + Sync + 'static>,
    T: DeserializeOwned,
{
    let id = value.as_object_mut().and_then(|value| value.remove("id")).unwrap_or_default();
    let id = id.as_str().context("the id is missing")?.to_owned();
    let body = serde_json::from_value(value).with_context(|| format!("{id} is not complete"))?;
    Ok((I::try_from(id.clone()).with_context(|| format!("{id:?} is no id"))?, body))
}

/// Writes a course's draft. What the server refuses is returned, together with what hangs on it; every other failure ends
/// the writing.
pub async fn write(session: &Session, course: &Course, bar: &ProgressBar) -> Result<Vec<Unwritten>> {
    put_course(session, &course.id, &course.body).await?;
    let mut unwritten = Vec::new();
    let mut missing: BTreeSet<NodeId> = BTreeSet::new();
    for level in levels(&course.nodes) {
        let (stranded, level): (Vec<_>, Vec<_>) = level
            .into_iter()
            .partition(|node| node.body.parent.as_ref().is_some_and(|parent| missing.contains(parent)));
        for node in stranded {
            missing.insert(node.id.clone());
            let why = "What it stands under was refused.".to_owned();
            unwritten.push(Unwritten { node: node.id.clone(), item: None, why });
            bar.inc(1);
        }
        let mut written =
            stream::iter(level).map(|node| write_node(session, &course.id, node)).buffer_unordered(AT_ONCE);
        while let Some(refused) = written.next().await {
            let refused = refused?;
            missing.extend(refused.iter().filter(|one| one.item.is_none()).map(|one| one.node.clone()));
            unwritten.extend(refused);
            bar.inc(1);
        }
    }
    Ok(unwritten)
}

/// Makes a course, or changes its title.
pub async fn put_course(session: &Session, id: &CourseId, body: &PutCourse) -> Result<CourseView, Failed> {
    session.put(&format!("/api/courses/{id}"), body).await
}

async fn write_node(session: &Session, course: &CourseId, node: &Node) -> Result<Vec<Unwritten>, Failed> {
    let path = format!("/api/courses/{course}/nodes/{}", node.id);
    let refused = |item: Option<&ItemId>, why| Unwritten { node: node.id.clone(), item: item.cloned(), why };
    if let Some(why) = refusal(session.put::<DraftNodeView>(&path, &node.body).await)? {
        return Ok(vec![refused(None, why)]);
    }
    let mut unwritten = Vec::new();
    for (item, body) in &node.items {
        if let Some(why) = refusal(session.put::<DraftItem>(&format!("{path}/items/{item}"), body).await)? {
            unwritten.push(refused(Some(item), why));
        }
    }
    Ok(unwritten)
}

/// Why the server refused one part, or nothing. Where the caller may not write at all, the rest need not be tried.
pub fn refusal<T>(answer: Result<T, Failed>) -> Result<Option<String>, Failed> {
    match answer {
        Ok(_) => Ok(None),
        Err(Failed::Refused(refused)) if !matches!(refused.status, 401 | 403) => Ok(Some(refused.why())),
        Err(failed) => Err(failed),
    }
}

/// Parents before children: one level of the tree after the other.
fn levels(nodes: &[Node]) -> Vec<Vec<&Node>> {
    let mut depths: BTreeMap<&NodeId, usize> = BTreeMap::new();
    let mut levels: Vec<Vec<&Node>> = Vec::new();
    for node in nodes {
        let depth = node.body.parent.as_ref().and_then(|parent| depths.get(parent)).map_or(0, |depth| depth + 1);
        depths.insert(&node.id, depth);
        if levels.len() <= depth {
            levels.resize_with(depth + 1, Vec::new);
        }
        levels[depth].push(node);
    }
    levels
}

/// The draft that a course becomes, without the server's sanitising.
#[cfg(test)]
pub fn draft(course: &Course) -> stoa_domain::release::Draft {
    use stoa_domain::content::DraftNode;
    use stoa_domain::item::Item;

    let mut draft = stoa_domain::release::Draft {
        title: course.body.title.clone(),
        language: course.body.language.clone(),
        ..Default::default()
    };
    for Node { id, body, items } in &course.nodes {
        let body = body.clone();
        draft.blocks.insert(id.clone(), body.blocks);
        draft.nodes.push(DraftNode {
            id: id.clone(),
            parent: body.parent,
            position: body.position,
            kind: body.kind,
            title: body.title,
            required: body.required,
            completion: body.completion,
            access: body.access,
            minutes: body.minutes,
            assessment: body.assessment,
        });
        let item = |(id, body): &(ItemId, PutItem)| DraftItem {
            position: body.position,
            item: Item {
                id: id.clone(),
                kind: body.kind,
                prompt_html: body.prompt_html.clone(),
                points_max: body.points_max,
                choices: body.choices.clone(),
            },
            key: body.key.clone(),
            original_type: body.original_type.clone(),
        };
        draft.items.insert(id.clone(), items.iter().map(item).collect());
    }
    draft.items.retain(|_, items| !items.is_empty());
    draft
}

#[cfg(test)]
mod tests {
    use super::*;

    const COURSE: &str = include_str!("simulate/course.json");

    #[test]
    fn a_course_file_is_read_whole_and_refuses_fields_it_does_not_know() {
        let course = Course::from_json(COURSE).expect("a course");
        assert!(course.nodes.iter().any(|node| !node.items.is_empty()));
        let misspelt = COURSE.replace("\"required\"", "\"requierd\"");
        let error = Course::from_json(&misspelt).expect_err("a misspelt field");
        assert!(format!("{error:#}").contains("requierd"), "{error:#}");
    }

    #[test]
    fn the_courses_that_come_with_the_tool_can_be_published() {
        for text in [COURSE, include_str!("../demo/course.json")] {
            let course = Course::from_json(text).expect("a course");
            let frozen = stoa_domain::release::freeze(&course.id, &draft(&course));
            assert!(frozen.is_ok(), "{}: {:#?}", course.id, frozen.err());
        }
    }

    #[test]
    fn every_level_stands_after_the_one_it_hangs_on() {
        let course = Course::from_json(COURSE).expect("a course");
        let levels = levels(&course.nodes);
        assert_eq!(levels.iter().map(Vec::len).sum::<usize>(), course.nodes.len());
        let mut seen = BTreeSet::new();
        for level in levels {
            assert!(level.iter().all(|node| node.body.parent.as_ref().is_none_or(|parent| seen.contains(parent))));
            seen.extend(level.iter().map(|node| node.id.clone()));
        }
    }
}
