//! The import against a database: dry run, commit, and the same file again.

use banyan::access;
use banyan::applications::import::Counts;
use banyan::applications::import_actions::{self, Findings, Outputs, Source};
use banyan::db::{Actor, Role, Task};
use banyan::error::Error;
use banyan::ids::ImportId;
use banyan::lang::Lang;
use diesel::{RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;
use crate::support::fixtures::apply::{Call, administrator, call, number, text};

const SYSTEM: Actor = Actor::System(Task::Import);

fn sample() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/applicants-2027h1.csv");
    std::fs::read(path).unwrap()
}

fn counts(rows: u64, new: u64, update: u64, unchanged: u64, duplicate: u64, error: u64) -> Counts {
    Counts {
        rows,
        new,
        update,
        unchanged,
        duplicate,
        error,
    }
}

fn dry_run(app: &TestApp, file: &[u8]) -> Result<Findings, Error> {
    app.site.db.read(&SYSTEM, |conn| {
        let working = access::working(conn, Task::Import)?;
        let call = import_actions::for_call(conn, &working, "2027H1")?;
        import_actions::dry_run(conn, &call, file, &Outputs::default())
    })
}

fn commit_to(app: &TestApp, file: &[u8], outputs: &Outputs) -> Result<Findings, Error> {
    let source = Source {
        id: ImportId::new(),
        label: "applicants.csv".to_owned(),
        sha256: vec![0; 32],
        recorded: false,
        notify: false,
    };
    app.site.db.tx(&SYSTEM, |conn| {
        let working = access::working(conn, Task::Import)?;
        let call = import_actions::for_call(conn, &working, "2027H1")?;
        import_actions::commit(conn, &call, &source, file, outputs, &mut |_rows| {})
    })
}

fn commit(app: &TestApp, file: &[u8]) -> Findings {
    commit_to(app, file, &Outputs::default()).unwrap()
}

/// Rows of every table that an import could write, as the house sees them.
fn written(app: &TestApp, call: &Call) -> Vec<i64> {
    let staff = administrator(call.programme);
    let mut seen: Vec<i64> = [
        "applications",
        "application_tokens",
        "imports",
        "audit_events",
        "audit_details",
        "letters",
    ]
    .iter()
    .map(|table| number(app, &staff, &format!("SELECT count(*) AS n FROM {table}")))
    .collect();
    let accounts = Actor::System(Task::Accounts);
    seen.push(number(app, &accounts, "SELECT count(*) AS n FROM people"));
    seen
}

#[test]
fn a_dry_run_counts_every_row_and_writes_nothing() {
    let app = TestApp::with_database();
    let call = call(&app);
    let before = written(&app, &call);
    let findings = dry_run(&app, &sample()).unwrap();
    assert_eq!(findings.counts(), counts(439, 422, 0, 0, 7, 10));
    assert_eq!(written(&app, &call), before);
}

#[test]
fn committing_twice_changes_nothing() {
    let app = TestApp::with_database();
    let call = call(&app);
    assert_eq!(
        commit(&app, &sample()).counts(),
        counts(439, 422, 0, 0, 7, 10)
    );
    let staff = administrator(call.programme);
    let content = "SELECT md5(string_agg(a::text, '' ORDER BY id)) AS t FROM applications a";
    let (rows, before) = (written(&app, &call), text(&app, &staff, content));
    assert_eq!(rows.first(), Some(&422));
    assert_eq!(
        commit(&app, &sample()).counts(),
        counts(439, 0, 0, 422, 7, 10)
    );
    assert_eq!(text(&app, &staff, content), before);
    // The run itself is written down: one import, one event with its details.
    let after = written(&app, &call);
    let more: Vec<i64> = after.iter().zip(&rows).map(|(a, b)| a - b).collect();
    assert_eq!(more, [0, 0, 1, 1, 1, 0, 0]);
}

