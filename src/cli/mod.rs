//! The command line: each command a thin face over the rooms' actions. `banyan help` is the manual.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::house::House;

mod audit;
mod backup;
mod doctor;
mod import;
mod matching;
mod queue;
mod sample;
mod serve;
mod worker;

pub use worker::Worker;

mod admin;

/// Banyan (榕) runs an AI talent programme, from the public call to the alumni survey.
///
/// Without any setting it keeps a private PostgreSQL below its data folder and works on the sample
/// programme; `banyan run` is all it takes. With `DATABASE_URL` it uses that server. Settings are
/// environment variables; `banyan doctor --settings` lists them with their meaning.
#[derive(Parser)]
#[command(name = "banyan", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything at once, to try it out: migrate, load the sample programme, serve, print links.
    ///
    /// Works on the private PostgreSQL or on `DATABASE_URL`. The sample programme is loaded once, into
    /// an empty database; what you change stays until `banyan sample reset`. Prints the address and
    /// one sign-in link for each kind of user, and serves until interrupted.
    Run,
    /// Serve the site, with the worker inside.
    ///
    /// Refuses a database whose schema is older than this binary and says what to run. SIGTERM ends
    /// gracefully: requests at hand are finished, claims on letters and jobs given back.
    Serve(serve::ServeOptions),
    /// Work without serving: letters, jobs and the seal on history.
    ///
    /// Any number of these may run beside any number of `banyan serve --no-worker` on one database;
    /// what a killed one had in hand is taken over when its lease runs out (30 s for letters).
    Work,
    /// Bring the database's schema up to this version.
    ///
    /// Several may be started at once: they wait for each other. With a server of your own it needs
    /// `DATABASE_OWNER_URL`, the connection string of the role `banyan_owner`; `--bootstrap` prints the
    /// SQL that makes the roles and the database, to be run once by its superuser.
    Migrate {
        /// Print the SQL that prepares a server of your own, and do nothing else.
        #[arg(long)]
        bootstrap: bool,
    },
    /// Check configuration, database, roles, schema, queues, history, mail, fonts, storage and clock.
    ///
    /// Each line says what was checked and what was found; what is wrong says how to mend it. Exits
    /// with 1 when anything is wrong, with 0 when there are warnings at most.
    Doctor(doctor::DoctorOptions),
    /// Copy the whole house into a folder: database, stored files, secret, and a manifest.
    ///
    /// The house may go on serving meanwhile: the database is read in one snapshot, and the files that
    /// it names after that. Whoever can read the folder can read everything; it is closed to others.
    /// With a server of your own it needs `DATABASE_BACKUP_URL`. Exits with 1 when a stored file is
    /// missing or not what was uploaded; the rest is backed up all the same.
    Backup(backup::BackupOptions),
    /// Make a house from a backup, in an empty database and data folder.
    ///
    /// Every SHA-256 is computed first. The database comes in one transaction, which also holds all
    /// letters: they were probably sent after the backup was taken. Then rows, files and history are
    /// looked at again; exits with 1 on any fault. `banyan admin release-mail` lets letters go.
    Restore(backup::RestoreOptions),
    /// Take in a file from outside.
    #[command(subcommand)]
    Import(import::Import),
    /// Look at letters and jobs that were laid aside as dead, and put them back.
    #[command(subcommand)]
    Queue(queue::Queue),
    /// Check history.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Load the sample programme, or begin it again.
    #[command(subcommand)]
    Sample(sample::Sample),
    /// Match trainees and postings from a folder of files, verify a result, explain it.
    ///
    /// Needs no house: anyone with the files of a published run can run it again and check it.
    #[command(subcommand)]
    Match(matching::Match),
    /// Print the description of the API (OpenAPI 3.1), as /api/openapi.json serves it.
    Openapi,
    /// People who run the house.
    #[command(subcommand)]
    Admin(admin::Admin),
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            complain(&format!("banyan: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Tells the user what is wrong.
pub(crate) fn complain(text: &str) {
    // A reader who has left (`| head`) is no fault of the command.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Tells the user what was asked for.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn config() -> Result<Config> {
    let config = Config::from_env().map_err(|err| Error::Internal(err.to_string()))?;
    crate::telemetry::start(&config);
    Ok(config)
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Run => serve::run(config()?)?,
        Command::Serve(options) => serve::serve(House::open(config()?)?, &options)?,
        Command::Work => serve::work(&House::open(config()?)?)?,
        Command::Migrate { bootstrap: true } => {
            say(&crate::db::private::bootstrap_sql("banyan")
                .map_err(|err| Error::Internal(err.to_string()))?);
        }
        Command::Migrate { bootstrap: false } => migrate(&House::open(config()?)?)?,
        Command::Doctor(options) => return Ok(doctor::run(&options)),
        Command::Backup(options) => return backup::backup(&config()?, &options),
        Command::Restore(options) => return backup::restore(config()?, &options),
        Command::Openapi => say(&crate::house::docs::document().to_string()),
        Command::Match(command) => return matching::run(&command),
        Command::Import(import) => import.run(&House::open(config()?)?)?,
        Command::Queue(command) => queue::run(&House::open(config()?)?, &command)?,
        Command::Audit(command) => return audit::run(&House::open(config()?)?, &command),
        Command::Sample(command) => sample::run(&House::open(config()?)?, &command)?,
        Command::Admin(command) => admin::run(&House::open(config()?)?, &command)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn migrate(house: &House) -> Result<()> {
    let applied = house.migrate()?;
    if applied.is_empty() {
        say("The schema is up to date.");
    } else {
        say(&format!("Applied: {}.", applied.join(", ")));
    }
    Ok(())
}
