//! Reads a Common Cartridge or a Canvas export (`.imscc`) into a draft course.
//!
//! Pure: bytes in, structures out; no file system, no network, no clock. The input is hostile until proven otherwise:
//! [`limits`] bound everything, each refusal is a value, and [`Report`] accounts for every thing in the package, so that
//! nothing is dropped in silence.
//!
//! The HTML that comes out has its references rewritten (`asset:ID`, `node:ID`) and is **not sanitised**.

mod archive;
mod content;
mod decimal;
mod html;
mod id;
mod import;
mod ledger;
pub mod limits;
mod manifest;
mod media_type;
mod model;
mod modules;
mod outline;
mod quiz;
mod reference;
mod refused;
mod report;
mod rewriter;
mod shape;
mod source;
mod text;
mod xml;

pub use model::{AssessmentSettings, Block, Cartridge, Choice, File, Item, ItemKind, Key, Node, NodeKind, Range};
pub use refused::{FileRefused, Refused, XmlRefused};
pub use report::{Counts, Outcome, Report, Row, RowKind};

use std::io::{Cursor, Read, Seek};

/// An opened package: its outline and its report are read at once, its files when asked for.
pub struct Package<R> {
    archive: archive::Archive<R>,
}

impl<'a> Package<Cursor<&'a [u8]>> {
    /// Opens a package in memory.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, Refused> {
        Self::open(Cursor::new(bytes))
    }
}

impl<R: Read + Seek> Package<R> {
    /// Opens a package: checks the archive's directory, inflates nothing.
    pub fn open(reader: R) -> Result<Self, Refused> {
        Ok(Self { archive: archive::Archive::open(reader)? })
    }

    /// Reads the course. Every file is inflated once to learn its true size and digest; none is kept in memory.
    pub fn cartridge(&mut self) -> Result<Cartridge, Refused> {
        import::cartridge(&mut self.archive)
    }

    /// The bytes of a file of the course.
    pub fn bytes(&mut self, file: &File) -> Result<Vec<u8>, FileRefused> {
        self.archive.bytes(&file.path)
    }
}
