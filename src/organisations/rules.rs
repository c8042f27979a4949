//! Kinds of organisations, and partnerships between a university and an institution.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, NaiveDate, Utc};

use crate::lang::{refusals, words};

words! {
    /// What an organisation is.
    pub enum Kind {
        /// A university.
        University = "university" => organisations_university,
        /// A bank.
        Bank = "bank" => organisations_bank,
        /// A digital bank.
        DigitalBank = "digital_bank" => organisations_digital_bank,
        /// An insurer.
        Insurer = "insurer" => organisations_insurer,
        /// A fintech firm.
        Fintech = "fintech" => organisations_fintech,
        /// Any other institution.
        Other = "other" => organisations_other,
    }
}

words! {
    /// How a partnership stands on a day.
    pub enum Validity {
        /// Its first day is ahead.
        Future = "future" => organisations_future,
        /// Within its days.
        Current = "current" => organisations_current,
        /// Over, or ended early.
        Ended = "ended" => organisations_ended,
    }
}

refusals! {
    /// Why a change to an organisation is refused.
    pub enum OrganisationRefusal {
        /// One side must be a university, the other must not.
        Sides = "partnership_sides" => organisations_refuse_sides,
        /// The two have a partnership in these days already.
        Overlap = "partnership_overlap" => organisations_refuse_overlap,
        /// It is over already.
        Over = "partnership_over" => organisations_refuse_over,
        /// Seats of a cohort are still held for it.
        Held = "organisation_has_held_seats" => organisations_refuse_held,
        /// It is archived.
        Archived = "organisation_archived" => organisations_refuse_archived,
    }
}

/// How a partnership stands on `today` (a Hong Kong date); both ends belong to it.
pub fn validity(
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    ended_at: Option<DateTime<Utc>>,
    today: NaiveDate,
) -> Validity {
    if ended_at.is_some() || ends_on < today {
        Validity::Ended
    } else if today < starts_on {
        Validity::Future
    } else {
        Validity::Current
    }
}

/// May a partnership be made between these kinds?
pub fn sides(university: Kind, institution: Kind) -> Result<(), OrganisationRefusal> {
    let academic = |kind: Kind| kind == Kind::University;
    if academic(university) && !academic(institution) {
        Ok(())
    } else {
        Err(OrganisationRefusal::Sides)
    }
}

/// Do two spans of days (both ends included) meet?
pub fn overlaps(a: (NaiveDate, NaiveDate), b: (NaiveDate, NaiveDate)) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}
