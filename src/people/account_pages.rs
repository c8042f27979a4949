//! The account page: names, language, password, devices, tokens, roles, consents.

use askama::Template;

use crate::access::{Access, own};
use crate::audit;
use crate::error::{Error, FieldError, Result};
use crate::ids::{SessionId, TokenId};
use crate::lang::{Lang, format};
use crate::web::forms::Mistakes;
use crate::web::shell::KEYS_COOKIE;
use crate::web::{Cx, Form, Pairs, Reply, Routes, Shell, Site, Visit};

use super::actions;
use super::queries::{self, Account, Consent, OwnGrant, Token};
use super::rules::roles::{Standing, standing};
use super::rules::{Fault as _, Names, Phone};
use super::sessions::{self, Listed};
use super::sign_in_pages::{go_on, read_names, titled};

/// The routes of the account.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/account", Access::SignedIn, account_page)
        .get("/account/profile", Access::SignedIn, profile_page)
        .post("/account/profile", Access::SignedIn, profile)
        .get_free("/account/password", Access::SignedIn, password_page)
        .post_free("/account/password", Access::SignedIn, password)
        .post(
            "/account/sessions/{session}/end",
            Access::SignedIn,
            end_session,
        )
        .post("/account/sessions/end", Access::SignedIn, end_sessions)
        .post("/account/keys", Access::SignedIn, keys)
        .get("/account/tokens", Access::SignedIn, tokens_page)
        .post_free("/account/tokens", Access::SignedIn, make_token)
        .post(
            "/account/tokens/{api_token}/revoke",
            Access::SignedIn,
            revoke_token,
        )
}

/// A line of a history, ready to be shown.
pub(super) struct HistoryLine {
    pub(super) at: String,
    pub(super) who: String,
    pub(super) what: String,
}

pub(super) fn history_lines(entries: &[audit::Entry], lang: Lang) -> Vec<HistoryLine> {
    entries
        .iter()
        .map(|entry| HistoryLine {
            at: format::moment(lang, entry.occurred_at),
            who: entry
                .actor_name
                .clone()
                .unwrap_or_else(|| lang.history_system().to_owned()),
            what: lang.history(
                &entry.verb,
                entry.details.as_ref().unwrap_or(&serde_json::Value::Null),
            ),
        })
        .collect()
}

struct Device {
    id: SessionId,
    name: String,
    began: String,
    seen: String,
    this: bool,
}

struct RoleLine {
    role: &'static str,
    place: String,
    dates: String,
    standing: Standing,
}

#[derive(Template)]
#[template(path = "people/account.html")]
struct AccountPage {
    shell: Shell,
    account: Account,
    phone: String,
    devices: Vec<Device>,
    roles: Vec<RoleLine>,
    tokens: Vec<TokenLine>,
    consents: Vec<Consent>,
    history: Vec<HistoryLine>,
}

/// Both days of a grant in words.
pub(super) fn dates(
    lang: Lang,
    starts_on: chrono::NaiveDate,
    ends_on: Option<chrono::NaiveDate>,
) -> String {
    let end = ends_on.map_or_else(
        || lang.people_open_end().to_owned(),
        |day| format::date(lang, day),
    );
    format!("{} – {end}", format::date(lang, starts_on))
}

fn role_line(lang: Lang, grant: &OwnGrant) -> RoleLine {
    let role = crate::db::Role::parse(&grant.role).map_or("", |role| lang.role(role));
    let names = [
        lang.pick(&grant.programme_en, &grant.programme_zh),
        lang.pick(&grant.organisation_en, &grant.organisation_zh),
    ];
    let place: Vec<&str> = names.into_iter().filter_map(|n| n.as_deref()).collect();
    RoleLine {
        role,
        place: place.join(" · "),
        dates: dates(lang, grant.starts_on, grant.ends_on),
        standing: standing(grant.starts_on, grant.ends_on, grant.revoked, grant.today),
    }
}

