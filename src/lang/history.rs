//! The history in words: one sentence for each verb of the audit trail.

use serde_json::Value;

use super::{Lang, texts};

texts! {
    history_unknown(verb: &str): "Recorded: {verb}" | "紀錄：{verb}";
    history_when: "When" | "時間";
    history_who: "Who" | "人員";
    history_what: "What" | "事項";
    history_system: "The system" | "系統";
    history_released: "released decisions" | "公布決定";
    history_waitlisted(rank: i64): "put on the waitlist at rank {rank}" | "列入候補名單，排名{rank}";
    history_rejected: "told: not selected" | "通知：未獲取錄";
    history_ineligible: "told: not eligible" | "通知：不符合申請資格";
    history_offer_issued: "made the offer" | "發出取錄通知";
    history_offer_promoted(rank: i64): "freed a seat; it was offered here, from rank {rank} of the waitlist" | "騰出名額，由候補排名{rank}遞補，發出取錄通知";
    history_offer_accepted: "accepted the offer" | "接受取錄";
    history_offer_declined(reason: &str): "declined the offer {reason}" | "婉拒取錄{reason}";
    history_offer_expired: "the offer expired" | "取錄通知逾期";
    history_offer_withdrawn(reason: &str): "withdrew the offer {reason}" | "撤回取錄通知{reason}";
    history_offer_extended: "gave more time to answer" | "延長回覆限期";
    history_offer_reminded: "reminded of the offer" | "發出取錄通知提示";
    history_offer_seat_taken_again: "took a seat again" | "重新取得名額";
    history_own_seat_taken_again: "You have a seat again" | "重新取得名額";
    history_offer_seat_given_up: "gave the accepted seat up" | "放棄已接受的名額";
    history_offers_application_withdrawn: "withdrew the application" | "撤回申請";
    history_waitlist_closed: "closed the waitlist: the cohort was cancelled" | "候補名單因該屆取消而結束";
    history_hold_ended(seats: i64): "gave {seats} unused held seats to the open pool" | "將{seats}個未使用的預留名額轉至公開名額";
    history_own_imported: "Received from your university or employer" | "由所屬院校或機構代為遞交";
    history_own_import_updated: "Changed by your university or employer" | "由所屬院校或機構更改";
    history_own_review_started: "Review began" | "開始評審";
    history_own_waitlisted: "You were put on the waitlist" | "列入候補名單";
    history_own_rejected: "The result was released: not selected" | "公布結果：未獲取錄";
    history_own_ineligible: "The result was released: not eligible" | "公布結果：不符合申請資格";
    history_own_offer_issued: "You were offered a seat" | "獲發取錄通知";
    history_own_offer_promoted: "A seat became free and was offered to you" | "名額空出，獲發取錄通知";
    history_own_offer_accepted: "You accepted the offer" | "接受取錄";
    history_own_offer_declined: "You declined the offer" | "婉拒取錄";
    history_own_offer_expired: "The offer expired" | "取錄通知逾期";
    history_own_offer_withdrawn: "The offer was withdrawn" | "取錄通知被撤回";
    history_own_offer_extended: "You were given more time to answer" | "延長回覆限期";
    history_own_offer_reminded: "We reminded you of the offer" | "發出取錄通知提示";
    history_own_seat_given_up: "You gave the seat up" | "放棄名額";
    history_own_enrolled(number: &str): "Enrolled, trainee number {number}" | "完成入學註冊，學員編號{number}";
    history_own_left: "Left the programme" | "退出計劃";
    history_enrolled(number: &str): "enrolled as trainee {number}" | "完成入學註冊，學員編號{number}";
    history_enrolment_settled(state: &str): "recorded the enrolment as: {state}" | "入學註冊紀錄更新為：{state}";
    history_enrolment_withdrawn(reason: &str): "left the programme {reason}" | "退出計劃{reason}";
}

/// The words of one room's verbs; none for a verb of another.
type Room = fn(Lang, &str, &Value) -> Option<String>;

