//! Forms as they stand in our pages: where they lead and what they carry. A test fills them in as a
//! person would, and so needs no list of its own of every door's fields.

use std::collections::BTreeMap;

/// A form of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// `get` or `post`.
    pub method: String,
    /// Where it leads.
    pub action: String,
    /// Is it sent in parts, with files?
    pub multipart: bool,
    /// Its fields as they come filled in, blanks filled with something fitting.
    pub fields: Vec<(String, String)>,
}

/// A tag: its name and attributes, and where it ends.
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
    end: usize,
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&amp;", "&")
}

/// The tag that begins at this `<`, if one does.
fn tag(page: &str, at: usize) -> Option<Tag> {
    let rest = page.get(at + 1..)?;
    let name_end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '/')?;
    let name = rest[..name_end].to_lowercase();
    let mut attributes = BTreeMap::new();
    let mut place = name_end;
    loop {
        let here = rest.get(place..)?;
        let skipped = here.len() - here.trim_start().len();
        place += skipped;
        let here = rest.get(place..)?;
        if here.starts_with('>') {
            break;
        }
        if here.starts_with('/') {
            place += 1;
            continue;
        }
        let end = here.find(|c: char| c.is_whitespace() || c == '=' || c == '>')?;
        let key = here[..end].to_lowercase();
        place += end.max(1);
        if here[end..].starts_with("=\"") {
            let value = &here[end + 2..];
            let close = value.find('"')?;
            attributes.insert(key, unescape(&value[..close]));
            place = place - end.max(1) + end + 2 + close + 1;
        } else {
            attributes.insert(key, String::new());
        }
    }
    Some(Tag {
        name,
        attributes,
        end: at + 1 + place + 1,
    })
}

/// Something that fits a blank field of this name and type.
pub fn something(name: &str, kind: &str) -> String {
    let by_kind = match kind {
        "email" => "somebody.new@example.org",
        "number" => "3",
        "date" => "2027-08-02",
        "datetime-local" => "2027-08-02T09:00",
        "time" => "09:00",
        "tel" => "+852 9123 4567",
        "url" => "https://example.org/source",
        "password" => "seven wet umbrellas at noon",
        _ => "",
    };
    if !by_kind.is_empty() {
        return by_kind.to_owned();
    }
    match name {
        name if name.ends_with("_zh") || name == "zh" => "測試文字",
        "code" => "NEW-1",
        name if name.contains("phone") => "+852 9123 4567",
        name if name.contains("email") => "somebody.new@example.org",
        name if name.contains("reason") || name.contains("statement") || name.contains("text") => {
            "Something that somebody has written here, long enough to be taken for a reason by whoever reads it."
        }
        _ => "Something",
    }
    .to_owned()
}

