//! Letters during a placement: to the supervisor by a private link, to the trainee, the institution, the office.

use chrono::NaiveDate;

use crate::access;
use crate::db::{Conn, Task};
use crate::error::Result;
use crate::hosting::queries::Placement;
use crate::ids::{IncidentId, LinkId, PersonId};
use crate::lang::Lang;
use crate::lang::format::date;
use crate::mail::outbox::{self, Occasion, Queued};
use crate::mail::{Body, Letter, Link, Why};
use crate::people::accounts::{self, Purpose};
use crate::placements::queries as placements;
use crate::programmes;

use super::actions::Asked;
use super::rules::{Point, Severity, VisitMode};

/// What a letter of this room tells.
#[derive(Clone, Debug)]
pub enum Told {
    /// To the supervisor: the log of a week waits.
    AnswerLog(NaiveDate, LinkId),
    /// To the supervisor: an evaluation is due.
    EvaluateTrainee(Point, LinkId),
    /// To the trainee: the log of a week was sent back, and why.
    Returned(NaiveDate, String),
    /// A week's log is missing.
    Missing(NaiveDate),
    /// To the office: a week's log waits long for its supervisor.
    Waits(NaiveDate),
    /// To the trainee: evaluate yourself.
    Evaluate(Point),
    /// A visit or call is planned.
    Visit(NaiveDate, VisitMode),
    /// To the office: an incident was reported.
    Incident(IncidentId, Severity),
    /// The placement is completed.
    Completed,
    /// The placement ended on this day, before its time.
    Ended(NaiveDate),
    /// Another placement is offered.
    Replaced,
}

/// Who reads a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The trainee.
    Trainee,
    /// Who speaks for the institution.
    Host,
    /// The supervisor, by a private link.
    Supervisor,
    /// The programme office.
    Office,
}

/// A letter during a placement.
#[derive(Clone, Debug)]
pub struct SupervisionLetter {
    /// The reader's name.
    pub name: String,
    /// Who it is.
    pub reader: Reader,
    /// The placement.
    pub placement: Placement,
    /// What it tells.
    pub told: Told,
}

impl SupervisionLetter {
    fn sentence(&self, lang: Lang) -> String {
        let who = self.placement.name_shown.as_str();
        let day = |it: NaiveDate| date(lang, it);
        match &self.told {
            Told::AnswerLog(week, _) => lang.letter_log_waits(who, &day(*week)),
            Told::EvaluateTrainee(point, _) => lang.letter_evaluate_trainee(who, point.label(lang)),
            Told::Returned(week, _) => lang.letter_log_returned(&day(*week)),
            Told::Missing(week) => match self.reader {
                Reader::Trainee => lang.letter_log_missing_own(&day(*week)),
                _ => lang.letter_log_missing(who, &day(*week)),
            },
            Told::Waits(week) => lang.letter_log_waits_long(who, &day(*week)),
            Told::Evaluate(point) => lang.letter_evaluate_own(point.label(lang)),
            Told::Visit(on, mode) => lang.letter_visit(mode.label(lang), &day(*on)),
            Told::Incident(_, severity) => lang.letter_incident(severity.label(lang)),
            Told::Completed => lang.letter_placement_completed(who),
            Told::Ended(on) => lang.letter_placement_ended(who, &day(*on)),
            Told::Replaced => match self.reader {
                Reader::Trainee => lang.letter_placement_replaced_own().to_owned(),
                _ => lang.letter_placement_replaced(who),
            },
        }
    }

    fn path(&self) -> String {
        let id = self.placement.id;
        let office = format!("/programmes/{}/placements", self.placement.programme_id);
        match (self.reader, &self.told) {
            (Reader::Trainee, Told::Returned(week, _) | Told::Missing(week)) => {
                format!("/me/placed/{id}/logs/{week}")
            }
            (Reader::Trainee, Told::Evaluate(point)) => {
                format!("/me/placed/{id}/evaluations/{}", point.as_str())
            }
            (Reader::Trainee, _) => format!("/me/placed/{id}"),
            (Reader::Office, Told::Incident(incident, _)) => {
                format!("{office}/incidents/{incident}")
            }
            (Reader::Office, _) => format!("{office}/placed/{id}/logs"),
            (Reader::Host | Reader::Supervisor, _) => format!("/organisation/placed/{id}"),
        }
    }
}

