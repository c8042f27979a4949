//! Texts about persons: what is wrong with an address, a number, a name or a password.
use super::texts;

texts! {
    email_missing: "Enter an e-mail address" | "請輸入電郵地址";
    email_malformed: "This is not an e-mail address; write it like name@example.com" | "電郵地址格式不正確，請按name@example.com的格式輸入";
    email_too_long(max: usize): "An e-mail address has at most {max} characters" | "電郵地址不可超過{max}個字元";
    email_not_ascii: "Write the e-mail address in Latin letters, digits and the usual signs only" | "電郵地址只可使用英文字母、數字及常用符號";
    phone_malformed: "This is not a telephone number; write 8 digits for Hong Kong, +86 or +853 for the Mainland or Macao, and + with the country code for elsewhere" | "電話號碼格式不正確：香港號碼為8位數字，內地及澳門請加 +86或 +853，其他地方請加+及國家號碼";
    phone_malformed_hk: "A Hong Kong number has 8 digits and begins with 2 to 9" | "香港電話號碼為8位數字，以2至9字開首";
    phone_malformed_mainland: "A Mainland mobile number is +86 and 11 digits that begin with 1" | "內地手提電話號碼為+86加11位以1字開首的數字";
    phone_malformed_macao: "A Macao number is +853 and 8 digits" | "澳門電話號碼為+853加8位數字";
    name_missing: "Enter at least one name" | "請輸入最少一個姓名";
    name_too_long(max: usize): "A name has at most {max} characters" | "姓名不可超過{max}個字";
    name_control: "This name holds characters that cannot be shown; type it again" | "姓名含有無法顯示的字元，請重新輸入";
    password_too_short(min: usize): "Use at least {min} characters; a few words that you remember are best" | "密碼最少要有{min}個字元；建議使用數個你記得的字詞";
    password_too_long(max: usize): "This password is too long; it may take up to {max} bytes" | "密碼過長，最多為{max}個位元組";
    password_common: "This password is too easy to guess: it is made of repeats, sequences or common words" | "密碼太易被猜中：當中主要是重複、順序字元或常用字詞";
    password_personal: "This password is too easy to guess: it is mostly your name, your e-mail address or the name of this site" | "密碼太易被猜中：當中主要是你的姓名、電郵地址或本網站名稱";
    identity_card_warning: "This looks like an identity card number; please remove it" | "內容似乎包含身份證號碼，請刪除";
}
