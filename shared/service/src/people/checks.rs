//! What is known of a person must have a shape: an address to sign in with, a name, roles.

use std::collections::BTreeMap;

use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::line;
use stoa_domain::person::{Person, PersonState};
use stoa_domain::principal::Grant;
use stoa_domain::release::Finding;

use super::Invitation;

/// The most bytes of an address (RFC 5321).
pub const EMAIL_BYTES_MAX: usize = 254;
/// The most bytes of an address before its `@`.
const LOCAL_BYTES_MAX: usize = 64;
/// The most characters of a name.
pub const NAME_CHARS_MAX: usize = 200;
/// The most roles of one person: all of them travel in every token.
pub const ROLES_MAX: usize = 30;

/// An address in the one form it is stored and compared in, or `None` if it is none.
///
/// Only plain ASCII addresses are taken: letters that look alike would be different people.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.split_once('@')?;
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let holds = text.len() <= EMAIL_BYTES_MAX
        && local.len() <= LOCAL_BYTES_MAX
        && local.split('.').all(|part| !part.is_empty() && part.bytes().all(is_local))
        && domain.contains('.')
        && domain.split('.').all(is_label);
    holds.then(|| text.to_ascii_lowercase())
}

/// Roles without doubles, each as it is read.
pub(super) fn roles(roles: &[String], pointer: &str) -> Result<Vec<String>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut grants: Vec<String> = Vec::new();
    if roles.len() > ROLES_MAX {
        findings.push(finding(pointer.to_owned(), format!("At most {ROLES_MAX} roles.")));
    }
    for (at, role) in roles.iter().enumerate().take(ROLES_MAX) {
        match Grant::parse(role) {
            Some(grant) if grants.contains(&grant.to_string()) => {}
            Some(grant) => grants.push(grant.to_string()),
            None => findings.push(finding(
                format!("{pointer}/{at}"),
                "A role is learner, instructor, author, grader or admin, or one of them with @ and a cohort or course.",
            )),
        }
    }
    if findings.is_empty() { Ok(grants) } else { Err(findings) }
}

/// Invitations as people to write, or all that is wrong with them.
pub(super) fn people(
    tenant: &TenantId,
    invitations: &[Invitation],
    new_key: impl Fn() -> PersonKey,
) -> Result<Vec<Person>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut people = Vec::with_capacity(invitations.len());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (at, Invitation { email: address, name, roles: granted }) in invitations.iter().enumerate() {
        let address = email(address);
        let pointer = format!("/people/{at}/email");
        match &address {
            None => findings.push(finding(pointer, "This is no address that mail could be sent to.")),
            Some(address) => {
                if let Some(first) = seen.insert(address.clone(), at) {
                    findings.push(finding(pointer, format!("The same address stands at /people/{first}/email.")));
                }
            }
        }
        let name = name.trim();
        let flaw = line::flaw(name, NAME_CHARS_MAX);
        findings.extend(flaw.map(|flaw| finding(format!("/people/{at}/name"), flaw)));
        let granted = roles(granted, &format!("/people/{at}/roles")).map_err(|more| findings.extend(more)).ok();
        if let (Some(email), Some(roles)) = (address, granted) {
            people.push(Person {
                tenant: tenant.clone(),
                person: new_key(),
                email,
                name: name.to_owned(),
                roles,
                state: PersonState::Invited,
                subject: None,
            });
        }
    }
    if findings.is_empty() { Ok(people) } else { Err(findings) }
}

fn finding(pointer: String, detail: impl Into<String>) -> Finding {
    Finding { pointer, detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_one_form_or_not_at_all() {
        assert_eq!(email(" Ada.Lovelace+x@Example.ORG "), Some("ada.lovelace+x@example.org".to_owned()));
        for text in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a@b.",
            "a@.b",
            "a@-b.c",
            "a@b-.c",
            "a b@c.d",
            "a@b c.d",
            "a@@b.c",
            ".a@b.c",
            "a.@b.c",
            "a..b@c.d",
            "ä@b.c",
            "a@bü.c",
            "a@b.c\n",
            "a\u{0}@b.c",
            "<a@b.c>",
            "a,b@c.d",
            "\"a\"@b.c",
        ] {
            // Space around an address is a slip of the hand and no part of it.
            assert_eq!(email(text), (text == "a@b.c\n").then(|| "a@b.c".to_owned()), "{text:?}");
        }
        assert_eq!(email(&format!("{}@b.c", "a".repeat(65))), None);
        assert_eq!(email(&format!("a@{}.c", "b".repeat(64))), None);
        assert_eq!(email(&format!("a@{}", vec!["b".repeat(60); 5].join("."))), None);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let person = |email: &str, name: &str, roles: &[&str]| Invitation {
            email: email.to_owned(),
            name: name.to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        };
        let invitations = [
            person("a@x.test", "A", &["learner", "learner", "instructor@c1"]),
            person("A@x.test ", "B", &[]),
            person("nobody", " ", &["king", "admin@"]),
            person("d@x.test", "two\nlines", &[]),
        ];
        let tenant = TenantId::parse("demo").expect("an id");
        let key = || PersonKey::parse("p1").expect("an id");
        let findings = people(&tenant, &invitations, key).expect_err("refused");
        let pointers: Vec<&str> = findings.iter().map(|finding| finding.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/people/1/email",
                "/people/2/email",
                "/people/2/name",
                "/people/2/roles/0",
                "/people/2/roles/1",
                "/people/3/name"
            ]
        );

        let people = people(&tenant, &invitations[..1], key).expect("accepted");
        assert_eq!(people[0].roles, ["learner", "instructor@c1"]);
    }
}