impl Letter for SupervisionLetter {
    fn kind(&self) -> &'static str {
        match self.told {
            Told::AnswerLog(..) => "log_waits",
            Told::EvaluateTrainee(..) => "evaluation_due",
            Told::Returned(..) => "log_returned",
            Told::Missing(_) => "log_missing",
            Told::Waits(_) => "log_waits_long",
            Told::Evaluate(_) => "own_evaluation_due",
            Told::Visit(..) => "visit_planned",
            Told::Incident(..) => "incident_reported",
            Told::Completed => "placement_completed",
            Told::Ended(_) => "placement_ended",
            Told::Replaced => "placement_replaced",
        }
    }

    fn why(&self) -> Why {
        match self.reader {
            Reader::Trainee => Why::Trainee,
            Reader::Host | Reader::Supervisor => Why::Partner,
            Reader::Office => Why::Staff,
        }
    }

    fn subject(&self, lang: Lang) -> String {
        let who = self.placement.name_shown.as_str();
        let day = |it: NaiveDate| date(lang, it);
        match &self.told {
            Told::AnswerLog(week, _) => lang.letter_log_waits_subject(who, &day(*week)),
            Told::EvaluateTrainee(..) => lang.letter_evaluate_trainee_subject(who),
            Told::Returned(week, _) => lang.letter_log_returned_subject(&day(*week)),
            Told::Missing(week) => lang.letter_log_missing_subject(&day(*week)),
            Told::Waits(week) => lang.letter_log_waits_long_subject(&day(*week)),
            Told::Evaluate(_) => lang.letter_evaluate_own_subject().to_owned(),
            Told::Visit(on, mode) => lang.letter_visit(mode.label(lang), &day(*on)),
            Told::Incident(..) => lang.letter_incident_subject().to_owned(),
            Told::Completed | Told::Ended(_) | Told::Replaced => {
                let title = self.placement.title(lang).unwrap_or_default();
                lang.letter_hosting_subject(&title)
            }
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let mut body = Body::new()
            .greeting(lang.mail_dear(&self.name))
            .para(self.sentence(lang));
        if let Told::Returned(_, comment) = &self.told {
            body = body.quote(comment);
        }
        // Of an incident nothing but its severity leaves the system.
        if !matches!(self.told, Told::Incident(..)) {
            body = body
                .fact(
                    lang.hst_posting(),
                    self.placement.title(lang).unwrap_or_default(),
                )
                .fact(lang.hst_institution(), self.placement.organisation(lang));
        }
        match &self.told {
            Told::AnswerLog(_, link) => body
                .button(
                    lang.letter_log_button(),
                    Link::private(Purpose::Log.as_str(), *link),
                )
                .note(lang.letter_log_note()),
            Told::EvaluateTrainee(_, link) => body
                .button(
                    lang.letter_evaluate_button(),
                    Link::private(Purpose::Evaluation.as_str(), *link),
                )
                .note(lang.letter_log_note()),
            _ => body.button(lang.letter_hosting_button(), Link::path(self.path())),
        }
    }
}

fn queue(
    conn: &mut Conn<'_>,
    it: &Placement,
    (people, reader): (&[PersonId], Reader),
    told: &Told,
    mark: &str,
) -> Result<()> {
    let addresses = accounts::recipients(conn, people)?;
    let occasion = Occasion {
        subject: Some(it.id.0),
        programme: Some(it.programme_id),
        programme_name: programmes::queries::name(conn, it.programme_id)?.pair(),
    };
    let letters: Vec<(PersonId, SupervisionLetter)> = people
        .iter()
        .filter_map(|person| {
            let letter = SupervisionLetter {
                name: addresses.get(person)?.name.clone(),
                reader,
                placement: it.clone(),
                told: told.clone(),
            };
            Some((*person, letter))
        })
        .collect();
    let queued: Vec<Queued<'_>> = letters
        .iter()
        .filter_map(|(person, letter)| {
            Some(Queued {
                to: addresses.get(person)?,
                letter,
                occasion: &occasion,
                dedupe_key: format!("{}:{}:{mark}:{person}", letter.kind(), it.id),
            })
        })
        .collect();
    outbox::put_all(conn, &queued)?;
    Ok(())
}

/// Writes to the supervisor with a private link; each link is written about once.
pub(super) fn ask_supervisor(
    conn: &mut Conn<'_>,
    it: &Placement,
    (person, link): (PersonId, LinkId),
    asked: &Asked,
) -> Result<()> {
    let told = match asked {
        Asked::Log(_, week, _) => Told::AnswerLog(*week, link),
        Asked::Evaluation(point) => Told::EvaluateTrainee(*point, link),
    };
    queue(
        conn,
        it,
        (&[person], Reader::Supervisor),
        &told,
        &link.to_string(),
    )
}

/// Writes to the trainee; `mark` is what is different each time.
pub(super) fn tell_trainee(
    conn: &mut Conn<'_>,
    it: &Placement,
    told: &Told,
    mark: &str,
) -> Result<()> {
    queue(conn, it, (&[it.person_id], Reader::Trainee), told, mark)
}

/// Writes to those who speak for the institution.
pub(super) fn tell_host(
    conn: &mut Conn<'_>,
    it: &Placement,
    told: &Told,
    mark: &str,
) -> Result<()> {
    let people = conn.elevate(Task::Placements, |conn| {
        let work = access::working(conn, Task::Placements)?;
        placements::readers(conn, &work, it.programme_id, Some(it.organisation_id))
    })?;
    queue(conn, it, (&people, Reader::Host), told, mark)
}

/// Writes to the office.
pub(super) fn tell_office(
    conn: &mut Conn<'_>,
    it: &Placement,
    told: &Told,
    mark: &str,
) -> Result<()> {
    let people = conn.elevate(Task::Placements, |conn| {
        let work = access::working(conn, Task::Placements)?;
        placements::readers(conn, &work, it.programme_id, None)
    })?;
    queue(conn, it, (&people, Reader::Office), told, mark)
}
