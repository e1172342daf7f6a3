//! What counts, and what it says: learning objects below a section, and attempts at an assessment.

use super::Verdict;
use crate::fact::GradeFact;
use crate::grading::GradeStatus;
use crate::number::Share;
use crate::rule::{AttemptsCounted, Empty, Quantity};

/// How several things stand of which enough must hold: learning objects, or conditions.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) all: u32,
    pub(super) met: u32,
    pub(super) pending: u32,
    pub(super) unmet: u32,
}

impl Counted {
    pub(super) fn add(&mut self, verdict: Verdict) {
        self.all += 1;
        match verdict {
            Verdict::Met => self.met += 1,
            Verdict::Pending => self.pending += 1,
            Verdict::Unmet => self.unmet += 1,
            Verdict::Impossible => {}
        }
    }

    pub(super) fn needed(&self, quantity: Quantity) -> u32 {
        match quantity {
            Quantity::All(_) => self.all,
            Quantity::N(n) => n.min(self.all),
            Quantity::Percent(percent) => (self.all * u32::from(percent)).div_ceil(100),
        }
    }

    pub(super) fn verdict(&self, quantity: Quantity, empty: Empty) -> Verdict {
        if self.all == 0 {
            return if empty == Empty::Met { Verdict::Met } else { Verdict::Unmet };
        }
        self.enough(self.needed(quantity))
    }

    /// Whether `needed` of them hold, or still can.
    pub(super) fn enough(&self, needed: u32) -> Verdict {
        if self.met >= needed {
            Verdict::Met
        } else if self.met + self.pending >= needed {
            Verdict::Pending
        } else if self.met + self.pending + self.unmet >= needed {
            Verdict::Unmet
        } else {
            Verdict::Impossible
        }
    }
}

/// The closed attempts of one assessment, in order of their numbers.
pub(super) struct Attempts<'a> {
    pub(super) graded: Vec<&'a GradeFact>,
    /// The attempt with the number 1; facts come in any order, so another may be known before it.
    pub(super) first: Option<&'a GradeFact>,
    pub(super) used_up: bool,
}

impl Attempts<'_> {
    pub(super) fn verdict(&self, min_score: Share, attempts: AttemptsCounted) -> Verdict {
        if self.counted(attempts).is_some_and(|(points, points_max)| min_score.is_reached_by(points, points_max)) {
            // An average may still fall while a grade is out; the best can only rise.
            let may_fall = attempts == AttemptsCounted::Average && self.is_waiting(attempts);
            return if may_fall { Verdict::Pending } else { Verdict::Met };
        }
        if self.is_waiting(attempts) {
            Verdict::Pending
        } else if self.is_over(attempts) {
            Verdict::Impossible
        } else {
            Verdict::Unmet
        }
    }

    /// Whether a grade is out that counts.
    fn is_waiting(&self, attempts: AttemptsCounted) -> bool {
        match attempts {
            AttemptsCounted::First => !self.graded.is_empty() && !self.first.is_some_and(is_known),
            AttemptsCounted::Best | AttemptsCounted::Latest | AttemptsCounted::Average => {
                self.graded.iter().any(|grade| !is_known(grade))
            }
        }
    }

    /// Whether no later attempt can count.
    fn is_over(&self, attempts: AttemptsCounted) -> bool {
        self.used_up || (attempts == AttemptsCounted::First && self.first.is_some())
    }

    /// Points and their maximum, over the attempts that count and whose grades are known.
    pub(super) fn counted(&self, attempts: AttemptsCounted) -> Option<(u64, u64)> {
        let mut known = self.graded.iter().filter(|grade| is_known(grade)).map(|grade| share(grade));
        match attempts {
            AttemptsCounted::First => self.first.filter(|grade| is_known(grade)).map(share),
            AttemptsCounted::Latest => known.next_back(),
            AttemptsCounted::Best => known.max_by(|left, right| (left.0 * right.1).cmp(&(right.0 * left.1))),
            AttemptsCounted::Average => known.reduce(|sum, grade| (sum.0 + grade.0, sum.1 + grade.1)),
        }
    }
}

fn share(grade: &GradeFact) -> (u64, u64) {
    (u64::from(grade.points), u64::from(grade.points_max))
}

/// Rules and explanations treat a grade that is not posted exactly like one that is not there.
fn is_known(grade: &GradeFact) -> bool {
    grade.posted && grade.status == GradeStatus::Scored
}
