//! The columns of a registry's file, under the names that registries give them.

use serde::Serialize;

use super::reader::FileFault;
use crate::lang::Lang;
use crate::people::rules::search::fold;

/// A column that the import understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Family name.
    FamilyName,
    /// Given names.
    GivenNames,
    /// Western name.
    WesternName,
    /// Chinese name, whole.
    NameZh,
    /// E-mail address, which is the person's identity.
    Email,
    /// Telephone number.
    Phone,
    /// Route of entry.
    Route,
    /// University.
    University,
    /// Employer.
    Employer,
    /// Year of graduation.
    GraduationYear,
    /// Language of letters.
    Language,
    /// Personal statement.
    Statement,
    /// Day (or moment) of submission.
    SubmittedOn,
}

impl Column {
    /// All columns, in the order of the sample file.
    pub const ALL: [Self; 13] = [
        Self::FamilyName,
        Self::GivenNames,
        Self::WesternName,
        Self::NameZh,
        Self::Email,
        Self::Phone,
        Self::Route,
        Self::University,
        Self::Employer,
        Self::GraduationYear,
        Self::Language,
        Self::Statement,
        Self::SubmittedOn,
    ];
    const NAMES: [Self; 4] = [
        Self::FamilyName,
        Self::GivenNames,
        Self::WesternName,
        Self::NameZh,
    ];

    /// The stable name of the field in reports and the API.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::FamilyName => "family_name",
            Self::GivenNames => "given_names",
            Self::WesternName => "western_name",
            Self::NameZh => "name_zh",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Route => "route",
            Self::University => "university",
            Self::Employer => "employer",
            Self::GraduationYear => "graduation_year",
            Self::Language => "language",
            Self::Statement => "statement",
            Self::SubmittedOn => "submitted_on",
        }
    }

    /// The name that people read.
    #[must_use]
    pub fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::FamilyName => lang.column_family_name(),
            Self::GivenNames => lang.column_given_names(),
            Self::WesternName => lang.column_western_name(),
            Self::NameZh => lang.column_name_zh(),
            Self::Email => lang.column_email(),
            Self::Phone => lang.column_phone(),
            Self::Route => lang.column_route(),
            Self::University => lang.column_university(),
            Self::Employer => lang.column_employer(),
            Self::GraduationYear => lang.column_graduation_year(),
            Self::Language => lang.column_language(),
            Self::Statement => lang.column_statement(),
            Self::SubmittedOn => lang.column_submitted_on(),
        }
    }

    /// The names under which files carry this column, as [`squeeze`] leaves them.
    fn headers(self) -> &'static str {
        match self {
            Self::FamilyName => {
                "familyname familynameen familynameenglish surname lastname 姓 姓氏 英文姓氏"
            }
            Self::GivenNames => {
                "givennames givenname givennamesen givennamesenglish firstname firstnames \
                 forename forenames 名 名字"
            }
            Self::WesternName => {
                "westernname englishname preferredname christianname nickname 英文名 西文名 洋名"
            }
            Self::NameZh => "chinesename nameinchinese namezh 中文名 中文姓名 中文名字 姓名中文",
            Self::Email => {
                "email mail emailaddress mailaddress 電郵 電郵地址 電子郵件 電子郵箱 郵箱"
            }
            Self::Phone => {
                "mobile phone tel telephone mobilephone mobileno mobilenumber phoneno phonenumber \
                 telno telephonenumber contactno contactnumber 電話 電話號碼 手機 手提電話 \
                 流動電話 聯絡電話"
            }
            Self::Route => "route category applicantcategory 途徑 申請途徑 類別 申請類別",
            Self::University => "university 院校 大學 就讀院校 就讀大學",
            Self::Employer => {
                "employer institution company employername companyname 僱主 機構 公司 任職機構"
            }
            Self::GraduationYear => {
                "graduationyear yearofgraduation gradyear 畢業年份 畢業年 畢業年度"
            }
            Self::Language => "language lang preferredlanguage 語言 通訊語言 語文",
            Self::Statement => "statement personalstatement 個人陳述 自述 陳述",
            Self::SubmittedOn => {
                "submittedon submissiondate submitted submittedat datesubmitted dateofsubmission \
                 提交日期 遞交日期 申請日期"
            }
        }
    }

    /// The column that a header names, whatever its case, spaces and punctuation.
    #[must_use]
    pub fn of_header(header: &str) -> Option<Self> {
        let squeezed = squeeze(header);
        Self::ALL
            .into_iter()
            .find(|column| column.headers().split(' ').any(|name| name == squeezed))
    }
}

/// Folded letters and digits only: the key under which headers and organisations are compared.
pub(super) fn squeeze(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The heading of the column of reasons in a file of bad rows.
pub(super) const REASON_HEADER: &str = "Reason / 原因";

fn is_reason(header: &str) -> bool {
    squeeze(header) == squeeze(REASON_HEADER)
}

/// Where each column stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    places: Vec<Option<Column>>,
    headers: Vec<String>,
    ignored: Vec<String>,
    reason: Option<usize>,
}

impl Columns {
    /// Maps a header row.
    ///
    /// # Errors
    /// [`FileFault::MissingColumns`] without e-mail or any name; [`FileFault::DuplicateColumn`]
    /// when two headers name the same column; [`FileFault::NotCommas`] when one long header holds
    /// another separator.
    pub fn map<'a>(headers: impl IntoIterator<Item = &'a str>) -> Result<Self, FileFault> {
        let headers: Vec<String> = headers.into_iter().map(clean_header).collect();
        if let [only] = headers.as_slice()
            && only.contains([';', '\t'])
        {
            return Err(FileFault::NotCommas);
        }
        let places: Vec<Option<Column>> = headers.iter().map(|h| Column::of_header(h)).collect();
        for (second, column) in places.iter().enumerate() {
            let first = places.iter().position(|other| other == column);
            if let (Some(column), Some(first)) = (column, first)
                && first != second
            {
                return Err(FileFault::DuplicateColumn {
                    column: *column,
                    first: first + 1,
                    second: second + 1,
                });
            }
        }
        let email = places.contains(&Some(Column::Email));
        let name = Column::NAMES.iter().any(|c| places.contains(&Some(*c)));
        if !(email && name) {
            return Err(FileFault::MissingColumns {
                email: !email,
                name: !name,
            });
        }
        let reason = headers.iter().position(|header| is_reason(header));
        let ignored = headers.iter().enumerate().zip(&places);
        let ignored = ignored
            .filter(|((at, header), place)| {
                place.is_none() && Some(*at) != reason && !header.is_empty()
            })
            .map(|((_, header), _)| header.clone())
            .collect();
        Ok(Self {
            places,
            headers,
            ignored,
            reason,
        })
    }

    /// The headers as they stand in the file.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Headers that name no known column; their cells are neither read nor kept. The column of
    /// reasons that [`super::BadRows`] writes is not among them.
    #[must_use]
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// What stands in each place.
    #[must_use]
    pub fn places(&self) -> &[Option<Column>] {
        &self.places
    }

    /// Where an earlier file of bad rows left its reasons.
    pub(super) fn reason(&self) -> Option<usize> {
        self.reason
    }

    /// Does the file have this column?
    #[must_use]
    pub fn has(&self, column: Column) -> bool {
        self.places.contains(&Some(column))
    }
}

fn clean_header(header: &str) -> String {
    crate::tables::from_csv_cell(header.trim_start_matches('\u{feff}'))
        .trim()
        .to_owned()
}
