//! Sessions: input, output, clients, and how they end.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bioxen_lua::{
    ErrorKind, Failure, HostModule, Limits, Manager, ManagerConfig, Mount, Prompt, Prompts, Quota, Resource,
    SecondClient, Session, SessionConfig, SessionState, Stdin, Typed, VmConfig, VmId,
};

use crate::support::engine;

/// Far longer than anything here takes; only a broken test waits for so long.
const LONG: Duration = Duration::from_secs(60);

/// Tells that it runs, and then runs until it is stopped.
const SPIN: &str = "print('spinning') while true do end";

fn manager() -> Manager {
    Manager::new(engine(), ManagerConfig { limits: Limits::none(), ..ManagerConfig::default() })
        .expect("a manager")
}

fn id(name: &str) -> VmId {
    VmId::new(name).expect("a good name")
}

#[track_caller]
fn create(manager: &Manager, name: &str, config: impl Into<SessionConfig>) -> Session {
    manager.create_session(id(name), config).expect("a session")
}

/// No limit of time or fuel: what spins is stopped by the test.
fn patient() -> VmConfig {
    VmConfig::default().limits(Limits { time: None, fuel: None, ..Limits::default() })
}

#[track_caller]
fn send(session: &Session, input: &str) -> bioxen_lua::Sent {
    session.send(input).expect("input is taken").wait().expect("it has run")
}

#[track_caller]
fn text(session: &Session) -> String {
    session.read().expect("a client").to_text().into_owned()
}

/// What a session prints for some input.
#[track_caller]
fn check(session: &Session, input: &str, output: &str) {
    send(session, input);
    assert_eq!(text(session), output, "{input}");
}

/// Waits until some text was written, and gives all output up to it.
#[track_caller]
fn wait_for(session: &Session, expected: &str) -> String {
    let mut output = String::new();
    while !output.contains(expected) {
        output += &session.read_some().wait().expect("there will be output").to_text();
    }
    output
}

#[track_caller]
fn fails<T>(result: bioxen_lua::Result<T>, kind: ErrorKind) -> String {
    let error = result.err().expect("an error");
    assert_eq!(error.kind(), kind, "{error}");
    error.to_string()
}

// ---- input -------------------------------------------------------------------------------------

#[test]
fn input_runs_and_output_is_read() {
    let manager = manager();
    let session = create(&manager, "interactive_vm", VmConfig::default());
    drop(session.send("x = 42\nprint('Value:', x)\n").expect("queued"));
    let reading = session.read_until_idle(LONG).wait().expect("output");
    assert_eq!(reading.to_text(), "Value:\t42\n");
    assert_eq!((reading.lost, reading.next), (0, 10));
    assert_eq!(text(&session), "", "what was read is not read again");
}

#[test]
fn a_session_is_left_found_again_and_ended() {
    let manager = manager();
    let session = create(&manager, "interactive_vm", VmConfig::default());
    check(&session, "x = 10\nprint('Value:', x)\n", "Value:\t10\n");
    session.detach().expect("attached");
    let session = manager.attach(&id("interactive_vm")).expect("free");
    check(&session, "x", "10\n");
    session.terminate().expect("alive");
    fails(manager.attach(&id("interactive_vm")), ErrorKind::NotFound);
}

#[test]
fn input_is_read_as_a_prompt_reads_it() {
    let manager = manager();
    let session = create(&manager, "prompt", VmConfig::default());
    check(&session, "1 + 1", "2\n");
    check(&session, "= 'a', nil\nx = 1\r\nx\r\n", "a\tnil\n1\n");
    check(&session, "for i = 1, 2 do", "");
    assert_eq!(session.status().state, SessionState::Unfinished);
    check(&session, "\nprint(i)\n", "");
    check(&session, "end print('done')", "1\n2\ndone\n");
    check(&session, "error('no')\n'after'", &format!("stdin:1: no\n{TRACEBACK}after\n"));
    check(&session, "x = = 1\n'after'", "stdin:1: unexpected symbol near '='\nafter\n");
    check(&session, "error({})", &format!("(error object is a table value)\n{TRACEBACK}"));
}

const TRACEBACK: &str =
    "stack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: in ?\n";

