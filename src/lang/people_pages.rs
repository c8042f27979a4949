//! Texts of signing in, accounts, people and roles.
use super::texts;

texts! {
    people_email: "E-mail address" | "電郵地址";
    people_password: "Password" | "密碼";
    people_new_password: "New password" | "新密碼";
    people_current_password: "Current password" | "目前密碼";
    people_password_hint: "At least 15 characters. A few words that you remember are best; any characters will do." | "最少15個字元。建議使用數個你記得的字詞，任何字元均可。";
    people_password_choice_hint: "At least 15 characters. Leave it empty if you would rather sign in by a link that we mail you each time." | "最少15個字元。如希望每次以我們電郵的連結登入，可留空。";
    people_error_prefix: "Error: " | "錯誤：";
    people_errors(n: usize): "There is 1 problem" + "There are {n} problems" | "有{n}項需要更正";
    people_family_name: "Family name" | "英文姓氏";
    people_given_names: "Given names" | "英文名字";
    people_western_name: "Western name" | "西式名字";
    people_name_zh: "Chinese name" | "中文姓名";
    people_names: "Names" | "姓名";
    people_names_hint: "Fill in at least one. Some people have no family name or no Chinese name." | "請填寫最少一項。沒有姓氏或中文姓名者可留空該項。";
    people_phone: "Telephone" | "電話";
    people_phone_hint: "Hong Kong numbers have 8 digits; others begin with + and the country code." | "香港號碼為8位數字；其他地方請以+及國家或地區號碼開首。";
    people_language: "Language" | "語言";
    people_language_hint: "The language of your pages and of our letters to you." | "頁面及電郵所用的語言。";
    people_role: "Role" | "身分";
    people_programme: "Programme" | "計劃";
    people_organisation: "Organisation" | "機構";
    people_device: "Device" | "裝置";
    people_starts: "From" | "開始日期";
    people_ends: "Until" | "結束日期";
    people_state: "State" | "狀態";
    people_name: "Name" | "姓名";
}

texts! {
    people_sign_in_title: "Sign in" | "登入";
    people_sign_in_wrong: "The e-mail address or the password is not right." | "電郵地址或密碼不正確。";
    people_sign_in_pause(minutes: u32): "There have been too many failed tries. Wait 1 minute, or have a sign-in link mailed to you: that works at once." + "There have been too many failed tries. Wait {minutes} minutes, or have a sign-in link mailed to you: that works at once." | "登入失敗次數過多。請等候{minutes}分鐘，或索取電郵登入連結，即可登入。";
    people_sign_in_by_link: "Mail me a sign-in link" | "以電郵連結登入";
    people_forgot: "I have forgotten my password" | "忘記密碼";
    people_no_account: "No account yet? Sign up" | "未有帳戶？立即註冊";
    people_have_account: "I have an account already: sign in" | "已有帳戶？登入";
    people_link_title: "Sign in by a mailed link" | "以電郵連結登入";
    people_link_intro: "We mail you a link that signs you in once. It opens for 30 minutes." | "我們會把一條一次性登入連結電郵給你，30分鐘內有效。";
    people_link_button: "Mail me the link" | "發送連結";
    people_reset_title: "Choose a new password" | "重設密碼";
    people_reset_intro: "We mail you a link with which you choose a new password. It opens for 60 minutes." | "我們會把重設密碼的連結電郵給你，60分鐘內有效。";
    people_sign_up_title: "Sign up" | "註冊帳戶";
    people_sign_up_intro: "One account for your application, your offer and your training. We mail you a link to confirm your address; there you choose a password." | "一個帳戶即可處理申請、取錄及課程事宜。我們會把確認連結電郵給你，屆時你可設定密碼。";
    people_sign_up_privacy: "How we use your personal data is set out in the Personal Information Collection Statement." | "我們如何使用你的個人資料，載於收集個人資料聲明。";
    people_sign_up_button: "Continue" | "繼續";
    people_sent_title: "Look in your mail" | "請查閱電郵";
    people_sent_text(email: &str): "If {email} can be used here, a letter is on its way to it. It usually arrives within a minute." | "如{email}可於本系統使用，我們已向該地址發出電郵，一般於一分鐘內送達。";
    people_sent_hint: "Nothing there? Look in the spam folder, check the address, and try again after a few minutes." | "未收到電郵？請檢查垃圾郵件匣及電郵地址是否正確，並於數分鐘後再試。";
    people_sent_mailbox: "Open the sample programme’s mailbox" | "開啟示範計劃的信箱";
}

