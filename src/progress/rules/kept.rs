//! A verdict as the record of a confirmation keeps it, and read back from there.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::ids::ModuleId;

use super::Standing;
use super::verdict::{Amount, Line, Reason, Verdict, What, together};

impl Verdict {
    /// The verdict as the record of a confirmation keeps it.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        let lines = self.lines.iter().map(|it| {
            let (have, need) = match it.amount {
                Amount::Share { have, need } => (have, need),
                Amount::Count { have, need } => (Some(have), need),
            };
            json!({
                "what": it.what.code(),
                "module": it.what.module(),
                "standing": it.standing.as_str(),
                "have": have,
                "need": need,
                "reason": it.reason.code(),
                "ahead": ahead(it.reason),
            })
        });
        json!({ "overall": self.overall.as_str(), "lines": lines.collect::<Vec<_>>() })
    }

    /// The verdict that a record keeps; nothing for what is no such record.
    #[must_use]
    pub fn kept(record: &Value) -> Option<Self> {
        let (mut groups, mut forms) = (0..usize::MAX, 0..usize::MAX);
        let mut lines = Vec::new();
        for it in record.get("lines")?.as_array()? {
            lines.push(line(it, &mut groups, &mut forms)?);
        }
        Some(Self {
            overall: together(lines.iter().map(|it| it.standing))?,
            frozen: false,
            lines,
        })
    }
}

fn ahead(reason: Reason) -> Option<u32> {
    if let Reason::Attended(minutes) = reason {
        return Some(minutes);
    }
    None
}

fn line(
    it: &Value,
    groups: &mut impl Iterator<Item = usize>,
    forms: &mut impl Iterator<Item = usize>,
) -> Option<Line> {
    let word = |name: &str| it.get(name).and_then(Value::as_str);
    let number = |name: &str| {
        let value = it.get(name).and_then(Value::as_u64);
        value.and_then(|it| u32::try_from(it).ok())
    };
    let module = || word("module").and_then(|id| id.parse::<Uuid>().ok().map(ModuleId));
    let what = match word("what")? {
        "attendance" => What::Whole,
        "module_attendance" => What::Each(module()?),
        "module" => What::Module(module()?),
        "options" => What::AnyOf(groups.next()?),
        "module_mark" => What::Mark(module()?),
        "average_mark" => What::Average,
        "form" => What::Form(forms.next()?),
        "practice" => What::Practice,
        _ => return None,
    };
    let (have, need) = (number("have"), number("need")?);
    let amount = match what {
        What::Whole | What::Each(_) | What::Mark(_) | What::Average => Amount::Share { have, need },
        What::Module(_) | What::AnyOf(_) | What::Form(_) | What::Practice => {
            Amount::Count { have: have?, need }
        }
    };
    Some(Line {
        what,
        standing: Standing::parse(word("standing")?)?,
        amount,
        reason: reason(word("reason")?, number("ahead").unwrap_or(0))?,
        lasts: true,
    })
}

/// The reasons for which a line is met: nothing else is confirmed.
fn reason(code: &str, ahead: u32) -> Option<Reason> {
    let met = [
        Reason::Attended(ahead),
        Reason::NothingHeld,
        Reason::Exempted,
        Reason::Passed,
        Reason::MarkReached,
        Reason::MarkSoFar,
        Reason::FormIn,
        Reason::PlacementDone,
    ];
    met.into_iter().find(|it| it.code() == code)
}
