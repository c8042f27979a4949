//! What the history of an enrolment tells of sharing. Words: `lang/sharing.rs`.

use serde_json::{Value, json};

use crate::audit::Event;

use super::rules::Scope;

/// The trainee changed what an organisation may see.
pub(super) struct Changed<'a> {
    /// The organisation's names, English first.
    pub organisation: (&'a str, &'a str),
    /// What it may see from now on.
    pub granted: &'a [Scope],
    /// What it may see no more.
    pub withdrawn: &'a [Scope],
}

fn words(scopes: &[Scope]) -> Vec<&'static str> {
    scopes.iter().map(|it| it.as_str()).collect()
}

impl Event for Changed<'_> {
    fn verb(&self) -> &'static str {
        "sharing.changed"
    }

    fn details(&self) -> Value {
        json!({
            "en": self.organisation.0,
            "zh": self.organisation.1,
            "granted": words(self.granted),
            "withdrawn": words(self.withdrawn),
        })
    }
}
