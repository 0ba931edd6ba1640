//! What all VMs of a manager, or of a tenant, may use together: just under, just over, and again.

use std::time::Duration;

use bioxen_lua::{
    Error, ErrorKind, Limits, ManagedVm, Manager, ManagerConfig, Quota, Resource, TenantId, VmConfig,
};

use crate::manager::{SPIN, id, integer, kind, outcome};
use crate::support::{engine, limited, raised};

fn with(quota: Quota, tenant_quota: Quota) -> Manager {
    let config = ManagerConfig { quota, tenant_quota, ..ManagerConfig::default() };
    Manager::new(engine(), config).expect("a manager")
}

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).expect("a good name")
}

fn create(manager: &Manager, name: &str, owner: &str) -> Result<ManagedVm, Error> {
    manager.create_vm(id(name), VmConfig::default().tenant(tenant(owner)))
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, text: &str) {
    let error = result.expect_err("over its quota");
    assert_eq!(error.kind(), ErrorKind::QuotaExceeded);
    assert!(error.to_string().contains(text), "{error}");
}

#[test]
fn vms_are_counted_for_manager_and_tenant() {
    let manager =
        with(Quota { vms: Some(3), ..Quota::default() }, Quota { vms: Some(2), ..Quota::of_a_tenant() });
    create(&manager, "a", "lab").expect("just under");
    let second = create(&manager, "b", "lab").expect("just under");
    refused(create(&manager, "c", "lab"), "tenant `lab` has 2 VMs, its ceiling is 2; terminate one first");
    create(&manager, "c", "clinic").expect("another tenant");
    refused(create(&manager, "d", "clinic"), "the manager has 3 VMs, its ceiling is 3");
    refused(manager.create_vm(id("d"), VmConfig::default()), "the manager has 3 VMs");
    assert_eq!(kind(create(&manager, "a", "lab")), ErrorKind::Exists, "a taken name is told first");
    second.terminate().expect("it lives");
    create(&manager, "d", "clinic").expect("again");
    assert_eq!(manager.vms().expect("a list").len(), 3, "what was refused left nothing behind");
}

#[test]
fn a_vm_that_runs_when_it_is_terminated_is_counted_no_more() {
    let manager = with(Quota { vms: Some(1), running: Some(1), ..Quota::default() }, Quota::none());
    for _ in 0..100 {
        let vm = create(&manager, "one", "lab").expect("the only one");
        let job = vm.exec(SPIN).expect("the only one");
        vm.terminate().expect("it lives");
        assert_eq!(kind(job.wait()), ErrorKind::Terminated);
    }
}

#[test]
fn running_vms_are_counted() {
    let manager = with(Quota::default(), Quota { running: Some(2), ..Quota::of_a_tenant() });
    let vms = ["a", "b", "c"].map(|name| create(&manager, name, "lab").expect("a VM"));
    let first = vms[0].exec(SPIN).expect("just under");
    let more = vms[0].exec("return 1").expect("waits for the first, and counts once");
    let second = vms[1].exec(SPIN).expect("just under");
    refused(vms[2].exec("return 1"), "tenant `lab` runs 2 VMs, its ceiling is 2; wait for one first");
    second.cancel();
    second.wait().expect("an outcome");
    assert_eq!(integer(&vms[2], "return 1"), 1, "once the job has ended");
    first.cancel();
    first.wait().expect("an outcome");
    assert_eq!(kind(more.wait()), ErrorKind::Stopped);
}

#[test]
fn one_at_a_time_is_enough_for_many() {
    let manager = with(Quota { running: Some(1), ..Quota::default() }, Quota::none());
    let vms: Vec<_> = (0..10).map(|at| create(&manager, &format!("vm{at}"), "lab").expect("a VM")).collect();
    for vm in vms.iter().cycle().take(1_000) {
        assert_eq!(integer(vm, "return 1"), 1);
    }
}

#[test]
fn memory_of_all_vms_is_counted_as_it_grows() {
    let memory = Some(28 << 20); // a string of 4 MiB takes twice as much while it is made

    let manager = with(Quota::default(), Quota { memory, ..Quota::of_a_tenant() });
    let (one, two) =
        (create(&manager, "one", "lab").expect("a VM"), create(&manager, "two", "lab").expect("a VM"));
    outcome(&one, "x = string.rep('x', 4 << 20)");
    outcome(&two, "x = string.rep('x', 4 << 20)");
    let over = outcome(&two, "y = string.rep('x', 8 << 20)");
    assert_eq!(raised(&over), "not enough memory");
    assert_eq!(integer(&two, "return #x"), 4 << 20, "it goes on");
    let caught = outcome(&two, "return select(2, pcall(string.rep, 'x', 8 << 20))");
    assert_eq!(caught.value::<String>().expect("text"), "not enough memory");
    outcome(&create(&manager, "other", "clinic").expect("a VM"), "x = string.rep('x', 8 << 20)");
    one.terminate().expect("it lives");
    outcome(&two, "y = string.rep('x', 8 << 20)");
    assert_eq!(integer(&two, "return #y"), 8 << 20, "there is room again");
}

