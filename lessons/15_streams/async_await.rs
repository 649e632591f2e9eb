//! Two tasks with a channel between them: the sender waits where the channel is full.

use futures::channel::mpsc::{Receiver, Sender, channel};
use futures::{SinkExt, StreamExt};

use super::SAID;
use crate::stage::{log, sleep, spawn};

/// Sends the messages, and waits while there is no room.
async fn incoming(mut messages: Sender<&'static str>) {
    for text in SAID {
        log!("in: {text}");
        messages.send(text).await.ok();
    }
}

/// Writes the replies, one at a time.
async fn write(mut messages: Receiver<&'static str>) {
    while let Some(text) = messages.next().await {
        sleep(10).await.ok();
        log!("out: {text}");
    }
}

pub fn run() {
    let (sender, receiver) = channel(0);
    spawn(incoming(sender));
    spawn(write(receiver));
}
