//! What a draft may hold. Every limit has a name, and every refusal points at the field.

use serde::Serialize;
use stoa_domain::content::{
    Asset, BLOCKS_MAX, Block, DraftNode, HTML_BYTES_MAX, NodeKind, TITLE_CHARS_MAX, VIDEO_MS_MAX,
};
use stoa_domain::item::{CHOICES_MAX, DraftItem, ItemKind, Key};
use stoa_domain::line;
use stoa_domain::number::ITEM_POINTS_HUNDREDTHS_MAX;
use stoa_domain::release::Finding;
use stoa_domain::rule::{RULE_LEAVES_MAX, RULE_LEVELS_MAX, Rule};

use super::Course;
use crate::{delivery, html};

/// The most bytes of a learning object's blocks, or of an item, as JSON: an item of the store ends at 400 KB.
pub const STORED_BYTES_MAX: usize = 350 * 1024;
/// The most bytes of a file.
pub const ASSET_BYTES_MAX: u64 = 100 * 1024 * 1024;
/// The most bytes of a file's name.
const NAME_BYTES_MAX: usize = 255;
/// The most characters of a picture's text.
const ALT_CHARS_MAX: usize = 2_000;
/// The most characters of an address.
const URL_CHARS_MAX: usize = 2_000;
/// The most characters of a language tag.
const LANGUAGE_CHARS_MAX: usize = 35;
/// The most attempts of an assessment that limits them.
const ATTEMPTS_MAX: u32 = stoa_domain::attempt::ATTEMPTS_MAX;
/// The longest time limit, and the longest stay with a lesson: 30 days.
const MINUTES_MAX: u32 = 30 * 24 * 60;
/// The most ranges of right numbers.
const RANGES_MAX: usize = 100;
/// The most characters of a number in a key.
const NUMBER_CHARS_MAX: usize = 40;
/// The most characters of the name of an item's kind elsewhere.
const ORIGINAL_TYPE_CHARS_MAX: usize = 100;

/// Collects what is not acceptable.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding unless `holds`.
    fn require(&mut self, holds: bool, pointer: impl Into<String>, detail: impl Into<String>) {
        if !holds {
            self.0.push(Finding { pointer: pointer.into(), detail: detail.into() });
        }
    }

    fn text(&mut self, text: &str, chars_max: usize, pointer: impl Into<String>) {
        let chars = text.chars().count();
        self.require(chars <= chars_max, pointer, format!("At most {chars_max} characters; these are {chars}."));
    }

    fn title(&mut self, title: &str, pointer: impl Into<String>) {
        let flaw = line::flaw(title, TITLE_CHARS_MAX);
        self.0.extend(flaw.map(|detail| Finding { pointer: pointer.into(), detail }));
    }

    /// A line that may be empty.
    fn line(&mut self, text: &str, chars_max: usize, pointer: impl Into<String>) {
        let pointer = pointer.into();
        let hidden = line::hidden_flaw(text);
        self.0.extend(hidden.map(|detail| Finding { pointer: pointer.clone(), detail }));
        self.text(text, chars_max, pointer);
    }

    fn html(&mut self, html: &str, pointer: impl Into<String>) {
        let (bytes, pointer) = (html.len(), pointer.into());
        if bytes <= HTML_BYTES_MAX {
            let detail = "Elements are nested too deeply, or too many were never closed. Tidy it up, or divide it.";
            self.require(html::is_reasonable(html), pointer, detail);
        } else {
            self.require(false, pointer, format!("At most {HTML_BYTES_MAX} bytes; these are {bytes}."));
        }
    }

    fn count(&mut self, count: usize, max: usize, pointer: impl Into<String>) {
        self.require(count <= max, pointer, format!("At most {max}; these are {count}."));
    }

    fn minutes(&mut self, minutes: Option<u32>, pointer: &str) {
        let holds = minutes.is_none_or(|minutes| (1..=MINUTES_MAX).contains(&minutes));
        self.require(holds, pointer, format!("From 1 to {MINUTES_MAX} minutes, or null."));
    }

    fn rule(&mut self, rule: Option<&Rule>, pointer: &str) {
        let (mut leaves, mut levels, mut label) = (0, 0, None);
        if let Some(rule) = rule {
            rule.visit(1, &mut |rule, level| {
                levels = levels.max(level);
                leaves += usize::from(rule.condition.parts().is_none());
                let flaw = || line::flaw(rule.label.as_ref()?, TITLE_CHARS_MAX);
                label = label.take().or_else(flaw);
            });
        }
        let detail = format!("A rule has at most {RULE_LEVELS_MAX} levels and {RULE_LEAVES_MAX} leaves.");
        self.require(levels <= RULE_LEVELS_MAX && leaves <= RULE_LEAVES_MAX, pointer, detail);
        self.0.extend(label.map(|flaw| Finding { pointer: pointer.to_owned(), detail: format!("A label: {flaw}") }));
    }
}

/// What is wrong with a course.
pub(super) fn course(course: &Course) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.title(&course.title, "/title");
    let subtags = || course.language.split('-');
    let is_tag = course.language.len() <= LANGUAGE_CHARS_MAX
        && subtags().all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && subtags()
            .next()
            .is_some_and(|first| first.len() >= 2 && first.bytes().all(|byte| byte.is_ascii_alphabetic()));
    findings.require(is_tag, "/language", "A language is a BCP 47 tag, for example de or pt-BR.");
    findings.0
}

