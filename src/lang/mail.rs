//! Texts that every letter shares: greeting, links, and the footer that says why it came.
use super::texts;

texts! {
    mail_dear(name: &str): "Dear {name}," | "{name}：";
    mail_private_link: "[private link]" | "「私人連結」";
    mail_copy_link: "If the button does not work, copy this address into your browser:" | "如按鈕未能使用，請把以下網址複製到瀏覽器：";
    mail_do_not_reply: "This message was sent automatically. Replies to this address are not read." | "本電郵由系統自動發出，請勿直接回覆。";
    mail_keep_link: "The link in this message is for you alone. Please do not forward it." | "此電郵內的連結只供你本人使用，請勿轉寄。";
    mail_why_account(programme: &str): "You received this because you have an account with {programme}." | "你收到此電郵，是因為你在{programme}設有帳戶。";
    mail_why_request(programme: &str): "You received this because someone, most likely you, gave this address to {programme}. If it was not you, no action is needed." | "你收到此電郵，是因為有人（很可能是你本人）向{programme}提供了此電郵地址。如非本人操作，毋須理會。";
    mail_why_applicant(programme: &str): "You received this because you started an application to {programme}." | "你收到此電郵，是因為你曾開始申請{programme}。";
    mail_why_trainee(programme: &str): "You received this because you are a trainee of {programme}." | "你收到此電郵，是因為你是{programme}的學員。";
    mail_why_reviewer(programme: &str): "You received this because you review applications to {programme}." | "你收到此電郵，是因為你負責評審{programme}的申請。";
    mail_why_staff(programme: &str): "You received this because you work on {programme}." | "你收到此電郵，是因為你是{programme}的工作人員。";
    mail_why_partner(programme: &str): "You received this because your organisation takes part in {programme}." | "你收到此電郵，是因為你所屬機構參與{programme}。";
    mail_why_subscriber(programme: &str): "You received this because you asked for news of {programme}." | "你收到此電郵，是因為你曾表示希望收取{programme}的消息。";
}