#[test]
fn the_job_of_some_input_tells_what_became_of_it() {
    let manager = manager();
    let session = create(&manager, "tells", VmConfig::default());
    let sent = send(&session, "x = 1\n\nerror('one')\nx x\nlocal t = {");
    assert_eq!((sent.statements, sent.failed), (3, 2));
    assert!(matches!(&sent.failures[0], Failure::Raised { message, .. } if message == "stdin:1: one"));
    assert!(matches!(&sent.failures[1], Failure::Syntax { incomplete: false, .. }));
    assert!(matches!(&sent.last_failure, Some(Failure::Syntax { .. })));
    assert!(sent.unfinished.expect("a table is open").ends_with("near <eof>"));
    let sent = send(&session, "}");
    assert_eq!((sent.statements, sent.failed, sent.unfinished), (1, 0, None));
    let sent = send(&session, &"error('again')\n".repeat(100));
    assert_eq!((sent.failed, sent.failures.len()), (100, 8), "memory for failures is bounded");
}

#[test]
fn a_script_reads_what_is_sent_behind_it() {
    let manager = manager();
    let session = create(&manager, "reads", VmConfig::default());
    check(&session, "name = io.read()\nadenine\nprint('hello ' .. name)", "hello adenine\n");
    let job = session.send("io.write('name? ') name = io.read()").expect("queued");
    assert_eq!(session.read_until_idle(LONG).wait().expect("a prompt").to_text(), "name? ");
    assert_eq!(session.status().state, SessionState::AwaitingInput);
    check(&session, "guanine", "");
    assert_eq!(job.wait().expect("it has run").statements, 1);
    check(&session, "name", "guanine\n");
}

#[test]
fn a_limit_leaves_everything_as_before_the_line() {
    let manager = manager();
    let limits = Limits { fuel: Some(50_000_000), ..Limits::default() };
    let session = create(&manager, "limited", VmConfig::default().limits(limits));
    let sent = send(&session, "x = 1\nx = 2; io.write('so far') while true do end\nprint(x)");
    assert!(matches!(sent.failures[..], [Failure::Limit { resource: Resource::Fuel, .. }]));
    let output = text(&session);
    assert!(output.starts_with("so far\nlimit `fuel` reached: "), "{output}");
    assert!(output.ends_with("; everything is as before the line\n1\n"), "{output}");
}

#[test]
fn a_script_that_spoils_its_own_tools_harms_nobody_else() {
    let manager = manager();
    let session = create(&manager, "spoilt", VmConfig::default());
    let other = create(&manager, "other", VmConfig::default());
    let sent = send(
        &session,
        "print = nil\n\
         getmetatable('').__index = function() error('poison') end\n\
         local _ = debug.setmetatable(1, {__add = error, __tostring = error})\n\
         local _ = debug.setmetatable(nil, {__call = error, __index = error})\n\
         local _ = setmetatable(_G, {__index = error, __newindex = error})\n\
         require = error tostring = error string = nil io = nil",
    );
    assert_eq!(sent.failed, 0, "{sent:?}");
    assert_eq!(send(&session, "'x'").failed, 1, "nothing prints any more");
    assert!(text(&session).starts_with("bad argument"), "the error says so all the same");
    fails(session.load_package("math").expect("queued").wait(), ErrorKind::Failed);
    assert_eq!(send(&session, "y = 1").failed, 1);
    assert_eq!(session.status().state, SessionState::Idle);
    check(&other, "1 + 1", "2\n");
    session.terminate().expect("alive");
}

// ---- bounds ------------------------------------------------------------------------------------

#[test]
fn more_input_than_fits_is_refused_whole() {
    let manager = manager();
    let session = create(&manager, "full", VmConfig::default());
    let message = fails(session.send(vec![b'x'; 100 << 20]), ErrorKind::QueueFull);
    assert!(message.contains("holds 0 of 1048576 bytes, and 104857601 more"), "{message}");
    fails(session.send(vec![b'-'; 1 << 20]), ErrorKind::QueueFull); // no room for its newline
    assert_eq!(send(&session, &format!("'fits'--{}", "-".repeat((1 << 20) - 9))).statements, 1);
    assert_eq!(send(&session, &"\n".repeat(1_000_000)).statements, 0);
    assert_eq!(text(&session), "fits\n");
}

#[test]
fn a_queue_has_room_again_when_its_input_has_run() {
    let manager = manager();
    let config = SessionConfig { input: 16, ..patient().into() };
    let session = create(&manager, "small", config);
    let job = session.send("io.read('a')").expect("13 bytes");
    wait_until_awaiting(&session);
    session.interrupt().expect("alive");
    job.wait().expect("interrupted");
    session.send("print('full..')").expect("16 bytes").wait().expect("it has run");
    fails(session.send("print('full...')"), ErrorKind::QueueFull);
    assert_eq!(send(&session, "").statements, 0);
}

#[track_caller]
fn wait_until_awaiting(session: &Session) {
    session.read_until_idle(LONG).wait().expect("a client");
    assert_eq!(session.status().state, SessionState::AwaitingInput);
}

