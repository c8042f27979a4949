//! Texts of the delivery log and the local mailbox.
use super::texts;

texts! {
    letters_title: "Mail" | "電郵";
    letters_note: "Every letter of your programmes: what it said, whether it has left, and why not." | "計劃的所有電郵：內容、是否已發出，以及未能發出的原因。";
    letters_state_queued: "Waiting" | "等候發送";
    letters_state_sent: "Sent" | "已發出";
    letters_state_dead: "Not sent" | "未能發出";
    letters_state_cancelled: "Cancelled" | "已取消";
    letters_all_states: "All states" | "所有狀態";
    letters_kind: "Kind" | "類別";
    letters_all_kinds: "All kinds" | "所有類別";
    letters_to: "To" | "收件人";
    letters_search: "Name or address" | "姓名或電郵地址";
    letters_subject: "Subject" | "主旨";
    letters_state: "State" | "狀態";
    letters_written: "Written" | "撰寫時間";
    letters_sent: "Sent" | "發出時間";
    letters_attempts: "Tries" | "嘗試次數";
    letters_error: "Last error" | "最近錯誤";
    letters_language: "Language" | "語言";
    letters_again_of: "Sent again from" | "重新發送自";
    letters_message_id: "Message-ID" | "Message-ID";
    letters_count(n: usize): "1 letter shown" + "{n} letters shown" | "顯示{n}封電郵";
    letters_held: "Letters are held since a restore from backup: none leaves until the operator lets them go (banyan admin release-mail)." | "自備份還原後電郵暫停發送，須待系統管理人員放行（banyan admin release-mail）。";
    letters_empty: "No letters yet" | "尚未有電郵";
    letters_own: "My letters" | "我的電郵";
    letters_own_note: "What we have written to you. Links that are only yours stand in the letter itself." | "我們寄給你的電郵。只供你使用的連結只載於電郵本身。";
    letters_own_empty: "What we write to you appears here once it has left." | "我們寄給你的電郵發出後會顯示於此。";
    letters_empty_text: "Invitations, confirmations and decisions appear here as they are written." | "邀請、確認及結果通知撰寫後會於此顯示。";
    letters_none_found: "No letter matches this filter." | "沒有符合篩選條件的電郵。";
    letters_again: "Send again" | "再次發送";
    letters_retry: "Try again now" | "立即重試";
    letters_again_title: "Send this letter again" | "再次發送此電郵";
    letters_again_effect(address: &str): "{address} gets the same letter once more, with a new Message-ID." | "{address}將再次收到相同電郵（新的Message-ID）。";
    letters_again_links: "Links in it keep their dates: one that has been used or has run out stays so." | "電郵內連結的有效期不變：已使用或過期的連結不會重新生效。";
    letters_text: "As plain text" | "純文字部分";
    letters_frame: "Letter" | "電郵內容";
    mailbox_title: "Mailbox of the sample programme" | "示範計劃信箱";
    mailbox_note: "No mail server is configured, so letters land here instead of leaving. Links in them work." | "未有設定電郵伺服器，電郵會存放於此而不會寄出。電郵內的連結可以使用。";
    mailbox_empty: "No letters have arrived" | "尚未有電郵送達";
    mailbox_empty_text: "A letter arrives about a second after it was written." | "電郵撰寫後約一秒送達。";
    mailbox_arrived: "Arrived" | "送達時間";
    mailbox_refresh: "Look again" | "重新整理";
}

texts! {
    letters_refuse_not_dead: "This letter is not among those that could not be sent." | "此電郵並非未能發出的電郵。";
    letters_refuse_waiting: "This letter is still waiting to be sent." | "此電郵仍在等候發送。";
    letter_kind_confirm: "Confirm the address" | "確認地址";
    letter_kind_already_known: "Has an account already" | "已有帳戶";
    letter_kind_sign_in_link: "Sign-in link" | "登入連結";
    letter_kind_exemption_granted: "Exemption granted" | "批准豁免";
    letter_kind_exemption_refused: "Exemption not granted" | "豁免不獲批准";
    letter_kind_reset: "New password" | "重設密碼";
    letter_kind_invitation: "Invitation" | "邀請";
    letter_kind_new_device: "New device" | "新裝置";
    letter_kind_password_changed: "Password changed" | "密碼已更改";
    letter_kind_review_assigned: "Applications to review" | "待評審申請";
    letter_kind_review_reminder: "Reminder to review" | "評審提示";
    letter_kind_review_declined: "Review given back" | "退回評審";
    letter_kind_application_received: "Application received" | "收到申請";
    letter_kind_application_reminder: "Reminder of a draft" | "草稿提示";
    letter_kind_cohort_cancelled: "Cohort cancelled" | "屆別取消";
    letter_kind_hold_released: "Held seats released" | "釋出預留名額";
}

impl super::Lang {
    /// The state of a letter.
    #[must_use]
    pub fn letter_state(self, state: &str) -> &'static str {
        match state {
            "queued" => self.letters_state_queued(),
            "sent" => self.letters_state_sent(),
            "dead" => self.letters_state_dead(),
            _ => self.letters_state_cancelled(),
        }
    }

    /// The kind of a letter in words; each room adds its own.
    #[must_use]
    pub fn letter_kind(self, kind: &str) -> String {
        match kind {
            "confirm" => self.letter_kind_confirm().to_owned(),
            "already_known" => self.letter_kind_already_known().to_owned(),
            "sign_in_link" => self.letter_kind_sign_in_link().to_owned(),
            "exemption_granted" => self.letter_kind_exemption_granted().to_owned(),
            "exemption_refused" => self.letter_kind_exemption_refused().to_owned(),
            "reset" => self.letter_kind_reset().to_owned(),
            "invitation" => self.letter_kind_invitation().to_owned(),
            "new_device" => self.letter_kind_new_device().to_owned(),
            "password_changed" => self.letter_kind_password_changed().to_owned(),
            "review_assigned" => self.letter_kind_review_assigned().to_owned(),
            "review_reminder" => self.letter_kind_review_reminder().to_owned(),
            "review_declined" => self.letter_kind_review_declined().to_owned(),
            "application_received" => self.letter_kind_application_received().to_owned(),
            "application_reminder" => self.letter_kind_application_reminder().to_owned(),
            "cohort_cancelled" => self.letter_kind_cohort_cancelled().to_owned(),
            "hold_released" => self.letter_kind_hold_released().to_owned(),
            other => {
                let rooms = [
                    self.letter_kind_of_offers(other),
                    self.letter_kind_of_teaching(other),
                    self.letter_kind_of_attendance(other),
                    self.letter_kind_of_assessment(other),
                    self.letter_kind_of_risk(other),
                    self.letter_kind_of_progress(other),
                ];
                let known = rooms.into_iter().find(|it| !it.is_empty());
                known.map_or_else(|| other.replace('_', " "), str::to_owned)
            }
        }
    }
}
