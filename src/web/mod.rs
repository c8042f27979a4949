//! The web: the one register of routes, and the way of a request through the house.
//!
//! A request is parsed outside (body, cookies, origin), takes one hop to the blocking pool, and
//! there runs in one transaction: who is it ([`session`]), may they enter (the door), then the
//! handler. A GET runs in a read-only transaction, so it cannot act; any other method commits only
//! if its answer is no error. Handlers are plain functions.

pub mod api;
pub mod assets;
mod body;
mod dispatch;
pub mod exports;
pub mod fields;
pub mod forms;
mod headers;
mod idempotency;
pub(crate) mod listing;
pub mod openapi;
mod pack;
pub mod paging;
pub mod problem;
mod reply;
mod request;
mod routes;
mod server;
pub mod session;
pub(crate) mod sheet;
pub mod shell;

pub use dispatch::{Cx, Site, Visit, Visitor};
pub use forms::{Form, Pairs};
pub use idempotency::once;
pub use reply::{Body as ReplyBody, Reply, Rows};
pub use request::{Body, Request, Upload};
pub use routes::{Door, Handler, Method, Operation, Routes};
pub use server::{Serving, mount, server};
pub use shell::Shell;
