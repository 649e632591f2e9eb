//! The simulated host. It decides nothing by itself: every operation under way, every timer and
//! every arrival is an action. The actions are listed in a fixed order, and the driver chooses one
//! of them.
//!
//! The code that waits for an operation runs outside the host's lock. Completing an operation first
//! changes the world, then releases the lock, and then tells the waiting code.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipeline::{
    Account, Begun, Call, Called, Class, Completer, Created, Event, Exchange, ExchangeKey, Failure,
    Fault, Host, LeaseId, LogLine, Operation, Overdue, Pending, Profile, Pushed, Record, Ticket,
    User, Work,
};

use crate::scenario::{Delivery, EPOCH, Injected, PATIENCE, Script};
use crate::services::{Services, is_refused, is_taken};
use pipeline::exchanges::{Exchanges, Granted, Ticket as Place};
use wechat::api::customer::SEND_PATH;

/// The world of one run.
pub struct Sim(Mutex<World>);

/// The host as one request sees it.
pub struct Facade {
    sim: Arc<Sim>,
    request: usize,
    /// Whether its operations go on when the request is cancelled.
    shared: bool,
    /// Held by everything that belongs to the request.
    alive: Arc<()>,
}

impl Facade {
    /// Whether anything but the driver holds this request.
    #[must_use]
    pub fn is_held(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) > 1 || Arc::strong_count(&self.alive) > 1
    }
}

/// The state of the world.
pub struct World {
    accounts: BTreeMap<String, Arc<Account>>,
    /// Virtual time since 1970.
    pub now: Duration,
    /// Everything that happened, and to which request.
    pub trace: Vec<(usize, Event)>,
    /// Turns, answers, sessions, journal.
    pub exchanges: Exchanges,
    /// Work that was spawned and that the driver has not taken yet.
    pub spawned: Vec<(usize, Work)>,
    /// The faults that did happen.
    pub fired: Vec<(usize, usize, Injected)>,
    waiting_for: Duration,
    /// The requests whose connection WeChat has closed, in order.
    pub hung_up: Vec<usize>,
    /// The operations that go on when their request is cancelled.
    pub shared: Vec<(usize, usize)>,
    /// What services were asked.
    pub calls: Vec<Sent>,
    /// Whose record was created, in order.
    pub created: Vec<User>,
    /// The number of the action that happens now.
    step: usize,
    /// The tickets, by account.
    pub tickets: BTreeMap<String, Ticket>,
    /// The records of users.
    pub profiles: BTreeMap<User, Profile>,
    services: Services,
    requests: Vec<RequestState>,
    operations: Vec<Under>,
}

/// A call of a service, and when it was under way: by the numbers of the actions, because within one
/// action requests have no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Whose call it is.
    pub request: usize,
    /// Its number among the operations of the request.
    pub number: usize,
    /// What was asked.
    pub call: Call,
    /// In which action it was submitted.
    pub begun: usize,
    /// In which action it ended.
    pub ended: Option<usize>,
    /// Whether WeChat refused its ticket.
    pub refused: bool,
    /// Whether it is a customer-service message that WeChat has taken, and this was heard.
    pub taken: bool,
}

impl Sent {
    /// Whether it is a customer-service message.
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.call.path == SEND_PATH
    }
}

struct RequestState {
    dice: u64,
    faults: Vec<(usize, Injected)>,
    submitted: usize,
    replied: bool,
    /// When WeChat closes its connection.
    until: Option<Duration>,
    /// Whether WeChat has closed it, or it was cancelled otherwise.
    gone: bool,
    /// Whether the layers inside its deadline go on without it.
    detached: bool,
}

/// An operation that is under way.
struct Under {
    request: usize,
    number: usize,
    operation: Operation,
    /// Whether it goes on when its request is cancelled.
    shared: bool,
    /// Whether it is the wait of a request for its own layers.
    outer: bool,
    fault: Option<Injected>,
    effect: Effect,
    state: State,
    /// Who waits for it, until it was told.
    end: Option<Box<dyn End>>,
}

impl Under {
    fn is_wanted(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.is_wanted())
    }
}

