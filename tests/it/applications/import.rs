//! The import of applicants: files, rows, verdicts, reports.

use std::io::Read;

use banyan::applications::Route;
use banyan::applications::import::{
    BadRows, Column, Context, Counts, Directory, Employer, Existing, FileFault, Judged,
    KnownOrganisation, MAX_NOTES, MAX_ROW_BYTES, Outcome, Reader, Report, ReportCsv, Row,
    Submitted, Verdict, compare, parse_submitted,
};
use banyan::error::Refusal;
use banyan::ids::OrganisationId;
use banyan::lang::{Lang, Say};
use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;

use crate::tables::runner;

fn organisation(names: &[&str]) -> KnownOrganisation {
    KnownOrganisation {
        id: OrganisationId::new(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// The call 2027H1 with the sample's universities and one bank.
fn context() -> Context {
    Context {
        deadline: "2026-11-30T23:59:00+08:00".parse().unwrap(),
        universities: Directory::new(&[
            organisation(&["Lion Rock University", "獅子山大學"]),
            organisation(&["Victoria Harbour University"]),
            organisation(&["Tolo University of Technology"]),
        ]),
        institutions: Directory::new(&[organisation(&["Kowloon Mutual Bank", "九龍互助銀行"])]),
    }
}

fn sample() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/applicants-2027h1.csv");
    std::fs::read(path).unwrap()
}

fn open(bytes: &[u8]) -> Result<Reader<&[u8]>, FileFault> {
    Reader::open(bytes, context())
}

fn read(file: &str) -> Vec<Judged> {
    open(file.as_bytes()).unwrap().map(Result::unwrap).collect()
}

fn report_of(bytes: &[u8]) -> Report {
    let mut reader = open(bytes).unwrap();
    let mut report = Report::new(reader.columns(), Lang::En);
    for judged in reader.by_ref() {
        report.add(&judged.unwrap(), &Verdict::New);
    }
    report
}

/// One row under `headers`, judged.
fn one(headers: &str, row: &str) -> Judged {
    let mut rows = read(&format!("{headers}\r\n{row}\r\n"));
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn good(judged: &Judged) -> &Row {
    match &judged.outcome {
        Outcome::Row(row) => row,
        other => unreachable!("{other:?}"),
    }
}

/// Field and code of every fault.
fn faults(judged: &Judged) -> Vec<(Option<Column>, &'static str)> {
    match &judged.outcome {
        Outcome::Error(reasons) => reasons.iter().map(|r| (r.field, r.code)).collect(),
        Outcome::Row(_) | Outcome::Duplicate { .. } => Vec::new(),
    }
}

fn warnings(judged: &Judged) -> Vec<(Option<Column>, &'static str)> {
    judged.warnings.iter().map(|r| (r.field, r.code)).collect()
}

#[test]
fn the_sample_file_counts_as_announced() {
    let report = report_of(&sample());
    let counts = Counts {
        rows: 439,
        new: 422,
        update: 0,
        unchanged: 0,
        duplicate: 7,
        error: 10,
    };
    assert_eq!(report.counts, counts);
    assert!(report.ignored_columns.is_empty());
}

#[test]
fn the_samples_ten_errors_and_seven_duplicates_are_these() {
    let report = report_of(&sample());
    let list = |severity: &str| -> Vec<(u64, u64, &str, &str)> {
        let notes = report.reasons.iter().filter(|n| n.severity == severity);
        notes
            .map(|n| (n.line, n.row, n.field.unwrap_or_default(), n.code))
            .collect()
    };
    let errors = [
        (16, 16, "phone", "phone_malformed"),
        (55, 49, "route", "bad_route"),
        (75, 65, "email", "email_missing"),
        (170, 145, "email", "email_malformed"),
        (184, 158, "university", "unknown_university"),
        (211, 180, "email", "email_malformed"),
        (293, 253, "route", "bad_route"),
        (346, 301, "submitted_on", "late"),
        (436, 380, "", "name_missing"),
        (439, 383, "email", "email_malformed"),
    ];
    assert_eq!(list("error"), errors);
    let repeated = [133, 238, 247, 377, 405, 420, 434];
    let duplicates: Vec<u64> = list("duplicate").iter().map(|note| note.1).collect();
    assert_eq!(duplicates, repeated);
    let cards = report
        .reasons
        .iter()
        .filter(|n| n.code == "identity_card_number");
    assert_eq!(cards.map(|n| n.row).collect::<Vec<_>>(), [216]);
    // 54 cells begin with `=` and 50 with `+`: a warning does not depend on the row's outcome.
    let formulas = report.reasons.iter().filter(|n| n.code == "formula_text");
    assert!(
        formulas
            .clone()
            .all(|n| n.field == Some("statement") && n.severity == "warning")
    );
    assert_eq!(formulas.count(), 104);
}

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

const HEAD: &str = "Family name,Given names,Chinese name,E-mail,Mobile,Route,University,Employer,Graduation year,Language,Statement,Submitted on";

#[test]
fn a_full_row_is_read_whole() {
    let judged = one(
        HEAD,
        "Chan,Tai Man,郭𠮷良,Tai@X.org,'+852 7529 8154, OPEN ,獅子山大學,kowloon-mutual bank,2026,zh-Hant-HK,\"a\r\n𠮷\",30/11/2026",
    );
    let row = good(&judged);
    assert_eq!(row.names.display(Lang::Zh), "郭𠮷良");
    assert_eq!(row.email.address(), "Tai@X.org");
    assert_eq!(row.phone.as_ref().unwrap().e164(), "+85275298154");
    assert_eq!(row.route, Some(Route::Open));
    assert_ne!(row.university, None);
    assert!(matches!(row.employer, Some(Employer::Known(_))));
    assert_eq!(
        (row.graduation_year, row.language),
        (Some(2026), Some(Lang::Zh))
    );
    assert_eq!(row.statement.as_deref(), Some("a\r\n𠮷"));
    let day = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
    assert_eq!(row.submitted, Some(Submitted::Day(day)));
    assert_eq!(judged.warnings, []);
}

#[test]
fn each_bad_cell_is_named_with_its_reason() {
    let long_statement = format!("A,,,a@x.org,,open,,,,,{},", "𠮷".repeat(5_001));
    let long_employer = format!("A,,,a@x.org,,open,,{},,,,", "e".repeat(201));
    let long_name = format!("{},,,a@x.org,,open,,,,,,", "n".repeat(101));
    let cases: [(&str, &[(Option<Column>, &str)]); 25] = [
        (
            "A,,,,,open,,,,,,",
            &[(Some(Column::Email), "email_missing")],
        ),
        (
            "A,,,a@b,,open,,,,,,",
            &[(Some(Column::Email), "email_malformed")],
        ),
        (",,,a@x.org,,open,,,,,,", &[(None, "name_missing")]),
        (
            "A,,,a@x.org,12345,open,,,,,,",
            &[(Some(Column::Phone), "phone_malformed")],
        ),
        (
            "A,,,a@x.org,=1+1,open,,,,,,",
            &[(Some(Column::Phone), "phone_malformed")],
        ),
        (
            "A,,,a@x.org,,IN-SERVICE,,,,,,",
            &[(Some(Column::Route), "bad_route")],
        ),
        (
            "A,,,a@x.org,,student,,,,,,",
            &[(Some(Column::Route), "bad_route")],
        ),
        ("A,,,a@x.org,,,,,,,,", &[(Some(Column::Route), "bad_route")]),
        (
            "A,,,a@x.org,,open,University of Nowhere,,,,,",
            &[(Some(Column::University), "unknown_university")],
        ),
        (
            "A,,,a@x.org,,open,,,26,,,",
            &[(Some(Column::GraduationYear), "bad_graduation_year")],
        ),
        (
            "A,,,a@x.org,,open,,,1949,,,",
            &[(Some(Column::GraduationYear), "bad_graduation_year")],
        ),
        (
            "A,,,a@x.org,,open,,,,fr,,",
            &[(Some(Column::Language), "bad_language")],
        ),
        (
            "A,,,a@x.org,,open,,,,,,yesterday",
            &[(Some(Column::SubmittedOn), "bad_date")],
        ),
        (
            "A,,,a@x.org,,open,,,,,,11/30/2026",
            &[(Some(Column::SubmittedOn), "bad_date")],
        ),
        (
            "A,,,a@x.org,,open,,,,,,2026-12-01",
            &[(Some(Column::SubmittedOn), "late")],
        ),
        (
            "A,,,a@x.org,,open,,,,,,01.12.2026",
            &[(Some(Column::SubmittedOn), "late")],
        ),
        (
            "A,,,a@x.org,,open,,,,,x\u{0}y,",
            &[(Some(Column::Statement), "control_character")],
        ),
        (
            "A\u{7},,,a@x.org,,open,,,,,,",
            &[(Some(Column::FamilyName), "control_character")],
        ),
        (&long_statement, &[(Some(Column::Statement), "too_long")]),
        (&long_employer, &[(Some(Column::Employer), "too_long")]),
        (&long_name, &[(Some(Column::FamilyName), "name_too_long")]),
        ("A,,,a@x.org,,open", &[(None, "wrong_number_of_cells")]),
        (
            "A,,,a@x.org,,open,,,,,,,",
            &[(None, "wrong_number_of_cells")],
        ),
        (
            ", ,,'',\u{3000},,,,,,,",
            &[
                (None, "name_missing"),
                (Some(Column::Email), "email_malformed"),
                (Some(Column::Route), "bad_route"),
            ],
        ),
        (",,,,,,,,,,,", &[(None, "empty_row")]),
    ];
    for (row, expected) in cases {
        let judged = one(HEAD, row);
        assert_eq!(faults(&judged), expected, "{row:?}");
    }
}

#[test]
fn a_row_with_several_faults_names_all_and_counts_once() {
    let file = format!("{HEAD}\r\n,,,x,1,y,z,,q,fr,,never\r\n");
    let report = report_of(file.as_bytes());
    assert_eq!((report.counts.rows, report.counts.error), (1, 1));
    assert_eq!(report.reasons.len(), 8);
}

#[test]
fn a_bad_route_lists_the_accepted_ones() {
    let judged = one("Email,Surname,Route", "a@x.org,A,student");
    let Outcome::Error(reasons) = &judged.outcome else {
        unreachable!()
    };
    for lang in Lang::ALL {
        for route in Route::ALL {
            assert!(reasons[0].say(lang).contains(route.code()));
        }
    }
}

#[test]
fn odd_cells_are_warned_of_and_kept_as_text() {
    let cases: [(&str, Option<Column>, &str); 9] = [
        (
            "A,,,a@x.org,,open,,,,,=1+1,",
            Some(Column::Statement),
            "formula_text",
        ),
        (
            "A,,,a@x.org,,open,,,,,+852 is not a formula,",
            Some(Column::Statement),
            "formula_text",
        ),
        (
            "A,,,a@x.org,,open,,,,,-1,",
            Some(Column::Statement),
            "formula_text",
        ),
        (
            "A,,,a@x.org,,open,,,,,@x,",
            Some(Column::Statement),
            "formula_text",
        ),
        (
            "A,,,a@x.org,,open,,,,,\tx,",
            Some(Column::Statement),
            "formula_text",
        ),
        (
            "A,,,a@x.org,,open,,,,,'=1+1,",
            Some(Column::Statement),
            "formula_text",
        ),
        (
            "=A,,,a@x.org,,open,,,,,,",
            Some(Column::FamilyName),
            "formula_text",
        ),
        (
            "A,,,a@x.org,,open,,,,,我的身份證是A123456（3）,",
            Some(Column::Statement),
            "identity_card_number",
        ),
        (
            "A,,,a@x.org,,open,,Unheard Of Ltd,,,,",
            Some(Column::Employer),
            "unknown_employer",
        ),
    ];
    for (row, field, code) in cases {
        let judged = one(HEAD, row);
        assert_eq!(warnings(&judged), [(field, code)], "{row:?}");
        assert_eq!(faults(&judged), [], "{row:?}");
    }
    let judged = one(HEAD, "A,,,a@x.org,,open,,Unheard Of Ltd,,,'=1+1,");
    assert_eq!(good(&judged).statement.as_deref(), Some("=1+1"));
    assert_eq!(
        good(&judged).employer,
        Some(Employer::Text("Unheard Of Ltd".to_owned()))
    );
    let judged = one(HEAD, "A,,,a@x.org,+852 7529 8154,open,,,,,,");
    assert_eq!(judged.warnings, [], "a telephone number is no formula");
}

#[test]
fn an_address_counts_once_whatever_its_case_and_whatever_the_first_row_was() {
    let rows = read(
        "Email,Surname,Mobile\r\nA@x.org,A,1\r\n a@X.ORG ,A,\r\na@x.org,,9\r\nbad,A,\r\nbad,A,\r\n",
    );
    let outcomes: Vec<String> = rows
        .iter()
        .map(|judged| match &judged.outcome {
            Outcome::Row(_) => "row".to_owned(),
            Outcome::Duplicate { first_line } => format!("duplicate of {first_line}"),
            Outcome::Error(_) => "error".to_owned(),
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            "error",
            "duplicate of 2",
            "duplicate of 2",
            "error",
            "error"
        ]
    );
}

#[test]
fn dates_are_iso_or_day_first_and_nothing_else() {
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).map(Submitted::Day);
    let at = |text: &str| Some(Submitted::At(text.parse::<DateTime<Utc>>().unwrap()));
    let cases = [
        ("2026-11-30", day(2026, 11, 30)),
        ("30/11/2026", day(2026, 11, 30)),
        ("30-11-2026", day(2026, 11, 30)),
        ("30.11.2026", day(2026, 11, 30)),
        (" 3/1/2026 ", day(2026, 1, 3)),
        ("2026-11-30 23:59", at("2026-11-30T15:59:00Z")),
        ("30/11/2026 23:59:30", at("2026-11-30T15:59:30Z")),
        ("2026-11-30T15:59:00Z", at("2026-11-30T15:59:00Z")),
        ("2026-11-30T23:59:00+08:00", at("2026-11-30T15:59:00Z")),
        ("", None),
        ("2026-02-30", None),
        ("11/30/2026", None),
        ("30/11/26", None),
        ("2026/11/30", None),
        ("2026-11", None),
        ("2026-11-30-1", None),
        ("30/11-2026", None),
        ("46356", None),
        ("2026-11-30 25:00", None),
        ("+2026-11-30", None),
        ("２０２６-11-30", None),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_submitted(text), expected, "{text:?}");
    }
}

#[test]
fn the_deadlines_own_day_is_in_time() {
    let deadline = context().deadline;
    let cases = [
        ("2026-11-30", false),
        ("2026-12-01", true),
        ("2026-11-30 23:59", false),
        ("2026-11-30 23:59:01", true),
        ("2026-12-01 00:30", true),
        ("2026-11-30T16:30:00Z", true),
        ("2026-11-30T10:00:00-05:00", false),
        ("1999-01-01", false),
    ];
    for (text, late) in cases {
        assert_eq!(
            parse_submitted(text).unwrap().is_late(deadline),
            late,
            "{text}"
        );
    }
}

fn existing(row: &Row) -> Existing {
    Existing {
        names: row.names.clone(),
        phone: row.phone.clone(),
        route: row.route,
        university: row.university,
        employer: row.employer.clone(),
        graduation_year: row.graduation_year,
        language: row.language,
        statement: row.statement.clone(),
        submitted: row.submitted,
    }
}

#[test]
fn a_row_is_new_changed_or_the_same() {
    let before = "A,B,陳,a@x.org,75298154,open,獅子山大學,Some Bank,2026,en,\"s\r\nt\",2026-11-02";
    let known = existing(good(&one(HEAD, before)));
    let cases: [(&str, &[Column]); 7] = [
        (before, &[]),
        (
            "A,B,陳,A@X.ORG,+852 7529 8154,OPEN,Lion Rock University,Some Bank,2026,en,\"s\nt\",02/11/2026 10:00",
            &[],
        ),
        ("A,,,a@x.org,,open,,,,,,", &[]),
        (
            "A,C,陳,a@x.org,75298155,open,,,,,,",
            &[Column::GivenNames, Column::Phone],
        ),
        (
            "A,B,,a@x.org,,recent_graduate,Victoria Harbour University,,,,,",
            &[Column::Route, Column::University],
        ),
        (
            "A,B,,a@x.org,,open,,Kowloon Mutual Bank,2027,zh,,",
            &[Column::Employer, Column::GraduationYear, Column::Language],
        ),
        (
            "A,B,,a@x.org,,open,,,,,other,2026-11-03",
            &[Column::Statement, Column::SubmittedOn],
        ),
    ];
    // Directories give the same organisation the same id only within one context.
    let shared = context();
    let judge = |row: &str| {
        let file = format!("{HEAD}\r\n{row}\r\n");
        let mut reader = Reader::open(file.as_bytes(), shared.clone()).unwrap();
        reader.next().unwrap().unwrap()
    };
    let known = Existing {
        university: good(&judge(before)).university,
        ..known
    };
    for (row, columns) in cases {
        let verdict = compare(Some(&known), good(&judge(row)));
        let expected = if columns.is_empty() {
            Verdict::Unchanged
        } else {
            Verdict::Update(columns.to_vec())
        };
        assert_eq!(verdict, expected, "{row:?}");
        assert_eq!(compare(None, good(&judge(row))), Verdict::New);
    }
}

#[test]
fn the_json_has_the_counts_at_the_top() {
    let file = format!("{HEAD}\r\nA,,,a@x.org,,student,,,,,,\r\n");
    let json = serde_json::to_value(report_of(file.as_bytes())).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "rows": 1, "new": 0, "update": 0, "unchanged": 0, "duplicate": 0, "error": 1,
            "rows_with_warnings": 0, "ignored_columns": [], "reasons_left_out": 0,
            "reasons": [{
                "line": 2, "row": 2, "outcome": "error", "severity": "error", "field": "route",
                "code": "bad_route",
                "reason": "Route: The route is not one of: university_student, in_service_nominee, recent_graduate, open",
            }],
        })
    );
    let counts = serde_json::to_value(Counts::default()).unwrap();
    let mut keys: Vec<&String> = counts.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        ["duplicate", "error", "new", "rows", "unchanged", "update"]
    );
}

