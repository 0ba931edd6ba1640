//! Disks that fail.

use super::*;

/// More operations than any call makes.
const MOST_OPERATIONS: usize = 200;

fn on(disk: &FaultDisk) -> Manager {
    manager_on(
        engine(),
        ManagerConfig { resident_sessions: 1, ..ManagerConfig::default() },
        Arc::new(disk.clone()),
    )
    .expect("a manager")
}

/// A disk with the sessions `a`, in which `n` is 1, and `b`.
fn prepared() -> FaultDisk {
    let disk = FaultDisk::default();
    let manager = on(&disk);
    send(&create(&manager, "a"), "n = 1");
    create(&manager, "b");
    manager.shutdown();
    disk
}

/// Lets each operation of a call fail, once and from then on, and looks at what is left. Gives how many calls
/// failed.
fn sweep<T>(
    begin: impl Fn(&Manager) -> T,
    call: impl Fn(&Manager, &T) -> bioxen_lua::Result<()>,
    end: impl Fn(&Manager, T, bool),
    found: impl Fn(&Manager, bool),
) -> usize {
    let mut failed = 0;
    for code in [ENOSPC, EIO] {
        for fault in [Fault::Once as fn(usize, i32) -> Fault, Fault::From] {
            for at in 0..=MOST_OPERATIONS {
                assert!(at < MOST_OPERATIONS, "the call never ends");
                let disk = prepared();
                let manager = on(&disk);
                let begun = begin(&manager);
                disk.inject(fault(at, code));
                let result = call(&manager, &begun);
                let reached = disk.heal();
                if let Err(error) = &result {
                    assert_eq!(error.kind(), ErrorKind::Storage, "operation {at}: {error}");
                    failed += 1;
                }
                if let Some(stored) = disk.after_power_cut().next() {
                    found(&on(&stored), result.is_ok());
                }
                end(&manager, begun, result.is_ok());
                check_healed(&manager, &disk);
                if !reached {
                    break;
                }
            }
        }
    }
    failed
}

/// Saving works again, and what it saves is there in the next process.
#[track_caller]
fn check_healed(manager: &Manager, disk: &FaultDisk) {
    send(&attach(manager, "b"), "healed = 'b'");
    assert_eq!(manager.shutdown().unsaved, []);
    let next = on(disk);
    check(&attach(&next, "b"), "print(healed)", "b\n");
}

#[track_caller]
fn number(session: &Session) -> bioxen_lua::Result<i64> {
    session.vm().get("n").expect("queued").wait()
}

#[test]
fn a_send_that_cannot_be_saved_keeps_its_state_for_the_next_one() {
    let failed = sweep(
        |manager| attach(manager, "a"),
        |_, session| session.send("n = 2").expect("taken").wait().map(|_| ()),
        |_, session, _| check(&session, "m = n print(n, m)", "2\t2\n"),
        |found, saved| {
            let n = number(&attach(found, "a")).expect("a whole state");
            assert!(n == 2 || n == 1 && !saved, "{n}");
        },
    );
    assert!(failed >= 10, "{failed}");
}

#[test]
fn a_session_that_cannot_be_saved_is_not_made() {
    let failed = sweep(
        |_| (),
        |manager, ()| manager.create_session(id("new"), each_call()).map(|_| ()),
        |manager, (), made| {
            assert_eq!(state(manager, "new").is_some(), made);
            if !made {
                fails(manager.attach(&id("new")), ErrorKind::NotFound);
                create(manager, "new");
            }
            check(&attach(manager, "new"), "print(n)", "nil\n");
        },
        |found, made| assert!(!made || state(found, "new") == Some(SessionState::Stored)),
    );
    assert!(failed >= 10, "{failed}");
}

#[test]
fn a_session_that_cannot_be_read_can_be_read_later() {
    let failed = sweep(
        |_| (),
        |manager, ()| manager.attach(&id("a")).map(|_| ()),
        |manager, (), _| assert_eq!(number(&attach(manager, "a")).expect("a number"), 1),
        |found, _| assert_eq!(number(&attach(found, "a")).expect("a number"), 1),
    );
    assert!(failed >= 4, "{failed}");
}

#[test]
fn a_session_that_cannot_be_removed_is_there_or_gone() {
    let failed = sweep(
        |manager| attach(manager, "a"),
        |_, session| session.terminate(),
        |manager, session, gone| {
            fails(session.send("n = 2"), ErrorKind::Terminated);
            match manager.terminate(&id("a")) {
                Ok(()) => assert!(!gone),
                Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
            }
            create(manager, "a");
        },
        |found, gone| {
            if let Some(state) = state(found, "a") {
                assert!(!gone && state == SessionState::Stored, "{state:?}");
            }
        },
    );
    assert!(failed >= 6, "{failed}");
}

#[test]
fn a_session_on_its_way_to_disk_and_back_is_never_lost() {
    let failed = sweep(
        |manager| {
            let session = attach(manager, "a");
            check(&session, "print('x')", "x\n"); // what was read has to be saved
            session
        },
        |manager, session| {
            manager.attach(&id("b"))?; // it takes the only place in memory
            number(session).map(|n| assert_eq!(n, 1))
        },
        |_, session, _| assert_eq!(number(&session).expect("a number"), 1),
        |found, _| assert_eq!(number(&attach(found, "a")).expect("a number"), 1),
    );
    assert!(failed >= 10, "{failed}");
}

#[test]
fn a_disk_that_fails_at_the_end_is_told_of() {
    let disk = prepared();
    let manager = on(&disk);
    let session = attach(&manager, "a");
    disk.inject(Fault::From(0, EIO));
    fails(session.send("n = 2").expect("taken").wait(), ErrorKind::Storage);
    assert_eq!(manager.shutdown().unsaved, [id("a")]);
    disk.heal();
    assert_eq!(number(&attach(&on(&disk), "a")).expect("a number"), 1);
}

/// Sessions of one folder.
const MANY: usize = 1_000;

#[test]
fn one_damaged_session_of_a_thousand_is_the_only_one_that_is_lost() {
    let disk = FaultDisk::default();
    let many = |disk: &FaultDisk| {
        let config = ManagerConfig { resident_sessions: 20, ..ManagerConfig::default() };
        manager_on(engine(), config, Arc::new(disk.clone())).expect("a manager")
    };
    let first = many(&disk);
    for at in 0..MANY {
        first
            .create_session(id(&format!("s{at}")), each_call())
            .and_then(|session| session.vm().set("n", at)?.wait())
            .expect("made and saved");
    }
    assert_eq!(first.shutdown().unsaved, []);
    for name in disk.names().iter().filter(|name| name.starts_with("s500@")) {
        disk.damage(name, |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        });
    }
    let second = many(&disk);
    assert_eq!(second.sessions().expect("listed").len(), MANY);
    for at in 0..MANY {
        let session = second.attach(&id(&format!("s{at}")));
        if at == 500 {
            assert!(fails(session, ErrorKind::SnapshotDamaged).contains("s500"));
        } else {
            assert_eq!(number(&session.expect("it is whole")).expect("a number"), at as i64);
        }
    }
}