#[test]
fn more_jobs_than_a_vm_takes_leave_no_input_behind() {
    let (open, opened) = std::sync::mpsc::channel::<()>();
    let opened = Mutex::new(opened);
    let gate = HostModule::new("gate").function("pass", move |_, ()| {
        opened.lock().expect("one at a time").recv() // until the test says so
    });
    let limits = Limits { host_call_time: None, ..Limits::none() };
    let manager = manager();
    let session = create(&manager, "jobs", VmConfig::default().limits(limits).module(gate));
    let first = session.send("n = 0 print('at the gate') require('gate').pass()").expect("queued");
    wait_for(&session, "at the gate");
    let mut jobs = Vec::new();
    let message = loop {
        match session.send("n = n + 1") {
            Ok(job) => jobs.push(job),
            Err(error) => break fails::<()>(Err(error), ErrorKind::QueueFull),
        }
    };
    assert!(message.contains("10000 jobs"), "{message}");
    open.send(()).expect("it waits");
    assert_eq!(first.wait().expect("it has run").failed, 0);
    let count = jobs.len();
    assert!(jobs.into_iter().all(|job| job.wait().expect("it has run").statements == 1));
    check(&session, "n", &format!("{count}\n"));
}

#[test]
fn a_reader_that_comes_late_is_told_what_it_lost() {
    let manager = manager();
    let config = SessionConfig { output: 1_000, ..SessionConfig::default() };
    let session = create(&manager, "lossy", config);
    send(&session, "for i = 1, 10000 do io.write(string.format('%06d,', i)) end");
    let reading = session.read().expect("output");
    assert_eq!((reading.lost, reading.bytes.len(), reading.next), (69_000, 1_000, 70_000));
    assert!(reading.to_text().ends_with("009999,010000,"));
    assert_eq!(session.status().unread, 0);
    check(&session, "'now'", "now\n");
}

#[test]
fn a_reader_that_never_reads_costs_no_more_than_the_ring() {
    let manager = manager();
    let session = create(&manager, "unread", VmConfig::default());
    for _ in 0..64 {
        send(&session, "local _ = io.write(('x'):rep(1 << 20))");
    }
    let status = session.status();
    assert_eq!((status.written, status.unread), (64 << 20, 64 << 20));
    let reading = session.read().expect("output");
    assert_eq!((reading.lost, reading.bytes.len()), ((64 << 20) - (256 << 10), 256 << 10));
}

#[test]
fn attempts_at_one_statement_share_the_limits_of_a_call() {
    let manager = manager();
    let limits = Limits { time: Some(Duration::from_millis(200)), ..Limits::default() };
    let session = create(&manager, "pasted", VmConfig::default().limits(limits));
    let sent = send(&session, &format!("x = {{\n{}", "1,\n".repeat(20_000)));
    assert!(
        matches!(sent.failures[0], Failure::Limit { resource: Resource::Time, .. }),
        "{:?}",
        sent.failures[0]
    );
}

#[test]
fn other_sessions_go_on_while_one_runs_many_lines() {
    let manager =
        Manager::new(engine(), ManagerConfig { workers: 1, ..ManagerConfig::default() }).expect("a manager");
    // Lines that are refused never reach the guest, whose own turns end by themselves.
    let limits = Limits { source: Some(1), ..Limits::default() };
    let busy = create(&manager, "busy", VmConfig::default().limits(limits));
    let quick = create(&manager, "quick", VmConfig::default());
    let job = busy.send("xy\n".repeat(340_000)).expect("queued");
    wait_for(&busy, "limit `source`");
    check(&quick, "1", "1\n");
    assert!(!job.is_finished(), "340,000 statements were run before one other");
    busy.interrupt().expect("alive");
    assert!(job.wait().expect("stopped").interrupted);
}

#[test]
fn settings_out_of_range_are_refused() {
    let manager = manager();
    let refused = |config: SessionConfig| {
        fails(manager.create_session(id("refused"), config), ErrorKind::InvalidConfig)
    };
    assert!(refused(SessionConfig { output: 0, ..SessionConfig::default() }).contains("`output` is 0 bytes"));
    assert!(refused(SessionConfig { input: 65 << 20, ..SessionConfig::default() }).contains("`input`"));
    let none = Some(Duration::ZERO);
    assert!(refused(SessionConfig { idle_time: none, ..SessionConfig::default() }).contains("`idle_time`"));
    assert!(refused(SessionConfig { life_time: none, ..SessionConfig::default() }).contains("`life_time`"));
    assert!(refused(VmConfig::default().stdin(Stdin::bytes("x")).into()).contains("`stdin`"));
    assert!(refused(VmConfig::default().stdout(Vec::new()).into()).contains("`stdout`"));
    create(&manager, "refused", VmConfig::default()); // none of them took the name
}

