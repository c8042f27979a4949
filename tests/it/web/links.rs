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

/// A token of ours with this header and these claims, under this purpose's own key.
fn with(header: &Header, claims: &Value) -> String {
    signed(header, claims, &keys().derive("link/offer"))
}

fn ours() -> Header {
    header(Algorithm::HS256, Some("offer+jwt"))
}

/// Tokens that are whole, and signed for something else or by somebody else.
fn of_others() -> Vec<(&'static str, String)> {
    let made = |keys: &Keys, purpose: &str| {
        keys.sign_link(purpose, link(), at("2030-01-01T00:00:00Z"))
            .unwrap()
    };
    let mut kid = ours();
    kid.kid = Some("../../dev/null".to_owned());
    let key = keys().derive("link/reset");
    vec![
        ("other purpose", made(&keys(), "reset")),
        (
            "other issuer",
            made(&Keys::new(SECRET, "https://evil.example"), "offer"),
        ),
        (
            "other secret",
            made(
                &Keys::new("another secret, of somebody else!!", ISSUER),
                "offer",
            ),
        ),
        ("empty key", signed(&ours(), &claims(), b"")),
        (
            "root secret as key",
            signed(&ours(), &claims(), SECRET.as_bytes()),
        ),
        ("key of another purpose", signed(&ours(), &claims(), &key)),
        ("other key by kid", signed(&kid, &claims(), b"")),
        (
            "HS384",
            with(&header(Algorithm::HS384, Some("offer+jwt")), &claims()),
        ),
        (
            "HS512",
            with(&header(Algorithm::HS512, Some("offer+jwt")), &claims()),
        ),
        ("no type", with(&header(Algorithm::HS256, None), &claims())),
        (
            "plain type",
            with(&header(Algorithm::HS256, Some("JWT")), &claims()),
        ),
        (
            "type of another purpose",
            with(&header(Algorithm::HS256, Some("reset+jwt")), &claims()),
        ),
    ]
}

/// Tokens whose claims are not those of a link, under the right key.
fn with_odd_claims() -> Vec<(&'static str, String)> {
    let odd = [
        (
            "audience of another purpose",
            changed("aud", json!("reset")),
        ),
        ("audience in capitals", changed("aud", json!("Offer"))),
        (
            "list of audiences",
            changed("aud", json!(["reset", "offer"])),
        ),
        ("no audience", without("aud")),
        ("no issuer", without("iss")),
        (
            "issuer with a slash",
            changed("iss", json!(format!("{ISSUER}/"))),
        ),
        ("no id", without("jti")),
        ("id that is none", changed("jti", json!("1"))),
        ("id that is null", changed("jti", Value::Null)),
        ("no expiry", without("exp")),
        ("expiry as text", changed("exp", json!("1893456000"))),
        ("claims that are a list", json!([1, 2])),
    ];
    odd.into_iter()
        .map(|(what, claims)| (what, with(&ours(), &claims)))
        .collect()
}

/// Tokens that are no tokens.
fn broken() -> Vec<(&'static str, String)> {
    let good = good();
    let parts: Vec<&str> = good.split('.').collect();
    let (head, body, tail) = (parts[0], parts[1], parts[2]);
    let mut all = vec![
        ("empty", String::new()),
        ("dots", "..".to_owned()),
        ("no signature", format!("{head}.{body}.")),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{good}.x")),
        (
            "standard base64",
            format!("{head}.{}.{tail}", STANDARD.encode(claims().to_string())),
        ),
        ("spaces", format!(" {good}")),
        ("a line break", format!("{good}\n")),
        ("cut short", good[..good.len() - 2].to_owned()),
        ("NUL", format!("{good}\0")),
        ("no alg", raw(&json!({"typ": "offer+jwt"}), &claims(), tail)),
        ("header as list", raw(&json!([]), &claims(), tail)),
    ];
    for algorithm in [
        "none", "None", "NONE", "nOnE", "", "RS256", "ES256", "EdDSA", "PS256", "HS256 ",
    ] {
        let head = json!({"typ": "offer+jwt", "alg": algorithm});
        all.extend(["", tail, "AAAA"].map(|signature| ("alg", raw(&head, &claims(), signature))));
    }
    all
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
    let forged = [of_others(), with_odd_claims(), broken()].concat();
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
