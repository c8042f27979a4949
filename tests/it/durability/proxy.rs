//! A way to the database that can be cut, and that can swallow everything without a word.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A look at the mode.
const TICK: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Open,
    /// Nothing passes, nothing is closed; whoever comes now is never answered, not even later.
    Hole,
    /// Everything is closed at once.
    Cut,
}

struct State {
    mode: Mutex<Mode>,
    /// Connections made before this generation's hole are cut when it ends.
    generation: AtomicUsize,
    socket: PathBuf,
}

/// Listens on loopback, and passes on to a unix socket.
#[derive(Clone)]
pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

impl Proxy {
    pub fn start(socket: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            mode: Mutex::new(Mode::Open),
            generation: AtomicUsize::new(0),
            socket: socket.to_owned(),
        });
        let its = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let state = Arc::clone(&its);
                std::thread::spawn(move || carry(client, &state));
            }
        });
        Self { port, state }
    }

    /// The connection string of the app's role through here.
    pub fn url(&self) -> String {
        format!(
            "postgresql://banyan_app@127.0.0.1:{}/banyan?sslmode=disable",
            self.port
        )
    }

    /// Swallows everything from now on.
    pub fn hole(&self) {
        *self.state.mode.lock().unwrap() = Mode::Hole;
    }

    /// Closes everything from now on.
    pub fn cut(&self) {
        *self.state.mode.lock().unwrap() = Mode::Cut;
    }

    /// Lets new connections pass. What was open in the hole flows on (`thaw`) or is cut.
    pub fn open(&self, thaw: bool) {
        if !thaw {
            self.state.generation.fetch_add(1, Ordering::SeqCst);
        }
        *self.state.mode.lock().unwrap() = Mode::Open;
    }
}

fn carry(client: TcpStream, state: &Arc<State>) {
    let mode = *state.mode.lock().unwrap();
    match mode {
        Mode::Cut => return,
        Mode::Hole => {
            // Lost for good: held open, never answered.
            std::mem::forget(client);
            return;
        }
        Mode::Open => {}
    }
    let Ok(server) = UnixStream::connect(&state.socket) else {
        return;
    };
    let generation = state.generation.load(Ordering::SeqCst);
    client.set_read_timeout(Some(TICK)).unwrap();
    server.set_read_timeout(Some(TICK)).unwrap();
    let (client_too, server_too) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let its = Arc::clone(state);
    let back = std::thread::spawn(move || {
        pump(&server_too, &client_too, &its, generation);
        let _ = client_too.shutdown(Shutdown::Both);
        let _ = server_too.shutdown(Shutdown::Both);
    });
    pump(&client, &server, state, generation);
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
    back.join().unwrap();
}

fn pump(mut from: impl Read, mut to: impl Write, state: &State, generation: usize) {
    let mut buffer = [0; 16 * 1024];
    loop {
        let mode = *state.mode.lock().unwrap();
        if mode == Mode::Cut || state.generation.load(Ordering::SeqCst) != generation {
            return;
        }
        if mode == Mode::Hole {
            std::thread::sleep(TICK);
            continue;
        }
        match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(n) => {
                if to.write_all(&buffer[..n]).is_err() {
                    return;
                }
            }
            Err(err)
                if matches!(
                    err.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) => {}
            Err(_) => return,
        }
    }
}
