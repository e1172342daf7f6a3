//! Every condition is needed: without it, or without one of its parts, a promise is broken on a real engine.

use std::collections::BTreeSet;
use std::path::Path;

use stoa_store::Store;
use stoa_store::conditions;
use stoa_store::engine::Engine;
use stoa_testkit::{Dropped, Dropping, embedded};

use crate::{
    promises, promises_of_administration, promises_of_erasures, promises_of_notices, promises_of_others,
    promises_of_rebuilds,
};

/// Which promise is broken without which condition, or without which of the parts that AND joins.
const PROMISES: &[(&str, Option<usize>, &str)] = &[
    ("ATTEMPT_IS_NEW", None, "an_attempt_is_opened_once"),
    ("DRAFT_GOES_FORWARD", None, "a_draft_only_goes_forwards"),
    ("DRAFT_GOES_FORWARD", Some(0), "a_closed_attempt_takes_no_draft"),
    ("DRAFT_GOES_FORWARD", Some(1), "a_draft_only_goes_forwards"),
    ("DRAFT_GOES_FORWARD", Some(2), "a_draft_is_saved_in_time"),
    ("DRAFT_GOES_FORWARD", Some(3), "a_draft_is_saved_by_its_learner"),
    ("DRAFT_GOES_FORWARD", Some(4), "who_is_withdrawn_saves_no_draft"),
    ("SUBMISSION_IS_FIRST", None, "a_hand_in_is_taken_once"),
    ("SUBMISSION_IS_FIRST", Some(0), "a_hand_in_is_taken_once"),
    ("SUBMISSION_IS_FIRST", Some(1), "a_hand_in_is_taken_in_time"),
    ("SUBMISSION_IS_FIRST", Some(2), "a_hand_in_is_taken_from_its_learner"),
    ("SUBMISSION_IS_FIRST", Some(3), "who_is_withdrawn_hands_nothing_in"),
    ("ENROLMENT_IS_ACTIVE", None, "who_is_withdrawn_opens_no_attempt"),
    ("ATTEMPT_IS_OPEN", None, "an_attempt_that_is_closed_meanwhile_is_not_suspended"),
    ("TIME_IS_UP", None, "time_does_not_close_what_was_handed_in"),
    ("TIME_IS_UP", Some(0), "time_does_not_close_what_was_handed_in"),
    ("TIME_IS_UP", Some(1), "time_closes_an_attempt_only_when_it_is_over"),
    ("GRADE_IS_NEW", None, "the_first_grade_of_a_revision_stands"),
    ("MARK_IS_AS_SEEN", None, "a_mark_is_cleared_only_as_it_was_seen"),
    ("MARK_IS_AS_SEEN", None, "an_account_is_followed_only_as_it_was_seen"),
    ("FACT_IS_NEW", None, "the_first_report_of_a_fact_stands"),
    ("READING_IS_ONCE_A_MINUTE", None, "a_minute_takes_one_report_of_reading"),
    ("PROGRESS_IS_NEW", None, "only_one_projector_begins_a_log"),
    ("PROGRESS_IS_AS_READ", None, "only_one_projector_goes_on_from_a_state"),
    ("EVENT_IS_NEW", None, "a_number_of_the_log_is_given_once"),
    ("GENERATIONS_ARE_NEW", None, "of_two_who_begin_a_rebuild_one_does"),
    ("GENERATIONS_ARE_AS_READ", None, "who_was_taken_over_does_not_switch"),
    ("ROW_IS_NOT_NEWER", None, "a_rebuild_never_draws_over_a_newer_row"),
    ("ROW_IS_THERE", None, "only_rows_that_are_there_expire"),
    ("NEWS_ARE_AS_TOLD", None, "news_that_come_meanwhile_are_told_later"),
    ("MESSAGE_IS_NEW", None, "an_occasion_is_one_message"),
    ("MESSAGE_IS_UNREAD", None, "a_message_is_counted_off_once"),
    ("MAIL_IS_FREE", None, "an_e_mail_is_one_senders_affair_until_the_lease_is_over"),
    ("MAIL_IS_FREE", Some(0), "an_e_mail_that_is_settled_is_nobodys_affair"),
    ("MAIL_IS_FREE", Some(1), "an_e_mail_is_one_senders_affair_until_the_lease_is_over"),
    ("MAIL_IS_MINE", None, "who_was_overtaken_settles_nothing"),
    ("MAIL_IS_MINE", Some(0), "who_was_overtaken_settles_nothing"),
    ("MAIL_IS_MINE", Some(1), "a_claim_is_given_back_once"),
    ("PREFERENCES_ARE_NEW", None, "two_who_begin_to_choose_do_not_lose_one_another"),
    ("PREFERENCES_ARE_AS_READ", None, "two_who_choose_do_not_lose_one_another"),
    ("AGENDA_IS_NEW", None, "two_who_begin_an_agenda_do_not_lose_one_another"),
    ("AGENDA_IS_AS_READ", None, "two_who_change_an_agenda_do_not_lose_one_another"),
    ("BODY_IS_NOT_KEPT", None, "kept_answers_never_expire_again"),
    ("BODY_IS_THERE", None, "only_answers_that_are_there_are_kept"),
    ("RELEASE_NUMBER_IS_NEW", None, "a_number_of_a_release_is_given_once"),
    ("COHORT_IS_NEW", None, "a_cohort_is_made_once"),
    ("COHORT_IS_AS_READ", None, "of_two_who_change_a_cohort_one_does"),
    ("ENROLMENT_IS_NEW", None, "an_enrolment_is_made_once"),
    ("ENROLMENT_IS_AS_READ", None, "of_two_who_change_an_enrolment_one_does"),
    ("PLACE_IS_FREE", None, "a_person_has_one_enrolment_in_a_cohort"),
    ("ENTRY_IS_NEW", None, "an_entry_of_the_log_is_never_written_over"),
    ("ADDRESS_IS_FREE", None, "an_address_belongs_to_one_person"),
    ("TENANT_IS_NEW", None, "an_organisation_is_made_once"),
    ("ORGANISATION_IS_AS_READ", None, "of_two_who_change_settings_one_does"),
    ("PERSON_IS_THERE", None, "nobody_is_made_by_noting_a_subject"),
    ("ROLES_ARE_AS_READ", None, "roles_are_replaced_only_as_they_were_read"),
    ("STATE_IS_AS_READ", None, "a_change_of_access_follows_the_state_it_was_decided_on"),
    ("INVITATION_IS_DUE", None, "somebody_is_invited_again_once_in_ten_minutes"),
    ("INVITATION_IS_DUE", Some(0), "somebody_is_invited_again_only_as_they_were_read"),
    ("INVITATION_IS_DUE", Some(1), "somebody_is_invited_again_once_in_ten_minutes"),
    ("REVOKED_IS_NEW", None, "two_who_begin_the_list_of_ended_access_do_not_lose_one_another"),
    ("REVOKED_IS_AS_READ", None, "two_who_change_the_list_of_ended_access_do_not_lose_one_another"),
    ("SIGN_IN_IS_FREE", None, "a_subject_signs_in_as_one_person"),
    ("SIGN_IN_IS_FREE", Some(0), "a_subject_signs_in_as_one_person"),
    ("SIGN_IN_IS_FREE", Some(1), "a_subject_signs_in_as_one_person"),
    ("ERASURE_WAITS", None, "an_erasure_that_was_taken_back_does_not_begin"),
    ("ERASURE_WAITS", None, "an_erasure_that_has_begun_is_not_taken_back"),
    ("ADMINISTRATOR_STAYS", None, "an_administrator_who_was_deactivated_erases_nobody"),
    ("ADMINISTRATOR_STAYS", Some(0), "an_administrator_who_was_deactivated_erases_nobody"),
    ("ADMINISTRATOR_STAYS", Some(1), "an_administrator_whose_role_was_taken_away_erases_nobody"),
    ("ADMINISTRATOR_STAYS", None, "who_was_demoted_takes_no_erasure_back"),
    ("ADMINISTRATOR_STAYS", Some(0), "of_two_who_end_one_anothers_access_one_does"),
    ("ADMINISTRATOR_STAYS", Some(1), "of_two_who_demote_one_another_one_does"),
    ("ADMINISTRATOR_STAYS", Some(0), "who_was_deactivated_changes_not_even_their_own_roles"),
    ("ADMINISTRATOR_STAYS", Some(1), "who_was_demoted_does_not_give_themselves_the_role_back"),
    ("ADMINISTRATOR_STAYS", None, "who_was_demoted_invites_nobody"),
    ("ARCHIVE_IS_FREE", None, "an_archive_is_one_makers_affair_until_the_lease_is_over"),
    ("ARCHIVE_IS_FREE", Some(0), "an_archive_is_not_begun_for_a_request_that_was_replaced"),
    ("ARCHIVE_IS_FREE", Some(1), "an_archive_is_one_makers_affair_until_the_lease_is_over"),
    ("NOT_BEING_ERASED", None, "nothing_is_chosen_for_somebody_who_is_being_erased"),
    ("NOT_BEING_ERASED", None, "nobody_asks_for_the_archive_of_somebody_who_is_being_erased"),
];

