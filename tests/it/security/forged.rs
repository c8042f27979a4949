//! Forged links at every door that takes one: they open nothing, change nothing, and are answered as
//! a link that never was.

use actix_web::test::TestRequest;
use banyan::web::{Method, Site};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::doors::called;
use crate::doors::knock::{FROM_HERE, Knock, Watcher, With, knock, normal, open};
use crate::doors::world::{World, id};

/// A token put together by hand: this header, these claims, signed by HMAC-SHA-256 under this key.
fn token(header: &str, claims: &str, key: &[u8]) -> String {
    let body = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(body.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{body}.{signature}")
}

struct Forger<'a> {
    site: &'a Site,
    purpose: &'a str,
    other: &'a str,
    link: String,
}

impl Forger<'_> {
    fn key(&self, purpose: &str) -> [u8; 32] {
        self.site.keys.derive(&format!("link/{purpose}"))
    }

    /// The header as we write it, with one member more or another value for one.
    fn header(&self, change: Option<(&str, Value)>) -> String {
        let mut members = vec![
            ("typ", json!(format!("{}+jwt", self.purpose))),
            ("alg", json!("HS256")),
        ];
        if let Some((name, value)) = change {
            match members.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = value,
                None => members.push((name, value)),
            }
        }
        let members: Vec<String> = members
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    }

    fn claims(&self) -> Value {
        json!({
            "iss": self.site.config.public_url,
            "aud": self.purpose,
            "jti": self.link,
            "exp": 4_102_444_800_i64,
        })
    }

    /// The true token: made by hand, it opens; so what follows fails for its own reason.
    fn good(&self) -> String {
        token(
            &self.header(None),
            &self.claims().to_string(),
            &self.key(self.purpose),
        )
    }

    /// With one member of the header changed, under the true key.
    fn head(&self, name: &str, value: Value) -> String {
        token(
            &self.header(Some((name, value))),
            &self.claims().to_string(),
            &self.key(self.purpose),
        )
    }

    /// With one claim changed (or gone), under the true key.
    fn claim(&self, name: &str, value: Option<Value>) -> String {
        let mut claims = self.claims();
        match value {
            Some(value) => claims[name] = value,
            None => {
                claims.as_object_mut().unwrap().remove(name);
            }
        }
        token(
            &self.header(None),
            &claims.to_string(),
            &self.key(self.purpose),
        )
    }

    /// Signed by somebody who does not know the key, who says in the header where to look for it.
    fn pointing(&self, name: &str, value: Value, key: &[u8]) -> String {
        let header = self.header(Some((name, value)));
        token(&header, &self.claims().to_string(), key)
    }

    fn by_algorithm(&self) -> Vec<(&'static str, String)> {
        let parts = |token: &str| {
            let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
            parts
        };
        let good = parts(&self.good());
        let mut all = Vec::new();
        for name in ["none", "None", "NONE", "nOnE"] {
            let made = parts(&self.head("alg", json!(name)));
            all.push(("alg none", format!("{}.{}.", made[0], made[1])));
            all.push(("alg none, signed", made.join(".")));
        }
        for name in [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA",
            "HS384",
            "HS512",
            "hs256",
            "HS256\u{0}",
        ] {
            all.push((
                "another algorithm over the true key",
                self.head("alg", json!(name)),
            ));
        }
        all.extend([
            ("no signature", format!("{}.{}.", good[0], good[1])),
            ("no third part", format!("{}.{}", good[0], good[1])),
            ("a fourth part", format!("{}.x", good.join("."))),
            (
                "five parts, as JWE",
                format!("{}..{}.{}.{}", good[0], good[1], good[2], good[2]),
            ),
            ("alg as a list", self.head("alg", json!(["HS256"]))),
            ("alg null", self.head("alg", Value::Null)),
        ]);
        all
    }

    fn by_pointer(&self) -> Vec<(&'static str, String)> {
        let own: &[u8] = b"the forger's own key";
        let jwk = json!({"kty": "oct", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(own)});
        vec![
            (
                "kid to an empty file",
                self.pointing("kid", json!("../../../../dev/null"), b""),
            ),
            (
                "kid with SQL",
                self.pointing("kid", json!("x' UNION SELECT 'AAAA'--"), b"AAAA"),
            ),
            (
                "kid with a command",
                self.pointing("kid", json!("k|echo x"), b"x"),
            ),
            (
                "kid that is the purpose",
                self.pointing("kid", json!("link/reset"), &self.key(self.other)),
            ),
            (
                "jku",
                self.pointing("jku", json!("https://evil.example/jwks.json"), own),
            ),
            (
                "x5u",
                self.pointing("x5u", json!("https://evil.example/x.pem"), own),
            ),
            ("jwk in the header", self.pointing("jwk", jwk.clone(), own)),
            (
                "x5c in the header",
                self.pointing("x5c", json!([STANDARD.encode(own)]), own),
            ),
            (
                "jwk and kid",
                self.pointing("jwk", json!({"keys": [jwk], "kid": "a"}), own),
            ),
            (
                "another secret",
                self.pointing("typ", json!(format!("{}+jwt", self.purpose)), own),
            ),
            (
                "no secret",
                self.pointing("typ", json!(format!("{}+jwt", self.purpose)), b""),
            ),
            (
                "the public address as secret",
                self.pointing(
                    "typ",
                    json!(format!("{}+jwt", self.purpose)),
                    self.site.config.public_url.as_bytes(),
                ),
            ),
            (
                "another purpose's key",
                self.pointing(
                    "typ",
                    json!(format!("{}+jwt", self.purpose)),
                    &self.key(self.other),
                ),
            ),
        ]
    }

    fn by_claim(&self) -> Vec<(&'static str, String)> {
        let text = |value: &str| Some(json!(value));
        let twice = |claims: String| token(&self.header(None), &claims, &self.key(self.purpose));
        let claims = self.claims().to_string();
        let inner = claims.trim_end_matches('}');
        vec![
            ("exp as a string", self.claim("exp", text("4102444800"))),
            ("no exp", self.claim("exp", None)),
            ("exp null", self.claim("exp", Some(Value::Null))),
            (
                "exp as a fraction",
                self.claim("exp", Some(json!(4102444800.5))),
            ),
            (
                "exp beyond every number",
                self.claim("exp", Some(json!(1e300))),
            ),
            (
                "exp as a list",
                self.claim("exp", Some(json!([4_102_444_800_i64]))),
            ),
            ("exp true", self.claim("exp", Some(json!(true)))),
            ("no aud", self.claim("aud", None)),
            ("another aud", self.claim("aud", text(self.other))),
            (
                "aud as a list",
                self.claim("aud", Some(json!([self.other, self.purpose]))),
            ),
            (
                "aud in capitals",
                self.claim("aud", text(&self.purpose.to_uppercase())),
            ),
            (
                "aud with a space",
                self.claim("aud", text(&format!("{} ", self.purpose))),
            ),
            ("no iss", self.claim("iss", None)),
            (
                "another iss",
                self.claim("iss", text("https://evil.example")),
            ),
            (
                "iss as a list",
                self.claim("iss", Some(json!([self.site.config.public_url]))),
            ),
            ("no jti", self.claim("jti", None)),
            ("jti of SQL", self.claim("jti", text("' OR '1'='1"))),
            (
                "jti of no row",
                self.claim("jti", text("00000000-0000-0000-0000-000000000000")),
            ),
            (
                "jti of another purpose's row",
                self.claim(
                    "jti",
                    text(&id('A', &format!("link-{}", self.other)).to_string()),
                ),
            ),
            ("jti as a number", self.claim("jti", Some(json!(1)))),
            (
                "aud twice",
                twice(format!("{inner},\"aud\":\"{}\"}}", self.purpose)),
            ),
            (
                "jti twice",
                twice(format!("{inner},\"jti\":\"{}\"}}", self.link)),
            ),
            ("exp twice", twice(format!("{inner},\"exp\":4102444800}}"))),
            ("claims that are a text", twice("\"claims\"".to_owned())),
            ("claims in a list", twice(format!("[{claims}]"))),
            ("claims after a mark", twice(format!("\u{feff}{claims}"))),
            (
                "huge",
                twice(format!("{inner},\"pad\":\"{}\"}}", "a".repeat(40_000)))[..30_000].to_owned(),
            ),
            (
                "deep",
                twice(format!(
                    "{inner},\"pad\":{}{}}}",
                    "[".repeat(5_000),
                    "]".repeat(5_000)
                )),
            ),
        ]
    }

    fn by_type(&self) -> Vec<(&'static str, String)> {
        let other = self.site.keys.sign_link(
            self.other,
            id('A', &format!("link-{}", self.other))
                .to_string()
                .parse()
                .unwrap(),
            "2100-01-01T00:00:00Z".parse().unwrap(),
        );
        let good = self.good();
        let untyped = token(
            "{\"alg\":\"HS256\"}",
            &self.claims().to_string(),
            &self.key(self.purpose),
        );
        let turned = format!("{{\"alg\":\"HS256\",\"typ\":\"{}+jwt\"}}", self.purpose);
        let turned = token(&turned, &self.claims().to_string(), &self.key(self.purpose));
        let flipped = {
            let mut bytes = good.clone().into_bytes();
            let at = bytes.len() - 10;
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).unwrap()
        };
        vec![
            ("a link for another purpose", other.unwrap()),
            ("no typ", untyped),
            ("a header in another order", turned),
            ("plain typ", self.head("typ", json!("JWT"))),
            (
                "another purpose's typ",
                self.head("typ", json!(format!("{}+jwt", self.other))),
            ),
            ("typ as access token", self.head("typ", json!("at+jwt"))),
            (
                "typ as a list",
                self.head("typ", json!([format!("{}+jwt", self.purpose)])),
            ),
            (
                "nested",
                self.head("cty", json!("JWT")).replacen('.', "..", 1),
            ),
            (
                "an unknown critical member",
                self.head("crit", json!(["exp"])),
            ),
            ("a body that is not encoded", self.head("b64", json!(false))),
            ("cut short", good[..good.len() - 3].to_owned()),
            ("cut in the claims", good[..good.len() / 2].to_owned()),
            ("one bit of the signature", flipped),
            ("padded", format!("{good}=")),
            ("a space behind", format!("{good}%20")),
            ("a line behind", format!("{good}%0A")),
            ("NUL behind", format!("{good}%00")),
            ("wide letters", good.replace('.', "%EF%BC%8E")),
        ]
    }

    fn all(&self) -> Vec<(&'static str, String)> {
        [
            self.by_algorithm(),
            self.by_pointer(),
            self.by_claim(),
            self.by_type(),
        ]
        .concat()
    }
}

