//! Canvas's own list of modules, `course_settings/module_meta.xml`: it names what the manifest's outline leaves out
//! (headings, links to elsewhere, what is not published).

use crate::xml::Elements;
use roxmltree::Node;

/// A module.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Module {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) published: bool,
    pub(crate) items: Vec<ModuleItem>,
    /// Settings of the module that have no equal here.
    pub(crate) notes: Vec<String>,
}

/// An entry of a module.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ModuleItem {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) content_type: String,
    pub(crate) target: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) published: bool,
}

/// Reads the list.
pub(crate) fn read(root: Node<'_, '_>) -> Vec<Module> {
    root.all("module").map(module).collect()
}

fn module(node: Node<'_, '_>) -> Module {
    Module {
        id: node.attribute("identifier").unwrap_or_default().to_owned(),
        title: node.text_of("title").unwrap_or_default(),
        published: is_published(node),
        items: node.one("items").map(|items| items.all("item").map(item).collect()).unwrap_or_default(),
        notes: notes(node),
    }
}

fn item(node: Node<'_, '_>) -> ModuleItem {
    ModuleItem {
        id: node.attribute("identifier").unwrap_or_default().to_owned(),
        title: node.text_of("title").unwrap_or_default(),
        content_type: node.text_of("content_type").unwrap_or_default(),
        target: node.text_of("identifierref"),
        url: node.text_of("url"),
        published: is_published(node),
    }
}

fn is_published(node: Node<'_, '_>) -> bool {
    node.text_of("workflow_state").is_none_or(|state| state != "unpublished")
}

fn notes(node: Node<'_, '_>) -> Vec<String> {
    let count = |list: &'static str, entry: &'static str| node.one(list).map_or(0, |all| all.all(entry).count());
    let flag = |name: &str| node.text_of(name).is_some_and(|text| text == "true");
    let mut notes = Vec::new();
    match count("prerequisites", "prerequisite") {
        0 => {}
        n => notes.push(format!("{n} prerequisite(s) not taken over: set access rules")),
    }
    match count("completionRequirements", "completionRequirement") {
        0 => {}
        n => notes.push(format!("{n} completion requirement(s) not taken over: set completion rules")),
    }
    if flag("require_sequential_progress") {
        notes.push("its items were to be taken in order: set access rules".to_owned());
    }
    if let Some(date) = node.text_of("unlock_at") {
        notes.push(format!("it was to open at {date}: dates belong to the cohort"));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_says_what_has_no_equal() {
        let xml = "<modules><module identifier='m'><title>One</title><workflow_state>unpublished</workflow_state>
            <unlock_at>2030-01-01T00:00:00</unlock_at><require_sequential_progress>true</require_sequential_progress>
            <prerequisites><prerequisite/></prerequisites><completionRequirements><completionRequirement/><completionRequirement/>
            </completionRequirements><items><item identifier='i'><content_type>ExternalUrl</content_type>
            <title>Elsewhere</title><url>https://example.com/</url></item></items></module></modules>";
        let document = roxmltree::Document::parse(xml).expect("is XML");
        let modules = read(document.root_element());
        assert_eq!(modules.len(), 1);
        assert!(!modules[0].published);
        assert_eq!(modules[0].notes.len(), 4);
        assert_eq!(modules[0].items[0].url.as_deref(), Some("https://example.com/"));
        assert!(modules[0].items[0].published);
    }
}