#[test]
fn an_imported_application_is_whole_and_tells_where_it_came_from() {
    let app = TestApp::with_database();
    let call = call(&app);
    commit(&app, &sample());
    let staff = administrator(call.programme);
    let one = text(
        &app,
        &staff,
        "SELECT concat_ws('|', state, source, name_shown, name_zh, phone, lang, route, \
           to_char(submitted_at AT TIME ZONE 'Asia/Hong_Kong', 'YYYY-MM-DD HH24:MI'), email) AS t \
         FROM applications WHERE email = 'kwan.lee2@example.com'",
    );
    assert_eq!(
        one,
        "submitted|import|LEE Kwan|李堃|+85272210583|zh-Hant-HK|university_student|2026-11-12 12:00|kwan.lee2@example.com"
    );
    let references = "SELECT count(*) AS n FROM applications WHERE reference !~ '^2027H1-[0-9A-HJKMNP-TV-Z]{6}$'";
    assert_eq!(number(&app, &staff, references), 0);
    let silent = "SELECT count(*) AS n FROM applications a WHERE NOT EXISTS (SELECT FROM audit_events e \
        WHERE e.subject_id = a.id AND e.verb = 'application.imported' AND e.person_id = a.person_id)";
    assert_eq!(number(&app, &staff, silent), 0);
    let unfindable = "SELECT count(*) AS n FROM applications a WHERE NOT EXISTS (SELECT FROM application_tokens t \
        WHERE t.application_id = a.id AND t.token LIKE lower(split_part(a.email, '@', 1)) || '%')";
    assert_eq!(number(&app, &staff, unfindable), 0);
    // Staff of the programme may know the people from now on; nobody has been written to.
    assert_eq!(
        number(&app, &staff, "SELECT count(*) AS n FROM people"),
        422
    );
    assert_eq!(number(&app, &staff, "SELECT count(*) AS n FROM letters"), 0);
}

#[test]
fn a_changed_telephone_is_one_update() {
    let app = TestApp::with_database();
    let call = call(&app);
    commit(&app, &sample());
    let mended = String::from_utf8(sample())
        .unwrap()
        .replace("+852 7529 8154", "+852 9529 8154");
    assert_eq!(
        dry_run(&app, mended.as_bytes()).unwrap().counts(),
        counts(439, 0, 1, 421, 7, 10)
    );
    assert_eq!(
        commit(&app, mended.as_bytes()).counts(),
        counts(439, 0, 1, 421, 7, 10)
    );
    let staff = administrator(call.programme);
    let changed = "SELECT concat_ws('|', a.phone, a.version, d.details ->> 'fields') AS t FROM applications a \
        JOIN audit_events e ON e.subject_id = a.id AND e.verb = 'application.import_updated' \
        JOIN audit_details d ON d.event_id = e.id";
    assert_eq!(text(&app, &staff, changed), "+85295298154|2|[\"phone\"]");
    assert_eq!(
        commit(&app, mended.as_bytes()).counts(),
        counts(439, 0, 0, 422, 7, 10)
    );
}

#[test]
fn bad_rows_are_mended_and_sent_in_again() {
    let app = TestApp::with_database();
    let call = call(&app);
    let path = app.site.files.incoming().unwrap().join("bad.csv");
    let outputs = Outputs {
        lang: Lang::En,
        report: None,
        bad_rows: Some(path.clone()),
    };
    commit_to(&app, &sample(), &outputs).unwrap();
    let bad = std::fs::read(&path).unwrap();
    // As they are they are errors still; the column of reasons is left out.
    assert_eq!(
        dry_run(&app, &bad).unwrap().counts(),
        counts(10, 0, 0, 0, 0, 10)
    );
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(&bad[..]);
    let headers = reader.headers().unwrap().clone();
    let mut mended = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    mended.write_record(&headers).unwrap();
    for (number, record) in reader.records().enumerate() {
        let record = record.unwrap();
        let cells = headers.iter().zip(0..).map(|(header, at)| {
            match header.trim_start_matches('\u{feff}') {
                "Family Name" => "MENDED".to_owned(),
                "E-mail" => format!("mended{number}@example.org"),
                "Mobile" => "+852 9529 8154".to_owned(),
                "Route" => "open".to_owned(),
                "University" => "Lion Rock University".to_owned(),
                "Graduation year" => "2025".to_owned(),
                "Submitted on" => "2026-11-30".to_owned(),
                _ => record.get(at).unwrap_or_default().to_owned(),
            }
        });
        mended.write_record(cells.collect::<Vec<_>>()).unwrap();
    }
    let mended = mended.into_inner().unwrap();
    assert_eq!(commit(&app, &mended).counts(), counts(10, 10, 0, 0, 0, 0));
    let staff = administrator(call.programme);
    let all = "SELECT count(*) AS n FROM applications";
    assert_eq!(number(&app, &staff, all), 432);
}

