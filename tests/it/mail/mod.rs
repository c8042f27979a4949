//! The mail room: letters, messages, transport.

mod away;
mod hold;
mod kills;
mod letters;
pub mod messages;
pub mod outbox;
mod pages;
mod stalls;
mod sweep;
mod transports;

use banyan::ids::LinkId;
use banyan::lang::Lang;
use banyan::mail::{Body, Letter, Link, Why};

/// An offer's letter, as a room would write one. People and organisations are invented.
pub struct Sample {
    pub name: &'static str,
    pub link: LinkId,
}

impl Sample {
    pub fn new(name: &'static str) -> Self {
        let link = "0190a000-0000-7000-8000-000000000001".parse().unwrap();
        Self { name, link }
    }
}

impl Letter for Sample {
    fn kind(&self) -> &'static str {
        "sample_offer"
    }

    fn subject(&self, lang: Lang) -> String {
        lang.pick(
            "You have an offer: please reply by 30 Nov 2026",
            "取錄通知：請於2026年11月30日或之前回覆",
        )
        .to_owned()
    }

    fn body(&self, lang: Lang) -> Body {
        let link = Link::private("offer", self.link);
        match lang {
            Lang::En => Body::new()
                .greeting(lang.mail_dear(self.name))
                .para("We are pleased to offer you a seat in the first cohort of 2027. The seat is kept for you until the deadline below; after that it goes to the next person on the waitlist.")
                .fact("Cohort", "First cohort of 2027")
                .fact("Seat pool", "General")
                .fact("Reply by", "Mon 30 Nov 2026, 23:59 HKT")
                .button("See the offer and reply", link)
                .quote("We liked your project on fair credit scoring.\nPlease bring it to the first session.")
                .note("If you cannot come, declining early lets somebody else take the seat."),
            Lang::Zh => Body::new()
                .greeting(lang.mail_dear(self.name))
                .para("我們很高興通知你，你已獲取錄參加2027年第一屆課程。名額會為你保留至下列限期；逾期未覆，名額將由候補名單上的下一位申請人補上。")
                .fact("屆別", "2027年第一屆")
                .fact("名額類別", "一般")
                .fact("回覆限期", "2026年11月30日（星期一）23:59（香港時間）")
                .button("查看取錄通知並回覆", link)
                .quote("我們欣賞你有關公平信貸評分的專題。\n請在首個課節帶來。")
                .note("如未能參加，請儘早婉拒，讓其他申請人補上。"),
        }
    }

    fn why(&self) -> Why {
        Why::Applicant
    }
}
