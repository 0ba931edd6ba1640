//! How much all VMs of a manager, or of a tenant, may use together, and the accounts that count it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, Result};
use crate::id::{TenantId, VmId};

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// What the VMs of a manager, or those of one tenant, may use together. Finite by default; `None` lifts
/// a ceiling on purpose.
///
/// What goes over it is refused with an error of kind
/// [`ErrorKind::QuotaExceeded`](crate::ErrorKind::QuotaExceeded) that says count, ceiling and whose ceiling
/// it is; a guest that wants more memory gets Lua's "not enough memory".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// VMs and sessions that have a name. Default 10,000.
    pub vms: Option<u64>,
    /// Bytes of live memory: that of the guests as it grows, 128 KiB for the exceptions of each, and
    /// checkpoints. Default 8 GiB. What sessions keep of input and output is not in it: each has ceilings of
    /// its own in [`SessionConfig`](crate::SessionConfig), and there are as many as `vms` allows.
    pub memory: Option<u64>,
    /// VMs that run, or have jobs waiting, at the same time. Default 1,000.
    pub running: Option<u64>,
    /// Sessions without a client. Default 10,000.
    pub detached_sessions: Option<u64>,
    /// Bytes of state on disk. Default 16 GiB.
    pub stored: Option<u64>,
}

impl Default for Quota {
    fn default() -> Quota {
        Quota {
            vms: Some(10_000),
            memory: Some(8 * GIB),
            running: Some(1_000),
            detached_sessions: Some(10_000),
            stored: Some(16 * GIB),
        }
    }
}

impl Quota {
    /// No ceiling at all.
    pub fn none() -> Quota {
        Quota { vms: None, memory: None, running: None, detached_sessions: None, stored: None }
    }

    /// What one tenant may use unless it is said otherwise: a tenth of what a manager may.
    pub fn of_a_tenant() -> Quota {
        Quota {
            vms: Some(1_000),
            memory: Some(800 * MIB),
            running: Some(100),
            detached_sessions: Some(1_000),
            stored: Some(1_600 * MIB),
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Vms,
    Memory,
    Running,
    DetachedSessions,
    Stored,
}

/// Whose count it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    Manager,
    Tenant(TenantId),
    Vm(VmId),
}

/// Counts one thing for one scope, and for the scopes around it.
#[derive(Debug)]
pub(crate) struct Account {
    counted: Counted,
    scope: Scope,
    used: AtomicU64,
    /// `u64::MAX` where there is none.
    ceiling: AtomicU64,
    parent: Option<Arc<Account>>,
}

impl Account {
    pub fn new(
        counted: Counted,
        scope: Scope,
        ceiling: Option<u64>,
        parent: Option<Arc<Account>>,
    ) -> Arc<Account> {
        let ceiling = AtomicU64::new(ceiling.unwrap_or(u64::MAX));
        Arc::new(Account { counted, scope, used: AtomicU64::new(0), ceiling, parent })
    }

    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Counts so much more, here and in every scope around, or nowhere.
    pub fn try_charge(&self, amount: u64) -> Result<(), Refused> {
        let ceiling = self.ceiling.load(Ordering::Relaxed);
        let more = |used: u64| used.checked_add(amount).filter(|total| *total <= ceiling);
        if let Err(used) = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more) {
            return Err(Refused {
                counted: self.counted,
                scope: self.scope.clone(),
                used,
                asked: amount,
                ceiling,
            });
        }
        let Some(parent) = &self.parent else { return Ok(()) };
        parent.try_charge(amount).inspect_err(|_| {
            self.used.fetch_sub(amount, Ordering::Relaxed);
        })
    }

    /// Counts so much less of what was charged.
    pub fn release(&self, amount: u64) {
        self.used.fetch_sub(amount, Ordering::Relaxed);
        if let Some(parent) = &self.parent {
            parent.release(amount);
        }
    }

    /// Charges for as long as the answer lives.
    pub fn charge(self: &Arc<Account>, amount: u64) -> Result<Charge, Refused> {
        self.try_charge(amount)?;
        Ok(Charge { account: self.clone(), amount })
    }

    /// As [`charge`](Account::charge), for what is there whether it may or not.
    pub fn charge_anyway(self: &Arc<Account>, amount: u64) -> Charge {
        let mut scope = Some(self);
        while let Some(account) = scope {
            account.used.fetch_add(amount, Ordering::Relaxed);
            scope = account.parent.as_ref();
        }
        Charge { account: self.clone(), amount }
    }

    fn refuse_raising(&self, name: &str, asked: Option<u64>) -> Result<()> {
        let ceiling = self.ceiling.load(Ordering::Relaxed);
        match asked {
            Some(asked) if asked > ceiling => Err(Error::new(
                ErrorKind::InvalidConfig,
                format!(
                    "quota `{name}` of {} is {ceiling} and cannot be raised to {asked}: expected at most \
                     {ceiling}",
                    self.scope
                ),
            )),
            _ => Ok(()),
        }
    }