fn device(lang: Lang, session: &Listed, this: Option<SessionId>) -> Device {
    Device {
        id: session.id,
        name: sessions::device(&session.user_agent),
        began: format::moment(lang, session.created_at),
        seen: format::moment(lang, session.seen_at),
        this: this == Some(session.id),
    }
}

fn account_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, lang) = (own(cx.conn)?, cx.lang());
    let account = queries::account(cx.conn, &own)?;
    let this = cx.visit.visitor.as_ref().and_then(|v| v.session);
    let page = AccountPage {
        shell: cx.shell(lang.people_account_title()),
        phone: account
            .phone
            .as_deref()
            .and_then(|p| Phone::parse(p).ok())
            .map(|p| p.display())
            .unwrap_or_default(),
        account,
        devices: sessions::listed(cx.conn, &own)?
            .iter()
            .map(|session| device(lang, session, this))
            .collect(),
        roles: queries::own_grants(cx.conn, &own)?
            .iter()
            .map(|grant| role_line(lang, grant))
            .collect(),
        tokens: token_lines(lang, &queries::own_tokens(cx.conn, &own)?),
        consents: queries::own_consents(cx.conn, &own)?,
        history: history_lines(&audit::history(cx.conn, own.person().0)?, lang),
    };
    cx.visit.page(&page)
}

impl AccountPage {
    fn about(&self, kind: &str) -> String {
        match kind {
            "pics" => self.shell.lang.people_consent_pics().to_owned(),
            "trainee_agreement" => self.shell.lang.people_consent_agreement().to_owned(),
            "photographs" => self.shell.lang.people_consent_photographs().to_owned(),
            other => other.to_owned(),
        }
    }

    fn word(&self, role: &RoleLine) -> &'static str {
        standing_word(self.shell.lang, role.standing)
    }

    fn when(&self, consent: &Consent) -> String {
        format::moment(self.shell.lang, consent.created_at)
    }
}

/// The word of a standing.
pub(super) fn standing_word(lang: Lang, standing: Standing) -> &'static str {
    match standing {
        Standing::Active => lang.people_standing_active(),
        Standing::Upcoming => lang.people_standing_upcoming(),
        Standing::Ended => lang.people_standing_ended(),
    }
}

#[derive(Template)]
#[template(path = "people/profile.html")]
struct ProfilePage {
    shell: Shell,
    mistakes: Mistakes,
    typed: Pairs,
}

fn profile_view(cx: &Cx<'_, '_>, typed: Pairs, errors: &[FieldError]) -> ProfilePage {
    let lang = cx.lang();
    let mistakes = Mistakes::new(errors, lang).labelled(&[
        ("family_name", lang.people_family_name()),
        ("given_names", lang.people_given_names()),
        ("western_name", lang.people_western_name()),
        ("name_zh", lang.people_name_zh()),
        ("phone", lang.people_phone()),
    ]);
    let title = titled(cx.lang(), cx.lang().people_account_profile(), &mistakes);
    ProfilePage {
        shell: cx.shell(title),
        mistakes,
        typed,
    }
}

/// The fields of a profile's form as they stand, with the version.
pub(super) fn profile_values(account: Account) -> Pairs {
    let pair = |name: &str, value: Option<String>| (name.to_owned(), value.unwrap_or_default());
    Pairs::new(vec![
        pair("family_name", account.family_name),
        pair("given_names", account.given_names),
        pair("western_name", account.western_name),
        pair("name_zh", account.name_zh),
        pair("phone", account.phone),
        pair("version", Some(account.version.to_string())),
    ])
}

fn profile_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx.conn)?;
    let account = queries::account(cx.conn, &own)?;
    let typed = profile_values(account);
    cx.visit.page(&profile_view(cx, typed, &[]))
}

/// Judges names and telephone of a profile's form.
pub(super) fn read_profile(form: &mut Form<'_>, pairs: &Pairs) -> (Option<Names>, Option<Phone>) {
    let names = read_names(form, pairs);
    let typed = pairs.typed("phone").trim();
    let phone = if typed.is_empty() {
        None
    } else {
        Phone::parse(typed)
            .map_err(|fault| form.extend(vec![fault.on("phone")]))
            .ok()
    };
    (names, phone)
}

