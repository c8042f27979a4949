//! A pilot's size from PostgreSQL to published.

use std::time::Instant;

use super::arena::Arena;

/// A round of two hundred trainees and sixty postings whose lists are certified and closed.
pub async fn crowd() -> Arena {
    let mut arena = Arena::new().await;
    let cohort = arena.market.school.world.cohort;
    for number in 4..=200 {
        arena.market.school.enrol(cohort, number, "en");
    }
    // 57 postings more at a rival's, copies of its first.
    arena.owner(&format!(
        "INSERT INTO postings (id, programme_id, organisation_id, round_id, number, state, area_ids, seats, content) \
           SELECT gen_random_uuid(), programme_id, organisation_id, round_id, 'X-' || n, state, area_ids, 1 + n % 4, \
             content || jsonb_build_object('title_en', 'Desk ' || n) FROM postings, generate_series(1, 57) n WHERE id = '{}'; \
         DELETE FROM posting_interests",
        arena.postings[2]
    ));
    arena.all_are_interested();
    // Eight choices of each trainee, and every posting ranks in an order of its own, some equally.
    let list = |kind: &str,
                owner: &str,
                person: &str,
                organisation: &str,
                posting: &str,
                enrolment: &str,
                entries: &str| {
        format!(
            "WITH made AS (INSERT INTO rank_lists (id, programme_id, round_id, kind, person_id, enrolment_id, organisation_id, posting_id, entries, sha256) \
               SELECT gen_random_uuid(), x.programme_id, r.id, '{kind}', {person}, {enrolment}, {organisation}, {posting}, {entries}, repeat('0', 64) \
               FROM {owner} x, placement_rounds r RETURNING *) \
             INSERT INTO certified_lists (id, list_id, programme_id, round_id, person_id, organisation_id, sequence, entries, sha256, certified_by, certified_at) \
               SELECT gen_random_uuid(), id, programme_id, round_id, person_id, organisation_id, 1, entries, sha256, gen_random_uuid(), banyan_now() FROM made"
        )
    };
    let choices = "(SELECT jsonb_agg(jsonb_build_array(p.id)) FROM (SELECT id FROM postings ORDER BY md5(id::text || x.id::text) LIMIT 8) p)";
    let ranks = "(SELECT jsonb_agg(t.ids) FROM (SELECT jsonb_agg(e.id) AS ids FROM enrolments e \
        GROUP BY left(md5(e.id::text || x.id::text), 2) ORDER BY left(md5(e.id::text || x.id::text), 2)) t)";
    arena.owner(&list(
        "trainee",
        "enrolments",
        "x.person_id",
        "NULL",
        "NULL",
        "x.id",
        choices,
    ));
    arena.owner(&list(
        "posting",
        "postings",
        "NULL",
        "x.organisation_id",
        "x.id",
        "NULL",
        ranks,
    ));
    {
        let ada = arena.staff("Ada");
        assert_eq!(ada.post(&arena.desk("/commit"), &[]).await.status, 303);
    }
    arena.close();
    arena
}

#[actix_web::test]
async fn two_hundred_trainees_and_sixty_postings_are_matched_and_published() {
    let arena = crowd().await;
    let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
    let begun = Instant::now();
    let run = arena.freeze(&ada).await;
    let frozen = begun.elapsed();
    let done = arena.approve(&ben, &run).await;
    assert_eq!(done.status, 303, "{}", done.text());
    eprintln!(
        "frozen in {frozen:?}, published after {:?}",
        begun.elapsed()
    );
    assert_eq!(arena.one("SELECT count(*)::text FROM match_results"), "200");
    let placed = arena.one("SELECT count(*)::text FROM placements");
    assert!(placed.parse::<usize>().unwrap() > 60, "{placed}");
    assert_eq!(
        arena.one(
            "SELECT count(*)::text FROM letters WHERE kind IN ('match_placed', 'match_not_placed')"
        ),
        "200"
    );
}
