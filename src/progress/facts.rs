//! What is known of trainees, gathered for the rules: a whole cohort with one read of each source, or
//! one trainee by their own proof.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, OwnEnrolment};
use crate::assessment::queries::{ModuleResult, results, results_of};
use crate::assessment::rules::Standing;
use crate::curriculum::exemption_queries::exempted;
use crate::curriculum::queries as curriculum;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{EnrolmentId, ModuleId};

use super::queries::{self, Confirmed, Trainee, frozen_days};
use super::rules::Standing as Stands;
use super::rules::content::CompletionRules;
use super::rules::verdict::{Facts, Outcome, Verdict, evaluate};

/// A trainee with what is known of them and how they stand.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The trainee.
    pub trainee: Trainee,
    /// What is known.
    pub facts: Facts,
    /// How they stand; of a completion that is confirmed, how they stood.
    pub verdict: Verdict,
    /// The number and the rules of a completion that is confirmed.
    pub by: Option<(i32, CompletionRules)>,
    /// A line that was met when it was confirmed is not met any more, by the same rules.
    pub changed: bool,
}

impl Judged {
    /// The rules that the verdict is by, where the cohort follows these.
    #[must_use]
    pub fn rules<'a>(&'a self, followed: &'a CompletionRules) -> &'a CompletionRules {
        self.by.as_ref().map_or(followed, |(_, rules)| rules)
    }

    /// Is there ground for ending the enrolment without completion: a line that cannot be met any more,
    /// or an open one once the cohort is over? Nothing counts against who is on a break.
    #[must_use]
    pub fn can_fail(&self) -> bool {
        let short = match self.verdict.overall {
            Stands::Failed => true,
            Stands::Open => self.facts.over,
            Stands::Met => false,
        };
        short && !self.verdict.frozen && !self.verdict.lines.is_empty()
    }
}

/// Judges a trainee; who is confirmed stands as they were confirmed.
///
/// # Errors
/// A record that we do not read: a mistake of ours.
fn judge(
    trainee: Trainee,
    mut facts: Facts,
    rules: &CompletionRules,
    today: NaiveDate,
) -> Result<Judged> {
    facts.over = trainee.over(today);
    let judged = match trainee.confirmed()? {
        Some(Confirmed {
            number,
            rules,
            verdict,
        }) => {
            let now = evaluate(&rules, &facts, today);
            Judged {
                changed: now.overall != Stands::Met,
                by: Some((number, rules)),
                verdict,
                trainee,
                facts,
            }
        }
        None => Judged {
            changed: false,
            by: None,
            verdict: evaluate(rules, &facts, today),
            trainee,
            facts,
        },
    };
    Ok(judged)
}

/// Notional hours of the versions that a cohort beginning on this day is taught: the weights of marks.
///
/// # Errors
/// The database's.
pub fn weights(
    conn: &mut Conn<'_>,
    modules: impl IntoIterator<Item = ModuleId>,
    starts_on: NaiveDate,
) -> Result<BTreeMap<ModuleId, u32>> {
    let modules: Vec<ModuleId> = modules.into_iter().collect();
    let versions = curriculum::versions_on(conn, &modules, starts_on)?;
    let hours = |it: &curriculum::Version| u32::try_from(it.content.notional()).unwrap_or(0);
    Ok(versions
        .iter()
        .map(|(module, version)| (*module, hours(version)))
        .collect())
}

#[derive(QueryableByName)]
struct ExemptedRow {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
}

