//! The account of files and resources: each is in the course, or the report says why not.

use crate::archive::Archive;
use crate::id::Ids;
use crate::import::{self, MANIFEST};
use crate::manifest::Manifest;
use crate::model::File;
use crate::reference::References;
use crate::report::{Outcome, Report, RowKind};
use crate::shape::{Shape, is_html};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Seek};

const NO_TOOLS: &str = "external tools (LTI) are not supported";

/// Sums up every file that is not structure, and makes it known to the references.
pub(crate) fn files<R: Read + Seek>(
    archive: &mut Archive<R>,
    manifest: &Manifest,
    shapes: &HashMap<String, Shape>,
    references: &mut References,
    fates: &mut BTreeMap<String, Outcome>,
) -> Vec<File> {
    let mut wanted: Vec<(Option<&str>, String, String)> = Vec::new();
    let mut named: HashSet<&str> = HashSet::from([MANIFEST]);
    for resource in &manifest.resources {
        let shape = shapes.get(&resource.id).copied().unwrap_or(Shape::Unknown);
        let main = resource.main();
        for path in resource.paths() {
            if shape == Shape::Tool {
                fates.insert(path.to_owned(), Outcome::Refused { why: NO_TOOLS.to_owned() });
            }
            if !named.insert(path) || !archive.has(path) || !is_asset(shape, path, main) {
                continue;
            }
            let is_main = Some(path) == main && matches!(shape, Shape::Files | Shape::Unknown);
            let source = if is_main { resource.id.clone() } else { format!("{}-{path}", resource.id) };
            wanted.push((is_main.then_some(resource.id.as_str()), source, path.to_owned()));
        }
    }
    let unnamed: Vec<String> = archive
        .paths()
        .filter(|path| {
            !named.contains(path) && !path.starts_with("course_settings/") && !path.starts_with("non_cc_assessments/")
        })
        .map(str::to_owned)
        .collect();
    let (mut files, mut ids) = (Vec::new(), Ids::default());
    let known = wanted.into_iter().map(|entry| (entry, Vec::new()));
    let unnamed = unnamed
        .into_iter()
        .map(|path| ((None, format!("file-{path}"), path), vec!["the manifest does not name it".to_owned()]));
    for ((resource, source, path), notes) in known.chain(unnamed) {
        match archive.sum(&path) {
            Ok(sum) => {
                let id = ids.claim(&source);
                references.files.insert(path.clone(), id.clone());
                if let Some(resource) = resource {
                    references.resources.insert(resource.to_owned(), id.clone());
                }
                files.push(import::file(id, &path, sum));
                fates.insert(path, Outcome::of(&notes));
            }
            Err(refused) => drop(fates.insert(path, Outcome::Refused { why: refused.to_string() })),
        }
    }
    files
}

fn is_asset(shape: Shape, path: &str, main: Option<&str>) -> bool {
    match shape {
        Shape::Files | Shape::Unknown => true,
        Shape::Page | Shape::Discussion => Some(path) != main,
        Shape::CanvasAssignment => !is_html(path) && !path.ends_with("assignment_settings.xml"),
        Shape::Assignment | Shape::Quiz { .. } => {
            Some(path) != main && !path.ends_with(".xml") && !path.ends_with(".qti") && !is_html(path)
        }
        Shape::WebLink | Shape::Tool | Shape::Settings | Shape::Companion | Shape::Fallback => false,
    }
}

/// A row for each resource.
pub(crate) fn resources<R: Read + Seek>(
    archive: &Archive<R>,
    manifest: &Manifest,
    shapes: &HashMap<String, Shape>,
    outcomes: &HashMap<String, Outcome>,
    rows: &mut Report,
) {
    for resource in &manifest.resources {
        let shape = shapes.get(&resource.id).copied().unwrap_or(Shape::Unknown);
        let missing: Vec<&str> = resource.paths().into_iter().filter(|path| !archive.has(path)).collect();
        let outcome = outcomes
            .get(&resource.id)
            .cloned()
            .unwrap_or_else(|| unbuilt(shape, resource.paths().len() == missing.len()));
        let outcome =
            if missing.is_empty() { outcome } else { with_note(outcome, format!("missing: {}", missing.join(", "))) };
        let what = format!("{}: {}", shape.name(), resource.main().unwrap_or(&resource.id));
        rows.push(RowKind::Resource, &resource.id, &what, outcome, Vec::new());
    }
}

