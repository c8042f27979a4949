//! Signatures as the four published examples for S3 have them.

use banyan::files::sign::{Signed, Signer, encode, query_string, sha256};
use chrono::{DateTime, Utc};

fn signer() -> Signer {
    Signer {
        key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        region: "us-east-1".to_owned(),
    }
}

fn signature(
    method: &str,
    path: &str,
    query: &[(&str, &str)],
    headers: &[(&str, &str)],
    body: &[u8],
) -> String {
    let at: DateTime<Utc> = "2013-05-24T00:00:00Z".parse().unwrap();
    let value = signer().authorization(&Signed {
        method,
        path,
        query,
        headers,
        host: "examplebucket.s3.amazonaws.com",
        body_sha256: &sha256(body),
        at,
    });
    let start = "AWS4-HMAC-SHA256 \
        Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=";
    assert!(value.starts_with(start), "{value}");
    value.rsplit("Signature=").next().unwrap().to_owned()
}

#[test]
fn requests_are_signed_as_the_published_examples() {
    assert_eq!(
        signature("GET", "/test.txt", &[], &[("range", "bytes=0-9")], b""),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
    assert_eq!(
        signature(
            "PUT",
            &encode("/test$file.text", true),
            &[],
            &[
                ("date", "Fri, 24 May 2013 00:00:00 GMT"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            b"Welcome to Amazon S3."
        ),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    );
    assert_eq!(
        signature("GET", "/", &[("lifecycle", "")], &[], b""),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
    assert_eq!(
        signature("GET", "/", &[("prefix", "J"), ("max-keys", "2")], &[], b""),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    );
}

#[test]
fn paths_and_queries_are_encoded_as_they_are_signed() {
    assert_eq!(encode("a b/ü+~", true), "a%20b/%C3%BC%2B~");
    assert_eq!(encode("a/b", false), "a%2Fb");
    assert_eq!(
        query_string(&[("prefix", "a/"), ("list-type", "2")]),
        "list-type=2&prefix=a%2F"
    );
}
