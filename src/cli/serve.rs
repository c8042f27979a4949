//! Serving, working, and `run`, which does everything at once.

use std::net::TcpListener;

use crate::config::{Config, Mode};
use crate::db::migrations;
use crate::error::{Error, Result};
use crate::house::{self, House};
use crate::web::{self, Serving};

use super::{Worker, complain, say};

/// Options of `banyan serve`.
#[derive(clap::Args)]
pub struct ServeOptions {
    /// Leave letters and jobs to separate `banyan work` processes.
    #[arg(long)]
    no_worker: bool,
}

/// Serves until interrupted.
pub(super) fn serve(house: House, options: &ServeOptions) -> Result<()> {
    let listener = listen(&house.site.config)?;
    house.check_schema()?;
    say(&format!("Serving at {}", house.site.config.public_url));
    until_stopped(house, listener, !options.no_worker)
}

/// Works until interrupted.
pub(super) fn work(house: &House) -> Result<()> {
    house.check_schema()?;
    let worker = Worker::start(&house.site)?;
    say("Working.");
    let stopped = actix_web::rt::System::new().block_on(stop_signal());
    worker.stop();
    Ok(stopped?)
}

async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    Ok(())
}

/// Migrates, loads the sample programme into an empty database, serves, prints the links.
pub(super) fn run(mut config: Config) -> Result<()> {
    let listener = listen_nearby(&mut config)?;
    let house = House::open(config)?;
    let applied = house.migrate()?;
    if !applied.is_empty() {
        say(&format!("Prepared the database ({} steps).", applied.len()));
    }
    if house.site.config.mode == Mode::Sample && house.is_empty()? {
        house.mark(migrations::Mark::Sample)?;
        say("Loading the sample programme: some seconds…");
        crate::sample::load(&house.site)?;
    }
    let links = if house.site.config.mode == Mode::Sample {
        crate::sample::sign_in_links(&house.site)?
    } else {
        Vec::new()
    };
    say(&format!(
        "\nBanyan is ready: {}",
        house.site.config.public_url
    ));
    for (role, name, link) in links {
        say(&format!("  {role:<28} {name:<24} {link}"));
    }
    if house.site.config.smtp.is_none() {
        say(&format!(
            "Letters land in {}/dev/mailbox",
            house.site.config.public_url
        ));
    }
    say("Each link signs in once; start again for fresh ones. Ctrl+C stops.\n");
    until_stopped(house, listener, true)
}

fn until_stopped(house: House, listener: TcpListener, with_worker: bool) -> Result<()> {
    let worker = if with_worker {
        Some(Worker::start(&house.site)?)
    } else {
        None
    };
    let serving = Serving::new(house.site.clone());
    let served = actix_web::rt::System::new()
        .block_on(async { web::server(serving, house::routes(), listener)?.await });
    if let Some(worker) = worker {
        worker.stop();
    }
    // The private server stops with the house, after everyone who used it.
    drop(house);
    Ok(served?)
}

fn listen(config: &Config) -> Result<TcpListener> {
    TcpListener::bind(&config.listen).map_err(|err| {
        Error::Internal(format!(
            "cannot listen on {}: {err}. Set BANYAN_LISTEN to another address.",
            config.listen
        ))
    })
}

/// Where the usual port is taken, `run` takes the next free one.
fn listen_nearby(config: &mut Config) -> Result<TcpListener> {
    let first = listen(config);
    let Some((host, port)) = config
        .listen
        .rsplit_once(':')
        .and_then(|(h, p)| Some((h.to_owned(), p.parse::<u16>().ok()?)))
    else {
        return first;
    };
    if first.is_ok() || !config.listen_is_default {
        return first;
    }
    for next in port.saturating_add(1)..port.saturating_add(20) {
        if let Ok(listener) = TcpListener::bind((host.as_str(), next)) {
            complain(&format!("Port {port} is taken; using {next}."));
            config.public_url = config
                .public_url
                .replace(&format!(":{port}"), &format!(":{next}"));
            config.listen = format!("{host}:{next}");
            return Ok(listener);
        }
    }
    first
}
