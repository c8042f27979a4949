//! A hostile document harms no one: a corpus made here, sent to both doors that take one.

use actix_web::cookie::Cookie;
use actix_web::test::TestRequest;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;

use super::documents::{corpus, pdf};
use crate::doors::called;
use crate::doors::knock::{FROM_HERE, Knock, With, knock, open};
use crate::doors::world::{NOW, World, cookie, id};
use crate::support::app::Answer;

fn multipart(path: &str, head: &[u8], bytes: &[u8]) -> TestRequest {
    let mut body = b"--XX\r\nContent-Disposition: form-data; name=\"document\"; ".to_vec();
    body.extend_from_slice(head);
    body.extend_from_slice(b"\r\nContent-Type: text/html\r\n\r\n");
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--XX--\r\n");
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "multipart/form-data; boundary=XX"))
        .set_payload(body)
}

fn by(who: &str, request: TestRequest) -> TestRequest {
    request
        .insert_header(FROM_HERE[0])
        .cookie(Cookie::new("__Host-session", cookie(called(who)).unwrap()))
}

/// Uploads that wait to be taken.
fn waiting(world: &World) -> usize {
    std::fs::read_dir(world.app.site.files.incoming().unwrap())
        .unwrap()
        .count()
}

fn never_inline(answer: &Answer) {
    let header = |name: &str| answer.headers.get(name).map_or("", String::as_str);
    assert!(header("content-disposition").starts_with("attachment; filename=\""));
    assert!(header("content-disposition").is_ascii());
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(
        header("content-security-policy"),
        "sandbox; default-src 'none'"
    );
    assert_eq!(header("cache-control"), "no-store");
}

/// Memory of this process, in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[actix_web::test]
async fn both_doors_take_and_refuse_alike_and_give_out_only_to_keep() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let application = id('A', "application-draft");
    let path = format!("/me/applications/{application}/document");
    let before = memory();
    for (what, bytes, refusal) in corpus() {
        let sent = house(by(
            "applicant",
            multipart(&path, b"filename=\"cv.pdf\"", &bytes),
        ))
        .await;
        assert_eq!(
            sent.status,
            if refusal.is_none() { 303 } else { 422 },
            "{what}"
        );
        let put = TestRequest::put()
            .uri(&format!("/api/v1{path}"))
            .insert_header(("content-type", "application/pdf"))
            .insert_header(("if-match", "*"))
            .set_payload(bytes.clone());
        let put = house(by("applicant", put)).await;
        let taken = (200..300).contains(&put.status);
        assert_eq!(
            taken,
            refusal.is_none(),
            "{what}: {} {}",
            put.status,
            put.text()
        );
        assert!(put.status < 500, "{what}");
        if refusal.is_none() {
            let got = house(by(
                "applicant",
                TestRequest::get().uri(&format!("{path}/file")),
            ))
            .await;
            assert_eq!((got.status, got.body == bytes), (200, true), "{what}");
            never_inline(&got);
        }
        assert_eq!(waiting(&world), 0, "{what}: nothing stays behind");
    }
    eprintln!("memory: {} KiB before, {} KiB after", before, memory());
}

