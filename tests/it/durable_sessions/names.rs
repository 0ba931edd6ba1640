//! Names of sessions that are on disk, and what they are given when they come back.

use super::*;

#[test]
fn a_session_on_disk_has_its_name() {
    let folder = folder();
    let first = manager(&folder);
    send(&create(&first, "kept"), "x = 1");
    first.shutdown();
    let second = manager(&folder);
    fails(second.create_session(id("kept"), each_call()), ErrorKind::Exists);
    fails(second.create_session(id("kept"), VmConfig::default()), ErrorKind::Exists);
    fails(second.create_vm(id("kept"), VmConfig::default()), ErrorKind::Exists);
    fails(second.attach(&id("other")), ErrorKind::NotFound);
    second.get(&id("kept")).expect("it is there").exec("x = x + 1").expect("queued").wait().expect("run");
    check(&attach(&second, "kept"), "x", "2\n");
}

#[test]
fn terminating_removes_the_files() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "gone");
    send(&session, "x = 1");
    assert_eq!(files(&folder, "gone").len(), 2);
    session.terminate().expect("it was there");
    assert_eq!(files(&folder, "gone").len(), 0);
    fails(first.attach(&id("gone")), ErrorKind::NotFound);
    check(&create(&first, "gone"), "x", "nil\n");
    first.shutdown();
    let second = manager(&folder);
    second.terminate(&id("gone")).expect("it is on disk");
    assert_eq!(files(&folder, "gone").len(), 0);
    fails(second.terminate(&id("gone")), ErrorKind::NotFound);
    create(&second, "gone");
}

#[test]
fn a_running_session_is_terminated_with_its_files() {
    let folder = folder();
    let manager = Manager::new(engine(), ManagerConfig { limits: Limits::none(), ..config(folder.path()) })
        .expect("a manager");
    let vm = VmConfig::default().limits(Limits { time: None, fuel: None, ..Limits::default() });
    let session = manager.create_session(id("gone"), SessionConfig { vm, ..each_call() }).expect("a session");
    let job = session.send("print('on') while true do end").expect("taken");
    assert_eq!(session.read_some().wait().expect("output").to_text(), "on\n");
    session.terminate().expect("it was there");
    fails(job.wait(), ErrorKind::Terminated);
    manager.shutdown();
    assert_eq!(files(&folder, "gone").len(), 0);
}

#[test]
fn persistent_sessions_need_a_folder() {
    let manager = Manager::new(engine(), ManagerConfig::default()).expect("a manager");
    let message = fails(manager.create_session(id("x"), each_call()), ErrorKind::InvalidConfig);
    assert!(message.contains("`ManagerConfig::state_dir`"), "{message}");
    manager.create_session(id("x"), VmConfig::default()).expect("nothing is left of it");
    let config = ManagerConfig { resident_sessions: 0, ..ManagerConfig::default() };
    fails(Manager::new(engine(), config), ErrorKind::InvalidConfig);
}

#[test]
fn a_folder_belongs_to_one_manager_at_a_time() {
    let folder = folder();
    let first = manager(&folder);
    let message = fails(Manager::new(engine(), config(folder.path())), ErrorKind::InUse);
    assert!(message.contains(&std::process::id().to_string()), "{message}");
    let keeps = first.clone();
    first.shutdown();
    let second = manager(&folder);
    drop(second);
    manager(&folder);
    drop(keeps);
}

#[test]
fn other_sessions_stay_in_memory() {
    let folder = folder();
    let first = manager(&folder);
    let session = first.create_session(id("brief"), VmConfig::default()).expect("a session");
    assert_eq!(send(&session, "x = 1").saved, Saved::Never);
    first.shutdown();
    assert_eq!(files(&folder, "brief").len(), 0);
    fails(manager(&folder).attach(&id("brief")), ErrorKind::NotFound);
}

#[test]
fn the_host_gives_a_session_that_comes_back_its_rights() {
    let folder = folder();
    fs::create_dir(folder.path().join("data")).expect("made");
    fs::write(folder.path().join("data/file"), "content").expect("written");
    let first = manager(&folder);
    let session = create(&first, "kept");
    send(&session, "answer = function() return require('host').answer() end");
    let data = folder.path().join("data");
    first.shutdown();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let given = move |id: &VmId, tenant: Option<&TenantId>| {
        assert_eq!((id.as_str(), tenant), ("kept", None));
        count.fetch_add(1, Ordering::Relaxed);
        let module = HostModule::new("host").function("answer", |_, ()| Ok::<_, Infallible>(42));
        let mount = Mount::read_only(&data, "/data")?;
        Ok(VmConfig::default().mount(mount).module(module).into())
    };
    let config = ManagerConfig { session_config: Some(Arc::new(given)), ..config(folder.path()) };
    let second = Manager::new(engine(), config).expect("a manager");
    assert_eq!(asked.load(Ordering::Relaxed), 0, "nothing is read at the start");
    let session = attach(&second, "kept");
    check(&session, "print(answer(), io.open('/data/file'):read('a'))", "42\tcontent\n");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(send(&session, "x = 1").saved, Saved::OnDisk, "it stays persistent");
}