const HEAD: &str = "Family name,Given names,E-mail,Mobile,Route,Submitted on\r\n";

fn row(name: &str, phone: &str) -> String {
    format!("{HEAD}{name},Test,{name}@example.org,{phone},open,2026-11-01\r\n")
}

#[test]
fn what_is_decided_or_withdrawn_is_left_as_it_is() {
    for (change, settled) in [
        ("UPDATE applications SET state = 'withdrawn'", true),
        ("UPDATE applications SET state = 'offered'", true),
        (
            "INSERT INTO application_cases (application_id, cohort_id, programme_id, decision) \
             SELECT id, cohort_id, programme_id, 'reject' FROM applications",
            true,
        ),
        ("UPDATE applications SET state = 'under_review'", false),
    ] {
        let app = TestApp::with_database();
        let call = call(&app);
        commit(&app, row("WONG", "91234567").as_bytes());
        let staff = administrator(call.programme);
        app.site
            .db
            .tx(&staff, |conn| Ok(sql_query(change).execute(conn.pg())?))
            .unwrap();
        let findings = commit(&app, row("WONG", "91234568").as_bytes());
        let expected = if settled {
            counts(1, 0, 0, 1, 0, 0)
        } else {
            counts(1, 0, 1, 0, 0, 0)
        };
        assert_eq!(findings.counts(), expected, "{change}");
        let codes: Vec<&str> = findings
            .report(Lang::En)
            .reasons
            .iter()
            .map(|r| r.code)
            .collect();
        assert_eq!(codes, if settled { vec!["settled"] } else { vec![] });
        let phone = text(&app, &staff, "SELECT phone AS t FROM applications");
        assert_eq!(phone == "+85291234567", settled, "{change}");
    }
}

#[test]
fn a_draft_is_submitted_by_the_registry() {
    let app = TestApp::with_database();
    let call = call(&app);
    commit(&app, row("WONG", "91234567").as_bytes());
    let staff = administrator(call.programme);
    let draft = "UPDATE applications SET state = 'draft', submitted_at = NULL, statement = 'Mine.', source = 'web'";
    app.site
        .db
        .tx(&staff, |conn| Ok(sql_query(draft).execute(conn.pg())?))
        .unwrap();
    assert_eq!(
        commit(&app, row("WONG", "91234567").as_bytes()).counts(),
        counts(1, 0, 1, 0, 0, 0)
    );
    let now = "SELECT concat_ws('|', state, source, statement, submitted_at IS NOT NULL) AS t FROM applications";
    assert_eq!(text(&app, &staff, now), "submitted|web|Mine.|t");
}

#[test]
fn an_account_that_exists_keeps_its_names_and_gets_the_application() {
    let app = TestApp::with_database();
    let call = call(&app);
    let person = app.account("Ada");
    let email = text(
        &app,
        &Actor::System(Task::Accounts),
        &format!("SELECT email AS t FROM people WHERE id = '{person}'"),
    );
    let file = format!(
        "{HEAD}WONG,Ada,{},91234567,open,2026-11-01\r\n",
        email.to_uppercase()
    );
    assert_eq!(commit(&app, file.as_bytes()).counts().new, 1);
    let staff = administrator(call.programme);
    let known = "SELECT concat_ws('|', p.display_name, a.name_shown, p.phone) AS t FROM people p \
        JOIN applications a ON a.person_id = p.id";
    assert_eq!(text(&app, &staff, known), "Ada|WONG Ada");
}

