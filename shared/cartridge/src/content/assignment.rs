//! Work to hand in: with something to write it becomes an assessment of one free-text question, otherwise a lesson.

use super::{Content, html_block};
use crate::decimal::Decimal;
use crate::manifest::Resource;
use crate::model::{AssessmentSettings, Item, ItemKind, NodeKind};
use crate::quiz::settings::dates;
use crate::rewriter::Rewriter;
use crate::shape::is_html;
use crate::source::Source;
use crate::text::escape;
use crate::xml::{self, Elements};
use roxmltree::Node;
use std::io::{Read, Seek};

/// What is known of the work, from either form.
#[derive(Debug, Default)]
struct Work {
    title: Option<String>,
    html: String,
    points: Option<String>,
    /// The ways to hand in that are named; what counts is whether there is one a learner can use here.
    ways: Vec<String>,
    published: bool,
    notes: Vec<String>,
}

/// Reads Canvas's form: a page and `assignment_settings.xml`.
pub(super) fn canvas<R: Read + Seek>(source: &mut Source<'_, R>, resource: &Resource) -> Result<Content, String> {
    let paths: Vec<String> = resource.paths().into_iter().map(str::to_owned).collect();
    let settings =
        paths.iter().find(|path| path.ends_with("assignment_settings.xml")).ok_or("its settings are missing")?;
    let text = source.text(settings)?;
    let document = xml::parse(&text).map_err(|refused| source.refuse(settings, refused.to_string()))?;
    let mut work = described(document.root_element());
    source.lose(settings, &work.notes);
    match paths.iter().find(|path| is_html(path)) {
        Some(page) => {
            let html = source.text(page)?;
            let mut rewriter = Rewriter::new(page, source.references);
            work.html = rewriter.html(&html, &mut work.notes);
            source.styles += rewriter.styles;
        }
        None => work.notes.push("its page is missing".to_owned()),
    }
    Ok(become_content(source, resource, work))
}

/// Reads the form of the Common Cartridge extension.
pub(super) fn common<R: Read + Seek>(source: &mut Source<'_, R>, resource: &Resource) -> Result<Content, String> {
    let path = resource.main().ok_or("it names no file")?.to_owned();
    let text = source.text(&path)?;
    let document = xml::parse(&text).map_err(|refused| source.refuse(&path, refused.to_string()))?;
    let root = document.root_element();
    let extension = root.one("extensions").and_then(|extensions| extensions.one("assignment"));
    let mut work = extension.map_or_else(|| Work { published: true, ..Work::default() }, described);
    work.title = root.text_of("title").or(work.title);
    let gradable = root.one("gradable").and_then(|gradable| gradable.attribute("points_possible")).map(str::to_owned);
    work.points = work.points.or(gradable);
    if work.ways.is_empty() {
        let formats = root.one("submission_formats").into_iter().flat_map(|formats| formats.all("format"));
        work.ways = formats.filter_map(|format| format.attribute("type")).map(str::to_owned).collect();
    }
    let mut rewriter = Rewriter::new(&path, source.references);
    for part in ["text", "instructor_text"].iter().filter_map(|name| root.one(name)) {
        if part.tag_name().name() == "instructor_text" {
            work.notes.push("its words for instructors were left out".to_owned());
        } else {
            work.html = rewriter.text(&part.whole_text(), part.attribute("texttype"), &mut work.notes);
        }
    }
    source.styles += rewriter.styles;
    source.lose(&path, &work.notes);
    Ok(become_content(source, resource, work))
}

/// Canvas's description of an assignment.
fn described(node: Node<'_, '_>) -> Work {
    let mut notes = dates(node);
    if node.one("rubric_identifierref").is_some() {
        notes.push("its rubric is not kept".to_owned());
    }
    if node.text_of("peer_reviews").is_some_and(|text| text == "true") {
        notes.push("learners reviewed each other".to_owned());
    }
    if let Some(grading) = node.text_of("grading_type").filter(|grading| grading != "points") {
        notes.push(format!("it was graded by {grading}; here by points"));
    }
    if node.one("assignment_group_identifierref").is_some() {
        notes.push("its group's weight is not kept".to_owned());
    }
    let ways = node.text_of("submission_types").unwrap_or_default();
    Work {
        title: node.text_of("title"),
        html: String::new(),
        points: node.text_of("points_possible"),
        ways: ways.split(',').map(|way| way.trim().to_owned()).filter(|way| !way.is_empty()).collect(),
        published: node.text_of("workflow_state").is_none_or(|state| state != "unpublished"),
        notes,
    }
}

fn become_content<R>(source: &mut Source<'_, R>, resource: &Resource, mut work: Work) -> Content {
    let usable = |way: &String| {
        matches!(
            way.as_str(),
            "online_text_entry" | "online_url" | "online_upload" | "media_recording" | "html" | "text" | "url" | "file"
        )
    };
    let (points, ways) = (work.points.take(), std::mem::take(&mut work.ways));
    if !ways.iter().any(usable) {
        let ways = if ways.is_empty() { "no way".to_owned() } else { ways.join(", ") };
        work.notes.push(format!("nothing can be handed in here ({ways} is named): it became a lesson"));
        work.notes.extend(points.map(|points| format!("{points} points are not kept")));
        return Content { published: work.published, ..Content::lesson(work.title, html_block(work.html), work.notes) };
    }
    let other: Vec<&str> =
        ways.iter().map(String::as_str).filter(|way| !matches!(*way, "online_text_entry" | "html" | "text")).collect();
    if !other.is_empty() {
        work.notes.push(format!("the answer is written as text; {} is not possible", other.join(", ")));
    }
    let points_max = match points.as_deref().and_then(Decimal::parse).and_then(Decimal::hundredths) {
        Some((points, _)) => points,
        None => {
            work.notes.push("the package gives it no points: it is worth one".to_owned());
            100
        }
    };
    let title = work.title.clone().unwrap_or_default();
    let item = Item {
        id: source.item_ids.claim(&format!("{}-work", resource.id)),
        position: 0,
        kind: ItemKind::FreeText,
        prompt_html: if work.html.is_empty() { format!("<p>{}</p>", escape(&title)) } else { work.html },
        points_max,
        choices: Vec::new(),
        key: None,
        original_type: Some("assignment".to_owned()),
    };
    Content {
        kind: NodeKind::Assessment,
        title: work.title,
        blocks: Vec::new(),
        assessment: Some(AssessmentSettings::default()),
        items: vec![item],
        published: work.published,
        notes: work.notes,
    }
}
