//! The checker: is everything that was acknowledged there, exactly once, and nothing half done?

use std::collections::BTreeSet;

use super::house::{House, count, run, texts};
use super::load::Journal;

/// What must be nowhere: rows of an operation of several rows of which some are missing.
const HALVES: &[(&str, &str)] = &[
    (
        "a note without its one event",
        "SELECT count(*) AS n FROM (SELECT t.id FROM application_notes t LEFT JOIN \
           (SELECT d.details->>'note' AS note FROM audit_details d JOIN audit_events e ON e.id = d.event_id \
             WHERE e.verb = 'application.note_added') AS told ON told.note = t.id::text \
           GROUP BY t.id HAVING count(told.note) <> 1) AS wrong",
    ),
    (
        "an event of a note without the note",
        "SELECT count(*) AS n FROM audit_events e JOIN audit_details d ON d.event_id = e.id \
           WHERE e.verb = 'application.note_added' AND NOT EXISTS (SELECT FROM application_notes t \
           WHERE t.id::text = d.details->>'note')",
    ),
    (
        "an offer without its issue, its letter, its link or its end to come",
        "SELECT count(*) AS n FROM offers o WHERE \
           (SELECT count(*) FROM audit_events e WHERE e.verb = 'offer.issued' AND e.subject_id = o.id) <> 1 \
           OR (SELECT count(*) FROM letters l WHERE l.dedupe_key = 'offer:' || o.id || ':made') <> 1 \
           OR NOT EXISTS (SELECT FROM links k WHERE k.subject_id = o.id) \
           OR NOT EXISTS (SELECT FROM jobs j WHERE j.subject_id = o.id)",
    ),
    (
        "an answered offer without its event or its application's step",
        "SELECT count(*) AS n FROM offers o JOIN applications a ON a.id = o.application_id \
           WHERE o.state IN ('accepted', 'declined') AND ((SELECT count(*) FROM audit_events e \
             WHERE e.verb = 'offer.' || o.state AND e.subject_id = o.id) <> 1 \
             OR a.state <> CASE o.state WHEN 'accepted' THEN 'offered' ELSE 'declined' END)",
    ),
    (
        "an accepted offer without its letter",
        "SELECT count(*) AS n FROM offers o WHERE o.state = 'accepted' AND (SELECT count(*) FROM letters l \
           WHERE l.dedupe_key = 'offer:' || o.id || ':ended') <> 1",
    ),
    (
        "a pool whose counters are not its offers",
        "SELECT count(*) AS n FROM seat_pools p WHERE \
           p.taken <> (SELECT count(*) FROM offers o WHERE o.pool_id = p.id AND o.state = 'accepted' AND o.vacated_at IS NULL) \
           OR p.offered <> (SELECT count(*) FROM offers o WHERE o.pool_id = p.id AND o.state = 'open')",
    ),
    (
        "a free seat while somebody waits",
        "SELECT count(*) AS n FROM seat_pools p WHERE p.offered + p.taken < p.capacity AND EXISTS \
           (SELECT FROM waitlist_entries w WHERE w.state = 'waiting' AND p.id = ANY (w.pool_ids))",
    ),
    (
        "an event without its details",
        "SELECT count(*) AS n FROM audit_events e WHERE NOT EXISTS (SELECT FROM audit_details d WHERE d.event_id = e.id)",
    ),
];

/// Nothing is half done in this database.
pub fn no_halves(url: &str) {
    for (what, sql) in HALVES {
        assert_eq!(count(url, sql), 0, "{what}");
    }
}

impl Journal {
    /// Every note that was acknowledged is in this database, exactly once.
    pub fn check_notes(&self, url: &str) {
        let notes = texts(
            url,
            "SELECT body AS t FROM application_notes WHERE body LIKE 'note %' ORDER BY body",
        );
        let kept: BTreeSet<String> = notes.iter().cloned().collect();
        assert_eq!(kept.len(), notes.len(), "a note was written twice");
        assert_eq!(kept, self.notes, "notes kept and acknowledged");
    }

    /// Everything that was acknowledged is in this database, exactly once.
    pub fn check_against(&self, url: &str) {
        self.check_notes(url);
        let keys: BTreeSet<String> = texts(
            url,
            "SELECT key AS t FROM idempotency_keys WHERE key LIKE 'key-%'",
        )
        .into_iter()
        .collect();
        assert_eq!(keys, self.keys, "keys kept and acknowledged");
        let pairs = |sql: &str| -> BTreeSet<String> { texts(url, sql).into_iter().collect() };
        let drafts = pairs(
            "SELECT id || '=' || statement AS t FROM applications WHERE state = 'draft' AND statement IS NOT NULL",
        );
        let told: BTreeSet<String> = self
            .drafts
            .iter()
            .map(|(id, text)| format!("{id}={text}"))
            .collect();
        assert_eq!(drafts, told, "drafts kept and acknowledged");
        let decisions = pairs(
            "SELECT application_id || '=' || decision_reason AS t FROM application_cases WHERE decision_reason LIKE 'Reason %'",
        );
        let told: BTreeSet<String> = self
            .decisions
            .iter()
            .map(|(id, why)| format!("{id}={why}"))
            .collect();
        assert_eq!(decisions, told, "decisions kept and acknowledged");
        let offers = pairs(
            "SELECT id || '=' || state AS t FROM offers WHERE state IN ('accepted', 'declined')",
        );
        let told: BTreeSet<String> = self
            .offers
            .iter()
            .map(|(id, state)| format!("{id}={state}"))
            .collect();
        assert_eq!(offers, told, "answers to offers kept and acknowledged");
        no_halves(url);
    }

    /// As [`Journal::check_against`], and history verifies.
    pub fn check(&self, house: &House) {
        self.check_against(&house.super_url());
        let said = run(house.command().args(["audit", "verify"]));
        assert!(said.contains("History is whole."), "{said}");
    }

    /// Failures that are no answers: everything but a polite 503.
    pub fn failures(&self) -> usize {
        let internal: usize = self
            .statuses
            .iter()
            .filter(|(status, _)| **status >= 500 && **status != 503)
            .map(|(_, n)| n)
            .sum();
        internal + self.rude
    }

    /// For the report.
    pub fn summary(&self) -> String {
        format!(
            "{} notes, {} drafts, {} decisions, {} answers to offers; statuses {:?}, {} cut, {} refused",
            self.notes.len(),
            self.drafts.len(),
            self.decisions.len(),
            self.offers.len(),
            self.statuses,
            self.cut,
            self.refused
        )
    }
}
