//! The content of nodes: pages, discussions, links and files become blocks; work and quizzes become assessments.

mod assessment;
mod assignment;

use crate::limits::BLOCKS_MAX;
use crate::manifest::Resource;
use crate::model::{AssessmentSettings, Block, File, Item, NodeKind};
use crate::quiz::settings::dates;
use crate::reference::{Meaning, is_web};
use crate::rewriter::Rewriter;
use crate::shape::Shape;
use crate::source::{Source, title_of_path};
use crate::xml::{self, Elements};
use crate::{html, media_type};
use std::io::{Read, Seek};

/// What a resource became.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) kind: NodeKind,
    /// What the resource calls itself.
    pub(crate) title: Option<String>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) assessment: Option<AssessmentSettings>,
    pub(crate) items: Vec<Item>,
    pub(crate) published: bool,
    pub(crate) notes: Vec<String>,
}

impl Content {
    fn lesson(title: Option<String>, blocks: Vec<Block>, notes: Vec<String>) -> Self {
        Self { kind: NodeKind::Lesson, title, blocks, assessment: None, items: Vec::new(), published: true, notes }
    }
}

/// Reads a resource's content, or says why it cannot be read.
pub(crate) fn read<R: Read + Seek>(
    source: &mut Source<'_, R>,
    resource: &Resource,
    shape: Shape,
) -> Result<Content, String> {
    match shape {
        Shape::Page => page(source, resource),
        Shape::Discussion => discussion(source, resource),
        Shape::WebLink => web_link(source, resource),
        Shape::Tool => tool(source, resource),
        Shape::CanvasAssignment => assignment::canvas(source, resource),
        Shape::Assignment => assignment::common(source, resource),
        Shape::Quiz { is_bank } => assessment::read(source, resource, is_bank),
        Shape::Files | Shape::Unknown => files(source, resource),
        Shape::Settings | Shape::Companion | Shape::Fallback => Err(format!("{} hold nothing to read", shape.name())),
    }
}

fn html_block(html: String) -> Vec<Block> {
    if html.is_empty() { Vec::new() } else { vec![Block::Html { html }] }
}

fn page<R: Read + Seek>(source: &mut Source<'_, R>, resource: &Resource) -> Result<Content, String> {
    let path = resource.main().ok_or("it names no file")?.to_owned();
    let text = source.text(&path)?;
    let head = html::head(&text);
    let mut rewriter = Rewriter::new(&path, source.references);
    let mut notes = Vec::new();
    let html = rewriter.html(&text, &mut notes);
    source.styles += rewriter.styles;
    if !head.published {
        notes.push("it was not published: it is optional".to_owned());
    }
    if html.is_empty() {
        notes.push("the page is empty".to_owned());
    }
    let title = Some(head.title).filter(|title| !title.is_empty()).unwrap_or_else(|| title_of_path(&path));
    Ok(Content { published: head.published, ..Content::lesson(Some(title), html_block(html), notes) })
}

fn discussion<R: Read + Seek>(source: &mut Source<'_, R>, resource: &Resource) -> Result<Content, String> {
    let path = resource.main().ok_or("it names no file")?.to_owned();
    let text = source.text(&path)?;
    let document = xml::parse(&text).map_err(|refused| source.refuse(&path, refused.to_string()))?;
    let topic = document.root_element();
    let mut notes = vec!["its text became a lesson; replies have no place here".to_owned()];
    let body = topic.one("text");
    let mut rewriter = Rewriter::new(&path, source.references);
    let raw = body.map(Elements::whole_text).unwrap_or_default();
    let html = rewriter.text(&raw, body.and_then(|body| body.attribute("texttype")), &mut notes);
    source.styles += rewriter.styles;
    let mut blocks = html_block(html);
    let attachments = topic.one("attachments").into_iter().flat_map(|all| all.all("attachment"));
    for href in attachments.filter_map(|attachment| attachment.attribute("href")) {
        let file = match source.references.meaning(href, &path) {
            Meaning::Inside(ours) => ours.strip_prefix("asset:").and_then(|id| source.file(id)),
            Meaning::Outside | Meaning::Lost => None,
        };
        attach(file, href, &mut blocks, &mut notes);
    }
    let mut published = true;
    for companion in source.companions(resource) {
        published &= topic_settings(source, &companion, &mut blocks, &mut notes)?;
    }
    Ok(Content { published, ..Content::lesson(topic.text_of("title"), blocks, notes) })
}