#[test]
fn a_session_comes_back_to_its_tenant_alone() {
    let folder = folder();
    let lab = TenantId::new("lab").expect("a name");
    let first = manager(&folder);
    let vm = VmConfig::default().tenant(lab.clone());
    let session = first.create_session(id("theirs"), SessionConfig { vm, ..each_call() }).expect("a session");
    send(&session, "x = 1");
    first.shutdown();
    let before = files(&folder, "theirs");
    for other in [None, Some("other")] {
        let other = other.map(|name| TenantId::new(name).expect("a name"));
        let given = move |_: &VmId, _: Option<&TenantId>| {
            let vm = VmConfig::default();
            Ok(other.iter().fold(vm, |vm, other| vm.tenant(other.clone())).into())
        };
        let config = ManagerConfig { session_config: Some(Arc::new(given)), ..config(folder.path()) };
        let second = Manager::new(engine(), config).expect("a manager");
        let message = fails(second.attach(&id("theirs")), ErrorKind::SnapshotOwner);
        assert!(message.contains("tenant `lab`"), "{message}");
        assert_eq!(files(&folder, "theirs"), before);
    }
    let third = manager(&folder);
    assert_eq!(third.sessions().expect("listed")[0].tenant.as_ref(), Some(&lab));
    assert_eq!(attach(&third, "theirs").status().tenant, Some(lab));
}

#[test]
fn a_damaged_session_leaves_the_others_alone() {
    let folder = folder();
    let first = manager(&folder);
    for name in ["a", "b", "c"] {
        let session = create(&first, name);
        send(&session, "n = 1");
        send(&session, "n = 2");
    }
    first.shutdown();
    let (older, newer) = match &files(&folder, "b")[..] {
        [older, newer] => (older.clone(), newer.clone()),
        other => panic!("{other:?}"),
    };
    damage(&newer);
    let bytes = fs::read(&newer).expect("a file");
    let second = manager(&folder);
    let message = fails(second.attach(&id("b")), ErrorKind::SnapshotDamaged);
    assert!(message.contains("is intact: recover"), "{message}");
    for name in ["a", "c"] {
        check(&attach(&second, name), "n", "2\n");
    }
    assert_eq!(fs::read(&newer).expect("a file"), bytes, "it is left as it is");
    fails(second.create_session(id("b"), each_call()), ErrorKind::Exists);
    second.recover(&id("b")).expect("an older state is intact");
    assert_eq!(files(&folder, "b"), [older]);
    check(&attach(&second, "b"), "n", "1\n");
    second.recover(&id("a")).expect("nothing is wrong with it");
    fails(second.recover(&id("d")), ErrorKind::NotFound);
}

#[test]
fn a_state_of_another_guest_is_refused_and_left_alone() {
    let folder = folder();
    let first = manager(&folder);
    create(&first, "theirs");
    first.shutdown();
    let [file] = &files(&folder, "theirs")[..] else { panic!("one generation") };
    let bytes = fs::read(file).expect("a file");
    let guest = SessionRecord::peek(&bytes).expect("a header").guest;
    let ceilings = RecordCeilings { output: 0, input: 0, readers: 9, snapshot: 1 << 20 };
    let expected = Expected { guest: &guest, id: &id("theirs"), tenant: None, ceilings };
    let mut record = SessionRecord::decode(&bytes, &expected).expect("a record");
    record.header.guest[0] ^= 1;
    fs::write(file, record.encode()).expect("written");
    let bytes = fs::read(file).expect("a file");
    let second = manager(&folder);
    let message = fails(second.attach(&id("theirs")), ErrorKind::SnapshotGuest);
    assert!(message.contains(&format!("version {}", record.header.writer)), "{message}");
    fails(second.recover(&id("theirs")), ErrorKind::SnapshotGuest);
    assert_eq!(fs::read(file).expect("a file"), bytes);
    second.terminate(&id("theirs")).expect("removed, whatever is wrong with it");
}

#[test]
fn the_list_shows_what_is_on_disk() {
    let folder = folder();
    let first = manager(&folder);
    send(&create(&first, "a"), "x = ('x'):rep(1000)");
    create(&first, "b");
    first.shutdown();
    fs::write(&files(&folder, "b")[0], "nonsense").expect("written");
    let second = manager(&folder);
    create(&second, "c");
    let all = second.sessions().expect("listed");
    let shown: Vec<_> = all.iter().map(|status| (status.id.as_str(), status.state)).collect();
    assert_eq!(shown, [("a", SessionState::Stored), ("b", SessionState::Damaged), ("c", SessionState::Idle)]);
    assert!(all[0].memory > 0 && all[0].fuel > 0 && all[0].idle.is_some(), "{:?}", all[0]);
    let fuel = all[0].fuel;
    let session = attach(&second, "a");
    assert_eq!(session.status().fuel, fuel, "it goes on from there");
    assert_eq!(session.status().state, SessionState::Idle);
}
