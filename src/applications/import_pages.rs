//! Pages of the import: send a file in, see what it would do, write it, fetch what must be mended.

use std::fs::File;
use std::path::PathBuf;

use askama::Template;
use serde_json::Value;

use crate::access::{self, CohortStaff, STAFF};
use crate::audit;
use crate::cohorts;
use crate::db::{Actor, Conn};
use crate::error::{Error, Result};
use crate::files::queries::{self as stored, NewFile};
use crate::files::rules::label;
use crate::ids::{CohortId, FileId, ImportId};
use crate::lang::{Lang, format};
use crate::web::paging::{Cursor, Page};
use crate::web::{Cx, Reply, ReplyBody, Routes, Shell, Site, Upload, Visit};

use super::import_actions::{self as actions, Outputs, Source};
use super::import_queries::{self as queries, RUNS, Run};

/// Largest file, with a little room for the form around it.
const LIMIT: usize = 64 * 1_024 * 1_024 + 64 * 1_024;
/// A commit of more rows than this goes on after the answer, and its page tells how far it is.
const AT_ONCE: i64 = 5_000;

/// The routes of the import.
#[must_use]
pub fn import_routes() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/import", STAFF, list)
        .get(
            "/cohorts/{cohort}/import.csv",
            STAFF,
            super::import_runs::file,
        )
        .get(
            "/cohorts/{cohort}/import.xlsx",
            STAFF,
            super::import_runs::file,
        )
        .post_free("/cohorts/{cohort}/import", STAFF, send_in)
        .limit(LIMIT)
        .get("/cohorts/{cohort}/import/{import}", STAFF, show)
        .post_free("/cohorts/{cohort}/import/{import}/commit", STAFF, commit)
        .get(
            "/cohorts/{cohort}/import/{import}/report.csv",
            STAFF,
            report_file,
        )
        .get(
            "/cohorts/{cohort}/import/{import}/bad-rows.csv",
            STAFF,
            bad_rows_file,
        )
        .and(super::import_runs::history_routes())
}

/// One of the counts.
pub(super) struct Count {
    pub label: &'static str,
    pub n: String,
    outcome: &'static str,
}

/// A file in the list.
struct Line {
    href: String,
    label: String,
    at: String,
    by: String,
    tag: &'static str,
    state: &'static str,
    counts: Vec<Count>,
}

#[derive(Template)]
#[template(path = "applications/import_list.html")]
struct List {
    shell: Shell,
    base: String,
    cohort: String,
    deadline: String,
    fault: Option<String>,
    lines: Vec<Line>,
    next: Option<String>,
}

fn number(run: &Run, name: &str) -> i64 {
    run.counts
        .get(name)
        .and_then(Value::as_i64)
        .unwrap_or_default()
}

pub(super) fn counts(run: &Run, lang: Lang) -> Vec<Count> {
    [
        (lang.import_rows(), "rows"),
        (lang.import_new(), "new"),
        (lang.import_update(), "update"),
        (lang.import_unchanged(), "unchanged"),
        (lang.import_duplicate_rows(), "duplicate"),
        (lang.import_errors(), "error"),
    ]
    .into_iter()
    .map(|(label, outcome)| Count {
        label,
        n: format::count(number(run, outcome)),
        outcome,
    })
    .collect()
}

pub(super) fn state(run: &Run, lang: Lang) -> (&'static str, &'static str) {
    if run.committed_at.is_some() {
        ("ok", lang.import_state_done())
    } else if run.failure.is_some() || run.silent {
        ("bad", lang.import_state_failed())
    } else if run.running {
        ("go", lang.import_state_running())
    } else {
        ("", lang.import_state_dry())
    }
}

fn line(run: &Run, base: &str, lang: Lang) -> Line {
    let (tag, state) = state(run, lang);
    Line {
        href: format!("{base}/{}", run.id),
        label: run.file_label.clone(),
        at: format::moment(lang, run.created_at),
        by: run
            .by
            .clone()
            .unwrap_or_else(|| lang.import_by_system().to_owned()),
        tag,
        state,
        counts: counts(run, lang),
    }
}

fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let page = list_page(cx.conn, cx.visit, cx.site, None)?;
    cx.visit.page(&page)
}

