//! What trainees and markers are told.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::access::secret::hex;
use crate::access::{CohortStaff, Own};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{CandidateId, PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::lang::format::{deadline, moment};
use crate::mail::outbox::{self, Occasion, Queued};
use crate::mail::{Body, Letter, Link, Why};
use crate::people::accounts;
use crate::programmes;

use super::queries::{self, Assessment, FileRow, OwnLine};
use super::rules::percent;

/// What a letter tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// An assessment is open, or the reader joined it.
    Opened,
    /// Its due time is another.
    Moved,
    /// The reader has a later due time.
    Extended {
        /// Until when.
        until: DateTime<Utc>,
        /// What the office says.
        note: String,
    },
    /// The reader's due time stays.
    NotExtended {
        /// What the office says.
        note: String,
    },
    /// Work has arrived.
    Received {
        /// Number of the try.
        number: i32,
        /// When it came.
        at: DateTime<Utc>,
        /// Days begun since the due time.
        late: i32,
        /// Each file: name, size in bytes, SHA-256.
        files: Vec<(String, i64, String)>,
    },
    /// Marks are released.
    Released,
    /// An appeal is upheld.
    Upheld {
        /// The mark now.
        mark: i32,
        /// Why.
        reason: String,
    },
    /// An appeal is dismissed.
    Dismissed {
        /// Why.
        reason: String,
    },
    /// Scripts wait for a marker.
    ToMark {
        /// How many.
        scripts: usize,
    },
}

/// A letter about an assessment.
#[derive(Clone, Debug)]
pub struct AssessmentLetter {
    /// The reader's name.
    pub name: String,
    /// The candidate, for the reader's page; none for markers.
    pub candidate: Option<CandidateId>,
    /// Title, English first.
    pub title: (String, String),
    /// The module's code and name, English first.
    pub module: (String, String),
    /// When it is due for the reader.
    pub due_at: DateTime<Utc>,
    /// Are files handed in?
    pub takes_files: bool,
    /// What it tells.
    pub told: Told,
}

impl AssessmentLetter {
    fn new(it: &Assessment, name: String, told: Told) -> Self {
        Self {
            name,
            candidate: None,
            title: (it.title_en.clone(), it.title_zh.clone()),
            module: (it.module(Lang::En), it.module(Lang::Zh)),
            due_at: it.due_at,
            takes_files: it.takes_files,
            told,
        }
    }

    fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title.0, &self.title.1)
    }

    fn due(&self, lang: Lang, body: Body) -> Body {
        let label = if self.takes_files {
            lang.asm_due()
        } else {
            lang.asm_happens()
        };
        body.fact(label, deadline(lang, self.due_at))
    }

    fn facts(&self, lang: Lang, body: Body) -> Body {
        match &self.told {
            Told::Opened | Told::Moved => self.due(lang, body),
            Told::Extended { until, note } => {
                let body = body.fact(lang.asm_due(), deadline(lang, *until));
                quoted(body, note)
            }
            Told::NotExtended { note } => quoted(self.due(lang, body), note),
            Told::Received {
                number,
                at,
                late,
                files,
            } => {
                let mut body = body
                    .fact(lang.asm_try(), number.to_string())
                    .fact(lang.asm_received_at(), moment(lang, *at));
                if *late > 0 {
                    body = body.fact(lang.asm_late(), lang.asm_days_late(*late));
                }
                for (name, size, digest) in files {
                    body = body.fact(
                        lang.asm_file(),
                        format!("{name} ({size} B)\nSHA-256 {digest}"),
                    );
                }
                body
            }
            Told::Upheld { mark, reason } => {
                let body = body.fact(lang.asm_mark(), format!("{}%", percent(*mark)));
                quoted(body, reason)
            }
            Told::Dismissed { reason } => quoted(body, reason),
            Told::Released | Told::ToMark { .. } => body,
        }
    }
}

fn quoted(body: Body, text: &str) -> Body {
    if text.is_empty() {
        body
    } else {
        body.quote(text)
    }
}

impl Letter for AssessmentLetter {
    fn kind(&self) -> &'static str {
        match &self.told {
            Told::Opened => "assessment_opened",
            Told::Moved => "assessment_moved",
            Told::Extended { .. } => "extension_granted",
            Told::NotExtended { .. } => "extension_refused",
            Told::Received { .. } => "submission_receipt",
            Told::Released => "marks_released",
            Told::Upheld { .. } => "appeal_upheld",
            Told::Dismissed { .. } => "appeal_dismissed",
            Told::ToMark { .. } => "scripts_to_mark",
        }
    }

    fn why(&self) -> Why {
        match &self.told {
            Told::ToMark { .. } => Why::Staff,
            _ => Why::Trainee,
        }
    }

    fn subject(&self, lang: Lang) -> String {
        let title = self.title(lang);
        match &self.told {
            Told::Opened => lang.asm_mail_opened_subject(title),
            Told::Moved => lang.asm_mail_moved_subject(title),
            Told::Extended { .. } => lang.asm_mail_extended_subject(title),
            Told::NotExtended { .. } => lang.asm_mail_not_extended_subject(title),
            Told::Received { .. } => lang.asm_mail_received_subject(title),
            Told::Released => lang.asm_mail_released_subject(title),
            Told::Upheld { .. } | Told::Dismissed { .. } => lang.asm_mail_appeal_subject(title),
            Told::ToMark { scripts } => lang.asm_mail_to_mark_subject(*scripts, title),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let (title, module) = (self.title(lang), lang.pick(&self.module.0, &self.module.1));
        let says = match &self.told {
            Told::Opened => lang.asm_mail_opened(title, module),
            Told::Moved => lang.asm_mail_moved(title, module),
            Told::Extended { .. } => lang.asm_mail_extended(title, module),
            Told::NotExtended { .. } => lang.asm_mail_not_extended(title, module),
            Told::Received { .. } => lang.asm_mail_received(title, module),
            Told::Released => lang.asm_mail_released(title, module),
            Told::Upheld { .. } => lang.asm_mail_upheld(title, module),
            Told::Dismissed { .. } => lang.asm_mail_dismissed(title, module),
            Told::ToMark { scripts } => lang.asm_mail_to_mark(*scripts, title, module),
        };
        let body = Body::new().greeting(lang.mail_dear(&self.name)).para(says);
        let body = self.facts(lang, body);
        match self.candidate {
            Some(id) => body.button(
                lang.asm_mail_open(),
                Link::path(format!("/me/assessments/{id}")),
            ),
            None => body.button(lang.asm_queue(), Link::path("/marking")),
        }
    }
}

