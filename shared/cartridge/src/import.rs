//! From an opened archive to a draft course: plan the outline, sum up the files, then read the content.

mod build;

use crate::archive::Archive;
use crate::id::shaped;
use crate::manifest::{self, Manifest};
use crate::model::{Cartridge, File};
use crate::modules::{self, Module};
use crate::outline;
use crate::reference::References;
use crate::refused::Refused;
use crate::report::{Outcome, Report, RowKind};
use crate::shape::{self, Company, Shape};
use crate::source::{Source, title_of_path};
use crate::xml::Elements;
use crate::{ledger, media_type, text, xml};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Seek};

pub(crate) const MANIFEST: &str = "imsmanifest.xml";
pub(crate) const MODULES: &str = "course_settings/module_meta.xml";
pub(crate) const SETTINGS: &str = "course_settings/course_settings.xml";

/// Reads the whole package.
pub(crate) fn cartridge<R: Read + Seek>(archive: &mut Archive<R>) -> Result<Cartridge, Refused> {
    let mut manifest = read_manifest(archive)?;
    let mut resource_rows = Report::default();
    drop_doubles(&mut manifest, &mut resource_rows);
    let mut fates = BTreeMap::from([(MANIFEST.to_owned(), Outcome::Imported)]);
    let modules = read_settings(archive, &mut manifest, &mut fates);
    let mut modules = modules.unwrap_or_default();
    redirect(&mut manifest, &mut modules);

    let shapes = shapes(&manifest, &modules);
    let mut report = Report::default();
    let outline = outline::plan(&manifest, &modules, &loose(archive, &manifest, &shapes), &mut report);
    let mut references = References { nodes: outline.nodes.clone(), ..References::default() };
    for resource in manifest.resources.iter().filter(|resource| shapes.get(&resource.id) == Some(&Shape::Page)) {
        if let (Some(path), Some(node)) = (resource.main(), outline.nodes.get(&resource.id)) {
            references.pages.insert(path.to_owned(), node.clone());
        }
    }
    let files = ledger::files(archive, &manifest, &shapes, &mut references, &mut fates);

    let mut source = Source::new(archive, &manifest, &references, &files, fates);
    let (nodes, outcomes) = build::nodes(&mut source, outline, &shapes, &mut report);
    let Source { fates, questions, styles, .. } = source;
    ledger::resources(archive, &manifest, &shapes, &outcomes, &mut resource_rows);
    let language = manifest.language.take().filter(|tag| is_language(tag));
    let package = package_notes(&manifest, language.as_deref(), styles);
    let title = if manifest.title.is_empty() { "Untitled course".to_owned() } else { text::cut(&manifest.title) };
    let mut rows = Report::default();
    rows.noted(RowKind::Package, &manifest.id, &title, &package);
    for part in [report, resource_rows, questions, ledger::file_rows(archive, fates)] {
        rows.rows.extend(part.rows);
    }
    Ok(Cartridge { id: shaped(&manifest.id), title, language, nodes, files, report: rows })
}

fn read_manifest<R: Read + Seek>(archive: &mut Archive<R>) -> Result<Manifest, Refused> {
    if !archive.has(MANIFEST) {
        let refused = archive.refused().iter().find(|(path, _)| path == MANIFEST);
        return Err(refused.map_or(Refused::ManifestMissing, |(_, why)| Refused::ManifestFile(*why)));
    }
    let bytes = archive.document(MANIFEST).map_err(Refused::ManifestFile)?;
    let decoded = xml::text(&bytes).map_err(Refused::ManifestXml)?;
    let document = xml::parse(&decoded).map_err(Refused::ManifestXml)?;
    let mut manifest = manifest::read(document.root_element())?;
    manifest::match_paths(&mut manifest, |path| archive.has(path));
    Ok(manifest)
}

/// Of resources with one identifier the first counts: a reference could mean either.
fn drop_doubles(manifest: &mut Manifest, rows: &mut Report) {
    let mut seen = HashSet::new();
    manifest.resources.retain(|resource| {
        let is_new = !resource.id.is_empty() && seen.insert(resource.id.clone());
        if !is_new {
            let what = resource.main().unwrap_or_default();
            rows.refused(RowKind::Resource, &resource.id, what, "another resource has its identifier, or it has none");
        }
        is_new
    });
}

