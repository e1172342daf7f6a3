//! Whatever arrives as an event of the gateway: the caller is known or refused, and no part of the request panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stoa_domain::id::NodeId;
use stoa_http::{Call, Expected, Request};

fuzz_target!(|event: &[u8]| {
    let Ok(request) = serde_json::from_slice::<Request>(event) else { return };
    let call = Call::from(request);
    let expected = Expected { issuer: "https://issuer.test".to_owned(), audiences: vec!["client.test".to_owned()] };
    if let Ok(caller) = call.caller(&expected) {
        let sealed = stoa_http::cursor::seal("secret", &caller.principal, "route", "filter", "key");
        let opened = stoa_http::cursor::open("secret", &caller.principal, "route", "filter", &sealed);
        assert_eq!(opened.expect("is ours"), "key");
        if let Some(cursor) = call.query("cursor") {
            assert!(stoa_http::cursor::open("secret", &caller.principal, "other", "filter", cursor).is_err());
        }
    }
    drop(call.path::<NodeId>("node"));
    drop(call.query_list::<NodeId>("ids", 100));
    drop(call.json::<serde_json::Value>());
});
