//! The units that wait for services, and the fetch of a ticket that several requests wait for: each
//! is a list of waits, and each end of an operation leads to the next one.

use pipeline::{Fault, Operation};

use super::play::{Ending, Model, PLAINLY, Panic, Value};
use super::services::{Called, TITLES, Ticket, Told, Word};
use super::units::NEWS;
use super::waits::{Api, Fetch, Then, Wait, Words};
use crate::scenario::What;

/// The pauses before a call is tried again, in milliseconds.
const PAUSES: [u64; 2] = [200, 600];

impl Model<'_> {
    /// Begins a unit that waits.
    pub fn begin(&mut self, of: usize, unit: &str, word: String) {
        let asked = match unit {
            "profile" => self.wait(of, Wait::Find, Operation::Find),
            "push" => self.api(of, Then::Push),
            "weather" => self.call(of, Wait::Place(word), Called::Plain),
            "ask" => self.head_start(of, word),
            "articles" => {
                let limit = if matches!(self.said(of).what, What::Click(_)) { 8 } else { 1 };
                let then = Then::Page { word, limit, offset: 0, found: Vec::new() };
                self.api(of, then)
            }
            _ => self.sleep(of, Wait::Later, 6000),
        };
        self.asked(of, asked);
    }

    fn asked(&mut self, of: usize, asked: Result<(), Panic>) {
        match asked {
            Ok(()) => self.ready(of),
            Err(Panic) => self.panicked(of),
        }
    }

    fn head_start(&mut self, of: usize, question: String) -> Result<(), Panic> {
        let first = self.number(of);
        self.call(of, Wait::HeadStart { question, first }, Called::Plain)?;
        self.timer(of, 800)
    }

    fn api(&mut self, of: usize, then: Then) -> Result<(), Panic> {
        let api = Api { then, paused: 0, failed: None, ticket: None };
        self.wait(of, Wait::Api(api), Operation::Ticket)
    }

    /// Goes on with a unit after the end of the operation with this number.
    pub fn unit(
        &mut self,
        of: usize,
        (number, operation): (usize, Operation),
        wait: Wait,
        ending: Ending,
    ) {
        let asked = match wait {
            Wait::Later => match ending {
                Ok(_) => return self.says(of, None),
                Err(_) => return self.failed(of),
            },
            Wait::Place(place) => match told(ending) {
                // An error code is JSON in which no place stands.
                Told::Good(_) if place == "nowhere" => return self.says(of, Some(nowhere())),
                Told::Code(_) => return self.says(of, Some(nowhere())),
                Told::Odd => return self.says(of, Some(no_weather())),
                Told::Good(_) => {
                    let forecast = self.number(of);
                    let both = Wait::Both { place, forecast, missing: 2, good: [false; 2] };
                    self.call(of, both, Called::Plain)
                        .and_then(|()| self.also(of, Operation::Call, PLAINLY))
                }
            },
            Wait::Both { place, forecast, missing, mut good } => {
                good[number - forecast] = matches!(told(ending), Told::Good(_));
                if missing == 1 {
                    return self.says(of, Some(weather(&place, good)));
                }
                let missing = missing - 1;
                self.waits(of, Wait::Both { place, forecast, missing, good });
                Ok(())
            }
            Wait::HeadStart { question, first } => match told(ending) {
                Told::Good(_) if number == first => {
                    return self.says(of, Some(both(&format!("small: {question}"))));
                }
                _ => {
                    let left = if number == first { 1 } else { 2 };
                    if left == 1 {
                        self.gives_up(of, first + 1);
                    }
                    self.call(of, Wait::Provider { question, first, left }, Called::Plain)
                }
            },
            Wait::Provider { question, first, left } => match told(ending) {
                Told::Good(_) => {
                    let model = if number == first { "small" } else { "large" };
                    return self.says(of, Some(both(&format!("{model}: {question}"))));
                }
                _ if left == 1 => return self.says(of, Some(no_answer())),
                _ => {
                    self.waits(of, Wait::Provider { question, first, left: 1 });
                    Ok(())
                }
            },
            Wait::Find => match ending {
                Ok(Value::Found(false)) => self.api(of, Then::Info),
                Ok(_) => return self.knows(of, true),
                Err(_) => return self.knows(of, false),
            },
            Wait::Create => match ending {
                Ok(Value::Created(false)) => self.wait(of, Wait::Again, Operation::Find),
                Ok(_) => return self.knows(of, true),
                Err(_) => return self.knows(of, false),
            },
            Wait::Again => return self.knows(of, matches!(ending, Ok(Value::Found(true)))),
            Wait::Api(api) => return self.api_ended(of, api, operation, ending),
        };
        self.asked(of, asked);
    }

    fn api_ended(&mut self, of: usize, mut api: Api, operation: Operation, ending: Ending) {
        let asked = match (operation, ending) {
            (Operation::Ticket, Ok(Value::Stored(stored))) => {
                let (now, failed) = (self.now, api.failed);
                match stored.filter(|it| it.1 > now + 200_000 && Some(*it) != failed) {
                    Some(ticket) => self.with(of, api, ticket),
                    None => return self.fetch(of, api, stored),
                }
            }
            // The pause is over, or its timer has failed.
            (Operation::Sleep, _) => self.wait(of, Wait::Api(api), Operation::Ticket),
            (Operation::Call, ending) => match told_again(&ending) {
                Again::Good => return self.api_over(of, api.then, true),
                Again::Ticket if api.failed.is_none() => {
                    api.failed = api.ticket;
                    self.wait(of, Wait::Api(api), Operation::Ticket)
                }
                Again::Pause if api.paused < PAUSES.len() => {
                    let pause = PAUSES[api.paused];
                    api.paused += 1;
                    self.sleep(of, Wait::Api(api), pause)
                }
                _ => return self.api_over(of, api.then, false),
            },
            _ => return self.api_over(of, api.then, false),
        };
        self.asked(of, asked);
    }

    fn with(&mut self, of: usize, mut api: Api, ticket: Ticket) -> Result<(), Panic> {
        api.ticket = Some(ticket);
        let full = matches!(api.then, Then::Push) && self.said(of).user == "carol";
        let called = if full { Called::Quota(ticket) } else { Called::Api(ticket) };
        self.call(of, Wait::Api(api), called)
    }

    /// The call of the API is over; whether it brought anything.
    fn api_over(&mut self, of: usize, then: Then, good: bool) {
        let asked = match then {
            Then::Info if good => self.wait(of, Wait::Create, Operation::Create),
            Then::Info => return self.knows(of, false),
            Then::Push => return self.pushed(of, good),
            Then::Page { found, .. } if !good => {
                return self.says(of, Some(articles(&found, true)));
            }
            Then::Page { word, limit, offset, mut found } => {
                let page = TITLES.iter().skip(offset).take(3);
                let fit = page.filter(|title| title.contains(&word));
                found.extend(fit.take(limit - found.len()));
                let offset = offset + 3;
                if found.len() == limit || offset >= TITLES.len() {
                    return self.says(of, Some(articles(&found, false)));
                }
                self.api(of, Then::Page { word, limit, offset, found })
            }
        };
        self.asked(of, asked);
    }

    /// Waits for a ticket that is being fetched, or fetches one.
    fn fetch(&mut self, of: usize, api: Api, before: Option<Ticket>) {
        let another = api.failed.is_some();
        self.waits(of, Wait::Api(api));
        let account = self.said(of).account.clone();
        if let Some(fetch) = self.fetches.get_mut(&account) {
            fetch.waiting.push(of);
            return;
        }
        let waiting = vec![of];
        let fetch = Fetch { leader: of, before, another, paused: 0, waiting, ticket: None };
        self.fetches.insert(account.clone(), fetch);
        self.shared(&account, Operation::Call, 0);
    }

    /// Submits an operation of a fetch.
    fn shared(&mut self, account: &str, operation: Operation, pause: u64) {
        let Some(fetch) = self.fetches.get(account) else { return };
        let called = Called::Ticket(fetch.another);
        let leader = fetch.leader;
        match self.submit_shared(leader, account, operation, called, pause) {
            None => {}
            Some(Ok(ending)) => self.fetched(account, operation, ending),
            Some(Err(Panic)) => self.fetch_over(account, None),
        }
    }

    /// Goes on with a fetch.
    pub fn fetched(&mut self, account: &str, operation: Operation, ending: Ending) {
        let Some(fetch) = self.fetches.get_mut(account) else { return };
        match operation {
            Operation::Call => match told_again(&ending) {
                Again::Good => match ending {
                    Ok(Value::Called(Told::Good(Word::Ticket((number, ends))))) => {
                        // Its end is told in whole seconds.
                        let ends = self.now + (ends - self.now) / 1000 * 1000;
                        fetch.ticket = Some((number, ends));
                        self.shared(account, Operation::Replace, 0);
                    }
                    _ => self.fetch_over(account, None),
                },
                Again::Pause if fetch.paused < PAUSES.len() => {
                    let pause = PAUSES[fetch.paused];
                    fetch.paused += 1;
                    self.shared(account, Operation::Sleep, pause);
                }
                _ => self.fetch_over(account, None),
            },
            Operation::Sleep => self.shared(account, Operation::Call, 0),
            _ => {
                let ticket = fetch.ticket;
                self.fetch_over(account, ticket);
            }
        }
    }

    fn fetch_over(&mut self, account: &str, ticket: Option<Ticket>) {
        let Some(fetch) = self.fetches.remove(account) else { return };
        for of in fetch.waiting {
            let Some(Wait::Api(api)) = self.take_wait(of) else { continue };
            match ticket {
                None => self.api_over(of, api.then, false),
                Some(ticket) => {
                    let asked = self.with(of, api, ticket);
                    self.asked(of, asked);
                }
            }
        }
    }

    /// What is stored by an operation of a fetch.
    pub fn stores(&mut self, account: &str) {
        if let Some(Fetch { before, ticket: Some(ticket), .. }) = self.fetches.get(account)
            && self.services.stored.get(account) == before.as_ref()
        {
            self.services.stored.insert(account.to_owned(), *ticket);
        }
    }

    /// Who is gone waits no longer.
    pub fn leaves_fetch(&mut self, of: usize) {
        for fetch in self.fetches.values_mut() {
            fetch.waiting.retain(|waiting| *waiting != of);
        }
    }
}