fn exemptions(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    only: Option<EnrolmentId>,
) -> Result<Vec<ExemptedRow>> {
    Ok(sql_query(
        "SELECT enrolment_id, module_id FROM exemptions WHERE cohort_id = $1 AND state = 'granted' \
           AND ($2 IS NULL OR enrolment_id = $2)",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<SqlUuid>, _>(only)
    .load(conn.pg())?)
}

/// What is known of every trainee of a cohort, or of one of them.
///
/// # Errors
/// The database's.
fn of_cohort(
    conn: &mut Conn<'_>,
    (staff, only): (&CohortStaff, Option<EnrolmentId>),
    rules: &CompletionRules,
    (starts_on, today): (NaiveDate, NaiveDate),
) -> Result<BTreeMap<EnrolmentId, Facts>> {
    let mut all: BTreeMap<EnrolmentId, Facts> = BTreeMap::new();
    for row in exemptions(conn, staff, only)? {
        let facts = all.entry(row.enrolment_id).or_default();
        facts.modules.entry(row.module_id).or_default().exempted = true;
    }
    for row in queries::forms(conn, staff, only)? {
        all.entry(row.enrolment_id)
            .or_default()
            .forms
            .insert(row.form);
    }
    let breaks = queries::breaks(conn, staff, only, today)?;
    for ((id, module), hours) in queries::minutes(conn, staff, only, &breaks)? {
        let facts = all.entry(id).or_default();
        facts.modules.entry(module).or_default().hours = hours;
    }
    for (id, spans) in breaks {
        all.entry(id).or_default().breaks = spans;
    }
    for it in results(conn, staff, only)? {
        let facts = all.entry(it.enrolment).or_default();
        mark(facts, &it);
    }
    let known = all.values().flat_map(|it| it.modules.keys().copied());
    let modules: BTreeSet<ModuleId> = rules.modules().into_iter().chain(known).collect();
    let weights = weights(conn, modules, starts_on)?;
    for facts in all.values_mut() {
        weigh(facts, &weights);
    }
    Ok(all)
}

/// What assessment says of a module. An exemption stands in its own row, as does its lack of a mark.
fn mark(facts: &mut Facts, it: &ModuleResult) {
    let known = facts.modules.entry(it.module).or_default();
    known.again = it.again;
    known.mark = it.mark;
    known.result = match it.standing {
        Standing::NotYet => Outcome::NotYet,
        Standing::Passed => Outcome::Passed,
        Standing::Failed => Outcome::Failed,
        Standing::Incomplete => Outcome::Incomplete,
    };
}

fn weigh(facts: &mut Facts, weights: &BTreeMap<ModuleId, u32>) {
    for (module, it) in &mut facts.modules {
        it.notional = weights.get(module).copied().unwrap_or(0);
    }
}

/// Every trainee of a cohort, judged by these rules.
///
/// # Errors
/// The database's.
pub fn judged(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    rules: &CompletionRules,
    today: NaiveDate,
) -> Result<Vec<Judged>> {
    let trainees = queries::trainees(conn, staff)?;
    let Some(starts_on) = trainees.first().map(|it| it.starts_on) else {
        return Ok(Vec::new());
    };
    let mut facts = of_cohort(conn, (staff, None), rules, (starts_on, today))?;
    let judge = |trainee: Trainee| {
        let facts = facts.remove(&trainee.id).unwrap_or_default();
        judge(trainee, facts, rules, today)
    };
    trainees.into_iter().map(judge).collect()
}

/// One trainee of a cohort, judged by these rules.
///
/// # Errors
/// [`crate::error::Error::NotFound`].
pub fn judged_one(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    rules: &CompletionRules,
    (id, today): (EnrolmentId, NaiveDate),
) -> Result<Judged> {
    let trainee = queries::trainee(conn, staff, id)?;
    let mut all = of_cohort(conn, (staff, Some(id)), rules, (trainee.starts_on, today))?;
    judge(trainee, all.remove(&id).unwrap_or_default(), rules, today)
}

/// A trainee by their own proof, judged by these rules.
///
/// # Errors
/// The database's.
pub fn judged_own(
    conn: &mut Conn<'_>,
    whose: &OwnEnrolment,
    rules: &CompletionRules,
    today: NaiveDate,
) -> Result<Judged> {
    let trainee = queries::trainee_own(conn, whose)?;
    let facts = own(conn, whose, (trainee.starts_on, today))?;
    judge(trainee, facts, rules, today)
}

/// What is known of a trainee, by their own proof.
///
/// # Errors
/// The database's.
fn own(
    conn: &mut Conn<'_>,
    own: &OwnEnrolment,
    (starts_on, today): (NaiveDate, NaiveDate),
) -> Result<Facts> {
    let mut facts = Facts::default();
    for module in exempted(conn, own.enrolment())? {
        facts.modules.entry(module).or_default().exempted = true;
    }
    facts.forms = queries::forms_own(conn, own)?
        .into_iter()
        .map(|it| it.form)
        .collect();
    for pause in queries::pauses_own(conn, own)? {
        facts.breaks.extend(frozen_days(&pause, today)?);
    }
    for ((_, module), hours) in queries::minutes_own(conn, own, &facts.breaks)? {
        facts.modules.entry(module).or_default().hours = hours;
    }
    for it in results_of(conn, own)? {
        mark(&mut facts, &it);
    }
    let weights = weights(conn, facts.modules.keys().copied(), starts_on)?;
    weigh(&mut facts, &weights);
    Ok(facts)
}

/// How many of the lines a trainee meets, and how many there are; none while no rules are followed.
///
/// # Errors
/// The database's.
pub fn summary(
    conn: &mut Conn<'_>,
    whose: &OwnEnrolment,
    today: NaiveDate,
) -> Result<Option<(usize, usize)>> {
    let Some(rules) = queries::followed_own(conn, whose)? else {
        return Ok(None);
    };
    let verdict = judged_own(conn, whose, &rules.content, today)?.verdict;
    Ok(Some((verdict.met(), verdict.lines.len())))
}
