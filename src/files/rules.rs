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
}

impl Say for UploadRefusal {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::TooLarge => lang.upload_too_large(),
            Self::NotPdf => lang.upload_not_pdf(),
            Self::Encrypted => lang.upload_encrypted(),
            Self::Truncated => lang.upload_truncated(),
            Self::Active => lang.upload_active(),
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
        }
    }
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

/// Names that make a PDF act, or that lock it. Names hidden in compressed streams are not seen here;
/// that is why documents are only ever given out as attachments, in a sandbox.
const ACTIVE: &[&[u8]] = &[
    b"/JavaScript",
    b"/JS ",
    b"/JS(",
    b"/Launch",
    b"/EmbeddedFile",
    b"/RichMedia",
    b"/XFA",
];

fn scan(mut file: impl Read) -> Result<(), UploadRefusal> {
    const OVERLAP: usize = 32;
    let mut window: Vec<u8> = Vec::new();
    let mut piece = vec![0_u8; 64 * 1024];
    loop {
        let n = file
            .read(&mut piece)
            .map_err(|_io| UploadRefusal::Truncated)?;
        if n == 0 {
            return Ok(());
        }
        window.extend_from_slice(piece.get(..n).unwrap_or_default());
        if contains(&window, b"/Encrypt") {
            return Err(UploadRefusal::Encrypted);
        }
        if ACTIVE.iter().any(|name| contains(&window, name)) {
            return Err(UploadRefusal::Active);
        }
        window = window.split_off(window.len().saturating_sub(OVERLAP));
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}
