//! An organisation's settings.

use stoa_domain::audit::{Act, By, Entry, Subject};
use stoa_domain::deadline;
use stoa_domain::id::TenantId;
use stoa_domain::line;
use stoa_domain::organisation::{
    self, Accent, CONTRAST_MIN, DARK_GROUNDS, LIGHT_GROUNDS, Organisation, colour, least_contrast,
};
use stoa_domain::release::Finding;

use crate::failure::StoreError;
use crate::people;

/// The most characters of an organisation's name.
pub const NAME_CHARS_MAX: usize = 120;
/// How often a change that met another one is decided anew.
const ROUNDS_MAX: usize = 5;

/// What settings need of the store.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait OrganisationStore {
    /// An organisation.
    async fn organisation(&self, tenant: &TenantId) -> Result<Option<Organisation>, StoreError>;

    /// Writes settings over those of the revision before, with the audit log's entry; `false` if somebody was faster.
    async fn put_organisation(&self, tenant: &TenantId, next: &Organisation, entry: &Entry)
    -> Result<bool, StoreError>;
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OrganisationError {
    /// There is no such organisation.
    #[error("not found")]
    NotFound,
    /// Some values are not acceptable: which, as pointers into the request's body.
    #[error("{} values are not acceptable", .0.len())]
    Invalid(Vec<Finding>),
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Replaces an organisation's settings; its revision is given by the store. What is saved as it was leaves no trace.
pub async fn change(
    store: &impl OrganisationStore,
    tenant: &TenantId,
    settings: &Organisation,
    by: &By,
) -> Result<Organisation, OrganisationError> {
    let settings = checked(settings).map_err(OrganisationError::Invalid)?;
    for _ in 0..ROUNDS_MAX {
        let before = store.organisation(tenant).await?.ok_or(OrganisationError::NotFound)?;
        let next = Organisation { rev: before.rev + 1, ..settings.clone() };
        let changes = organisation::changes(&before, &next);
        if changes.is_empty() {
            return Ok(before);
        }
        let entry = by.did(Act::SettingsChanged, Subject::default(), changes);
        if store.put_organisation(tenant, &next, &entry).await? {
            return Ok(next);
        }
    }
    Err(StoreError::Conflict.into())
}

/// Settings in the form they are stored in, or all that is wrong with them.
fn checked(settings: &Organisation) -> Result<Organisation, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut refuse = |pointer: &str, detail: String| findings.push(Finding { pointer: pointer.to_owned(), detail });
    let name = settings.name.trim();
    if let Some(flaw) = line::flaw(name, NAME_CHARS_MAX) {
        refuse("/name", flaw);
    }
    if let Some(Err(unknown)) = settings.zone.as_deref().map(deadline::zone) {
        refuse("/zone", format!("{unknown}."));
    }
    let contact = settings.contact.as_deref().map(|text| people::email(text).ok_or(()));
    if contact == Some(Err(())) {
        refuse("/contact", "This is no address that mail could be sent to.".to_owned());
    }
    if let Some(Accent { light, dark }) = &settings.accent {
        for (pointer, text, grounds) in
            [("/accent/light", light, &LIGHT_GROUNDS[..]), ("/accent/dark", dark, &DARK_GROUNDS[..])]
        {
            match colour(text).map(|colour| least_contrast(colour, grounds)) {
                None => refuse(pointer, "A colour is written #rrggbb.".to_owned()),
                Some(contrast) if contrast < CONTRAST_MIN => refuse(
                    pointer,
                    format!(
                        "Its contrast is {}.{:02} to 1; words need 4.5 to 1 to be readable.",
                        contrast / 100,
                        contrast % 100
                    ),
                ),
                Some(_) => {}
            }
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let accent = settings
        .accent
        .as_ref()
        .map(|Accent { light, dark }| Accent { light: light.to_ascii_lowercase(), dark: dark.to_ascii_lowercase() });
    let contact = contact.and_then(Result::ok);
    Ok(Organisation { name: name.to_owned(), zone: settings.zone.clone(), accent, contact, rev: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(settings: Organisation) -> Vec<String> {
        checked(&settings).err().unwrap_or_default().into_iter().map(|finding| finding.pointer).collect()
    }

    fn demo() -> Organisation {
        Organisation { name: "Demo".to_owned(), ..Organisation::default() }
    }

    fn accent(light: &str, dark: &str) -> Organisation {
        Organisation { accent: Some(Accent { light: light.to_owned(), dark: dark.to_owned() }), ..demo() }
    }

    #[test]
    fn a_colour_that_cannot_be_read_on_its_pages_is_refused_for_each_of_them() {
        assert_eq!(pointers(accent("#6B2162", "#dda6d6")), Vec::<String>::new());
        assert_eq!(pointers(accent("#dda6d6", "#6b2162")), ["/accent/light", "/accent/dark"]);
        // 4.5 to 1 on white is not enough: pages have darker grounds than that.
        assert_eq!(pointers(accent("#767676", "#dda6d6")), ["/accent/light"]);
        assert_eq!(pointers(accent("purple", "#fff")), ["/accent/light", "/accent/dark"]);
    }

    #[test]
    fn settings_are_stored_in_one_form_or_not_at_all() {
        let asked = Organisation {
            name: " Demo ".to_owned(),
            zone: Some("Europe/Berlin".to_owned()),
            contact: Some(" Help@Demo.example ".to_owned()),
            ..accent("#6B2162", "#DDA6D6")
        };
        let stored = checked(&asked).expect("accepted");
        assert_eq!((stored.name.as_str(), stored.contact.as_deref()), ("Demo", Some("help@demo.example")));
        assert_eq!(stored.accent.expect("kept").light, "#6b2162");
        let wrong = Organisation {
            name: " ".to_owned(),
            zone: Some("Mars/Olympus".to_owned()),
            contact: Some("nobody".to_owned()),
            ..demo()
        };
        assert_eq!(pointers(wrong), ["/name", "/zone", "/contact"]);
    }
}