texts! {
    people_link_sign_in_ask(name: &str): "Sign in as {name}" | "以「{name}」登入";
    people_link_sign_in_text: "This link signs you in once. Opening this page has not used it up." | "此連結只可登入一次。開啟本頁並不會用掉連結。";
    people_link_confirm_ask: "Confirm your address" | "確認電郵地址";
    people_link_confirm_text(email: &str): "Confirm that {email} is yours, and choose how you will sign in." | "請確認{email}屬於你，並選擇日後的登入方式。";
    people_link_confirm_button: "Confirm and continue" | "確認並繼續";
    people_link_invite_ask: "Take up the invitation" | "接受邀請";
    people_link_invite_text(email: &str): "You were invited with the address {email}. Choose how you will sign in." | "邀請已發送至{email}。請選擇日後的登入方式。";
    people_link_invite_button: "Take it up and sign in" | "接受並登入";
    people_link_invite_known: "You have a password already; this link signs you in." | "你已設有密碼，此連結可讓你直接登入。";
    people_link_reset_button: "Save and sign in" | "儲存並登入";
    people_link_reset_text(email: &str): "For the account with {email}. Every device will be signed out, and API tokens end." | "帳戶：{email}。所有裝置將被登出，API權杖亦會失效。";
    people_link_dead_title: "This link no longer opens" | "此連結已失效";
    people_link_dead_text: "It has been used, has run out or was not copied whole. Have a new one mailed to you." | "連結已使用、已過期或未有完整複製。請重新索取。";
    people_link_other(name: &str): "You are signed in as {name} in this browser; going on signs that account out here." | "此瀏覽器現以「{name}」登入；繼續將登出該帳戶。";
}

texts! {
    people_account_title: "Your account" | "你的帳戶";
    people_account_unconfirmed: "Not confirmed yet" | "尚未確認";
    people_account_profile: "Names and telephone" | "姓名及電話";
    people_account_sign_in: "Signing in" | "登入方式";
    people_account_password_set: "You have a password." | "已設定密碼。";
    people_account_password_none: "You have no password; you sign in by mailed links." | "尚未設定密碼；你以電郵連結登入。";
    people_account_password_change: "Change the password" | "更改密碼";
    people_account_password_make: "Set a password" | "設定密碼";
    people_account_password_effect: "All your other devices will be signed out." | "其他所有裝置將被登出。";
    people_account_password_wrong: "This is not your current password." | "目前密碼不正確。";
    people_account_prove: "It has been a while since you signed in. Have a sign-in link mailed to you, then set the password." | "你已登入一段時間。請先以電郵連結重新登入，再設定密碼。";
    people_account_sessions: "Devices that are signed in" | "已登入的裝置";
    people_account_this_device: "This device" | "此裝置";
    people_account_seen: "Last used" | "最近使用";
    people_account_began: "Signed in" | "登入時間";
    people_account_end_session: "Sign out this device" | "登出此裝置";
    people_account_end_all: "Sign out everywhere else" | "登出其他所有裝置";
    people_account_roles: "Roles" | "身分";
    people_account_roles_none: "You hold no role; you are here for yourself." | "你沒有其他身分，以個人身分使用本系統。";
    people_account_consents: "Consents" | "同意紀錄";
    people_account_consents_none: "You have not been asked for any consent yet." | "尚未要求你作出任何同意。";
    people_account_consent_kind: "About" | "事項";
    people_account_consent_version: "Version" | "版本";
    people_account_consent_given: "Given" | "同意";
    people_account_consent_refused: "Not given" | "不同意";
    people_account_when: "When" | "時間";
    people_consent_agreement: "Trainee agreement" | "學員協議";
    people_consent_photographs: "Use of photographs" | "使用照片";
    people_consent_pics: "Personal Information Collection Statement" | "收集個人資料聲明";
    people_account_history: "History" | "紀錄";
    people_tokens_title: "API tokens" | "API權杖";
    people_tokens_intro: "For programs that work on your behalf, in the role in which you make the token." | "供程式以你現時的身分代你操作。";
    people_tokens_none: "No tokens." | "沒有權杖。";
    people_tokens_label: "What it is for" | "用途";
    people_tokens_label_hint: "Such as: nightly export to the data warehouse" | "例如：每晚匯出至數據倉庫";
    people_tokens_scopes: "What it may do" | "權限";
    people_tokens_scope_read: "Read" | "讀取";
    people_tokens_scope_write: "Write" | "寫入";
    people_tokens_scopes_none: "Choose at least one." | "請選擇最少一項。";
    people_tokens_days: "Days until it ends (1 to 365)" | "有效日數（1至365）";
    people_tokens_make: "Make a token" | "建立權杖";
    people_tokens_made_title: "Your new token" | "新權杖";
    people_tokens_made_text: "Copy it now: it is shown this once, and we keep only its digest." | "請立即複製：權杖只顯示一次，系統只保存其摘要。";
    people_tokens_ends: "Ends" | "到期";
    people_tokens_used: "Last used" | "最近使用";
    people_tokens_never: "Never" | "從未使用";
    people_tokens_revoke: "Revoke" | "撤銷";
    people_tokens_many: "You have 20 living tokens; revoke one first." | "你已有20個有效權杖，請先撤銷其中一個。";
}

