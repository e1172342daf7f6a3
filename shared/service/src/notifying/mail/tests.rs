use stoa_domain::id::{EnrolmentId, NodeId, NotificationId, PersonKey, TenantId};
use stoa_domain::notification::About;
use stoa_domain::person::PersonState;

use super::*;

const DUE_MS: i64 = 1_796_166_000_000; // 2026-12-01T23:00:00Z

fn course() -> About {
    About { enrolment: EnrolmentId::parse("e1").expect("an id"), title: "Ropes & <knots>".to_owned() }
}

fn part(node: &str) -> Part {
    Part { node: NodeId::parse(node).expect("an id"), title: format!("Quiz {node}") }
}

fn person() -> Person {
    Person {
        tenant: TenantId::parse("demo").expect("an id"),
        person: PersonKey::parse("p1").expect("an id"),
        email: "ada@x.test".to_owned(),
        name: "Ada <b>".to_owned(),
        roles: vec![],
        state: PersonState::Active,
        subject: None,
    }
}

fn mail(notice: Notice) -> Mail {
    let message = Message {
        tenant: person().tenant,
        person: person().person,
        id: NotificationId::parse("000000000000005-x").expect("an id"),
        notice,
        inbox: true,
        email: true,
    };
    let letterhead = Letterhead { web_origin: "https://stoa.test".to_owned(), link_secret: "secret".to_owned() };
    write(&message, &person(), "Harbour School", &letterhead)
}

fn all() -> Vec<Mail> {
    let zone = || "Europe/Berlin".to_owned();
    let due = |node, at| DueDate { part: part(node), at };
    vec![
        mail(Notice::Enrolled { course: course() }),
        mail(Notice::GradePosted { course: course(), assessments: vec![part("a")], more: 0 }),
        mail(Notice::AssessmentDue { course: course(), due: due("a", Some(DUE_MS)), zone: zone() }),
        mail(Notice::CourseUpdated {
            course: course(),
            due: vec![due("a", Some(DUE_MS)), due("b", None)],
            more: 2,
            contents: true,
            zone: zone(),
        }),
    ]
}

#[test]
fn every_mail_has_a_subject_two_bodies_a_way_on_and_a_way_to_choose() {
    for mail in all() {
        assert_eq!(mail.to, "ada@x.test");
        assert!(!mail.subject.is_empty() && !mail.subject.contains('\n'));
        for body in [&mail.text, &mail.html] {
            assert!(body.contains("https://stoa.test/courses/e1"), "{body}");
            assert!(body.contains("https://stoa.test/preferences") && body.contains("Harbour School"), "{body}");
        }
    }
}

#[test]
fn what_is_written_by_people_is_text_in_html() {
    for mail in all() {
        assert!(!mail.html.contains("<b>") && !mail.html.contains("<knots>"), "{}", mail.html);
        assert!(mail.text.contains("Ada <b>"));
    }
}

#[test]
fn an_optional_mail_can_be_ended_by_the_reader_and_by_their_mail_program_and_a_mandatory_one_cannot() {
    let [enrolled, graded, due, updated] = all().try_into().expect("four mails");
    assert_eq!(enrolled.unsubscribe, None);
    assert!(!enrolled.text.contains("/unsubscribe/"));
    for mail in [graded, due, updated] {
        let token = mail.unsubscribe.as_deref().and_then(|url| url.strip_prefix("https://stoa.test/api/unsubscribe/"));
        let ending = link::open("secret", token.expect("a link")).expect("one of ours");
        assert_eq!((ending.person, ending.channel), (person().person, Channel::Email));
        assert!(mail.text.contains(&format!("https://stoa.test/unsubscribe/{}", token.expect("a link"))));
    }
}

#[test]
fn many_grades_are_counted_in_the_subject_and_points_are_never_told() {
    let many = Notice::GradePosted { course: course(), assessments: vec![part("a"), part("b")], more: 28 };
    let mail = mail(many);
    assert_eq!(mail.subject, "30 new grades in “Ropes & <knots>”");
    assert!(mail.text.contains("- Quiz b\n- and 28 more"), "{}", mail.text);
}

#[test]
fn a_deadline_is_told_by_the_clock_of_the_cohort() {
    let [_, _, due, updated] = all().try_into().expect("four mails");
    assert_eq!(due.subject, "Due Wednesday, 2 December 2026, 00:00: Quiz a");
    assert!(updated.text.contains("- Quiz a: due Wednesday, 2 December 2026, 00:00\n- Quiz b: no deadline any more"));
}
