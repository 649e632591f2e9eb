//! What a user says to the account `demo` of the kit, and a simulated host that answers.

use std::sync::Arc;

use futures::FutureExt;
use kit::run::Natural;
use kit::scenario::{Arrival, Flaw, Said, Scenario, What};
use kit::{Style, play as played};
use pipeline::units::{Exact, Fuzzy, Guess, Voice};
use pipeline::{Context, Event, Host, Operation, Outcome, Pending, Request, Response, Rule};

use crate::stage::log;

/// The units in the order of their ranks: a cut of the pipeline's six.
pub const UNITS: [&dyn Rule; 4] = [&Voice, &Guess, &Exact, &Fuzzy];

/// Asks a unit. Whether it has replied.
pub fn ask(unit: &dyn Rule, ctx: &mut Context) -> bool {
    unit.decide(ctx).settle(ctx, unit.name())
}

/// The response to a request that has ended: what the handler left, or the error's status.
pub fn response(mut ctx: Context, outcome: Outcome) -> Response {
    let response = ctx.response.take();
    ctx.origin().reply(outcome, response)
}

/// What arrives, one request after the other.
fn said() -> Vec<(&'static str, Said)> {
    let alice = |id, what| Said::new("alice", id, what);
    let text = |text: &str| What::Text(text.to_owned());
    let forged = Said { flaw: Some(Flaw::WrongSignature), ..alice(2, text("hello")) };
    vec![
        ("handshake", alice(1, What::Handshake("echo me".to_owned()))),
        ("forged", forged),
        ("speech: hello!", alice(3, What::Voice(Some("hello!".to_owned())))),
        ("text: guess", alice(4, text("guess"))),
        ("text: 50", alice(5, text("50"))),
        ("speech: 30!", alice(6, What::Voice(Some("30!".to_owned())))),
        ("text: the weather?", alice(7, text("the weather?"))),
        ("text: xyz", alice(8, text("xyz"))),
    ]
}

/// Plays the messages, and prints which unit was asked and what was answered.
pub fn play<F>(controller: impl Fn(Arc<dyn Host>, Request) -> F + Send + Sync + 'static)
where
    F: Future<Output = Response> + Send + 'static,
{
    let arrivals = (0..).step_by(10).zip(said()).map(|(at, (_, said))| Arrival::new(at, said));
    let script = Scenario::new("the plan", arrivals.collect()).script();
    let report = played(&Style::new("lesson", controller), &script, &mut Natural);
    for (at, (what, _)) in said().into_iter().enumerate() {
        log!("{what}");
        for (request, event) in &report.trace {
            if let (true, Event::Asked(unit, replied)) = (*request == at, event) {
                log!("  {unit} {}", if *replied { "replies" } else { "passes" });
            }
        }
        if let Some(Response { status, body, .. }) = &report.replies[at] {
            let content = body.split_once("<Content><![CDATA[").map(|(_, rest)| rest);
            let content = content.and_then(|rest| rest.split("]]>").next());
            log!("  {status} {}", content.unwrap_or(body));
        }
    }
}

/// The same for callbacks, which do not return a future but take `reply`.
pub fn play_callbacks(
    controller: impl Fn(Arc<dyn Host>, Request, Box<dyn FnOnce(Response) + Send>)
    + Send
    + Sync
    + 'static,
) {
    play(move |host, request| {
        let (completer, response) = Pending::new(Operation::Sleep);
        let reply = |response| {
            completer.complete(Ok(response));
        };
        controller(host, request, Box::new(reply));
        response.map(|response| response.unwrap_or_else(|_| Response::success()))
    });
}
