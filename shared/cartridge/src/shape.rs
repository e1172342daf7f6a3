//! What a resource is, by its type and its files.

use crate::manifest::{Manifest, Resource};
use std::collections::HashSet;

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An HTML page to read.
    Page,
    /// Files to download or to show in pages.
    Files,
    /// A discussion topic.
    Discussion,
    /// A link to elsewhere.
    WebLink,
    /// Work to hand in, in Canvas's own form: a page and `assignment_settings.xml`.
    CanvasAssignment,
    /// Work to hand in, in the form of the Common Cartridge extension.
    Assignment,
    /// A quiz, or a bank of questions.
    Quiz {
        /// Nobody takes a bank; quizzes draw from it.
        is_bank: bool,
    },
    /// A tool elsewhere, by LTI.
    Tool,
    /// Settings of the course.
    Settings,
    /// Settings of another resource, read together with it.
    Companion,
    /// The plain copy of another resource.
    Fallback,
    /// Something of an unknown type.
    Unknown,
}

impl Shape {
    /// Whether a learner can open it: then it has a node, even where no module names it.
    pub(crate) fn is_content(self) -> bool {
        match self {
            Self::Page
            | Self::Discussion
            | Self::WebLink
            | Self::CanvasAssignment
            | Self::Assignment
            | Self::Quiz { .. } => true,
            Self::Files | Self::Tool | Self::Settings | Self::Companion | Self::Fallback | Self::Unknown => false,
        }
    }

    /// What to call it in a report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Files => "file",
            Self::Discussion => "discussion",
            Self::WebLink => "link",
            Self::CanvasAssignment | Self::Assignment => "assignment",
            Self::Quiz { is_bank: false } => "quiz",
            Self::Quiz { is_bank: true } => "question bank",
            Self::Tool => "external tool",
            Self::Settings => "course settings",
            Self::Companion => "settings of another resource",
            Self::Fallback => "plain copy of another resource",
            Self::Unknown => "resource of an unknown type",
        }
    }
}

/// What one resource's shape depends on in the others.
#[derive(Debug, Default)]
pub(crate) struct Company<'a> {
    /// Resources that a plain copy may stand back for: of a type that is read here, and no copies themselves.
    better: HashSet<&'a str>,
    /// Resources that a discussion or a quiz leans on.
    leaned_on: HashSet<&'a str>,
}

impl<'a> Company<'a> {
    /// The company that the manifest's resources keep.
    pub(crate) fn of(manifest: &'a Manifest) -> Self {
        let mut company = Self::default();
        for resource in &manifest.resources {
            let is_any = |kinds: &[&str]| kinds.iter().any(|kind| resource.kind.starts_with(kind));
            if resource.variant_of.is_none() && is_any(&["imsdt", "imswl", "imsqti", "assignment"]) {
                company.better.insert(&resource.id);
            }
            if is_any(&["imsdt", "imsqti"]) {
                company.leaned_on.extend(resource.dependencies.iter().map(String::as_str));
            }
        }
        company
    }
}

/// What `resource` is. `is_placed`: an outline names it.
pub(crate) fn of(resource: &Resource, company: &Company<'_>, is_placed: bool) -> Shape {
    let kind = resource.kind.as_str();
    let has = |name: &str| resource.paths().iter().any(|path| path.rsplit('/').next() == Some(name));
    let main = resource.main().unwrap_or_default();
    if resource.variant_of.as_deref().is_some_and(|better| company.better.contains(better)) {
        Shape::Fallback
    } else if kind.starts_with("imsdt") {
        Shape::Discussion
    } else if kind.starts_with("imswl") {
        Shape::WebLink
    } else if kind.starts_with("imsqti") {
        Shape::Quiz { is_bank: kind.contains("question-bank") }
    } else if kind.starts_with("imsbasiclti") {
        Shape::Tool
    } else if kind.starts_with("assignment") {
        Shape::Assignment
    } else if has("assignment_settings.xml") {
        Shape::CanvasAssignment
    } else if main.starts_with("course_settings/") {
        if main.ends_with("/syllabus.html") { Shape::Page } else { Shape::Settings }
    } else if kind.starts_with("associatedcontent")
        && (has("assessment_meta.xml") || main.ends_with(".xml") && company.leaned_on.contains(resource.id.as_str()))
    {
        Shape::Companion
    } else if kind == "webcontent" || kind.starts_with("associatedcontent") {
        if is_html(main) && (is_placed || main.starts_with("wiki_content/")) { Shape::Page } else { Shape::Files }
    } else {
        Shape::Unknown
    }
}

/// Whether the path's extension says HTML.
pub(crate) fn is_html(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| ["html", "htm", "xhtml"].iter().any(|html| extension.eq_ignore_ascii_case(html)))
}