fn list_page(
    conn: &mut Conn<'_>,
    visit: &Visit,
    site: &Site,
    fault: Option<String>,
) -> Result<List> {
    let cohort: CohortId = visit.request.param("cohort")?;
    let staff = access::cohort_staff(conn, cohort)?;
    let cohort = cohorts::queries::find(conn, &staff)?;
    let lang = visit.lang;
    let base = format!("/cohorts/{}/import", cohort.id);
    let before = Cursor::from_query(&visit.request.query).map(|cursor| cursor.id);
    let runs = queries::runs(conn, &staff, before)?;
    let page = Page::cut(runs, RUNS, |run| Cursor {
        key: String::new(),
        id: run.id.0,
    });
    Ok(List {
        shell: Shell::new(visit, site, lang.import_title().to_owned()),
        cohort: cohort.name(lang).to_owned(),
        deadline: format::deadline(lang, cohort.closes_at),
        fault,
        lines: page.rows.iter().map(|run| line(run, &base, lang)).collect(),
        next: page.next.map(|after| format!("{base}?after={after}")),
        base,
    })
}

/// Takes a file: judged at once, kept for the commit, its report kept for the reader.
fn send_in(visit: &Visit, site: &Site) -> Result<Reply> {
    let cohort: CohortId = visit.request.param("cohort")?;
    let Some(upload) = visit.request.uploads().iter().find(|it| it.field == "file") else {
        return refuse(visit, site, visit.lang.import_file_none().to_owned());
    };
    if upload.name.is_empty() && upload.size == 0 {
        return refuse(visit, site, visit.lang.import_file_none().to_owned());
    }
    let work = Work::new(site, visit.lang)?;
    let judged = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let call = actions::for_staff(conn, &staff)?;
        actions::dry_run(conn, &call, File::open(&upload.path)?, &work.outputs)
    });
    let findings = match judged {
        Err(Error::Refused(fault)) => return refuse(visit, site, fault.say(visit.lang)),
        other => other?,
    };
    let key = site.files.take(&upload.path)?;
    let id = ImportId::new();
    site.db.tx_for(&visit.actor, visit.request.id, |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let file = keep(conn, &staff, &key, upload)?;
        queries::insert_run(
            conn,
            &staff,
            id,
            &label(&upload.name, ""),
            &upload.sha256,
            file,
            &findings,
        )
    })?;
    work.store(site, &visit.actor, cohort, id)?;
    Ok(Reply::see_other(format!("/cohorts/{cohort}/import/{id}")))
}

fn refuse(visit: &Visit, site: &Site, fault: String) -> Result<Reply> {
    let page = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        list_page(conn, visit, site, Some(fault))
    })?;
    visit.page_with(422, &page)
}

fn keep(conn: &mut Conn<'_>, staff: &CohortStaff, key: &str, upload: &Upload) -> Result<FileId> {
    let file = NewFile {
        owner: staff.person(),
        programme: Some(staff.programme()),
        storage_key: key,
        label: &label(&upload.name, ""),
        media_type: "text/csv",
        size: upload.size,
        sha256: &upload.sha256,
    };
    let own = access::own(conn)?;
    stored::insert(conn, &own, &file)
}

/// The files that a run writes, on their way into the store.
struct Work {
    outputs: Outputs,
}

