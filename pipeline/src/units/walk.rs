use wechat::Reply;

use super::Verdict;
use crate::context::Context;
use crate::event::Event;
use crate::exchange::Answer;

/// The order in which units are asked: the session's preferred one first, then all by rank. The
/// preferred one is asked again at its rank only if the message was changed in between: it has
/// already passed on the old one.
#[derive(Debug)]
pub struct Walk {
    preferred: Option<usize>,
    asked_at: Option<u32>,
    next: usize,
    units: usize,
}

impl Walk {
    /// A walk through units of these names, which stand in the order of their ranks.
    pub fn new(ctx: &Context, names: impl ExactSizeIterator<Item = &'static str>) -> Self {
        let units = names.len();
        let preferred = ctx.session.preferred;
        let preferred = preferred.and_then(|name| names.into_iter().position(|unit| unit == name));
        Self { preferred, asked_at: None, next: 0, units }
    }

    /// The position of the next unit to ask.
    pub fn step(&mut self, ctx: &Context) -> Option<usize> {
        if let (Some(preferred), None) = (self.preferred, self.asked_at) {
            self.asked_at = Some(ctx.revision);
            return Some(preferred);
        }
        if self.preferred == Some(self.next) && self.asked_at == Some(ctx.revision) {
            self.next += 1;
        }
        let at = self.next;
        self.next += 1;
        (at < self.units).then_some(at)
    }
}

impl Verdict {
    /// Notes what the unit `name` said. Whether the walk is over.
    pub fn settle(self, ctx: &mut Context, name: &'static str) -> bool {
        let (replied, reply) = match self {
            Self::Reply(reply) => (true, Some(reply)),
            Self::Pass => (false, None),
        };
        if ctx.origin().is_traced() {
            ctx.host().record(Event::Asked(name, replied));
        }
        if let Some(reply) = reply {
            answer(ctx, reply, name);
        }
        replied
    }
}

/// Nobody replied: `success`.
pub fn nobody(ctx: &mut Context) {
    answer(ctx, Reply::Success, "-");
}

fn answer(ctx: &mut Context, reply: Reply, unit: &'static str) {
    let created = ctx.host().now().as_secs();
    ctx.answer = Some(Answer { reply, created, unit });
}