// ---- waiting -----------------------------------------------------------------------------------

#[test]
fn waiting_for_idleness_has_an_end() {
    let manager = manager();
    let session = create(&manager, "spins", patient());
    drop(session.send(SPIN).expect("queued"));
    let output = wait_for(&session, "spinning\n");
    assert_eq!(output, "spinning\n");
    let reading = session.read_until_idle(Duration::from_millis(20)).wait().expect("in time");
    assert!(reading.is_empty());
    assert_eq!(session.status().state, SessionState::Running);
    assert!(session.read_until_idle(Duration::ZERO).wait().expect("in time").is_empty());
}

#[test]
fn output_is_waited_for_on_any_executor() {
    let manager = manager();
    let session = create(&manager, "awaited", VmConfig::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let output = runtime.block_on(async {
        assert_eq!(session.read_some().wait().expect_err("inside a runtime").kind(), ErrorKind::WouldBlock);
        session.send("print('one')").expect("queued").await.expect("it has run");
        let one = session.read_some().await.expect("output");
        drop(session.send("print('two')").expect("queued"));
        let two = session.read_until_idle(LONG).await.expect("output");
        format!("{one}{two}")
    });
    assert_eq!(output, "one\ntwo\n");
}

// ---- clients -----------------------------------------------------------------------------------

#[test]
fn what_was_written_meanwhile_is_replayed() {
    let manager = manager();
    let session = create(&manager, "replays", VmConfig::default());
    check(&session, "'read'", "read\n");
    let job = session.send("'unread'").expect("queued");
    drop(session);
    job.wait().expect("it has run");
    assert_eq!(manager.sessions().expect("a list")[0].clients, 0);
    let session = manager.attach(&id("replays")).expect("free");
    assert_eq!(text(&session), "unread\n");
    drop(session);
    assert_eq!(text(&manager.attach(&id("replays")).expect("free")), "");
}

#[test]
fn a_second_client_is_refused() {
    let manager = manager();
    let session = create(&manager, "mine", VmConfig::default());
    let message = fails(manager.attach(&id("mine")), ErrorKind::Attached);
    assert!(message.contains("`mine`"), "{message}");
    check(&session, "1", "1\n");
    session.detach().expect("attached");
    manager.attach(&id("mine")).expect("free");
}

#[test]
fn clients_may_share() {
    let manager = manager();
    let config = SessionConfig { second_client: SecondClient::Share, ..SessionConfig::default() };
    let first = create(&manager, "ours", config);
    check(&first, "'before'", "before\n");
    send(&first, "'unread'");
    let second = manager.attach(&id("ours")).expect("shared");
    send(&second, "'together'");
    assert_eq!(text(&second), "unread\ntogether\n");
    assert_eq!(text(&first), "unread\ntogether\n");
    assert_eq!(first.status().clients, 2);
    assert_eq!(first.read_from(7).expect("a client").to_text(), "unread\ntogether\n");
}

#[test]
fn a_client_may_take_over() {
    let manager = manager();
    let config = SessionConfig { second_client: SecondClient::TakeOver, ..SessionConfig::default() };
    let first = create(&manager, "theirs", config);
    send(&first, "'unread'");
    let waiting = thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            while !first.read_some().wait()?.is_empty() {}
            Ok(())
        });
        let second = manager.attach(&id("theirs")).expect("taken over");
        send(&second, "'more'");
        assert!(text(&second).ends_with("more\n"));
        waiting.join().expect("no panic")
    });
    fails(waiting, ErrorKind::Detached);
    fails(first.send("1"), ErrorKind::Detached);
    fails(first.read(), ErrorKind::Detached);
    fails(first.read_from(0), ErrorKind::Detached);
    fails(first.detach(), ErrorKind::Detached);
    fails(first.interrupt(), ErrorKind::Detached);
    fails(first.terminate(), ErrorKind::Detached);
    fails(first.load_package("x"), ErrorKind::Detached);
}