/// The effect of an operation on the world when it is done.
enum Effect {
    Account(String),
    Begin,
    Commit(LeaseId, Box<Record>),
    Abort(LeaseId),
    Call(Call),
    Ticket(String),
    Replace(String, Option<Ticket>, Ticket),
    Find(User),
    Create(Profile),
    Sleep,
    Nothing,
}

enum State {
    /// Can be completed.
    Open,
    /// A `begin` that waits for its turn, until it is turned away.
    Queued(Duration),
    /// A `begin` that has its answer.
    Granted(Begun),
    /// A wait that another request ends.
    Held,
    /// A timer.
    Due(Duration),
    /// Completed, but it will be completed a second time.
    Again(Class),
    Over,
}

/// The waiting code, whatever the type of its answer.
trait End: Send {
    /// Whether anybody still waits.
    fn is_wanted(&self) -> bool;

    /// Gives the answer.
    fn tell(self: Box<Self>, ending: Result<Value, Failure>);

    /// Drops the waiting code.
    fn discard(self: Box<Self>);
}

/// A completer, and how to read its answer.
struct Asked<T> {
    completer: Completer<T>,
    read: fn(Value) -> Option<T>,
}

impl<T: Send> End for Asked<T> {
    fn is_wanted(&self) -> bool {
        self.completer.is_wanted()
    }

    fn tell(self: Box<Self>, ending: Result<Value, Failure>) {
        let Self { completer, read } = *self;
        match ending.map(read) {
            Ok(Some(value)) => drop(completer.complete(Ok(value))),
            Ok(None) => completer.discard(),
            Err(failure) => drop(completer.complete(Err(failure))),
        }
    }

    fn discard(self: Box<Self>) {
        self.completer.discard();
    }
}

/// The answer of an operation.
enum Value {
    Account(Option<Arc<Account>>),
    Begun(Begun),
    Called(Called),
    Ticket(Option<Ticket>),
    Found(Option<Profile>),
    Created(Created),
    Unit,
}

/// Something that can happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The next request arrives.
    Arrive,
    /// An operation is completed, or delivered a second time.
    Complete(usize),
    /// The request of an operation is cancelled.
    Cancel(usize),
    /// WeChat closes the connection of a request at this time.
    HangUp(usize, Duration),
    /// It is this time, and the host turns away who has waited too long for a turn.
    Tidy(Duration),
}

/// The clock's smallest step. A message may wait for the whole of its time.
const STEP: Duration = Duration::from_millis(1);

impl Sim {
    /// The world before the first request.
    #[must_use]
    pub fn new(script: &Script) -> Arc<Self> {
        let named = |account: Account| (account.name.to_string(), Arc::new(account));
        let requests = script.deliveries.iter().map(|delivery| RequestState {
            dice: delivery.dice,
            faults: delivery.faults.clone(),
            submitted: 0,
            replied: false,
            until: None,
            gone: false,
            detached: false,
        });
        Arc::new(Self(Mutex::new(World {
            accounts: script.accounts.iter().cloned().map(named).collect(),
            now: EPOCH,
            trace: Vec::new(),
            exchanges: Exchanges::new(script.limits).journaled(),
            spawned: Vec::new(),
            fired: Vec::new(),
            waiting_for: script.limits.waiting_for,
            hung_up: Vec::new(),
            shared: Vec::new(),
            calls: Vec::new(),
            created: Vec::new(),
            step: 0,
            tickets: BTreeMap::new(),
            profiles: BTreeMap::new(),
            services: Services::default(),
            requests: requests.collect(),
            operations: Vec::new(),
        })))
    }

    /// The host as request number `request` sees it.
    #[must_use]
    pub fn facade(self: &Arc<Self>, request: usize) -> Arc<Facade> {
        Arc::new(Facade { sim: Arc::clone(self), request, shared: false, alive: Arc::default() })
    }

    /// The world. The driver holds it only between two actions.
    pub fn world(&self) -> MutexGuard<'_, World> {
        // Panics are injected outside the lock, so the state is valid even if the lock is poisoned.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The reply was sent, so operations that must end after it may end now.
    pub fn replied(&self, request: usize) {
        self.world().requests[request].replied = true;
    }

