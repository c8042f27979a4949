//! Serving, working, and `run`, which does everything at once.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::config::{Config, Mode};
use crate::db::migrations;
use crate::error::{Error, Result};
use crate::house::{self, House};
use crate::web::{self, Serving, Site};

use super::worker::ALONE;
use super::{Worker, complain, say};

/// How long the server may take for its very first answer.
const FIRST_ANSWER: Duration = Duration::from_secs(20);

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
    warn_of_hold(&house)?;
    say(&format!("Serving at {}", house.site.config.public_url));
    until_stopped(house, listener, !options.no_worker, None)
}

/// Works until interrupted.
pub(super) fn work(house: &House) -> Result<()> {
    house.check_schema()?;
    warn_of_hold(house)?;
    let keeper = house.keep();
    let worker = Worker::pausing(&house.site, ALONE)?;
    say("Working.");
    let stopped = actix_web::rt::System::new().block_on(stop_signal());
    worker.stop();
    drop(keeper);
    Ok(stopped.map(|_stop| ())?)
}

/// After a restore no letter leaves until an operator says so: that must not go unnoticed.
fn warn_of_hold(house: &House) -> Result<()> {
    if house.held_mail()?.held_at.is_some() {
        complain("Letters are held since a restore; `banyan admin release-mail` lets them go.");
    }
    Ok(())
}

/// How we were told to stop.
enum Stop {
    /// SIGTERM, as service managers and balancers do it.
    Leave,
    /// SIGINT, from a terminal.
    Now,
}

async fn stop_signal() -> std::io::Result<Stop> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    tokio::select! {
        _ = term.recv() => Ok(Stop::Leave),
        _ = int.recv() => Ok(Stop::Now),
    }
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
    warn_of_hold(&house)?;
    let welcome = welcome(&house, &links);
    until_stopped(house, listener, true, Some(welcome))
}

/// The address and the links, for whoever has just started the house.
fn welcome(house: &House, links: &[(&'static str, String, String)]) -> String {
    let config = &house.site.config;
    let mut text = format!("\nBanyan is ready: {}\n", config.public_url);
    // Writing to a String cannot fail.
    for (role, name, link) in links {
        let _ = writeln!(text, "  {role:<28} {name:<24} {link}");
    }
    if config.smtp.is_none() {
        let _ = writeln!(text, "Letters land in {}/dev/mailbox", config.public_url);
    }
    text.push_str("Each link signs in once; start again for fresh ones. Ctrl+C stops.\n");
    text
}

/// Says `text` once the server has answered a request of our own: a link that is printed works.
fn say_when_answering(address: SocketAddr, text: String) {
    std::thread::spawn(move || {
        if let Err(error) = first_answer(address) {
            tracing::warn!(%error, "the server did not answer its first request");
        }
        say(&text);
    });
}

fn first_answer(address: SocketAddr) -> std::io::Result<()> {
    let mut stream = TcpStream::connect_timeout(&address, FIRST_ANSWER)?;
    stream.set_read_timeout(Some(FIRST_ANSWER))?;
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    stream.read_exact(&mut [0; 12])
}

fn until_stopped(
    house: House,
    listener: TcpListener,
    with_worker: bool,
    welcome: Option<String>,
) -> Result<()> {
    if let Some(text) = welcome {
        say_when_answering(listener.local_addr()?, text);
    }
    let keeper = house.keep();
    let worker = if with_worker {
        Some(Worker::start(&house.site)?)
    } else {
        None
    };
    let site = house.site.clone();
    let serving = Serving::new(house.site.clone());
    let served = actix_web::rt::System::new().block_on(async {
        let server = web::server(serving, house::routes(), listener)?;
        actix_web::rt::spawn(stop_when_told(site, server.handle()));
        server.await
    });
    if let Some(worker) = worker {
        worker.stop();
    }
    drop(keeper);
    // The private server stops with the house, after everyone who used it.
    drop(house);
    Ok(served?)
}

/// SIGTERM: call ourselves not ready, serve on for as long as a balancer needs to notice, then finish
/// what is at hand. Ctrl-C, or a second signal, skips the waiting.
async fn stop_when_told(site: Site, server: actix_web::dev::ServerHandle) {
    match stop_signal().await {
        Ok(Stop::Leave) => {
            site.metrics.leave();
            let drain = Duration::from_secs(site.config.drain_seconds);
            // The time is up, or somebody is in a hurry.
            let _ = tokio::time::timeout(drain, stop_signal()).await;
        }
        Ok(Stop::Now) => {}
        Err(error) => tracing::error!(%error, "signals cannot be heard"),
    }
    server.stop(true).await;
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
