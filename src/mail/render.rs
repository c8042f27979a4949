//! From a letter's blocks to the text and HTML that are queued. Both are made from the same list,
//! with placeholders where links will stand.

use askama::Template;

use super::letter::{Block, Letter, Link, Why, clean_line};
use super::wrap::wrap;
use crate::error::{Error, Result};
use crate::lang::Lang;

/// Columns of the plain text part (RFC 5322 recommends at most 78 characters).
const COLUMNS: usize = 76;

/// A letter made ready for the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Subject, one line.
    pub subject: String,
    /// Plain text part.
    pub text: String,
    /// HTML part.
    pub html: String,
}

/// Renders `letter` for a reader of `lang`; `programme` is the programme's name in that language.
///
/// # Errors
/// [`Error::Internal`] when the template fails, which nothing in a letter can cause.
pub fn render(letter: &dyn Letter, lang: Lang, programme: &str) -> Result<Rendered> {
    let subject = clean_line(&letter.subject(lang));
    let body = letter.body(lang);
    let programme = clean_line(programme);
    let why = letter.why();
    let footer = footer(body.blocks(), lang, why, &programme);
    let page = Layout {
        lang,
        subject: &subject,
        programme: &programme,
        preheader: preheader(body.blocks()),
        parts: body.blocks().iter().map(part).collect(),
        footer: &footer,
    };
    let html = page
        .render()
        .map_err(|err| Error::Internal(format!("mail layout of {}: {err}", letter.kind())))?;
    Ok(Rendered {
        text: text(body.blocks(), lang, &footer, &programme),
        subject,
        html,
    })
}

/// The sentences below a letter.
fn footer(blocks: &[Block], lang: Lang, why: Why, programme: &str) -> Vec<String> {
    let mut lines = vec![why.say(lang, programme)];
    let private = |block: &Block| {
        matches!(
            block,
            Block::Button {
                link: Link::Private { .. },
                ..
            }
        )
    };
    if blocks.iter().any(private) {
        lines.push(lang.mail_keep_link().to_owned());
    }
    lines.push(lang.mail_do_not_reply().to_owned());
    lines
}

fn text(blocks: &[Block], lang: Lang, footer: &[String], programme: &str) -> String {
    let colon = lang.pick(": ", "：");
    let mut out: Vec<String> = Vec::new();
    for block in blocks {
        match block {
            Block::Greeting(t) | Block::Para(t) | Block::Note(t) => {
                out.extend(wrap(t, COLUMNS, ""));
            }
            Block::Facts(facts) => {
                for (label, value) in facts {
                    out.extend(wrap(&format!("{label}{colon}{value}"), COLUMNS, "  "));
                }
            }
            Block::Button { label, link } => {
                out.extend(wrap(&format!("{label}{}", colon.trim_end()), COLUMNS, ""));
                out.push(link.placeholder());
            }
            Block::Quote(t) => {
                let lines = wrap(t, COLUMNS - 2, "");
                out.extend(lines.iter().map(|l| format!("> {l}").trim_end().to_owned()));
            }
        }
        out.push(String::new());
    }
    out.push("----".to_owned());
    out.extend(wrap(programme, COLUMNS, ""));
    for sentence in footer {
        out.extend(wrap(sentence, COLUMNS, ""));
    }
    out.push(String::new());
    out.join("\n")
}

/// What a mailbox shows beside the subject: the beginning of the first paragraph.
fn preheader(blocks: &[Block]) -> String {
    let first = blocks.iter().find_map(|block| match block {
        Block::Para(t) | Block::Note(t) => Some(t),
        Block::Greeting(_) | Block::Facts(_) | Block::Button { .. } | Block::Quote(_) => None,
    });
    let line = clean_line(first.map(String::as_str).unwrap_or_default());
    line.chars().take(120).collect()
}

/// A block as the template wants it: text split at its line breaks.
enum Part<'b> {
    Greeting(&'b str),
    Para(Vec<&'b str>),
    Facts(Vec<(&'b str, Vec<&'b str>)>),
    Button(&'b str, String),
    Quote(Vec<&'b str>),
    Note(Vec<&'b str>),
}

fn part(block: &Block) -> Part<'_> {
    match block {
        Block::Greeting(t) => Part::Greeting(t),
        Block::Para(t) => Part::Para(t.split('\n').collect()),
        Block::Facts(facts) => Part::Facts(
            facts
                .iter()
                .map(|(label, value)| (label.as_str(), value.split('\n').collect()))
                .collect(),
        ),
        Block::Button { label, link } => Part::Button(label, link.placeholder()),
        Block::Quote(t) => Part::Quote(t.split('\n').collect()),
        Block::Note(t) => Part::Note(t.split('\n').collect()),
    }
}

#[derive(Template)]
#[template(path = "mail/layout.html")]
struct Layout<'a> {
    lang: Lang,
    subject: &'a str,
    programme: &'a str,
    preheader: String,
    parts: Vec<Part<'a>>,
    footer: &'a [String],
}
