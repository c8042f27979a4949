//! The trainees of a sample's class, in the order of their numbers, and the papers that they hand in.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{self, secret};
use crate::db::{Actor, Role, sql_query};
use crate::enrolments;
use crate::enrolments::rules::EnrolmentEvent;
use crate::error::Result;
use crate::files::queries::NewFile;
use crate::ids::{CohortId, EnrolmentId, PersonId, ProgrammeId};

use super::{World, acting};

/// A trainee, and the address under which they applied.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Trainee {
    #[diesel(sql_type = SqlUuid)]
    pub enrolment: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    pub person: PersonId,
    #[diesel(sql_type = Text)]
    pub email: String,
}

impl Trainee {
    pub fn actor(&self) -> Actor {
        acting(self.person, Role::Applicant, Vec::new())
    }

    /// Is it the one whose address carries this mark?
    pub fn is(&self, mark: &str) -> bool {
        self.email.contains(&format!(".{mark}@"))
    }
}

/// Everybody who takes part or took part in a cohort.
pub(super) fn trainees(world: &World, cohort: CohortId) -> Result<Vec<Trainee>> {
    world.db.read(&world.staff(), |conn| {
        Ok(sql_query(
            "SELECT e.id AS enrolment, e.person_id AS person, a.email FROM enrolments e \
             JOIN applications a ON a.id = e.application_id \
             WHERE e.cohort_id = $1 AND e.state <> 'withdrawn' ORDER BY e.trainee_number",
        )
        .bind::<SqlUuid, _>(cohort)
        .load(conn.pg())?)
    })
}

/// Teaching has begun for everybody.
pub(super) fn activate(world: &World, at: DateTime<Utc>, cohort: CohortId) -> Result<()> {
    let class = trainees(world, cohort)?;
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        for one in &class {
            enrolments::actions::settle(conn, &staff, one.enrolment, EnrolmentEvent::Activate)?;
        }
        Ok(())
    })
}

/// A stored paper.
pub(super) struct Paper {
    key: String,
    label: String,
    size: u64,
    sha256: Vec<u8>,
}

impl Paper {
    /// As it is recorded.
    pub fn file(&self, owner: PersonId, programme: ProgrammeId) -> NewFile<'_> {
        NewFile {
            owner,
            programme: Some(programme),
            storage_key: &self.key,
            label: &self.label,
            media_type: "application/pdf",
            size: self.size,
            sha256: &self.sha256,
        }
    }
}

/// A page of a portable document with one line of text.
fn page(text: &str) -> String {
    let line: String = text
        .chars()
        .filter(|c| c.is_ascii_graphic() && !"()\\".contains(*c) || *c == ' ')
        .collect();
    let drawn = format!("BT /F1 14 Tf 72 770 Td ({line}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = file.len();
    file.push_str(&format!(
        "xref\n0 6\n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    file
}

/// Stores a paper with this line of text.
pub(super) fn paper(world: &World, label: &str, text: &str) -> Result<Paper> {
    let page = page(text);
    let path = world
        .files
        .incoming()?
        .join(format!("sample-{}", uuid::Uuid::now_v7()));
    std::fs::write(&path, &page)?;
    let key = world.files.take(&path)?;
    std::fs::remove_file(&path)?;
    Ok(Paper {
        key,
        label: format!("{label}.pdf"),
        size: u64::try_from(page.len()).unwrap_or_default(),
        sha256: secret::digest(&page),
    })
}
