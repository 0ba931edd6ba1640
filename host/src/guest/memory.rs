//! Two things about a guest's memory: how much of it there may be, and reading and writing it when
//! the guest names the place. No address of a guest is trusted.

use std::sync::Arc;

use wasmtime::ResourceLimiter;

use crate::quota::{Charge, Refused};
use crate::registration::Registration;

/// Errno of WASI for an address outside the memory.
pub(crate) const FAULT: i32 = 21;

/// Kept free for the exception heap while the guest's memory grows, so that the first throw of a VM
/// whose memory is full ("not enough memory" itself) finds room: two pages of 64 KiB.
pub(crate) const EXCEPTION_RESERVE: usize = 128 * 1024;

/// Counts linear memory and exception heap together against one limit, and for a VM of a manager against
/// what its tenant and its manager may use.
#[derive(Debug)]
pub(crate) struct MemoryMeter {
    limit: usize,
    linear: usize,
    exceptions: usize,
    peak: usize,
    owner: Option<Arc<Registration>>,
    /// Linear memory and exception heap, of which the reserve is charged from the start.
    charge: Option<Charge>,
    refused: Option<Refused>,
}

impl MemoryMeter {
    pub fn new(limit: Option<u64>, owner: Option<Arc<Registration>>) -> MemoryMeter {
        let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        MemoryMeter { limit, linear: 0, exceptions: 0, peak: 0, owner, charge: None, refused: None }
    }

    pub fn peak(&self) -> u64 {
        self.peak as u64
    }

    /// The quota that refused memory last.
    pub fn refused(&self) -> Option<Refused> {
        self.refused.clone()
    }

    /// Charges growth to whoever the VM belongs to.
    fn charge(&mut self, linear: usize, exceptions: usize) -> Result<(), Refused> {
        let Some(owner) = &self.owner else { return Ok(()) };
        let bytes = |linear: usize, exceptions: usize| (linear + exceptions.max(EXCEPTION_RESERVE)) as u64;
        match &mut self.charge {
            None => self.charge = Some(owner.charge_memory(bytes(linear, exceptions))?),
            Some(charge) => {
                charge.grow(bytes(linear, exceptions) - bytes(self.linear, self.exceptions))?;
            }
        }
        Ok(())
    }
}

impl ResourceLimiter for MemoryMeter {
    /// The exception heap reports its growth here as well. It is the one whose size now is not that of
    /// the linear memory; should the two ever be equal, the sum is right all the same.
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false); // the pool would refuse it, and the growth must not be counted
        }
        let linear = current == self.linear;
        let (others, reserve) = if linear {
            (self.exceptions, EXCEPTION_RESERVE.saturating_sub(self.exceptions))
        } else {
            (self.linear, 0)
        };
        let total = desired.saturating_add(others);
        if total.saturating_add(reserve) > self.limit {
            return Ok(false);
        }
        let (linear, exceptions) = if linear { (desired, self.exceptions) } else { (self.linear, desired) };
        if let Err(refused) = self.charge(linear, exceptions) {
            self.refused = Some(refused);
            return Ok(false);
        }
        (self.linear, self.exceptions) = (linear, exceptions);
        self.peak = self.peak.max(total);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(current == 0) // the guest's one table has its final size from the start
    }
}

/// The bytes that the guest names, if all of them lie in its memory.
pub(crate) fn slice(memory: &[u8], address: u32, size: u32) -> Option<&[u8]> {
    let start = address as usize;
    memory.get(start..start.checked_add(size as usize)?)
}

/// The bytes that the guest names, to write to.
pub(crate) fn slice_mut(memory: &mut [u8], address: u32, size: u32) -> Option<&mut [u8]> {
    let start = address as usize;
    memory.get_mut(start..start.checked_add(size as usize)?)
}

/// A little-endian word at an address.
pub(crate) fn read_u32(memory: &[u8], address: u32) -> Option<u32> {
    let bytes = slice(memory, address, 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// Writes a little-endian word.
pub(crate) fn write_u32(memory: &mut [u8], address: u32, value: u32) -> Option<()> {
    slice_mut(memory, address, 4)?.copy_from_slice(&value.to_le_bytes());
    Some(())
}

/// Writes a little-endian double word.
pub(crate) fn write_u64(memory: &mut [u8], address: u32, value: u64) -> Option<()> {
    slice_mut(memory, address, 8)?.copy_from_slice(&value.to_le_bytes());
    Some(())
}
