//! What the settings of a bucket must be.

use std::collections::BTreeMap;

use banyan::config::{Config, ConfigError, Storage};

fn read(changes: &[(&str, &str)]) -> Result<Storage, ConfigError> {
    let good = [
        ("BANYAN_STORAGE", "s3"),
        ("BANYAN_S3_ENDPOINT", "https://storage.example.org:9000/"),
        ("BANYAN_S3_BUCKET", "files"),
        ("BANYAN_S3_KEY", "key"),
        ("BANYAN_S3_SECRET", "very-secret"),
    ];
    let pairs: BTreeMap<String, String> = good
        .iter()
        .chain(changes)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Config::from_pairs(pairs).map(|config| config.storage)
}

#[test]
fn a_bucket_needs_its_settings_and_says_which() {
    let Storage::S3(bucket) = read(&[]).unwrap() else {
        panic!("a bucket");
    };
    assert_eq!(bucket.endpoint, "https://storage.example.org:9000");
    assert_eq!(
        (bucket.region.as_str(), bucket.prefix.as_str()),
        ("us-east-1", "banyan/")
    );
    assert!(bucket.path_style);
    assert!(!format!("{bucket:?}").contains("very-secret"));
    for name in [
        "BANYAN_S3_ENDPOINT",
        "BANYAN_S3_BUCKET",
        "BANYAN_S3_KEY",
        "BANYAN_S3_SECRET",
    ] {
        let missing = read(&[(name, "")]).unwrap_err();
        assert_eq!(
            missing.to_string(),
            format!("{name} must be set when BANYAN_STORAGE=s3")
        );
    }
    for (name, value) in [
        ("BANYAN_STORAGE", "ftp"),
        ("BANYAN_S3_ENDPOINT", "storage.example.org"),
        ("BANYAN_S3_ENDPOINT", "https://key@storage.example.org"),
        ("BANYAN_S3_ENDPOINT", "https://storage.example.org/bucket"),
        ("BANYAN_S3_PREFIX", "no-slash"),
        ("BANYAN_S3_PREFIX", "/"),
        ("BANYAN_S3_PREFIX", "a&b/"),
        ("BANYAN_S3_STYLE", "dns"),
        ("BANYAN_S3_TIMEOUT", "soon"),
    ] {
        let wrong = read(&[(name, value)]).unwrap_err().to_string();
        assert!(wrong.starts_with(name), "{wrong}");
    }
    let local = read(&[("BANYAN_STORAGE", "local")]).unwrap();
    assert_eq!(local, Storage::Local);
}
