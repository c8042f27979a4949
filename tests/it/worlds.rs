//! Two worlds that differ only in what somebody must not know are the same to that somebody, to the
//! byte: a bank cannot infer another bank's seats or contacts, an applicant cannot infer reviewers,
//! scores or a pending decision, whatever they ask for in an address.
//!
//! What may differ by design (there is no other declassification): the number of all seats of a
//! published call is public, so the worlds move seats between the other bank and everybody, and keep
//! their sum; a released decision is its applicant's to know, so only pending ones differ.

use std::collections::BTreeMap;

use banyan::house;
use banyan::web::Method;
use diesel::connection::SimpleConnection as _;

use crate::doors::called;
use crate::doors::knock::{
    FROM_HERE, Knock, With, address, knock, open, parameters, without_fresh_ids,
};
use crate::doors::world::{NOW, Relation, World, id};
use crate::security::injection::parameters_of_doors;
use crate::support::scale;

/// The other world's secrets, of which `#` is told apart from run to run.
const SECRETS: &str = "
UPDATE seat_pools SET capacity = 1 + #, hold_until = '2027-01-0#' WHERE id = §pool-neighbour§;
UPDATE seat_pools SET capacity = 16 - # WHERE id = §pool-open§;
UPDATE seat_pools SET capacity = 2 + #, hold_until = '2027-04-0#' WHERE id = §call-neighbour§;
UPDATE seat_pools SET capacity = 25 - # WHERE id = §call-open§;
UPDATE reviews SET scores = '{}', total_milli = 1000 + #, state = 'draft', submitted_at = NULL,
  comment = 'another comment #', reviewer_name = 'Somebody Else #' WHERE id = §review-2§;
