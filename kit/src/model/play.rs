//! What can happen next, and what each request does then. A request waits in five places only, so
//! it needs no style: it is a state, and each end of an operation takes it to the next one.

use pipeline::{Class, Fault, Operation};

use super::request::{Read, read};
use super::store::{Answer, Begun, Granted, Session, Store};
use super::units::{self, ask};
use crate::scenario::{Arrival, EPOCH, Flaw, Injected, Scenario, encrypts};

/// A world without bytes, layers and continuations.
#[derive(Clone)]
pub struct Model<'a> {
    arrivals: &'a [Arrival],
    timers_last: bool,
    /// How long a message waits for its turn.
    patience: u64,
    /// Milliseconds since the scenario began.
    pub now: u64,
    /// Those that have arrived.
    requests: Vec<Request>,
    /// What is stored.
    pub store: Store,
    /// What has happened, and to which request.
    pub lines: Vec<(usize, String)>,
    /// The requests of the operations that were submitted, in order.
    pub submitted: Vec<usize>,
}

/// A request on its way.
#[derive(Clone, Default)]
struct Request {
    arrived: u64,
    operations: Vec<Submitted>,
    /// The operation that it waits for, apart from the timer of its deadline.
    waits: Option<Operation>,
    /// Whether it also waits for the timer of its deadline, which is its operation 0.
    timer: bool,
    /// Whether it was answered, and whether it was cancelled.
    replied: bool,
    gone: bool,
    /// Whether it has to end its user's turn.
    lease: bool,
    kind: &'static str,
    session: Session,
    answer: Option<Answer>,
    /// Why it is aborted.
    failed: Option<End>,
}

#[derive(Clone)]
struct Submitted {
    operation: Operation,
    fault: Option<Injected>,
    state: State,
}

#[derive(Clone)]
enum State {
    /// It can end.
    Open,
    /// A `begin` that waits for its turn, until when, and its place like that of a timer.
    Queued(u64, usize),
    /// A `begin` that has its answer.
    Granted(Begun),
    /// A timer, and its place among those that are due at the same time.
    Due(u64, usize),
    /// It can end a second time.
    Again(Class),
    Over,
}

/// How an operation ends.
type Ending = Result<Option<Begun>, Fault>;

/// How a request ends.
#[derive(Clone)]
enum End {
    /// With this body; whether it is a repeat.
    Answered(Answer, bool),
    Handshake(String),
    Refused(u16, String),
    Failed,
    Panicked,
}

/// Something that can happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The next request arrives.
    Arrive,
    /// An operation ends: its request and its number.
    Complete(usize, usize),
    /// The request of an operation is cancelled.
    Cancel(usize, usize),
    /// It is this time, and who has waited too long for a turn is turned away.
    Tidy(u64),
}

const PLAIN: &str = "text/plain; charset=utf-8";
const XML: &str = "text/xml; charset=utf-8";

/// How long the deadline and the unit that waits take.
const DEADLINE: u64 = 4500;
const PAUSE: u64 = 6000;