/// Conditions whose promise is checked elsewhere: the file from the root of the repository, and the test in it.
const ELSEWHERE: &[(&str, &str, &str)] = &[];

macro_rules! promises {
    ($($module:ident: $($name:ident)*;)*) => {
        /// Whether a promise is kept.
        async fn is_kept(promise: &str, store: &Store<impl Engine>) -> bool {
            match promise {
                $($(stringify!($name) => $module::$name(store).await,)*)*
                other => panic!("there is no promise {other}"),
            }
        }
        const ALL: &[&str] = &[$($(stringify!($name)),*),*];
    };
}

promises! {
    promises:
    an_attempt_is_opened_once
    a_closed_attempt_takes_no_draft
    a_draft_only_goes_forwards
    a_draft_is_saved_in_time
    a_draft_is_saved_by_its_learner
    a_hand_in_is_taken_once
    a_hand_in_is_taken_in_time
    a_hand_in_is_taken_from_its_learner
    time_does_not_close_what_was_handed_in
    time_closes_an_attempt_only_when_it_is_over
    the_first_grade_of_a_revision_stands
    a_mark_is_cleared_only_as_it_was_seen
    the_first_report_of_a_fact_stands
    a_minute_takes_one_report_of_reading
    only_one_projector_begins_a_log
    only_one_projector_goes_on_from_a_state
    a_number_of_the_log_is_given_once
    kept_answers_never_expire_again
    only_answers_that_are_there_are_kept;
    promises_of_others:
    a_number_of_a_release_is_given_once
    a_cohort_is_made_once
    of_two_who_change_a_cohort_one_does
    an_enrolment_is_made_once
    an_address_belongs_to_one_person
    an_organisation_is_made_once
    roles_are_replaced_only_as_they_were_read
    a_change_of_access_follows_the_state_it_was_decided_on
    somebody_is_invited_again_once_in_ten_minutes
    somebody_is_invited_again_only_as_they_were_read
    an_account_is_followed_only_as_it_was_seen
    a_subject_signs_in_as_one_person
    two_who_begin_the_list_of_ended_access_do_not_lose_one_another
    two_who_change_the_list_of_ended_access_do_not_lose_one_another;
    promises_of_notices:
    news_that_come_meanwhile_are_told_later
    an_occasion_is_one_message
    a_message_is_counted_off_once
    an_e_mail_is_one_senders_affair_until_the_lease_is_over
    an_e_mail_that_is_settled_is_nobodys_affair
    who_was_overtaken_settles_nothing
    a_claim_is_given_back_once
    two_who_begin_to_choose_do_not_lose_one_another
    two_who_choose_do_not_lose_one_another
    two_who_begin_an_agenda_do_not_lose_one_another
    two_who_change_an_agenda_do_not_lose_one_another;
    promises_of_administration:
    who_is_withdrawn_saves_no_draft
    who_is_withdrawn_hands_nothing_in
    who_is_withdrawn_opens_no_attempt
    an_attempt_that_is_closed_meanwhile_is_not_suspended
    of_two_who_change_an_enrolment_one_does
    a_person_has_one_enrolment_in_a_cohort
    an_entry_of_the_log_is_never_written_over
    of_two_who_change_settings_one_does;
    promises_of_rebuilds:
    of_two_who_begin_a_rebuild_one_does
    who_was_taken_over_does_not_switch
    a_rebuild_never_draws_over_a_newer_row
    only_rows_that_are_there_expire;
    promises_of_erasures:
    nobody_is_made_by_noting_a_subject
    an_erasure_that_has_begun_is_not_taken_back
    an_erasure_that_was_taken_back_does_not_begin
    an_administrator_who_was_deactivated_erases_nobody
    an_administrator_whose_role_was_taken_away_erases_nobody
    who_was_demoted_takes_no_erasure_back
    of_two_who_end_one_anothers_access_one_does
    of_two_who_demote_one_another_one_does
    who_was_deactivated_changes_not_even_their_own_roles
    who_was_demoted_does_not_give_themselves_the_role_back
    who_was_demoted_invites_nobody
    an_archive_is_one_makers_affair_until_the_lease_is_over
    an_archive_is_not_begun_for_a_request_that_was_replaced
    nothing_is_chosen_for_somebody_who_is_being_erased
    nobody_asks_for_the_archive_of_somebody_who_is_being_erased;
}