/// Canvas's `topicMeta`: attachments are taken over, everything about replies and points is named as lost.
fn topic_settings<R: Read + Seek>(
    source: &mut Source<'_, R>,
    path: &str,
    blocks: &mut Vec<Block>,
    notes: &mut Vec<String>,
) -> Result<bool, String> {
    let text = source.text(path)?;
    let document = xml::parse(&text).map_err(|refused| source.refuse(path, refused.to_string()))?;
    let meta = document.root_element();
    let mut lost = dates(meta);
    if let Some(assignment) = meta.one("assignment") {
        lost.extend(dates(assignment));
        lost.extend(
            assignment.text_of("points_possible").map(|points| format!("{points} points for replies are not kept")),
        );
    }
    if meta.text_of("type").is_some_and(|kind| kind == "announcement") {
        lost.push("it was an announcement".to_owned());
    }
    if let Some(id) = meta.text_of("attachment_identifierref") {
        let path = source.resource(&id).and_then(Resource::main).unwrap_or(&id);
        attach(source.file_at(path), path, blocks, notes);
    }
    notes.extend(lost.clone());
    lost.push("rules for replies (threads, ratings, groups) have no equal here".to_owned());
    source.lose(path, &lost);
    Ok(meta.text_of("workflow_state").is_none_or(|state| state != "unpublished"))
}

fn attach(file: Option<&File>, named: &str, blocks: &mut Vec<Block>, notes: &mut Vec<String>) {
    match file.map(file_block) {
        Some(block) if blocks.contains(&block) => {}
        Some(block) if blocks.len() < BLOCKS_MAX => blocks.push(block),
        Some(_) => crate::text::note(notes, format!("{named} was left out: a lesson has at most {BLOCKS_MAX} pieces")),
        None => crate::text::note(notes, format!("its attachment {named} is missing")),
    }
}

/// The block that offers a file: a picture is shown, anything else is downloaded.
fn file_block(file: &File) -> Block {
    let (asset, title) = (file.id.clone(), file.name.clone());
    if media_type::is_picture(&file.content_type) {
        Block::Image { asset, alt: title_of_path(&file.path) }
    } else {
        Block::File { asset, title }
    }
}

fn files<R: Read + Seek>(source: &Source<'_, R>, resource: &Resource) -> Result<Content, String> {
    let paths = resource.paths();
    let (mut blocks, mut notes) = (Vec::new(), Vec::new());
    for file in paths.iter().filter_map(|path| source.file_at(path)) {
        attach(Some(file), &file.path, &mut blocks, &mut notes);
    }
    if blocks.is_empty() {
        return Err("its file is missing or cannot be read".to_owned());
    }
    if blocks.iter().any(|block| matches!(block, Block::Image { .. })) {
        notes.push("the package does not describe the picture: its name stands in place of a description".to_owned());
    }
    Ok(Content::lesson(paths.first().map(|path| title_of_path(path)), blocks, notes))
}

fn web_link<R: Read + Seek>(source: &mut Source<'_, R>, resource: &Resource) -> Result<Content, String> {
    let path = resource.main().ok_or("it names no file")?.to_owned();
    let text = source.text(&path)?;
    let document = xml::parse(&text).map_err(|refused| source.refuse(&path, refused.to_string()))?;
    let link = document.root_element();
    let url = link.one("url").and_then(|url| url.attribute("href")).unwrap_or_default().trim().to_owned();
    linked(url, link.text_of("title"), Vec::new())
}

fn tool<R: Read + Seek>(source: &mut Source<'_, R>, resource: &Resource) -> Result<Content, String> {
    let path = resource.main().ok_or("it names no file")?.to_owned();
    let text = source.text(&path)?;
    let document = xml::parse(&text).map_err(|refused| source.refuse(&path, refused.to_string()))?;
    let link = document.root_element();
    let url = link.text_of("secure_launch_url").or_else(|| link.text_of("launch_url")).unwrap_or_default();
    linked(
        url,
        link.text_of("title"),
        vec!["an external tool: it became a link, which signs nobody in and reports no result".to_owned()],
    )
}

fn linked(url: String, title: Option<String>, notes: Vec<String>) -> Result<Content, String> {
    if !is_web(&url) {
        return Err("it leads to no address of the web".to_owned());
    }
    let shown = title.clone().unwrap_or_else(|| url.clone());
    Ok(Content::lesson(title, vec![Block::Link { url, title: crate::text::cut(&shown) }], notes))
}