#[test]
fn memory_for_a_new_vm_is_counted() {
    let manager = with(Quota::default(), Quota::of_a_tenant());
    let one = create(&manager, "one", "lab").expect("a VM").status().expect("it lives").memory;
    let memory = Some(one * 2 + one / 2);
    let manager = with(Quota { memory, ..Quota::default() }, Quota::none());
    let first = create(&manager, "a", "lab").expect("just under");
    create(&manager, "b", "lab").expect("just under");
    refused(create(&manager, "c", "lab"), "the manager uses ");
    assert_eq!(manager.vms().expect("a list").len(), 2);
    first.terminate().expect("it lives");
    create(&manager, "c", "lab").expect("again");
}

#[test]
fn a_vm_whose_memory_is_refused_can_still_throw() {
    let manager = with(Quota::default(), Quota { memory: Some(4 << 20), ..Quota::of_a_tenant() });
    let vm = create(&manager, "one", "lab").expect("a VM");
    let chunk = "local all = {} \
        local ok, message = pcall(function() for i = 1, 1e9 do all[i] = string.rep('x', 1000 + i) end end) \
        all = nil return tostring(message)";
    assert_eq!(outcome(&vm, chunk).value::<String>().expect("text"), "not enough memory");
}

#[test]
fn a_tenant_is_tightened_and_never_loosened() {
    let manager = with(Quota::default(), Quota { vms: Some(3), ..Quota::of_a_tenant() });
    let lab = tenant("lab");
    let fewer = |vms| Quota { vms: Some(vms), ..Quota::none() };
    manager.tighten(&lab, fewer(2)).expect("fewer, before there is a VM");
    create(&manager, "a", "lab").expect("just under");
    create(&manager, "b", "lab").expect("just under");
    refused(create(&manager, "c", "lab"), "its ceiling is 2");
    create(&manager, "c", "clinic").expect("other tenants keep what they may");
    manager.tighten(&lab, fewer(1)).expect("fewer than there are");
    refused(create(&manager, "d", "lab"), "tenant `lab` has 2 VMs, its ceiling is 1");
    let error = manager.tighten(&lab, fewer(2)).expect_err("more");
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(error.to_string().contains("quota `vms` of tenant `lab` is 1"), "{error}");
    for vm in ["a", "b"] {
        manager.terminate(&id(vm)).expect("it lives");
    }
    create(&manager, "a", "lab").expect("one is allowed");
    refused(create(&manager, "b", "lab"), "its ceiling is 1");
}

#[test]
fn limits_above_the_ceiling_are_refused_by_name() {
    let ceiling = Limits { fuel: Some(1_000_000), time: Some(Duration::from_secs(1)), ..Limits::default() };
    let config = ManagerConfig { limits: ceiling.clone(), ..ManagerConfig::default() };
    let manager = Manager::new(engine(), config).expect("a manager");
    let check = |limits: Limits, text: &str| {
        let error = manager.create_vm(id("one"), limited(limits)).expect_err("above the ceiling");
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert!(error.to_string().contains(text), "{error}");
    };
    check(
        Limits { fuel: Some(1_000_001), ..ceiling.clone() },
        "limit `fuel` is 1000001: expected at most 1000000",
    );
    check(Limits { fuel: None, ..ceiling.clone() }, "limit `fuel` is lifted: expected at most 1000000");
    let time = Some(Duration::from_millis(1_001));
    check(Limits { time, ..ceiling.clone() }, "limit `time` is 1.001s: expected at most 1s");
    check(Limits { memory: Some((64 << 20) + 1), ..ceiling.clone() }, "limit `memory` is 67108865");
    check(Limits::none(), "limit `memory` is lifted");
    let vm = manager.create_vm(id("one"), limited(ceiling)).expect("just what is allowed");
    let stopped = outcome(&vm, SPIN);
    assert!(matches!(
        stopped.result,
        Err(bioxen_lua::Failure::Limit { resource: Resource::Fuel, limit: 1_000_000, .. })
    ));
}
