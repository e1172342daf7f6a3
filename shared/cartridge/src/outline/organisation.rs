//! The manifest's own organisation: any depth of items, of which those with children are sections.

use super::{Content, Outline};
use crate::limits::NODE_DEPTH_MAX;
use crate::manifest::OutlineItem;
use crate::modules::Module;
use crate::report::{Report, RowKind};
use std::collections::HashSet;

/// The organisation repeats Canvas's modules in less detail: each of its items is accounted for, none is used twice.
pub(super) fn superseded(items: &[OutlineItem], modules: &[Module], report: &mut Report) {
    let known: HashSet<&str> = modules
        .iter()
        .flat_map(|module| std::iter::once(module.id.as_str()).chain(module.items.iter().map(|item| item.id.as_str())))
        .collect();
    for item in items.iter().filter(|item| !known.contains(item.id.as_str())) {
        let note = "Canvas's own list of modules was used, which names this differently".to_owned();
        report.noted(RowKind::ModuleItem, &item.id, &item.title, &[note]);
    }
}

impl Outline {
    /// Adds the items in pre-order.
    pub(super) fn add_organisation(&mut self, items: &[OutlineItem], resources: &HashSet<&str>, report: &mut Report) {
        // The section at each level on the way to the present item.
        let mut path: Vec<String> = Vec::new();
        for item in items {
            path.truncate(item.depth);
            let mut notes = Vec::new();
            let target = item.target.as_deref().filter(|target| resources.contains(target));
            let kind = if item.has_children { RowKind::Module } else { RowKind::ModuleItem };
            if item.depth + 1 > NODE_DEPTH_MAX {
                notes.push(format!("it lay deeper than {NODE_DEPTH_MAX} levels and was moved up"));
                path.truncate(NODE_DEPTH_MAX - 1);
            }
            let parent = path.last().cloned();
            if item.has_children {
                let section = self.add((kind, &item.id), parent.as_deref(), &item.title, true, Content::Section, notes);
                path.extend(section);
                if let (Some(target), Some(section)) = (target, path.last().cloned()) {
                    let content = self.resource(target, &mut Vec::new());
                    self.add((RowKind::ModuleItem, &item.id), Some(&section), &item.title, true, content, Vec::new());
                }
            } else if let Some(target) = target {
                let content = self.resource(target, &mut notes);
                self.add((kind, &item.id), parent.as_deref(), &item.title, true, content, notes);
            } else if item.target.is_some() {
                report.refused(kind, &item.id, &item.title, "the package holds no resource for it");
            } else {
                notes.push("it names no resource: it became an empty section".to_owned());
                self.add((kind, &item.id), parent.as_deref(), &item.title, true, Content::Section, notes);
            }
        }
    }
}
