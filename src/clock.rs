//! The only reader of the machine's clock. Decisions never use it: they take the database's time
//! (`db::now`), which is the one truth about deadlines.

use chrono::{DateTime, Utc};

/// The machine's time, for logs, HTTP headers and timeouts only.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock"
)]
#[must_use]
pub fn machine_now() -> DateTime<Utc> {
    Utc::now()
}
