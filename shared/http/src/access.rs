//! Who may call a route: one check for every function, denied by default.

use stoa_api::routes::{self, Access, Route};
use stoa_domain::principal::{Principal, Role};

use crate::call::Call;
use crate::problem::Problem;

/// Lists whose handlers show only what lies in the scopes the caller holds: a role for one course or cohort is enough to ask.
const FILTERED_LISTS: [&str; 2] = ["GET /api/courses", "GET /api/cohorts"];

/// Refuses a caller whom the route's [`Access`] does not allow; `route-unknown` for a route that is in no table.
///
/// A role counts where it was given: in the cohort or course that the path names, otherwise in the whole tenant. Whose
/// enrolment the path names (`Owner`, `OwnerOr`) only the handler can know; to others it answers as if there were none.
pub fn authorise(call: &Call, principal: &Principal) -> Result<&'static Route, Problem> {
    let route = routes::by_key(call.route()).ok_or_else(|| Problem::route_unknown(call))?;
    let is_allowed = match route.access {
        // A route that asks for no sign-in is never asked about with one.
        Access::Link => false,
        Access::Member | Access::Owner | Access::OwnerOr(_) => true,
        Access::Roles(roles) => holds(call, route, principal, roles)?,
    };
    if is_allowed { Ok(route) } else { Err(Problem::forbidden()) }
}

fn holds(call: &Call, route: &Route, principal: &Principal, roles: &[Role]) -> Result<bool, Problem> {
    for scope in ["cohort", "course"] {
        if names(route, scope) {
            return Ok(principal.holds_in(roles, call.path_text(scope)?));
        }
    }
    if FILTERED_LISTS.contains(&call.route()) {
        return Ok(principal.holds_anywhere(roles));
    }
    Ok(principal.holds(roles))
}

fn names(route: &Route, parameter: &str) -> bool {
    route.path.split('/').any(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(parameter))
}

#[cfg(test)]
mod tests {
    use stoa_domain::id::{PersonKey, TenantId};
    use stoa_domain::principal::Grant;

    use super::*;
    use crate::kind::Kind;
    use crate::sample::Sample;

    fn principal(roles: &str) -> Principal {
        Principal {
            tenant: TenantId::parse("demo").expect("an id"),
            person: PersonKey::parse("p1").expect("an id"),
            grants: roles.split(' ').filter_map(Grant::parse).collect(),
        }
    }

    fn outcome(sample: Sample, roles: &str) -> Option<Kind> {
        authorise(&sample.call(), &principal(roles)).err().map(|problem| problem.kind())
    }

    #[test]
    fn a_route_that_is_in_no_table_is_open_to_nobody() {
        assert_eq!(outcome(Sample::new("GET /api/secrets"), "admin"), Some(Kind::RouteUnknown));
        assert_eq!(outcome(Sample::new("$default"), "admin"), Some(Kind::RouteUnknown));
    }

    #[test]
    fn a_role_counts_in_the_cohort_or_course_it_was_given_for() {
        let enrol = |cohort: &str| Sample::new("POST /api/cohorts/{cohort}/enrolments").path("cohort", cohort);
        assert_eq!(outcome(enrol("c1"), "instructor@c1"), None);
        assert_eq!(outcome(enrol("c2"), "instructor@c1"), Some(Kind::Forbidden));
        assert_eq!(outcome(enrol("c2"), "instructor"), None);
        assert_eq!(outcome(enrol("c1"), "grader@c1"), Some(Kind::Forbidden));
        let publish = |course: &str| Sample::new("POST /api/courses/{course}/releases").path("course", course);
        assert_eq!(outcome(publish("k1"), "author@k1"), None);
        assert_eq!(outcome(publish("k2"), "author@k1"), Some(Kind::Forbidden));
    }

    #[test]
    fn a_role_with_a_scope_may_ask_for_a_filtered_list_and_for_nothing_else_without_a_scope() {
        assert_eq!(outcome(Sample::new("GET /api/courses"), "author@k1"), None);
        assert_eq!(outcome(Sample::new("GET /api/cohorts"), "grader@c1"), None);
        assert_eq!(outcome(Sample::new("GET /api/people"), "admin@c1"), Some(Kind::Forbidden));
        assert_eq!(outcome(Sample::new("POST /api/people"), "admin@c1"), Some(Kind::Forbidden));
        assert_eq!(outcome(Sample::new("GET /api/people"), "admin"), None);
    }

    #[test]
    fn whoever_holds_no_role_may_call_only_what_is_for_members_or_owners() {
        for route in routes::ROUTES {
            let sample = ["release", "node", "enrolment", "cohort", "course", "item", "asset", "person"]
                .into_iter()
                .fold(Sample::new(&route.key()), |sample, name| sample.path(name, "demo"));
            let is_refused = matches!(route.access, Access::Roles(_) | Access::Link);
            assert_eq!(outcome(sample, "learner"), is_refused.then_some(Kind::Forbidden), "{}", route.key());
        }
    }
}
