//! Bounds on what a package may ask of us. Whatever passes them is refused, never truncated.

/// The most entries a package may hold, folders included.
pub const ENTRIES_MAX: usize = 20_000;
/// The most characters in the path of one entry.
pub const PATH_CHARS_MAX: usize = 1_024;
/// The most bytes one file may inflate to.
pub const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// The most bytes all files may inflate to together.
pub const TOTAL_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Files that inflate to less than this are never refused for their ratio: blank spreadsheets compress well too.
pub const RATIO_FREE_BYTES: u64 = 4 * 1024 * 1024;
/// The most inflated bytes per stored byte, beyond [`RATIO_FREE_BYTES`]. Deflate itself ends near 1,030.
pub const RATIO_MAX: u64 = 200;
/// The most bytes of one document that is parsed (XML, HTML) rather than copied.
pub const DOCUMENT_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// The most bytes of all parsed documents together: it bounds the memory a [`crate::Cartridge`] can take.
pub const DOCUMENTS_TOTAL_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// The most levels of XML elements.
pub const XML_DEPTH_MAX: usize = 100;
/// The most XML nodes in one document.
pub const XML_NODES_MAX: u32 = 500_000;
/// The most attributes of one XML element; the check for doubles is quadratic.
pub const XML_ATTRIBUTES_PER_ELEMENT_MAX: usize = 100;
/// The most namespace declarations in one document; each is inherited by every element below it.
pub const XML_NAMESPACES_MAX: usize = 1_000;
/// The most bytes the HTML rewriter may keep for itself (its stack of open elements and its buffer).
pub const HTML_REWRITER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most nodes a course outline may have.
pub const NODES_MAX: usize = 5_000;
/// The most levels of nodes; what lies deeper is attached at this level.
pub const NODE_DEPTH_MAX: usize = 12;
/// The most characters of a title; what is longer is cut, and the report says so.
pub const TITLE_CHARS_MAX: usize = 200;
/// The most lost references a report row names one by one.
pub const NAMED_REFERENCES_MAX: usize = 10;
