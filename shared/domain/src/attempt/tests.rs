mod meeting;
mod opening;

use super::*;
use crate::testing::{at, id};

fn ms(offset: i64) -> i64 {
    at(offset).as_millisecond()
}
