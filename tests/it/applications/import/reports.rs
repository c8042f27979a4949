//! Reports: the sample file, JSON, the file of bad rows, the table of remarks.

use banyan::applications::import::{
    BadRows, Column, Counts, FileFault, Judged, ReportCsv, Verdict,
};
use banyan::lang::Lang;

use super::{HEAD, faults, open, report_of, sample};

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
        "3,3,duplicate,duplicate,email,duplicate,電郵：第2行已有相同的電郵地址"
    );
    assert!(lines[3].starts_with(",,error,error,,file_not_utf8,"));
    assert_eq!(lines.len(), 5);
}
