//! Journeys in a real browser: Debian's Chromium, a real port, a database and a mail server of their
//! own. A fresh session for each journey, one after another.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop there"
)]

#[path = "../it/support/app.rs"]
#[expect(
    dead_code,
    reason = "journeys use a part of what the other tests share"
)]
mod app;
#[path = "../it/support/smtp_sink.rs"]
#[expect(
    dead_code,
    reason = "journeys use a part of what the other tests share"
)]
mod smtp_sink;

mod access;
mod browser;
mod house;
mod scene;
mod steps;

mod applies;
mod canaries;
mod founds;
mod keyboard;
mod languages;
mod learns;
mod placed;
mod posts;
mod ranks;
mod school;
mod selects;
mod session;
mod smoke;
