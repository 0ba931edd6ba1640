//! The acceptance tests of packages with real packages: LuaRocks' own, out of Debian, from the server that
//! `tests/mirror.sh` makes.
//!
//! | | what | where |
//! |---|---|---|
//! | 1 | all forms of a server; answers that are none | `forms`, `repositories`, `network`, `tls` |
//! | 2 | versions and constraints as LuaRocks judges them | `versions`, `host/src/package/resolve` (ranges) |
//! | 3 | real rockspecs | `rockspecs` |
//! | 4 | hostile rockspecs | `evaluate` |
//! | 5 | a manifest of 190,000 lines | `evaluate` |
//! | 6 to 9 | what is chosen, and why nothing is | `resolution` |
//! | 10, 11 | packages at work, luaunit and busted among them | `programs` |
//! | 12 | `math_package`, search, bootstrap | `catalogue` |
//! | 13 | versions side by side, generations, leases | `generations`, `install` |
//! | 14 | what a VM cannot do | `inside` |
//! | 15 | LuaRocks reads our trees | `luarocks` |
//! | 16 | hostile archives | `host/src/package/rock/tests`, `fuzzing` |
//! | 17 | rocks and indexes that were changed | `tampering`, `trust`, `network` |
//! | 18 | machine code and programs; no process is started | `refusals`, `processes` |
//! | 19 | the same name in two repositories | `tampering`, `repositories` |
//! | 20 | frozen, offline, vendored | `tampering`, `install` |
//! | 21, 22 | failures at every step, kills, many processes | `faults`, `tests/durable/packages.rs` |
//! | 23 | full, read-only and two disks | `tests/durable/disks.rs` |
//! | 24 | times | `bench/src/packages.rs` |

mod forms;
mod generations;
mod inside;
mod luarocks;
mod mirror;
mod processes;
mod programs;
mod refusals;
mod resolution;
mod rockspecs;
mod tampering;
mod world;
