//! A small server that speaks S3: it checks every signature by its own reckoning, keeps objects in
//! memory, and can fail, hang or cut its answers short.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use banyan::clock::machine_now;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// The keys of the door.
pub const KEY: &str = "AKIAEXAMPLE";
pub const SECRET: &str = "not-a-real-secret/with+signs";
pub const REGION: &str = "ap-east-1";
/// The bucket that exists.
pub const BUCKET: &str = "banyan-files";

/// What goes wrong with the next requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// "Slow down."
    Busy,
    /// No answer for so long.
    Hang(Duration),
    /// The connection ends in the middle of the body.
    Cut,
}

/// An object with the time of its writing.
type Object = (Vec<u8>, DateTime<Utc>);

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    faults: Vec<Fault>,
    log: Vec<String>,
}

/// The server. It ends with the process.
#[derive(Clone)]
pub struct S3Server {
    /// `http://127.0.0.1:port`.
    pub endpoint: String,
    state: Arc<Mutex<State>>,
}

impl S3Server {
    /// Starts one, with an empty bucket.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream.unwrap(), &shared));
            }
        });
        Self { endpoint, state }
    }

    /// Settings that lead here.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("BANYAN_STORAGE", "s3".to_owned()),
            ("BANYAN_S3_ENDPOINT", self.endpoint.clone()),
            ("BANYAN_S3_BUCKET", BUCKET.to_owned()),
            ("BANYAN_S3_REGION", REGION.to_owned()),
            ("BANYAN_S3_KEY", KEY.to_owned()),
            ("BANYAN_S3_SECRET", SECRET.to_owned()),
            ("BANYAN_S3_TIMEOUT", "4".to_owned()),
        ]
    }

    /// These go wrong, one after another.
    pub fn fail(&self, faults: &[Fault]) {
        self.state.lock().unwrap().faults = faults.iter().rev().copied().collect();
    }

    /// Keys of what is kept.
    pub fn keys(&self) -> Vec<String> {
        self.state.lock().unwrap().objects.keys().cloned().collect()
    }

    /// Method and path of each request that was let in.
    pub fn log(&self) -> Vec<String> {
        self.state.lock().unwrap().log.clone()
    }

    /// Puts something there, written at a time.
    pub fn keep(&self, key: &str, bytes: &[u8], at: &str) {
        let object = (bytes.to_vec(), at.parse().unwrap());
        let mut state = self.state.lock().unwrap();
        state.objects.insert(key.to_owned(), object);
    }
}

