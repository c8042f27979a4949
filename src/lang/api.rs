//! Texts of the page that describes the API.
use super::texts;

texts! {
    api_title: "The API" | "應用程式介面（API）";
    api_lede: "Everything that the pages do, for programs: the same actions, doors and rules." | "供程式使用的介面，功能與網頁相同，權限及規則亦一致。";
    api_tokens: "Make a token on your account page and send it as a bearer token. Every POST carries an Idempotency-Key; what can be edited carries an ETag and wants If-Match." | "請在帳戶頁建立權杖，並以Bearer權杖方式傳送。每個POST均須附Idempotency-Key；可修改的資源附有ETag，修改時須附If-Match。";
    api_document: "The OpenAPI document" | "OpenAPI文件";
    api_operation: "Operation" | "操作";
    api_what: "What it does" | "用途";
    api_takes: "Takes" | "輸入";
    api_answers: "Answers" | "回應";
    api_scope: "Scope" | "權限範圍";
    api_public: "public" | "公開";
}
