//! Why a package, a file or a document is refused.

use crate::limits;

/// The package cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The bytes are no zip archive, or the archive is cut off or damaged.
    #[error("this is no complete zip archive")]
    NotAZip,
    /// Too many entries.
    #[error("the package has more than {} entries", limits::ENTRIES_MAX)]
    TooManyEntries,
    /// Two entries have one name: readers would disagree on which one counts.
    #[error("the package has two files of the same name")]
    DuplicateNames,
    /// Entries share bytes, as only bombs do.
    #[error("files in the package overlap each other")]
    OverlappingEntries,
    /// The files together declare more bytes than we inflate.
    #[error("the package would unpack to more than {} bytes", limits::TOTAL_BYTES_MAX)]
    TooLarge,
    /// There is no manifest where it belongs.
    #[error("the package has no imsmanifest.xml at its root: it is no Common Cartridge")]
    ManifestMissing,
    /// The manifest's file cannot be read.
    #[error("imsmanifest.xml cannot be read: {0}")]
    ManifestFile(FileRefused),
    /// The manifest is no acceptable XML.
    #[error("imsmanifest.xml cannot be read: {0}")]
    ManifestXml(XmlRefused),
    /// The manifest is XML of another kind.
    #[error("imsmanifest.xml is not the manifest of a Common Cartridge")]
    NotAManifest,
}

/// A file in the package cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileRefused {
    /// The path leaves the package, or could on some system.
    #[error("its path is unsafe")]
    UnsafePath,
    /// The path is no text, or too long.
    #[error("its path cannot be read")]
    UnreadablePath,
    /// A symbolic link.
    #[error("it is a symbolic link")]
    Symlink,
    /// Encrypted.
    #[error("it is encrypted")]
    Encrypted,
    /// Compressed by a method other than deflate.
    #[error("it is compressed by an unsupported method")]
    Compression,
    /// Inflates to too much.
    #[error("it would unpack to more than {} bytes", limits::FILE_BYTES_MAX)]
    TooLarge,
    /// Inflates suspiciously well.
    #[error("it unpacks to more than {} times its size", limits::RATIO_MAX)]
    Ratio,
    /// A document too large to be parsed.
    #[error("it is a document of more than {} bytes", limits::DOCUMENT_BYTES_MAX)]
    DocumentTooLarge,
    /// All documents together are too large to be parsed.
    #[error("the package's documents together have more than {} bytes", limits::DOCUMENTS_TOTAL_BYTES_MAX)]
    DocumentsTooLarge,
    /// Checksum or length differ, or the data ends early.
    #[error("it is damaged")]
    Damaged,
    /// Not in the package.
    #[error("it is not in the package")]
    Missing,
}

/// A document cannot be parsed as XML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlRefused {
    /// Neither UTF-8 nor UTF-16 nor declared Latin-1.
    #[error("its text is in an unknown encoding")]
    Encoding,
    /// It has a document type, which can define entities.
    #[error("it has a document type definition")]
    Dtd,
    /// Elements nested too deeply.
    #[error("it has more than {} levels of elements", limits::XML_DEPTH_MAX)]
    TooDeep,
    /// Too many attributes, namespaces or nodes.
    #[error("it has too many elements, attributes or namespaces")]
    TooMany,
    /// Not well-formed.
    #[error("it is no well-formed XML ({0})")]
    Syntax(String),
}