texts! {
    people_mail_not_you: "If you did not ask for this, do nothing: without the link nothing happens." | "如非你本人要求，毋須理會：未使用連結前不會有任何變更。";
    people_mail_until_label: "Opens until" | "有效期至";
    people_mail_when: "When" | "時間";
    people_mail_confirm_subject: "Confirm your e-mail address" | "請確認你的電郵地址";
    people_mail_confirm_text: "An account was begun with this address. Confirm that it is yours and choose how you will sign in; then you can go on with your application. The link opens for 3 days." | "有人以此電郵地址註冊帳戶。請確認地址屬於你並選擇登入方式，然後繼續申請。連結3日內有效。";
    people_mail_confirm_button: "Confirm the address" | "確認地址";
    people_mail_known_subject: "You have an account already" | "你已有帳戶";
    people_mail_known_text: "Somebody, most likely you, signed up with this address. It has an account already: sign in with the link below. It opens for 30 minutes." | "有人（很可能是你本人）以此電郵地址註冊。此地址已有帳戶，請以下列連結登入，30分鐘內有效。";
    people_mail_link_subject: "Your sign-in link" | "你的登入連結";
    people_mail_link_text: "Here is the link that you asked for. It signs you in once." | "以下是你索取的登入連結，只可使用一次。";
    people_mail_reset_subject: "Choose a new password" | "重設密碼";
    people_mail_reset_text: "Somebody, most likely you, asked for a new password for this account." | "有人（很可能是你本人）要求重設此帳戶的密碼。";
    people_mail_reset_button: "Choose a new password" | "重設密碼";
    people_mail_invite_subject(role: &str): "Invitation: {role}" | "邀請：{role}";
    people_mail_invite_text(from: &str): "{from} invites you to the following role." | "{from}邀請你擔任以下身分。";
    people_mail_invite_button: "Take up the invitation" | "接受邀請";
    people_mail_invite_note: "If you did not expect this, do nothing." | "如你並不知悉此邀請，毋須理會。";
    people_mail_device_subject: "Sign-in on a new device" | "新裝置登入";
    people_mail_device_text: "Your password was used to sign in on a device that we have not seen before." | "有人以你的密碼於新裝置登入。";
    people_mail_device_not_you: "If it was not you, sign out everywhere on your account page and change your password at once." | "如非你本人，請立即於帳戶頁登出所有裝置並更改密碼。";
    people_mail_password_subject: "Your password was changed" | "你的密碼已更改";
    people_mail_password_text: "The password of your account was set or changed. Your other devices were signed out." | "你的帳戶密碼已設定或更改，其他裝置已被登出。";
    people_mail_password_not_you: "If it was not you, choose a new password at once with the button above and tell us." | "如非你本人操作，請立即按上方按鈕重設密碼並通知我們。";
}