#[test]
fn a_handle_goes_anywhere() {
    fn is_shared<T: Send + Sync + 'static>(_: &T) {}
    let manager = manager();
    let mut sessions = HashMap::new();
    for name in ["a", "b"] {
        sessions.insert(id(name), create(&manager, name, VmConfig::default()));
    }
    is_shared(&sessions);
    let names: Vec<_> = manager.sessions().expect("a list").into_iter().map(|status| status.id).collect();
    assert_eq!(names, [id("a"), id("b")]);
    drop(manager);
    for session in sessions.values() {
        fails(session.send("1"), ErrorKind::Terminated);
        fails(session.read(), ErrorKind::Terminated);
        assert_eq!(session.status().state, SessionState::Terminated);
    }
}

#[test]
fn sessions_and_vms_share_their_names() {
    let manager = manager();
    let session = create(&manager, "taken", VmConfig::default());
    fails(manager.create_vm(id("taken"), VmConfig::default()), ErrorKind::Exists);
    fails(manager.create_session(id("taken"), VmConfig::default()), ErrorKind::Exists);
    manager.create_vm(id("plain"), VmConfig::default()).expect("a VM");
    assert!(fails(manager.attach(&id("plain")), ErrorKind::NotFound).contains("`plain`"));
    assert!(fails(manager.attach(&id("nonexistent")), ErrorKind::NotFound).contains("`nonexistent`"));
    assert_eq!(manager.sessions().expect("a list").len(), 1);
    session.vm().exec("print('beside')").expect("queued").wait().expect("it has run");
    assert_eq!(text(&session), "beside\n", "the session's VM prints to the session");
}

#[test]
fn sessions_without_a_client_have_a_ceiling() {
    let quota = Quota { detached_sessions: Some(1), ..Quota::default() };
    let manager = Manager::new(engine(), ManagerConfig { quota, ..ManagerConfig::default() }).expect("one");
    let first = create(&manager, "first", VmConfig::default());
    let second = create(&manager, "second", VmConfig::default());
    first.detach().expect("one may be without");
    let message = fails(second.detach(), ErrorKind::QuotaExceeded);
    assert!(message.contains("the manager has 1 detached sessions, its ceiling is 1"), "{message}");
    check(&second, "'attached still'", "attached still\n");
    drop(second);
    fails(manager.attach(&id("second")), ErrorKind::NotFound);
    let first = manager.attach(&id("first")).expect("it was kept");
    let third = create(&manager, "third", VmConfig::default());
    third.detach().expect("there is room again");
    manager.terminate(&id("third")).expect("alive");
    first.detach().expect("a terminated session counts no more");
}

#[test]
fn a_session_is_counted_by_its_quota_and_tells_its_use() {
    let quota = Quota { vms: Some(1), ..Quota::default() };
    let manager = Manager::new(engine(), ManagerConfig { quota, ..ManagerConfig::default() }).expect("one");
    let session = create(&manager, "only", VmConfig::default());
    fails(manager.create_session(id("more"), VmConfig::default()), ErrorKind::QuotaExceeded);
    send(&session, "for i = 1, 1000 do end");
    let status = session.status();
    assert!(status.fuel > 1_000 && status.memory > 100_000 && status.idle.is_some(), "{status:?}");
    session.terminate().expect("alive");
    create(&manager, "more", VmConfig::default());
}

// ---- stopping ----------------------------------------------------------------------------------

#[test]
fn an_interrupt_stops_the_statement_and_drops_the_rest() {
    let manager = manager();
    let session = create(&manager, "stopped", patient());
    send(&session, "x = 'before'");
    let running = session.send(format!("x = 'lost' {SPIN}\nprint('never')")).expect("queued");
    let queued = session.send("print('never either')").expect("queued");
    wait_for(&session, "spinning\n");
    session.interrupt().expect("alive");
    let behind = session.send("x").expect("queued");
    let sent = running.wait().expect("stopped");
    assert!(sent.interrupted && sent.failures == [Failure::Interrupted], "{sent:?}");
    let sent = queued.wait().expect("dropped");
    assert!(sent.interrupted && sent.statements == 0, "{sent:?}");
    assert!(!behind.wait().expect("it has run").interrupted);
    assert_eq!(text(&session), "interrupted; everything is as before the line\nbefore\n");
}

#[test]
fn an_interrupt_drops_a_statement_that_is_only_begun() {
    let manager = manager();
    let session = create(&manager, "begun", VmConfig::default());
    send(&session, "print(");
    session.interrupt().expect("alive");
    assert_eq!(session.status().state, SessionState::Idle);
    check(&session, "1", "1\n");
}

#[test]
fn an_interrupt_reaches_a_script_that_waits_for_input() {
    let manager = manager();
    let session = create(&manager, "waits", patient());
    let job = session.send("x = io.read()").expect("queued");
    wait_until_awaiting(&session);
    session.interrupt().expect("alive");
    assert!(job.wait().expect("stopped").interrupted);
    text(&session);
    check(&session, "'not', 'input'", "not\tinput\n");
}

