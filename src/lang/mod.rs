//! English and Traditional Chinese (Hong Kong): every text that a person reads.
//!
//! A text is a method of [`Lang`], made by the `texts!` macro from a pair; a missing half does not
//! compile. Each room keeps its own list in a file of its own name here. Dates, money and names
//! are in [`mod@format`].

use serde::{Deserialize, Serialize};

mod api;
mod applications;
mod apply;
mod assessment;
mod attendance;
mod at_risk;
mod cohort_pages;
mod cohorts;
mod curriculum;
mod desk;
mod desks;
mod desk_placements;
mod desks_public;
mod enrolments;
mod files;
mod flash;
pub mod format;
mod funding;
mod history;
mod hosting;
mod import;
mod interviews;
mod interview_mail;
mod mail;
mod mail_pages;
mod matches;
mod materials;
mod offer_mail;
mod offer_pages;
mod offers;
mod organisation_pages;
mod people;
mod people_pages;
mod placement_mail;
mod placement_pages;
mod placements;
mod programme_pages;
mod programme_setup;
mod programmes;
mod progress;
mod reviews;
mod sharing;
mod shell;
mod supervision;
mod teaching;
mod words;

/// A reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Lang {
    /// English as written in Hong Kong.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Traditional Chinese with Hong Kong words.
    #[serde(rename = "zh-Hant-HK")]
    Zh,
}

impl Lang {
    /// Both languages, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// BCP 47 tag, as in `<html lang>` and in the database.
    pub fn tag(self) -> &'static str {
        self.pick("en", "zh-Hant-HK")
    }

    /// Reads a tag leniently: any `zh…` is Traditional Chinese, any `en…` English.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        if tag.starts_with("zh") || tag == "yue" || tag == "tc" {
            Some(Self::Zh)
        } else if tag.starts_with("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// The first language of an `Accept-Language` header that we speak.
    pub fn accepted(header: &str) -> Option<Self> {
        header
            .split(',')
            .find_map(|part| Self::parse(part.split(';').next().unwrap_or_default()))
    }

    /// The half that this reader reads.
    pub fn pick<T>(self, en: T, zh: T) -> T {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// A label before its value: `Reference: `, `參考編號：`.
    #[must_use]
    pub fn before(self, label: &str) -> String {
        self.pick(format!("{label}: "), format!("{label}："))
    }

    /// A remark in brackets after something, with the space that it needs: ` (optional)`, `（選填）`.
    #[must_use]
    pub fn aside(self, remark: &str) -> String {
        self.pick(format!(" ({remark})"), format!("（{remark}）"))
    }

    /// Words of others in quotation marks; marks inside them are those of the second level.
    #[must_use]
    pub fn quoted(self, words: &str) -> String {
        let inner = self.pick(
            words.replace('“', "‘").replace('”', "’"),
            words.replace('「', "『").replace('」', "』"),
        );
        self.pick(format!("“{inner}”"), format!("「{inner}」"))
    }

    /// The other language, for the switch in the header.
    pub fn other(self) -> Self {
        self.pick(Self::Zh, Self::En)
    }
}

/// Something that can be said to a reader in either language.
pub trait Say {
    /// The sentence.
    fn say(&self, lang: Lang) -> String;
}

/// Declares texts as pairs: `key: "English" | "中文";`, with arguments
/// `key(name: &str): "Dear {name}" | "{name}：";`, and with an English singular
/// `key(n: i64): "1 seat" + "{n} seats" | "{n}個名額";` (the count is the first argument).
macro_rules! texts {
    ($( $name:ident $( ( $($arg:ident : $ty:ty),+ $(,)? ) )? : $en:literal $( + $many:literal )? | $zh:literal ; )*) => {
        impl $crate::lang::Lang {
            $( $crate::lang::texts!(@one $name $( ( $($arg : $ty),+ ) )? : $en $( + $many )? | $zh ;); )*
        }
    };
    (@one $name:ident : $en:literal | $zh:literal ;) => {
        #[doc = $en]
        #[must_use]
        pub fn $name(self) -> &'static str { self.pick($en, $zh) }
    };
    (@one $name:ident ( $($arg:ident : $ty:ty),+ ) : $en:literal | $zh:literal ;) => {
        #[doc = $en]
        #[must_use]
        pub fn $name(self, $($arg : $ty),+) -> String {
            $( let _ = &$arg; )+
            match self {
                $crate::lang::Lang::En => format!($en),
                $crate::lang::Lang::Zh => format!($zh),
            }
        }
    };
    (@one $name:ident ( $n:ident : $nty:ty $(, $arg:ident : $ty:ty)* ) : $en:literal + $many:literal | $zh:literal ;) => {
        #[doc = $many]
        #[must_use]
        pub fn $name(self, $n : $nty $(, $arg : $ty)*) -> String {
            $( let _ = &$arg; )*
            match self {
                $crate::lang::Lang::En if $n == 1 => format!($en),
                $crate::lang::Lang::En => format!($many),
                $crate::lang::Lang::Zh => format!($zh),
            }
        }
    };
}
pub use programme_pages::per_cent;
pub(crate) use texts;
pub(crate) use words::{refusals, words};