    fn tighten(&self, ceiling: Option<u64>) {
        self.ceiling.fetch_min(ceiling.unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// What was charged; released when it is dropped.
#[derive(Debug)]
pub(crate) struct Charge {
    account: Arc<Account>,
    amount: u64,
}

impl Charge {
    /// Charges another amount instead.
    pub fn set(&mut self, amount: u64) -> Result<(), Refused> {
        if let Some(less) = self.amount.checked_sub(amount) {
            self.account.release(less);
        } else {
            self.account.try_charge(amount - self.amount)?;
        }
        self.amount = amount;
        Ok(())
    }

    /// Charges more.
    pub fn grow(&mut self, amount: u64) -> Result<(), Refused> {
        self.account.try_charge(amount)?;
        self.amount += amount;
        Ok(())
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.account.release(self.amount);
    }
}

/// Why something was not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    counted: Counted,
    scope: Scope,
    used: u64,
    asked: u64,
    ceiling: u64,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refused { counted, scope, used, asked, ceiling } = self;
        match counted {
            Counted::Vms => {
                write!(formatter, "{scope} has {used} VMs, its ceiling is {ceiling}; terminate one first")
            }
            Counted::Running => {
                write!(formatter, "{scope} runs {used} VMs, its ceiling is {ceiling}; wait for one first")
            }
            Counted::DetachedSessions => write!(
                formatter,
                "{scope} has {used} detached sessions, its ceiling is {ceiling}; attach or terminate one first"
            ),
            Counted::Memory => write!(
                formatter,
                "{scope} uses {used} bytes of memory and asks for {asked} more, its ceiling is {ceiling}; \
                 terminate or reset a VM first"
            ),
            Counted::Stored => write!(
                formatter,
                "{scope} has {used} bytes on disk and asks for {asked} more, its ceiling is {ceiling}; \
                 terminate a session first"
            ),
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Error {
        Error::new(ErrorKind::QuotaExceeded, refused.to_string())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Manager => formatter.write_str("the manager"),
            Scope::Tenant(tenant) => write!(formatter, "tenant `{tenant}`"),
            Scope::Vm(id) => write!(formatter, "VM `{id}`"),
        }
    }
}

/// The accounts of one scope.
#[derive(Debug)]
pub(crate) struct Accounts {
    pub vms: Arc<Account>,
    pub memory: Arc<Account>,
    pub running: Arc<Account>,
    pub detached_sessions: Arc<Account>,
    pub stored: Arc<Account>,
}

impl Accounts {
    pub fn new(scope: &Scope, quota: &Quota, parent: Option<&Accounts>) -> Arc<Accounts> {
        let account = |counted, ceiling, parent: Option<&Arc<Account>>| {
            Account::new(counted, scope.clone(), ceiling, parent.cloned())
        };
        Arc::new(Accounts {
            vms: account(Counted::Vms, quota.vms, parent.map(|of| &of.vms)),
            memory: account(Counted::Memory, quota.memory, parent.map(|of| &of.memory)),
            running: account(Counted::Running, quota.running, parent.map(|of| &of.running)),
            detached_sessions: account(
                Counted::DetachedSessions,
                quota.detached_sessions,
                parent.map(|of| &of.detached_sessions),
            ),
            stored: account(Counted::Stored, quota.stored, parent.map(|of| &of.stored)),
        })
    }

    /// Lowers ceilings; nothing is changed when one of them would be raised.
    pub fn tighten(&self, quota: &Quota) -> Result<()> {
        let fields = self.fields(quota);
        fields.iter().try_for_each(|(name, account, ceiling)| account.refuse_raising(name, *ceiling))?;
        fields.iter().for_each(|(_, account, ceiling)| account.tighten(*ceiling));
        Ok(())
    }

    fn fields(&self, quota: &Quota) -> [(&'static str, &Account, Option<u64>); 5] {
        [
            ("vms", &self.vms, quota.vms),
            ("memory", &self.memory, quota.memory),
            ("running", &self.running, quota.running),
            ("detached_sessions", &self.detached_sessions, quota.detached_sessions),
            ("stored", &self.stored, quota.stored),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(tenant: u64, manager: u64) -> (Arc<Account>, Arc<Account>) {
        let around = Account::new(Counted::Vms, Scope::Manager, Some(manager), None);
        let id = TenantId::new("lab").expect("a good name");
        (Account::new(Counted::Vms, Scope::Tenant(id), Some(tenant), Some(around.clone())), around)
    }

    #[test]
    fn an_account_counts_to_its_ceiling_and_again_after_a_release() {
        let (tenant, manager) = pair(10, 100);
        let charge = tenant.charge(10).expect("just under");
        let refused = tenant.charge(1).expect_err("just over");
        assert_eq!(refused.to_string(), "tenant `lab` has 10 VMs, its ceiling is 10; terminate one first");
        drop(charge);
        assert_eq!((tenant.used(), manager.used()), (0, 0));
        tenant.charge(10).expect("again");
    }

    #[test]
    fn what_a_scope_around_refuses_is_counted_nowhere() {
        let (tenant, manager) = pair(10, 5);
        let refused = tenant.charge(6).expect_err("the manager refuses");
        assert!(refused.to_string().starts_with("the manager has 0 VMs, its ceiling is 5"));
        assert_eq!((tenant.used(), manager.used()), (0, 0));
    }

    #[test]
    fn sums_do_not_overflow() {
        let account = Account::new(Counted::Memory, Scope::Manager, None, None);
        let _all = account.charge(u64::MAX).expect("no ceiling");
        account.charge(1).expect_err("there is no such number");
    }

    #[test]
    fn quotas_are_tightened_and_never_raised() {
        let accounts = Accounts::new(&Scope::Manager, &Quota::default(), None);
        accounts.tighten(&Quota { vms: Some(2), ..Quota::none() }).expect("less");
        let more = Quota { vms: Some(3), memory: Some(1), ..Quota::none() };
        let error = accounts.tighten(&more).expect_err("more");
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert!(error.to_string().contains("`vms`"), "{error}");
        accounts.memory.charge(2).expect("nothing of a refused change is kept");
        accounts.vms.charge(3).expect_err("the ceiling stays");
    }
}
