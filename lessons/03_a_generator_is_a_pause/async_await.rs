//! An async function pauses too, but its pauses carry no values: values go through channels.

use futures::channel::mpsc::{Receiver, Sender, channel};
use futures::{SinkExt, StreamExt};

use crate::stage::{log, spawn};

async fn count(n: u32, mut out: Sender<u32>) {
    for i in 1..=3 {
        out.send(n + i).await.ok();
    }
}

async fn foo(mut sent: Receiver<u32>, mut out: Sender<u32>) {
    out.send(1).await.ok();
    let m = sent.next().await.unwrap_or_default();
    out.send(m * m).await.ok();
}

pub fn run() {
    let ((out, mut counted), (mut into, sent)) = (channel(0), channel(1));
    spawn(count(0, out));
    spawn(async move {
        for _ in 0..4 {
            log!("count: {:?}", counted.next().await)
        }
        let (out, mut answers) = channel(0);
        spawn(foo(sent, out));
        for sent in [9, 2, 0] {
            into.send(sent).await.ok();
            log!("next({sent}): {:?}", answers.next().await);
        }
    });
}
