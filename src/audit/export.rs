//! The history of a record as a file to keep: all of it, where its page shows the newest lines.

use uuid::Uuid;

use crate::error::{Error, Result};
use crate::lang::format;
use crate::web::exports::{Kind, export};
use crate::web::{Reply, Site, Visit};

use super::{before, line};

/// Events read at once.
const AT_ONCE: i64 = 1_000;

/// The history of a record, newest first, as the kind of file that the address ends with. The caller
/// has shown that the record is the reader's; row-level security leaves out what else is not.
///
/// # Errors
/// [`Error::NotFound`] for an address with another end.
pub fn file(visit: &Visit, name: &str, subject: Uuid) -> Result<Reply> {
    let (lang, actor) = (visit.lang, visit.actor.clone());
    let kind = visit.request.path.rsplit('.').next().and_then(Kind::parse);
    let kind = kind.ok_or(Error::NotFound)?;
    let header = [lang.history_when(), lang.history_who(), lang.history_what()];
    let source = move |site: &Site, put: &mut dyn FnMut(&[String]) -> Result<()>| {
        let mut last = None;
        loop {
            let entries = site
                .db
                .read(&actor, |conn| before(conn, subject, last, AT_ONCE))?;
            let ended = i64::try_from(entries.len()).is_ok_and(|n| n < AT_ONCE);
            for entry in entries {
                last = Some((entry.occurred_at, entry.id));
                let at = entry.occurred_at.with_timezone(&format::hkt()).to_rfc3339();
                let told = line(lang, entry);
                put(&[at, told.who, told.what])?;
            }
            if ended {
                return Ok(());
            }
        }
    };
    let header = header.map(str::to_owned).to_vec();
    Ok(export(kind, name, header, Box::new(source)))
}