/// What becomes of a resource that no node holds.
fn unbuilt(shape: Shape, is_gone: bool) -> Outcome {
    let degraded = |how: &str| Outcome::Degraded { how: how.to_owned() };
    let refused = |why: &str| Outcome::Refused { why: why.to_owned() };
    match shape {
        Shape::Files if is_gone => refused("its file is missing or cannot be read"),
        Shape::Files => Outcome::Imported,
        Shape::Settings => degraded("settings of the source system; the files say one by one what is used"),
        Shape::Companion => degraded("read together with the resource it belongs to; its file says what is lost"),
        Shape::Fallback => degraded("the same in less detail; the better resource was used"),
        Shape::Tool => refused(NO_TOOLS),
        Shape::Unknown if is_gone => refused("its type is unknown and its file is missing"),
        Shape::Unknown => degraded("its type is unknown: its files are kept, no lesson shows them"),
        Shape::Page
        | Shape::Discussion
        | Shape::WebLink
        | Shape::CanvasAssignment
        | Shape::Assignment
        | Shape::Quiz { .. } => refused(if is_gone {
            "its file is missing or cannot be read"
        } else {
            "the outline has no more room for it"
        }),
    }
}

fn with_note(outcome: Outcome, note: String) -> Outcome {
    match outcome {
        Outcome::Imported => Outcome::Degraded { how: note },
        Outcome::Degraded { how } => Outcome::Degraded { how: format!("{how}; {note}") },
        Outcome::Refused { why } => Outcome::Refused { why: format!("{why}; {note}") },
    }
}

/// A row for each file of the archive, those that may not be read included.
pub(crate) fn file_rows<R: Read + Seek>(archive: &Archive<R>, mut fates: BTreeMap<String, Outcome>) -> Report {
    let mut rows = Report::default();
    for path in archive.paths() {
        let outcome = fates.remove(path).unwrap_or_else(|| unread(path));
        rows.push(RowKind::File, path, path, outcome, Vec::new());
    }
    for (path, why) in archive.refused() {
        rows.refused(RowKind::File, path, path, why.to_string());
    }
    rows
}

/// Why a file was not read.
fn unread(path: &str) -> Outcome {
    let ignored = |how: &str| Outcome::Degraded { how: format!("not read: {how}") };
    let Some(name) = path.strip_prefix("course_settings/") else {
        return match path {
            _ if path.starts_with("non_cc_assessments/") => {
                Outcome::Refused { why: "no quiz of the manifest refers to it".to_owned() }
            }
            _ if is_html(path) => ignored("the same in less detail; the better resource was used"),
            _ => Outcome::Refused { why: "nothing that was imported refers to it".to_owned() },
        };
    };
    match name {
        "canvas_export.txt" => ignored("a mark of the exporting system, without content"),
        "assignment_groups.xml" => ignored("weights of groups of assignments have no equal here"),
        "files_meta.xml" => ignored("which files were hidden or locked has no equal here"),
        "media_tracks.xml" => ignored("caption tracks of the source system's media server have no equal here"),
        "rubrics.xml" => ignored("rubrics have no equal here"),
        "learning_outcomes.xml" => ignored("learning outcomes have no equal here"),
        "grading_standards.xml" => ignored("grading schemes have no equal here"),
        "late_policy.xml" => ignored("late policies are set on the cohort"),
        "events.xml" => ignored("calendar events are set on the cohort"),
        "external_feeds.xml" => ignored("feeds have no equal here"),
        "context.xml" => ignored("it names the source system's course and account only"),
        _ => ignored("settings of the source system without an equal here"),
    }
}
