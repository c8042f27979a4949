//! What a letter says, before it has a look: a list of neutral blocks, and links whose secrets are
//! made only when the letter leaves.

use crate::ids::LinkId;
use crate::lang::Lang;

/// Something that the house writes to a person. Each room has an enum of its own.
pub trait Letter {
    /// A stable name, such as `offer_issued`: for the outbox, its filters and its counts.
    fn kind(&self) -> &'static str;
    /// The subject line.
    fn subject(&self, lang: Lang) -> String;
    /// What it says.
    fn body(&self, lang: Lang) -> Body;
    /// Why its reader gets it, for the footer.
    fn why(&self) -> Why {
        Why::Account
    }
    /// What the reader's calendar takes in, if anything.
    fn calendar(&self, _lang: Lang) -> Option<CalendarPart> {
        None
    }
}

/// The part of a letter that is for a calendar (RFC 6047).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarPart {
    /// `REQUEST`, `CANCEL` or `PUBLISH`: as in the text.
    pub method: &'static str,
    /// The calendar, its lines ending in CRLF.
    pub text: String,
}

/// Why a person gets a letter; the footer says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Has an account.
    Account,
    /// Somebody typed this address at our site: sign-in, registration, reset.
    Request,
    /// Has begun or handed in an application.
    Applicant,
    /// Is enrolled.
    Trainee,
    /// Reviews applications.
    Reviewer,
    /// Runs the programme.
    Staff,
    /// Belongs to a university or host that takes part.
    Partner,
    /// Opted in to news, and can opt out.
    Subscriber,
}

impl Why {
    /// The sentence of the footer.
    #[must_use]
    pub fn say(self, lang: Lang, programme: &str) -> String {
        match self {
            Self::Account => lang.mail_why_account(programme),
            Self::Request => lang.mail_why_request(programme),
            Self::Applicant => lang.mail_why_applicant(programme),
            Self::Trainee => lang.mail_why_trainee(programme),
            Self::Reviewer => lang.mail_why_reviewer(programme),
            Self::Staff => lang.mail_why_staff(programme),
            Self::Partner => lang.mail_why_partner(programme),
            Self::Subscriber => lang.mail_why_subscriber(programme),
        }
    }
}

/// One block of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// `Dear Ms Chan,`
    Greeting(String),
    /// A paragraph; line breaks in it are kept.
    Para(String),
    /// Labels with their values: dates, places, references.
    Facts(Vec<(String, String)>),
    /// The one thing to do now.
    Button {
        /// What pressing it does.
        label: String,
        /// Where it leads.
        link: Link,
    },
    /// Somebody's own words.
    Quote(String),
    /// A small remark.
    Note(String),
}

/// The blocks of a letter. Its builder takes away what a mail program must never see, so every
/// block that can be read from it is clean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body(Vec<Block>);

impl Body {
    /// An empty body.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a greeting line.
    #[must_use]
    pub fn greeting(self, text: impl AsRef<str>) -> Self {
        self.with(Block::Greeting(clean_line(text.as_ref())))
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn para(self, text: impl AsRef<str>) -> Self {
        self.with(Block::Para(clean_text(text.as_ref())))
    }

    /// Adds a label and its value, to the list of facts before it if there is one.
    #[must_use]
    pub fn fact(mut self, label: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let pair = (clean_line(label.as_ref()), clean_text(value.as_ref()));
        if let Some(Block::Facts(facts)) = self.0.last_mut() {
            facts.push(pair);
            return self;
        }
        self.with(Block::Facts(vec![pair]))
    }

    /// Adds a button.
    #[must_use]
    pub fn button(self, label: impl AsRef<str>, link: Link) -> Self {
        self.with(Block::Button {
            label: clean_line(label.as_ref()),
            link,
        })
    }

    /// Adds somebody's own words.
    #[must_use]
    pub fn quote(self, text: impl AsRef<str>) -> Self {
        self.with(Block::Quote(clean_text(text.as_ref())))
    }

    /// Adds a small remark.
    #[must_use]
    pub fn note(self, text: impl AsRef<str>) -> Self {
        self.with(Block::Note(clean_text(text.as_ref())))
    }

    /// The blocks in order.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.0
    }

    fn with(mut self, block: Block) -> Self {
        self.0.push(block);
        self
    }
}

/// Stands before each placeholder. A noncharacter of Unicode, which [`clean_text`] takes out of
/// everything that people type: nobody can write a placeholder into a name.
const MARK: char = '\u{FDD0}';

