//! Why bounds make no run, in words: which of them do not stand together, and which guarantee they would cost.

use crate::applications::route::Route;
use crate::lang::Lang;
use crate::matching::quotas::{Bound, Guarantee, Refused};
use crate::matching::{Fault, Wrong};

use super::super::queries::PostingName;

/// Names for the ids of a run.
struct Names<'a> {
    lang: Lang,
    postings: &'a [PostingName],
}

impl Names<'_> {
    fn posting(&self, id: &str) -> String {
        let found = self.postings.iter().find(|it| it.id.to_string() == id);
        found.map_or_else(|| id.to_owned(), |it| it.title(self.lang).to_owned())
    }

    fn bank(&self, id: &str) -> String {
        let mut all = self.postings.iter();
        let found = all.find(|it| it.organisation_id.to_string() == id);
        found.map_or_else(|| id.to_owned(), |it| it.organisation(self.lang).to_owned())
    }

    fn group(&self, word: &str) -> String {
        Route::parse(word).map_or_else(|| word.to_owned(), |it| it.label(self.lang).to_owned())
    }

    fn bound(&self, it: &Bound) -> String {
        let lang = self.lang;
        match it {
            Bound::Seats { posting } => lang.mat_bound_seats(&self.posting(posting)),
            Bound::GroupAtPosting { posting, group } => {
                lang.mat_bound_group(&self.group(group), &self.posting(posting))
            }
            Bound::Bank { bank } => lang.mat_bound_bank(&self.bank(bank)),
            Bound::GroupAtBank { bank, group } => {
                lang.mat_bound_group(&self.group(group), &self.bank(bank))
            }
            Bound::AcrossBanks { .. } => lang.mat_bound_across().to_owned(),
        }
    }

    fn why(&self, it: &Refused) -> String {
        let lang = self.lang;
        match it {
            Refused::Crossing { one, other, .. } => {
                lang.mat_refused_crossing(&self.bound(one), &self.bound(other))
            }
            Refused::AcrossBanks(bound) => lang.mat_refused_across(&self.bound(bound)),
            Refused::ListsByPosting { bank } => lang.mat_refused_lists(&self.bank(bank)),
            Refused::ReserveAndGroupCaps { posting } => {
                lang.mat_refused_reserve_caps(&self.posting(posting))
            }
            Refused::ReserveUnderCap { posting, bank } => {
                lang.mat_refused_reserve_cap(&self.posting(posting), &self.bank(bank))
            }
            Refused::ReserveAboveSeats {
                posting,
                seats,
                held,
            } => lang.mat_refused_reserve_above(
                &self.posting(posting),
                i64::from(*held),
                i64::from(*seats),
            ),
        }
    }
}

fn lost(lang: Lang, it: Guarantee) -> &'static str {
    match it {
        Guarantee::Stable => lang.mat_promise_stable(),
        Guarantee::BestForTrainees => lang.mat_promise_best(),
        Guarantee::Truthful => lang.mat_promise_truth(),
    }
}

/// What is wrong, and line by line what could not be promised any more.
pub(super) fn words(lang: Lang, fault: &Fault, postings: &[PostingName]) -> (String, String) {
    let Wrong::Refused(refused) = &fault.wrong else {
        return (lang.mat_dry_run_refused(&fault.to_string()), String::new());
    };
    let names = Names { lang, postings };
    let why = lang.mat_dry_run_refused(&names.why(refused));
    let lines: Vec<&str> = refused.lost().iter().map(|it| lost(lang, *it)).collect();
    if lines.is_empty() {
        return (why, String::new());
    }
    (why + lang.mat_refused_lost(), lines.join("\n"))
}
