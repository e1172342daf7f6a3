//! A file of people: what taking it over would change, and then exactly that.

use std::collections::BTreeMap;

use stoa_domain::audit::By;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::line;
use stoa_domain::person::{Person, PersonState, administers};
use stoa_domain::principal::Role;

use super::ending::end_all;
use super::{Inserted, NAME_CHARS_MAX, PeopleError, PeopleStore, checks, email, insert, replace_roles};
use crate::spreadsheet::{self, Sheet};

/// The most lines of a file.
pub const LINES_MAX: usize = 5_000;
/// A file that changes or ends the access of a larger share of those who have access is asked about again, in percent …
pub const SHARE_MAX_PERCENT: usize = 5;
/// … unless it is fewer people than this.
pub const FEW: usize = 3;

/// What a line would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Somebody is invited.
    New,
    /// Somebody is there, and nothing changes.
    Same,
    /// Somebody's roles are replaced.
    Roles {
        /// Whose.
        person: PersonKey,
        /// The roles they have.
        before: Vec<String>,
    },
    /// Somebody's access ends.
    Ends {
        /// Whose.
        person: PersonKey,
    },
    /// The address stands in an earlier line; only that counts.
    Twice {
        /// Which.
        first: u64,
    },
    /// The line cannot be taken over.
    Invalid {
        /// Why.
        why: String,
    },
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its number in the file, from 1.
    pub line: u64,
    /// The address, in the form it is stored in if it is one.
    pub email: String,
    /// The name.
    pub name: String,
    /// The roles it asks for.
    pub roles: Vec<String>,
    /// What it would do.
    pub fate: Fate,
}

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Its lines.
    pub lines: Vec<Planned>,
    /// How many people have access now.
    pub with_access: usize,
    /// How many of them the file changes, or ends the access of.
    pub changed: usize,
}

impl Plan {
    /// Whether the file changes so many that it is asked about again.
    pub fn asks(&self) -> bool {
        self.changed >= FEW && self.changed * 100 > self.with_access * SHARE_MAX_PERCENT
    }
}

/// Holds a file against the people who are there. `me` cannot lock themselves out by it.
pub fn plan(text: &str, people: &[Person], me: &PersonKey) -> Plan {
    let known: BTreeMap<&str, &Person> = people.iter().map(|person| (person.email.as_str(), person)).collect();
    let sheet = spreadsheet::read(text);
    let columns = Columns::of(&sheet);
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    let lines: Vec<Planned> = sheet.rows.iter().map(|row| columns.line(row, &known, &mut first, me)).collect();
    let is_change = |line: &&Planned| matches!(line.fate, Fate::Roles { .. } | Fate::Ends { .. });
    Plan {
        with_access: people.iter().filter(|person| !person.state.is_ended()).count(),
        changed: lines.iter().filter(is_change).count(),
        lines,
    }
}

/// Which cell says what.
struct Columns {
    email: usize,
    name: Option<usize>,
    roles: Option<usize>,
    access: Option<usize>,
}

impl Columns {
    /// As the headings say; without headings address, name and roles.
    fn of(sheet: &Sheet) -> Columns {
        match sheet.column(&spreadsheet::ADDRESS) {
            None => Columns { email: 0, name: Some(1), roles: Some(2), access: None },
            Some(email) => Columns {
                email,
                name: sheet.column(&spreadsheet::NAME),
                roles: sheet.column(&spreadsheet::ROLES),
                access: sheet.column(&spreadsheet::ACCESS),
            },
        }
    }

    fn line(
        &self,
        row: &spreadsheet::Row,
        known: &BTreeMap<&str, &Person>,
        first: &mut BTreeMap<String, u64>,
        me: &PersonKey,
    ) -> Planned {
        let cell = |column: Option<usize>| column.and_then(|column| row.cells.get(column)).map_or("", String::as_str);
        let written = cell(Some(self.email));
        let address = email(written);
        let is_separator = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '|');
        let asked: Vec<String> =
            cell(self.roles).split(is_separator).filter(|role| !role.is_empty()).map(str::to_owned).collect();
        let mut planned = Planned {
            line: row.line,
            email: address.clone().unwrap_or_else(|| written.to_owned()),
            name: cell(self.name).to_owned(),
            roles: Vec::new(),
            fate: Fate::Same,
        };
        let Some(address) = address else {
            return planned.invalid("This is no address that mail could be sent to.");
        };
        if let Some(earlier) = first.get(&address) {
            planned.fate = Fate::Twice { first: *earlier };
            return planned;
        }
        first.insert(address.clone(), row.line);
        match checks::roles(&asked, "") {
            Ok(roles) => planned.roles = roles,
            Err(findings) => {
                planned.roles = asked;
                let why = findings.into_iter().next().map_or_else(String::new, |finding| finding.detail);
                return planned.invalid(&why);
            }
        }
        let ends = match cell(self.access).to_lowercase().as_str() {
            "" | "active" | "aktiv" => false,
            "ended" | "beendet" => true,
            _ => return planned.invalid("Access is `active` or `ended`."),
        };
        planned.decide(known.get(address.as_str()).copied(), ends, me)
    }
}

