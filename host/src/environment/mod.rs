//! Named sets of installed packages, which VMs see read-only.
