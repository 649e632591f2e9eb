//! The seeded bugs. The text that a bug replaces must occur once in its file; the build fails
//! otherwise, so the list cannot become old. Indentation does not count.

/// A bug, and the model that must find it.
pub struct Bug {
    /// What is wrong.
    pub name: &'static str,
    /// The source.
    pub file: &'static str,
    /// What is replaced by what.
    pub edits: &'static [(&'static str, &'static str)],
    /// The file of the model.
    pub models: &'static str,
    /// The model.
    pub model: &'static str,
    /// What the failure of the model says.
    pub says: &'static str,
}

impl Bug {
    /// A source with this bug.
    ///
    /// # Panics
    /// If a text that the bug replaces does not occur once.
    #[must_use]
    pub fn put_into(&self, source: &str) -> String {
        self.edits.iter().fold(flush(source), |source, (find, replace)| {
            let (find, Self { name, file, .. }) = (flush(find), self);
            let found = source.matches(&find).count();
            assert!(
                found == 1,
                "models/src/bugs.rs: the text that `{name}` replaces occurs {found} times in \
                 {file}, not once. Write the bug for the code as it is now:\n{find}"
            );
            source.replace(&find, &flush(replace))
        })
    }
}

/// A text without its indentation.
fn flush(text: &str) -> String {
    text.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
}

/// Threads wait for each other, or for what nobody does any more.
const DEADLOCK: &str = "deadlock!";
const UNDER_A_LOCK: &str = "code of others runs under a lock";
const WRONG_VALUE: &str = "assertion `left == right` failed";

const PENDING: &str = "pipeline/src/pending.rs";
const THUNK: &str = "callbacks/src/thunk.rs";
const COMPOSE: &str = "callbacks/src/compose.rs";
const ALL: &str = "generators/src/all.rs";
const TIMERS: &str = "src/hosts/timers.rs";
const TURNS: &str = "src/hosts/turns.rs";

