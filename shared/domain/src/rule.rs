//! The rule language: when a learning object is completed and when it opens, as data.

mod when;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::content::NodeKind;
use crate::id::{AssetId, NodeId};
use crate::number::Share;

pub use when::{DAYS_MAX, When};

/// The most levels rules may nest.
pub const RULE_LEVELS_MAX: usize = 16;
/// The most leaves of one rule.
pub const RULE_LEAVES_MAX: usize = 200;

/// A rule with the words its author gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// How the author says it; shown in place of the standard wording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What must hold.
    #[serde(flatten)]
    pub condition: Condition,
}

/// What a rule asks for. A leaf without a node means the learning object that carries the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Every one of these holds.
    AllOf {
        /// At least one rule.
        conditions: Vec<Rule>,
    },
    /// One of these holds.
    AnyOf {
        /// At least one rule.
        conditions: Vec<Rule>,
    },
    /// None of these holds. What still waits for somebody may hold yet.
    NoneOf {
        /// At least one rule.
        conditions: Vec<Rule>,
    },
    /// So many of these hold.
    NOf {
        /// How many: at least one, and no more than there are.
        n: u32,
        /// At least one rule.
        conditions: Vec<Rule>,
    },
    /// Enough of the learning objects below are completed.
    ChildrenCompleted {
        /// Directly below, or at any depth.
        depth: Depth,
        /// Whether only required objects count.
        #[serde(default = "yes")]
        required_only: bool,
        /// How many are enough.
        quantity: Quantity,
        /// What it means when nothing counts. It must be said: platforms that guess surprise their authors.
        empty: Empty,
    },
    /// The learner has opened it.
    NodeViewed {
        /// Which learning object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeId>,
    },
    /// The learner has said that it is done.
    MarkedDone {
        /// Which learning object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeId>,
    },
    /// The learner's posted grade reaches a share of the points. An assessment of which nothing is scored is not zero.
    AssessmentScore {
        /// Which assessment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assessment: Option<NodeId>,
        /// The share that is enough; zero asks only for a scored attempt.
        min_score: Share,
        /// Which attempts count.
        #[serde(default)]
        attempts: AttemptsCounted,
    },
    /// The learner has read it for so long: time in which it was on the screen and the learner was active.
    TimeSpent {
        /// Which learning object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeId>,
        /// How long is enough, in seconds: 1 to 86,400.
        min_seconds: u32,
        /// Whether time with what is inside it counts too.
        #[serde(default)]
        scope: Scope,
    },
    /// The learner has seen it down to here. What is shorter than the screen is seen whole.
    ScrolledTo {
        /// Which learning object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeId>,
        /// How far is enough, in percent: 1 to 100.
        percent: u8,
    },
    /// The learner has played enough of a video. What was skipped does not count, nor what was played twice.
    VideoWatchedPercent {
        /// The learning object it is in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeId>,
        /// Which of its videos.
        video: AssetId,
        /// How much is enough, in percent: 1 to 100.
        min_percent: u8,
    },
    /// A moment has come.
    AfterDate {
        /// Which.
        when: When,
        /// The IANA time zone whose clocks say so.
        zone: String,
    },
}

/// Whose time counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The learning object's own.
    #[default]
    Node,
    /// Its own and that of everything under it.
    Descendants,
}

/// How far below `children_completed` looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// One level.
    Direct,
    /// Every level.
    Descendants,
}

/// How many are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Quantity {
    /// All of them; written `{"all": true}`.
    All(bool),
    /// This many, or all of them where there are fewer.
    N(u32),
    /// At least this percentage of them.
    Percent(u8),
}

/// The verdict of `children_completed` over nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Empty {
    /// Nothing to do is done.
    Met,
    /// Nothing done is not done.
    Unmet,
}

/// Which of several attempts a score rule looks at. Only closed, scored attempts are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttemptsCounted {
    /// The one with the highest share.
    #[default]
    Best,
    /// The one with the highest number.
    Latest,
    /// The one with the lowest number.
    First,
    /// All of them: the sum of points over the sum of maxima. One Release has one maximum, so this is the mean.
    Average,
}

const fn yes() -> bool {
    true
}

