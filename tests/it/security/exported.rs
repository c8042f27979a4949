//! Text that would run in a spreadsheet is text in every export.

use super::injection::who_exports;
use crate::desks::histories::{events, records};
use crate::doors::called;
use crate::doors::knock::{Knock, With, address, knock, open, parameters};
use crate::doors::world::{Relation, World, id};
use crate::support::app::Answer;
use crate::support::scale;
use banyan::house;
use banyan::tables::is_formula_like;
use banyan::web::Method;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    tab: String,
    #[diesel(sql_type = Text)]
    col: String,
}

/// Puts a text in front of every text of the database that will take it; returns the columns.
fn poison(world: &World, payload: &str) -> BTreeSet<String> {
    let mut conn = PgConnection::establish(&world.app.super_url()).unwrap();
    conn.batch_execute("SET session_replication_role = replica")
        .unwrap();
    let columns: Vec<Column> = sql_query(
        "SELECT c.table_name::text AS tab, c.column_name::text AS col FROM information_schema.columns c \
         WHERE c.table_schema = 'public' AND c.data_type = 'text' \
           AND c.column_name NOT IN ('storage_key', 'lang', 'bucket', 'kind', 'purpose', 'role', 'state', 'email_identity', 'password_hash') \
         ORDER BY 1, 2",
    )
    .load(&mut conn)
    .unwrap();
    let mut taken = BTreeSet::new();
    for Column { tab, col } in columns {
        let quoted = payload.replace('\'', "''");
        let sql = format!(
            "BEGIN; UPDATE {tab} SET {col} = '{quoted}' || {col} WHERE {col} IS NOT NULL; COMMIT"
        );
        if conn.batch_execute(&sql).is_ok() {
            taken.insert(format!("{tab}.{col}"));
        } else {
            conn.batch_execute("ROLLBACK").unwrap();
        }
    }
    taken
}

/// Puts it in front of what the days of weekly logs tell, which are no columns.
fn tasks_of_logs(world: &World, payload: &str) {
    let mut conn = PgConnection::establish(&world.app.super_url()).unwrap();
    let rows = sql_query(
        "UPDATE weekly_logs SET days = (SELECT jsonb_agg(day || jsonb_build_object('task', $1 || (day->>'task'))) \
           FROM jsonb_array_elements(days) AS day)",
    )
    .bind::<Text, _>(payload)
    .execute(&mut conn)
    .unwrap();
    assert!(rows > 0);
}

/// The files of a ZIP archive, by its central directory.
fn unzip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let u16_at = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let u32_at = |at: usize| u16_at(at) + (u16_at(at + 2) << 16);
    let end = (0..bytes.len() - 21)
        .rev()
        .find(|at| &bytes[*at..*at + 4] == b"PK\x05\x06")
        .unwrap();
    let (count, mut at) = (u16_at(end + 10), u32_at(end + 16));
    let mut found = BTreeMap::new();
    for _ in 0..count {
        let (method, packed, local) = (u16_at(at + 10), u32_at(at + 20), u32_at(at + 42));
        let name_end = at + 46 + u16_at(at + 28);
        let name = String::from_utf8_lossy(&bytes[at + 46..name_end]).into_owned();
        at = name_end + u16_at(at + 30) + u16_at(at + 32);
        let data = local + 30 + u16_at(local + 26) + u16_at(local + 28);
        let piece = &bytes[data..data + packed];
        let mut content = Vec::new();
        if method == 8 {
            flate2::read::DeflateDecoder::new(piece)
                .read_to_end(&mut content)
                .unwrap();
        } else {
            content.extend_from_slice(piece);
        }
        found.insert(name, content);
    }
    found
}

