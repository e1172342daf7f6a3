//! What the audit log hears of: each route that changes something by virtue of a role, and the acts it writes down.

use stoa_domain::audit::Act;

/// The acts that a route can write. One call writes one entry for each person or thing it changes.
pub const ACTS: &[(&str, &[Act])] = &[
    ("POST /api/courses/{course}/releases", &[Act::Published]),
    ("PUT /api/cohorts/{cohort}", &[Act::CohortMade, Act::CohortChanged]),
    ("POST /api/cohorts/{cohort}/enrolments", &[Act::Enrolled]),
    ("POST /api/cohorts/{cohort}/enrolments/{enrolment}/withdrawal", &[Act::Withdrawn]),
    ("DELETE /api/cohorts/{cohort}/enrolments/{enrolment}/withdrawal", &[Act::Reinstated]),
    ("PUT /api/cohorts/{cohort}/enrolments/{enrolment}/cohort", &[Act::Moved]),
    ("PUT /api/organisation", &[Act::SettingsChanged]),
    ("POST /api/people", &[Act::Invited]),
    ("POST /api/people/changes", &[Act::Invited, Act::RolesChanged, Act::Deactivated]),
    ("PUT /api/people/{person}/roles", &[Act::RolesChanged]),
    ("POST /api/people/{person}/invitation", &[Act::InvitedAgain]),
    ("POST /api/people/{person}/deactivation", &[Act::Deactivated]),
    ("DELETE /api/people/{person}/deactivation", &[Act::Reactivated]),
    ("POST /api/people/{person}/export", &[Act::ArchiveAsked]),
    ("POST /api/people/{person}/export/address", &[Act::ArchiveHandedOut]),
    ("PUT /api/people/{person}/erasure", &[Act::ErasureAsked]),
    ("DELETE /api/people/{person}/erasure", &[Act::ErasureTakenBack]),
];

const IS_A_DRAFT: &str = "a draft reaches nobody until it is published, and that is written down";
const CHANGES_NOTHING: &str = "it is asked with a body and changes nothing";

/// Routes that are not read-only by their method and write nothing down, each with the reason.
pub const NOT_WRITTEN_DOWN: &[(&str, &str)] = &[
    ("PUT /api/courses/{course}", IS_A_DRAFT),
    ("PUT /api/courses/{course}/nodes/{node}", IS_A_DRAFT),
    ("DELETE /api/courses/{course}/nodes/{node}", IS_A_DRAFT),
    ("PUT /api/courses/{course}/nodes/{node}/items/{item}", IS_A_DRAFT),
    ("PUT /api/courses/{course}/assets/{asset}", IS_A_DRAFT),
    ("POST /api/cohorts/{cohort}/roll", CHANGES_NOTHING),
    ("POST /api/people/diff", CHANGES_NOTHING),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::routes::{Access, ROUTES};

    #[test]
    fn every_route_that_changes_something_by_a_role_says_what_is_written_down_or_why_nothing_is() {
        let changing = ROUTES.iter().filter(|route| route.method != "GET" && matches!(route.access, Access::Roles(_)));
        let changing: BTreeSet<String> = changing.map(crate::routes::Route::key).collect();
        let told = ACTS.iter().map(|(route, _)| *route).chain(NOT_WRITTEN_DOWN.iter().map(|(route, _)| *route));
        let told: Vec<String> = told.map(str::to_owned).collect();
        assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), changing);
        assert_eq!(told.len(), changing.len(), "a route is named twice");
    }

    #[test]
    fn every_act_but_the_operators_and_the_end_of_an_erasure_is_written_by_a_route() {
        let written: BTreeSet<Act> = ACTS.iter().flat_map(|(_, acts)| acts.iter().copied()).collect();
        let of_no_route = [Act::OrganisationMade, Act::Erased];
        let all: BTreeSet<Act> = Act::ALL.iter().copied().filter(|act| !of_no_route.contains(act)).collect();
        assert_eq!(written, all);
    }
}