fn occasion(conn: &mut Conn<'_>, it: &Assessment, programme: ProgrammeId) -> Result<Occasion> {
    Ok(Occasion {
        subject: Some(it.id.0),
        programme: Some(programme),
        programme_name: programmes::queries::name(conn, programme)?.pair(),
    })
}

/// Writes to every trainee of an assessment.
///
/// # Errors
/// The database's.
pub(super) fn tell_all(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    it: &Assessment,
    told: &Told,
) -> Result<()> {
    let all: Vec<CandidateId> = queries::lines(conn, staff, it.id, None, 100_000)?
        .iter()
        .map(|line| line.id)
        .collect();
    tell_some(conn, staff, it, (&all, None), told)
}

/// Writes to some of them, each with their own due time; `of` is the request or the appeal that is
/// answered: each is answered once.
///
/// # Errors
/// The database's.
pub(super) fn tell_some(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    it: &Assessment,
    (candidates, of): (&[CandidateId], Option<Uuid>),
    told: &Told,
) -> Result<()> {
    let mut lines = queries::lines_of(conn, staff, it.id, candidates)?;
    // Who has left is not written to any more.
    lines.retain(|line| line.takes_part);
    let people: Vec<PersonId> = lines.iter().map(|line| line.person_id).collect();
    let addresses = accounts::recipients(conn, &people)?;
    let occasion = occasion(conn, it, staff.programme())?;
    let mut letters = Vec::new();
    for line in &lines {
        let Some(to) = addresses.get(&line.person_id) else {
            continue;
        };
        let mut letter = AssessmentLetter::new(it, to.name.clone(), told.clone());
        letter.candidate = Some(line.id);
        letter.due_at = it.times(line.extended_to).due_at;
        // The same change never writes twice; the next one is of another version, time or request.
        let mut key = format!(
            "{}:{}:{}:{}",
            letter.kind(),
            line.id,
            it.version,
            letter.due_at.timestamp()
        );
        if let Some(of) = of {
            key.push_str(&format!(":{of}"));
        }
        letters.push((to, letter, key));
    }
    let queued: Vec<Queued<'_>> = letters
        .iter()
        .map(|(to, letter, key)| Queued {
            to,
            letter,
            occasion: &occasion,
            dedupe_key: key.clone(),
        })
        .collect();
    outbox::put_all(conn, &queued)
}

/// Writes to markers how many scripts wait for them.
///
/// # Errors
/// The database's.
pub(super) fn to_markers(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    it: &Assessment,
    told: &[(PersonId, usize)],
) -> Result<()> {
    let occasion = occasion(conn, it, staff.programme())?;
    for (person, scripts) in told {
        let to = accounts::recipient(conn, *person)?;
        let told = Told::ToMark { scripts: *scripts };
        let letter = AssessmentLetter::new(it, to.name.clone(), told);
        // Each assignment is an event of its own.
        let key = format!("scripts_to_mark:{}:{person}:{}", it.id, Uuid::now_v7());
        outbox::put(conn, &to, &letter, &occasion, &key)?;
    }
    Ok(())
}

/// The receipt for work that was handed in.
///
/// # Errors
/// The database's.
pub(super) fn receipt(
    conn: &mut Conn<'_>,
    own: &Own,
    it: &OwnLine,
    (number, at, late): (i32, DateTime<Utc>, i32),
    files: &[FileRow],
) -> Result<()> {
    let to = accounts::recipient(conn, own.person())?;
    let told = Told::Received {
        number,
        at,
        late,
        files: files
            .iter()
            .map(|file| (file.label.clone(), file.size_bytes, hex(&file.sha256)))
            .collect(),
    };
    let mut letter = AssessmentLetter::new(&it.assessment, to.name.clone(), told);
    letter.candidate = Some(it.id);
    letter.due_at = it.assessment.times(it.extended_to).due_at;
    let occasion = occasion(conn, &it.assessment, it.programme_id)?;
    let key = format!("submission_receipt:{}:{number}", it.id);
    outbox::put(conn, &to, &letter, &occasion, &key)
}