impl Lang {
    /// The word of an enrolment's state; its room stands below this one.
    fn enrolment_word(self, state: &str) -> &'static str {
        match state {
            "enrolled" => self.enrolment_enrolled(),
            "active" => self.enrolment_active(),
            "completed" => self.enrolment_completed(),
            "withdrawn" => self.enrolment_withdrawn(),
            "failed" => self.enrolment_failed(),
            "deferred" => self.enrolment_deferred(),
            "suspended" => self.enrolment_suspended(),
            _ => "",
        }
    }

    /// What happened, in words. `details` are those that the event stored, or null when erased.
    #[must_use]
    pub fn history(self, verb: &str, details: &Value) -> String {
        let rooms: [Room; 21] = [
            Self::people_history,
            Self::organisations_history,
            Self::programmes_history,
            Self::cohorts_history,
            Self::history_of_offers,
            Self::history_of_applications,
            Self::history_of_teaching,
            Self::history_of_materials,
            Self::history_of_assessment,
            Self::history_of_attendance,
            Self::history_of_risk,
            Self::history_of_sharing,
            Self::history_of_placements,
            Self::history_of_matches,
            Self::history_of_hosting,
            Self::history_of_supervision,
            Self::history_of_funding,
            Self::history_of_interviews,
            Self::history_desk,
            Self::curriculum_history,
            Self::progress_history,
        ];
        rooms
            .iter()
            .find_map(|room| room(self, verb, details))
            .unwrap_or_else(|| self.history_unknown(verb))
    }

    /// A whole sentence to the person whose record it is: what it means to them, without the office's
    /// words. None for what reads the same to everybody.
    #[must_use]
    pub fn own_history(self, verb: &str, details: &Value) -> Option<String> {
        let own = match verb {
            "application.imported" => self.history_own_imported(),
            "application.import_updated" => self.history_own_import_updated(),
            "application.review_started" => self.history_own_review_started(),
            "application.waitlisted" => self.history_own_waitlisted(),
            "application.rejected" => self.history_own_rejected(),
            "application.ineligible" => self.history_own_ineligible(),
            "offer.issued" if details.get("rank").is_some_and(Value::is_number) => {
                self.history_own_offer_promoted()
            }
            "offer.issued" => self.history_own_offer_issued(),
            "offer.accepted" => self.history_own_offer_accepted(),
            "offer.declined" => self.history_own_offer_declined(),
            "offer.expired" => self.history_own_offer_expired(),
            "offer.withdrawn" => self.history_own_offer_withdrawn(),
            "offer.extended" => self.history_own_offer_extended(),
            "offer.reminded" => self.history_own_offer_reminded(),
            "offer.seat_given_up" => self.history_own_seat_given_up(),
            "offer.seat_taken_again" => self.history_own_seat_taken_again(),
            "enrolment.enrolled" => {
                let number = details.get("number").and_then(Value::as_str);
                return Some(self.history_own_enrolled(number.unwrap_or_default()));
            }
            "enrolment.withdrawn" => self.history_own_left(),
            _ => return None,
        };
        Some(own.to_owned())
    }

    fn people_history(self, verb: &str, details: &Value) -> Option<String> {
        let word = |name: &str| details.get(name).and_then(Value::as_str);
        let role = || {
            word("role")
                .and_then(crate::db::Role::parse)
                .map_or("", |role| self.role(role))
        };
        Some(match verb {
            "person.signed_in" => self.history_person_signed_in().to_owned(),
            "person.signed_out_everywhere" => {
                self.history_person_signed_out_everywhere().to_owned()
            }
            "person.password_changed" => self.history_person_password_changed().to_owned(),
            "person.confirmed" => self.history_person_confirmed().to_owned(),
            "person.profile_changed" => self.history_person_profile_changed().to_owned(),
            "person.token_made" => self.history_person_token_made().to_owned(),
            "person.token_revoked" => self.history_person_token_revoked().to_owned(),
            "person.role_granted" => self.history_person_role_granted(role()),
            "person.role_ended" => self.history_person_role_ended(role()),
            "person.invited_again" => self.history_person_invited_again().to_owned(),
            "person.disabled" => self.history_person_disabled().to_owned(),
            "person.enabled" => self.history_person_enabled().to_owned(),
            "letter.sent_again" => self.history_letter_sent_again().to_owned(),
            "letter.retried" => self.history_letter_retried().to_owned(),
            "letters.held" => self.history_letters_held().to_owned(),
            "letters.released" => {
                let n = |name: &str| details.get(name).and_then(Value::as_i64).unwrap_or(0);
                self.history_letters_released(n("sent"), n("cancelled"))
            }
            "job.retried" => self.history_job_retried().to_owned(),
            _ => return None,
        })
    }

    fn history_of_offers(self, verb: &str, details: &Value) -> Option<String> {
        let text = |name: &str| {
            details
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let number = |name: &str| details.get(name).and_then(Value::as_i64);
        let why = |name: &str| match text(name) {
            "" => String::new(),
            reason => self.pick(format!("({reason})"), format!("（{reason}）")),
        };
        Some(match verb {
            "application.waitlisted" => self.history_waitlisted(number("rank").unwrap_or(0)),
            "application.rejected" => self.history_rejected().to_owned(),
            "application.ineligible" => self.history_ineligible().to_owned(),
            "application.withdrawn" => self.history_offers_application_withdrawn().to_owned(),
            "application.waitlist_closed" => self.history_waitlist_closed().to_owned(),
            "cohort.decisions_released" => self.history_released().to_owned(),
            "offer.issued" => match number("rank") {
                Some(rank) => self.history_offer_promoted(rank),
                None => self.history_offer_issued().to_owned(),
            },
            "offer.accepted" => self.history_offer_accepted().to_owned(),
            "offer.declined" => self.history_offer_declined(&why("note")),
            "offer.expired" => self.history_offer_expired().to_owned(),
            "offer.withdrawn" => self.history_offer_withdrawn(&why("note")),
            "offer.extended" => self.history_offer_extended().to_owned(),
            "offer.reminded" => self.history_offer_reminded().to_owned(),
            "offer.seat_given_up" => self.history_offer_seat_given_up().to_owned(),
            "offer.seat_taken_again" => self.history_offer_seat_taken_again().to_owned(),
            "pool.hold_ended" => self.history_hold_ended(number("seats").unwrap_or(0)),
            "enrolment.enrolled" => self.history_enrolled(text("number")),
            "enrolment.settled" => self.history_enrolment_settled(self.enrolment_word(text("to"))),
            "enrolment.withdrawn" => self.history_enrolment_withdrawn(&why("reason")),
            _ => return None,
        })
    }
}
