//! Rules applied to facts: what is completed, what is open, and why.

mod counting;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fact::{Facts, GradeFact};
use crate::id::NodeId;
use crate::rule::{Condition, Depth, Rule};
use crate::tree::Tree;

use counting::{Attempts, Counted};

/// What a rule says. `Pending` is unknown (somebody else must act first); `Impossible` is unmet for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Met,
    /// It does not hold yet.
    Unmet,
    /// It waits for somebody else: a grade that is not there or not posted.
    Pending,
    /// It cannot hold any more: the attempts are used up.
    Impossible,
}

impl Verdict {
    /// The one character that stands for it in a cohort row.
    pub const fn letter(self) -> char {
        match self {
            Verdict::Met => 'm',
            Verdict::Unmet => 'u',
            Verdict::Pending => 'p',
            Verdict::Impossible => 'x',
        }
    }

    /// Strong Kleene conjunction, where what cannot hold any more outweighs what does not hold yet.
    fn and(self, other: Verdict) -> Verdict {
        use Verdict::{Impossible, Met, Pending, Unmet};
        match (self, other) {
            (Impossible, _) | (_, Impossible) => Impossible,
            (Unmet, _) | (_, Unmet) => Unmet,
            (Pending, _) | (_, Pending) => Pending,
            (Met, Met) => Met,
        }
    }
}

/// A verdict with its reasons: the same tree as the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explained {
    /// The rule's type, as in the rule language.
    #[serde(rename = "type")]
    pub kind: String,
    /// The author's words, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What the rule says.
    pub verdict: Verdict,
    /// The learning object it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
    /// Where the learner stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// What is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed: Option<String>,
    /// The reasons of the reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Explained>,
}

/// The verdicts over a whole tree, by position in the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// Whether each learning object is completed.
    pub completion: Vec<Verdict>,
    /// Whether each learning object, or one it stands under, is still closed.
    pub locked: Vec<bool>,
}

/// Applies every rule of a Release to the facts of one enrolment.
pub fn evaluate(tree: &Tree, facts: &Facts) -> Evaluation {
    let count = tree.nodes().len();
    let mut completion = vec![Verdict::Unmet; count];
    // Children come after their parents, so from the end every rule finds the verdicts it asks for.
    for at in (0..count).rev() {
        completion[at] = Asked { tree, facts, completion: &completion, at }.verdict(&tree.nodes()[at].completion);
    }
    let mut locked = vec![false; count];
    for at in 0..count {
        let closed = tree.nodes()[at]
            .access
            .as_ref()
            .is_some_and(|rule| Asked { tree, facts, completion: &completion, at }.verdict(rule) != Verdict::Met);
        locked[at] = closed || tree.parent(at).is_some_and(|above| locked[above]);
    }
    Evaluation { completion, locked }
}

impl Evaluation {
    /// How many of the course's trackable learning objects are completed, and how many there are.
    pub fn completed_of(&self, tree: &Tree) -> (u32, u32) {
        tree.trackable()
            .fold((0, 0), |(completed, all), at| (completed + u32::from(self.completion[at] == Verdict::Met), all + 1))
    }

    /// Why the learning object at `at` is or is not completed.
    pub fn explain_completion(&self, tree: &Tree, facts: &Facts, at: usize) -> Explained {
        Asked { tree, facts, completion: &self.completion, at }.explain(&tree.nodes()[at].completion)
    }

    /// Why the learning object at `at` is open or closed by its own rule, if it has one.
    pub fn explain_access(&self, tree: &Tree, facts: &Facts, at: usize) -> Option<Explained> {
        let rule = tree.nodes()[at].access.as_ref()?;
        Some(Asked { tree, facts, completion: &self.completion, at }.explain(rule))
    }
}

/// A rule's surroundings: the node that carries it, and what is known.
struct Asked<'a> {
    tree: &'a Tree,
    facts: &'a Facts,
    completion: &'a [Verdict],
    at: usize,
}

