//! The handshake (接入验证).

use futures::FutureExt;

use super::candidate::{Candidate, with, without};
use super::check::{Check, Outcome};
use crate::platform::answer::is_echo;
use crate::platform::push::Request;

const PAGE: &str = "消息推送 · 验证消息的确来自微信服务器";

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::must(
            "A signed handshake is answered with its echostr and nothing else",
            PAGE,
            |it| echoed(it, "5837104926603871234").boxed(),
        ),
        Check::should("An echostr of any characters is answered unchanged", PAGE, |it| {
            echoed(it, "a+b/c=%41 &d<e>").boxed()
        }),
        Check::must("A handshake with a wrong signature does not get its echostr", PAGE, |it| {
            forged(it).boxed()
        }),
        Check::should("A handshake without a signature is refused with 4xx", PAGE, |it| {
            unsigned(it).boxed()
        }),
        Check::should(
            "A method other than GET and POST is refused with 4xx or 501",
            "RFC 9110 §9.1",
            |it| methods(it).boxed(),
        ),
    ]
}

async fn echoed(candidate: &Candidate, echo: &str) -> Outcome {
    let exchange = candidate.request(candidate.handshake(echo)).await;
    match is_echo(exchange.answered()?, echo) {
        true => Ok(()),
        false => Err(exchange.failed(format!("the answer is not {echo:?} with status 200"))),
    }
}

async fn forged(candidate: &Candidate) -> Outcome {
    let echo = "5837104926603871234";
    let mut request = candidate.handshake(echo);
    request.url = with(&request.url, "signature", &"0".repeat(40));
    let exchange = candidate.request(request).await;
    let answer = exchange.answered()?;
    let told = String::from_utf8_lossy(&answer.body).contains(echo);
    if answer.status == 200 && told { Err(exchange.failed("it gets its echostr")) } else { Ok(()) }
}

async fn unsigned(candidate: &Candidate) -> Outcome {
    let mut request = candidate.handshake("1");
    request.url = without(&request.url, "signature");
    candidate.request(request).await.refused()
}

async fn methods(candidate: &Candidate) -> Outcome {
    for method in ["PUT", "DELETE", "PATCH"] {
        let request = Request { method, ..candidate.greeting().request };
        let exchange = candidate.request(request).await;
        // What a server says to a method that it does not know.
        if exchange.answered()?.status != 501 {
            exchange.refused()?;
        }
    }
    Ok(())
}
