//! Wiring of event-relay.

use event_relay::ENV;
use stoa_queue::{Queues, Sender, relay};
use stoa_runtime::{Config, Error, Invocation, aws, serve_events, start};

fn main() -> Result<(), Error> {
    start(async {
        let config = Config::from_env(ENV)?;
        let queues = Queues::of_work(|name| config.get(name).to_owned());
        let sender = Sender::new(&aws::config().await);
        serve_events(async |event: Invocation<_>| {
            Ok(relay(event.payload, async |target, bells| sender.send(queues.url(target), bells).await).await)
        })
        .await
    })
}
