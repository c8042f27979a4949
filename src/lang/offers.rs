//! Texts of offers.
use super::texts;

texts! {
    offer_open: "Open" | "待回覆";
    offer_accepted: "Accepted" | "已接受";
    offer_declined: "Declined" | "已婉拒";
    offer_expired: "Expired" | "已逾期";
    offer_withdrawn: "Withdrawn" | "已撤回";

    offer_refuse_expired: "The time to answer this offer is over." | "此取錄通知的回覆限期已過。";
    offer_refuse_not_due: "This offer can still be answered; it has not expired." | "此取錄通知仍可回覆，尚未逾期。";
    offer_refuse_accepted: "This offer has already been accepted." | "此取錄通知早已獲接受。";
    offer_refuse_declined: "This offer has already been declined." | "此取錄通知早已婉拒。";
    offer_refuse_ended_expired: "This offer expired." | "此取錄通知已逾期。";
    offer_refuse_not_later: "The new deadline must be later than the present one." | "新的回覆限期必須較原有限期遲。";
    release_refuse_not_now: "Decisions are released after the call has closed and before teaching begins." | "須於截止申請後及開課前公布決定。";
    release_refuse_nothing: "No decision is waiting for release." | "沒有待公布的決定。";
    release_refuse_changed: "Something changed since this preview was made. Nothing was released; please look again." | "預覽後資料已有更改，因此未有公布任何決定，請重新查看。";
    release_refuse_no_pool: "Somebody who is accepted or put on the waitlist fits no seat pool of this intake. Add an open pool (it may have no seats yet) or change the decision; nothing was released." | "有獲取錄或列入候補名單的申請人不適用於本屆任何名額組別。請新增公開名額組別（可暫設零名額）或更改決定；未有公布任何決定。";
    offer_refuse_withdrawn: "This offer was withdrawn." | "此取錄通知已撤回。";
}
