//! What others notice of those who take all they get: of processor time, and of everything that is counted.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bioxen_lua::{
    Engine, ErrorKind, Job, Limits, ManagedVm, Manager, ManagerConfig, Quota, TenantId, VmConfig, VmId,
};

use crate::figures::{Row, Times};
use crate::kills::unlimited;

const PINGS: usize = 1_000;
const SPINNERS: usize = 20;
/// How long a ping may take beside them.
const PING: Duration = Duration::from_millis(10);

/// What a squatter may have, and takes.
const VMS: u64 = 300;
const RUNNING: u64 = 20;

pub fn measure() -> Result<Vec<Row>> {
    let manager = manager(Quota::default(), Quota::none())?;
    let ping = manager.create_vm(VmId::new("ping")?, VmConfig::default())?;
    let alone = pings(&ping)?.row_of_most("a call of an idle machine", PING)?;
    let _spinning = (0..SPINNERS)
        .map(|at| {
            Ok(manager
                .create_vm(VmId::new(format!("spinner-{at}"))?, unlimited())?
                .exec("while true do end")?)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(vec![alone, pings(&ping)?.row_of_most(&format!("a call beside {SPINNERS} spinners"), PING)?])
}

/// One tenant takes VMs, sessions, memory and turns until it is refused; another one goes on.
pub fn measure_squatters() -> Result<Vec<Row>> {
    let tenant =
        Quota { vms: Some(VMS), running: Some(RUNNING), memory: Some(400 << 20), ..Quota::of_a_tenant() };
    let manager = manager(Quota::default(), tenant)?;
    let mine = VmConfig::default().tenant(TenantId::new("mine")?);
    let ping = manager.create_vm(VmId::new("ping")?, mine.clone())?;
    let alone = pings(&ping)?;
    let (vms, _running) = squat(&manager)?;
    let beside = pings(&ping)?;
    // The other one still gets all that is its own.
    let own = (0..10)
        .map(|at| manager.create_vm(VmId::new(format!("own-{at}"))?, mine.clone()).map_err(Into::into));
    for vm in own.collect::<Result<Vec<_>>>()? {
        let filled: i64 = vm
            .exec("x = ('x'):rep(1 << 10):rep(8 << 10) return #x")?
            .wait()?
            .value()
            .context("memory is left")?;
        ensure!(filled == 8 << 20, "{filled}");
    }
    ensure!(vms == VMS, "{vms} VMs were given to a tenant that may have {VMS}");
    Ok(vec![
        alone.row_of_most("a call before a tenant takes all it may", PING)?,
        beside.row_of_most(&format!("a call while it has {VMS} VMs, {RUNNING} run"), PING)?,
    ])
}

fn manager(quota: Quota, tenant_quota: Quota) -> Result<Manager> {
    let config = ManagerConfig { limits: Limits::none(), quota, tenant_quota, ..ManagerConfig::default() };
    Ok(Manager::new(&Engine::new()?, config)?)
}

fn pings(vm: &ManagedVm) -> Result<Times> {
    let mut times = Vec::new();
    for at in 0..PINGS {
        let begin = Instant::now();
        let answer: i64 = vm.exec(format!("return {at}"))?.wait()?.value().context("a ping answers")?;
        times.push(begin.elapsed());
        ensure!(answer == at as i64, "{answer} for {at}");
    }
    Ok(Times::new(times))
}

/// Takes all that a tenant may have. Gives how many VMs that were, and the jobs that run.
fn squat(manager: &Manager) -> Result<(u64, Vec<Job>)> {
    let config = unlimited().tenant(TenantId::new("squatter")?);
    let mut vms = Vec::new();
    let error = loop {
        match manager.create_vm(VmId::new(format!("squatter-{}", vms.len()))?, config.clone()) {
            Ok(vm) => vms.push(vm),
            Err(error) => break error,
        }
    };
    ensure!(error.kind() == ErrorKind::QuotaExceeded, "{error}");
    let refused = manager.create_session(VmId::new("squatter-session")?, config).map(drop);
    ensure!(refused.is_err_and(|error| error.kind() == ErrorKind::QuotaExceeded), "a session over the quota");
    let greedy =
        "t = {} while true do pcall(function() while true do t[#t + 1] = ('x'):rep(10000 + #t) end end) end";
    let mut jobs = Vec::new();
    let error = vms.iter().find_map(|vm| vm.exec(greedy).map(|job| jobs.push(job)).err());
    ensure!(error.is_some_and(|error| error.kind() == ErrorKind::QuotaExceeded), "all of them run");
    ensure!(jobs.len() as u64 == RUNNING, "{} run", jobs.len());
    Ok((vms.len() as u64, jobs))
}
