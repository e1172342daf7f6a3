//! Who is asking, and what they may do: roles with a scope, denied by default.

use std::fmt;

use crate::id::{PersonKey, TenantId};

/// What a person may do in an organisation. A learner's rights come from owning an enrolment, not from this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Takes courses.
    Learner,
    /// Runs cohorts and reads their progress.
    Instructor,
    /// Writes and publishes courses.
    Author,
    /// Marks submissions.
    Grader,
    /// Administers the organisation.
    Admin,
}

impl Role {
    /// Every role, in the order of the permission table.
    pub const ALL: [Role; 5] = [Role::Learner, Role::Instructor, Role::Author, Role::Grader, Role::Admin];

    /// The word used in tokens, in the API and in the table of permissions.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Learner => "learner",
            Role::Instructor => "instructor",
            Role::Author => "author",
            Role::Grader => "grader",
            Role::Admin => "admin",
        }
    }
}

/// A role together with where it holds: everywhere in the tenant, or in one cohort or course.
///
/// Written `role` or `role@scope`, as in the `roles` claim of an access token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// What may be done.
    pub role: Role,
    /// The cohort or course id the role is limited to; `None` is the whole tenant.
    pub scope: Option<String>,
}

impl Grant {
    /// Reads `role` or `role@scope`. An unknown role or an empty scope is no grant at all: deny by default.
    pub fn parse(text: &str) -> Option<Grant> {
        let (name, scope) = match text.split_once('@') {
            Some((name, scope)) => (name, Some(scope)),
            None => (text, None),
        };
        if scope.is_some_and(|scope| !crate::id::is_id(scope)) {
            return None;
        }
        let role = Role::ALL.into_iter().find(|role| role.name() == name)?;
        Some(Grant { role, scope: scope.map(str::to_owned) })
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scope {
            None => f.write_str(self.role.name()),
            Some(scope) => write!(f, "{}@{scope}", self.role.name()),
        }
    }
}

/// The verified caller of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The organisation, from the verified token and from nowhere else.
    pub tenant: TenantId,
    /// The pseudonymous key of the person.
    pub person: PersonKey,
    /// What the token grants.
    pub grants: Vec<Grant>,
}

impl Principal {
    /// Whether one of `roles` is granted for the whole tenant.
    pub fn holds(&self, roles: &[Role]) -> bool {
        self.grants.iter().any(|grant| grant.scope.is_none() && roles.contains(&grant.role))
    }

    /// Whether one of `roles` is granted for the whole tenant or for `scope` itself.
    pub fn holds_in(&self, roles: &[Role], scope: &str) -> bool {
        self.grants
            .iter()
            .any(|grant| roles.contains(&grant.role) && grant.scope.as_deref().is_none_or(|own| own == scope))
    }

    /// Whether one of `roles` is granted anywhere at all: enough to ask, not enough to see.
    pub fn holds_anywhere(&self, roles: &[Role]) -> bool {
        self.grants.iter().any(|grant| roles.contains(&grant.role))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn principal(roles: &str) -> Principal {
        Principal {
            tenant: TenantId::parse("demo").expect("an id"),
            person: PersonKey::parse("p1").expect("an id"),
            grants: roles.split(' ').filter_map(Grant::parse).collect(),
        }
    }

    #[test]
    fn a_scoped_role_holds_in_its_scope_and_nowhere_else() {
        let instructor = principal("instructor@c1");
        assert!(instructor.holds_in(&[Role::Instructor], "c1"));
        assert!(!instructor.holds_in(&[Role::Instructor], "c2"));
        assert!(!instructor.holds(&[Role::Instructor]));
        assert!(instructor.holds_anywhere(&[Role::Instructor]));
    }

    #[test]
    fn an_unknown_role_or_an_empty_scope_grants_nothing() {
        assert_eq!(principal("owner instructor@ Admin admin@a@b").grants, vec![]);
    }

    #[test]
    fn a_grant_reads_back_what_it_writes() {
        for text in ["admin", "instructor@c-1"] {
            assert_eq!(Grant::parse(text).expect("a grant").to_string(), text);
        }
    }
    #[test]
    fn a_role_for_the_whole_organisation_holds_in_every_scope() {
        let instructor = principal("instructor");
        assert!(instructor.holds(&[Role::Instructor]));
        assert!(instructor.holds_in(&[Role::Instructor], "c1"));
        assert!(instructor.holds_anywhere(&[Role::Instructor]));
    }

    #[test]
    fn one_role_is_not_another_not_even_for_an_administrator() {
        let admin = principal("admin");
        for role in Role::ALL {
            assert_eq!(admin.holds(&[role]), role == Role::Admin);
            assert_eq!(admin.holds_in(&[role], "c1"), role == Role::Admin);
            assert_eq!(admin.holds_anywhere(&[role]), role == Role::Admin);
        }
        assert!(admin.holds(&[Role::Author, Role::Admin]));
    }

    #[test]
    fn who_has_no_grant_and_who_is_asked_for_no_role_holds_nothing() {
        assert!(!principal("").holds_anywhere(&Role::ALL));
        let all = principal("learner instructor author grader admin");
        assert!(!all.holds(&[]) && !all.holds_in(&[], "c1") && !all.holds_anywhere(&[]));
    }

    #[test]
    fn of_several_scopes_each_holds_for_itself() {
        let instructor = principal("instructor@c1 instructor@c2 author@c3");
        let holds_in = |scope| instructor.holds_in(&[Role::Instructor], scope);
        assert_eq!(["c1", "c2", "c3", "c", ""].map(holds_in), [true, true, false, false, false]);
    }

    #[test]
    fn a_role_has_one_spelling() {
        for text in [
            "",
            "@",
            "@c1",
            "admin ",
            " admin",
            "ADMIN",
            "admin@",
            "admin@a/b",
            "admin@a#b",
            "admin@ä",
            "learner,admin",
        ] {
            assert_eq!(Grant::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_grant_reads_back_as_it_was_written(
            role in prop::sample::select(Role::ALL.to_vec()),
            scope in prop::option::of("[A-Za-z0-9][A-Za-z0-9_-]{0,20}"),
        ) {
            let grant = Grant { role, scope };
            prop_assert_eq!(Grant::parse(&grant.to_string()), Some(grant));
        }

        #[test]
        fn whatever_is_no_grant_is_refused_without_a_panic(text in "\\PC{0,12}|(admin|learner)@?\\PC{0,6}") {
            if let Some(grant) = Grant::parse(&text) {
                prop_assert_eq!(grant.to_string(), text);
            }
        }
    }
}
