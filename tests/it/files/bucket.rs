//! Files in a bucket: a real server on a real port, that checks signatures and can fail.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use banyan::config::Config;
use banyan::error::Error;
use banyan::files::{Store, is_key};
use banyan::jobs::sweep::{Swept, sweep};
use banyan::web::Site;

use crate::support::app::TestApp;
use crate::support::fixtures::apply::{call, while_open};
use crate::support::s3::{Fault, S3Server};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n";

fn house(server: &S3Server) -> TestApp {
    let settings = server.settings();
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    TestApp::with_settings(&settings)
}

fn upload(app: &TestApp, bytes: &[u8]) -> std::path::PathBuf {
    let path = app.site.files.incoming().unwrap().join("upload");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn read(store: &Store, key: &str) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    store.copy_to(key, &mut out).map(|()| out)
}

#[test]
fn a_file_goes_to_the_bucket_and_comes_back_whole() {
    let server = S3Server::start();
    let app = house(&server);
    let store = &app.site.files;
    // More than one buffer, and not a multiple of one.
    let bytes: Vec<u8> = (0..300_001_u32).flat_map(u32::to_le_bytes).collect();
    for bytes in [&bytes[..], b"small", b""] {
        let key = store.take(&upload(&app, bytes)).unwrap();
        assert!(is_key(&key), "{key}");
        assert_eq!(server.keys(), [format!("banyan/{key}")]);
        assert!(read(store, &key).unwrap() == bytes);
        store.remove(&key).unwrap();
        assert_eq!(server.keys(), Vec::<String>::new());
        store.remove(&key).unwrap();
    }
    // Only ours are asked for, and nothing of what came by stays on the disk but the upload.
    assert!(matches!(read(store, "../secret"), Err(Error::NotFound)));
    assert!(matches!(read(store, "aa/../secret"), Err(Error::NotFound)));
    let left: Vec<_> = std::fs::read_dir(store.incoming().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["upload"]);
}

#[test]
fn passing_trouble_is_tried_again_and_lasting_trouble_is_told_as_busy() {
    let server = S3Server::start();
    let app = house(&server);
    let store = &app.site.files;
    let path = upload(&app, b"some bytes");
    server.fail(&[Fault::Busy, Fault::Cut]);
    let key = store.take(&path).unwrap();
    server.fail(&[Fault::Cut, Fault::Busy]);
    assert_eq!(read(store, &key).unwrap(), b"some bytes");
    server.fail(&[Fault::Busy; 3]);
    assert!(matches!(store.take(&path), Err(Error::Busy)));
    assert_eq!(server.keys().len(), 1);
    server.fail(&[Fault::Cut; 3]);
    let mut out = Vec::new();
    assert!(matches!(store.copy_to(&key, &mut out), Err(Error::Busy)));
    assert_eq!(out, b"", "half a file is not given out");
    // A server that never answers: the time limit of 4 seconds ends each try.
    let long = Fault::Hang(Duration::from_secs(60));
    server.fail(&[long; 3]);
    assert!(matches!(read(store, &key), Err(Error::Busy)));
    server.fail(&[]);
    assert_eq!(read(store, &key).unwrap(), b"some bytes");
    // What is not there is no passing trouble: a row without its bytes is our fault, and is logged.
    let gone = read(store, "aa/notthere").unwrap_err();
    assert!(matches!(&gone, Error::Internal(why) if why.contains("404 NoSuchKey")));
}

