//! What the embedded engine says that requests have consumed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{Capacity, ConsumedCapacity, ReturnConsumedCapacity};

use crate::model::Units;

/// Asks with every request what it consumes, and adds it up. Refused requests do not say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter {
    units: Arc<Mutex<Units>>,
}

impl Meter {
    /// What was consumed so far.
    pub(crate) fn units(&self) -> Units {
        *self.units.lock().expect("nobody panics with it")
    }

    fn add(&self, more: Units) {
        let mut units = self.units.lock().expect("nobody panics with it");
        *units = *units + more;
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        macro_rules! ask {
            ($($input:ty)*) => {$(
                if let Some(input) = context.input_mut().downcast_mut::<$input>() {
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
                }
            )*};
        }
        ask!(BatchGetItemInput DeleteItemInput GetItemInput PutItemInput QueryInput TransactWriteItemsInput UpdateItemInput);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else { return Ok(()) };
        macro_rules! read {
            ($of:ident: $($output:ty)*) => {$(
                if let Some(output) = output.downcast_ref::<$output>() {
                    self.add(output.consumed_capacity.iter().map($of).fold(Units::default(), |sum, one| sum + one));
                }
            )*};
        }
        macro_rules! read_lists {
            ($of:ident: $($output:ty)*) => {$(
                if let Some(output) = output.downcast_ref::<$output>() {
                    self.add(output.consumed_capacity().iter().map($of).fold(Units::default(), |sum, one| sum + one));
                }
            )*};
        }
        read!(of_read: GetItemOutput QueryOutput);
        read_lists!(of_read: BatchGetItemOutput);
        read!(of_write: DeleteItemOutput PutItemOutput UpdateItemOutput);
        read_lists!(of_write: TransactWriteItemsOutput);
        Ok(())
    }
}

fn of_read(capacity: &ConsumedCapacity) -> Units {
    Units { read_halves: halves(of_table(capacity) + of_indexes(capacity)), ..Units::default() }
}

fn of_write(capacity: &ConsumedCapacity) -> Units {
    let (table, indexes) = (of_table(capacity), of_indexes(capacity));
    Units { write: halves(table) / 2, index_write: halves(indexes) / 2, ..Units::default() }
}

fn of_table(capacity: &ConsumedCapacity) -> f64 {
    capacity.table().and_then(Capacity::capacity_units).unwrap_or(0.0)
}

fn of_indexes(capacity: &ConsumedCapacity) -> f64 {
    let indexes = capacity.global_secondary_indexes().into_iter().flat_map(HashMap::values);
    indexes.filter_map(Capacity::capacity_units).sum()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "units are small, positive halves")]
fn halves(units: f64) -> u64 {
    (units * 2.0).round() as u64
}