impl Drop for Work {
    fn drop(&mut self) {
        for path in [&self.outputs.report, &self.outputs.bad_rows]
            .into_iter()
            .flatten()
        {
            // Gone already, or swept later.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Work {
    fn new(site: &Site, lang: Lang) -> Result<Self> {
        let folder = site.files.incoming()?;
        let path = || -> PathBuf { folder.join(format!("import-{}.csv", FileId::new())) };
        Ok(Self {
            outputs: Outputs {
                lang,
                report: Some(path()),
                bad_rows: Some(path()),
            },
        })
    }

    /// Takes both files into the store.
    fn store(&self, site: &Site, actor: &Actor, cohort: CohortId, id: ImportId) -> Result<()> {
        let take = |path: &Option<PathBuf>| -> Result<(String, u64)> {
            let path = path.as_deref().ok_or(Error::NotFound)?;
            Ok((site.files.take(path)?, std::fs::metadata(path)?.len()))
        };
        let (report, bad_rows) = (take(&self.outputs.report)?, take(&self.outputs.bad_rows)?);
        site.db.tx(actor, |conn| {
            let staff = access::cohort_staff(conn, cohort)?;
            let own = access::own(conn)?;
            let mut record = |(key, size): &(String, u64), label: &str| {
                let file = NewFile {
                    owner: staff.person(),
                    programme: Some(staff.programme()),
                    storage_key: key,
                    label,
                    media_type: "text/csv",
                    size: *size,
                    // Our own work: nobody compares it with anything.
                    sha256: &[],
                };
                stored::insert(conn, &own, &file)
            };
            let report = record(&report, "report.csv")?;
            let bad_rows = record(&bad_rows, "bad-rows.csv")?;
            queries::set_outputs(conn, &staff, id, report, bad_rows)
        })
    }
}

/// A remark on a row.
struct Remark {
    row: i64,
    tag: &'static str,
    outcome: &'static str,
    reason: String,
}

#[derive(Template)]
#[template(path = "applications/import_run.html")]
struct ShowPage {
    shell: Shell,
    base: String,
    cohort: String,
    cohort_path: String,
    line: Line,
    filter: String,
    outcomes: Vec<(&'static str, &'static str)>,
    ignored: String,
    remarks: Vec<Remark>,
    left_out: u64,
    new: i64,
    update: i64,
    total: i64,
    may_commit: bool,
    running: Option<(i64, i64)>,
    trouble: Option<String>,
    files: bool,
    history: Vec<(String, String, String)>,
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (cohort, id): (CohortId, ImportId) =
        (cx.request().param("cohort")?, cx.request().param("import")?);
    let staff = access::cohort_staff(cx.conn, cohort)?;
    let run = queries::run(cx.conn, &staff, id)?;
    let cohort = cohorts::queries::find(cx.conn, &staff)?;
    let lang = cx.lang();
    let cohort_path = format!("/cohorts/{}", cohort.id);
    let base = format!("{cohort_path}/import");
    let filter = cx.request().query.typed("outcome").to_owned();
    let report = run
        .report
        .get(lang.pick("en", "zh"))
        .cloned()
        .unwrap_or_default();
    let remarks = remarks(&report, &filter, lang);
    let history = audit::history(cx.conn, id.0)?
        .into_iter()
        .map(|entry| {
            let who = entry
                .actor_name
                .unwrap_or_else(|| lang.history_system().to_owned());
            let what = lang.history(&entry.verb, &entry.details.unwrap_or_default());
            (format::moment(lang, entry.occurred_at), who, what)
        })
        .collect();
    let running = run
        .running
        .then(|| (i64::from(run.progress), number(&run, "rows")));
    let page = ShowPage {
        shell: cx.shell(run.file_label.clone()),
        cohort: cohort.name(lang).to_owned(),
        cohort_path,
        line: line(&run, &base, lang),
        outcomes: outcomes(lang),
        ignored: texts(&report, "ignored_columns").join(lang.pick(", ", "、")),
        remarks,
        left_out: report
            .get("reasons_left_out")
            .and_then(Value::as_u64)
            .unwrap_or_default(),
        new: number(&run, "new"),
        update: number(&run, "update"),
        total: number(&run, "new") + number(&run, "update"),
        may_commit: run.committed_at.is_none() && !run.running && run.file_id.is_some(),
        running,
        trouble: trouble(&run, lang),
        files: run.report_id.is_some(),
        history,
        filter,
        base,
    };
    let reply = cx.visit.page(&page)?;
    Ok(if running.is_some() {
        reply.with("refresh", "3")
    } else {
        reply
    })
}

fn outcomes(lang: Lang) -> Vec<(&'static str, &'static str)> {
    vec![
        ("error", lang.import_errors()),
        ("duplicate", lang.import_duplicate_rows()),
        ("new", lang.import_new()),
        ("update", lang.import_update()),
        ("unchanged", lang.import_unchanged()),
    ]
}

fn texts<'a>(report: &'a Value, name: &str) -> Vec<&'a str> {
    let list = report.get(name).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn remarks(report: &Value, filter: &str, lang: Lang) -> Vec<Remark> {
    let list = report.get("reasons").and_then(Value::as_array);
    let of = |note: &'_ Value, name: &str| -> String {
        note.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    list.into_iter()
        .flatten()
        .filter(|note| filter.is_empty() || of(note, "outcome") == filter)
        .map(|note| {
            let outcome = of(note, "outcome");
            Remark {
                row: note.get("row").and_then(Value::as_i64).unwrap_or_default(),
                tag: match of(note, "severity").as_str() {
                    "error" => "bad",
                    "duplicate" => "end",
                    _ => "warn",
                },
                outcome: outcomes(lang)
                    .into_iter()
                    .find(|(word, _)| *word == outcome)
                    .map_or("", |(_, label)| label),
                reason: of(note, "reason"),
            }
        })
        .collect()
}

fn trouble(run: &Run, lang: Lang) -> Option<String> {
    match run.failure.as_deref() {
        Some("stale") => Some(lang.import_failed(lang.import_changed_meanwhile())),
        Some(_) => Some(lang.import_failed(lang.error_internal_detail())),
        None if run.silent => Some(lang.import_interrupted().to_owned()),
        None => None,
    }
}

/// Writes a file that was judged. A long one goes on after the answer.
fn commit(visit: &Visit, site: &Site) -> Result<Reply> {
    let (cohort, id): (CohortId, ImportId) = (
        visit.request.param("cohort")?,
        visit.request.param("import")?,
    );
    let to = format!("/cohorts/{cohort}/import/{id}");
    let run = site.db.tx_for(&visit.actor, visit.request.id, |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let run = queries::run(conn, &staff, id)?;
        Ok(queries::claim(conn, &staff, id)?.then_some(run))
    })?;
    let Some(run) = run else {
        // A second click, or a file that is in already: its page says so.
        return Ok(Reply::see_other(to));
    };
    let writing = Writing {
        site: site.clone(),
        actor: visit.actor.clone(),
        request: visit.request.id,
        cohort,
        notify: visit.request.form().has("notify", "yes"),
        lang: visit.lang,
    };
    if number(&run, "rows") > AT_ONCE {
        std::thread::spawn(move || writing.write(&run));
        return Ok(Reply::see_other(to));
    }
    if writing.write(&run) {
        Ok(Reply::see_other(to).flash("import_done"))
    } else {
        Ok(Reply::see_other(to))
    }
}