#[test]
fn interrupts_are_never_lost_between_two_statements() {
    let manager = manager();
    let session = create(&manager, "raced", patient());
    for _ in 0..200 {
        let job = session.send(format!("{}while true do end", "x = 1\n".repeat(20))).expect("queued");
        session.interrupt().expect("alive");
        assert!(job.wait().expect("stopped").interrupted);
    }
    text(&session);
    check(&session, "'fine'", "fine\n");
}

#[test]
fn cancelling_a_job_stops_its_input_and_what_follows() {
    let manager = manager();
    let session = create(&manager, "cancelled", patient());
    let running = session.send(SPIN).expect("queued");
    let queued = session.send("print('never')").expect("queued");
    wait_for(&session, "spinning\n");
    queued.cancel();
    assert!(queued.wait().expect("dropped").interrupted);
    running.cancel();
    assert!(running.wait().expect("stopped").interrupted);
    text(&session);
    check(&session, "'fine'", "fine\n");
}

#[test]
fn terminating_ends_everybody_who_waits() {
    let manager = manager();
    let session = create(&manager, "ended", patient());
    let running = session.send(SPIN).expect("queued");
    let queued = session.send("1").expect("queued");
    wait_for(&session, "spinning\n");
    let begun = Instant::now();
    thread::scope(|scope| {
        let some = scope.spawn(|| session.read_some().wait());
        let idle = scope.spawn(|| session.read_until_idle(LONG).wait());
        manager.terminate(&id("ended")).expect("alive");
        fails(some.join().expect("no panic"), ErrorKind::Terminated);
        fails(idle.join().expect("no panic"), ErrorKind::Terminated);
    });
    fails(running.wait(), ErrorKind::Terminated);
    fails(queued.wait(), ErrorKind::Terminated);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    fails(session.send("1"), ErrorKind::Terminated);
    fails(session.terminate(), ErrorKind::Terminated);
    check(&create(&manager, "ended", VmConfig::default()), "'the name is free'", "the name is free\n");
}

#[test]
fn what_a_terminated_session_wrote_can_still_be_read() {
    let manager = manager();
    let session = create(&manager, "last", VmConfig::default());
    send(&session, "'last words'");
    session.terminate().expect("alive");
    assert_eq!(text(&session), "last words\n");
    fails(session.read(), ErrorKind::Terminated);
}

#[test]
fn leaving_ends_a_session_with_a_status() {
    let manager = manager();
    let session = create(&manager, "left", VmConfig::default());
    let sent = send(&session, "print('bye') os.exit(7)\nprint('never')");
    assert_eq!((sent.exit, sent.interrupted, sent.failed), (Some(7), false, 0));
    assert_eq!(session.status().state, SessionState::Ended(7));
    assert!(fails(session.send("1"), ErrorKind::Ended).contains("status 7"));
    assert_eq!(session.read_some().wait().expect("output").to_text(), "bye\n");
    fails(session.read_some().wait(), ErrorKind::Ended);
    assert_eq!(text(&session), "");
    session.terminate().expect("it still has its name");
}

#[test]
fn a_session_that_is_idle_for_long_is_ended() {
    let manager = manager();
    let config = SessionConfig { idle_time: Some(Duration::from_millis(300)), ..patient().into() };
    let session = create(&manager, "idle", config);
    let job = session.send(SPIN).expect("queued");
    wait_for(&session, "spinning\n");
    // It runs for longer than it may be idle.
    session.read_until_idle(Duration::from_millis(900)).wait().expect("it lives while it runs");
    session.interrupt().expect("alive");
    job.wait().expect("stopped");
    text(&session);
    fails(session.read_some().wait(), ErrorKind::Terminated);
    fails(manager.attach(&id("idle")), ErrorKind::NotFound);
}

#[test]
fn a_session_that_has_lived_long_enough_is_ended() {
    let manager = manager();
    let config = SessionConfig { life_time: Some(Duration::from_millis(200)), ..patient().into() };
    let session = create(&manager, "old", config);
    let begun = Instant::now();
    let job = session.send("while true do end").expect("queued");
    fails(job.wait(), ErrorKind::Terminated);
    assert!(begun.elapsed() >= Duration::from_millis(200) - Duration::from_millis(20));
    fails(session.send("1"), ErrorKind::Terminated);
}

// ---- packages ----------------------------------------------------------------------------------

