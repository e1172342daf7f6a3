//! What the store assumes of DynamoDB, in sentences. Each is held against the model store, against an embedded engine that
//! shares no code with it, and against the tables of the deployed local Stoa that `STOA_ENDPOINTS` names.

mod answers;
mod conditions;
mod dropping;
mod ground;
mod index;
mod queries;
mod strict;
mod transactions;
mod units;
mod updates;
mod values;

/// Makes sentences tests on these engines.
macro_rules! hold {
    ($on:ident: $($group:ident { $($sentence:ident)* })*) => {
        $(mod $group {
            $(#[tokio::test]
            async fn $sentence() {
                crate::hold!(@$on crate::$group::$sentence);
            })*
        })*
    };
    (@model $sentence:path) => {
        $sentence(&crate::ground::Ground::model()).await
    };
    (@embedded $sentence:path) => {
        let embedded = stoa_testkit::embedded().await;
        $sentence(&crate::ground::Ground::embedded(&embedded)).await
    };
    (@deployed $sentence:path) => {
        $sentence(&crate::ground::deployed()).await
    };
}
pub(crate) use hold;

/// What holds everywhere.
macro_rules! everywhere {
    ($($sentences:tt)*) => {
        mod model {
            crate::hold! { model: $($sentences)* }
        }
        mod embedded {
            crate::hold! { embedded: $($sentences)* }
        }
        mod deployed {
            crate::hold! { deployed: $($sentences)* }
        }
    };
}

/// What AWS is strict about and the local AWS is not. The store relies on none of it; the model refuses it all the same.
macro_rules! but_not_on_the_local_aws {
    ($($sentences:tt)*) => {
        mod strict_model {
            crate::hold! { model: $($sentences)* }
        }
        mod strict_embedded {
            crate::hold! { embedded: $($sentences)* }
        }
    };
}

everywhere! {
    conditions {
        a_put_under_a_condition_is_done_once_and_then_refused_with_the_item_that_stands
        a_refusal_where_there_is_no_item_brings_none
        no_comparison_holds_for_an_attribute_that_is_not_there_but_unequal
        values_of_different_types_are_unequal_and_have_no_order
        numbers_are_compared_by_value_and_texts_by_their_bytes
        attributes_are_compared_with_each_other_too
        conditions_are_joined_by_and_or_not_and_parentheses
        a_prefix_is_compared_letter_by_letter
        an_attribute_is_there_whatever_its_value
        a_reserved_word_stands_behind_a_hash
        sets_are_equal_in_any_order_and_lists_are_not
        a_delete_is_conditional_too_and_deleting_nothing_is_no_failure
    }
    updates {
        an_update_sets_and_removes_and_answers_the_item_as_it_stands_after
        an_update_of_an_item_that_is_not_there_makes_it
        every_part_of_an_update_sees_the_item_as_it_was_before
        a_first_value_stays_and_a_count_goes_up
        a_set_of_words_takes_each_word_once_in_any_order
        removing_what_is_not_there_does_no_harm
        a_put_replaces_the_whole_item_and_answers_nothing
        a_refused_update_changes_nothing
        a_reserved_word_is_set_behind_a_hash
        what_the_language_does_not_allow_is_refused
    }
    transactions {
        all_is_written_or_nothing_is
        reasons_stand_at_the_place_of_their_write
        a_check_guards_and_writes_nothing
        tables_take_part_together
        a_hundred_writes_go_together_and_one_more_does_not
        an_item_takes_part_once
        an_update_in_a_transaction_may_make_its_item
        a_delete_in_a_transaction_is_conditional_too
    }
    queries {
        a_partition_is_read_in_the_order_of_bytes_and_no_other_partition_with_it
        a_prefix_and_an_end_narrow_a_query
        the_highest_come_first_when_asked
        pages_by_limit_reach_every_item_once_in_both_directions
        a_page_ends_at_a_megabyte_and_the_next_goes_on
        a_query_may_end_before_its_limit
        a_page_goes_on_after_a_key_that_is_there_no_longer
        many_items_are_read_at_once_and_those_that_are_not_there_are_left_out
        an_item_is_there_for_whoever_reads_after_it_was_written
    }
    index {
        only_marked_items_are_in_the_index_and_only_their_keys
        a_mark_that_is_removed_or_deleted_leaves_the_index
        a_mark_that_changes_moves
        work_older_than_a_time_is_a_range
        half_a_mark_is_none
        pages_of_equal_sort_keys_reach_every_item_once
        a_page_of_work_has_its_limit_and_the_oldest_first
    }
    values {
        what_serde_writes_comes_back
        an_empty_text_is_kept_and_an_empty_set_is_refused
        a_number_is_no_text_and_has_one_form
        an_item_of_400_kilobytes_is_kept_and_a_larger_one_refused
        an_update_may_not_make_an_item_too_large
        an_expiry_is_an_attribute_that_may_be_looked_at_and_taken_off
        an_empty_key_is_refused
        an_empty_mark_is_refused
        values_and_expressions_name_each_other_or_are_refused
    }
    dropping {
        an_engine_without_a_part_of_a_condition_writes_what_that_part_refused
        a_check_without_its_condition_keeps_its_place_in_a_transaction
    }
}

but_not_on_the_local_aws! {
    strict {
        a_prefix_is_of_the_same_type_as_its_attribute
        two_attributes_that_are_not_there_are_not_equal
        an_update_names_each_clause_and_each_attribute_once
        a_sum_is_of_two_numbers
        a_condition_compares_and_has_no_redundant_parentheses
    }
}
