//! Counts what DynamoDB would charge: asks each request for its consumed capacity and adds up what the answers say.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

/// Units and round trips since the last look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// Requests.
    pub round_trips: u32,
    /// Capacity units, index writes included.
    pub units: f64,
}

/// The counter. Clones count into the same sum.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Spent>>);

impl Meter {
    /// What was spent since the last look.
    pub fn take(&self) -> Spent {
        std::mem::take(&mut *self.0.lock().expect("nobody panics while counting"))
    }

    fn add(&self, capacity: Option<&ConsumedCapacity>) {
        let mut spent = self.0.lock().expect("nobody panics while counting");
        spent.round_trips += 1;
        spent.units += capacity.and_then(ConsumedCapacity::capacity_units).unwrap_or_default();
    }
}

macro_rules! operations {
    ($($input:ident $output:ident;)*) => {
        impl Intercept for Meter {
            fn name(&self) -> &'static str {
                "Meter"
            }

            fn modify_before_serialization(
                &self,
                context: &mut BeforeSerializationInterceptorContextMut<'_>,
                _: &RuntimeComponents,
                _: &mut ConfigBag,
            ) -> Result<(), BoxError> {
                let input = context.input_mut();
                $(if let Some(input) = input.downcast_mut::<$input>() {
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
                })*
                Ok(())
            }

            fn read_after_deserialization(
                &self,
                context: &AfterDeserializationInterceptorContextRef<'_>,
                _: &RuntimeComponents,
                _: &mut ConfigBag,
            ) -> Result<(), BoxError> {
                if let Ok(output) = context.output_or_error() {
                    $(if let Some(output) = output.downcast_ref::<$output>() {
                        self.add(output.consumed_capacity());
                    })*
                }
                Ok(())
            }
        }
    };
}

operations! {
    GetItemInput GetItemOutput;
    PutItemInput PutItemOutput;
    QueryInput QueryOutput;
    UpdateItemInput UpdateItemOutput;
}