#[actix_web::test]
async fn a_name_is_a_label_whatever_it_says() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let path = format!("/me/applications/{}/document", id('A', "application-draft"));
    let long = "長".repeat(4_000);
    let names = [
        "../../../../etc/passwd",
        "..\\..\\windows\\system32\\cv.pdf",
        "/etc/passwd",
        "C:\\cv.pdf",
        "cv.pdf/..",
        "cv.pdf\u{202e}fdp.exe",
        "\u{202e}\u{2066}cv.pdf",
        "cv\u{0}.pdf",
        "cv.pdf\u{7f}",
        "cv\u{200b}.pdf",
        "CON",
        "nul.pdf",
        "cv.pdf;x=y",
        "cv.pdf'; DROP TABLE files;--",
        "<script>alert(1)</script>.pdf",
        "<img src=x onerror=alert(1)>",
        "=cmd|' /C calc'!A0.pdf",
        "%00.pdf",
        "%2e%2e%2f.pdf",
        "履歷📄𠮷.pdf",
        "e\u{301}.pdf",
        ".",
        "..",
        "...",
        " ",
        ".htaccess",
        "cv.php",
        "cv.html",
        "cv.svg",
        "cv.exe",
        "cv.pdf.exe",
        "-rf",
        "`id`.pdf",
        "$(id).pdf",
        "a\tb.pdf",
        &long,
    ];
    let good = pdf("");
    for name in names {
        let quoted = name.replace('"', "\\\"");
        for head in [
            format!("filename=\"{quoted}\""),
            format!(
                "filename=x.pdf; filename*=UTF-8''{}",
                form_urlencoded::byte_serialize(name.as_bytes())
                    .collect::<String>()
                    .replace('+', "%20")
            ),
        ] {
            let sent = house(by("applicant", multipart(&path, head.as_bytes(), &good))).await;
            assert!(
                matches!(sent.status, 303 | 400 | 413 | 422),
                "{name:?}: {}",
                sent.status
            );
            if sent.status != 303 {
                continue;
            }
            let got = house(by(
                "applicant",
                TestRequest::get().uri(&format!("{path}/file")),
            ))
            .await;
            assert_eq!((got.status, got.body == good), (200, true), "{name:?}");
            never_inline(&got);
            let shown = &got.headers["content-disposition"];
            for bad in [
                "\r",
                "\n",
                "..%2F",
                "../",
                "..\\",
                "\0",
                "%00",
                "%E2%80%AE",
                "%E2%81%A6",
            ] {
                assert!(!shown.contains(bad), "{name:?}: {shown}");
            }
            assert!(shown.len() < 2_000, "{name:?}: {} bytes", shown.len());
            let page = house(by("applicant", TestRequest::get().uri(&path)))
                .await
                .text();
            assert!(
                !page.contains("<script>alert") && !page.contains("<img src=x"),
                "{name:?}"
            );
            assert!(!page.contains('\u{202e}'), "{name:?} turns the line round");
        }
    }
    for head in [
        &b"filename=\"a.pdf\r\nX-Evil: 1\""[..],
        b"filename=\"a\r\n\r\n<script>\"",
        b"filename=\"\xff\xfe.pdf\"",
        b"filename=",
        b"filename=\"unclosed.pdf",
        b"filename=\"a.pdf\"; filename=\"b.pdf\"",
    ] {
        let sent = house(by("applicant", multipart(&path, head, &good))).await;
        assert!(
            sent.status < 500,
            "{}: {}",
            String::from_utf8_lossy(head),
            sent.status
        );
        assert!(!sent.headers.contains_key("x-evil"));
    }
    assert_eq!(waiting(&world), 0);
}

#[actix_web::test]
async fn a_form_of_many_parts_is_refused_and_leaves_nothing_behind() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let path = format!("/me/applications/{}/document", id('A', "application-draft"));
    let empty_file =
        "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\n\r\n";
    let empty_field = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
    let long_name = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n\r\n",
        "n".repeat(3_000)
    );
    for (part, times, expected) in [
        (empty_file, 501, 400),
        (empty_field, 501, 400),
        (empty_file, 20_000, 400),
        (long_name.as_str(), 400, 422),
        (empty_file, 100, 422),
    ] {
        let body = format!("{}--XX--\r\n", part.repeat(times));
        let request = TestRequest::post()
            .uri(&path)
            .insert_header(("content-type", "multipart/form-data; boundary=XX"))
            .set_payload(body);
        let sent = house(by("applicant", request)).await;
        assert_eq!(sent.status, expected, "{times} of {}", &part[..60]);
        assert_eq!(waiting(&world), 0);
    }
    for (media, body) in [
        ("multipart/form-data", "--XX--"),
        ("multipart/form-data; boundary=", "--XX--"),
        ("multipart/form-data; boundary=XX", ""),
        ("multipart/form-data; boundary=XX", "--XX"),
        (
            "multipart/form-data; boundary=XX",
            "--XX\r\n\r\nx\r\n--XX--",
        ),
        (
            "multipart/form-data; boundary=XX",
            "--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--",
        ),
        (
            "multipart/form-data; boundary=XX",
            "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\u{fffd}",
        ),
        ("multipart/mixed; boundary=XX", "--XX--"),
    ] {
        let request = TestRequest::post()
            .uri(&path)
            .insert_header(("content-type", media))
            .set_payload(body.to_owned());
        let sent = house(by("applicant", request)).await;
        assert!(
            (400..500).contains(&sent.status),
            "{media} {body:?}: {}",
            sent.status
        );
        assert_eq!(waiting(&world), 0);
    }
}