fn profile(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx.conn)?;
    let pairs = cx.request().form().clone();
    let mut form = Form::new(&pairs);
    let (names, phone) = read_profile(&mut form, &pairs);
    let version = form.number("version", 1, i32::MAX);
    match (form.done(), names) {
        (Ok(()), Some(names)) => {
            let shown = names.display(cx.lang());
            actions::change_profile(cx.conn, &own, &names, phone.as_ref(), &shown, version)?;
            Ok(Reply::see_other("/account").flash("saved"))
        }
        (Err(Error::Invalid(errors)), _) => {
            let page = profile_view(cx, pairs, &errors);
            cx.visit.page_with(422, &page)
        }
        (Err(other), _) => Err(other),
        (Ok(()), None) => Err(Error::BadRequest("the form is not complete".to_owned())),
    }
}

#[derive(Template)]
#[template(path = "people/password.html")]
struct PasswordPage {
    shell: Shell,
    mistakes: Mistakes,
    has_password: bool,
    email: String,
    /// Without a password yet, and signed in for a while: prove who you are first.
    prove: bool,
}

/// Minutes for which a sign-in counts as fresh proof, where no password can be asked for.
const FRESH_MINUTES: i64 = 15;

fn password_view(visit: &Visit, site: &Site, errors: &[FieldError]) -> Result<PasswordPage> {
    let (account, now) = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        let own = own(conn)?;
        Ok((queries::account(conn, &own)?, crate::db::now(conn)?))
    })?;
    let mistakes = Mistakes::new(errors, visit.lang);
    let fresh = visit
        .visitor
        .as_ref()
        .is_some_and(|v| (now - v.proved_at).num_minutes() < FRESH_MINUTES);
    let title = if account.has_password {
        visit.lang.people_account_password_change()
    } else {
        visit.lang.people_account_password_make()
    };
    Ok(PasswordPage {
        shell: Shell::new(visit, site, titled(visit.lang, title, &mistakes)),
        mistakes,
        has_password: account.has_password,
        email: account.email,
        prove: !account.has_password && !fresh,
    })
}

fn password_page(visit: &Visit, site: &Site) -> Result<Reply> {
    visit.page(&password_view(visit, site, &[])?)
}

fn password(visit: &Visit, site: &Site) -> Result<Reply> {
    if password_view(visit, site, &[])?.prove {
        return Ok(Reply::see_other("/account/password"));
    }
    let form = visit.request.form();
    match actions::change_password(site, visit, form.typed("current"), form.typed("password")) {
        Ok(entered) => Ok(go_on(site, &entered).flash("password_changed")),
        Err(Error::Invalid(errors)) => visit.page_with(422, &password_view(visit, site, &errors)?),
        Err(other) => Err(other),
    }
}

fn end_session(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx.conn)?;
    let session: SessionId = cx.request().param("session")?;
    sessions::end(cx.conn, &own, session)?;
    Ok(Reply::see_other("/account").flash("session_ended"))
}

/// Turns single-key shortcuts on or off in this browser.
fn keys(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let mut form = Form::new(cx.visit.request.form());
    let chosen = form.choice("keys", |word| match word {
        "on" => Some("on"),
        "off" => Some("off"),
        _ => None,
    });
    form.done()?;
    let cookie = format!(
        "{KEYS_COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000",
        chosen.unwrap_or("on")
    );
    Ok(Reply::see_other("/account")
        .with("set-cookie", cookie)
        .flash("saved"))
}

fn end_sessions(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx.conn)?;
    let this = cx.visit.visitor.as_ref().and_then(|v| v.session);
    actions::sign_out_everywhere(cx.conn, &own, this)?;
    Ok(Reply::see_other("/account").flash("sessions_ended"))
}

struct TokenLine {
    id: TokenId,
    label: String,
    scopes: String,
    role: &'static str,
    used: String,
    ends: String,
}

