//! The course's outline: which nodes there will be, before any content is read, so that pages can refer to each other.

mod organisation;

use crate::id::Ids;
use crate::limits::NODES_MAX;
use crate::manifest::Manifest;
use crate::modules::{Module, ModuleItem};
use crate::report::{Report, RowKind};
use crate::text;
use std::collections::{HashMap, HashSet};

/// A node to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) node: String,
    pub(crate) parent: Option<String>,
    pub(crate) title: String,
    pub(crate) required: bool,
    pub(crate) content: Content,
    /// What the package calls it, and as what it stands in the report; `None` for what no outline of the package names.
    pub(crate) source: Option<(RowKind, String)>,
    pub(crate) notes: Vec<String>,
}

/// What a node will hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Other nodes.
    Section,
    /// A resource of the manifest.
    Resource(String),
    /// A reference to the node that holds the resource already.
    Again(String),
    /// A page elsewhere.
    Url(String),
}

/// The outline as it grows.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) planned: Vec<Planned>,
    /// Package identifier (of a resource, a module or an item) to node.
    pub(crate) nodes: HashMap<String, String>,
    ids: Ids,
    left_out: usize,
}

const OUTSIDE: &str = "outside-the-modules";

/// Plans the outline: Canvas's modules where there are any, the manifest's organisation otherwise, and then whatever
/// neither names.
pub(crate) fn plan(
    manifest: &Manifest,
    modules: &[Module],
    loose: &[(String, String)],
    report: &mut Report,
) -> Outline {
    let resources: HashSet<&str> = manifest.resources.iter().map(|resource| resource.id.as_str()).collect();
    let mut outline = Outline::default();
    if modules.is_empty() {
        outline.add_organisation(&manifest.items, &resources, report);
    } else {
        modules.iter().for_each(|module| outline.add_module(module, &resources, report));
        organisation::superseded(&manifest.items, modules, report);
    }
    outline.add_loose(loose);
    if outline.left_out > 0 {
        let why = format!("{} more node(s): a course has at most {NODES_MAX}", outline.left_out);
        report.refused(RowKind::Package, "outline", "Outline", why);
    }
    outline
}

impl Outline {
    fn add_module(&mut self, module: &Module, resources: &HashSet<&str>, report: &mut Report) {
        let mut notes = module.notes.clone();
        if !module.published {
            notes.push("it was not published: its lessons are optional".to_owned());
        }
        let source = (RowKind::Module, module.id.as_str());
        let Some(section) = self.add(source, None, &module.title, module.published, Content::Section, notes) else {
            return;
        };
        let mut parent = section.clone();
        for item in &module.items {
            if item.content_type == "ContextModuleSubHeader" {
                let notes = vec!["a heading: it became a section that holds what follows it".to_owned()];
                let source = (RowKind::ModuleItem, item.id.as_str());
                let heading = self.add(source, Some(&section), &item.title, true, Content::Section, notes);
                parent = heading.unwrap_or_else(|| section.clone());
                continue;
            }
            self.add_module_item(item, &parent, module.published, resources, report);
        }
    }

    fn add_module_item(
        &mut self,
        item: &ModuleItem,
        parent: &str,
        open: bool,
        resources: &HashSet<&str>,
        report: &mut Report,
    ) {
        let mut notes = Vec::new();
        if !item.published {
            notes.push("it was not published: it is optional".to_owned());
        }
        let target = item.target.as_deref().filter(|target| resources.contains(target));
        let content = match (target, item.url.as_deref().filter(|url| crate::reference::is_web(url))) {
            (Some(target), _) => self.resource(target, &mut notes),
            (None, Some(url)) => {
                if item.content_type == "ContextExternalTool" {
                    notes.push(
                        "an external tool: it became a link, which signs nobody in and reports no result".to_owned(),
                    );
                }
                Content::Url(url.to_owned())
            }
            (None, None) => {
                let why = format!("the package holds nothing for it ({})", item.content_type);
                return report.refused(RowKind::ModuleItem, &item.id, &item.title, why);
            }
        };
        let source = (RowKind::ModuleItem, item.id.as_str());
        self.add(source, Some(parent), &item.title, open && item.published, content, notes);
    }

    /// What no outline names stands at the end, optional, in a section of its own.
    fn add_loose(&mut self, loose: &[(String, String)]) {
        let missing: Vec<_> = loose.iter().filter(|(id, _)| !self.nodes.contains_key(id)).collect();
        if missing.is_empty() {
            return;
        }
        let section = self.ids.claim(OUTSIDE);
        self.planned.push(Planned {
            node: section.clone(),
            parent: None,
            title: "Outside the modules".to_owned(),
            required: false,
            content: Content::Section,
            source: None,
            notes: Vec::new(),
        });
        for (id, title) in missing {
            if self.planned.len() >= NODES_MAX {
                self.left_out += 1;
                continue;
            }
            let node = self.ids.claim(id);
            self.nodes.insert(id.clone(), node.clone());
            self.planned.push(Planned {
                node,
                parent: Some(section.clone()),
                title: title_or(title, id),
                required: false,
                content: Content::Resource(id.clone()),
                source: None,
                notes: Vec::new(),
            });
        }
    }

    fn resource(&self, target: &str, notes: &mut Vec<String>) -> Content {
        match self.nodes.get(target) {
            Some(node) => {
                notes.push("its content stands elsewhere in the course already: it became a link to it".to_owned());
                Content::Again(node.clone())
            }
            None => Content::Resource(target.to_owned()),
        }
    }

    fn add(
        &mut self,
        (kind, id): (RowKind, &str),
        parent: Option<&str>,
        title: &str,
        required: bool,
        content: Content,
        mut notes: Vec<String>,
    ) -> Option<String> {
        if self.planned.len() >= NODES_MAX {
            self.left_out += 1;
            return None;
        }
        if text::is_too_long(title) {
            notes.push("its title was cut".to_owned());
        }
        let node = self.ids.claim(id);
        if let Content::Resource(target) = &content {
            self.nodes.insert(target.clone(), node.clone());
        }
        self.nodes.entry(id.to_owned()).or_insert_with(|| node.clone());
        self.planned.push(Planned {
            node: node.clone(),
            parent: parent.map(str::to_owned),
            title: title_or(title, id),
            required,
            content,
            source: Some((kind, id.to_owned())),
            notes,
        });
        Some(node)
    }
}

fn title_or(title: &str, id: &str) -> String {
    let title = text::cut(title);
    if !title.is_empty() {
        return title;
    }
    if id.is_empty() { "Untitled".to_owned() } else { text::cut(id) }
}