    /// The actions that can happen next, in a fixed order: first the operations, by request and
    /// number, then the next arrival and the earliest timer, with the earlier one first.
    #[must_use]
    pub fn enabled(&self, arrives: Option<Duration>, timers_last: bool) -> Vec<Action> {
        let mut world = self.world();
        world.prune();
        let mut open: Vec<usize> =
            (0..world.operations.len()).filter(|at| world.can_happen(*at)).collect();
        open.sort_by_key(|at| (world.operations[*at].request, world.operations[*at].number));
        let mut actions: Vec<Action> = open
            .into_iter()
            .map(|at| if world.can_cancel(at) { Action::Cancel(at) } else { Action::Complete(at) })
            .collect();
        let arrival = arrives.map(|at| (EPOCH + at, Action::Arrive));
        let timer = world.earliest_timer();
        let last = match (arrival, timer) {
            (Some(arrival), Some(_)) if timers_last => vec![arrival],
            (None, Some(timer)) if timers_last && !actions.is_empty() => {
                let _ = timer;
                vec![]
            }
            (Some(arrival), Some(timer)) if arrival.0 <= timer.0 => vec![arrival, timer],
            (Some(arrival), Some(timer)) => vec![timer, arrival],
            (arrival, timer) => arrival.into_iter().chain(timer).collect(),
        };
        actions.extend(last.into_iter().map(|(_, action)| action));
        actions
    }

    /// Time passes up to the arrival of a request.
    pub fn arrive(&self, request: usize, delivery: &Delivery) {
        let mut world = self.world();
        world.now = world.now.max(EPOCH + delivery.at);
        world.requests[request].until = delivery.hangs_up.then_some(world.now + PATIENCE);
    }

    /// Whether the next try of a request, if there is one, arrives. `None`: it is not known yet.
    #[must_use]
    pub fn is_tried_again(&self, request: usize) -> Option<bool> {
        let RequestState { replied, gone, .. } = self.world().requests[request];
        (replied || gone).then_some(gone)
    }

    /// A try that does not arrive: nor does the next one.
    pub fn skip(&self, request: usize) {
        self.world().requests[request].replied = true;
    }

    /// Records that WeChat closes the connection of a request.
    pub fn hang_up(&self, request: usize, time: Duration) {
        let mut world = self.world();
        world.now = world.now.max(time);
        world.requests[request].gone = true;
        world.hung_up.push(request);
    }

    /// Completes an operation, or delivers it a second time.
    pub fn complete(&self, at: usize) {
        let mut world = self.world();
        let state = std::mem::replace(&mut world.operations[at].state, State::Over);
        let Under { request, number, operation, fault, .. } = world.operations[at];
        if let State::Again(class) = state {
            world.fire(request, number, Injected::Twice);
            world.trace.push((request, Event::Completed(operation, class, false)));
            return;
        }
        if let State::Due(due) = state {
            world.now = world.now.max(due);
        }
        if let Some(Injected::Late | Injected::Applied) = fault
            && let Some(fault) = fault
        {
            world.fire(request, number, fault);
        }
        let effect = std::mem::replace(&mut world.operations[at].effect, Effect::Nothing);
        let committed = match &effect {
            Effect::Commit(lease, _) => Some(*lease),
            _ => None,
        };
        let ending = match fault {
            Some(Injected::Transient) => Err(Fault::Transient),
            Some(Injected::Permanent) => Err(Fault::Permanent),
            _ => world.apply(effect, state, fault),
        };
        let lost = match &ending {
            Ok(Value::Begun(Begun::Fresh { lease, .. })) => Some(*lease),
            _ => committed,
        };
        let ending = match (fault, ending) {
            (Some(Injected::Transient | Injected::Permanent), Err(failed)) => {
                if let Some(fault) = fault {
                    world.fire(request, number, fault);
                }
                Err(failed)
            }
            (Some(Injected::Applied), Ok(_)) => Err(Fault::Transient),
            (Some(fault), ending) if fault.is_answer() => {
                world.fire(request, number, fault);
                ending
            }
            (_, ending) => ending,
        };
        let class = ending.as_ref().map_or_else(|fault| Class::Failed(*fault), |_| Class::Done);
        if operation == Operation::Call {
            world.called(request, number, ending.as_ref().ok());
        }
        let end = world.operations[at].end.take();
        let heard = end.as_ref().is_some_and(|end| end.is_wanted());
        // A turn is over if its `begin` gave the request no answer, or if its commit failed when
        // the request was gone.
        if (!heard || (ending.is_err() && operation == Operation::Begin))
            && let Some(lease) = lost
        {
            let granted = world.exchanges.release(lease);
            world.grant(granted);
        }
        if fault == Some(Injected::Twice) {
            world.operations[at].state = State::Again(class);
        }
        world.trace.push((request, Event::Completed(operation, class, heard)));
        drop(world);
        if let Some(end) = end {
            end.tell(ending.map_err(|fault| Failure { operation, fault }));
        }
    }

