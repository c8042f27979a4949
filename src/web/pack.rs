//! Packs pages for the way to the browser.
//!
//! In the thread that made the page, so that the answer leaves in one piece of known length. (The
//! server's own packing hops to another thread and sends head and page apart, which on a connection
//! with Nagle's algorithm costs forty milliseconds.) At the quickest level: the better ones cost as
//! much as the page. Streams and stored files are left to the server.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::reply::{Body, Reply};

/// Shorter answers fit into one packet as they are.
const WORTH: usize = 1_200;

/// Does this `Accept-Encoding` take gzip?
pub(super) fn accepts(header: &str) -> bool {
    header.split(',').any(|item| {
        let (name, rest) = item.split_once(';').unwrap_or((item, ""));
        let refused = rest
            .trim()
            .strip_prefix("q=")
            .is_some_and(|q| q.parse::<f32>() == Ok(0.0));
        matches!(name.trim(), "gzip" | "*") && !refused
    })
}

/// The answer, packed if it is text that is worth it.
pub(super) fn pack(mut reply: Reply) -> Reply {
    let text = reply.headers.iter().any(|(name, value)| {
        *name == "content-type"
            && (value.starts_with("text/")
                || value.starts_with("application/json")
                || value.contains("+json"))
    });
    let packed = reply
        .headers
        .iter()
        .any(|(name, _)| *name == "content-encoding");
    let Body::Bytes(bytes) = &reply.body else {
        return reply;
    };
    if !text || packed || bytes.len() < WORTH {
        return reply;
    }
    let mut gzip = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::fast());
    // Writing to memory cannot fail; if it did, the page goes as it is.
    let Ok(short) = gzip.write_all(bytes).and_then(|()| gzip.finish()) else {
        return reply;
    };
    reply.body = Body::Bytes(short);
    reply
        .with("content-encoding", "gzip")
        .with("vary", "accept-encoding")
}
