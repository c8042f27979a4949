//! What outlives what: acknowledged writes outlive killed processes, the house outlives its database's
//! absence, a backup outlives the house, the service outlives its own upgrade and a full disk.
//!
//! Everything here is real: a PostgreSQL of its own with `fsync` on, `banyan serve` in processes of
//! their own, requests over TCP, `kill -9`.

mod acknowledged;
mod backups;
mod checks;
mod full;
mod house;
mod http;
mod load;
mod moments;
mod outage;
mod proxy;
mod rolls;
mod seed;
