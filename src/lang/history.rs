//! The history in words: one sentence for each verb of the audit trail.

use serde_json::Value;

use super::{Lang, texts};

texts! {
    history_unknown(verb: &str): "Recorded: {verb}" | "紀錄：{verb}";
    history_system: "The system" | "系統";
}

impl Lang {
    /// What happened, in words. `details` are those that the event stored, or null when erased.
    #[must_use]
    pub fn history(self, verb: &str, details: &Value) -> String {
        self.cohorts_history(verb, details)
            .or_else(|| self.organisations_history(verb, details))
            .or_else(|| self.programmes_history(verb, details))
            .unwrap_or_else(|| self.history_unknown(verb))
    }
}