/// All of them.
pub const BUGS: &[Bug] = &[
    Bug {
        name: "a_waker_is_woken_under_the_lock",
        file: PENDING,
        edits: &[(
            "drop(meeting);
             waker.wake();",
            "waker.wake();
             drop(meeting);",
        )],
        models: "pending",
        model: "a_task_that_waits_gets_the_result",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "a_stale_waker_is_kept_when_another_polls",
        file: PENDING,
        edits: &[(" if same.will_wake(task.waker())", "")],
        models: "pending",
        model: "a_task_that_waits_under_another_waker_gets_the_result",
        says: DEADLOCK,
    },
    Bug {
        name: "a_stale_waker_is_dropped_under_the_lock",
        file: PENDING,
        edits: &[(
            "drop(meeting);
             drop(before);",
            "drop(before);
             drop(meeting);",
        )],
        models: "pending",
        model: "a_task_that_waits_under_another_waker_gets_the_result",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "a_result_that_comes_while_the_waker_is_cloned_is_lost",
        file: PENDING,
        edits: &[(
            "Some(waker) => {
             *meeting = Meeting::Task(waker);",
            "Some(waker) => {
             *meeting = before;
             drop(meeting);
             meeting = slot.meeting();
             let before = mem::replace(&mut *meeting, Meeting::Task(waker));",
        )],
        models: "pending",
        model: "a_task_that_waits_gets_the_result",
        says: DEADLOCK,
    },
    Bug {
        name: "a_result_that_came_before_the_callback_is_lost",
        file: PENDING,
        edits: &[(
            "Meeting::Result(ending) => ending,
             Meeting::Empty | Meeting::Task(_) | Meeting::Callback(_) | Meeting::Over => {",
            "_ => {",
        )],
        models: "pending",
        model: "a_callback_is_told_once",
        says: DEADLOCK,
    },
    Bug {
        name: "a_callback_is_called_under_the_lock",
        file: PENDING,
        edits: &[(
            "Meeting::Callback(callback) => {
             drop(meeting);
             callback(ending);",
            "Meeting::Callback(callback) => {
             callback(ending);
             drop(meeting);",
        )],
        models: "pending",
        model: "a_callback_is_told_once",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "a_callback_is_dropped_under_the_lock",
        file: PENDING,
        edits: &[("drop(slot.end());", "*slot.meeting() = Meeting::Over;")],
        models: "pending",
        model: "a_callback_that_is_discarded_is_told_or_dropped",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "a_callback_that_is_cancelled_is_dropped_under_the_lock",
        file: PENDING,
        edits: &[(
            "let left = self.end();",
            "let mut meeting = self.meeting();
             let left = mem::replace(&mut *meeting, Meeting::Over);",
        )],
        models: "pending",
        model: "a_callback_that_is_cancelled_is_told_or_dropped",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "who_waits_for_an_abandoned_operation_does_not_hear_of_it",
        file: PENDING,
        edits: &[("deliver(&slot, Err(failure));", "drop((slot, failure));")],
        models: "pending",
        model: "a_task_whose_operation_is_abandoned_hears_of_it",
        says: DEADLOCK,
    },
    Bug {
        name: "a_result_that_comes_while_the_code_that_waits_is_dropped_is_not_given_back",
        file: PENDING,
        edits: &[(
            "let left = self.end();",
            "let none = matches!(*self.meeting(), Meeting::Empty | Meeting::Task(_));
             let left = self.end();
             let left = if none { Meeting::Empty } else { left };",
        )],
        models: "pending",
        model: "a_result_that_must_not_be_lost_is_taken_or_given_back",
        says: WRONG_VALUE,
    },
    Bug {
        name: "a_second_caller_of_a_thunk_replaces_the_first",
        file: THUNK,
        edits: &[(
            "=> waiting.push(Box::new(callback)),",
            "=> {
             let first = mem::replace(waiting, vec![Box::new(callback)]);
             drop(state);
             drop(first);
             }",
        )],
        models: "thunk",
        model: "all_who_call_a_thunk_are_told_once",
        says: DEADLOCK,
    },
    Bug {
        name: "who_waits_for_a_thunk_is_called_under_its_lock",
        file: THUNK,
        edits: &[(
            "let was = mem::replace(&mut *self.0.state(), kept);",
            "let mut state = self.0.state();
             let was = mem::replace(&mut *state, kept);",
        )],
        models: "thunk",
        model: "all_who_call_a_thunk_are_told_once",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "who_waits_for_a_thunk_that_is_given_up_is_called_under_its_lock",
        file: THUNK,
        edits: &[(
            "State::Kept(Err(failure)));
             drop(state);",
            "State::Kept(Err(failure)));",
        )],
        models: "thunk",
        model: "all_who_call_a_thunk_that_is_given_up_hear_of_it",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "two_of_all_thunks_that_end_are_counted_as_one",
        file: THUNK,
        edits: &[
            (
                "let mut gathering = gathering.lock().unwrap_or_else(PoisonError::into_inner);",
                "let lock = gathering;
                 let mut gathering = lock.lock().unwrap_or_else(PoisonError::into_inner);",
            ),
            (
                "gathering.missing -= 1;",
                "let missing = gathering.missing;
                 drop(gathering);
                 gathering = lock.lock().unwrap_or_else(PoisonError::into_inner);
                 gathering.missing = missing - 1;",
            ),
        ],
        models: "thunk",
        model: "all_of_two_thunks_ends_once_with_both_values",
        says: DEADLOCK,
    },
    Bug {
        name: "a_trampoline_never_runs_again_after_a_panic",
        file: THUNK,
        edits: &[
            ("let over = Over;", ""),
            (
                "catch_unwind(AssertUnwindSafe(first));",
                "Ok::<(), Box<dyn std::any::Any + Send>>(first());",
            ),
            ("drop(over);", "drop(Over);"),
        ],
        models: "thunk",
        model: "after_a_panic_the_trampoline_runs_again",
        says: DEADLOCK,
    },
    Bug {
        name: "a_timer_is_kept_by_a_race_that_has_just_ended",
        file: COMPOSE,
        edits: &[(
            "let mut held = self.held();
             if let Some(held) = &mut *held {
             held.timer = Some(timer);
             } else {",
            "let held = self.held();
             if held.is_some() {
             drop(held);
             if let Some(held) = &mut *self.held() {
             held.timer = Some(timer);
             }
             } else {",
        )],
        models: "domain",
        model: "a_timer_is_not_kept_when_the_layers_have_ended",
        says: "the timer is still armed",
    },
    Bug {
        name: "a_timer_is_cancelled_under_the_lock_of_its_race",
        file: COMPOSE,
        edits: &[(
            "let held = self.held().take()?;
             Some(held.over())",
            "let mut held = self.held();
             let done = held.take()?.over();
             drop(held);
             Some(done)",
        )],
        models: "domain",
        model: "a_race_of_layers_and_timer_ends_once",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "a_panic_in_a_later_turn_is_not_reported_to_its_race",
        file: COMPOSE,
        edits: &[(
            "pending.subscribe(move |ending| {
             let (run, done) = waiting;
             turn(done.domain(), move || run(ending, done));",
            "pending.subscribe(move |ending| {
             let (run, done) = waiting;
             turn(None, move || run(ending, done));",
        )],
        models: "domain",
        model: "a_panic_in_a_later_turn_and_a_timer_end_a_race_once",
        says: "the panic was not reported",
    },
    Bug {
        name: "a_part_that_is_woken_while_it_is_polled_is_lost",
        file: ALL,
        edits: &[
            (
                "for number in &numbers {
                 woken.listed[*number] = false;
                 }",
                "",
            ),
            (
                "if *unfinished > 0 {",
                "for (number, part) in parts.iter().enumerate() {
                 queue.woken().listed[number] = false;
                 }
                 if *unfinished > 0 {",
            ),
        ],
        models: "driver",
        model: "parts_that_two_threads_wake_are_all_polled",
        says: DEADLOCK,
    },
    Bug {
        name: "the_task_of_the_parts_is_woken_under_the_lock",
        file: ALL,
        edits: &[(
            "let task = woken.task.take();
             drop(woken);",
            "let task = woken.task.take();",
        )],
        models: "driver",
        model: "parts_that_two_threads_wake_are_all_polled",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "a_stale_waker_of_the_parts_is_dropped_under_the_lock",
        file: ALL,
        edits: &[(
            "drop(woken);
             drop(before);",
            "drop(before);
             drop(woken);",
        )],
        models: "driver",
        model: "parts_that_are_polled_under_another_waker_wake_it",
        says: UNDER_A_LOCK,
    },
    Bug {
        name: "the_waker_of_the_parts_is_stored_after_they_are_taken",
        file: ALL,
        edits: &[(
            "let before = woken.task.replace(task);",
            "drop(woken);
             let mut woken = self.woken();
             let before = woken.task.replace(task);",
        )],
        models: "driver",
        model: "a_generator_gets_the_answers_of_two_threads",
        says: DEADLOCK,
    },
    Bug {
        name: "the_task_is_told_of_the_first_timer_only",
        file: TIMERS,
        edits: &[("armed.looks.is_none_or(|looks| due < looks)", "armed.looks.is_none()")],
        models: "timers",
        model: "timers_that_two_threads_arm_fire_when_they_are_due",
        says: DEADLOCK,
    },
    Bug {
        name: "a_timer_that_is_armed_between_the_look_and_the_wait_is_not_heard",
        file: TIMERS,
        edits: &[
            (
                "let earlier = self.earlier.notified();
                 match next() {",
                "let next = next();
                 let earlier = self.earlier.notified();
                 match next {",
            ),
            (".notify_one()", ".notify_waiters()"),
        ],
        models: "timers",
        model: "timers_that_two_threads_arm_fire_when_they_are_due",
        says: DEADLOCK,
    },
    Bug {
        name: "timers_fire_under_their_lock",
        file: TIMERS,
        edits: &[(
            "while let Some(completer) = shared.take_due() {
             completer.complete(Ok(()));
             }",
            "{
             let mut armed = shared.armed();
             while let Some((due, lasts)) = armed.first() {
             if due > Instant::now() { break }
             let Some(queue) = armed.queues.get_mut(&lasts) else { break };
             let Some((_, first)) = queue.timers.pop_front() else { break };
             first.complete(Ok(()));
             if queue.timers.is_empty() { armed.queues.remove(&lasts); }
             }
             }",
        )],
        models: "timers",
        model: "a_callback_of_a_timer_may_arm_the_next",
        says: DEADLOCK,
    },
    Bug {
        name: "the_task_of_the_timers_outlives_them",
        file: TIMERS,
        edits: &[("self.task.abort();", "")],
        models: "timers",
        model: "who_sleeps_when_the_timers_end_hears_of_it",
        says: DEADLOCK,
    },
    Bug {
        name: "who_waits_for_a_turn_is_told_under_the_lock",
        file: TURNS,
        edits: &[
            (
                "drop(state);
                 let lost",
                "let lost",
            ),
            ("state = turns.state();", ""),
        ],
        models: "turns",
        model: "a_callback_that_gets_its_turn_may_call_the_host_again",
        says: DEADLOCK,
    },
    Bug {
        name: "a_turn_whose_request_has_just_gone_is_lost",
        file: TURNS,
        edits: &[("=> turns.release(lease),", "=> {}")],
        models: "turns",
        model: "a_turn_whose_request_is_gone_goes_to_the_next",
        says: DEADLOCK,
    },
    Bug {
        name: "a_turn_that_is_granted_before_its_request_waits_is_lost",
        file: TURNS,
        edits: &[
            (
                "None => {
                 // Weak",
                "None => {
                 drop(state);
                 // Weak",
            ),
            (
                "state.waiting.insert(ticket, completer);",
                "state = self.state();
                 state.waiting.insert(ticket, completer);",
            ),
        ],
        models: "turns",
        model: "each_request_gets_its_turn",
        says: DEADLOCK,
    },
    Bug {
        name: "a_turn_that_comes_after_its_request_has_gone_is_lost",
        file: TURNS,
        edits: &[("None } else { lease }", "None } else { None }")],
        models: "turns",
        model: "a_turn_whose_request_is_gone_goes_to_the_next",
        says: DEADLOCK,
    },
    Bug {
        name: "a_request_that_is_gone_keeps_its_place_in_the_queue",
        file: TURNS,
        edits: &[("None => turns.forget(ticket),", "None => {}")],
        models: "turns",
        model: "a_request_that_is_gone_leaves_its_place_in_the_queue",
        says: "no turn: Ok(Crowded)",
    },
];