/// A commit under way.
struct Writing {
    site: Site,
    actor: Actor,
    request: uuid::Uuid,
    cohort: CohortId,
    notify: bool,
    lang: Lang,
}

impl Writing {
    /// Writes, and tells the import's row how it went. Was it written?
    fn write(&self, run: &Run) -> bool {
        let Err(error) = self.try_write(run) else {
            return true;
        };
        tracing::warn!(import = %run.id, %error, "an import was not written");
        let why = if matches!(error, Error::Stale) {
            "stale"
        } else {
            error.status().1
        };
        if let Err(error) = self.tell(run.id, 0, Some(why)) {
            tracing::warn!(import = %run.id, %error, "an import's failure was not noted");
        }
        false
    }

    fn try_write(&self, run: &Run) -> Result<()> {
        let work = Work::new(&self.site, self.lang)?;
        let source = Source {
            id: run.id,
            label: run.file_label.clone(),
            sha256: run.file_sha256.clone(),
            recorded: true,
            notify: self.notify,
        };
        let copy = self.copy(run)?;
        let mut told = 0;
        let mut progress = |rows: u64| {
            // Told from outside the transaction, and not for every small file.
            if rows >= told + 10_000 {
                told = rows;
                let _ = self.tell(run.id, rows, None);
            }
        };
        let progress = std::cell::RefCell::new(&mut progress);
        let done = self.site.db.tx_for(&self.actor, self.request, |conn| {
            let staff = access::cohort_staff(conn, self.cohort)?;
            let call = actions::for_staff(conn, &staff)?;
            let file = File::open(&copy)?;
            let mut hear = |rows| (progress.borrow_mut())(rows);
            actions::commit(conn, &call, &source, file, &work.outputs, &mut hear)
        });
        let _ = std::fs::remove_file(&copy);
        done?;
        work.store(&self.site, &self.actor, self.cohort, run.id)
    }

    /// The stored file as one that can be read from its beginning again.
    fn copy(&self, run: &Run) -> Result<PathBuf> {
        let id = run.file_id.ok_or(Error::NotFound)?;
        let file = self.site.db.read(&self.actor, |conn| {
            let own = access::own(conn)?;
            stored::find(conn, &own, id)
        })?;
        let path = self
            .site
            .files
            .incoming()?
            .join(format!("commit-{}.csv", FileId::new()));
        self.site
            .files
            .copy_to(&file.storage_key, &mut File::create(&path)?)?;
        Ok(path)
    }

    fn tell(&self, id: ImportId, rows: u64, failure: Option<&str>) -> Result<()> {
        self.site.db.tx(&self.actor, |conn| {
            let staff = access::cohort_staff(conn, self.cohort)?;
            queries::tell(conn, &staff, id, rows, failure)
        })
    }
}

/// The report on every row, as CSV.
pub(super) fn report_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    download(cx, |run| run.report_id, "report")
}

/// The rows to be mended, as CSV.
pub(super) fn bad_rows_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    download(cx, |run| run.bad_rows_id, "bad-rows")
}

fn download(cx: &mut Cx<'_, '_>, which: fn(&Run) -> Option<FileId>, name: &str) -> Result<Reply> {
    let (cohort, id): (CohortId, ImportId) =
        (cx.request().param("cohort")?, cx.request().param("import")?);
    let staff = access::cohort_staff(cx.conn, cohort)?;
    let run = queries::run(cx.conn, &staff, id)?;
    let file = which(&run).ok_or(Error::NotFound)?;
    let own = access::own(cx.conn)?;
    let file = stored::find(cx.conn, &own, file)?;
    let stem = run.file_label.trim_end_matches(".csv");
    let name = format!("{stem}-{name}.csv");
    let key = file.storage_key;
    let body = ReplyBody::Stream(Box::new(move |site, out| site.files.copy_to(&key, out)));
    Ok(Reply::download("text/csv; charset=utf-8", &name, body))
}
