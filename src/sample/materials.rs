//! Notes and links of the sample's sessions, written by their instructor.

use chrono::{DateTime, Duration, Utc};

use crate::access;
use crate::db::Role;
use crate::error::Result;
use crate::ids::MaterialId;
use crate::materials::actions;
use crate::materials::queries::Keeper;
use crate::materials::rules::{NoteDetails, Release};
use crate::teaching::queries::ClassSession;

use super::class::Trainee;
use super::teaching::instructor;
use super::{World, acting};

fn slides(number: usize, code: &str) -> NoteDetails {
    NoteDetails {
        title_en: format!("Slides of session {number}"),
        title_zh: format!("第{number}節簡報"),
        body: String::new(),
        url: format!("https://slides.example/{}/{number}", code.to_lowercase()),
        release: Release::Start,
        release_at: None,
    }
}

fn reading(at: DateTime<Utc>) -> NoteDetails {
    NoteDetails {
        title_en: "Before we meet: one case".to_owned(),
        title_zh: "課前閱讀：一個個案".to_owned(),
        body: "Read the case of the credit model that learnt from a flawed sample. Note who could have seen it, and when.\n\n請閱讀以有缺陷樣本訓練的信貸模型個案，記下誰在何時本可察覺。"
            .to_owned(),
        url: String::new(),
        release: Release::At,
        release_at: Some(at),
    }
}

/// Slides for each of these sessions, released when it begins, and for every third something to read two
/// days before. Written a week before the session, or at `latest`.
pub(super) fn notes(
    world: &World,
    sessions: &[ClassSession],
    latest: DateTime<Utc>,
) -> Result<Vec<(MaterialId, DateTime<Utc>)>> {
    let teacher = acting(instructor(world)?, Role::Instructor, vec![world.programme]);
    let mut made = Vec::new();
    for (number, it) in (1..).zip(sessions) {
        let written = (it.starts_at - Duration::days(7)).min(latest);
        let place = sessions
            .iter()
            .take(number)
            .filter(|other| other.offering_id == it.offering_id)
            .count();
        made.extend(world.db.as_of(written).tx(&teacher, |conn| {
            let keeper = Keeper::Teacher(access::instructor(conn)?);
            let id = actions::add(conn, &keeper, it.id, &slides(place, &it.module_code))?;
            let mut both = vec![(id, it.starts_at)];
            if number % 3 == 1 {
                let from = it.starts_at - Duration::days(2);
                both.push((actions::add(conn, &keeper, it.id, &reading(from))?, from));
            }
            Ok(both)
        })?);
    }
    Ok(made)
}

/// Trainees say what they have done with.
pub(super) fn done(
    world: &World,
    at: DateTime<Utc>,
    class: &[Trainee],
    notes: &[(MaterialId, DateTime<Utc>)],
) -> Result<()> {
    for (n, one) in class.iter().enumerate().take(4) {
        world.db.as_of(at).tx(&one.actor(), |conn| {
            let own = access::own(conn)?;
            let readable = notes.iter().filter(|(_, from)| *from < at);
            for (id, _) in readable.skip(n) {
                actions::mark(conn, &own, *id, true)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