fn with_modules(folder: &std::path::Path) -> VmConfig {
    std::fs::write(folder.join("math_package.lua"), "return {compute = function(x) return x * x end}")
        .expect("written");
    std::fs::create_dir(folder.join("seq")).expect("made");
    std::fs::write(folder.join("seq/gc.lua"), "return 'gc content'").expect("written");
    std::fs::write(folder.join("broken.lua"), "error('inside')").expect("written");
    std::fs::write(folder.join("quiet.lua"), "loaded_quietly = true").expect("written");
    VmConfig::default().mount(Mount::read_only(folder, "/lib").expect("a folder"))
}

#[test]
fn a_package_is_loaded_as_a_global() {
    let folder = tempfile::tempdir().expect("a folder");
    let kv = HostModule::new("kv").function("get", |_, key: String| Ok::<_, Infallible>(key + "!"));
    let manager = manager();
    let session = create(&manager, "package_vm", with_modules(folder.path()).module(kv));
    let load = |name: &str| session.load_package(name).expect("queued").wait();
    load("math_package").expect("it is there");
    check(&session, "print(math_package.compute(10))", "100\n");
    load("seq.gc").expect("it is there");
    check(&session, "gc", "gc content\n");
    load("kv").expect("the host has it");
    check(&session, "kv.get('x')", "x!\n");
    load("quiet").expect("it is there");
    load("string").expect("Lua has it");
    check(&session, "quiet, loaded_quietly", "true\ttrue\n");
}

#[test]
fn a_package_that_cannot_be_loaded_is_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let manager = manager();
    let session = create(&manager, "package_vm", with_modules(folder.path()));
    let load = |name: &str| session.load_package(name).expect("queued").wait();
    assert!(fails(load("missing.one"), ErrorKind::NotFound).contains("`missing.one`"));
    assert!(fails(load("broken"), ErrorKind::Failed).contains("inside"));
    fails(session.load_package(""), ErrorKind::InvalidValue);
    fails(session.load_package("a."), ErrorKind::InvalidValue);
    fails(load("../../etc/passwd"), ErrorKind::NotFound);
    check(&session, "missing, one, broken", "nil\tnil\tnil\n");
    send(&session, "require = function() while true do end end");
    assert_eq!(text(&session), "");
}

#[test]
fn another_environment_keeps_the_lua_state() {
    let folder = tempfile::tempdir().expect("a folder");
    let manager = manager();
    let session = create(&manager, "moved", VmConfig::default().var("WHERE", "here"));
    check(&session, "x = function() return 'kept' end", "");
    check(&session, "x(), os.getenv('WHERE')", "kept\there\n");
    fails(session.load_package("math_package").expect("queued").wait(), ErrorKind::NotFound);
    let environment = with_modules(folder.path()).var("WHERE", "there");
    session.set_environment(environment).expect("queued").wait().expect("it fits");
    session.load_package("math_package").expect("queued").wait().expect("it is there now");
    check(&session, "x(), os.getenv('WHERE'), math_package.compute(3)", "kept\tthere\t9\n");
    let clash = VmConfig::default()
        .mount(Mount::read_only(folder.path(), "/lib").expect("a folder"))
        .mount(Mount::read_only(folder.path(), "/lib").expect("a folder"));
    fails(session.set_environment(clash).expect("queued").wait(), ErrorKind::InvalidConfig);
    check(&session, "x()", "kept\n");
}

// ---- at a prompt -------------------------------------------------------------------------------

/// What a prompt over a session writes for some lines, and how it ends.
#[track_caller]
fn interacts(prompts: Prompts, lines: &str, expected: &str, status: Option<i32>) {
    let manager = manager();
    let session = create(&manager, "prompt", VmConfig::default());
    let mut output = Vec::new();
    assert_eq!(session.interact(prompts, lines.as_bytes(), &mut output).expect("it ends"), status);
    assert_eq!(String::from_utf8_lossy(&output), expected);
}

#[test]
fn a_prompt_shows_what_comes_of_each_line() {
    interacts(Prompts::Hidden, "1 + 1\nx = io.read()\nGATTACA\nx\n", "2\nGATTACA\n", None);
    interacts(Prompts::Hidden, "for i = 1, 2 do\nprint(i)\nend\n", "1\n2\n", None);
    interacts(Prompts::Shown, "f(\n1", "> >> >> ", None);
    interacts(Prompts::Shown, "io.write('name? ') n = io.read()\nada\nn\n", "> name? > ada\n> ", None);
    interacts(Prompts::Hidden, "io.read()\n", "nil\n", None);
    interacts(Prompts::Hidden, "'bye'\nos.exit(3)\n'never'\n", "bye\n", Some(3));
}

