//! What the operator of a host sees: spans and counters of the calls, gauges of the VMs.
//!
//! Spans: `vm` (`id`, `tenant`) around `exec` (`job`, `outcome`, `fuel`, `time_us`, `memory`). Through the
//! `metrics` facade: `bioxen_calls_total` by `outcome`, `bioxen_limits_total` by `resource`, and the gauges
//! `bioxen_vms` and `bioxen_vms_running`.

use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::error::{ErrorKind, Result};
use crate::escape::Escaped;
use crate::id::{TenantId, VmId};
use crate::outcome::{Failure, Outcome};

use super::step::Work;

/// VMs that have a name.
pub(super) const LIVE: &str = "bioxen_vms";

/// VMs that run, or have jobs waiting.
pub(super) const RUNNING: &str = "bioxen_vms_running";

/// The span of a VM.
pub(super) fn vm(id: &VmId, tenant: Option<&TenantId>) -> Span {
    let span = tracing::info_span!("vm", %id, tenant = Empty);
    if let Some(tenant) = tenant {
        span.record("tenant", tenant.as_str());
    }
    span
}

/// The call that is the whole of a job.
pub(crate) fn call(observer: Observer, work: Work<Outcome>) -> Work<Outcome> {
    Box::new(move |lua| Box::pin(async move { observer.call(work(lua)).await }))
}

/// Watches the calls of a job.
pub(crate) struct Observer {
    vm: Span,
    job: u64,
}

impl Observer {
    pub fn new(vm: Span, job: u64) -> Observer {
        Observer { vm, job }
    }

    /// A call inside a span of its own, counted by its outcome.
    pub async fn call(&self, work: impl Future<Output = Result<Outcome>>) -> Result<Outcome> {
        let span = tracing::info_span!(
            parent: &self.vm, "exec", job = self.job, outcome = Empty, fuel = Empty, time_us = Empty, memory = Empty
        );
        let mut call = Call { span: span.clone(), state: Noted::Running };
        let call = async move {
            let result = work.await;
            call.end(&result);
            result
        };
        call.instrument(span).await
    }
}

/// Notes how a call ended, also when it is dropped because its VM is terminated.
struct Call {
    span: Span,
    state: Noted,
}

enum Noted {
    Running,
    Ended,
}

impl Call {
    fn end(&mut self, result: &Result<Outcome>) {
        self.state = Noted::Ended;
        match result {
            Ok(outcome) => {
                self.count(name(&outcome.result));
                self.record(outcome);
            }
            Err(error) if error.kind() == ErrorKind::Terminated => self.count("terminated"),
            Err(_) => self.count("error"),
        }
    }

    fn count(&self, outcome: &'static str) {
        self.span.record("outcome", outcome);
        metrics::counter!("bioxen_calls_total", "outcome" => outcome).increment(1);
    }

    fn record(&self, outcome: &Outcome) {
        let usage = &outcome.usage;
        self.span.record("fuel", usage.fuel);
        self.span.record("time_us", u64::try_from(usage.time.as_micros()).unwrap_or(u64::MAX));
        self.span.record("memory", usage.memory);
        let Err(failure) = &outcome.result else { return };
        tracing::debug!(failure = %Escaped(&failure.to_string()), "a call failed");
        if let Failure::Limit { resource, .. } = failure {
            metrics::counter!("bioxen_limits_total", "resource" => resource.name()).increment(1);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Noted::Running = self.state {
            self.count(if std::thread::panicking() { "error" } else { "terminated" });
        }
    }
}

fn name<T>(result: &std::result::Result<T, Failure>) -> &'static str {
    match result {
        Ok(_) => "returned",
        Err(Failure::Syntax { .. }) => "syntax",
        Err(Failure::Raised { .. }) => "raised",
        Err(Failure::Conversion { .. }) => "conversion",
        Err(Failure::Limit { .. }) => "limit",
        Err(Failure::Interrupted) => "interrupted",
        Err(Failure::Exit(_)) => "exit",
        Err(Failure::Trap(_)) => "trap",
    }
}

/// Shows a VM in a gauge for as long as this lives. Recorders belong to the host: none is called under a
/// lock.
pub(crate) struct Shown(&'static str);

impl Shown {
    pub fn new(gauge: &'static str) -> Shown {
        metrics::gauge!(gauge).increment(1.0);
        Shown(gauge)
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        metrics::gauge!(self.0).decrement(1.0);
    }
}
