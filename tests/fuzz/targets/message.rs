//! Whatever a queue or a stream hands over: it is read or refused, every message is answered for, and a doorbell stays
//! what it was. The queue's crate is built from its files, since its SDK has nothing to do with what is read here.
#![no_main]

#[path = "../../../shared/queue/src/batch.rs"]
#[expect(dead_code, reason = "only what reads is called")]
mod batch;
#[path = "../../../shared/queue/src/doorbell.rs"]
mod doorbell;
#[path = "../../../shared/queue/src/relay.rs"]
#[expect(dead_code, reason = "only what reads is called")]
mod relay;

use doorbell::Doorbell;
use futures::FutureExt;
use libfuzzer_sys::fuzz_target;
use serde_json::from_slice;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = str::from_utf8(bytes)
        && let Ok(bell) = Doorbell::decode(text)
    {
        assert_eq!(Doorbell::decode(&bell.encode()), Ok(bell));
    }
    if let Ok(batch) = from_slice::<batch::Batch>(bytes) {
        assert!(batch.messages.iter().all(|message| !message.message_id.as_str().is_empty()));
    }
    if let Ok(batch) = from_slice::<relay::StreamBatch>(bytes) {
        let response = relay::relay(batch, async |_, bells| {
            assert!(bells.iter().all(|bell| Doorbell::decode(&bell.encode()).as_ref() == Ok(bell)));
            Ok(())
        });
        let response = response.now_or_never().expect("nothing waits");
        assert!(response.failed().count() <= 1);
    }
});
