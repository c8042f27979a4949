//! Files: headers, encodings, line ends, length.

use std::io::Read;

use banyan::applications::import::{
    Column, FileFault, MAX_NOTES, MAX_ROW_BYTES, Reader, Report, Verdict,
};
use banyan::error::Refusal;
use banyan::lang::{Lang, Say};
use proptest::prelude::*;

use super::{context, good, open, read, report_of, sample};
use crate::tables::runner;

#[test]
fn line_and_row_are_those_of_an_editor_and_of_a_spreadsheet() {
    let text = String::from_utf8(sample()).unwrap();
    let lines: Vec<&str> = text.split('\n').collect();
    for judged in open(&sample()).unwrap() {
        let judged = judged.unwrap();
        let line = lines[usize::try_from(judged.line).unwrap() - 1];
        assert!(line.starts_with(&judged.cells[0]), "line {}", judged.line);
        assert!(line.contains(&judged.cells[4]), "line {}", judged.line);
    }
    let rows =
        read("Email,Surname,Statement\r\na@x.org,A,\"1\r\n2\"\r\nb@x.org,B,\r\n\r\nc@x.org,C,\r\n");
    let places: Vec<(u64, u64)> = rows.iter().map(|j| (j.line, j.row)).collect();
    assert_eq!(places, [(2, 2), (4, 3), (6, 4)]);
}

#[test]
fn columns_are_known_by_their_usual_names_in_both_languages() {
    let cases: [(Column, &[&str]); 13] = [
        (
            Column::FamilyName,
            &["Family Name", "Surname", "Last name", "姓", "姓氏"],
        ),
        (
            Column::GivenNames,
            &["Given Names", "First name", "given_names", "名"],
        ),
        (
            Column::WesternName,
            &["Western name", "English name", "Preferred name", "英文名"],
        ),
        (Column::NameZh, &["Chinese name", "中文姓名", "name_zh"]),
        (
            Column::Email,
            &["E-mail", "Email", "Mail", " EMAIL ", "電郵", "Ｅｍａｉｌ"],
        ),
        (Column::Phone, &["Mobile", "Phone", "Tel", "Tel.", "電話"]),
        (Column::Route, &["Route", "Category", "途徑"]),
        (Column::University, &["University", "院校", "大學"]),
        (
            Column::Employer,
            &["Employer", "Institution", "Company", "僱主", "機構"],
        ),
        (
            Column::GraduationYear,
            &["Graduation year", "graduation_year"],
        ),
        (Column::Language, &["Language", "語言"]),
        (Column::Statement, &["Statement"]),
        (Column::SubmittedOn, &["Submitted on", "Submission date"]),
    ];
    for (column, headers) in cases {
        for header in headers {
            assert_eq!(Column::of_header(header), Some(column), "{header}");
        }
        assert_eq!(Column::of_header(column.key()), Some(column));
        for lang in Lang::ALL {
            assert_eq!(Column::of_header(column.title(lang)), Some(column));
        }
    }
    for unknown in ["", "Remarks", "HKID", "Name of pet"] {
        assert_eq!(Column::of_header(unknown), None, "{unknown}");
    }
}

#[test]
fn unknown_columns_are_listed_and_not_read() {
    let file = b"Email,Surname,HKID,,Remarks\na@x.org,A,A123456(3),=1,x\n";
    let report = report_of(file);
    assert_eq!(report.ignored_columns, ["HKID", "Remarks"]);
    assert_eq!((report.counts.new, report.rows_with_warnings), (1, 0));
}

#[test]
fn files_that_cannot_be_read_say_what_to_do() {
    let utf16le: Vec<u8> = b"\xff\xfe"
        .iter()
        .copied()
        .chain(
            "Email,Surname\r\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    let utf16be: Vec<u8> = "Email,Surname\r\n"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let cases: [(&[u8], FileFault); 11] = [
        (b"", FileFault::Empty),
        (b"\xef\xbb\xbf", FileFault::Empty),
        (b"\r\n\r\n", FileFault::Empty),
        (&utf16le, FileFault::Utf16),
        (&utf16be, FileFault::Utf16),
        // 電郵 in Big5.
        (b"\xb9q\xb6l,\xa9m\r\n", FileFault::NotUtf8 { line: 1 }),
        (b"Email;Surname\r\na@x.org;A\r\n", FileFault::NotCommas),
        (b"Email\tSurname\r\n", FileFault::NotCommas),
        (
            b"Email,Phone\r\n",
            FileFault::MissingColumns {
                email: false,
                name: true,
            },
        ),
        (
            b"Phone,Remarks\r\n",
            FileFault::MissingColumns {
                email: true,
                name: true,
            },
        ),
        (
            b"Mail,Surname,E-mail\r\n",
            FileFault::DuplicateColumn {
                column: Column::Email,
                first: 1,
                second: 3,
            },
        ),
    ];
    for (bytes, fault) in cases {
        assert_eq!(open(bytes).err().as_ref(), Some(&fault), "{bytes:?}");
        assert!(fault.code().starts_with("file_"));
        assert!(fault.say(Lang::Zh).chars().any(|c| c > '\u{2e7f}'));
        assert!(fault.say(Lang::En).is_ascii());
    }
}

