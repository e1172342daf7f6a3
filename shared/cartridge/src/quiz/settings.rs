//! How a quiz is taken: from Canvas's `assessment_meta.xml`, or from the fields Common Cartridge defines.

use crate::limits::ATTEMPTS_MAX;
use crate::model::AssessmentSettings;
use crate::xml::Elements;
use roxmltree::Node;

/// What `assessment_meta.xml` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) title: Option<String>,
    /// HTML, not yet rewritten.
    pub(crate) description: Option<String>,
    pub(crate) settings: AssessmentSettings,
    pub(crate) published: bool,
    pub(crate) notes: Vec<String>,
}

/// Reads `assessment_meta.xml`.
pub(crate) fn canvas(quiz: Node<'_, '_>) -> Meta {
    let mut notes = dates(quiz);
    let assignment = quiz.one("assignment");
    notes.extend(
        assignment.map(dates).unwrap_or_default().into_iter().filter(|note| !notes.contains(note)).collect::<Vec<_>>(),
    );
    let flag = |name: &str| quiz.text_of(name).is_some_and(|text| text == "true");
    for (name, note) in [
        ("shuffle_answers", "choices were shuffled; here they keep their order"),
        ("one_question_at_a_time", "questions came one at a time; here they stand on one page"),
        ("require_lockdown_browser", "a lockdown browser was required"),
        ("anonymous_submissions", "answers were anonymous"),
    ] {
        if flag(name) {
            notes.push(note.to_owned());
        }
    }
    if quiz.text_of("access_code").is_some() {
        notes.push("an access code was required".to_owned());
    }
    if let Some(policy) = quiz.text_of("scoring_policy").filter(|policy| policy != "keep_highest") {
        notes.push(format!("its score was counted by {policy}: say so in the completion rule"));
    }
    if let Some(kind) = quiz.text_of("quiz_type").filter(|kind| kind != "assignment") {
        notes.push(format!("it was a {kind}; here it is an assessment"));
    }
    let state = assignment.and_then(|assignment| assignment.text_of("workflow_state"));
    Meta {
        title: quiz.text_of("title"),
        description: quiz.text_of("description"),
        settings: AssessmentSettings {
            attempts_max: quiz.text_of("allowed_attempts").and_then(|text| count(&text)),
            time_limit_minutes: quiz.text_of("time_limit").and_then(|text| count(&text)),
        },
        published: state.is_none_or(|state| state != "unpublished"),
        notes,
    }
}

/// Reads the metadata of an `assessment` element.
pub(super) fn common(assessment: Node<'_, '_>) -> AssessmentSettings {
    let number = |label: &str| super::field(assessment, label).and_then(|text| count(&text));
    AssessmentSettings {
        attempts_max: number("cc_maxattempts").filter(|attempts| *attempts <= ATTEMPTS_MAX),
        time_limit_minutes: number("qmd_timelimit"),
    }
}

/// Dates belong to cohorts: each is named, none is kept.
pub(crate) fn dates(node: Node<'_, '_>) -> Vec<String> {
    ["due_at", "lock_at", "unlock_at", "delayed_post_at", "todo_date"]
        .iter()
        .filter_map(|name| Some((name, node.text_of(name)?)))
        .map(|(name, date)| format!("{name} {date}: dates are set on the cohort"))
        .collect()
}

/// A positive whole number; Canvas writes `-1` for "unlimited", Common Cartridge the word.
fn count(text: &str) -> Option<u32> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    whole.trim().parse().ok().filter(|number| *number > 0)
}
