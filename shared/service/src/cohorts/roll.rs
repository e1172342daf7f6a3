//! A list of addresses, held against who is there: what enrolling all of them would do.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use stoa_domain::id::{CohortId, PersonKey, TenantId};

use super::{CohortError, CohortStore, Enrolling, Members, finding, standing};
use crate::failure::StoreError;
use crate::people;
use crate::spreadsheet;

/// The most lines of a list.
pub const LINES_MAX: usize = 1_000;
/// How many lines are looked up at once.
const AT_ONCE: usize = 16;

/// What enrolling one line would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// Somebody is there, and this is how enrolling them would end.
    Known {
        /// Who.
        person: PersonKey,
        /// Their name.
        name: String,
        /// How it would end.
        how: Enrolling,
    },
    /// Somebody is there, whose access has ended.
    Ended {
        /// Their name.
        name: String,
    },
    /// Nobody has the address.
    Unknown,
    /// The address stands in an earlier line.
    Twice {
        /// Which.
        first: u64,
    },
    /// There is no address in the line.
    NoAddress,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollLine {
    /// Its number in the file, from 1.
    pub line: u64,
    /// The address as it stands there.
    pub address: String,
    /// What it would do.
    pub listed: Listed,
}

/// Holds a list against the organisation and the cohort. Nothing is written.
pub async fn roll(
    store: &(impl CohortStore + Members),
    tenant: &TenantId,
    cohort: &CohortId,
    text: &str,
) -> Result<Vec<RollLine>, CohortError> {
    store.cohort(tenant, cohort).await?.ok_or(CohortError::NotFound)?;
    let lines = addresses(text);
    if lines.len() > LINES_MAX {
        let detail = format!("At most {LINES_MAX} lines at once; these are {}.", lines.len());
        return Err(CohortError::Invalid(vec![finding("/text", detail)]));
    }
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    let read = lines.into_iter().map(|(line, address)| {
        let email = people::email(&address);
        let earlier = email.as_ref().and_then(|email| {
            let known = first.get(email).copied();
            first.entry(email.clone()).or_insert(line);
            known
        });
        (line, address, email, earlier)
    });
    let read: Vec<_> = read.collect();
    let lookups = stream::iter(read).map(async |(line, address, email, earlier)| {
        let listed = match (email, earlier) {
            (_, Some(first)) => Listed::Twice { first },
            (None, None) => Listed::NoAddress,
            (Some(email), None) => look_up(store, tenant, cohort, &email).await?,
        };
        Ok::<_, StoreError>(RollLine { line, address, listed })
    });
    Ok(lookups.buffered(AT_ONCE).try_collect().await?)
}

async fn look_up(
    store: &(impl CohortStore + Members),
    tenant: &TenantId,
    cohort: &CohortId,
    email: &str,
) -> Result<Listed, StoreError> {
    let Some(person) = store.addressed(tenant, email).await? else { return Ok(Listed::Unknown) };
    if person.state.is_ended() {
        return Ok(Listed::Ended { name: person.name });
    }
    let placed = store.placed(tenant, &person.person, cohort).await?;
    let how = placed.map_or(Enrolling::New, |placed| standing(&placed, cohort));
    Ok(Listed::Known { person: person.person, name: person.name, how })
}

/// The address of each line: in the column that a heading names, otherwise the first cell that could be one.
fn addresses(text: &str) -> Vec<(u64, String)> {
    let sheet = spreadsheet::read(text);
    let column = sheet.column(&spreadsheet::ADDRESS);
    let address = |row: &spreadsheet::Row| {
        let found = match column {
            Some(column) => row.cells.get(column),
            None => row.cells.iter().find(|cell| cell.contains('@')).or(row.cells.first()),
        };
        (row.line, found.cloned().unwrap_or_default())
    };
    sheet.rows.iter().map(address).collect()
}
