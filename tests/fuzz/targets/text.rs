//! The small grammars: ids, numbers, cursors, traces, deadlines, zones. What is read is written as it was read.
#![no_main]

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use stoa_domain::deadline::{self, Deadline};
use stoa_domain::id::{NodeId, PersonKey, TenantId, is_id};
use stoa_domain::number::{Decimal, Share};
use stoa_domain::principal::Principal;
use stoa_service::trace::Trace;

fuzz_target!(|text: &str| {
    assert_eq!(NodeId::parse(text).is_ok_and(|id| id.as_str() == text), is_id(text));
    if let Ok(number) = Decimal::parse(text) {
        assert_eq!(Decimal::parse(text), Ok(number));
    }
    if let Some(share) = Share::parse(text) {
        assert!(share.is_reached_by(u64::MAX, u64::MAX), "everything is every share");
    }
    if let Some(trace) = Trace::of_traceparent(text) {
        assert_eq!(Trace::of_traceparent(&trace.traceparent(text)), Some(trace));
    }
    assert!(Trace::ending(text).is_none_or(|trace| text.ends_with(&trace.to_string())));
    let civil = serde_json::json!({ "civil": text });
    if let Ok(deadline) = serde_json::from_value::<Deadline>(civil) {
        let zone = deadline::zone(text).unwrap_or(TimeZone::UTC);
        deadline.instant(&zone);
    }
    let (tenant, person) = (TenantId::parse("demo").expect("an id"), PersonKey::parse("p").expect("an id"));
    let me = Principal { tenant, person, grants: vec![] };
    assert!(stoa_http::cursor::open("secret", &me, "route", "filter", text).is_err(), "nobody else makes cursors");
});
