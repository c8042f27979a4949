//! What a dry run would be if a posting had a seat more or fewer, or an institution another cap.

use uuid::Uuid;

use crate::lang::Lang;
use crate::matching::Summary;
use crate::web::Pairs;
use crate::web::listing::Cell;
use crate::web::sheet::Part;

use super::super::actions::WhatIf;
use super::super::queries::PostingName;

/// The form that asks.
pub(super) struct WhatIfForm {
    pub action: String,
    /// Value, label, chosen.
    pub seats: Vec<(String, String, bool)>,
    pub banks: Vec<(String, String, bool)>,
    pub cap: String,
}

/// What the address asks for.
pub(in crate::matches) fn asked(query: &Pairs) -> WhatIf {
    let seats = query.typed("seats").split_once('_').and_then(|(by, id)| {
        let by = match by {
            "more" => 1,
            "fewer" => -1,
            _ => return None,
        };
        Some((id.parse::<Uuid>().ok()?, by))
    });
    let cap = query.typed("bank").parse::<Uuid>().ok();
    WhatIf {
        seats,
        cap: cap.map(|bank| (bank, query.typed("cap").trim().parse().ok())),
    }
}

/// The form as it was asked.
pub(super) fn form(
    lang: Lang,
    action: String,
    postings: &[PostingName],
    query: &Pairs,
) -> WhatIfForm {
    let none = || (String::new(), lang.mat_what_if_choose().to_owned());
    let (seats, bank) = (query.typed("seats"), query.typed("bank"));
    let mut of_postings = vec![none()];
    let mut banks = vec![none()];
    for it in postings.iter().filter(|it| it.seats > 0) {
        for (word, label) in [
            ("more", lang.mat_what_if_more()),
            ("fewer", lang.mat_what_if_fewer()),
        ] {
            let label = format!("{}{label}", lang.before(it.title(lang)));
            of_postings.push((format!("{word}_{}", it.id), label));
        }
        let id = it.organisation_id.to_string();
        if banks.iter().all(|known| known.0 != id) {
            banks.push((id, it.organisation(lang).to_owned()));
        }
    }
    let chosen = |all: Vec<(String, String)>, now: &str| {
        let with = all.into_iter().map(|(value, label)| {
            let on = value == now;
            (value, label, on)
        });
        with.collect()
    };
    WhatIfForm {
        action,
        seats: chosen(of_postings, seats),
        banks: chosen(banks, bank),
        cap: query.typed("cap").trim().to_owned(),
    }
}

/// The figures as they are and as they would be.
pub(super) fn compare(lang: Lang, now: &Summary, then: &Summary) -> Part {
    let row = |label: &str, now: String, then: String| {
        vec![Cell::text(label), Cell::text(now), Cell::text(then)]
    };
    let rows = vec![
        row(
            lang.mat_matched(),
            now.matched.to_string(),
            then.matched.to_string(),
        ),
        row(
            lang.mat_seats(),
            now.seats.to_string(),
            then.seats.to_string(),
        ),
        row(
            lang.mat_vacant(),
            now.unfilled.to_string(),
            then.unfilled.to_string(),
        ),
        row(
            lang.mat_first_choice(),
            now.first_choice.to_string(),
            then.first_choice.to_string(),
        ),
        row(lang.mat_top3(), now.top3.to_string(), then.top3.to_string()),
    ];
    let heads = [
        lang.mat_figures(),
        lang.mat_what_if_now(),
        lang.mat_what_if_then(),
    ];
    Part {
        note: lang.mat_what_if_note().to_owned(),
        ..Part::table(lang.mat_what_if(), &heads, rows)
    }
}