    /// Tidies the table of exchanges at `time`, or now if that is later.
    pub fn tidy(&self, time: Duration) {
        let mut world = self.world();
        world.now = world.now.max(time);
        let elapsed = world.elapsed();
        let tired = world.exchanges.tidy(elapsed);
        world.grant(tired);
    }

    /// Records that the request of this operation is cancelled. Returns the request.
    pub fn cancel(&self, at: usize) -> usize {
        let mut world = self.world();
        let Under { request, number, .. } = world.operations[at];
        world.operations[at].fault = None;
        world.requests[request].gone = true;
        world.fire(request, number, Injected::Cancel);
        request
    }

    /// What one step made several requests do has no order between them: who waits for one ticket
    /// goes on when it is there, and which of them is first is not observable from outside. So the
    /// events since `before` are put in the order of the requests, those of the first event first.
    pub fn order(&self, before: usize) {
        let mut world = self.world();
        world.step += 1;
        let step = &mut world.trace[before..];
        if let Some((acted, _)) = step.first() {
            let acted = *acted;
            step.sort_by_key(|(request, _)| (*request != acted, *request));
        }
    }

    /// Whether anybody waits for an operation of this request.
    pub fn is_waited_for(&self, request: usize) -> bool {
        let world = self.world();
        world.operations.iter().any(|under| under.request == request && under.is_wanted())
    }

    /// Drops everything that the host holds.
    pub fn clear(&self) {
        let ends: Vec<_> =
            self.world().operations.iter_mut().filter_map(|under| under.end.take()).collect();
        ends.into_iter().for_each(|end| end.discard());
    }

    /// Drops the continuations that the host holds for a request, except those of layers that go on
    /// without it.
    pub fn discard(&self, request: usize) {
        let mut ends = Vec::new();
        let mut world = self.world();
        let detached = world.requests[request].detached;
        for under in world.operations.iter_mut() {
            if under.request == request && !under.shared && (under.outer || !detached) {
                ends.extend(under.end.take());
            }
        }
        drop(world);
        ends.into_iter().for_each(|end| end.discard());
    }
}

impl World {
    fn fire(&mut self, request: usize, number: usize, fault: Injected) {
        self.fired.push((request, number, fault));
    }

    /// Records the end of a call.
    fn called(&mut self, request: usize, number: usize, answer: Option<&Value>) {
        let step = self.step;
        let mut calls = self.calls.iter_mut();
        if let Some(sent) = calls.find(|sent| (sent.request, sent.number) == (request, number)) {
            sent.ended = Some(step);
            sent.refused = matches!(answer, Some(Value::Called(called)) if is_refused(called));
            let taken = matches!(answer, Some(Value::Called(called)) if is_taken(called));
            sent.taken = sent.is_message() && taken;
        }
    }

    fn elapsed(&self) -> Duration {
        self.now - EPOCH
    }

    fn can_complete(&self, at: usize) -> bool {
        let Under { request, fault, state, .. } = &self.operations[at];
        match (fault, state) {
            (_, State::Over | State::Queued(_) | State::Held | State::Due(_))
            | (Some(Injected::Never), _) => false,
            (Some(Injected::Late), _) => self.requests[*request].replied,
            (_, State::Open | State::Granted(_) | State::Again(_)) => true,
        }
    }

