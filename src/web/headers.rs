//! Where a request comes from, and the headers that every answer carries.

use std::net::{IpAddr, SocketAddr};

use super::routes::Method;

/// One strict policy for every page: our own files only, no inline script or style.
pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'; object-src 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// Headers of every answer, errors included.
pub const ALWAYS: &[(&str, &str)] = &[
    ("content-security-policy", CSP),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
];

/// Whom a request is counted under: the address at the other end of the line; behind a proxy of our own
/// on this machine, the one that this proxy has added last. Of an IPv6 address only the network counts:
/// whoever has one address of it has them all.
#[must_use]
pub fn peer(line: Option<IpAddr>, forwarded: Option<&str>, behind_proxy: bool) -> String {
    let said = forwarded
        .filter(|_| behind_proxy && line.is_some_and(|ip| ip.is_loopback()))
        .and_then(|list| list.rsplit(',').next())
        .and_then(address);
    match said.or(line).map(|ip| ip.to_canonical()) {
        Some(IpAddr::V6(ip)) if !ip.is_loopback() => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Some(ip) => ip.to_string(),
        None => String::new(),
    }
}

/// An address, perhaps with a port, as proxies write it.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let with_port = || text.parse::<SocketAddr>().ok().map(|it| it.ip());
    bare.parse().ok().or_else(with_port)
}

/// Where a browser says that a request comes from.
pub struct Origin<'a> {
    /// `Sec-Fetch-Site`.
    pub fetch_site: Option<&'a str>,
    /// `Origin`.
    pub origin: Option<&'a str>,
    /// `Host`.
    pub host: &'a str,
    /// Our public address.
    pub public_url: &'a str,
}

impl Origin<'_> {
    /// May this request act? Safe methods always. Otherwise the browser must say that it comes from
    /// our own pages (`Sec-Fetch-Site`, or an `Origin` that is ours); a request that says nothing
    /// may act only by a token, never by a cookie that a browser adds by itself.
    #[must_use]
    pub fn may_act(&self, method: Method, by_token: bool) -> bool {
        if method == Method::Get || by_token {
            return true;
        }
        match (self.fetch_site, self.origin) {
            (Some(site), _) => matches!(site, "same-origin" | "none"),
            (None, Some(origin)) => {
                origin == self.public_url
                    || origin
                        .split_once("://")
                        .is_some_and(|(_, host)| host == self.host)
            }
            (None, None) => false,
        }
    }
}
