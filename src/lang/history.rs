//! The history in words: one sentence for each verb of the audit trail.

use serde_json::Value;

use super::{Lang, texts};
use crate::applications::rules::Decision;

texts! {
    history_unknown(verb: &str): "Recorded: {verb}" | "紀錄：{verb}";
    history_system: "The system" | "系統";
    history_decided(decision: &str): "recorded the decision: {decision}" | "作出決定：{decision}";
    history_decision_undone(decision: &str): "took the decision back: {decision}" | "取消決定：{decision}";
    history_released: "released decisions" | "公布決定";
    history_waitlisted(rank: i64): "put on the waitlist at rank {rank}" | "列入候補名單，排名{rank}";
    history_rejected: "told: not selected" | "通知：未獲取錄";
    history_ineligible: "told: not eligible" | "通知：不符合申請資格";
    history_offer_issued: "made the offer" | "發出取錄通知";
    history_offer_promoted(rank: i64): "made the offer, from rank {rank} of the waitlist" | "由候補排名{rank}遞補，發出取錄通知";
    history_offer_accepted: "accepted the offer" | "接受取錄";
    history_offer_declined(reason: &str): "declined the offer {reason}" | "婉拒取錄{reason}";
    history_offer_expired: "the offer expired" | "取錄通知逾期";
    history_offer_withdrawn(reason: &str): "withdrew the offer {reason}" | "撤回取錄通知{reason}";
    history_offer_extended: "gave more time to answer" | "延長回覆限期";
    history_offer_reminded: "reminded of the offer" | "發出取錄通知提示";
    history_offer_seat_given_up: "gave the accepted seat up" | "放棄已接受的名額";
    history_application_withdrawn: "withdrew the application" | "撤回申請";
    history_hold_ended(seats: i64): "gave {seats} unused held seats to the open pool" | "將{seats}個未使用的預留名額轉至公開名額";
    history_enrolled(number: &str): "enrolled as trainee {number}" | "完成入學註冊，學員編號{number}";
    history_enrolment_withdrawn(reason: &str): "left the programme {reason}" | "退出計劃{reason}";
}

impl Lang {
    /// What happened, in words. `details` are those that the event stored, or null when erased.
    #[must_use]
    pub fn history(self, verb: &str, details: &Value) -> String {
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
        let decision = || Decision::parse(text("decision")).map_or("", |it| it.label(self));
        match verb {
            "application.decided" => self.history_decided(decision()),
            "application.decision_undone" => self.history_decision_undone(decision()),
            "application.waitlisted" => self.history_waitlisted(number("rank").unwrap_or(0)),
            "application.rejected" => self.history_rejected().to_owned(),
            "application.ineligible" => self.history_ineligible().to_owned(),
            "application.withdrawn" => self.history_application_withdrawn().to_owned(),
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
            "pool.hold_ended" => self.history_hold_ended(number("seats").unwrap_or(0)),
            "enrolment.enrolled" => self.history_enrolled(text("number")),
            "enrolment.withdrawn" => self.history_enrolment_withdrawn(&why("reason")),
            _ => self.history_unknown(verb),
        }
    }
}
