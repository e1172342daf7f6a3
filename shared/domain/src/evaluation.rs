//! Rules applied to facts: what is completed, what is open, and why.

mod counting;
mod reading;

use jiff::Timestamp;
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
    /// It cannot hold any more: the attempts are used up, or the date has passed.
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

    /// What "not this" says. What can never hold is as good as refused; what holds and cannot be undone is refused for good.
    const fn not(self, is_lasting: bool) -> Verdict {
        match self {
            Verdict::Met if is_lasting => Verdict::Impossible,
            Verdict::Met => Verdict::Unmet,
            Verdict::Pending => Verdict::Pending,
            Verdict::Unmet | Verdict::Impossible => Verdict::Met,
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
    /// What is enough; for a date, the moment in its zone (RFC 9557).
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
    /// The moment they hold at.
    pub now: Timestamp,
}

/// Applies every rule of a Release to the facts of one enrolment, as things stand at `now`.
pub fn evaluate(tree: &Tree, facts: &Facts, now: Timestamp) -> Evaluation {
    let count = tree.nodes().len();
    let mut completion = vec![Verdict::Unmet; count];
    // Children come after their parents, so from the end every rule finds the verdicts it asks for.
    for at in (0..count).rev() {
        completion[at] = Asked { tree, facts, completion: &completion, now, at }.verdict(&tree.nodes()[at].completion);
    }
    let mut locked = vec![false; count];
    for at in 0..count {
        let closed = tree.nodes()[at]
            .access
            .as_ref()
            .is_some_and(|rule| Asked { tree, facts, completion: &completion, now, at }.verdict(rule) != Verdict::Met);
        locked[at] = closed || tree.parent(at).is_some_and(|above| locked[above]);
    }
    Evaluation { completion, locked, now }
}

impl Evaluation {
    /// How many of the course's trackable learning objects are completed, and how many there are.
    pub fn completed_of(&self, tree: &Tree) -> (u32, u32) {
        tree.trackable()
            .fold((0, 0), |(completed, all), at| (completed + u32::from(self.completion[at] == Verdict::Met), all + 1))
    }

    /// Why the learning object at `at` is or is not completed.
    pub fn explain_completion(&self, tree: &Tree, facts: &Facts, at: usize) -> Explained {
        Asked { tree, facts, completion: &self.completion, now: self.now, at }.explain(&tree.nodes()[at].completion)
    }

    /// Why the learning object at `at` is open or closed by its own rule, if it has one.
    pub fn explain_access(&self, tree: &Tree, facts: &Facts, at: usize) -> Option<Explained> {
        let rule = tree.nodes()[at].access.as_ref()?;
        Some(Asked { tree, facts, completion: &self.completion, now: self.now, at }.explain(rule))
    }
}

/// The next moment at which a rule may say something else though nothing happens: the first that one waits for.
pub fn next_change_at(tree: &Tree, facts: &Facts, now: Timestamp) -> Option<Timestamp> {
    first_date(tree.nodes().iter().flat_map(|node| std::iter::once(&node.completion).chain(&node.access)), facts, now)
}

/// The next moment at which a completion may be another though nothing happens. What opens then completes nothing.
pub fn next_completion_at(tree: &Tree, facts: &Facts, now: Timestamp) -> Option<Timestamp> {
    first_date(tree.nodes().iter().map(|node| &node.completion), facts, now)
}

/// The first moment after `now` that one of these rules waits for.
fn first_date<'a>(rules: impl Iterator<Item = &'a Rule>, facts: &Facts, now: Timestamp) -> Option<Timestamp> {
    let mut next: Option<Timestamp> = None;
    for rule in rules {
        rule.visit(1, &mut |rule, _| {
            if let Condition::AfterDate { when, zone } = &rule.condition {
                let moment = when.moment(zone, facts.enrolled).map(|moment| moment.timestamp());
                let ahead = moment.filter(|moment| *moment > now);
                next = next.into_iter().chain(ahead).min();
            }
        });
    }
    next
}

/// A rule's surroundings: the node that carries it, what is known, and the time.
struct Asked<'a> {
    tree: &'a Tree,
    facts: &'a Facts,
    completion: &'a [Verdict],
    now: Timestamp,
    at: usize,
}

