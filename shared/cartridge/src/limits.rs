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
/// The most bytes of one piece of HTML: a block, a prompt, a choice.
pub const HTML_PIECE_BYTES_MAX: usize = 256 * 1024;
/// The most questions of one assessment.
pub const ITEMS_MAX: usize = 500;
/// The most choices of one question.
pub const CHOICES_MAX: usize = 100;
/// The most a question can be worth, in hundredths of a point.
pub const POINTS_HUNDREDTHS_MAX: u32 = 1_000_000;
/// The most attempts that can be set; more is the same as any number.
pub const ATTEMPTS_MAX: u32 = 9_999;
/// The most digits after the point of a number in a key.
pub const KEY_FRACTION_DIGITS_MAX: u32 = 12;
/// The most blocks of one node.
pub const BLOCKS_MAX: usize = 200;
/// The most ranges of numbers in one key.
pub const RANGES_MAX: usize = 100;
/// The most losses a report row names one by one.
pub const NOTES_MAX: usize = 50;
/// The most accepted answers of one question that the report keeps.
pub const ACCEPTED_MAX: usize = 1_000;
