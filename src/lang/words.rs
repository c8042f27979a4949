//! Two small declarations that every room's rules use: an enum that is one word in a text column
//! and a label for people, and an enum of refusals with their sentences.

/// Declares an enum whose values are words: `Variant = "code" => text_key,`. Gives `ALL` (in the
/// order written), `as_str`, `parse` and `label`.
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis enum $name:ident {
        $( $(#[$vdoc:meta])* $variant:ident = $code:literal => $text:ident, )*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name { $( $(#[$vdoc])* $variant, )* }

        impl $name {
            /// Every value, in the order in which people read them.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];

            /// The word kept in the database and spoken by the API.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $code, )* }
            }

            /// Reads that word; exact, since no person types it.
            pub fn parse(code: &str) -> Option<Self> {
                match code { $( $code => Some(Self::$variant), )* _ => None }
            }

            /// What a person reads.
            pub fn label(self, lang: $crate::lang::Lang) -> &'static str {
                match self { $( Self::$variant => lang.$text(), )* }
            }
        }
    };
}

/// Declares an enum of refusals: `Variant = "code" => text_key,`, each with a stable code for the
/// API and its sentence in both languages.
macro_rules! refusals {
    ($(#[$doc:meta])* $vis:vis enum $name:ident {
        $( $(#[$vdoc:meta])* $variant:ident = $code:literal => $text:ident, )*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name { $( $(#[$vdoc])* $variant, )* }

        impl $name {
            /// Every refusal, so that a test can read all the sentences.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];
        }
        impl $crate::lang::Say for $name {
            fn say(&self, lang: $crate::lang::Lang) -> String {
                match self { $( Self::$variant => lang.$text().to_owned(), )* }
            }
        }
        impl $crate::error::Refusal for $name {
            fn code(&self) -> &'static str {
                match self { $( Self::$variant => $code, )* }
            }
        }
    };
}
pub(crate) use {refusals, words};