fn bad_rows(bytes: &[u8]) -> Vec<u8> {
    let mut reader = open(bytes).unwrap();
    let mut bad = BadRows::new(Vec::new(), reader.columns(), Lang::En).unwrap();
    for judged in reader.by_ref() {
        bad.add(&judged.unwrap()).unwrap();
    }
    bad.finish().unwrap()
}

#[test]
fn bad_rows_can_be_mended_and_sent_in_again() {
    let bad = bad_rows(&sample());
    let text = String::from_utf8(bad.clone()).unwrap();
    assert!(text.starts_with("\u{feff}Family Name,"));
    assert!(
        text.lines()
            .next()
            .unwrap()
            .ends_with("Submitted on,Reason / 原因")
    );
    let again = report_of(&bad);
    assert_eq!((again.counts.rows, again.counts.error), (10, 10));
    assert!(again.ignored_columns.is_empty());
    assert_eq!(
        bad_rows(&bad),
        bad,
        "the column of reasons does not multiply"
    );
    let mended = text
        .replace(",student,", ",university_student,")
        .replace(",12345,", ",75298154,");
    assert_eq!(report_of(mended.as_bytes()).counts.new, 2);
}

#[test]
fn bad_rows_keep_what_was_written_and_are_never_live() {
    let statement = "=HYPERLINK(\"\"http://example.com\"\",\"\"x\"\")\r\nsecond line";
    let file = format!("{HEAD}\r\n+A,,,bad,+852 7529 8154,open,,,,,\"{statement}\",\r\nA,b\r\n");
    let bad = bad_rows(file.as_bytes());
    let rows: Vec<Judged> = open(&bad).unwrap().map(Result::unwrap).collect();
    assert_eq!(&rows[0].cells[0], "'+A");
    assert_eq!(&rows[0].cells[4], "'+852 7529 8154");
    assert_eq!(
        &rows[0].cells[10],
        "'=HYPERLINK(\"http://example.com\",\"x\")\r\nsecond line"
    );
    assert_eq!(
        &rows[0].cells[12],
        "E-mail: This is not an e-mail address; write it like name@example.com"
    );
    assert_eq!(&rows[1].cells[12], "The row has 2 cells, the header 12");
    assert_eq!(faults(&rows[0]), [(Some(Column::Email), "email_malformed")]);
}

