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
        let rooms: [fn(Self, &str, &Value) -> Option<String>; 6] = [
            Self::people_history,
            Self::organisations_history,
            Self::programmes_history,
            Self::cohorts_history,
            Self::history_of_applications,
            Self::history_desk,
        ];
        rooms
            .iter()
            .find_map(|room| room(self, verb, details))
            .unwrap_or_else(|| self.history_unknown(verb))
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
            _ => return None,
        })
    }
}
