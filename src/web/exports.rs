//! Every list exports: CSV streamed row by row, XLSX in constant memory. User text stays text in
//! both (no formula ever runs in the reader's spreadsheet); in a sheet numbers, shares and days are what
//! they are, so that they add up and sort.

use std::io::Write;

use chrono::Datelike as _;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

use crate::error::{Error, Result};
use crate::tables::{Cell, columns_of, csv_cell};

use super::dispatch::Site;
use super::reply::{Body, Reply};

/// Media type of a spreadsheet.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The widest column of a sheet, in characters.
const WIDEST: u32 = 60;

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
    let (share, date) = (
        Format::new().set_num_format("0.00%"),
        Format::new().set_num_format("yyyy-mm-dd"),
    );
    let mut widths: Vec<u32> = header.iter().map(|it| columns_of(it)).collect();
    let mut line = 0_u32;
    source(site, &mut |row| {
        line += 1;
        for (column, text) in (0_u16..).zip(row) {
            if let Some(width) = widths.get_mut(usize::from(column)) {
                *width = columns_of(text).max(*width);
            }
            match Cell::of(text) {
                Cell::Empty => Ok(&mut *sheet),
                Cell::Number(it) => sheet.write_number(line, column, it),
                Cell::Share(it) => sheet.write_number_with_format(line, column, it, &share),
                Cell::Day(it) => {
                    let (year, month, day) = (it.year(), it.month(), it.day());
                    let year = u16::try_from(year).unwrap_or_default();
                    let (month, of) = (u8::try_from(month), u8::try_from(day));
                    ExcelDateTime::from_ymd(year, month.unwrap_or(1), of.unwrap_or(1))
                        .and_then(|it| sheet.write_datetime_with_format(line, column, &it, &date))
                }
                // A string: what looks like a formula is shown, never run.
                Cell::Text => sheet.write_string(line, column, text),
            }
            .map_err(broken)?;
        }
        Ok(())
    })?;
    for (column, width) in (0_u16..).zip(&widths) {
        let width = f64::from((width + 2).clamp(8, WIDEST));
        sheet.set_column_width(column, width).map_err(broken)?;
    }
    let bytes = book.save_to_buffer().map_err(broken)?;
    out.write_all(&bytes)?;
    Ok(())
}
