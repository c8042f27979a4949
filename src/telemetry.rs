//! Logs and metrics. A log line says a sentence and carries ids, never a person; a failure is logged
//! once, at the edge.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Starts logging to standard error. Calling it twice does nothing.
pub fn start(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_bad| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start (tests) keeps the first.
    let _ = if config.log_json {
        builder.json().try_init()
    } else {
        builder.compact().try_init()
    };
}

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 8] = [0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0, 10.0];

#[derive(Default)]
struct Route {
    by_status: BTreeMap<u16, u64>,
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

/// Counters in Prometheus' text format. Labels are route patterns, never addresses.
#[derive(Default)]
pub struct Metrics {
    routes: Mutex<BTreeMap<&'static str, Route>>,
    gauges: Mutex<BTreeMap<&'static str, f64>>,
    probing: AtomicBool,
    leaving: AtomicBool,
    waiting: AtomicU64,
    busy: AtomicU64,
    failed: AtomicU64,
}

/// A request that waits for its turn; dropped, it waits no longer.
pub struct Waiting<'a>(&'a AtomicU64);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts one request more that waits for its turn, and says how many wait with it.
    pub fn wait(&self) -> (Waiting<'_>, u64) {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        (Waiting(&self.waiting), before + 1)
    }

    /// Counts one request. A probe that tells of trouble is no trouble of its own.
    pub fn request(&self, pattern: &'static str, status: u16, took: Duration) {
        match status {
            503 if pattern != "/readyz" => _ = self.busy.fetch_add(1, Ordering::Relaxed),
            500 => _ = self.failed.fetch_add(1, Ordering::Relaxed),
            _ => {}
        }
        let Ok(mut routes) = self.routes.lock() else {
            return;
        };
        let route = routes.entry(pattern).or_default();
        *route.by_status.entry(status).or_default() += 1;
        let seconds = took.as_secs_f64();
        for (bucket, bound) in route.buckets.iter_mut().zip(BUCKETS) {
            if seconds <= bound {
                *bucket += 1;
            }
        }
        route.count += 1;
        route.seconds += seconds;
    }

    /// Sets a gauge, such as the length of the outbox.
    pub fn gauge(&self, name: &'static str, value: f64) {
        if let Ok(mut gauges) = self.gauges.lock() {
            gauges.insert(name, value);
        }
    }

    /// May a probe ask the database now? Not while an earlier question is unanswered.
    pub fn begin_probe(&self) -> bool {
        !self.probing.swap(true, Ordering::AcqRel)
    }

    /// The probe has its answer.
    pub fn end_probe(&self) {
        self.probing.store(false, Ordering::Release);
    }

    /// The process was told to stop: it serves on for a moment, but wants no new work.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Release);
    }

    /// Was the process told to stop?
    pub fn leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
    }

    /// Everything, as Prometheus reads it.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::new();
        self.render_routes(&mut out);
        let counted = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let _ = write!(
            out,
            "# TYPE banyan_answers_busy_total counter\nbanyan_answers_busy_total {}\n\
             # TYPE banyan_answers_failed_total counter\nbanyan_answers_failed_total {}\n\
             # TYPE banyan_requests_waiting gauge\nbanyan_requests_waiting {}\n",
            counted(&self.busy),
            counted(&self.failed),
            counted(&self.waiting)
        );
        if let Ok(gauges) = self.gauges.lock() {
            for (name, value) in gauges.iter() {
                let _ = writeln!(out, "# TYPE {name} gauge\n{name} {value}");
            }
        }
        out
    }
    fn render_routes(&self, out: &mut String) {
        // Writing to a String cannot fail.
        out.push_str("# TYPE banyan_requests_total counter\n");
        if let Ok(routes) = self.routes.lock() {
            for (pattern, route) in routes.iter() {
                for (status, count) in &route.by_status {
                    let _ = writeln!(
                        out,
                        "banyan_requests_total{{route=\"{pattern}\",status=\"{status}\"}} {count}"
                    );
                }
            }
            out.push_str("# TYPE banyan_request_seconds histogram\n");
            for (pattern, route) in routes.iter() {
                for (count, bound) in route.buckets.iter().zip(BUCKETS) {
                    let _ = writeln!(
                        out,
                        "banyan_request_seconds_bucket{{route=\"{pattern}\",le=\"{bound}\"}} {count}"
                    );
                }
                let _ = writeln!(
                    out,
                    "banyan_request_seconds_bucket{{route=\"{pattern}\",le=\"+Inf\"}} {}",
                    route.count
                );
                let _ = writeln!(
                    out,
                    "banyan_request_seconds_sum{{route=\"{pattern}\"}} {}",
                    route.seconds
                );
                let _ = writeln!(
                    out,
                    "banyan_request_seconds_count{{route=\"{pattern}\"}} {}",
                    route.count
                );
            }
        }
    }
}
