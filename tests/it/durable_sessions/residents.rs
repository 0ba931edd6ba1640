//! Sessions that leave memory and come back, and what they may take of the disk.

use super::*;

const MANY: usize = 50;

fn few_resident(folder: &TempDir) -> Manager {
    let config = ManagerConfig { resident_sessions: 3, ..config(folder.path()) };
    Manager::new(engine(), config).expect("a manager")
}

/// Waits until memory holds what it should, with sessions in use meanwhile: others are put away behind that.
#[track_caller]
fn settles(manager: &Manager, uses: impl Fn(), is_so: impl Fn(&[bioxen_lua::VmStatus]) -> bool) {
    let start = std::time::Instant::now();
    while !is_so(&manager.vms().expect("a manager that lives")) {
        assert!(start.elapsed().as_secs() < 60, "{:?}", manager.vms());
        uses();
        std::thread::yield_now();
    }
}

fn in_memory(vms: &[bioxen_lua::VmStatus]) -> usize {
    vms.iter().filter(|vm| vm.state != VmState::Stored).count()
}

#[test]
fn more_sessions_live_than_memory_holds() {
    let folder = folder();
    let manager = few_resident(&folder);
    for n in 0..MANY {
        let session = create(&manager, &format!("s{n}"));
        send(&session, &format!("n = {n} print('made')"));
    }
    settles(&manager, || drop(attach(&manager, "s49")), |vms| vms.len() <= 4 && in_memory(vms) <= 3);
    assert_eq!(manager.sessions().expect("listed").len(), MANY);
    for round in 1..3 {
        for n in (0..MANY).rev() {
            let session = attach(&manager, &format!("s{n}"));
            let before = if round == 1 { "made\n" } else { "" };
            check(&session, "n = n + 100 print(n)", &format!("{before}{}\n", n + 100 * round));
        }
    }
    settles(&manager, || drop(attach(&manager, "s0")), |vms| vms.len() <= 4 && in_memory(vms) <= 3);
    assert_eq!(manager.shutdown().unsaved, []);
}

#[test]
fn handles_to_sessions_on_disk_go_on() {
    let folder = folder();
    let manager = few_resident(&folder);
    let sessions: Vec<Session> = (0..MANY).map(|n| create(&manager, &format!("s{n}"))).collect();
    for (n, session) in sessions.iter().enumerate() {
        send(session, &format!("n = {n} print('made')"));
    }
    settles(&manager, || (), |vms| vms.len() == MANY && in_memory(vms) <= 3);
    let stored = sessions.iter().filter(|session| session.status().state == SessionState::Stored).count();
    assert!(stored >= MANY - 3, "{stored}");
    for (n, session) in sessions.iter().enumerate() {
        check(session, "print(n)", &format!("made\n{n}\n"));
        assert_eq!(session.vm().get::<usize>("n").expect("queued").wait().expect("a number"), n);
    }
    drop(sessions);
    settles(&manager, || drop(attach(&manager, "s0")), |vms| vms.len() <= 4);
    assert_eq!(manager.shutdown().unsaved, []);
    let next = few_resident(&folder);
    for n in 0..MANY {
        assert_eq!(text(&attach(&next, &format!("s{n}"))), "", "what was read on disk is saved");
    }
}

#[test]
fn a_session_in_use_is_not_put_away() {
    let folder = folder();
    let config = ManagerConfig { resident_sessions: 1, ..config(folder.path()) };
    let manager = Manager::new(engine(), config).expect("a manager");
    let reader = create(&manager, "reader");
    let job = reader.send("x = io.read() print(x)").expect("taken");
    while reader.status().state != SessionState::AwaitingInput {
        std::thread::yield_now();
    }
    for n in 0..5 {
        send(&create(&manager, &format!("s{n}")), "x = 1");
    }
    assert_eq!(reader.status().state, SessionState::AwaitingInput);
    send(&reader, "line");
    job.wait().expect("it has run");
    assert_eq!(text(&reader), "line\n");
}

#[test]
fn what_a_session_was_given_is_kept_on_the_way_through_the_disk() {
    let folder = folder();
    let config = ManagerConfig { resident_sessions: 1, ..config(folder.path()) };
    let manager = Manager::new(engine(), config).expect("a manager");
    let vm = VmConfig::default().var("PLACE", "here");
    let session = manager.create_session(id("kept"), SessionConfig { vm, ..each_call() }).expect("a session");
    send(&session, "n = 1");
    send(&create(&manager, "other"), "x = 1");
    settles(&manager, || (), |vms| in_memory(vms) <= 1);
    check(&session, "print(os.getenv('PLACE'), n)", "here\t1\n");
}

