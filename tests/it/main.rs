//! Every test that needs no browser, in one binary: rooms of the house as modules.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it stands"
)]

mod private_postgres;