INSERT INTO reviews (id, application_id, cohort_id, programme_id, reviewer_id, reviewer_name, state, comment, created_at) VALUES
  (§review-more#§, §application-review§, §cohort-review§, §programme§, §reviewer-unassigned§, 'Third #', 'assigned', '', '2026-11-22');
UPDATE applications SET reviewer_ids = reviewer_ids || §reviewer-unassigned§::uuid WHERE id = §application-review§;
UPDATE people SET display_name = 'Somebody Else #', email = 'else#@example.org', email_identity = 'else#@example.org' WHERE id = §second§;
UPDATE application_cases SET score_milli = 100 + #, spread_milli = #, reviews_done = 1, decision = 'accept', decision_reason = NULL,
  version = version + # WHERE released_at IS NULL AND programme_id = §programme§;
UPDATE application_cases SET score_milli = 200 + #, decision_reason = 'other #' WHERE released_at IS NOT NULL;
UPDATE application_notes SET body = 'another note #', author_name = 'Other #';
INSERT INTO application_notes (id, application_id, programme_id, author_id, author_name, body, created_at) VALUES
  (§note-more#§, §application-review§, §programme§, §coordinator§, 'More', 'more #', '2026-11-26');
UPDATE audit_details SET details = '{\"reason\": \"other #\"}' WHERE confidential;
UPDATE organisation_contacts SET name = 'Contact #', email = 'contact#@example.org' WHERE id IN (§B.contact§, §B.contact-university§);
INSERT INTO organisation_contacts (id, organisation_id, name, created_at) VALUES (§contact-more#§, §B.bank§, 'More', '2026-01-01');
UPDATE partnerships SET signed_on = NULL, ends_on = '2029-01-0#' WHERE id = §B.partnership§;
INSERT INTO partnerships (id, programme_id, university_id, institution_id, starts_on, ends_on, created_at) VALUES
  (§partnership-more#§, §programme§, §B.university§, §B.bank§, '2026-02-01', '2027-02-0#', '2026-01-01');
UPDATE applications SET employer_id = §B.bank§, name_shown = 'Name #', name_sort = 'name #', statement = 'words #', phone = NULL
  WHERE person_id = §applicant-other§;
UPDATE people SET display_name = 'Name #', phone = NULL WHERE id IN (§applicant-other§, §B.applicant§);
UPDATE enrolments SET name_shown = 'Name #', certificate_name = 'Name #' WHERE id = §B.enrolment§;
UPDATE emergency_contacts SET name = 'Name #' WHERE enrolment_id = §B.enrolment§;
UPDATE letters SET subject = 'Subject #', body_text = 'Text #', body_html = 'Text #' WHERE programme_id = §B.programme§;
UPDATE cohorts SET name_en = 'Planned #', starts_on = '2028-03-0#' WHERE state = 'planned';
UPDATE waitlist_entries SET rank = 10 + # WHERE id = §waiting§;
UPDATE postings SET seats = 40 + #, state = 'returned', content = '{\"title_en\": \"Other #\"}' WHERE id = §posting-neighbour§;
INSERT INTO postings (id, programme_id, organisation_id, round_id, number, state, seats, created_at) VALUES
  (§posting-more#§, §programme§, §B.bank§, §round§, 'P-MORE-#', 'submitted', #, '2026-11-26');
UPDATE capacity_asks SET seats = 50 + #, remark = 'Remark #' WHERE id = §capacity-neighbour§;
UPDATE placement_partnerships SET status = 'paused', ends_on = '2029-01-0#' WHERE id = §host-neighbour§;
UPDATE postings SET seats = 60 + # WHERE programme_id = §B.programme§;
INSERT INTO posting_interests (id, programme_id, organisation_id, round_id, posting_id, cohort_id, enrolment_id, person_id, name_shown, trainee_number,
    note, shares, shared, created_at) VALUES
  (§interest-more§, §programme§, §B.bank§, §round§, §posting-neighbour§, §cohort-run§, §B.enrolment§, §B.applicant§, 'Rival #', 'RIV-#', 'Note #', '{profile}', '{}',
   '2026-11-1#');--
INSERT INTO interview_panels (id, programme_id, organisation_id, round_id, name, members, posting_ids, created_at) VALUES
  (§panel-more§, §programme§, §B.bank§, §round§, 'Rival panel #', '[{\"name\": \"Rival #\", \"email\": \"rival#@example.org\"}]', ARRAY[§posting-neighbour§::uuid], '2026-11-20');--
INSERT INTO interview_days (id, programme_id, organisation_id, round_id, panel_id, held_on, starts_minute, ends_minute, length_minutes, break_minutes, room, created_at) VALUES
  (§day-more§, §programme§, §B.bank§, §round§, §panel-more§, '2027-01-1#', 600, 660, 20, 10, 'Rival room #', '2026-11-20');--
INSERT INTO interview_slots (id, programme_id, organisation_id, round_id, panel_id, day_id, starts_at, ends_at, created_at) VALUES
  (§slot-more§, §programme§, §B.bank§, §round§, §panel-more§, §day-more§, '2027-01-1# 02:00+00', '2027-01-1# 02:20+00', '2026-11-20');--
INSERT INTO interview_candidates (id, programme_id, organisation_id, round_id, posting_id, interest_id, enrolment_id, person_id, name_shown, trainee_number, created_at) VALUES
  (§listed-more§, §programme§, §B.bank§, §round§, §posting-neighbour§, §interest-more§, §B.enrolment§, §B.applicant§, 'Rival #', 'RIV-#', '2026-11-21');--
INSERT INTO interview_notes (candidate_id, programme_id, organisation_id, before_words, created_at) VALUES
  (§listed-more§, §programme§, §B.bank§, 'Rival note #', '2026-11-22');--
INSERT INTO interviews (id, programme_id, organisation_id, round_id, posting_id, candidate_id, enrolment_id, person_id, name_shown, trainee_number, panel_id, slot_id, starts_at,
    ends_at, room, changed_at, created_at) VALUES
  (§interview-more§, §programme§, §B.bank§, §round§, §posting-neighbour§, §listed-more§, §B.enrolment§, §B.applicant§, 'Rival #', 'RIV-#', §panel-more§, §slot-more§,
   '2027-01-1# 02:00+00', '2027-01-1# 02:20+00', 'Rival room #', '2026-11-25', '2026-11-25');
INSERT INTO rank_lists (id, programme_id, round_id, kind, organisation_id, posting_id, entries, sha256) VALUES
  (§list-more§, §programme§, §round§, 'posting', §B.bank§, §posting-neighbour§, jsonb_build_array(jsonb_build_array(§B.enrolment§)), repeat('#', 64)),
  (§list-again§, §programme§, §round§, 'bank', §B.bank§, NULL, '[]', repeat('#', 64));--
INSERT INTO certified_lists (id, list_id, programme_id, round_id, organisation_id, sequence, entries, sha256, certified_by, certified_at) VALUES
  (§certified-more§, §list-more§, §programme§, §round§, §B.bank§, #, '[]', repeat('#', 64), §coordinator§, '2026-11-2#');
INSERT INTO rank_lists (id, programme_id, round_id, kind, person_id, enrolment_id, entries, sha256) VALUES
  (§list-rival§, §programme§, §round§, 'trainee', §B.applicant§, §B.enrolment§, jsonb_build_array(jsonb_build_array(§posting§)), repeat('#', 64));--
INSERT INTO certified_lists (id, list_id, programme_id, round_id, person_id, sequence, entries, sha256, certified_by, certified_at) VALUES
  (§certified-rival§, §list-rival§, §programme§, §round§, §B.applicant§, #, '[]', repeat('#', 64), §B.applicant§, '2026-11-2#');
INSERT INTO list_people (id, programme_id, round_id, organisation_id, person_id, part, named_by) VALUES
  (§lister-more§, §programme§, §round§, §B.bank§, §B.representative§, 'certifier', §B.representative§);
INSERT INTO places_beforehand (id, programme_id, round_id, organisation_id, posting_id, enrolment_id, person_id, reason, asked_by) VALUES
  (§given-more§, §programme§, §round§, §B.bank§, §posting-neighbour§, §B.enrolment§, §B.applicant§, 'Rival reason #', §coordinator§);
INSERT INTO placements (id, programme_id, round_id, organisation_id, posting_id, enrolment_id, person_id, name_shown, trainee_number, state, starts_on, ends_on, hours_week,
    supervisor_name, supervisor_email, created_at) VALUES
  (§placement-more§, §programme§, §round§, §B.bank§, §posting-neighbour§, §B.enrolment§, §B.applicant§, 'Rival #', 'RIV-#', 'active', '2026-11-02', '2027-01-31', 3#,
   'Rival guide #', 'guide#@example.org', '2026-10-01');--
INSERT INTO agreements (id, programme_id, placement_id, organisation_id, person_id, number, wording_id, starts_on, ends_on, hours_week, text_en, text_zh, sha256, created_by, created_at) VALUES
  (§agreement-more§, §programme§, §placement-more§, §B.bank§, §B.applicant§, 1, §wording§, '2026-11-02', '2027-01-31', 3#, 'Rival text #', '對手文本#', repeat('#', 64),
   §coordinator§, '2026-10-05');--
INSERT INTO placement_tasks (id, programme_id, placement_id, organisation_id, person_id, code, name_en, name_zh, owner, evidence, needed, position, due_on) VALUES
  (§task-more§, §programme§, §placement-more§, §B.bank§, §B.applicant§, 'nda', 'Rival item #', '對手項目#', 'institution', 'none', true, 1, '2026-10-0#');--
INSERT INTO work_standings (id, programme_id, placement_id, organisation_id, person_id, kind, facts, starts_on, ends_on, calendar_year, decided_by, decided_at) VALUES
  (§standing-more§, §programme§, §placement-more§, §B.bank§, §B.applicant§, 'employee', '{\"studies\": \"none\", \"endorsed\": false, \"component\": false, \"under_26\": false}',
   '2026-11-02', '2027-01-31', 2026, §coordinator§, '2026-10-03');--
INSERT INTO weekly_logs (id, programme_id, placement_id, organisation_id, person_id, week, state, days, submitted_at) VALUES
  (§log-more§, §programme§, §placement-more§, §B.bank§, §B.applicant§, '2026-11-23', 'submitted',
   '[{\"day\": \"2026-11-23\", \"from\": \"09:00:00\", \"to\": \"1#:00:00\", \"rest\": 0, \"task\": \"Rival work #\", \"place\": \"office\", \"competencies\": []}]', '2026-11-29');--
INSERT INTO evaluations (id, programme_id, placement_id, organisation_id, person_id, point, author, answers, submitted_by, submitted_at) VALUES
  (§evaluation-more§, §programme§, §placement-more§, §B.bank§, §B.applicant§, 'mid', 'self', '{\"risk\": \"#\"}', §B.applicant§, '2026-12-01');--
INSERT INTO visits (id, programme_id, placement_id, organisation_id, person_id, mode, planned_on) VALUES
  (§visit-more§, §programme§, §placement-more§, §B.bank§, §B.applicant§, 'call', '2026-12-0#');--
INSERT INTO incidents (id, programme_id, placement_id, reporter_id, severity, happened_on, words) VALUES
  (§incident-more§, §programme§, §placement-more§, §B.applicant§, 'low', '2026-11-2#', 'Rival incident #');--
INSERT INTO funded_placements (id, programme_id, scheme_id, placement_id, person_id, month_pay_cents, verified_on, verified_by) VALUES
  (§funded-more§, §programme§, §scheme§, §placement-more§, §B.applicant§, 1000000 + #, '2026-10-20', §coordinator§);
";

/// What is tried in an address; `#cohort`, `#bank` and so on are ids.
const TRIES: &[&str] = &[
    "",
    "q=canary",
    "q=some",
    "sort=-score",
    "sort=score",
    "sort=rank",
    "state=under_review&decision=accept",
    "pending=1&score_min=1",
    "after=zzzz",
    "programme=#programme&cohort=#cohort",
    "organisation=#bank&employer=#bank",
    "reviewer=#second&pool=#pool",
    "decline=1&page=2",
    "lang=zh-Hant-HK",
];

fn query(text: &str) -> String {
    text.replace("#programme", &id('B', "programme").to_string())
        .replace("#cohort", &id('B', "cohort").to_string())
        .replace("#bank", &id('B', "bank").to_string())
        .replace("#second", &id('A', "second").to_string())
        .replace("#pool", &id('A', "pool-neighbour").to_string())
}

/// What stands behind a parameter's name: words, numbers, ids of others' rows.
const VALUES: &[&str] = &[
    "",
    "canary",
    "else",
    "1",
    "7",
    "9999",
    "accept",
    "reject",
    "waitlist",
    "under_review",
    "submitted",
    "-score",
    "score",
    "-name",
    "rank",
    "yes",
    "true",
    "zzzz",
    "2027-01-05",
    "2028-03-01T00:00:00Z",
    "#programme",
    "#cohort",
    "#bank",
    "#second",
    "#pool",
];

/// A world at random: some of the secrets, with numbers of their own. Statements that keep a public
/// sum stay together.
fn secrets_at_random(dice: &mut Dice) -> String {
    let all: Vec<&str> = SECRETS
        .split(";\n")
        .filter(|it| !it.trim().is_empty())
        .collect();
    let mut groups: Vec<Vec<&str>> = vec![all[0..2].to_vec(), all[2..4].to_vec()];
    groups.extend(all[4..].iter().map(|it| vec![*it]));
    let mut chosen = String::new();
    for group in groups {
        if dice.below(3) > 0 {
            let n = (dice.below(9) + 1).to_string();
            for statement in group {
                chosen.push_str(&statement.replace('#', &n));
                chosen.push_str(";\n");
            }
        }
    }
    chosen
}

/// A small generator with a fixed seed: the same worlds in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }
}

#[actix_web::test]
async fn worlds_at_random_look_the_same_by_every_parameter_of_every_door() {
    let first = World::new();
    let here = open(&first.app.site).await;
    let names = parameters_of_doors(&first, &here).await;
    let doors: Vec<(&str, Vec<String>)> = names
        .into_iter()
        .filter(|(path, _)| *path != "/metrics" && !path.starts_with("/dev/"))
        .map(|(path, words)| (path, words.into_iter().collect()))
        .collect();
    let (pairs, asks) = (scale::of(5, 1_000), 250);
    let mut dice = Dice(0x5EED_0003);
    let (mut told, mut asked, mut shown) = (Vec::new(), 0, 0);
    for pair in 0..pairs {
        let secrets = secrets_at_random(&mut dice);
        let second = World::with(&secrets);
        let there = open(&second.app.site).await;
        for _ in 0..asks {
            let (pattern, words) = &doors[dice.below(doors.len())];
            let relation = [Relation::Own, Relation::Other][dice.below(2)];
            let relations = vec![relation; parameters(pattern).len()];
            let (path, _) = address(&first.app.site, pattern, &relations).unwrap();
            let mut terms = Vec::new();
            for _ in 0..1 + dice.below(3) {
                let name = &words[dice.below(words.len())];
                terms.push(format!(
                    "{name}={}",
                    query(VALUES[dice.below(VALUES.len())])
                ));
            }
            let path = format!("{path}?{}", terms.join("&"));
            let who = called(CURIOUS[dice.below(CURIOUS.len())]);
            let knocked = Knock {
                who,
                method: Method::Get,
                path: &path,
                origin: &[],
                with: With::default(),
            };
            let (a, b) = (knock(&here, &knocked).await, knock(&there, &knocked).await);
            let plain = |answer: &crate::support::app::Answer| {
                let headers = without_fresh_ids(&format!("{:?}", answer.headers));
                (answer.status, headers, without_fresh_ids(&answer.text()))
            };
            asked += 1;
            shown += usize::from(a.status == 200);
            if plain(&a) != plain(&b) {
                told.push(format!(
                    "pair {pair}: {} asks {path}: {} {}",
                    who.name, a.status, b.status
                ));
            }
        }
    }
    assert!(
        told.is_empty(),
        "{} of {asked} answers tell the worlds apart:\n{}",
        told.len(),
        told.join("\n")
    );
    assert!(
        shown * 16 > asked,
        "{shown} of {asked} answers show something"
    );
}

/// Who asks, and must not be able to tell the worlds apart.
const CURIOUS: [&str; 7] = [
    "anonymous",
    "representative",
    "supervisor",
    "liaison",
    "applicant",
    "role-ended",
    "instructor",
];

type Seen = BTreeMap<String, (u16, String, String)>;

/// Everything that these people get to see when they try every door with every word.
async fn script(world: &World, people: &[&'static str]) -> Seen {
    let house = open(&world.app.site).await;
    let mut seen = Seen::new();
    for door in house::routes().doors() {
        // The metrics count requests, not rows; the matrix knocks there.
        if door.method != Method::Get || door.path == "/metrics" {
            continue;
        }
        let names = parameters(door.path);
        let mut relations = vec![vec![Relation::Own; names.len()]];
        if !names.is_empty() {
            relations.push(vec![Relation::Other; names.len()]);
        }
        for relations in relations {
            let (path, _) = address(&world.app.site, door.path, &relations).unwrap();
            for who in people {
                for (at, words) in TRIES.iter().enumerate() {
                    let asked = format!("{path}?{}", query(words));
                    let knocked = Knock {
                        who: called(who),
                        method: Method::Get,
                        path: &asked,
                        origin: &[],
                        with: With::default(),
                    };
                    let answer = knock(&house, &knocked).await;
                    let headers = format!("{:?}", answer.headers);
                    let said = (
                        answer.status,
                        without_fresh_ids(&headers),
                        without_fresh_ids(&answer.text()),
                    );
                    seen.insert(format!("{who} asks {asked}"), said);
                    // A door that stays shut is tried with one word more, not with all.
                    if answer.status != 200 && at == 1 {
                        break;
                    }
                }
            }
        }
    }
    seen
}

/// What an act carries: nothing; what many forms ask for, with rows of others where a row is named.
const ACTS: [&str; 2] = [
    "nothing=",
    "version=1&seen=1&confirm=yes&reason=because&note=a+note&comment=words&name=canary&email=canary%40example.org&date=2026-12-01\
     &starts_on=2026-12-01&ends_on=2027-01-31&hours_week=40&pay=much&rank-§posting-neighbour§=1&rank-§interest-more§=1&do=remove\
     &id=§posting-neighbour§&posting=§posting-neighbour§&organisation=§B.bank§&organisations=§B.bank§&cohort=§B.cohort§\
     &person=§applicant-other§&reviewer=§second§&pool=§pool-neighbour§&panel=§nothing§&round=§round§&kind=withdraw&seats=1",
];

/// What these people are answered when they act at every door with every such form, each as if nobody had
/// acted before. The API gets the document that its description asks for.
async fn acts(world: &World, people: &[&'static str]) -> Seen {
    let (mut site, pool) = world.app.rolled_back();
    site.db = site.db.as_of(NOW.parse().unwrap());
    let back_to = |sql: &str| pool.get().unwrap().batch_execute(sql).unwrap();
    back_to("SAVEPOINT untouched");
    let house = open(&site).await;
    let mut seen = Seen::new();
    for door in house::routes().doors() {
        if door.method == Method::Get || door.path.starts_with("/dev/") {
            continue;
        }
        let names = parameters(door.path);
        let mut relations = vec![vec![Relation::Own; names.len()]];
        if !names.is_empty() {
            relations.push(vec![Relation::Other; names.len()]);
        }
        for relations in relations {
            let (path, _) = address(&site, door.path, &relations).unwrap();
            for who in people {
                for (at, form) in ACTS.iter().enumerate() {
                    let with = With {
                        form: Some(named_rows(form)),
                        ..With::of(door, None)
                    };
                    back_to("ROLLBACK TO SAVEPOINT untouched");
                    let knocked = Knock {
                        who: called(who),
                        method: door.method,
                        path: &path,
                        origin: FROM_HERE,
                        with,
                    };
                    let answer = knock(&house, &knocked).await;
                    let plain = |text: &str| {
                        let text = without_fresh_ids(text);
                        if FRESH.iter().any(|it| door.path.starts_with(it)) {
                            without_secrets(&text)
                        } else {
                            text
                        }
                    };
                    let said = (
                        answer.status,
                        plain(&format!("{:?}", answer.headers)),
                        plain(&answer.text()),
                    );
                    seen.insert(
                        format!("{who} does {} {path} ({at})", door.method.as_str()),
                        said,
                    );
                    // The API has one document; a door that is shut is not asked twice.
                    if door.operation.is_some() || [401, 403, 404].contains(&answer.status) {
                        break;
                    }
                }
            }
        }
    }
    seen
}

/// Doors that hand out a new secret: a session, the address of a calendar.
const FRESH: [&str; 3] = ["/link/", "/role", "/calendar/new"];

/// The text with every word of forty and more letters that only a made secret has as `<secret>`.
fn without_secrets(text: &str) -> String {
    let of_secret = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.split_inclusive(|c| !of_secret(c))
        .map(|word| {
            let letters = word.trim_end_matches(|c| !of_secret(c));
            let rest = &word[letters.len()..];
            let shown = if letters.len() < 40 {
                letters
            } else {
                "<secret>"
            };
            format!("{shown}{rest}")
        })
        .collect()
}

/// A template whose `§name§` are A's rows and whose `§B.name§` are B's.
fn named_rows(template: &str) -> String {
    let pieces = template.split('§').enumerate();
    pieces
        .map(|(at, piece)| match piece.strip_prefix("B.") {
            _ if at % 2 == 0 => piece.to_owned(),
            Some(name) => id('B', name).to_string(),
            None => id('A', piece).to_string(),
        })
        .collect()
}

#[actix_web::test]
async fn acting_in_worlds_that_differ_in_others_secrets_is_answered_the_same() {
    let first = acts(&World::new(), &CURIOUS).await;
    let done = first.values().filter(|it| it.0 < 400).count();
    let refused = first.values().filter(|it| it.0 == 422).count();
    assert!(first.len() > 5_000, "{} answers", first.len());
    assert!(
        done > 50 && refused > 50,
        "{done} done, {refused} refused with a reason"
    );
    let second = acts(&World::with(&SECRETS.replace('#', "3")), &CURIOUS).await;
    same(&first, &second);
}

/// Fails with what tells two worlds apart.
fn same(first: &Seen, second: &Seen) {
    let told: Vec<String> = first
        .iter()
        .filter(|(asked, answer)| second.get(*asked) != Some(answer))
        .map(|(asked, answer)| {
            let Some(there) = second.get(asked) else {
                return format!("{asked}: asked in one world alone");
            };
            let mut pairs = answer.2.bytes().zip(there.2.bytes());
            let at = pairs.position(|(a, b)| a != b).unwrap_or(0);
            let around = |text: &str| -> String {
                text.chars().skip(at.saturating_sub(60)).take(160).collect()
            };
            format!(
                "{asked}: {} {}\n  here  {}\n  there {}",
                answer.0,
                there.0,
                around(&answer.2),
                around(&there.2)
            )
        })
        .collect();
    assert_eq!(first.len(), second.len());
    assert!(
        told.is_empty(),
        "{} of {} answers tell the worlds apart:\n{}",
        told.len(),
        first.len(),
        told.join("\n")
    );
}

#[actix_web::test]
async fn worlds_that_differ_in_others_secrets_look_the_same() {
    let first = script(&World::new(), &CURIOUS).await;
    assert!(first.len() > 2_000, "{} answers", first.len());
    for n in [3, 8] {
        let other = World::with(&SECRETS.replace('#', &n.to_string()));
        same(&first, &script(&other, &CURIOUS).await);
    }
}

#[actix_web::test]
async fn the_programme_office_sees_that_the_worlds_differ() {
    let (one, other) = (World::new(), World::with(&SECRETS.replace('#', "3")));
    let (here, there) = (open(&one.app.site).await, open(&other.app.site).await);
    let cohort = id('A', "cohort");
    for path in [
        format!("/cohorts/{cohort}/seats"),
        format!("/cohorts/{}/applications", id('A', "cohort-review")),
        format!("/applications/{}", id('A', "application-review")),
        format!("/organisations/{}", id('B', "bank")),
        "/cohorts".to_owned(),
        format!("/programmes/{}/placements/placed", id('A', "programme")),
        format!("/programmes/{}/placements/incidents", id('A', "programme")),
        format!(
            "/programmes/{}/placements/interviews/{}/timetable",
            id('A', "programme"),
            id('A', "round")
        ),
    ] {
        let asked = Knock {
            who: called("coordinator"),
            method: Method::Get,
            path: &path,
            origin: &[],
            with: With::default(),
        };
        let (a, b) = (knock(&here, &asked).await, knock(&there, &asked).await);
        assert_eq!((a.status, b.status), (200, 200), "{path}");
        assert_ne!(
            without_fresh_ids(&a.text()),
            without_fresh_ids(&b.text()),
            "{path} shows the office the same in both worlds"
        );
    }
}
