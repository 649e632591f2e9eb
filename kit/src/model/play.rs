//! What can happen next, and what each request does then. A request needs no style: it is a state,
//! and each end of an operation takes it to the next one.

use std::collections::{BTreeMap, VecDeque};

use pipeline::{Class, Fault, Operation};

use super::request::{Read, read};
use super::services::{Called, Services, Ticket, Told};
use super::store::{Answer, Begun, Granted, Session, Store};
use super::units::{self, ADDRESS, NEWS, Word, ask};
use super::waits::{Fetch, Wait, Words};
use crate::scenario::{Arrival, EPOCH, Flaw, Injected, Said, Scenario, What, encrypts};

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
    /// What the services know.
    pub services: Services,
    /// The tickets that are being fetched, by account.
    pub fetches: BTreeMap<String, Fetch>,
    /// What has happened, and to which request.
    pub lines: Vec<(usize, String)>,
    /// The operations that were submitted, and by which request, in order.
    pub submitted: Vec<(usize, Operation)>,
}

/// A request on its way.
#[derive(Clone, Default)]
struct Request {
    arrived: u64,
    operations: Vec<Submitted>,
    /// The operations that it waits for, apart from the timer of its deadline.
    hears: Vec<usize>,
    /// Those among them that have ended already.
    ended: Vec<(usize, Ending)>,
    /// Where it waits, if that is within a unit.
    wait: Option<Wait>,
    /// The units that are still to be asked, and what they say.
    units: VecDeque<(&'static str, Word)>,
    /// Whether the user reads English, once it is known.
    english: Option<bool>,
    /// Whether it also waits for the timer of its deadline, which is its operation 0.
    timer: bool,
    /// Whether it was answered, and whether it was cancelled.
    replied: bool,
    gone: bool,
    /// Whether its layers go on when it is cancelled.
    held: bool,
    /// Whether its answer is to be pushed, and the unit whose answer is being pushed.
    pushes: bool,
    pushing: Option<&'static str>,
    /// Whether its account is known, and whether it has asked for its exchange.
    found: bool,
    asked: bool,
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
    /// Of a call: what is called.
    called: Called,
    /// Of a fetch of a ticket: its account.
    shared: Option<String>,
}

#[derive(Clone)]
enum State {
    /// It can end.
    Open,
    /// A `begin` that waits for its turn, until when.
    Queued(u64),
    /// A `begin` that has its answer.
    Granted(Begun),
    /// A timer.
    Due(u64),
    /// It can end a second time.
    Again(Class),
    Over,
}

/// What an operation answers.
#[derive(Clone)]
pub enum Value {
    Unit,
    Begun(Begun),
    Called(Told),
    Stored(Option<Ticket>),
    /// Whether there is a record.
    Found(bool),
    /// Whether it is a new one.
    Created(bool),
}

/// How an operation ends.
pub type Ending = Result<Value, Fault>;

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
    /// WeChat closes the connection of a request at this time.
    HangUp(usize, u64),
    /// It is this time, and who has waited too long for a turn is turned away.
    Tidy(u64),
}

const PLAIN: &str = "text/plain; charset=utf-8";
const XML: &str = "text/xml; charset=utf-8";

/// How long the deadline takes.
const DEADLINE: u64 = 4500;

/// How long WeChat waits.
const PATIENCE: u64 = 5000;

