//! What `/proc` says about processes: time on the processor, memory.

use std::fs;

/// Clock ticks per second of `/proc`: 100 on every Linux.
const TICK_MS: f64 = 10.0;

/// Processor time of a process so far, in milliseconds; with that of its ended children if asked.
pub fn cpu_ms(pid: u32, with_children: bool) -> f64 {
    let Some(fields) = stat(pid) else { return 0.0 };
    let tick = |at: usize| {
        fields
            .get(at)
            .and_then(|f| f.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    // Counted from the state: utime 11, stime 12, cutime 13, cstime 14.
    let own = tick(11) + tick(12);
    TICK_MS
        * if with_children {
            own + tick(13) + tick(14)
        } else {
            own
        }
}

fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let rest = text.rsplit_once(") ")?.1;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

/// Processor time of a PostgreSQL cluster: the postmaster, its ended children, its living ones.
pub fn cluster_cpu_ms(postmaster: u32) -> f64 {
    let living: f64 = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| stat(*pid).and_then(|f| f.get(1)?.parse::<u32>().ok()) == Some(postmaster))
        .map(|pid| cpu_ms(pid, false))
        .sum();
    cpu_ms(postmaster, true) + living
}

/// A memory figure of a process, such as `VmRSS` or `VmHWM`, in megabytes.
pub fn memory_mb(pid: u32, what: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix(what)?.strip_prefix(':'));
    line.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1024.0
}

/// When and on what: date, number of processors and their name, load.
pub fn machine() -> String {
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find(|l| l.starts_with("model name"))
        .and_then(|l| l.split_once(": "))
        .map_or("", |(_, n)| n);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?");
    let date = banyan::clock::machine_now().format("%Y-%m-%d %H:%M UTC");
    format!("{date}: {cpus} cores ({name}), load before the run {load}")
}