#[test]
fn clients_of_one_session_attach_at_once() {
    let folder = folder();
    let first = manager(&folder);
    send(&create(&first, "kept"), "n = 0");
    first.shutdown();
    let shared = |_: &VmId, _: Option<&TenantId>| {
        Ok(SessionConfig { second_client: SecondClient::Share, ..SessionConfig::default() })
    };
    let config = ManagerConfig { session_config: Some(Arc::new(shared)), ..config(folder.path()) };
    let second = Manager::new(engine(), config).expect("a manager");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| send(&attach(&second, "kept"), "n = n + 1"));
        }
    });
    assert_eq!(attach(&second, "kept").vm().get::<i64>("n").expect("queued").wait().expect("a number"), 8);
}

#[test]
fn sessions_that_come_and_go_at_once_keep_their_state() {
    const THREADS: usize = 4;
    const TURNS: usize = 60;
    let folder = folder();
    let config = ManagerConfig { resident_sessions: 1, ..config(folder.path()) };
    let manager = Manager::new(engine(), config).expect("a manager");
    for n in 0..3 {
        send(&create(&manager, &format!("s{n}")), "n = 0");
    }
    let counts: Vec<AtomicUsize> = (0..3).map(|_| AtomicUsize::new(0)).collect();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (manager, counts) = (&manager, &counts);
            scope.spawn(move || {
                for turn in 0..TURNS {
                    let n = (thread + turn) % 3;
                    match manager.attach(&id(&format!("s{n}"))) {
                        Ok(session) => {
                            send(&session, "n = n + 1");
                            counts[n].fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => assert_eq!(error.kind(), ErrorKind::Attached, "{error}"),
                    }
                }
            });
        }
    });
    for (n, count) in counts.iter().enumerate() {
        let count = count.load(Ordering::Relaxed);
        check(&attach(&manager, &format!("s{n}")), "print(n)", &format!("{count}\n"));
    }
}

#[test]
fn a_session_that_may_not_be_left_is_put_to_disk() {
    let folder = folder();
    let quota = Quota { detached_sessions: Some(1), ..Quota::default() };
    let manager =
        Manager::new(engine(), ManagerConfig { quota, ..config(folder.path()) }).expect("a manager");
    for name in ["a", "b", "c"] {
        let session = create(&manager, name);
        send(&session, "n = 1");
        drop(session);
    }
    for name in ["a", "b", "c"] {
        let session = attach(&manager, name);
        check(&session, "n", "1\n");
        drop(session);
    }
}

#[test]
fn a_state_over_the_quota_is_not_saved_and_the_old_one_stays() {
    let folder = folder();
    let quota = Quota { stored: Some(100_000), ..Quota::default() };
    let manager =
        Manager::new(engine(), ManagerConfig { quota, ..config(folder.path()) }).expect("a manager");
    let session = create(&manager, "kept");
    send(&session, "n = 1");
    let noise = "n = 2 t = {} for i = 1, 30000 do t[i] = math.random(0) end";
    let message = fails(session.send(noise).expect("taken").wait(), ErrorKind::QuotaExceeded);
    assert!(message.contains("the manager has") && message.contains("100000"), "{message}");
    check_copied(&folder, "kept", "n", "1\n");
    fails(session.send("n").expect("taken").wait(), ErrorKind::QuotaExceeded);
    assert_eq!(text(&session), "2\n", "it goes on in memory");
    send(&session, "t = nil");
    check_copied(&folder, "kept", "n", "2\n");
}

#[test]
fn what_is_on_disk_counts_before_anybody_asks_for_it() {
    let folder = folder();
    let lab = TenantId::new("lab").expect("a name");
    let theirs = |name: &str, manager: &Manager| {
        let vm = VmConfig::default().tenant(lab.clone());
        manager.create_session(id(name), SessionConfig { vm, ..each_call() })
    };
    let first = manager(&folder);
    let mut made = 0;
    for n in 0..5 {
        theirs(&format!("s{n}"), &first).expect("a session");
        made += files(&folder, &format!("s{n}"))
            .iter()
            .map(|file| file.metadata().expect("a file").len())
            .sum::<u64>();
    }
    first.shutdown();
    let config = |stored| ManagerConfig {
        tenant_quota: Quota { stored: Some(stored), ..Quota::of_a_tenant() },
        ..config(folder.path())
    };
    let second = Manager::new(engine(), config(made + 100)).expect("a manager");
    let message = fails(theirs("more", &second), ErrorKind::QuotaExceeded);
    assert!(message.contains("tenant `lab`"), "{message}");
    assert_eq!(state(&second, "more"), None, "no half-made session");
    create(&second, "of-nobody");
    second.terminate(&id("s0")).expect("it was there");
    theirs("more", &second).expect("there is room");
    second.shutdown();
    let third = Manager::new(engine(), config(10)).expect("a manager");
    let session = attach(&third, "s1");
    fails(session.send("x = 1").expect("taken").wait(), ErrorKind::QuotaExceeded);
}
