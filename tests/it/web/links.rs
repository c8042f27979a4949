//! Mailed links and cursors that we did not make.

use banyan::access::secret::Keys;
use banyan::ids::LinkId;
use banyan::web::Pairs;
use banyan::web::paging::Cursor;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::tables::{at, seeded};

const ISSUER: &str = "http://localhost:8080";
const SECRET: &str = "a secret for tests that nobody else uses";

fn keys() -> Keys {
    Keys::new(SECRET, ISSUER)
}

fn link() -> LinkId {
    "0190a000-0000-7000-8000-000000000001".parse().unwrap()
}

fn good() -> String {
    keys()
        .sign_link("offer", link(), at("2030-01-01T00:00:00Z"))
        .unwrap()
}

fn claims() -> Value {
    json!({"iss": ISSUER, "aud": "offer", "jti": link(), "exp": 1_893_456_000})
}

fn changed(name: &str, value: Value) -> Value {
    let mut all = claims();
    all[name] = value;
    all
}

fn without(name: &str) -> Value {
    let mut all = claims();
    all.as_object_mut().unwrap().remove(name);
    all
}

fn signed(header: &Header, claims: &Value, key: &[u8]) -> String {
    encode(header, claims, &EncodingKey::from_secret(key)).unwrap()
}

fn header(algorithm: Algorithm, typ: Option<&str>) -> Header {
    let mut header = Header::new(algorithm);
    header.typ = typ.map(str::to_owned);
    header
}

fn raw(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

/// Tokens that somebody might try, by what is wrong with them.
fn forged() -> Vec<(String, String)> {
    let key = keys().derive("link/offer");
    let ours = header(Algorithm::HS256, Some("offer+jwt"));
    let parts: Vec<String> = good().split('.').map(str::to_owned).collect();
    let (head, body, tail) = (&parts[0], &parts[1], &parts[2]);
    let mut kid = ours.clone();
    kid.kid = Some("../../dev/null".to_owned());
    let mut all: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("dots", "..".to_owned()),
        ("no signature", format!("{head}.{body}.")),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{}.x", good())),
        (
            "other purpose's token",
            keys()
                .sign_link("reset", link(), at("2030-01-01T00:00:00Z"))
                .unwrap(),
        ),
        (
            "other issuer's token",
            Keys::new(SECRET, "https://evil.example")
                .sign_link("offer", link(), at("2030-01-01T00:00:00Z"))
                .unwrap(),
        ),
        (
            "other secret",
            Keys::new("another secret, of somebody else!!", ISSUER)
                .sign_link("offer", link(), at("2030-01-01T00:00:00Z"))
                .unwrap(),
        ),
        ("empty key", signed(&ours, &claims(), b"")),
        (
            "root secret as key",
            signed(&ours, &claims(), SECRET.as_bytes()),
        ),
        (
            "key of another purpose",
            signed(&ours, &claims(), &keys().derive("link/reset")),
        ),
        ("other key by kid", signed(&kid, &claims(), b"")),
        (
            "HS384",
            signed(
                &header(Algorithm::HS384, Some("offer+jwt")),
                &claims(),
                &key,
            ),
        ),
        (
            "HS512",
            signed(
                &header(Algorithm::HS512, Some("offer+jwt")),
                &claims(),
                &key,
            ),
        ),
        (
            "no type",
            signed(&header(Algorithm::HS256, None), &claims(), &key),
        ),
        (
            "plain type",
            signed(&header(Algorithm::HS256, Some("JWT")), &claims(), &key),
        ),
        (
            "type of another purpose",
            signed(
                &header(Algorithm::HS256, Some("reset+jwt")),
                &claims(),
                &key,
            ),
        ),
        (
            "audience of another purpose",
            signed(&ours, &changed("aud", json!("reset")), &key),
        ),
        (
            "audience in capitals",
            signed(&ours, &changed("aud", json!("Offer")), &key),
        ),
        ("no audience", signed(&ours, &without("aud"), &key)),
        (
            "list of audiences",
            signed(&ours, &changed("aud", json!(["reset", "offer"])), &key),
        ),
        ("no issuer", signed(&ours, &without("iss"), &key)),
        (
            "issuer with a slash",
            signed(&ours, &changed("iss", json!(format!("{ISSUER}/"))), &key),
        ),
        ("no id", signed(&ours, &without("jti"), &key)),
        (
            "id that is none",
            signed(&ours, &changed("jti", json!("1")), &key),
        ),
        (
            "id that is null",
            signed(&ours, &changed("jti", Value::Null), &key),
        ),
        ("no expiry", signed(&ours, &without("exp"), &key)),
        (
            "expiry as text",
            signed(&ours, &changed("exp", json!("1893456000")), &key),
        ),
        (
            "claims that are a list",
            signed(&ours, &json!([1, 2]), &key),
        ),
        (
            "standard base64",
            format!("{head}.{}.{tail}", STANDARD.encode(claims().to_string())),
        ),
        ("spaces", format!(" {}", good())),
        ("a line break", format!("{}\n", good())),
        ("cut short", good()[..good().len() - 2].to_owned()),
        ("NUL", format!("{}\0", good())),
    ];
    for algorithm in [
        "none", "None", "NONE", "nOnE", "", "RS256", "ES256", "EdDSA", "PS256", "HS256 ",
    ] {
        let head = json!({"typ": "offer+jwt", "alg": algorithm});
        for signature in ["", tail, "AAAA"] {
            all.push(("alg", raw(&head, &claims(), signature)));
        }
    }
    all.push(("no alg", raw(&json!({"typ": "offer+jwt"}), &claims(), tail)));
    all.push(("header as list", raw(&json!([]), &claims(), tail)));
    all.into_iter()
        .map(|(what, token)| (what.to_owned(), token))
        .collect()
}

