use std::cell::{Cell, RefCell};
use std::future::{pending, ready};

use super::*;

fn batch(bodies: &[(&str, &str)]) -> Batch {
    let messages = bodies.iter().map(|(id, body)| Message {
        message_id: MessageId::try_from((*id).to_owned()).expect("a name"),
        body: (*body).to_owned(),
    });
    Batch { messages: messages.collect() }
}

fn bells(keys: &[(&str, &str, &str)]) -> Batch {
    let bodies: Vec<(&str, String)> = keys.iter().map(|(id, pk, sk)| (*id, Doorbell::new(*pk, *sk).encode())).collect();
    batch(&bodies.iter().map(|(id, body)| (*id, body.as_str())).collect::<Vec<_>>())
}

fn failed(response: &BatchResponse) -> Vec<&str> {
    response.failed().collect()
}

#[tokio::test]
async fn each_message_succeeds_fails_or_panics_for_itself_alone() {
    let batch =
        bells(&[("m1", "a", "ok"), ("m2", "a", "busy"), ("m3", "a", "panic"), ("m4", "a", "gone"), ("m5", "b", "ok")]);
    let response = run_batch(batch, pending(), async |bell| match bell.sk.as_str() {
        "busy" => Err(Failure::retry("throttled")),
        "gone" => Err(Failure::Discard("the item is gone")),
        "panic" => panic!("a defect"),
        _ => Ok(()),
    })
    .await;
    assert_eq!(failed(&response), ["m2", "m3"]);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_comes_again_until_the_dead_letter_queue_has_it() {
    let good = Doorbell::new("a", "s").encode();
    let batch = batch(&[("m1", "not json"), ("m2", &good), ("m3", r#"{"v":9,"pk":"a","sk":"s"}"#), ("m4", "")]);
    let handled = Cell::new(0);
    let response = run_batch(batch, pending(), async |_| {
        handled.set(handled.get() + 1);
        Ok(())
    })
    .await;
    assert_eq!((failed(&response), handled.get()), (vec!["m1", "m3", "m4"], 1));
}

#[tokio::test]
async fn a_partition_is_handled_once_with_each_key_once_and_in_order() {
    let batch = bells(&[("m1", "a", "1"), ("m2", "b", "1"), ("m3", "a", "2"), ("m4", "a", "1")]);
    let calls = RefCell::new(Vec::new());
    let response = run_grouped(batch, pending(), async |pk, bells| {
        let keys: Vec<String> = bells.into_iter().map(|bell| bell.sk).collect();
        calls.borrow_mut().push(format!("{pk}: {}", keys.join(" ")));
        Ok(())
    })
    .await;
    assert_eq!(*calls.borrow(), ["a: 1 2", "b: 1"]);
    assert!(failed(&response).is_empty());
}

#[tokio::test]
async fn the_messages_of_a_partition_stand_or_fall_together() {
    let batch = bells(&[("m1", "a", "1"), ("m2", "b", "1"), ("m3", "a", "2")]);
    let fail_a = async |pk: String, _| if pk == "a" { Err(Failure::retry("conflict")) } else { Ok(()) };
    assert_eq!(failed(&run_grouped(batch, pending(), fail_a).await), ["m1", "m3"]);
}

#[tokio::test]
async fn what_is_not_finished_when_time_runs_out_comes_again() {
    let batch = bells(&[("m1", "a", "quick"), ("m2", "a", "slow"), ("m3", "a", "quick")]);
    let (stop, stopped) = futures::channel::oneshot::channel::<()>();
    let (stop, quick) = (RefCell::new(Some(stop)), Cell::new(0));
    let response = run_batch(batch, stopped.map(|_| ()), async |bell| {
        if bell.sk == "slow" {
            return pending().await;
        }
        quick.set(quick.get() + 1);
        if quick.get() == 2 {
            stop.borrow_mut().take();
        }
        Ok(())
    })
    .await;
    assert_eq!(failed(&response).first(), Some(&"m2"));
    assert!(!failed(&response).contains(&"m1"));
}

#[tokio::test]
async fn a_batch_that_arrives_without_any_time_left_is_not_begun() {
    let response = run_batch(bells(&[("m1", "a", "s"), ("m2", "b", "s")]), ready(()), async |_| Ok(())).await;
    assert_eq!(failed(&response), ["m1", "m2"]);
}

#[tokio::test]
async fn only_a_few_messages_are_worked_on_at_once() {
    let keys: Vec<(String, String)> = (0..50).map(|n| (format!("m{n}"), format!("p{n}"))).collect();
    let batch = bells(&keys.iter().map(|(id, pk)| (id.as_str(), pk.as_str(), "s")).collect::<Vec<_>>());
    let (now, most) = (Cell::new(0), Cell::new(0));
    let response = run_batch(batch, pending(), async |_| {
        now.set(now.get() + 1);
        most.set(most.get().max(now.get()));
        tokio::task::yield_now().await;
        now.set(now.get() - 1);
        Ok(())
    })
    .await;
    assert_eq!((failed(&response).len(), most.get()), (0, CONCURRENT_MAX));
}
