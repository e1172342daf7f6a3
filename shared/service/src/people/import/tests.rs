use super::*;

fn person(key: &str, roles: &[&str], state: PersonState) -> Person {
    Person {
        tenant: TenantId::parse("demo").expect("an id"),
        person: PersonKey::parse(key).expect("an id"),
        email: format!("{key}@x.test"),
        name: key.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        state,
        subject: None,
    }
}

fn people() -> Vec<Person> {
    vec![
        person("me", &["admin"], PersonState::Active),
        person("ada", &["learner"], PersonState::Active),
        person("bob", &["learner", "instructor@c1"], PersonState::Invited),
        person("eve", &["learner"], PersonState::Deactivated),
    ]
}

fn me() -> PersonKey {
    PersonKey::parse("me").expect("an id")
}

fn fates(text: &str) -> Vec<(u64, Fate)> {
    plan(text, &people(), &me()).lines.into_iter().map(|line| (line.line, line.fate)).collect()
}

fn key(text: &str) -> PersonKey {
    PersonKey::parse(text).expect("an id")
}

#[test]
fn a_file_is_held_against_who_is_there() {
    let text = "E-Mail;Name;Rollen\r\n\
        new@x.test;Nina Neu;\r\n\
        ADA@x.test;Somebody;grader\r\n\
        bob@x.test;;\r\n\
        bob@x.test;;admin\r\n\
        eve@x.test;;learner\r\n";
    let before = vec!["learner".to_owned()];
    let wanted = [
        (2, Fate::New),
        (3, Fate::Roles { person: key("ada"), before }),
        (4, Fate::Same),
        (5, Fate::Twice { first: 4 }),
        (6, Fate::Same),
    ];
    assert_eq!(fates(text), wanted);
    let plan = plan(text, &people(), &me());
    assert_eq!((plan.lines[0].roles.as_slice(), plan.with_access), (&["learner".to_owned()][..], 3));
    assert_eq!(plan.lines[1].name, "ada", "a file renames nobody");
}

#[test]
fn each_line_that_cannot_be_taken_over_says_why() {
    let text = "email,name,roles,access\n\
        nobody,N,learner,\n\
        a@x.test,,learner,\n\
        b@x.test,B,king,\n\
        c@x.test,C,,ended\n\
        d@x.test,D,,perhaps\n\
        me@x.test,,learner,\n\
        me2@x.test,M,,\n";
    let lines = fates(text);
    let is_invalid = |fate: &Fate| matches!(fate, Fate::Invalid { why } if !why.is_empty());
    assert!(lines[..6].iter().all(|(_, fate)| is_invalid(fate)), "{lines:?}");
    assert_eq!(lines[6].1, Fate::New);
    let own = fates("email,access\nme@x.test,ended\nada@x.test,ended\neve@x.test,ended");
    assert!(is_invalid(&own[0].1));
    assert_eq!((&own[1].1, &own[2].1), (&Fate::Ends { person: key("ada") }, &Fate::Same));
}

#[test]
fn a_file_without_headings_has_address_name_and_roles() {
    assert_eq!(fates("new@x.test,Nina Neu,author grader@c1\n")[0], (1, Fate::New));
    assert_eq!(plan("", &people(), &me()).lines, []);
}

#[test]
fn a_file_that_changes_many_is_asked_about_again_and_one_that_invites_many_is_not() {
    let many: Vec<Person> = (0..100).map(|at| person(&format!("p{at}"), &["learner"], PersonState::Active)).collect();
    let asks = |changed: usize, invited: usize| {
        let changes = (0..changed).map(|at| format!("p{at}@x.test,,grader\n"));
        let invitations = (0..invited).map(|at| format!("n{at}@x.test,N,\n"));
        plan(&changes.chain(invitations).collect::<String>(), &many, &me()).asks()
    };
    assert!(!asks(5, 0) && asks(6, 0) && !asks(0, 500));
    let few = |changed: usize| Plan { lines: vec![], with_access: 8, changed };
    assert!(!few(2).asks() && few(3).asks());
}