fn token_lines(lang: Lang, tokens: &[Token]) -> Vec<TokenLine> {
    let scope = |word: &String| match word.as_str() {
        "read" => lang.people_tokens_scope_read(),
        _ => lang.people_tokens_scope_write(),
    };
    tokens
        .iter()
        .map(|token| TokenLine {
            id: token.id,
            label: token.label.clone(),
            scopes: token
                .scopes
                .iter()
                .map(scope)
                .collect::<Vec<_>>()
                .join(lang.pick(", ", "、")),
            role: lang.role(
                token
                    .role
                    .as_deref()
                    .and_then(crate::db::Role::parse)
                    .unwrap_or(crate::db::Role::Applicant),
            ),
            used: token.used_at.map_or_else(
                || lang.people_tokens_never().to_owned(),
                |at| format::moment(lang, at),
            ),
            ends: format::moment(lang, token.expires_at),
        })
        .collect()
}

#[derive(Template)]
#[template(path = "people/tokens.html")]
struct TokensPage {
    shell: Shell,
    mistakes: Mistakes,
    tokens: Vec<TokenLine>,
    typed: Pairs,
    /// A token just made, shown this once.
    made: Option<String>,
}

fn tokens_view(
    visit: &Visit,
    tokens: &[Token],
    shell: Shell,
    typed: Pairs,
    errors: &[FieldError],
) -> TokensPage {
    TokensPage {
        mistakes: Mistakes::new(errors, visit.lang),
        tokens: token_lines(visit.lang, tokens),
        shell,
        typed,
        made: None,
    }
}

fn tokens_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx.conn)?;
    let tokens = queries::own_tokens(cx.conn, &own)?;
    let shell = cx.shell(cx.lang().people_tokens_title());
    let typed = Pairs::new(vec![
        ("scopes".to_owned(), "read".to_owned()),
        ("days".to_owned(), "90".to_owned()),
    ]);
    cx.visit
        .page(&tokens_view(cx.visit, &tokens, shell, typed, &[]))
}

fn read_token(pairs: &Pairs) -> Result<(String, Vec<String>, i32)> {
    let mut form = Form::new(pairs);
    let label = form.text("label", 80);
    let days = form.number("days", 1, 365);
    let scopes: Vec<String> = ["read", "write"]
        .into_iter()
        .filter(|scope| pairs.has("scopes", scope))
        .map(str::to_owned)
        .collect();
    if scopes.is_empty() {
        form.error("scopes", "required", |lang| {
            lang.people_tokens_scopes_none().to_owned()
        });
    }
    form.done()?;
    Ok((label, scopes, days))
}

/// Outside the usual transaction, so that no replay keeps the secret.
fn make_token(visit: &Visit, site: &Site) -> Result<Reply> {
    let pairs = visit.request.form();
    let grant = visit.visitor.as_ref().and_then(|v| v.grant);
    let made = read_token(pairs).and_then(|(label, scopes, days)| {
        site.db.tx_for(&visit.actor, visit.request.id, |conn| {
            let own = own(conn)?;
            actions::make_token(conn, &own, grant, &label, &scopes, days)
        })
    });
    let tokens = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        let own = own(conn)?;
        queries::own_tokens(conn, &own)
    })?;
    let lang = visit.lang;
    match made {
        Ok(token) => {
            let shell = Shell::new(visit, site, lang.people_tokens_made_title().to_owned());
            let mut page = tokens_view(visit, &tokens, shell, Pairs::default(), &[]);
            page.made = Some(token);
            visit.page(&page)
        }
        Err(Error::Invalid(errors)) => {
            let mistakes = Mistakes::new(&errors, lang);
            let title = titled(lang, lang.people_tokens_title(), &mistakes);
            let shell = Shell::new(visit, site, title);
            visit.page_with(
                422,
                &tokens_view(visit, &tokens, shell, pairs.clone(), &errors),
            )
        }
        Err(other) => Err(other),
    }
}

fn revoke_token(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx.conn)?;
    let token: TokenId = cx.request().param("api_token")?;
    actions::revoke_token(cx.conn, &own, token)?;
    Ok(Reply::see_other("/account/tokens").flash("token_revoked"))
}
