//! A trainee's own exemptions: ask with evidence, see how they stand, take one back.

use askama::Template;

use crate::access::{self, OwnEnrolment};
use crate::audit;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::files::rules::MAX_DOCUMENT;
use crate::ids::{EnrolmentId, ExemptionId, ModuleId};
use crate::lang::{Lang, Say as _};
use crate::web::fields::{ConfirmSpec, Effect, History, confirm_page};
use crate::web::forms::Mistakes;
use crate::web::{Cx, Form, Pairs, Reply, Shell, Site, Upload, Visit};

use super::super::exemption_actions as actions;
use super::super::exemption_queries::{self as queries, Exemption};
use super::super::queries::book;
use super::super::rules::exemption::{ExemptionEvent, ExemptionState, effect, next};
use super::exemptions::{Shown, give, shown};

#[derive(Template)]
#[template(path = "curriculum/own.html")]
struct OwnPage {
    shell: Shell,
    enrolment: EnrolmentId,
    rows: Vec<Shown>,
    may_ask: Option<String>,
    modules: Vec<(String, String)>,
    typed: Pairs,
    mistakes: Mistakes,
}

#[derive(Template)]
#[template(path = "curriculum/own_record.html")]
struct OwnRecord {
    shell: Shell,
    enrolment: EnrolmentId,
    row: Shown,
    evidence: String,
    counts: bool,
    may_withdraw: bool,
    history: History,
}

fn own(cx: &mut Cx<'_, '_>) -> Result<OwnEnrolment> {
    access::own_enrolment(cx.conn, cx.request().param("enrolment")?)
}

fn build(
    conn: &mut Conn<'_>,
    (visit, site): (&Visit, &Site),
    own: &OwnEnrolment,
    typed: Pairs,
    errors: &[FieldError],
) -> Result<OwnPage> {
    let lang = visit.lang;
    let all = queries::own_all(conn, own)?;
    let taken = |id: ModuleId| {
        all.iter().any(|it| {
            it.module_id == id
                && matches!(
                    it.state(),
                    Ok(ExemptionState::Requested | ExemptionState::Granted)
                )
        })
    };
    let modules = book(conn, own.programme())?
        .modules
        .iter()
        .filter(|it| it.offered() && !taken(it.id))
        .map(|it| (it.id.to_string(), format!("{} {}", it.code, it.name(lang))))
        .collect();
    let may_ask = match actions::may_ask(conn, own) {
        Ok(()) => None,
        Err(Error::Refused(refused)) => Some(refused.say(lang)),
        Err(other) => return Err(other),
    };
    let mut title = lang.exemption_mine().to_owned();
    if !errors.is_empty() {
        title = lang.form_error_title(&title);
    }
    Ok(OwnPage {
        shell: Shell::new(visit, site, title),
        enrolment: own.enrolment(),
        may_ask,
        modules,
        typed,
        mistakes: Mistakes::new(errors, lang).labelled(&[
            ("module", lang.exemption_module()),
            ("statement", lang.exemption_statement()),
            ("evidence", lang.exemption_evidence()),
        ]),
        rows: all
            .into_iter()
            .map(|it| shown(lang, it))
            .collect::<Result<_>>()?,
    })
}

/// GET `/me/enrolments/{enrolment}/exemptions`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let (visit, site) = (cx.visit, cx.site);
    let page = build(cx.conn, (visit, site), &own, Pairs::default(), &[])?;
    cx.visit.page(&page)
}

/// Judges what was sent besides the file.
pub(in crate::curriculum) fn read(form: &mut Form<'_>) -> (Option<ModuleId>, String) {
    let module = form.choice("module", |id| id.parse::<ModuleId>().ok());
    (module, form.text("statement", 2_000))
}

