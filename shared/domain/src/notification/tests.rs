use proptest::prelude::*;

use super::*;
use crate::fact::GradeFact;
use crate::progress::{Progress, sequence};
use crate::testing::outline::{lesson, quiz, tree};
use crate::testing::{any_arrival, at, awaiting, done, folded, graded, id, scored, unposted, viewed};

fn events(facts: &[Fact]) -> Vec<Event> {
    sequence(&Progress::default(), facts, at(0)).map(|(_, events)| events).unwrap_or_default()
}

fn grade_of(assessment: &str, attempt: u32) -> News {
    News::Graded { assessment: id(assessment), attempt }
}

#[test]
fn only_what_a_learner_may_know_and_did_not_do_is_news() {
    let facts = [
        Fact::Enrolled { at: at(0) },
        viewed("a"),
        done("a"),
        graded("q", 1, scored(1, 2)),
        graded("q", 2, awaiting(1, 2)),
        graded("r", 1, unposted(1, 2)),
    ];
    assert_eq!(news(&events(&facts)), BTreeSet::from([News::Enrolled, grade_of("q", 1)]));
}

#[test]
fn thirty_grades_are_one_message_that_names_five_and_counts_the_others() {
    let names: Vec<String> = (0..30).map(|number| format!("q{number:02}")).collect();
    let course = tree(names.iter().map(|name| quiz(name)).collect());
    let facts: Vec<Fact> = names.iter().map(|name| graded(name, 1, scored(1, 2))).collect();
    let told = told(&course, &id("e"), &news(&events(&facts)), &folded(&facts));
    let [Notice::GradePosted { assessments, more, .. }] = told.as_slice() else { panic!("one message: {told:?}") };
    let named: Vec<&str> = assessments.iter().map(|part| part.title.as_str()).collect();
    assert_eq!((named.as_slice(), *more), (["q00", "q01", "q02", "q03", "q04"].as_slice(), 25));
}

#[test]
fn a_grade_that_was_taken_back_meanwhile_is_not_told() {
    let course = tree(vec![lesson("a"), quiz("q")]);
    let before = news(&events(&[graded("q", 1, scored(1, 2))]));
    let taken_back = folded(&[graded("q", 1, GradeFact { revision: 2, ..unposted(1, 2) })]);
    assert_eq!(told(&course, &id("e"), &before, &taken_back), vec![]);
}

#[test]
fn two_attempts_at_one_assessment_are_named_once() {
    let course = tree(vec![quiz("q")]);
    let facts = [graded("q", 1, scored(1, 2)), graded("q", 2, scored(2, 2))];
    let told = told(&course, &id("e"), &news(&events(&facts)), &folded(&facts));
    assert!(matches!(told.as_slice(), [Notice::GradePosted { assessments, more: 0, .. }] if assessments.len() == 1));
}

#[test]
fn an_occasion_has_one_name_and_names_sort_by_time() {
    let name = |at_ms, occasion| notification_id(at_ms, &id("e"), Kind::GradePosted, occasion);
    assert_eq!(name(5, "1"), name(5, "1"));
    assert_ne!(name(5, "1"), name(5, "2"));
    let of = |kind| (0..9).map(move |number| notification_id(5, &id(&format!("e{number}")), kind, "1"));
    assert!(of(Kind::Enrolled).max() < of(Kind::GradePosted).min(), "of one time, the enrolment comes first");
    assert!(name(1_780_000_000_000, "1") < name(1_780_000_000_001, "0"));
    assert_eq!(notified_at(&name(1_780_000_000_000, "1")), 1_780_000_000_000);
}

#[test]
fn a_kind_and_a_channel_have_one_word_in_the_api_in_keys_and_in_links() {
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).expect("json"), kind.name());
        assert_eq!(Kind::try_from(kind.name().to_owned()), Ok(kind));
    }
    for channel in Channel::ALL {
        assert_eq!(serde_json::to_value(channel).expect("json"), channel.name());
        assert_eq!(Channel::try_from(channel.name().to_owned()), Ok(channel));
    }
    assert_eq!(Kind::try_from("Enrolled".to_owned()), Err(Unknown));
}

#[test]
fn a_notice_says_its_kind() {
    let course = About { enrolment: id("e"), title: "A course".to_owned() };
    let part = Part { node: id("q"), title: "q".to_owned() };
    let zone = || "UTC".to_owned();
    let notices = [
        Notice::Enrolled { course: course.clone() },
        Notice::GradePosted { course: course.clone(), assessments: vec![part.clone()], more: 0 },
        Notice::AssessmentDue { course: course.clone(), due: DueDate { part, at: Some(1) }, zone: zone() },
        Notice::CourseUpdated { course: course.clone(), due: vec![], more: 0, contents: true, zone: zone() },
    ];
    for (notice, kind) in notices.iter().zip(Kind::ALL) {
        assert_eq!((notice.kind(), notice.course()), (kind, &course));
        assert_eq!(serde_json::to_value(notice).expect("json")["kind"], kind.name());
    }
}

proptest! {
    #[test]
    fn news_in_any_order_and_any_number_are_the_same_news((happened, arrived) in any_arrival()) {
        // What is collected is the union of what single commits said: cut the arrival anywhere, the messages are the same.
        let course = tree(vec![lesson("a"), lesson("b"), quiz("q"), quiz("r")]);
        let mut progress = Progress::default();
        let mut collected = BTreeSet::new();
        for fact in &arrived {
            if let Some((next, events)) = sequence(&progress, [fact], at(0)) {
                collected.extend(news(&events));
                progress = next;
            }
        }
        let facts = folded(&happened);
        let once: BTreeSet<News> = happened.iter().flat_map(|fact| news(&events(std::slice::from_ref(fact)))).collect();
        let tell = |news: &BTreeSet<News>| told(&course, &id("e"), news, &facts);
        // A revision that arrived after a later one was never news; what stands of its attempt is told all the same or not.
        prop_assert!(collected.is_subset(&once));
        prop_assert!(tell(&collected).len() <= 2);
        let again: BTreeSet<News> = collected.iter().rev().chain(&collected).cloned().collect();
        prop_assert_eq!(tell(&again), tell(&collected));
    }

    #[test]
    fn news_read_back_as_they_were_written(assessment in "[A-Za-z0-9][A-Za-z0-9_-]{0,20}", attempt in any::<u32>()) {
        let news = grade_of(&assessment, attempt);
        prop_assert_eq!(News::try_from(String::from(news.clone())), Ok(news));
    }

    #[test]
    fn text_that_is_no_news_is_refused_without_a_panic(text in "\\PC{0,12}|graded#?\\PC{0,8}") {
        if let Ok(news) = News::try_from(text.clone()) {
            prop_assert!(text.starts_with("graded#") || news == News::Enrolled);
        }
    }
}