    /// Whether its request can be cancelled: also while it waits in a queue or for a timer.
    fn can_cancel(&self, at: usize) -> bool {
        let under = &self.operations[at];
        let Under { request, fault, .. } = under;
        let RequestState { replied, gone, .. } = self.requests[*request];
        *fault == Some(Injected::Cancel) && under.is_wanted() && !replied && !gone
    }

    fn can_happen(&self, at: usize) -> bool {
        self.can_cancel(at) || self.can_complete(at)
    }

    fn earliest_timer(&self) -> Option<(Duration, Action)> {
        let timers = self.operations.iter().enumerate().filter_map(|(at, under)| {
            match (under.fault, &under.state) {
                // No fault of an operation keeps the host from turning it away.
                (_, State::Queued(until)) => Some((*until, under, Action::Tidy(*until))),
                (Some(Injected::Never), _) => None,
                (Some(Injected::Late), _) if !self.requests[under.request].replied => None,
                _ if self.can_cancel(at) => None,
                (_, State::Due(due)) => Some((*due, under, Action::Complete(at))),
                _ => None,
            }
        });
        let timers = timers.map(|(due, under, action)| (due, under.request, under.number, action));
        let patience = self.requests.iter().enumerate().filter_map(|(request, state)| {
            let until = state.until.filter(|_| !state.replied && !state.gone)?;
            Some((until, request, usize::MAX, Action::HangUp(request, until)))
        });
        // Not in the order of submission: one step may make several requests submit a timer.
        let earliest = timers.chain(patience).min_by_key(|each| (each.0, each.1, each.2));
        earliest.map(|(due, _, _, action)| (due, action))
    }

    /// Removes timers and places in a queue that no request waits for, without an event.
    fn prune(&mut self) {
        for at in 0..self.operations.len() {
            let under = &mut self.operations[at];
            if under.is_wanted() {
                continue;
            }
            match under.state {
                State::Due(_) => under.state = State::Over,
                State::Queued(_) => {
                    under.state = State::Over;
                    self.exchanges.forget(at);
                }
                State::Open | State::Granted(_) | State::Held | State::Again(_) | State::Over => {}
            }
        }
    }

    fn apply(
        &mut self,
        effect: Effect,
        state: State,
        fault: Option<Injected>,
    ) -> Result<Value, Fault> {
        match (effect, state) {
            (Effect::Account(name), _) => Ok(Value::Account(self.accounts.get(&name).cloned())),
            (Effect::Begin, State::Granted(begun)) => Ok(Value::Begun(begun)),
            (Effect::Commit(lease, record), _) => {
                match self.exchanges.commit(lease, *record, self.elapsed()) {
                    Some(granted) => {
                        self.grant(granted);
                        Ok(Value::Unit)
                    }
                    None => Err(Fault::Permanent),
                }
            }
            (Effect::Abort(lease), _) => {
                let granted = self.exchanges.release(lease);
                self.grant(granted);
                Ok(Value::Unit)
            }
            (Effect::Call(call), _) => {
                let now = self.now;
                Ok(Value::Called(self.services.answer(&call, fault, now)))
            }
            (Effect::Ticket(account), _) => Ok(Value::Ticket(self.tickets.get(&account).cloned())),
            (Effect::Replace(account, before, ticket), _) => {
                if self.tickets.get(&account) == before.as_ref() {
                    self.tickets.insert(account, ticket);
                }
                Ok(Value::Unit)
            }
            (Effect::Find(user), _) => Ok(Value::Found(self.profiles.get(&user).cloned())),
            (Effect::Create(profile), _) => match self.profiles.entry(profile.user.clone()) {
                Entry::Occupied(_) => Ok(Value::Created(Created::Conflict)),
                Entry::Vacant(vacant) => {
                    self.created.push(profile.user.clone());
                    vacant.insert(profile);
                    Ok(Value::Created(Created::New))
                }
            },
            (Effect::Sleep, _) => Ok(Value::Unit),
            (Effect::Begin | Effect::Nothing, _) => Err(Fault::Permanent),
        }
    }

    /// Whether a commit of this lease is under way.
    fn commits(&self, lease: LeaseId) -> bool {
        self.operations.iter().any(|under| match &under.effect {
            Effect::Commit(of, _) => *of == lease && under.fault != Some(Injected::Never),
            _ => false,
        })
    }

