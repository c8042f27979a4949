//! Rows: cells, faults, warnings, verdicts.

use banyan::applications::Route;
use banyan::applications::import::{
    Column, Employer, Existing, Outcome, Reader, Row, Submitted, Verdict, compare, parse_submitted,
};
use banyan::lang::{Lang, Say};
use chrono::{DateTime, NaiveDate, Utc};

use super::{HEAD, context, faults, good, one, read, report_of, warnings};

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
    let cases: [(&str, &[&str]); 22] = [
        ("A,,,,,open,,,,,,", &["email: email_missing"]),
        ("A,,,a@b,,open,,,,,,", &["email: email_malformed"]),
        (",,,a@x.org,,open,,,,,,", &["row: name_missing"]),
        ("A,,,a@x.org,12345,open,,,,,,", &["phone: phone_malformed"]),
        ("A,,,a@x.org,=1+1,open,,,,,,", &["phone: phone_malformed"]),
        ("A,,,a@x.org,,IN-SERVICE,,,,,,", &["route: bad_route"]),
        ("A,,,a@x.org,,student,,,,,,", &["route: bad_route"]),
        ("A,,,a@x.org,,,,,,,,", &["route: bad_route"]),
        (
            "A,,,a@x.org,,open,University of Nowhere,,,,,",
            &["university: unknown_university"],
        ),
        (
            "A,,,a@x.org,,open,,,26,,,",
            &["graduation_year: bad_graduation_year"],
        ),
        (
            "A,,,a@x.org,,open,,,1949,,,",
            &["graduation_year: bad_graduation_year"],
        ),
        ("A,,,a@x.org,,open,,,,fr,,", &["language: bad_language"]),
        (
            "A,,,a@x.org,,open,,,,,,yesterday",
            &["submitted_on: bad_date"],
        ),
        (
            "A,,,a@x.org,,open,,,,,,11/30/2026",
            &["submitted_on: bad_date"],
        ),
        ("A,,,a@x.org,,open,,,,,,2026-12-01", &["submitted_on: late"]),
        ("A,,,a@x.org,,open,,,,,,01.12.2026", &["submitted_on: late"]),
        (
            "A,,,a@x.org,,open,,,,,x\u{0}y,",
            &["statement: control_character"],
        ),
        (
            "A\u{7},,,a@x.org,,open,,,,,,",
            &["family_name: control_character"],
        ),
        ("A,,,a@x.org,,open", &["row: wrong_number_of_cells"]),
        ("A,,,a@x.org,,open,,,,,,,", &["row: wrong_number_of_cells"]),
        (
            ", ,,'',\u{3000},,,,,,,",
            &[
                "row: name_missing",
                "email: email_malformed",
                "route: bad_route",
            ],
        ),
        (",,,,,,,,,,,", &["row: empty_row"]),
    ];
    for (row, expected) in cases {
        let judged = one(HEAD, row);
        let named: Vec<String> = faults(&judged)
            .iter()
            .map(|(field, code)| format!("{}: {code}", field.map_or("row", Column::key)))
            .collect();
        assert_eq!(named, expected, "{row:?}");
    }
}

#[test]
fn limits_count_characters_and_are_refused_one_beyond() {
    let rows = |extra: usize| {
        [
            format!("A,,,a@x.org,,open,,,,,{},", "𠮷".repeat(5_000 + extra)),
            format!("A,,,a@x.org,,open,,{},,,,", "e".repeat(200 + extra)),
            format!("{},,,a@x.org,,open,,,,,,", "陳".repeat(100 + extra)),
        ]
    };
    for row in rows(0) {
        assert_eq!(faults(&one(HEAD, &row)), []);
    }
    let beyond = [
        (Column::Statement, "too_long"),
        (Column::Employer, "too_long"),
        (Column::FamilyName, "name_too_long"),
    ];
    for (row, (column, code)) in rows(1).iter().zip(beyond) {
        assert_eq!(faults(&one(HEAD, row)), [(Some(column), code)]);
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
            assert!(reasons[0].say(lang).contains(route.as_str()));
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
