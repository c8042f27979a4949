//! What letters say, in text and in HTML.

use banyan::ids::LinkId;
use banyan::lang::Lang;
use banyan::mail::{Body, Letter, Link, clean_line, fill_links, mask_links, render, width};
use proptest::prelude::*;

use super::Sample;

const NAMES: [&str; 2] = ["AI Talent Pilot Programme", "人工智能人才試點計劃"];

fn programme(lang: Lang) -> &'static str {
    lang.pick(NAMES[0], NAMES[1])
}

/// A letter of one paragraph that somebody else wrote.
struct Typed(String);

impl Letter for Typed {
    fn kind(&self) -> &'static str {
        "typed"
    }
    fn subject(&self, _lang: Lang) -> String {
        self.0.clone()
    }
    fn body(&self, lang: Lang) -> Body {
        Body::new()
            .greeting(lang.mail_dear(&self.0))
            .para(&self.0)
            .fact(&self.0, &self.0)
            .quote(&self.0)
            .note(&self.0)
            .button(&self.0, Link::path("/me"))
    }
}

#[test]
fn a_sample_letter_reads_well_in_both_languages() {
    for lang in Lang::ALL {
        let letter = render(&Sample::new("Chan Siu Ming"), lang, programme(lang)).unwrap();
        insta::assert_snapshot!(format!("sample_text_{}", lang.tag()), letter.text);
        insta::assert_snapshot!(format!("sample_html_{}", lang.tag()), letter.html);
    }
}

#[test]
fn text_and_html_say_the_same() {
    for lang in Lang::ALL {
        let letter = render(&Sample::new("Chan Siu Ming"), lang, programme(lang)).unwrap();
        let squeeze = |s: &str| s.split_whitespace().collect::<String>();
        let text = squeeze(&letter.text.replace("\n> ", "\n"));
        let html = squeeze(&letter.html.replace("<br>", ""));
        for block in Sample::new("Chan Siu Ming").body(lang).blocks() {
            for words in said(block) {
                assert!(text.contains(&squeeze(&words)), "text lacks {words}");
                assert!(html.contains(&squeeze(&words)), "HTML lacks {words}");
            }
        }
    }
}

fn said(block: &banyan::mail::Block) -> Vec<String> {
    use banyan::mail::Block;
    match block {
        Block::Greeting(t) | Block::Para(t) | Block::Note(t) | Block::Quote(t) => vec![t.clone()],
        Block::Facts(facts) => facts
            .iter()
            .flat_map(|(l, v)| [l.clone(), v.clone()])
            .collect(),
        Block::Button { label, link } => vec![label.clone(), link.placeholder()],
    }
}

#[test]
fn markup_in_a_name_stays_words() {
    let name = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'&amp;";
    for lang in Lang::ALL {
        let html = render(&Typed(name.to_owned()), lang, name).unwrap().html;
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("<img"), "{html}");
        assert!(html.contains("&#60;script&#62;alert(1)"), "{html}");
        assert!(html.contains("&#38;amp;"), "{html}");
    }
}

#[test]
fn html_is_in_the_readers_language_and_loads_nothing() {
    for lang in Lang::ALL {
        let html = render(&Sample::new("陳小明"), lang, programme(lang))
            .unwrap()
            .html;
        assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
        assert!(html.contains(&format!("<html lang=\"{}\"", lang.tag())));
        for loader in [
            "src=", "url(", "@import", "<link", "<script", "http://", "https://",
        ] {
            assert!(!html.contains(loader), "{loader} in the HTML");
        }
    }
}

#[test]
fn the_footer_says_why_the_reader_gets_the_letter() {
    for lang in Lang::ALL {
        let letter = render(&Sample::new("Chan Siu Ming"), lang, programme(lang)).unwrap();
        let why = lang.mail_why_applicant(programme(lang));
        assert!(letter.html.contains(&why));
        let flat = |s: &str| s.split_whitespace().collect::<String>();
        assert!(flat(&letter.text).contains(&flat(&why)));
    }
}

#[test]
fn links_are_placeholders_until_the_letter_leaves() {
    let letter = render(&Sample::new("陳小明"), Lang::En, NAMES[0]).unwrap();
    assert!(
        letter
            .text
            .contains("{{private:offer:0190a000-0000-7000-8000-000000000001}}")
    );
    let fill = |part: &str| {
        fill_links(part, "https://banyan.example/", |purpose, id| {
            assert_eq!(purpose, "offer");
            assert_eq!(id, Sample::new("").link);
            "tok\"en<1>".to_owned()
        })
    };
    let url = "https://banyan.example/link/offer/tok%22en%3C1%3E";
    let text = fill(&letter.text);
    assert!(text.lines().any(|l| l == url), "{text}");
    let html = fill(&letter.html);
    assert_eq!(html.matches(&format!("href=\"{url}\"")).count(), 2);
    assert!(!html.contains("{{") && !text.contains("{{"));
    assert!(!html.contains('\u{FDD0}') && !text.contains('\u{FDD0}'));
}