impl Asked<'_> {
    fn verdict(&self, rule: &Rule) -> Verdict {
        match &rule.condition {
            Condition::AllOf { conditions } => {
                conditions.iter().fold(Verdict::Met, |verdict, rule| verdict.and(self.verdict(rule)))
            }
            Condition::AnyOf { conditions } => self.count(conditions).enough(1),
            Condition::NOf { n, conditions } => self.count(conditions).enough(*n),
            Condition::NoneOf { conditions } => conditions
                .iter()
                .fold(Verdict::Met, |verdict, rule| verdict.and(self.verdict(rule).not(rule.condition.is_lasting()))),
            Condition::ChildrenCompleted { depth, required_only, quantity, empty } => {
                self.children(*depth, *required_only).verdict(*quantity, *empty)
            }
            Condition::NodeViewed { node } => {
                let node = self.subject(node);
                // Handing in implies having seen, and so does reading.
                let Facts { viewed, grades, reading, .. } = self.facts;
                met(viewed.contains_key(node) || grades.contains_key(node) || reading.contains_key(node))
            }
            Condition::MarkedDone { node } => met(self.facts.done.contains_key(self.subject(node))),
            Condition::AssessmentScore { assessment, min_score, attempts } => {
                self.attempts(self.subject(assessment)).verdict(*min_score, *attempts)
            }
            Condition::TimeSpent { node, min_seconds, scope } => {
                met(self.seconds(self.subject(node), *scope) >= u64::from(*min_seconds))
            }
            Condition::ScrolledTo { node, percent } => met(self.scrolled(self.subject(node)) >= *percent),
            Condition::VideoWatchedPercent { node, video, min_percent } => {
                met(reading::is_percent(self.watched(self.subject(node), video), *min_percent))
            }
            Condition::AfterDate { when, zone } => {
                let moment = when.moment(zone, self.facts.enrolled);
                met(moment.is_some_and(|moment| moment.timestamp() <= self.now))
            }
        }
    }

    fn count(&self, conditions: &[Rule]) -> Counted {
        let mut counted = Counted::default();
        conditions.iter().for_each(|rule| counted.add(self.verdict(rule)));
        counted
    }

    fn explain(&self, rule: &Rule) -> Explained {
        let parts = rule.condition.parts().unwrap_or_default();
        let mut explained = Explained {
            kind: rule.condition.kind().to_owned(),
            label: rule.label.clone(),
            verdict: self.verdict(rule),
            node: None,
            current: None,
            needed: None,
            conditions: parts.iter().map(|rule| self.explain(rule)).collect(),
        };
        match &rule.condition {
            Condition::AllOf { .. } | Condition::AnyOf { .. } | Condition::NoneOf { .. } => {}
            Condition::NOf { n, conditions } => {
                explained.current = Some(self.count(conditions).met.to_string());
                explained.needed = Some(n.to_string());
            }
            Condition::ChildrenCompleted { depth, required_only, quantity, .. } => {
                let counted = self.children(*depth, *required_only);
                explained.current = Some(counted.met.to_string());
                explained.needed = Some(counted.needed(*quantity).to_string());
            }
            Condition::NodeViewed { node } | Condition::MarkedDone { node } => {
                explained.node = Some(self.subject(node).clone());
            }
            Condition::AssessmentScore { assessment, min_score, attempts } => {
                let node = self.subject(assessment);
                explained.node = Some(node.clone());
                explained.needed = Some(min_score.to_string());
                explained.current =
                    self.attempts(node).counted(*attempts).map(|(points, points_max)| format!("{points}/{points_max}"));
            }
            Condition::TimeSpent { node, min_seconds, scope } => {
                let node = self.subject(node);
                explained.node = Some(node.clone());
                explained.current = Some(self.seconds(node, *scope).to_string());
                explained.needed = Some(min_seconds.to_string());
            }
            Condition::ScrolledTo { node, percent } => {
                let node = self.subject(node);
                explained.node = Some(node.clone());
                explained.current = Some(self.scrolled(node).to_string());
                explained.needed = Some(percent.to_string());
            }
            Condition::VideoWatchedPercent { node, video, min_percent } => {
                let node = self.subject(node);
                explained.node = Some(node.clone());
                explained.current = Some(reading::whole_percent(self.watched(node, video)).to_string());
                explained.needed = Some(min_percent.to_string());
            }
            Condition::AfterDate { when, zone } => {
                explained.needed = when.moment(zone, self.facts.enrolled).map(|moment| moment.to_string());
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
            counted.add(self.completion[at]);
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
