//! The sample programme: fictional organisations and people, made through the actions themselves, so
//! that history, seats and letters are real.
//!
//! One finished pre-pilot cohort that went through its whole term; an evening class that began five weeks
//! ago; the first intake of 2027 with a registry's file imported, scored and released (30 seats, 12 of
//! them held); and an open call to try the form on. The same rows come out of every load; only the times
//! bend, so that nothing that has happened lies in the future of the reader.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::access::{self, secret};
use crate::db::{self, Acting, Actor, Db, Role, Task};
use crate::error::{Error, Result};
use crate::files::Store;
use crate::ids::{CohortId, OrganisationId, PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::lang::format::{hk_date, hk_instant};
use crate::organisations::actions::{self as organisations, OrganisationDetails};
use crate::organisations::rules::Kind;
use crate::people::accounts::{self, NewPerson};
use crate::people::role_actions::{self, Invitation};
use crate::people::rules::{Email, Names};
use crate::programmes::actions as programmes;
use crate::programmes::rules::Operator;
use crate::web::Site;

mod assessment;
mod attendance;
mod care;
mod class;
mod cohorts;
mod curriculum;
mod data;
mod hosted;
mod intake;
mod interviewed;
mod jobs;
mod matched;
mod materials;
mod placements;
mod progress;
mod running;
mod teaching;
mod term;

/// Everybody and everything that later steps refer to.
struct World {
    db: Db,
    files: Store,
    now: DateTime<Utc>,
    programme: ProgrammeId,
    administrator: PersonId,
    coordinator: PersonId,
    /// Approves what the first has prepared.
    second: PersonId,
    reviewers: Vec<PersonId>,
    organisations: Vec<(&'static str, OrganisationId)>,
    /// Who speaks for an institution.
    representatives: Vec<(&'static str, PersonId)>,
}

impl World {
    /// The database at a planned time, or a little before now if that lies ahead: `late` orders the
    /// steps that would otherwise fall together.
    fn at(&self, planned: DateTime<Utc>, late: Duration) -> Db {
        self.db.as_of(planned.min(self.now - late))
    }

    fn staff(&self) -> Actor {
        acting(self.coordinator, Role::Coordinator, vec![self.programme])
    }

    /// The other coordinator.
    fn second_staff(&self) -> Actor {
        acting(self.second, Role::Coordinator, vec![self.programme])
    }

    fn organisation(&self, name: &str) -> Result<OrganisationId> {
        self.organisations
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, id)| *id)
            .ok_or_else(|| Error::Internal(format!("no sample organisation {name}")))
    }
}

fn acting(person: PersonId, role: Role, programmes: Vec<ProgrammeId>) -> Actor {
    Actor::Person(Acting {
        person,
        role,
        grant: None,
        organisations: Vec::new(),
        programmes,
    })
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn hkt(year: i32, month: u32, date: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    hk_instant(
        day(year, month, date),
        chrono::NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default(),
    )
}

/// The midnight with which a day begins.
fn hk_midnight(day: NaiveDate) -> DateTime<Utc> {
    hk_instant(day, chrono::NaiveTime::MIN)
}

/// Loads the sample programme into an empty database that its owner has marked `sample`.
///
/// # Errors
/// An action refuses, or the database fails. What was committed before stays; `banyan sample reset`
/// begins again.
pub fn load(site: &Site) -> Result<()> {
    let now = site
        .db
        .read(&Actor::System(Task::PublicSite), |conn| Ok(db::now(conn)?))?;
    let begun = site
        .db
        .as_of(hkt(2026, 3, 2, 9, 30).min(now - Duration::hours(8)));
    let administrator = first_administrator(site)?;
    let programme = programme(&begun, administrator)?;
    let organisations = organisations(&begun, administrator, programme)?;
    let mut world = World {
        db: site.db.clone(),
        files: site.files.clone(),
        now,
        programme,
        administrator,
        coordinator: administrator,
        second: administrator,
        reviewers: Vec::new(),
        organisations,
        representatives: Vec::new(),
    };
    staff(&begun, &mut world)?;
    partnerships(&begun, &world)?;
    cohorts::pre_pilot(&world)?;
    cohorts::evening_class(&world)?;
    cohorts::first_intake(&world)?;
    cohorts::second_intake(&world)?;
    progress::rules(&world)?;
    Ok(())
}

fn email(text: &str) -> Result<Email> {
    Email::parse(text).map_err(|_fault| Error::Internal(format!("{text} is no address")))
}

fn names(family: &str, given: &str, zh: &str) -> Result<Names> {
    Names::new(family, given, "", zh)
        .map_err(|_fault| Error::Internal(format!("{family} is no name")))
}

fn first_administrator(site: &Site) -> Result<PersonId> {
    let first = data::STAFF
        .first()
        .ok_or_else(|| Error::Internal("no sample staff".to_owned()))?;
    let (email, names) = (
        email(first.email)?,
        names(first.family, first.given, first.zh)?,
    );
    role_actions::invite_administrator(site, &email, &names, Lang::En)?;
    site.db.tx(&Actor::System(Task::Accounts), |conn| {
        let known = NewPerson {
            email: &email,
            names: &names,
            phone: None,
            lang: Some(Lang::En),
            programme: None,
        };
        accounts::ensure(conn, &known)
    })
}

fn programme(db: &Db, administrator: PersonId) -> Result<ProgrammeId> {
    let (code, [name_en, name_zh], [summary_en, summary_zh], contact) = data::PROGRAMME;
    let programme = db.tx(
        &acting(administrator, Role::Administrator, Vec::new()),
        |conn| {
            let desk = access::desk(conn)?;
            let details = programmes::ProgrammeDetails {
                name_en: name_en.to_owned(),
                name_zh: name_zh.to_owned(),
                summary_en: summary_en.to_owned(),
                summary_zh: summary_zh.to_owned(),
                status: "recruiting".to_owned(),
                contact_email: contact.to_owned(),
            };
            programmes::create_programme(conn, &desk, code, &details)
        },
    )?;
    db.tx(
        &acting(administrator, Role::Administrator, vec![programme]),
        |conn| {
            let (desk, staff) = (
                access::desk(conn)?,
                access::programme_staff(conn, programme)?,
            );
            let source = programmes::add_source(conn, &staff, &white_paper())?;
            for target in targets(source) {
                programmes::add_target(conn, &staff, &target)?;
            }
            for (position, new) in (1..).zip(data::OBSERVATIONS) {
                programmes::add_observation(conn, &staff, source, &observation(position, new))?;
            }
            let (version, [en, zh]) = data::PICS;
            programmes::publish_pics(conn, &staff, version, en, zh)?;
            programmes::load_holidays(conn, &desk, programme, &programmes::shipped_holidays())?;
            curriculum::make(conn, &staff)
        },
    )?;
    Ok(programme)
}

/// The one public source: what it says of the pilot, and nothing more.
fn white_paper() -> programmes::NewSource {
    programmes::NewSource {
        title_en: "Press release on the white paper “AI in financial services: the way forward for Hong Kong”".to_owned(),
        title_zh: "《金融服務中的人工智能：香港的前進之路》白皮書新聞稿".to_owned(),
        publisher: "FinTech Association of Hong Kong".to_owned(),
        published_on: day(2026, 4, 2),
        url: None,
    }
}

fn targets(source: crate::ids::SourceId) -> Vec<programmes::NewTarget> {
    let trained = |year: i32| programmes::NewTarget {
        metric: "trained".to_owned(),
        operator: Operator::MoreThan,
        value: 200,
        starts_on: day(year, 1, 1),
        ends_on: day(year, 12, 31),
        wording_en: "More than 200 professionals trained each year".to_owned(),
        wording_zh: "每年培訓超過200名專業人才".to_owned(),
        source: Some(source),
    };
    let first = programmes::NewTarget {
        metric: "first_intake".to_owned(),
        operator: Operator::AtLeast,
        value: 1,
        starts_on: day(2027, 1, 1),
        ends_on: day(2027, 6, 30),
        wording_en: "First intake expected to enrol in the first half of 2027".to_owned(),
        wording_zh: "首批學員預計於2027年上半年入學".to_owned(),
        source: Some(source),
    };
    vec![trained(2027), trained(2028), first]
}

fn observation(
    position: i32,
    (kind, label, figure, population, note): &(
        &'static str,
        [&str; 2],
        [&str; 2],
        [&str; 2],
        [&str; 2],
    ),
) -> programmes::NewObservation {
    let pair = |[en, zh]: &[&str; 2]| ((*en).to_owned(), (*zh).to_owned());
    programmes::NewObservation {
        kind,
        position,
        label: pair(label),
        figure: pair(figure),
        population: pair(population),
        sample_size: (*kind == "survey").then_some(103),
        as_of: day(2026, 4, 2),
        note: pair(note),
    }
}

fn organisations(
    db: &Db,
    administrator: PersonId,
    programme: ProgrammeId,
) -> Result<Vec<(&'static str, OrganisationId)>> {
    db.tx(
        &acting(administrator, Role::Administrator, vec![programme]),
        |conn| {
            let desk = access::desk(conn)?;
            let mut made = Vec::new();
            for (kind, en, zh) in data::ORGANISATIONS {
                let details = OrganisationDetails {
                    kind: Kind::parse(kind)
                        .ok_or_else(|| Error::Internal(format!("organisation kind {kind}")))?,
                    name_en: (*en).to_owned(),
                    name_zh: (*zh).to_owned(),
                    website: None,
                };
                made.push((*en, organisations::create(conn, &desk, &details)?));
            }
            Ok(made)
        },
    )
}

/// From the first spring of the programme to the end of the pilot.
fn partnerships(db: &Db, world: &World) -> Result<()> {
    db.tx(&world.staff(), |conn| {
        let desk = access::desk(conn)?;
        let staff = access::programme_staff(conn, world.programme)?;
        for (university, institution) in data::PARTNERSHIPS {
            let new = organisations::NewPartnership {
                university: world.organisation(university)?,
                institution: world.organisation(institution)?,
                starts_on: day(2026, 4, 1),
                ends_on: day(2028, 3, 31),
            };
            organisations::add_partnership(conn, &desk, &staff, &new)?;
        }
        Ok(())
    })
}

fn staff(db: &Db, world: &mut World) -> Result<()> {
    let actor = acting(
        world.administrator,
        Role::Administrator,
        vec![world.programme],
    );
    for member in data::STAFF.iter().skip(1) {
        let organisation = member
            .organisation
            .map(|name| world.organisation(name))
            .transpose()?;
        let invitation = Invitation {
            email: email(member.email)?,
            names: names(member.family, member.given, member.zh)?,
            lang: if member.reads_chinese {
                Lang::Zh
            } else {
                Lang::En
            },
            role: member.role,
            programme: Some(world.programme),
            organisation,
            starts_on: hk_date(hkt(2026, 3, 2, 9, 0)),
            ends_on: None,
        };
        let person = db.tx(&actor, |conn| {
            let desk = access::desk(conn)?;
            role_actions::invite(conn, &desk, "Yuen Ho Yin", &invitation)
        })?;
        match member.role {
            Role::Coordinator if world.coordinator == world.administrator => {
                world.coordinator = person;
            }
            Role::Coordinator => world.second = person,
            Role::Reviewer => world.reviewers.push(person),
            Role::Representative => world
                .representatives
                .extend(member.organisation.map(|name| (name, person))),
            _ => {}
        }
    }
    Ok(())
}

/// One sign-in link for each kind of user: role, name, address. Each works once.
///
/// # Errors
/// The database's.
pub fn sign_in_links(site: &Site) -> Result<Vec<(&'static str, String, String)>> {
    intake::showcase(site)?
        .into_iter()
        .map(|(role, name, person)| {
            Ok((
                role,
                name,
                crate::people::actions::sign_in_url(site, person)?,
            ))
        })
        .collect()
}

/// A number below `below` that depends on the text alone: the sample's dice.
fn dice(text: &str, below: u64) -> u64 {
    let digest = secret::digest(text);
    let number = digest
        .iter()
        .take(8)
        .fold(0_u64, |n, byte| (n << 8) | u64::from(*byte));
    number.checked_rem(below).unwrap_or_default()
}

/// What a step needs to know of a cohort.
#[derive(Clone, Copy)]
struct Made {
    cohort: CohortId,
}