#[test]
fn a_big5_row_ends_the_file_with_its_line() {
    let file = b"Email,Chinese name\r\na@x.org,A\r\nb@x.org,\xb3\xaf\r\nc@x.org,C\r\n";
    let read: Vec<_> = open(file).unwrap().collect();
    assert_eq!(read.len(), 2);
    assert_eq!(read[1], Err(FileFault::NotUtf8 { line: 3 }));
}

#[test]
fn an_unclosed_quotation_mark_does_not_swallow_the_memory() {
    let head: &[u8] = b"Email,Surname\r\na@x.org,A\r\nb@x.org,\"B\r\n";
    let endless = head.chain(std::io::repeat(b'x'));
    let read: Vec<_> = Reader::open(endless, context()).unwrap().collect();
    assert_eq!(read.len(), 2);
    assert_eq!(read[1], Err(FileFault::RowTooLong { line: 3 }));
    let header = Reader::open(std::io::repeat(b'x'), context());
    assert_eq!(header.err(), Some(FileFault::RowTooLong { line: 1 }));
}

#[test]
fn byte_order_marks_and_line_ends_do_not_matter() {
    for file in [
        "Email,Surname\na@x.org,A\n",
        "Email,Surname\r\na@x.org,A",
        "\u{feff}Email,Surname\r\na@x.org,A\r\n",
        "\u{feff}\"Email\",\"Surname\"\r\n\"a@x.org\",\"A\"\r\n",
        "Surname,Email\r\nA,a@x.org\r\n",
    ] {
        let rows = read(file);
        assert_eq!(rows.len(), 1, "{file:?}");
        assert_eq!(good(&rows[0]).names.display_en(), "A", "{file:?}");
        assert_eq!(good(&rows[0]).email.identity(), "a@x.org");
    }
}

/// A file that is made while it is read: no copy of it exists anywhere.
struct Endless {
    next: u32,
    rows: u32,
    pending: Vec<u8>,
}

impl Read for Endless {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        if self.pending.is_empty() && self.next < self.rows {
            let n = self.next % (self.rows - 1_000);
            self.pending = match self.next {
                0 => b"Email,Surname,Route,Statement\r\nfirst@x.org,A,open,\r\n".to_vec(),
                _ => format!("p{n}@x.org,P,open,\"{}\r\n\"\r\n", "字".repeat(100)).into_bytes(),
            };
            self.next += 1;
        }
        let n = buf.len().min(self.pending.len());
        buf[..n].copy_from_slice(&self.pending[..n]);
        self.pending.drain(..n);
        Ok(n)
    }
}

#[test]
fn a_hundred_thousand_rows_stream_and_the_report_stays_small() {
    let file = Endless {
        next: 0,
        rows: 100_000,
        pending: Vec::new(),
    };
    let mut reader = Reader::open(file, context()).unwrap();
    let mut report = Report::new(reader.columns(), Lang::En);
    for judged in reader.by_ref() {
        report.add(&judged.unwrap(), &Verdict::New);
    }
    assert_eq!(report.counts.rows, 100_000);
    // The address numbered 0 is the first row's own; the other 999 of the last thousand repeat.
    assert_eq!(report.counts.duplicate, 999);
    assert_eq!(report.counts.new, 99_001);
    assert!(report.reasons.len() <= MAX_NOTES);
}

#[test]
fn rows_up_to_the_limit_are_read() {
    let filler = "x".repeat(MAX_ROW_BYTES / 2);
    let file = format!(
        "Email,Surname,Remarks\r\na@x.org,A,{filler}\r\nb@x.org,B,{filler}\r\nc@x.org,C,{filler}\r\n"
    );
    assert_eq!(report_of(file.as_bytes()).counts.new, 3);
}

#[test]
fn any_bytes_are_read_without_panic_and_every_row_counts_once() {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "([a-z]@x\\.org|[,\r\n\"'=A1(]|陳){0,60}".prop_map(String::into_bytes),
    ];
    runner(2_000)
        .run(&(any::<bool>(), bytes), |(with_header, bytes)| {
            let mut file = if with_header {
                b"Email,Surname\r\n".to_vec()
            } else {
                Vec::new()
            };
            file.extend(bytes);
            let Ok(mut reader) = open(&file) else {
                return Ok(());
            };
            let mut report = Report::new(reader.columns(), Lang::En);
            let mut seen = 0;
            for judged in reader.by_ref() {
                let Ok(judged) = judged else { break };
                seen += 1;
                report.add(&judged, &Verdict::New);
            }
            let c = report.counts;
            prop_assert_eq!(c.rows, seen);
            prop_assert_eq!(
                c.rows,
                c.new + c.update + c.unchanged + c.duplicate + c.error
            );
            Ok(())
        })
        .unwrap();
}