#[actix_web::test]
async fn no_cell_of_any_export_is_a_formula() {
    let payloads = [
        "=cmd|' /C calc'!A0 ",
        "+1+cmd ",
        "-2+3 ",
        "@SUM(1,1) ",
        "\t=1+1 ",
        "＝1+1 ",
        " =HYPERLINK(\"http://evil.example\") ",
        "\u{feff}=1 ",
        "'=1+1 ",
    ];
    let mut cells = BTreeMap::new();
    for payload in payloads.into_iter().take(scale::of(4, payloads.len())) {
        // A row for each list that has none, on both sides: the house reaches the first programme.
        let world = World::with(&format!(
            "{} {} INSERT INTO holidays (observed_on, name_en, name_zh, status) VALUES ('2031-05-01', 'Labour Day', '勞動節', 'derived');",
            events(&records()),
            events(&BTreeSet::from(["§B.programme§"])),
        ));
        assert!(poison(&world, payload).len() > 60, "{payload}");
        tasks_of_logs(&world, payload);
        let house = open(&world.app.site).await;
        for door in house::routes().doors() {
            let (csv, xlsx) = (door.path.ends_with(".csv"), door.path.ends_with(".xlsx"));
            let kept = door.path.ends_with("report.csv") || door.path.ends_with("bad-rows.csv");
            if !csv && !xlsx || kept {
                continue;
            }
            let own = vec![Relation::Own; parameters(door.path).len()];
            let (path, _) = address(&world.app.site, door.path, &own).unwrap();
            let paths = if parameters(door.path) == ["cohort"] {
                ["cohort", "cohort-review", "cohort-run"]
                    .map(|name| door.path.replace("{cohort}", &id('A', name).to_string()))
                    .to_vec()
            } else {
                vec![path]
            };
            for path in paths {
                let asked = Knock {
                    who: called(who_exports(door.path)),
                    method: Method::Get,
                    path: &path,
                    origin: &[],
                    with: With::default(),
                };
                let answer = knock(&house, &asked).await;
                // A cohort that follows no rules has no what-if.
                if answer.status == 409 && path.contains("/completion/what-if") {
                    continue;
                }
                assert_eq!(answer.status, 200, "{path}");
                let seen = if csv {
                    csv_cells(&path, &answer)
                } else {
                    xlsx_cells(&path, &answer)
                };
                *cells.entry(door.path).or_insert(0) += seen
                    .iter()
                    .filter(|cell| cell.contains(payload.trim()))
                    .count();
            }
        }
    }
    assert!(cells.len() >= 14, "{cells:?}");
    // What this world cannot fill: no rules are followed, consents are withdrawn, and a case of
    // another state; hits are figures alone.
    let quiet = [
        "/completion/what-if",
        "/organisation/trainees",
        // The made-up events of this test are of no record that a representative reads the history of.
        "/organisation/capacity/",
        "/organisation/changes/",
        "/organisation/partners/",
        "/organisation/placed/{placement}/history",
        "/me/placed/{placement}/history",
        "/organisation/postings/",
        // Nothing is published in this world.
        "/matches/{round}/results",
        "/at-risk/hits",
        "/teaching/at-risk",
        "/marking",
    ];
    let empty: Vec<_> = cells
        .iter()
        .filter(|(path, count)| **count == 0 && quiet.iter().all(|it| !path.contains(it)))
        .collect();
    assert!(empty.is_empty(), "no payload came out of {empty:?}");
}

fn csv_cells(path: &str, answer: &Answer) -> Vec<String> {
    let body = answer.body.strip_prefix(banyan::tables::BOM).unwrap();
    let mut cells = Vec::new();
    for record in csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(body)
        .into_records()
    {
        for cell in &record.unwrap() {
            assert!(!is_formula_like(cell), "{path}: {cell:?}");
            assert!(!cell.starts_with('\u{feff}'), "{path}: {cell:?}");
            cells.push(cell.to_owned());
        }
    }
    cells
}

/// A cell with a value of digits alone.
fn is_number(cell: &str) -> bool {
    let value = cell
        .split("<v>")
        .nth(1)
        .and_then(|it| it.split("</v>").next());
    value.is_some_and(|it| {
        let mut digits = it.strip_prefix('-').unwrap_or(it).bytes();
        !it.is_empty() && digits.all(|it| it.is_ascii_digit() || it == b'.')
    })
}

fn xlsx_cells(path: &str, answer: &Answer) -> Vec<String> {
    let files = unzip(&answer.body);
    let mut cells = Vec::new();
    for (name, content) in &files {
        let text = String::from_utf8_lossy(content);
        for live in [
            "<f>",
            "<f ",
            "hyperlink",
            "externalLink",
            "ddeLink",
            "oleLink",
            "vbaProject",
        ] {
            assert!(
                !text.contains(live) && !name.contains(live),
                "{path} {name}: {live}"
            );
        }
        if name.starts_with("xl/worksheets/") {
            // Every cell is a text, shared or inline, or a plain number.
            for cell in text.split("<c ").skip(1) {
                let head = cell.split('>').next().unwrap();
                assert!(
                    head.contains("t=\"inlineStr\"")
                        || head.contains("t=\"s\"")
                        || head.ends_with('/')
                        || is_number(cell),
                    "{path}: {cell}"
                );
            }
        }
        for piece in text.split("<t").skip(1) {
            let inner = piece.split_once('>').map_or("", |(_, rest)| rest);
            let inner = inner.split("</t>").next().unwrap_or_default();
            cells.push(
                inner
                    .replace("&lt;", "<")
                    .replace("&gt;", ">")
                    .replace("&quot;", "\"")
                    .replace("&apos;", "'")
                    .replace("&amp;", "&"),
            );
        }
    }
    cells
}
