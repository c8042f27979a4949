//! Texts of the applicant's side and of the import: pages, letters, history.
use super::texts;

texts! {
    import_settled: "This application has been decided or withdrawn; the import leaves it as it is" | "此申請已有決定或已撤回，匯入時不會更改";
}
