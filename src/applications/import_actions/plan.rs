//! What a set of judged rows writes, and how.

use chrono::{DateTime, NaiveTime, Utc};
use serde_json::json;

use crate::access::Working;
use crate::audit::{self, About};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, PersonId};
use crate::lang::Lang;
use crate::lang::format::hk_instant;
use crate::mail::outbox::{self, Recipient};
use crate::people::bulk::{self, NewAccount};
use crate::people::rules::search::search_tokens;
use crate::people::rules::{Names, Phone};

use super::super::form_actions;
use super::super::import::{Column, Employer, Judged, Outcome, Row, Submitted, Verdict};
use super::super::import_queries::{self as queries, Application, Written};
use super::super::reference;
use super::{Importing, KnownBy, Source};

/// What a set would write.
#[derive(Default)]
pub(super) struct Plan<'a> {
    new: Vec<New<'a>>,
    changed: Vec<(Written, serde_json::Value)>,
    people: Vec<PersonId>,
}

/// A row that becomes an application.
struct New<'a> {
    row: u64,
    of: &'a Row,
    person: Option<PersonId>,
    lang: Lang,
}

impl<'a> Plan<'a> {
    /// Takes a judged row in.
    pub(super) fn add(&mut self, judged: &'a Judged, verdict: &Verdict, known: &KnownBy) {
        let Outcome::Row(row) = &judged.outcome else {
            return;
        };
        let known = known.get(row.email.identity());
        match verdict {
            Verdict::New => {
                let own = known.and_then(|known| Lang::parse(&known.person_lang));
                self.new.push(New {
                    row: judged.row,
                    of: row,
                    person: known.map(|known| known.person),
                    lang: row.language.or(own).unwrap_or_default(),
                });
                self.people.extend(
                    known
                        .filter(|known| !known.introduced)
                        .map(|known| known.person),
                );
            }
            Verdict::Update(columns) => {
                let fields: Vec<&str> = columns.iter().map(|column| column.key()).collect();
                let details = json!({ "row": judged.row, "fields": fields });
                let application = known.and_then(|known| known.application.as_ref());
                if let Some(written) = application.and_then(|it| changed(it, row, columns)) {
                    self.changed.push((written, details));
                }
            }
            Verdict::Unchanged => {}
        }
    }

    /// Writes the set: accounts, applications, history, letters.
    pub(super) fn write(
        self,
        conn: &mut Conn<'_>,
        working: &Working,
        call: &Importing,
        source: &Source,
    ) -> Result<()> {
        bulk::introduce(conn, &self.people, call.programme)?;
        let accounts: Vec<NewAccount<'_>> = self
            .new
            .iter()
            .filter(|new| new.person.is_none())
            .map(account)
            .collect();
        let made = bulk::ensure(conn, &accounts, call.programme)?;
        let references = references(conn, working, &call.code, self.new.len())?;
        let mut added = Vec::with_capacity(self.new.len());
        let mut events = Vec::with_capacity(self.new.len());
        for (new, reference) in self.new.iter().zip(references) {
            let person = new
                .person
                .or_else(|| made.get(new.of.email.identity()).copied())
                .ok_or(Error::Stale)?;
            let written = fresh(new, person, reference);
            let details = json!({ "import": source.id, "row": new.row });
            events.push((about(&written, call), details));
            added.push(written);
        }
        queries::insert(conn, working, call.cohort, call.programme, &added)?;
        audit::note_many(conn, "application.imported", &events)?;
        if source.notify {
            notify(conn, call, &added)?;
        }
        let (changed, details): (Vec<Written>, Vec<serde_json::Value>) =
            self.changed.into_iter().unzip();
        queries::update(conn, working, call.cohort, call.programme, &changed)?;
        let events: Vec<_> = changed
            .iter()
            .zip(details)
            .map(|(written, mut details)| {
                if let Some(details) = details.as_object_mut() {
                    details.insert("import".to_owned(), json!(source.id));
                }
                (about(written, call), details)
            })
            .collect();
        audit::note_many(conn, "application.import_updated", &events)
    }
}

/// Queues "application received" for new applicants, each in their own language.
fn notify(conn: &mut Conn<'_>, call: &Importing, added: &[Written]) -> Result<()> {
    for written in added {
        let to = Recipient {
            person: Some(written.person_id),
            address: written.email.clone(),
            name: written.name_shown.clone(),
            lang: Lang::parse(&written.lang).unwrap_or_default(),
        };
        let kind = super::super::mail::Kind::Received;
        let letter = form_actions::letter(kind, written.id, &written.reference, &to.name, &call.of);
        let occasion = form_actions::occasion(conn, written.id, call.programme)?;
        let key = format!("application_received:{}:import", written.id);
        outbox::put(conn, &to, &letter, &occasion, &key)?;
    }
    Ok(())
}

fn about(written: &Written, call: &Importing) -> About {
    About::new("application", written.id.0)
        .of(written.person_id)
        .within(call.programme)
}