#[test]
fn a_file_fault_stops_the_import_and_leaves_nothing() {
    let app = TestApp::with_database();
    let call = call(&app);
    let before = written(&app, &call);
    for file in [
        &b""[..],
        b"Name only\r\nx\r\n",
        b"E-mail,Family name\r\na@example.org,WONG\r\n\xff\xfe,x\r\n",
    ] {
        assert!(matches!(dry_run(&app, file), Err(Error::Refused(_))));
        let refused = commit_to(&app, file, &Outputs::default());
        assert!(matches!(refused, Err(Error::Refused(_))));
    }
    assert_eq!(written(&app, &call), before);
}

#[test]
fn the_deadline_is_the_calls_whatever_the_day_and_the_state() {
    let mut app = TestApp::with_database();
    let call = call(&app);
    let staff = administrator(call.programme);
    let closed = "UPDATE cohorts SET state = 'running'";
    app.site
        .db
        .tx(&staff, |conn| Ok(sql_query(closed).execute(conn.pg())?))
        .unwrap();
    app.site.db = app.site.db.as_of("2031-05-05T00:00:00Z".parse().unwrap());
    let file = format!(
        "{HEAD}A,A,a@example.org,,open,30/11/2026\r\nB,B,b@example.org,,open,2026-12-01\r\n\
         C,C,c@example.org,,open,2026-11-30 23:59\r\nD,D,d@example.org,,open,2026-12-01 00:00\r\n"
    );
    assert_eq!(
        dry_run(&app, file.as_bytes()).unwrap().counts(),
        counts(4, 2, 0, 0, 0, 2)
    );
}

#[test]
fn an_unknown_call_is_not_found() {
    let app = TestApp::with_database();
    assert!(matches!(dry_run(&app, b""), Err(Error::NotFound)));
}

#[test]
fn twenty_thousand_rows_go_in_set_by_set() {
    let app = TestApp::with_database();
    let call = call(&app);
    let mut file = HEAD.to_owned();
    for n in 0..20_000 {
        file.push_str(&format!(
            "CHAN,Row {n},row{n}@example.org,9{n:07},open,2026-11-01\r\n"
        ));
    }
    assert_eq!(
        commit(&app, file.as_bytes()).counts(),
        counts(20_000, 20_000, 0, 0, 0, 0)
    );
    assert_eq!(
        commit(&app, file.as_bytes()).counts(),
        counts(20_000, 0, 0, 20_000, 0, 0)
    );
    let staff = administrator(call.programme);
    let distinct = "SELECT count(DISTINCT reference) AS n FROM applications";
    assert_eq!(number(&app, &staff, distinct), 20_000);
}

#[actix_web::test]
async fn the_list_of_files_is_a_file_too() {
    let app = TestApp::with_database();
    let call = call(&app);
    let office = app.acting("Ivy", Role::Coordinator, Some(call.programme), None);
    let path = format!("/cohorts/{}/import", call.cohort);
    assert!(!office.get(&path).await.text().contains("import.csv"));
    commit(&app, &sample());
    commit(&app, &sample());
    assert!(office.get(&path).await.text().contains("import.csv"));
    let list = office.get(&format!("{path}.csv")).await.text();
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 3, "{list}");
    assert!(lines[0].ends_with("Rows,New,Changed,Unchanged,Repeated in the file,Errors"));
    assert!(
        lines[1].starts_with("applicants.csv,Committed,")
            && lines[1].ends_with(",439,0,0,422,7,10")
    );
    assert!(lines[2].ends_with(",439,422,0,0,7,10"));
    let workbook = office.get(&format!("{path}.xlsx")).await;
    assert!(workbook.body.starts_with(b"PK"));
}
