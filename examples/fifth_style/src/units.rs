//! The units that wait for something, and the order of all.

use kit::pipeline::api::Caller;
use kit::pipeline::units::{Exact, Fuzzy, Guess, Owed, Voice, Welcome};
use kit::pipeline::units::{articles, ask, later, profile, weather};
use kit::pipeline::{Called, Context, Created, Error, Pending, Rule, Verdict};

use crate::both::{First, first, join};
use crate::services::{Tickets, api};

/// A unit: a rule, or one of those that wait.
pub enum Unit {
    /// Decides at once.
    Rule(&'static dyn Rule),
    /// `profile`
    Profile,
    /// `later`
    Later,
    /// `weather`
    Weather,
    /// `ask`
    Ask,
    /// `articles`
    Articles,
}

/// The units, in the order of their ranks.
pub const UNITS: [Unit; 11] = [
    Unit::Rule(&Owed),
    Unit::Rule(&Voice),
    Unit::Rule(&Welcome),
    Unit::Profile,
    Unit::Rule(&Guess),
    Unit::Later,
    Unit::Weather,
    Unit::Ask,
    Unit::Articles,
    Unit::Rule(&Exact),
    Unit::Rule(&Fuzzy),
];

impl Unit {
    /// The unit's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.name(),
            Self::Profile => profile::NAME,
            Self::Later => later::NAME,
            Self::Weather => weather::NAME,
            Self::Ask => ask::NAME,
            Self::Articles => articles::NAME,
        }
    }

    /// Asks the unit about the message.
    pub async fn ask(&self, ctx: &mut Context, tickets: &Tickets) -> Result<Verdict, Error> {
        match self {
            Self::Rule(rule) => Ok(rule.decide(ctx)),
            Self::Profile if profile::wants(ctx) => Ok(profile(ctx, tickets).await),
            Self::Later if later::wants(ctx) => {
                ctx.host().sleep(later::PAUSE).await?;
                Ok(later::verdict())
            }
            Self::Weather if weather::wants(ctx) => Ok(weather(ctx).await),
            Self::Ask if ask::wants(ctx) => Ok(ask(ctx).await),
            Self::Articles if articles::wants(ctx) => Ok(articles(ctx, tickets).await),
            _ => Ok(Verdict::Pass),
        }
    }
}

async fn profile(ctx: &mut Context, tickets: &Tickets) -> Verdict {
    let user = profile::user(ctx);
    let found = ctx.host().find(user.clone()).await;
    if found != Ok(None) {
        return profile::take(ctx, found);
    }
    let answered = api(&Caller::of(ctx), tickets, profile::info(&user)).await;
    let Some(profile) = profile::profile(&user, answered) else {
        return profile::take(ctx, Ok(None));
    };
    let found = match ctx.host().create(profile.clone()).await {
        Ok(Created::New) => Ok(Some(profile)),
        Ok(Created::Conflict) => ctx.host().find(user).await,
        Err(failure) => Err(failure),
    };
    profile::take(ctx, found)
}

async fn weather(ctx: &mut Context) -> Verdict {
    let host = ctx.host();
    let place = match weather::place(ctx, host.call(weather::search(ctx)).await) {
        Ok(place) => place,
        Err(verdict) => return verdict,
    };
    let forecast = host.call(weather::forecast(&place));
    let (forecast, air) = join(forecast, host.call(weather::air(&place))).await;
    weather::verdict(ctx, &place, forecast, air)
}

async fn ask(ctx: &mut Context) -> Verdict {
    let host = ctx.host();
    let asked = host.call(ask::first(ctx));
    let words = match first(asked, host.sleep(ask::HEAD_START)).await {
        First::One(answered, timer) => {
            drop(timer);
            match ask::words(answered) {
                Some(words) => Some(words),
                None => ask::words(host.call(ask::second(ctx)).await),
            }
        }
        First::Other(_, asked) => faster(asked, host.call(ask::second(ctx))).await,
    };
    ask::verdict(ctx, words)
}

/// The first good answer.
async fn faster(one: Pending<Called>, other: Pending<Called>) -> Option<String> {
    let (answered, slower) = match first(one, other).await {
        First::One(answered, slower) | First::Other(answered, slower) => (answered, slower),
    };
    match ask::words(answered) {
        Some(words) => Some(words),
        None => ask::words(slower.await),
    }
}

async fn articles(ctx: &mut Context, tickets: &Tickets) -> Verdict {
    let (caller, search) = (Caller::of(ctx), articles::Search::new(ctx));
    let (mut pages, mut found) = (articles::Pages::default(), Vec::new());
    while let Some(page) = pages.next() {
        match pages.take(api(&caller, tickets, page).await) {
            Ok(page) if search.add(&mut found, &page) => break,
            Ok(_) => {}
            Err(_) => return articles::verdict(ctx, found, true),
        }
    }
    articles::verdict(ctx, found, false)
}
