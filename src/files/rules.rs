//! What an upload may be.

use std::io::{Read, Seek, SeekFrom};

use crate::error::Refusal;
use crate::lang::{Lang, Say};

/// Largest document, in bytes: 10 MiB.
pub const MAX_DOCUMENT: u64 = 10 * 1024 * 1024;

/// Why an upload is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadRefusal {
    /// Larger than [`MAX_DOCUMENT`].
    TooLarge,
    /// Its bytes are not those of a PDF document.
    NotPdf,
    /// It asks for a password.
    Encrypted,
    /// It ends before its end mark: a broken upload.
    Truncated,
    /// It carries a program or another file.
    Active,
    /// It carries the mark by which scanners of malware are tested.
    Infected,
}

impl Say for UploadRefusal {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::TooLarge => lang.upload_too_large(),
            Self::NotPdf => lang.upload_not_pdf(),
            Self::Encrypted => lang.upload_encrypted(),
            Self::Truncated => lang.upload_truncated(),
            Self::Active => lang.upload_active(),
            Self::Infected => lang.upload_infected(),
        }
        .to_owned()
    }
}

impl Refusal for UploadRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "upload_too_large",
            Self::NotPdf => "upload_not_pdf",
            Self::Encrypted => "upload_encrypted",
            Self::Truncated => "upload_truncated",
            Self::Active => "upload_active",
            Self::Infected => "upload_infected",
        }
    }
}

/// Longest label of a file, in characters.
const LABEL_MAX_CHARS: usize = 120;

/// The label of an upload: the last part of the name that its sender gave it, without what turns a line
/// round, hides or controls; with this ending, if one is wanted.
#[must_use]
pub fn label(name: &str, ending: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| is_shown(*c)).collect();
    let plain = shown.trim_start_matches(['.', ' ']).trim_end();
    let mut label: String = plain.chars().take(LABEL_MAX_CHARS).collect();
    if label.is_empty() {
        label.push_str("document");
    }
    if !label.to_lowercase().ends_with(ending) {
        label.push_str(ending);
    }
    label
}

fn is_shown(c: char) -> bool {
    let hidden = matches!(
        u32::from(c),
        0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff
    );
    !hidden && !c.is_control()
}

/// Judges a document by its bytes: a whole, open PDF without programs in it. Reads in pieces, so
/// memory does not grow with the file.
///
/// # Errors
/// The refusal, or `Ok(Err)` never: reading errors count as truncation.
pub fn judge_pdf(mut file: impl Read + Seek, size: u64) -> Result<(), UploadRefusal> {
    if size > MAX_DOCUMENT {
        return Err(UploadRefusal::TooLarge);
    }
    let mut head = [0_u8; 5];
    file.read_exact(&mut head)
        .map_err(|_short| UploadRefusal::NotPdf)?;
    if &head != b"%PDF-" {
        return Err(UploadRefusal::NotPdf);
    }
    let tail_at = size.saturating_sub(2048);
    file.seek(SeekFrom::Start(tail_at))
        .map_err(|_io| UploadRefusal::Truncated)?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)
        .map_err(|_io| UploadRefusal::Truncated)?;
    if !contains(&tail, b"%%EOF") {
        return Err(UploadRefusal::Truncated);
    }
    file.seek(SeekFrom::Start(0))
        .map_err(|_io| UploadRefusal::Truncated)?;
    scan(file)
}

/// Names that make a PDF act or carry something. Names hidden in compressed streams are not seen here;
/// that is why documents are only ever given out as attachments, in a sandbox. `/OpenAction` is not
/// among them: it says which page to begin with, and what it could run has a name of its own.
const ACTIVE: &[&[u8]] = &[
    b"JavaScript",
    b"Launch",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"RichMedia",
    b"Rendition",
    b"XFA",
    b"SubmitForm",
    b"ImportData",
    b"GoToE",
];
/// The longest name that is looked at.
const LONGEST_NAME: usize = 24;
/// The EICAR test file's own words.
const EICAR: &[u8] = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE";

fn scan(mut file: impl Read) -> Result<(), UploadRefusal> {
    let mut reader = Names::default();
    let mut window: Vec<u8> = Vec::new();
    let mut piece = vec![0_u8; 64 * 1024];
    loop {
        let n = file
            .read(&mut piece)
            .map_err(|_io| UploadRefusal::Truncated)?;
        if n == 0 {
            return reader.take(b' ');
        }
        let bytes = piece.get(..n).unwrap_or_default();
        window.extend_from_slice(bytes);
        if contains(&window, EICAR) {
            return Err(UploadRefusal::Infected);
        }
        window = window.split_off(window.len().saturating_sub(EICAR.len()));
        for byte in bytes {
            reader.take(*byte)?;
        }
    }
}

/// Reads the names of a PDF (`/Name`, in which `#4a` stands for `J`) byte by byte.
#[derive(Default)]
struct Names {
    /// The byte before the name, and the name so far, while one is read.
    open: Option<(u8, Vec<u8>)>,
    last: u8,
}

impl Names {
    fn take(&mut self, byte: u8) -> Result<(), UploadRefusal> {
        let ends = byte.is_ascii_whitespace()
            || matches!(
                byte,
                0 | b'/' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'%'
            );
        if ends {
            if let Some((before, name)) = self.open.take() {
                judge_name(before, &decoded(&name), byte)?;
            }
            if byte == b'/' {
                self.open = Some((self.last, Vec::new()));
            }
        } else if let Some((_, name)) = &mut self.open {
            name.push(byte);
            if name.len() > 3 * LONGEST_NAME {
                self.open = None;
            }
        }
        self.last = byte;
        Ok(())
    }
}

fn judge_name(before: u8, name: &[u8], after: u8) -> Result<(), UploadRefusal> {
    // Two letters between two ends come up in any picture; a program's text or reference follows.
    let text_follows = after.is_ascii_whitespace() || matches!(after, 0 | b'(' | b'<' | b'%');
    let stands_alone = !before.is_ascii_alphanumeric();
    match name {
        b"Encrypt" => Err(UploadRefusal::Encrypted),
        b"JS" if text_follows && stands_alone => Err(UploadRefusal::Active),
        name if ACTIVE.contains(&name) => Err(UploadRefusal::Active),
        _ => Ok(()),
    }
}

fn decoded(name: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|it| char::from(*it).to_digit(16));
    let mut out = Vec::with_capacity(name.len());
    let mut at = 0;
    while let Some(byte) = name.get(at) {
        match (byte, digit(name.get(at + 1)), digit(name.get(at + 2))) {
            (b'#', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}
