//! Texts of the page shell and words that every room uses.
use super::texts;

texts! {
    app_name: "Banyan" | "榕";
    save: "Save" | "儲存";
    cancel: "Cancel" | "取消";
    back: "Back" | "返回";
    continue_: "Continue" | "繼續";
    confirm: "Confirm" | "確認";
    edit: "Edit" | "修改";
    change: "Change" | "更改";
    delete: "Delete" | "刪除";
    search: "Search" | "搜尋";
    sign_in: "Sign in" | "登入";
    sign_out: "Sign out" | "登出";
    yes: "Yes" | "是";
    no: "No" | "否";
    optional: "optional" | "選填";
    none: "None" | "沒有";
}