texts! {
    people_roster_title: "People" | "人員";
    people_roster_note: "Staff, reviewers, partners and committee members. Applicants and trainees stand with their cohort." | "工作人員、評審員、合作機構人員及委員會成員。申請人及學員見其所屬屆別。";
    people_invite: "Invite somebody" | "邀請人員";
    people_roster_search: "Name or e-mail" | "姓名或電郵";
    people_roster_all_roles: "All roles" | "所有身分";
    people_roster_all_states: "All states" | "所有狀態";
    people_filter: "Filter" | "篩選";
    people_clear: "Clear" | "清除";
    people_sort_by: "Sort by" | "排序";
    people_standing_active: "Active" | "生效中";
    people_standing_upcoming: "Upcoming" | "即將生效";
    people_standing_ended: "Ended" | "已結束";
    people_not_signed_in: "Has not signed in yet" | "尚未登入";
    people_disabled: "Disabled" | "已停用";
    people_roster_count(n: usize): "1 role shown" + "{n} roles shown" | "顯示{n}項身分";
    people_roster_empty: "No one here" | "沒有人員";
    people_roster_empty_text: "Invite the people who work on the programme; they get a letter with a link." | "邀請參與計劃的人員，系統會向他們發送附有連結的電郵。";
    people_roster_none_found: "No one matches this filter." | "沒有符合篩選條件的人員。";
    people_next_page: "Next page" | "下一頁";
    people_first_page: "First page" | "首頁";
    people_pages: "Pages" | "分頁";
    people_open_end: "No end" | "無限期";
    people_invite_title: "Invite to a role" | "邀請擔任身分";
    people_invite_note: "The person gets a letter with a link to take up the role. Somebody who has an account keeps their own names and language." | "系統會向對方發送附有連結的電郵。已有帳戶者將保留其姓名及語言設定。";
    people_invite_role_hint: "Liaisons, representatives and supervisors speak for an organisation." | "大學聯絡人、機構代表及實習主管代表所屬機構。";
    people_invite_organisation_hint: "Only for those three roles." | "只適用於上述三種身分。";
    people_invite_organisation_needed: "Choose the organisation for which the role is held." | "請選擇所代表的機構。";
    people_invite_organisation_not: "This role is not held for an organisation." | "此身分並非代表機構。";
    people_invite_ends_hint: "The last day. Leave empty for no end." | "最後一日；無限期可留空。";
    people_invite_ends_before: "The last day cannot come before the first." | "結束日期不能早於開始日期。";
    people_invite_programme_needed: "Choose one of your programmes." | "請選擇你所屬的計劃。";
    people_invite_button: "Send the invitation" | "發送邀請";
    people_choose: "Choose" | "請選擇";
    people_person_roles: "Roles" | "身分";
    people_person_letters: "Letters" | "電郵";
    people_person_letters_none: "No letters of your programmes have gone to this person." | "尚未以你所屬計劃名義向此人發出電郵。";
    people_person_history: "History" | "紀錄";
    people_person_history_none: "Nothing recorded yet." | "尚未有紀錄。";
    people_person_last_seen: "Last seen" | "最近使用";
    people_person_invite_again: "Send the invitation again" | "再次發送邀請";
    people_person_give_role: "Give another role" | "加入身分";
    people_person_end: "End" | "結束";
    people_end_title: "End this role" | "結束此身分";
    people_end_effect(name: &str, role: &str): "{name} can no longer act as {role}, from their next click on. Their own account stays." | "{name}由下一次操作起不可再以「{role}」身分工作，其個人帳戶會保留。";
    people_end_history: "What they did in this role stays in the history." | "此身分下的操作會保留於紀錄。";
    people_end_button: "End the role" | "結束身分";
    people_disable: "Disable the account" | "停用帳戶";
    people_disable_title: "Disable this account" | "停用此帳戶";
    people_disable_effect(name: &str): "{name} is signed out everywhere at once and cannot sign in. API tokens stop working." | "{name}將立即於所有裝置登出，不能再登入，其API權杖亦會停止運作。";
    people_disable_undo: "You can enable the account again; devices must then sign in anew." | "你可重新啟用帳戶，屆時各裝置須重新登入。";
    people_enable: "Enable the account" | "重新啟用帳戶";
    people_what_happens: "What will happen" | "將會發生";
    people_what_stays: "What stays" | "維持不變";
    people_refuse_not_yours: "Your role may not give or end this role." | "你目前的身分不可給予或結束此身分。";
    people_refuse_last_administrator: "This is the last administrator; invite another first." | "此為最後一位系統管理員，請先邀請另一位。";
    people_refuse_yourself: "You cannot disable your own account." | "不可停用自己的帳戶。";
    people_refuse_ended: "This role has ended already." | "此身分早已結束。";
    people_refuse_disabled: "This account is disabled; an administrator must enable it first." | "此帳戶已停用，須由系統管理員先行啟用。";
    people_refuse_held: "This person holds this role already. End it first to change its dates." | "此人已有此身分。如要更改日期，請先結束現有身分。";
}

texts! {
    history_person_signed_in: "Signed in" | "登入";
    history_person_signed_out_everywhere: "Signed out all other devices" | "登出其他所有裝置";
    history_person_password_changed: "Set or changed the password" | "設定或更改密碼";
    history_person_confirmed: "Confirmed the e-mail address" | "確認電郵地址";
    history_person_profile_changed: "Changed names or telephone" | "更改姓名或電話";
    history_person_token_made: "Made an API token" | "建立API權杖";
    history_person_token_revoked: "Revoked an API token" | "撤銷API權杖";
    history_person_role_granted(role: &str): "Gave the role {role}" | "給予身分：{role}";
    history_person_role_ended(role: &str): "Ended the role {role}" | "結束身分：{role}";
    history_person_invited_again: "Sent the invitation again" | "再次發送邀請";
    history_person_disabled: "Disabled the account" | "停用帳戶";
    history_person_enabled: "Enabled the account again" | "重新啟用帳戶";
    history_letter_sent_again: "Sent a letter again" | "再次發送電郵";
    history_letter_retried: "Put a letter back into the queue" | "將電郵重新排隊發送";
}
