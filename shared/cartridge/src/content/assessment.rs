//! Quizzes and question banks: the richest description in the package is read, the other is named in the report.

use super::{Content, html_block};
use crate::manifest::Resource;
use crate::model::{AssessmentSettings, NodeKind};
use crate::quiz::{self, settings};
use crate::rewriter::Rewriter;
use crate::shape::is_html;
use crate::source::Source;
use crate::xml;
use std::io::{Read, Seek};

/// Reads a quiz or a bank.
pub(super) fn read<R: Read + Seek>(
    source: &mut Source<'_, R>,
    resource: &Resource,
    is_bank: bool,
) -> Result<Content, String> {
    let companions = source.companions(resource);
    let mut meta = settings::Meta { published: true, ..settings::Meta::default() };
    let meta_path = companions.iter().find(|path| path.ends_with("assessment_meta.xml"));
    if let Some(path) = meta_path {
        let text = source.text(path)?;
        let document = xml::parse(&text).map_err(|refused| source.refuse(path, refused.to_string()))?;
        meta = settings::canvas(document.root_element());
        source.lose(path, &meta.notes);
    }
    let (path, plain) = questions_of(source, resource, &companions)?;
    if let Some(plain) = plain {
        source.lose(&plain, &[format!("the same questions with less detail; {path} was read instead")]);
    }
    let text = source.text(&path)?;
    let document = xml::parse(&text).map_err(|refused| source.refuse(&path, refused.to_string()))?;
    let mut rewriter = Rewriter::new(&path, source.references);
    let quiz = quiz::read(document.root_element(), &mut rewriter, &mut source.item_ids, &mut source.questions);
    let mut notes = meta.notes;
    let mut blocks = Vec::new();
    if let Some(description) = &meta.description {
        blocks = html_block(rewriter.html(description, &mut notes));
    }
    if !quiz.epilogue.is_empty() {
        notes.push("words after its last question stand in its introduction".to_owned());
        blocks.extend(html_block(quiz.epilogue));
    }
    source.styles += rewriter.styles;
    if is_bank {
        notes.push("a bank of questions became an assessment that nobody has to take".to_owned());
    }
    if quiz.items.is_empty() {
        notes.push("it has no questions".to_owned());
    }
    if !meta.published {
        notes.push("it was not published: it is optional".to_owned());
    }
    let settings = if meta_path.is_some() { meta.settings } else { quiz.settings };
    Ok(Content {
        kind: NodeKind::Assessment,
        title: meta.title.or(quiz.title),
        blocks,
        assessment: Some(AssessmentSettings { ..settings }),
        items: quiz.items,
        published: meta.published && !is_bank,
        notes,
    })
}

/// The file with the questions, and the plainer copy beside it.
fn questions_of<R: Read + Seek>(
    source: &Source<'_, R>,
    resource: &Resource,
    companions: &[String],
) -> Result<(String, Option<String>), String> {
    let own = resource.paths().into_iter().find(|path| source.archive.has(path) && !is_html(path)).map(str::to_owned);
    let rich = companions.iter().find(|path| path.ends_with(".xml.qti")).cloned();
    let rich = rich.or_else(|| {
        Some(format!("non_cc_assessments/{}.xml.qti", resource.id)).filter(|path| source.archive.has(path))
    });
    match (rich, own) {
        (Some(rich), own) => Ok((rich.clone(), own.filter(|own| *own != rich))),
        (None, Some(own)) => Ok((own, None)),
        (None, None) => Err("its questions are missing".to_owned()),
    }
}