struct Request {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    raw_query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let size = headers
        .get("content-length")
        .map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; size];
    reader.read_exact(&mut body).ok()?;
    let (path, raw_query) = target.split_once('?').unwrap_or((&target, ""));
    let query = form_urlencoded::parse(raw_query.as_bytes())
        .into_owned()
        .collect();
    Some(Request {
        method,
        path: path.to_owned(),
        query,
        raw_query: raw_query.to_owned(),
        headers,
        body,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The signature as the specification reckons it; the reason when the request is not to be let in.
fn judge(request: &Request) -> Result<(), (u16, &'static str)> {
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
    let sha = header("x-amz-content-sha256");
    if hex(&Sha256::digest(&request.body)) != sha {
        return Err((400, "XAmzContentSHA256Mismatch"));
    }
    let date = header("x-amz-date");
    let at = chrono::NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ")
        .map_err(|_malformed| (403, "AccessDenied"))?;
    if (machine_now().naive_utc() - at).num_minutes().abs() > 15 {
        return Err((403, "RequestTimeTooSkewed"));
    }
    let scope = format!("{}/{REGION}/s3/aws4_request", &date[..8]);
    let authorization = header("authorization");
    let rest = authorization
        .strip_prefix(&format!(
            "AWS4-HMAC-SHA256 Credential={KEY}/{scope},SignedHeaders="
        ))
        .ok_or((403, "InvalidAccessKeyId"))?;
    let (names, signature) = rest
        .split_once(",Signature=")
        .ok_or((403, "AccessDenied"))?;
    assert!(names.split(';').any(|name| name == "host"), "{names}");
    let lines: String = names
        .split(';')
        .map(|name| format!("{name}:{}\n", header(name)))
        .collect();
    let mut query: Vec<&str> = request.raw_query.split('&').collect();
    query.sort_unstable();
    let canonical = format!(
        "{}\n{}\n{}\n{lines}\n{names}\n{sha}",
        request.method,
        request.path,
        query.join("&")
    );
    let text = format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let key = mac(format!("AWS4{SECRET}").as_bytes(), &date[..8]);
    let key = ["ap-east-1", "s3", "aws4_request"]
        .iter()
        .fold(key, |key, step| mac(&key, step));
    if hex(&mac(&key, &text)) != signature {
        return Err((403, "SignatureDoesNotMatch"));
    }
    Ok(())
}

fn serve(stream: TcpStream, state: &Mutex<State>) {
    let mut out = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let fault = state.lock().unwrap().faults.pop();
        let (status, body) = match fault {
            Some(Fault::Hang(long)) => {
                std::thread::sleep(long);
                return;
            }
            Some(Fault::Busy) => (503, b"<Error><Code>SlowDown</Code></Error>".to_vec()),
            Some(Fault::Cut) | None => answer(&request, &mut state.lock().unwrap()),
        };
        let head = format!(
            "HTTP/1.1 {status} {}\r\nContent-Length: {}\r\n\r\n",
            if status < 300 { "OK" } else { "No" },
            body.len()
        );
        let cut = fault == Some(Fault::Cut);
        let sent = if cut {
            &body[..body.len() / 2]
        } else {
            &body[..]
        };
        let _ = out.write_all(head.as_bytes());
        let _ = out.write_all(sent);
        if cut {
            let _ = out.shutdown(std::net::Shutdown::Both);
            return;
        }
    }
}

fn answer(request: &Request, state: &mut State) -> (u16, Vec<u8>) {
    let error = |status: u16, code: &str| {
        let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
        (status, text.into_bytes())
    };
    if let Err((status, code)) = judge(request) {
        return error(status, code);
    }
    state
        .log
        .push(format!("{} {}", request.method, request.path));
    let path = format!("/{BUCKET}");
    let Some(key) = request.path.strip_prefix(&path) else {
        return error(404, "NoSuchBucket");
    };
    let key = key.trim_start_matches('/').to_owned();
    match request.method.as_str() {
        "PUT" => {
            state
                .objects
                .insert(key, (request.body.clone(), machine_now()));
            (200, Vec::new())
        }
        "DELETE" => {
            state.objects.remove(&key);
            (204, Vec::new())
        }
        "GET" if key.is_empty() => (200, list(request, state).into_bytes()),
        "GET" => match state.objects.get(&key) {
            Some((bytes, _)) => (200, bytes.clone()),
            None => error(404, "NoSuchKey"),
        },
        _ => error(405, "MethodNotAllowed"),
    }
}

/// Two keys a page, so that paging happens.
fn list(request: &Request, state: &State) -> String {
    let asked = |name: &str| {
        let found = request.query.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(asked("list-type"), Some("2"));
    let (prefix, after) = (
        asked("prefix").unwrap_or(""),
        asked("continuation-token").map_or("", |token| token.strip_prefix("after&").unwrap()),
    );
    let mut found = state
        .objects
        .iter()
        .filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
    let mut xml = "<?xml version=\"1.0\"?><ListBucketResult>".to_owned();
    let mut last = "";
    for (key, (_, at)) in found.by_ref().take(2) {
        let at = at.format("%Y-%m-%dT%H:%M:%S%.3fZ");
        write!(
            xml,
            "<Contents><Key>{key}</Key><LastModified>{at}</LastModified></Contents>"
        )
        .unwrap();
        last = key;
    }
    if found.next().is_some() {
        write!(
            xml,
            "<NextContinuationToken>after&amp;{last}</NextContinuationToken>"
        )
        .unwrap();
    }
    xml.push_str("</ListBucketResult>");
    xml
}