/// What the last try says if there is no answer.
const NOTICE: &str = "还需要一点时间。随便发一条消息，就能收到回答。\
                      This takes longer. Send any message to get the answer.";

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
            services: Services::default(),
            fetches: BTreeMap::new(),
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
            if waits && self.arrivals[of].hangs_up {
                let until = request.arrived + PATIENCE;
                timers.push((until, of, usize::MAX, Action::HangUp(of, until)));
            }
            for (number, Submitted { fault, state, .. }) in request.operations.iter().enumerate() {
                if let State::Queued(until) = state {
                    timers.push((*until, of, number, Action::Tidy(*until)));
                }
                match (state, fault) {
                    (State::Over, _) => {}
                    (_, Some(Injected::Cancel)) if waits && self.is_heard(of, number) => {
                        actions.push(Action::Cancel(of, number))
                    }
                    (_, Some(Injected::Never)) => {}
                    (State::Queued(_), _) => {}
                    (_, Some(Injected::Late)) if !request.replied => {}
                    (State::Due(due), _) => {
                        timers.push((*due, of, number, Action::Complete(of, number)));
                    }
                    _ => actions.push(Action::Complete(of, number)),
                }
            }
        }
        let timer = timers.into_iter().min_by_key(|(due, of, number, _)| (*due, *of, *number));
        let fires = timer.map(|(due, .., action)| (due, action));
        let arrives = self
            .arrivals
            .get(self.requests.len())
            .filter(|next| next.try_after.is_none_or(|before| self.requests[before].gone));
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
        let before = self.lines.len();
        let acted = match action {
            Action::Arrive => Some(self.requests.len()),
            Action::Complete(of, _) | Action::Cancel(of, _) | Action::HangUp(of, _) => Some(of),
            Action::Tidy(_) => None,
        };
        match action {
            Action::Arrive => self.arrive(),
            Action::Complete(request, number) => self.complete(request, number),
            Action::Cancel(request, number) => {
                self.requests[request].operations[number].fault = None;
                self.cancel(request);
            }
            Action::HangUp(request, time) => {
                self.now = self.now.max(time);
                self.cancel(request);
            }
            Action::Tidy(time) => {
                self.now = self.now.max(time);
                let tired = self.store.tidy(self.now);
                self.grant(tired);
            }
        }
        // As in a run: between several requests that go on there is no order.
        self.lines[before..].sort_by_key(|(of, _)| (Some(*of) != acted, *of));
        // Of a message that was answered there is no other try.
        while let Some(next) = self.arrivals.get(self.requests.len())
            && next.try_after.is_some_and(|before| self.requests[before].replied)
        {
            self.requests.push(Request { replied: true, ..Request::default() });
        }
    }

    fn arrive(&mut self) {
        let request = self.requests.len();
        self.now = self.now.max(millis(self.arrivals[request].at));
        self.requests.push(Request { arrived: self.now, kind: "-", ..Request::default() });
        let due = self.now + DEADLINE;
        let timer = match self.submit(request, Operation::Sleep, Details { due, ..PLAINLY }) {
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
    fn submit(
        &mut self,
        of: usize,
        operation: Operation,
        details: Details,
    ) -> Option<Result<Ending, Panic>> {
        use Injected::{Never, Permanent, SyncTransient, Transient};
        let number = self.requests[of].operations.len();
        let Arrival { faults, said, .. } = &self.arrivals[of];
        let fault = faults.iter().find(|(at, _)| *at == number).map(|(_, fault)| *fault);
        let fault = fault.filter(|fault| operation == Operation::Call || !fault.is_answer());
        self.say(of, format!("submit {operation}"));
        self.submitted.push((of, operation));
        let state = match (operation, fault) {
            (_, Some(Injected::Panic | SyncTransient)) => State::Over,
            (_, Some(Never | Transient | Permanent)) => State::Open,
            (Operation::Begin, _) => {
                let queued = State::Queued(self.now + self.patience + 1);
                self.store.begin(of, said, self.now).map_or(queued, State::Granted)
            }
            (Operation::Sleep, _) => State::Due(details.due),
            _ => State::Open,
        };
        let at_once = fault == Some(Injected::Sync) && !matches!(state, State::Queued(_));
        let Details { called, shared, .. } = details;
        self.requests[of].operations.push(Submitted { operation, fault, state, called, shared });
        match fault {
            Some(Injected::Panic) => Some(Err(Panic)),
            Some(SyncTransient) => Some(Ok(self.told(of, operation, Err(Fault::Transient), true))),
            _ if at_once => {
                let state = self.over(of, number);
                let ending = self.effect(of, number, state);
                Some(Ok(self.told(of, operation, ending, true)))
            }
            _ => None,
        }
    }

    /// Submits an operation of a fetch, on behalf of the request that began it.
    pub fn submit_shared(
        &mut self,
        of: usize,
        account: &str,
        operation: Operation,
        called: Called,
        pause: u64,
    ) -> Option<Result<Ending, Panic>> {
        let due = self.now + pause;
        self.submit(of, operation, Details { due, called, shared: Some(account.to_owned()) })
    }

    /// Whether the end of this operation is heard.
    fn is_heard(&self, of: usize, number: usize) -> bool {
        let Request { gone, held, timer, hears, operations, .. } = &self.requests[of];
        operations[number].shared.is_some()
            || (*held || !gone) && if number == 0 { *timer } else { hears.contains(&number) }
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
    fn effect(&mut self, of: usize, number: usize, state: State) -> Ending {
        let said = &self.arrivals[of].said;
        let Submitted { operation, fault, called, ref shared, .. } =
            self.requests[of].operations[number];
        match (operation, state) {
            (Operation::Begin, State::Granted(begun)) => return Ok(Value::Begun(begun)),
            (Operation::Call, _) => {
                return Ok(Value::Called(self.services.call(called, fault, self.now)));
            }
            (Operation::Ticket, _) => {
                return Ok(Value::Stored(self.services.stored.get(&said.account).copied()));
            }
            (Operation::Replace, _) => {
                if let Some(account) = shared.clone() {
                    self.stores(&account);
                }
            }
            (Operation::Find, _) => return Ok(Value::Found(self.services.has_record(said))),
            (Operation::Create, _) => return Ok(Value::Created(self.services.record(said))),
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
        Ok(Value::Unit)
    }

    fn release(&mut self, of: usize) {
        let granted = self.store.release(of, &self.arrivals[of].said);
        self.grant(granted);
    }

    fn grant(&mut self, granted: Granted) {
        for (request, begun) in granted {
            let operations = self.requests[request].operations.iter_mut();
            for waiting in operations.filter(|each| matches!(each.state, State::Queued(_))) {
                waiting.state = State::Granted(begun.clone());
            }
        }
    }

    fn complete(&mut self, of: usize, number: usize) {
        let heard = self.is_heard(of, number);
        let Submitted { operation, fault, ref shared, .. } = self.requests[of].operations[number];
        let shared = shared.clone();
        let state = match self.over(of, number) {
            State::Again(class) => {
                return self.say(of, format!("end {operation} {class:?} false"));
            }
            State::Due(due) => {
                self.now = self.now.max(due);
                State::Open
            }
            state => state,
        };
        let ending = match fault {
            Some(Injected::Transient) => Err(Fault::Transient),
            Some(Injected::Permanent) => Err(Fault::Permanent),
            _ => self.effect(of, number, state),
        };
        let fresh = matches!(ending, Ok(Value::Begun(Begun::Fresh(_))));
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
        match (ending, shared) {
            (ending, Some(account)) => self.fetched(&account, operation, ending),
            _ if !heard => {}
            (Ok(_), _) if number == 0 => self.expire(of),
            // If the timer fails, there is no deadline.
            (Err(_), _) if number == 0 => self.requests[of].timer = false,
            (ending, _) => self.hear(of, number, ending),
        }
    }

    /// A request hears of the end of an operation.
    fn hear(&mut self, of: usize, number: usize, ending: Ending) {
        let request = &mut self.requests[of];
        request.hears.retain(|each| *each != number);
        let operation = request.operations[number].operation;
        match request.wait.take() {
            Some(wait) => self.unit(of, (number, operation), wait, ending),
            None => self.go_on(of, operation, ending),
        }
    }

    fn cancel(&mut self, of: usize) {
        let request = &mut self.requests[of];
        request.gone = true;
        if request.held {
            return;
        }
        request.timer = false;
        request.hears.clear();
        request.wait = None;
        // A commit that was submitted goes on, and ends the turn itself.
        let goes_on = |each: &Submitted| {
            each.operation == Operation::Commit
                && matches!(each.state, State::Open)
                && each.fault != Some(Injected::Never)
        };
        let commits = request.operations.iter().any(goes_on);
        for each in &mut request.operations {
            if matches!(each.state, State::Due(_) | State::Queued(_)) && each.shared.is_none() {
                each.state = State::Over;
            }
        }
        self.leaves_fetch(of);
        let request = &mut self.requests[of];
        let lease = std::mem::take(&mut request.lease);
        self.store.forget(of, &self.arrivals[of].said);
        if lease && !commits {
            self.release(of);
        }
    }

    /// Goes to the next wait of a request.
    fn go(&mut self, of: usize, operation: Operation) {
        let number = self.number(of);
        self.requests[of].hears = vec![number];
        match self.submit(of, operation, PLAINLY) {
            None => {}
            Some(Ok(ending)) => self.hear(of, number, ending),
            Some(Err(Panic)) => self.end(of, End::Panicked),
        }
    }

    /// What the request says.
    pub fn said(&self, of: usize) -> &Said {
        &self.arrivals[of].said
    }

    /// The number of the request's next operation.
    pub fn number(&self, of: usize) -> usize {
        self.requests[of].operations.len()
    }

    /// Within a unit: waits here, for nothing more.
    pub fn waits(&mut self, of: usize, wait: Wait) {
        self.requests[of].wait = Some(wait);
    }

    /// Who waits for a fetch waits no more.
    pub fn take_wait(&mut self, of: usize) -> Option<Wait> {
        self.requests[of].wait.take()
    }

    /// Within a unit: submits an operation and waits here.
    pub fn wait(&mut self, of: usize, wait: Wait, operation: Operation) -> Result<(), Panic> {
        self.waits(of, wait);
        self.also(of, operation, PLAINLY)
    }

    /// The same for a call.
    pub fn call(&mut self, of: usize, wait: Wait, called: Called) -> Result<(), Panic> {
        self.waits(of, wait);
        self.also(of, Operation::Call, Details { called, ..PLAINLY })
    }

    /// The same for a pause.
    pub fn sleep(&mut self, of: usize, wait: Wait, pause: u64) -> Result<(), Panic> {
        self.waits(of, wait);
        self.timer(of, pause)
    }

    /// Submits a timer, beside what is waited for.
    pub fn timer(&mut self, of: usize, pause: u64) -> Result<(), Panic> {
        let due = self.now + pause;
        self.also(of, Operation::Sleep, Details { due, ..PLAINLY })
    }

    /// Submits an operation, beside what is waited for.
    pub fn also(&mut self, of: usize, operation: Operation, details: Details) -> Result<(), Panic> {
        let number = self.number(of);
        self.requests[of].hears.push(number);
        match self.submit(of, operation, details) {
            None => {}
            Some(Ok(ending)) => self.requests[of].ended.push((number, ending)),
            Some(Err(Panic)) => return Err(Panic),
        }
        Ok(())
    }

    /// Goes on with what has ended when it was submitted.
    pub fn ready(&mut self, of: usize) {
        let ended = std::mem::take(&mut self.requests[of].ended);
        for (number, ending) in ended {
            if self.is_heard(of, number) {
                self.hear(of, number, ending);
            }
        }
    }

    /// Drops an operation for which the unit waits no longer.
    pub fn gives_up(&mut self, of: usize, number: usize) {
        let request = &mut self.requests[of];
        request.hears.retain(|each| *each != number);
        if let State::Due(_) = request.operations[number].state {
            request.operations[number].state = State::Over;
        }
    }

    /// Ends a unit, and drops all that it waits for.
    fn leave(&mut self, of: usize) {
        self.requests[of].wait = None;
        for number in std::mem::take(&mut self.requests[of].hears) {
            self.gives_up(of, number);
        }
    }

    /// A panic within a unit; `exchange` contains it.
    pub fn panicked(&mut self, of: usize) {
        self.leave(of);
        if self.requests[of].pushing.is_some() {
            return self.pushed(of, false);
        }
        self.abort(of, End::Panicked);
    }

    /// An operation without which the unit cannot answer has failed.
    pub fn failed(&mut self, of: usize) {
        self.leave(of);
        self.abort(of, End::Failed);
    }

    /// The unit replies: with these words, or with those that it had before it waited.
    pub fn says(&mut self, of: usize, words: Option<Words>) {
        self.leave(of);
        let english = self.requests[of].english;
        if let (Some(answer), Some((chinese, other))) = (&mut self.requests[of].answer, words) {
            answer.text = Some(match english {
                Some(true) if !other.is_empty() => other,
                Some(_) => chinese,
                None => chinese + &other,
            });
        }
        let unit = self.requests[of].answer.as_ref().map_or("-", |answer| answer.unit);
        self.say(of, format!("ask {unit} true"));
        self.answer(of);
    }

    /// The unit passes, and knows the user's language if there is a record.
    pub fn knows(&mut self, of: usize, record: bool) {
        self.leave(of);
        let english = self.said(of).user == "bob";
        self.requests[of].english = record.then_some(english);
        self.say(of, "ask profile false".to_owned());
        self.walk(of);
    }

    /// Goes on after a wait.
    fn go_on(&mut self, of: usize, operation: Operation, ending: Ending) {
        match (operation, ending) {
            (Operation::Account | Operation::Begin, Err(_)) => self.end(of, End::Failed),
            (Operation::Account, Ok(_)) => match self.read(of) {
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
                    self.requests[of].asked = true;
                    self.go(of, Operation::Begin);
                }
            },
            (Operation::Begin, Ok(Value::Begun(begun))) => self.begun(of, Some(begun)),
            (Operation::Begin, Ok(_)) => self.begun(of, None),
            (Operation::Commit, Err(_)) => self.abort(of, End::Failed),
            (Operation::Commit, Ok(_)) => match self.requests[of].answer.clone() {
                Some(answer) => self.end(of, End::Answered(answer, false)),
                None => self.end(of, End::Failed),
            },
            // If the abort fails, the lease ends the turn. All else is within a unit.
            (_, _) => {
                let failed = self.requests[of].failed.clone();
                self.end(of, failed.unwrap_or(End::Failed));
            }
        }
    }

    fn read(&mut self, of: usize) -> Read {
        self.requests[of].found = true;
        read(&self.arrivals[of].said, self.now / 1000)
    }

    fn begun(&mut self, of: usize, begun: Option<Begun>) {
        match begun {
            Some(Begun::Fresh(mut session)) => {
                self.say(of, format!("fresh {}", session.exchanges));
                let Arrival { said, dice, .. } = &self.arrivals[of];
                let asked = ask(said, *dice, &mut session.game, &mut session.owed);
                let request = &mut self.requests[of];
                request.lease = true;
                request.session = session;
                request.units = asked.into();
                self.walk(of);
            }
            Some(Begun::Done(answer)) => {
                self.say(of, "repeat".to_owned());
                self.end(of, End::Answered(answer, true));
            }
            Some(Begun::Replayed) => {
                let words = "the signature was already used for another body";
                self.end(of, End::Refused(403, words.to_owned()));
            }
            Some(Begun::Late) => {
                self.say(of, "late".to_owned());
                let (text, second) = (Some(NOTICE.to_owned()), self.now / 1000);
                self.end(of, End::Answered(Answer { text, unit: "-", second }, false));
            }
            Some(Begun::Crowded) | None => self.end(of, End::Failed),
        }
    }

    /// Asks the next unit.
    fn walk(&mut self, of: usize) {
        let next = self.requests[of].units.pop_front();
        let (unit, word) = next.unwrap_or(("-", None));
        match word {
            Some(word) if unit == "profile" => self.begin(of, unit, word),
            None if unit == "-" => {
                self.requests[of].answer = Some(Answer { text: None, unit, second: 0 });
                self.answer(of);
            }
            None => {
                self.say(of, format!("ask {unit} false"));
                self.walk(of);
            }
            Some(word) => {
                self.requests[of].answer =
                    Some(Answer { text: Some(word.clone()), unit, second: 0 });
                if units::WAIT.contains(&unit) {
                    return self.begin(of, unit, word);
                }
                self.say(of, format!("ask {unit} true"));
                self.answer(of);
            }
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
        let said = &self.arrivals[of].said;
        match said.account.as_str() {
            "push" if self.requests[of].found => {
                self.requests[of].pushes = true;
                self.say(of, "expired Pushed".to_owned());
            }
            "retry" if self.requests[of].asked => {
                let (holds, granted) = self.store.overdue(said);
                let word = if holds { "Held" } else { "Answered" };
                self.say(of, format!("expired {word}"));
                self.grant(granted);
                if holds {
                    self.requests[of].held = true;
                    self.requests[of].timer = false;
                    return;
                }
            }
            _ => self.say(of, "expired Answered".to_owned()),
        }
        let account = &self.arrivals[of].said.account;
        self.reply(of, format!("{account} - - false 200"), format!("200 {PLAIN} success"));
    }

    fn end(&mut self, of: usize, end: End) {
        self.requests[of].hears.clear();
        if std::mem::take(&mut self.requests[of].lease) {
            self.release(of);
        }
        let Request { replied, gone, pushes, .. } = self.requests[of];
        if let End::Answered(answer, false) = &end
            && pushes
        {
            return self.push(of, answer.clone());
        }
        if replied || gone {
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

    /// Sends a late answer, while its window is open.
    fn push(&mut self, of: usize, answer: Answer) {
        if answer.text.is_none() {
            return;
        }
        self.requests[of].pushing = Some(answer.unit);
        let said = &self.arrivals[of].said;
        let lasts = match said.what {
            What::Subscribe | What::Click(_) => 60,
            _ => 48 * 3600,
        };
        if (self.now / 1000).saturating_sub(said.id) >= lasts {
            return self.pushed(of, false);
        }
        self.begin(of, "push", String::new());
    }

    /// What became of a late answer.
    pub fn pushed(&mut self, of: usize, sent: bool) {
        self.leave(of);
        let unit = self.requests[of].pushing.take().unwrap_or_default();
        let ended = if sent { "sent" } else { "failed" };
        self.say(of, format!("push {unit} {ended}"));
    }

    /// The reply, as WeChat reads it.
    fn rendered(&self, of: usize, answer: &Answer) -> String {
        let said = &self.arrivals[of].said;
        let Some(text) = &answer.text else { return format!("200 {PLAIN} success") };
        let text = text.replace("]]>", "]]]]><![CDATA[>");
        let content = match text.strip_prefix(NEWS) {
            None => {
                format!("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>")
            }
            Some(titles) => news(titles),
        };
        let sealed = if encrypts(&said.account) { " encrypted" } else { "" };
        let other = said.flaw == Some(Flaw::OtherReceiver);
        let receiver = if other { "gh_other" } else { "gh_demo" };
        format!(
            "200 {XML}{sealed} <xml><ToUserName><![CDATA[{}]]></ToUserName>\
             <FromUserName><![CDATA[{receiver}]]></FromUserName>\
             <CreateTime>{}</CreateTime>{content}</xml>",
            said.user,
            EPOCH.as_secs() + answer.second,
        )
    }

    fn reply(&mut self, of: usize, line: String, reply: String) {
        let request = &mut self.requests[of];
        request.replied = true;
        request.timer = false;
        let elapsed = self.now - request.arrived;
        if let Some(timer @ Submitted { state: State::Due(_), .. }) = request.operations.first_mut()
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

/// What tells one operation of a name from another.
pub struct Details {
    /// Of a timer: when it is due.
    due: u64,
    /// Of a call: what is called.
    called: Called,
    /// Of a fetch of a ticket: its account.
    shared: Option<String>,
}

/// An operation without details, and a call of a service that needs no ticket.
pub const PLAINLY: Details = Details { due: 0, called: Called::Plain, shared: None };

/// The call that submits an operation panics.
pub struct Panic;

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn news(titles: &str) -> String {
    let item = |title| {
        format!(
            "<item><Title><![CDATA[{title}]]></Title><Description><![CDATA[]]></Description>\
             <PicUrl><![CDATA[]]></PicUrl><Url><![CDATA[{ADDRESS}{title}]]></Url></item>"
        )
    };
    let items: Vec<String> = titles.split('|').map(item).collect();
    format!(
        "<MsgType><![CDATA[news]]></MsgType><ArticleCount>{}</ArticleCount><Articles>{}</Articles>",
        items.len(),
        items.concat()
    )
}