fn account<'a>(new: &New<'a>) -> NewAccount<'a> {
    let names = &new.of.names;
    NewAccount {
        id: PersonId::new(),
        email: new.of.email.address(),
        identity: new.of.email.identity(),
        lang: new.lang.tag(),
        family_name: names.family_name(),
        given_names: names.given_names(),
        western_name: names.western_name(),
        name_zh: names.name_zh(),
        display_name: names.display(new.lang),
        phone: new.of.phone.as_ref().map(Phone::e164),
    }
}

/// As many references as rows, each used nowhere.
fn references(
    conn: &mut Conn<'_>,
    working: &Working,
    code: &str,
    many: usize,
) -> Result<Vec<String>> {
    let mut good: std::collections::HashSet<String> = std::collections::HashSet::new();
    while good.len() < many {
        let mut tries = Vec::with_capacity(many - good.len());
        for _ in good.len()..many {
            tries.push(reference::fresh(code)?);
        }
        let taken = queries::references_taken(conn, working, &tries)?;
        good.extend(tries.into_iter().filter(|it| !taken.contains(it)));
    }
    Ok(good.into_iter().collect())
}

/// A day alone is written down as noon in Hong Kong, which is that day in every calendar nearby.
fn moment(submitted: Submitted) -> DateTime<Utc> {
    match submitted {
        Submitted::At(at) => at,
        Submitted::Day(day) => {
            hk_instant(day, NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default())
        }
    }
}

fn employer(row: &Row) -> (Option<crate::ids::OrganisationId>, Option<String>) {
    match &row.employer {
        Some(Employer::Known(id)) => (Some(*id), None),
        Some(Employer::Text(name)) => (None, Some(name.clone())),
        None => (None, None),
    }
}

fn fresh(new: &New<'_>, person: PersonId, reference: String) -> Written {
    let row = new.of;
    let (employer_id, employer_name) = employer(row);
    let own = |name: Option<&str>| name.map(str::to_owned);
    Written {
        id: ApplicationId::new(),
        person_id: person,
        version: 1,
        family_name: own(row.names.family_name()),
        given_names: own(row.names.given_names()),
        western_name: own(row.names.western_name()),
        name_zh: own(row.names.name_zh()),
        name_shown: row.names.display_en(),
        name_sort: row.names.sort_key(),
        email: row.email.address().to_owned(),
        phone: row.phone.as_ref().map(|it| it.e164().to_owned()),
        lang: new.lang.tag().to_owned(),
        route: row.route.map(|it| it.as_str().to_owned()),
        university_id: row.university,
        employer_id,
        employer_name,
        graduation_year: row.graduation_year,
        statement: row.statement.clone(),
        submitted_at: row.submitted.map(moment),
        tokens: search_tokens(&row.names, Some(&row.email), Some(&reference)),
        reference,
    }
}

/// An application after the row: cells that the row has, else what was there.
fn changed(known: &Application, row: &Row, columns: &[Column]) -> Option<Written> {
    let keep =
        |new: Option<&str>, old: &Option<String>| new.map(str::to_owned).or_else(|| old.clone());
    let family_name = keep(row.names.family_name(), &known.family_name);
    let given_names = keep(row.names.given_names(), &known.given_names);
    let western_name = keep(row.names.western_name(), &known.western_name);
    let name_zh = keep(row.names.name_zh(), &known.name_zh);
    let part = |name: &Option<String>| name.clone().unwrap_or_default();
    let names = Names::new(
        &part(&family_name),
        &part(&given_names),
        &part(&western_name),
        &part(&name_zh),
    )
    .ok()?;
    let (employer_id, employer_name) = match employer(row) {
        (None, None) => (known.employer_id, known.employer_name.clone()),
        named => named,
    };
    let reference = known.reference.clone();
    Some(Written {
        id: known.id,
        person_id: known.person_id,
        version: known.version,
        family_name,
        given_names,
        western_name,
        name_zh,
        name_shown: names.display_en(),
        name_sort: names.sort_key(),
        email: row.email.address().to_owned(),
        phone: row
            .phone
            .as_ref()
            .map(|it| it.e164().to_owned())
            .or_else(|| known.phone.clone()),
        lang: row
            .language
            .map_or_else(|| known.lang.clone(), |it| it.tag().to_owned()),
        route: row
            .route
            .map(|it| it.as_str().to_owned())
            .or_else(|| known.route.clone()),
        university_id: row.university.or(known.university_id),
        employer_id,
        employer_name,
        graduation_year: row.graduation_year.or(known.graduation_year),
        statement: row.statement.clone().or_else(|| known.statement.clone()),
        // A day alone says nothing against the moment that is known of that day.
        submitted_at: row
            .submitted
            .filter(|_| columns.contains(&Column::SubmittedOn))
            .map(moment),
        tokens: search_tokens(&names, Some(&row.email), Some(&reference)),
        reference,
    })
}