/// Every form of a page; `here` is the page's own address.
pub fn forms(page: &str, here: &str) -> Vec<Form> {
    let mut found: Vec<Form> = Vec::new();
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    let (mut open, mut select): (Option<usize>, Option<(usize, String)>) = (None, None);
    let mut drafts: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    while let Some(next) = page[at..].find('<') {
        let start = at + next;
        let Some(tag) = tag(page, start) else {
            at = start + 1;
            continue;
        };
        at = tag.end;
        let attribute = |name: &str| tag.attributes.get(name).cloned();
        let owner = attribute("form")
            .and_then(|id| by_id.get(&id).copied())
            .or(open);
        let name = attribute("name").unwrap_or_default();
        match tag.name.as_str() {
            "form" => {
                let action = attribute("action").unwrap_or_else(|| here.to_owned());
                let method = attribute("method").unwrap_or_else(|| "get".to_owned());
                drafts.extend(attribute("data-autosave").map(|to| (found.len(), to)));
                if let Some(id) = attribute("id") {
                    by_id.insert(id, found.len());
                }
                open = Some(found.len());
                found.push(Form {
                    method,
                    action,
                    multipart: attribute("enctype").is_some(),
                    fields: Vec::new(),
                });
            }
            "/form" => open = None,
            "/select" => select = None,
            "select" => select = owner.map(|form| (form, name)),
            "option" => {
                if let (Some((form, name)), Some(value)) = (&select, attribute("value"))
                    && !name.is_empty()
                {
                    let fields = &mut found[*form].fields;
                    let chosen = tag.attributes.contains_key("selected");
                    match fields.iter_mut().find(|(n, _)| n == name) {
                        Some(field) if chosen || field.1.is_empty() => field.1 = value,
                        Some(_) => {}
                        None => fields.push((name.clone(), value)),
                    }
                }
            }
            "input" | "textarea" | "button" if !name.is_empty() => {
                let Some(form) = owner else { continue };
                let kind = attribute("type").unwrap_or_default();
                let typed = if tag.name == "textarea" {
                    let end = page[at..].find("</textarea").unwrap_or(0);
                    unescape(&page[at..at + end])
                } else {
                    attribute("value").unwrap_or_default()
                };
                let fields = &mut found[form].fields;
                let once = tag.name == "button" || kind == "radio";
                if once && fields.iter().any(|(n, _)| *n == name) || kind == "file" {
                    continue;
                }
                let fill = typed.is_empty() && kind != "hidden" && tag.name != "button";
                let value = if fill { something(&name, &kind) } else { typed };
                fields.push((name, value));
            }
            _ => {}
        }
    }
    // What is typed is also sent elsewhere, to be kept as a draft.
    for (form, action) in drafts {
        let draft = Form {
            action,
            ..found[form].clone()
        };
        found.push(draft);
    }
    found
}

/// Where the links of a page lead, on this site.
pub fn links(page: &str) -> Vec<String> {
    page.split("href=\"")
        .skip(1)
        .map(|piece| unescape(piece.split('"').next().unwrap_or_default()))
        .filter(|href| href.starts_with('/') && !href.starts_with("//"))
        .map(|href| href.split('#').next().unwrap_or_default().to_owned())
        .collect()
}

/// Names that the links of a page carry behind their `?`, with their addresses.
pub fn link_words(page: &str) -> Vec<(String, String)> {
    let mut words = Vec::new();
    for piece in page.split("href=\"").skip(1) {
        let href = unescape(piece.split('"').next().unwrap_or_default());
        if let Some((path, query)) = href.split_once('?') {
            for (name, _) in form_urlencoded::parse(query.split('#').next().unwrap().as_bytes()) {
                words.push((path.to_owned(), name.into_owned()));
            }
        }
    }
    words
}

#[test]
fn a_page_is_read_as_a_browser_reads_it() {
    let page = r#"<form id="rows" method="post" action="/a?x=1&amp;y=2"></form>
        <input form="rows" type="checkbox" name="id" value="7">
        <form method="post"><input type="hidden" name="_key" value="k"><input name="name_zh" value="">
        <textarea class="input" name="body" rows="3">old &amp; new</textarea>
        <select name="state"><option value="">any</option><option value="a">A</option><option value="b" selected>B</option></select>
        <button name="do" value="one">One</button> <button name="do" value="two">Two</button></form>"#;
    let found = forms(page, "/here");
    let pair = |(a, b): &(String, String)| format!("{a}={b}");
    assert_eq!(found[0].action, "/a?x=1&y=2");
    assert_eq!(
        found[0].fields.iter().map(pair).collect::<Vec<_>>(),
        ["id=7"]
    );
    assert_eq!(found[1].action, "/here");
    assert_eq!(
        found[1].fields.iter().map(pair).collect::<Vec<_>>(),
        [
            "_key=k",
            "name_zh=測試文字",
            "body=old & new",
            "state=b",
            "do=one"
        ]
    );
    assert_eq!(
        link_words("<a href=\"/x?q=1&amp;sort=-a#top\">"),
        [
            ("/x".to_owned(), "q".to_owned()),
            ("/x".to_owned(), "sort".to_owned())
        ]
    );
}