    fn grant(&mut self, granted: Granted) {
        for (ticket, begun) in granted {
            self.operations[ticket].state = State::Granted(begun);
        }
    }
}

/// The payload of an injected panic. It is raised without the panic hook, so nothing is printed.
struct InjectedPanic;

impl Facade {
    /// Every operation is submitted through this function.
    fn submit<T>(
        &self,
        operation: Operation,
        effect: Effect,
        state: impl FnOnce(&mut World, Place) -> State,
        read: fn(Value) -> Option<T>,
    ) -> Pending<T>
    where
        T: Send + 'static,
    {
        let request = self.request;
        let mut world = self.sim.world();
        let number = world.requests[request].submitted;
        world.requests[request].submitted += 1;
        let planned = world.requests[request].faults.iter().find(|(at, _)| *at == number);
        let fault = planned.map(|(_, fault)| *fault);
        let fault = fault.filter(|fault| operation == Operation::Call || !fault.is_answer());
        world.trace.push((request, Event::Submitted(operation)));
        if self.shared {
            world.shared.push((request, number));
        }
        if let Effect::Call(call) = &effect
            && fault != Some(Injected::Panic)
        {
            let (call, begun) = (call.clone(), world.step);
            let (ended, refused, taken) = (None, false, false);
            world.calls.push(Sent { request, number, call, begun, ended, refused, taken });
        }
        let failed = |fault| Pending::ended(Err(Failure { operation, fault }));
        if let Some(fault @ (Injected::Panic | Injected::SyncTransient)) = fault {
            world.fire(request, number, fault);
            world.called(request, number, None);
            if fault == Injected::Panic {
                drop(world);
                resume_unwind(Box::new(InjectedPanic));
            }
            let class = Class::Failed(Fault::Transient);
            world.trace.push((request, Event::Completed(operation, class, true)));
            return failed(Fault::Transient);
        }
        let ticket = world.operations.len();
        let state = match fault {
            Some(Injected::Never) => {
                world.fire(request, number, Injected::Never);
                State::Open
            }
            Some(Injected::Transient | Injected::Permanent) => State::Open,
            _ => state(&mut world, ticket),
        };
        if fault == Some(Injected::Sync) && !matches!(state, State::Queued(_)) {
            world.fire(request, number, Injected::Sync);
            let ending = world.apply(effect, state, fault);
            let class = ending.as_ref().map_or_else(|fault| Class::Failed(*fault), |_| Class::Done);
            world.called(request, number, ending.as_ref().ok());
            world.trace.push((request, Event::Completed(operation, class, true)));
            return match ending.map(read) {
                Ok(Some(value)) => Pending::ready(value),
                Ok(None) => failed(Fault::Permanent),
                Err(fault) => failed(fault),
            };
        }
        let (completer, pending) = Pending::new(operation);
        let end: Option<Box<dyn End>> = Some(Box::new(Asked { completer, read }));
        let shared = self.shared;
        let outer = false;
        let under = Under { request, number, operation, shared, outer, fault, effect, state, end };
        world.operations.push(under);
        pending
    }
    /// An operation that ends when the returned function is called.
    fn held(&self, outer: bool) -> (Box<dyn FnOnce() + Send>, Pending<()>) {
        let (completer, pending) = Pending::new(Operation::Ticket);
        let mut world = self.sim.world();
        let at = world.operations.len();
        world.operations.push(Under {
            request: self.request,
            number: 0,
            operation: Operation::Ticket,
            shared: false,
            outer,
            fault: None,
            effect: Effect::Nothing,
            state: State::Held,
            end: Some(Box::new(Asked { completer, read: unit })),
        });
        let sim = Arc::clone(&self.sim);
        let tell = move || {
            let end = sim.world().operations[at].end.take();
            if let Some(end) = end {
                end.tell(Ok(Value::Unit));
            }
        };
        (Box::new(tell), pending)
    }
}

/// Reads the answer of an operation.
macro_rules! read {
    ($kind:path) => {
        |value| match value {
            $kind(value) => Some(value),
            _ => None,
        }
    };
}