#[test]
fn the_report_is_a_table_with_one_line_for_each_remark() {
    let file = format!("{HEAD}\r\nA,,,a@x.org,,open,,,,,=1,\r\nA,,,a@x.org,,open,,,,,,\r\n");
    let mut table = ReportCsv::new(Vec::new(), Lang::Zh).unwrap();
    for judged in open(file.as_bytes()).unwrap() {
        table.add(&judged.unwrap(), &Verdict::Unchanged).unwrap();
    }
    table.fault(&FileFault::NotUtf8 { line: 4 }).unwrap();
    let text = String::from_utf8(table.finish().unwrap()).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "\u{feff}line,row,outcome,severity,field,code,reason"
    );
    assert_eq!(
        lines[1],
        "2,2,unchanged,warning,statement,formula_text,個人陳述：內容開首像公式，將保留為文字"
    );
    assert_eq!(
        lines[2],
        "3,3,duplicate,duplicate,email,duplicate,電郵：第 2 行已有相同的電郵地址"
    );
    assert!(lines[3].starts_with(",,error,error,,file_not_utf8,"));
    assert_eq!(lines.len(), 5);
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

#[test]
fn routes_go_to_their_codes_and_back() {
    for route in Route::ALL {
        assert_eq!(
            Route::from_code(&format!(" {} ", route.code().to_uppercase())),
            Some(route)
        );
        assert_eq!(serde_json::to_value(route).unwrap(), route.code());
        assert_ne!(route.say(Lang::En), route.say(Lang::Zh));
    }
    for other in ["", "student", "IN-SERVICE", "in service nominee", "opened"] {
        assert_eq!(Route::from_code(other), None, "{other}");
    }
}
