//! Where content is read from while nodes are built: the archive, the manifest and the references, with the account of
//! what has been read.

use crate::archive::Archive;
use crate::id::Ids;
use crate::manifest::{Manifest, Resource};
use crate::model::File;
use crate::reference::References;
use crate::refused::FileRefused;
use crate::report::{Outcome, Report};
use crate::{text, xml};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Seek};

/// The state of building.
pub(crate) struct Source<'a, R> {
    pub(crate) archive: &'a mut Archive<R>,
    pub(crate) references: &'a References,
    resources: HashMap<&'a str, &'a Resource>,
    files: HashMap<&'a str, &'a File>,
    /// What became of each file, by path.
    pub(crate) fates: BTreeMap<String, Outcome>,
    /// Rows of questions.
    pub(crate) questions: Report,
    pub(crate) item_ids: Ids,
    /// `style` attributes seen so far.
    pub(crate) styles: usize,
}

impl<'a, R: Read + Seek> Source<'a, R> {
    pub(crate) fn new(
        archive: &'a mut Archive<R>,
        manifest: &'a Manifest,
        references: &'a References,
        files: &'a [File],
        fates: BTreeMap<String, Outcome>,
    ) -> Self {
        Self {
            archive,
            references,
            resources: manifest.resources.iter().map(|resource| (resource.id.as_str(), resource)).collect(),
            files: files.iter().map(|file| (file.id.as_str(), file)).collect(),
            fates,
            questions: Report::default(),
            item_ids: Ids::default(),
            styles: 0,
        }
    }

    /// The text of a document, decoded; notes that it was read.
    pub(crate) fn text(&mut self, path: &str) -> Result<String, String> {
        let bytes = self.archive.document(path).map_err(|refused| {
            if refused == FileRefused::Missing {
                format!("its file {path} is missing")
            } else {
                self.refuse(path, refused.to_string())
            }
        })?;
        match xml::text(&bytes) {
            Ok(decoded) => {
                self.fates.insert(path.to_owned(), Outcome::Imported);
                Ok(decoded.into_owned())
            }
            Err(refused) => Err(self.refuse(path, refused.to_string())),
        }
    }

    /// Notes that a file could not be used, and says so for the resource.
    pub(crate) fn refuse(&mut self, path: &str, why: String) -> String {
        let said = format!("{path}: {why}");
        self.fates.insert(path.to_owned(), Outcome::Refused { why });
        said
    }

    /// Notes what of a file was not used.
    pub(crate) fn lose(&mut self, path: &str, notes: &[String]) {
        self.fates.insert(path.to_owned(), Outcome::of(notes));
    }

    /// The resource of this identifier.
    pub(crate) fn resource(&self, id: &str) -> Option<&'a Resource> {
        self.resources.get(id).copied()
    }

    /// A file of the course by its identifier.
    pub(crate) fn file(&self, id: &str) -> Option<&'a File> {
        self.files.get(id).copied()
    }

    /// A file of the course by its path.
    pub(crate) fn file_at(&self, path: &str) -> Option<&'a File> {
        self.file(self.references.files.get(path)?)
    }

    /// The paths of the settings that `resource` leans on, each once.
    pub(crate) fn companions(&self, resource: &Resource) -> Vec<String> {
        let leaned_on = resource.dependencies.iter().filter_map(|id| self.resource(id));
        let mut paths: Vec<String> =
            leaned_on.flat_map(Resource::paths).filter(|path| self.archive.has(path)).map(str::to_owned).collect();
        let mut seen = HashSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        paths
    }
}

/// A title from a path, for what has no other.
pub(crate) fn title_of_path(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    text::cut(&stem.replace(['-', '_'], " "))
}