#[test]
fn a_link_of_ours_opens_for_its_purpose_and_no_other() {
    assert_eq!(keys().read_link("offer", &good()).unwrap(), link());
    for purpose in [
        "reset",
        "sign_in",
        "confirm",
        "invite",
        "",
        "offer+jwt",
        "offe",
    ] {
        assert!(keys().read_link(purpose, &good()).is_err(), "{purpose}");
    }
}

#[test]
fn a_forged_link_opens_nothing_and_says_nothing() {
    let forged = forged();
    assert!(forged.len() >= 60);
    for (what, token) in forged {
        let refused = keys().read_link("offer", &token);
        assert!(
            matches!(refused, Err(banyan::error::Error::NotFound)),
            "{what}: {token}"
        );
    }
}

#[test]
fn whether_a_link_has_expired_is_told_by_its_row_not_by_the_token() {
    let old = keys()
        .sign_link("offer", link(), at("2001-01-01T00:00:00Z"))
        .unwrap();
    assert_eq!(keys().read_link("offer", &old).unwrap(), link());
}

proptest! {
    #![proptest_config(seeded(29, 2_000))]

    #[test]
    fn a_link_with_any_character_changed_opens_nothing(place in 0usize..10_000, to in "[A-Za-z0-9_.-]") {
        let good = good();
        let place = place % good.len();
        let mut token = good.clone();
        token.replace_range(place..=place, &to);
        // The last character of a signature carries two bits that decode to nothing.
        prop_assume!(token != good);
        prop_assert!(keys().read_link("offer", &token).is_err());
    }

    #[test]
    fn a_cursor_comes_back_as_it_went(key in "[^\u{0}]{0,40}", id in any::<u128>()) {
        let cursor = Cursor { key, id: Uuid::from_u128(id) };
        prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn a_cursor_that_is_not_ours_begins_at_the_beginning(text in ".{0,60}") {
        let query = Pairs::new(vec![("after".to_owned(), text)]);
        prop_assert_eq!(Cursor::from_query(&query), None);
    }
}

#[test]
fn cursors_that_almost_are_ours_are_ignored() {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let id = Uuid::nil();
    let almost = [
        encode(id.to_string().as_bytes()),
        encode(format!("{id}key").as_bytes()),
        encode(b"not-an-id\0key"),
        encode(format!("{id}\0a\0b").as_bytes()),
        encode(format!("{id}\0\0").as_bytes()),
        encode(&[&id.to_string().into_bytes()[..], b"\0\xff\xfe"].concat()),
        STANDARD.encode(format!("{id}\0??>>")),
        format!("{}=", encode(format!("{id}\0k").as_bytes())),
    ];
    for text in almost {
        assert_eq!(Cursor::decode(&text), None, "{text}");
    }
}