impl Host for Facade {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        let effect = Effect::Account(name.to_owned());
        self.submit(Operation::Account, effect, |_, _| State::Open, read!(Value::Account))
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        let state = |world: &mut World, ticket| {
            let queued = State::Queued(world.now + world.waiting_for + STEP);
            let elapsed = world.elapsed();
            world.exchanges.begin(ticket, exchange, elapsed).map_or(queued, State::Granted)
        };
        self.submit(Operation::Begin, Effect::Begin, state, read!(Value::Begun))
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        let effect = Effect::Commit(lease, Box::new(record));
        self.submit(Operation::Commit, effect, |_, _| State::Open, unit)
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.submit(Operation::Abort, Effect::Abort(lease), |_, _| State::Open, unit)
    }

    fn sleep(&self, duration: Duration) -> Pending<()> {
        let state = |world: &mut World, _| State::Due(world.now + duration);
        self.submit(Operation::Sleep, Effect::Sleep, state, unit)
    }

    fn call(&self, call: Call) -> Pending<Called> {
        let effect = Effect::Call(call);
        self.submit(Operation::Call, effect, |_, _| State::Open, read!(Value::Called))
    }

    fn ticket(&self, account: &str) -> Pending<Option<Ticket>> {
        let effect = Effect::Ticket(account.to_owned());
        self.submit(Operation::Ticket, effect, |_, _| State::Open, read!(Value::Ticket))
    }

    fn replace(&self, account: &str, before: Option<Ticket>, ticket: Ticket) -> Pending<()> {
        let effect = Effect::Replace(account.to_owned(), before, ticket);
        self.submit(Operation::Replace, effect, |_, _| State::Open, unit)
    }

    fn find(&self, user: User) -> Pending<Option<Profile>> {
        let effect = Effect::Find(user);
        self.submit(Operation::Find, effect, |_, _| State::Open, read!(Value::Found))
    }

    fn create(&self, profile: Profile) -> Pending<Created> {
        let effect = Effect::Create(profile);
        self.submit(Operation::Create, effect, |_, _| State::Open, read!(Value::Created))
    }

    fn hold(&self) -> (Box<dyn FnOnce() + Send>, Pending<()>) {
        self.held(false)
    }

    fn detach(&self) -> (Box<dyn FnOnce() + Send>, Pending<()>) {
        self.sim.world().requests[self.request].detached = true;
        self.held(true)
    }

    fn shared(&self) -> Option<Arc<dyn Host>> {
        let Self { sim, request, alive, .. } = self;
        let (sim, alive) = (Arc::clone(sim), Arc::clone(alive));
        Some(Arc::new(Self { sim, request: *request, shared: true, alive }))
    }

    fn spawn(&self, work: Work) {
        let mut world = self.sim.world();
        // The layers inside the deadline, or a fetch, which is nobody's.
        world.requests[self.request].detached |= !self.shared;
        world.spawned.push((self.request, work));
    }

    fn overdue(&self, key: &ExchangeKey) -> Overdue {
        let mut world = self.sim.world();
        let (overdue, granted) = world.exchanges.overdue(key);
        world.grant(granted);
        overdue
    }

    fn pushed(&self, pushed: Pushed) {
        self.record(Event::Pushed(pushed));
    }

    fn now(&self) -> Duration {
        self.sim.world().now
    }

    fn elapsed(&self) -> Duration {
        self.sim.world().elapsed()
    }

    fn random(&self) -> u64 {
        self.sim.world().requests[self.request].dice
    }

    fn log(&self, line: LogLine) {
        self.record(Event::Logged(line));
    }

    fn release(&self, lease: LeaseId) {
        let mut world = self.sim.world();
        // A commit that is under way continues, and ends the turn itself.
        if !world.commits(lease) {
            let granted = world.exchanges.release(lease);
            world.grant(granted);
        }
    }

    fn is_traced(&self) -> bool {
        true
    }

    fn record(&self, event: Event) {
        self.sim.world().trace.push((self.request, event));
    }
}

fn unit(value: Value) -> Option<()> {
    matches!(value, Value::Unit).then_some(())
}