#[test]
fn a_prompt_goes_on_behind_a_line_that_is_too_long() {
    let manager = manager();
    let session = create(&manager, "long", SessionConfig { input: 20, ..SessionConfig::default() });
    let lines = format!("{}\n'fine'\n", "x".repeat(1_000));
    let mut output = Vec::new();
    session.interact(Prompts::Hidden, lines.as_bytes(), &mut output).expect("it ends");
    let output = String::from_utf8_lossy(&output);
    assert!(output.contains("of 20 bytes") && output.ends_with("\nfine\n"), "{output}");
}

#[test]
fn a_prompt_begins_with_what_was_missed_and_survives_leaving() {
    let manager = manager();
    let config = SessionConfig { output: 10, ..SessionConfig::default() };
    let session = create(&manager, "missed", config);
    send(&session, "print('0123456789')");
    let mut output = Vec::new();
    session.interact(Prompts::Hidden, "x = 1".as_bytes(), &mut output).expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output), "[1 bytes of output are lost]\n123456789\n");
    check(&session, "x", "1\n");
}

#[test]
fn lines_may_come_from_an_editor() {
    let manager = manager();
    let session = create(&manager, "edited", VmConfig::default());
    let mut typed =
        vec![Typed::End, Typed::Line(b"'done'".to_vec()), Typed::Cleared, Typed::Line(b"print(".to_vec())];
    let mut prompts = Vec::new();
    let mut output = Vec::new();
    let lines = |prompt: Prompt| {
        prompts.push(prompt);
        Ok(typed.pop().expect("it stops at the end"))
    };
    session.interact_with(lines, &mut output).expect("it ends");
    assert_eq!(output, b"done\n");
    assert_eq!(prompts, [Prompt::Statement, Prompt::Continuation, Prompt::Statement, Prompt::Statement]);
}

#[test]
fn a_prompt_whose_streams_fail_says_so() {
    let manager = manager();
    let session = create(&manager, "torn", VmConfig::default());
    let torn = |_| Err(std::io::Error::other("torn"));
    assert!(fails(session.interact_with(torn, Vec::new()), ErrorKind::Stream).contains("torn"));
    let full: &mut [u8] = &mut [];
    fails(session.interact(Prompts::Hidden, "'x'\n".as_bytes(), full), ErrorKind::Stream);
    check(&session, "'fine'", "fine\n");
}

// ---- many at once ------------------------------------------------------------------------------

#[test]
fn many_senders_are_served_in_the_order_of_sending() {
    let manager = manager();
    let config = SessionConfig { second_client: SecondClient::Share, ..SessionConfig::default() };
    let session = Arc::new(create(&manager, "senders", config));
    send(&session, "n = 0");
    thread::scope(|scope| {
        for _ in 0..16 {
            let session = session.clone();
            scope.spawn(move || {
                for _ in 0..100 {
                    let sent = send(&session, "n = n + 1");
                    assert_eq!((sent.statements, sent.failed), (1, 0));
                }
            });
        }
    });
    check(&session, "n", "1600\n");
}

/// What threads do to one session at the same time; only kinds of errors that fit may come of it.
#[test]
fn one_name_stands_anything_from_many_threads() {
    const THREADS: u64 = 16;
    const STEPS: u64 = 500;
    let manager = manager();
    let start = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (manager, start) = (&manager, &start);
            scope.spawn(move || {
                start.wait();
                let mut random = thread + 1;
                for _ in 0..STEPS {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    step(manager, random >> 33);
                }
            });
        }
    });
    let _ = manager.terminate(&id("one"));
    check(&create(&manager, "one", VmConfig::default()), "1", "1\n");
}

fn step(manager: &Manager, random: u64) {
    let config = SessionConfig { second_client: SecondClient::Share, ..patient().into() };
    let session = match manager.attach(&id("one")) {
        Ok(session) => session,
        Err(_) => match manager.create_session(id("one"), config) {
            Ok(session) => session,
            Err(error) => return assert_eq!(error.kind(), ErrorKind::Exists),
        },
    };
    let result = match random % 8 {
        0 => session.send("x = (x or 0) + 1").and_then(|job| job.wait()).map(|_| ()),
        1 => session.send("print(x)").map(|_| ()),
        2 => session.read().map(|_| ()),
        3 => session.interrupt(),
        4 => session.read_until_idle(LONG).wait().map(|_| ()),
        5 => session.detach(),
        6 => manager.sessions().map(|_| ()),
        _ => session.terminate(),
    };
    if let Err(error) = result {
        assert_eq!(error.kind(), ErrorKind::Terminated, "{error}");
    }
}