impl Asked<'_> {
    fn verdict(&self, rule: &Rule) -> Verdict {
        match &rule.condition {
            Condition::AllOf { conditions } => {
                conditions.iter().fold(Verdict::Met, |verdict, rule| verdict.and(self.verdict(rule)))
            }
            Condition::ChildrenCompleted { depth, required_only, quantity, empty } => {
                self.children(*depth, *required_only).verdict(*quantity, *empty)
            }
            Condition::NodeViewed { node } => {
                let node = self.subject(node);
                // Handing in implies having seen.
                met(self.facts.viewed.contains_key(node) || self.facts.grades.contains_key(node))
            }
            Condition::MarkedDone { node } => met(self.facts.done.contains_key(self.subject(node))),
            Condition::AssessmentScore { assessment, min_score, attempts } => {
                self.attempts(self.subject(assessment)).verdict(*min_score, *attempts)
            }
        }
    }

    fn explain(&self, rule: &Rule) -> Explained {
        let mut explained = Explained {
            kind: String::new(),
            label: rule.label.clone(),
            verdict: self.verdict(rule),
            node: None,
            current: None,
            needed: None,
            conditions: Vec::new(),
        };
        match &rule.condition {
            Condition::AllOf { conditions } => {
                explained.kind = "all_of".to_owned();
                explained.conditions = conditions.iter().map(|rule| self.explain(rule)).collect();
            }
            Condition::ChildrenCompleted { depth, required_only, quantity, .. } => {
                let counted = self.children(*depth, *required_only);
                explained.kind = "children_completed".to_owned();
                explained.current = Some(counted.met.to_string());
                explained.needed = Some(counted.needed(*quantity).to_string());
            }
            Condition::NodeViewed { node } => {
                explained.kind = "node_viewed".to_owned();
                explained.node = Some(self.subject(node).clone());
            }
            Condition::MarkedDone { node } => {
                explained.kind = "marked_done".to_owned();
                explained.node = Some(self.subject(node).clone());
            }
            Condition::AssessmentScore { assessment, min_score, attempts } => {
                let node = self.subject(assessment);
                explained.kind = "assessment_score".to_owned();
                explained.node = Some(node.clone());
                explained.needed = Some(min_score.to_string());
                explained.current =
                    self.attempts(node).counted(*attempts).map(|(points, points_max)| format!("{points}/{points_max}"));
            }
        }
        explained
    }

    fn subject<'a>(&'a self, named: &'a Option<NodeId>) -> &'a NodeId {
        named.as_ref().unwrap_or(&self.tree.nodes()[self.at].id)
    }

    fn children(&self, depth: Depth, required_only: bool) -> Counted {
        let mut counted = Counted::default();
        let mut count = |at: usize| {
            if required_only && !self.tree.nodes()[at].required {
                return;
            }
            counted.all += 1;
            match self.completion[at] {
                Verdict::Met => counted.met += 1,
                Verdict::Pending => counted.pending += 1,
                Verdict::Unmet => counted.unmet += 1,
                Verdict::Impossible => {}
            }
        };
        match depth {
            Depth::Direct => self.tree.children(self.at).for_each(&mut count),
            Depth::Descendants => self.tree.descendants(self.at).for_each(&mut count),
        }
        counted
    }

    fn attempts(&self, assessment: &NodeId) -> Attempts<'_> {
        let closed = self.facts.grades.get(assessment);
        let allowed =
            self.tree.node(assessment).and_then(|node| node.assessment).and_then(|assessment| assessment.attempts_max);
        let graded: Vec<&GradeFact> = closed.into_iter().flat_map(|attempts| attempts.values()).collect();
        Attempts {
            first: closed.and_then(|attempts| attempts.get(&1)),
            used_up: allowed.is_some_and(|allowed| graded.len() as u64 >= u64::from(allowed)),
            graded,
        }
    }
}

const fn met(holds: bool) -> Verdict {
    if holds { Verdict::Met } else { Verdict::Unmet }
}

#[cfg(test)]
mod tests;
