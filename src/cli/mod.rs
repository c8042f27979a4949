//! The command line: each command a thin face over the rooms' actions. `banyan help` is the manual.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::audit::seal;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::house::{self, House};
use crate::jobs;
use crate::mail::outbox::Courier;
use crate::web::{self, Serving, Site};

mod admin;

/// Banyan (榕) runs an AI talent programme, from the public call to the alumni survey.
#[derive(Parser)]
#[command(name = "banyan", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site, with the worker inside.
    Serve(ServeOptions),
    /// Bring the database's schema up to this version.
    Migrate,
    /// People who run the house.
    #[command(subcommand)]
    Admin(admin::Admin),
}

#[derive(clap::Args)]
struct ServeOptions {
    /// Leave letters and jobs to separate `banyan work` processes.
    #[arg(long)]
    no_worker: bool,
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the command line speaks to its user")]
fn complain(text: &str) {
    eprintln!("banyan: {text}");
}

fn run(command: Command) -> Result<()> {
    let config = Config::from_env().map_err(|err| Error::Internal(err.to_string()))?;
    crate::telemetry::start(&config);
    match command {
        Command::Serve(options) => serve(House::open(config)?, &options),
        Command::Migrate => House::open(config)?.migrate().map(|_| ()),
        Command::Admin(command) => admin::run(&House::open(config)?, &command),
    }
}

fn serve(house: House, options: &ServeOptions) -> Result<()> {
    let listener = TcpListener::bind(&house.site.config.listen).map_err(|err| {
        Error::Internal(format!(
            "cannot listen on {}: {err}",
            house.site.config.listen
        ))
    })?;
    let worker = if options.no_worker {
        None
    } else {
        Some(Worker::start(&house.site)?)
    };
    let serving = Serving::new(house.site.clone());
    let served =
        actix_web::rt::System::new().block_on(web::serve(serving, house::routes(), listener));
    if let Some(worker) = worker {
        worker.stop();
    }
    drop(house);
    Ok(served?)
}

/// The worker: letters, jobs and the seal, each in a thread of its own.
pub struct Worker {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Starts working.
    ///
    /// # Errors
    /// The mail server's settings cannot be used.
    pub fn start(site: &Site) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut courier = Courier::new(site.db.clone(), site.keys.clone(), &site.config)?;
        let (db, keys, runners) = (site.db.clone(), site.keys.clone(), house::runners());
        let queue = site.db.clone();
        let threads = vec![
            beat(&stop, "letters", Duration::from_millis(500), move || {
                courier.deliver_due()
            }),
            beat(&stop, "jobs", Duration::from_millis(500), move || {
                jobs::run_due(&queue, &runners, 20)
            }),
            beat(&stop, "seal", Duration::from_secs(3), move || {
                seal::seal(&db, &keys)
            }),
        ];
        Ok(Self { stop, threads })
    }

    /// Finishes what is at hand and stops.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

/// Runs `work` again and again: at once while there is work, else after a pause.
fn beat(
    stop: &Arc<AtomicBool>,
    name: &'static str,
    pause: Duration,
    mut work: impl FnMut() -> Result<usize> + Send + 'static,
) -> JoinHandle<()> {
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            match work() {
                Ok(0) => std::thread::sleep(pause),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, name, "the worker pauses");
                    std::thread::sleep(Duration::from_secs(2));
                }
            }
        }
    })
}
