//! Measures a whole house: `make bench`, or `cargo bench --bench house -- --quick`.
//!
//! A private PostgreSQL, durable as in production; `banyan serve` beside it as a process of its own;
//! a load of 1, 8 and 32 kept connections on each page of [`pages::PAGES`]. Beside every page, in
//! the same run: `pgbench` running the statements of that very page (read from the server's log),
//! and a static page of the same size. What is measured is in `docs/operations.md`, "Measuring".
//! Nothing here passes or fails on time; a page that is not there is said to be not there.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "a measurement that meets the unexpected should stop there, and prints what it found"
)]

mod bulk;
mod ground;
mod house;
mod limit;
mod load;
mod mail;
mod pages;
mod process;
mod rows;

use std::time::Duration;

/// What was asked for on the command line.
pub struct Wanted {
    /// Length of one measurement.
    pub window: Duration,
    /// Numbers of connections.
    pub connections: Vec<usize>,
    /// Only pages whose name contains this; `export`, `import`, `letters` and `attendance` are names, too.
    pub only: Option<String>,
    /// Entries of attendance to which the database grows.
    pub rows: u64,
}

impl Wanted {
    /// Is what has this name measured?
    pub fn has(&self, name: &str) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| name.contains(only.as_str()))
    }
}

fn wanted() -> Wanted {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let quick = args.iter().any(|a| a == "--quick");
    let value = |name: &str| {
        let at = args.iter().position(|a| a == name)?;
        args.get(at + 1).cloned()
    };
    let rows = value("--rows").map(|it| it.parse().unwrap());
    Wanted {
        window: if quick {
            Duration::from_millis(1_500)
        } else {
            Duration::from_secs(6)
        },
        connections: if quick { vec![1, 8] } else { vec![1, 8, 32] },
        only: value("--only"),
        rows: rows.unwrap_or(if quick { 300_000 } else { 10_000_000 }),
    }
}

fn main() {
    if std::env::args().any(|a| a == "--serve-ground") {
        ground::serve();
        return;
    }
    let wanted = wanted();
    let house = house::House::build();
    println!("## Measured {}\n", process::machine());
    pages::run(&house, &wanted);
    bulk::run(&house, &wanted);
    if wanted.has("letters") {
        mail::run(&house);
    }
    if wanted.has("attendance") {
        rows::run(&house, &wanted);
    }
}
