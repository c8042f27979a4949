//! Letters about interviews.
use super::texts;

texts! {
    letter_itv_invited_subject(other: &str): "Interview: {other}" | "面試：{other}";
    letter_itv_invited(other: &str): "Your interview with {other} has a time." | "你與{other}的面試已安排時段。";
    letter_itv_moved_subject(other: &str): "Interview moved: {other}" | "面試改期：{other}";
    letter_itv_moved(other: &str, from: &str): "Your interview with {other} has changed. It was to be {from}; now it is:" | "你與{other}的面試有更改。原定{from}；現改為：";
    letter_itv_cancelled_subject(other: &str): "Interview cancelled: {other}" | "面試取消：{other}";
    letter_itv_cancelled(other: &str): "Your interview with {other} does not take place. This was its time:" | "你與{other}的面試取消。原定時段如下：";
    letter_itv_handed_over(other: &str): "Another panel interviews {other}: this entry leaves your calendar." | "{other}的面試改由另一小組負責，此項目將從你的日曆移除。";
    letter_itv_reminded_subject(other: &str): "Tomorrow: interview with {other}" | "明日面試：{other}";
    letter_itv_reminded(other: &str): "A reminder: your interview with {other} is coming up." | "提醒你：你與{other}的面試即將進行。";
    letter_itv_asked_subject(other: &str): "{other} asks for another interview time" | "{other}要求更改面試時段";
    letter_itv_asked(other: &str): "{other} asks for another time for this interview. You can move it to a free time on its page; until then it stays as it is." | "{other}要求更改以下面試的時段。你可在該面試頁面將其移至其他空檔；在此之前維持不變。";
    letter_itv_button: "Open the interview" | "開啟面試頁面";
}
