//! Names as people in Hong Kong bear them: a family name that some lack, given names, a Western
//! name, a Chinese name. None is ever derived from another.

use super::Fault;
use super::search::fold;
use crate::lang::{Lang, Say};

/// The longest single name, in characters (not bytes: many names lie outside the BMP).
pub const NAME_MAX_CHARS: usize = 100;

/// The names of a person; at least one of them is there. Made by [`Names::new`] only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Names {
    family_name: Option<String>,
    given_names: Option<String>,
    western_name: Option<String>,
    name_zh: Option<String>,
}

/// Which name a [`NameFault`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamePart {
    /// `CHAN` of `CHAN Tai Man, Peter`.
    Family,
    /// `Tai Man`.
    Given,
    /// `Peter`.
    Western,
    /// `陳大文`, family and given name in one.
    Chinese,
}

/// Why texts are no [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// No name at all.
    Missing,
    /// Longer than [`NAME_MAX_CHARS`].
    TooLong(NamePart),
    /// A control character, or one that turns the direction of the text around it.
    Control(NamePart),
}

impl NameFault {
    /// The name that is at fault; none when all are missing.
    #[must_use]
    pub fn part(self) -> Option<NamePart> {
        match self {
            Self::Missing => None,
            Self::TooLong(part) | Self::Control(part) => Some(part),
        }
    }
}

impl Fault for NameFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "name_missing",
            Self::TooLong(_) => "name_too_long",
            Self::Control(_) => "control_character",
        }
    }
}

impl Say for NameFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Missing => lang.name_missing().to_owned(),
            Self::TooLong(_) => lang.name_too_long(NAME_MAX_CHARS),
            Self::Control(_) => lang.name_control().to_owned(),
        }
    }
}

impl Names {
    /// Names as typed. Spaces are tidied, nothing else is changed: rare characters and the bearer's
    /// own capitals stay.
    ///
    /// # Errors
    /// The first [`NameFault`], in the order of the arguments; `Missing` when all are empty.
    pub fn new(family: &str, given: &str, western: &str, zh: &str) -> Result<Self, NameFault> {
        let names = Self {
            family_name: tidy(family, NamePart::Family)?,
            given_names: tidy(given, NamePart::Given)?,
            western_name: tidy(western, NamePart::Western)?,
            name_zh: tidy(zh, NamePart::Chinese)?,
        };
        let any = [
            &names.family_name,
            &names.given_names,
            &names.western_name,
            &names.name_zh,
        ]
        .into_iter()
        .any(Option::is_some);
        if any {
            Ok(names)
        } else {
            Err(NameFault::Missing)
        }
    }

    /// The family name, if the person has one.
    #[must_use]
    pub fn family_name(&self) -> Option<&str> {
        self.family_name.as_deref()
    }

    /// The given names.
    #[must_use]
    pub fn given_names(&self) -> Option<&str> {
        self.given_names.as_deref()
    }

    /// The Western name.
    #[must_use]
    pub fn western_name(&self) -> Option<&str> {
        self.western_name.as_deref()
    }

    /// The Chinese name, whole.
    #[must_use]
    pub fn name_zh(&self) -> Option<&str> {
        self.name_zh.as_deref()
    }

    /// `CHAN Tai Man, Peter`: the family name in capitals, so that a reader knows which it is.
    /// Someone with a Chinese name only is shown by that.
    #[must_use]
    pub fn display_en(&self) -> String {
        let family = self.family_name().map(str::to_uppercase);
        let main: Vec<&str> = [family.as_deref(), self.given_names()]
            .into_iter()
            .flatten()
            .collect();
        match (main.is_empty(), self.western_name()) {
            (false, Some(western)) => format!("{}, {western}", main.join(" ")),
            (false, None) => main.join(" "),
            (true, Some(western)) => western.to_owned(),
            (true, None) => self.name_zh().unwrap_or_default().to_owned(),
        }
    }

    /// The Chinese name, or the English one of someone who has none.
    #[must_use]
    pub fn display_zh(&self) -> String {
        self.name_zh()
            .map_or_else(|| self.display_en(), str::to_owned)
    }

    /// The name for a reader of `lang`.
    #[must_use]
    pub fn display(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.display_en(),
            Lang::Zh => self.display_zh(),
        }
    }

    /// Orders lists by family name, then given names, then Western and Chinese name, ignoring
    /// case, spaces, hyphens and accents. Each name is one word of the key, and a space comes
    /// before every letter: `Chan Tai Man` stands before `Chang Man`.
    #[must_use]
    pub fn sort_key(&self) -> String {
        [
            self.family_name(),
            self.given_names(),
            self.western_name(),
            self.name_zh(),
        ]
        .into_iter()
        .flatten()
        .map(|name| fold(name).chars().filter(|c| c.is_alphanumeric()).collect())
        .collect::<Vec<String>>()
        .join(" ")
    }
}

/// Spaces tidied; `None` when nothing is left.
fn tidy(text: &str, part: NamePart) -> Result<Option<String>, NameFault> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(|c| matches!(c, '\u{feff}' | '\u{200b}'));
    if name.is_empty() {
        return Ok(None);
    }
    if name.chars().any(is_hidden_control) {
        return Err(NameFault::Control(part));
    }
    if name.chars().count() > NAME_MAX_CHARS {
        return Err(NameFault::TooLong(part));
    }
    Ok(Some(name.to_owned()))
}

/// Control characters, and those that turn the direction of text: neither can be part of a name,
/// and the latter can make one name look like another.
fn is_hidden_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