#[test]
fn the_doctors_probe_says_what_is_wrong_in_the_storages_own_words() {
    let server = S3Server::start();
    house(&server).site.files.probe().unwrap();
    assert_eq!(server.keys(), Vec::<String>::new());
    let verbs: Vec<String> = server
        .log()
        .iter()
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect();
    assert_eq!(verbs, ["PUT", "GET", "GET", "DELETE"]);
    for (name, value, words) in [
        (
            "BANYAN_S3_SECRET",
            "wrong",
            "writing: 403 SignatureDoesNotMatch",
        ),
        ("BANYAN_S3_KEY", "wrong", "writing: 403 InvalidAccessKeyId"),
        ("BANYAN_S3_BUCKET", "wrong", "writing: 404 NoSuchBucket"),
        ("BANYAN_S3_ENDPOINT", "http://127.0.0.1:1", "writing: "),
    ] {
        let mut settings = server.settings();
        settings.retain(|(other, _)| *other != name);
        settings.push((name, value.to_owned()));
        let settings: Vec<(&str, &str)> = settings.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let told = TestApp::with_settings(&settings).site.files.probe();
        let told = told.unwrap_err();
        assert!(told.starts_with(words), "{name}: {told}");
    }
}

#[test]
fn the_sweep_removes_what_no_row_names_and_nothing_of_others() {
    let server = S3Server::start();
    let app = house(&server);
    let (old, new) = ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
    let owner = app.account("Ada");
    app.as_owner(&format!(
        "INSERT INTO files (id, owner_id, storage_key, label, media_type, size_bytes, sha256) \
         VALUES (gen_random_uuid(), '{owner}', 'aa/named', 'a.pdf', 'application/pdf', 1, '\\x00')"
    ));
    for n in 0..5 {
        server.keep(&format!("banyan/ab/unnamed{n}"), b"x", old);
    }
    for (key, at) in [
        ("banyan/aa/named", old),
        ("banyan/ac/young", new),
        ("banyan/notes.txt", old),
        ("another/ab/house", old),
        ("zz/outside", old),
    ] {
        server.keep(key, b"x", at);
    }
    let swept = sweep(&app.site.db, &app.site.files).unwrap();
    assert_eq!(swept, Swept { rows: 0, files: 5 });
    let left = [
        "another/ab/house",
        "banyan/aa/named",
        "banyan/ac/young",
        "banyan/notes.txt",
        "zz/outside",
    ];
    assert_eq!(server.keys(), left);
}

/// The same site on another machine: the same database and bucket, a data folder of its own.
fn elsewhere(app: &TestApp, server: &S3Server) -> Site {
    let folder = app.site.config.data_dir.join("second");
    let mut vars: BTreeMap<String, String> = server
        .settings()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    vars.insert("BANYAN_DATA_DIR".to_owned(), folder.display().to_string());
    let config = Config::from_pairs(vars).unwrap();
    let mut site = app.site.clone();
    site.files = Store::of(&config).unwrap();
    site.config = Arc::new(config);
    site
}

#[actix_web::test]
async fn what_one_machine_took_in_another_gives_out() {
    let server = S3Server::start();
    let mut app = house(&server);
    app.site.db = app.site.db.as_of(while_open());
    call(&app);
    let person = app.account("Ada Lau");
    let (base, address) = {
        let ada = app.sign_in(person, None);
        let begun = ada.post("/calls/2027H1/apply", &[]).await;
        let base = begun.location().to_owned();
        let address = format!("{base}/document");
        let file = [("document", "CV.pdf", "application/pdf", PDF)];
        let sent = ada.upload(&address, &[], &file).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        (base, address)
    };
    assert_eq!(server.keys().len(), 1);

    app.site = elsewhere(&app, &server);
    let ada = app.sign_in(person, None);
    let got = ada.get(&format!("{base}/document/file")).await;
    assert_eq!((got.status, &got.body[..]), (200, PDF));

    // When the bucket does not answer, the upload is refused whole and the old document stays.
    server.fail(&[Fault::Busy; 3]);
    let file = [("document", "New.pdf", "application/pdf", PDF)];
    let refused = ada.upload(&address, &[], &file).await;
    assert_eq!(refused.status, 503);
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(server.keys().len(), 1);
    let got = ada.get(&format!("{base}/document/file")).await;
    assert_eq!(&got.body[..], PDF);
    assert!(got.headers["content-disposition"].contains("CV.pdf"));
}
