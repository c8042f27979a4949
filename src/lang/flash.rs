//! Sentences about what has just been done, shown once on the next page. A flash travels as its
//! name in a cookie; only names listed here are ever shown.
use super::{Lang, texts};

texts! {
    flash_saved: "Saved." | "已儲存。";
    flash_signed_out: "You have signed out." | "你已登出。";
    flash_sessions_ended: "All other devices have been signed out." | "已登出其他所有裝置。";
    flash_password_changed: "Your password has been changed." | "你的密碼已更改。";
}

impl Lang {
    /// Tone (`ok`, `warn`) and sentence of a flash.
    #[must_use]
    pub fn flash(self, name: &str) -> Option<(&'static str, String)> {
        let text = match name {
            "saved" => self.flash_saved(),
            "signed_out" => self.flash_signed_out(),
            "sessions_ended" => self.flash_sessions_ended(),
            "password_changed" => self.flash_password_changed(),
            "application_submitted" => self.flash_application_submitted(),
            "application_withdrawn" => self.flash_application_withdrawn(),
            "application_reopened" => self.flash_application_reopened(),
            "document_saved" => self.flash_document_saved(),
            "document_removed" => self.flash_document_removed(),
            "import_done" => self.flash_import_done(),
            _ => return None,
        };
        Some(("ok", text.to_owned()))
    }
}