impl Condition {
    /// The rules it is made of; `None` for a leaf.
    pub fn parts(&self) -> Option<&[Rule]> {
        match self {
            Condition::AllOf { conditions }
            | Condition::AnyOf { conditions }
            | Condition::NoneOf { conditions }
            | Condition::NOf { conditions, .. } => Some(conditions),
            Condition::ChildrenCompleted { .. }
            | Condition::NodeViewed { .. }
            | Condition::MarkedDone { .. }
            | Condition::AssessmentScore { .. }
            | Condition::TimeSpent { .. }
            | Condition::ScrolledTo { .. }
            | Condition::VideoWatchedPercent { .. }
            | Condition::AfterDate { .. } => None,
        }
    }

    /// The learning object that a leaf names, if it does.
    pub fn named(&self) -> Option<&NodeId> {
        match self {
            Condition::NodeViewed { node }
            | Condition::MarkedDone { node }
            | Condition::AssessmentScore { assessment: node, .. }
            | Condition::TimeSpent { node, .. }
            | Condition::ScrolledTo { node, .. }
            | Condition::VideoWatchedPercent { node, .. } => node.as_ref(),
            Condition::AllOf { .. }
            | Condition::AnyOf { .. }
            | Condition::NoneOf { .. }
            | Condition::NOf { .. }
            | Condition::ChildrenCompleted { .. }
            | Condition::AfterDate { .. } => None,
        }
    }

    /// Its type, as in the rule language.
    pub const fn kind(&self) -> &'static str {
        match self {
            Condition::AllOf { .. } => "all_of",
            Condition::AnyOf { .. } => "any_of",
            Condition::NoneOf { .. } => "none_of",
            Condition::NOf { .. } => "n_of",
            Condition::ChildrenCompleted { .. } => "children_completed",
            Condition::NodeViewed { .. } => "node_viewed",
            Condition::MarkedDone { .. } => "marked_done",
            Condition::AssessmentScore { .. } => "assessment_score",
            Condition::TimeSpent { .. } => "time_spent",
            Condition::ScrolledTo { .. } => "scrolled_to",
            Condition::VideoWatchedPercent { .. } => "video_watched_percent",
            Condition::AfterDate { .. } => "after_date",
        }
    }

    /// Whether it stays met once it is: no fact and no date takes it back.
    pub fn is_lasting(&self) -> bool {
        match self {
            Condition::AllOf { conditions } | Condition::AnyOf { conditions } | Condition::NOf { conditions, .. } => {
                conditions.iter().all(|rule| rule.condition.is_lasting())
            }
            Condition::NodeViewed { .. }
            | Condition::MarkedDone { .. }
            | Condition::TimeSpent { .. }
            | Condition::ScrolledTo { .. }
            | Condition::VideoWatchedPercent { .. }
            | Condition::AfterDate { .. } => true,
            // A regrade may take points back, and a condition that forbids something ends with it.
            Condition::AssessmentScore { .. } | Condition::ChildrenCompleted { .. } | Condition::NoneOf { .. } => false,
        }
    }
}

impl Rule {
    /// A rule without a label.
    pub const fn new(condition: Condition) -> Rule {
        Rule { label: None, condition }
    }

    /// What completes a learning object whose author said nothing: opening a lesson, a scored attempt at an
    /// assessment, everything required in a section.
    pub fn default_of(kind: NodeKind) -> Rule {
        Rule::new(match kind {
            NodeKind::Lesson => Condition::NodeViewed { node: None },
            NodeKind::Assessment => Condition::AssessmentScore {
                assessment: None,
                min_score: Share::parse("0").expect("zero is a share"),
                attempts: AttemptsCounted::Best,
            },
            NodeKind::Section => Condition::ChildrenCompleted {
                depth: Depth::Direct,
                required_only: true,
                quantity: Quantity::All(true),
                empty: Empty::Met,
            },
        })
    }

    /// Visits this rule and every rule in it, with its level (1 is the outermost).
    pub fn visit<'a>(&'a self, level: usize, visitor: &mut impl FnMut(&'a Rule, usize)) {
        visitor(self, level);
        // A rule nested too deep is refused by the limits; there is no need to follow it to its end.
        if level <= RULE_LEVELS_MAX {
            for rule in self.condition.parts().unwrap_or_default() {
                rule.visit(level + 1, visitor);
            }
        }
    }

    /// The assessments and other learning objects the rule names.
    pub fn references(&self) -> Vec<&NodeId> {
        let mut named = Vec::new();
        self.visit(1, &mut |rule, _| named.extend(rule.condition.named()));
        named
    }
}

#[cfg(test)]
mod tests;
