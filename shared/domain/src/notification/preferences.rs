//! What a person wants to be told, by which way. Defaults are here; only what differs from them is stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Channel, Kind, Unknown};

/// One person's choices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Goes up with every change, so that two changes at once do not lose one another.
    pub rev: u32,
    /// What differs from the defaults.
    pub chosen: BTreeMap<Cell, bool>,
}

/// One kind by one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cell {
    /// What about.
    pub kind: Kind,
    /// By which way.
    pub channel: Channel,
}

impl From<Cell> for String {
    fn from(cell: Cell) -> String {
        format!("{}.{}", cell.kind.name(), cell.channel.name())
    }
}

impl TryFrom<String> for Cell {
    type Error = Unknown;
    fn try_from(text: String) -> Result<Cell, Unknown> {
        let (kind, channel) = text.split_once('.').ok_or(Unknown)?;
        Ok(Cell { kind: kind.to_owned().try_into()?, channel: channel.to_owned().try_into()? })
    }
}

/// The kind cannot be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("notifications of this kind cannot be switched off")]
pub struct Mandatory;

/// Whether somebody who has chosen nothing is told.
const fn by_default(cell: Cell) -> bool {
    match (cell.kind, cell.channel) {
        (
            Kind::Enrolled | Kind::GradePosted | Kind::AssessmentDue | Kind::CourseUpdated,
            Channel::Inbox | Channel::Email,
        ) => true,
    }
}

impl Preferences {
    /// Whether the person is to be told. What is mandatory is told, whatever is stored.
    pub fn wants(&self, kind: Kind, channel: Channel) -> bool {
        let cell = Cell { kind, channel };
        kind.is_mandatory() || self.chosen.get(&cell).copied().unwrap_or(by_default(cell))
    }

    /// The preferences after one choice; the same, with the same revision, if it changes nothing.
    pub fn choose(&self, kind: Kind, channel: Channel, on: bool) -> Result<Preferences, Mandatory> {
        if kind.is_mandatory() && !on {
            return Err(Mandatory);
        }
        if self.wants(kind, channel) == on {
            return Ok(self.clone());
        }
        let cell = Cell { kind, channel };
        let mut next = Preferences { rev: self.rev + 1, chosen: self.chosen.clone() };
        if on == by_default(cell) {
            next.chosen.remove(&cell);
        } else {
            next.chosen.insert(cell, on);
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_mandatory_cannot_be_switched_off_and_is_told_even_if_the_store_says_otherwise() {
        let none = Preferences::default();
        for channel in Channel::ALL {
            assert_eq!(none.choose(Kind::Enrolled, channel, false), Err(Mandatory));
            assert_eq!(none.choose(Kind::Enrolled, channel, true), Ok(none.clone()));
            let cell = Cell { kind: Kind::Enrolled, channel };
            assert!(Preferences { rev: 1, chosen: [(cell, false)].into() }.wants(Kind::Enrolled, channel));
        }
    }

    #[test]
    fn one_choice_changes_one_cell() {
        let chosen = Preferences::default().choose(Kind::GradePosted, Channel::Email, false).expect("optional");
        assert!(!chosen.wants(Kind::GradePosted, Channel::Email));
        assert!(chosen.wants(Kind::GradePosted, Channel::Inbox) && chosen.wants(Kind::AssessmentDue, Channel::Email));
    }

    #[test]
    fn a_cell_is_stored_under_one_word() {
        for kind in Kind::ALL {
            for channel in Channel::ALL {
                let cell = Cell { kind, channel };
                assert_eq!(Cell::try_from(String::from(cell)), Ok(cell));
            }
        }
        for text in ["", ".", "grade_posted", "grade_posted.", "grade_posted.sms", "legal.email"] {
            assert_eq!(Cell::try_from(text.to_owned()), Err(Unknown), "{text:?}");
        }
    }

    fn choices() -> impl Strategy<Value = Vec<(Kind, Channel, bool)>> {
        let one =
            (prop::sample::select(Kind::ALL.to_vec()), prop::sample::select(Channel::ALL.to_vec()), any::<bool>());
        prop::collection::vec(one, 0..12)
    }

    proptest! {
        #[test]
        fn the_last_choice_counts_and_only_what_differs_is_stored(choices in choices()) {
            let mut preferences = Preferences::default();
            for (kind, channel, on) in &choices {
                preferences = preferences.choose(*kind, *channel, *on).unwrap_or(preferences);
            }
            for kind in Kind::ALL {
                for channel in Channel::ALL {
                    let last = choices.iter().rev().find(|(own, way, _)| (*own, *way) == (kind, channel));
                    let wanted = kind.is_mandatory() || last.is_none_or(|(_, _, on)| *on);
                    prop_assert_eq!(preferences.wants(kind, channel), wanted);
                }
            }
            prop_assert!(preferences.chosen.iter().all(|(cell, on)| *on != by_default(*cell)));
        }
    }
}