/// Where a button leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A page of our site that anyone may know of, beginning with `/`.
    Path(String),
    /// A link for the reader alone, whose token is made when the letter is sent.
    Private {
        /// What the token is good for, such as `offer`: lower case, digits, `-` and `_`.
        purpose: &'static str,
        /// The link's row.
        id: LinkId,
    },
}

impl Link {
    /// A page of our site.
    #[must_use]
    pub fn path(path: impl Into<String>) -> Self {
        Self::Path(path.into())
    }

    /// A private link.
    #[must_use]
    pub fn private(purpose: &'static str, id: LinkId) -> Self {
        Self::Private { purpose, id }
    }

    /// The placeholder that stands in a queued letter: `{{site:/me}}` or
    /// `{{private:offer:<uuid>}}`, after an invisible mark.
    #[must_use]
    pub fn placeholder(&self) -> String {
        match self {
            Self::Path(path) => format!("{MARK}{{{{site:{}}}}}", safe_path(path)),
            Self::Private { purpose, id } => format!("{MARK}{{{{private:{purpose}:{id}}}}}"),
        }
    }
}

/// A path that stays on our site and on one line; anything else leads to the front page.
fn safe_path(path: &str) -> &str {
    let printable =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '{' | '}' | '\\');
    if path.starts_with('/') && !path.starts_with("//") && path.chars().all(printable) {
        path
    } else {
        "/"
    }
}

/// Puts real addresses in place of the placeholders of a rendered text or HTML part, just before
/// it is sent. A private link becomes `<public_url>/link/<purpose>/<token>`, where `token` makes
/// the token; a character that has no place in an address is percent-encoded.
#[must_use]
pub fn fill_links(
    text: &str,
    public_url: &str,
    mut token: impl FnMut(&str, LinkId) -> String,
) -> String {
    let site = public_url.trim_end_matches('/');
    replace(text, |_before, target| match target {
        Target::Path(path) => format!("{site}{path}"),
        Target::Private(purpose, id) => {
            format!("{site}/link/{purpose}/{}", url_safe(&token(purpose, id)))
        }
    })
}

/// The same letter for people who look after the delivery log: private links are named, not shown,
/// and lead nowhere.
#[must_use]
pub fn mask_links(text: &str, lang: Lang, base: &str) -> String {
    replace(text, |before, target| match target {
        Target::Path(path) => format!("{base}{path}"),
        Target::Private(..) if before.ends_with("href=\"") => "#".to_owned(),
        Target::Private(..) => lang.mail_private_link().to_owned(),
    })
}

enum Target<'t> {
    Path(&'t str),
    Private(&'t str, LinkId),
}

/// Replaces each placeholder; what looks like one but is none stays, without its mark.
fn replace(text: &str, mut with: impl FnMut(&str, Target<'_>) -> String) -> String {
    let mut parts = text.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some((target, rest)) = target(part) {
            let link = with(&out, target);
            out.push_str(&link);
            out.push_str(rest);
        } else {
            out.push_str(part);
        }
    }
    out
}

fn target(part: &str) -> Option<(Target<'_>, &str)> {
    let (inner, rest) = part.strip_prefix("{{")?.split_once("}}")?;
    if let Some(path) = inner.strip_prefix("site:") {
        return Some((Target::Path(path), rest));
    }
    let (purpose, id) = inner.strip_prefix("private:")?.split_once(':')?;
    Some((Target::Private(purpose, id.parse().ok()?), rest))
}

fn url_safe(token: &str) -> String {
    let mut out = String::with_capacity(token.len());
    for byte in token.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// One line of plain characters: every break, tab or run of spaces is one space, and what
/// [`clean_text`] removes is gone.
#[must_use]
pub fn clean_line(text: &str) -> String {
    let text = clean_text(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Plain characters and `\n`: control characters, noncharacters and the marks that turn the
/// direction of writing (with which a name can pretend to be another) are removed; other kinds of
/// line break become `\n`, tabs become spaces.
#[must_use]
pub fn clean_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let kept = text.chars().filter_map(|c| match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        c if c.is_control() || is_noncharacter(c) => None,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' => None,
        '\u{FEFF}' => None,
        c => Some(c),
    });
    kept.collect::<String>().trim().to_owned()
}

fn is_noncharacter(c: char) -> bool {
    let point = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&point) || point & 0xFFFE == 0xFFFE
}