#[actix_web::test]
async fn forged_links_of_every_kind_are_answered_as_a_link_that_never_was() {
    let world = World::new();
    let site = &world.app.site;
    let house = open(site).await;
    let mut watcher = Watcher::new(&world.app.super_url());
    let before = watcher.digest();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for purpose in ["sign_in", "confirm", "reset", "invite", "offer"] {
        let other = if purpose == "reset" {
            "sign_in"
        } else {
            "reset"
        };
        let forger = Forger {
            site,
            purpose,
            other,
            link: id('A', &format!("link-{purpose}")).to_string(),
        };
        let ask = async |method: Method, token: &str| {
            let path = format!("/link/{purpose}/{token}");
            let asked = Knock {
                who: called("anonymous"),
                method,
                path: &path,
                origin: FROM_HERE,
                with: With::default(),
            };
            normal(&knock(&house, &asked).await, &[token.to_owned()])
        };
        assert_eq!(ask(Method::Get, &forger.good()).await.0, 200, "{purpose}");
        for method in [Method::Get, Method::Post] {
            let never = ask(method, "no-such-token").await;
            assert_eq!(never.0, 404, "{purpose}");
            for (what, token) in forger.all() {
                tried += 1;
                let answer = ask(method, &token).await;
                // The page repeats its own address where one chooses the language.
                if (answer.0, &answer.1) != (never.0, &never.1) {
                    wrong.push(format!("{purpose} {what}: {}", answer.0));
                }
                if bare(&answer.2) != bare(&never.2) {
                    wrong.push(format!("{purpose} {what}: another page"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "of {tried}:\n{}", wrong.join("\n"));
    assert!(tried >= 600, "{tried}");
    assert_eq!(before, watcher.digest(), "nothing has changed");
}

/// A page without its own address.
fn bare(page: &str) -> String {
    let mut out = String::new();
    for (n, piece) in page.split("/link/").enumerate() {
        let rest = piece.find(['"', '&', '<']).map_or("", |end| &piece[end..]);
        out.push_str(if n == 0 { piece } else { rest });
    }
    out
}

#[actix_web::test]
async fn a_link_is_no_session_and_a_session_is_no_link() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let link = world
        .app
        .site
        .keys
        .sign_link(
            "sign_in",
            id('A', "link-sign_in").to_string().parse().unwrap(),
            "2100-01-01T00:00:00Z".parse().unwrap(),
        )
        .unwrap();
    for request in [
        TestRequest::get().insert_header(("cookie", format!("__Host-session={link}"))),
        TestRequest::get().insert_header(("cookie", format!("session={link}"))),
    ] {
        assert_eq!(house(request.uri("/account")).await.status, 303);
    }
    let bearer = TestRequest::get()
        .uri("/api/v1/me")
        .insert_header(("authorization", format!("Bearer {link}")));
    assert_eq!(house(bearer).await.status, 401);
    let cookie = crate::doors::world::cookie(called("applicant")).unwrap();
    let path = format!("/link/sign_in/{cookie}");
    assert_eq!(house(TestRequest::get().uri(&path)).await.status, 404);
}