/// Canvas's own settings: the list of modules, and what the manifest does not say about the course.
fn read_settings<R: Read + Seek>(
    archive: &mut Archive<R>,
    manifest: &mut Manifest,
    fates: &mut BTreeMap<String, Outcome>,
) -> Option<Vec<Module>> {
    let mut read = |path: &str| -> Option<String> {
        let text = archive.has(path).then(|| archive.document(path))?.map_err(|refused| refused.to_string());
        let text = text.and_then(|bytes| {
            xml::text(&bytes).map(std::borrow::Cow::into_owned).map_err(|refused| refused.to_string())
        });
        let text = text
            .and_then(|text| xml::parse(&text).map(drop).map(|()| text.clone()).map_err(|refused| refused.to_string()));
        text.map_err(|why| fates.insert(path.to_owned(), Outcome::Refused { why })).ok()
    };
    let (settings, list) = (read(SETTINGS), read(MODULES));
    if let Some(document) = settings.as_deref().and_then(|text| xml::parse(text).ok()) {
        let course = document.root_element();
        manifest.language = manifest.language.take().or_else(|| course.text_of("locale"));
        if manifest.title.is_empty() {
            manifest.title = course.text_of("title").unwrap_or_default();
        }
        let how =
            "title and language are read; how the course is shown, enrolled and graded has no equal here".to_owned();
        fates.insert(SETTINGS.to_owned(), Outcome::Degraded { how });
    }
    let document = xml::parse(list.as_deref()?).ok()?;
    fates.insert(MODULES.to_owned(), Outcome::Imported);
    Some(modules::read(document.root_element()))
}

/// An outline that names the plain copy of a resource means the resource.
fn redirect(manifest: &mut Manifest, modules: &mut [Module]) {
    let company = Company::of(manifest);
    let better: HashMap<String, String> = manifest
        .resources
        .iter()
        .filter(|resource| shape::of(resource, &company, false) == Shape::Fallback)
        .filter_map(|resource| Some((resource.id.clone(), resource.variant_of.clone()?)))
        .collect();
    let targets = manifest.items.iter_mut().map(|item| &mut item.target);
    for target in
        targets.chain(modules.iter_mut().flat_map(|module| module.items.iter_mut().map(|item| &mut item.target)))
    {
        if let Some(other) = target.as_ref().and_then(|target| better.get(target)) {
            *target = Some(other.clone());
        }
    }
}

fn shapes(manifest: &Manifest, modules: &[Module]) -> HashMap<String, Shape> {
    let organised = manifest.items.iter().filter_map(|item| item.target.as_deref());
    let placed: HashSet<&str> = modules
        .iter()
        .flat_map(|module| module.items.iter().filter_map(|item| item.target.as_deref()))
        .chain(organised)
        .collect();
    let company = Company::of(manifest);
    let shape = |resource: &manifest::Resource| shape::of(resource, &company, placed.contains(resource.id.as_str()));
    manifest.resources.iter().map(|resource| (resource.id.clone(), shape(resource))).collect()
}

/// What a learner could open, in the order of the manifest, with a title for want of a better one.
fn loose<R: Read + Seek>(
    archive: &Archive<R>,
    manifest: &Manifest,
    shapes: &HashMap<String, Shape>,
) -> Vec<(String, String)> {
    let open =
        manifest.resources.iter().filter(|resource| shapes.get(&resource.id).is_some_and(|shape| shape.is_content()));
    let there = open.filter(|resource| resource.paths().iter().any(|path| archive.has(path)));
    there.map(|resource| (resource.id.clone(), resource.main().map(title_of_path).unwrap_or_default())).collect()
}

fn is_language(tag: &str) -> bool {
    (2..=35).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn package_notes(manifest: &Manifest, language: Option<&str>, styles: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if manifest.title.is_empty() {
        notes.push("it names no title".to_owned());
    }
    if text::is_too_long(&manifest.title) {
        notes.push("its title was cut".to_owned());
    }
    if language.is_none() {
        notes.push("it names no language: set it".to_owned());
    }
    if styles > 0 {
        notes.push(format!(
            "{styles} element(s) carry styles of their own; colours and sizes follow the course's own look"
        ));
    }
    notes
}

/// A file of the course, once it is summed up.
pub(crate) fn file(id: String, path: &str, sum: crate::archive::Sum) -> File {
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let content_type = media_type::of(&name).to_owned();
    File { id, path: path.to_owned(), name, content_type, size: sum.size, sha256: sum.sha256 }
}