/// What is wrong with a learning object and its blocks.
pub(super) fn node(node: &DraftNode, blocks: &[Block]) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.title(&node.title, "/title");
    findings.require(node.parent.as_ref() != Some(&node.id), "/parent", "Nothing stands under itself.");
    findings.minutes(node.minutes, "/minutes");
    findings.rule(node.completion.as_ref(), "/completion");
    findings.rule(node.access.as_ref(), "/access");
    if let Some(assessment) = node.assessment {
        findings.require(node.kind == NodeKind::Assessment, "/assessment", "Only an assessment has these settings.");
        let attempts = assessment.attempts_max.is_none_or(|attempts| (1..=ATTEMPTS_MAX).contains(&attempts));
        findings.require(attempts, "/assessment/attempts_max", format!("From 1 to {ATTEMPTS_MAX}, or null."));
        findings.minutes(assessment.time_limit_minutes, "/assessment/time_limit_minutes");
    }
    findings.count(blocks.len(), BLOCKS_MAX, "/blocks");
    for (at, block) in blocks.iter().enumerate().take(BLOCKS_MAX) {
        match block {
            Block::Html { html } => findings.html(html, format!("/blocks/{at}/html")),
            Block::Image { alt, .. } => findings.line(alt, ALT_CHARS_MAX, format!("/blocks/{at}/alt")),
            Block::File { title, .. } => findings.title(title, format!("/blocks/{at}/title")),
            Block::Video { title, duration_ms, .. } => {
                findings.title(title, format!("/blocks/{at}/title"));
                let length = format!("From 1 to {VIDEO_MS_MAX} milliseconds.");
                let holds = (1..=VIDEO_MS_MAX).contains(duration_ms);
                findings.require(holds, format!("/blocks/{at}/duration_ms"), length);
            }
            Block::Link { url, title } => {
                findings.title(title, format!("/blocks/{at}/title"));
                findings.require(is_web(url), format!("/blocks/{at}/url"), "A link leads to an https or http address.");
            }
        }
    }
    findings.0
}

/// What is wrong with an item. Whether its key fits its kind is publishing's to say: a draft may be half done.
pub(super) fn item(item: &DraftItem) -> Vec<Finding> {
    let mut findings = Findings::default();
    let DraftItem { item, key, original_type, .. } = item;
    findings.html(&item.prompt_html, "/prompt_html");
    let points = format!("At most {ITEM_POINTS_HUNDREDTHS_MAX} hundredths of a point.");
    findings.require(item.points_max <= ITEM_POINTS_HUNDREDTHS_MAX, "/points_max", points);
    findings.count(item.choices.len(), CHOICES_MAX, "/choices");
    let has_choices = matches!(item.kind, ItemKind::SingleChoice | ItemKind::MultipleChoice | ItemKind::TrueFalse);
    findings.require(has_choices || item.choices.is_empty(), "/choices", "An item of this kind has no choices.");
    for (at, choice) in item.choices.iter().enumerate().take(CHOICES_MAX) {
        findings.html(&choice.html, format!("/choices/{at}/html"));
    }
    match key {
        Some(Key::Choices(key)) => findings.count(key.correct.len(), CHOICES_MAX, "/key/correct"),
        Some(Key::Ranges(key)) => {
            findings.count(key.ranges.len(), RANGES_MAX, "/key/ranges");
            for (at, range) in key.ranges.iter().enumerate().take(RANGES_MAX) {
                findings.text(&range.min, NUMBER_CHARS_MAX, format!("/key/ranges/{at}/min"));
                findings.text(&range.max, NUMBER_CHARS_MAX, format!("/key/ranges/{at}/max"));
            }
        }
        None => {}
    }
    findings.text(original_type.as_deref().unwrap_or_default(), ORIGINAL_TYPE_CHARS_MAX, "/original_type");
    findings.0
}

/// What is wrong with a file.
pub(super) fn asset(file: &Asset) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.require(
        is_file_name(&file.name),
        "/name",
        format!("A name of 1 to {NAME_BYTES_MAX} bytes, without a path."),
    );
    let is_known = delivery::is_accepted(&file.content_type);
    findings.require(
        is_known,
        "/content_type",
        "Files of this type are not taken; application/octet-stream always is.",
    );
    let size = format!("From 1 to {ASSET_BYTES_MAX} bytes.");
    findings.require((1..=ASSET_BYTES_MAX).contains(&file.size), "/size", size);
    let is_digest =
        file.sha256.len() == 64 && file.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    findings.require(is_digest, "/sha256", "The SHA-256 of the bytes: 64 hexadecimal digits in lower case.");
    findings.0
}

/// Whether a value is small enough for the store. Many small blocks can be too much together.
pub(super) fn stored(pointer: &str, value: &impl Serialize) -> Vec<Finding> {
    let mut findings = Findings::default();
    let bytes = serde_json::to_vec(value).map_or(usize::MAX, |json| json.len());
    let detail = format!("All of it together is at most {STORED_BYTES_MAX} bytes; this is {bytes}. Divide it.");
    findings.require(bytes <= STORED_BYTES_MAX, pointer, detail);
    findings.0
}

fn is_web(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_alphanumeric() || first == '['))
        && url.chars().count() <= URL_CHARS_MAX
        && !url.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

/// A name that is shown and downloaded: no path, nothing hidden, not even marks of direction.
fn is_file_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && name.trim() == name
        && !matches!(name, "." | "..")
        && !name
            .contains(|letter: char| line::is_hidden(letter) || matches!(letter, '/' | '\\' | '\u{200e}' | '\u{200f}'))
}
