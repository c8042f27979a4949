//! Texts about uploads.
use super::texts;

texts! {
    upload_too_large: "The file is larger than 10 MB. Make it smaller and choose it again." | "檔案超過10 MB，請縮小後重新選擇。";
    upload_not_pdf: "This is not a PDF document. Save it as PDF and choose it again." | "此檔案並非PDF文件，請另存為PDF後重新選擇。";
    upload_encrypted: "This PDF is locked with a password. Save it without one and choose it again." | "此PDF設有密碼，請移除密碼後重新選擇。";
    upload_truncated: "This PDF is not complete. Save it again and choose it once more." | "此PDF不完整，請重新儲存後再選擇。";
    upload_active: "This PDF carries a program or another file. Print it to a plain PDF and choose that." | "此PDF內含程式或其他檔案，請列印成一般PDF後再選擇。";
    upload_infected: "This file carries the mark of malware and was not kept. Check your device, then choose a clean PDF." | "此檔案帶有惡意軟件的特徵，未有保存。請檢查你的裝置，然後選擇乾淨的PDF。";
}
