//! What an evaluation asks: items on a scale of five or "not observed", and answers beside them.

use std::collections::BTreeMap;

use crate::lang::Lang;
use crate::lang::words;

words! {
    /// A rating: below expectation, developing, meets, exceeds, outstanding; or not observed, which counts in
    /// no mean.
    pub enum Rating {
        /// 1.
        Below = "1" => sup_rating_1,
        /// 2.
        Developing = "2" => sup_rating_2,
        /// 3.
        Meets = "3" => sup_rating_3,
        /// 4.
        Exceeds = "4" => sup_rating_4,
        /// 5.
        Outstanding = "5" => sup_rating_5,
        /// Not observed.
        NotObserved = "n" => sup_rating_n,
    }
}

words! {
    /// Was the deliverable accepted?
    pub enum Accepted {
        /// Yes.
        Yes = "yes" => sup_accepted_yes,
        /// In part.
        Partly = "partly" => sup_accepted_partly,
        /// No.
        No = "no" => sup_accepted_no,
    }
}

words! {
    /// Would the institution recommend the trainee for hire?
    pub enum Recommend {
        /// Now.
        Now = "now" => sup_recommend_now,
        /// Later.
        Later = "later" => sup_recommend_later,
        /// No.
        No = "no" => sup_recommend_no,
    }
}

/// A block of items.
pub type Block = (
    fn(Lang) -> &'static str,
    &'static [(&'static str, fn(Lang) -> &'static str)],
);

/// The items of an evaluation of a trainee (`domain.md` 4.3).
pub const OF_TRAINEE: &[Block] = &[
    (
        Lang::sup_block_technical,
        &[
            ("risk", Lang::sup_item_risk),
            ("control", Lang::sup_item_control),
            ("data", Lang::sup_item_data),
            ("tools", Lang::sup_item_tools),
            ("regulation", Lang::sup_item_regulation),
        ],
    ),
    (
        Lang::sup_block_professional,
        &[
            ("reliability", Lang::sup_item_reliability),
            ("confidentiality", Lang::sup_item_confidentiality),
            ("writing", Lang::sup_item_writing),
            ("speaking", Lang::sup_item_speaking),
            ("teamwork", Lang::sup_item_teamwork),
            ("problems", Lang::sup_item_problems),
            ("agility", Lang::sup_item_agility),
            ("initiative", Lang::sup_item_initiative),
        ],
    ),
];

/// The items of a trainee's review of an institution.
pub const OF_HOST: &[Block] = &[(
    Lang::sup_block_host,
    &[
        ("work", Lang::sup_item_work),
        ("guidance", Lang::sup_item_guidance),
        ("feedback", Lang::sup_item_feedback),
        ("fairness", Lang::sup_item_fairness),
        ("learning", Lang::sup_item_learning),
    ],
)];

/// Answers by their names.
pub type Answers = BTreeMap<String, String>;

/// The mean of a block in hundredths, items not observed left out; nothing when none was observed.
#[must_use]
pub fn mean(block: &Block, answers: &Answers) -> Option<i64> {
    let rated: Vec<i64> = block
        .1
        .iter()
        .filter_map(|(name, _)| answers.get(*name)?.parse().ok())
        .filter(|it| (1..=5).contains(it))
        .collect();
    let count = i64::try_from(rated.len()).ok()?;
    (rated.iter().sum::<i64>() * 200 + count)
        .checked_div(count * 2)
        .filter(|_| count > 0)
}

/// Hundredths as people read them: `3.25`.
#[must_use]
pub fn hundredths(n: i64) -> String {
    format!("{}.{:02}", n / 100, n % 100)
}

/// Fewest reviews of an institution whose means it is told (`domain.md` 5.3).
pub const FEWEST_REVIEWS: usize = 5;
