//! Sentences about what has just been done, shown once on the next page. A flash travels as its
//! name in a cookie; only names listed here are ever shown.
use super::{Lang, texts};

texts! {
    flash_saved: "Saved." | "已儲存。";
    flash_signed_out: "You have signed out." | "你已登出。";
    flash_sessions_ended: "All other devices have been signed out." | "已登出其他所有裝置。";
    flash_session_ended: "That device has been signed out." | "已登出該裝置。";
    flash_prove_again: "Please sign in again to work in that role." | "請重新登入，以該身分工作。";
    flash_invited: "The invitation is on its way." | "邀請已發出。";
    flash_role_ended: "The role has ended." | "身分已結束。";
    flash_account_disabled: "The account is disabled and signed out everywhere." | "帳戶已停用，並已登出所有裝置。";
    flash_account_enabled: "The account is enabled again." | "帳戶已重新啟用。";
    flash_token_revoked: "The token is revoked." | "權杖已撤銷。";
    flash_letter_again: "The letter will be sent again." | "電郵將再次發出。";
    flash_letter_queued: "The letter is back in the queue." | "電郵已重新排隊發送。";
    flash_password_changed: "Your password has been changed." | "你的密碼已更改。";
    flash_offer_accepted: "You have accepted your seat. Please enrol now." | "你已接受取錄，請辦理入學註冊。";
    flash_offer_declined: "You have declined the offer." | "你已婉拒取錄。";
    flash_released: "The decisions are released and the letters queued." | "決定已公布，電郵正排隊發出。";
    flash_offer_extended: "The deadline is moved and the applicant told." | "已延長回覆限期並通知申請人。";
    flash_offer_withdrawn: "The offer is withdrawn and the applicant told." | "已撤回取錄通知並通知申請人。";
    flash_enrolled: "You are enrolled. Welcome!" | "你已完成入學註冊，歡迎！";
    flash_enrolment_withdrawn: "The enrolment has ended and the seat is given back." | "入學註冊已終止，名額已交回。";
}

impl Lang {
    /// Tone (`ok`, `warn`) and sentence of a flash.
    #[must_use]
    pub fn flash(self, name: &str) -> Option<(&'static str, String)> {
        let text = match name {
            "saved" => self.flash_saved(),
            "signed_out" => self.flash_signed_out(),
            "sessions_ended" => self.flash_sessions_ended(),
            "session_ended" => self.flash_session_ended(),
            "prove_again" => self.flash_prove_again(),
            "invited" => self.flash_invited(),
            "role_ended" => self.flash_role_ended(),
            "account_disabled" => self.flash_account_disabled(),
            "account_enabled" => self.flash_account_enabled(),
            "token_revoked" => self.flash_token_revoked(),
            "letter_again" => self.flash_letter_again(),
            "letter_queued" => self.flash_letter_queued(),
            "password_changed" => self.flash_password_changed(),
            "application_submitted" => self.flash_application_submitted(),
            "application_withdrawn" => self.flash_application_withdrawn(),
            "application_reopened" => self.flash_application_reopened(),
            "document_saved" => self.flash_document_saved(),
            "document_removed" => self.flash_document_removed(),
            "import_done" => self.flash_import_done(),
            "offer_accepted" => self.flash_offer_accepted(),
            "offer_declined" => self.flash_offer_declined(),
            "released" => self.flash_released(),
            "offer_extended" => self.flash_offer_extended(),
            "offer_withdrawn" => self.flash_offer_withdrawn(),
            "enrolled" => self.flash_enrolled(),
            "enrolment_withdrawn" => self.flash_enrolment_withdrawn(),
            name => self
                .flash_curriculum(name)
                .or_else(|| self.flash_of_teaching(name))
                .or_else(|| self.flash_of_materials(name))
                .or_else(|| self.flash_of_assessment(name))
                .or_else(|| self.flash_of_attendance(name))
                .or_else(|| self.flash_of_risk(name))
                .or_else(|| self.flash_of_sharing(name))
                .or_else(|| self.flash_of_placements(name))
                .or_else(|| self.flash_of_matches(name))
                .or_else(|| self.flash_of_hosting(name))
                .or_else(|| self.flash_of_supervision(name))
                .or_else(|| self.flash_of_funding(name))
                .or_else(|| self.flash_of_interviews(name))
                .or_else(|| self.flash_progress(name))
                .or_else(|| self.flash_desk(name))?,
        };
        Some(("ok", text.to_owned()))
    }
}
