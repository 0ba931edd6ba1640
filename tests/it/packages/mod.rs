//! Packages and environments.

mod acceptance;
mod authority;
mod catalogue;
mod environments;
mod evaluate;
mod faults;
mod install;
mod load;
mod network;
mod repositories;
mod rocks;
mod server;
mod shelf;
mod tls;
mod trust;
mod versions;
