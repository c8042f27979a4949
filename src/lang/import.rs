//! Texts of the import of applicants: columns, what is wrong with a row, what is wrong with a file.
use super::texts;

texts! {

    column_family_name: "Family name" | "姓氏";
    column_given_names: "Given names" | "名字";
    column_western_name: "Western name" | "英文名";
    column_name_zh: "Chinese name" | "中文姓名";
    column_email: "E-mail" | "電郵";
    column_phone: "Mobile" | "電話";
    column_route: "Route" | "途徑";
    column_university: "University" | "大學";
    column_employer: "Employer" | "僱主";
    column_graduation_year: "Graduation year" | "畢業年份";
    column_language: "Language" | "語言";
    column_statement: "Statement" | "個人陳述";
    column_submitted_on: "Submitted on" | "提交日期";

    import_bad_route(accepted: &str): "The route is not one of: {accepted}" | "申請途徑必須為下列之一：{accepted}";
    import_unknown_university: "This university is not in the list of partner universities" | "此大學不在合作大學名單內";
    import_unknown_employer: "This employer is not in the list of partner institutions; it is kept as written" | "此僱主不在合作機構名單內，將按原文保留";
    import_bad_date: "This is not a date; write 2026-11-30 or 30/11/2026" | "日期格式不正確，請按2026-11-30或30/11/2026的格式輸入";
    import_late(deadline: &str): "Submitted after the deadline ({deadline})" | "提交日期已過截止時間（{deadline}）";
    import_bad_year: "This is not a year; write four digits from 1950 to 2100" | "年份不正確，請輸入1950至2100的四位數字";
    import_bad_language: "The language is en or zh-Hant-HK" | "語言必須為en或zh-Hant-HK";
    import_too_long(max: usize): "At most {max} characters" | "不可超過{max}個字";
    import_control_character: "This cell holds characters that cannot be shown; type it again" | "此儲存格含有無法顯示的字元，請重新輸入";
    import_wrong_fields(have: usize, want: usize): "The row has {have} cell, the header {want}" + "The row has {have} cells, the header {want}" | "此列有{have}格，標題列則有{want}格";
    import_empty_row: "The row is empty" | "此列沒有內容";
    import_duplicate(line: u64): "The same e-mail address stands in line {line} already" | "第{line}行已有相同的電郵地址";
    import_formula: "This begins like a formula; it is kept as text" | "內容開首像公式，將保留為文字";

    import_file_empty: "The file is empty: its first line must name the columns" | "檔案沒有內容：第一行必須為欄位名稱";
    import_file_not_utf8(line: u64): "Line {line} is not UTF-8 (the file may be in Big5); save it as \"CSV UTF-8\" and try again" | "第{line}行不是UTF-8編碼（檔案可能為Big5編碼），請另存為「CSV UTF-8」再試";
    import_file_utf16: "The file is UTF-16; save it as \"CSV UTF-8\" and try again" | "檔案為UTF-16編碼，請另存為「CSV UTF-8」再試";
    import_file_not_commas: "The columns are not separated by commas; save the file as \"CSV UTF-8 (comma separated)\"" | "欄位並非以逗號分隔，請另存為「CSV UTF-8（逗號分隔）」";
    import_file_missing_column(names: &str): "The header lacks a column: {names}" | "標題列欠缺欄位：{names}";
    import_file_any_name: "a name (family name, given names, Western name or Chinese name)" | "姓名（姓氏、名字、英文名或中文姓名）";
    import_file_duplicate_column(name: &str, first: usize, second: usize): "Columns {first} and {second} both are \"{name}\"; keep one" | "第{first}欄與第{second}欄同為「{name}」，請只保留其一";
    import_file_row_too_long(line: u64): "The row that begins in line {line} does not end; a quotation mark is probably not closed" | "由第{line}行開始的一列沒有結束，可能欠缺結尾的引號";
    import_file_unreadable(cause: &str): "The file cannot be read: {cause}" | "無法讀取檔案：{cause}";
}