/// The answer of a service that needs no ticket.
fn told(ending: Ending) -> Told {
    match ending {
        Ok(Value::Called(told)) => told,
        _ => Told::Odd,
    }
}

/// What an answer of the API leads to.
enum Again {
    Good,
    Ticket,
    Pause,
    Over,
}

fn told_again(ending: &Ending) -> Again {
    match ending {
        Ok(Value::Called(Told::Good(_))) => Again::Good,
        Ok(Value::Called(Told::Code(40001))) => Again::Ticket,
        Ok(Value::Called(Told::Code(45047))) => Again::Over,
        Ok(Value::Called(Told::Code(_) | Told::Odd)) | Err(Fault::Transient) => Again::Pause,
        _ => Again::Over,
    }
}

fn both(words: &str) -> Words {
    (words.to_owned(), String::new())
}

fn nowhere() -> Words {
    ("没有找到这个地方。".to_owned(), "No place has this name.".to_owned())
}

fn no_weather() -> Words {
    (
        "天气服务暂时没有回答，请稍后再试。".to_owned(),
        "The weather service does not answer.".to_owned(),
    )
}

fn no_answer() -> Words {
    ("我现在答不上来，请稍后再问。".to_owned(), "I cannot answer now.".to_owned())
}

fn weather(place: &str, good: [bool; 2]) -> Words {
    let (chinese, english) = match good {
        [true, true] => ("13.5 °C，空气质量 42。", "13.5 °C, air quality 42."),
        [true, false] => ("13.5 °C，空气质量暂缺。", "13.5 °C, the air quality is missing."),
        [false, true] => ("空气质量 42，气温暂缺。", "air quality 42, the temperature is missing."),
        [false, false] => return no_weather(),
    };
    (format!("{place}：{chinese}"), format!("{place}: {english}"))
}

/// News begin with a mark, so that they are not taken for a text.
fn articles(found: &[&str], failed: bool) -> Words {
    match (found, failed) {
        ([], true) => (
            "文章暂时看不了，请稍后再试。".to_owned(),
            "The articles cannot be read now.".to_owned(),
        ),
        ([], false) => ("没有这样的文章。".to_owned(), "There is no such article.".to_owned()),
        _ => (format!("{}{}", NEWS, found.join("|")), String::new()),
    }
}