impl<'a> Model<'a> {
    /// Before the first request.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self {
            arrivals: &scenario.arrivals,
            timers_last: scenario.timers_last,
            patience: millis(scenario.limits.waiting_for),
            now: 0,
            requests: Vec::new(),
            store: Store::new(scenario.limits),
            lines: Vec::new(),
            submitted: Vec::new(),
        }
    }

    /// What can happen next: the operations by request and number, then the next arrival and the
    /// earliest timer.
    pub fn enabled(&self) -> Vec<Action> {
        let (mut actions, mut timers) = (Vec::new(), Vec::new());
        for (of, request) in self.requests.iter().enumerate() {
            let waits = !request.replied && !request.gone;
            for (number, Submitted { fault, state, .. }) in request.operations.iter().enumerate() {
                if let State::Queued(until, place) = state {
                    timers.push((*until, *place, Action::Tidy(*until)));
                }
                match (state, fault) {
                    (State::Over, _) => {}
                    (_, Some(Injected::Cancel)) if waits => {
                        actions.push(Action::Cancel(of, number))
                    }
                    (_, Some(Injected::Never)) => {}
                    (State::Queued(..), _) => {}
                    (_, Some(Injected::Late)) if !request.replied => {}
                    (State::Due(due, place), _) => {
                        timers.push((*due, *place, Action::Complete(of, number)));
                    }
                    _ => actions.push(Action::Complete(of, number)),
                }
            }
        }
        let timer = timers.into_iter().min_by_key(|(due, place, _)| (*due, *place));
        let fires = timer.map(|(due, _, action)| (due, action));
        let arrives = self.arrivals.get(self.requests.len());
        let arrives = arrives.map(|arrival| (millis(arrival.at), Action::Arrive));
        let mut last: Vec<_> = arrives.into_iter().chain(fires).collect();
        if self.timers_last && last.len() + actions.len() > 1 {
            last.retain(|(_, action)| *action == Action::Arrive);
        }
        last.sort_by_key(|(at, _)| *at);
        actions.extend(last.into_iter().map(|(_, action)| action));
        actions
    }

    /// Does what happens next.
    pub fn play(&mut self, action: Action) {
        match action {
            Action::Arrive => self.arrive(),
            Action::Complete(request, number) => self.complete(request, number),
            Action::Cancel(request, number) => self.cancel(request, number),
            Action::Tidy(time) => {
                self.now = self.now.max(time);
                let tired = self.store.tidy(self.now);
                self.grant(tired);
            }
        }
    }

    fn arrive(&mut self) {
        let request = self.requests.len();
        self.now = self.now.max(millis(self.arrivals[request].at));
        self.requests.push(Request { arrived: self.now, kind: "-", ..Request::default() });
        let timer = match self.submit(request, Operation::Sleep) {
            Some(Ok(ending)) => Some(ending),
            Some(Err(Panic)) => return self.end(request, End::Panicked),
            None => None,
        };
        self.requests[request].timer = timer.is_none();
        self.go(request, Operation::Account);
        // A timer that fired at once is heard when the rest waits for the first time.
        if matches!(timer, Some(Ok(_))) && !self.requests[request].replied {
            self.expire(request);
        }
    }

    /// Submits an operation. `None`: it is under way.
    fn submit(&mut self, of: usize, operation: Operation) -> Option<Result<Ending, Panic>> {
        use Injected::{Never, Permanent, SyncTransient, Transient};
        let number = self.requests[of].operations.len();
        let Arrival { faults, said, .. } = &self.arrivals[of];
        let fault = faults.iter().find(|(at, _)| *at == number).map(|(_, fault)| *fault);
        self.say(of, format!("submit {operation}"));
        self.submitted.push(of);
        let state = match (operation, fault) {
            (_, Some(Injected::Panic | SyncTransient)) => State::Over,
            (_, Some(Never | Transient | Permanent)) => State::Open,
            (Operation::Begin, _) => {
                let queued = State::Queued(self.now + self.patience + 1, self.submitted.len());
                self.store.begin(of, said, self.now).map_or(queued, State::Granted)
            }
            (Operation::Sleep, _) if number == 0 => {
                State::Due(self.now + DEADLINE, self.submitted.len())
            }
            (Operation::Sleep, _) => State::Due(self.now + PAUSE, self.submitted.len()),
            _ => State::Open,
        };
        let at_once = fault == Some(Injected::Sync) && !matches!(state, State::Queued(..));
        self.requests[of].operations.push(Submitted { operation, fault, state });
        match fault {
            Some(Injected::Panic) => Some(Err(Panic)),
            Some(SyncTransient) => Some(Ok(self.told(of, operation, Err(Fault::Transient), true))),
            _ if at_once => {
                let state = self.over(of, number);
                let ending = self.effect(of, operation, state);
                Some(Ok(self.told(of, operation, ending, true)))
            }
            _ => None,
        }
    }

    fn over(&mut self, of: usize, number: usize) -> State {
        std::mem::replace(&mut self.requests[of].operations[number].state, State::Over)
    }

    /// Records how an operation ended.
    fn told(&mut self, of: usize, operation: Operation, ending: Ending, heard: bool) -> Ending {
        let class = ending.as_ref().map_or_else(|fault| Class::Failed(*fault), |_| Class::Done);
        self.say(of, format!("end {operation} {class:?} {heard}"));
        ending
    }

    /// What an operation does when it ends.
    fn effect(&mut self, of: usize, operation: Operation, state: State) -> Ending {
        let said = &self.arrivals[of].said;
        match (operation, state) {
            (Operation::Begin, State::Granted(begun)) => return Ok(Some(begun)),
            (Operation::Commit, _) => {
                let Request { session, answer, .. } = &self.requests[of];
                let answer = answer.clone().ok_or(Fault::Permanent)?;
                let exchanges = session.exchanges + 1;
                let session = Session { exchanges, ..session.clone() };
                let granted = self.store.commit(of, said, (session, answer), self.now);
                self.grant(granted.ok_or(Fault::Permanent)?);
            }
            (Operation::Abort, _) => self.release(of),
            _ => {}
        }
        Ok(None)
    }

    fn release(&mut self, of: usize) {
        let granted = self.store.release(of, &self.arrivals[of].said);
        self.grant(granted);
    }

    fn grant(&mut self, granted: Granted) {
        for (request, begun) in granted {
            let operations = self.requests[request].operations.iter_mut();
            for waiting in operations.filter(|each| matches!(each.state, State::Queued(..))) {
                waiting.state = State::Granted(begun.clone());
            }
        }
    }

    fn complete(&mut self, of: usize, number: usize) {
        let Submitted { operation, fault, .. } = self.requests[of].operations[number];
        let Request { gone, timer, waits, .. } = self.requests[of];
        let heard = !gone && if number == 0 { timer } else { waits.is_some() };
        let state = match self.over(of, number) {
            State::Again(class) => {
                return self.say(of, format!("end {operation} {class:?} false"));
            }
            State::Due(due, _) => {
                self.now = self.now.max(due);
                State::Open
            }
            state => state,
        };
        let ending = match fault {
            Some(Injected::Transient) => Err(Fault::Transient),
            Some(Injected::Permanent) => Err(Fault::Permanent),
            _ => self.effect(of, operation, state),
        };
        let fresh = matches!(ending, Ok(Some(Begun::Fresh(_))));
        let ending = match fault {
            Some(Injected::Applied) => ending.and(Err(Fault::Transient)),
            _ => ending,
        };
        // A turn of which nobody hears is over, and so is one whose commit failed unheard.
        if fresh && (!heard || ending.is_err()) || operation == Operation::Commit && !heard {
            self.release(of);
        }
        let ending = self.told(of, operation, ending, heard);
        if fault == Some(Injected::Twice) {
            let class = ending.as_ref().map_or_else(|fault| Class::Failed(*fault), |_| Class::Done);
            self.requests[of].operations[number].state = State::Again(class);
        }
        match ending {
            _ if !heard => {}
            Ok(_) if number == 0 => self.expire(of),
            // If the timer fails, there is no deadline.
            Err(_) if number == 0 => self.requests[of].timer = false,
            ending => self.go_on(of, operation, ending),
        }
    }

    fn cancel(&mut self, of: usize, number: usize) {
        let request = &mut self.requests[of];
        request.operations[number].fault = None;
        request.gone = true;
        request.timer = false;
        // A commit that was submitted goes on, and ends the turn itself.
        let goes_on = |each: &Submitted| {
            each.operation == Operation::Commit
                && matches!(each.state, State::Open)
                && each.fault != Some(Injected::Never)
        };
        let commits = request.operations.iter().any(goes_on);
        for each in &mut request.operations {
            if matches!(each.state, State::Due(..) | State::Queued(..)) {
                each.state = State::Over;
            }
        }
        let lease = std::mem::take(&mut request.lease);
        self.store.forget(of, &self.arrivals[of].said);
        if lease && !commits {
            self.release(of);
        }
    }

    /// Goes to the next wait of a request.
    fn go(&mut self, of: usize, operation: Operation) {
        self.requests[of].waits = Some(operation);
        match self.submit(of, operation) {
            None => {}
            Some(Ok(ending)) => self.go_on(of, operation, ending),
            // `exchange` contains it.
            Some(Err(Panic)) if operation == Operation::Sleep => self.abort(of, End::Panicked),
            Some(Err(Panic)) => self.end(of, End::Panicked),
        }
    }

    /// Goes on after a wait.
    fn go_on(&mut self, of: usize, operation: Operation, ending: Ending) {
        match (operation, ending) {
            (Operation::Account | Operation::Begin, Err(_)) => self.end(of, End::Failed),
            (Operation::Account, Ok(_)) => match read(&self.arrivals[of].said, self.now / 1000) {
                Read::Refused(status, words) => {
                    self.end(of, End::Refused(status, words.to_owned()))
                }
                Read::Parameter(name, words) => {
                    let words = format!("query parameter `{name}` is {words}");
                    self.end(of, End::Refused(400, words));
                }
                Read::Handshake(echostr) => self.end(of, End::Handshake(echostr)),
                Read::Message(kind) => {
                    self.requests[of].kind = kind;
                    self.go(of, Operation::Begin);
                }
            },
            (Operation::Begin, Ok(begun)) => self.begun(of, begun),
            (Operation::Sleep, Ok(_)) => {
                self.say(of, format!("ask {} true", units::WAITS));
                self.answer(of);
            }
            (Operation::Sleep | Operation::Commit, Err(_)) => self.abort(of, End::Failed),
            (Operation::Commit, Ok(_)) => match self.requests[of].answer.clone() {
                Some(answer) => self.end(of, End::Answered(answer, false)),
                None => self.end(of, End::Failed),
            },
            // If the abort fails, the lease ends the turn.
            (Operation::Abort, _) => {
                let failed = self.requests[of].failed.clone();
                self.end(of, failed.unwrap_or(End::Failed));
            }
        }
    }

    fn begun(&mut self, of: usize, begun: Option<Begun>) {
        match begun {
            Some(Begun::Fresh(mut session)) => {
                self.say(of, format!("fresh {}", session.exchanges));
                let Arrival { said, dice, .. } = &self.arrivals[of];
                let mut asked = ask(said, *dice, &mut session.game);
                let replied = asked.pop_if(|(_, word)| word.is_some());
                for (unit, _) in asked {
                    self.say(of, format!("ask {unit} false"));
                }
                let (unit, text) = replied.unwrap_or(("-", None));
                let request = &mut self.requests[of];
                request.lease = true;
                request.session = session;
                request.answer = Some(Answer { text, unit, second: 0 });
                match unit {
                    units::WAITS => return self.go(of, Operation::Sleep),
                    "-" => {}
                    unit => self.say(of, format!("ask {unit} true")),
                }
                self.answer(of);
            }
            Some(Begun::Done(answer)) => {
                self.say(of, "repeat".to_owned());
                self.end(of, End::Answered(answer, true));
            }
            Some(Begun::Replayed) => {
                let words = "the signature was already used for another body";
                self.end(of, End::Refused(403, words.to_owned()));
            }
            Some(Begun::Crowded) | None => self.end(of, End::Failed),
        }
    }

    /// The units have their answer, and it is committed.
    fn answer(&mut self, of: usize) {
        if let Some(answer) = &mut self.requests[of].answer {
            answer.second = self.now / 1000;
        }
        self.go(of, Operation::Commit);
    }

    fn abort(&mut self, of: usize, failed: End) {
        self.requests[of].failed = Some(failed);
        self.go(of, Operation::Abort);
    }

    fn expire(&mut self, of: usize) {
        let account = &self.arrivals[of].said.account;
        self.reply(of, format!("{account} - - false 200"), format!("200 {PLAIN} success"));
    }

    fn end(&mut self, of: usize, end: End) {
        self.requests[of].waits = None;
        if std::mem::take(&mut self.requests[of].lease) {
            self.release(of);
        }
        if self.requests[of].replied {
            return;
        }
        let (account, kind) = (&self.arrivals[of].said.account, self.requests[of].kind);
        let (line, reply) = match end {
            End::Answered(answer, repeat) => {
                (format!("{kind} {} {repeat} 200", answer.unit), self.rendered(of, &answer))
            }
            End::Handshake(echostr) => {
                ("- - false 200".to_owned(), format!("200 {PLAIN} {echostr}"))
            }
            End::Refused(status, words) => {
                let allow = if status == 405 { " allow GET, POST" } else { "" };
                (format!("{kind} - false {status}"), format!("{status} {PLAIN}{allow} {words}"))
            }
            End::Failed => (format!("{kind} - false 500"), format!("500 {PLAIN} internal error")),
            // The context that the panic went through is lost.
            End::Panicked => ("- - false 500".to_owned(), format!("500 {PLAIN} internal error")),
        };
        self.reply(of, format!("{account} {line}"), reply);
    }

    /// The reply, as WeChat reads it.
    fn rendered(&self, of: usize, answer: &Answer) -> String {
        let said = &self.arrivals[of].said;
        let Some(text) = &answer.text else { return format!("200 {PLAIN} success") };
        let text = text.replace("]]>", "]]]]><![CDATA[>");
        let sealed = if encrypts(&said.account) { " encrypted" } else { "" };
        let other = said.flaw == Some(Flaw::OtherReceiver);
        let receiver = if other { "gh_other" } else { "gh_demo" };
        format!(
            "200 {XML}{sealed} <xml><ToUserName><![CDATA[{}]]></ToUserName>\
             <FromUserName><![CDATA[{receiver}]]></FromUserName>\
             <CreateTime>{}</CreateTime><MsgType><![CDATA[text]]></MsgType>\
             <Content><![CDATA[{text}]]></Content></xml>",
            said.user,
            EPOCH.as_secs() + answer.second,
        )
    }

    fn reply(&mut self, of: usize, line: String, reply: String) {
        let request = &mut self.requests[of];
        request.replied = true;
        request.timer = false;
        let elapsed = self.now - request.arrived;
        if let Some(timer @ Submitted { state: State::Due(..), .. }) =
            request.operations.first_mut()
        {
            timer.state = State::Over;
        }
        self.say(of, format!("log {line} {elapsed}ms"));
        self.say(of, format!("reply {reply}"));
    }

    fn say(&mut self, of: usize, line: String) {
        self.lines.push((of, line));
    }
}

/// The call that submits an operation panics.
struct Panic;

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