/// POST `/me/enrolments/{enrolment}/exemptions`: the evidence is judged by its bytes, stored, then
/// recorded with the request.
pub(super) fn ask(visit: &Visit, site: &Site) -> Result<Reply> {
    let id: EnrolmentId = visit.request.param("enrolment")?;
    let request = visit.request.id;
    // Whose it is, before the disk is touched.
    site.db.read_for(&visit.actor, request, |conn| {
        let own = access::own_enrolment(conn, id)?;
        actions::may_ask(conn, &own)
    })?;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let (module, statement) = read(&mut form);
    let sent = |it: &&Upload| it.field == "evidence" && it.size > 0;
    let file = visit.request.uploads().iter().find(sent);
    match file.map(|it| it.judge_pdf(MAX_DOCUMENT)) {
        None => form.error("evidence", "required", |lang| {
            lang.exemption_evidence_none().to_owned()
        }),
        Some(Err(refusal)) => form.error("evidence", "document", |lang| refusal.say(lang)),
        Some(Ok(())) => {}
    }
    let problems = match (form.done(), module, file) {
        (Ok(()), Some(module), Some(file)) => {
            match store(visit, site, id, (module, &statement, file)) {
                Ok(()) => {
                    let to = format!("/me/enrolments/{id}/exemptions");
                    return Ok(Reply::see_other(to).flash("exemption_asked"));
                }
                Err(Error::Invalid(problems)) => problems,
                Err(Error::Refused(refused)) => {
                    vec![FieldError::new("module", "refused", |lang| {
                        refused.say(lang)
                    })]
                }
                Err(other) => return Err(other),
            }
        }
        (Err(Error::Invalid(problems)), _, _) => problems,
        (Err(other), _, _) => return Err(other),
        (Ok(()), _, _) => return Err(Error::NotFound),
    };
    let page = site.db.read_for(&visit.actor, request, |conn| {
        let own = access::own_enrolment(conn, id)?;
        build(conn, (visit, site), &own, typed.clone(), &problems)
    })?;
    visit.page_with(422, &page)
}

fn store(
    visit: &Visit,
    site: &Site,
    id: EnrolmentId,
    (module, statement, file): (ModuleId, &str, &Upload),
) -> Result<()> {
    site.files.keeping(&[file], |keys| {
        let key = keys.first().ok_or(Error::NotFound)?;
        site.db.tx_for(&visit.actor, visit.request.id, |conn| {
            let own = access::own_enrolment(conn, id)?;
            let whose = (own.person(), Some(own.programme()));
            let label = file.pdf_label();
            let new = file.as_pdf(whose, key, &label);
            actions::ask(conn, &own, module, statement, &new).map(|_| ())
        })
    })
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(OwnEnrolment, Exemption)> {
    let own = own(cx)?;
    let id: ExemptionId = cx.request().param("exemption")?;
    let it = queries::own_one(cx.conn, &own, id)?;
    Ok((own, it))
}

/// GET `/me/enrolments/{enrolment}/exemptions/{exemption}`.
pub(super) fn record(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let lang = cx.lang();
    let state = it.state()?;
    let page = OwnRecord {
        shell: cx.shell(format!("{} – {}", lang.exemption_title(), it.code)),
        enrolment: own.enrolment(),
        evidence: format!(
            "/me/enrolments/{}/exemptions/{}/evidence",
            own.enrolment(),
            it.id
        ),
        counts: effect(state).counts_as_passed,
        may_withdraw: next(state, ExemptionEvent::Withdraw).is_ok(),
        history: History::here_only(audit::lines(cx.conn, it.id.0, lang)?),
        row: shown(lang, it)?,
    };
    cx.visit.page(&page)
}

/// GET `…/exemptions/{exemption}/evidence`.
pub(in crate::curriculum) fn evidence(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    give(cx, it.evidence_id)
}

fn question(
    cx: &Cx<'_, '_>,
    it: &Exemption,
    status: u16,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang: Lang = cx.lang();
    let all = format!("/me/enrolments/{}/exemptions", it.enrolment_id);
    let at = format!("{all}/{}", it.id);
    let spec = ConfirmSpec {
        title: lang.exemption_withdraw_ask().to_owned(),
        crumbs: vec![
            ("/me".to_owned(), lang.nav_me().to_owned()),
            (all, lang.exemption_mine().to_owned()),
            (at.clone(), it.module(lang)),
        ],
        effects: vec![Effect {
            heading: lang.cohorts_step_happens().to_owned(),
            lines: vec![lang.exemption_withdraw_does().to_owned()],
            hard: false,
        }],
        refusal,
        hidden: Vec::new(),
        action: format!("{at}/withdraw"),
        submit: lang.exemption_withdraw_do().to_owned(),
        danger: true,
        back: at,
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/exemptions/{exemption}/withdraw`.
pub(super) fn ask_withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    let refused = next(it.state()?, ExemptionEvent::Withdraw).err();
    question(cx, &it, 200, refused.map(|it| it.say(cx.lang())))
}

/// POST `…/exemptions/{exemption}/withdraw`.
pub(super) fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    match actions::withdraw(cx.conn, &own, it.id) {
        Ok(()) => {
            let to = format!("/me/enrolments/{}/exemptions", own.enrolment());
            Ok(Reply::see_other(to).flash("exemption_withdrawn"))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, &it, 409, Some(text))
        }
        Err(other) => Err(other),
    }
}