#[test]
fn the_delivery_log_shows_no_private_link() {
    for lang in Lang::ALL {
        let letter = render(&Sample::new("陳小明"), lang, programme(lang)).unwrap();
        let text = mask_links(&letter.text, lang, "");
        assert!(
            text.lines().any(|l| l == lang.mail_private_link()),
            "{text}"
        );
        let html = mask_links(&letter.html, lang, "");
        assert_eq!(html.matches("href=\"#\"").count(), 2);
        assert!(!html.contains("0190a000") && !text.contains("0190a000"));
    }
    let public = mask_links(
        &Link::path("/me").placeholder(),
        Lang::En,
        "https://banyan.example",
    );
    assert_eq!(public, "https://banyan.example/me");
}

#[test]
fn a_person_cannot_write_a_link_into_a_letter() {
    let id = LinkId::new();
    let typed = format!("{{{{private:sign_in:{id}}}}} {{{{7*7}}}} \u{FDD0}{{{{site:/x}}}}");
    for lang in Lang::ALL {
        let letter = render(&Typed(typed.clone()), lang, &typed).unwrap();
        for part in [&letter.text, &letter.html, &letter.subject] {
            let filled = fill_links(part, "https://banyan.example", |_, _| {
                panic!("a token was made for a link that a person typed")
            });
            assert!(
                filled.contains("{{7*7}}"),
                "what was typed is shown as typed"
            );
            assert!(filled.contains("{{site:/x}}"), "{filled}");
        }
    }
}

#[test]
fn a_path_never_leaves_our_site() {
    for path in [
        "//evil.example",
        "https://evil.example",
        "javascript:x",
        "/a\r\nb",
        "/\"x",
        "/a}}",
        "\\x",
        "",
    ] {
        let filled = fill_links(
            &Link::path(path).placeholder(),
            "https://b.example",
            |_, _| String::new(),
        );
        assert_eq!(filled, "https://b.example/", "{path:?}");
    }
    let fine = Link::path("/me?tab=1&lang=zh").placeholder();
    let filled = fill_links(&fine, "https://b.example", |_, _| String::new());
    assert_eq!(filled, "https://b.example/me?tab=1&lang=zh");
}

#[test]
fn control_characters_and_direction_marks_are_taken_out() {
    let table = [
        ("A\r\nBcc: x@y.example", "A Bcc: x@y.example"),
        ("A\u{0}B\u{7}\u{1b}[31mC", "AB[31mC"),
        ("safe\u{202E}gpj.exe", "safegpj.exe"),
        ("a\u{2028}b\u{85}c\td", "a b c d"),
        ("\u{20BB7}野家", "\u{20BB7}野家"),
        ("\u{FDD0}\u{FFFE}\u{10FFFF}x", "x"),
    ];
    for (typed, clean) in table {
        assert_eq!(clean_line(typed), clean);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn no_text_line_is_wider_than_76_columns(typed in "([a-z]{1,90}|[，。「」（）一-龥]{1,60}|[ \n]){0,30}") {
        let letter = render(&Typed(typed.clone()), Lang::Zh, "計劃").unwrap();
        for line in letter.text.lines() {
            prop_assert!(width(line) <= 76, "{} columns: {line}", width(line));
        }
        let squeeze = |s: &str| s.split_whitespace().collect::<String>();
        let body = Typed(typed.clone()).body(Lang::Zh);
        if let banyan::mail::Block::Para(para) = &body.blocks()[1] {
            prop_assert!(squeeze(&letter.text).contains(&squeeze(para)), "words were lost");
        }
    }
}

#[test]
fn chinese_lines_do_not_begin_with_closing_punctuation() {
    let sentence =
        "名額會為你保留至下列限期，逾期未覆；名額將由候補名單上的下一位（申請人）補上。".repeat(9);
    let letter = render(&Typed(sentence), Lang::Zh, "計劃").unwrap();
    let wrapped: Vec<_> = letter.text.lines().filter(|l| width(l) > 60).collect();
    assert!(wrapped.len() > 9, "the sentence fills several lines");
    for line in letter.text.lines() {
        assert!(!line.starts_with(['，', '。', '；', '）']), "{line}");
        assert!(!line.ends_with('（'), "{line}");
    }
}