impl Planned {
    fn invalid(mut self, why: &str) -> Planned {
        self.fate = Fate::Invalid { why: why.to_owned() };
        self
    }

    /// Whose access it would end.
    fn leaver(&self) -> Option<&PersonKey> {
        if let Fate::Ends { person } = &self.fate { Some(person) } else { None }
    }

    fn decide(mut self, stands: Option<&Person>, ends: bool, me: &PersonKey) -> Planned {
        let Some(person) = stands else {
            if ends {
                return self.invalid("Nobody has this address, so there is no access to end.");
            }
            if self.name.trim().is_empty() {
                return self.invalid("Somebody new needs a name.");
            }
            if let Some(flaw) = line::flaw(&self.name, NAME_CHARS_MAX) {
                return self.invalid(&format!("The name: {flaw}"));
            }
            if self.roles.is_empty() {
                self.roles = vec![Role::Learner.name().to_owned()];
            }
            self.fate = Fate::New;
            return self;
        };
        self.name.clone_from(&person.name);
        if ends {
            if person.person == *me {
                return self.invalid("You cannot end your own access.");
            }
            self.roles.clone_from(&person.roles);
            let has_ended = person.state.is_ended();
            self.fate = if has_ended { Fate::Same } else { Fate::Ends { person: person.person.clone() } };
            return self;
        }
        // A file that says nothing about roles changes none.
        if self.roles.is_empty() {
            self.roles.clone_from(&person.roles);
        }
        if self.roles == person.roles {
            return self;
        }
        if person.person == *me && !administers(&self.roles) {
            return self.invalid("You cannot take your own administrator role away.");
        }
        self.fate = Fate::Roles { person: person.person.clone(), before: person.roles.clone() };
        self
    }
}

/// What came of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is done.
    Done,
    /// It was done before.
    Already,
    /// Somebody has changed the person since the file was looked at; nothing was done.
    ChangedSince,
}

/// Does what planned lines say and nothing else: one after the other, and those that end access together at the end. Each may
/// be done again: repeating an interrupted request finishes it.
pub async fn apply(
    store: &impl PeopleStore,
    tenant: &TenantId,
    lines: &[Planned],
    new_key: impl Fn() -> PersonKey,
    by: &By,
) -> Result<Vec<Applied>, PeopleError> {
    let asker = super::asker(store, tenant, by).await?;
    let mut applied = Vec::with_capacity(lines.len());
    for line in lines {
        applied.push(match &line.fate {
            Fate::New => invite(store, line, new_key(), &asker, by).await?,
            Fate::Roles { person, before } => {
                let stands = store.person(tenant, person).await?.ok_or(PeopleError::NotFound)?;
                if stands.roles == line.roles {
                    Applied::Already
                } else if stands.roles == *before && replace(store, &stands, &line.roles, by).await? {
                    Applied::Done
                } else {
                    Applied::ChangedSince
                }
            }
            Fate::Ends { .. } | Fate::Same | Fate::Twice { .. } | Fate::Invalid { .. } => Applied::Already,
        });
    }
    let leavers: Vec<&PersonKey> = lines.iter().filter_map(Planned::leaver).collect();
    let mut ended = end_all(store, tenant, &leavers, by).await?.into_iter();
    for (applied, _) in applied.iter_mut().zip(lines).filter(|(_, line)| line.leaver().is_some()) {
        if ended.next() == Some(true) {
            *applied = Applied::Done;
        }
    }
    Ok(applied)
}

async fn replace(store: &impl PeopleStore, stands: &Person, roles: &[String], by: &By) -> Result<bool, PeopleError> {
    let asker = super::asker(store, &stands.tenant, by).await?;
    Ok(replace_roles(store, stands, roles, &asker, by).await?)
}

async fn invite(
    store: &impl PeopleStore,
    line: &Planned,
    key: PersonKey,
    asker: &Person,
    by: &By,
) -> Result<Applied, PeopleError> {
    let person = Person {
        tenant: asker.tenant.clone(),
        person: key,
        email: line.email.clone(),
        name: line.name.trim().to_owned(),
        roles: line.roles.clone(),
        state: PersonState::Invited,
        subject: None,
    };
    Ok(match insert(store, &person, asker, by).await? {
        Inserted::New => Applied::Done,
        Inserted::Existing(_) => Applied::Already,
    })
}

#[cfg(test)]
mod tests;