#[tokio::test]
async fn every_promise_is_kept_while_every_condition_is_there() {
    for promise in ALL {
        let database = embedded().await;
        assert!(is_kept(promise, &Store::new(database.engine.clone())).await, "{promise}");
    }
}

#[tokio::test]
async fn without_a_condition_or_one_of_its_parts_a_promise_is_broken() {
    let mut kept = Vec::new();
    for (name, part, promise) in PROMISES {
        let database = embedded().await;
        let store = Store::new(Dropping::new(database.engine.clone(), Dropped { name, part: *part }));
        if is_kept(promise, &store).await {
            kept.push(format!("{promise} without {name} {part:?}"));
        }
    }
    assert!(kept.is_empty(), "these are kept, so nobody would miss the condition: {kept:#?}");
}

#[test]
fn every_condition_and_every_part_of_one_has_a_promise_or_a_test_elsewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (name, file, test) in ELSEWHERE {
        let source = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        assert!(source.contains(&format!("fn {test}(")), "{name} is covered by {test}, which is not in {file}");
    }
    let here: BTreeSet<(&str, Option<usize>)> = PROMISES.iter().map(|(name, part, _)| (*name, *part)).collect();
    let elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|(name, _, _)| *name).collect();
    let is_covered =
        |dropped: &Dropped| elsewhere.contains(dropped.name) || here.contains(&(dropped.name, dropped.part));
    let missing: Vec<Dropped> = Dropped::all().into_iter().filter(|dropped| !is_covered(dropped)).collect();
    assert!(missing.is_empty(), "nothing fails without these: {missing:#?}");
    let names: BTreeSet<&str> = conditions::ALL.iter().map(|condition| condition.name).collect();
    let gone: Vec<_> =
        here.iter().map(|(name, _)| name).chain(&elsewhere).filter(|name| !names.contains(*name)).collect();
    assert!(gone.is_empty(), "the store no longer has {gone:?}");
}