#[actix_web::test]
async fn whether_one_may_have_a_document_is_asked_at_every_download() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let (application, review) = (id('A', "application-review"), id('A', "review"));
    let downloads = [
        (
            "applicant",
            format!("/me/applications/{application}/document/file"),
        ),
        (
            "coordinator",
            format!("/applications/{application}/document"),
        ),
        (
            "administrator",
            format!("/applications/{application}/document"),
        ),
        ("reviewer", format!("/reviews/{review}/document")),
    ];
    let sql = |sql: &str| {
        let mut conn = PgConnection::establish(&world.app.super_url()).unwrap();
        conn.batch_execute(&format!("SET session_replication_role = replica; {sql}"))
            .unwrap();
    };
    let mut asked = 0;
    for (who, path) in &downloads {
        let person = id('A', who);
        let mut ends = vec![
            (
                format!("UPDATE people SET disabled_at = '{NOW}' WHERE id = '{person}'"),
                format!("UPDATE people SET disabled_at = NULL WHERE id = '{person}'"),
            ),
            (
                format!("UPDATE sessions SET expires_at = '{NOW}' WHERE person_id = '{person}'"),
                format!(
                    "UPDATE sessions SET expires_at = '2100-01-01' WHERE person_id = '{person}'"
                ),
            ),
        ];
        if *who != "applicant" {
            let grant = id('A', &format!("grant-of-{who}"));
            for end in [
                format!("revoked_at = '{NOW}'"),
                "ends_on = '2026-12-01'".to_owned(),
                "starts_on = '2027-01-01'".to_owned(),
                "role = 'instructor'".to_owned(),
                format!("programme_id = '{}'", id('B', "programme")),
            ] {
                if *who == "administrator" && end.starts_with("role") {
                    continue;
                }
                ends.push((
                    format!("UPDATE role_grants SET {end} WHERE id = '{grant}'"),
                    format!("UPDATE role_grants SET revoked_at = NULL, ends_on = NULL, starts_on = '2026-01-01', role = '{who}', programme_id = '{}' WHERE id = '{grant}'", id('A', "programme")),
                ));
            }
        }
        if *who == "reviewer" {
            let second = id('A', "coordinator");
            ends.push((
                format!("UPDATE reviews SET reviewer_id = '{second}' WHERE id = '{review}'"),
                format!("UPDATE reviews SET reviewer_id = '{person}' WHERE id = '{review}'"),
            ));
            ends.push((
                "UPDATE files SET reader_ids = '{}'".to_owned(),
                format!(
                    "UPDATE files SET reader_ids = ARRAY['{person}'::uuid] WHERE id = '{}'",
                    id('A', "file")
                ),
            ));
        }
        for (end, undo) in &ends {
            let ask = async || {
                let asked = Knock {
                    who: called(who),
                    method: banyan::web::Method::Get,
                    path,
                    origin: &[],
                    with: With::default(),
                };
                knock(&house, &asked).await
            };
            let before = ask().await;
            assert_eq!(before.status, 200, "{who} {path} before {end}");
            never_inline(&before);
            sql(end);
            let after = ask().await;
            assert!(
                matches!(after.status, 303 | 403 | 404),
                "{who} after {end}: {}",
                after.status
            );
            assert!(!after.body.starts_with(b"%PDF"));
            sql(undo);
            asked += 1;
        }
    }
    assert!(asked >= 22, "{asked}");
    for who in crate::doors::world::EVERYBODY {
        for (whose, path) in &downloads {
            let asked = Knock {
                who,
                method: banyan::web::Method::Get,
                path,
                origin: &[],
                with: With::default(),
            };
            let got = knock(&house, &asked).await;
            let may = who.name == *whose
                || path.starts_with("/applications/")
                    && matches!(who.name, "coordinator" | "administrator" | "house");
            assert_eq!(
                got.status == 200,
                may,
                "{} {path}: {}",
                who.name,
                got.status
            );
        }
    }
}
