//! Every list exports: CSV streamed row by row, XLSX in constant memory. User text stays text in
//! both (no formula ever runs in the reader's spreadsheet).

use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

use crate::error::{Error, Result};
use crate::tables::csv_cell;

use super::dispatch::Site;
use super::reply::{Body, Reply};

/// Media type of a spreadsheet.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The file kinds of exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// RFC 4180 with a byte-order mark, so that spreadsheets read Chinese.
    Csv,
    /// Office Open XML.
    Xlsx,
}

impl Kind {
    /// From the end of an address.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// Gives rows to a table's writer: the source calls back once for each row.
pub type Source =
    Box<dyn FnOnce(&Site, &mut dyn FnMut(&[String]) -> Result<()>) -> Result<()> + Send>;

/// A table as a file to keep.
#[must_use]
pub fn export(kind: Kind, name: &str, header: Vec<String>, source: Source) -> Reply {
    match kind {
        Kind::Csv => Reply::download(
            "text/csv; charset=utf-8",
            &format!("{name}.csv"),
            Body::Stream(Box::new(move |site, out| csv(site, out, &header, source))),
        ),
        Kind::Xlsx => Reply::download(
            XLSX,
            &format!("{name}.xlsx"),
            Body::Stream(Box::new(move |site, out| xlsx(site, out, &header, source))),
        ),
    }
}

/// A short table that has been read already, as the kind of file that the address ends with.
///
/// # Errors
/// [`Error::NotFound`] for an address with another end.
pub fn short(path: &str, name: &str, header: &[&str], rows: Vec<Vec<String>>) -> Result<Reply> {
    let kind = path.rsplit('.').next().and_then(Kind::parse);
    let kind = kind.ok_or(Error::NotFound)?;
    let header = header.iter().map(|word| (*word).to_owned()).collect();
    let source = move |_site: &Site, write: &mut dyn FnMut(&[String]) -> Result<()>| {
        rows.iter().try_for_each(|row| write(row))
    };
    Ok(export(kind, name, header, Box::new(source)))
}

fn csv(site: &Site, out: &mut dyn Write, header: &[String], source: Source) -> Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    let broken = |err: csv::Error| Error::Internal(format!("writing CSV: {err}"));
    // A heading may be the name of something, which somebody has typed.
    writer
        .write_record(header.iter().map(|it| csv_cell(it).into_owned()))
        .map_err(broken)?;
    source(site, &mut |row| {
        for cell in row {
            writer
                .write_field(csv_cell(cell).as_bytes())
                .map_err(broken)?;
        }
        writer.write_record(None::<&[u8]>).map_err(broken)
    })?;
    writer.flush()?;
    Ok(())
}

fn xlsx(site: &Site, out: &mut dyn Write, header: &[String], source: Source) -> Result<()> {
    let broken = |err: rust_xlsxwriter::XlsxError| Error::Internal(format!("writing XLSX: {err}"));
    let mut book = Workbook::new();
    // The same table is the same file, whenever it is made.
    let made = ExcelDateTime::from_ymd(2026, 1, 1).map_err(broken)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet_with_constant_memory().map_err(broken)?;
    sheet.set_freeze_panes(1, 0).map_err(broken)?;
    for (column, text) in (0_u16..).zip(header) {
        sheet
            .write_string_with_format(0, column, text, &bold)
            .map_err(broken)?;
    }
    let mut line = 0_u32;
    source(site, &mut |row| {
        line += 1;
        for (column, text) in (0_u16..).zip(row) {
            if !text.is_empty() {
                // Always a string: what looks like a formula is shown, never run.
                sheet.write_string(line, column, text).map_err(broken)?;
            }
        }
        Ok(())
    })?;
    let bytes = book.save_to_buffer().map_err(broken)?;
    out.write_all(&bytes)?;
    Ok(())
}
