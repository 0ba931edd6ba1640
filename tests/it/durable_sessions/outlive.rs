//! What a session takes along into the next process.

use super::*;

#[test]
fn a_session_outlives_its_manager() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    let sent = send(&session, "n = 1; function up() n = n + 1 return n end");
    assert_eq!(sent.saved, Saved::OnDisk);
    check(&session, "up()", "2\n");
    assert_eq!(first.shutdown().unsaved, []);
    let second = manager(&folder);
    let session = attach(&second, "kept");
    check(&session, "up()", "3\n");
    check(&session, "print(session, n)", "nil\t3\n");
}

#[test]
fn output_that_nobody_has_read_is_replayed_once() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    check(&session, "print('read')", "read\n");
    send(&session, "print('not read')");
    first.shutdown();
    let second = manager(&folder);
    let session = attach(&second, "kept");
    let reading = session.read().expect("a client");
    assert_eq!((&*reading.to_text(), reading.lost, reading.next), ("not read\n", 0, 14));
    assert_eq!(session.read_from(0).expect("a client").to_text(), "read\nnot read\n");
    send(&session, "x = 1");
    drop(session);
    second.shutdown();
    let third = manager(&folder);
    assert_eq!(text(&attach(&third, "kept")), "");
}

#[test]
fn everything_of_a_lua_state_outlives_the_manager() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    send(&session, "text = ('x'):rep(100000)");
    send(&session, "t = setmetatable({}, { __index = function(_, k) return k .. '!' end })");
    send(&session, "co = coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i) end end)");
    send(&session, "do local n = 10; function count() n = n + 1 return n end end");
    check(&session, "co() co() count()\nprint(co(), count())", "3\t12\n");
    first.shutdown();
    let second = manager(&folder);
    check(&attach(&second, "kept"), "print(co(), count(), t.a, #text)", "4\t13\ta!\t100000\n");
}

#[test]
fn a_statement_that_is_only_begun_goes_on_in_the_next_process() {
    let folder = folder();
    let first = manager(&folder);
    let (one, two) = (create(&first, "one"), create(&first, "two"));
    assert!(send(&one, "print(1,").unfinished.is_some());
    send(&two, "for i = 1, 2 do\nprint(i)\n");
    first.shutdown();
    let second = manager(&folder);
    let (one, two) = (attach(&second, "one"), attach(&second, "two"));
    assert_eq!(one.status().state, SessionState::Unfinished);
    check(
        &one,
        "nil,\n error('wrong'))",
        "stdin:3: wrong\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:3: in main chunk\n\t[C]: in ?\n",
    );
    check(&two, "end", "1\n2\n");
}

#[test]
fn calls_beside_the_input_are_saved_too() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    session.vm().set("x", 7).expect("queued").wait().expect("set and saved");
    session.vm().exec("print(x) y = 8").expect("queued").wait().expect("run and saved");
    first.shutdown();
    let second = manager(&folder);
    let session = attach(&second, "kept");
    assert_eq!(text(&session), "7\n");
    check(&session, "print(x, y)", "7\t8\n");
}

#[test]
fn a_session_that_has_ended_can_still_be_read() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "over");
    assert_eq!(send(&session, "print('last words') os.exit(3)").exit, Some(3));
    first.shutdown();
    let second = manager(&folder);
    assert_eq!(state(&second, "over"), Some(SessionState::Ended(3)));
    let session = attach(&second, "over");
    assert_eq!(session.status().state, SessionState::Ended(3));
    assert_eq!(text(&session), "last words\n");
    fails(session.send("x = 1"), ErrorKind::Ended);
    fails(session.vm().exec("return 1").expect("queued").wait(), ErrorKind::Ended);
    fails(second.attach(&id("over")), ErrorKind::Attached);
    session.terminate().expect("it was there");
    assert_eq!(files(&folder, "over").len(), 0);
}

#[test]
fn a_call_that_was_stopped_leaves_the_state_before_it() {
    let folder = folder();
    let limits = Limits { fuel: Some(50_000_000), ..Limits::default() };
    let first = manager(&folder);
    let config = SessionConfig { vm: VmConfig::default().limits(limits), ..each_call() };
    let session = first.create_session(id("kept"), config).expect("a session");
    send(&session, "n = 1");
    assert!(matches!(send(&session, "n = 2 while true do end").last_failure, Some(Failure::Limit { .. })));
    text(&session);
    first.shutdown();
    check(&attach(&manager(&folder), "kept"), "n", "1\n");
}

#[test]
fn what_finalizers_print_is_output() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    send(&session, "do local _ = setmetatable({}, { __gc = function() print('collected') end }) end");
    assert_eq!(text(&session), "collected\n", "the save collects garbage");
    first.shutdown();
    let session = attach(&manager(&folder), "kept");
    assert_eq!(session.read_from(0).expect("a client").to_text(), "collected\n");
}

#[test]
fn copies_of_a_session_outlive_the_manager_too() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    send(&session, "n = 1 print('of the first')");
    let forks = session.fork(vec![id("one"), id("two")]).expect("queued").wait().expect("made");
    send(&session, "n = 2");
    check_copied(&folder, "one", "n", "1\n");
    send(&forks[0], "n = 3");
    let snapshot = forks[0].snapshot().expect("queued").wait().expect("taken");
    forks[1].restore(snapshot).expect("queued").wait().expect("restored and saved");
    check_copied(&folder, "two", "n", "3\n");
    first
        .create_session_from(
            id("three"),
            &forks[1].snapshot().expect("queued").wait().expect("taken"),
            each_call(),
        )
        .expect("a session");
    first.shutdown();
    let second = manager(&folder);
    for (name, n) in [("one", 3), ("two", 3), ("three", 3)] {
        check(&attach(&second, name), "n", &format!("{n}\n"));
    }
    check(&attach(&second, "kept"), "n", "of the first\n2\n");
}
