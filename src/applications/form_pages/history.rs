//! An application's history as its applicant reads it.

use crate::audit;
use crate::error::Result;
use crate::ids::{ApplicationId, OfferId};
use crate::lang::{Lang, format};
use crate::web::Cx;

/// A line of the history.
pub(super) struct Line {
    pub(super) at: String,
    pub(super) iso: String,
    pub(super) who: &'static str,
    pub(super) what: String,
}

/// Who did it, to the applicant's eyes: themselves, the office, or neither. Another applicant whose
/// answer moved the waitlist is never named, nor is a member of staff.
fn whose_doing(entry: &audit::Entry, lang: Lang) -> &'static str {
    match (entry.actor_kind.as_str(), &entry.actor_name) {
        ("applicant", Some(_)) => lang.apply_history_you(),
        ("coordinator" | "administrator", _) => lang.apply_history_office(),
        _ => lang.history_system(),
    }
}

/// The application's history as its applicant reads it.
pub(super) fn told(
    cx: &mut Cx<'_, '_>,
    application: ApplicationId,
    offer: Option<OfferId>,
) -> Result<Vec<Line>> {
    let lang = cx.lang();
    let mut entries = audit::history(cx.conn, application.0)?;
    if let Some(offer) = offer {
        entries.extend(audit::history(cx.conn, offer.0)?);
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.occurred_at));
    }
    let line = |entry: audit::Entry| {
        let details = entry.details.clone().unwrap_or_default();
        let (who, what) = match lang.own_history(&entry.verb, &details) {
            Some(own) => ("", own),
            None => (
                whose_doing(&entry, lang),
                lang.history(&entry.verb, &details),
            ),
        };
        Line {
            at: format::moment(lang, entry.occurred_at),
            iso: entry.occurred_at.to_rfc3339(),
            who,
            what,
        }
    };
    Ok(entries.into_iter().map(line).collect())
}
